//! Oversight: the inbox, the log, its registers and its proofs.

use crate::error::Error;
use crate::extract::{Asker, day, day_start, fault};
use crate::hub::News;
use crate::show::oversight as show;
use crate::state::State;
use crate::views::oversight::{
    Chain, ChainQuery, EventProof, Inbox, Item, LogPage, LogQuery, MonthProof, NewAnswer, Sweeps,
    Waiting,
};
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{self, Path, Query};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::ToSpan;
use jiff::civil::Date;
use oriel_app::App;
use oriel_policy::Act;
use oriel_policy::audit::Register;

/// Events of a page, unless more or fewer are asked for.
const PAGE: usize = 100;

/// Items of the data-protection officer, gravest first.
#[utoipa::path(get, path = "/oversight/inbox", tag = "oversight", operation_id = "oversight_inbox",
    params(("Purpose" = String, Header, description = "`oversight=<reference>`")),
    responses(
        (status = 200, body = Inbox, description = "The inbox"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
    ))]
pub(crate) async fn inbox(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<Inbox>, Error> {
    let inbox = state.run(move |app| {
        let grant = asker.leave(app, Act::OversightRead)?;
        let items = app.inbox(&grant)?;
        Ok(Inbox {
            items: items.iter().map(show::item).collect(),
            answers: Act::OversightAnswer.is_of(asker.actor.roles()),
        })
    });
    inbox.await.map(Json)
}

/// How many items wait: numbers alone.
#[utoipa::path(get, path = "/oversight/waiting", tag = "oversight", operation_id = "oversight_waiting",
    params(("Purpose" = String, Header, description = "`oversight=<reference>`")),
    responses(
        (status = 200, body = Waiting, description = "How many"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
    ))]
pub(crate) async fn waiting(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<Waiting>, Error> {
    let waiting = state.run(move |app| {
        let grant = asker.leave(app, Act::OversightRead)?;
        Ok(show::waiting(app.inbox_waiting(&grant)?))
    });
    waiting.await.map(Json)
}

/// Answer an item.
#[utoipa::path(post, path = "/oversight/inbox/{event}/answers", tag = "oversight", operation_id = "oversight_answer",
    request_body = NewAnswer,
    params(("event" = u64, Path, description = "Number of the event"), ("Purpose" = String, Header, description = "`oversight=<reference>`")),
    responses(
        (status = 201, body = Item, description = "The item now"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such item"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No note, or too long a one"),
    ))]
pub(crate) async fn answer(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(event): Path<u64>,
    Json(ask): Json<NewAnswer>,
) -> Result<(StatusCode, Json<Item>), Error> {
    let answered = state.run(move |app| {
        let grant = asker.leave(app, Act::OversightAnswer)?;
        let answer = show::answer(ask.answer);
        Ok(show::item(
            &app.inbox_answer(&grant, event, answer, &ask.note)?,
        ))
    });
    let item = answered.await?;
    state.hub.tell(News::Oversight);
    Ok((StatusCode::CREATED, Json(item)))
}

/// The log, newest first.
#[utoipa::path(get, path = "/oversight/audit", tag = "oversight", operation_id = "audit_page",
    params(LogQuery, ("Purpose" = String, Header, description = "`oversight=<reference>`")),
    responses(
        (status = 200, body = LogPage, description = "A page of it"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "A date, a register or an identifier cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
    ))]
pub(crate) async fn page(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Query(query): Query<LogQuery>,
) -> Result<Json<LogPage>, Error> {
    let page = state.run(move |app| {
        let grant = asker.leave(app, Act::AuditRead)?;
        let page = app.audit_page(&grant, &wanted(&query, PAGE)?)?;
        Ok(LogPage {
            data: page.events.iter().map(show::event).collect(),
            next: page.next,
        })
    });
    page.await.map(Json)
}

/// Events taken out, newest first: one a line, then where to go on and the newest signed checkpoint.
#[utoipa::path(get, path = "/oversight/audit/export", tag = "oversight", operation_id = "audit_export",
    params(LogQuery, ("Purpose" = String, Header, description = "`oversight=<reference>`")),
    responses(
        (status = 200, body = String, content_type = "application/x-ndjson", description = "At most 50 000 events"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "A date, a register or an identifier cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
    ))]
pub(crate) async fn export(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Query(query): Query<LogQuery>,
) -> Result<impl IntoResponse, Error> {
    let text = state.run(move |app| {
        let grant = asker.leave(app, Act::AuditExport)?;
        // Signs what is there, so that the last line covers every event above it.
        app.store()
            .checkpoint()
            .map_err(oriel_app::AppError::from)?;
        let page = app.audit_export(&grant, &wanted(&query, usize::MAX)?)?;
        let mut text = String::new();
        for event in &page.events {
            line(&mut text, &show::event(event))?;
        }
        line(&mut text, &ending(app, page.events.len(), page.next)?)?;
        Ok(text)
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"audit.ndjson\"",
        ),
    ];
    Ok((headers, text.await?))
}

