-- What carriers were told lies together by journey and traveller: a question writes one place in one
-- tree, and not one in each of three.

CREATE TABLE clearance_by_journey (
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
    PRIMARY KEY (journey, traveller, message, place)
) WITHOUT ROWID;
INSERT INTO clearance_by_journey (message, place, compartment, journey, traveller, handle, complete,
        stands, told, told_at, awaits, number, heard)
    SELECT message, place, compartment, journey, traveller, handle, complete,
        stands, told, told_at, awaits, number, heard
    FROM clearance;
DROP TABLE clearance;
ALTER TABLE clearance_by_journey RENAME TO clearance;
CREATE INDEX clearance_owed ON clearance (handle) WHERE awaits = 1 AND stands <> told;
CREATE INDEX clearance_contact ON clearance (journey) WHERE awaits = 1 AND stands = 'contact';
CREATE INDEX clearance_number ON clearance (number) WHERE number <> '';
