-- Whether every entry of a list must say its last day.

ALTER TABLE list ADD COLUMN entries_end INTEGER NOT NULL DEFAULT 0;
