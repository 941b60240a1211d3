-- What is kept, in its first form. The PostgreSQL twin of this file differs in column types only.
--
-- Small rows under a key of text stand in the key itself (WITHOUT ROWID): one tree to write instead of two.
--
-- Instants are TEXT, RFC 3339 in UTC, so that the order of the text is the order of time. Dates that stand in
-- a bericht are TEXT, as in the bericht: xs:date allows years whose text does not sort, and such a bericht has
-- to be kept (and rejected) all the same.

-- A bericht that came in, or was composed here.
CREATE TABLE bericht (
    id                   TEXT PRIMARY KEY,               -- UUIDv7: sorts by time
    received_at          TEXT NOT NULL,
    via                  TEXT NOT NULL CHECK (via IN ('api', 'ggk', 'file', 'gateway')),
    poster               TEXT,                           -- NULL when composed here
    referentienummer     TEXT,                           -- of the envelope that brought it
    sha256               TEXT NOT NULL,
    is_made              BOOLEAN NOT NULL,                   -- XML was made of what came in, when that was none
    soort                TEXT,                           -- NULL, as all of the header, when it could not be read
    release              TEXT,
    afzender             TEXT,
    ontvanger            TEXT,
    identificatie        TEXT,
    dagtekening          TEXT,
    identificatie_retour TEXT,
    identity             TEXT UNIQUE,                    -- what may be used once; NULL when it does not claim it
    heenbericht_id       TEXT REFERENCES bericht (id),   -- of a retour
    retour_id            TEXT,                           -- the one accepted retour of a heenbericht, a bericht as well
    outcome              TEXT NOT NULL CHECK (outcome IN ('accepted', 'partial', 'parked', 'rejected', 'refused')),
    receipt              TEXT NOT NULL                   -- JSON
);
-- Of what came as XML the header leads to the same bytes, and no entry at random is written for each bericht.
CREATE INDEX bericht_sha256 ON bericht (sha256) WHERE is_made AND outcome <> 'refused';
CREATE INDEX bericht_heenbericht ON bericht (heenbericht_id) WHERE heenbericht_id IS NOT NULL;
CREATE INDEX bericht_afzender ON bericht (afzender, identificatie);

-- Apart from their bericht, so that lists do not read them, and in parts, as a database copies a value several times.
-- As all rows of a large bericht, they may be there before it, and count when it is.
CREATE TABLE payload (
    bericht_id TEXT NOT NULL,
    is_made    BOOLEAN NOT NULL,                      -- XML that was made of what came in, when that was none
    nr         INTEGER NOT NULL,
    bytes      BLOB NOT NULL,
    PRIMARY KEY (bericht_id, is_made, nr)
);

-- Of which berichten rows are written ahead: what remains of one that was not recorded is taken away.
CREATE TABLE ahead (
    bericht_id TEXT PRIMARY KEY,
    since      TEXT NOT NULL
) WITHOUT ROWID;

-- In which order berichten became true: one row for each that was judged.
CREATE TABLE journal (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    bericht_id TEXT NOT NULL UNIQUE REFERENCES bericht (id)
);

-- A bericht that waits for one that should have come before it.
CREATE TABLE waiting (
    bericht_id TEXT PRIMARY KEY REFERENCES bericht (id),
    until      TEXT NOT NULL                          -- then it is judged as it stands
);
CREATE INDEX waiting_until ON waiting (until);

-- What the missing bericht will be about.
CREATE TABLE waiting_on (
    bericht_id TEXT NOT NULL REFERENCES bericht (id),
    gemeente   TEXT NOT NULL,
    aanbieder  TEXT NOT NULL,
    subject    TEXT NOT NULL,
    PRIMARY KEY (bericht_id, subject)
) WITHOUT ROWID;
CREATE INDEX waiting_on_subject ON waiting_on (gemeente, aanbieder, subject);

-- Advances whenever a bericht about this subject is recorded: the compare-and-set of a verdict.
CREATE TABLE revision (
    gemeente  TEXT NOT NULL,
    aanbieder TEXT NOT NULL,
    subject   TEXT NOT NULL,                           -- what kind and which: 'client/999990019'
    revision  INTEGER NOT NULL,
    PRIMARY KEY (gemeente, aanbieder, subject)
) WITHOUT ROWID;

-- Which bericht was about which subject.
CREATE TABLE about (
    bericht_id TEXT NOT NULL,
    gemeente   TEXT NOT NULL,
    aanbieder  TEXT NOT NULL,
    subject    TEXT NOT NULL,
    PRIMARY KEY (bericht_id, subject)
) WITHOUT ROWID;
CREATE INDEX about_subject ON about (gemeente, aanbieder, subject);

