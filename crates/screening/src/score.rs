//! Compares one traveller with one entry and adds up the points.
//!
//! Everything that is compared besides names is cheap and is compared first ([`beside_name`]); the
//! search uses it to skip entries, the score to explain them. Both are the same code, so that an
//! explanation always adds up.

use crate::birth::{self, Birth, BirthMatch};
use crate::country;
use crate::entry::Quality;
use crate::hit::{Fact, FactPart, Relation, words};
use crate::index::{Index, State, folded, sex_bit};
use crate::subject::Subject;
use oriel_model::{PartialDate, Text};
use oriel_names::{
    Atoms, Evidence, Kind, Ledger, Name, Role, Source, Token, Unit, Weights, align, romanise,
};

/// A traveller, read and ready to be compared.
pub(crate) struct Query {
    pub(crate) names: Vec<Name>,
    name_texts: Vec<Text>,
    pub(crate) births: Vec<PartialDate>,
    nationalities: Vec<QueryState>,
    issuers: Vec<QueryState>,
    sexes: u8,
    pub(crate) documents: Vec<QueryDocument>,
    places: Vec<String>,
}

/// A state of the traveller with all that a list may name instead.
struct QueryState {
    compatible: Vec<State>,
    tier: u8,
}

impl QueryState {
    fn new(code: &Text) -> Option<Self> {
        State::new(code)?;
        Some(Self {
            compatible: country::compatible(code)
                .iter()
                .filter_map(|c| State::new(c))
                .collect(),
            tier: country::tier(code),
        })
    }

    fn goes_with(&self, listed: State) -> bool {
        self.compatible.iter().any(|s| s.same(listed))
    }

    fn points(&self, w: &Weights) -> i16 {
        match self.tier {
            1 => w.nationality_common,
            2 => w.nationality_some,
            _ => w.nationality_rare,
        }
    }
}

pub(crate) struct QueryDocument {
    number: Text,
    pub(crate) folded: Text,
    issuer: Option<State>,
}

impl Query {
    pub(crate) fn new(subject: &Subject) -> Self {
        let states = |codes: &[Text]| codes.iter().filter_map(QueryState::new).collect();
        let mut names = Vec::with_capacity(subject.names().len());
        let mut name_texts = Vec::new();
        for name in subject.names() {
            let read = name.read();
            if !read.is_empty() && !names.contains(&read) {
                names.push(read);
                name_texts.push(match name.given.as_str() {
                    "" => name.surname.clone(),
                    given => [name.surname.as_str(), "/", given].concat().into(),
                });
            }
        }
        Self {
            names,
            name_texts,
            births: subject.births().to_vec(),
            nationalities: states(subject.nationalities()),
            issuers: states(subject.issuers()),
            sexes: subject.sexes().iter().fold(0, |m, s| m | sex_bit(s)),
            documents: subject
                .documents()
                .iter()
                .map(|d| QueryDocument {
                    number: d.key.number.clone(),
                    folded: folded(&d.key.number),
                    issuer: d
                        .key
                        .issuer
                        .and_then(|c| country::country_code(c.as_str()))
                        .and_then(State::new),
                })
                .collect(),
            places: subject.places().iter().map(|p| romanise(p).text).collect(),
        }
    }
}

/// What single facts are worth to this traveller, at most, for tables.
impl Query {
    /// Whether a name has a title, a particle or an initial, or may have one glued to it.
    pub(crate) fn has_minor_words(&self) -> bool {
        let minor = |unit: &Unit| unit.token.kind != Kind::Word;
        let mut names = self.names.iter();
        names.any(|name| name.source() == Source::Booking || name.units().iter().any(minor))
    }

