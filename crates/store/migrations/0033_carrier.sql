-- Carriers that send (R-CAR-01), and by what they are known. What is known of a carrier is a version,
-- never written over; a channel is never changed but for when it ends. In clear stand codes, keys in
-- public and times (microseconds since 1970, UTC); whom to call is sealed.

CREATE TABLE carrier (
    handle TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    operates TEXT NOT NULL,
    markets TEXT NOT NULL,
    senders TEXT NOT NULL,
    for_others INTEGER NOT NULL,
    formats TEXT NOT NULL,
    languages TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    contacts BLOB NOT NULL,
    put_by TEXT NOT NULL,
    put_at INTEGER NOT NULL,
    PRIMARY KEY (handle, version)
) WITHOUT ROWID;

CREATE TABLE carrier_channel (
    id BLOB PRIMARY KEY,
    handle TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER,
    put_by TEXT NOT NULL,
    put_at INTEGER NOT NULL,
    ended_by TEXT,
    ended_at INTEGER
) WITHOUT ROWID;
CREATE INDEX carrier_channel_handle ON carrier_channel (handle);
