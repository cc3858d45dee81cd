-- +goose Up

-- followup: why a promised meeting did not come about; the latest counts ------------------------------
CREATE TABLE forum_explanations (
    id uuid PRIMARY KEY,
    forum_id uuid NOT NULL REFERENCES forums (id),
    period_from text NOT NULL, -- the days in which it was to be
    period_to text NOT NULL,
    text text NOT NULL,
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE INDEX forum_explanations_forum ON forum_explanations (forum_id, at);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
