-- Toewijzingen on which no start was reported: of each the version that holds, when that is not taken back. Kept by the database with
-- each change of a toewijzing or a start, in the order in which they are listed: to ask for them passed all toewijzingen of all years.
CREATE TABLE unstarted (
    aanbieder         TEXT NOT NULL,
    ingangsdatum      TEXT NOT NULL,
    toewijzing_nummer {number} NOT NULL,
    gemeente          TEXT NOT NULL,
    einddatum         TEXT,
    bericht_id        TEXT NOT NULL,                     -- its version
    PRIMARY KEY (aanbieder, ingangsdatum, toewijzing_nummer, gemeente)
) {in its key};

-- The same, as the rows of the ledger have it.
CREATE VIEW unstarted_by_ledger AS
    SELECT t.aanbieder, t.ingangsdatum, t.toewijzing_nummer, t.gemeente, t.einddatum, t.bericht_id FROM toewijzing t
    WHERE NOT t.refused AND NOT t.verwijderd
        AND NOT EXISTS (SELECT 1 FROM toewijzing o WHERE o.gemeente = t.gemeente AND o.aanbieder = t.aanbieder
            AND o.toewijzing_nummer = t.toewijzing_nummer AND NOT o.refused
            AND (o.toewijzingsdatum, o.toewijzingstijd, t.bericht_id) > (t.toewijzingsdatum, t.toewijzingstijd, o.bericht_id))
        AND NOT EXISTS (SELECT 1 FROM start s WHERE s.gemeente = t.gemeente AND s.aanbieder = t.aanbieder
            AND s.toewijzing_nummer = t.toewijzing_nummer AND NOT s.refused AND s.removed_by IS NULL);
INSERT INTO unstarted SELECT * FROM unstarted_by_ledger WHERE TRUE ON CONFLICT DO NOTHING;

-- An earlier version may stand under another Ingangsdatum.
-- sqlite:
CREATE TRIGGER unstarted_toewijzing_new AFTER INSERT ON toewijzing
BEGIN
    DELETE FROM unstarted WHERE aanbieder = NEW.aanbieder AND toewijzing_nummer = NEW.toewijzing_nummer
        AND gemeente = NEW.gemeente AND ingangsdatum IN (SELECT t.ingangsdatum FROM toewijzing t
            WHERE t.gemeente = NEW.gemeente AND t.toewijzing_nummer = NEW.toewijzing_nummer);
    INSERT INTO unstarted SELECT * FROM unstarted_by_ledger WHERE gemeente = NEW.gemeente AND aanbieder = NEW.aanbieder
        AND toewijzing_nummer = NEW.toewijzing_nummer ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER unstarted_toewijzing_refused AFTER UPDATE OF refused ON toewijzing WHEN OLD.refused <> NEW.refused
BEGIN
    DELETE FROM unstarted WHERE aanbieder = NEW.aanbieder AND toewijzing_nummer = NEW.toewijzing_nummer
        AND gemeente = NEW.gemeente AND ingangsdatum IN (SELECT t.ingangsdatum FROM toewijzing t
            WHERE t.gemeente = NEW.gemeente AND t.toewijzing_nummer = NEW.toewijzing_nummer);
    INSERT INTO unstarted SELECT * FROM unstarted_by_ledger WHERE gemeente = NEW.gemeente AND aanbieder = NEW.aanbieder
        AND toewijzing_nummer = NEW.toewijzing_nummer ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER unstarted_start_new AFTER INSERT ON start WHEN NEW.toewijzing_nummer IS NOT NULL
BEGIN
    DELETE FROM unstarted WHERE aanbieder = NEW.aanbieder AND toewijzing_nummer = NEW.toewijzing_nummer
        AND gemeente = NEW.gemeente AND ingangsdatum IN (SELECT t.ingangsdatum FROM toewijzing t
            WHERE t.gemeente = NEW.gemeente AND t.toewijzing_nummer = NEW.toewijzing_nummer);
END;
CREATE TRIGGER unstarted_start_changed AFTER UPDATE OF refused, removed_by ON start WHEN NEW.toewijzing_nummer IS NOT NULL
BEGIN
    DELETE FROM unstarted WHERE aanbieder = NEW.aanbieder AND toewijzing_nummer = NEW.toewijzing_nummer
        AND gemeente = NEW.gemeente AND ingangsdatum IN (SELECT t.ingangsdatum FROM toewijzing t
            WHERE t.gemeente = NEW.gemeente AND t.toewijzing_nummer = NEW.toewijzing_nummer);
    INSERT INTO unstarted SELECT * FROM unstarted_by_ledger WHERE gemeente = NEW.gemeente AND aanbieder = NEW.aanbieder
        AND toewijzing_nummer = NEW.toewijzing_nummer ON CONFLICT DO NOTHING;
END;
-- postgres:
CREATE FUNCTION unstarted_again() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.toewijzing_nummer IS NULL THEN
        RETURN NULL;
    END IF;
    DELETE FROM unstarted u WHERE u.aanbieder = NEW.aanbieder AND u.toewijzing_nummer = NEW.toewijzing_nummer
        AND u.gemeente = NEW.gemeente AND u.ingangsdatum IN (SELECT t.ingangsdatum FROM toewijzing t
            WHERE t.gemeente = NEW.gemeente AND t.toewijzing_nummer = NEW.toewijzing_nummer);
    INSERT INTO unstarted SELECT l.* FROM unstarted_by_ledger l WHERE l.gemeente = NEW.gemeente AND l.aanbieder = NEW.aanbieder
        AND l.toewijzing_nummer = NEW.toewijzing_nummer ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER unstarted_toewijzing_new AFTER INSERT ON toewijzing FOR EACH ROW EXECUTE FUNCTION unstarted_again();
CREATE TRIGGER unstarted_toewijzing_refused AFTER UPDATE OF refused ON toewijzing FOR EACH ROW
    WHEN (OLD.refused <> NEW.refused) EXECUTE FUNCTION unstarted_again();
CREATE TRIGGER unstarted_start_new AFTER INSERT ON start FOR EACH ROW EXECUTE FUNCTION unstarted_again();
CREATE TRIGGER unstarted_start_changed AFTER UPDATE OF refused, removed_by ON start FOR EACH ROW
    EXECUTE FUNCTION unstarted_again();
-- both:
