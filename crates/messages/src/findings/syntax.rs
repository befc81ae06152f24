//! Findings about UN/EDIFACT syntax and envelopes, whatever the message type.

findings! {
    NOT_EDIFACT = "EDI-0001", Refused,
        "no interchange header UNB was found: this is not UN/EDIFACT",
        "ISO 9735-1, clause 8",
        "send the interchange from UNA or UNB on, unchanged, neither packed nor encrypted";
    EMPTY = "EDI-0002", Refused,
        "the transmission is empty",
        "ISO 9735-1, clause 8",
        "check the job that writes the transmission and send it again";
    NO_UNB = "EDI-0003", Refused,
        "a message stands outside of any interchange: its UNB is missing",
        "ISO 9735-1, clause 8",
        "send the message again in an interchange from UNB to UNZ";
    HEADER_UNREADABLE = "EDI-0004", Refused,
        "the interchange header UNB has no end within 1024 bytes",
        "ISO 9735-1, clause 8",
        "check the segment terminator: declare it in UNA if it is not an apostrophe";
    NO_MESSAGE = "EDI-0005", Refused,
        "the interchange holds no message",
        "ISO 9735-1, clause 8",
        "leave out interchanges without messages, or send the message that was meant";
    NOISE = "EDI-0006", Info,
        "bytes outside of any interchange were passed over",
        "ISO 9735-1, clause 8",
        "send interchanges without telegram headings or other lines around them";
    BYTE_ORDER_MARK = "EDI-0007", Info,
        "the transmission starts with a UTF-8 byte order mark",
        "ISO 9735-1, clause 6",
        "write the file without a byte order mark";
    UNA_DAMAGED = "EDI-0011", Warning,
        "the service string advice UNA cannot be followed; the separators were read from UNB",
        "ISO 9735-1, clause 7",
        "send UNA with exactly six different characters behind it, or leave it out";
    UNKNOWN_SYNTAX = "EDI-0012", Warning,
        "the syntax identifier in UNB is not known; text is read as ASCII",
        "ISO 9735-1, data element 0001",
        "send UNOA, UNOB, UNOC, UNOY or another identifier of ISO 9735";
    UNKNOWN_SYNTAX_VERSION = "EDI-0013", Warning,
        "the syntax version in UNB is none of 1 to 4; the interchange is read as version 3",
        "ISO 9735-1, data element 0002",
        "send the syntax version as one digit from 1 to 4";
    NO_PARTY = "EDI-0014", Warning,
        "UNB names no sender, or no recipient",
        "ISO 9735-1, UNB: S002 and S003",
        "send both identifications as agreed";
    PREPARED_UNREADABLE = "EDI-0015", Warning,
        "the date and time of preparation in UNB do not exist",
        "ISO 9735-1, UNB: S004",
        "send YYMMDD:HHMM, in version 4 CCYYMMDD:HHMM";
    APPLICATION_REFERENCE = "EDI-0016", Info,
        "the application reference stands in the place of the recipient's password",
        "ISO 9735-1, UNB: S005 and 0026",
        "move it one element back: it is the seventh, not the sixth";
    NO_CONTROL_REFERENCE = "EDI-0017", Warning,
        "UNB has no interchange control reference",
        "ISO 9735-1, data element 0020",
        "number each interchange: a repeat cannot be told from a new one without it";
    NO_UNH = "EDI-0021", Refused,
        "segments end in a UNT but have no message header UNH",
        "ISO 9735-1, clause 8",
        "send the message again as a whole";
    OUTSIDE_MESSAGE = "EDI-0022", Error,
        "segments between messages were passed over",
        "ISO 9735-1, clause 8",
        "send every user segment between a UNH and its UNT";
    UNKNOWN_TYPE = "EDI-0023", Refused,
        "messages of this type are not received here",
        "UNH: data element 0065",
        "send PAXLST or PNRGOV, or ask which other types are agreed";
    PART_UNREADABLE = "EDI-0024", Warning,
        "the sequence of transfers in UNH cannot be read; the message is taken as the only part",
        "ISO 9735-1, UNH: S010",
        "send a part number with C on the first and F on the last part, or nothing at all";
    REFERENCE_REPEATED = "EDI-0025", Warning,
        "this message reference occurs twice in one interchange",
        "ISO 9735-1, data element 0062",
        "number the messages of an interchange";
    UNT_MISSING = "EDI-0031", Error,
        "the message trailer UNT is missing; the message ends where the next service segment stands",
        "ISO 9735-1, clause 8",
        "check that nothing was lost at the end of the message and close it with UNT";
    UNT_COUNT = "EDI-0032", Warning,
        "UNT counts another number of segments than there are",
        "ISO 9735-1, data element 0074",
        "count all segments of the message, UNH and UNT included";
    UNT_REFERENCE = "EDI-0033", Warning,
        "UNT does not repeat the message reference of UNH",
        "ISO 9735-1, data element 0062",
        "write the same reference in UNH and UNT";
    UNE_MISSING = "EDI-0041", Warning,
        "a functional group has no trailer UNE",
        "ISO 9735-1, clause 8",
        "close the group with UNE";
    UNE_COUNT = "EDI-0042", Warning,
        "UNE counts another number of messages than there are",
        "ISO 9735-1, data element 0060",
        "count the messages of the group";
    UNE_REFERENCE = "EDI-0043", Warning,
        "UNE does not repeat the group reference of UNG",
        "ISO 9735-1, data element 0048",
        "write the same reference in UNG and UNE";
    GROUPS_MIXED = "EDI-0044", Warning,
        "messages stand inside and outside of functional groups of one interchange",
        "ISO 9735-1, clause 8",
        "put all messages of an interchange into groups, or none";
    UNG_MISSING = "EDI-0045", Warning,
        "a group trailer UNE has no group header UNG",
        "ISO 9735-1, clause 8",
        "open the group with UNG, or leave UNE out";
    UNZ_MISSING = "EDI-0051", Error,
        "the interchange trailer UNZ is missing: messages behind this one may be lost",
        "ISO 9735-1, clause 8",
        "compare what you meant to send with what arrived, and send the rest again";
    UNZ_COUNT = "EDI-0052", Warning,
        "UNZ counts another number of messages or groups than there are",
        "ISO 9735-1, data element 0036",
        "count the groups, or the messages where there are no groups";
    UNZ_REFERENCE = "EDI-0053", Warning,
        "UNZ does not repeat the control reference of UNB",
        "ISO 9735-1, data element 0020",
        "write the same reference in UNB and UNZ";
    UNZ_UNTERMINATED = "EDI-0054", Warning,
        "the interchange trailer UNZ has no segment terminator",
        "ISO 9735-1, clause 8",
        "end every segment with the terminator, the last one too";
    UNPACKED_TOO_LARGE = "EDI-0061", Refused,
        "what is packed in the transmission would take more than 64 MiB",
        "limit of this system",
        "pack one message a package, and send a large flight in several parts";
    PACKAGE_DAMAGED = "EDI-0062", Refused,
        "the gzip or ZIP package is damaged or packed by a method that is not read",
        "RFC 1952; PKWARE APPNOTE 6.3",
        "pack the message again with gzip, or as a ZIP archive with deflate, and send it as a whole";
    PACKAGE_OF_SEVERAL = "EDI-0063", Refused,
        "the ZIP archive holds no file or several",
        "one transmission a package, as agreed with this system",
        "send one archive with one file for each transmission";
    PACKAGE_ENCRYPTED = "EDI-0064", Refused,
        "the ZIP archive is protected by a password",
        "PKWARE APPNOTE 6.3, section 6.1",
        "send the archive without a password; the transport encrypts it";
    TELEGRAMS_JOINED = "EDI-0071", Info,
        "the text of several telegrams was joined to one interchange",
        "IATA/SITA Type B, message continuation",
        "nothing";
    POSSIBLE_DUPLICATE = "EDI-0072", Info,
        "the telegram is marked as a possible duplicate (PDM)",
        "IATA/SITA Type B, possible duplicate message",
        "nothing: a message that is known already changes nothing";
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
    CUT_OFF = "EDI-0104", Refused,
        "the input ends before the message does: its UNT did not arrive",
        "ISO 9735-1, clause 8",
        "send the message again as a whole; the transfer was cut off";
    MESSAGE_TOO_LARGE = "EDI-0105", Refused,
        "the message is longer than 32 MiB",
        "limit of this system",
        "send the flight in several parts";
    TOO_MANY_SEGMENTS = "EDI-0106", Refused,
        "the message has more than 400000 segments",
        "limit of this system",
        "send the flight in several parts";
    BAD_TAG = "EDI-0111", Error,
        "this is not a segment: it does not start with a tag of three capital letters or digits",
        "ISO 9735-1, clause 8",
        "release separators that stand inside of data, such as the apostrophe in a name";
    LOST_TERMINATOR = "EDI-0112", Warning,
        "the terminator between two segments is missing; they were read apart",
        "ISO 9735-1, clause 8",
        "end every segment with the terminator";
    CHARACTER_SET = "EDI-0113", Warning,
        "a byte lies outside of the character set that UNB declares; it was read as UTF-8 or ISO 8859-1",
        "ISO 9735-1, clause 6",
        "declare the character set in which the text is written, such as UNOC or UNOY";
    CONTROL_CHARACTER = "EDI-0114", Warning,
        "a control character stands inside of data",
        "ISO 9735-1, clause 6",
        "remove transport framing before the interchange is sent";
    NEEDLESS_RELEASE = "EDI-0115", Info,
        "a release character stands before a character that needs none",
        "ISO 9735-1, clause 7",
        "release separators and the release character itself, nothing else";
    LINE_BREAK = "EDI-0116", Info,
        "lines are broken inside of data; they were joined without a blank",
        "ISO 9735-1, clause 6",
        "break lines between segments only, or not at all";
    TERMINATOR_IN_TEXT = "EDI-0117", Warning,
        "the segment terminator stands inside of a text without being released",
        "ISO 9735-1, clause 7",
        "release separators that stand inside of data, such as the apostrophe in a name";
    MORE_FINDINGS = "EDI-0199", Info,
        "this message has more findings than are listed",
        "limit of this system",
        "mend the listed ones first";
}
