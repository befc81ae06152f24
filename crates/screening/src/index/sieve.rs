//! What an entry may have besides its name, at most, from four bytes of it.
//!
//! A search meets hundreds of entries that share a word with the traveller, and most of them were
//! born in another decade. Four bytes of each lie side by side in memory, and tables made once for
//! a traveller say what they are worth, so that nothing else of those entries is fetched.
//!
//! Invariant: never less than `beside_name_bound` says, less what the line is raised by for an entry
//! without a birth date.

use super::{Posting, State, sex_bit};
use crate::birth::{self, Birth, FAR, hijri};
use crate::entry::Entry;
use crate::score::{Query, names_tried};
use oriel_model::PartialDate;
use oriel_names::Weights;

/// Years from this one on have a code of their own.
const FIRST_YEAR: i16 = 1851;
/// The last one that has.
const LAST_YEAR: i16 = FIRST_YEAR + LOOK as i16 - 1;
/// Nothing is known.
const NONE: u8 = 0;
/// Several, or not fit for a code.
const LOOK: u8 = u8::MAX;

/// Four bytes of an entry.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Brief {
    /// From below: day and month of birth, what its names are like, the sexes.
    packed: u16,
    year: u8,
    state: u8,
}

/// What the names of an entry are like.
#[derive(Clone, Copy, Debug)]
pub(super) struct NamesBrief {
    /// How many.
    pub(super) count: usize,
    /// One has a title, a particle or an initial.
    pub(super) minor: bool,
}

/// Codes of names: for how many they are, twice.
const NAMES_CODES: usize = 8;

impl NamesBrief {
    fn code(self) -> u16 {
        self.count.max(1).ilog2().min(3) as u16 | u16::from(self.minor) << 2
    }
}

/// States of a list, numbered.
#[derive(Debug, Default)]
pub(super) struct States(Vec<State>);

impl States {
    /// The code of an entry's states; numbers a state met for the first time.
    fn code(&mut self, states: &[State]) -> u8 {
        let state = match states {
            [] => return NONE,
            [one] => *one,
            _ => return LOOK,
        };
        let known = self.0.iter().position(|s| *s == state);
        let number = known.unwrap_or(self.0.len());
        if number + 1 >= usize::from(LOOK) {
            return LOOK;
        }
        if known.is_none() {
            self.0.push(state);
        }
        number as u8 + 1
    }
}

fn year_code(year: i16) -> Option<u8> {
    let code = u8::try_from(year.checked_sub(FIRST_YEAR)?).ok()?;
    (code != NONE && code != LOOK).then_some(code)
}

fn month_and_day(birth: PartialDate) -> u16 {
    u16::from(birth.month().unwrap_or(0)) << 5 | u16::from(birth.day().unwrap_or(0))
}

/// Stands where a month would: the year is the first of so many, of none of which a day is known.
const SPAN: u16 = 13 << 5;
/// Most years of a span.
const SPAN_MOST: i16 = 31;

/// Year and day of an entry's births.
fn birth_codes(births: &[Birth]) -> (u8, u16) {
    let vague = |birth: &Birth| !birth.is_single() || birth.from.month().is_none();
    let years = births.iter().map(Birth::years);
    match births {
        [] => (NONE, 0),
        [birth] if birth.is_single() => match year_code(birth.from.year()) {
            Some(code) => (code, month_and_day(birth.from)),
            None => (LOOK, 0),
        },
        _ if births.iter().all(vague) => {
            let (from, to) = years.fold((i16::MAX, i16::MIN), |(from, to), (first, last)| {
                (from.min(first), to.max(last))
            });
            match (year_code(from), to.saturating_sub(from)) {
                (Some(code), width) if width < SPAN_MOST => (code, SPAN | width as u16),
                _ => (LOOK, 0),
            }
        }
        _ => (LOOK, 0),
    }
}

impl Brief {
    const NAMES: u32 = 9;
    const SEXES: u32 = 14;

