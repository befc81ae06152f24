//! Tables of segments: which may follow which, how often.
//!
//! - In: the tags of a message in order.  Out: whether they fit its table, or the first that does
//!   not.
//! - Source: ISO 9735-4 for CONTRL; UN/EDIFACT directory for CUSRES, cut to the API subset; PNRGOV
//!   guide for ACKRES and GOVREQ.
//! - Invariant: every tag is looked at once for each row it can stand in; nothing is read twice.

/// A row: a segment, or a group whose first segment opens it.
pub(super) enum Row {
    /// Tag, least and most.
    Segment(&'static str, u32, u32),
    /// Least and most, rows.
    Group(u32, u32, &'static [Row]),
}

use Row::{Group, Segment};

const MANY: u32 = 999_999;

static CONTRL: &[Row] = &[
    Segment("UNH", 1, 1),
    Segment("UCI", 1, 1),
    Group(0, MANY, MESSAGE_RESPONSE),
    Group(
        0,
        MANY,
        &[Segment("UCF", 1, 1), Group(0, MANY, MESSAGE_RESPONSE)],
    ),
    Segment("UNT", 1, 1),
];

static MESSAGE_RESPONSE: &[Row] = &[
    Segment("UCM", 1, 1),
    Group(0, 999, &[Segment("UCS", 1, 1), Segment("UCD", 0, 99)]),
];

static ACKRES: &[Row] = &[
    Segment("UNH", 1, 1),
    Segment("MSG", 1, 1),
    Segment("ERC", 0, 99),
    Segment("UNT", 1, 1),
];

static CUSRES: &[Row] = &[
    Segment("UNH", 1, 1),
    Segment("BGM", 1, 1),
    Group(
        0,
        999,
        &[
            Segment("RFF", 1, 1),
            Segment("DTM", 0, 9),
            Segment("LOC", 0, 9),
        ],
    ),
    Group(
        0,
        99_999,
        &[
            Segment("ERP", 1, 1),
            Segment("RFF", 0, 9),
            Segment("ERC", 0, 9),
            Segment("FTX", 0, 9),
        ],
    ),
    Segment("UNT", 1, 1),
];

static GOVREQ: &[Row] = &[
    Segment("UNH", 1, 1),
    Segment("MSG", 1, 1),
    Segment("ORG", 1, 1),
    Segment("TVL", 0, 1),
    Segment("RCI", 0, 1),
    Segment("UNT", 1, 1),
];

/// The table of a message type.
pub(super) fn table(kind: &str) -> Option<&'static [Row]> {
    Some(match kind {
        "CONTRL" => CONTRL,
        "ACKRES" => ACKRES,
        "CUSRES" => CUSRES,
        "GOVREQ" => GOVREQ,
        _ => return None,
    })
}

/// Whether `tags` fit a table; otherwise the number of the first that does not, UNH being 1.
pub(super) fn fits(rows: &[Row], tags: &[[u8; 3]]) -> Result<(), u32> {
    let mut at = 0;
    walk(rows, tags, &mut at)?;
    match at == tags.len() {
        true => Ok(()),
        false => Err(at as u32 + 1),
    }
}

fn walk(rows: &[Row], tags: &[[u8; 3]], at: &mut usize) -> Result<(), u32> {
    for row in rows {
        let (least, most) = match row {
            Segment(_, least, most) | Group(least, most, _) => (*least, *most),
        };
        let mut count = 0;
        while count < most && tags.get(*at).is_some_and(|tag| opens(row, tag)) {
            match row {
                Segment(..) => *at += 1,
                Group(_, _, rows) => walk(rows, tags, at)?,
            }
            count += 1;
        }
        if count < least {
            return Err(*at as u32 + 1);
        }
    }
    Ok(())
}

/// Whether a tag is that of a row, or of the first segment of its group.
fn opens(row: &Row, tag: &[u8; 3]) -> bool {
    match row {
        Segment(name, ..) => name.as_bytes() == tag,
        Group(_, _, rows) => rows.first().is_some_and(|first| opens(first, tag)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: &str, tags: &str, expect: Result<(), u32>) {
        let tags: Vec<[u8; 3]> = tags
            .split(' ')
            .map(|tag| tag.as_bytes().try_into().unwrap())
            .collect();
        assert_eq!(fits(table(kind).unwrap(), &tags), expect);
    }

    #[test]
    fn a_message_fits_its_table_or_the_first_segment_that_does_not_is_named() {
        check("ACKRES", "UNH MSG ERC ERC UNT", Ok(()));
        check("ACKRES", "UNH ERC UNT", Err(2));
        check("CONTRL", "UNH UCI UCM UCM UCS UCS UCD UNT", Ok(()));
        check("CONTRL", "UNH UCI UCF UCM UCS UCF UCM UNT", Ok(()));
        check("CONTRL", "UNH UCI UCS UNT", Err(3));
        check(
            "CUSRES",
            "UNH BGM RFF RFF DTM LOC ERP RFF RFF ERC FTX ERP ERC UNT",
            Ok(()),
        );
        check("CUSRES", "UNH BGM ERP RFF UNT UNT", Err(6));
        check("GOVREQ", "UNH MSG ORG RCI TVL UNT", Err(5));
    }
}
