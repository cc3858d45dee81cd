-- +goose Up

-- access: what was logged stays as it was written.
CREATE INDEX log_entries_object ON log_entries (object_kind, object_id, at);
CREATE INDEX log_entries_identity ON log_entries (identity_id, at);

-- A seal is one link of the chain: its hash covers its entries and the seal before.
CREATE TABLE log_seals (
    number bigint PRIMARY KEY,   -- 1, 2, 3 …
    first_at timestamptz NOT NULL, -- of its earliest and its latest entry
    last_at timestamptz NOT NULL,
    entries bigint NOT NULL,
    previous text NOT NULL,      -- hash of the seal before; empty for the first
    hash text NOT NULL,
    sealed_at timestamptz NOT NULL
);
-- Which seal an entry is in. An entry that was committed late comes into a later one.
CREATE TABLE log_seal_entries (
    entry_id uuid PRIMARY KEY REFERENCES log_entries (id),
    seal_number bigint NOT NULL REFERENCES log_seals (number),
    position bigint NOT NULL,
    UNIQUE (seal_number, position)
);

CREATE TABLE log_reviews (
    id uuid PRIMARY KEY,
    month text NOT NULL UNIQUE,   -- 2026-10
    reviewer_id uuid NOT NULL REFERENCES identities (id),
    signed_at timestamptz NOT NULL,
    comment text NOT NULL,
    entries bigint NOT NULL,     -- of the month
    seal_number bigint NOT NULL, -- the chain's head when it was signed; 0: none
    seal_hash text NOT NULL,
    chain_held boolean NOT NULL
);
CREATE TABLE log_review_entries (
    review_id uuid NOT NULL REFERENCES log_reviews (id),
    entry_id uuid NOT NULL REFERENCES log_entries (id),
    position bigint NOT NULL,
    remark text NOT NULL,         -- empty: nothing to remark
    PRIMARY KEY (review_id, entry_id)
);

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END
$$;
-- +goose StatementEnd
CREATE TRIGGER log_entries_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON log_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_seals_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON log_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_seal_entries_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON log_seal_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_reviews_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON log_reviews FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_review_entries_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON log_review_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
