//! Seeing masked values again, holds for cases, links to an offence.

use super::cases::initials;
use crate::error::Error;
use crate::extract::{Asker, IfMatch, fault, id};
use crate::show::unmask::Register;
use crate::show::{instant, traveller, traveller_at};
use crate::state::State;
use crate::views::problem::Problem;
use crate::views::unmask::{
    HeldRecord, Hold, Holds, Links, Look, NewHold, NewUnmasking, OpenedRecords, UnmaskDecision,
    UnmaskVerdict, Unmasking, UnmaskingDetail, Unmaskings,
};
use axum::Json;
use axum::extract::{self, Path};
use axum::http::StatusCode;
use oriel_app::{App, HoldAsk, UnmaskAsk, UnmaskLimits, Wanted};
use oriel_policy::{Act, Calendar, Profile, Standing, Term};
use oriel_store::Id;

/// Shows something by way of the register.
fn shown<T>(app: &App, asker: &Asker, show: impl FnOnce(&Register<'_>) -> T) -> Result<T, Error> {
    let initials = initials(app)?;
    Ok(show(&Register {
        initials: &initials,
        reader: asker.actor.id(),
        now: app.now(),
    }))
}

/// Requests to see masked values: counts and dates, no names.
#[utoipa::path(get, path = "/unmaskings", tag = "unmasking", operation_id = "unmask_list",
    responses(
        (status = 200, body = Unmaskings, description = "Newest first"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<Unmaskings>, Error> {
    let listed = state.run(move |app| {
        let grant = asker.leave(app, Act::UnmaskSee)?;
        let rows = app.unmask_list(&grant)?;
        let profile = grant.profile();
        let now = app.now();
        let view = Calendar::of(profile).deadline(Term::View, now).at;
        let masks = |(name, element)| profile.masks(element).then(|| str::to_owned(name));
        shown(app, &asker, |register| Unmaskings {
            now: instant(&now),
            unmaskings: rows.iter().map(|row| register.unmasking(row)).collect(),
            elements: Profile::elements().filter_map(masks).collect(),
            longest_minutes: view.duration_since(now).as_mins(),
            urgent: profile.unmask().urgent.is_some(),
        })
    });
    listed.await.map(Json)
}

/// Ask for masked values to be seen, for one case or one request. Nothing is opened.
#[utoipa::path(post, path = "/unmaskings", tag = "unmasking", operation_id = "unmask_ask",
    params(("Purpose" = String, Header, description = "`case=<id>` or `request=<id>`")),
    request_body = NewUnmasking,
    responses(
        (status = 201, body = Unmasking, description = "Asked"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such record"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The record is not masked"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No case, no reason, or no such kind of data"),
    ))]
pub(crate) async fn ask(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Json(ask): Json<NewUnmasking>,
) -> Result<(StatusCode, Json<Unmasking>), Error> {
    let asked = state.run(move |app| {
        let grant = asker.leave(app, Act::UnmaskAsk)?;
        let record = |text: &String| {
            Id::parse(text, "trv")
                .map(Wanted::Traveller)
                .or_else(|| Id::parse(text, "jrn").map(Wanted::Flight))
                .ok_or_else(Error::not_found)
        };
        let records: Vec<Wanted> = ask.records.iter().map(record).collect::<Result<_, _>>()?;
        let asked = app.unmask_ask(
            &grant,
            &UnmaskAsk {
                records: &records,
                offence: &ask.offence,
                reason: &ask.reason,
                elements: &ask.elements,
                minutes: ask.minutes,
            },
        )?;
        shown(app, &asker, |register| register.unmasking(&asked))
    });
    Ok((StatusCode::CREATED, Json(asked.await?)))
}

/// One request: who, why, which offence, how many and when; no names.
#[utoipa::path(get, path = "/unmaskings/{id}", tag = "unmasking", operation_id = "unmask_show",
    params(("id" = String, Path, description = "Request")),
    responses(
        (status = 200, body = UnmaskingDetail, description = "The request"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such request"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(unmasking): Path<String>,
) -> Result<Json<UnmaskingDetail>, Error> {
    let detail = state.run(move |app| {
        let grant = asker.leave(app, Act::UnmaskSee)?;
        let view = app.unmask_view(&grant, id(&unmasking, "unm")?)?;
        shown(app, &asker, |register| register.detail(&view))
    });
    detail.await.map(Json)
}

/// Allow, grant as urgent, confirm or refuse. To open takes the passphrase of the vault, or the PIN of its token.
#[utoipa::path(post, path = "/unmaskings/{id}/decision", tag = "unmasking", operation_id = "unmask_decide",
    params(("id" = String, Path, description = "Request"), ("If-Match" = String, Header, description = "Version seen, quoted")),
    request_body = UnmaskDecision,
    responses(
        (status = 200, body = Unmasking, description = "Decided"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role or this person, signed in too long ago, or the vault stays closed"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such request"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Decided, or over; or a token that is not known here, or away"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "More than was asked, or no passphrase"),
    ))]
pub(crate) async fn decide(
    extract::State(state): extract::State<State>,
    asker: Asker,
    IfMatch(version): IfMatch,
    Path(unmasking): Path<String>,
    Json(ask): Json<UnmaskDecision>,
) -> Result<Json<Unmasking>, Error> {
    // Comparing the passphrase takes as long as comparing a password does, on purpose.
    let decided = state.run_password(move |app| {
        let unmasking = id(&unmasking, "unm")?;
        let limits = UnmaskLimits {
            elements: ask.elements,
            minutes: ask.minutes,
        };
        let phrase = ask.passphrase.as_ref().map(|phrase| &phrase.0);
        let row = match ask.verdict {
            UnmaskVerdict::Approve => {
                let grant = asker.leave(app, Act::UnmaskApprove)?;
                app.unmask_approve(&grant, unmasking, version, &limits, &ask.answer, phrase)
            }
            UnmaskVerdict::Urgent => {
                let grant = asker.leave(app, Act::UnmaskUrgent)?;
                app.unmask_urgent(&grant, unmasking, version, &limits, &ask.answer, phrase)
            }
            UnmaskVerdict::Refuse => {
                let grant = asker.leave(app, Act::UnmaskApprove)?;
                app.unmask_refuse(&grant, unmasking, version, &ask.answer)
            }
        }?;
        shown(app, &asker, |register| register.unmasking(&row))
    });
    decided.await.map(Json)
}

/// The masked values that an open approval covers, for its own case or request.
#[utoipa::path(get, path = "/unmaskings/{id}/records", tag = "unmasking", operation_id = "unmask_read",
    params(("id" = String, Path, description = "Request"), ("Purpose" = String, Header, description = "The case or request it was approved for")),
    responses(
        (status = 200, body = OpenedRecords, description = "What was approved"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, not for this role, or not open"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such approval for this purpose"),
    ))]
