-- Who is logged in on the pages. The browser holds a secret; here stands its digest.
CREATE TABLE session (
    secret_sha256 TEXT PRIMARY KEY,
    token_sha256  TEXT NOT NULL,                         -- of the token that opened it: one that counts no more ends it
    form_key      TEXT NOT NULL,                         -- what its forms carry
    ends          {instant} NOT NULL
);
CREATE INDEX session_ends ON session (ends);

-- What somebody searched for, under an address that says nothing of it. It may hold a Bsn, and goes after a day.
CREATE TABLE search (
    id     TEXT PRIMARY KEY,
    at     {instant} NOT NULL,
    who    TEXT NOT NULL,
    wanted TEXT NOT NULL
);
CREATE INDEX search_at ON search (at);

-- By subject first: what is about a client is found whoever the parties are, and between two parties as before.
DROP INDEX about_subject;
CREATE INDEX about_subject ON about (subject, gemeente, aanbieder);
CREATE INDEX bericht_identificatie ON bericht (identificatie) WHERE identificatie IS NOT NULL;
CREATE INDEX bericht_soort ON bericht (soort, id) WHERE soort IS NOT NULL;
CREATE INDEX bericht_outcome ON bericht (outcome, id) WHERE outcome <> 'accepted';
CREATE INDEX finding_retourcode ON finding (retourcode, bericht_id) WHERE retourcode IS NOT NULL;
CREATE INDEX finding_rule ON finding (rule, bericht_id) WHERE rule IS NOT NULL;
CREATE INDEX declaratie_of_nummer ON declaratie (declaratie_nummer);
-- What is overdue, by whose turn it is: counted without looking at the rows.
CREATE INDEX deadline_group ON deadline (responsible, clock, answer, due) WHERE state = 'overdue';
