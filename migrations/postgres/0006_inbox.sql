-- +goose Up

-- inbox: letters that come in ----------------------------------------------------------------
ALTER TABLE answers ADD COLUMN unverified boolean NOT NULL DEFAULT FALSE; -- by mail, without the invitation's own address

CREATE TABLE replies ( -- answers by mail that were taken: RFC 5546 §2.1.5 puts them in order
    id uuid PRIMARY KEY,
    invitation_id uuid NOT NULL REFERENCES invitations (id),
    sequence bigint NOT NULL,
    stamp timestamptz NOT NULL, -- DTSTAMP
    part_stat text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX replies_invitation ON replies (invitation_id, at);
CREATE TABLE undeliverables ( -- an address that mail does not reach; over when the contact has another
    contact_id uuid PRIMARY KEY REFERENCES contacts (id),
    address text NOT NULL,
    words text NOT NULL,  -- the server's
    letter_id uuid NOT NULL REFERENCES letters (id),
    at timestamptz NOT NULL
);
CREATE TABLE mailboxes ( -- how far each has been read
    name text PRIMARY KEY,
    validity bigint NOT NULL, -- UIDVALIDITY
    uid bigint NOT NULL,      -- all up to this one are handled
    polled_at timestamptz NOT NULL, -- last time that it answered
    problem text NOT NULL,     -- since then; empty: none
    problem_since timestamptz,
    left_behind bigint NOT NULL -- letters that stay in it because so many wait for a person
);
CREATE TABLE arrivals ( -- letters that are being handled, so that one that cannot be is tried three times only
    id uuid PRIMARY KEY,
    mailbox text NOT NULL,
    validity bigint NOT NULL,
    uid bigint NOT NULL,
    attempts bigint NOT NULL,
    handled_at timestamptz,
    left_at timestamptz, -- it has to wait for room
    at timestamptz NOT NULL,
    UNIQUE (mailbox, validity, uid)
);
CREATE TABLE received_letters ( -- each is handled once, however often the mailbox shows it
    id uuid PRIMARY KEY,
    key_hash text NOT NULL UNIQUE, -- of its Message-ID
    outcome text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX received_letters_at ON received_letters (at);
CREATE TABLE parked_letters ( -- what a person has to look at
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('letter', 'reply', 'proposal', 'invitation', 'bounce', 'unread')),
    reason text NOT NULL,
    invitation_id uuid REFERENCES invitations (id), -- whose it seems to be about
    meeting_id uuid REFERENCES meetings (id),
    sealed bytea,          -- from, subject, text, what it proposes; dropped 30 days after it was settled
    received_at timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by_id uuid REFERENCES identities (id),
    outcome text NOT NULL CHECK (outcome IN ('', 'nothing', 'answer', 'accepted', 'declined', 'imported'))
);
CREATE INDEX parked_letters_waiting ON parked_letters (settled_at, received_at);
CREATE TABLE foreign_events ( -- meetings of other conveners, by what their invitations call them
    id uuid PRIMARY KEY,
    meeting_id uuid NOT NULL REFERENCES meetings (id),
    organizer text NOT NULL, -- address
    uid text NOT NULL,
    recurrence text NOT NULL, -- RECURRENCE-ID as an instant; empty: the event itself
    sequence bigint NOT NULL,
    stamp timestamptz NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (organizer, uid, recurrence)
);
CREATE INDEX foreign_events_meeting ON foreign_events (meeting_id);
CREATE TABLE earlier_calls ( -- called before the meeting was kept here: what the recipient's own booking says
    invitation_id uuid PRIMARY KEY REFERENCES invitations (id),
    date text NOT NULL,
    starts text NOT NULL,
    ends text NOT NULL,
    place text NOT NULL, -- of the meeting as it was taken in: a letter is owed when it is another
    renewed_at timestamptz, -- when a letter in the booking's place was asked for; NULL: never
    at timestamptz NOT NULL
);
CREATE TABLE busy_times ( -- out of a calendar that somebody has uploaded: when, and nothing of what
    id uuid PRIMARY KEY,
    contact_id uuid NOT NULL REFERENCES contacts (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    at timestamptz NOT NULL -- when they were uploaded
);
CREATE INDEX busy_times_contact ON busy_times (contact_id, starts_at);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
