-- Between whom a deadline runs, so that a party finds its own without looking at those of others; what is counted of them, kept
-- by the database itself with each change, so that no change goes uncounted.
ALTER TABLE deadline ADD COLUMN gemeente TEXT;
ALTER TABLE deadline ADD COLUMN aanbieder TEXT;              -- NULL: there is none yet
UPDATE deadline SET
    gemeente = (SELECT CASE WHEN LENGTH(b.afzender) = 4 THEN b.afzender ELSE b.ontvanger END FROM bericht b
        WHERE b.id = deadline.bericht_id),
    aanbieder = (SELECT CASE WHEN LENGTH(b.afzender) = 4 THEN b.ontvanger ELSE b.afzender END FROM bericht b
        WHERE b.id = deadline.bericht_id)
    WHERE bericht_id IS NOT NULL;
UPDATE deadline SET
    gemeente = (SELECT o.gemeente FROM opened o WHERE o.deadline_id = deadline.id),
    aanbieder = (SELECT o.aanbieder FROM opened o WHERE o.deadline_id = deadline.id)
    WHERE bericht_id IS NULL;

-- Somebody waits for few of all that there ever were: lists of these do not pass the others.
CREATE INDEX deadline_awaited ON deadline (due, id) WHERE state IN ('open', 'due-soon', 'overdue');
CREATE INDEX deadline_awaited_gemeente ON deadline (gemeente, due, id) WHERE state IN ('open', 'due-soon', 'overdue');
CREATE INDEX deadline_awaited_aanbieder ON deadline (aanbieder, due, id) WHERE state IN ('open', 'due-soon', 'overdue');
CREATE INDEX deadline_awaited_clock ON deadline (clock, due, id) WHERE state IN ('open', 'due-soon', 'overdue');
CREATE INDEX deadline_gemeente ON deadline (gemeente, due, id);
CREATE INDEX deadline_aanbieder ON deadline (aanbieder, due, id);
CREATE INDEX deadline_clock ON deadline (clock, due, id);
CREATE INDEX acknowledged_owner ON acknowledged (owner, deadline_id);

-- How many deadlines stand where. The slot lets processes that write at once not wait for each other's row.
CREATE TABLE deadline_stand (
    clock       TEXT NOT NULL,
    responsible TEXT NOT NULL,
    state       TEXT NOT NULL,
    slot        {number} NOT NULL,
    count       {number} NOT NULL,
    PRIMARY KEY (clock, responsible, state, slot)
) {in its key};
INSERT INTO deadline_stand (clock, responsible, state, slot, count)
    SELECT clock, responsible, state, 0, COUNT(*) FROM deadline GROUP BY clock, responsible, state;

-- How deadlines were answered: how many so many days after their last day in time, below zero before it; by the month in which that
-- day lies.
CREATE TABLE service_level (
    gemeente    TEXT NOT NULL,
    aanbieder   TEXT NOT NULL,                           -- empty: there was none
    responsible TEXT NOT NULL,
    clock       TEXT NOT NULL,
    month       TEXT NOT NULL,                           -- as in 2026-03
    days        {number} NOT NULL,
    slot        {number} NOT NULL,
    met         {number} NOT NULL,
    late        {number} NOT NULL,
    PRIMARY KEY (gemeente, aanbieder, month, responsible, clock, days, slot)
) {in its key};
CREATE INDEX service_level_gemeente ON service_level (gemeente, month);
CREATE INDEX service_level_aanbieder ON service_level (aanbieder, month);

-- The day in Amsterdam of an instant: an hour after UTC, two in summer, from the last Sunday of March to that of October, both at
-- one o'clock UTC.
-- sqlite:
CREATE VIEW deadline_answered AS
    SELECT id, gemeente, COALESCE(aanbieder, '') AS aanbieder, responsible, clock, substr(due, 1, 7) AS month, state,
        CAST(julianday(date(closed_at, CASE
                WHEN closed_at >= date(substr(closed_at, 1, 4) || '-04-01', 'weekday 0', '-7 days') || 'T01'
                    AND closed_at < date(substr(closed_at, 1, 4) || '-11-01', 'weekday 0', '-7 days') || 'T01'
                THEN '+2 hours' ELSE '+1 hours' END))
            - julianday(due) AS INTEGER) AS days
    FROM deadline WHERE state IN ('met', 'late') AND closed_at IS NOT NULL AND gemeente IS NOT NULL;
