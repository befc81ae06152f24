//! Findings about PNRGOV.

findings! {
    UNKNOWN_SEGMENT = "PNR-0001", Warning,
        "this segment has no place in a PNRGOV message",
        "IATA PNRGOV EDIFACT implementation guide, segment table",
        "leave the segment out";
}
