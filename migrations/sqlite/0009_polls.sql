-- +goose Up

-- poll: asked when people can meet ------------------------------------------------------------------
CREATE TABLE date_polls (
    id TEXT PRIMARY KEY,
    forum_id TEXT NOT NULL REFERENCES forums (id),
    zone TEXT NOT NULL, -- that the times are told in
    last_day TEXT NOT NULL, -- to answer
    shows TEXT NOT NULL CHECK (shows IN ('at-once', 'after-own', 'never')), -- when those asked see what others answered
    note TEXT NOT NULL, -- the convener's own line to all
    version INTEGER NOT NULL,
    created_by_id TEXT REFERENCES identities (id),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX date_polls_forum ON date_polls (forum_id, created_at);
CREATE TABLE date_poll_times (
    id TEXT PRIMARY KEY,
    poll_id TEXT NOT NULL REFERENCES date_polls (id),
    date TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    position INTEGER NOT NULL, -- among the poll's times as they were put in, from 0
    UNIQUE (poll_id, date, starts, ends),
    UNIQUE (poll_id, position)
);
CREATE TABLE date_poll_asked (
    id TEXT PRIMARY KEY,
    poll_id TEXT NOT NULL REFERENCES date_polls (id),
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    mandatory BOOLEAN NOT NULL, -- must be able to come
    created_at TIMESTAMP NOT NULL,
    UNIQUE (poll_id, contact_id)
);
CREATE INDEX date_poll_asked_contact ON date_poll_asked (contact_id);
CREATE TABLE date_poll_replies ( -- the one that counts; a change replaces it
    id TEXT PRIMARY KEY,
    asked_id TEXT NOT NULL UNIQUE REFERENCES date_poll_asked (id),
    comment TEXT NOT NULL,
    via TEXT NOT NULL CHECK (via IN ('link', 'phone')),
    identity_id TEXT REFERENCES identities (id), -- who recorded it, by phone
    at TIMESTAMP NOT NULL
);
CREATE TABLE date_poll_choices (
    reply_id TEXT NOT NULL REFERENCES date_poll_replies (id),
    time_id TEXT NOT NULL REFERENCES date_poll_times (id),
    answer TEXT NOT NULL CHECK (answer IN ('yes', 'if-needed', 'no')),
    PRIMARY KEY (reply_id, time_id)
);
CREATE TABLE date_poll_closings (
    poll_id TEXT PRIMARY KEY REFERENCES date_polls (id),
    time_id TEXT REFERENCES date_poll_times (id), -- that it became; NULL: none
    meeting_id TEXT UNIQUE REFERENCES meetings (id),
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE TABLE date_poll_nudges (
    id TEXT PRIMARY KEY,
    asked_id TEXT NOT NULL REFERENCES date_poll_asked (id),
    automatic BOOLEAN NOT NULL,
    letter_id TEXT NOT NULL REFERENCES letters (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX date_poll_nudges_asked ON date_poll_nudges (asked_id, at);

-- poll: another convener is asked for its dates of a year ---------------------------------------------
CREATE TABLE date_requests (
    id TEXT PRIMARY KEY,
    forum_id TEXT NOT NULL REFERENCES forums (id),
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    year INTEGER NOT NULL,
    from_day TEXT NOT NULL, -- the promised meetings are to come between them
    to_day TEXT NOT NULL,
    most INTEGER NOT NULL, -- dates that can be given
    note TEXT NOT NULL, -- the asker's own line
    version INTEGER NOT NULL,
    asked_by_id TEXT REFERENCES identities (id),
    asked_at TIMESTAMP NOT NULL, -- the latest time
    answered_at TIMESTAMP,
    UNIQUE (forum_id, contact_id, year)
);
CREATE INDEX date_requests_contact ON date_requests (contact_id);
CREATE TABLE date_offers (
    id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES date_requests (id),
    date TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    meeting_id TEXT REFERENCES meetings (id), -- that it became; NULL: none
    settled_at TIMESTAMP, -- registered or left; NULL: waits
    UNIQUE (request_id, date, starts)
);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
