//! How well carriers send, as answers show it.

use crate::views::quality as view;
use oriel_app::{FlightQuality, FormatQuality, Quality};
use oriel_messages::findings::by_code;

pub(crate) fn quality(quality: &Quality) -> view::CarrierQuality {
    let step = |step: oriel_app::QualityStep| view::QualityStep {
        from: step.from.to_string(),
        messages: step.messages,
        repeats: step.repeats,
        refused: step.refused,
        faulty: step.faulty,
        come: step.come,
        late: step.late,
        missing: step.missing,
    };
    view::CarrierQuality {
        from: quality.from.to_string(),
        to: quality.to.to_string(),
        formats: quality.formats().into_iter().map(format).collect(),
        flights: flights(quality.flights()),
        trend: quality.steps().into_iter().map(step).collect(),
        weekly: quality.weekly,
    }
}

fn format(format: FormatQuality) -> view::FormatQuality {
    let elements = format.elements.into_iter().map(|it| view::ElementQuality {
        element: it.element.to_owned(),
        of: it.of.to_owned(),
        with: it.with,
        all: it.all,
        lost: it.lost,
    });
    let findings = format.findings.into_iter().map(|it| {
        let kind = by_code(&it.code);
        view::FindingCount {
            text: kind.map_or("", |kind| kind.text).to_owned(),
            advice: kind.map_or("", |kind| kind.advice).to_owned(),
            code: it.code,
            count: it.count,
        }
    });
    view::FormatQuality {
        elements: elements.collect(),
        findings: findings.collect(),
        format: format.format,
        messages: format.messages,
        repeats: format.repeats,
        refused: format.refused,
        faulty: format.faulty,
        warned: format.warned,
        persons: format.persons,
        bookings: format.bookings,
        announced: format.announced,
        announced_there: format.announced_there,
        announced_wrong: format.announced_wrong,
    }
}

fn flights(flights: FlightQuality) -> view::FlightQuality {
    let pushes = flights.pushes.into_iter().map(|it| view::PushCount {
        push: it.push,
        come: it.come,
        late: it.late,
        missing: it.missing,
        excused: it.excused,
    });
    view::FlightQuality {
        pushes: pushes.collect(),
        flights: flights.flights,
        cancelled: flights.cancelled,
        unplanned: flights.unplanned,
        told: flights.told,
        messages: flights.messages,
        lists: flights.lists,
        bookings: flights.bookings,
        compared: flights.compared,
        lists_alone: flights.lists_alone,
        bookings_alone: flights.bookings_alone,
        closed: flights.closed,
        boarded: flights.boarded,
        boarded_alone: flights.boarded_alone,
    }
}
