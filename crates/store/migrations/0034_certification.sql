-- Certifications of carriers (R-CAR-01): a run, and how each of its cases was met last. Of messages
-- only digests, sizes, counts and places stand here.

CREATE TABLE certification (
    id BLOB PRIMARY KEY,
    handle TEXT NOT NULL,
    formats TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    passed_at INTEGER
) WITHOUT ROWID;
CREATE INDEX certification_handle ON certification (handle, opened_at);

CREATE TABLE certification_case (
    run BLOB NOT NULL,
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    size INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    travellers INTEGER NOT NULL,
    bookings INTEGER NOT NULL,
    passed INTEGER NOT NULL,
    findings TEXT NOT NULL,
    PRIMARY KEY (run, name)
) WITHOUT ROWID;
