-- +goose Up

-- files: bytes by their SHA-256 -----------------------------------------------------------------
CREATE TABLE files (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL, -- octets
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE file_chunks (
    sha256 TEXT NOT NULL REFERENCES files (sha256),
    number INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (sha256, number)
);

-- minutes: what was said and decided, as items ----------------------------------------------
CREATE TABLE minutes (
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,
    meeting_id TEXT NOT NULL UNIQUE REFERENCES meetings (id),
    version INTEGER NOT NULL, -- rises with every finalisation and every change of the agenda or attendance
    created_at TIMESTAMP NOT NULL,
    created_by_id TEXT REFERENCES identities (id),
    keeper_id TEXT REFERENCES identities (id) -- who sees to it that they are finished
);
CREATE TABLE agenda_items (
    id TEXT PRIMARY KEY,
    minutes_id TEXT NOT NULL REFERENCES minutes (id),
    title TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('opening', 'previous', 'round', 'children', 'passOn', 'next', 'free')),
    minutes INTEGER NOT NULL, -- that it may take; 0: not said
    position INTEGER NOT NULL
);
CREATE TABLE postponements ( -- items that the forum's next meeting takes up
    agenda_item_id TEXT PRIMARY KEY, -- that was put off
    meeting_id TEXT NOT NULL REFERENCES meetings (id), -- where it was
    title TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    taken_by_id TEXT REFERENCES minutes (id), -- whose agenda has it; NULL: none yet
    created_at TIMESTAMP NOT NULL,
    created_by_id TEXT REFERENCES identities (id)
);
CREATE TABLE agenda_proposals ( -- what those who are asked want to take up
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL REFERENCES meetings (id),
    contact_id TEXT REFERENCES contacts (id), -- who proposed it by a link, or as a contact with an account
    identity_id TEXT REFERENCES identities (id),
    title TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('', 'taken', 'declined')),
    answer TEXT NOT NULL, -- why it is not taken up, for whoever proposed it
    created_at TIMESTAMP NOT NULL,
    decided_at TIMESTAMP,
    decided_by_id TEXT REFERENCES identities (id)
);
CREATE INDEX agenda_proposals_meeting ON agenda_proposals (meeting_id, created_at);
CREATE INDEX agenda_items_minutes ON agenda_items (minutes_id, position);
CREATE TABLE attendances (
    id TEXT PRIMARY KEY,
    minutes_id TEXT NOT NULL REFERENCES minutes (id),
    organisation TEXT NOT NULL, -- as it was called then
    role TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('present', 'absent', 'apology', 'substitute')),
    position INTEGER NOT NULL
);
CREATE INDEX attendances_minutes ON attendances (minutes_id, position);
CREATE TABLE minutes_items ( -- the working TEXT; what is finalised stands in minutes_versions
    id TEXT PRIMARY KEY,
    minutes_id TEXT NOT NULL REFERENCES minutes (id),
    agenda_item_id TEXT NOT NULL REFERENCES agenda_items (id),
    kind TEXT NOT NULL CHECK (kind IN ('note', 'decision', 'action', 'relay')),
    text TEXT NOT NULL,
    owner TEXT NOT NULL, -- of an action, as it is read
    due TEXT,            -- local date
    receivers TEXT NOT NULL, -- JSON list of work group and workplace ids, of an item to pass on
    position INTEGER NOT NULL,
    version INTEGER NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    updated_by_id TEXT REFERENCES identities (id),
    typed_in TEXT -- the field of a page that it is being typed in, by a key that the page made
);
CREATE INDEX minutes_items_minutes ON minutes_items (minutes_id, position);
CREATE TABLE minutes_checkpoints ( -- the working TEXT as it stood; deleted when it is finalised
    id TEXT PRIMARY KEY,
    minutes_id TEXT NOT NULL REFERENCES minutes (id),
    content TEXT NOT NULL, -- JSON: the agenda with its items, and who was there
    at TIMESTAMP NOT NULL,
    identity_id TEXT REFERENCES identities (id) -- who began to write then; nil: the system
);
CREATE INDEX minutes_checkpoints_minutes ON minutes_checkpoints (minutes_id, at);
CREATE TABLE minutes_versions ( -- frozen
    id TEXT PRIMARY KEY,
    minutes_id TEXT NOT NULL REFERENCES minutes (id),
    number INTEGER NOT NULL,
    document TEXT NOT NULL, -- canonical JSON
    sha256 TEXT NOT NULL,
    pdf TEXT NOT NULL REFERENCES files (sha256), -- made once, with the version
    reason TEXT NOT NULL,    -- of a correction
    confirmed TEXT NOT NULL, -- why a number that looks like somebody's may stand
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL,
    UNIQUE (minutes_id, number)
);
CREATE TABLE registrations ( -- in the municipality's register (OSL 5 kap. 1–2 §§)
    minutes_id TEXT NOT NULL,
    number INTEGER NOT NULL, -- of the version
    registry_number TEXT NOT NULL,
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (minutes_id, number),
    FOREIGN KEY (minutes_id, number) REFERENCES minutes_versions (minutes_id, number)
);
CREATE TABLE disclosures ( -- masked copies that were made for somebody who asked
    id TEXT PRIMARY KEY,
    minutes_id TEXT NOT NULL REFERENCES minutes (id),
    number INTEGER NOT NULL,  -- of the version that it is a copy of
    pdf TEXT NOT NULL REFERENCES files (sha256),
    masked INTEGER NOT NULL,  -- how many places were masked
    decision TEXT NOT NULL, -- what was decided and why; never who asked
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX disclosures_minutes ON disclosures (minutes_id);
CREATE TABLE attachments ( -- files of a meeting
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL REFERENCES meetings (id),
    laid BOOLEAN NOT NULL,       -- stands for the meeting's notes, which were written before us
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('pdf', 'docx', 'odt', 'xlsx', 'ods', 'pptx', 'odp', 'txt', 'csv', 'png', 'jpg')),
    sha256 TEXT NOT NULL REFERENCES files (sha256),
    size INTEGER NOT NULL,       -- octets
    text TEXT NOT NULL,       -- what could be read in it
    readable BOOLEAN NOT NULL,   -- somebody has: it can be searched
    shown BOOLEAN NOT NULL,      -- to those who are asked to the meeting, before its notes are finished
    confirmed TEXT NOT NULL,  -- why a number that looks like somebody's may stand
    named_first INTEGER NOT NULL, -- versions of the notes that name it; 0: none
    named_last INTEGER NOT NULL,
    dropped_at TIMESTAMP,         -- later versions do not name it
    created_at TIMESTAMP NOT NULL,
    created_by_id TEXT REFERENCES identities (id)
);
CREATE INDEX attachments_meeting ON attachments (meeting_id, created_at);
CREATE INDEX attachments_file ON attachments (sha256);
CREATE TABLE actions ( -- the living state of an action in finalised minutes
    item_id TEXT PRIMARY KEY,
    minutes_id TEXT NOT NULL REFERENCES minutes (id),
    number INTEGER NOT NULL, -- of the version that says what it is
    label TEXT NOT NULL,
    text TEXT NOT NULL,
    owner TEXT NOT NULL,
    inherited_from TEXT NOT NULL, -- whom the minutes name, when somebody has taken over since; empty: owner is
    due TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('', 'done', 'dropped', 'replaced')),
    closed_at TIMESTAMP,
    closed_by_id TEXT REFERENCES identities (id)
);
CREATE INDEX actions_minutes ON actions (minutes_id);

