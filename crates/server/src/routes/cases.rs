//! The live queue, and the review of its cases.

use crate::error::Error;
use crate::extract::{Asker, IfMatch, id};
use crate::hub::News;
use crate::show::{self, Desk, instant};
use crate::state::State;
use crate::views::case::{
    Case, CaseRow, DecisionRequest, Feed, FeedState, Hit, Lane, Queue, QueueQuery, Reason,
    Severity, Verdict,
};
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{self, Path, Query};
use axum::http::header;
use axum::response::AppendHeaders;
use jiff::{SignedDuration, Timestamp};
use oriel_app::{App, AppError};
use oriel_casework::Refusal;
use oriel_policy::{Act, Grant};
use oriel_store::Id;
use std::collections::HashMap;

/// A feed that is silent for so long is late. Carriers push at fixed times before departure, and
/// a carrier with many flights is never quiet for an hour of the day.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// And for so long: silent.
const SILENT: SignedDuration = SignedDuration::from_hours(6);

/// The live queue.
#[utoipa::path(get, path = "/queue", tag = "cases", operation_id = "queue",
    params(QueueQuery, ("Purpose" = String, Header, description = "`assessment=queue`")),
    responses(
        (status = 200, body = Queue, description = "Rows in the order of act-by"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
    ))]
pub(crate) async fn queue(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Query(query): Query<QueueQuery>,
) -> Result<Json<Queue>, Error> {
    state
        .run(move |app| queue_of(app, &asker, &query))
        .await
        .map(Json)
}

fn queue_of(app: &App, asker: &Asker, query: &QueueQuery) -> Result<Queue, Error> {
    let grant = asker.leave(app, Act::QueueRead)?;
    let items = app.queue(&grant)?;
    let initials = initials(app)?;
    let desk = desk(asker, &grant, &initials);
    let rows: Vec<CaseRow> = items
        .iter()
        .map(|item| show::case_row(&desk, item))
        .collect();
    let counts = show::counts(&rows);
    let lane = query.lane.unwrap_or(Lane::All);
    let text = query
        .q
        .as_deref()
        .unwrap_or_default()
        .trim()
        .to_ascii_uppercase();
    let cases = rows
        .into_iter()
        .filter(|row| show::stands_in(row, lane))
        .filter(|row| {
            query
                .severity
                .is_none_or(|least| gravity(row.head.severity) >= gravity(least))
        })
        .filter(|row| {
            query
                .direction
                .is_none_or(|d| row.head.journey.direction == d)
        })
        .filter(|row| {
            let journey = &row.head.journey;
            text.is_empty()
                || journey.flight.contains(&text)
                || journey.from == text
                || journey.to == text
        })
        .collect();
    let now = app.now();
    Ok(Queue {
        now: instant(&now),
        counts,
        cases,
        feeds: app
            .feeds(&grant)?
            .into_iter()
            .map(|(sender, last)| feed(sender, last, now))
            .collect(),
    })
}

fn gravity(severity: Severity) -> u8 {
    match severity {
        Severity::Low => 0,
        Severity::Medium => 1,
        Severity::High => 2,
        Severity::Critical => 3,
    }
}

fn feed(carrier: String, last: Timestamp, now: Timestamp) -> Feed {
    let quiet = now.duration_since(last);
    Feed {
        carrier,
        last_received: Some(instant(&last)),
        state: if quiet >= SILENT {
            FeedState::Silent
        } else if quiet >= LATE {
            FeedState::Late
        } else {
            FeedState::Ok
        },
    }
}

/// Initials of everybody who works here, by account.
pub(super) fn initials(app: &App) -> Result<HashMap<String, String>, Error> {
    let accounts = app
        .store()
        .read(|tx| tx.account_list())
        .map_err(AppError::from)?;
    Ok(accounts
        .into_iter()
        .map(|account| (account.id, account.initials))
        .collect())
}

fn desk<'a>(asker: &'a Asker, grant: &'a Grant, initials: &'a HashMap<String, String>) -> Desk<'a> {
    Desk {
        grant,
        actor: &asker.actor,
        profile: grant.profile(),
        initials,
    }
}

