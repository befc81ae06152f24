//! What bookings say again and again in few bytes: one value behind an opening that is always the
//! same.
//!
//! - Source: PNRGOV guide, REF and FAR of group 2, RPI and APD of group 5.
//! - Invariant: a row says what its segment says when it is read component by component.

use super::{Place, Reader};
use crate::openings::{Opening, Openings};
use oriel_edifact::Segment;
use oriel_model::Element;

/// What a value is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Says {
    CarrierReference,
    FareBasis,
    Aircraft,
    /// Status of so many travellers.
    Status(u16),
}

static OF_TRAVELLER: Openings<Says> = Openings::new(&[
    Opening::new("REF+:", Element::Locator, Says::CarrierReference),
    Opening::new("FAR+A+++++", Element::Ticket, Says::FareBasis).with(4, 5),
    Opening::new("FAR+C+++++", Element::Ticket, Says::FareBasis).with(4, 5),
    Opening::new("FAR+IN+++++", Element::Ticket, Says::FareBasis).with(4, 6),
]);

static OF_FLIGHT: Openings<Says> = Openings::new(&[
    Opening::new("APD+", Element::Itinerary, Says::Aircraft),
    Opening::new("RPI+1+", Element::Status, Says::Status(1)),
    Opening::new("RPI+2+", Element::Status, Says::Status(2)),
    Opening::new("RPI+3+", Element::Status, Says::Status(3)),
    Opening::new("RPI+4+", Element::Status, Says::Status(4)),
    Opening::new("RPI+5+", Element::Status, Says::Status(5)),
    Opening::new("RPI+6+", Element::Status, Says::Status(6)),
]);

impl<'a> Reader<'_, 'a, '_> {
    /// Reads what comes next as far as it is known. `segment` is the one read last.
    pub(super) fn read_known(&mut self, segment: &Segment<'a>) {
        let openings = match self.place {
            Place::Traveller => &OF_TRAVELLER,
            Place::Flight => &OF_FLIGHT,
            _ => return,
        };
        while let Some((row, glance)) = self.body.next_known(segment, openings) {
            self.last = glance.at;
            match row.says {
                Says::CarrierReference => self.carrier_reference(glance.value),
                Says::FareBasis => self.fare_basis(glance.value),
                Says::Aircraft => self.aircraft(glance.value),
                Says::Status(party) => self.status(Some(party), glance.value),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;
    use oriel_model::{Booking, Traveller};

    type Said = (
        Vec<Booking>,
        Vec<Traveller>,
        Vec<&'static str>,
        Vec<(Element, String)>,
    );

    /// What is said by `segment` of a traveller and of a flight.
    fn said(segment: &str) -> Said {
        let push = format!(
            "UNB+IATA:1+ZQ+UTOGOV+261104:0845+1'UNH+1+PNRGOV:13:1:IA'MSG+:22'\
             TVL+041126:1015:041126:1430+KEF+LIS+ZQ+0417'EQN+1'SRC'RCI+ZQ:ABC123'\
             TIF+DOE:I+JANE:A:1'{segment}TKT+9990000000001:T'{segment}TIF+DOE:I+JOHN:A:2'{segment}\
             TVL+041126:1015:041126:1430+KEF+LIS+ZQ+0417:Y'{segment}{segment}UNT+14+1'UNZ+1+1'"
        );
        let decoded = decode(push.as_bytes()).next().expect("a message");
        let codes = decoded.findings.iter().map(|finding| finding.kind.code);
        let marks = decoded.marks.iter().map(|mark| {
            let marked = &push[decoded.span.clone()][mark.at.range()];
            (mark.element, marked.to_owned())
        });
        let (codes, marks) = (codes.collect(), marks.collect());
        let message = decoded.message.expect("it is accepted");
        (message.bookings, message.travellers, codes, marks)
    }

    #[test]
    fn a_row_says_what_its_segment_says_component_by_component() {
        for written in OF_TRAVELLER.written().chain(OF_FLIGHT.written()) {
            for value in ["K0A1B2C3D4", "YLFLEX", "321", "HK", " ", " HK ", "0"] {
                let known = said(&format!("{written}{value}'"));
                // A component that is empty is no value, but the value is not the last one.
                let other = said(&format!("{written}{value}:'"));
                assert_eq!(known, other, "{written}{value}");
            }
        }
    }
}
