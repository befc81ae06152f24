//! Single messages in every format, each with the value that it says: decode(encode(x)) = x.
//!
//! - In: a format, a seed, a number.  Out: a [`Sample`]: bytes, and the [`Message`] they say.
//! - Source: the guides of each format, restated in `docs/formats`; `sample/deviation.rs` for what
//!   carriers get wrong.
//! - Invariant: a sample depends on its format, seed and number alone, so that a run of a million
//!   can go on anywhere and a failure is made again from two numbers.
//!
//! Unlike a [`World`](crate::World) the samples are no traffic: each is drawn from everything that
//! its format has room for, whether or not anybody would travel like that.

mod bookings;
mod deviation;
mod envelope;
mod journeys;
mod legacy;
mod manifest;
mod people;
mod push;
mod push_xml;
mod sheet;
mod timetable;
mod workbook;
mod zone;

use crate::rng::Rng;
pub use deviation::{DEVIATIONS, Deviation, Expected};
use jiff::civil::{Date, date};
use oriel_model::{Message, Personal, Span};

/// One format that samples are written in.
#[derive(Debug)]
pub struct Form {
    /// Name, as `oriel simulate --formats` takes it.
    pub name: &'static str,
    /// What files of it end with.
    pub extension: &'static str,
    /// What it is, in words for the documentation.
    pub what: &'static str,
    make: fn(&mut Draw) -> (Message, Vec<u8>),
}

/// A message as it is sent, and what it says.
#[derive(Clone, Debug)]
pub struct Sample {
    /// As sent.
    pub bytes: Vec<u8>,
    /// What a reader should make of it.
    ///
    /// A schedule says flights, a machine readable zone says one traveller; what their formats have
    /// no room for is left as it is in [`Message`].
    pub says: Message,
}

/// Every format.
pub static FORMS: &[Form] = &[
    form(
        "paxlst",
        "edi",
        "PAXLST: passengers of a flight",
        manifest::passengers,
    ),
    form(
        "paxlst-crew",
        "edi",
        "PAXLST: crew, and master crew lists",
        manifest::crew,
    ),
    form(
        "paxlst-notice",
        "edi",
        "PAXLST: changes, cancellations, close-outs, gate passes",
        manifest::notice,
    ),
    form(
        "paxlst-ship",
        "edi",
        "PAXLST: passengers or crew of a ship",
        manifest::ship,
    ),
    form(
        "paxlst-land",
        "edi",
        "PAXLST: passengers of a train or coach",
        manifest::land,
    ),
    form(
        "paxlst-us",
        "edi",
        "PAXLST before D.02B, as once sent to the United States",
        legacy::list,
    ),
    form("pnrgov", "edi", "PNRGOV in UN/EDIFACT", push::push),
    form("pnrgov-xml", "xml", "PNRGOV in XML", push_xml::push),
    form(
        "fal5-csv",
        "csv",
        "IMO FAL form 5: crew of a ship, as text",
        sheet::crew,
    ),
    form(
        "fal6-csv",
        "csv",
        "IMO FAL form 6: passengers of a ship, as text",
        sheet::passengers,
    ),
    form(
        "fal5-xlsx",
        "xlsx",
        "IMO FAL form 5 as a workbook",
        workbook::crew,
    ),
    form(
        "fal6-xlsx",
        "xlsx",
        "IMO FAL form 6 as a workbook",
        workbook::passengers,
    ),
    form(
        "gendec-json",
        "json",
        "declaration of general aviation",
        sheet::declaration,
    ),
    form(
        "telegram",
        "txt",
        "PAXLST or PNRGOV in Type B telegrams",
        envelope::telegram,
    ),
    form(
        "gzip",
        "gz",
        "PAXLST or PNRGOV packed by gzip",
        envelope::gzip,
    ),
    form(
        "zip",
        "zip",
        "PAXLST or PNRGOV in an archive",
        envelope::zip,
    ),
    form(
        "ssim",
        "ssim",
        "timetable (SSIM chapter 7)",
        timetable::timetable,
    ),
    form(
        "mrz",
        "txt",
        "machine readable zone of a document (ICAO Doc 9303)",
        zone::zone,
    ),
];

const fn form(
    name: &'static str,
    extension: &'static str,
    what: &'static str,
    make: fn(&mut Draw) -> (Message, Vec<u8>),
) -> Form {
    Form {
        name,
        extension,
        what,
        make,
    }
}

impl Form {
    /// The format of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.name == name)
    }

    /// Sample `number` of `seed`.
    ///
    /// ```
    /// let form = oriel_synth::sample::Form::named("paxlst").expect("a format");
    /// let sample = form.sample(1, 7);
    /// assert!(sample.bytes.starts_with(b"UN"));
    /// assert_eq!(sample.says.envelope.kind, "PAXLST");
    /// ```
    pub fn sample(&self, seed: u64, number: u64) -> Sample {
        let (says, bytes) = (self.make)(&mut self.draw(seed, number));
        Sample { bytes, says }
    }

    fn draw(&self, seed: u64, number: u64) -> Draw {
        let place = FORMS.iter().position(|form| form.name == self.name);
        Draw::at(seed, &[7, place.unwrap_or(0) as u64, number], number)
    }
}

/// The same bookings as segments and as XML, and what both say.
pub fn both_spellings(seed: u64, number: u64) -> (Sample, Sample) {
    let mut draw = Draw::at(seed, &[9, number], number);
    let says = bookings::for_xml(&mut draw);
    let segments = push::write(&mut draw, &says);
    let xml = push_xml::write(&says);
    let sample = |bytes| Sample {
        bytes,
        says: says.clone(),
    };
    (sample(segments), sample(xml))
}

/// Where values of one sample are drawn from.
struct Draw {
    rng: Rng,
    /// Number of the sample.
    number: u64,
    /// Persons made so far.
    people: u64,
    /// Written with the plainest service characters, one whole interchange: for deviations, which
    /// change the text.
    plain: bool,
}

impl Draw {
    /// The draws of one sample, which depend on its place alone.
    fn at(seed: u64, place: &[u64], number: u64) -> Self {
        Self {
            rng: Rng::at(seed, place),
            number,
            people: 0,
            plain: false,
        }
    }
}

/// The day around which samples take place.
const DAY: Date = date(2026, 11, 22);

/// A value about an invented person, from nowhere.
fn own<T>(value: T) -> Personal<T> {
    Personal::new(value, Span::default())
}
