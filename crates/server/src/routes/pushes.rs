//! Pushes outside the schedule: asked for by one person, let go out by another, answered by a carrier.

use super::profiles::{instant_of, logins};
use crate::error::Error;
use crate::extract::{Asker, IfMatch, fault, id};
use crate::show::{instant, minutes};
use crate::state::State;
use crate::views::problem::Problem;
use crate::views::push as view;
use axum::Json;
use axum::extract::{self, Path};
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::DateTime;
use oriel_app::{App, PushAsk, PushRequestView, PushStanding};
use oriel_policy::{Act, Actor};
use oriel_store::{Id, PushRequest};

/// Pushes that were asked for outside the schedule, with what answered.
#[utoipa::path(get, path = "/push-requests", tag = "carriers", operation_id = "push_requests",
    responses(
        (status = 200, body = view::PushRequests, description = "Newest first"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<view::PushRequests>, Error> {
    let listed = state.run(move |app| {
        let grant = asker.leave(app, Act::PushSee)?;
        let shown = Shown::new(app, &asker.actor)?;
        let requests = app.push_requests(&grant)?;
        let law = grant.profile().push().ad_hoc.as_ref();
        let now = app.now();
        let longest = law.map(|law| law.longest.value.after(now).duration_since(now).as_mins());
        let threats = law.and_then(|law| law.threats.as_ref());
        Ok(view::PushRequests {
            now: instant(&now),
            requests: requests.iter().map(|it| shown.of(it)).collect(),
            threats: threats.map_or(Vec::new(), |threats| threats.value.clone()),
            clause: law.map(|law| law.clause().to_owned()),
            longest_minutes: longest.unwrap_or(0),
            may_ask: law.is_some() && app.may(&asker.actor, Act::PushAsk)?,
        })
    });
    listed.await.map(Json)
}

/// Ask a carrier for a push of one flight outside the schedule, because of a specific and actual
/// threat. Nothing goes out until another person has approved it.
#[utoipa::path(post, path = "/push-requests", tag = "carriers", operation_id = "push_ask",
    request_body = view::NewPushRequest,
    responses(
        (status = 201, body = view::PushRequest, description = "Asked"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "A time cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The law knows no such request, or no carrier can be asked"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No reason, no such threat, no such flight, or too long"),
    ))]
pub(crate) async fn ask(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Json(new): Json<view::NewPushRequest>,
) -> Result<(StatusCode, Json<view::PushRequest>), Error> {
    let asked = state.run(move |app| {
        let grant = asker.leave(app, Act::PushAsk)?;
        let ask = PushAsk {
            flight: &new.flight,
            from: &new.from,
            to: &new.to,
            departs: local(&new.departs)?,
            threat: &new.threat,
            reason: &new.reason,
            ends_at: instant_of(&new.ends_at, "/ends_at")?,
        };
        let row = app.push_ask(&grant, &ask)?;
        Ok(Shown::new(app, &asker.actor)?.row(&row, None))
    });
    Ok((StatusCode::CREATED, Json(asked.await?)))
}

/// Let a request that another person made go out, or refuse it.
#[utoipa::path(post, path = "/push-requests/{id}/decision", tag = "carriers", operation_id = "push_decide",
    params(("id" = String, Path, description = "Request"), ("If-Match" = String, Header, description = "Version seen, quoted")),
    request_body = view::PushDecision,
    responses(
        (status = 200, body = view::PushRequest, description = "Decided"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role or this person, or signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such request"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Decided, or over; or the carrier is not live any more"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "Refused without a word"),
    ))]
pub(crate) async fn decide(
    extract::State(state): extract::State<State>,
    asker: Asker,
    IfMatch(version): IfMatch,
    Path(request): Path<String>,
    Json(said): Json<view::PushDecision>,
) -> Result<Json<view::PushRequest>, Error> {
    let decided = state.run(move |app| {
        let grant = asker.leave(app, Act::PushApprove)?;
        let request: Id = id(&request, "psh")?;
        let row = match said.verdict {
            view::PushVerdict::Approve => app.push_approve(&grant, request, version, &said.answer),
            view::PushVerdict::Refuse => app.push_refuse(&grant, request, version, &said.answer),
        }?;
        Ok(Shown::new(app, &asker.actor)?.row(&row, None))
    });
    decided.await.map(Json)
}

fn local(text: &str) -> Result<DateTime, Error> {
    text.parse().map_err(|_| {
        let title = "A local time cannot be read";
        Error::new(StatusCode::BAD_REQUEST, "date", title).fault(fault(
            "/departs",
            "date",
            "departs is no local date and time".to_owned(),
            "Write it as 2026-11-23T12:00.",
        ))
    })
}

/// What a request is shown with.
struct Shown<L> {
    logins: L,
    actor: String,
    decides: bool,
    now: Timestamp,
}

impl Shown<()> {
    fn new(app: &App, actor: &Actor) -> Result<Shown<impl Fn(&str) -> String + use<>>, Error> {
        Ok(Shown {
            logins: logins(app)?,
            actor: actor.id().to_owned(),
            decides: app.may(actor, Act::PushApprove)?,
            now: app.now(),
        })
    }
}

impl<L: Fn(&str) -> String> Shown<L> {
    fn of(&self, view: &PushRequestView) -> view::PushRequest {
        self.row(&view.row, view.journey)
    }

    fn row(&self, row: &PushRequest, journey: Option<Id>) -> view::PushRequest {
        let standing = PushStanding::of(row, self.now);
        let at = |at: &Option<Timestamp>| at.as_ref().map(instant);
        let answers = row.answers.iter().map(|answer| view::PushAnswer {
            message: Id::of_message(&answer.message).display("msg"),
            received_at: instant(&answer.received_at),
            by: answer.link.name().to_owned(),
        });
        view::PushRequest {
            id: row.id.display("psh"),
            version: row.version,
            state: standing.name().to_owned(),
            number: row.number.clone(),
            carrier: row.handle.clone(),
            flight: row.flight.clone(),
            from: row.from.clone(),
            to: row.to.clone(),
            departs: minutes(row.departs),
            journey: journey.map(|journey| journey.display("jrn")),
            threat: row.threat.clone(),
            reason: row.reason.clone(),
            ends_at: instant(&row.ends_at),
            message: row.message.clone(),
            asked_by: (self.logins)(&row.asked_by),
            asked_at: instant(&row.asked_at),
            decided_by: row.decided_by.as_deref().map(&self.logins),
            decided_at: at(&row.decided_at),
            answer: row.answer.clone(),
            sent_at: at(&row.sent_at),
            way: row.way.clone(),
            answers: answers.collect(),
            may_decide: self.decides
                && standing == PushStanding::Asked
                && row.asked_by != self.actor,
        }
    }
}
