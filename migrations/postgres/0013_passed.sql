-- +goose Up

-- partner: workplaces whole; how long a receiver has to go through what is passed on to it -----------
ALTER TABLE workplaces ADD COLUMN work_group_id uuid REFERENCES work_groups (id);
ALTER TABLE workplaces ADD COLUMN manager_role text NOT NULL DEFAULT ''; -- what the manager is called; empty: the contact's name says it
ALTER TABLE workplaces ADD COLUMN ended_at timestamptz; -- NULL: it is there
ALTER TABLE workplaces ADD COLUMN relay_days bigint NOT NULL DEFAULT 0; -- working days; 0: as the forum says
ALTER TABLE work_groups ADD COLUMN relay_days bigint NOT NULL DEFAULT 0;
ALTER TABLE forums ADD COLUMN relay_days bigint NOT NULL DEFAULT 10; -- working days that receivers have

-- relay: what a correction takes back; the plan gone through at workplaces ---------------------------
ALTER TABLE relay_items ADD COLUMN withdrawn_at timestamptz; -- when a correction took it back; NULL: it holds
CREATE TABLE plan_requests (
    id uuid PRIMARY KEY,
    workplace_id uuid NOT NULL REFERENCES workplaces (id),
    plan_id uuid NOT NULL REFERENCES plans (id),
    due text NOT NULL, -- local date: by when the plan should have been gone through
    asked_at timestamptz NOT NULL,
    asked_by_id uuid REFERENCES identities (id),
    UNIQUE (workplace_id, plan_id)
);
CREATE TABLE plan_confirmations (
    id uuid PRIMARY KEY,
    workplace_id uuid NOT NULL REFERENCES workplaces (id),
    plan_id uuid NOT NULL REFERENCES plans (id),
    date text NOT NULL, -- of the APT
    identity_id uuid REFERENCES identities (id), -- NULL: by the manager's link
    at timestamptz NOT NULL,
    UNIQUE (workplace_id, plan_id, date)
);
CREATE TABLE introductions (
    id uuid PRIMARY KEY,
    workplace_id uuid NOT NULL REFERENCES workplaces (id),
    plan_id uuid NOT NULL REFERENCES plans (id),
    date text NOT NULL, -- when they were introduced
    new_hires bigint NOT NULL, -- a number and no names
    identity_id uuid REFERENCES identities (id), -- NULL: by the manager's link
    at timestamptz NOT NULL,
    UNIQUE (workplace_id, plan_id, date)
);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
