//! For whoever watches the machine: alive, ready, counts. No person, no id.

use crate::error::Error;
use crate::metrics::Count;
use crate::state::State;
use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use oriel_store::StoreError;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// The store answers; says how many list entries are in force, and which lists are too old.
pub(crate) async fn ready(extract::State(state): extract::State<State>) -> Result<String, Error> {
    let (entries, stale) = state
        .run(|app| {
            app.store().read(|tx| tx.stats())?;
            Ok((app.list_entries(), app.lists_stale()?))
        })
        .await
        .map_err(|error| {
            Error::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "not-ready",
                "The store does not answer",
            )
            .cause(format!("{error:?}"))
        })?;
    let mut told = format!("ready, {entries} list entries in force\n");
    if !stale.is_empty() {
        told += &format!("older than they may get: {}\n", stale.join(", "));
    }
    Ok(told)
}

fn figure(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Counts in the text form of Prometheus.
pub(crate) async fn metrics(
    extract::State(state): extract::State<State>,
) -> Result<Response, Error> {
    let (stats, filtered, not_taken, overdue, traffic, owed, stale) = state
        .run(|app| {
            let store = app.store();
            let counts =
                store.read(|tx| Ok::<_, StoreError>((tx.stats()?, tx.not_taken_counts()?)))?;
            let overdue = app.overdue_transfers()?;
            let (stats, not_taken) = counts;
            Ok((
                stats,
                app.filtered(),
                not_taken,
                overdue,
                app.traffic(),
                app.pushes_owed()?,
                app.lists_stale()?.len(),
            ))
        })
        .await?;
    let filtered = filtered.iter().map(|(key, n)| {
        let labels = vec![
            ("recipient", &*key.recipient),
            ("kind", key.kind),
            ("what", &*key.what),
            ("carrier", &*key.carrier),
        ];
        (labels, *n)
    });
    let not_taken = not_taken.iter().map(|count| {
        let labels = vec![
            ("recipient", &*count.compartment),
            ("mode", &*count.mode),
            ("way", &*count.way),
            ("carrier", &*count.carrier),
        ];
        (labels, count.messages.unsigned_abs())
    });
    let traffic = traffic.iter().map(|(channel, status, n)| {
        let (way, name) = channel.split_once(' ').unwrap_or((channel, ""));
        (vec![("way", way), ("name", name), ("status", *status)], *n)
    });
    let counts = [
        Count {
            name: "received_total",
            help: "Messages by way in and by what became of them, since the start.",
            rows: traffic.collect(),
        },
        Count {
            name: "filtered_total",
            help: "Runs of forbidden data overwritten before anything was kept, since the start.",
            rows: filtered.collect(),
        },
        Count {
            name: "not_taken_total",
            help: "Messages about journeys that the recipient had not selected.",
            rows: not_taken.collect(),
        },
    ];
    let text = state.metrics.render(
        &[
            (
                "messages_accepted",
                "Messages kept and screened.",
                stats.accepted,
            ),
            ("messages_refused", "Messages refused.", stats.refused),
            (
                "travellers",
                "Travellers, each once a journey.",
                stats.travellers,
            ),
            ("bookings", "Bookings.", stats.bookings),
            ("journeys", "Flights, each once a day.", stats.journeys),
            (
                "findings_error",
                "Findings by which a value was lost.",
                stats.errors,
            ),
            (
                "findings_warning",
                "Findings by which nothing was lost.",
                stats.warnings,
            ),
            ("hits", "Hits found and not withdrawn.", stats.hits),
            (
                "decisions",
                "Hits that a person has decided.",
                stats.decisions,
            ),
            ("audit_events", "Events of the audit log.", stats.events),
            (
                "transfers_overdue",
                "Flights of which a part of a list has been missing for too long.",
                figure(overdue),
            ),
            (
                "pushes_missing",
                "Pushes that have not come, of expected flights of the last day and the next two.",
                figure(owed.missing),
            ),
            (
                "pushes_late",
                "Pushes that came too late, of the same flights.",
                figure(owed.late),
            ),
            (
                "lists_stale",
                "Lists in force that nobody has brought in for longer than they count as fresh.",
                figure(stale),
            ),
        ],
        &counts,
    );
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
