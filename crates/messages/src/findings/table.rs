//! Findings about crew and passenger lists in tables, and about declarations.

findings! {
    NOT_JSON = "TAB-0001", Refused,
        "the declaration is not well-formed JSON, or it ends too early",
        "RFC 8259",
        "send the declaration again as a whole, in UTF-8";
    TOO_DEEP = "TAB-0002", Refused,
        "objects of the declaration are nested more than 16 deep",
        "limit of this system",
        "send the declaration as the template has it";
    TOO_LARGE = "TAB-0003", Refused,
        "the list is longer than 32 MiB or names more than 20000 persons",
        "limit of this system",
        "send the persons of one voyage in one list";
    NO_JOURNEY = "TAB-0004", Refused,
        "the list names neither a ship, aircraft or service nor a port and date",
        "IMO FAL forms 5 and 6, items 1 to 5",
        "write ship, port and date in the rows above the list";
    NO_LIST = "TAB-0005", Refused,
        "the workbook has no sheet with the headings of a crew or passenger list, or it cannot be read",
        "IMO FAL forms 5 and 6; ECMA-376 part 1",
        "use the template: one row of headings with family name, and one row for each person";
    FROM_WORKBOOK = "TAB-0011", Info,
        "the list came as a workbook; places count in the text of its cells",
        "ECMA-376 part 1",
        "nothing";
    UNKNOWN_COLUMN = "TAB-0012", Info,
        "a heading or key is not known; what stands under it is not read",
        "IMO FAL forms 5 and 6",
        "nothing, unless it holds something that should be read";
    CELLS_BEHIND = "TAB-0013", Error,
        "a row has more cells than there are headings; what is behind the last is not read",
        "RFC 4180, section 2",
        "put values with separators in them between quotes";
    QUOTE_OPEN = "TAB-0014", Warning,
        "a quote is not closed; it is read as text",
        "RFC 4180, section 2",
        "close every quote, and double those inside of values";
    NOT_UTF8 = "TAB-0015", Warning,
        "the text is not UTF-8; it is read as Windows-1252",
        "format CSV UTF-8 of this system",
        "store the table as CSV UTF-8";
    NOBODY_NAMED = "TAB-0016", Warning,
        "a row behind the headings is no person: it has one cell alone, or neither name nor document",
        "IMO FAL forms 5 and 6",
        "write a family name in every row of the list";
    MOVEMENT_MISSING = "TAB-0021", Warning,
        "the list does not say whether the ship arrives or departs; it is read as an arrival",
        "IMO FAL forms 5 and 6, arrival or departure",
        "write arrival or departure above the list";
    DATE_ORDER = "TAB-0031", Warning,
        "day and month of a date could be changed round; it is read day first",
        "ISO 8601",
        "write dates as 1980-04-03";
    SPOILED_NUMBER = "TAB-0032", Error,
        "a spreadsheet made a rounded number of the number of a document",
        "IMO FAL forms 5 and 6, number of identity document",
        "format the column as text and write the numbers again";
}
