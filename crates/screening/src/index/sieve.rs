//! What an entry may have besides its name, at most, from four bytes of it.
//!
//! A search meets hundreds of entries that share a word with the traveller, and most of them were
//! born in another decade. Four bytes of each lie side by side in memory, and tables made once for
//! a traveller say what they are worth, so that nothing else of those entries is fetched.
//!
//! Invariant: never less than `beside_name_bound` says.

use super::{State, sex_bit};
use crate::birth::{self, FAR, hijri};
use crate::entry::Entry;
use crate::score::Query;
use oriel_model::PartialDate;
use oriel_names::Weights;

/// Years from this one on have a code of their own.
const FIRST_YEAR: i16 = 1851;
/// Nothing is known.
const NONE: u8 = 0;
/// Several, or not fit for a code.
const LOOK: u8 = u8::MAX;

/// Four bytes of an entry.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Brief {
    /// Month and day of birth, the sexes on top.
    day_and_sexes: u16,
    year: u8,
    state: u8,
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
    match (birth.month(), birth.day()) {
        (Some(month), Some(day)) => u16::from(month) << 5 | u16::from(day),
        _ => 0,
    }
}

impl Brief {
    const SEXES: u32 = 14;

    pub(super) fn new(entry: &Entry, states: &[State], numbers: &mut States) -> Self {
        let sexes = entry.sexes.iter().fold(0, |m, s| m | sex_bit(s));
        let (year, day) = match entry.births[..] {
            [] => (NONE, 0),
            [birth] if birth.is_single() => match year_code(birth.from.year()) {
                Some(code) => (code, month_and_day(birth.from)),
                None => (LOOK, 0),
            },
            _ => (LOOK, 0),
        };
        Self {
            day_and_sexes: day | u16::from(sexes) << Self::SEXES,
            year,
            state: numbers.code(states),
        }
    }

    pub(super) fn sexes(self) -> u8 {
        (self.day_and_sexes >> Self::SEXES) as u8
    }

    fn day(self) -> u16 {
        self.day_and_sexes & ((1 << Self::SEXES) - 1)
    }
}

/// What each code is worth to a traveller, at most.
#[derive(Debug)]
pub(super) struct Sieve {
    days: Vec<u16>,
    on_day: [i16; 256],
    off_day: [i16; 256],
    states: [i16; 256],
    sexes: [i16; 4],
    place: i16,
}

impl Sieve {
    pub(super) fn new(query: &Query, numbers: &States, w: &Weights) -> Self {
        let mut sieve = Self {
            days: Vec::new(),
            on_day: [0; 256],
            off_day: [0; 256],
            states: [0; 256],
            sexes: [0, 1, 2, 3].map(|listed| query.sex_points(listed, w)),
            place: query.place_bound(w),
        };
        sieve.births(query, w);
        let [none, codes @ .., look] = &mut sieve.states;
        *none = 0;
        for (code, state) in codes.iter_mut().zip(&numbers.0) {
            *code = query.state_points(*state, w);
        }
        *look = query.states_bound(w);
        sieve
    }

    fn births(&mut self, query: &Query, w: &Weights) {
        let compared = query.births.iter().filter(|own| !hijri(**own));
        let mut most = 0;
        for (i, own) in compared.enumerate() {
            self.days.push(month_and_day(*own));
            most = most.max(birth::most(0, true, w)).max(w.birth_in_range);
            for (table, same_day) in [(&mut self.on_day, true), (&mut self.off_day, false)] {
                let far = birth::most(FAR, same_day, w);
                let known = &mut table[1..usize::from(LOOK)];
                match i {
                    0 => known.fill(far),
                    _ => known.iter_mut().for_each(|m| *m = far.max(*m)),
                }
                for year in own.year() - FAR as i16..=own.year() + FAR as i16 {
                    if let Some(code) = year_code(year) {
                        let near = birth::most(year.abs_diff(own.year()), same_day, w);
                        let most = &mut table[usize::from(code)];
                        *most = near.max(if i == 0 { near } else { *most });
                    }
                }
            }
        }
        self.on_day[usize::from(LOOK)] = most;
        self.off_day[usize::from(LOOK)] = most;
    }

    /// At most what the entry has besides its name and documents.
    pub(super) fn most(&self, brief: Brief) -> i32 {
        let day = brief.day();
        let births = match day != 0 && self.days.contains(&day) {
            true => &self.on_day,
            false => &self.off_day,
        };
        i32::from(births[usize::from(brief.year)])
            + i32::from(self.states[usize::from(brief.state)])
            + i32::from(self.sexes[usize::from(brief.sexes() & 3)])
            + i32::from(self.place)
    }
}
