//! What a carrier makes of a name on its way into a message.
//!
//! - In: a passenger and the carrier's habits.  Out: the name as sent, and as it should be read.
//! - Invariant: planted persons are changed by nothing but the habits all travellers of the carrier
//!   share, so that a disguise stays what it is.

use crate::booking::{Kind, Passenger};
use crate::carrier::{Given, PaxlstStyle};
use compact_str::format_compact;
use oriel_model::Text;

/// A name as components, and as a reader should understand it.
pub(crate) struct SentName {
    pub(crate) surname: Text,
    /// Given names, title included, in the components of C080.
    pub(crate) parts: [Text; 2],
    /// Given names without the title, which a reader takes off.
    pub(crate) given: Text,
}

impl SentName {
    /// The name in a passenger list; a name beyond seven bits where the charset is to be wrong.
    pub(crate) fn in_list(passenger: &Passenger, style: &PaxlstStyle, wrong_charset: bool) -> Self {
        let person = &passenger.person;
        let (mut surname, mut given) = (person.surname.clone(), person.given.clone());
        if style.national_letters {
            let national =
                |text: &Text| text.chars().flat_map(char::to_uppercase).collect::<Text>();
            let (family, own) = (national(&person.name.family), national(&person.name.given));
            // UNOC is ISO 8859-1; no carrier sends other scripts than Latin.
            let last = if style.syntax.0 == "UNOC" {
                0xFF
            } else {
                0x24F
            };
            if [&family, &own]
                .iter()
                .all(|name| name.chars().all(|c| u32::from(c) <= last))
            {
                (surname, given) = (family, own);
            }
        }
        if wrong_charset {
            surname.push('Ü');
        }
        // Only people who are nobody's disguise are swapped by mistake.
        if style.swaps && passenger.one_in(40) && passenger.planted.is_none() && !given.is_empty() {
            std::mem::swap(&mut surname, &mut given);
        }
        let limit = if style.release == "15B" { 70 } else { 35 };
        let surname = cut(surname, limit.min(style.room));
        let given = cut(given, limit.min(style.room - surname.chars().count()));
        let parts = match style.given {
            Given::Apart => match given.split_once(' ') {
                Some((first, rest)) => [Text::from(first), Text::from(rest)],
                None => [given.clone(), Text::default()],
            },
            _ => [
                with_title(&given, title(passenger), style.given),
                Text::default(),
            ],
        };
        Self {
            surname,
            parts,
            given: untitled(&given, style.given),
        }
    }
}

/// Given names as `style` sends them, without the title.
pub(crate) fn untitled(given: &str, style: Given) -> Text {
    match style {
        Given::Together | Given::GluedTitle => given.replace(' ', "").into(),
        Given::Apart | Given::SpacedTitle => given.into(),
    }
}

/// Given names and title as `style` runs them together.
pub(crate) fn with_title(given: &str, title: &str, style: Given) -> Text {
    match style {
        Given::Apart => given.into(),
        Given::Together => given.replace(' ', "").into(),
        Given::GluedTitle if given.is_empty() => "FNU".into(),
        Given::GluedTitle => format_compact!("{}{title}", given.replace(' ', "")),
        Given::SpacedTitle if given.is_empty() => title.into(),
        Given::SpacedTitle => format_compact!("{given} {title}"),
    }
}

/// The title that reservation systems put behind the given names.
pub(crate) fn title(passenger: &Passenger) -> &'static str {
    match (passenger.kind, passenger.person.woman) {
        (Kind::Adult, true) if passenger.one_in(2) => "MRS",
        (Kind::Adult, true) => "MS",
        (Kind::Adult, false) => "MR",
        (_, true) => "MISS",
        (_, false) => "MSTR",
    }
}

/// At most `limit` letters, without a blank at the end.
fn cut(mut text: Text, limit: usize) -> Text {
    if let Some((at, _)) = text.char_indices().nth(limit) {
        text.truncate(at);
        let end = text.trim_end().len();
        text.truncate(end);
    }
    text
}
