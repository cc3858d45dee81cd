-- +goose Up

-- invite: who comes instead may have a letter of their own -----------------------------------
ALTER TABLE contacts ADD COLUMN stand_in BOOLEAN NOT NULL DEFAULT FALSE; -- here for a meeting only, named by somebody who was asked to it
ALTER TABLE invitations ADD COLUMN stands_for_id uuid REFERENCES invitations (id); -- whose place it is; NULL: asked for their own part
ALTER TABLE invitations ADD COLUMN stood_down_at timestamptz; -- withdrawn because they are needed no more; NULL beside withdrawn_at: a person took them out
CREATE INDEX invitations_stands_for ON invitations (stands_for_id);
ALTER TABLE answers ADD COLUMN substitute_email text NOT NULL DEFAULT ''; -- who comes instead, when they get a letter of their own
ALTER TABLE answers ADD COLUMN remote BOOLEAN NOT NULL DEFAULT FALSE; -- a yes: by video or telephone

-- invite: whether one of ours goes to a meeting that others convene; no letter is about it -----------
CREATE TABLE outings (
    meeting_id UUID NOT NULL REFERENCES meetings (id),
    contact_id UUID NOT NULL REFERENCES contacts (id),
    answer TEXT NOT NULL CHECK (answer IN ('', 'yes', 'no')), -- empty: asked, and not answered
    at TIMESTAMPTZ NOT NULL, -- of the answer, or of the asking
    identity_id UUID REFERENCES identities (id),
    PRIMARY KEY (meeting_id, contact_id)
);
-- invite: somebody comes late --------------------------------------------------------------------
CREATE TABLE latenesses (
    meeting_id UUID NOT NULL REFERENCES meetings (id),
    contact_id UUID NOT NULL REFERENCES contacts (id),
    minutes BIGINT NOT NULL, -- about; 0: not said
    at TIMESTAMPTZ NOT NULL,
    identity_id UUID REFERENCES identities (id), -- who recorded it; NULL: by the link
    PRIMARY KEY (meeting_id, contact_id)
);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
