-- +goose Up

-- access: links of one purpose for contacts without an account, and codes by mail ---------------
CREATE TABLE guest_links (
    id uuid PRIMARY KEY,
    purpose text NOT NULL, -- notes, action, approval
    object_id uuid NOT NULL, -- what it opens: minutes, an action
    contact_id uuid NOT NULL REFERENCES contacts (id),
    generation bigint NOT NULL,
    link_hash text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    UNIQUE (purpose, object_id, contact_id)
);
CREATE INDEX guest_links_contact ON guest_links (contact_id);
CREATE TABLE retired_links ( -- hashes of links that a newer one replaced: they open nothing, but their holder may ask for the new one
    link_hash text PRIMARY KEY,
    purpose text NOT NULL, -- notes, action, answer, relay
    object_id uuid NOT NULL, -- the guest link, the invitation, an item passed on
    retired_at timestamptz NOT NULL
);
CREATE TABLE link_renewals ( -- somebody asked for a new link; the sender works them, known or not
    id uuid PRIMARY KEY,
    purpose text NOT NULL,
    link_hash text NOT NULL,
    at timestamptz NOT NULL
);
CREATE TABLE guest_codes (
    id uuid PRIMARY KEY,
    contact_id uuid NOT NULL REFERENCES contacts (id),
    code_hash text NOT NULL, -- with the key: six digits would be guessed from a hash alone
    tries bigint NOT NULL, -- that were wrong
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL, -- earlier than it was when a newer code replaced it
    used_at timestamptz
);
CREATE INDEX guest_codes_contact ON guest_codes (contact_id, created_at);

-- partner: a contact says that somebody else should have the letters ------------------------------
CREATE TABLE successor_proposals (
    id uuid PRIMARY KEY,
    contact_id uuid NOT NULL REFERENCES contacts (id), -- whose link it was
    name text NOT NULL,
    email text NOT NULL,
    comment text NOT NULL,
    at timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by_id uuid REFERENCES identities (id),
    outcome text NOT NULL CHECK (outcome IN ('', 'replaced', 'dismissed'))
);
CREATE INDEX successor_proposals_contact ON successor_proposals (contact_id);

-- minutes: what whoever has an action says of it by its link --------------------------------------
CREATE TABLE action_reports (
    id uuid PRIMARY KEY,
    item_id uuid NOT NULL REFERENCES actions (item_id),
    contact_id uuid NOT NULL REFERENCES contacts (id),
    kind text NOT NULL CHECK (kind IN ('done', 'time', 'cannot')),
    due text, -- the new last day, of time
    comment text NOT NULL,
    at timestamptz NOT NULL,
    seen_at timestamptz,
    seen_by_id uuid REFERENCES identities (id)
);
CREATE INDEX action_reports_item ON action_reports (item_id);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
