//! What carriers get wrong in single messages, one row each.
//!
//! - In: a sample in its plainest form.  Out: the same with one deviation, what it still says, and
//!   the finding that tells of it.
//! - Source: the deviations of `docs/formats`, seen in public samples and described by the guides.
//! - Invariant: a row changes the text alone; what that does to the meaning is written beside it.
//!
//! Faults of whole transmissions (late, twice, out of order) are those of a
//! [`World`](crate::World).

use super::{Draw, FORMS, Form, Sample, own};
use oriel_model::{Message, Text};

/// One thing that carriers get wrong.
#[derive(Debug)]
pub struct Deviation {
    /// Name, as `oriel simulate --faults` takes it.
    pub name: &'static str,
    /// The format in whose samples it is made.
    pub form: &'static str,
    /// What the carrier does, in words for the documentation.
    pub does: &'static str,
    /// Code of the finding that tells of it; none where nothing is wrong enough to be told.
    pub told: Option<&'static str>,
    /// Changes a sample; `false` where it does not suit.
    make: fn(&mut Edit) -> bool,
}

/// Samples that are tried for a deviation.
const ATTEMPTS: u64 = 2_000;

/// What a reader makes of a deviation.
#[derive(Clone, Debug)]
pub enum Expected {
    /// A message that says this.
    Says(Box<Message>),
    /// Nothing: the message cannot be taken whole.
    Refused,
}

/// A sample under change.
struct Edit {
    text: String,
    says: Message,
    refused: bool,
}

impl Edit {
    /// Writes `to` for the first `from`.
    fn swap(&mut self, from: &str, to: &str) -> bool {
        let found = self.text.contains(from);
        self.text = self.text.replacen(from, to, 1);
        found
    }

    /// Writes `to` for every `from`.
    fn swap_all(&mut self, from: &str, to: &str) -> bool {
        let found = self.text.contains(from);
        self.text = self.text.replace(from, to);
        found
    }

    /// Puts a segment before the first one with this tag.
    fn put(&mut self, segment: &str, before: &str) -> bool {
        self.swap(&format!("'{before}"), &format!("'{segment}'{before}")) && self.count(1)
    }

    /// Takes the first segment with this tag away.
    fn drop(&mut self, tag: &str) -> bool {
        let Some(start) = self.text.find(&format!("'{tag}")) else {
            return false;
        };
        let Some(length) = self.text[start + 1..].find('\'') else {
            return false;
        };
        self.text.replace_range(start..start + 1 + length, "");
        self.count(-1)
    }

    /// Keeps UNT right, so that one thing is wrong and no other.
    fn count(&mut self, more: i64) -> bool {
        let Some(start) = self.text.rfind("'UNT+").map(|at| at + 5) else {
            return false;
        };
        let digits = self.text[start..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let count: i64 = self.text[start..start + digits].parse().unwrap_or(0);
        self.text
            .replace_range(start..start + digits, &(count + more).to_string());
        true
    }

    /// The first segment with this tag, without its terminator.
    fn segment(&self, tag: &str) -> Option<String> {
        let start = self.text.find(&format!("'{tag}"))? + 1;
        Some(self.text[start..].split('\'').next()?.to_owned())
    }

    fn refuse(&mut self) -> bool {
        self.refused = true;
        true
    }
}

impl Deviation {
    /// The deviation of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        DEVIATIONS.iter().find(|row| row.name == name)
    }

