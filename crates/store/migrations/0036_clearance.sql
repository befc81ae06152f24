-- What carriers were told of travellers at check-in: no value about a person, only whom it was about.

CREATE TABLE clearance (
    message BLOB NOT NULL,
    place INTEGER NOT NULL,
    compartment TEXT NOT NULL,
    journey INTEGER NOT NULL,
    traveller BLOB NOT NULL,
    complete INTEGER NOT NULL,
    stands TEXT NOT NULL,
    told TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (message, place, journey)
) WITHOUT ROWID;
CREATE INDEX clearance_of ON clearance (journey, traveller);
CREATE INDEX clearance_owed ON clearance (told_at) WHERE stands <> told;
