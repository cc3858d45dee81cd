-- +goose Up

CREATE TABLE facts ( -- about the installation
    name text PRIMARY KEY,
    value text NOT NULL
);

-- partner: who we work with ---------------------------------------------------------------
CREATE TABLE organisations (
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    name text NOT NULL,
    short text NOT NULL,
    kind text NOT NULL,
    aliases text NOT NULL, -- JSON list
    parent_id uuid REFERENCES organisations (id),
    home boolean NOT NULL, -- the municipality whose programme this is: at most one
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX organisations_home ON organisations (home) WHERE home;

CREATE TABLE roles (
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    name text NOT NULL,
    aliases text NOT NULL,
    organisation_id uuid REFERENCES organisations (id)
);

CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('person', 'mailbox')),
    email text NOT NULL,
    phone text NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    role_id uuid REFERENCES roles (id),
    deputy_id uuid REFERENCES contacts (id),
    protected boolean NOT NULL,
    by_phone boolean NOT NULL,
    language text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    left_at timestamptz
);
CREATE UNIQUE INDEX contacts_email ON contacts (email) WHERE email <> '' AND left_at IS NULL;
CREATE INDEX contacts_organisation ON contacts (organisation_id);

CREATE TABLE work_groups (
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    name text NOT NULL,
    organisation_id uuid REFERENCES organisations (id),
    lead_id uuid REFERENCES contacts (id)
);

CREATE TABLE workplaces (
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    name text NOT NULL,
    organisation_id uuid REFERENCES organisations (id),
    manager_id uuid REFERENCES contacts (id)
);

