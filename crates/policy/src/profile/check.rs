//! What is wrong with a profile, before it is relied on.
//!
//! - In: a profile and the mode in which it is to be used.  Out: complaints, each with its key.
//! - Invariant: a profile with an error is not used in production; a demonstration may go on with
//!   warnings, and only with these: what contradicts itself is an error everywhere.

use super::{Authority, Offence, Profile, source::Status};
use crate::PurposeKind;
use oriel_model::Element;
use std::collections::BTreeSet;
use std::fmt;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// How a profile is to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// With real passengers: every value must be sourced and confirmed.
    Production,
    /// With invented data.
    Demo,
}

/// How grave a complaint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// May be used, but somebody should look.
    Warning,
    /// Must not be used.
    Error,
}

impl Severity {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that is wrong with a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// How grave.
    pub severity: Severity,
    /// Where, such as `retention.mask`.
    pub key: String,
    /// The line of its text, from 1; of the nearest table where the key itself is not there.
    pub line: Option<usize>,
    /// What, and what to do.
    pub what: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.severity.name())?;
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: {}", self.key, self.what)
    }
}

/// The lines of a text's keys.
struct Lines<'a> {
    text: &'a str,
    tables: Option<Spanned<DeTable<'a>>>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let tables = DeTable::parse(text).ok();
        Self { text, tables }
    }

    /// The line of a dotted path, as far as the text has it.
    fn line(&self, path: &str) -> Option<usize> {
        let mut table = self.tables.as_ref()?.get_ref();
        let mut start = None;
        for name in path.split('.') {
            let found = table.iter().find(|(key, _)| key.get_ref() == name);
            let Some((key, value)) = found else { break };
            start = Some(key.span().start);
            let DeValue::Table(inner) = value.get_ref() else {
                break;
            };
            table = inner;
        }
        let before = self.text.get(..start?)?;
        Some(1 + before.matches('\n').count())
    }
}

/// A value of a profile with its source, as a row for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where, such as `retention.mask`.
    pub key: String,
    /// The value as written; blank for an element, which is there or not.
    pub value: String,
    /// Document, article, paragraph.
    pub clause: String,
    /// `C`, `U` or `O`.
    pub status: Status,
    /// Who confirmed an unconfirmed value.
    pub confirmed_by: Option<String>,
}

/// Every complaint about `profile`, gravest first.
pub(super) fn complaints(profile: &Profile, mode: Mode) -> Vec<Complaint> {
    let source = match mode {
        Mode::Production => Severity::Error,
        Mode::Demo => Severity::Warning,
    };
    let mut list = Vec::new();
    let lines = Lines::of(&profile.text);
    let mut say = |severity, key: &str, what: String| {
        list.push(Complaint {
            severity,
            key: key.to_owned(),
            line: lines.line(key),
            what,
        });
    };
    let understood: BTreeSet<String> = keys(&profile.understood).into_iter().collect();
    for key in keys(&profile.written) {
        if !understood.contains(&key) {
            say(
                source,
                &key,
                "is no key of a profile; remove it or correct its spelling".into(),
            );
        }
    }
    for row in profile.rows() {
        if row.clause.trim().is_empty() {
            say(
                source,
                &row.key,
                "names no clause; add document, article and paragraph".into(),
            );
        }
        let confirmed = row.confirmed_by.is_some_and(|by| !by.trim().is_empty());
        if row.status == Status::U && !confirmed {
            say(
                source,
                &row.key,
                "is unconfirmed; check it against the text and add `confirmed_by`, or correct it"
                    .into(),
            );
        }
    }
    contradictions(profile, &mut |key, what| say(Severity::Error, key, what));
    list.sort_by(|a, b| (b.severity, &a.key).cmp(&(a.severity, &b.key)));
    list
}

/// What lists seek besides persons and documents.
const COMPARABLE: &[Element] = &[Element::Contact, Element::Destination, Element::Payment];