    pub(super) fn new(
        entry: &Entry,
        names: NamesBrief,
        states: &[State],
        numbers: &mut States,
    ) -> Self {
        let sexes = entry.sexes.iter().fold(0, |m, s| m | sex_bit(s));
        let (year, day) = birth_codes(&entry.births);
        Self {
            packed: day | names.code() << Self::NAMES | u16::from(sexes) << Self::SEXES,
            year,
            state: numbers.code(states),
        }
    }

    pub(super) fn sexes(self) -> u8 {
        (self.packed >> Self::SEXES) as u8
    }

    /// What its states are worth is only bounded.
    pub(super) fn has_several_states(self) -> bool {
        self.state == LOOK
    }

    fn names(self) -> usize {
        usize::from(self.packed >> Self::NAMES) % NAMES_CODES
    }

    fn day(self) -> u16 {
        self.packed & ((1 << Self::NAMES) - 1)
    }

    /// Entries of one year stand together: that year's code, or [`LOOK`] for what is no single date.
    pub(super) fn year_group(self) -> u8 {
        match self.day() >= SPAN {
            true => LOOK,
            false => self.year,
        }
    }

    /// The only date.
    fn birth(self) -> Option<Birth> {
        let day = self.day();
        let date = PartialDate::new(
            i16::from(self.year) + FIRST_YEAR,
            (day >> 5) as u8,
            (day & 31) as u8,
        );
        date.map(Birth::on)
    }
}

/// What each code is worth to a traveller, at most.
#[derive(Debug)]
pub(super) struct Sieve<'a> {
    births: Vec<PartialDate>,
    days: Vec<u16>,
    weights: &'a Weights,
    on_day: [i16; 256],
    off_day: [i16; 256],
    states: [i16; 256],
    sexes: [i16; 4],
    names: [i16; NAMES_CODES],
    place: i16,
    /// First and last code of a year near a birth of the traveller.
    near: (u8, u8),
    /// At most what an entry has that was born in none of them, on a traveller's day and on
    /// another.
    far: (i32, i32),
    /// At most what an entry has of which no birth is known.
    unknown: i32,
}

/// Rows of fewer entries are looked at one by one.
const WORTH_NARROWING: usize = 16;

/// Parts of a row.
pub(super) struct Narrowed<'p> {
    pub(super) all: [&'p [Posting]; 3],
    /// Only those born on a day of the traveller.
    pub(super) on_day: [&'p [Posting]; 2],
}

impl Narrowed<'_> {
    pub(super) fn len(&self) -> usize {
        self.all
            .iter()
            .chain(&self.on_day)
            .map(|part| part.len())
            .sum()
    }
}

/// For each code of names: what titles, particles and initials may add, and what trying several
/// takes off.
fn names_bounds(query: &Query, w: &Weights) -> [i16; NAMES_CODES] {
    std::array::from_fn(|code| {
        let minor = code & 4 != 0 || query.has_minor_words();
        let tried = names_tried(1 << (code & 3), w);
        tried + if minor { w.minor_words_cap.max(0) } else { 0 }
    })
}

/// In the place of points: dates of this year are to be compared.
const SAME_YEAR: i16 = i16::MIN;

impl<'a> Sieve<'a> {
    /// `undated`: how much higher the line stands for entries without a birth date.
    pub(super) fn new(query: &Query, numbers: &States, undated: i32, w: &'a Weights) -> Self {
        let mut sieve = Self {
            births: query
                .births
                .iter()
                .copied()
                .filter(|b| !hijri(*b))
                .collect(),
            days: Vec::new(),
            weights: w,
            on_day: [0; 256],
            off_day: [0; 256],
            states: [0; 256],
            sexes: [0, 1, 2, 3].map(|listed| query.sex_points(listed, w)),
            names: names_bounds(query, w),
            place: query.place_bound(w),
            near: (NONE, LOOK),
            far: (i32::MAX, i32::MAX),
            unknown: i32::MAX,
        };
        sieve.fill_births(undated as i16);
        let [none, codes @ .., look] = &mut sieve.states;
        *none = 0;
        for (code, points) in codes.iter_mut().zip(query.state_points(&numbers.0, w)) {
            *code = points;
        }
        *look = query.states_bound(w);
        sieve.fill_far();
        sieve
    }