/// One case with its hits, fact by fact.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", operation_id = "case_show",
    params(("id" = String, Path, description = "Case"), ("Purpose" = String, Header, description = "`case=<id>`")),
    responses(
        (status = 200, body = Case, description = "The case; `ETag` is its version"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such case"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(case): Path<String>,
) -> Result<(AppendHeaders<[(header::HeaderName, String); 1]>, Json<Case>), Error> {
    let case = state
        .run(move |app| {
            let grant = asker.leave(app, Act::CaseRead)?;
            case_of(app, &asker, &grant, id(&case, "case")?)
        })
        .await?;
    let tag = format!("\"{}\"", case.head.version);
    Ok((AppendHeaders([(header::ETAG, tag)]), Json(case)))
}

fn case_of(app: &App, asker: &Asker, grant: &Grant, case: Id) -> Result<Case, Error> {
    let view = app.case(grant, case)?;
    let initials = initials(app)?;
    Ok(show::case(&desk(asker, grant, &initials), &view))
}

/// Changes who works on a case, and gives it as it then is.
async fn hand_over(
    state: State,
    asker: Asker,
    version: i64,
    case: String,
    change: fn(&App, &Grant, Id, Option<i64>) -> Result<oriel_store::CaseRow, AppError>,
) -> Result<Json<Case>, Error> {
    let told = News::Case {
        id: case.clone(),
        recipient: asker.actor.compartment().to_owned(),
    };
    let changed = state
        .run(move |app| {
            let case = id(&case, "case")?;
            change(app, &asker.leave(app, Act::CaseClaim)?, case, Some(version))?;
            case_of(app, &asker, &asker.leave(app, Act::CaseRead)?, case)
        })
        .await?;
    state.hub.tell(told);
    Ok(Json(changed))
}

/// Take a case.
#[utoipa::path(post, path = "/cases/{id}/claim", tag = "cases", operation_id = "case_claim",
    params(("id" = String, Path, description = "Case"), ("If-Match" = String, Header, description = "Version seen, quoted"), ("Purpose" = String, Header, description = "`case=<id>`")),
    responses(
        (status = 200, body = Case, description = "Taken"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such case"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Not possible in its state"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
    ))]
pub(crate) async fn claim(
    extract::State(state): extract::State<State>,
    asker: Asker,
    IfMatch(version): IfMatch,
    Path(case): Path<String>,
) -> Result<Json<Case>, Error> {
    hand_over(state, asker, version, case, App::case_claim).await
}

/// Give a case back.
#[utoipa::path(post, path = "/cases/{id}/release", tag = "cases", operation_id = "case_release",
    params(("id" = String, Path, description = "Case"), ("If-Match" = String, Header, description = "Version seen, quoted"), ("Purpose" = String, Header, description = "`case=<id>`")),
    responses(
        (status = 200, body = Case, description = "Given back"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such case"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Not possible in its state"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
    ))]
pub(crate) async fn release(
    extract::State(state): extract::State<State>,
    asker: Asker,
    IfMatch(version): IfMatch,
    Path(case): Path<String>,
) -> Result<Json<Case>, Error> {
    hand_over(state, asker, version, case, App::case_release).await
}

/// Sign a decision; by another person, the second check.
#[utoipa::path(post, path = "/cases/{id}/hits/{hit}/decision", tag = "cases", operation_id = "hit_decide",
    params(("id" = String, Path, description = "Case"), ("hit" = String, Path, description = "Hit"),
        ("If-Match" = String, Header, description = "Version of the hit seen, quoted"), ("Purpose" = String, Header, description = "`case=<id>`")),
    request_body = DecisionRequest,
    responses(
        (status = 200, body = Hit, description = "Signed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role or this person, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such hit"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Not possible in its state"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "Reason missing or not of this verdict"),
    ))]
pub(crate) async fn decide(
    extract::State(state): extract::State<State>,
    asker: Asker,
    IfMatch(version): IfMatch,
    Path((case, hit)): Path<(String, String)>,
    Json(ask): Json<DecisionRequest>,
) -> Result<Json<Hit>, Error> {
    let told = News::Case {
        id: case.clone(),
        recipient: asker.actor.compartment().to_owned(),
    };
    let signed = state
        .run(move |app| {
            let (case, wanted) = (id(&case, "case")?, id(&hit, "hit")?);
            let verdict = match ask.verdict {
                Verdict::Same => oriel_casework::Verdict::Same,
                Verdict::NotSame => oriel_casework::Verdict::NotSame,
                Verdict::CannotTell => oriel_casework::Verdict::CannotTell,
            };
            let note = ask.note.unwrap_or_default();
            let grant = asker.leave(app, Act::HitDecide)?;
            app.hit_decide(&grant, case, wanted, version, verdict, &ask.reasons, &note)
                .map_err(|refused| refusal(&grant, refused))?;
            let view = case_of(app, &asker, &asker.leave(app, Act::CaseRead)?, case)?;
            view.hits
                .into_iter()
                .find(|shown| shown.id == hit)
                .ok_or_else(Error::not_found)
        })
        .await?;
    state.hub.tell(told);
    Ok(Json(signed))
}

/// A refusal with the clause that it rests on.
fn refusal(grant: &Grant, error: AppError) -> Error {
    let second = matches!(error, AppError::Review(Refusal::SamePerson));
    let error = Error::from(error);
    if second {
        error.clause(grant.profile(), grant.profile().second_check().1)
    } else {
        error
    }
}

/// Reason codes of the profile in force.
#[utoipa::path(get, path = "/reasons", tag = "cases", operation_id = "reasons",
    responses(
        (status = 200, body = Vec<Reason>, description = "Every reason"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn reasons(_: Asker) -> Json<Vec<Reason>> {
    let rows = oriel_casework::Reason::ROWS.iter().map(|row| Reason {
        code: row.code.to_owned(),
        verdict: match row.verdict {
            oriel_casework::Verdict::Same => Verdict::Same,
            oriel_casework::Verdict::NotSame => Verdict::NotSame,
            oriel_casework::Verdict::CannotTell => Verdict::CannotTell,
        },
        text: row.text.to_owned(),
        needs_note: row.needs_note,
    });
    Json(rows.collect())
}