    /// The only state of an entry, for each of these.
    pub(crate) fn state_points<'s>(
        &self,
        listed: &'s [State],
        w: &'s Weights,
    ) -> impl Iterator<Item = i16> + use<'s, '_> {
        // Most states go with none of the traveller's, and then each is worth what any other is.
        let bit = |state: State| 1_u64 << (state.bits() % 64);
        let own = self.nationalities.iter().chain(&self.issuers);
        let own = own.flat_map(|own| &own.compatible);
        let own = own.fold(0, |all, state| all | bit(*state));
        let other = match self.nationalities[..] {
            [] => 0,
            _ => w.nationality_differs,
        };
        listed.iter().map(
            move |state| match own & bit(*state) == 0 && state.is_nationality() {
                true => other,
                false => compare_nationalities(self, std::slice::from_ref(state), w).points,
            },
        )
    }

    /// Any states of an entry.
    pub(crate) fn states_bound(&self, w: &Weights) -> i16 {
        let own = self.nationalities.iter().map(|s| s.points(w)).max();
        match self.issuers[..] {
            [] => own.unwrap_or(0).max(0),
            _ => own.unwrap_or(0).max(w.nationality_issuer).max(0),
        }
    }

    /// The sexes of an entry.
    pub(crate) fn sex_points(&self, listed: u8, w: &Weights) -> i16 {
        compare_sexes(self.sexes, listed, w).points
    }

    /// A place of birth.
    pub(crate) fn place_bound(&self, w: &Weights) -> i16 {
        match self.places[..] {
            [] => 0,
            _ => w.place_agrees,
        }
    }
}

/// One comparison other than of names.
#[derive(Clone, Copy, Debug)]
struct Compared {
    code: &'static str,
    relation: Relation,
    points: i16,
}

impl Compared {
    fn missing(on_list: bool) -> Self {
        Self {
            code: if on_list {
                "not-with-traveller"
            } else {
                "not-on-list"
            },
            relation: Relation::NotCompared,
            points: 0,
        }
    }
}

/// Everything compared besides names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beside {
    birth: Compared,
    nationality: Compared,
    sex: Compared,
    document: Compared,
    place: Option<Compared>,
}

impl Beside {
    pub(crate) fn points(&self) -> i32 {
        let place = self.place.map_or(0, |p| p.points);
        [self.birth, self.nationality, self.sex, self.document]
            .iter()
            .map(|c| i32::from(c.points))
            .sum::<i32>()
            + i32::from(place)
    }

    /// The birth dates agree well enough to believe a loose likeness of names.
    fn dated(&self, w: &Weights) -> bool {
        self.birth.points >= w.birth_swapped
    }

    /// The day of birth agrees.
    pub(crate) fn same_day(&self) -> bool {
        self.birth.code == "born-same-day"
    }

    /// A birth date was compared.
    pub(crate) fn birth_compared(&self) -> bool {
        self.birth.relation != Relation::NotCompared
    }

    /// Number and state of a document agree.
    pub(crate) fn same_document(&self) -> bool {
        matches!(
            self.document.code,
            "document-exact" | "document-nationality"
        )
    }
}

/// The most that can be had besides names by an entry that neither a document nor the day or month
/// of birth leads to.
pub(crate) fn most_beside_name(query: &Query, w: &Weights) -> i32 {
    let birth = match query.births.is_empty() {
        true => 0,
        false => w
            .birth_year_agrees
            .max(w.birth_in_range)
            .max(w.birth_year_one_off),
    };
    let sex = if query.sexes == 0 { 0 } else { w.sex_agrees };
    i32::from(birth)
        + i32::from(query.states_bound(w))
        + i32::from(sex)
        + i32::from(query.place_bound(w))
}

/// What [`beside_name`] gives an entry, documents apart, at most, for a fraction of the price.
pub(crate) fn beside_name_bound(query: &Query, index: &Index, entry: u32, w: &Weights) -> i32 {
    let birth = best_birth(query, index.births(entry), w).map_or(0, |b| b.points);
    let state = compare_nationalities(query, index.states(entry), w).points;
    let sex = compare_sexes(query.sexes, index.sexes(entry), w).points;
    i32::from(birth) + i32::from(state) + i32::from(sex) + i32::from(query.place_bound(w))
}

