//! The same bookings written as segments and as XML are read as the same bookings.

use oriel_messages::decode;
use oriel_model::Severity;
use oriel_synth::{Config, World};

#[test]
fn both_spellings_of_a_push_decode_to_equal_bookings() {
    let world = World::new(Config {
        travellers: 3000,
        faults: false,
        ..Config::default()
    });
    let (mut pushes, mut bookings) = (0, 0);
    for (segments, xml) in world.both_spellings() {
        let read = |bytes: &[u8]| {
            let decoded = decode(bytes).next().expect("something is said");
            for finding in &decoded.findings {
                assert!(finding.kind.severity < Severity::Warning, "{finding:?}");
            }
            decoded.message.expect("it is taken")
        };
        let (a, b) = (read(&segments), read(&xml));
        assert_eq!(a.travellers.len(), b.travellers.len());
        for (a, b) in a.travellers.iter().zip(&b.travellers) {
            assert_eq!(a, b);
        }
        for (a, b) in a.bookings.iter().zip(&b.bookings) {
            assert_eq!(a, b);
        }
        assert_eq!(a.bookings.len(), b.bookings.len());
        assert_eq!(a.announced, b.announced);
        assert_eq!(a.flights, b.flights);
        pushes += 1;
        bookings += a.bookings.len();
    }
    assert!(pushes > 10 && bookings > 500, "{pushes} {bookings}");
}
