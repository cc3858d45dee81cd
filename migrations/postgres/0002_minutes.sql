-- +goose Up

-- files: bytes by their SHA-256 -----------------------------------------------------------------
CREATE TABLE files (
    sha256 text PRIMARY KEY,
    size bigint NOT NULL, -- octets
    created_at timestamptz NOT NULL
);
CREATE TABLE file_chunks (
    sha256 text NOT NULL REFERENCES files (sha256),
    number bigint NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (sha256, number)
);

-- minutes: what was said and decided, as items ----------------------------------------------
CREATE TABLE minutes (
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    meeting_id uuid NOT NULL UNIQUE REFERENCES meetings (id),
    version bigint NOT NULL, -- rises with every finalisation and every change of the agenda or attendance
    created_at timestamptz NOT NULL,
    created_by_id uuid REFERENCES identities (id),
    keeper_id uuid REFERENCES identities (id) -- who sees to it that they are finished
);
CREATE TABLE agenda_items (
    id uuid PRIMARY KEY,
    minutes_id uuid NOT NULL REFERENCES minutes (id),
    title text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('opening', 'previous', 'round', 'children', 'passOn', 'next', 'free')),
    minutes bigint NOT NULL, -- that it may take; 0: not said
    position bigint NOT NULL
);
CREATE TABLE postponements ( -- items that the forum's next meeting takes up
    agenda_item_id uuid PRIMARY KEY, -- that was put off
    meeting_id uuid NOT NULL REFERENCES meetings (id), -- where it was
    title text NOT NULL,
    minutes bigint NOT NULL,
    taken_by_id uuid REFERENCES minutes (id), -- whose agenda has it; NULL: none yet
    created_at timestamptz NOT NULL,
    created_by_id uuid REFERENCES identities (id)
);
CREATE TABLE agenda_proposals ( -- what those who are asked want to take up
    id uuid PRIMARY KEY,
    meeting_id uuid NOT NULL REFERENCES meetings (id),
    contact_id uuid REFERENCES contacts (id), -- who proposed it by a link, or as a contact with an account
    identity_id uuid REFERENCES identities (id),
    title text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('', 'taken', 'declined')),
    answer text NOT NULL, -- why it is not taken up, for whoever proposed it
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by_id uuid REFERENCES identities (id)
);
CREATE INDEX agenda_proposals_meeting ON agenda_proposals (meeting_id, created_at);
CREATE INDEX agenda_items_minutes ON agenda_items (minutes_id, position);
CREATE TABLE attendances (
    id uuid PRIMARY KEY,
    minutes_id uuid NOT NULL REFERENCES minutes (id),
    organisation text NOT NULL, -- as it was called then
    role text NOT NULL,
    state text NOT NULL CHECK (state IN ('present', 'absent', 'apology', 'substitute')),
    position bigint NOT NULL
);
CREATE INDEX attendances_minutes ON attendances (minutes_id, position);
CREATE TABLE minutes_items ( -- the working text; what is finalised stands in minutes_versions
    id uuid PRIMARY KEY,
    minutes_id uuid NOT NULL REFERENCES minutes (id),
    agenda_item_id uuid NOT NULL REFERENCES agenda_items (id),
    kind text NOT NULL CHECK (kind IN ('note', 'decision', 'action', 'relay')),
    text text NOT NULL,
    owner text NOT NULL, -- of an action, as it is read
    due text,            -- local date
    receivers text NOT NULL, -- JSON list of work group and workplace ids, of an item to pass on
    position bigint NOT NULL,
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by_id uuid REFERENCES identities (id),
    typed_in uuid -- the field of a page that it is being typed in, by a key that the page made
);
CREATE INDEX minutes_items_minutes ON minutes_items (minutes_id, position);
CREATE TABLE minutes_checkpoints ( -- the working text as it stood; deleted when it is finalised
    id uuid PRIMARY KEY,
    minutes_id uuid NOT NULL REFERENCES minutes (id),
    content text NOT NULL, -- JSON: the agenda with its items, and who was there
    at timestamptz NOT NULL,
    identity_id uuid REFERENCES identities (id) -- who began to write then; nil: the system
);
CREATE INDEX minutes_checkpoints_minutes ON minutes_checkpoints (minutes_id, at);
CREATE TABLE minutes_versions ( -- frozen
    id uuid PRIMARY KEY,
    minutes_id uuid NOT NULL REFERENCES minutes (id),
    number bigint NOT NULL,
    document text NOT NULL, -- canonical JSON
    sha256 text NOT NULL,
    pdf text NOT NULL REFERENCES files (sha256), -- made once, with the version
    reason text NOT NULL,    -- of a correction
    confirmed text NOT NULL, -- why a number that looks like somebody's may stand
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL,
    UNIQUE (minutes_id, number)
);
CREATE TABLE registrations ( -- in the municipality's register (OSL 5 kap. 1–2 §§)
    minutes_id uuid NOT NULL,
    number bigint NOT NULL, -- of the version
    registry_number text NOT NULL,
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL,
    PRIMARY KEY (minutes_id, number),
    FOREIGN KEY (minutes_id, number) REFERENCES minutes_versions (minutes_id, number)
);
CREATE TABLE disclosures ( -- masked copies that were made for somebody who asked
    id uuid PRIMARY KEY,
    minutes_id uuid NOT NULL REFERENCES minutes (id),
    number bigint NOT NULL,  -- of the version that it is a copy of
    pdf text NOT NULL REFERENCES files (sha256),
    masked bigint NOT NULL,  -- how many places were masked
    decision text NOT NULL, -- what was decided and why; never who asked
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE INDEX disclosures_minutes ON disclosures (minutes_id);
CREATE TABLE attachments ( -- files of a meeting
    id uuid PRIMARY KEY,
    meeting_id uuid NOT NULL REFERENCES meetings (id),
    laid boolean NOT NULL,       -- stands for the meeting's notes, which were written before us
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('pdf', 'docx', 'odt', 'xlsx', 'ods', 'pptx', 'odp', 'txt', 'csv', 'png', 'jpg')),
    sha256 text NOT NULL REFERENCES files (sha256),
    size bigint NOT NULL,       -- octets
    text text NOT NULL,       -- what could be read in it
    readable boolean NOT NULL,   -- somebody has: it can be searched
    shown boolean NOT NULL,      -- to those who are asked to the meeting, before its notes are finished
    confirmed text NOT NULL,  -- why a number that looks like somebody's may stand
    named_first bigint NOT NULL, -- versions of the notes that name it; 0: none
    named_last bigint NOT NULL,
    dropped_at timestamptz,         -- later versions do not name it
    created_at timestamptz NOT NULL,
    created_by_id uuid REFERENCES identities (id)
);
CREATE INDEX attachments_meeting ON attachments (meeting_id, created_at);
CREATE INDEX attachments_file ON attachments (sha256);
CREATE TABLE actions ( -- the living state of an action in finalised minutes
    item_id uuid PRIMARY KEY,
    minutes_id uuid NOT NULL REFERENCES minutes (id),
    number bigint NOT NULL, -- of the version that says what it is
    label text NOT NULL,
    text text NOT NULL,
    owner text NOT NULL,
    inherited_from text NOT NULL, -- whom the minutes name, when somebody has taken over since; empty: owner is
    due text,
    outcome text NOT NULL CHECK (outcome IN ('', 'done', 'dropped', 'replaced')),
    closed_at timestamptz,
    closed_by_id uuid REFERENCES identities (id)
);
CREATE INDEX actions_minutes ON actions (minutes_id);

