-- Which toewijzingen are of a product, the newest bericht last.
CREATE INDEX toewijzing_product ON toewijzing (code, bericht_id) WHERE code IS NOT NULL;
