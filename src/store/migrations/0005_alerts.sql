-- Deadlines know when they change next, by what they were counted, and two states more.
-- sqlite:
CREATE TABLE deadline_new (
    id          TEXT PRIMARY KEY,
    bericht_id  TEXT REFERENCES bericht (id),
    clock       TEXT NOT NULL,
    answer      TEXT NOT NULL,
    responsible TEXT NOT NULL,
    subject     TEXT,
    due         TEXT NOT NULL,
    due_at      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'due-soon', 'overdue', 'met', 'late', 'waived', 'void')),
    closed_at   TEXT,
    closed_by   TEXT REFERENCES bericht (id),
    warns       TEXT NOT NULL,                           -- the days from which it is due soon, with commas between
    next_at     TEXT,                                    -- when it changes by itself; NULL: it does not
    changed_at  TEXT,                                    -- when it came into its state; NULL: as it was opened
    term        TEXT,                                    -- the key of the term it was counted by; NULL: it cannot be counted again
    day_0       TEXT,
    way         TEXT,                                    -- on from day 0, on from the end of a period, or back
    explanation TEXT NOT NULL                            -- why it is that day, in Dutch
);
INSERT INTO deadline_new SELECT id, bericht_id, clock, answer, responsible, subject, due, due_at, state, closed_at, closed_by,
    date(due, '-' || warn_days || ' days'), CASE state WHEN 'open' THEN '1970-01-01T00:00:00+00:00' END, closed_at,
    NULL, NULL, NULL, '' FROM deadline;
DROP TABLE deadline;
ALTER TABLE deadline_new RENAME TO deadline;
CREATE INDEX deadline_list ON deadline (due, id);
CREATE INDEX deadline_bericht ON deadline (bericht_id);
CREATE INDEX deadline_overdue ON deadline (due_at) WHERE state = 'overdue';
-- postgres:
ALTER TABLE deadline DROP CONSTRAINT deadline_state_check;
ALTER TABLE deadline ADD CONSTRAINT deadline_state_check
    CHECK (state IN ('open', 'due-soon', 'overdue', 'met', 'late', 'waived', 'void'));
DROP INDEX deadline_open;
ALTER TABLE deadline ADD COLUMN warns TEXT;
ALTER TABLE deadline ADD COLUMN next_at TIMESTAMPTZ;
ALTER TABLE deadline ADD COLUMN changed_at TIMESTAMPTZ;
ALTER TABLE deadline ADD COLUMN term TEXT;
ALTER TABLE deadline ADD COLUMN day_0 DATE;
ALTER TABLE deadline ADD COLUMN way TEXT;
ALTER TABLE deadline ADD COLUMN explanation TEXT NOT NULL DEFAULT '';
UPDATE deadline SET warns = CAST(due - CAST(warn_days AS INTEGER) AS TEXT), changed_at = closed_at,
    next_at = CASE state WHEN 'open' THEN TIMESTAMPTZ '1970-01-01T00:00:00+00:00' END;
ALTER TABLE deadline ALTER COLUMN warns SET NOT NULL;
ALTER TABLE deadline DROP COLUMN warn_days;
-- both:
CREATE INDEX deadline_open ON deadline (due_at) WHERE state IN ('open', 'due-soon');
CREATE INDEX deadline_next ON deadline (next_at, state) WHERE state IN ('open', 'due-soon', 'waived');

-- That a deadline came into another state: a row each time, written by the database itself, so that none is forgotten.
CREATE TABLE transition (
    seq         {serial},
    deadline_id TEXT NOT NULL REFERENCES deadline (id),
    was         TEXT NOT NULL,
    state       TEXT NOT NULL,
    at          {instant} NOT NULL
);
CREATE INDEX transition_deadline ON transition (deadline_id, seq);
INSERT INTO transition (deadline_id, was, state, at) SELECT deadline_id, 'open', 'overdue', raised_at FROM alert;
DROP TABLE alert;

-- Who said that nobody needs to wait for it, why, and until which day.
CREATE TABLE waiver (
    deadline_id TEXT PRIMARY KEY REFERENCES deadline (id),
    reason      TEXT NOT NULL,
    until       {date},                                  -- the last day that it holds; NULL: for good
    waived_at   {instant} NOT NULL,
    waived_by   TEXT NOT NULL                            -- the name of a credential
);

-- By which terms and days open deadlines are counted.
CREATE TABLE counting (
    id      {number} PRIMARY KEY CHECK (id = 1),
    profile TEXT NOT NULL,
    sha256  TEXT NOT NULL                                -- of all terms and days off
);