-- postgres:
CREATE VIEW deadline_answered AS
    SELECT id, gemeente, COALESCE(aanbieder, '') AS aanbieder, responsible, clock, TO_CHAR(due, 'YYYY-MM') AS month, state,
        CAST((closed_at AT TIME ZONE 'Europe/Amsterdam')::DATE - due AS BIGINT) AS days
    FROM deadline WHERE state IN ('met', 'late') AND closed_at IS NOT NULL AND gemeente IS NOT NULL;
-- both:
INSERT INTO service_level (gemeente, aanbieder, responsible, clock, month, days, slot, met, late)
    SELECT gemeente, aanbieder, responsible, clock, month, days, 0,
        SUM(CASE state WHEN 'met' THEN 1 ELSE 0 END), SUM(CASE state WHEN 'late' THEN 1 ELSE 0 END)
    FROM deadline_answered GROUP BY gemeente, aanbieder, responsible, clock, month, days;

-- What was answered is answered for good, but for a start whose written order is taken back: that was void until then.
-- sqlite:
CREATE TRIGGER deadline_counted_new AFTER INSERT ON deadline
BEGIN
    INSERT INTO deadline_stand (clock, responsible, state, slot, count) VALUES (NEW.clock, NEW.responsible, NEW.state, 0, 1)
        ON CONFLICT (clock, responsible, state, slot) DO UPDATE SET count = count + 1;
    INSERT INTO service_level (gemeente, aanbieder, responsible, clock, month, days, slot, met, late)
        SELECT gemeente, aanbieder, responsible, clock, month, days, 0, state = 'met', state = 'late'
        FROM deadline_answered WHERE id = NEW.id
        ON CONFLICT (gemeente, aanbieder, month, responsible, clock, days, slot)
        DO UPDATE SET met = met + excluded.met, late = late + excluded.late;
END;
CREATE TRIGGER deadline_counted AFTER UPDATE OF state ON deadline WHEN OLD.state <> NEW.state
BEGIN
    INSERT INTO deadline_stand (clock, responsible, state, slot, count) VALUES (OLD.clock, OLD.responsible, OLD.state, 0, -1)
        ON CONFLICT (clock, responsible, state, slot) DO UPDATE SET count = count - 1;
    INSERT INTO deadline_stand (clock, responsible, state, slot, count) VALUES (NEW.clock, NEW.responsible, NEW.state, 0, 1)
        ON CONFLICT (clock, responsible, state, slot) DO UPDATE SET count = count + 1;
    INSERT INTO service_level (gemeente, aanbieder, responsible, clock, month, days, slot, met, late)
        SELECT gemeente, aanbieder, responsible, clock, month, days, 0, state = 'met', state = 'late'
        FROM deadline_answered WHERE id = NEW.id AND OLD.state NOT IN ('met', 'late')
        ON CONFLICT (gemeente, aanbieder, month, responsible, clock, days, slot)
        DO UPDATE SET met = met + excluded.met, late = late + excluded.late;
END;
-- postgres:
CREATE FUNCTION deadline_counted() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    own BIGINT := pg_backend_pid() % 16;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO deadline_stand AS kept (clock, responsible, state, slot, count)
            VALUES (OLD.clock, OLD.responsible, OLD.state, own, -1)
            ON CONFLICT (clock, responsible, state, slot) DO UPDATE SET count = kept.count - 1;
    END IF;
    INSERT INTO deadline_stand AS kept (clock, responsible, state, slot, count)
        VALUES (NEW.clock, NEW.responsible, NEW.state, own, 1)
        ON CONFLICT (clock, responsible, state, slot) DO UPDATE SET count = kept.count + 1;
    IF TG_OP = 'UPDATE' AND OLD.state IN ('met', 'late') THEN
        RETURN NULL;
    END IF;
    INSERT INTO service_level AS kept (gemeente, aanbieder, responsible, clock, month, days, slot, met, late)
        SELECT a.gemeente, a.aanbieder, a.responsible, a.clock, a.month, a.days, own,
            CASE a.state WHEN 'met' THEN 1 ELSE 0 END, CASE a.state WHEN 'late' THEN 1 ELSE 0 END
        FROM deadline_answered a WHERE a.id = NEW.id
        ON CONFLICT (gemeente, aanbieder, month, responsible, clock, days, slot)
        DO UPDATE SET met = kept.met + excluded.met, late = kept.late + excluded.late;
    RETURN NULL;
END $$;
CREATE TRIGGER deadline_counted_new AFTER INSERT ON deadline FOR EACH ROW EXECUTE FUNCTION deadline_counted();
CREATE TRIGGER deadline_counted AFTER UPDATE OF state ON deadline FOR EACH ROW WHEN (OLD.state <> NEW.state)
    EXECUTE FUNCTION deadline_counted();
-- both:
