//! Findings about a message that could be read but is not taken, whatever its type.

findings! {
    MODULE_OFF = "RCV-0001", Refused,
        "this state does not receive messages of this type",
        "legal profile, modules (R-SCO-03)",
        "send the other type of data only, or ask the carrier-liaison office";
    OTHER_SENDER = "RCV-0002", Warning,
        "the envelope names a sender that is not the one to whom this channel was given",
        "legal profile, carriers.other_sender (R-CAR-01)",
        "send under your own identification, or have this one enrolled by the carrier-liaison office";
    OTHER_SENDER_REFUSED = "RCV-0003", Refused,
        "the envelope names a sender that is not the one to whom this channel was given; nothing was taken",
        "legal profile, carriers.other_sender (R-CAR-01)",
        "send under your own identification, or have this one enrolled by the carrier-liaison office";
    OTHER_FLIGHT = "RCV-0004", Warning,
        "the flight is another carrier's",
        "legal profile, carriers.other_flight (R-ING-10)",
        "send about the flights that you fly; whoever sends for others is enrolled so";
    OTHER_FLIGHT_REFUSED = "RCV-0005", Refused,
        "the flight is another carrier's; nothing was taken",
        "legal profile, carriers.other_flight (R-ING-10)",
        "send about the flights that you fly; whoever sends for others is enrolled so";
    SOLD_FLIGHT = "RCV-0006", Warning,
        "the flight bears a designator under which this carrier sells and does not fly",
        "German FlugDaG, section 2(4) (R-ING-10)",
        "leave the message to the carrier that flies, which reports everybody on board";
}
