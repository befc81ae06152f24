-- What carriers were told by themselves (R-ING-07, R-CAR-04), and when the program was out (R-CAR-03).
-- No passenger is named; times are microseconds since 1970, UTC.

CREATE TABLE carrier_notice (
    id BLOB PRIMARY KEY,
    compartment TEXT NOT NULL,
    handle TEXT NOT NULL,
    kind TEXT NOT NULL,
    step TEXT NOT NULL,
    flight TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    departs_at INTEGER,
    push TEXT NOT NULL,
    due_at INTEGER,
    clause TEXT NOT NULL,
    language TEXT NOT NULL,
    words TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    delivered_at INTEGER,
    way TEXT NOT NULL,
    stopped_at INTEGER
) WITHOUT ROWID;
CREATE INDEX carrier_notice_handle ON carrier_notice (handle, made_at);
CREATE INDEX carrier_notice_made ON carrier_notice (made_at);

CREATE TABLE outage (
    started_at INTEGER PRIMARY KEY,
    ended_at INTEGER NOT NULL,
    kind TEXT NOT NULL
) WITHOUT ROWID;

-- When the program last said that it is there.
CREATE TABLE beat (
    n INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
) WITHOUT ROWID;
