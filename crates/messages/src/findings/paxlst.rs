//! Findings about PAXLST.

findings! {
    UNKNOWN_SEGMENT = "PAX-0001", Warning,
        "this segment has no place in a passenger list",
        "WCO/IATA/ICAO PAXLST guide, segment table",
        "leave the segment out";
    UNKNOWN_VERSION = "PAX-0002", Warning,
        "this version of PAXLST is not known; it is read like the ones that are",
        "UN/EDIFACT directories D.02B to D.21B",
        "send PAXLST of directory D.02B or later";
    NOT_AIR = "PAX-0003", Refused,
        "PAXLST D.03B is the list of a road vehicle, not of a flight",
        "US CBP truck manifest, UN/EDIFACT directory D.03B",
        "send passenger lists in version D.02B, D.05B, D.12B or D.15B";
    NO_PURPOSE = "PAX-0011", Warning,
        "the message does not say which kind of list it is: BGM is missing",
        "PAXLST guide, BGM",
        "send BGM with 745 for passengers, 250 for crew";
    UNKNOWN_LIST = "PAX-0012", Warning,
        "the kind of list in BGM is not known",
        "PAXLST guide, BGM: data element 1001",
        "send 745 for passengers, 250 for crew, 266 for the flight's status";
    UNKNOWN_FUNCTION = "PAX-0013", Warning,
        "the function of the list in BGM is not known; it is read as a plain list",
        "PAXLST guide, BGM: data element 1004",
        "send one of the agreed functions, or none for a plain list";
    NOBODY = "PAX-0014", Warning,
        "a list with this function names persons, but there are none",
        "PAXLST guide, BGM: data element 1004",
        "name the persons whom the cancellation or change is about";
    MISPLACED = "PAX-0015", Error,
        "this segment belongs to a person, but no person was named before it",
        "WCO/IATA/ICAO PAXLST guide, segment table",
        "send NAD first, then what belongs to the person";
    NO_FLIGHT = "PAX-0101", Refused,
        "the message names no flight: TDT is missing",
        "PAXLST guide, group 2",
        "send TDT with carrier and flight number before the persons";
    FLIGHT_UNREADABLE = "PAX-0102", Error,
        "the flight number cannot be read",
        "PAXLST guide, TDT: data element 8028",
        "send the carrier's code and the number, such as ZQ0417";
    CARRIER_DIFFERS = "PAX-0103", Warning,
        "the carrier in TDT is not the one with which the flight number starts",
        "PAXLST guide, TDT: data elements 8028 and 3127",
        "send the operating carrier in both, or only with the flight number";
    UNKNOWN_STAGE = "PAX-0104", Warning,
        "the transport stage in TDT is neither a flight nor an overflight",
        "PAXLST guide, TDT: data element 8051",
        "send 20 for a flight, 34 for an overflight";
    NO_ROUTE = "PAX-0105", Error,
        "the flight has no place of departure or arrival",
        "PAXLST guide, group 3",
        "send LOC 125 and 87 with the airports of the border-crossing flight";
    UNKNOWN_MODE = "PAX-0106", Warning,
        "the mode of transport is none of sea, rail, road and air; it is read as a flight",
        "PAXLST guide, TDT: data element 8067; UN/ECE Recommendation 19",
        "send 1 for sea, 2 for rail, 3 for road or 4 for air";
    SHIP_NUMBER = "PAX-0107", Error,
        "the IMO number of the ship has not seven digits of which the last follows from the others",
        "PAXLST guide, TDT: data element 8213; IMO Resolution A.1117(30)",
        "send the IMO number as it stands in the ship's certificate of registry";
    SHIP_UNKNOWN = "PAX-0108", Warning,
        "the list of a ship has neither its IMO number nor its call sign nor its name",
        "PAXLST guide, TDT: composite C222; IMO FAL forms 5 and 6",
        "send the IMO number, and the name of the ship beside it";
    AIRPORT_UNREADABLE = "PAX-0111", Error,
        "this is not the code of a place: three letters of an airport, four of an aerodrome, or five characters of UN/LOCODE",
        "PAXLST guide, LOC: data element 3225",
        "send the IATA code of the airport, or UN/LOCODE of a seaport or station";
    UNKNOWN_STOP = "PAX-0112", Warning,
        "a place of the flight has a qualifier that is not known",
        "PAXLST guide, LOC of group 3",
        "send 125, 87 or 92";
    UNKNOWN_AIRPORT = "PAX-0113", Warning,
        "this code of a place is in no list; it is kept as sent",
        "PAXLST guide, LOC: data element 3225; IATA Resolution 763",
        "send the code of the airport as IATA assigns it, or the place of another mode as UN/LOCODE has it";
    TIME_UNREADABLE = "PAX-0121", Error,
        "a time of the flight does not exist",
        "PAXLST guide, DTM of group 3: YYMMDDHHMM",
        "send date and time, local at the airport, with format 201";
    TIME_OF_DAY_MISSING = "PAX-0122", Warning,
        "a time of the flight is only a date; midnight is assumed",
        "PAXLST guide, DTM of group 3: YYMMDDHHMM",
        "send the time of day with the date";
    ARRIVES_TOO_EARLY = "PAX-0123", Warning,
        "the flight arrives more than a day before it departs",
        "PAXLST guide, DTM of group 3",
        "check the two dates: both are local at their airports";
    UNKNOWN_DATE = "PAX-0124", Warning,
        "a date has a qualifier that is not known here",
        "PAXLST guide, DTM: data element 2005",
        "send 189 and 232 with flights, 329 with persons, 36 with documents";
    UNKNOWN_ROLE = "PAX-0201", Warning,
        "the role of this person is not known; the person is kept",
        "PAXLST guide, NAD of group 4: data element 3035",
        "send FL, FM, DDU or DDT";
    NO_NAME = "PAX-0202", Error,
        "this person has no name",
        "PAXLST guide, NAD of group 4: C080",
        "send the surname as the document gives it";
    NAME_IN_ONE_PIECE = "PAX-0203", Warning,
        "surname and given name stand in one component; they were split at the slash",
        "PAXLST guide, NAD of group 4: C080",
        "send surname and given names as components of their own";
    TITLE_IN_NAME = "PAX-0204", Info,
        "a title is part of the given name; it was taken off",
        "PAXLST guide, NAD of group 4: C080",
        "send names as the document gives them, without titles";
    LISTED_TWICE = "PAX-0205", Warning,
        "the same person is listed twice; the later entry counts",
        "PAXLST guide, group 4",
        "list everybody once";
    UNKNOWN_SEX = "PAX-0211", Warning,
        "the code of the sex is not known; it is kept as sent",
        "PAXLST guide, ATT: data element 9019",
        "send F, M, X or U";
    STATE_IN_TWO_LETTERS = "PAX-0221", Info,
        "a state is given in two letters; it was read as the three of the same state",
        "ICAO Doc 9303 part 3; ISO 3166-1",
        "send the three letters that stand in the document";
    UNKNOWN_STATE = "PAX-0222", Warning,
        "a state code is in no list; it is kept as sent",
        "ICAO Doc 9303 part 3; ISO 3166-1",
        "send the code as the document gives it";
    STATE_UNREADABLE = "PAX-0223", Error,
        "this is not a state code",
        "ICAO Doc 9303 part 3; ISO 3166-1",
        "send the three letters that stand in the document";
    BIRTH_NOT_IN_CALENDAR = "PAX-0231", Warning,
        "birth date does not exist in the calendar",
        "PAXLST guide, DTM with qualifier 329: YYMMDD, unknown parts as 00",
        "check the document; if only the month is certain send 00 for the day";
    BIRTH_UNREADABLE = "PAX-0232", Error,
        "this is not a birth date",
        "PAXLST guide, DTM with qualifier 329: YYMMDD, unknown parts as 00",
        "send six digits, or eight with format 102";
    BIRTH_AFTER_FLIGHT = "PAX-0233", Warning,
        "the person is born after the day of the flight",
        "PAXLST guide, DTM with qualifier 329",
        "check the birth date against the document";
    BIRTH_TOO_LONG_AGO = "PAX-0234", Warning,
        "the person would be more than 110 years old on the day of the flight",
        "PAXLST guide, DTM with qualifier 329",
        "check the century of the birth date against the document";
    MEASURE_UNREADABLE = "PAX-0241", Warning,
        "a number of bags or a weight cannot be read",
        "PAXLST guide, MEA",
        "send CT with a count, or WT with KGM and whole kilograms";
    TAGS_UNREADABLE = "PAX-0242", Warning,
        "the row of bag tags cannot be told from its first tag and count",
        "PAXLST guide, FTX with qualifier BAG",
        "send the first tag with its number and how many follow it in order";
    UNKNOWN_PLACE = "PAX-0251", Warning,
        "a place of a person has a qualifier that is not known",
        "PAXLST guide, LOC of group 4: data element 3227",
        "send 22, 174, 178, 179 or 180";
    UNKNOWN_REFERENCE = "PAX-0261", Info,
        "a reference has a qualifier that is not known; it is not read",
        "PAXLST guide, RFF: data element 1153",
        "send AVF, ABO, SEA, AEA or CR";
    REFERENCE_AGAIN = "PAX-0262", Info,
        "a reference of this kind was sent before; the first one counts, further locators are kept beside it",
        "PAXLST guide, RFF",
        "send one record locator, passenger reference and seat a person";
    REFERENCE_EMPTY = "PAX-0263", Warning,
        "a reference has a qualifier and no value",
        "PAXLST guide, RFF: data element 1154",
        "send the record locator, or leave the segment out";
    DOCUMENT_WITHOUT_NUMBER = "PAX-0301", Warning,
        "a document has no number",
        "PAXLST guide, DOC: data element 1004",
        "send the number as it stands in the machine-readable zone";
    DOCUMENT_WITHOUT_KIND = "PAX-0302", Warning,
        "a document does not say what it is",
        "PAXLST guide, DOC: data element 1001",
        "send P for a passport, V for a visa, or another agreed code";
    DATE_NOT_IN_CALENDAR = "PAX-0303", Warning,
        "the date of a document does not exist in the calendar",
        "PAXLST guide, DTM of group 5",
        "check the document";
    DATE_UNREADABLE = "PAX-0304", Error,
        "the date of a document cannot be read",
        "PAXLST guide, DTM of group 5: YYMMDD",
        "send six digits, or eight with format 102";
    CHECK_DIGIT = "PAX-0305", Warning,
        "a check digit of the machine-readable zone does not fit",
        "ICAO Doc 9303 part 3, section 4.9",
        "read the document again; the data was typed or read wrong";
    DETAIL_WITHOUT_DOCUMENT = "PAX-0306", Error,
        "an issuing state or date has no document to belong to",
        "PAXLST guide, group 5",
        "send DOC first, then what belongs to the document";
    DOCUMENT_MISSING = "PAX-0307", Warning,
        "this person has no travel document in a list that gives them",
        "PAXLST guide, group 5",
        "send DOC with what stands in the machine-readable zone for everybody on board";
    COUNT_DIFFERS = "PAX-0401", Warning,
        "the control total is not the number of persons in this message",
        "PAXLST guide, CNT",
        "check whether somebody is missing; the total may be that of the whole flight";
    COUNT_UNREADABLE = "PAX-0402", Warning,
        "the control total is not a number",
        "PAXLST guide, CNT",
        "send the number of persons";
}
