//! What most lists say again and again of each person: one value behind an opening that is always
//! the same.
//!
//! - Source: PAXLST guide, groups 4 and 5.
//! - Invariant: a row says what its segment says when it is read component by component.

use super::document::DateOf;
use super::{Context, List};
use crate::body::Body;
use crate::forms::{Form, Forms};
use crate::openings::{Opening, Openings};
use crate::value::Value;
use oriel_edifact::{Segment, Short};
use oriel_model::Element::{self, Name, Structure, Unmapped};
use oriel_model::Text;
use std::ops::Range;

/// What a value is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Says {
    Sex,
    Birth,
    Measure(&'static [u8], &'static [u8]),
    Capture,
    Bag,
    Place(&'static [u8]),
    Nationality,
    Reference(&'static [u8]),
    Document(&'static str),
    Expiry,
    Issuer,
}

static OPENINGS: Openings<Says> = Openings::new(&[
    Opening::new("LOC+22+", Element::Itinerary, Says::Place(b"22")),
    Opening::new("LOC+178+", Element::Itinerary, Says::Place(b"178")),
    Opening::new("LOC+179+", Element::Itinerary, Says::Place(b"179")),
    Opening::new("LOC+174+", Element::Residence, Says::Place(b"174")),
    Opening::new("LOC+91+", Element::Document, Says::Issuer),
    Opening::new("RFF+AVF:", Element::Locator, Says::Reference(b"AVF")),
    Opening::new("RFF+ABO:", Element::Locator, Says::Reference(b"ABO")),
    Opening::new("RFF+SEA:", Element::Seat, Says::Reference(b"SEA")),
    Opening::new("DTM+329:", Element::BirthDate, Says::Birth),
    Opening::new("DTM+36:", Element::Document, Says::Expiry),
    Opening::new("ATT+2++", Element::Sex, Says::Sex),
    Opening::new("GEI+4+", Element::Capture, Says::Capture),
    Opening::new("NAT+2+", Element::Nationality, Says::Nationality),
    Opening::new("MEA+CT++:", Element::Baggage, Says::Measure(b"CT", b"")),
    Opening::new(
        "MEA+WT++KGM:",
        Element::Baggage,
        Says::Measure(b"WT", b"KGM"),
    )
    .with(8, 11),
    Opening::new("FTX+BAG+++", Element::Baggage, Says::Bag).with_text(),
    Opening::new("DOC+P:110:111+", Element::Document, Says::Document("P")).with(4, 5),
    Opening::new("DOC+V:110:111+", Element::Document, Says::Document("V")).with(4, 5),
    Opening::new("DOC+I:110:111+", Element::Document, Says::Document("I")).with(4, 5),
]);

/// How many names a person has, by the form of NAD. One with an address is read as a segment: what
/// looks like lines of it may be a segment that lost the terminator before it.
static PERSONS: Forms<usize> = Forms::new(&[
    Form::new("NAD++++:", PERSON.split_at(5).0, 2).with_text(),
    Form::new("NAD++++::", PERSON, 3).with_text(),
]);

const PERSON: &[Element] = &[Structure, Unmapped, Name, Name, Name, Name];

/// Whether a NAD names a traveller, and the name stands where it belongs.
fn is_person(nad: &Short<'_>) -> bool {
    matches!(nad.part(0).raw(), b"FL" | b"FM" | b"DDU" | b"DDT") && !nad.part(3).is_empty()
}

impl List {
    /// Reads what comes next as far as it is known and about a person. `segment` is the one read
    /// last.
    pub(super) fn read_known<'a>(&mut self, body: &mut Body<'a, '_>, segment: &Segment<'a>) {
        let mut short = Short::default();
        loop {
            while matches!(self.context, Context::Person | Context::Document)
                && let Some((says, value, at)) = body.next_known(segment, &OPENINGS)
            {
                self.say(body, says, &value, at);
            }
            match body.next_form(segment, &mut short, &PERSONS) {
                Some(row) if is_person(&short) => {
                    body.take_form(row, &short);
                    self.person_known(body, row.says, &short);
                }
                _ => return,
            }
        }
    }

    /// What `value` says in a segment that stands at `at`.
    fn say(&mut self, body: &mut Body<'_, '_>, says: Says, value: &Value<'_>, at: Range<usize>) {
        match says {
            Says::Sex => self.sex(body, value),
            Says::Birth => self.birth(body, value, b""),
            Says::Measure(code, unit) => self.measure(body, code, value, unit, at),
            Says::Capture => self.capture(value.code()),
            Says::Bag => self.bags(body, value, "", value.span()),
            Says::Place(code) => self.place(body, code, value),
            Says::Nationality => self.nationality(body, value, false),
            Says::Reference(code) => self.reference(body, code, value, at),
            Says::Document(kind) => self.document(body, Text::from(kind), value, value.span()),
            Says::Expiry => self.date_of_document(body, DateOf { issue: false, at }, value, b""),
            Says::Issuer => self.issuer(body, value, None, at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::TAGS;
    use super::*;
    use crate::decode;
    use oriel_model::Traveller;

    /// What is said of a person by `segment`, before a document and behind one.
    fn said(segment: &str) -> (Vec<Traveller>, Vec<&'static str>, Vec<(Element, String)>) {
        let list = format!(
            "UNB+UNOA:4+ZQ+UTOGOV+261104:0845+1'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
             TDT+20+ZQ0611'LOC+125+NBO'LOC+87+CDG'NAD+FL+++DOE:JANE'{segment}\
             DOC+P+U1'{segment}{segment}CNT+42:1'UNT+12+1'UNZ+1+1'"
        );
        let decoded = decode(list.as_bytes()).next().expect("a message");
        let codes = decoded.findings.iter().map(|finding| finding.kind.code);
        let marks = decoded.marks.iter().map(|mark| {
            let marked = &list[decoded.span.clone()][mark.at.range()];
            (mark.element, marked.to_owned())
        });
        let (codes, marks) = (codes.collect(), marks.collect());
        let message = decoded.message.expect("it is accepted");
        (message.travellers, codes, marks)
    }

    #[test]
    fn a_row_says_what_its_segment_says_component_by_component() {
        let values = [
            "NBO",
            "UTO",
            "D",
            "NO",
            "X",
            " ",
            " UTO",
            "F",
            "M",
            "173",
            "174",
            "310607",
            "871345",
            "XXXXXX",
            "12",
            "1,5",
            "-",
            "00014C",
            "ZQ000001",
            "L898902C3",
            "0",
        ];
        for written in OPENINGS.written() {
            for value in values {
                let known = said(&format!("{written}{value}'"));
                // A component that is empty is no value, but the value is not the last one.
                let other = said(&format!("{written}{value}:'"));
                assert_eq!(known, other, "{written}{value}");
            }
        }
    }

    #[test]
    fn no_form_hides_a_lost_terminator() {
        for row in PERSONS.rows {
            let elements = row.written.matches('+').count();
            let expected = TAGS.find(row.tag).map(|tag| usize::from(tag.elements));
            assert!(Some(elements) <= expected, "{}", row.written);
        }
        let joined = said("NAD+FL+++DOE:JOHNLOC+178+NBO'");
        let told = joined.1.iter().filter(|code| **code == "EDI-0112");
        assert_eq!(told.count(), 3, "it stands there three times");
    }

    #[test]
    fn a_form_names_whom_its_segment_names_component_by_component() {
        let values = [
            "DOE",
            "JANE",
            "",
            "JANE MRS",
            "MR",
            " ",
            "DOE/JOHN",
            "FNU",
            "A NAME THAT IS AS LONG AS ITS FIELD",
            "1516",
        ];
        for row in PERSONS.rows {
            for role in ["FL", "FM", "DDU", "DDT", "MS", "XX", "XXXX", " FL", ""] {
                for (first, step) in (0..values.len()).flat_map(|first| [(first, 1), (first, 3)]) {
                    let mut segment = String::from("NAD");
                    for (at, separator) in row.written[3..].chars().enumerate() {
                        segment.push(separator);
                        segment += match at {
                            0 => role,
                            1 | 2 => "",
                            _ => values[(first + step * at) % values.len()],
                        };
                    }
                    // Components that are empty say nothing, but make it another form.
                    let (known, other) = (
                        said(&format!("{segment}'")),
                        said(&format!("{segment}{}'", ":".repeat(20))),
                    );
                    assert_eq!(known, other, "{segment}");
                }
            }
        }
    }
}
