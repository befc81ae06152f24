//! Reads person records: one JSON object a line, as the commands take them.

use super::ListFile;
use crate::Person;
use rustc_hash::FxHashSet;

pub(super) fn read(text: &str) -> ListFile {
    let mut file = ListFile::new("persons");
    let mut ids = FxHashSet::default();
    for (i, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let row = i as u64 + 1;
        file.rows += 1;
        match serde_json::from_str::<Person>(line) {
            Ok(mut person) => {
                if person.id.is_none() {
                    person.id = Some(row.to_string().into());
                }
                for _ in person.unread_dates() {
                    file.lost_value(row, "dob", "not a date");
                }
                let states = person.nationality.len();
                let entry = person.to_entry();
                if entry.nationalities.len() < states {
                    file.lost_value(row, "nationality", "repeated, or not a state");
                }
                file.take(row, entry, &mut ids);
            }
            Err(_) => file.lost_row(row, "", "not a person record"),
        }
    }
    file
}