-- What a receiver of alerts is to know of a deadline, or was told last.
CREATE TABLE alert (
    deadline_id    TEXT NOT NULL REFERENCES deadline (id),
    receiver       TEXT NOT NULL,
    clock          TEXT NOT NULL,
    responsible    TEXT NOT NULL,
    gemeente       TEXT NOT NULL,
    event          TEXT NOT NULL CHECK (event IN ('due-soon', 'overdue', 'resolved')),
    since          {instant} NOT NULL,
    message_id     TEXT,                                 -- the message that tells it; NULL: there is none yet
    told           {number} NOT NULL DEFAULT 0,          -- how many messages told of it
    repeats        {number} NOT NULL DEFAULT 0,          -- how many of them told that it is overdue
    again_at       {instant},                            -- when that is told again
    escalate_at    {instant},                            -- when another receiver is told, if nobody took it on
    wants_resolved BOOLEAN NOT NULL,
    PRIMARY KEY (deadline_id, receiver)
);
CREATE INDEX alert_to_tell ON alert (receiver, clock, responsible, event, since) WHERE message_id IS NULL;
CREATE INDEX alert_again ON alert (again_at, receiver, clock, responsible) WHERE again_at IS NOT NULL;
CREATE INDEX alert_message_of ON alert (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX alert_group ON alert (receiver, clock, responsible, event, gemeente);
CREATE INDEX alert_escalate ON alert (escalate_at) WHERE escalate_at IS NOT NULL;

-- What is said to a receiver: one message for all that goes together, the same id on each attempt.
CREATE TABLE alert_message (
    seq         {serial},
    id          TEXT NOT NULL UNIQUE,
    receiver    TEXT NOT NULL,
    event       TEXT NOT NULL,                           -- as in deadline.overdue
    clock       TEXT NOT NULL,                           -- empty: not about deadlines of one kind
    responsible TEXT NOT NULL,
    made_at     {instant} NOT NULL,
    data        TEXT NOT NULL,                           -- JSON; empty: more is still put into it
    state       TEXT NOT NULL CHECK (state IN ('gathering', 'waiting', 'sent')),
    due_at      {instant},                               -- the next attempt, or the end of the lease; NULL: sent
    worker      TEXT,
    attempts    {number} NOT NULL DEFAULT 0,
    last_error  TEXT,
    sent_at     {instant}
);
CREATE INDEX alert_message_unsent ON alert_message (receiver, seq) WHERE state <> 'sent';
CREATE UNIQUE INDEX alert_message_gathering ON alert_message (receiver, clock, responsible, event) WHERE state = 'gathering';

-- How it goes with a receiver.
CREATE TABLE alert_receiver (
    name          TEXT PRIMARY KEY,
    failures      {number} NOT NULL DEFAULT 0,           -- in a row
    failing_since {instant},
    told_at       {instant}                              -- when others were told that it fails
);

-- On which day a receiver got its summary.
CREATE TABLE alert_digest (
    receiver TEXT NOT NULL,
    day      {date} NOT NULL,
    PRIMARY KEY (receiver, day)
) {in its key};

-- A deadline that changes writes down that it did. What was not told yet of one that nobody waits for any more is not told; what
-- was told is resolved. One that is awaited again is told anew.
-- sqlite:
CREATE TRIGGER deadline_transition AFTER UPDATE OF state ON deadline WHEN OLD.state <> NEW.state
BEGIN
    INSERT INTO transition (deadline_id, was, state, at) VALUES (NEW.id, OLD.state, NEW.state, NEW.changed_at);
    DELETE FROM alert WHERE deadline_id = NEW.id AND event <> 'resolved' AND (message_id IS NULL AND told = 0
        OR NOT wants_resolved AND NEW.state IN ('open', 'met', 'late', 'waived', 'void'));
    UPDATE alert SET event = 'resolved', message_id = NULL, since = NEW.changed_at, again_at = NULL, escalate_at = NULL
        WHERE deadline_id = NEW.id AND event <> 'resolved' AND NEW.state IN ('open', 'met', 'late', 'waived', 'void');
    UPDATE alert SET event = 'overdue', message_id = NULL, since = NEW.changed_at
        WHERE deadline_id = NEW.id AND event = 'resolved' AND NEW.state = 'overdue' AND OLD.state = 'void';
END;
-- postgres:
CREATE FUNCTION deadline_transition() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO transition (deadline_id, was, state, at) VALUES (NEW.id, OLD.state, NEW.state, NEW.changed_at);
    DELETE FROM alert WHERE deadline_id = NEW.id AND event <> 'resolved' AND (message_id IS NULL AND told = 0
        OR NOT wants_resolved AND NEW.state IN ('open', 'met', 'late', 'waived', 'void'));
    UPDATE alert SET event = 'resolved', message_id = NULL, since = NEW.changed_at, again_at = NULL, escalate_at = NULL
        WHERE deadline_id = NEW.id AND event <> 'resolved' AND NEW.state IN ('open', 'met', 'late', 'waived', 'void');
    UPDATE alert SET event = 'overdue', message_id = NULL, since = NEW.changed_at
        WHERE deadline_id = NEW.id AND event = 'resolved' AND NEW.state = 'overdue' AND OLD.state = 'void';
    RETURN NULL;
END $$;
CREATE TRIGGER deadline_transition AFTER UPDATE OF state ON deadline FOR EACH ROW WHEN (OLD.state <> NEW.state)
    EXECUTE FUNCTION deadline_transition();
-- both:
