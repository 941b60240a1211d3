-- Indexes for what was found by passing more than was asked for.
-- What was refused is little of all that there was.
CREATE INDEX toewijzing_refused ON toewijzing (bericht_id, toewijzing_nummer) WHERE refused;
-- In the order in which they are raised.
DROP INDEX deadline_next;
CREATE INDEX deadline_next ON deadline (next_at, id) WHERE state IN ('open', 'due-soon', 'waived');
-- With all that is asked of it: else the whole postbus is passed, with what was picked up in all years.
DROP INDEX postbus_waiting;
CREATE INDEX postbus_waiting ON postbus (partij, bericht_id, picked_up_at) WHERE picked_up_at IS NULL;
-- An Identificatie is found with its sender or without: one index where two said the same.
DROP INDEX bericht_identificatie;
CREATE INDEX bericht_identificatie ON bericht (identificatie, afzender) WHERE identificatie IS NOT NULL;
DROP INDEX bericht_afzender;
-- For exports alone, and written so that none but these finds by them: nobody looks for one start or stop by a party.
CREATE INDEX start_of_gemeente ON start ((gemeente || ''), begindatum) WHERE NOT refused AND removed_by IS NULL;
CREATE INDEX stop_of_gemeente ON stop ((gemeente || ''), einddatum) WHERE NOT refused AND removed_by IS NULL;
DROP INDEX start_of_aanbieder;
CREATE INDEX start_of_aanbieder ON start ((aanbieder || ''), begindatum) WHERE NOT refused AND removed_by IS NULL;
DROP INDEX stop_of_aanbieder;
CREATE INDEX stop_of_aanbieder ON stop ((aanbieder || ''), einddatum) WHERE NOT refused AND removed_by IS NULL;
-- The last of a pair is the first that is looked at.
DROP INDEX declaratie_periode;
CREATE INDEX declaratie_periode ON declaratie (gemeente, aanbieder, begindatum, bericht_id) WHERE NOT void;
-- What takes a line back is rare, and found by the line.
DROP INDEX prestatie_credited;
CREATE INDEX prestatie_credited ON prestatie (vorig_referentie_nummer, gemeente, aanbieder)
    WHERE NOT void AND vorig_referentie_nummer IS NOT NULL;
-- Of all lines, also of a declaratie that counts as not sent: the page of a toewijzing shows it.
DROP INDEX prestatie_toewijzing;
-- sqlite:
CREATE INDEX prestatie_toewijzing ON prestatie (gemeente, aanbieder, toewijzing_nummer) WHERE toewijzing_nummer IS NOT NULL;
-- postgres:
CREATE INDEX prestatie_toewijzing ON prestatie (toewijzing_nummer, gemeente, aanbieder) WHERE toewijzing_nummer IS NOT NULL;
-- Without statistics PostgreSQL takes a pair of parties for as rare as a toewijzing between them, and reads all of the pair: what is
-- rare leads.
ALTER TABLE revision DROP CONSTRAINT revision_pkey;
ALTER TABLE revision ADD PRIMARY KEY (subject, gemeente, aanbieder);
ALTER TABLE postbus DROP CONSTRAINT postbus_pkey;
ALTER TABLE postbus ADD PRIMARY KEY (bericht_id, partij);
ALTER TABLE spoed DROP CONSTRAINT spoed_pkey;
ALTER TABLE spoed ADD PRIMARY KEY (toewijzing_nummer, gemeente, aanbieder);
DROP INDEX toewijzing_version;
CREATE INDEX toewijzing_version
    ON toewijzing (toewijzing_nummer, gemeente, aanbieder, toewijzingsdatum, toewijzingstijd) WHERE NOT refused;
DROP INDEX toewijzing_nummer;
CREATE INDEX toewijzing_nummer ON toewijzing (toewijzing_nummer, gemeente);
DROP INDEX toewijzing_client;
CREATE INDEX toewijzing_client ON toewijzing (bsn, gemeente, aanbieder) WHERE NOT refused;
DROP INDEX toewijzing_verzoek;
CREATE INDEX toewijzing_verzoek ON toewijzing (referentie_aanbieder, gemeente, aanbieder)
    WHERE NOT refused AND referentie_aanbieder IS NOT NULL;
DROP INDEX start_toewijzing;
CREATE INDEX start_toewijzing ON start (toewijzing_nummer, gemeente, aanbieder);
DROP INDEX start_live;
CREATE INDEX start_live ON start (bsn, gemeente, aanbieder) WHERE NOT refused AND removed_by IS NULL;
DROP INDEX stop_toewijzing;
CREATE INDEX stop_toewijzing ON stop (toewijzing_nummer, gemeente, aanbieder);
DROP INDEX stop_live;
CREATE INDEX stop_live ON stop (bsn, gemeente, aanbieder) WHERE NOT refused AND removed_by IS NULL;
DROP INDEX verzoek_referentie;
CREATE INDEX verzoek_referentie ON verzoek (referentie_aanbieder, gemeente, aanbieder) WHERE NOT refused;
DROP INDEX verzoek_client;
CREATE INDEX verzoek_client ON verzoek (bsn, gemeente, aanbieder) WHERE NOT refused;
DROP INDEX antwoord_referentie;
CREATE INDEX antwoord_referentie ON antwoord (referentie_aanbieder, gemeente, aanbieder) WHERE NOT refused;
DROP INDEX declaratie_of_nummer;
DROP INDEX declaratie_nummer;
CREATE INDEX declaratie_nummer ON declaratie (declaratie_nummer, gemeente, aanbieder);
DROP INDEX prestatie_referentie;
CREATE INDEX prestatie_referentie ON prestatie (referentie_nummer, gemeente, aanbieder) WHERE NOT void;
-- both:
