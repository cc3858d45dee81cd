-- +goose Up

-- forum: how minutes are agreed -----------------------------------------------------------------------
CREATE TABLE forum_agreeings ( -- no row: whoever keeps the notes finishes them
    forum_id TEXT PRIMARY KEY REFERENCES forums (id),
    way TEXT NOT NULL CHECK (way IN ('none', 'approvers', 'silence')),
    days INTEGER NOT NULL, -- working days for views, of silence; 0: another way
    outside_at TIMESTAMP, -- when it was decided that drafts may be sent outside; NULL: they may not
    outside_by_id TEXT REFERENCES identities (id),
    changed_at TIMESTAMP NOT NULL,
    changed_by_id TEXT REFERENCES identities (id)
);
CREATE TABLE forum_approvers (
    id TEXT PRIMARY KEY,
    forum_id TEXT NOT NULL REFERENCES forums (id),
    identity_id TEXT REFERENCES identities (id), -- somebody with an account
    contact_id TEXT REFERENCES contacts (id),    -- or somebody outside, by a link
    created_at TIMESTAMP NOT NULL,
    CHECK ((identity_id IS NULL) <> (contact_id IS NULL))
);
CREATE INDEX forum_approvers_forum ON forum_approvers (forum_id);

-- minutes: a draft that was sent to be agreed on -----------------------------------------------------
CREATE TABLE minutes_submissions (
    id TEXT PRIMARY KEY,
    minutes_id TEXT NOT NULL REFERENCES minutes (id),
    number INTEGER NOT NULL, -- of the version that it is to be
    way TEXT NOT NULL CHECK (way IN ('approvers', 'silence')),
    days INTEGER NOT NULL,
    until TEXT, -- local date: the last day for views, of silence
    reason TEXT NOT NULL, -- of a correction
    confirmed TEXT NOT NULL, -- why a number that looks like somebody's may stand
    sha256 TEXT NOT NULL, -- of the document that was sent
    document TEXT NOT NULL, -- canonical JSON; empty once it has ended
    sent_at TIMESTAMP NOT NULL,
    sent_by_id TEXT REFERENCES identities (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('', 'withdrawn', 'finalised')),
    ended_at TIMESTAMP,
    ended_by_id TEXT REFERENCES identities (id)
);
CREATE UNIQUE INDEX minutes_submissions_open ON minutes_submissions (minutes_id) WHERE outcome = '';
CREATE INDEX minutes_submissions_minutes ON minutes_submissions (minutes_id, sent_at);
CREATE TABLE minutes_asked ( -- who was asked to approve, or for views
    id TEXT PRIMARY KEY,
    submission_id TEXT NOT NULL REFERENCES minutes_submissions (id),
    identity_id TEXT REFERENCES identities (id),
    contact_id TEXT REFERENCES contacts (id),
    name TEXT NOT NULL, -- as the finished version names them
    approved_at TIMESTAMP,
    CHECK ((identity_id IS NULL) <> (contact_id IS NULL))
);
CREATE INDEX minutes_asked_submission ON minutes_asked (submission_id);
CREATE TABLE minutes_views ( -- what somebody who was asked wants changed
    id TEXT PRIMARY KEY,
    submission_id TEXT NOT NULL REFERENCES minutes_submissions (id),
    asked_id TEXT NOT NULL REFERENCES minutes_asked (id),
    text TEXT NOT NULL,
    at TIMESTAMP NOT NULL
);
CREATE INDEX minutes_views_submission ON minutes_views (submission_id, at);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
