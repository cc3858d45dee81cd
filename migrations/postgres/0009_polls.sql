-- +goose Up

-- poll: asked when people can meet ------------------------------------------------------------------
CREATE TABLE date_polls (
    id uuid PRIMARY KEY,
    forum_id uuid NOT NULL REFERENCES forums (id),
    zone text NOT NULL, -- that the times are told in
    last_day text NOT NULL, -- to answer
    shows text NOT NULL CHECK (shows IN ('at-once', 'after-own', 'never')), -- when those asked see what others answered
    note text NOT NULL, -- the convener's own line to all
    version bigint NOT NULL,
    created_by_id uuid REFERENCES identities (id),
    created_at timestamptz NOT NULL
);
CREATE INDEX date_polls_forum ON date_polls (forum_id, created_at);
CREATE TABLE date_poll_times (
    id uuid PRIMARY KEY,
    poll_id uuid NOT NULL REFERENCES date_polls (id),
    date text NOT NULL,
    starts text NOT NULL,
    ends text NOT NULL,
    position bigint NOT NULL, -- among the poll's times as they were put in, from 0
    UNIQUE (poll_id, date, starts, ends),
    UNIQUE (poll_id, position)
);
CREATE TABLE date_poll_asked (
    id uuid PRIMARY KEY,
    poll_id uuid NOT NULL REFERENCES date_polls (id),
    contact_id uuid NOT NULL REFERENCES contacts (id),
    mandatory boolean NOT NULL, -- must be able to come
    created_at timestamptz NOT NULL,
    UNIQUE (poll_id, contact_id)
);
CREATE INDEX date_poll_asked_contact ON date_poll_asked (contact_id);
CREATE TABLE date_poll_replies ( -- the one that counts; a change replaces it
    id uuid PRIMARY KEY,
    asked_id uuid NOT NULL UNIQUE REFERENCES date_poll_asked (id),
    comment text NOT NULL,
    via text NOT NULL CHECK (via IN ('link', 'phone')),
    identity_id uuid REFERENCES identities (id), -- who recorded it, by phone
    at timestamptz NOT NULL
);
CREATE TABLE date_poll_choices (
    reply_id uuid NOT NULL REFERENCES date_poll_replies (id),
    time_id uuid NOT NULL REFERENCES date_poll_times (id),
    answer text NOT NULL CHECK (answer IN ('yes', 'if-needed', 'no')),
    PRIMARY KEY (reply_id, time_id)
);
CREATE TABLE date_poll_closings (
    poll_id uuid PRIMARY KEY REFERENCES date_polls (id),
    time_id uuid REFERENCES date_poll_times (id), -- that it became; NULL: none
    meeting_id uuid UNIQUE REFERENCES meetings (id),
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE TABLE date_poll_nudges (
    id uuid PRIMARY KEY,
    asked_id uuid NOT NULL REFERENCES date_poll_asked (id),
    automatic boolean NOT NULL,
    letter_id uuid NOT NULL REFERENCES letters (id),
    at timestamptz NOT NULL
);
CREATE INDEX date_poll_nudges_asked ON date_poll_nudges (asked_id, at);

-- poll: another convener is asked for its dates of a year ---------------------------------------------
CREATE TABLE date_requests (
    id uuid PRIMARY KEY,
    forum_id uuid NOT NULL REFERENCES forums (id),
    contact_id uuid NOT NULL REFERENCES contacts (id),
    year bigint NOT NULL,
    from_day text NOT NULL, -- the promised meetings are to come between them
    to_day text NOT NULL,
    most bigint NOT NULL, -- dates that can be given
    note text NOT NULL, -- the asker's own line
    version bigint NOT NULL,
    asked_by_id uuid REFERENCES identities (id),
    asked_at timestamptz NOT NULL, -- the latest time
    answered_at timestamptz,
    UNIQUE (forum_id, contact_id, year)
);
CREATE INDEX date_requests_contact ON date_requests (contact_id);
CREATE TABLE date_offers (
    id uuid PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES date_requests (id),
    date text NOT NULL,
    starts text NOT NULL,
    ends text NOT NULL,
    meeting_id uuid REFERENCES meetings (id), -- that it became; NULL: none
    settled_at timestamptz, -- registered or left; NULL: waits
    UNIQUE (request_id, date, starts)
);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
