//! Aligns the words of a traveller's name with the words of a listed one and counts points.
//!
//! - In: a read [`Name`] and the atoms of a listed name.  Out: points, each with its reason.
//! - Every pair of a unit and an atom that have something in common is a candidate; the best are
//!   taken first, none twice. What is left over is tried as words written together, and then costs.
//! - Invariant: the points returned are the sum of the points given to the ledger, all integers;
//!   ties are broken by position, so the result is the same everywhere.

use crate::likeness::{CLOSE_MOST, Likeness, gain, likeness, likeness_within};
use crate::read::How;
use crate::{Kind, Name, Role, Source, Token, Unit, Weights};

/// The atoms of a listed name.
#[derive(Clone, Copy)]
pub struct Atoms<'a> {
    /// Words in order.
    pub tokens: &'a [&'a Token],
    /// Part of the name, for each.
    pub roles: &'a [Role],
}

/// One reason for points.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Stable code, such as `same-sound`.
    pub code: &'static str,
    /// The traveller's word; empty where only the list has one.
    pub own: &'a str,
    /// The list's words, joined where two.
    pub listed: [&'a str; 2],
    /// Tenths of a bit.
    pub points: i16,
}

/// Takes down reasons. `()` takes none, for speed.
pub trait Ledger {
    /// One reason.
    fn add(&mut self, evidence: Evidence<'_>);
}

impl Ledger for () {
    fn add(&mut self, _: Evidence<'_>) {}
}

/// A pair worth less than this is no pair: its words are rather counted as absent.
const NO_PAIR: i16 = -35;
const MAX_PAIRS: usize = 96;
/// Letters of the shortest word that is taken for two written together.
const TWO_LEN: usize = 5;
/// Words written together may differ by half a slip more.
pub(crate) const JOINED_CLOSE: u8 = 6;

#[derive(Clone, Copy, Default)]
struct Pair {
    points: i16,
    unit: u8,
    atom: u8,
    /// The listed word that is written together with `atom`.
    second: Option<u8>,
    /// None: one word is the other, cut off.
    likeness: Option<Likeness>,
}

impl Pair {
    fn code(&self) -> &'static str {
        match self.second {
            Some(_) => "written-together",
            None => self.likeness.map_or("cut-off", Likeness::code),
        }
    }

    /// The listed words, one bit each.
    fn mask(&self) -> u16 {
        self.second.map_or(0, |second| 1 << second) | 1 << self.atom
    }
}

struct Sum<'l, L: Ledger> {
    points: i32,
    minor: i16,
    minor_cap: i16,
    words: u8,
    further_percent: i16,
    ledger: &'l mut L,
}

impl<L: Ledger> Sum<'_, L> {
    fn add(&mut self, code: &'static str, own: &str, listed: [&str; 2], points: i16) {
        self.points += i32::from(points);
        self.ledger.add(Evidence {
            code,
            own,
            listed,
            points,
        });
    }

    /// A word that agrees. Names of one people go together, so that the second word of a name is
    /// less of a surprise than the first.
    fn add_word(&mut self, code: &'static str, own: &str, listed: [&str; 2], points: i16) {
        let kept = if self.words > 0 && points > 0 {
            (i32::from(points) * i32::from(self.further_percent) / 100) as i16
        } else {
            points
        };
        self.words += 1;
        self.add(code, own, listed, kept);
    }

    /// Words that prove little add little, together.
    fn add_minor(&mut self, code: &'static str, own: &str, listed: [&str; 2], points: i16) {
        let points = points.min(self.minor_cap - self.minor);
        self.minor += points;
        self.add(code, own, listed, points);
    }
}

