-- What people are told: copies of what the words need, deadlines, notices, and how they leave the house.

-- Copies. Each table is written by one topic only; nothing refers to anything, because events about
-- different records come in any order.

CREATE TABLE unit_lead (
    unit_id uuid PRIMARY KEY,
    parent_id uuid,
    lead_id uuid
);

-- The name of the organisation behind a lead or a customer, under the id of either.
CREATE TABLE company (
    id uuid PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE deal (
    id uuid PRIMARY KEY,
    customer_id uuid,
    owner_id uuid NOT NULL,
    unit_id uuid NOT NULL
);

-- One row for each record somebody worked on: the latest activity, and the end of it.
CREATE TABLE progress (
    subject_id uuid PRIMARY KEY,
    last_activity_at timestamptz,
    closed_at timestamptz
) WITH (fillfactor = 80);

-- Deadlines.

CREATE TABLE follow_up (
    subject_id uuid PRIMARY KEY,
    subject_kind text NOT NULL CHECK (subject_kind IN ('lead', 'customer', 'opportunity')),
    unit_id uuid NOT NULL,
    owner_id uuid,
    assigned_at timestamptz NOT NULL,
    respond_by timestamptz,
    reminded_at timestamptz,
    escalate_at timestamptz,
    escalated_at timestamptz,
    answered_at timestamptz,
    CHECK (respond_by IS NULL OR owner_id IS NOT NULL),
    CHECK (escalate_at IS NULL OR reminded_at IS NOT NULL),
    CHECK (escalated_at IS NULL OR escalate_at IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX follow_up_to_remind ON follow_up (respond_by)
    WHERE respond_by IS NOT NULL AND reminded_at IS NULL AND answered_at IS NULL;
CREATE INDEX follow_up_to_escalate ON follow_up (escalate_at)
    WHERE escalate_at IS NOT NULL AND escalated_at IS NULL AND answered_at IS NULL;

CREATE TABLE next_step (
    subject_id uuid PRIMARY KEY,
    subject_kind text NOT NULL CHECK (subject_kind IN ('lead', 'customer', 'opportunity')),
    due_on date,
    said_at timestamptz NOT NULL,
    starts_at timestamptz,
    due_at timestamptz,
    reminded_at timestamptz
);
CREATE INDEX next_step_to_remind ON next_step (due_at)
    WHERE due_at IS NOT NULL AND reminded_at IS NULL;

-- Notices.

-- Causes whose unit nobody has told us about yet: who hears them is asked again at retry_at.
CREATE TABLE unplaced_cause (
    cause_id uuid NOT NULL,
    kind text NOT NULL,
    cause jsonb NOT NULL,
    unit_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('lead', 'overseers')),
    besides uuid,
    retry_at timestamptz NOT NULL,
    PRIMARY KEY (cause_id, kind)
);
CREATE INDEX unplaced_cause_retry_at ON unplaced_cause (retry_at);

-- A reader's last position. Whoever places a notice locks this row until the commit, so positions
-- become visible in their order: a stream that has seen n never misses something before n.
CREATE TABLE inbox (
    person_id uuid PRIMARY KEY,
    last_position bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE notice (
    id uuid PRIMARY KEY,
    recipient_id uuid NOT NULL,
    position bigint NOT NULL,
    cause_id uuid NOT NULL,
    kind text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    colleague_id uuid,
    due_at timestamptz,
    amount numeric(18, 2),
    currency text,
    reasons jsonb NOT NULL CHECK (jsonb_typeof(reasons) = 'array'),
    placed_at timestamptz NOT NULL,
    read_at timestamptz,
    sequence int NOT NULL CHECK (sequence > 0),
    CONSTRAINT notice_position UNIQUE (recipient_id, position),
    -- Nobody is told the same thing twice.
    CONSTRAINT notice_once UNIQUE (cause_id, kind, recipient_id)
);
CREATE INDEX notice_unread ON notice (recipient_id, position) WHERE read_at IS NULL;
ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
-- A notice is its reader's alone: no unit opens it.
CREATE POLICY scope ON notice USING (shangji_sees(NULL, recipient_id));

CREATE TABLE preference (
    person_id uuid PRIMARY KEY,
    language text CHECK (language IN ('zh', 'en')),
    -- Channels by kind of notice; a kind that is not there follows the defaults.
    channels jsonb NOT NULL CHECK (jsonb_typeof(channels) = 'object')
);

-- The way out.

CREATE TABLE delivery (
    notice_id uuid NOT NULL REFERENCES notice (id),
    recipient_id uuid NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('mail', 'wecom')),
    state text NOT NULL CHECK (state IN ('due', 'sending', 'sent', 'failed')),
    -- The message that carries it; a robot's message is put together when it is first sent, and keeps
    -- its id and its notices ever after.
    message_id uuid,
    attempts int NOT NULL DEFAULT 0,
    -- While sending: the end of the lease.
    next_at timestamptz NOT NULL,
    last_error text NOT NULL DEFAULT '',
    PRIMARY KEY (notice_id, channel)
);
CREATE INDEX delivery_due ON delivery (channel, next_at) WHERE state IN ('due', 'sending');
CREATE INDEX delivery_message ON delivery (message_id) WHERE state IN ('due', 'sending');
CREATE INDEX delivery_failed ON delivery (next_at) WHERE state = 'failed';

-- What the robot may still send; the row's lock also keeps two senders from sending more together.
CREATE TABLE robot_budget (
    channel text PRIMARY KEY,
    tokens double precision NOT NULL,
    filled_at timestamptz NOT NULL
);
-- Empty, but since so long that it is full by now.
INSERT INTO robot_budget VALUES ('wecom', 0, 'epoch');

-- All that the words about a notice are made of; names as they are now, also if they came late.
CREATE VIEW told WITH (security_invoker = true) AS
SELECT notice.id,
       notice.recipient_id,
       notice.position,
       notice.kind,
       notice.subject_kind,
       notice.subject_id,
       notice.due_at,
       notice.amount,
       notice.currency,
       notice.reasons,
       notice.placed_at,
       notice.read_at,
       company.name AS company,
       colleague.name AS colleague,
       reader.name AS reader,
       reader.email,
       reader.active,
       COALESCE(preference.language, reader.language, 'zh') AS language
  FROM notice
  LEFT JOIN deal
         ON deal.id = notice.subject_id
  LEFT JOIN company
         ON company.id = COALESCE(deal.customer_id, notice.subject_id)
  LEFT JOIN access_person AS colleague
         ON colleague.person_id = notice.colleague_id
  LEFT JOIN access_person AS reader
         ON reader.person_id = notice.recipient_id
  LEFT JOIN preference
         ON preference.person_id = notice.recipient_id;
