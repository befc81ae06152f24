//! Reads a name from the form it arrives in.
//!
//! - In: the text of a passport line, booking, manifest or list.  Out: a [`Name`]: its *atoms*, the
//!   finest pieces in order, and its *units*, every reading of a run of atoms as one word.
//! - Source: ICAO Doc 9303 part 3 section 4 (truncation, filler); AIRIMP for bookings (blanks taken
//!   out, title glued to the last given name); the lists' own habits.
//! - Invariant: what is uncertain stays open. `KHANMOHAMMADMR` is read as `KHAN MOHAMMAD`, as
//!   `KHANMOHAMMAD` and as it stands; comparison takes what fits.

use crate::phones::Ear;
use crate::script::{romanise, undo_x_sequences};
use crate::tables::Tables;
use crate::{Kind, Text, Token};

/// Where a name was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// Machine readable zone: `DOE<<JANE<MARY`.
    Mrz,
    /// Booking: `DOE/JANEMARYMRS`, blanks taken out, title glued on.
    Booking,
    /// Manifest: surname and given names apart, often copied from one of the above.
    Manifest,
    /// List: any order, any script.
    List,
}

impl Source {
    /// The form that a text of unknown origin has.
    pub fn of(text: &str) -> Self {
        if text.contains('<') {
            Self::Mrz
        } else if text.contains('/') {
            Self::Booking
        } else {
            Self::List
        }
    }
}

/// Which part of a name a word belongs to, as far as its source tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Not told.
    Unknown,
    /// Family name.
    Surname,
    /// Given name.
    Given,
}

/// How a unit came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// As written.
    Plain,
    /// A written word of which the parts are units too.
    Whole,
    /// A part of a written word.
    Part,
    /// Two or three written words taken together.
    Joined,
    /// A title was taken off its end.
    Untitled,
}

/// One reading of a run of atoms as one word.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// The word.
    pub token: Token,
    pub(crate) from: u8,
    pub(crate) to: u8,
    pub(crate) how: How,
    pub(crate) ear: Ear,
}

impl Unit {
    /// The atoms covered, one bit each.
    pub fn atoms(&self) -> u16 {
        (1 << self.to) - (1 << self.from)
    }

    /// Whether this is two or three written words taken together.
    pub fn is_joined(&self) -> bool {
        self.how == How::Joined
    }
}

/// An atom: where it belongs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Atom {
    pub(crate) role: Role,
    /// Which written word it is part of.
    pub(crate) word: u8,
    /// The unit that is this atom by itself.
    pub(crate) unit: u8,
}

/// A name, read and prepared for comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    pub(crate) source: Source,
    pub(crate) atoms: Vec<Atom>,
    pub(crate) units: Vec<Unit>,
    pub(crate) cut: bool,
}

/// Words beyond this many are not looked at; no name on any list known has so many.
const MAX_ATOMS: usize = 12;

/// Letters of a word beyond this many are not looked at; a passport has room for 39.
const MAX_LETTERS: usize = 40;

impl Name {
    /// Reads a name whose family and given names arrive apart.
    pub fn read(source: Source, surname: &str, given: &str) -> Self {
        let mut surname = words(source, surname);
        let mut given = words(source, given);
        // `LASTNAME/LASTNAME` is one name of a person who has only one.
        let roles = if surname == given {
            given.clear();
            [Role::Unknown; 2]
        } else if surname.is_empty() || given.is_empty() {
            [Role::Unknown; 2]
        } else {
            [Role::Surname, Role::Given]
        };
        let mut reader = Reader::new(source);
        let last = if given.is_empty() {
            &mut surname
        } else {
            &mut given
        };
        let untitled = reader.take_titles(last);
        let (surnames, givens) = (surname.len(), given.len());
        for (i, word) in surname.iter().enumerate() {
            let title = untitled.filter(|_| givens == 0 && i + 1 == surnames);
            reader.word(word, roles[0], title);
        }
        for (i, word) in given.iter().enumerate() {
            reader.word(word, roles[1], untitled.filter(|_| i + 1 == givens));
        }
        reader.finish()
    }

    /// Reads a name that arrives as one text: `DOE<<JANE`, `DOE/JANEMRS`, `Doe, Jane`, `Jane DOE`.
    pub fn read_full(source: Source, text: &str) -> Self {
        let mut name = match source {
            Source::Mrz => {
                let text = text.trim();
                let (surname, given) = text.split_once("<<").unwrap_or((text, ""));
                Self::read(source, surname, given)
            }
            Source::Booking => {
                let (surname, given) = text.split_once('/').unwrap_or((text, ""));
                Self::read(source, surname, given)
            }
            Source::Manifest | Source::List => {
                if let Some((surname, given)) = text.split_once(',') {
                    Self::read(source, surname, given)
                } else if let Some((surname, given)) = capitals_apart(text) {
                    Self::read(source, &surname, &given)
                } else {
                    Self::read(source, text, "")
                }
            }
        };
        // The name field of a passport (39), of a card of two lines (31) or of three (30).
        name.cut = source == Source::Mrz
            && matches!(text.trim().len(), 30 | 31 | 39)
            && !text.trim().ends_with('<');
        name
    }

