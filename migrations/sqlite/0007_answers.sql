-- +goose Up

ALTER TABLE answers ADD COLUMN attending TEXT NOT NULL DEFAULT ''; -- who comes, from a mailbox that several read
ALTER TABLE feed_subscriptions ADD COLUMN forum_id TEXT REFERENCES forums (id); -- NULL: all that its owner sees
ALTER TABLE feed_subscriptions ADD COLUMN skips_invited BOOLEAN NOT NULL DEFAULT FALSE; -- leaves out what comes by mail

-- invite: a contact was sent all its meetings of a year -------------------------------------------------
CREATE TABLE year_overviews (
    id TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    note TEXT NOT NULL, -- the sender's own line
    sent_by_id TEXT REFERENCES identities (id),
    created_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP NOT NULL, -- the latest time
    UNIQUE (year, contact_id)
);
CREATE INDEX year_overviews_contact ON year_overviews (contact_id);
CREATE TABLE overview_tellings ( -- which meetings the letters told of
    overview_id TEXT NOT NULL REFERENCES year_overviews (id),
    meeting_id TEXT NOT NULL REFERENCES meetings (id),
    sequence INTEGER NOT NULL, -- of the meeting, as it was told last
    PRIMARY KEY (overview_id, meeting_id)
);
CREATE INDEX overview_tellings_meeting ON overview_tellings (meeting_id);
CREATE TABLE overview_answers ( -- given before the contact was asked to the meeting
    overview_id TEXT NOT NULL REFERENCES year_overviews (id),
    meeting_id TEXT NOT NULL REFERENCES meetings (id),
    part_stat TEXT NOT NULL CHECK (part_stat IN ('ACCEPTED', 'DECLINED')),
    remote BOOLEAN NOT NULL,
    sequence INTEGER NOT NULL, -- of the meeting, as it was shown
    at TIMESTAMP NOT NULL,
    answer_id TEXT REFERENCES answers (id), -- that it became when the contact was asked; NULL: none
    PRIMARY KEY (overview_id, meeting_id)
);
CREATE INDEX overview_answers_meeting ON overview_answers (meeting_id);
CREATE INDEX overview_answers_answer ON overview_answers (answer_id);