/// Compares; see the module. `dated`: the birth dates agree.
pub fn align<L: Ledger>(
    own: &Name,
    listed: Atoms<'_>,
    dated: bool,
    w: &Weights,
    ledger: &mut L,
) -> i32 {
    let mut sum = Sum {
        points: 0,
        minor: 0,
        minor_cap: w.minor_words_cap,
        words: 0,
        further_percent: w.word_further_percent,
        ledger,
    };
    let mut taken = Taken::default();
    let count = listed.tokens.len().min(16);
    let listed = Atoms {
        tokens: &listed.tokens[..count],
        roles: &listed.roles[..count],
    };

    let mut pairs = [Pair::default(); MAX_PAIRS];
    let mut len = 0;
    for (u, unit) in own.units.iter().enumerate() {
        let last_of_cut = own.cut && usize::from(unit.to) == own.atoms.len();
        for (a, token) in listed.tokens.iter().enumerate() {
            let Some((points, likeness)) = value(unit, token, last_of_cut, dated, w) else {
                continue;
            };
            let as_given = match listed.roles[a] {
                Role::Given => true,
                Role::Unknown => given(own, unit),
                Role::Surname => false,
            };
            let points = if as_given {
                points.min(w.given_cap)
            } else {
                points
            };
            if len < MAX_PAIRS {
                pairs[len] = Pair {
                    points,
                    unit: u as u8,
                    atom: a as u8,
                    second: None,
                    likeness,
                };
                len += 1;
            }
        }
        if len < MAX_PAIRS {
            len += written_together(u as u8, own, listed, w, &mut pairs[len..]);
        }
    }
    let pairs = &mut pairs[..len];
    pairs.sort_unstable_by_key(|p| (-p.points, p.unit, p.atom));
    for pair in pairs.iter() {
        let unit = &own.units[usize::from(pair.unit)];
        let token = listed.tokens[usize::from(pair.atom)];
        if !taken.free(unit.atoms(), pair.mask()) {
            continue;
        }
        taken.take(unit.atoms(), pair.mask());
        taken.roles(
            own,
            unit.from,
            listed.roles[usize::from(pair.atom)],
            pair.points,
        );
        let minor = unit.token.kind != Kind::Word || token.kind != Kind::Word;
        let second = pair
            .second
            .map_or("", |s| listed.tokens[usize::from(s)].text.as_str());
        let words = [token.text.as_str(), second];
        if minor && pair.points > 0 && second.is_empty() {
            sum.add_minor(pair.code(), &unit.token.text, words, pair.points);
        } else {
            sum.add_word(pair.code(), &unit.token.text, words, pair.points);
        }
    }
    let left =
        taken.own.count_ones() < own.atoms.len() as u32 && taken.listed.count_ones() < count as u32;
    if left && own.source == Source::Booking {
        unglue(own, listed, &mut taken, w, &mut sum);
    }
    leftovers(own, listed, &taken, w, &mut sum);
    let over = sum.points - i32::from(w.name_cap);
    if over > 0 {
        sum.add(
            "name-cap",
            "",
            ["", ""],
            -over.min(i32::from(i16::MAX)) as i16,
        );
    }
    sum.points
}

/// Whether all of a unit is given names, as far as its source tells.
fn given(own: &Name, unit: &Unit) -> bool {
    let atoms = &own.atoms[usize::from(unit.from)..usize::from(unit.to)];
    atoms.iter().all(|atom| atom.role == Role::Given)
}

/// What a unit and a listed word are worth together; `None` if they are no pair.
fn value(
    unit: &Unit,
    listed: &Token,
    last_of_cut: bool,
    dated: bool,
    w: &Weights,
) -> Option<(i16, Option<Likeness>)> {
    let own = &unit.token;
    let whole = unit
        .worth(listed, dated, w)
        .map(|(points, l)| (points, Some(l)));
    let cut = (last_of_cut && unit.how != How::Joined && listed.text.len() > own.text.len())
        .then(|| listed.text.starts_with(own.text.as_str()))
        .filter(|starts| *starts)
        .map(|_| {
            let seen = w.prefix_letter * own.text.len().min(8) as i16;
            (seen.min(listed.rarity()), None)
        });
    whole.max(cut).filter(|(points, _)| *points > NO_PAIR)
}

