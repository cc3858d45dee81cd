-- +goose Up

-- minutes: actions over the months, and decisions as they stand ----------------------------------
ALTER TABLE actions ADD COLUMN stated_due TEXT; -- what the minutes say; due is what holds
ALTER TABLE actions ADD COLUMN owner_contact_id TEXT REFERENCES contacts (id); -- who answers for it, where it is known; one of three at most
ALTER TABLE actions ADD COLUMN owner_organisation_id TEXT REFERENCES organisations (id);
ALTER TABLE actions ADD COLUMN owner_identity_id TEXT REFERENCES identities (id);
ALTER TABLE actions ADD COLUMN closed_on TEXT; -- local date; when it was done
ALTER TABLE actions ADD COLUMN closed_comment TEXT NOT NULL DEFAULT ''; -- how it went, or why it was dropped
ALTER TABLE actions ADD COLUMN replaced_by_id TEXT; -- a later action or decision
CREATE INDEX actions_owner_contact ON actions (owner_contact_id);
CREATE INDEX actions_owner_organisation ON actions (owner_organisation_id);
CREATE TABLE action_changes ( -- what became of an action, and who said so
    id TEXT PRIMARY KEY,
    item_id TEXT NOT NULL REFERENCES actions (item_id),
    kind TEXT NOT NULL CHECK (kind IN ('done', 'dropped', 'replaced', 'reopened', 'owner', 'due', 'cannot')),
    was TEXT NOT NULL, -- owner or last day before
    became TEXT NOT NULL,
    comment TEXT NOT NULL,
    identity_id TEXT REFERENCES identities (id), -- neither: the system
    contact_id TEXT REFERENCES contacts (id), -- by its link
    at TIMESTAMP NOT NULL
);
CREATE INDEX action_changes_item ON action_changes (item_id, at);
CREATE TABLE decisions ( -- of the latest version of finalised minutes
    item_id TEXT PRIMARY KEY,
    minutes_id TEXT NOT NULL REFERENCES minutes (id),
    number INTEGER NOT NULL, -- of the version that says what it is
    label TEXT NOT NULL,
    text TEXT NOT NULL,
    position INTEGER NOT NULL, -- among the decisions of its minutes
    struck BOOLEAN NOT NULL -- a correction has it no more
);
CREATE INDEX decisions_minutes ON decisions (minutes_id, position);
CREATE TABLE decision_replacements ( -- said of an item of the working text or of the minutes: it has the same id in both
    item_id TEXT NOT NULL, -- the newer decision
    replaces_id TEXT NOT NULL REFERENCES decisions (item_id),
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (item_id, replaces_id)
);
CREATE INDEX decision_replacements_replaced ON decision_replacements (replaces_id);
CREATE TABLE plan_ties ( -- decisions and actions that belong to a row of the plan
    item_id TEXT PRIMARY KEY,
    measure_id TEXT NOT NULL REFERENCES measures (id),
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX plan_ties_measure ON plan_ties (measure_id);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
