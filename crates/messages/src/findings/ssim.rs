//! Findings about schedule files.

findings! {
    NOT_A_SCHEDULE = "SSM-0001", Error,
        "this is not a schedule file: it has no carrier record",
        "SSIM chapter 7, record types 1 and 2",
        "send the file as the schedule system writes it, records of 200 bytes";
    UNKNOWN_RECORD = "SSM-0002", Warning,
        "a record is of none of the types 1 to 5; it is not read",
        "SSIM chapter 7",
        "leave other lines out of the file";
    NO_CARRIER = "SSM-0003", Error,
        "a leg stands before any carrier record; it is not read",
        "SSIM chapter 7, record type 2",
        "send the carrier record first";
    UNKNOWN_CLOCK = "SSM-0004", Warning,
        "the carrier record says neither UTC nor local time; local is assumed",
        "SSIM chapter 7, record type 2, column 2",
        "send U or L";
    SEGMENT_ALONE = "SSM-0005", Warning,
        "a segment record has no leg before it",
        "SSIM chapter 7, record type 4",
        "send segment records behind their legs";
    NO_TRAILER = "SSM-0006", Warning,
        "the last carrier has no trailer: legs may be missing",
        "SSIM chapter 7, record type 5",
        "compare what you meant to send with what arrived";
    CHECK_REFERENCE = "SSM-0007", Warning,
        "the trailer does not refer to the record before it: records may be missing",
        "SSIM chapter 7, record type 5, columns 188 to 193",
        "compare what you meant to send with what arrived";
    SERIAL_REPEATED = "SSM-0008", Warning,
        "two records have the same serial number",
        "SSIM chapter 7, columns 195 to 200",
        "number the records of a file";
    BAD_FLIGHT = "SSM-0011", Error,
        "the flight of a record cannot be read; the leg is left out",
        "SSIM chapter 7, record type 3, columns 2 to 9",
        "send carrier and number";
    BAD_DATE = "SSM-0012", Error,
        "the period of a leg cannot be read; the leg is left out",
        "SSIM chapter 7, record type 3, columns 15 to 28",
        "send DDMMMYY, or 00XXX00 for an open end";
    BAD_TIME = "SSM-0013", Error,
        "a time of a leg cannot be read; the leg is left out",
        "SSIM chapter 7, record type 3, columns 40 to 65",
        "send HHMM, 2400 for midnight at the end of a day";
    BAD_STATION = "SSM-0014", Error,
        "a station of a leg is not a code of three letters; the leg is left out",
        "SSIM chapter 7, record type 3, columns 37 and 55",
        "send the IATA code";
    NO_DAYS = "SSM-0015", Warning,
        "a leg has no day of operation: it never flies",
        "SSIM chapter 7, record type 3, columns 29 to 35",
        "send the days as digits, 1 for Monday";
    ARRIVES_BEFORE = "SSM-0016", Info,
        "a leg arrives by the clock before it departs, on the same day as the file says",
        "SSIM chapter 7, record type 3, columns 193 and 194",
        "send the date variation of the arrival, unless the flight crosses time zones";
    CALENDAR_HEADER = "SSM-0021", Error,
        "the first row of a calendar does not name the columns that it needs; nothing is read",
        "docs/formats/ssim.md, calendars made by hand",
        "name carrier, number, from, departs, to, arrives and first_day";
    CALENDAR_FLIGHT = "SSM-0022", Error,
        "carrier or number of a row cannot be read; its flight is left out",
        "docs/formats/ssim.md, calendars made by hand",
        "send carrier and number in cells of their own, and who flies it as X9 4417";
    CALENDAR_DAY = "SSM-0023", Error,
        "the days of a row cannot be read, or end before they begin; its flight is left out",
        "docs/formats/ssim.md, calendars made by hand",
        "send 2026-11-23, and days of the week as digits, 1 for Monday";
    CALENDAR_TIME = "SSM-0024", Error,
        "a time of a row cannot be read; its flight is left out",
        "docs/formats/ssim.md, calendars made by hand",
        "send local times as 10:15 or 1015, and how many days after departure it arrives";
    CALENDAR_STATION = "SSM-0025", Error,
        "a station of a row is not a code of three letters; its flight is left out",
        "docs/formats/ssim.md, calendars made by hand",
        "send the IATA code";
    CALENDAR_CHANGE = "SSM-0026", Error,
        "what a row changes cannot be read; its flight is left out",
        "docs/formats/ssim.md, calendars made by hand",
        "send added, changed or cancelled";
}
