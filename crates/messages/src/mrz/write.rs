//! Writes a machine-readable zone: names in any script to A-Z, fillers, check digits, truncation.
//!
//! - Source: ICAO Doc 9303 part 3, sections 4 and 6; parts 4 to 7 for the layouts.

use super::check::digit_of;
use super::{Layout, Zone};
use oriel_model::{PartialDate, Sex};

/// A value that has no room in the layout, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {0} has no room in this layout")]
pub struct TooLong(
    /// Which value.
    pub &'static str,
);

/// Writes `zone` in its layout, lines separated by a line break. Names that are too long are cut
/// off at the end of their field; check digits are computed anew.
pub fn write(zone: &Zone) -> Result<String, TooLong> {
    let layout = zone.layout;
    let places = layout.places();
    let lines = if layout == Layout::Td1 { 3 } else { 2 };
    let mut line = vec![b'<'; lines * layout.width()];
    let document = &zone.document;
    put(
        &mut line,
        0,
        2,
        &letters(&document.kind),
        "kind of document",
    )?;
    let issuer = document
        .issuer
        .as_ref()
        .map_or("", |state| state.expose().as_str());
    put(&mut line, 2, 5, issuer, "issuing state")?;
    let nationality = zone
        .nationality
        .as_ref()
        .map_or("", |state| state.expose().as_str());
    put(
        &mut line,
        places.nationality,
        places.nationality + 3,
        nationality,
        "nationality",
    )?;
    let birth = zone.birth.as_ref().and_then(|birth| birth.expose().date);
    dated(&mut line, places.birth, birth);
    dated(
        &mut line,
        places.expires,
        document.expires.as_ref().map(|date| *date.expose()),
    );
    line[places.sex] = match zone.sex.as_ref().map(|sex| sex.expose()) {
        Some(Sex::Male) => b'M',
        Some(Sex::Female) => b'F',
        _ => b'<',
    };
    name(&mut line[places.name.0..places.name.1], zone);
    let optional = zone
        .optional
        .as_ref()
        .map_or(String::new(), |text| letters(text.expose()));
    let number = document
        .number
        .as_ref()
        .map_or("", |number| number.expose().as_str());
    let from = number_of(&mut line, zone, number, !optional.is_empty())?;
    let (_, to) = places.optional[0];
    if layout == Layout::Td1 && !optional.is_empty() && from > places.optional[0].0 {
        put(
            &mut line,
            places.optional[1].0,
            places.optional[1].1,
            &optional,
            "optional data",
        )?;
    } else {
        put(&mut line, from, to, &optional, "optional data")?;
    }
    if let Some(digit) = places.optional_check {
        let (from, to) = places.optional[0];
        line[digit] = match optional.is_empty() {
            true => b'<',
            false => digit_of(&line[from..to]),
        };
    }
    if let Some(digit) = places.composite {
        let over = places.over.iter().flat_map(|(from, to)| &line[*from..*to]);
        line[digit] = digit_of(&over.copied().collect::<Vec<u8>>());
    }
    let lines = line.chunks(layout.width());
    let lines: Vec<_> = lines
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    Ok(lines.join("\n"))
}

/// Writes the number with its digit; where the optional data behind it begins.
fn number_of(line: &mut [u8], zone: &Zone, number: &str, more: bool) -> Result<usize, TooLong> {
    let places = zone.layout.places();
    let (from, (rest, to)) = (places.number, places.optional[0]);
    let plain = letters(number);
    if plain.len() <= 9 {
        put(line, from, from + 9, &plain, "number")?;
        line[from + 9] = digit_of(&line[from..from + 9]);
        return Ok(rest);
    }
    let longest = to - rest - 2;
    let fits = plain.len() - 9 <= longest;
    let has_room = matches!(zone.layout, Layout::Td1) || (zone.layout == Layout::Td2 && !more);
    if !fits || !has_room {
        return Err(TooLong("number"));
    }
    put(line, from, from + 9, &plain[..9], "number")?;
    put(line, rest, to, &plain[9..], "number")?;
    let end = rest + plain.len() - 9;
    line[end] = digit_of(plain.as_bytes());
    Ok(end + 2)
}

fn put(
    line: &mut [u8],
    from: usize,
    to: usize,
    text: &str,
    what: &'static str,
) -> Result<(), TooLong> {
    let field = line.get_mut(from..to.max(from)).ok_or(TooLong(what))?;
    if text.len() > field.len() {
        return Err(TooLong(what));
    }
    field[..text.len()].copy_from_slice(text.as_bytes());
    Ok(())
}

/// `YYMMDD`, unknown parts as fillers, with its digit behind it.
fn dated(line: &mut [u8], from: usize, date: Option<PartialDate>) {
    if let Some(date) = date {
        let two =
            |number: Option<u8>| number.map_or("<<".to_owned(), |number| format!("{number:02}"));
        let year = date.year().rem_euclid(100);
        let text = format!("{year:02}{}{}", two(date.month()), two(date.day()));
        line[from..from + 6].copy_from_slice(text.as_bytes());
    }
    line[from + 6] = digit_of(&line[from..from + 6]);
}

/// Primary, two fillers, secondary; what does not fit is cut off.
fn name(field: &mut [u8], zone: &Zone) {
    let part = |text: &Option<oriel_model::Personal<oriel_model::Text>>| {
        text.as_ref()
            .map_or(String::new(), |text| letters(text.expose()))
    };
    let (primary, secondary) = (part(&zone.name.surname), part(&zone.name.given));
    let whole = match secondary.is_empty() {
        true => primary,
        false => format!("{primary}<<{secondary}"),
    };
    for (place, byte) in field.iter_mut().zip(whole.bytes()) {
        *place = byte;
    }
}

/// Any text in the characters of the zone: digits stay, letters by the tables of part 3, words
/// apart by one filler.
fn letters(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let split = |digits: bool| {
            rest.find(|c: char| c.is_ascii_digit() != digits)
                .unwrap_or(rest.len())
        };
        let digits = rest.starts_with(|c: char| c.is_ascii_digit());
        let (piece, behind) = rest.split_at(split(digits));
        if digits {
            out.push_str(piece);
        } else {
            let apart = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric());
            if apart(piece.chars().next()) && !out.is_empty() {
                out.push('<');
            }
            out.push_str(&oriel_names::romanise(piece).text.replace([' ', ','], "<"));
            if apart(piece.chars().next_back()) && !out.ends_with('<') && !behind.is_empty() {
                out.push('<');
            }
        }
        rest = behind;
    }
    out
}
