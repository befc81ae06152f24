-- First schema. Instants are microseconds since 1970, UTC. Identifiers are 16-byte digests.

CREATE TABLE message (
    n INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    function TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    reference TEXT NOT NULL,
    sent TEXT,
    received_at INTEGER NOT NULL,
    channel TEXT NOT NULL,
    service BLOB NOT NULL,
    size INTEGER NOT NULL,
    findings TEXT NOT NULL,
    errors INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    travellers INTEGER NOT NULL
);

-- The bytes of a message as one recipient may have them, sealed. The anchor is that of the oldest
-- journey it speaks of.
CREATE TABLE original (
    message INTEGER NOT NULL,
    compartment TEXT NOT NULL,
    anchor INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (message, compartment)
);
CREATE INDEX original_anchor ON original (compartment, anchor);

-- What was refused: no content, only what the sender is told.
CREATE TABLE refusal (
    key BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    sender TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    findings TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE journey (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    carrier TEXT NOT NULL,
    number TEXT NOT NULL,
    from_place TEXT NOT NULL,
    to_place TEXT NOT NULL,
    departs TEXT,
    arrives TEXT,
    departs_at INTEGER,
    arrives_at INTEGER,
    ends_at INTEGER,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    travellers INTEGER NOT NULL,
    screened TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    compartment TEXT NOT NULL,
    anchor INTEGER NOT NULL,
    retention TEXT NOT NULL
);
CREATE INDEX journey_anchor ON journey (compartment, retention, anchor);
CREATE INDEX journey_departs ON journey (departs_at);
CREATE INDEX journey_ends ON journey (ends_at);

-- What one message says about one journey, in the codec of this crate, sealed.
CREATE TABLE report (
    journey INTEGER NOT NULL,
    message INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (journey, message)
) WITHOUT ROWID;
CREATE INDEX report_message ON report (message);

CREATE TABLE traveller (
    journey INTEGER NOT NULL,
    id BLOB NOT NULL,
    digest BLOB NOT NULL,
    presence TEXT NOT NULL,
    PRIMARY KEY (journey, id)
) WITHOUT ROWID;
CREATE INDEX traveller_id ON traveller (id);

-- Where a document, a name or a contact was seen, by keyed digests; gone with masking.
CREATE TABLE lookup (
    key BLOB NOT NULL,
    journey INTEGER NOT NULL,
    PRIMARY KEY (key, journey)
) WITHOUT ROWID;
CREATE INDEX lookup_journey ON lookup (journey);

CREATE TABLE booking (
    key BLOB PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE hit (
    id BLOB PRIMARY KEY,
    journey INTEGER NOT NULL,
    traveller BLOB NOT NULL,
    list TEXT NOT NULL,
    entry TEXT NOT NULL,
    score INTEGER NOT NULL,
    severity TEXT NOT NULL,
    open INTEGER NOT NULL,
    data BLOB NOT NULL,
    review BLOB NOT NULL,
    reviewed TEXT NOT NULL,
    version INTEGER NOT NULL,
    found_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX hit_traveller ON hit (traveller);
CREATE INDEX hit_journey ON hit (journey);

-- One case a traveller on a journey: all hits of that traveller. Its id is the traveller's.
CREATE TABLE review_case (
    id BLOB PRIMARY KEY,
    journey INTEGER NOT NULL,
    severity TEXT NOT NULL,
    state TEXT NOT NULL,
    act_by INTEGER,
    owner TEXT,
    claimed_at INTEGER,
    found_at INTEGER NOT NULL,
    summary BLOB NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX review_case_state ON review_case (state, act_by);
CREATE INDEX review_case_journey ON review_case (journey);

CREATE TABLE list (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    legal_basis TEXT NOT NULL,
    active TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE list_version (
    list TEXT NOT NULL,
    version TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    format TEXT NOT NULL,
    entries INTEGER NOT NULL,
    rejects TEXT NOT NULL,
    PRIMARY KEY (list, version)
) WITHOUT ROWID;

CREATE TABLE list_entry (
    list TEXT NOT NULL,
    version TEXT NOT NULL,
    entry TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (list, version, entry)
) WITHOUT ROWID;

CREATE TABLE audit (
    n INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    object TEXT NOT NULL,
    purpose TEXT NOT NULL,
    profile TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL
);

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    initials TEXT NOT NULL,
    roles TEXT NOT NULL,
    password TEXT,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Sign-in secrets are kept as SHA-256 only.
CREATE TABLE sign_in_link (
    token BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE session (
    token BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