/// Compares everything besides names.
pub(crate) fn beside_name(query: &Query, index: &Index, entry: u32, w: &Weights) -> Beside {
    Beside {
        birth: compare_births(query, index, entry, w),
        nationality: compare_nationalities(query, index.states(entry), w),
        sex: compare_sexes(query.sexes, index.sexes(entry), w),
        document: compare_documents(query, index, entry, w),
        place: compare_places(query, index, entry, w),
    }
}

fn best_birth(query: &Query, listed: &[Birth], w: &Weights) -> Option<BirthMatch> {
    let mut best: Option<BirthMatch> = None;
    for own in &query.births {
        for birth in listed {
            if let Some(m) = birth::compare(*own, birth, w)
                && best.is_none_or(|b| m.points > b.points)
            {
                best = Some(m);
            }
        }
    }
    best
}

fn compare_births(query: &Query, index: &Index, entry: u32, w: &Weights) -> Compared {
    let listed = index.births(entry);
    best_birth(query, listed, w).map_or_else(
        || Compared::missing(!listed.is_empty()),
        |m| Compared {
            code: m.code,
            relation: m.relation,
            points: m.points,
        },
    )
}

fn compare_nationalities(query: &Query, listed: &[State], w: &Weights) -> Compared {
    let agreeing = query
        .nationalities
        .iter()
        .filter(|own| listed.iter().any(|l| own.goes_with(*l)))
        .map(|own| own.points(w))
        .max();
    if let Some(points) = agreeing {
        return Compared {
            code: "nationality-agrees",
            relation: Relation::Agrees,
            points,
        };
    }
    if query
        .issuers
        .iter()
        .any(|own| listed.iter().any(|l| own.goes_with(*l)))
    {
        return Compared {
            code: "nationality-of-document",
            relation: Relation::Close,
            points: w.nationality_issuer,
        };
    }
    // A state that a list merely connects with a person contradicts nothing.
    if !query.nationalities.is_empty() && listed.iter().any(|l| l.is_nationality()) {
        return Compared {
            code: "nationality-differs",
            relation: Relation::Differs,
            points: w.nationality_differs,
        };
    }
    Compared::missing(!listed.is_empty())
}

fn compare_sexes(own: u8, listed: u8, w: &Weights) -> Compared {
    let (code, relation, points) = match (own, listed) {
        (0, _) | (_, 0) => return Compared::missing(listed != 0),
        _ if own & listed != 0 => ("sex-agrees", Relation::Agrees, w.sex_agrees),
        _ => ("sex-differs", Relation::Differs, w.sex_differs),
    };
    Compared {
        code,
        relation,
        points,
    }
}

fn compare_documents(query: &Query, index: &Index, entry: u32, w: &Weights) -> Compared {
    let mut any = false;
    let mut best: Option<Compared> = None;
    if query.documents.is_empty() {
        return Compared::missing(index.documents(entry).next().is_some());
    }
    for (number, issuer) in index.documents(entry) {
        any = true;
        for own in &query.documents {
            let (code, relation, points) = if own.number == number {
                match (own.issuer, issuer) {
                    (Some(a), Some(b)) if a.same(b) => {
                        ("document-exact", Relation::Agrees, w.document_exact)
                    }
                    (Some(_), Some(_)) => (
                        "document-other-state",
                        Relation::Close,
                        w.document_other_state,
                    ),
                    // Lists often leave the issuing state out; who has a passport mostly has it
                    // from the state of their nationality.
                    (Some(a), None) if index.states(entry).iter().any(|b| a.same(*b)) => {
                        ("document-nationality", Relation::Agrees, w.document_exact)
                    }
                    _ => ("document-number", Relation::Agrees, w.document_number),
                }
            } else if number.len() >= 6 && folded(number) == own.folded {
                ("document-lookalike", Relation::Close, w.document_lookalike)
            } else {
                continue;
            };
            if best.is_none_or(|b| points > b.points) {
                best = Some(Compared {
                    code,
                    relation,
                    points,
                });
            }
        }
    }
    best.unwrap_or_else(|| Compared::missing(any))
}

