-- What was found in a bericht: a row each, none where nothing was. Before it stood in the receipt, as JSON.
CREATE TABLE finding (
    bericht_id  TEXT NOT NULL,                           -- as all rows of a large bericht, they may be there before it
    nr          {number} NOT NULL,                       -- in the order in which they are told
    level       TEXT NOT NULL,
    severity    TEXT NOT NULL,
    rule        TEXT,                                    -- of the standard, or an agreement
    retourcode  TEXT,
    klasse      TEXT,                                    -- which berichtklasse carries the retourcode
    path        TEXT NOT NULL,                           -- the element
    client      {number},                                -- in a declaratie: which Client it is in, from 1
    in_client   {number},                                -- which Prestatie of that, from 1
    file_line   {number},                                -- where the element stands in the file, from 1
    file_column {number},
    text        TEXT,                                    -- NULL: what the rule says
    PRIMARY KEY (bericht_id, nr)
) {in its key};

-- What a rule says today is looked up; of what is kept here the text of then counts where no rule has one.
-- sqlite:
INSERT INTO finding (bericht_id, nr, level, severity, rule, retourcode, path, file_line, file_column, text)
    SELECT b.id, f.key, f.value ->> 'level', COALESCE(f.value ->> 'severity', 'error'), f.value ->> 'rule',
        f.value ->> 'retourcode', f.value ->> 'path', f.value ->> 'line', f.value ->> 'column', f.value ->> 'text'
    FROM bericht b, json_each(b.receipt, '$.findings') f;
UPDATE finding SET client = CAST(substr(path, instr(path, '/Clienten/Client[') + 17) AS INTEGER),
        klasse = substr(path, 1, instr(path, '/Clienten/Client[') + 16
            + instr(substr(path, instr(path, '/Clienten/Client[') + 17), ']'))
    WHERE path LIKE '/Bericht/%Clienten/Client[%';
UPDATE finding SET in_client = CAST(substr(path, instr(path, '/Prestaties/Prestatie[') + 22) AS INTEGER),
        klasse = substr(path, 1, instr(path, '/Prestaties/Prestatie[') + 21
            + instr(substr(path, instr(path, '/Prestaties/Prestatie[') + 22), ']'))
    WHERE client IS NOT NULL AND path LIKE '%/Prestaties/Prestatie[%';
UPDATE bericht SET receipt = json_remove(receipt, '$.findings') WHERE id IN (SELECT bericht_id FROM finding);
-- postgres:
INSERT INTO finding (bericht_id, nr, level, severity, rule, retourcode, klasse, path, client, in_client, file_line,
        file_column, text)
    SELECT b.id, f.nr - 1, f.value ->> 'level', COALESCE(f.value ->> 'severity', 'error'), f.value ->> 'rule',
        f.value ->> 'retourcode',
        substring(f.value ->> 'path' FROM '^/Bericht(?:/Declaratie)?/Clienten/Client\[[0-9]+\](?:/Prestaties/Prestatie\[[0-9]+\])?'),
        f.value ->> 'path',
        CAST(substring(f.value ->> 'path' FROM '/Clienten/Client\[([0-9]+)\]') AS BIGINT),
        CAST(substring(f.value ->> 'path' FROM '/Clienten/Client\[[0-9]+\]/Prestaties/Prestatie\[([0-9]+)\]') AS BIGINT),
        CAST(f.value ->> 'line' AS BIGINT), CAST(f.value ->> 'column' AS BIGINT), f.value ->> 'text'
    FROM bericht b, json_array_elements(CAST(b.receipt AS json) -> 'findings') WITH ORDINALITY AS f (value, nr);
UPDATE bericht SET receipt = CAST(CAST(receipt AS jsonb) - 'findings' AS TEXT)
    WHERE id IN (SELECT bericht_id FROM finding);
-- both:
