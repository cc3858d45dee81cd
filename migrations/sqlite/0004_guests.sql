-- +goose Up

-- access: links of one purpose for contacts without an account, and codes by mail ---------------
CREATE TABLE guest_links (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL, -- notes, action, approval
    object_id TEXT NOT NULL, -- what it opens: minutes, an action
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    generation INTEGER NOT NULL,
    link_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    UNIQUE (purpose, object_id, contact_id)
);
CREATE INDEX guest_links_contact ON guest_links (contact_id);
CREATE TABLE retired_links ( -- hashes of links that a newer one replaced: they open nothing, but their holder may ask for the new one
    link_hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL, -- notes, action, answer, relay
    object_id TEXT NOT NULL, -- the guest link, the invitation, an item passed on
    retired_at TIMESTAMP NOT NULL
);
CREATE TABLE link_renewals ( -- somebody asked for a new link; the sender works them, known or not
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    link_hash TEXT NOT NULL,
    at TIMESTAMP NOT NULL
);
CREATE TABLE guest_codes (
    id TEXT PRIMARY KEY,
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    code_hash TEXT NOT NULL, -- with the key: six digits would be guessed from a hash alone
    tries INTEGER NOT NULL, -- that were wrong
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL, -- earlier than it was when a newer code replaced it
    used_at TIMESTAMP
);
CREATE INDEX guest_codes_contact ON guest_codes (contact_id, created_at);

-- partner: a contact says that somebody else should have the letters ------------------------------
CREATE TABLE successor_proposals (
    id TEXT PRIMARY KEY,
    contact_id TEXT NOT NULL REFERENCES contacts (id), -- whose link it was
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    comment TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    settled_at TIMESTAMP,
    settled_by_id TEXT REFERENCES identities (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('', 'replaced', 'dismissed'))
);
CREATE INDEX successor_proposals_contact ON successor_proposals (contact_id);

-- minutes: what whoever has an action says of it by its link --------------------------------------
CREATE TABLE action_reports (
    id TEXT PRIMARY KEY,
    item_id TEXT NOT NULL REFERENCES actions (item_id),
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    kind TEXT NOT NULL CHECK (kind IN ('done', 'time', 'cannot')),
    due TEXT, -- the new last day, of time
    comment TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP,
    seen_by_id TEXT REFERENCES identities (id)
);
CREATE INDEX action_reports_item ON action_reports (item_id);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