impl Unit {
    /// What this word and a listed one are worth together, and why.
    pub fn worth(&self, listed: &Token, dated: bool, w: &Weights) -> Option<(i16, Likeness)> {
        let most = match self.how {
            How::Joined => JOINED_CLOSE.into(),
            _ => CLOSE_MOST,
        };
        let like = self.likeness_within(listed, most)?;
        let near = self.how != How::Joined || like <= Likeness::Close(JOINED_CLOSE);
        near.then(|| {
            (
                gain(&self.token, listed, like, dated, w) + self.extra(w),
                like,
            )
        })
    }

    /// Whether this may be two words of the list, written together.
    pub fn may_be_two(&self) -> bool {
        let long = self.token.text.len() >= TWO_LEN && self.token.kind == Kind::Word;
        long && self.how != How::Joined
    }

    /// Whether two neighbours of the list, in this order, may be this word.
    pub fn joins(&self, first: &Token, second: &Token, w: &Weights) -> bool {
        joined(&self.token, first, second, w).is_some()
    }

    /// What the way in which the word came about adds.
    pub(crate) fn extra(&self, w: &Weights) -> i16 {
        match self.how {
            How::Joined => w.word_joined,
            How::Untitled => w.title_taken_off,
            How::Plain | How::Whole | How::Part => 0,
        }
    }
}

/// Which atoms are spoken for, and what became of the roles.
#[derive(Clone, Copy, Default)]
struct Taken {
    own: u16,
    listed: u16,
    swapped: bool,
    surname_met: bool,
}

impl Taken {
    fn free(&self, own: u16, listed: u16) -> bool {
        self.own & own == 0 && self.listed & listed == 0
    }

    fn take(&mut self, own: u16, listed: u16) {
        self.own |= own;
        self.listed |= listed;
    }

    fn roles(&mut self, own: &Name, atom: u8, listed: Role, points: i16) {
        let own = own.atoms[usize::from(atom)].role;
        self.swapped |=
            points > 30 && own != listed && own != Role::Unknown && listed != Role::Unknown;
        self.surname_met |= own == Role::Surname || listed == Role::Surname;
    }
}

/// Pairs of a word of the traveller with two neighbouring ones of the list; says how many. A word
/// that stands on the list by itself is not two, and two that the traveller has as well are not one:
/// sounds alone would take HUONG for HOA NGO, and a name for none of itself.
fn written_together(
    number: u8,
    own: &Name,
    listed: Atoms<'_>,
    w: &Weights,
    pairs: &mut [Pair],
) -> usize {
    let unit = &own.units[usize::from(number)];
    let stands = |t: &&Token| t.letters == unit.token.letters && t.text == unit.token.text;
    if !unit.may_be_two() || listed.tokens.iter().any(stands) {
        return 0;
    }
    let neighbours = (1..listed.tokens.len() as u8).flat_map(|a| [(a - 1, a), (a, a - 1)]);
    let found = neighbours.filter_map(|(x, y)| {
        let token = |at: u8| listed.tokens[usize::from(at)];
        let points = joined(&unit.token, token(x), token(y), w)?;
        let has = |token: &Token| own.units.iter().any(|u| u.token.text == token.text);
        if has(token(x)) && has(token(y)) {
            return None;
        }
        Some(Pair {
            points,
            unit: number,
            atom: x,
            second: Some(y),
            likeness: None,
        })
    });
    let mut count = 0;
    for (slot, pair) in pairs.iter_mut().zip(found) {
        *slot = pair;
        count += 1;
    }
    count
}

