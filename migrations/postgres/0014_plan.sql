-- +goose Up

-- plan: what became of each version of the plan; the latest step is how it stands --------------------
CREATE TABLE plan_steps (
    id uuid PRIMARY KEY,
    plan_id uuid NOT NULL REFERENCES plans (id),
    state text NOT NULL CHECK (state IN ('draft', 'proposed', 'adopted', 'inForce', 'followedUp', 'revised')),
    day text NOT NULL, -- when it was decided, or from when it holds
    reference text NOT NULL, -- of the decision
    note text NOT NULL,
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE INDEX plan_steps_plan ON plan_steps (plan_id, at);

-- plan: that a row was gone through ------------------------------------------------------------------
CREATE TABLE plan_reviews (
    id uuid PRIMARY KEY,
    row_id uuid NOT NULL REFERENCES plan_rows (id),
    day text NOT NULL,
    note text NOT NULL,
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE INDEX plan_reviews_row ON plan_reviews (row_id, day);

-- plan: routines of a row, where they are kept and when they were looked at ---------------------------
CREATE TABLE plan_routines (
    id uuid PRIMARY KEY,
    row_id uuid NOT NULL REFERENCES plan_rows (id),
    name text NOT NULL,
    place text NOT NULL, -- a link, or where it is kept
    review_months bigint NOT NULL,
    ended_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX plan_routines_row ON plan_routines (row_id);
CREATE TABLE plan_routine_reviews (
    id uuid PRIMARY KEY,
    routine_id uuid NOT NULL REFERENCES plan_routines (id),
    day text NOT NULL,
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE INDEX plan_routine_reviews_routine ON plan_routine_reviews (routine_id, day);

-- plan: how many are trained in a method of a row, and how many are needed; nobody is named ------------
CREATE TABLE plan_methods (
    id uuid PRIMARY KEY,
    row_id uuid NOT NULL REFERENCES plan_rows (id),
    name text NOT NULL,
    ended_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX plan_methods_row ON plan_methods (row_id);
CREATE TABLE plan_method_counts (
    id uuid PRIMARY KEY,
    method_id uuid NOT NULL REFERENCES plan_methods (id),
    day text NOT NULL,
    trained bigint NOT NULL,
    needed bigint NOT NULL,
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE INDEX plan_method_counts_method ON plan_method_counts (method_id, day);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
