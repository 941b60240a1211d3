-- What is kept, in its first form. The PostgreSQL twin of this file differs in column types only.
--
-- Instants are TEXT, RFC 3339 in UTC, so that the order of the text is the order of time. Dates that stand in
-- a bericht are TEXT, as in the bericht: xs:date allows years whose text does not sort, and such a bericht has
-- to be kept (and rejected) all the same.

-- A bericht that came in, or was composed here.
CREATE TABLE bericht (
    id                   TEXT PRIMARY KEY,               -- UUIDv7: sorts by time
    received_at          TEXT NOT NULL,
    via                  TEXT NOT NULL CHECK (via IN ('api', 'ggk', 'gateway')),
    poster               TEXT,                           -- NULL when composed here
    referentienummer     TEXT,                           -- of the envelope that brought it
    sha256               TEXT NOT NULL,
    soort                TEXT,                           -- NULL, as all of the header, when it could not be read
    release              TEXT,
    afzender             TEXT,
    ontvanger            TEXT,
    identificatie        TEXT,
    dagtekening          TEXT,
    identificatie_retour TEXT,
    identity             TEXT UNIQUE,                    -- what may be used once; NULL when it does not claim it
    heenbericht_id       TEXT REFERENCES bericht (id),   -- of a retour
    retour_id            TEXT REFERENCES bericht (id),   -- the one accepted retour of a heenbericht
    outcome              TEXT NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'refused')),
    receipt              TEXT NOT NULL                   -- JSON
);
CREATE INDEX bericht_sha256 ON bericht (sha256) WHERE outcome <> 'refused';
CREATE INDEX bericht_afzender ON bericht (afzender, identificatie);

-- Apart from their bericht, so that lists do not read them.
CREATE TABLE payload (
    bericht_id TEXT PRIMARY KEY REFERENCES bericht (id),
    bytes      BLOB NOT NULL,
    xml        BLOB                                   -- what was made of them, when they were not XML
);

-- Changes whenever a bericht of this client and these parties is recorded: the compare-and-set of a verdict.
CREATE TABLE client (
    gemeente  TEXT NOT NULL,
    aanbieder TEXT NOT NULL,
    bsn       TEXT NOT NULL,
    revision  INTEGER NOT NULL,
    PRIMARY KEY (gemeente, aanbieder, bsn)
);

-- One version of a toewijzing, as one bericht put it. Of the same version in several berichten the
-- earliest that was not refused holds.
CREATE TABLE toewijzing (
    bericht_id        TEXT NOT NULL REFERENCES bericht (id),
    nr                INTEGER NOT NULL,                  -- place in the bericht
    gemeente          TEXT NOT NULL,
    aanbieder         TEXT NOT NULL,
    bsn               TEXT NOT NULL,
    toewijzing_nummer INTEGER NOT NULL,
    toewijzingsdatum  TEXT NOT NULL,
    toewijzingstijd   TEXT NOT NULL,
    categorie         TEXT,
    code              TEXT,
    ingangsdatum      TEXT NOT NULL,
    einddatum         TEXT,
    verwijderd        BOOLEAN NOT NULL,
    refused           BOOLEAN NOT NULL DEFAULT FALSE,    -- its bericht counts as not sent
    PRIMARY KEY (bericht_id, nr)
);
CREATE INDEX toewijzing_version
    ON toewijzing (gemeente, aanbieder, toewijzing_nummer, toewijzingsdatum, toewijzingstijd) WHERE NOT refused;

-- A start of support, as one bericht put it; live while it is neither refused nor removed.
CREATE TABLE start (
    bericht_id        TEXT NOT NULL REFERENCES bericht (id),
    nr                INTEGER NOT NULL,
    gemeente          TEXT NOT NULL,
    aanbieder         TEXT NOT NULL,
    bsn               TEXT NOT NULL,
    toewijzing_nummer INTEGER,                           -- NULL when taakgericht
    categorie         TEXT,
    code              TEXT,
    begindatum        TEXT NOT NULL,
    refused           BOOLEAN NOT NULL DEFAULT FALSE,
    removed_by        TEXT REFERENCES bericht (id),      -- the bericht that took it back
    PRIMARY KEY (bericht_id, nr)
);
CREATE INDEX start_live ON start (gemeente, aanbieder, bsn) WHERE NOT refused AND removed_by IS NULL;
CREATE INDEX start_removed_by ON start (removed_by) WHERE removed_by IS NOT NULL;

