//! What no public source settles about a format, as data: where carriers and states agree otherwise,
//! the configuration says so, and no rule has to be changed.
//!
//! - Source: none that can be cited, which is the point; `docs/formats/assumptions.md` lists each.
//! - Invariant: what is not listed here is read as its source says. A convention changes what a
//!   message is taken to say, never whether it is taken.

use oriel_model::Text;

/// How messages are read where their formats leave it open.
///
/// ```
/// let mut conventions = oriel_messages::Conventions::default();
/// conventions.names.push(("BookingLog".into(), "History".into()));
/// let push = b"<IATA_PNRGOV_NotifRQ/>";
/// let transmission = oriel_messages::Transmission::open(push);
/// assert_eq!(transmission.decode_by(&conventions).count(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conventions {
    /// `TransactionStatusCode` of PNRGOV in XML, and the message function (PADIS 1225) it stands for:
    /// 22 every booking of the flight, 141 the changed ones. Of a code that is not here nobody knows
    /// whether it speaks of all bookings, so nobody is taken to be left out of the push.
    pub statuses: Vec<(Text, Text)>,
    /// Names of elements and attributes of PNRGOV in XML as they are sent, and as they are read here.
    pub names: Vec<(Text, Text)>,
    /// A booking in XML with neither passenger nor point of sale was cancelled or not found, as an
    /// empty ORG says in EDIFACT.
    pub bare_is_cancelled: bool,
}

impl Default for Conventions {
    /// The codes of the segments, the names that `docs/formats/pnrgov-xml.md` shows.
    fn default() -> Self {
        let statuses = [("22", "22"), ("141", "141"), ("Update", "141")];
        Self {
            statuses: statuses
                .map(|(code, function)| (code.into(), function.into()))
                .to_vec(),
            names: Vec::new(),
            bare_is_cancelled: true,
        }
    }
}

impl Conventions {
    /// The function a push in XML has by its status; 22 where none was sent.
    pub(crate) fn function(&self, status: &str) -> &str {
        match status {
            "" => "22",
            code => told(&self.statuses, code).unwrap_or_default(),
        }
    }

    /// The name under which an element or attribute is read.
    pub(crate) fn name<'a>(&'a self, sent: &'a str) -> &'a str {
        match self.names.is_empty() {
            true => sent,
            false => told(&self.names, sent).unwrap_or(sent),
        }
    }
}

fn told<'a>(rows: &'a [(Text, Text)], code: &str) -> Option<&'a str> {
    let row = rows.iter().find(|(sent, _)| sent == code);
    row.map(|(_, read)| read.as_str())
}
