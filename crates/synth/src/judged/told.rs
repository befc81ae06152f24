//! How a list and a border tell one person: spelling, what is left out, what goes wrong on the way.
//!
//! Source of the shares of birth dates: persons that two states list, as `docs/matching.md` says.

use super::somebody::{Part, Somebody};
use crate::bench::Described;
use crate::rng::Rng;
use jiff::civil::Date;

/// What happened to a name between the list and the border.
pub(super) const DAMAGES: &[&str] = &[
    "as listed",
    "other spelling",
    "one slip",
    "slip in two words",
    "word left out",
    "word added",
    "initials",
    "family name alone changed",
    "several at once",
];

/// How the name arrives.
pub(super) const FORMS: &[&str] = &["mrz", "manifest", "glued", "glued title", "swapped"];

/// A person as a list has them, and as a traveller.
pub(super) struct Told {
    pub(super) listed: Described,
    pub(super) traveller: Described,
    pub(super) damage: &'static str,
    pub(super) form: &'static str,
    pub(super) birth: &'static str,
    /// The list has the name in its own script only.
    pub(super) native: bool,
}

/// Tells a person twice.
pub(super) fn tell(rng: &mut Rng, person: &Somebody, id: usize) -> Told {
    let spelled: Vec<usize> = person
        .parts
        .iter()
        .map(|p| rng.below(p.forms.len()))
        .collect();
    let native = person.script != "latin" && rng.percent(22);
    let damage = rng.pick(DAMAGES);
    let form = rng.pick(FORMS);
    let mut listed = listed(rng, person, &spelled, native, id);

    let other = |rng: &mut Rng| -> Vec<usize> {
        person
            .parts
            .iter()
            .map(|p| rng.below(p.forms.len()))
            .collect()
    };
    let chosen = match damage {
        "other spelling" | "several at once" => other(rng),
        _ => spelled,
    };
    let mut name = Name::of(person, &chosen);
    match damage {
        "one slip" => name.slip(rng, 1),
        "slip in two words" => name.slip(rng, 2),
        "word left out" => name.leave_out(rng),
        "word added" => name.add(rng, person),
        "initials" => name.initials(),
        "family name alone changed" => {
            let forms: Vec<usize> = other(rng);
            let apart = Name::of(person, &forms);
            name.family = apart.family;
        }
        "several at once" => match rng.below(3) {
            0 => name.slip(rng, 1),
            1 => name.leave_out(rng),
            _ => name.add(rng, person),
        },
        _ => {}
    }
    let mut traveller = traveller(rng, person, &name, form);
    let birth = dates(rng, person.birth, &mut listed, &mut traveller);
    Told {
        listed,
        traveller,
        damage,
        form,
        birth,
        native,
    }
}

/// A name in words.
#[derive(Clone, Debug)]
pub(super) struct Name {
    given: Vec<String>,
    family: Vec<String>,
}

impl Name {
    /// The name with the chosen spelling of each part.
    fn of(person: &Somebody, chosen: &[usize]) -> Self {
        let words = |family: bool| {
            let parts = person.parts.iter().zip(chosen);
            parts
                .filter(|(part, _)| part.family == family)
                .flat_map(|(part, at)| part.forms[*at].split(' ').map(str::to_owned))
                .collect()
        };
        Self {
            given: words(false),
            family: words(true),
        }
    }

    /// The name as the person's own passport has it.
    pub(super) fn own(person: &Somebody) -> Self {
        Self::of(person, &vec![0; person.parts.len()])
    }

    /// The family name, in words.
    pub(super) fn family(&self) -> &[String] {
        &self.family
    }

    /// Another person's given names with this family name.
    pub(super) fn with_given_of(mut self, other: &Self) -> Self {
        self.given.clone_from(&other.given);
        self
    }

    /// The same family name with this given name.
    pub(super) fn with_given(mut self, given: &str) -> Self {
        self.given = vec![given.to_owned()];
        self
    }

