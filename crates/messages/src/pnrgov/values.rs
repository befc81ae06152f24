//! Single values out of components: text, codes and numbers, with a finding where the shape is
//! wrong.

use super::Reader;
use crate::findings::pnrgov as findings;
use crate::states::State;
use oriel_edifact::Part;
use oriel_model::{Carrier, Country, Personal, Port, Text};
use std::borrow::Cow;

/// The text without blanks around it; `None` when nothing is left.
pub(super) fn text(part: Part<'_>) -> Option<Text> {
    if part.is_empty() {
        return None;
    }
    let text = part.trimmed();
    (!text.is_empty()).then(|| Text::from(&*text))
}

/// The bytes of a code, without blanks around it and line breaks inside.
pub(super) fn code(part: Part<'_>) -> Cow<'_, [u8]> {
    part.code()
}

/// A small number; `None` when it is not one.
pub(super) fn number<T: std::str::FromStr>(part: Part<'_>) -> Option<T> {
    part.trimmed().parse().ok()
}

/// The stretch of `part` in which `piece`, a piece of its text, stands. Where reading had to undo
/// something, the text is a copy and it is the whole part.
pub(super) fn stretch<'a>(part: Part<'a>, piece: &str) -> Part<'a> {
    let raw = part.raw();
    let start = (piece.as_ptr() as usize).wrapping_sub(raw.as_ptr() as usize);
    match start.checked_add(piece.len()) {
        Some(end) if end <= raw.len() => part.slice(start..end),
        _ => part,
    }
}

impl<'a> Reader<'_, 'a, '_> {
    /// A text about a person, with its place.
    pub(super) fn personal(&self, part: Part<'_>) -> Option<Personal<Text>> {
        text(part).map(|text| self.body.personal(text, part))
    }

    /// An airport or city.
    pub(super) fn airport(&mut self, part: Part<'a>) -> Option<Port> {
        self.shaped(part, Port::airport(&part.trimmed()).ok())
    }

    /// An airline.
    pub(super) fn carrier(&mut self, part: Part<'a>) -> Option<Carrier> {
        self.shaped(part, Carrier::parse(&part.trimmed()).ok())
    }

    /// A state, in three letters or two.
    pub(super) fn country(&mut self, part: Part<'a>) -> Option<Personal<Country>> {
        let sent = part.trimmed();
        if sent.is_empty() {
            return None;
        }
        let state = State::read(&sent);
        match state {
            State::Unreadable => self.body.report(&findings::BAD_CODE, part.span()),
            State::Unlisted(_) => self.body.report(&findings::UNLISTED_STATE, part.span()),
            State::Listed(_) | State::FromAlpha2(_) => {}
        }
        Some(self.body.personal(state.country()?, part))
    }

    fn shaped<T>(&mut self, part: Part<'a>, value: Option<T>) -> Option<T> {
        if value.is_none() && !code(part).is_empty() {
            self.body.report(&findings::BAD_CODE, part.span());
        }
        value
    }
}
