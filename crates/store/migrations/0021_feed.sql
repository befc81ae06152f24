-- When a sender's newest message came that a recipient took: the queue shows it, and looking through
-- all messages for it would take longer every day.

CREATE TABLE feed (
    compartment TEXT NOT NULL,
    sender TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (compartment, sender)
) WITHOUT ROWID;
INSERT INTO feed (compartment, sender, received_at)
    SELECT journey.compartment, message.sender, max(message.received_at)
    FROM message JOIN report ON report.message = message.n
        JOIN journey ON journey.n = report.journey
    GROUP BY journey.compartment, message.sender;
