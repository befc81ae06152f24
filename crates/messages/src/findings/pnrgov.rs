//! Findings about PNRGOV.

findings! {
    UNKNOWN_SEGMENT = "PNR-0001", Warning,
        "this segment has no place in a PNRGOV message",
        "IATA PNRGOV EDIFACT implementation guide, segment table",
        "leave the segment out";
    OUT_OF_PLACE = "PNR-0002", Warning,
        "this segment does not belong to the group in which it stands",
        "IATA PNRGOV EDIFACT implementation guide, segment table",
        "send the segments of a booking in the order of the guide";
    NO_FUNCTION = "PNR-0010", Warning,
        "MSG is missing: the push is taken for a full one",
        "IATA PNRGOV EDIFACT implementation guide, MSG",
        "send MSG with 22 (full) or 141 (update) behind UNH";
    UNKNOWN_FUNCTION = "PNR-0011", Warning,
        "the message function is neither 22 (full) nor 141 (update)",
        "PADIS code set 1225",
        "send MSG with 22 or 141";
    NO_FLIGHT = "PNR-0012", Refused,
        "the flight of the push is missing",
        "IATA PNRGOV EDIFACT implementation guide, TVL level 0",
        "send TVL with date, airports, carrier and number before the first SRC";
    FLIGHT_INCOMPLETE = "PNR-0013", Error,
        "the flight of the push lacks its date, carrier, number or airport of departure",
        "IATA PNRGOV EDIFACT implementation guide, TVL level 0",
        "send date, airports, carrier and number in the first TVL";
    BOOKING_COUNT = "PNR-0014", Warning,
        "the number of bookings is not the one that EQN announces",
        "IATA PNRGOV EDIFACT implementation guide, EQN level 0",
        "count the bookings of all parts; check whether some were lost";
    UNKNOWN_VERSION = "PNR-0015", Info,
        "this is not a known release of PNRGOV; the message is read all the same",
        "IATA PNRGOV EDIFACT implementation guide, UNH",
        "send the release of the guide that you implement, such as 13:1";
    BAD_DATE = "PNR-0101", Error,
        "this is not a date DDMMYY or a time HHMM",
        "PADIS data elements 9916, 9918, 9994",
        "send DDMMYY and HHMM";
    ARRIVAL_INFERRED = "PNR-0102", Info,
        "the day of arrival was not sent and follows from the times",
        "IATA PNRGOV EDIFACT implementation guide, TVL",
        "send the date of arrival";
    LOCATOR_DATE_SHIFTED = "PNR-0103", Warning,
        "the date of the booking stands where the type of the locator should",
        "IATA PNRGOV EDIFACT implementation guide, RCI",
        "leave the type empty: RCI+carrier:locator::date:time";
    UNKNOWN_DATE = "PNR-0104", Warning,
        "the qualifier of this date is not known in this place",
        "PADIS code set 2005",
        "send 700 for the last change and 710 for the ticket";
    BAD_CODE = "PNR-0111", Error,
        "this does not have the shape of an airport, airline or state code",
        "PADIS data elements 3225, 9906, 3207",
        "send three letters for an airport, two or three characters for an airline, a state code";
    BAD_FLIGHT_NUMBER = "PNR-0112", Error,
        "this is not a flight number",
        "PADIS data element 9908",
        "send up to four digits and a suffix, OPEN or ARNK";
    NO_LOCATOR = "PNR-0201", Warning,
        "the booking has no record locator",
        "IATA PNRGOV EDIFACT implementation guide, RCI",
        "send RCI behind SRC";
    DEPARTURE_CONTROL = "PNR-0202", Info,
        "the locator is a departure-control reference: no reservation was at hand",
        "PADIS code set 9958, code C",
        "nothing, unless reservations should have been at hand";
    BOOKING_REPEATED = "PNR-0203", Warning,
        "the same booking is sent twice in this message; the two are taken together",
        "IATA PNRGOV EDIFACT implementation guide, group 1",
        "send each booking once";
    NO_TRAVELLERS = "PNR-0204", Warning,
        "the booking names no traveller and no group",
        "IATA PNRGOV EDIFACT implementation guide, TIF",
        "send one TIF for each traveller, or an empty ORG for a cancelled booking";
    GROUP_UNNAMED = "PNR-0205", Info,
        "a group without the names of its travellers",
        "IATA PNRGOV EDIFACT implementation guide, TIF of groups",
        "send the names when they are known";
    NOT_ON_FLIGHT = "PNR-0206", Warning,
        "the flight of the push is not in the itinerary of this booking",
        "IATA PNRGOV EDIFACT implementation guide, group 5",
        "send the flight as booked and, under code share, its operating flight";
    NO_NAME = "PNR-0301", Error,
        "a traveller without a name",
        "IATA PNRGOV EDIFACT implementation guide, TIF",
        "send surname and given names";
    REFERENCE_REUSED = "PNR-0302", Warning,
        "two travellers of one booking have the same reference",
        "PADIS data element 9944",
        "number the travellers of a booking";
    UNKNOWN_REFERENCE = "PNR-0303", Warning,
        "a reference to a traveller who is not in the booking",
        "PADIS data element 9944",
        "refer to the reference in TIF";
    OWNER_UNKNOWN = "PNR-0304", Error,
        "this concerns one traveller, but nothing says which",
        "IATA PNRGOV EDIFACT implementation guide, SSR",
        "send it in the traveller's group 2, or with the traveller's reference";
    CHECKIN_STRANGER = "PNR-0305", Warning,
        "somebody checked in who is not in the booking; taken as a traveller",
        "IATA PNRGOV EDIFACT implementation guide, group 7",
        "send a TIF of group 2 for everybody who checks in";
    NAME_TRUNCATED = "PNR-0306", Info,
        "the name may be cut off",
        "AIRIMP, name field",
        "send the whole name in SSR DOCS";
    NOT_A_PERSON = "PNR-0307", Info,
        "an extra seat or a piece of cabin baggage, not a person",
        "AIRIMP, EXST and CBBG",
        "nothing";
    INFANT_NOT_LISTED = "PNR-0308", Warning,
        "an infant whom only a document or request of the adult names; taken as a traveller",
        "IATA PNRGOV EDIFACT implementation guide, TIF of infants",
        "send a TIF with type IN for each infant";
    DOCUMENT_STRANGER = "PNR-0309", Warning,
        "a document names somebody whom the booking does not list; taken as a traveller",
        "IATA PNRGOV EDIFACT implementation guide, SSR DOCS",
        "send a TIF for each traveller and refer to it";
    INFANT_ON_ADULT = "PNR-0310", Warning,
        "the document of an infant stands on an adult without the infant's mark; the infant has it now",
        "AIRIMP 3.13, SSR DOCS field 6",
        "send MI or FI for the sex of an infant, or the document with the infant's reference";
    DOCS_SHIFTED = "PNR-0401", Warning,
        "the fields of this document stand one place too far",
        "AIRIMP 3.13, SSR DOCS",
        "send one slash before the type of the document";
    DOCS_EMPTY = "PNR-0402", Error,
        "a document without number, birth date, nationality or name",
        "AIRIMP 3.13, SSR DOCS",
        "send the fields of the document separated by slashes";
    BAD_BIRTH_DATE = "PNR-0403", Error,
        "the birth date cannot be read",
        "AIRIMP 3.13, SSR DOCS field 5",
        "send DDMMMYY";
    BAD_DOCUMENT_DATE = "PNR-0404", Error,
        "the date of issue or expiry of a document cannot be read",
        "AIRIMP 3.13, SSR DOCS field 7",
        "send DDMMMYY";
    UNKNOWN_SEX = "PNR-0405", Warning,
        "this is not a code of sex",
        "AIRIMP 3.13, SSR DOCS field 6",
        "send M, F, X or U, with I behind it for an infant";
    UNLISTED_STATE = "PNR-0406", Warning,
        "this state code is in no list; it is kept as sent",
        "ISO 3166-1; ICAO Doc 9303 part 3, section 5",
        "send a state code of the document";
    TWO_BIRTH_DATES = "PNR-0407", Warning,
        "two documents of one traveller give two birth dates; the first one counts",
        "AIRIMP 3.13, SSR DOCS field 5",
        "send each document with the reference of its holder";
    FLIGHT_SHIFTED = "PNR-0501", Warning,
        "the elements of this flight stand one place too far",
        "IATA PNRGOV EDIFACT implementation guide, TVL",
        "send one empty element for each value that is missing, not two";
    SEGMENT_INCOMPLETE = "PNR-0502", Warning,
        "a flight of the itinerary lacks its date, carrier or airport of departure",
        "IATA PNRGOV EDIFACT implementation guide, TVL of group 5",
        "send date, airports, carrier and number";
    BAD_SEAT = "PNR-0601", Warning,
        "this is not a seat",
        "PADIS data element 9809",
        "send row and column, such as 14C";
    BAG_COUNT_ABSURD = "PNR-0602", Warning,
        "the count of bag tags is absurd; one tag is taken",
        "IATA PNRGOV EDIFACT implementation guide, TBD",
        "send the number of consecutive tags";
    CARD_UNMASKED = "PNR-0701", Warning,
        "a card number was sent unmasked; it was masked on arrival",
        "PCI DSS 4.0, 3.4",
        "send at most the first six and the last four digits";
    TEXT_REJOINED = "PNR-0801", Info,
        "a free text holds colons that were not released; it was joined again",
        "ISO 9735-1, clause 7",
        "release separators inside of texts";
    TEXT_MISPLACED = "PNR-0802", Warning,
        "the free text does not stand in the ninth component",
        "IATA PNRGOV EDIFACT implementation guide, SSR",
        "send the empty components before the text";
    ADDRESS_SHIFTED = "PNR-0803", Warning,
        "the telephone stands where the postcode of the address should",
        "IATA PNRGOV EDIFACT implementation guide, ADD",
        "send the empty components of the address";
}
