//! Findings about messages in XML.

findings! {
    NOT_WELL_FORMED = "XML-0001", Refused,
        "the document is not well-formed XML, or it ends too early",
        "XML 1.0, section 2.1",
        "send the document again as a whole";
    DOCUMENT_TYPE = "XML-0002", Refused,
        "the document has a document type declaration",
        "XML 1.0, section 2.8; rule of this system against entity expansion",
        "send the document without DOCTYPE and without entities of its own";
    TOO_DEEP = "XML-0003", Refused,
        "elements are nested more than 32 deep",
        "limit of this system",
        "send the document as the schema has it";
    TOO_LARGE = "XML-0004", Refused,
        "the document is longer than 32 MiB",
        "limit of this system",
        "send the flight in several parts";
    NOT_UTF8 = "XML-0005", Refused,
        "the document is not UTF-8",
        "XML 1.0, section 4.3.3",
        "write the document in UTF-8";
    NOT_A_PUSH = "XML-0006", Refused,
        "the document is not a PNRGOV notification",
        "IATA PNRGOV XML implementation guide, IATA_PNRGOV_NotifRQ",
        "send IATA_PNRGOV_NotifRQ";
    UNKNOWN_ELEMENT = "XML-0011", Info,
        "an element of this name is not read",
        "IATA PNRGOV XML implementation guide",
        "nothing, unless it holds something that should be read";
}
