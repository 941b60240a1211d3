-- All that was declared for a client, on whatever toewijzing its lines say they are.
CREATE INDEX prestatie_client ON prestatie (bsn, bericht_id);
-- What a partner sent last, and what was sent to it.
CREATE INDEX bericht_from ON bericht (afzender, id) WHERE afzender IS NOT NULL;
CREATE INDEX bericht_to ON bericht (ontvanger, id) WHERE ontvanger IS NOT NULL;

-- Whom people call at a partner. Of people at work, never of a client.
CREATE TABLE partner (
    code      TEXT PRIMARY KEY,                          -- CBS or AGB
    naam      TEXT NOT NULL,                             -- of the organisation; may be empty, as all that follows
    person    TEXT NOT NULL,
    telephone TEXT NOT NULL,
    mail      TEXT NOT NULL,
    remark    TEXT NOT NULL,
    told_at   {instant} NOT NULL,
    told_by   TEXT NOT NULL                              -- the name of a credential
) {in its key};
