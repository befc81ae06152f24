//! Flights and their manifests.

use super::case::{direction, mode, state};
use super::person::{self, Side, sides};
use super::{message_row, moment, standing};
use crate::views::flight::{
    CaseMark, Discrepancy, FindingCounts, Flight, FlightHead, Manifest, ManifestRow, MessageCounts,
    WaitingTransfer,
};
use oriel_app::{FlightView, ManifestView};
use oriel_model::{Element, Person, Role, Unfinished};
use oriel_policy::{Grant, Lens};
use oriel_store::Id;

/// A flight as a row.
pub(crate) fn flight(grant: &Grant, view: &FlightView) -> Flight {
    let mut counts = MessageCounts::default();
    for message in &view.messages {
        match message.function.as_str() {
            "flight_close" | "flight_close_on_board" | "flight_close_not_on_board" => {
                counts.close_out += 1;
            }
            "full_push" | "update_push" => counts.pnr += 1,
            _ => counts.api += 1,
        }
    }
    Flight {
        head: head(grant, view),
        messages: counts,
        travellers: view.row.travellers as u32,
    }
}

fn head(grant: &Grant, view: &FlightView) -> FlightHead {
    let row = &view.row;
    let tolerance = grant.profile().push().tolerance.value;
    let count = |of: fn(&oriel_store::MessageRow) -> i64| view.messages.iter().map(of).sum::<i64>();
    FlightHead {
        id: row.id.display("jrn"),
        flight: row.name(),
        mode: mode(row.mode),
        vehicle: row.vehicle.clone(),
        carrier: row.carrier.clone(),
        number: row.number.clone(),
        from: row.from.clone(),
        to: row.to.clone(),
        departs: moment(&row.from, row.departs.as_ref(), row.departs_at),
        arrives: moment(&row.to, row.arrives.as_ref(), row.arrives_at),
        direction: direction(&row.direction),
        state: row.state.clone(),
        part_due: row.waits_from.map(|at| tolerance.after(at).to_string()),
        cases_open: view.open_cases as u32,
        findings: FindingCounts {
            error: count(|m| m.errors) as u32,
            warning: count(|m| m.warnings) as u32,
        },
    }
}

/// A flight with everybody on it.
pub(crate) fn manifest(grant: &Grant, view: &ManifestView) -> Manifest {
    let lens = Lens::new(grant, standing(grant, &view.flight.row));
    let people = view.journey.people.iter().zip(&view.ids);
    let mut messages: Vec<_> = view.flight.messages.iter().collect();
    messages.sort_by_key(|row| std::cmp::Reverse(row.received_at));
    Manifest {
        head: head(grant, &view.flight),
        travellers: people
            .map(|(person, id)| row(lens, view, person, *id))
            .collect(),
        messages: messages.into_iter().map(message_row).collect(),
        waiting: view.waiting.iter().map(waiting).collect(),
    }
}

fn waiting(transfer: &Unfinished) -> WaitingTransfer {
    WaitingTransfer {
        reference: transfer.access_reference.to_string(),
        function: transfer.function.name().to_owned(),
        sent: transfer.sent.map(|sent| sent.to_string()),
        missing: transfer.missing.clone(),
        has_last: transfer.has_last,
    }
}

fn row(lens: Lens<'_>, view: &ManifestView, who: &Person, id: Id) -> ManifestRow {
    let sides = sides(&view.journey, who);
    let first =
        |value: &dyn Fn(&Side<'_>) -> crate::views::shown::Shown| person::first(&sides, value);
    let has = |kind: &str| sides.iter().any(|side| side.kind() == kind);
    ManifestRow {
        id: id.display("trv"),
        role: sides
            .first()
            .map_or("", |side| role(&side.traveller.role))
            .to_owned(),
        surname: first(&|s| {
            let surname = s.traveller.name.surname.as_ref();
            person::plain(lens, Element::Name, surname, &s.report.message)
        }),
        given_names: first(&|s| {
            let given = s.traveller.name.given.as_ref();
            person::plain(lens, Element::Name, given, &s.report.message)
        }),
        sex: first(&|s| person::sex(lens, s.traveller.sex.as_ref(), &s.report.message)),
        birth: first(&|s| person::birth(lens, s.traveller.birth.as_ref(), &s.report.message)),
        nationality: first(&|s| {
            let nationality = s.traveller.nationalities.first();
            person::plain(lens, Element::Nationality, nationality, &s.report.message)
        }),
        document: first(&|s| {
            let number = s.traveller.documents.iter().find_map(|d| d.number.as_ref());
            person::plain(lens, Element::Document, number, &s.report.message)
        }),
        seat: first(&|s| {
            person::plain(
                lens,
                Element::Seat,
                s.traveller.seat.as_ref(),
                &s.report.message,
            )
        }),
        locator: first(&|s| {
            let locator = s.traveller.locator.as_ref();
            person::plain(lens, Element::Locator, locator, &s.report.message)
        }),
        status: who.presence.name().to_owned(),
        sources: ["api", "pnr"]
            .into_iter()
            .filter(|k| has(k))
            .map(str::to_owned)
            .collect(),
        case: view.cases.get(&id).map(|name| CaseMark {
            id: id.display("case"),
            state: state(name, false),
        }),
        infant: sides.iter().any(|side| side.traveller.infant),
        told: view.told.get(&id).map(|told| (*told).into()),
        discrepancy: view.discrepancy(who, id).map(|odd| match odd {
            oriel_casework::Discrepancy::BoardedNotCleared => Discrepancy::BoardedNotCleared,
            oriel_casework::Discrepancy::ClearedNotBoarded => Discrepancy::ClearedNotBoarded,
        }),
    }
}

fn role(role: &Role) -> &str {
    match role {
        Role::Passenger => "passenger",
        Role::Crew => "crew",
        Role::TransitPassenger => "transit_passenger",
        Role::TransitCrew => "transit_crew",
        Role::Other(code) => code,
    }
}