    /// As a list writes it.
    pub(super) fn text(&self) -> String {
        format!("{} {}", self.given.join(" "), self.family.join(" "))
            .trim()
            .to_owned()
    }

    /// The other's family name with its first letter changed: another family.
    pub(super) fn near_family(mut self, rng: &mut Rng, other: &Self) -> Self {
        self.family.clone_from(&other.family);
        if let Some(word) = self.family.last_mut().filter(|word| word.len() > 2) {
            let first = rng.pick(b"BDFGKLMPRSTVZ");
            word.replace_range(..2, &format!("{}A", char::from(first)));
        }
        self
    }

    /// One letter wrong, missing, doubled or out of place, in the longest words.
    fn slip(&mut self, rng: &mut Rng, words: usize) {
        let mut all: Vec<&mut String> = self.family.iter_mut().chain(&mut self.given).collect();
        all.sort_by_key(|word| std::cmp::Reverse(word.len()));
        for word in all.into_iter().take(words).filter(|word| word.len() > 3) {
            let mut letters: Vec<u8> = word.bytes().collect();
            let at = 1 + rng.below(letters.len() - 2);
            match rng.below(4) {
                0 => letters[at] = rng.pick(b"AEIOUNRSTLMKDB"),
                1 => {
                    letters.remove(at);
                }
                2 => letters.insert(at, letters[at]),
                _ => letters.swap(at, at + 1),
            }
            *word = letters.into_iter().map(char::from).collect();
        }
    }

    fn leave_out(&mut self, rng: &mut Rng) {
        if self.given.len() > 1 {
            let at = rng.below(self.given.len());
            self.given.remove(at);
        } else if self.family.len() > 1 {
            let at = rng.below(self.family.len());
            self.family.remove(at);
        }
    }

    /// A father's name, or a second given name, that the list does not know.
    fn add(&mut self, rng: &mut Rng, person: &Somebody) {
        let father = super::somebody::somebody(rng, super::Crowd::Listed, 0);
        let of_kin = father.culture == person.culture;
        let word = Self::own(&father).given.into_iter().next();
        let word = word
            .filter(|_| of_kin)
            .unwrap_or_else(|| "OMARI".to_owned());
        self.given.push(word);
    }

    fn initials(&mut self) {
        for word in self.given.iter_mut().skip(1) {
            word.truncate(1);
        }
    }
}

/// The person as a list has them: its own spelling, aliases, and what it leaves out.
fn listed(
    rng: &mut Rng,
    person: &Somebody,
    spelled: &[usize],
    native: bool,
    id: usize,
) -> Described {
    let name = Name::of(person, spelled);
    let (given, family) = (name.given.join(" "), name.family.join(" "));
    let own_script = || {
        let part = |family: bool| {
            let parts = person
                .parts
                .iter()
                .filter(move |p: &&Part| p.family == family);
            parts
                .map(|p| p.native.clone())
                .collect::<Vec<_>>()
                .join(" ")
        };
        match person.culture {
            "chinese" | "korean" => format!("{}{}", part(true), part(false)),
            "japanese" => format!("{} {}", part(true), part(false)),
            _ => format!("{} {}", part(false), part(true)).trim().to_owned(),
        }
    };
    let family_first = matches!(person.culture, "chinese" | "korean" | "vietnamese");
    let full = if given.is_empty() {
        family.clone()
    } else {
        match rng.below(6) {
            0 => format!("{family}, {given}"),
            1 => format!("{} {family}", capitals(&given)),
            _ if family_first => format!("{family} {given}"),
            _ => format!("{given} {family}"),
        }
    };
    let mut names = vec![if native { own_script() } else { full }];
    if !native && person.script != "latin" && rng.percent(25) {
        names.push(own_script());
    }
    for _ in 0..rng.pick(&[0, 0, 0, 1, 2]) {
        let stranger = super::somebody::somebody(rng, super::Crowd::Listed, 0);
        let other = Name::own(&stranger);
        names.push(match rng.below(2) {
            0 => format!("Abu {}", other.family.join(" ")),
            _ => format!("{} {family}", other.given.join(" ")),
        });
    }
    Described {
        id: format!("e{id}"),
        names,
        weak: Vec::new(),
        births: Vec::new(),
        nationality: if rng.percent(12) { "" } else { person.state },
        gender: match (rng.percent(45), person.woman) {
            (true, _) => "",
            (_, true) => "F",
            (_, false) => "M",
        },
        documents: rng
            .percent(8)
            .then(|| person.document.clone())
            .into_iter()
            .collect(),
    }
}

/// `Jean Paul` of `JEAN PAUL`.
fn capitals(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for word in words.split(' ') {
        let (first, rest) = word.split_at(1.min(word.len()));
        out.push_str(first);
        out.push_str(&rest.to_ascii_lowercase());
        out.push(' ');
    }
    out.trim_end().to_owned()
}

/// The person at the border.
pub(super) fn traveller(rng: &mut Rng, person: &Somebody, name: &Name, form: &str) -> Described {
    let (family, given) = match form {
        "swapped" => (&name.given, &name.family),
        _ => (&name.family, &name.given),
    };
    let (family, given) = match family.is_empty() {
        true => (given, family),
        false => (family, given),
    };
    let title = if person.woman { "MRS" } else { "MR" };
    let text = match form {
        "mrz" | "swapped" => {
            let mut line = format!("{}<<{}", family.join("<"), given.join("<"));
            line.truncate(39);
            line
        }
        "manifest" => format!("{}/{}", family.join(" "), given.join(" ")),
        "glued" => format!("{}/{}", family.concat(), given.concat()),
        _ => format!("{}/{}{title}", family.concat(), given.concat()),
    };
    let state = match rng.percent(3) {
        true => rng.pick(&["FRA", "GBR", "DEU", "USA", "CAN", "TUR", "UTO"]),
        false => person.state,
    };
    Described {
        id: String::new(),
        names: vec![text],
        weak: Vec::new(),
        births: vec![person.birth.to_string()],
        nationality: state,
        gender: if person.woman { "F" } else { "M" },
        documents: vec![if rng.percent(50) {
            person.document.clone()
        } else {
            format!("N{}", rng.between(10_000_000, 99_999_999))
        }],
    }
}

/// What the list knows of the birth date, in tenths of a per cent.
fn dates(rng: &mut Rng, birth: Date, listed: &mut Described, own: &mut Described) -> &'static str {
    let (year, month, day) = (birth.year(), birth.month(), birth.day());
    let on = |y: i16, m: i8, d: i8| format!("{y}-{m:02}-{:02}", d.min(28));
    let apart = |rng: &mut Rng, least: i64, most: i64| {
        let years = rng.between(least, most) as i16;
        if rng.percent(50) { years } else { -years }
    };
    let (state, text) = match rng.below(1000) {
        0..600 => ("exact", birth.to_string()),
        600..620 => ("default date", format!("{year}-01-01")),
        620..879 => ("year", year.to_string()),
        879..884 if day <= 12 => ("slip", on(year, day, month)),
        879..895 => ("slip", on(year, month, 1 + (day + 4) % 28)),
        895..906 => ("slip", on(year + apart(rng, 1, 4), month, day)),
        906..910 => (
            "conflict",
            on(year, 1 + (month + 3) % 12, 1 + (day + 9) % 28),
        ),
        910..925 => (
            "conflict",
            on(year + apart(rng, 1, 1), 1 + (month + 3) % 12, 1 + day % 28),
        ),
        925..936 => ("conflict", (year + apart(rng, 2, 3)).to_string()),
        936..951 => (
            "conflict",
            on(year + apart(rng, 4, 10), 1 + (month + 3) % 12, 1 + day % 28),
        ),
        951..970 => ("range", format!("{}/{}", year - 2, year + 1)),
        _ => ("missing", String::new()),
    };
    listed.births = if text.is_empty() { vec![] } else { vec![text] };
    // Some states issue passports that know no more than a year.
    if rng.percent(2) {
        own.births = vec![year.to_string()];
        return "year";
    }
    state
}