    /// Sample `number` of `seed` with this deviation, and what is still to be read of it.
    ///
    /// `None` where none of many samples suits, which a test says of no row.
    pub fn sample(&self, seed: u64, number: u64) -> Option<(Vec<u8>, Expected)> {
        let form = Form::named(self.form).unwrap_or(&FORMS[0]);
        let place = DEVIATIONS
            .iter()
            .position(|row| row.name == self.name)
            .unwrap_or(0);
        // Some samples have nothing that the deviation could be about.
        (0..ATTEMPTS).find_map(|attempt| {
            let mut draw = Draw::at(seed, &[8, place as u64, number, attempt], number);
            draw.plain = true;
            let (says, bytes) = (form.make)(&mut draw);
            let sample = Sample { bytes, says };
            // Releases would stand in the way of changes by text.
            let plain = |text: &String| self.form == "pnrgov-xml" || !text.contains('?');
            let text = String::from_utf8(sample.bytes).ok().filter(plain)?;
            let mut edit = Edit {
                text,
                says: sample.says,
                refused: false,
            };
            (self.make)(&mut edit).then(|| {
                let expected = match edit.refused {
                    true => Expected::Refused,
                    false => Expected::Says(Box::new(edit.says)),
                };
                (latin(&edit.text), expected)
            })
        })
    }
}

/// Letters that no seven bits hold are sent as ISO 8859-1, where they are not a byte order mark.
fn latin(text: &str) -> Vec<u8> {
    match text.starts_with('\u{feff}') || text.is_ascii() {
        true => text.as_bytes().to_vec(),
        false => text
            .chars()
            .map(|c| u8::try_from(c).unwrap_or(b'?'))
            .collect(),
    }
}

const fn row(
    name: &'static str,
    form: &'static str,
    does: &'static str,
    told: Option<&'static str>,
    make: fn(&mut Edit) -> bool,
) -> Deviation {
    Deviation {
        name,
        form,
        does,
        told,
        make,
    }
}

