-- A receiver that fails is left alone for a while as a whole; one message that it never takes holds up those of its own group only.
ALTER TABLE alert_receiver ADD COLUMN again_at {instant};
CREATE INDEX alert_message_group ON alert_message (receiver, clock, responsible, seq) WHERE state <> 'sent';

-- Who takes a deadline on may say until when: from the instant after that day it is nobody's again.
ALTER TABLE acknowledged ADD COLUMN until {date};
ALTER TABLE acknowledged ADD COLUMN free_at {instant};
CREATE INDEX acknowledged_free ON acknowledged (free_at) WHERE free_at IS NOT NULL;
