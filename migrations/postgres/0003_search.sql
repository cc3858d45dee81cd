-- +goose Up

-- search: finding minutes. All of it is derived: it can be dropped and indexed again.
CREATE TABLE search_items (
    number bigint PRIMARY KEY, -- date and id in one: a later date has a higher number
    id uuid NOT NULL UNIQUE,   -- of the item
    minutes_id uuid NOT NULL,
    minutes_external_id text NOT NULL,
    meeting_id uuid NOT NULL REFERENCES meetings (id),
    forum_id uuid NOT NULL REFERENCES forums (id),
    work_group_ids text NOT NULL, -- JSON list
    organisation_ids text NOT NULL, -- JSON list
    kind text NOT NULL CHECK (kind IN ('note', 'decision', 'action', 'relay', 'attachment', 'laid')),
    date text NOT NULL,           -- local date of the meeting
    title text NOT NULL,
    text text NOT NULL,
    anchor text NOT NULL,         -- where on the page the item stands
    analyser bigint NOT NULL      -- version that made its terms; another than the program's: to be analysed again
);
CREATE INDEX search_items_minutes ON search_items (minutes_id);
CREATE INDEX search_items_analyser ON search_items (analyser, number);
-- What filters count, without the texts that lie beside it.
CREATE INDEX search_items_filters ON search_items (number, kind, forum_id, date, organisation_ids, work_group_ids);

-- The analyser's terms of each item, by its number. To find and count, PostgreSQL visits the row of
-- every match though the GIN index has told it enough; only phrases look at the terms. So they are
-- kept out of line, twenty rows where there was one. PostgreSQL moves nothing out of a row under
-- 2 KB: the ballast, which is stored as some thirty bytes, makes each row longer than that.
CREATE TABLE search_index (
    number bigint PRIMARY KEY,
    terms tsvector NOT NULL,
    ballast text NOT NULL DEFAULT repeat(' ', 2040)
) WITH (toast_tuple_target = 128);
ALTER TABLE search_index ALTER COLUMN terms SET STORAGE EXTERNAL;
-- A pending list would be read whole at every search.
CREATE INDEX search_index_terms ON search_index USING gin (terms) WITH (fastupdate = off);

-- The installation's own vocabulary: what misspelt words may have meant, and what compounds are
-- made of. Bytes are compared, as SQLite does.
CREATE TABLE search_words (
    word text COLLATE "C" PRIMARY KEY,
    stem text COLLATE "C" NOT NULL,
    plain text COLLATE "C" NOT NULL,     -- the stem without diacritics
    mirror text COLLATE "C" NOT NULL,    -- plain, backwards
    parts text NOT NULL,                 -- stems of a compound's parts, with spaces between
    analyser bigint NOT NULL
);
CREATE INDEX search_words_stem ON search_words (stem);
CREATE INDEX search_words_plain ON search_words (plain);
CREATE INDEX search_words_mirror ON search_words (mirror);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