/// Every deviation.
pub static DEVIATIONS: &[Deviation] = &[
    // The syntax around every message.
    row(
        "byte_order_mark",
        "paxlst",
        "a UTF-8 byte order mark before UNB",
        Some("EDI-0007"),
        |edit| {
            edit.text.insert(0, '\u{feff}');
            true
        },
    ),
    row(
        "noise_before",
        "paxlst",
        "lines of a transport before UNB",
        Some("EDI-0006"),
        |edit| {
            edit.text.insert_str(0, "X-FILE: 1\r\n\r\n");
            true
        },
    ),
    row(
        "line_breaks",
        "paxlst",
        "a line break after every segment",
        None,
        |edit| edit.swap_all("'", "'\r\n"),
    ),
    row(
        "line_break_inside",
        "paxlst",
        "a line break inside of a value",
        Some("EDI-0116"),
        |edit| {
            let purpose = edit.segment("TDT+20+ZQ");
            purpose.is_some() && edit.swap("TDT+20+Z", "TDT+20+Z\r\n")
        },
    ),
    row(
        "undeclared_terminator",
        "paxlst",
        "segments end in a quotation mark, and no UNA says so",
        None,
        |edit| !edit.text.contains('"') && edit.swap_all("'", "\""),
    ),
    row(
        "una_damaged",
        "paxlst",
        "a UNA of eight characters",
        Some("EDI-0011"),
        |edit| {
            edit.text.insert_str(0, "UNA:+.?'");
            true
        },
    ),
    row(
        "no_recipient",
        "paxlst",
        "UNB without a recipient",
        Some("EDI-0014"),
        |edit| {
            edit.says.envelope.recipient = Text::default();
            edit.swap("+UTOAPIS:ZZ+", "++")
        },
    ),
    row(
        "application_misplaced",
        "pnrgov",
        "the application reference one element too early",
        Some("EDI-0016"),
        |edit| {
            // What stands behind it would move too.
            !edit.says.envelope.test && edit.swap("++PNRGOV", "+PNRGOV")
        },
    ),
    row(
        "eight_digit_date",
        "paxlst",
        "a preparation date of eight digits",
        None,
        |edit| edit.swap(":ZZ+2611", ":ZZ+202611"),
    ),
    row(
        "unt_count",
        "paxlst",
        "UNT counts one segment too many",
        Some("EDI-0032"),
        |edit| edit.count(1),
    ),
    row(
        "unt_reference",
        "pnrgov",
        "UNT repeats another reference than UNH",
        Some("EDI-0033"),
        |edit| {
            let reference = edit.says.envelope.reference.clone();
            edit.swap(&format!("+{reference}'UNZ"), "+0'UNZ")
        },
    ),
    row(
        "unz_count",
        "paxlst",
        "UNZ counts two messages",
        Some("EDI-0052"),
        |edit| edit.swap("'UNZ+1+", "'UNZ+2+"),
    ),
    row(
        "unz_reference",
        "pnrgov",
        "UNZ repeats another reference than UNB",
        Some("EDI-0053"),
        |edit| {
            let end = edit.says.envelope.interchange.clone();
            edit.swap(&format!("'UNZ+1+{end}'"), "'UNZ+1+0'")
        },
    ),
    row(
        "unz_missing",
        "paxlst",
        "the interchange has no trailer",
        Some("EDI-0051"),
        |edit| {
            edit.text.truncate(edit.text.rfind("UNZ+1+").unwrap_or(0));
            true
        },
    ),
    row(
        "cut_off",
        "paxlst",
        "the transfer breaks off inside of a segment",
        Some("EDI-0101"),
        |edit| {
            let at = edit.text.rfind("'UNT").unwrap_or(0);
            edit.text.truncate(at - 1);
            edit.refuse()
        },
    ),
    row(
        "trailers_missing",
        "pnrgov",
        "UNT and what follows are missing",
        Some("EDI-0104"),
        |edit| {
            edit.text.truncate(edit.text.rfind("UNT+").unwrap_or(0));
            edit.refuse()
        },
    ),
    row(
        "lost_terminator",
        "paxlst",
        "the terminator between two segments is lost",
        Some("EDI-0112"),
        |edit| edit.swap("'ATT+2+", "ATT+2+"),
    ),
    row(
        "unknown_character",
        "paxlst",
        "a letter outside of the declared repertoire",
        Some("EDI-0113"),
        |edit| {
            let Some(name) = edit.says.travellers[0].name.surname.clone() else {
                return false;
            };
            let sent = name.expose().to_string();
            edit.says.travellers[0].name.surname = Some(own(format!("{sent}Ü").into()));
            !sent.contains('\'') && edit.swap(&format!("+{sent}:"), &format!("+{sent}Ü:"))
        },
    ),
    row(
        "needless_release",
        "paxlst",
        "a release character before a letter",
        Some("EDI-0115"),
        |edit| edit.swap("'TDT+20+Z", "'TDT+20+?Z"),
    ),
    row(
        "unknown_type",
        "paxlst",
        "a type of message that nobody here reads",
        Some("EDI-0023"),
        |edit| edit.refuse() && edit.swap("+PAXLST:", "+IFTMIN:"),
    ),
    // Passenger and crew lists.
    row(
        "unknown_segment",
        "paxlst",
        "a segment that no guide knows",
        Some("PAX-0001"),
        |edit| edit.put("XYZ+1", "NAD+"),
    ),
    row(
        "no_purpose",
        "paxlst",
        "a list without BGM",
        Some("PAX-0011"),
        |edit| {
            edit.says.envelope.function = oriel_model::Function::Other;
            edit.drop("BGM+")
        },
    ),
    row(
        "unknown_list",
        "paxlst",
        "a kind of list that nobody knows",
        Some("PAX-0012"),
        |edit| {
            edit.says.envelope.function = oriel_model::Function::Other;
            edit.swap("'BGM+745'", "'BGM+999'")
        },
    ),
    row(
        "sex_misplaced",
        "paxlst",
        "the sex one element too early",
        None,
        |edit| edit.swap("'ATT+2++", "'ATT+2+"),
    ),
    row(
        "count_without_unit",
        "paxlst",
        "the number of bags where its unit should stand",
        None,
        |edit| edit.swap("'MEA+CT++:", "'MEA+CT++"),
    ),
    row(
        "name_in_one_piece",
        "paxlst",
        "surname and given names in one component",
        Some("PAX-0203"),
        |edit| {
            let name = &edit.says.travellers[0].name;
            let (Some(surname), Some(given), None) = (&name.surname, &name.given, &name.title)
            else {
                return false;
            };
            let (surname, given) = (surname.expose().clone(), given.expose().clone());
            edit.swap(
                &format!("+{surname}:{given}"),
                &format!("+{surname}/{given}"),
            )
        },
    ),
    row(
        "impossible_birth",
        "paxlst",
        "a birth date that is in no calendar",
        Some("PAX-0231"),
        |edit| {
            let person = &mut edit.says.travellers[0];
            let Some(date) = person
                .birth
                .as_ref()
                .and_then(|birth| birth.expose().date?.date())
            else {
                return false;
            };
            person.birth = Some(own(oriel_model::BirthDate {
                date: oriel_model::PartialDate::new(date.year(), 0, 0),
                text: Some(date.strftime("%Y9931").to_string().into()),
            }));
            person.infant = false;
            let bad = date.strftime("DTM+329:%Y9931:102").to_string();
            edit.swap(&date.strftime("DTM+329:%Y%m%d:102").to_string(), &bad)
                || edit.swap(&date.strftime("DTM+329:%y%m%d").to_string(), &bad)
        },
    ),
    row(
        "state_in_two_letters",
        "paxlst",
        "a nationality of two letters",
        Some("PAX-0221"),
        |edit| edit.swap("'NAT+2+NOR'", "'NAT+2+NO'"),
    ),
    row(
        "unknown_place",
        "paxlst",
        "a place of a kind that no guide knows",
        Some("PAX-0251"),
        |edit| edit.put("LOC+999+ZZZ", "GEI+4"),
    ),
    row(
        "empty_reference",
        "paxlst",
        "a reference without a value",
        Some("PAX-0263"),
        |edit| {
            let first = edit.says.travellers.first_mut();
            let Some(person) =
                first.filter(|person| person.locator.is_some() && person.more_locators.is_empty())
            else {
                return false;
            };
            let code = person
                .locator
                .take()
                .map(|code| code.expose().clone())
                .unwrap_or_default();
            edit.swap(&format!("RFF+AVF:{code}'"), "RFF+AVF'")
        },
    ),
    row(
        "document_without_number",
        "paxlst",
        "a document without its number",
        Some("PAX-0301"),
        |edit| {
            let Some(number) = edit.says.travellers[0].documents[0].number.take() else {
                return false;
            };
            edit.swap(&format!(":110:111+{}'", number.expose()), ":110:111'")
        },
    ),
    row(
        "document_without_kind",
        "paxlst",
        "a document that does not say what it is",
        Some("PAX-0302"),
        |edit| {
            let person = &mut edit.says.travellers[0];
            let kind = std::mem::take(&mut person.documents[0].kind);
            !person.nationality_derived && edit.swap(&format!("'DOC+{kind}:110:111+"), "'DOC++")
        },
    ),
    row(
        "detail_before_document",
        "paxlst",
        "the last day of a document before the document",
        None,
        |edit| {
            let [document] = &edit.says.travellers[0].documents[..] else {
                return false;
            };
            let Some(sent) = edit.segment("DOC+") else {
                return false;
            };
            let Some(date) = edit.segment("DTM+36:") else {
                return false;
            };
            document.expires.is_some()
                && edit.swap(&format!("'{sent}'{date}'"), &format!("'{date}'{sent}'"))
        },
    ),
    row(
        "control_total",
        "paxlst",
        "CNT announces other numbers than are listed",
        Some("PAX-0401"),
        |edit| {
            let Some(count) = edit.says.announced.as_mut() else {
                return false;
            };
            *count += 7;
            let (was, is) = (*count - 7, *count);
            edit.swap(&format!("'CNT+42:{was}'"), &format!("'CNT+42:{is}'"))
        },
    ),
    row(
        "wrong_ship_number",
        "paxlst-ship",
        "an IMO number whose last digit does not follow from the others",
        Some("PAX-0107"),
        |edit| {
            edit.says.flights[0].vehicle.imo = "9074728".into();
            edit.swap("+9074729:146", "+9074728:146")
        },
    ),
    row(
        "unknown_status",
        "paxlst-us",
        "a status of a person that is in no guide",
        Some("PAX-0201"),
        |edit| {
            let Some(first) = edit
                .says
                .travellers
                .first_mut()
                .filter(|person| person.role == oriel_model::Role::Passenger)
            else {
                return false;
            };
            first.role = oriel_model::Role::from_code("VIP");
            let sent = edit.segment("PDT+").unwrap_or_default();
            edit.swap(&sent, &sent.replace("+PAX", "+VIP")) && sent.contains("+PAX")
        },
    ),
    // Bookings in segments.
    row(
        "function_misplaced",
        "pnrgov",
        "the function one component too early",
        None,
        |edit| edit.swap("'MSG+:", "'MSG+"),
    ),
    row(
        "no_function",
        "pnrgov",
        "a push without MSG",
        Some("PNR-0010"),
        |edit| edit.says.envelope.function == oriel_model::Function::FullPush && edit.drop("MSG+"),
    ),
    row(
        "no_originator",
        "pnrgov",
        "a push without ORG before its flight",
        None,
        |edit| edit.drop("ORG+ZQ:UXA"),
    ),
    row(
        "unknown_agency",
        "pnrgov",
        "another controlling agency than IATA",
        None,
        |edit| {
            let release = edit.says.envelope.version.replace('.', ":");
            edit.swap(
                &format!("PNRGOV:{release}:IA"),
                &format!("PNRGOV:{release}:XS"),
            )
        },
    ),
    row(
        "unknown_release",
        "pnrgov",
        "a release that does not exist",
        Some("PNR-0015"),
        |edit| {
            let release = edit.says.envelope.version.replace('.', ":");
            edit.says.envelope.version = "99.1".into();
            edit.swap(&format!("PNRGOV:{release}:IA"), "PNRGOV:99:1:IA")
        },
    ),
    row(
        "booking_count",
        "pnrgov",
        "EQN announces other numbers than are sent",
        Some("PNR-0014"),
        |edit| {
            let Some(count) = edit.says.announced.as_mut() else {
                return false;
            };
            *count += 4;
            let (was, is) = (*count - 4, *count);
            edit.swap(&format!("'EQN+{was}'"), &format!("'EQN+{is}'"))
        },
    ),
    row(
        "locator_date_shifted",
        "pnrgov",
        "the day of a booking one component too early",
        Some("PNR-0103"),
        |edit| {
            let locator = &edit.says.bookings[0].locators[0];
            let code = locator.code.expose().clone();
            !locator.departure_control
                && edit.swap(&format!("RCI+ZQ:{code}::"), &format!("RCI+ZQ:{code}:"))
        },
    ),
    row(
        "docs_shifted",
        "pnrgov",
        "SSR DOCS with one stroke too many in front",
        Some("PNR-0401"),
        |edit| edit.swap(":::::/P/", ":::::///P/".replacen("//", "/", 1).as_str()),
    ),
    row(
        "docs_without_stroke",
        "pnrgov",
        "SSR DOCS without the stroke in front",
        None,
        |edit| edit.swap(":::::/P/", ":::::P/"),
    ),
    row(
        "colon_in_text",
        "pnrgov",
        "a colon in a text that is not released",
        Some("PNR-0801"),
        |edit| {
            let Some(person) = edit
                .says
                .travellers
                .iter_mut()
                .find(|person| person.birth_place.is_some())
            else {
                return false;
            };
            person.birth_place = Some(own("TROMSO:NOR".into()));
            edit.swap("/TROMSO NOR/", "/TROMSO:NOR/")
        },
    ),
    row(
        "text_first",
        "pnrgov",
        "free text where its kind should stand",
        None,
        |edit| {
            edit.says.bookings.iter().any(|booking| booking.remarks > 0)
                && edit.swap("'IFT+4:28::ZQ+LIKES THE SEA'", "'IFT+LIKES THE SEA'")
        },
    ),
    row(
        "operating_by_second_tvl",
        "pnrgov",
        "the operating flight in a second TVL",
        None,
        |edit| {
            let Some(operating) = edit.segment("TRA+ZQ+") else {
                return false;
            };
            let number = operating.rsplit('+').next().unwrap_or("").to_owned();
            edit.swap(&format!("'{operating}'"), &format!("'TVL+++++{number}'"))
        },
    ),
    row(
        "extra_seat",
        "pnrgov",
        "an extra seat listed like a person",
        Some("PNR-0307"),
        |edit| {
            let Some(first) = edit.says.travellers.first() else {
                return false;
            };
            let surname = first
                .name
                .surname
                .as_ref()
                .map(|name| name.expose().clone())
                .unwrap_or_default();
            edit.put(&format!("TIF+{surname}+EXST:A:99"), "TIF+")
        },
    ),
    row(
        "unknown_traveller_reference",
        "pnrgov",
        "a seat for a reference that nobody has",
        Some("PNR-0303"),
        |edit| {
            let seated = edit.says.travellers.iter().filter(|person| !person.infant);
            let several = seated.count() > 1;
            several
                && edit.says.bookings.len() == 1
                && edit.text.matches("'TRI+").count() == 0
                && !edit.text.contains("SSR+SEAT")
                && !edit.text.contains("'ABI+")
                && edit.put("SSR+SEAT:HK:1:ZQ+012C::77", "RPI+")
        },
    ),
    row(
        "card_in_full",
        "pnrgov",
        "the number of a payment card in full",
        Some("PNR-0701"),
        |edit| {
            let Some(payment) = edit
                .says
                .bookings
                .iter_mut()
                .flat_map(|booking| &mut booking.payments)
                .find(|payment| payment.form == "CC")
            else {
                return false;
            };
            let masked = payment
                .number_masked
                .replace(own("999999XXXXXX0009".into()));
            let masked = masked
                .map(|number| number.expose().clone())
                .unwrap_or_default();
            edit.swap(&masked, "9999990000000009")
        },
    ),
    row(
        "unknown_pnr_segment",
        "pnrgov",
        "a segment that no guide knows",
        Some("PNR-0001"),
        |edit| edit.put("XYZ+1", "SRC'"),
    ),
    // Bookings in XML.
    row(
        "blank_in_moment",
        "pnrgov-xml",
        "a blank for the T of a time",
        None,
        |edit| edit.swap("T10:", " 10:") || edit.swap("T11:", " 11:"),
    ),
    row(
        "unknown_element",
        "pnrgov-xml",
        "an element that the schema does not have",
        Some("XML-0011"),
        |edit| edit.swap("<PNRs ", "<Weather>FINE</Weather><PNRs "),
    ),
    row(
        "other_spelling",
        "pnrgov-xml",
        "TEXT for Text",
        None,
        |edit| edit.swap_all("<Text>", "<TEXT>") && edit.swap_all("</Text>", "</TEXT>"),
    ),
    row(
        "element_open",
        "pnrgov-xml",
        "an element that is not closed",
        Some("XML-0001"),
        |edit| edit.refuse() && edit.swap("</PNRs>", ""),
    ),
    row(
        "document_type",
        "pnrgov-xml",
        "a document type with entities of its own",
        Some("XML-0002"),
        |edit| {
            edit.refuse()
                && edit.swap(
                    "<IATA_PNRGOV",
                    "<!DOCTYPE a [<!ENTITY b \"c\">]><IATA_PNRGOV",
                )
        },
    ),
    // Lists of ships, declarations.
    row(
        "unknown_column",
        "fal6-csv",
        "a column that no form has",
        Some("TAB-0012"),
        |edit| {
            edit.swap("Visa number", "Shoe size") && {
                edit.says
                    .travellers
                    .iter_mut()
                    .for_each(|person| person.documents.truncate(1));
                true
            }
        },
    ),
    row(
        "signature_below",
        "fal5-csv",
        "a signature in a row of its own",
        Some("TAB-0016"),
        |edit| {
            edit.text.push_str("Eirin Halvorsrud (master)\n");
            true
        },
    ),
    row(
        "no_movement",
        "fal5-csv",
        "a list that does not say whether the ship arrives or departs",
        Some("TAB-0021"),
        |edit| {
            let leg = &edit.says.flights[0].legs[0];
            leg.arrives.is_some() && edit.swap("Arrival/Departure", "Remarks")
        },
    ),
    row(
        "day_first",
        "fal6-csv",
        "a day of birth whose day and month could be changed round",
        Some("TAB-0031"),
        |edit| {
            let birth = edit.says.travellers[0]
                .birth
                .as_ref()
                .and_then(|birth| birth.expose().date?.date());
            let Some(date) = birth.filter(|date| {
                date.day() <= 12 && i16::from(date.day()) != i16::from(date.month())
            }) else {
                return false;
            };
            edit.swap(&date.to_string(), &date.strftime("%d/%m/%Y").to_string())
        },
    ),
    row(
        "spoiled_number",
        "fal6-csv",
        "a document number that a spreadsheet rounded",
        Some("TAB-0032"),
        |edit| {
            let number = edit.says.travellers[0].documents[0]
                .number
                .replace(own("1.23E+08".into()));
            let number = number
                .map(|number| number.expose().clone())
                .unwrap_or_default();
            edit.swap(&number, "1.23E+08")
        },
    ),
    row(
        "blank_rows",
        "fal5-csv",
        "rows without anything in them",
        None,
        |edit| {
            let at = edit.text.rfind(['\n']).unwrap_or(0);
            edit.text.insert_str(at, "\n\n;;;\n");
            true
        },
    ),
    row(
        "key_unknown",
        "gendec-json",
        "a key that the template does not have",
        Some("TAB-0012"),
        |edit| edit.swap("{\"reference\"", "{\"catering\":\"cold\",\"reference\""),
    ),
    row(
        "object_open",
        "gendec-json",
        "a declaration that ends too early",
        Some("TAB-0001"),
        |edit| {
            edit.text.pop();
            edit.refuse()
        },
    ),
    // Telegrams.
    row(
        "possible_duplicate",
        "telegram",
        "a telegram marked as sent again",
        Some("EDI-0072"),
        |edit| {
            !edit.text.contains("PART1")
                && edit.swap(".NBOOPZQ 221143\r\n", ".NBOOPZQ 221143\r\nPDM\r\n")
        },
    ),
    row(
        "no_end_of_telegram",
        "telegram",
        "a telegram without its end",
        None,
        |edit| !edit.text.contains("PART1") && edit.swap("\u{3}\r\nNNNN\r\n", ""),
    ),
    row(
        "lines_of_69",
        "telegram",
        "text wrapped into lines of 69 characters",
        Some("EDI-0116"),
        |edit| {
            let Some(at) = edit
                .text
                .find("UNB+")
                .filter(|_| !edit.text.contains("PART1"))
            else {
                return false;
            };
            let Some(end) = edit.text.find("\r\n\u{3}") else {
                return false;
            };
            let lines: Vec<&str> = edit.text.as_bytes()[at..end]
                .chunks(69)
                .filter_map(|line| std::str::from_utf8(line).ok())
                .collect();
            // A blank at the end of a line is lost on the way.
            let kept = lines
                .iter()
                .all(|line| !line.starts_with(' ') && !line.ends_with(' '));
            let inside = lines
                .iter()
                .rev()
                .skip(1)
                .any(|line| line.ends_with(|c: char| c.is_ascii_alphanumeric()));
            let wrapped = lines.join("\r\n");
            edit.text.replace_range(at..end, &wrapped);
            kept && inside
        },
    ),
];
