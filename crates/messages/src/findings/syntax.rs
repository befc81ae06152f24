//! Findings about UN/EDIFACT syntax and envelopes, whatever the message type.

findings! {
    SEGMENT_UNTERMINATED = "EDI-0101", Refused,
        "the message ends inside a segment",
        "ISO 9735-1, clause 8",
        "send the message again as a whole; the transfer was cut off";
    SEGMENT_TOO_LONG = "EDI-0102", Refused,
        "a segment has no terminator within 65536 bytes",
        "ISO 9735-1, clause 8",
        "check the segment terminator that UNA declares";
    TRAILING_RELEASE = "EDI-0103", Refused,
        "the message ends on a release character",
        "ISO 9735-1, clause 7",
        "send the message again as a whole; the transfer was cut off";
    MORE_FINDINGS = "EDI-0199", Info,
        "this message has more findings than are listed",
        "limit of this system",
        "mend the listed ones first";
}
