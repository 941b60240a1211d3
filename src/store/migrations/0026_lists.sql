-- The list of batches is read in its order, that of a gemeente too.
CREATE INDEX betaling_made ON betaling (made_at, gemeente, kenmerk);
CREATE INDEX betaling_of_gemeente ON betaling (gemeente, made_at, kenmerk);
