-- Who was given what, and for which recipient's records, in every event.
ALTER TABLE audit ADD COLUMN recipient TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN compartment TEXT NOT NULL DEFAULT '';

-- Signed heads of the log. `peaks` are the roots of the full subtrees, 32 bytes each, so that the
-- next checkpoint hashes only what came since. The log begins after a row whose `begins` is 1.
CREATE TABLE audit_checkpoint (
    size INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    head BLOB NOT NULL,
    peaks BLOB NOT NULL,
    note TEXT NOT NULL,
    key TEXT NOT NULL,
    begins INTEGER NOT NULL
);
