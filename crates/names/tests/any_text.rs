//! Whatever stands in a name field is read and compared, in short time and without a panic.

use oriel_names::{Name, Source, Weights, compare};
use proptest::prelude::*;

const SOURCES: [Source; 4] = [Source::Mrz, Source::Booking, Source::Manifest, Source::List];

fn facts_add_up(a: &Name, b: &Name) -> bool {
    let comparison = compare(a, b, &Weights::default());
    let sum: i32 = comparison.facts.iter().map(|f| i32::from(f.points)).sum();
    sum == comparison.points
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_two_texts_can_be_compared(surname in "\\PC{0,40}", given in "\\PC{0,40}", full: String) {
        for source in SOURCES {
            let a = Name::read(source, &surname, &given);
            let b = Name::read_full(source, &full);
            prop_assert!(facts_add_up(&a, &b) && facts_add_up(&b, &a));
        }
    }

    #[test]
    fn letters_and_fillers_can_be_compared(a in "[A-Z</ ,']{0,60}", b in "[A-Za-z -]{0,60}") {
        for source in SOURCES {
            let own = Name::read_full(source, &a);
            let listed = Name::read_full(Source::List, &b);
            prop_assert!(facts_add_up(&own, &listed));
        }
    }
}

#[test]
fn a_field_of_a_million_letters_costs_no_more_than_a_long_name() {
    let long = "ANNAMARIA".repeat(120_000);
    let words = "ANNA ".repeat(200_000);
    for source in SOURCES {
        let a = Name::read(source, &long, &words);
        assert!(facts_add_up(&a, &a));
        assert!(a.units().len() < 64);
    }
}