pub(crate) async fn read(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(unmasking): Path<String>,
) -> Result<Json<OpenedRecords>, Error> {
    let opened = state.run(move |app| {
        let grant = asker.leave(app, Act::UnmaskRead)?;
        let view = app.unmask_read(&grant, id(&unmasking, "unm")?)?;
        let one = |person: &oriel_app::TravellerView| traveller(&view.grant, person);
        let travellers = view.travellers.iter().map(one).collect();
        shown(app, &asker, |register| OpenedRecords {
            unmasking: register.unmasking(&view.unmasking),
            travellers,
        })
    });
    opened.await.map(Json)
}

/// Copies that are kept for cases, without the copies.
#[utoipa::path(get, path = "/holds", tag = "unmasking", operation_id = "hold_list",
    responses(
        (status = 200, body = Holds, description = "Soonest review first"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn holds(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<Holds>, Error> {
    let listed = state.run(move |app| {
        let rows = app.holds(&asker.leave(app, Act::HoldSee)?)?;
        shown(app, &asker, |register| Holds {
            now: instant(&app.now()),
            holds: rows.iter().map(|row| register.hold(row)).collect(),
        })
    });
    listed.await.map(Json)
}

/// Keep a copy of one person's record for a case; the record itself goes on its day.
#[utoipa::path(post, path = "/holds", tag = "unmasking", operation_id = "hold_place",
    params(("Purpose" = String, Header, description = "`case=<id>` or `request=<id>`")),
    request_body = NewHold,
    responses(
        (status = 201, body = Hold, description = "Kept"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such traveller"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No case, no reason, or a date that has passed"),
    ))]
pub(crate) async fn place(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Json(ask): Json<NewHold>,
) -> Result<(StatusCode, Json<Hold>), Error> {
    let placed = state.run(move |app| {
        let grant = asker.leave(app, Act::HoldPlace)?;
        let ends_at = ask.ends_at.parse().map_err(|_| unread("/ends_at"))?;
        let hold = app.hold_place(
            &grant,
            &HoldAsk {
                traveller: id(&ask.traveller, "trv")?,
                authority: &ask.authority,
                reason: &ask.reason,
                ends_at,
            },
        )?;
        shown(app, &asker, |register| register.hold(&hold))
    });
    Ok((StatusCode::CREATED, Json(placed.await?)))
}

/// An instant that cannot be read.
pub(super) fn unread(pointer: &str) -> Error {
    let text = "This is no instant in UTC.".to_owned();
    Error::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "instant",
        "An instant cannot be read",
    )
    .detail("Nothing was changed.")
    .fault(fault(
        pointer,
        "instant",
        text,
        "Write it as 2028-03-01T00:00:00Z.",
    ))
}

