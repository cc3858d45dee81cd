-- +goose Up

-- report: the yearly follow-up, and what was handed over to the committee ------------------------------
CREATE TABLE follow_ups (
    id uuid PRIMARY KEY,
    year bigint NOT NULL,
    half bigint NOT NULL CHECK (half IN (0, 1, 2)), -- 0: the whole year
    number bigint NOT NULL, -- 2 and on: corrections of the one before
    reason text NOT NULL, -- of a correction
    summary text NOT NULL,
    outlook text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by_id uuid REFERENCES identities (id),
    updated_at timestamptz NOT NULL,
    updated_by_id uuid REFERENCES identities (id),
    UNIQUE (year, half, number)
);
CREATE TABLE follow_up_rows (
    report_id uuid NOT NULL REFERENCES follow_ups (id),
    plan_row text NOT NULL, -- as the plan calls it
    status text NOT NULL CHECK (status IN ('', 'done', 'ongoing', 'notStarted', 'late', 'dropped')),
    comment text NOT NULL,
    PRIMARY KEY (report_id, plan_row)
);
CREATE TABLE follow_up_handovers ( -- frozen
    report_id uuid PRIMARY KEY REFERENCES follow_ups (id),
    date text NOT NULL, -- local date
    reference text NOT NULL, -- number in the register; empty: none yet
    document text NOT NULL, -- canonical JSON
    sha256 text NOT NULL,
    pdf text NOT NULL REFERENCES files (sha256), -- made once
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
