//! Persons of samples: every field of a traveller that the format in hand has room for.
//!
//! Invariant: what a reader cannot tell from something else is not drawn: no given name ends like a
//! title, no surname like a suffix.

use super::{DAY, Draw, own};
use crate::culture::CULTURES;
use crate::person::{Person, Wanted, days_before, person};
use crate::place::FAR;
use compact_str::format_compact;
use jiff::ToSpan;
use jiff::civil::Date;
use oriel_model::{
    Bag, BirthDate, Country, Document, PartialDate, PersonName, Personal, Port, Role, Sex, Text,
    Traveller,
};

/// Names that end like this are read as names with a title or suffix behind them, or as no name.
const UNSURE: &[&str] = &[
    "MISTRESS", "MASTER", "MSTER", "MSTR", "MISS", "INFT", "MRS", "CHD", "INF", "ADT", "MR", "MS",
    "DR", "JR", "REVEREND", "MADAME", "DOCTOR", "PROF", "CAPT", "HERR", "FRAU", "SRTA", "REV",
    "SIR", "MDM", "MME", "SRA", "SR", "NA", "NIL", "FNU", "NFN", "XXX",
];

/// Titles as carriers glue them on. `DR` behind a name in `AN` would be the end of the name.
const TITLES: &[&str] = &["MR", "MRS", "MS", "MSTR", "MISS"];

/// States of nationality and residence; the last is not in ISO 3166-1.
const STATES: &[&str] = &[
    "UTO", "NOR", "ISL", "PRT", "IDN", "NGA", "BRA", "JPN", "XXA", "GBD",
];

impl Draw {
    /// Everyone in fifty of a hundred.
    pub(super) fn maybe<T>(
        &mut self,
        percent: usize,
        make: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        self.rng.percent(percent).then(|| make(self))
    }

    /// A person of an age in days on [`DAY`].
    pub(super) fn person(&mut self, age: (i64, i64)) -> Person {
        self.people += 1;
        let id = (self.number << 6 | self.people) & 0xFFFF_FFFF;
        let wanted = Wanted {
            id,
            culture: self.rng.row(CULTURES),
            woman: self.rng.percent(50),
            age_days: self.rng.between(age.0, age.1),
            day: DAY,
            family: None,
        };
        let mut person = person(&mut self.rng, wanted);
        let limit =
            |name: &str| -> Text { name.chars().take(24).collect::<String>().trim_end().into() };
        person.surname = limit(&person.surname);
        person.given = limit(&person.given);
        if is_unsure(&person.surname) || person.surname.len() < 3 {
            person.surname = "QUELLANDER".into();
        }
        if is_unsure(&person.given) || (1..3).contains(&person.given.len()) {
            person.given = "TOBIN MARIS".into();
        }
        person
    }

    /// The name of a person as sent, with a title or without.
    pub(super) fn name(&mut self, person: &Person) -> PersonName {
        let mut surname = person.surname.clone();
        if self.rng.percent(10) {
            surname = format_compact!("O'{surname}");
        }
        let given = Some(person.given.clone()).filter(|given| !given.is_empty());
        PersonName {
            surname: Some(own(surname)),
            given: given.map(own),
            title: self.maybe(15, |draw| draw.rng.pick(TITLES).into()),
            maybe_truncated: false,
        }
    }

    /// A state.
    pub(super) fn state(&mut self) -> Personal<Country> {
        own(country(self.rng.pick(STATES)))
    }

    /// An airport.
    pub(super) fn airport(&mut self) -> Port {
        airport(self.rng.row(FAR).code)
    }

