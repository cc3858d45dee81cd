-- +goose Up

-- followup: why a promised meeting did not come about; the latest counts ------------------------------
CREATE TABLE forum_explanations (
    id TEXT PRIMARY KEY,
    forum_id TEXT NOT NULL REFERENCES forums (id),
    period_from TEXT NOT NULL, -- the days in which it was to be
    period_to TEXT NOT NULL,
    text TEXT NOT NULL,
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX forum_explanations_forum ON forum_explanations (forum_id, at);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