/// Takes apart what is left of a booking by the words of the list.
fn unglue<L: Ledger>(
    own: &Name,
    listed: Atoms<'_>,
    taken: &mut Taken,
    w: &Weights,
    sum: &mut Sum<'_, L>,
) {
    for unit in &own.units {
        let glued = unit.token.text.len() >= 7 && unit.token.kind == Kind::Word;
        if glued && unit.how != How::Joined {
            unglue_by_list(own, unit, listed, taken, w, sum);
        }
    }
}

/// Whether two listed words written as one give the traveller's word, up to one typing error.
fn joined(own: &Token, first: &Token, second: &Token, w: &Weights) -> Option<i16> {
    let len = first.text.len() + second.text.len();
    if len.abs_diff(own.text.len()) > 1
        || first.kind == Kind::Initial
        || second.kind == Kind::Initial
        || ((first.letters | second.letters) ^ own.letters).count_ones() > 4
    {
        return None;
    }
    let token = Token::joined(first, second, own.is_known());
    let worth = |t: &Token| if t.kind == Kind::Word { t.rarity() } else { 0 };
    let parts = (worth(first) + worth(second)).min(170) + w.word_joined;
    match likeness_within(own, &token, JOINED_CLOSE.into())? {
        Likeness::Equal => Some(parts),
        Likeness::Sound => Some(parts + w.word_sound),
        Likeness::VowelMissing => Some(parts + w.word_vowel_missing),
        Likeness::OneEdit => Some(parts + w.word_one_edit),
        Likeness::Close(cost) => Some(
            parts + w.word_close + (i32::from(w.word_close_slip) * i32::from(cost) / 10) as i16,
        ),
        _ => None,
    }
    .filter(|p| *p > 0)
}

/// A booking's glued word, taken apart by the words that the list has.
fn unglue_by_list<L: Ledger>(
    own: &Name,
    unit: &Unit,
    listed: Atoms<'_>,
    taken: &mut Taken,
    w: &Weights,
    sum: &mut Sum<'_, L>,
) {
    if taken.own & unit.atoms() != 0 {
        return;
    }
    let mut rest = unit.token.text.as_str();
    let mut found = false;
    while rest.len() >= 3 {
        let next = listed
            .tokens
            .iter()
            .enumerate()
            .filter(|(a, t)| {
                taken.listed & 1 << a == 0 && t.text.len() >= 3 && t.kind == Kind::Word
            })
            .filter_map(|(a, t)| {
                glued(rest, t, w).map(|(points, part, left)| (points, a, part, left))
            })
            .max_by_key(|(points, a, ..)| (*points, std::cmp::Reverse(*a)));
        let Some((points, a, part, left)) = next else {
            break;
        };
        found = true;
        taken.listed |= 1 << a;
        taken.roles(own, unit.from, listed.roles[a], points);
        sum.add_word("glued", part, [&listed.tokens[a].text, ""], points);
        rest = left;
    }
    if found {
        taken.own |= unit.atoms();
        let title =
            unit.how == How::Whole && crate::tables::Tables::get().kind(rest) == Some(Kind::Title);
        if !rest.is_empty() && !title {
            sum.add("own-part-absent", rest, ["", ""], w.own_part_absent);
        }
    }
}

/// The beginning or end of a glued word that is a listed word: points, that part, what is left.
fn glued<'r>(rest: &'r str, token: &Token, w: &Weights) -> Option<(i16, &'r str, &'r str)> {
    let text = token.text.as_str();
    let found = |points: i16, part, left| Some((points + w.word_joined, part, left));
    if let Some(left) = rest.strip_prefix(text) {
        return found(token.rarity(), &rest[..text.len()], left);
    }
    if let Some(left) = rest.strip_suffix(text) {
        return found(token.rarity(), &rest[left.len()..], left);
    }
    // Another spelling of it; a script without vowels writes fewer letters.
    let longest = if token.abjad {
        text.len() * 2
    } else {
        text.len() + 2
    };
    let shortest = text.len().saturating_sub(1).max(4);
    let cut = |len: usize| [(0, len), (rest.len() - len, rest.len())];
    (shortest..=longest.min(rest.len()))
        .flat_map(cut)
        .filter_map(|(from, to)| {
            let part = &rest[from..to];
            let word = Token::new(part);
            let like = likeness(&word, token).filter(|l| *l <= Likeness::VowelMissing)?;
            let points = gain(&word, token, like, false, w) + w.word_joined;
            let left = if from == 0 {
                &rest[to..]
            } else {
                &rest[..from]
            };
            (points > 0).then_some((points, part, left))
        })
        .max_by_key(|(points, part, _)| (*points, part.len()))
}

