//! Findings about a message that could be read but is not taken, whatever its type.

findings! {
    MODULE_OFF = "RCV-0001", Refused,
        "this state does not receive messages of this type",
        "legal profile, modules (R-SCO-03)",
        "send the other type of data only, or ask the carrier-liaison office";
}
