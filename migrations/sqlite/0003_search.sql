-- +goose Up

-- search: finding minutes. All of it is derived: it can be dropped and indexed again.
CREATE TABLE search_items (
    number INTEGER PRIMARY KEY, -- date and id in one: a later date has a higher number
    id TEXT NOT NULL UNIQUE,    -- of the item
    minutes_id TEXT NOT NULL,
    minutes_external_id TEXT NOT NULL,
    meeting_id TEXT NOT NULL REFERENCES meetings (id),
    forum_id TEXT NOT NULL REFERENCES forums (id),
    work_group_ids TEXT NOT NULL, -- JSON list
    organisation_ids TEXT NOT NULL, -- JSON list
    kind TEXT NOT NULL CHECK (kind IN ('note', 'decision', 'action', 'relay', 'attachment', 'laid')),
    date TEXT NOT NULL,           -- local date of the meeting
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    anchor TEXT NOT NULL,         -- where on the page the item stands
    analyser INTEGER NOT NULL     -- version that made its terms; another than the program's: to be analysed again
);
CREATE INDEX search_items_minutes ON search_items (minutes_id);
CREATE INDEX search_items_analyser ON search_items (analyser, number);
-- What filters count, without the texts that lie beside it.
CREATE INDEX search_items_filters ON search_items (number, kind, forum_id, date, organisation_ids, work_group_ids);

-- The analyser's terms of each item, by its number. The text itself is kept once, above.
CREATE VIRTUAL TABLE search_index USING fts5 (
    terms, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0"
);

-- The installation's own vocabulary: what misspelt words may have meant, and what compounds are made of.
CREATE TABLE search_words (
    word TEXT PRIMARY KEY,
    stem TEXT NOT NULL,
    plain TEXT NOT NULL,     -- the stem without diacritics
    mirror TEXT NOT NULL,    -- plain, backwards
    parts TEXT NOT NULL,     -- stems of a compound's parts, with spaces between
    analyser INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX search_words_stem ON search_words (stem);
CREATE INDEX search_words_plain ON search_words (plain);
CREATE INDEX search_words_mirror ON search_words (mirror);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