    /// Says that the end of the name may be cut off.
    pub fn cut_off(mut self, cut: bool) -> Self {
        self.cut |= cut;
        self
    }

    /// Every reading of every run of atoms.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The finest pieces, in order, with the part of the name they belong to.
    pub fn atoms(&self) -> impl Iterator<Item = (&Token, Role)> {
        self.atoms
            .iter()
            .map(|a| (&self.units[usize::from(a.unit)].token, a.role))
    }

    /// For each atom all atoms of the written word that it is part of, one bit each.
    pub fn written_words(&self) -> impl Iterator<Item = u16> + '_ {
        let bit = |(i, _): (usize, &Atom)| 1_u16 << i;
        self.atoms.iter().map(move |atom| {
            let atoms = self.atoms.iter().enumerate();
            atoms.filter(|(_, a)| a.word == atom.word).map(bit).sum()
        })
    }

    /// Where the name was written.
    pub fn source(&self) -> Source {
        self.source
    }

    /// Whether the end of the name may be cut off.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Nothing was left of the text.
    pub fn is_empty(&self) -> bool {
        self.atoms.is_empty()
    }
}

/// The words of a text in A-Z, without placeholders for missing names.
fn words(source: Source, text: &str) -> Words {
    let romanised = romanise(text);
    let undone = match source {
        Source::Mrz | Source::Manifest => undo_x_sequences(&romanised.text),
        _ => None,
    };
    let text = undone.as_deref().unwrap_or(&romanised.text);
    let tables = Tables::get();
    let words: Vec<Text> = text
        .split([' ', ','])
        .filter(|w| !w.is_empty())
        .map(|w| Text::from(&w[..w.len().min(MAX_LETTERS)]))
        .collect();
    let mut kept: Vec<Text> = words
        .iter()
        .filter(|w| !tables.is_placeholder(w))
        .cloned()
        .collect();
    if tables.is_placeholder(&words.concat()) {
        kept.clear();
    }
    Words {
        words: kept,
        abjad: romanised.abjad,
    }
}

#[derive(Clone, PartialEq)]
struct Words {
    words: Vec<Text>,
    abjad: bool,
}

impl Words {
    fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn len(&self) -> usize {
        self.words.len()
    }

    fn clear(&mut self) {
        self.words.clear();
    }

    fn iter(&self) -> impl Iterator<Item = (&Text, bool)> {
        self.words.iter().map(|w| (w, self.abjad))
    }
}

/// `Jean DUPONT`: the words in capitals are the family name, where others are not.
fn capitals_apart(text: &str) -> Option<(String, String)> {
    let capital = |w: &&str| {
        w.chars().filter(|c| c.is_alphabetic()).count() > 1 && !w.chars().any(char::is_lowercase)
    };
    let (upper, mixed): (Vec<&str>, Vec<&str>) = text.split_whitespace().partition(capital);
    let lower = mixed.iter().any(|w| w.chars().any(char::is_lowercase));
    (!upper.is_empty() && lower).then(|| (upper.join(" "), mixed.join(" ")))
}

struct Reader {
    tables: &'static Tables,
    name: Name,
    words: u8,
}

impl Reader {
    fn new(source: Source) -> Self {
        Self {
            tables: Tables::get(),
            name: Name {
                source,
                atoms: Vec::with_capacity(6),
                units: Vec::with_capacity(12),
                cut: false,
            },
            words: 0,
        }
    }

    /// Drops titles that stand alone; says how many letters at the end of the last word may be one
    /// glued on.
    fn take_titles(&self, words: &mut Words) -> Option<usize> {
        let titles = self.tables.titles();
        while words.len() > 1 && words.words.last().is_some_and(|w| self.tables.is_title(w)) {
            words.words.pop();
        }
        let first_is_title = |w: &Words| w.words.first().is_some_and(|w| self.tables.is_title(w));
        while words.len() > 1 && first_is_title(words) {
            words.words.remove(0);
        }
        if self.name.source != Source::Booking {
            return None;
        }
        let last = words.words.last()?;
        let mut left = last.as_str();
        // At most two: `MRDR`.
        for _ in 0..2 {
            let title = titles.iter().find(|t| {
                left.strip_suffix(t.as_str())
                    .is_some_and(|rest| rest.len() >= 3)
            });
            match title {
                Some(title) => left = &left[..left.len() - title.len()],
                None => break,
            }
        }
        (left.len() < last.len()).then_some(left.len())
    }