/// The copy that a hold keeps, for its own case.
#[utoipa::path(get, path = "/holds/{id}", tag = "unmasking", operation_id = "hold_read",
    params(("id" = String, Path, description = "Hold"), ("Purpose" = String, Header, description = "The case or request it serves, or `oversight=<id>`")),
    responses(
        (status = 200, body = HeldRecord, description = "What it keeps"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such hold for this purpose"),
    ))]
pub(crate) async fn held(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(hold): Path<String>,
) -> Result<Json<HeldRecord>, Error> {
    let held = state.run(move |app| {
        let grant = asker.leave(app, Act::HoldRead)?;
        let (hold, view) = app.hold_read(&grant, id(&hold, "hld")?)?;
        // The copy has a time of its own, which the store has seen to.
        let traveller = traveller_at(&grant, Standing::Open, &view);
        shown(app, &asker, |register| HeldRecord {
            hold: register.hold(&hold),
            traveller,
        })
    });
    held.await.map(Json)
}

/// Look at a hold again: keep it until the next look, or lift it.
#[utoipa::path(post, path = "/holds/{id}/review", tag = "unmasking", operation_id = "hold_review",
    params(("id" = String, Path, description = "Hold")),
    request_body = Look,
    responses(
        (status = 204, description = "Kept or lifted"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such hold"),
    ))]
pub(crate) async fn hold_review(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(hold): Path<String>,
    Json(look): Json<Look>,
) -> Result<StatusCode, Error> {
    let done = state.run(move |app| {
        let hold = id(&hold, "hld")?;
        let grant = asker.leave(app, Act::HoldLift)?;
        if look.keep {
            app.hold_keep(&grant, hold)?;
        } else {
            app.hold_lift(&grant, hold)?;
        }
        Ok(())
    });
    done.await.map(|()| StatusCode::NO_CONTENT)
}

/// Links to an offence for which records are kept: identifiers and dates.
#[utoipa::path(get, path = "/links", tag = "unmasking", operation_id = "link_list",
    responses(
        (status = 200, body = Links, description = "Soonest review first"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
    ))]
pub(crate) async fn links(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<Links>, Error> {
    let listed = state.run(move |app| {
        let rows = app.links(&asker.leave(app, Act::LinkSee)?)?;
        shown(app, &asker, |register| Links {
            now: instant(&app.now()),
            links: rows.iter().map(|row| register.link(row)).collect(),
        })
    });
    listed.await.map(Json)
}

/// Look at a link again: keep it until the next look, or lift it.
#[utoipa::path(post, path = "/links/{id}/review", tag = "unmasking", operation_id = "link_review",
    params(("id" = String, Path, description = "Link"), ("Purpose" = String, Header, description = "`case=<id>` or `request=<id>`")),
    request_body = Look,
    responses(
        (status = 204, description = "Kept or lifted"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, not for this role, or one's own"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such link"),
    ))]
pub(crate) async fn link_review(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(link): Path<String>,
    Json(look): Json<Look>,
) -> Result<StatusCode, Error> {
    let done = state.run(move |app| {
        let grant = asker.leave(app, Act::LinkReview)?;
        Ok(app.link_review(&grant, id(&link, "evd")?, look.keep)?)
    });
    done.await.map(|()| StatusCode::NO_CONTENT)
}
