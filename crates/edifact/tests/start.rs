//! Where interchanges start.

use oriel_edifact::Starts;

#[test]
fn a_start_is_never_before_the_place_asked_for() {
    let bytes = b"NAD+MS+++DESUNA:+.? 'UNB+UNOA:4+ZQ+XOGOV+261104:0712+1'";
    let header = 21;
    let start = |from| {
        Starts::new(bytes)
            .from(from)
            .map(|start| (start.at, start.header))
    };
    assert_eq!(start(0), Some((12, header)));
    assert_eq!(start(header), Some((header, header)));
    assert_eq!(start(header + 1), None);
}