-- relay: items passed on, and who has gone through them -----------------------------------------
CREATE TABLE relay_items (
    id TEXT PRIMARY KEY,
    minutes_id TEXT NOT NULL REFERENCES minutes (id),
    number INTEGER NOT NULL,
    item_id TEXT NOT NULL,
    work_group_id TEXT REFERENCES work_groups (id),
    workplace_id TEXT REFERENCES workplaces (id),
    title TEXT NOT NULL, -- neutral title and day of the meeting
    excerpt TEXT NOT NULL, -- frozen: readable without the minutes
    due TEXT NOT NULL,
    link_hash TEXT NOT NULL,
    link_generation INTEGER NOT NULL, -- of the link; raising it makes a new one
    linked_at TIMESTAMP NOT NULL, -- when that link was made: it opens for half a year
    told_at TIMESTAMP, -- when whoever leads the receiver was written to; NULL: nobody was
    created_at TIMESTAMP NOT NULL,
    created_by_id TEXT REFERENCES identities (id),
    CHECK ((work_group_id IS NULL) <> (workplace_id IS NULL))
);
CREATE INDEX relay_items_minutes ON relay_items (minutes_id);
CREATE INDEX relay_items_link ON relay_items (link_hash);
CREATE TABLE acknowledgements (
    relay_item_id TEXT PRIMARY KEY REFERENCES relay_items (id),
    kind TEXT NOT NULL CHECK (kind IN ('apt', 'read')),
    date TEXT NOT NULL, -- the day of the APT, or of reading
    comment TEXT NOT NULL,
    identity_id TEXT REFERENCES identities (id), -- nil: by the letter's link
    at TIMESTAMP NOT NULL
);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