    /// Tells years near a birth from those of which each is worth what any other is.
    fn fill_far(&mut self) {
        let codes = self.births.iter().map(|own| {
            let code = |year: i16| year_code(year.clamp(FIRST_YEAR + 1, LAST_YEAR));
            let reach = FAR as i16 - 1;
            (code(own.year() - reach), code(own.year() + reach))
        });
        let near = codes.reduce(|(a, b), (from, to)| (a.min(from), b.max(to)));
        let Some((Some(from), Some(to))) = near else {
            return;
        };
        let most = |values: &[i16]| i32::from(values.iter().copied().max().unwrap_or(0));
        let others = most(&self.states) + most(&self.sexes) + self.most_of_names();
        let others = others + i32::from(self.place);
        let birth = |same_day| i32::from(birth::most(FAR, same_day, self.weights));
        self.near = (from, to);
        self.far = (others + birth(true), others + birth(false));
        self.unknown = others + i32::from(self.off_day[usize::from(NONE)]);
    }

    fn most_of_names(&self) -> i32 {
        i32::from(self.names.iter().copied().max().unwrap_or(0))
    }

    /// At most what is had besides points of telling words.
    pub(super) fn most_of_all(&self, beside_name: i32) -> i32 {
        beside_name + self.most_of_names()
    }

    /// What the names of the entry add or take, their telling words apart.
    pub(super) fn of_names(&self, brief: Brief) -> i32 {
        i32::from(self.names[brief.names()])
    }