    /// Adds a written word. `untitled`: its length without a title that may be glued to its end.
    fn word(&mut self, (word, abjad): (&Text, bool), role: Role, untitled: Option<usize>) {
        let bare = untitled.map_or(word.as_str(), |len| &word[..len]);
        let parts = self.parts(bare);
        let from = self.name.atoms.len();
        if from + parts.len() > MAX_ATOMS {
            return;
        }
        let how = match (parts.len(), untitled) {
            (1, None) => How::Plain,
            (1, Some(_)) => How::Untitled,
            _ => How::Part,
        };
        for part in &parts {
            let at = self.name.atoms.len() as u8;
            self.name.atoms.push(Atom {
                role,
                word: self.words,
                unit: self.name.units.len() as u8,
            });
            self.unit(part, at, at + 1, how, abjad);
        }
        let (from, to) = (from as u8, self.name.atoms.len() as u8);
        if parts.len() > 1 {
            self.unit(bare, from, to, How::Whole, abjad);
        }
        if untitled.is_some() {
            self.unit(word, from, to, How::Whole, abjad);
        }
        self.words += 1;
    }

    fn unit(&mut self, text: &str, from: u8, to: u8, how: How, abjad: bool) {
        let token = Token::written(text, abjad);
        let ear = Ear::new(&token.phones);
        self.name.units.push(Unit {
            ear,
            token,
            from,
            to,
            how,
        });
    }

    /// The pieces of a word that are words of their own.
    fn parts<'w>(&self, word: &'w str) -> Vec<&'w str> {
        if self.tables.known(word).is_some() || word.len() < 6 {
            return vec![word];
        }
        if let Some((first, rest)) = self.servant_of(word) {
            let mut parts = vec![first];
            parts.extend(self.parts(rest));
            return parts;
        }
        for ending in [
            "UDDIN", "EDDINE", "EDDIN", "ADDIN", "ALDIN", "ODDIN", "UDDEEN", "ELDIN", "UDIN",
        ] {
            if let Some(root) = word.strip_suffix(ending).filter(|r| r.len() >= 2) {
                return vec![root, &word[root.len()..]];
            }
        }
        for ending in ["OULLAH", "ULLAH", "OLLAH", "ULLA"] {
            if let Some(root) = word.strip_suffix(ending).filter(|r| r.len() >= 3) {
                return vec![root, &word[root.len()..]];
            }
        }
        for article in ["AL", "EL"] {
            // A noun that is a name, or ends as names of origin do: al-Qahtani.
            if let Some(noun) = word.strip_prefix(article)
                && (self.tables.known(noun).is_some()
                    || noun.len() > 4 && noun.ends_with(['I', 'Y']))
            {
                return vec![&word[..2], noun];
            }
        }
        if self.name.source == Source::Booking {
            return self.unglue(word);
        }
        vec![word]
    }

    /// `ABDURRAHMAN`: *servant of*, with the article in one of its sounds, and one of the names.
    fn servant_of<'w>(&self, word: &'w str) -> Option<(&'w str, &'w str)> {
        if !word.starts_with("ABD") {
            return None;
        }
        let known = (4..=7.min(word.len() - 3))
            .rev()
            .map(|cut| word.split_at(cut))
            .find(|(first, rest)| {
                self.tables.known(rest).is_some()
                    && first[3..].bytes().all(|b| b"AEIOULRSNDZTH".contains(&b))
            });
        known.or_else(|| {
            ["ABDUL", "ABDEL", "ABDAL", "ABDOL"]
                .iter()
                .any(|a| word.starts_with(a) && word.len() >= 8)
                .then(|| word.split_at(5))
        })
    }

    /// Takes a booking's glued names apart where all pieces are known names.
    fn unglue<'w>(&self, word: &'w str) -> Vec<&'w str> {
        let known = |piece: &str| {
            (piece.len() >= 3)
                .then(|| self.tables.known(piece))
                .flatten()
                .map(|k| i32::from(k.rarity))
        };
        let mut best: Option<(i32, Vec<&'w str>)> = None;
        let mut offer = |cost: i32, parts: Vec<&'w str>| {
            if best.as_ref().is_none_or(|(c, _)| cost < *c) {
                best = Some((cost, parts));
            }
        };
        for i in 3..=word.len() - 3 {
            let (first, rest) = word.split_at(i);
            let Some(cost) = known(first) else { continue };
            if let Some(more) = known(rest) {
                offer(cost + more, vec![first, rest]);
            }
            for j in 3..=rest.len().saturating_sub(3) {
                let (second, third) = rest.split_at(j);
                if let (Some(b), Some(c)) = (known(second), known(third)) {
                    offer(cost + b + c, vec![first, second, third]);
                }
            }
        }
        best.map_or_else(|| vec![word], |(_, parts)| parts)
    }

    fn finish(mut self) -> Name {
        self.promote_lone_particles();
        self.join_neighbours();
        self.name
    }

    /// `LE/DO` is a Vietnamese with a family name, not a pair of particles.
    fn promote_lone_particles(&mut self) {
        for role in [Role::Unknown, Role::Surname, Role::Given] {
            let of_role = |a: &&Atom| a.role == role;
            let units = &mut self.name.units;
            let atoms = &self.name.atoms;
            let lone = atoms
                .iter()
                .filter(of_role)
                .all(|a| units[usize::from(a.unit)].token.kind == Kind::Particle);
            if lone {
                for atom in atoms.iter().filter(of_role) {
                    units[usize::from(atom.unit)].token.kind = Kind::Word;
                }
            }
        }
    }

    fn join_neighbours(&mut self) {
        for width in [2, 3] {
            for from in 0..self.name.atoms.len().saturating_sub(width - 1) {
                let run = &self.name.atoms[from..from + width];
                if run
                    .windows(2)
                    .any(|w| w[0].word == w[1].word || w[0].role != w[1].role)
                {
                    continue;
                }
                let tokens: Vec<&Token> = run
                    .iter()
                    .map(|a| &self.name.units[usize::from(a.unit)].token)
                    .collect();
                let len: usize = tokens.iter().map(|t| t.text.len()).sum();
                let whole = tokens
                    .iter()
                    .all(|t| t.kind != Kind::Initial && t.kind != Kind::Title);
                if whole && len <= 18 && (width == 2 || len <= 12) {
                    let text: Text = tokens.iter().flat_map(|t| t.text.chars()).collect();
                    let abjad = tokens.iter().any(|t| t.abjad);
                    let (from, to) = (from as u8, (from + width) as u8);
                    self.unit(&text, from, to, How::Joined, abjad);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{How, Name, Source};

    /// Atoms, then a bar and the other readings.
    #[track_caller]
    fn check(source: Source, text: &str, expect: &str) {
        let name = Name::read_full(source, text);
        let atoms: Vec<&str> = name.atoms().map(|(t, _)| t.text.as_str()).collect();
        let whole: Vec<&str> = name
            .units()
            .iter()
            .filter(|u| u.how == How::Whole)
            .map(|u| u.token.text.as_str())
            .collect();
        let cut = if name.is_cut() { " (cut)" } else { "" };
        assert_eq!(
            format!("{} | {}{cut}", atoms.join(" "), whole.join(" ")),
            expect
        );
    }

    #[test]
    fn passport_lines() {
        check(
            Source::Mrz,
            "EXEMPLE<<JEAN<PAUL<<<<",
            "EXEMPLE JEAN PAUL | ",
        );
        check(Source::Mrz, "SUKARTONO<<<<<<<<", "SUKARTONO | ");
        check(
            Source::Mrz,
            "PAPANDROPOULOSIDOU<<JONATHON<ALEXANDROS",
            "PAPANDROPOULOSIDOU JONATHON ALEXANDROS |  (cut)",
        );
        check(Source::Mrz, "QXHTANI<<MXHMD", "QXHTANI MXHMD | ");
        check(
            Source::Mrz,
            "ABDURRAHMAN<<NURUDDIN",
            "ABDUR RAHMAN NUR UDDIN | ABDURRAHMAN NURUDDIN",
        );
    }

    #[test]
    fn bookings_glue_titles_and_names() {
        check(Source::Booking, "DOE/JOHNMR", "DOE JOHN | JOHNMR");
        check(Source::Booking, "DOE/JOHN MR", "DOE JOHN | ");
        check(Source::Booking, "DOE/AMR", "DOE AMR | ");
        check(
            Source::Booking,
            "KESTREL/KHANMOHAMMADMRDR",
            "KESTREL KHAN MOHAMMAD | KHANMOHAMMAD KHANMOHAMMADMRDR",
        );
        check(
            Source::Booking,
            "KESTREL/MARYJANEMISS",
            "KESTREL MARY JANE | MARYJANE MARYJANEMISS",
        );
        check(Source::Booking, "PELLOW/FNU", "PELLOW | ");
        check(Source::Booking, "PELLOW/PELLOW", "PELLOW | ");
        check(Source::Booking, "PELLOW/NOT APPLICABLE", "PELLOW | ");
    }

    #[test]
    fn lists_write_as_they_like() {
        check(Source::List, "Dr. Ódran KESTRELMAN", "KESTRELMAN ODRAN | ");
        check(Source::List, "Kestrelman, Ódran", "KESTRELMAN ODRAN | ");
        check(
            Source::List,
            "Abd al-Rahman bin Said",
            "ABD AL RAHMAN BIN SAID | ",
        );
    }
}
