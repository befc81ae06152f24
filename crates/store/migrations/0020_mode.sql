-- By what a journey crosses the border, and the ship or aircraft it is known by: a code.

ALTER TABLE journey ADD COLUMN mode TEXT NOT NULL DEFAULT 'air';
ALTER TABLE journey ADD COLUMN vehicle TEXT NOT NULL DEFAULT '';
