-- +goose Up

-- access: what was logged stays as it was written.
CREATE INDEX log_entries_object ON log_entries (object_kind, object_id, at);
CREATE INDEX log_entries_identity ON log_entries (identity_id, at);

-- A seal is one link of the chain: its hash covers its entries and the seal before.
CREATE TABLE log_seals (
    number INTEGER PRIMARY KEY,  -- 1, 2, 3 …
    first_at TIMESTAMP NOT NULL, -- of its earliest and its latest entry
    last_at TIMESTAMP NOT NULL,
    entries INTEGER NOT NULL,
    previous TEXT NOT NULL,      -- hash of the seal before; empty for the first
    hash TEXT NOT NULL,
    sealed_at TIMESTAMP NOT NULL
);
-- Which seal an entry is in. An entry that was committed late comes into a later one.
CREATE TABLE log_seal_entries (
    entry_id TEXT PRIMARY KEY REFERENCES log_entries (id),
    seal_number INTEGER NOT NULL REFERENCES log_seals (number),
    position INTEGER NOT NULL,
    UNIQUE (seal_number, position)
);

CREATE TABLE log_reviews (
    id TEXT PRIMARY KEY,
    month TEXT NOT NULL UNIQUE,   -- 2026-10
    reviewer_id TEXT NOT NULL REFERENCES identities (id),
    signed_at TIMESTAMP NOT NULL,
    comment TEXT NOT NULL,
    entries INTEGER NOT NULL,     -- of the month
    seal_number INTEGER NOT NULL, -- the chain's head when it was signed; 0: none
    seal_hash TEXT NOT NULL,
    chain_held BOOLEAN NOT NULL
);
CREATE TABLE log_review_entries (
    review_id TEXT NOT NULL REFERENCES log_reviews (id),
    entry_id TEXT NOT NULL REFERENCES log_entries (id),
    position INTEGER NOT NULL,
    remark TEXT NOT NULL,         -- empty: nothing to remark
    PRIMARY KEY (review_id, entry_id)
);

-- +goose StatementBegin
CREATE TRIGGER log_entries_unchanged BEFORE UPDATE ON log_entries BEGIN SELECT RAISE(ABORT, 'log_entries is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_entries_kept BEFORE DELETE ON log_entries BEGIN SELECT RAISE(ABORT, 'log_entries is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_seals_unchanged BEFORE UPDATE ON log_seals BEGIN SELECT RAISE(ABORT, 'log_seals is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_seals_kept BEFORE DELETE ON log_seals BEGIN SELECT RAISE(ABORT, 'log_seals is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_seal_entries_unchanged BEFORE UPDATE ON log_seal_entries BEGIN SELECT RAISE(ABORT, 'log_seal_entries is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_seal_entries_kept BEFORE DELETE ON log_seal_entries BEGIN SELECT RAISE(ABORT, 'log_seal_entries is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_reviews_unchanged BEFORE UPDATE ON log_reviews BEGIN SELECT RAISE(ABORT, 'log_reviews is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_reviews_kept BEFORE DELETE ON log_reviews BEGIN SELECT RAISE(ABORT, 'log_reviews is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_review_entries_unchanged BEFORE UPDATE ON log_review_entries BEGIN SELECT RAISE(ABORT, 'log_review_entries is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_review_entries_kept BEFORE DELETE ON log_review_entries BEGIN SELECT RAISE(ABORT, 'log_review_entries is append-only'); END;
-- +goose StatementEnd
-- INSERT OR REPLACE takes the old row away without asking a DELETE trigger.
-- +goose StatementBegin
CREATE TRIGGER log_entries_once BEFORE INSERT ON log_entries WHEN EXISTS (SELECT 1 FROM log_entries WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'log_entries is append-only'); END;
-- +goose StatementEnd

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
