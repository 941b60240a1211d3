-- What the gateway itself noticed, and opened a deadline for: a bericht that does not come on, a certificate that ends.
CREATE TABLE noticed (
    deadline_id TEXT PRIMARY KEY REFERENCES deadline (id),
    clock       TEXT NOT NULL,
    key         TEXT NOT NULL,                           -- which one; of those that hold there is one
    holds       BOOLEAN NOT NULL                         -- it is so still
);
CREATE UNIQUE INDEX noticed_holds ON noticed (clock, key) WHERE holds;

-- Envelopes that were refused as they came in, to see that one cause refuses many.
CREATE INDEX audit_refused ON audit (at) WHERE what = 'envelope.refused';
