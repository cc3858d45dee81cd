-- +goose Up

CREATE TABLE facts ( -- about the installation
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- partner: who we work with ---------------------------------------------------------------
CREATE TABLE organisations (
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,
    name TEXT NOT NULL,
    short TEXT NOT NULL,
    kind TEXT NOT NULL,
    aliases TEXT NOT NULL, -- JSON list
    parent_id TEXT REFERENCES organisations (id),
    home BOOLEAN NOT NULL, -- the municipality whose programme this is: at most one
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX organisations_home ON organisations (home) WHERE home;

CREATE TABLE roles (
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,
    name TEXT NOT NULL,
    aliases TEXT NOT NULL,
    organisation_id TEXT REFERENCES organisations (id)
);

CREATE TABLE contacts (
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'mailbox')),
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    role_id TEXT REFERENCES roles (id),
    deputy_id TEXT REFERENCES contacts (id),
    protected BOOLEAN NOT NULL,
    by_phone BOOLEAN NOT NULL,
    language TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    left_at TIMESTAMP
);
CREATE UNIQUE INDEX contacts_email ON contacts (email) WHERE email <> '' AND left_at IS NULL;
CREATE INDEX contacts_organisation ON contacts (organisation_id);

CREATE TABLE work_groups (
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,
    name TEXT NOT NULL,
    organisation_id TEXT REFERENCES organisations (id),
    lead_id TEXT REFERENCES contacts (id)
);

CREATE TABLE workplaces (
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,
    name TEXT NOT NULL,
    organisation_id TEXT REFERENCES organisations (id),
    manager_id TEXT REFERENCES contacts (id)
);

CREATE TABLE agreements (
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('avtal', 'iop', 'overenskommelse')),
    subject TEXT NOT NULL, -- what it is about, in a few words; empty: not said
    quote TEXT NOT NULL, -- what the plan says of it
    valid_from TEXT,
    valid_to TEXT,
    notice_months INTEGER, -- NULL: not stated
    follow_up TEXT, -- local date of the next one
    responsible_id TEXT REFERENCES contacts (id), -- who sees to it
    note TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE agreement_parties (
    agreement_id TEXT NOT NULL REFERENCES agreements (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (agreement_id, organisation_id)
);

-- plan: the action plan as data -----------------------------------------------------------
CREATE TABLE plans (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    owner TEXT NOT NULL,
    version_label TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    vision TEXT NOT NULL,
    imported_at TIMESTAMP NOT NULL,
    copied_from_id TEXT REFERENCES plans (id),
    version INTEGER NOT NULL
);
CREATE TABLE plan_rows ( -- a row of the plan, the same in each version of it
    id TEXT PRIMARY KEY,
    review_months INTEGER, -- NULL: as the time frame says, else 12
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE goals (
    id TEXT PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    line_id TEXT NOT NULL, -- the same in each version
    external_id TEXT NOT NULL,
    goal TEXT NOT NULL,
    heading TEXT NOT NULL,
    position INTEGER NOT NULL,
    UNIQUE (plan_id, external_id)
);
CREATE TABLE measures (
    id TEXT PRIMARY KEY,
    goal_id TEXT NOT NULL REFERENCES goals (id),
    row_id TEXT NOT NULL REFERENCES plan_rows (id),
    external_id TEXT NOT NULL,
    measure TEXT NOT NULL,
    activities TEXT NOT NULL, -- JSON list
    timeframe TEXT NOT NULL,
    responsible TEXT NOT NULL,
    position INTEGER NOT NULL,
    UNIQUE (goal_id, external_id)
);
CREATE INDEX measures_row ON measures (row_id);

-- forum: standing forums and their promises -----------------------------------------------
CREATE TABLE forums (
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,
    name TEXT NOT NULL,
    neutral_title TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('overall', 'consultation', 'individualCases', 'internal')),
    in_plan BOOLEAN NOT NULL,
    convened_by TEXT NOT NULL CHECK (convened_by IN ('unstated', 'us', 'other')),
    convener_id TEXT REFERENCES organisations (id),
    cadence_text TEXT NOT NULL,
    cadence_months INTEGER NOT NULL, -- months between meetings; 0: not an interval
    cadence_min INTEGER NOT NULL,    -- meetings a year or a term, at least
    cadence_max INTEGER NOT NULL, -- at most; 0: no upper bound
    cadence_per_term BOOLEAN NOT NULL, -- min and max are counted in each half of the year
    cadence_nth INTEGER NOT NULL,     -- 1-4, 5 the last: which cadence_weekday of the month; 0: none said
    cadence_weekday INTEGER NOT NULL, -- 1 Monday … 5 Friday; 0: none said
    exempt_months TEXT NOT NULL,    -- JSON list of 1-12
    school_year BOOLEAN NOT NULL,    -- no meetings in the schools' breaks
    promised_from TEXT,             -- local date; what lies before shows "före start"
    quote TEXT NOT NULL,
    open_questions TEXT NOT NULL,   -- JSON list
    open_ended BOOLEAN NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('protected', 'neutral', 'full')),
    outward_place TEXT NOT NULL CHECK (outward_place IN ('none', 'municipality', 'full')),
    weekday INTEGER NOT NULL,        -- 1 Monday … 5 Friday
    starts TEXT NOT NULL,           -- wall clock
    minutes INTEGER NOT NULL,
    place TEXT NOT NULL,
    agenda TEXT NOT NULL,           -- JSON list of standing items
    remind_days INTEGER NOT NULL,    -- working days before; 0: no reminder
    ask_again_days INTEGER NOT NULL, -- working days before; 0: those who have not answered are not asked again
    ours_needed INTEGER NOT NULL,     -- how many of ours must come to a meeting; 0: none
    proposal_days INTEGER NOT NULL, -- working days before a meeting that items may be proposed until; 0: never
    occasion BOOLEAN NOT NULL, -- the envelope of one meeting of no forum: a lecture, a training. No list shows it
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE forum_participants (
    id TEXT PRIMARY KEY,
    forum_id TEXT NOT NULL REFERENCES forums (id),
    organisation_id TEXT REFERENCES organisations (id),
    role_id TEXT REFERENCES roles (id),
    position INTEGER NOT NULL,
    CHECK ((organisation_id IS NULL) <> (role_id IS NULL))
);
CREATE TABLE forum_members (
    id TEXT PRIMARY KEY,
    forum_id TEXT NOT NULL REFERENCES forums (id),
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    created_at TIMESTAMP NOT NULL,
    UNIQUE (forum_id, contact_id)
);
CREATE TABLE agreement_forums ( -- whose meetings an agreement is about
    agreement_id TEXT NOT NULL REFERENCES agreements (id),
    forum_id TEXT NOT NULL REFERENCES forums (id),
    PRIMARY KEY (agreement_id, forum_id)
);
CREATE TABLE forum_reserves ( -- who of ours is asked when too few of ours can come, in order
    id TEXT PRIMARY KEY,
    forum_id TEXT NOT NULL REFERENCES forums (id),
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    position INTEGER NOT NULL,
    UNIQUE (forum_id, contact_id)
);
CREATE TABLE planning_blocks ( -- days that a year is planned around
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('local', 'schoolBreak')),
    name TEXT NOT NULL,
    from_date TEXT NOT NULL, -- local date
    to_date TEXT NOT NULL,
    blocks BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- access: who may what --------------------------------------------------------------------
CREATE TABLE identities (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    contact_id TEXT REFERENCES contacts (id),
    language TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    disabled_at TIMESTAMP,
    last_signed_in_at TIMESTAMP,
    signed_out_at TIMESTAMP,     -- sessions begun before are over
    rights_changed_at TIMESTAMP, -- sessions get a new token after it
    totp_sealed BLOB,           -- secret of the second factor; unused until confirmed
    totp_confirmed_at TIMESTAMP,
    totp_step INTEGER NOT NULL,   -- of the last code taken: each is taken once (RFC 6238 §5.2)
    digest TEXT NOT NULL CHECK (digest IN ('', 'weekly', 'daily', 'never')), -- how often what waits is mailed; empty: as the role has it
    digested_on TEXT -- local date of the latest, or of the choice
);
CREATE TABLE agreement_endings (
    agreement_id TEXT PRIMARY KEY REFERENCES agreements (id),
    last_day TEXT NOT NULL, -- on which it holds
    reason TEXT NOT NULL,
    identity_id TEXT REFERENCES identities (id), -- who recorded it
    at TIMESTAMP NOT NULL
);
CREATE TABLE recovery_codes (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identities (id),
    code_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX recovery_codes_identity ON recovery_codes (identity_id);
CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identities (id),
    role TEXT NOT NULL CHECK (role IN ('coordinator', 'member', 'manager', 'group-lead', 'registrar', 'administrator')),
    forum_id TEXT REFERENCES forums (id),
    work_group_id TEXT REFERENCES work_groups (id),
    valid_from TIMESTAMP NOT NULL,
    valid_to TIMESTAMP,
    granted_by_id TEXT REFERENCES identities (id),
    deputy_for_id TEXT REFERENCES identities (id), -- whose deputy this makes
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX grants_identity ON grants (identity_id);
CREATE TABLE grant_proposals ( -- administrator: given by two
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identities (id),
    role TEXT NOT NULL CHECK (role = 'administrator'),
    valid_to TIMESTAMP,
    proposed_by_id TEXT NOT NULL REFERENCES identities (id),
    proposed_at TIMESTAMP NOT NULL,
    decided_by_id TEXT REFERENCES identities (id),
    decided_at TIMESTAMP,
    approved BOOLEAN NOT NULL
);
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    identity_id TEXT REFERENCES identities (id), -- NULL: nobody has signed in
    client TEXT NOT NULL, -- the browser, as it calls itself
    data BLOB NOT NULL,
    began_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP -- a row that has ended is never written again
);
CREATE INDEX sessions_identity ON sessions (identity_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE TABLE one_time_tokens (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('set-up', 'activation', 'reset')),
    identity_id TEXT REFERENCES identities (id),
    token_hash TEXT NOT NULL UNIQUE,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL, -- whom or what a limit counts: account:…, address:…, miss:…, code:…
    at TIMESTAMP NOT NULL
);
CREATE INDEX attempts_subject ON attempts (subject, at);
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identities (id),
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL, -- JSON list
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    last_used_at TIMESTAMP
);
CREATE INDEX api_tokens_identity ON api_tokens (identity_id);
CREATE TABLE feed_subscriptions (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identities (id),
    name TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('protected', 'neutral', 'full')),
    language TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    last_fetched_at TIMESTAMP,
    last_client TEXT NOT NULL
);
CREATE INDEX feed_subscriptions_identity ON feed_subscriptions (identity_id);
CREATE TABLE log_entries (
    id TEXT PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    identity_id TEXT REFERENCES identities (id),
    actor TEXT NOT NULL, -- "identity", "guest", "system"
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT,
    outcome TEXT NOT NULL
);
CREATE INDEX log_entries_at ON log_entries (at);
CREATE TABLE idempotency_keys (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identities (id),
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (identity_id, key)
);
CREATE TABLE change_counters (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    changed_at TIMESTAMP NOT NULL -- rises by at least a second with every change
);

-- post: letters ---------------------------------------------------------------------------
CREATE TABLE letters (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'update', 'reschedule', 'cancellation', 'withdrawal', 'reminder', 'unanswered', 'relay', 'counter-declined', 'notes', 'action', 'approval', 'views', 'link', 'code', 'poll', 'poll-reminder', 'poll-more', 'date-request', 'overview', 'account', 'mail-test', 'action-reminder', 'approval-reminder', 'relay-reminder', 'plan', 'plan-reminder', 'digest', 'open-actions', 'cancelled-several')),
    subject_id TEXT, -- the invitation: letters about one leave in order
    recipient TEXT NOT NULL,     -- address
    recipient_name TEXT NOT NULL,
    subject TEXT NOT NULL,       -- neutral by construction
    method TEXT NOT NULL,        -- iTIP METHOD, empty without a calendar part
    sequence INTEGER NOT NULL,
    digest TEXT NOT NULL,        -- what the recipient will hold
    message_id TEXT NOT NULL UNIQUE,
    envelope_from TEXT NOT NULL,
    sealed BLOB,                -- dropped 30 days after sending
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'filed', 'retry', 'unknown', 'failed', 'bounced', 'superseded', 'withdrawn')),
    not_before TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL,
    lease TEXT NOT NULL,
    leased_until TIMESTAMP,
    problem TEXT NOT NULL,       -- the server's words
    created_at TIMESTAMP NOT NULL,
    settled_at TIMESTAMP,
    recipient_domain TEXT NOT NULL, -- a domain takes so many a minute
    tried_at TIMESTAMP,       -- when it was last handed over or tried to be
    answer TEXT NOT NULL        -- the server's words when it took the letter
);
CREATE INDEX letters_due ON letters (state, not_before, created_at, id);
CREATE INDEX letters_subject ON letters (subject_id, created_at);
CREATE INDEX letters_domain ON letters (recipient_domain, tried_at);
CREATE INDEX letters_settled ON letters (settled_at);
CREATE TABLE letter_dealings ( -- that a person has dealt with a letter that did not arrive
    letter_id TEXT PRIMARY KEY REFERENCES letters (id),
    how TEXT NOT NULL CHECK (how IN ('done', 'sent-again')),
    by_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE TABLE trials ( -- test letters that ask for an answer by mail
    letter_id TEXT PRIMARY KEY REFERENCES letters (id),
    identity_id TEXT REFERENCES identities (id), -- who asked; NULL: the command line
    reply_hash TEXT NOT NULL UNIQUE, -- of the token in the address that answers go to
    replied_at TIMESTAMP,
    route TEXT NOT NULL CHECK (route IN ('', 'address', 'thread')) -- how the answer was known
);
CREATE TABLE domain_paces ( -- how fast letters may go to one domain
    domain TEXT PRIMARY KEY,
    not_before TIMESTAMP NOT NULL, -- nothing is sent there until then
    slowed BOOLEAN NOT NULL,  -- it is the server there that asked
    per_minute INTEGER NOT NULL, -- that the server there seems to bear; 0: as the setting says
    strikes INTEGER NOT NULL,
    slowed_at TIMESTAMP,
    words TEXT NOT NULL      -- the server's, when it said that it goes too fast
);
CREATE TABLE sending_holds (
    id TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    since TIMESTAMP NOT NULL,
    released_at TIMESTAMP,
    released_by_id TEXT REFERENCES identities (id)
);
CREATE TABLE reminder_recipients ( -- whom we remind: one letter a day each
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    generation INTEGER NOT NULL, -- of the link that stops reminders
    link_hash TEXT NOT NULL UNIQUE,
    reminded_on TEXT,        -- local date of the latest letter
    stopped_at TIMESTAMP,    -- wants none
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE reminders (
    id TEXT PRIMARY KEY,
    subject_id TEXT NOT NULL, -- the invitation, the action, the item passed on
    recipient TEXT NOT NULL,  -- address
    kind TEXT NOT NULL CHECK (kind IN ('soon', 'unanswered', 'due', 'overdue', 'open')),
    days INTEGER NOT NULL,     -- working days before; after, when overdue
    sequence INTEGER NOT NULL, -- of the meeting; of anything else its last day, as 20270121
    letter_id TEXT NOT NULL REFERENCES letters (id),
    at TIMESTAMP NOT NULL,
    UNIQUE (subject_id, recipient, kind, days, sequence)
);
CREATE INDEX reminders_letter ON reminders (letter_id);

-- meeting ---------------------------------------------------------------------------------
CREATE TABLE meetings (
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,
    forum_id TEXT NOT NULL REFERENCES forums (id),
    counts_for_id TEXT REFERENCES forums (id), -- a second forum whose promise it counts for; grants nothing
    measure_id TEXT REFERENCES measures (id), -- the row of the plan that it belongs to
    date TEXT NOT NULL,    -- local date, wall times and zone are what was agreed
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    zone TEXT NOT NULL,
    starts_at TIMESTAMP NOT NULL, -- derived
    ends_at TIMESTAMP NOT NULL,
    place TEXT NOT NULL,   -- never leaves the house by itself
    uid TEXT NOT NULL UNIQUE,
    sequence INTEGER NOT NULL,
    stamp TIMESTAMP NOT NULL, -- DTSTAMP, strictly rising
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX meetings_forum ON meetings (forum_id, date);
CREATE INDEX meetings_counts_for ON meetings (counts_for_id);
CREATE INDEX meetings_measure ON meetings (measure_id);
CREATE INDEX meetings_starts ON meetings (starts_at);
CREATE TABLE cancellations (
    meeting_id TEXT PRIMARY KEY REFERENCES meetings (id),
    reason TEXT NOT NULL,
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE TABLE holdings ( -- the meeting was held
    meeting_id TEXT PRIMARY KEY REFERENCES meetings (id),
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE TABLE reschedulings (
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL REFERENCES meetings (id),
    from_date TEXT NOT NULL,
    from_starts TEXT NOT NULL,
    from_ends TEXT NOT NULL,
    from_place TEXT NOT NULL,
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX reschedulings_meeting ON reschedulings (meeting_id);
CREATE TABLE deletions ( -- the meeting lies in the bin
    meeting_id TEXT PRIMARY KEY REFERENCES meetings (id),
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);

-- invite ----------------------------------------------------------------------------------
CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL REFERENCES meetings (id),
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    generation INTEGER NOT NULL,
    answer_hash TEXT NOT NULL UNIQUE,
    reply_hash TEXT NOT NULL UNIQUE,
    asked_sequence INTEGER NOT NULL,
    owed_from TIMESTAMP, -- a letter may be owed from then on; NULL: the recipient is up to date
    owed_at TIMESTAMP,   -- when the act was done that the letter is about; NULL: it is nobody's to take back
    note TEXT NOT NULL,    -- the convener's own line to all, in the next letter
    created_at TIMESTAMP NOT NULL,
    withdrawn_at TIMESTAMP,
    UNIQUE (meeting_id, contact_id)
);
CREATE INDEX invitations_contact ON invitations (contact_id);
CREATE INDEX invitations_owed ON invitations (owed_from);
CREATE TABLE answers (
    id TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    part_stat TEXT NOT NULL CHECK (part_stat IN ('ACCEPTED', 'DECLINED', 'TENTATIVE', 'DELEGATED')),
    substitute TEXT NOT NULL,
    comment TEXT NOT NULL,
    sequence INTEGER NOT NULL, -- of the meeting that was answered
    via TEXT NOT NULL CHECK (via IN ('link', 'phone', 'mail')),
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX answers_invitation ON answers (invitation_id, at);
CREATE TABLE calls ( -- somebody rang up and told of a change
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    sequence INTEGER NOT NULL, -- of the meeting, as they were told of it
    identity_id TEXT REFERENCES identities (id),
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (invitation_id, sequence)
);
CREATE TABLE cancellation_covers ( -- one letter about several meetings called off at once
    id TEXT PRIMARY KEY, -- the letter's subject
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    called_off_at TIMESTAMP NOT NULL, -- the moment of the cancellations that it lists
    owed_from TIMESTAMP -- NULL: written, or not needed any more
);
CREATE INDEX cancellation_covers_owed ON cancellation_covers (owed_from);

-- +goose Down
SELECT 1; -- there is no way back: restore the backup that was made before