fn compare_places(query: &Query, index: &Index, entry: u32, w: &Weights) -> Option<Compared> {
    if query.places.is_empty() {
        return None;
    }
    let word = |text: &str, other: &str| {
        text.split(' ')
            .any(|a| a.len() >= 4 && other.split(' ').any(|b| a == b))
    };
    index
        .places(entry)
        .any(|listed| query.places.iter().any(|own| word(own, listed)))
        .then_some(Compared {
            code: "place-agrees",
            relation: Relation::Agrees,
            points: w.place_agrees,
        })
}

/// The best pair of names: their places among the traveller's and the entry's.
#[derive(Clone, Copy, Debug)]
struct BestName {
    own: usize,
    listed: usize,
    points: i32,
}

/// Points of one comparison of an entry, with what bands ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Total {
    pub(crate) points: i32,
    pub(crate) beside: Beside,
    name: Option<BestName>,
    name_points: i32,
}

impl Total {
    pub(crate) fn name_points(&self) -> i32 {
        self.name_points
    }
}

/// Words of a listed name beyond this many are not looked at.
pub(crate) const MOST_WORDS: usize = 16;

/// Aligns a name of the traveller with the words of a listed one.
fn align_words<'i, L: Ledger>(
    own: &Name,
    words: impl Iterator<Item = (&'i Token, Role)> + Clone,
    dated: bool,
    w: &Weights,
    ledger: &mut L,
) -> i32 {
    let Some((none, _)) = words.clone().next() else {
        return 0;
    };
    let mut tokens = [none; MOST_WORDS];
    let mut roles = [Role::Unknown; MOST_WORDS];
    let mut len = 0;
    for (token, role) in words.take(MOST_WORDS) {
        (tokens[len], roles[len]) = (token, role);
        len += 1;
    }
    let atoms = Atoms {
        tokens: &tokens[..len],
        roles: &roles[..len],
    };
    align(own, atoms, dated, w, ledger)
}

/// Compares a traveller with an entry.
pub(crate) fn total(query: &Query, index: &Index, entry: u32, w: &Weights) -> Total {
    let beside = beside_name(query, index, entry, w);
    let dated = beside.dated(w);
    let mut best: Option<BestName> = None;
    let mut tried = 0;
    let qualities = index.written_names(entry).map(|(_, quality)| quality);
    for (listed, (words, quality)) in index.names(entry).zip(qualities).enumerate() {
        tried += 1;
        for (own, name) in query.names.iter().enumerate() {
            let points = align_words(name, words.clone(), dated, w, &mut ());
            let points = points + i32::from(weak(quality, points, w));
            if best.is_none_or(|b| points > b.points) {
                best = Some(BestName {
                    own,
                    listed,
                    points,
                });
            }
        }
    }
    let name_points = best.map_or(0, |b| b.points + i32::from(names_tried(tried, w)));
    Total {
        points: name_points + beside.points(),
        beside,
        name: best,
        name_points,
    }
}

/// What a weak alias takes off.
fn weak(quality: Quality, points: i32, w: &Weights) -> i16 {
    if quality == Quality::Low && points > 0 {
        (-points * (100 - i32::from(w.weak_alias_percent)) / 100) as i16
    } else {
        0
    }
}

/// What trying several names takes off: one in so many agrees by chance.
pub(crate) fn names_tried(tried: usize, w: &Weights) -> i16 {
    w.names_tried * tried.max(1).ilog2().min(3) as i16
}

struct Parts<'p>(&'p mut Vec<FactPart>);

impl Ledger for Parts<'_> {
    fn add(&mut self, e: Evidence<'_>) {
        let relation = match e.code {
            "exact" => Relation::Agrees,
            "list-word-absent" | "own-word-absent" | "own-part-absent" => Relation::Missing,
            "surname-differs" => Relation::Differs,
            _ => Relation::Close,
        };
        let listed = e
            .listed
            .iter()
            .filter(|t| !t.is_empty())
            .map(|t| Text::from(*t));
        self.0.push(part(
            Fact::Name,
            relation,
            e.code,
            e.points,
            e.own.into(),
            listed.collect(),
        ));
    }
}

