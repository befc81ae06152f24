-- Which AS4 messages came, so that a repeat is known for one, and another message under the same
-- identifier for another. No passenger is named: digests and times (microseconds since 1970, UTC).

CREATE TABLE as4_message (
    handle TEXT NOT NULL,
    name BLOB NOT NULL,
    content BLOB NOT NULL,
    came_at INTEGER NOT NULL,
    PRIMARY KEY (handle, name)
) WITHOUT ROWID;
CREATE INDEX as4_message_came ON as4_message (came_at);
