-- What was fetched at VECOZO came in by a way of its own.
--
-- SQLite does not change a CHECK, and a new table in the place of this one would copy every bericht there is. The text of the
-- table is changed instead, which is how SQLite says to widen a CHECK: every row that held before holds after. The table that is
-- made and dropped counts that the change was made, and tells other connections to read the schema anew.
-- sqlite:
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (via IN (''api'', ''ggk'', ''file'', ''gateway''))',
        'CHECK (via IN (''api'', ''ggk'', ''vecozo'', ''file'', ''gateway''))')
    WHERE type = 'table' AND name = 'bericht';
CREATE TABLE widened (ok {number} NOT NULL CHECK (ok = 1));
INSERT INTO widened SELECT COUNT(*) FROM sqlite_schema
    WHERE type = 'table' AND name = 'bericht' AND sql LIKE '%''vecozo''%';
DROP TABLE widened;
PRAGMA writable_schema = RESET;
-- postgres:
-- NOT VALID: what is there held the narrower one, so nothing is read again.
ALTER TABLE bericht DROP CONSTRAINT bericht_via_check;
ALTER TABLE bericht ADD CONSTRAINT bericht_via_check CHECK (via IN ('api', 'ggk', 'vecozo', 'file', 'gateway')) NOT VALID;
-- both:
-- An envelope of the GGK was answered; what is fetched at VECOZO is not.
UPDATE bericht SET via = 'vecozo' WHERE via = 'ggk' AND referentienummer IS NOT NULL AND EXISTS (
    SELECT 1 FROM envelope_seen e WHERE e.zender IN (bericht.poster, 'VECOZO')
        AND e.referentienummer = bericht.referentienummer AND LENGTH(e.answer) = 0);

-- Who fetches what waits at VECOZO for these aanbieders: one process at a time.
CREATE TABLE fetcher (
    aanbieders TEXT PRIMARY KEY,
    worker     TEXT NOT NULL,
    until      {instant} NOT NULL                        -- then another may
) {in its key};

-- Written along once something could not be kept, to see whether there is room again.
ALTER TABLE heartbeat ADD COLUMN room {bytes};
