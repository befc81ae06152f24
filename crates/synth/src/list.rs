//! Two invented lists of wanted persons: one in the format of the UN Security Council's
//! consolidated list, one national CSV file.
//!
//! - In: a seed.  Out: entries, and their files.
//! - Source: element names and habits of the UN list (all documents, births and aliases may be
//!   empty placeholders); the CSV is ours.
//! - Invariant: nobody on these lists exists; the programme is always Utopia's.

use crate::culture::{CULTURES, Culture};
use crate::latin::passport;
use crate::person::{Document, Person, Wanted, days_before, passport_number, person};
use crate::rng::Rng;
use compact_str::format_compact;
use jiff::civil::Date;
use oriel_model::{Country, Text};
use std::fmt::Write;

/// Paths of the two lists.
pub(crate) const PATHS: [&str; 2] = ["lists/un.xml", "lists/national.csv"];

/// Persons on each list, and organisations on the first.
const PERSONS: [usize; 2] = [1000, 600];
const ENTITIES: usize = 120;

/// DATAID of the first person on the UN list.
const FIRST_DATAID: usize = 7_000_000;

/// What a list knows of a birth date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListedBirth {
    Day,
    Year,
    About,
    Between,
    Nothing,
}

impl ListedBirth {
    /// Name in the answer key.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Year => "year",
            Self::About => "about",
            Self::Between => "between",
            Self::Nothing => "nothing",
        }
    }
}

/// Another name of a listed person.
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    pub(crate) given: Text,
    pub(crate) surname: Text,
    pub(crate) good: bool,
}

/// One listed person.
#[derive(Clone)]
pub(crate) struct Entry {
    /// DATAID on the UN list, column `id` on the national one.
    pub(crate) id: Text,
    pub(crate) culture: &'static Culture,
    /// The person; the name on the list is the one in passport letters.
    pub(crate) person: Person,
    pub(crate) aliases: Vec<Alias>,
    pub(crate) birth: ListedBirth,
    /// Documents on the list.
    pub(crate) documents: Vec<Document>,
}

/// The entries of both lists.
pub(crate) fn entries(seed: u64, day: Date) -> [Vec<Entry>; 2] {
    [0, 1].map(|list| {
        (0..PERSONS[list])
            .map(|number| entry(seed, list, number, day))
            .collect()
    })
}

/// One entry; its numbers are beyond those of travellers.
pub(crate) fn entry(seed: u64, list: usize, number: usize, day: Date) -> Entry {
    let mut rng = Rng::at(seed, &[4, list as u64, number as u64]);
    // Few of the people whom Utopia looks for are its own.
    let culture = match rng.percent(3) {
        true => &CULTURES[0],
        false => rng.row(&CULTURES[1..]),
    };
    let woman = rng.percent(15);
    let id = 60_000_000 + (list as u64 * 10_000_000) + number as u64;
    let wanted = Wanted {
        id,
        culture,
        woman,
        age_days: rng.between(22 * 365, 75 * 365),
        day,
        family: None,
    };
    let person = person(&mut rng, wanted);
    let aliases = (0..rng.pick(&[0, 0, 1, 1, 2, 3]))
        .map(|_| alias(&mut rng, culture, &person))
        .filter(|alias| (&alias.given, &alias.surname) != (&person.given, &person.surname))
        .collect();
    let documents = match rng.below(10) {
        0..5 => Vec::new(),
        n => (0..1 + n / 9)
            .map(|_| Document {
                number: passport_number(&mut rng, id),
                ..person.documents[0].clone()
            })
            .collect(),
    };
    Entry {
        id: match list {
            0 => format_compact!("{}", FIRST_DATAID + number),
            _ => format_compact!("N-{:05}", 10_000 + number),
        },
        culture,
        aliases,
        birth: match rng.below(100) {
            0..60 => ListedBirth::Day,
            60..76 => ListedBirth::Year,
            76..86 => ListedBirth::About,
            86..92 => ListedBirth::Between,
            _ => ListedBirth::Nothing,
        },
        documents,
        person,
    }
}