-- One version of a toewijzing, as one bericht put it. Of the same version in several berichten the
-- earliest that was not refused holds.
CREATE TABLE toewijzing (
    bericht_id           TEXT NOT NULL REFERENCES bericht (id),
    nr                   INTEGER NOT NULL,               -- place in the bericht
    gemeente             TEXT NOT NULL,
    aanbieder            TEXT NOT NULL,
    bsn                  TEXT NOT NULL,
    toewijzing_nummer    INTEGER NOT NULL,
    referentie_aanbieder TEXT,                          -- the verzoek that it honours
    toewijzingsdatum     TEXT NOT NULL,
    toewijzingstijd      TEXT NOT NULL,
    categorie            TEXT,
    code                 TEXT,
    ingangsdatum         TEXT NOT NULL,
    einddatum            TEXT,
    volume               INTEGER,
    eenheid              TEXT,
    frequentie           TEXT,
    budget               INTEGER,                        -- euro cents
    verwijderd           BOOLEAN NOT NULL,
    refused              BOOLEAN NOT NULL DEFAULT FALSE, -- its bericht counts as not sent
    PRIMARY KEY (bericht_id, nr)
);
CREATE INDEX toewijzing_version
    ON toewijzing (gemeente, aanbieder, toewijzing_nummer, toewijzingsdatum, toewijzingstijd) WHERE NOT refused;
CREATE INDEX toewijzing_nummer ON toewijzing (gemeente, toewijzing_nummer);
CREATE INDEX toewijzing_client ON toewijzing (gemeente, bsn, aanbieder) WHERE NOT refused;
CREATE INDEX toewijzing_verzoek ON toewijzing (gemeente, aanbieder, referentie_aanbieder)
    WHERE NOT refused AND referentie_aanbieder IS NOT NULL;

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
CREATE INDEX start_toewijzing ON start (gemeente, aanbieder, toewijzing_nummer);
CREATE INDEX start_live ON start (gemeente, bsn, aanbieder) WHERE NOT refused AND removed_by IS NULL;
CREATE INDEX start_of_aanbieder ON start (aanbieder, begindatum) WHERE NOT refused AND removed_by IS NULL;
CREATE INDEX start_removed_by ON start (removed_by) WHERE removed_by IS NOT NULL;

-- A stop of support, likewise.
CREATE TABLE stop (
    bericht_id        TEXT NOT NULL REFERENCES bericht (id),
    nr                INTEGER NOT NULL,
    gemeente          TEXT NOT NULL,
    aanbieder         TEXT NOT NULL,
    bsn               TEXT NOT NULL,
    toewijzing_nummer INTEGER,                           -- NULL when taakgericht
    categorie         TEXT,
    code              TEXT,
    begindatum        TEXT NOT NULL,                     -- of the start that it ends
    reden_beeindiging TEXT NOT NULL,
    einddatum         TEXT NOT NULL,
    refused           BOOLEAN NOT NULL DEFAULT FALSE,
    removed_by        TEXT REFERENCES bericht (id),
    PRIMARY KEY (bericht_id, nr)
);
CREATE INDEX stop_toewijzing ON stop (gemeente, aanbieder, toewijzing_nummer);
CREATE INDEX stop_live ON stop (gemeente, aanbieder, bsn) WHERE NOT refused AND removed_by IS NULL;
CREATE INDEX stop_of_aanbieder ON stop (aanbieder, einddatum) WHERE NOT refused AND removed_by IS NULL;
CREATE INDEX stop_removed_by ON stop (removed_by) WHERE removed_by IS NOT NULL;

-- A verzoek of an aanbieder: a product of a 315, or a 317.
CREATE TABLE verzoek (
    bericht_id           TEXT NOT NULL REFERENCES bericht (id),
    nr                   INTEGER NOT NULL,
    gemeente             TEXT NOT NULL,
    aanbieder            TEXT NOT NULL,
    bsn                  TEXT NOT NULL,
    referentie_aanbieder TEXT NOT NULL,
    refused              BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (bericht_id, nr)
);
CREATE INDEX verzoek_referentie ON verzoek (gemeente, aanbieder, referentie_aanbieder) WHERE NOT refused;
CREATE INDEX verzoek_client ON verzoek (gemeente, aanbieder, bsn) WHERE NOT refused;