/// Values that cannot hold together.
fn contradictions(profile: &Profile, say: &mut dyn FnMut(&str, String)) {
    for (key, text) in [("id", profile.id()), ("version", profile.version())] {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
        if !(1..=32).contains(&text.len()) || !text.bytes().all(allowed) {
            say(
                key,
                format!("{text:?} is no name of 1 to 32 small letters, digits, dots and hyphens"),
            );
        }
    }
    let r = profile.retention();
    let length = |period: &crate::Period| period.at_most_minutes();
    if length(&r.mask.value) > length(&r.total.value) {
        say(
            "retention.mask",
            format!(
                "{} is longer than retention.total, {}",
                r.mask.value, r.total.value
            ),
        );
    }
    if let Some(linked) = &r.total_linked
        && length(&linked.value) < length(&r.total.value)
    {
        say(
            "retention.total_linked",
            format!(
                "{} is shorter than retention.total, {}",
                linked.value, r.total.value
            ),
        );
    }
    if !r.suppression_with_base.value {
        say(
            "retention.suppression_with_base",
            "cannot be false: a decision is forgotten with the record it was about".into(),
        );
    }
    for (name, stage) in &r.stages {
        let key = format!("retention.stages.{name}");
        if length(&stage.from.value) > length(&r.mask.value) {
            say(
                &format!("{key}.from"),
                format!(
                    "{} lies after retention.mask, {}",
                    stage.from.value, r.mask.value
                ),
            );
        }
        // Whoever names a case or request shows the need. The leave of others is asked for record
        // by record, and that way leads to masked values only.
        if stage.authority.value != Authority::OfficialInNeed {
            say(
                &format!("{key}.authority"),
                "before masking only an official in need gives leave; mask earlier what another \
                 authority must allow"
                    .into(),
            );
        }
    }
    for name in profile.tables.purposes.keys() {
        if PurposeKind::parse(name).is_none() {
            say(
                &format!("purposes.{name}"),
                "is no purpose of this version".into(),
            );
        }
    }
    if !profile.allows(PurposeKind::Assessment) {
        say(
            "purposes",
            "assessment is missing, so that nothing could be screened".into(),
        );
    }
    let compared = profile
        .recipient()
        .compares
        .iter()
        .flat_map(|row| &row.value);
    for name in compared {
        let element = Profile::elements().find(|(known, _)| known == name);
        let fault = match element {
            Some((_, element)) if !COMPARABLE.contains(&element) => "is nothing that lists seek",
            Some((_, element)) if !profile.keeps(element) => "is not among the elements kept",
            _ => continue,
        };
        say("recipient.compares", format!("{name} {fault}"));
    }
    let recipient = profile.recipient();
    let cited = recipient.cites.iter().flat_map(|row| &row.value);
    for kind in cited.filter(|kind| !recipient.lists.value.contains(kind)) {
        let name = kind.name();
        say(
            "recipient.cites",
            format!("{name} is not among recipient.lists"),
        );
    }
    catalogue(profile, say);
    let free_text = [Element::Minor, Element::Remark, Element::Service];
    let keeps_text = free_text.into_iter().any(|element| profile.keeps(element));
    if keeps_text && profile.tables.sensitive.terms.is_empty() {
        say(
            "sensitive.terms",
            "is missing, and free text is kept; add word lists, or keep none".into(),
        );
    }
    for (language, terms) in &profile.tables.sensitive.terms {
        for term in &terms.value {
            let word = term.strip_suffix('*').unwrap_or(term);
            let lower = word.to_lowercase() == word;
            if word.is_empty() || !lower || !word.chars().all(char::is_alphanumeric) {
                say(
                    &format!("sensitive.terms.{language}"),
                    format!("{term:?} is no single word in small letters, so that it never fits"),
                );
            }
        }
    }
    if !profile.takes_api() && !profile.takes_pnr() {
        say(
            "modules",
            "both are off, so that nothing would be taken".into(),
        );
    }
    for (key, states) in [
        ("home", profile.home()),
        ("selection.area", &profile.selection().area.value),
    ] {
        for state in states {
            if !(state.len() == 3 && state.bytes().all(|b| b.is_ascii_uppercase())) {
                say(
                    key,
                    format!("{state:?} is no state code of three capital letters"),
                );
            }
        }
    }
}

/// What cannot be in a catalogue of offences.
fn catalogue(profile: &Profile, say: &mut dyn FnMut(&str, String)) {
    let mut codes = BTreeSet::new();
    for Offence { code, name } in profile.offences() {
        let fault = if crate::audit::Recipient::parse(code).is_none() {
            "is no code of up to 64 letters, digits and signs"
        } else if !codes.insert(code) {
            "stands there twice"
        } else if name.trim().is_empty() {
            "has no name"
        } else {
            continue;
        };
        say("offences", format!("{code:?} {fault}"));
    }
    if profile.tables.offences.is_some() && codes.is_empty() {
        say(
            "offences",
            "is empty, so that nothing could be cited; leave it out where any code may be".into(),
        );
    }
}

/// Every value with its source.
pub(super) fn rows(table: &Table) -> Vec<Row> {
    let mut rows = Vec::new();
    walk(table, "", &mut |key, table| {
        let text = |name: &str| table.get(name).and_then(Value::as_str).map(str::to_owned);
        rows.push(Row {
            key: key.to_owned(),
            value: table.get("value").map(plain).unwrap_or_default(),
            clause: text("clause").unwrap_or_default(),
            status: match text("status").as_deref() {
                Some("C") => Status::C,
                Some("O") => Status::O,
                _ => Status::U,
            },
            confirmed_by: text("confirmed_by"),
        });
    });
    rows
}

/// Visits each table that has a clause, with its path.
fn walk(table: &Table, path: &str, visit: &mut dyn FnMut(&str, &Table)) {
    if table.contains_key("clause") {
        visit(path, table);
    }
    for (name, value) in table {
        if let Value::Table(inner) = value {
            walk(inner, &join(path, name), visit);
        }
    }
}

/// The path of each value.
fn keys(table: &Table) -> Vec<String> {
    fn into(table: &Table, path: &str, out: &mut Vec<String>) {
        for (name, value) in table {
            let path = join(path, name);
            match value {
                Value::Table(inner) => into(inner, &path, out),
                _ => out.push(path),
            }
        }
    }
    let mut out = Vec::new();
    into(table, "", &mut out);
    out
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// A value without quotes and brackets.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let between = match items.first() {
                Some(Value::Table(_)) => "; ",
                _ => " ",
            };
            items.iter().map(plain).collect::<Vec<_>>().join(between)
        }
        Value::Table(row) => row.values().map(plain).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
