-- What an authority outside, a case and the person concerned have a say in: unmasking, holds,
-- rights, redress. What is said about a person is sealed; in clear stand identifiers, codes and
-- times (microseconds since 1970, UTC).

-- One request to see masked values again (R-RET-03, R-RET-04), and what became of it. `ends_at` is
-- the first instant at which it is not open; the key of its copies is that of this day.
CREATE TABLE unmasking (
    id BLOB PRIMARY KEY,
    compartment TEXT NOT NULL,
    purpose TEXT NOT NULL,
    offence TEXT NOT NULL,
    elements TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    reason BLOB NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    granted_by TEXT,
    granted_at INTEGER,
    confirm_by INTEGER,
    decided_by TEXT,
    decided_at INTEGER,
    answer BLOB NOT NULL,
    ends_at INTEGER,
    review_by INTEGER,
    keep_until INTEGER NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX unmasking_state ON unmasking (compartment, state);

-- The persons it is about.
CREATE TABLE unmasking_person (
    unmasking BLOB NOT NULL,
    traveller BLOB NOT NULL,
    journey INTEGER NOT NULL,
    PRIMARY KEY (unmasking, traveller)
) WITHOUT ROWID;
CREATE INDEX unmasking_person_journey ON unmasking_person (journey);

-- Copies that an approval opened: what one message says of one person, sealed until it ends.
CREATE TABLE opened (
    unmasking BLOB NOT NULL,
    traveller BLOB NOT NULL,
    message BLOB NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (unmasking, traveller, message)
) WITHOUT ROWID;

-- A copy kept for one case under that case's own retention, while the record itself goes on its
-- day (R-RET-07).
CREATE TABLE hold (
    id BLOB PRIMARY KEY,
    compartment TEXT NOT NULL,
    purpose TEXT NOT NULL,
    authority TEXT NOT NULL,
    journey INTEGER NOT NULL,
    traveller BLOB NOT NULL,
    reason BLOB NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    review_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    lifted_by TEXT,
    lifted_at INTEGER
) WITHOUT ROWID;

CREATE TABLE held (
    hold BLOB NOT NULL,
    message BLOB NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (hold, message)
) WITHOUT ROWID;

-- What a person asked about their own data (R-DSR-01), and the answer.
CREATE TABLE rights_request (
    id BLOB PRIMARY KEY,
    compartment TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    identity TEXT NOT NULL,
    person BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    keep_until INTEGER NOT NULL,
    opened_by TEXT NOT NULL,
    answer BLOB NOT NULL,
    closed_by TEXT,
    closed_at INTEGER,
    version INTEGER NOT NULL
) WITHOUT ROWID;

-- What a person had corrected or noted, beside what was sent; it goes with the record.
CREATE TABLE correction (
    id BLOB PRIMARY KEY,
    journey INTEGER NOT NULL,
    traveller BLOB NOT NULL,
    request BLOB NOT NULL,
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    data BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX correction_journey ON correction (journey);

-- Pairs of a person and a list entry that a person decided are not the same (R-REV-04, R-DSR-05):
-- keyed digests of both sides as they were, so that either one's change ends it.
CREATE TABLE settled (
    compartment TEXT NOT NULL,
    person BLOB NOT NULL,
    entry BLOB NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    journey INTEGER NOT NULL,
    traveller BLOB NOT NULL,
    since INTEGER NOT NULL,
    ends_at INTEGER,
    PRIMARY KEY (compartment, person, entry)
) WITHOUT ROWID;
CREATE INDEX settled_journey ON settled (journey);

-- When the last of a case's hits was decided: results are kept for a time of their own (R-REV-05).
ALTER TABLE review_case ADD COLUMN closed_at INTEGER;
CREATE INDEX review_case_closed ON review_case (closed_at);
