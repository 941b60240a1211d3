-- A VorigReferentieNummer of spaces alone names no line, and is read as none: rows of berichten that came in before say so too.
UPDATE prestatie SET vorig_referentie_nummer = NULL WHERE TRIM(vorig_referentie_nummer) = '';
