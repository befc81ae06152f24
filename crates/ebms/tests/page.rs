//! The page for carriers' technicians says what every error means.

use oriel_ebms::Fault;

#[test]
fn every_error_stands_on_the_page_with_what_to_do() {
    let page = include_str!("../../../docs/as4.md");
    for fault in Fault::ALL {
        let row = format!("| `{}` | {fault} | ", fault.code());
        assert!(page.contains(&row), "{row}");
    }
    let rows = page.lines().filter(|line| line.starts_with("| `EBMS:"));
    assert_eq!(rows.count(), Fault::ALL.len(), "and no other");
}