/// A spelling of the same name, a new given name, or a nickname.
fn alias(rng: &mut Rng, culture: &Culture, person: &Person) -> Alias {
    let other = culture.name(rng, person.woman);
    let (given, surname) = (passport(&other.given), passport(&other.family));
    match rng.below(3) {
        0 => Alias {
            given: Text::default(),
            surname: given
                .split(' ')
                .next()
                .filter(|own| !own.is_empty())
                .unwrap_or("ABU")
                .into(),
            good: false,
        },
        1 => Alias {
            given: person.given.clone(),
            surname,
            good: true,
        },
        _ => Alias {
            given,
            surname,
            good: true,
        },
    }
}

/// Given name first, as both lists write it.
fn full(given: &str, surname: &str) -> String {
    format!("{given} {surname}").trim().to_owned()
}

/// The UN-format file.
pub(crate) fn un_xml(entries: &[Entry], seed: u64, day: Date) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- invented persons, seed {seed} -->\n\
         <CONSOLIDATED_LIST dateGenerated=\"{day}T00:00:09.554Z\">\n<INDIVIDUALS>\n"
    );
    for (number, entry) in entries.iter().enumerate() {
        individual(&mut out, number, entry, day);
    }
    out.push_str("</INDIVIDUALS>\n<ENTITIES>\n");
    for number in 0..ENTITIES {
        let mut rng = Rng::at(seed, &[5, number as u64]);
        let name = passport(&CULTURES[0].family(&mut rng, false));
        let trade = rng.pick(&["TRADING", "FOUNDATION", "BRIGADE", "SHIPPING", "EXCHANGE"]);
        let _ = writeln!(
            out,
            "<ENTITY><DATAID>{}</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>{name} {trade}\
             </FIRST_NAME><UN_LIST_TYPE>Utopia</UN_LIST_TYPE><REFERENCE_NUMBER>XUe.{:04}\
             </REFERENCE_NUMBER><LISTED_ON>{day}</LISTED_ON><COMMENTS1/><LIST_TYPE><VALUE>UN List\
             </VALUE></LIST_TYPE><ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS>\
             <ENTITY_ADDRESS><COUNTRY/></ENTITY_ADDRESS><SORT_KEY/><SORT_KEY_LAST_MOD/></ENTITY>",
            FIRST_DATAID + 1_000_000 + number,
            number + 1
        );
    }
    out.push_str("</ENTITIES>\n</CONSOLIDATED_LIST>\n");
    out
}