    /// Which of these, ordered by [`Brief::year_group`], may have as much as is needed: some to be
    /// asked each, and some of which only those born on a day of the traveller.
    pub(super) fn narrowed<'p>(&self, row: &'p [Posting], need: i32) -> Narrowed<'p> {
        let (on_day, off_day) = self.far;
        if row.len() < WORTH_NARROWING || need <= off_day {
            return Narrowed {
                all: [row, &[], &[]],
                on_day: [&[], &[]],
            };
        }
        let until = |group: u8| row.partition_point(|p| p.brief.year_group() < group);
        let (unknown, near) = (until(NONE + 1), until(self.near.0));
        let (after, look) = (until(self.near.1 + 1), until(LOOK));
        let undated = match need <= self.unknown {
            true => &row[..unknown],
            false => &[],
        };
        Narrowed {
            all: [undated, &row[near..after], &row[look..]],
            on_day: match need <= on_day {
                true => [&row[unknown..near], &row[after..look]],
                false => [&[], &[]],
            },
        }
    }

    /// Whether the entry was born on a day of the year on which the traveller was.
    pub(super) fn same_day(&self, brief: Brief) -> bool {
        let day = brief.day();
        day != 0 && self.days.contains(&day)
    }

    /// No birth date of the traveller can be compared.
    pub(super) fn is_undated(&self) -> bool {
        self.births.is_empty()
    }

    fn fill_births(&mut self, undated: i16) {
        let w = self.weights;
        if self.is_undated() {
            return;
        }
        let full = self.births.iter().filter(|own| own.day().is_some());
        self.days.extend(full.map(|own| month_and_day(*own)));
        for (table, same_day) in [(&mut self.on_day, true), (&mut self.off_day, false)] {
            let most = birth::most(0, true, w).max(w.birth_in_range);
            table[usize::from(NONE)] = -undated;
            table[1..].fill(birth::most(FAR, same_day, w));
            table[usize::from(LOOK)] = most;
            for own in &self.births {
                for years in 1..FAR as i16 {
                    for year in [own.year() - years, own.year() + years] {
                        if let Some(code) = year_code(year) {
                            let most = &mut table[usize::from(code)];
                            *most = birth::most(years.unsigned_abs(), same_day, w).max(*most);
                        }
                    }
                }
            }
            for own in &self.births {
                if let Some(code) = year_code(own.year()) {
                    table[usize::from(code)] = SAME_YEAR;
                }
            }
        }
    }

    /// At most what the entry has besides telling words and documents, less what its line is raised
    /// by.
    pub(super) fn most(&self, brief: Brief) -> i32 {
        i32::from(self.birth(brief))
            + i32::from(self.states[usize::from(brief.state)])
            + i32::from(self.sexes[usize::from(brief.sexes() & 3)])
            + self.of_names(brief)
            + i32::from(self.place)
    }

    fn birth(&self, brief: Brief) -> i16 {
        let day = brief.day();
        if day >= SPAN {
            return self.span(brief);
        }
        let table = match self.same_day(brief) {
            true => &self.on_day,
            false => &self.off_day,
        };
        match table[usize::from(brief.year)] {
            SAME_YEAR => self.single_date(brief),
            most => most,
        }
    }

    /// One of several years, or of a range.
    #[cold]
    fn span(&self, brief: Brief) -> i16 {
        let w = self.weights;
        let from = i16::from(brief.year) + FIRST_YEAR;
        let to = from + (brief.day() & 31) as i16;
        let most = |own: &PartialDate| match (from - own.year()).max(own.year() - to) {
            ..=0 => w.birth_in_range.max(w.birth_year_agrees),
            off => birth::most(off.unsigned_abs(), false, w),
        };
        self.births.iter().map(most).max().unwrap_or(0)
    }

    #[cold]
    fn single_date(&self, brief: Brief) -> i16 {
        let compare = |listed: Birth| {
            let own = self.births.iter();
            let found = own.filter_map(|own| birth::compare(*own, &listed, self.weights));
            found.map(|found| found.points).max()
        };
        brief.birth().and_then(compare).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Brief, LOOK, NONE, NamesBrief, Sieve, States};
    use crate::entry::Entry;
    use crate::index::Index;
    use crate::score::{Query, beside_name_bound};
    use crate::{Birth, Person, Subject};
    use oriel_names::Weights;

    #[test]
    fn four_bytes_never_promise_less_than_the_entry_has() {
        let dates = [
            "",
            "1970",
            "1970-02",
            "1970-02-03",
            "1970-03-02",
            "1970-02-09",
            "1970-01-01",
            "1969-02-03",
            "1966-02-03",
            "1971/1973",
            "1973~",
            "1960/1999",
            "1390-02-03",
            "1840-01-02",
            "1974 1971",
            "1970-02-03 1980-05-05",
            "1972~ 1999",
        ];
        let states: [&[&str]; 4] = [&[], &["UTO"], &["SUN"], &["UTO", "RUS"]];
        const RAISED: i32 = 40;
        let w = Weights::default();
        let mut exact = 0;
        for (listed, own) in dates.iter().flat_map(|l| dates.iter().map(move |o| (l, o))) {
            for (listed_states, own_states) in states.iter().flat_map(|l| states.map(|o| (l, o))) {
                let entry = Entry {
                    births: listed.split_whitespace().filter_map(Birth::parse).collect(),
                    nationalities: listed_states.iter().map(|s| (*s).into()).collect(),
                    sexes: vec!["F".into()],
                    ..Entry::default()
                };
                let subject = Subject::from_person(&Person {
                    dob: own.split_whitespace().map(Into::into).collect(),
                    nationality: own_states.iter().map(|s| (*s).into()).collect(),
                    gender: Some("M".into()),
                    ..Person::default()
                });
                let query = Query::new(&subject);
                let index = Index::build("", std::slice::from_ref(&entry));
                let mut numbers = States::default();
                let names = NamesBrief {
                    count: 1,
                    minor: false,
                };
                let brief = Brief::new(&entry, names, index.states(0), &mut numbers);
                let sieve = Sieve::new(&query, &numbers, RAISED, &w);
                let most = sieve.most(brief);
                let far = match sieve.same_day(brief) {
                    true => sieve.far.0,
                    false => sieve.far.1,
                };
                let near = sieve.near.0..=sieve.near.1;
                let group = brief.year_group();
                let narrowed = group == NONE || group == LOOK || near.contains(&group);
                assert!(narrowed || most <= far, "{listed} {own}: {most} > {far}");
                let raised = listed.is_empty() && !sieve.is_undated();
                let truth = beside_name_bound(&query, &index, 0, &w);
                let truth = truth - if raised { RAISED } else { 0 };
                assert!(most >= truth, "{listed} {own}: {most} < {truth}");
                exact += usize::from(most == truth);
            }
        }
        assert!(exact > 3_000, "mostly exact: {exact}");
    }
}
