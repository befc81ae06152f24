//! Which requirement each value of a profile answers to.
//!
//! - Source: the ids of `docs/requirements.md`; `docs/law.md` is made from this table.
//! - Invariant: every key of every profile has a row; one that is our own working rule has no id.

/// Keys, by how they begin, and ids. The longest beginning counts.
pub const TRAIL: &[(&str, &[&str])] = &[
    ("act_by", &[]),
    ("carriers", &["R-ING-07", "R-CAR-01"]),
    ("carriers.notice", &["R-ING-07", "R-CAR-04"]),
    ("carriers.other_flight", &["R-ING-10"]),
    ("check_in", &["R-IAPI-03"]),
    ("check_in.answer_seconds", &["R-IAPI-02", "R-IAPI-04"]),
    ("check_in.refuses", &["R-IAPI-05"]),
    ("disclosure", &["R-RET-06"]),
    ("elements", &["R-ING-11", "R-DAT-01", "R-DAT-02"]),
    ("elements.capture", &["R-DAT-01", "R-DAT-03"]),
    ("masked", &["R-RET-02"]),
    ("modules", &["R-SCO-03"]),
    ("offences", &["R-SCO-05"]),
    ("oversight", &["R-ACC-04"]),
    ("oversight.answer_within", &["R-DPO-04"]),
    ("proof", &["R-ACC-02"]),
    ("purposes", &["R-SCO-04"]),
    ("purposes.criteria", &["R-SCO-04", "R-RUL-07"]),
    ("push", &["R-ING-07"]),
    ("push.ad_hoc", &["R-ING-08"]),
    ("reading", &["R-DAT-01"]),
    ("recipient", &["R-SCO-07"]),
    ("recipient.cites", &["R-SCO-05"]),
    ("retention.anchor", &["R-ING-13", "R-RET-08"]),
    ("retention.hold_review", &["R-RET-07"]),
    ("retention.link_review", &["R-RET-05"]),
    ("retention.log", &["R-AUD-03"]),
    ("retention.mask", &["R-RET-02", "R-RET-08", "R-RET-10"]),
    (
        "retention.post_initial",
        &["R-RET-05", "R-RET-08", "R-RET-10"],
    ),
    ("retention.results", &["R-REV-05"]),
    ("retention.stages", &["R-RET-09"]),
    ("retention.suppression_with_base", &["R-REV-04"]),
    ("retention.total", &["R-RET-01", "R-RET-10"]),
    ("retention.total_linked", &["R-RET-01", "R-RET-09"]),
    ("review", &["R-REV-01"]),
    ("rights", &["R-DSR-01"]),
    ("rights.redress", &["R-DSR-05"]),
    ("selection", &["R-SCO-02", "R-SCO-08"]),
    ("selection.coach", &["R-SCO-09"]),
    ("selection.rail", &["R-SCO-09"]),
    ("selection.sea", &["R-SCO-09"]),
    ("sensitive", &["R-SEN-01", "R-SEN-05"]),
    ("statistics", &["R-STA-01"]),
    ("unmask", &["R-RET-03"]),
    ("unmask.confirm_within", &["R-RET-04"]),
    ("unmask.inform_dpo", &["R-RET-03", "R-DPO-04"]),
    ("unmask.urgent", &["R-RET-04"]),
];

/// The requirements that the value under `key` answers to; nothing for a key without a row.
pub fn trail(key: &str) -> Option<&'static [&'static str]> {
    let under = |begin: &str| {
        let rest = key.strip_prefix(begin);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let rows = TRAIL.iter().filter(|(begin, _)| under(begin));
    rows.max_by_key(|(begin, _)| begin.len()).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;

    #[test]
    fn every_value_of_every_profile_answers_to_something() {
        for id in Profile::builtins() {
            for row in Profile::builtin(id).unwrap().rows() {
                assert!(trail(&row.key).is_some(), "{id}: {} has no row", row.key);
            }
        }
    }

    #[test]
    fn the_longest_beginning_counts() {
        assert_eq!(trail("unmask.view"), Some(&["R-RET-03"][..]));
        assert_eq!(trail("unmask.urgent"), Some(&["R-RET-04"][..]));
        assert_eq!(trail("unmasked"), None);
    }

    #[test]
    fn rows_are_sorted_and_used() {
        assert!(TRAIL.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let mut keys = Vec::new();
        for id in Profile::builtins() {
            keys.extend(Profile::builtin(id).unwrap().rows());
        }
        for (begin, _) in TRAIL {
            let used = keys.iter().any(|row| row.key.starts_with(begin));
            assert!(used, "no profile has {begin}");
        }
    }
}
