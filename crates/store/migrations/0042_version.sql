-- How often what is kept of a journey was written: who holds it in memory sees by it whether it still
-- holds.

ALTER TABLE journey ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
