-- The recipients of one intake, the law each works under, and the journeys each has selected.

-- Who receives. A row is never removed, because records bear its name.
CREATE TABLE recipient (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    place INTEGER NOT NULL
) WITHOUT ROWID;

-- Texts of legal profiles. A version is never edited.
CREATE TABLE profile_version (
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (id, version)
) WITHOUT ROWID;

-- Who proposed and who activated which version for whom, without a gap. The newest activation is
-- in force. The digest is of the text, and the seal, by the recipient's key, of the whole row.
CREATE TABLE profile_step (
    n INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    compartment TEXT NOT NULL,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    step TEXT NOT NULL,
    actor TEXT NOT NULL,
    seal BLOB NOT NULL
);

-- The register of selected journeys (R-SCO-08, R-SCO-09). A pattern that is blank fits everything.
CREATE TABLE selection (
    id BLOB PRIMARY KEY,
    compartment TEXT NOT NULL,
    mode TEXT NOT NULL,
    carrier TEXT NOT NULL,
    airport TEXT NOT NULL,
    from_place TEXT NOT NULL,
    to_place TEXT NOT NULL,
    reason TEXT NOT NULL,
    threat TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    review_at INTEGER NOT NULL,
    profile TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    approved_by TEXT,
    approved_at INTEGER,
    ended_by TEXT,
    ended_at INTEGER
);
CREATE INDEX selection_ends ON selection (compartment, ends_at);

-- What came in and was not taken, because nobody had selected the journey: counts only. The digest
-- of the message keeps a repeat from being counted twice.
CREATE TABLE not_taken (
    message BLOB NOT NULL,
    compartment TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    mode TEXT NOT NULL,
    way TEXT NOT NULL,
    carrier TEXT NOT NULL,
    travellers INTEGER NOT NULL,
    PRIMARY KEY (message, compartment)
);

-- Whom an account works for.
ALTER TABLE account ADD COLUMN compartment TEXT NOT NULL DEFAULT 'piu';

-- What a list is for. Every unit may screen against what was a list before there were kinds.
ALTER TABLE list ADD COLUMN kind TEXT NOT NULL DEFAULT 'terrorism';
