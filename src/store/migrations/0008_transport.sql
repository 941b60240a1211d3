-- How far a bericht came on its way to its addressee; NULL: it was refused here, and goes nowhere.
ALTER TABLE bericht ADD COLUMN transport TEXT CHECK (transport IN
    ('stored', 'unclear', 'handed-over', 'accepted', 'fetched', 'retour', 'answered', 'refused', 'given-up'));

-- What tells so where no other row does: of the network, and of an antwoord to a verzoek.
CREATE TABLE transport (
    bericht_id TEXT NOT NULL,
    stage      TEXT NOT NULL,
    at         {instant} NOT NULL,
    evidence   TEXT NOT NULL,                            -- the number of an envelope or a bericht, or what the other side answered
    PRIMARY KEY (bericht_id, at, stage)
) {in its key};

INSERT INTO transport (bericht_id, stage, at, evidence)
    SELECT bericht_id, CASE state WHEN 'delivered' THEN 'accepted' ELSE 'refused' END, settled_at,
        COALESCE(receipt, referentienummer)
    FROM parcel WHERE kind <> 'Fo01' AND state IN ('delivered', 'refused') AND settled_at IS NOT NULL
    ON CONFLICT DO NOTHING;
UPDATE bericht SET transport = 'stored' WHERE outcome <> 'refused';
UPDATE bericht SET transport = CASE p.state WHEN 'delivered' THEN 'accepted' WHEN 'refused' THEN 'refused'
        ELSE CASE WHEN p.stopped = 'given-up' THEN 'given-up' ELSE 'unclear' END END
    FROM parcel p WHERE p.bericht_id = bericht.id AND p.kind <> 'Fo01' AND p.replaced_by IS NULL
        AND (p.state IN ('delivered', 'refused', 'unclear') OR p.stopped = 'given-up');
UPDATE bericht SET transport = CASE WHEN p.picked_up_at IS NULL THEN 'handed-over' ELSE 'fetched' END
    FROM postbus p WHERE p.bericht_id = bericht.id AND bericht.outcome <> 'refused';
UPDATE bericht SET transport = CASE WHEN r.soort NOT IN ('WMO302', 'WMO306', 'WMO308', 'WMO316', 'WMO318', 'WMO320') THEN 'answered'
        WHEN bericht.outcome = 'rejected'
            OR EXISTS (SELECT 1 FROM toewijzing x WHERE x.bericht_id = bericht.id AND x.refused)
            OR EXISTS (SELECT 1 FROM start x WHERE x.bericht_id = bericht.id AND x.refused)
            OR EXISTS (SELECT 1 FROM stop x WHERE x.bericht_id = bericht.id AND x.refused)
            OR EXISTS (SELECT 1 FROM verzoek x WHERE x.bericht_id = bericht.id AND x.refused)
            OR EXISTS (SELECT 1 FROM antwoord x WHERE x.bericht_id = bericht.id AND x.refused) THEN 'refused'
        ELSE 'retour' END
    FROM bericht r WHERE r.id = bericht.retour_id;
INSERT INTO transport (bericht_id, stage, at, evidence)
    SELECT bericht_id, 'answered', closed_at, closed_by
    FROM deadline WHERE clock = 'verzoek' AND state IN ('met', 'late') AND bericht_id IS NOT NULL AND closed_by IS NOT NULL
    ON CONFLICT DO NOTHING;
UPDATE bericht SET transport = 'answered'
    WHERE transport <> 'refused' AND id IN (SELECT bericht_id FROM transport WHERE stage = 'answered');
CREATE INDEX bericht_transport ON bericht (transport, id) WHERE transport IS NOT NULL;
