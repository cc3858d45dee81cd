-- +goose Up

-- forum: how minutes are agreed -----------------------------------------------------------------------
CREATE TABLE forum_agreeings ( -- no row: whoever keeps the notes finishes them
    forum_id uuid PRIMARY KEY REFERENCES forums (id),
    way text NOT NULL CHECK (way IN ('none', 'approvers', 'silence')),
    days bigint NOT NULL, -- working days for views, of silence; 0: another way
    outside_at timestamptz, -- when it was decided that drafts may be sent outside; NULL: they may not
    outside_by_id uuid REFERENCES identities (id),
    changed_at timestamptz NOT NULL,
    changed_by_id uuid REFERENCES identities (id)
);
CREATE TABLE forum_approvers (
    id uuid PRIMARY KEY,
    forum_id uuid NOT NULL REFERENCES forums (id),
    identity_id uuid REFERENCES identities (id), -- somebody with an account
    contact_id uuid REFERENCES contacts (id),    -- or somebody outside, by a link
    created_at timestamptz NOT NULL,
    CHECK ((identity_id IS NULL) <> (contact_id IS NULL))
);
CREATE INDEX forum_approvers_forum ON forum_approvers (forum_id);

-- minutes: a draft that was sent to be agreed on -----------------------------------------------------
CREATE TABLE minutes_submissions (
    id uuid PRIMARY KEY,
    minutes_id uuid NOT NULL REFERENCES minutes (id),
    number bigint NOT NULL, -- of the version that it is to be
    way text NOT NULL CHECK (way IN ('approvers', 'silence')),
    days bigint NOT NULL,
    until text, -- local date: the last day for views, of silence
    reason text NOT NULL, -- of a correction
    confirmed text NOT NULL, -- why a number that looks like somebody's may stand
    sha256 text NOT NULL, -- of the document that was sent
    document text NOT NULL, -- canonical JSON; empty once it has ended
    sent_at timestamptz NOT NULL,
    sent_by_id uuid REFERENCES identities (id),
    outcome text NOT NULL CHECK (outcome IN ('', 'withdrawn', 'finalised')),
    ended_at timestamptz,
    ended_by_id uuid REFERENCES identities (id)
);
CREATE UNIQUE INDEX minutes_submissions_open ON minutes_submissions (minutes_id) WHERE outcome = '';
CREATE INDEX minutes_submissions_minutes ON minutes_submissions (minutes_id, sent_at);
CREATE TABLE minutes_asked ( -- who was asked to approve, or for views
    id uuid PRIMARY KEY,
    submission_id uuid NOT NULL REFERENCES minutes_submissions (id),
    identity_id uuid REFERENCES identities (id),
    contact_id uuid REFERENCES contacts (id),
    name text NOT NULL, -- as the finished version names them
    approved_at timestamptz,
    CHECK ((identity_id IS NULL) <> (contact_id IS NULL))
);
CREATE INDEX minutes_asked_submission ON minutes_asked (submission_id);
CREATE TABLE minutes_views ( -- what somebody who was asked wants changed
    id uuid PRIMARY KEY,
    submission_id uuid NOT NULL REFERENCES minutes_submissions (id),
    asked_id uuid NOT NULL REFERENCES minutes_asked (id),
    text text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX minutes_views_submission ON minutes_views (submission_id, at);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