fn part(
    fact: Fact,
    relation: Relation,
    code: &'static str,
    points: i16,
    ours: Text,
    theirs: Vec<Text>,
) -> FactPart {
    FactPart {
        fact,
        relation,
        points,
        code: code.into(),
        why: words(code).into(),
        ours,
        theirs,
    }
}

/// Every comparison of a total, with the values compared.
pub(crate) fn explain(
    query: &Query,
    subject: &Subject,
    index: &Index,
    entry: u32,
    total: &Total,
    w: &Weights,
) -> Vec<FactPart> {
    let mut parts = Vec::with_capacity(10);
    explain_name(query, index, entry, total, w, &mut parts);
    let join = |values: &[Text]| Text::from(values.join(" "));
    let beside = &total.beside;
    let mut add = |fact, c: Compared, ours: Text, theirs: Vec<Text>| {
        parts.push(part(fact, c.relation, c.code, c.points, ours, theirs));
    };
    let births: Vec<Text> = subject
        .births()
        .iter()
        .map(|b| b.to_string().into())
        .collect();
    let listed = index
        .births(entry)
        .iter()
        .map(|b| b.to_string().into())
        .collect();
    add(Fact::BirthDate, beside.birth, join(&births), listed);
    let listed = index
        .states(entry)
        .iter()
        .filter_map(|s| std::str::from_utf8(&s.code()).ok().map(Text::from))
        .collect();
    let own = match beside.nationality.code {
        "nationality-of-document" => subject.issuers(),
        _ => subject.nationalities(),
    };
    add(Fact::Nationality, beside.nationality, join(own), listed);
    let listed = [(1, "M"), (2, "F")]
        .iter()
        .filter(|(bit, _)| index.sexes(entry) & bit != 0)
        .map(|(_, code)| Text::from(*code))
        .collect();
    add(Fact::Sex, beside.sex, join(subject.sexes()), listed);
    let numbers: Vec<Text> = query.documents.iter().map(|d| d.number.clone()).collect();
    let listed = index.documents(entry).map(|(n, _)| n.into()).collect();
    add(Fact::Document, beside.document, join(&numbers), listed);
    if let Some(place) = beside.place {
        let listed = index.places(entry).map(Text::from).collect();
        add(Fact::BirthPlace, place, join(subject.places()), listed);
    }
    parts
}

fn explain_name(
    query: &Query,
    index: &Index,
    entry: u32,
    total: &Total,
    w: &Weights,
    parts: &mut Vec<FactPart>,
) {
    let name = total.name.and_then(|best| {
        let words = index.names(entry).nth(best.listed)?;
        let (written, quality) = index.written_names(entry).nth(best.listed)?;
        Some((best.own, words, written, quality))
    });
    let Some((own, words, written, quality)) = name else {
        parts.push(part(
            Fact::Name,
            Relation::NotCompared,
            "no-name",
            0,
            Text::default(),
            Vec::new(),
        ));
        return;
    };
    let ours = query.name_texts[own].clone();
    let theirs = vec![Text::from(written)];
    let dated = total.beside.dated(w);
    let points = align_words(&query.names[own], words, dated, w, &mut Parts(parts));
    let weak = weak(quality, points, w);
    if weak != 0 {
        let p = part(
            Fact::Name,
            Relation::Close,
            "weak-alias",
            weak,
            ours.clone(),
            theirs.clone(),
        );
        parts.push(p);
    }
    let tried = names_tried(index.names(entry).count(), w);
    // The last part of a name shows both names whole.
    parts.push(part(
        Fact::Name,
        Relation::Close,
        "names-tried",
        tried,
        ours,
        theirs,
    ));
}