/// Words left over on both sides stand for different people: each with one of the other side, those
/// of one role first.
fn differing<L: Ledger>(
    own: &Name,
    listed: Atoms<'_>,
    taken: &Taken,
    w: &Weights,
    sum: &mut Sum<'_, L>,
) -> Taken {
    let mut taken = *taken;
    if own.cut || taken.own == 0 {
        return taken;
    }
    for same_role in [true, false] {
        for (i, atom) in own.atoms.iter().enumerate() {
            let token = &own.units[usize::from(atom.unit)].token;
            let mut met = own.atoms.iter().enumerate();
            let part_met = met.any(|(j, other)| other.word == atom.word && taken.own & 1 << j != 0);
            if token.kind != Kind::Word || part_met || taken.own & 1 << i != 0 {
                continue;
            }
            let other =
                listed
                    .tokens
                    .iter()
                    .zip(listed.roles)
                    .enumerate()
                    .find(|(a, (t, role))| {
                        taken.listed & 1 << a == 0
                            && t.kind == Kind::Word
                            && !t.is_patronymic()
                            && (!same_role || **role == atom.role)
                    });
            if let Some((a, (other, _))) = other {
                taken.take(1 << i, 1 << a);
                sum.add(
                    "word-differs",
                    &token.text,
                    [&other.text, ""],
                    w.word_differs,
                );
            }
        }
    }
    taken
}

/// What nobody met costs.
fn leftovers<L: Ledger>(
    own: &Name,
    listed: Atoms<'_>,
    taken: &Taken,
    w: &Weights,
    sum: &mut Sum<'_, L>,
) {
    let differing = differing(own, listed, taken, w, sum);
    let taken = &differing;
    let mut first = true;
    for (a, token) in listed.tokens.iter().enumerate() {
        if taken.listed & 1 << a != 0 {
            continue;
        }
        let points = match token.kind {
            _ if own.cut => 0,
            Kind::Word if token.is_patronymic() => w.list_patronymic_absent,
            Kind::Word if first => {
                first = false;
                w.list_word_absent
            }
            Kind::Word => w.list_word_absent_more,
            _ => w.minor_word_absent,
        };
        sum.add("list-word-absent", "", [&token.text, ""], points);
    }
    for (i, atom) in own.atoms.iter().enumerate() {
        if taken.own & 1 << i != 0 {
            continue;
        }
        let token = &own.units[usize::from(atom.unit)].token;
        let part_met = own
            .atoms
            .iter()
            .enumerate()
            .any(|(j, other)| other.word == atom.word && taken.own & 1 << j != 0);
        let points = match token.kind {
            Kind::Word if part_met => w.own_part_absent,
            Kind::Word => w.own_word_absent,
            _ => w.minor_word_absent,
        };
        sum.add("own-word-absent", &token.text, ["", ""], points);
    }
    if taken.swapped {
        sum.add("roles-swapped", "", ["", ""], w.roles_swapped);
    }
    let has = |roles: &[Role]| roles.contains(&Role::Surname);
    let own_surname = own.atoms.iter().any(|a| a.role == Role::Surname);
    if own_surname && has(listed.roles) && !taken.surname_met {
        sum.add("surname-differs", "", ["", ""], w.surname_differs);
    }
}