fn line(text: &mut String, value: &impl serde::Serialize) -> Result<(), Error> {
    *text += &serde_json::to_string(value).map_err(Error::internal)?;
    text.push('\n');
    Ok(())
}

/// The last line of an export.
fn ending(app: &App, events: usize, next: Option<u64>) -> Result<serde_json::Value, Error> {
    let newest = app
        .store()
        .read(|tx| tx.checkpoint_newest())
        .map_err(oriel_app::AppError::from)?;
    Ok(serde_json::json!({
        "schema": "oriel.audit-events/1", "events": events, "next": next,
        "checkpoint": newest.map(|row| row.kept.note),
    }))
}

/// Proof that an event is in the log.
#[utoipa::path(get, path = "/oversight/audit/{event}/proof", tag = "oversight", operation_id = "audit_prove",
    params(("event" = u64, Path, description = "Number of the event"), ("Purpose" = String, Header, description = "`oversight=<reference>`")),
    responses(
        (status = 200, body = EventProof, description = "The proof"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such event"),
    ))]
pub(crate) async fn prove(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(event): Path<u64>,
) -> Result<Json<EventProof>, Error> {
    let proof = state.run(move |app| {
        let grant = asker.leave(app, Act::AuditRead)?;
        Ok(show::event_proof(app.audit_prove(&grant, event)?))
    });
    proof.await.map(Json)
}

/// Proof of a month.
#[utoipa::path(get, path = "/oversight/months/{month}/proof", tag = "oversight", operation_id = "audit_prove_month",
    params(("month" = String, Path, description = "`2026-11`"), ("Purpose" = String, Header, description = "`oversight=<reference>`")),
    responses(
        (status = 200, body = MonthProof, description = "The proof"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Not a month"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "The log has nothing of it"),
    ))]
pub(crate) async fn prove_month(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(month): Path<String>,
) -> Result<Json<MonthProof>, Error> {
    let proof = state.run(move |app| {
        let grant = asker.leave(app, Act::AuditRead)?;
        let first = day(Some(&format!("{month}-01")), "month")?.unwrap_or_default();
        Ok(show::month_proof(
            month,
            app.audit_prove_month(&grant, first)?,
        ))
    });
    proof.await.map(Json)
}

/// Whether the log holds, after another step of checking it.
#[utoipa::path(get, path = "/oversight/chain", tag = "oversight", operation_id = "audit_chain",
    params(ChainQuery, ("Purpose" = String, Header, description = "`oversight=<reference>`")),
    responses(
        (status = 200, body = Chain, description = "How far it was checked, and what was found"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
    ))]
pub(crate) async fn chain(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Query(query): Query<ChainQuery>,
) -> Result<Json<Chain>, Error> {
    let chain = state.run(move |app| {
        let grant = asker.leave(app, Act::AuditRead)?;
        Ok(show::chain(app.audit_chain(&grant, query.anew)?))
    });
    chain.await.map(Json)
}

/// Newest runs of the sweep: what was masked and erased, in counts.
#[utoipa::path(get, path = "/oversight/sweeps", tag = "oversight", operation_id = "sweeps",
    responses(
        (status = 200, body = Sweeps, description = "Newest first"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn sweeps(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<Sweeps>, Error> {
    let sweeps = state.run(move |app| {
        let grant = asker.leave(app, Act::SweepRead)?;
        let runs = app.sweep_runs(&grant)?;
        Ok(Sweeps {
            runs: runs.iter().map(show::sweep).collect(),
        })
    });
    sweeps.await.map(Json)
}

/// What is asked of the log: whole days in UTC.
fn wanted(query: &LogQuery, limit: usize) -> Result<oriel_app::LogQuery, Error> {
    let register = query.register.as_deref().map(|name| {
        Register::parse(name).ok_or_else(|| {
            let message = "there is no such register".to_owned();
            let hint = "The registers are access, disclosure and erasure.";
            Error::new(
                StatusCode::BAD_REQUEST,
                "register",
                "There is no such register",
            )
            .fault(fault("register", "register", message, hint))
        })
    });
    let after = |date: Date| date.checked_add(1.day()).ok().and_then(day_start);
    Ok(oriel_app::LogQuery {
        from: day(query.from.as_deref(), "from")?.and_then(day_start),
        until: day(query.to.as_deref(), "to")?.and_then(after),
        actor: query.actor.clone(),
        act: query.act.clone(),
        object: query.object.clone(),
        register: register.transpose()?,
        before: query.before,
        limit: query.limit.map_or(limit, usize::from),
    })
}