CREATE TABLE agreements (
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    kind text NOT NULL CHECK (kind IN ('avtal', 'iop', 'overenskommelse')),
    subject text NOT NULL, -- what it is about, in a few words; empty: not said
    quote text NOT NULL, -- what the plan says of it
    valid_from text,
    valid_to text,
    notice_months bigint, -- NULL: not stated
    follow_up text, -- local date of the next one
    responsible_id uuid REFERENCES contacts (id), -- who sees to it
    note text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE agreement_parties (
    agreement_id uuid NOT NULL REFERENCES agreements (id),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (agreement_id, organisation_id)
);

-- plan: the action plan as data -----------------------------------------------------------
CREATE TABLE plans (
    id uuid PRIMARY KEY,
    title text NOT NULL,
    owner text NOT NULL,
    version_label text NOT NULL,
    valid_from text,
    valid_to text,
    vision text NOT NULL,
    imported_at timestamptz NOT NULL,
    copied_from_id uuid REFERENCES plans (id),
    version bigint NOT NULL
);
CREATE TABLE plan_rows ( -- a row of the plan, the same in each version of it
    id uuid PRIMARY KEY,
    review_months bigint, -- NULL: as the time frame says, else 12
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE goals (
    id uuid PRIMARY KEY,
    plan_id uuid NOT NULL REFERENCES plans (id),
    line_id uuid NOT NULL, -- the same in each version
    external_id text NOT NULL,
    goal text NOT NULL,
    heading text NOT NULL,
    position bigint NOT NULL,
    UNIQUE (plan_id, external_id)
);
CREATE TABLE measures (
    id uuid PRIMARY KEY,
    goal_id uuid NOT NULL REFERENCES goals (id),
    row_id uuid NOT NULL REFERENCES plan_rows (id),
    external_id text NOT NULL,
    measure text NOT NULL,
    activities text NOT NULL, -- JSON list
    timeframe text NOT NULL,
    responsible text NOT NULL,
    position bigint NOT NULL,
    UNIQUE (goal_id, external_id)
);
CREATE INDEX measures_row ON measures (row_id);

-- forum: standing forums and their promises -----------------------------------------------
CREATE TABLE forums (
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    name text NOT NULL,
    neutral_title text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('overall', 'consultation', 'individualCases', 'internal')),
    in_plan boolean NOT NULL,
    convened_by text NOT NULL CHECK (convened_by IN ('unstated', 'us', 'other')),
    convener_id uuid REFERENCES organisations (id),
    cadence_text text NOT NULL,
    cadence_months bigint NOT NULL, -- months between meetings; 0: not an interval
    cadence_min bigint NOT NULL,    -- meetings a year or a term, at least
    cadence_max bigint NOT NULL, -- at most; 0: no upper bound
    cadence_per_term boolean NOT NULL, -- min and max are counted in each half of the year
    cadence_nth bigint NOT NULL,     -- 1-4, 5 the last: which cadence_weekday of the month; 0: none said
    cadence_weekday bigint NOT NULL, -- 1 Monday … 5 Friday; 0: none said
    exempt_months text NOT NULL,    -- JSON list of 1-12
    school_year boolean NOT NULL,    -- no meetings in the schools' breaks
    promised_from text,             -- local date; what lies before shows "före start"
    quote text NOT NULL,
    open_questions text NOT NULL,   -- JSON list
    open_ended boolean NOT NULL,
    level text NOT NULL CHECK (level IN ('protected', 'neutral', 'full')),
    outward_place text NOT NULL CHECK (outward_place IN ('none', 'municipality', 'full')),
    weekday bigint NOT NULL,        -- 1 Monday … 5 Friday
    starts text NOT NULL,           -- wall clock
    minutes bigint NOT NULL,
    place text NOT NULL,
    agenda text NOT NULL,           -- JSON list of standing items
    remind_days bigint NOT NULL,    -- working days before; 0: no reminder
    ask_again_days bigint NOT NULL, -- working days before; 0: those who have not answered are not asked again
    ours_needed bigint NOT NULL,     -- how many of ours must come to a meeting; 0: none
    proposal_days bigint NOT NULL, -- working days before a meeting that items may be proposed until; 0: never
    occasion boolean NOT NULL, -- the envelope of one meeting of no forum: a lecture, a training. No list shows it
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE forum_participants (
    id uuid PRIMARY KEY,
    forum_id uuid NOT NULL REFERENCES forums (id),
    organisation_id uuid REFERENCES organisations (id),
    role_id uuid REFERENCES roles (id),
    position bigint NOT NULL,
    CHECK ((organisation_id IS NULL) <> (role_id IS NULL))
);
CREATE TABLE forum_members (
    id uuid PRIMARY KEY,
    forum_id uuid NOT NULL REFERENCES forums (id),
    contact_id uuid NOT NULL REFERENCES contacts (id),
    created_at timestamptz NOT NULL,
    UNIQUE (forum_id, contact_id)
);
CREATE TABLE agreement_forums ( -- whose meetings an agreement is about
    agreement_id uuid NOT NULL REFERENCES agreements (id),
    forum_id uuid NOT NULL REFERENCES forums (id),
    PRIMARY KEY (agreement_id, forum_id)
);
CREATE TABLE forum_reserves ( -- who of ours is asked when too few of ours can come, in order
    id UUID PRIMARY KEY,
    forum_id UUID NOT NULL REFERENCES forums (id),
    contact_id UUID NOT NULL REFERENCES contacts (id),
    position bigint NOT NULL,
    UNIQUE (forum_id, contact_id)
);
CREATE TABLE planning_blocks ( -- days that a year is planned around
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    kind text NOT NULL CHECK (kind IN ('local', 'schoolBreak')),
    name text NOT NULL,
    from_date text NOT NULL, -- local date
    to_date text NOT NULL,
    blocks boolean NOT NULL,
    created_at timestamptz NOT NULL
);

-- access: who may what --------------------------------------------------------------------
CREATE TABLE identities (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    contact_id uuid REFERENCES contacts (id),
    language text NOT NULL,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz,
    last_signed_in_at timestamptz,
    signed_out_at timestamptz,     -- sessions begun before are over
    rights_changed_at timestamptz, -- sessions get a new token after it
    totp_sealed bytea,           -- secret of the second factor; unused until confirmed
    totp_confirmed_at timestamptz,
    totp_step bigint NOT NULL,   -- of the last code taken: each is taken once (RFC 6238 §5.2)
    digest text NOT NULL CHECK (digest IN ('', 'weekly', 'daily', 'never')), -- how often what waits is mailed; empty: as the role has it
    digested_on text -- local date of the latest, or of the choice
);
CREATE TABLE agreement_endings (
    agreement_id uuid PRIMARY KEY REFERENCES agreements (id),
    last_day text NOT NULL, -- on which it holds
    reason text NOT NULL,
    identity_id uuid REFERENCES identities (id), -- who recorded it
    at timestamptz NOT NULL
);
CREATE TABLE recovery_codes (
    id uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities (id),
    code_hash text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX recovery_codes_identity ON recovery_codes (identity_id);
CREATE TABLE grants (
    id uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities (id),
    role text NOT NULL CHECK (role IN ('coordinator', 'member', 'manager', 'group-lead', 'registrar', 'administrator')),
    forum_id uuid REFERENCES forums (id),
    work_group_id uuid REFERENCES work_groups (id),
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    granted_by_id uuid REFERENCES identities (id),
    deputy_for_id uuid REFERENCES identities (id), -- whose deputy this makes
    created_at timestamptz NOT NULL
);
CREATE INDEX grants_identity ON grants (identity_id);
CREATE TABLE grant_proposals ( -- administrator: given by two
    id uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities (id),
    role text NOT NULL CHECK (role = 'administrator'),
    valid_to timestamptz,
    proposed_by_id uuid NOT NULL REFERENCES identities (id),
    proposed_at timestamptz NOT NULL,
    decided_by_id uuid REFERENCES identities (id),
    decided_at timestamptz,
    approved boolean NOT NULL
);
CREATE TABLE sessions (
    token_hash text PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    identity_id uuid REFERENCES identities (id), -- NULL: nobody has signed in
    client text NOT NULL, -- the browser, as it calls itself
    data bytea NOT NULL,
    began_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz -- a row that has ended is never written again
);
CREATE INDEX sessions_identity ON sessions (identity_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE TABLE one_time_tokens (
    id uuid PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('set-up', 'activation', 'reset')),
    identity_id uuid REFERENCES identities (id),
    token_hash text NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE TABLE attempts (
    id uuid PRIMARY KEY,
    subject text NOT NULL, -- account:… or address:…
    at timestamptz NOT NULL
);
CREATE INDEX attempts_subject ON attempts (subject, at);
CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities (id),
    name text NOT NULL,
    token_hash text NOT NULL UNIQUE,
    scopes text NOT NULL, -- JSON list
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX api_tokens_identity ON api_tokens (identity_id);
CREATE TABLE feed_subscriptions (
    id uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities (id),
    name text NOT NULL,
    level text NOT NULL CHECK (level IN ('protected', 'neutral', 'full')),
    language text NOT NULL,
    token_hash text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_fetched_at timestamptz,
    last_client text NOT NULL
);
CREATE INDEX feed_subscriptions_identity ON feed_subscriptions (identity_id);
CREATE TABLE log_entries (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    identity_id uuid REFERENCES identities (id),
    actor text NOT NULL, -- "identity", "guest", "system"
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id uuid,
    outcome text NOT NULL
);
CREATE INDEX log_entries_at ON log_entries (at);
CREATE TABLE idempotency_keys (
    id uuid PRIMARY KEY,
    identity_id uuid NOT NULL REFERENCES identities (id),
    key text NOT NULL,
    request_hash text NOT NULL,
    status bigint NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (identity_id, key)
);
CREATE TABLE change_counters (
    name text PRIMARY KEY,
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL -- rises by at least a second with every change
);

-- post: letters ---------------------------------------------------------------------------
CREATE TABLE letters (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('invitation', 'update', 'reschedule', 'cancellation', 'withdrawal', 'reminder', 'unanswered', 'relay', 'counter-declined', 'notes', 'action', 'approval', 'views', 'link', 'code', 'poll', 'poll-reminder', 'poll-more', 'date-request', 'overview', 'account', 'mail-test', 'action-reminder', 'approval-reminder', 'relay-reminder', 'plan', 'plan-reminder', 'digest', 'open-actions', 'cancelled-several')),
    subject_id uuid, -- the invitation: letters about one leave in order
    recipient text NOT NULL,     -- address
    recipient_name text NOT NULL,
    subject text NOT NULL,       -- neutral by construction
    method text NOT NULL,        -- iTIP METHOD, empty without a calendar part
    sequence bigint NOT NULL,
    digest text NOT NULL,        -- what the recipient will hold
    message_id text NOT NULL UNIQUE,
    envelope_from text NOT NULL,
    sealed bytea,                -- dropped 30 days after sending
    sha256 text NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'filed', 'retry', 'unknown', 'failed', 'bounced', 'superseded', 'withdrawn')),
    not_before timestamptz NOT NULL,
    attempts bigint NOT NULL,
    lease text NOT NULL,
    leased_until timestamptz,
    problem text NOT NULL,       -- the server's words
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    recipient_domain text NOT NULL, -- a domain takes so many a minute
    tried_at timestamptz,       -- when it was last handed over or tried to be
    answer text NOT NULL        -- the server's words when it took the letter
);
CREATE INDEX letters_due ON letters (state, not_before, created_at, id);
CREATE INDEX letters_subject ON letters (subject_id, created_at);
CREATE INDEX letters_domain ON letters (recipient_domain, tried_at);
CREATE INDEX letters_settled ON letters (settled_at);
CREATE TABLE letter_dealings ( -- that a person has dealt with a letter that did not arrive
    letter_id uuid PRIMARY KEY REFERENCES letters (id),
    how text NOT NULL CHECK (how IN ('done', 'sent-again')),
    by_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE TABLE trials ( -- test letters that ask for an answer by mail
    letter_id uuid PRIMARY KEY REFERENCES letters (id),
    identity_id uuid REFERENCES identities (id), -- who asked; NULL: the command line
    reply_hash text NOT NULL UNIQUE, -- of the token in the address that answers go to
    replied_at timestamptz,
    route text NOT NULL CHECK (route IN ('', 'address', 'thread')) -- how the answer was known
);
CREATE TABLE domain_paces ( -- how fast letters may go to one domain
    domain text PRIMARY KEY,
    not_before timestamptz NOT NULL, -- nothing is sent there until then
    slowed boolean NOT NULL,  -- it is the server there that asked
    per_minute bigint NOT NULL, -- that the server there seems to bear; 0: as the setting says
    strikes bigint NOT NULL,
    slowed_at timestamptz,
    words text NOT NULL      -- the server's, when it said that it goes too fast
);
CREATE TABLE sending_holds (
    id uuid PRIMARY KEY,
    reason text NOT NULL,
    since timestamptz NOT NULL,
    released_at timestamptz,
    released_by_id uuid REFERENCES identities (id)
);
CREATE TABLE reminder_recipients ( -- whom we remind: one letter a day each
    id uuid PRIMARY KEY,
    address text NOT NULL UNIQUE,
    generation bigint NOT NULL, -- of the link that stops reminders
    link_hash text NOT NULL UNIQUE,
    reminded_on text,        -- local date of the latest letter
    stopped_at timestamptz,    -- wants none
    created_at timestamptz NOT NULL
);
CREATE TABLE reminders (
    id uuid PRIMARY KEY,
    subject_id uuid NOT NULL, -- the invitation, the action, the item passed on
    recipient text NOT NULL,  -- address
    kind text NOT NULL CHECK (kind IN ('soon', 'unanswered', 'due', 'overdue', 'open')),
    days bigint NOT NULL,     -- working days before; after, when overdue
    sequence bigint NOT NULL, -- of the meeting; of anything else its last day, as 20270121
    letter_id uuid NOT NULL REFERENCES letters (id),
    at timestamptz NOT NULL,
    UNIQUE (subject_id, recipient, kind, days, sequence)
);
CREATE INDEX reminders_letter ON reminders (letter_id);

-- meeting ---------------------------------------------------------------------------------
CREATE TABLE meetings (
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    forum_id uuid NOT NULL REFERENCES forums (id),
    counts_for_id uuid REFERENCES forums (id), -- a second forum whose promise it counts for; grants nothing
    measure_id uuid REFERENCES measures (id), -- the row of the plan that it belongs to
    date text NOT NULL,    -- local date, wall times and zone are what was agreed
    starts text NOT NULL,
    ends text NOT NULL,
    zone text NOT NULL,
    starts_at timestamptz NOT NULL, -- derived
    ends_at timestamptz NOT NULL,
    place text NOT NULL,   -- never leaves the house by itself
    uid text NOT NULL UNIQUE,
    sequence bigint NOT NULL,
    stamp timestamptz NOT NULL, -- DTSTAMP, strictly rising
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX meetings_forum ON meetings (forum_id, date);
CREATE INDEX meetings_counts_for ON meetings (counts_for_id);
CREATE INDEX meetings_measure ON meetings (measure_id);
CREATE INDEX meetings_starts ON meetings (starts_at);
CREATE TABLE cancellations (
    meeting_id uuid PRIMARY KEY REFERENCES meetings (id),
    reason text NOT NULL,
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE TABLE holdings ( -- the meeting was held
    meeting_id uuid PRIMARY KEY REFERENCES meetings (id),
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE TABLE reschedulings (
    id uuid PRIMARY KEY,
    meeting_id uuid NOT NULL REFERENCES meetings (id),
    from_date text NOT NULL,
    from_starts text NOT NULL,
    from_ends text NOT NULL,
    from_place text NOT NULL,
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE INDEX reschedulings_meeting ON reschedulings (meeting_id);
CREATE TABLE deletions ( -- the meeting lies in the bin
    meeting_id UUID PRIMARY KEY REFERENCES meetings (id),
    identity_id UUID REFERENCES identities (id),
    at TIMESTAMPTZ NOT NULL
);

-- invite ----------------------------------------------------------------------------------
CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    meeting_id uuid NOT NULL REFERENCES meetings (id),
    contact_id uuid NOT NULL REFERENCES contacts (id),
    generation bigint NOT NULL,
    answer_hash text NOT NULL UNIQUE,
    reply_hash text NOT NULL UNIQUE,
    asked_sequence bigint NOT NULL,
    owed_from timestamptz, -- a letter may be owed from then on; NULL: the recipient is up to date
    owed_at TIMESTAMPTZ,   -- when the act was done that the letter is about; NULL: it is nobody's to take back
    note text NOT NULL,    -- the convener's own line to all, in the next letter
    created_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    UNIQUE (meeting_id, contact_id)
);
CREATE INDEX invitations_contact ON invitations (contact_id);
CREATE INDEX invitations_owed ON invitations (owed_from);
CREATE TABLE answers (
    id uuid PRIMARY KEY,
    invitation_id uuid NOT NULL REFERENCES invitations (id),
    part_stat text NOT NULL CHECK (part_stat IN ('ACCEPTED', 'DECLINED', 'TENTATIVE', 'DELEGATED')),
    substitute text NOT NULL,
    comment text NOT NULL,
    sequence bigint NOT NULL, -- of the meeting that was answered
    via text NOT NULL CHECK (via IN ('link', 'phone', 'mail')),
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL
);
CREATE INDEX answers_invitation ON answers (invitation_id, at);
CREATE TABLE calls ( -- somebody rang up and told of a change
    invitation_id uuid NOT NULL REFERENCES invitations (id),
    sequence bigint NOT NULL, -- of the meeting, as they were told of it
    identity_id uuid REFERENCES identities (id),
    at timestamptz NOT NULL,
    PRIMARY KEY (invitation_id, sequence)
);
CREATE TABLE cancellation_covers ( -- one letter about several meetings called off at once
    id uuid PRIMARY KEY, -- the letter's subject
    contact_id uuid NOT NULL REFERENCES contacts (id),
    called_off_at timestamptz NOT NULL, -- the moment of the cancellations that it lists
    owed_from timestamptz -- NULL: written, or not needed any more
);
CREATE INDEX cancellation_covers_owed ON cancellation_covers (owed_from);

-- What feeds are made of announces its changes, so that every instance may answer from memory.
-- +goose StatementBegin
CREATE FUNCTION announce_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('samverkan_changed', '');
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['facts', 'identities', 'grants', 'feed_subscriptions', 'change_counters', 'organisations', 'contacts', 'forums', 'meetings', 'cancellations', 'invitations', 'attempts'] LOOP
        EXECUTE format('CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION announce_change()', name);
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
