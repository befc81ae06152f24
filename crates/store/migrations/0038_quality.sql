-- How well carriers send: counts of one UTC day, without a person in them. Of a journey: how many
-- travel by each kind of message, so that lists, bookings and the close-out can be held against
-- each other.

CREATE TABLE quality (
    compartment TEXT NOT NULL,
    handle TEXT NOT NULL,
    day INTEGER NOT NULL,
    format TEXT NOT NULL,
    figures TEXT NOT NULL,
    PRIMARY KEY (compartment, handle, day, format)
) WITHOUT ROWID;
CREATE INDEX quality_day ON quality (day);

CREATE TABLE told_of (
    journey INTEGER PRIMARY KEY,
    lists INTEGER NOT NULL,
    bookings INTEGER NOT NULL,
    boarded INTEGER NOT NULL,
    lists_alone INTEGER NOT NULL,
    bookings_alone INTEGER NOT NULL,
    boarded_alone INTEGER NOT NULL
) WITHOUT ROWID;
