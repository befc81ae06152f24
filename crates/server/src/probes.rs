//! For whoever watches the machine: alive, ready, counts. No person, no id.

use crate::error::Error;
use crate::metrics::Count;
use crate::state::State;
use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use oriel_app::FLIGHTS;
use oriel_store::{Figures, QualityKey, StoreError};
use std::collections::BTreeMap;

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
    let (stats, filtered, not_taken, overdue, traffic, owed, stale, quality) = state
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
                app.quality_now()?,
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
    let quality = Quality::of(&quality);
    let counts = [
        Count {
            name: "carrier_messages",
            help: "Messages of enrolled carriers, of yesterday and today (UTC), by what they are.",
            kind: "gauge",
            rows: quality.messages,
        },
        Count {
            name: "carrier_pushes",
            help: "Pushes of flights that departed yesterday or depart today (UTC), by how they stand.",
            kind: "gauge",
            rows: quality.pushes,
        },
        Count {
            name: "received_total",
            help: "Messages by way in and by what became of them, since the start.",
            kind: "counter",
            rows: traffic.collect(),
        },
        Count {
            name: "filtered_total",
            help: "Runs of forbidden data overwritten before anything was kept, since the start.",
            kind: "counter",
            rows: filtered.collect(),
        },
        Count {
            name: "not_taken_total",
            help: "Messages about journeys that the recipient had not selected.",
            kind: "counter",
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

/// Rows of a figure with labels.
type Rows<'a> = Vec<(Vec<(&'a str, &'a str)>, u64)>;

/// How well carriers send, by recipient, carrier and format: as many rows as there are carriers,
/// formats and pushes of the profile.
struct Quality<'a> {
    messages: Rows<'a>,
    pushes: Rows<'a>,
}

impl<'a> Quality<'a> {
    fn of(counts: &'a [(QualityKey, Figures)]) -> Self {
        let mut sums: BTreeMap<[&str; 5], u64> = BTreeMap::new();
        for (key, figures) in counts {
            let (recipient, carrier) = (&*key.compartment, &*key.handle);
            let mut add = |format: &'a str, what: &'a str, of: &'a str, count| {
                *sums
                    .entry([recipient, carrier, format, what, of])
                    .or_default() += count;
            };
            match &*key.format {
                FLIGHTS => {
                    for (name, count) in &figures.0 {
                        if let Some((state, push)) = name.split_once('.') {
                            add(FLIGHTS, push, state, *count);
                        }
                    }
                }
                format => {
                    for what in [
                        "messages",
                        "repeats",
                        "refused",
                        "faulty",
                        "announced_wrong",
                    ] {
                        add(format, what, "", figures.get(what));
                    }
                }
            }
        }
        let (mut messages, mut pushes) = (Rows::new(), Rows::new());
        for ([recipient, carrier, format, what, of], count) in sums {
            let whose = [("recipient", recipient), ("carrier", carrier)];
            if format == FLIGHTS {
                let labels = [&whose[..], &[("push", what), ("state", of)]].concat();
                pushes.push((labels, count));
            } else {
                let labels = [&whose[..], &[("format", format), ("what", what)]].concat();
                messages.push((labels, count));
            }
        }
        Self { messages, pushes }
    }
}
