-- How long a list counts as fresh, for which offences it may be used, and when it was last brought
-- in, changed or not. Of a version: what it came to, in counts, and the digest of its file.

ALTER TABLE list ADD COLUMN fresh_hours INTEGER;
ALTER TABLE list ADD COLUMN offences TEXT NOT NULL DEFAULT '';
ALTER TABLE list ADD COLUMN fetched_at INTEGER;

ALTER TABLE list_version ADD COLUMN counts TEXT NOT NULL DEFAULT '';
ALTER TABLE list_version ADD COLUMN source TEXT NOT NULL DEFAULT '';

-- When it was last put in force; none of those that were only proposed.
ALTER TABLE list_version ADD COLUMN in_force_at INTEGER;
UPDATE list_version SET in_force_at = imported_at;
