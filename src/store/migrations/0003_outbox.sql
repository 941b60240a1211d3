-- Why a parcel is not sent by itself: a person has to look, somebody or a fault holds it, or somebody gave it up.
ALTER TABLE parcel ADD COLUMN stopped TEXT CHECK (stopped IN ('stuck', 'held', 'given-up'));
-- When the attempts began of which the time counts; NULL: it was not tried, or it is sent again.
ALTER TABLE parcel ADD COLUMN tried_since {instant};
-- A fault refused its referentienummer: what is inside can only be sent in a new envelope.
ALTER TABLE parcel ADD COLUMN used_up BOOLEAN NOT NULL DEFAULT FALSE;
-- The parcel that took its place.
ALTER TABLE parcel ADD COLUMN replaced_by TEXT;
UPDATE parcel SET stopped = 'stuck' WHERE state IN ('held', 'unclear') AND due_at IS NULL;
UPDATE parcel SET used_up = TRUE WHERE state = 'refused';
CREATE INDEX parcel_next ON parcel (due_at, seq, ontvanger) WHERE due_at IS NOT NULL;

-- What stands still as a whole: one row for a person, whatever waits behind it.
CREATE TABLE hold (
    scope  TEXT NOT NULL CHECK (scope IN ('netwerk', 'ontvanger', 'functie', 'zender')),
    name   TEXT NOT NULL,                                -- which one; empty for the network
    since  {instant} NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (scope, name)
);

-- What the network said about a parcel afterwards (Fo01), as it came in.
CREATE TABLE fault (
    id               TEXT PRIMARY KEY,                   -- UUIDv7: sorts by time
    received_at      {instant} NOT NULL,
    zender           TEXT NOT NULL,
    referentienummer TEXT NOT NULL,                      -- of its own envelope
    ontvanger        TEXT NOT NULL,
    about            TEXT NOT NULL,                      -- the referentienummer that it names
    code             TEXT NOT NULL,
    said             TEXT NOT NULL,                      -- code, omschrijving and details
    bytes            {bytes} NOT NULL,
    why              TEXT                                -- why it was put apart; NULL: it fitted what was sent
);
CREATE INDEX fault_about ON fault (about);
CREATE INDEX fault_apart ON fault (id) WHERE why IS NOT NULL;

-- A row that each process writes now and then, to see that it can.
CREATE TABLE heartbeat (
    worker TEXT PRIMARY KEY,
    at     {instant} NOT NULL
);
CREATE INDEX deadline_overdue ON deadline (due_at) WHERE state = 'overdue';
