//! What must hold of whatever is decoded from whatever bytes.

use oriel_model::Severity;

/// Decodes `bytes` and checks everything that a caller relies on.
pub fn check(bytes: &[u8]) {
    let mut any = false;
    let mut end = 0;
    for decoded in oriel_messages::decode(bytes) {
        any = true;
        let refused = decoded.severity() == Some(Severity::Refused);
        assert_eq!(decoded.message.is_none(), refused, "refused, and only then nothing is kept");
        assert!(decoded.span.start >= end && decoded.span.end >= decoded.span.start);
        assert!(decoded.span.end <= bytes.len());
        end = decoded.span.end;
        assert!(decoded.findings.is_sorted_by_key(|finding| finding.at.start));
        for finding in &decoded.findings {
            assert!(finding.at.start <= finding.at.end && finding.at.end <= bytes.len());
        }
        let mut marked = 0;
        for mark in &decoded.marks {
            assert!(mark.at.start >= marked && mark.at.start < mark.at.end, "marks are in order");
            marked = mark.at.end;
        }
        assert!(marked as usize <= decoded.span.len(), "marks stay inside of their message");
    }
    assert!(any, "something is said about every transmission");
}