/// Writing to a String cannot fail, so the results of `write!` are not looked at here.
fn individual(out: &mut String, number: usize, entry: &Entry, day: Date) {
    let person = &entry.person;
    let _ = write!(
        out,
        "<INDIVIDUAL><DATAID>{}</DATAID><VERSIONNUM>{}</VERSIONNUM>",
        entry.id,
        1 + number % 4
    );
    let name = full(&person.given, &person.surname);
    let mut parts: Vec<String> = name.split(' ').map(str::to_owned).collect();
    while parts.len() > 4 {
        let last = parts.pop().unwrap_or_default();
        let end = parts.len() - 1;
        parts[end] = format!("{} {last}", parts[end]);
    }
    for (part, tag) in parts.iter().zip(["FIRST", "SECOND", "THIRD", "FOURTH"]) {
        let _ = write!(out, "<{tag}_NAME>{part}</{tag}_NAME>");
    }
    let _ = write!(
        out,
        "<UN_LIST_TYPE>Utopia</UN_LIST_TYPE><REFERENCE_NUMBER>XUi.{:04}</REFERENCE_NUMBER><LISTED_ON>{}\
         </LISTED_ON>",
        number + 1,
        days_before(day, 30 + number as i64)
    );
    if !number.is_multiple_of(3) {
        let sex = if person.woman { "Female" } else { "Male" };
        let _ = write!(out, "<GENDER>{sex}</GENDER>");
    }
    if !person.name.family.is_ascii() && person.name.family.starts_with(|c: char| c >= 'А') {
        let _ = write!(
            out,
            "<NAME_ORIGINAL_SCRIPT>{}</NAME_ORIGINAL_SCRIPT>",
            full(&person.name.given, &person.name.family)
        );
    }
    out.push_str("<COMMENTS1/>");
    if let Some(state) = state_name(person.state) {
        let _ = write!(out, "<NATIONALITY><VALUE>{state}</VALUE></NATIONALITY>");
    }
    out.push_str("<LIST_TYPE><VALUE>UN List</VALUE></LIST_TYPE>");
    for alias in &entry.aliases {
        let quality = if alias.good { "Good" } else { "Low" };
        let _ = write!(
            out,
            "<INDIVIDUAL_ALIAS><QUALITY>{quality}</QUALITY><ALIAS_NAME>{}</ALIAS_NAME>\
             </INDIVIDUAL_ALIAS>",
            full(&alias.given, &alias.surname)
        );
    }
    if entry.aliases.is_empty() {
        out.push_str("<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>");
    }
    let year = person.birth.year();
    let (kind, value) = match entry.birth {
        ListedBirth::Day => ("EXACT", format!("<DATE>{}</DATE>", person.birth)),
        ListedBirth::Year => ("EXACT", format!("<YEAR>{year}</YEAR>")),
        ListedBirth::About => ("APPROXIMATELY", format!("<YEAR>{}</YEAR>", year + 1)),
        ListedBirth::Between => (
            "BETWEEN",
            format!(
                "<FROM_YEAR>{}</FROM_YEAR><TO_YEAR>{}</TO_YEAR>",
                year - 1,
                year + 1
            ),
        ),
        ListedBirth::Nothing => ("", String::new()),
    };
    let _ = write!(
        out,
        "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>{kind}</TYPE_OF_DATE>{value}\
         </INDIVIDUAL_DATE_OF_BIRTH><INDIVIDUAL_PLACE_OF_BIRTH/>"
    );
    for document in &entry.documents {
        let _ = write!(
            out,
            "<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>{}</NUMBER>\
             <ISSUING_COUNTRY>{}</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>",
            document.number,
            state_name(document.issuer).unwrap_or("")
        );
    }
    out.push_str("<INDIVIDUAL_DOCUMENT/><SORT_KEY/><SORT_KEY_LAST_MOD/></INDIVIDUAL>\n");
}

fn state_name(state: &str) -> Option<&'static str> {
    Country::parse(state).ok()?.name_en()
}

/// The national CSV file, and how many of its rows are broken.
pub(crate) fn national_csv(entries: &[Entry]) -> (String, usize) {
    let mut out = String::from("id,name,alias,birth_date,nationality,sex,document,remarks\n");
    let mut broken = 0;
    for (number, entry) in entries.iter().enumerate() {
        let person = &entry.person;
        let aliases: Vec<String> = entry
            .aliases
            .iter()
            .map(|alias| full(&alias.given, &alias.surname))
            .collect();
        let year = person.birth.year();
        let birth = match entry.birth {
            ListedBirth::Day => person.birth.to_string(),
            ListedBirth::Year => format!("{year}"),
            ListedBirth::About | ListedBirth::Between => {
                format!("{};{year};{}", year - 1, year + 1)
            }
            ListedBirth::Nothing => String::new(),
        };
        let name = match person.given.as_str() {
            "" => person.surname.to_string(),
            given => format!("{}, {given}", person.surname),
        };
        let documents: Vec<&str> = entry.documents.iter().map(|d| d.number.as_str()).collect();
        let _ = writeln!(
            out,
            "{},\"{name}\",{},{birth},{},{},{},invented",
            entry.id,
            aliases.join(";"),
            person.state,
            if person.woman { "F" } else { "M" },
            documents.join(";"),
        );
        // Rows as people mistype them, beside the sound ones.
        if number % 120 == 119 {
            let bad = match broken % 3 {
                0 => format!("N-B{number},,,1980-01-01,UTO,M,,no name\n"),
                1 => format!(
                    "{},\"NOBODY, NIEMAND\",,1980,UTO,M,,same id as above\n",
                    entry.id
                ),
                _ => ",\"NOBODY, NIEMAND\",,1980,UTO,M,,no id\n".to_owned(),
            };
            out.push_str(&bad);
            broken += 1;
        }
    }
    (out, broken)
}