-- relay: items passed on, and who has gone through them -----------------------------------------
CREATE TABLE relay_items (
    id uuid PRIMARY KEY,
    minutes_id uuid NOT NULL REFERENCES minutes (id),
    number bigint NOT NULL,
    item_id uuid NOT NULL,
    work_group_id uuid REFERENCES work_groups (id),
    workplace_id uuid REFERENCES workplaces (id),
    title text NOT NULL, -- neutral title and day of the meeting
    excerpt text NOT NULL, -- frozen: readable without the minutes
    due text NOT NULL,
    link_hash text NOT NULL,
    link_generation bigint NOT NULL, -- of the link; raising it makes a new one
    linked_at timestamptz NOT NULL, -- when that link was made: it opens for half a year
    told_at timestamptz, -- when whoever leads the receiver was written to; NULL: nobody was
    created_at timestamptz NOT NULL,
    created_by_id uuid REFERENCES identities (id),
    CHECK ((work_group_id IS NULL) <> (workplace_id IS NULL))
);
CREATE INDEX relay_items_minutes ON relay_items (minutes_id);
CREATE INDEX relay_items_link ON relay_items (link_hash);
CREATE TABLE acknowledgements (
    relay_item_id uuid PRIMARY KEY REFERENCES relay_items (id),
    kind text NOT NULL CHECK (kind IN ('apt', 'read')),
    date text NOT NULL, -- the day of the APT, or of reading
    comment text NOT NULL,
    identity_id uuid REFERENCES identities (id), -- nil: by the letter's link
    at timestamptz NOT NULL
);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
