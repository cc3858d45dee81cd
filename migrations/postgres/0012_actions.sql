-- +goose Up

-- minutes: actions over the months, and decisions as they stand ----------------------------------
ALTER TABLE actions ADD COLUMN stated_due text; -- what the minutes say; due is what holds
ALTER TABLE actions ADD COLUMN owner_contact_id uuid REFERENCES contacts (id); -- who answers for it, where it is known; one of three at most
ALTER TABLE actions ADD COLUMN owner_organisation_id uuid REFERENCES organisations (id);
ALTER TABLE actions ADD COLUMN owner_identity_id uuid REFERENCES identities (id);
ALTER TABLE actions ADD COLUMN closed_on text; -- local date; when it was done
ALTER TABLE actions ADD COLUMN closed_comment text NOT NULL DEFAULT ''; -- how it went, or why it was dropped
ALTER TABLE actions ADD COLUMN replaced_by_id uuid; -- a later action or decision
CREATE INDEX actions_owner_contact ON actions (owner_contact_id);
CREATE INDEX actions_owner_organisation ON actions (owner_organisation_id);
CREATE TABLE action_changes ( -- what became of an action, and who said so
    id uuid PRIMARY KEY,
    item_id uuid NOT NULL REFERENCES actions (item_id),
    kind text NOT NULL CHECK (kind IN ('done', 'dropped', 'replaced', 'reopened', 'owner', 'due', 'cannot')),
    was text NOT NULL, -- owner or last day before
    became text NOT NULL,
    comment text NOT NULL,
    identity_id uuid REFERENCES identities (id), -- neither: the system
    contact_id uuid REFERENCES contacts (id), -- by its link
    at timestamptz NOT NULL
);
CREATE INDEX action_changes_item ON action_changes (item_id, at);
CREATE TABLE decisions ( -- of the latest version of finalised minutes
    item_id uuid PRIMARY KEY,
    minutes_id uuid NOT NULL REFERENCES minutes (id),
    number bigint NOT NULL, -- of the version that says what it is
    label text NOT NULL,
    text text NOT NULL,
    position bigint NOT NULL, -- among the decisions of its minutes
    struck boolean NOT NULL -- a correction has it no more
);
CREATE INDEX decisions_minutes ON decisions (minutes_id, position);
CREATE TABLE decision_replacements ( -- said of an item of the working text or of the minutes: it has the same id in both
    item_id uuid NOT NULL, -- the newer decision
    replaces_id uuid NOT NULL REFERENCES decisions (item_id),
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL,
    PRIMARY KEY (item_id, replaces_id)
);
CREATE INDEX decision_replacements_replaced ON decision_replacements (replaces_id);
CREATE TABLE plan_ties ( -- decisions and actions that belong to a row of the plan
    item_id uuid PRIMARY KEY,
    measure_id uuid NOT NULL REFERENCES measures (id),
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE INDEX plan_ties_measure ON plan_ties (measure_id);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
