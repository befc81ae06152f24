//! For whoever watches the machine: alive, ready, counts. No person, no id.

use crate::error::Error;
use crate::state::State;
use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// The store answers; says how many list entries are in force.
pub(crate) async fn ready(extract::State(state): extract::State<State>) -> Result<String, Error> {
    let entries = state
        .run(|app| {
            app.store().read(|tx| tx.stats())?;
            Ok(app.list_entries())
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
    Ok(format!("ready, {entries} list entries in force\n"))
}

/// Counts in the text form of Prometheus.
pub(crate) async fn metrics(
    extract::State(state): extract::State<State>,
) -> Result<Response, Error> {
    let stats = state
        .run(|app| Ok(app.store().read(|tx| tx.stats())?))
        .await?;
    let text = state.metrics.render(&[
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
    ]);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
