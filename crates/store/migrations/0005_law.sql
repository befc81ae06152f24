-- What the law asks to be kept about records: evidence, what masking left, runs of the sweep.

-- Recorded objective evidence that a record has to do with an offence (R-RET-05). It can be looked
-- at again and lifted; it is never changed.
CREATE TABLE evidence (
    id BLOB PRIMARY KEY,
    journey INTEGER NOT NULL,
    traveller BLOB NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    review_at INTEGER NOT NULL,
    lifted_by TEXT,
    lifted_at INTEGER
);
CREATE INDEX evidence_traveller ON evidence (traveller);
CREATE INDEX evidence_journey ON evidence (journey);

-- Who is who in a journey that was masked: the facts by which people are told apart are gone.
CREATE TABLE people (
    journey INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);

-- What masking took away, sealed to the vault.
CREATE TABLE vault (
    journey INTEGER NOT NULL,
    kind TEXT NOT NULL,
    object BLOB NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (journey, kind, object)
);

-- One run of the sweep in which something was due: counts, no personal data (R-RET-11).
CREATE TABLE sweep_run (
    n INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    compartment TEXT NOT NULL,
    profile TEXT NOT NULL,
    step TEXT NOT NULL,
    counts TEXT NOT NULL
);
