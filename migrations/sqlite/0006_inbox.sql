-- +goose Up

-- inbox: letters that come in ----------------------------------------------------------------
ALTER TABLE answers ADD COLUMN unverified BOOLEAN NOT NULL DEFAULT FALSE; -- by mail, without the invitation's own address

CREATE TABLE replies ( -- answers by mail that were taken: RFC 5546 §2.1.5 puts them in order
    id TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    sequence INTEGER NOT NULL,
    stamp TIMESTAMP NOT NULL, -- DTSTAMP
    part_stat TEXT NOT NULL,
    at TIMESTAMP NOT NULL
);
CREATE INDEX replies_invitation ON replies (invitation_id, at);
CREATE TABLE undeliverables ( -- an address that mail does not reach; over when the contact has another
    contact_id TEXT PRIMARY KEY REFERENCES contacts (id),
    address TEXT NOT NULL,
    words TEXT NOT NULL,  -- the server's
    letter_id TEXT NOT NULL REFERENCES letters (id),
    at TIMESTAMP NOT NULL
);
CREATE TABLE mailboxes ( -- how far each has been read
    name TEXT PRIMARY KEY,
    validity INTEGER NOT NULL, -- UIDVALIDITY
    uid INTEGER NOT NULL,      -- all up to this one are handled
    polled_at TIMESTAMP NOT NULL, -- last time that it answered
    problem TEXT NOT NULL,     -- since then; empty: none
    problem_since TIMESTAMP,
    left_behind INTEGER NOT NULL -- letters that stay in it because so many wait for a person
);
CREATE TABLE arrivals ( -- letters that are being handled, so that one that cannot be is tried three times only
    id TEXT PRIMARY KEY,
    mailbox TEXT NOT NULL,
    validity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    handled_at TIMESTAMP,
    left_at TIMESTAMP, -- it has to wait for room
    at TIMESTAMP NOT NULL,
    UNIQUE (mailbox, validity, uid)
);
CREATE TABLE received_letters ( -- each is handled once, however often the mailbox shows it
    id TEXT PRIMARY KEY,
    key_hash TEXT NOT NULL UNIQUE, -- of its Message-ID
    outcome TEXT NOT NULL,
    at TIMESTAMP NOT NULL
);
CREATE INDEX received_letters_at ON received_letters (at);
CREATE TABLE parked_letters ( -- what a person has to look at
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('letter', 'reply', 'proposal', 'invitation', 'bounce', 'unread')),
    reason TEXT NOT NULL,
    invitation_id TEXT REFERENCES invitations (id), -- whose it seems to be about
    meeting_id TEXT REFERENCES meetings (id),
    sealed BLOB,          -- from, subject, text, what it proposes; dropped 30 days after it was settled
    received_at TIMESTAMP NOT NULL,
    settled_at TIMESTAMP,
    settled_by_id TEXT REFERENCES identities (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('', 'nothing', 'answer', 'accepted', 'declined', 'imported'))
);
CREATE INDEX parked_letters_waiting ON parked_letters (settled_at, received_at);
CREATE TABLE foreign_events ( -- meetings of other conveners, by what their invitations call them
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL REFERENCES meetings (id),
    organizer TEXT NOT NULL, -- address
    uid TEXT NOT NULL,
    recurrence TEXT NOT NULL, -- RECURRENCE-ID as an instant; empty: the event itself
    sequence INTEGER NOT NULL,
    stamp TIMESTAMP NOT NULL,
    at TIMESTAMP NOT NULL,
    UNIQUE (organizer, uid, recurrence)
);
CREATE INDEX foreign_events_meeting ON foreign_events (meeting_id);
CREATE TABLE earlier_calls ( -- called before the meeting was kept here: what the recipient's own booking says
    invitation_id TEXT PRIMARY KEY REFERENCES invitations (id),
    date TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    place TEXT NOT NULL, -- of the meeting as it was taken in: a letter is owed when it is another
    renewed_at TIMESTAMP, -- when a letter in the booking's place was asked for; NULL: never
    at TIMESTAMP NOT NULL
);
CREATE TABLE busy_times ( -- out of a calendar that somebody has uploaded: when, and nothing of what
    id TEXT PRIMARY KEY,
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    at TIMESTAMP NOT NULL -- when they were uploaded
);
CREATE INDEX busy_times_contact ON busy_times (contact_id, starts_at);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
