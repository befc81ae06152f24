-- Since when a part of a transfer is missing of a journey, as an instant; NULL when nothing is.

ALTER TABLE journey ADD COLUMN waits_from INTEGER;

CREATE INDEX journey_waits ON journey (waits_from) WHERE waits_from IS NOT NULL;