-- What a gemeente says to a verzoek in a 319.
CREATE TABLE antwoord (
    bericht_id           TEXT PRIMARY KEY REFERENCES bericht (id),
    gemeente             TEXT NOT NULL,
    aanbieder            TEXT NOT NULL,
    referentie_aanbieder TEXT NOT NULL,
    verzoek_antwoord     TEXT NOT NULL,
    refused              BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX antwoord_referentie ON antwoord (gemeente, aanbieder, referentie_aanbieder) WHERE NOT refused;

-- A declaratie. Void: rejected before its lines were judged, it counts as not sent.
CREATE TABLE declaratie (
    bericht_id              TEXT PRIMARY KEY REFERENCES bericht (id),
    gemeente                TEXT NOT NULL,
    aanbieder               TEXT NOT NULL,
    declaratie_nummer       TEXT NOT NULL,
    begindatum              TEXT NOT NULL,
    einddatum               TEXT NOT NULL,
    totaal_bedrag           INTEGER NOT NULL,            -- euro cents
    debet_credit            TEXT NOT NULL,
    basisschema_xsd_versie  TEXT,
    bericht_xsd_versie      TEXT,
    is_factuur              BOOLEAN NOT NULL,            -- a rejected line stays a claim until it is credited
    begunstigde             TEXT NOT NULL,               -- whose account what is granted goes to
    void                    BOOLEAN NOT NULL
);
CREATE INDEX declaratie_nummer ON declaratie (gemeente, aanbieder, declaratie_nummer);
CREATE INDEX declaratie_of_aanbieder ON declaratie (aanbieder, einddatum) WHERE NOT void;
CREATE INDEX declaratie_periode ON declaratie (gemeente, aanbieder, begindatum) WHERE NOT void;

-- A line of a declaratie. A debet line is credited when a granted credit names it.
CREATE TABLE prestatie (
    bericht_id             TEXT NOT NULL,
    nr                     INTEGER NOT NULL,
    client                 INTEGER NOT NULL,             -- which Client of the bericht it stands in, from 1
    in_client              INTEGER NOT NULL,             -- which Prestatie of that, from 1
    gemeente               TEXT NOT NULL,
    aanbieder              TEXT NOT NULL,
    bsn                    TEXT NOT NULL,
    referentie_nummer      TEXT NOT NULL,
    vorig_referentie_nummer TEXT,
    toewijzing_nummer      INTEGER,              -- absent only in release 2.3
    product_categorie      TEXT NOT NULL,
    product_code           TEXT NOT NULL,
    begindatum             TEXT NOT NULL,
    einddatum              TEXT NOT NULL,
    geleverd_volume        INTEGER NOT NULL,
    eenheid                TEXT NOT NULL,
    product_tarief         INTEGER,                      -- euro cents
    bedrag                 INTEGER NOT NULL,             -- euro cents
    debet_credit           TEXT NOT NULL,
    toegekend              INTEGER,                     -- euro cents; NULL: rejected
    void                   BOOLEAN NOT NULL,             -- as its declaratie
    calculations           TEXT NOT NULL,                -- JSON: the figures that it was judged by
    PRIMARY KEY (bericht_id, nr)
);
CREATE INDEX prestatie_referentie ON prestatie (gemeente, aanbieder, referentie_nummer) WHERE NOT void;
CREATE INDEX prestatie_credited ON prestatie (gemeente, aanbieder, vorig_referentie_nummer)
    WHERE NOT void AND vorig_referentie_nummer IS NOT NULL;
CREATE INDEX prestatie_toewijzing ON prestatie (gemeente, aanbieder, toewijzing_nummer) WHERE NOT void;
CREATE INDEX prestatie_without_nummer ON prestatie (gemeente, bsn) WHERE NOT void AND toewijzing_nummer IS NULL;

-- A batch of payments of a gemeente, under a name that it chose.
CREATE TABLE betaling (
    gemeente     TEXT NOT NULL,
    kenmerk      TEXT NOT NULL,
    asked        TEXT NOT NULL,                          -- JSON: what it was asked with; the same again gives the same batch
    uitvoerdatum TEXT NOT NULL,
    made_at      TEXT NOT NULL,
    made_by      TEXT NOT NULL,                          -- the name of a credential
    left_out     TEXT NOT NULL,                          -- JSON: who is not paid, as more was taken back than granted
    betaald_op   TEXT,                                   -- the day on which the bank paid
    withdrawn    TEXT,                                   -- JSON: when it was withdrawn, by whom and why
    PRIMARY KEY (gemeente, kenmerk),
    CHECK (betaald_op IS NULL OR withdrawn IS NULL)
);

-- What a batch pays of a declaratie. A declaratie stands in one at most: nothing is paid twice.
CREATE TABLE betaalde_declaratie (
    declaratie_id TEXT PRIMARY KEY REFERENCES declaratie (bericht_id),
    gemeente      TEXT NOT NULL,
    kenmerk       TEXT NOT NULL,
    bedrag        INTEGER NOT NULL,                       -- euro cents; below zero when it is set off
    FOREIGN KEY (gemeente, kenmerk) REFERENCES betaling (gemeente, kenmerk)
);
CREATE INDEX betaalde_declaratie_betaling ON betaalde_declaratie (gemeente, kenmerk);

-- What a batch was to pay before it was withdrawn: moved here from betaalde_declaratie, so that another batch can pay it.
CREATE TABLE ingetrokken_declaratie (
    gemeente      TEXT NOT NULL,
    kenmerk       TEXT NOT NULL,
    declaratie_id TEXT NOT NULL REFERENCES declaratie (bericht_id),
    bedrag        INTEGER NOT NULL,
    PRIMARY KEY (gemeente, kenmerk, declaratie_id),
    FOREIGN KEY (gemeente, kenmerk) REFERENCES betaling (gemeente, kenmerk)
);

-- An answer that is awaited.
CREATE TABLE deadline (
    id          TEXT PRIMARY KEY,
    bericht_id  TEXT REFERENCES bericht (id),            -- that started it; NULL: a person opened it
    clock       TEXT NOT NULL,
    answer      TEXT NOT NULL,                           -- the bericht awaited; of one that a person opened, in words
    responsible TEXT NOT NULL,
    subject     TEXT,
    due         TEXT NOT NULL,                           -- the last day in time
    due_at      TEXT NOT NULL,                           -- the first instant too late
    state       TEXT NOT NULL CHECK (state IN ('open', 'overdue', 'met', 'late', 'void')),
    closed_at   TEXT,
    closed_by   TEXT REFERENCES bericht (id),
    warn_days   INTEGER NOT NULL                         -- how many days before the due date it is due soon
);
CREATE INDEX deadline_open ON deadline (due_at) WHERE state = 'open';
CREATE INDEX deadline_list ON deadline (due, id);
CREATE INDEX deadline_bericht ON deadline (bericht_id);

-- What a person opened a deadline with. Whoever asks again under the same kenmerk gets the same deadline.
CREATE TABLE opened (
    deadline_id       TEXT PRIMARY KEY REFERENCES deadline (id),
    opener            TEXT NOT NULL,                     -- the code of a party; empty: an operator
    kenmerk           TEXT NOT NULL,
    afspraak          TEXT NOT NULL,
    gemeente          TEXT NOT NULL,
    aanbieder         TEXT,
    vanaf             TEXT NOT NULL,                     -- day 0
    toewijzing_nummer INTEGER,
    referentie        TEXT,
    gereed_op         TEXT,                              -- the day on which it was done
    UNIQUE (opener, kenmerk)
);
CREATE INDEX opened_toewijzing ON opened (gemeente, aanbieder, toewijzing_nummer) WHERE toewijzing_nummer IS NOT NULL;

-- Who took a deadline on.
CREATE TABLE acknowledged (
    deadline_id     TEXT PRIMARY KEY REFERENCES deadline (id),
    owner           TEXT NOT NULL,
    reason          TEXT NOT NULL,
    acknowledged_at TEXT NOT NULL,
    acknowledged_by TEXT NOT NULL                        -- the name of a credential
);

-- That support on a toewijzing begins on a written order: how soon after the toewijzing is not watched.
CREATE TABLE spoed (
    gemeente          TEXT NOT NULL,
    aanbieder         TEXT NOT NULL,
    toewijzing_nummer INTEGER NOT NULL,
    dag               TEXT NOT NULL,                     -- of the order
    referentie        TEXT NOT NULL,
    told_at           TEXT NOT NULL,
    told_by           TEXT NOT NULL,                     -- the name of a credential
    PRIMARY KEY (gemeente, aanbieder, toewijzing_nummer)
);

-- That a deadline passed. At most one per deadline.
CREATE TABLE alert (
    deadline_id TEXT PRIMARY KEY REFERENCES deadline (id),
    raised_at   TEXT NOT NULL
);

-- What people did, with name and reason. Rows are added and never changed.
CREATE TABLE audit (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    at         TEXT NOT NULL,
    who        TEXT NOT NULL,                           -- the name of a credential
    what       TEXT NOT NULL,
    bericht_id TEXT REFERENCES bericht (id),            -- what it is about, where it is a bericht
    detail     TEXT NOT NULL                            -- JSON
);
CREATE INDEX audit_bericht ON audit (bericht_id, what, seq);

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
) WITHOUT ROWID;
CREATE INDEX postbus_waiting ON postbus (partij, bericht_id) WHERE picked_up_at IS NULL;

-- Envelopes that came in, with the answer that a repeat gets again.
CREATE TABLE envelope_seen (
    zender           TEXT NOT NULL,
    referentienummer TEXT NOT NULL,
    content_sha256   TEXT NOT NULL,
    answer           BLOB NOT NULL,
    PRIMARY KEY (zender, referentienummer)
);
