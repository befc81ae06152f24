//! The answer key: what was planted, one JSON object a line.
//!
//! - In: a [`World`].  Out: planted persons, faults, forbidden data, lists.
//! - Invariant: a person's line is made from what the messages really say, so that whoever reads
//!   the messages can find the person.

use crate::booking::CanaryPlace;
use crate::json::Object;
use crate::list::{PATHS, national_csv, un_xml};
use crate::said::{SaidFlight, SaidPerson};
use crate::world::World;
use std::collections::BTreeMap;

/// Where and as whom a planted person was said.
struct Seen {
    flight: SaidFlight,
    messages: Vec<String>,
    api: Option<SaidPerson>,
    booking: Option<SaidPerson>,
}

impl World {
    /// The lists that travellers are screened against: path and content.
    pub fn lists(&self) -> Vec<(String, Vec<u8>)> {
        let un = un_xml(&self.lists[0], self.config.seed, self.config.first_day);
        let (national, _) = national_csv(&self.lists[1]);
        let [un_path, national_path] = PATHS.map(str::to_owned);
        vec![
            (un_path, un.into_bytes()),
            (national_path, national.into_bytes()),
        ]
    }

    /// The answer key, one JSON object a line, without line ends. It sends everything once more
    /// to see what was said.
    pub fn answers(&self) -> Vec<String> {
        let mut seen: BTreeMap<usize, Seen> = BTreeMap::new();
        let mut out = Vec::new();
        for transmission in self.transmissions() {
            for message in &transmission.messages {
                for person in &message.persons {
                    let Some(number) = person.planted else {
                        continue;
                    };
                    let seen = seen.entry(number).or_insert_with(|| Seen {
                        flight: message.flight.clone(),
                        messages: Vec::new(),
                        api: None,
                        booking: None,
                    });
                    seen.messages.push(transmission.path.clone());
                    let said = match message.kind {
                        "PAXLST" => &mut seen.api,
                        _ => &mut seen.booking,
                    };
                    // Of several messages the one that says most speaks for all.
                    if said
                        .as_ref()
                        .is_none_or(|s| s.documents.len() < person.documents.len())
                    {
                        *said = Some(person.clone());
                    }
                }
                for canary in &message.canaries {
                    let place = match canary.at {
                        CanaryPlace::Service(code) => format!("SSR {code}"),
                        CanaryPlace::Osi => "IFT 28".to_owned(),
                        CanaryPlace::Remark => "LTS".to_owned(),
                        CanaryPlace::FreeText => "FTX AAI".to_owned(),
                    };
                    let line = answer("canary")
                        .text("message", &transmission.path)
                        .text("reference", &message.reference)
                        .text("token", &canary.token)
                        .text("where", &place);
                    out.push(line.end());
                }
            }
            if let Some(fault) = &transmission.fault {
                let mut line = answer("fault")
                    .text("message", &transmission.path)
                    .text("reference", &fault.reference)
                    .text("fault", fault.name)
                    .flag("refused", fault.refused);
                if let Some(message) = transmission.messages.first() {
                    line = line.object("flight", flight(&message.flight));
                }
                if let Some(person) = &fault.person {
                    line = line
                        .text("traveller", &person.reference)
                        .text("surname", &person.surname)
                        .text("given_names", &person.given)
                        .text("locator", &person.locator);
                }
                out.push(line.end());
            }
        }
        let persons = seen
            .into_iter()
            .map(|(number, seen)| self.person(number, &seen));
        let mut all: Vec<String> = persons.collect();
        all.append(&mut out);
        all.extend(self.list_answers());
        all
    }

    /// The line of one planted person.
    fn person(&self, number: usize, seen: &Seen) -> String {
        let plant = &self.plan[number];
        let entry = &self.lists[plant.list][plant.entry];
        // The list at check-in says more of a person than the booking.
        let said = seen.api.as_ref().or(seen.booking.as_ref());
        let mut line = answer("person")
            .text("message", seen.messages.first().map_or("", String::as_str))
            .texts("messages", seen.messages.iter().map(String::as_str))
            .text("list", PATHS[plant.list])
            .text("entry", &entry.id)
            .text("disguise", plant.disguise.name)
            .flag("innocent", plant.disguise.innocent)
            .text("birth_on_list", entry.birth.name())
            .object("flight", flight(&seen.flight));
        if let Some(said) = said {
            line = line
                .text("traveller", &said.reference)
                .text("locator", &said.locator)
                .text("surname", &said.surname)
                .text("given_names", &said.given)
                .text("birth_date", &said.birth)
                .text("nationality", said.nationality)
                .texts(
                    "documents",
                    said.documents.iter().map(|(_, number, _)| number.as_str()),
                );
        }
        if let Some(booking) = &seen.booking {
            line = line
                .text("booking_surname", &booking.surname)
                .text("booking_given_names", &booking.given);
        }
        let listed = format!("{} {}", entry.person.given, entry.person.surname);
        line.text("listed_as", listed.trim()).end()
    }

    fn list_answers(&self) -> [String; 2] {
        let (_, broken) = national_csv(&self.lists[1]);
        let line = |list: usize, broken: usize| {
            answer("list")
                .text("list", PATHS[list])
                .number("persons", self.lists[list].len())
                .number("broken_rows", broken)
                .end()
        };
        [line(0, 0), line(1, broken)]
    }
}

fn answer(planted: &str) -> Object {
    Object::default()
        .text("schema", "oriel.answer/1")
        .text("planted", planted)
}

fn flight(said: &SaidFlight) -> Object {
    Object::default()
        .text("carrier", said.carrier)
        .text("number", &said.number.to_string())
        .text("date", &said.departs.date().to_string())
        .text("from", said.from)
        .text("to", said.to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::disguise::DISGUISES;
    use crate::fault::FAULTS;

    #[test]
    fn everything_planted_has_its_line() {
        let world = World::new(Config::default());
        let answers = world.answers();
        let count = |needle: &str| answers.iter().filter(|line| line.contains(needle)).count();
        assert_eq!(count(r#""planted":"person""#), world.plan.len());
        for disguise in DISGUISES {
            assert!(count(&format!(r#""disguise":"{}""#, disguise.name)) > 0);
        }
        for fault in FAULTS {
            assert!(
                count(&format!(r#""fault":"{}""#, fault.name)) > 0,
                "{}",
                fault.name
            );
        }
        for place in ["SSR MOML", "SSR WCHR", "IFT 28", "LTS", "FTX AAI"] {
            assert!(count(&format!(r#""where":"{place}""#)) > 0, "{place}");
        }
        assert_eq!(count(r#""broken_rows":5"#), 1);
    }

    #[test]
    fn a_world_without_faults_has_none_in_its_key() {
        let world = World::new(Config {
            faults: false,
            travellers: 300,
            ..Config::default()
        });
        assert!(
            !world
                .answers()
                .iter()
                .any(|line| line.contains(r#""fault":"#))
        );
    }
}
