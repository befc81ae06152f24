//! How two profiles differ, value by value.
//!
//! - In: two profiles.  Out: the keys whose values differ, with both rows.
//! - Invariant: the same value under another clause is no difference of law, and is not listed.

use super::{Profile, Row};
use std::collections::{BTreeMap, BTreeSet};

/// A value that two profiles do not share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where, such as `retention.mask`.
    pub key: String,
    /// In the first profile; nothing when it has no such value.
    pub before: Option<Row>,
    /// In the second.
    pub after: Option<Row>,
}

/// What differs from `before` to `after`, in the order of keys.
pub fn diff(before: &Profile, after: &Profile) -> Vec<Change> {
    let keyed = |profile: &Profile| {
        let rows = profile.rows().into_iter();
        rows.map(|row| (row.key.clone(), row))
            .collect::<BTreeMap<_, _>>()
    };
    let (mut before, mut after) = (keyed(before), keyed(after));
    let keys: BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
    let changes = keys.into_iter().map(|key| Change {
        before: before.remove(&key),
        after: after.remove(&key),
        key,
    });
    let value = |row: &Option<Row>| row.as_ref().map(|row| row.value.clone());
    changes
        .filter(|change| value(&change.before) != value(&change.after))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, key: &str, expect: Option<(&str, &str)>) {
        let [before, after] = [before, after].map(|id| Profile::builtin(id).unwrap());
        let changes = diff(&before, &after);
        let found = changes.iter().find(|change| change.key == key);
        let value = |row: &Option<Row>| row.as_ref().map_or("-".to_owned(), |r| r.value.clone());
        let found = found.map(|change| (value(&change.before), value(&change.after)));
        let found = found.as_ref().map(|(a, b)| (a.as_str(), b.as_str()));
        assert_eq!(found, expect, "{key}");
    }

    #[test]
    fn what_differs_is_listed_with_both_values() {
        let key = "retention.post_initial";
        check(
            "eu-2016",
            "eu-2022",
            key,
            Some(("keep_masked", "erase_unlinked")),
        );
        check(
            "eu-2022",
            "canada",
            "retention.mask",
            Some(("6 months", "2 years")),
        );
        check(
            "eu-2022",
            "germany",
            "unmask.urgent",
            Some(("-", "head_of_agency")),
        );
        check("eu-2022", "api-only", "elements.contact", Some(("", "-")));
        check("eu-2022", "germany", "retention.mask", None);
    }

    #[test]
    fn a_profile_does_not_differ_from_itself() {
        for id in Profile::builtins() {
            let profile = Profile::builtin(id).unwrap();
            assert_eq!(diff(&profile, &profile), []);
        }
    }
}
