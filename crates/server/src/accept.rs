//! Which form of answer a carrier asks for: the header `Accept` of `POST /messages`.
//!
//! - Source: RFC 9110, section 12.5.1; the media type of EDIFACT is that of RFC 1767.
//! - Invariant: of two forms that are wanted alike the first of [`Answer::ALL`] is given, so that who
//!   asks for nothing gets JSON.

use axum::http::{HeaderMap, header};
use oriel_messages::reply::Form;

/// A form of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The receipt, with the answer to each message in it.
    Json,
    /// CONTRL or ACKRES for each message, one interchange behind the other.
    Edifact,
    /// The response to one push of bookings.
    Xml,
}

impl Answer {
    const ALL: [Self; 3] = [Self::Json, Self::Edifact, Self::Xml];

    /// The media type it is sent as.
    pub(crate) fn media_type(self) -> &'static str {
        self.names()[0]
    }

    /// Its media types.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["application/json"],
            Self::Edifact => &["application/edifact"],
            Self::Xml => &["application/xml", "text/xml"],
        }
    }

    /// The form in which messages are answered; JSON holds whatever was agreed.
    pub(crate) fn form(self) -> Form {
        match self {
            Self::Json => Form::AsSent,
            Self::Edifact => Form::Edifact,
            Self::Xml => Form::Xml,
        }
    }

    /// How much it is wanted, in thousandths; the most specific range that fits it counts.
    fn wanted(self, ranges: &[(String, u16)]) -> u16 {
        let fits = |range: &str| {
            let exact = self.names().contains(&range);
            let kind = self.names().iter().any(|name| {
                let kind = name.split('/').next();
                range.strip_suffix("/*") == kind
            });
            match (exact, kind) {
                (true, _) => 3,
                (_, true) => 2,
                _ => u16::from(range == "*/*"),
            }
        };
        let best = ranges.iter().map(|(range, q)| (fits(range), *q)).max();
        best.map_or(0, |(fit, q)| if fit == 0 { 0 } else { q })
    }
}

/// The forms that a request accepts, what is wanted most first.
pub(crate) fn accepted(headers: &HeaderMap) -> Vec<Answer> {
    let values = headers.get_all(header::ACCEPT).iter();
    let ranges: Vec<(String, u16)> = values
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .map(range)
        .collect();
    let mut forms = Answer::ALL.to_vec();
    if !ranges.is_empty() {
        forms.retain(|form| form.wanted(&ranges) > 0);
        forms.sort_by_key(|form| std::cmp::Reverse(form.wanted(&ranges)));
    }
    forms
}

/// A media range and its weight in thousandths; one that cannot be read weighs as much as any.
fn range(text: &str) -> (String, u16) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
    let weight = weight.and_then(|weight| weight.parse::<f32>().ok());
    let weight = weight.unwrap_or(1.0).clamp(0.0, 1.0);
    (name, (weight * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Answer::{Edifact, Json, Xml};

    #[track_caller]
    fn check(accept: &str, expect: &[Answer]) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        assert_eq!(accepted(&headers), expect, "{accept}");
    }

    #[test]
    fn the_form_that_is_wanted_most_comes_first_and_json_where_nothing_decides() {
        assert_eq!(accepted(&HeaderMap::new()), [Json, Edifact, Xml]);
        check("", &[Json, Edifact, Xml]);
        check("*/*", &[Json, Edifact, Xml]);
        check("application/EDIFACT", &[Edifact]);
        check("text/xml", &[Xml]);
        check("text/*", &[Xml]);
        check(
            "application/json;q=0.5, application/edifact",
            &[Edifact, Json],
        );
        check("*/*;q=0.1, application/xml", &[Xml, Json, Edifact]);
        check("*/*, application/json;q=0", &[Edifact, Xml]);
        check("text/html, image/png", &[]);
    }
}
