//! What changed between two versions of a list, and the guard against a list that shrank.

use crate::{Entry, ListVersion};
use oriel_model::Text;
use rustc_hash::FxHashMap;
use serde::Serialize;

/// An entry that is in both versions, and differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Entry.
    pub entry: Text,
    /// Fields that differ.
    pub fields: Vec<&'static str>,
}

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Version before.
    pub before: Text,
    /// Version after.
    pub after: Text,
    /// Entries only in the new version.
    pub added: Vec<Text>,
    /// Entries only in the old version.
    pub removed: Vec<Text>,
    /// Entries that differ.
    pub changed: Vec<Change>,
    /// How many entries are as they were.
    pub unchanged: usize,
}

/// Compares two versions of a list, entry by entry.
pub fn diff(before: &ListVersion, after: &ListVersion) -> Diff {
    let mut old: FxHashMap<&str, &Entry> =
        before.entries.iter().map(|e| (e.id.as_str(), e)).collect();
    let mut diff = Diff {
        before: before.version.clone(),
        after: after.version.clone(),
        ..Diff::default()
    };
    for entry in &after.entries {
        match old.remove(entry.id.as_str()) {
            None => diff.added.push(entry.id.clone()),
            Some(was) if was == entry => diff.unchanged += 1,
            Some(was) => diff.changed.push(Change {
                entry: entry.id.clone(),
                fields: fields(was, entry),
            }),
        }
    }
    diff.removed = old.into_keys().map(Text::from).collect();
    diff.added.sort();
    diff.removed.sort();
    diff.changed.sort_by(|a, b| a.entry.cmp(&b.entry));
    diff
}

fn fields(a: &Entry, b: &Entry) -> Vec<&'static str> {
    [
        ("names", a.names != b.names),
        ("births", a.births != b.births),
        ("sexes", a.sexes != b.sexes),
        ("nationalities", a.nationalities != b.nationalities),
        ("countries", a.countries != b.countries),
        ("birth_places", a.birth_places != b.birth_places),
        ("documents", a.documents != b.documents),
        ("selectors", a.selectors != b.selectors),
        ("reference", a.reference != b.reference),
        ("listed_on", a.listed_on != b.listed_on),
        ("program", a.program != b.program),
        ("remarks", a.remarks != b.remarks),
        ("offences", a.offences != b.offences),
        ("expires", a.expires != b.expires),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

/// A list shrank further than is believable; the version in force stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "list {list} shrank from {before} to {after} entries, by more than {limit_percent} %; \
     import it with leave to shrink if that is right"
)]
pub struct Shrunk {
    /// List.
    pub list: Text,
    /// Entries before.
    pub before: usize,
    /// Entries after.
    pub after: usize,
    /// Most it may shrink, in per cent.
    pub limit_percent: u8,
}

/// Refuses a version with more than `limit_percent` fewer entries than the one before.
pub fn refuse_shrunk(
    list: &str,
    before: usize,
    after: usize,
    limit_percent: u8,
) -> Result<(), Shrunk> {
    let lost = before.saturating_sub(after);
    if lost * 100 > before * usize::from(limit_percent) {
        return Err(Shrunk {
            list: list.into(),
            before,
            after,
            limit_percent,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{diff, refuse_shrunk};
    use crate::ListVersion;
    use crate::lists::{Format, read};

    fn version(text: &str) -> ListVersion {
        ListVersion::new(
            "test",
            "Test",
            read(&Format::Persons, text.as_bytes()).unwrap(),
        )
    }

    #[test]
    fn a_diff_names_entries_and_fields() {
        let before = version(
            "{\"id\":\"1\",\"names\":[\"Odran Pellow\"]}\n{\"id\":\"2\",\"names\":[\"Mirel Tasker\"]}\n{\"id\":\"3\",\"names\":[\"Jory Quill\"]}",
        );
        let after = version(
            "{\"id\":\"2\",\"names\":[\"Mirel Tasker\"],\"dob\":[\"1976\"]}\n{\"id\":\"3\",\"names\":[\"Jory Quill\"]}\n{\"id\":\"4\",\"names\":[\"Wren Sable\"]}",
        );
        let diff = diff(&before, &after);
        assert_eq!(diff.added, ["4"]);
        assert_eq!(diff.removed, ["1"]);
        assert_eq!(diff.changed[0].fields, ["births"]);
        assert_eq!(diff.unchanged, 1);
        assert_ne!(diff.before, diff.after);
    }

    #[test]
    fn a_list_may_shrink_by_a_fifth() {
        assert!(refuse_shrunk("un", 1000, 800, 20).is_ok());
        assert!(refuse_shrunk("un", 1000, 799, 20).is_err());
        assert!(refuse_shrunk("un", 0, 10, 20).is_ok());
    }
}
