//! Findings about PAXLST.

findings! {
    UNKNOWN_SEGMENT = "PAX-0001", Warning,
        "this segment has no place in a passenger list",
        "WCO/IATA/ICAO PAXLST guide, segment table",
        "leave the segment out";
}