    /// A text of capital letters and digits.
    pub(super) fn code(&mut self, letters: usize) -> Text {
        (0..letters)
            .map(|_| char::from(self.rng.pick(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789")))
            .collect()
    }

    /// A number of so many digits that does not begin with 0.
    pub(super) fn digits(&mut self, digits: usize) -> Text {
        let first = char::from(self.rng.pick(b"123456789"));
        let rest = (1..digits).map(|_| char::from(self.rng.pick(b"0123456789")));
        std::iter::once(first)
            .chain(rest.collect::<Vec<_>>())
            .collect()
    }

    /// A seat as it is read.
    pub(super) fn seat(&mut self) -> Text {
        format_compact!(
            "{}{}",
            self.rng.between(1, 68),
            char::from(self.rng.pick(b"ABCDEFGHJK"))
        )
    }

    /// Words with every character that has a meaning in some format.
    pub(super) fn words(&mut self) -> Text {
        let words = [
            "14 RUA DO SALITRE",
            "AMAUROT",
            "KEY 'B' + 'C'",
            "WHAT? WHO: ME",
            "1*2 ROW",
            "ST. JOHN'S",
            "A&B <C>",
            "TROMSO NOR",
            "HALF;DONE",
            "SAID \"NO\"",
        ];
        self.rng.pick(&words).into()
    }

    /// A date of birth with its text where it is not a plain date, and of how many days it is known.
    fn birth(&mut self, birth: Date) -> BirthDate {
        let (year, month) = (birth.year(), birth.month() as u8);
        let partly = |date: Option<PartialDate>, text: Text| BirthDate {
            date,
            text: Some(text),
        };
        match self.rng.below(12) {
            // A year 00 of which no more is known says that nothing is.
            0 if year % 100 > 0 => partly(
                PartialDate::new(year, 0, 0),
                format_compact!("{:02}0000", year % 100),
            ),
            1 => partly(
                PartialDate::new(year, 0, 0),
                format_compact!("{year:04}0000"),
            ),
            2 => partly(
                PartialDate::new(year, month, 0),
                format_compact!("{:02}{month:02}XX", year % 100),
            ),
            _ => BirthDate {
                date: Some(PartialDate::from_date(birth)),
                text: None,
            },
        }
    }

    /// A document of a list.
    pub(super) fn document(&mut self, person: &Person, place: usize) -> Document {
        let own_number = person.documents.first().map(|first| first.number.clone());
        let number = match place {
            0 => own_number.unwrap_or_default(),
            _ => format_compact!("{}{}", self.code(2), self.digits(7)),
        };
        let kinds: &[&str] = &[
            "P", "P", "P", "I", "V", "A", "C", "AC", "IP", "F", "M", "PD",
        ];
        Document {
            kind: self.rng.pick(kinds).into(),
            number: Some(own(number)),
            issuer: self.maybe(85, Self::state),
            issuer_text: self.maybe(8, |draw| own(draw.words())),
            expires: self.maybe(80, |draw| own(draw.day_near(-100, 3500))),
            issued: self.maybe(30, |draw| own(draw.day_near(-3500, -10))),
            ..Document::default()
        }
    }

    /// A full date so many days from [`DAY`].
    pub(super) fn day_near(&mut self, from: i64, to: i64) -> PartialDate {
        PartialDate::from_date(days_before(DAY, -self.rng.between(from, to)))
    }

    /// Somebody on a list of a flight on `day`.
    pub(super) fn listed(&mut self, role: Role, day: Date) -> Traveller {
        let age = match role {
            Role::Crew | Role::TransitCrew => (19 * 366, 64 * 365),
            _ if self.rng.percent(8) => (30, 900),
            _ => (2 * 366, 95 * 365),
        };
        let is_crew = matches!(role, Role::Crew | Role::TransitCrew);
        let person = self.person(age);
        let mut traveller = Traveller::new(role);
        traveller.name = self.name(&person);
        traveller.birth = self.maybe(95, |draw| own(draw.birth(person.birth)));
        traveller.sex = self.maybe(92, |draw| {
            let sexes = [Sex::Male, Sex::Female, Sex::Unspecified, Sex::Undisclosed];
            own(draw.rng.row(&sexes).clone())
        });
        traveller.nationalities = self.nationalities();
        traveller.residence = self.maybe(50, Self::state);
        traveller.birth_place = self.maybe(30, |draw| own(draw.words()));
        traveller.address = (0..self.rng.pick(&[0, 0, 0, 2, 5]))
            .map(|_| own(self.words()))
            .collect();
        // One without a document may be left, for which there is a finding.
        traveller.documents = (0..self.rng.pick(&[1, 1, 1, 2, 3]))
            .map(|at| self.document(&person, at))
            .collect();
        if is_crew {
            let duties = ["CR1", "CR2", "CR3", "CR4", "CR5"];
            traveller.crew_function = Some(self.rng.pick(&duties).into());
        } else {
            traveller.locator = self.maybe(80, |draw| own(draw.code(6)));
            if traveller.locator.is_some() {
                traveller.more_locators = (0..self.rng.pick(&[0, 0, 1, 2]))
                    .map(|_| own(self.code(6)))
                    .collect();
            }
            traveller.seat = self.maybe(60, |draw| own(draw.seat()));
            self.baggage(&mut traveller);
        }
        traveller.carrier_ref = self.maybe(70, |draw| own(draw.code(12)));
        traveller.verified = self.maybe(70, |draw| draw.rng.percent(80));
        traveller.frequent_flyer = (0..self.rng.pick(&[0, 0, 1]))
            .map(|_| (Text::default(), own(self.digits(9))))
            .collect();
        traveller.tickets = (0..self.rng.pick(&[0, 0, 1]))
            .map(|_| own(self.digits(13)))
            .collect();
        traveller.government_refs = (0..self.rng.pick(&[0, 0, 1, 2]))
            .map(|_| own(self.code(9)))
            .collect();
        traveller.from = self.maybe(60, Self::airport);
        traveller.to = self.maybe(60, Self::airport);
        traveller.clearance = self.maybe(40, Self::airport);
        settle(&mut traveller, day);
        traveller
    }

    fn nationalities(&mut self) -> Vec<Personal<Country>> {
        let first = self.rng.below(STATES.len());
        let count = self.rng.pick(&[0, 1, 1, 1, 1, 2]);
        (first..first + count)
            .map(|at| own(country(STATES[at % STATES.len()])))
            .collect()
    }

    fn baggage(&mut self, traveller: &mut Traveller) {
        let first: u32 = 100_000 + self.rng.below(800_000) as u32;
        let count = self.rng.pick(&[0, 0, 1, 2, 3]);
        traveller.bags = (0..count)
            .map(|at| Bag {
                tag: own(format_compact!("ZQ{:06}", first + at)),
                to: None,
            })
            .collect();
        traveller.bag_count = self.maybe(40, |draw| draw.rng.below(4) as u16);
        traveller.bag_weight_kg = self.maybe(30, |draw| draw.rng.below(60) as u32);
    }
}

/// What a reader tells from the rest: an infant by its age on the day of the flight, a nationality
/// by the passport where none was sent.
pub(super) fn settle(traveller: &mut Traveller, day: Date) {
    let birth = traveller
        .birth
        .as_ref()
        .and_then(|birth| birth.expose().date?.date());
    traveller.infant = birth.is_some_and(|birth| birth.saturating_add(2.years()) > day);
    if traveller.nationalities.is_empty() {
        let passport = traveller
            .documents
            .iter()
            .find(|document| document.kind.starts_with('P') && document.issuer.is_some());
        traveller.nationalities = passport
            .and_then(|passport| passport.issuer.clone())
            .into_iter()
            .collect();
        traveller.nationality_derived = !traveller.nationalities.is_empty();
    }
}

fn is_unsure(name: &str) -> bool {
    UNSURE.iter().any(|end| name.ends_with(end))
}

/// A state of the tables here, all of which have the shape of one.
pub(super) fn country(code: &str) -> Country {
    Country::parse(code).expect("a state of a table")
}

/// An airport of the tables here.
pub(super) fn airport(code: &str) -> Port {
    Port::airport(code).expect("an airport of a table")
}
