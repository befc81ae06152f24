//! Group 9: hotels, cars and other services that are no flights.

use super::values::{code, text};
use super::{Place, Reader};
use crate::findings::pnrgov as findings;
use oriel_edifact::Segment;
use oriel_model::{Element, OtherService, Port};

impl<'a> Reader<'_, 'a, '_> {
    /// MSG behind SRC: opens services of one kind.
    pub(super) fn open_services(&mut self, segment: &Segment<'a>) {
        if self.place == Place::History {
            self.body.report(&findings::OUT_OF_PLACE, segment.span());
        }
        self.body.mark_rest(Element::NonAir);
        self.place = Place::NonAir;
        self.draft.first_service = true;
        let kind = text(segment.part(1, 1)).unwrap_or_default();
        self.open_service(kind);
    }

    /// TVL of a service; the first one was counted with its MSG. Days are local at its place.
    pub(super) fn service(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::NonAir);
        if !std::mem::take(&mut self.draft.first_service) {
            let last = self.booking().services.last();
            let kind = last.map(|service| service.kind.clone());
            self.open_service(kind.unwrap_or_default());
        }
        let from = self.moment(segment.part(1, 1), segment.part(1, 2));
        let to = self.moment(segment.part(1, 3), segment.part(1, 4));
        let name = self.personal(segment.part(2, 2));
        let confirmation = self.personal(segment.part(5, 1));
        let Some(service) = self.booking().services.last_mut() else {
            return;
        };
        *service = OtherService {
            kind: std::mem::take(&mut service.kind),
            place: std::str::from_utf8(&code(segment.part(2, 1)))
                .ok()
                .and_then(|place| Port::airport(place).ok()),
            name,
            vendor: text(segment.part(4, 1)),
            confirmation,
            product: text(segment.part(5, 2)),
            from,
            to,
        };
    }

    fn open_service(&mut self, kind: oriel_model::Text) {
        let booking = self.booking();
        booking.non_air += 1;
        booking.services.push(OtherService {
            kind,
            ..OtherService::default()
        });
    }
}
