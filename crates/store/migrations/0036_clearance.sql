-- What carriers were told of travellers at check-in: no value about a person, only whom it was about.

CREATE TABLE clearance (
    message BLOB NOT NULL,
    place INTEGER NOT NULL,
    compartment TEXT NOT NULL,
    journey INTEGER NOT NULL,
    traveller BLOB NOT NULL,
    handle TEXT NOT NULL,
    complete INTEGER NOT NULL,
    stands TEXT NOT NULL,
    told TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    awaits INTEGER NOT NULL,
    number TEXT NOT NULL,
    heard INTEGER,
    PRIMARY KEY (message, place, journey)
) WITHOUT ROWID;
CREATE INDEX clearance_of ON clearance (journey, traveller);
CREATE INDEX clearance_owed ON clearance (handle) WHERE awaits = 1 AND stands <> told;
CREATE INDEX clearance_waits ON clearance (journey) WHERE awaits = 1;
CREATE INDEX clearance_number ON clearance (number) WHERE number <> '';
