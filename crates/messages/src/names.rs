//! Reads person names as reservation systems and check-in systems write them.
//!
//! - In: the name components of a message.  Out: what is a name and what is only a title.
//! - Source: AIRIMP name conventions; WCO/IATA/ICAO PAXLST guide, NAD of group 4.
//! - Invariant: the parts returned are parts of the text given, so places in the message hold. A
//!   title is taken off only where a name remains.

/// Titles that are written straight behind a given name, without a blank: `JOHNMR`.
///
/// Frequent ones first; none ends in another one. Only those that given names do not end in:
/// `NASIR`, `IMOGEN` and `YUSRA` are names.
const GLUED: &[&str] = &[
    "MR", "MRS", "MS", "MISS", "MSTR", "CHD", "INF", "DR", "MSTER", "INFT", "ADT", "MASTER",
    "MISTRESS",
];

/// The last two letters of a title that is written so.
fn ends_like_glued(end: &[u8; 2]) -> bool {
    matches!(
        end,
        b"SS" | b"ER" | b"TR" | b"RS" | b"HD" | b"FT" | b"NF" | b"DT" | b"MR" | b"MS" | b"DR"
    )
}

/// `MISTRESS`.
const LONGEST_GLUED: usize = 8;

/// Titles that are recognised behind a blank, besides those above. `COL`, `GEN` and `LADY` are
/// not among them: they are given names somewhere.
const APART: &[&str] = &[
    "REVEREND", "MADAME", "DOCTOR", "PROF", "CAPT", "HERR", "FRAU", "SRTA", "REV", "SIR", "MDM",
    "MME", "SRA", "SR",
];

/// Given names that end in a title by chance.
const NOT_TITLED: &[&str] = &["ANDR", "BADR", "KHADR", "QADR", "SADR", "ADAMS", "WILLIAMS"];

/// The last two letters of one of them.
fn ends_like_apart(end: &[u8; 2]) -> bool {
    matches!(
        end,
        b"ND"
            | b"ME"
            | b"OR"
            | b"OF"
            | b"PT"
            | b"RR"
            | b"AU"
            | b"TA"
            | b"EV"
            | b"IR"
            | b"DM"
            | b"RA"
            | b"SR"
    )
}

/// What is sent for a given name that is not known or does not exist.
const NO_NAME: &[&str] = &[
    "FNU",
    "NFN",
    "NOFIRSTNAME",
    "XXX",
    ".",
    "-",
    "NIL",
    "NA",
    "N/A",
];

/// Takes the title off the end of a given name: `TOBINMR`, `TOBIN MR`, `IDAMRSDR`.
///
/// What comes back are slices of `given`: the name, and the title with the blanks between titles.
pub(crate) fn split_title(given: &str) -> (&str, Option<&str>) {
    let mut name = given;
    // Two titles are as many as a person bears: `MRSDR`.
    for _ in 0..2 {
        match strip_one(name) {
            Some(rest) => name = rest,
            None => break,
        }
    }
    let title = given[name.len()..].trim_ascii();
    (name, (!title.is_empty()).then_some(title))
}

/// Whether what was sent as a given name is nothing but a title.
pub(crate) fn is_only_title(given: &str) -> bool {
    let end = given.as_bytes().last_chunk::<2>();
    given.len() <= LONGEST_GLUED
        && end.is_some_and(|end| ends_like_glued(&end.map(|letter| letter.to_ascii_uppercase())))
        && GLUED.iter().any(|title| title.eq_ignore_ascii_case(given))
}

/// Whether a given name only says that there is none.
pub(crate) fn is_placeholder(given: &str) -> bool {
    given.len() <= 3 && NO_NAME.iter().any(|none| none.eq_ignore_ascii_case(given))
}

/// Splits `SURNAME/GIVEN`, sent in one component, at the first slash.
pub(crate) fn split_slash(name: &str) -> Option<(&str, &str)> {
    let slash = name.bytes().position(|byte| byte == b'/')?;
    let (surname, given) = (name[..slash].trim_ascii(), &name[slash + 1..]);
    (!surname.is_empty()).then_some((surname, given.trim_ascii()))
}

fn strip_one(name: &str) -> Option<&str> {
    // No title ends otherwise; most names do.
    let end = name.as_bytes().last_chunk::<2>()?;
    let end = &end.map(|letter| letter.to_ascii_uppercase());
    let glued = ends_like_glued(end);
    if !glued && !ends_like_apart(end) {
        return None;
    }
    if let Some((rest, last)) = split_last_word(name)
        && (glued && is_only_title(last)
            || APART.iter().any(|title| title.eq_ignore_ascii_case(last)))
    {
        let rest = rest.trim_ascii_end();
        return (!rest.is_empty()).then_some(rest);
    }
    if !glued {
        return None;
    }
    if NOT_TITLED.iter().any(|whole| ends_with(name, whole)) {
        return None;
    }
    let title = GLUED.iter().find(|title| ends_with(name, title))?;
    let rest = name[..name.len() - title.len()].trim_ascii_end();
    let mut letters = rest.chars().filter(|c| c.is_alphabetic());
    letters.nth(1).map(|_| rest)
}

/// What stands before and behind the last blank. Names are so short that looking at each byte costs
/// less than a search.
pub(crate) fn split_last_word(name: &str) -> Option<(&str, &str)> {
    let blank = name.bytes().rposition(|byte| byte == b' ')?;
    Some((&name[..blank], &name[blank + 1..]))
}

fn ends_with(text: &str, end: &str) -> bool {
    text.len() >= end.len()
        && text.as_bytes()[text.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, expect: &str) {
        let (name, title) = split_title(given);
        assert_eq!(format!("{name}|{}", title.unwrap_or("")), expect);
    }

    #[test]
    fn titles_come_off_the_end_of_given_names() {
        check("LIONELMR", "LIONEL|MR");
        check("LIONEL MR", "LIONEL|MR");
        check("IDAMRS", "IDA|MRS");
        check("IDAMRSDR", "IDA|MRSDR");
        check("IDA MRS DR", "IDA|MRS DR");
        check("NOAHMSTR", "NOAH|MSTR");
        check("AVAMISS", "AVA|MISS");
        check("ANNA MARIA SRA", "ANNA MARIA|SRA");
        check("Ida Mrs", "Ida|Mrs");
        check("LIMR", "LI|MR");
    }

    #[test]
    fn every_title_is_recognised_behind_a_blank() {
        for title in GLUED.iter().chain(APART) {
            check(&format!("LIONEL {title}"), &format!("LIONEL|{title}"));
        }
    }

    #[test]
    fn names_that_end_like_titles_stay_whole() {
        for name in [
            "NASIR",
            "IMOGEN",
            "YUSRA",
            "AMR",
            "OMR",
            "ALEXANDR",
            "AISHA BADR",
            "WILLIAMS",
            "MR",
            "MS",
            "",
            "SIR",
            "JÜRG",
            "É",
        ] {
            check(name, &format!("{name}|"));
        }
    }

    #[test]
    fn a_slash_splits_a_name_sent_in_one_piece() {
        assert_eq!(split_slash("SMITH/JOHN"), Some(("SMITH", "JOHN")));
        assert_eq!(split_slash("SMITH/"), Some(("SMITH", "")));
        assert_eq!(split_slash("/JOHN"), None);
        assert_eq!(split_slash("LANG KRISTIN"), None);
    }

    #[test]
    fn placeholders_are_no_names() {
        for none in ["FNU", "fnu", "XXX", "."] {
            assert!(is_placeholder(none), "{none}");
        }
        assert!(!is_placeholder("XAVER"));
    }
}
