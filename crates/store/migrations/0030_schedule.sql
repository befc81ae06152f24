-- Which flights carriers mean to fly, as their schedule files say it. Nobody is named in one.

CREATE TABLE schedule (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    carriers TEXT NOT NULL,
    legs INTEGER NOT NULL,
    findings INTEGER NOT NULL,
    put_by TEXT NOT NULL,
    put_at INTEGER NOT NULL,
    ended_by TEXT,
    ended_at INTEGER,
    data BLOB NOT NULL
) WITHOUT ROWID;
