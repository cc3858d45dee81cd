-- +goose Up

-- plan: what became of each version of the plan; the latest step is how it stands --------------------
CREATE TABLE plan_steps (
    id TEXT PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'proposed', 'adopted', 'inForce', 'followedUp', 'revised')),
    day TEXT NOT NULL, -- when it was decided, or from when it holds
    reference TEXT NOT NULL, -- of the decision
    note TEXT NOT NULL,
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX plan_steps_plan ON plan_steps (plan_id, at);

-- plan: that a row was gone through ------------------------------------------------------------------
CREATE TABLE plan_reviews (
    id TEXT PRIMARY KEY,
    row_id TEXT NOT NULL REFERENCES plan_rows (id),
    day TEXT NOT NULL,
    note TEXT NOT NULL,
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX plan_reviews_row ON plan_reviews (row_id, day);

-- plan: routines of a row, where they are kept and when they were looked at ---------------------------
CREATE TABLE plan_routines (
    id TEXT PRIMARY KEY,
    row_id TEXT NOT NULL REFERENCES plan_rows (id),
    name TEXT NOT NULL,
    place TEXT NOT NULL, -- a link, or where it is kept
    review_months INTEGER NOT NULL,
    ended_at TIMESTAMP,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX plan_routines_row ON plan_routines (row_id);
CREATE TABLE plan_routine_reviews (
    id TEXT PRIMARY KEY,
    routine_id TEXT NOT NULL REFERENCES plan_routines (id),
    day TEXT NOT NULL,
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX plan_routine_reviews_routine ON plan_routine_reviews (routine_id, day);

-- plan: how many are trained in a method of a row, and how many are needed; nobody is named ------------
CREATE TABLE plan_methods (
    id TEXT PRIMARY KEY,
    row_id TEXT NOT NULL REFERENCES plan_rows (id),
    name TEXT NOT NULL,
    ended_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX plan_methods_row ON plan_methods (row_id);
CREATE TABLE plan_method_counts (
    id TEXT PRIMARY KEY,
    method_id TEXT NOT NULL REFERENCES plan_methods (id),
    day TEXT NOT NULL,
    trained INTEGER NOT NULL,
    needed INTEGER NOT NULL,
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX plan_method_counts_method ON plan_method_counts (method_id, day);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
