-- Accounts with factors, machines and a second person for roles; sessions that can be listed.
--
-- Secrets of this system's own making (links, sessions, keys, recovery codes) are 80 to 256 random
-- bits and kept as SHA-256. What must be read again (the secret of a code generator) is sealed.

ALTER TABLE account ADD COLUMN kind TEXT NOT NULL DEFAULT 'person';
ALTER TABLE account ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
-- Roles that wait for another administrator, and who asked for them.
ALTER TABLE account ADD COLUMN proposed TEXT;
ALTER TABLE account ADD COLUMN proposed_by TEXT;
ALTER TABLE account ADD COLUMN proposed_at INTEGER;

-- Sessions end with this change: none of the old ones can be listed.
DROP TABLE session;
CREATE TABLE session (
    token BLOB PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    how TEXT NOT NULL,
    device TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_account ON session (account);

-- The link that makes the first administrator: one row at most.
CREATE TABLE first_link (
    token BLOB PRIMARY KEY
) WITHOUT ROWID;

-- A code generator (RFC 6238). It counts once confirmed; a step is used once.
CREATE TABLE totp (
    account TEXT PRIMARY KEY,
    secret BLOB NOT NULL,
    confirmed_at INTEGER,
    last_step INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE recovery_code (
    account TEXT NOT NULL,
    code BLOB NOT NULL,
    PRIMARY KEY (account, code)
) WITHOUT ROWID;

-- Public keys of passkeys, as the library writes them.
CREATE TABLE passkey (
    id TEXT PRIMARY KEY,
    credential BLOB NOT NULL UNIQUE,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
) WITHOUT ROWID;
CREATE INDEX passkey_account ON passkey (account);

-- Who an account is elsewhere (OpenID Connect).
CREATE TABLE identity (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL,
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE INDEX identity_account ON identity (account);

-- Ceremonies of signing in that are under way; known to the browser by a random name only.
CREATE TABLE ceremony (
    token BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    account TEXT,
    data TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

-- What a machine shows: a secret key, or the SHA-256 of its certificate.
CREATE TABLE machine_key (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER
) WITHOUT ROWID;
CREATE INDEX machine_key_account ON machine_key (account);