-- An answer that is awaited.
CREATE TABLE deadline (
    id          TEXT PRIMARY KEY,
    bericht_id  TEXT NOT NULL REFERENCES bericht (id),   -- that started it
    clock       TEXT NOT NULL,
    answer      TEXT NOT NULL,
    responsible TEXT NOT NULL,
    subject     TEXT,
    due         TEXT NOT NULL,                           -- the last day in time
    due_at      TEXT NOT NULL,                           -- the first instant too late
    state       TEXT NOT NULL CHECK (state IN ('open', 'overdue', 'met', 'late', 'void')),
    closed_at   TEXT,
    closed_by   TEXT REFERENCES bericht (id)
);
CREATE INDEX deadline_open ON deadline (due_at) WHERE state = 'open';
CREATE INDEX deadline_list ON deadline (due, id);
CREATE INDEX deadline_bericht ON deadline (bericht_id);

-- That a deadline passed. At most one per deadline.
CREATE TABLE alert (
    deadline_id TEXT PRIMARY KEY REFERENCES deadline (id),
    raised_at   TEXT NOT NULL
);

-- The outbox.
CREATE TABLE parcel (
    referentienummer TEXT NOT NULL UNIQUE,
    seq              INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which they are sent
    kind             TEXT NOT NULL CHECK (kind IN ('Di01', 'Du01', 'Fo01')),
    functie          TEXT NOT NULL,
    bericht_id       TEXT NOT NULL REFERENCES bericht (id),
    zender           TEXT NOT NULL,
    ontvanger        TEXT NOT NULL,
    envelope         BLOB NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'unclear', 'delivered', 'refused', 'held')),
    -- When a worker may take it: the next attempt, or while it is sent the end of the lease. NULL: never by itself.
    due_at           TEXT,
    worker           TEXT CHECK ((worker IS NOT NULL) = (state = 'sending')),
    attempts         INTEGER NOT NULL DEFAULT 0,
    maybe_arrived    BOOLEAN NOT NULL DEFAULT FALSE,     -- some attempt ended without an answer
    settled_at       TEXT,                               -- when it was delivered or refused
    receipt          TEXT,                               -- what the network answered
    last_reason      TEXT
);
CREATE INDEX parcel_due ON parcel (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX parcel_undelivered ON parcel (seq) WHERE state <> 'delivered';
CREATE INDEX parcel_bericht ON parcel (bericht_id);

-- Every attempt to send a parcel. Without an outcome it is under way.
CREATE TABLE attempt (
    referentienummer TEXT NOT NULL REFERENCES parcel (referentienummer),
    attempt          INTEGER NOT NULL,
    worker           TEXT NOT NULL,
    started_at       TEXT NOT NULL,
    ended_at         TEXT,
    outcome          TEXT CHECK (outcome IN ('delivered', 'later', 'unclear', 'refused', 'held', 'lapsed')),
    reason           TEXT,
    PRIMARY KEY (referentienummer, attempt)
);

-- Who finds which bericht, until it is picked up.
CREATE TABLE postbus (
    partij       TEXT NOT NULL,
    bericht_id   TEXT NOT NULL REFERENCES bericht (id),
    picked_up_at TEXT,
    PRIMARY KEY (partij, bericht_id)
);
CREATE INDEX postbus_waiting ON postbus (partij, bericht_id) WHERE picked_up_at IS NULL;

-- Envelopes that came in, with the answer that a repeat gets again.
CREATE TABLE envelope_seen (
    zender           TEXT NOT NULL,
    referentienummer TEXT NOT NULL,
    content_sha256   TEXT NOT NULL,
    answer           BLOB NOT NULL,
    PRIMARY KEY (zender, referentienummer)
);
