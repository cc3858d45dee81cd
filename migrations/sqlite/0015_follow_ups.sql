-- +goose Up

-- report: the yearly follow-up, and what was handed over to the committee ------------------------------
CREATE TABLE follow_ups (
    id TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    half INTEGER NOT NULL CHECK (half IN (0, 1, 2)), -- 0: the whole year
    number INTEGER NOT NULL, -- 2 and on: corrections of the one before
    reason TEXT NOT NULL, -- of a correction
    summary TEXT NOT NULL,
    outlook TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by_id TEXT REFERENCES identities (id),
    updated_at TIMESTAMP NOT NULL,
    updated_by_id TEXT REFERENCES identities (id),
    UNIQUE (year, half, number)
);
CREATE TABLE follow_up_rows (
    report_id TEXT NOT NULL REFERENCES follow_ups (id),
    plan_row TEXT NOT NULL, -- as the plan calls it
    status TEXT NOT NULL CHECK (status IN ('', 'done', 'ongoing', 'notStarted', 'late', 'dropped')),
    comment TEXT NOT NULL,
    PRIMARY KEY (report_id, plan_row)
);
CREATE TABLE follow_up_handovers ( -- frozen
    report_id TEXT PRIMARY KEY REFERENCES follow_ups (id),
    date TEXT NOT NULL, -- local date
    reference TEXT NOT NULL, -- number in the register; empty: none yet
    document TEXT NOT NULL, -- canonical JSON
    sha256 TEXT NOT NULL,
    pdf TEXT NOT NULL REFERENCES files (sha256), -- made once
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
