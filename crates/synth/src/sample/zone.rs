//! Machine readable zones of samples.
//!
//! - Source: ICAO Doc 9303, parts 3 to 7.

use super::envelope::text;
use super::{Draw, own};
use crate::dates::yymmdd;
use compact_str::format_compact;
use oriel_model::{
    BirthDate, Document, Envelope, Function, Message, Part, PartialDate, Role, Sex, Text, Traveller,
};

/// The five layouts: letters with which they may begin, lines and columns.
const LAYOUTS: &[(&[&str], usize, usize)] = &[
    (&["P", "PD", "PS"], 2, 44),
    (&["I", "A", "C"], 3, 30),
    (&["I", "C"], 2, 36),
    (&["V"], 2, 44),
    (&["V"], 2, 36),
];

pub(super) fn zone(draw: &mut Draw) -> (Message, Vec<u8>) {
    let &(kinds, lines, width) = draw.rng.row(LAYOUTS);
    let mut person = draw.person((400, 90 * 365));
    // The field of a name has no room for long ones in cards; a cut name is another case.
    let room = if lines == 3 { 10 } else { 14 };
    let short = |name: &str| -> Text {
        name.chars()
            .filter(char::is_ascii_uppercase)
            .take(room)
            .collect()
    };
    (person.surname, person.given) = (short(&person.surname), short(&person.given));
    let mut traveller = Traveller::new(Role::Passenger);
    traveller.name = draw.name(&person);
    traveller.name.title = None;
    traveller.name.surname = Some(own(person.surname.clone()));
    let birth = BirthDate {
        date: Some(PartialDate::from_date(person.birth)),
        text: None,
    };
    traveller.birth = Some(own(birth));
    traveller.sex = Some(own(draw
        .rng
        .row(&[Sex::Male, Sex::Female, Sex::Unspecified])
        .clone()));
    traveller.nationalities = vec![draw.state()];
    let length = draw.rng.between(6, 9) as usize;
    traveller.documents = vec![Document {
        kind: draw.rng.pick(kinds).into(),
        number: Some(own(draw.code(length))),
        issuer: Some(draw.state()),
        expires: Some(own(draw.day_near(-100, 3500))),
        ..Document::default()
    }];
    let bytes = write(&traveller, lines, width).into_bytes();
    let envelope = Envelope {
        kind: "MRZ".into(),
        version: Text::default(),
        reference: Text::default(),
        interchange: Text::default(),
        function: Function::Other,
        sender: Text::default(),
        recipient: Text::default(),
        sent: None,
        access_reference: None,
        transaction: None,
        part: Part {
            number: 1,
            last: true,
        },
        test: false,
    };
    let says = Message {
        envelope,
        flights: Vec::new(),
        travellers: vec![traveller],
        bookings: Vec::new(),
        announced: None,
    };
    (says, bytes)
}

fn write(person: &Traveller, lines: usize, width: usize) -> String {
    let document = &person.documents[0];
    let day = |date: Option<PartialDate>| {
        date.and_then(PartialDate::date)
            .map(yymmdd)
            .unwrap_or_default()
    };
    let checked = |field: &str| format!("{field}{}", check(field));
    let number = checked(&format!("{:<<9}", text(document.number.as_ref())));
    let birth = checked(&day(person
        .birth
        .as_ref()
        .and_then(|birth| birth.expose().date)));
    let expires = checked(&day(document.expires.as_ref().map(|date| *date.expose())));
    let state = |at: Option<&oriel_model::Personal<oriel_model::Country>>| {
        format_compact!("{:<<3}", at.map_or("", |state| state.expose().as_str()))
    };
    let (issuer, nationality) = (
        state(document.issuer.as_ref()),
        state(person.nationalities.first()),
    );
    let sex = match person.sex.as_ref().map(|sex| sex.expose()) {
        Some(Sex::Male) => "M",
        Some(Sex::Female) => "F",
        _ => "<",
    };
    let kind = format!("{:<<2}", document.kind);
    let given = text(person.name.given.as_ref());
    let name = match given.is_empty() {
        true => text(person.name.surname.as_ref()).to_owned(),
        false => format!("{}<<{given}", text(person.name.surname.as_ref())),
    };
    if lines == 3 {
        let first = format!("{kind}{issuer}{number:<<25}");
        let second = format!("{birth}{sex}{expires}{nationality}{:<<11}", "");
        let all = format!(
            "{}{}{}{}",
            &first[5..],
            &second[..7],
            &second[8..15],
            &second[18..29]
        );
        return format!("{first}\n{second}{}\n{name:<<30}\n", check(&all));
    }
    let first = format!("{kind}{issuer}{name:<<rest$}", rest = width - 5);
    let second = format!("{number}{nationality}{birth}{sex}{expires}");
    if kind.starts_with('V') {
        return format!("{first}\n{second:<<width$}\n");
    }
    // The optional field is empty, and so is its own check digit in the long layout.
    let second = format!("{second:<<rest$}", rest = width - 1);
    let all = format!("{}{}{}", &second[..10], &second[13..20], &second[21..]);
    format!("{first}\n{second}{}\n", check(&all))
}

/// Weights 7, 3, 1; letters from 10 on.
fn check(field: &str) -> u32 {
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    };
    field
        .bytes()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(byte, weight)| value(byte) * weight)
        .sum::<u32>()
        % 10
}
