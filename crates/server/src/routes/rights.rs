//! The rights of persons over their own data, for the data-protection officer.

use super::unmask::unread;
use crate::error::Error;
use crate::extract::{Asker, IfMatch, fault, id};
use crate::show::{instant, rights};
use crate::state::State;
use crate::views::problem::Problem;
use crate::views::rights::{
    NewRightsRequest, Reach, RightsAnswer, RightsCorrection, RightsErasure, RightsFound,
    RightsRedress, RightsRefusal, RightsRegister, RightsReply, RightsRequest, RightsSearch, Spared,
};
use axum::Json;
use axum::extract::{self, Path};
use axum::http::StatusCode;
use oriel_app::{App, Change, Found, KINDS, RightsAsk, Search};
use oriel_policy::{Act, Grant};

/// Leave for one request: the address and the purpose name the same.
fn leave(app: &App, asker: &Asker, act: Act, request: &str) -> Result<Grant, Error> {
    let grant = asker.leave(app, act)?;
    match grant.purpose() {
        Some(purpose) if purpose.reference() == request => Ok(grant),
        _ => Err(Error::not_found()),
    }
}

/// Takes one step of a request, under leave for it.
async fn step<T: Send + 'static>(
    state: &State,
    asker: Asker,
    act: Act,
    request: String,
    take: impl FnOnce(&App, &Grant) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let taken = state.run(move |app| take(app, &leave(app, &asker, act, &request)?));
    taken.await
}

/// The register of requests.
#[utoipa::path(get, path = "/rights", tag = "rights", operation_id = "rights_list",
    params(("Purpose" = String, Header, description = "`rights=register`")),
    responses(
        (status = 200, body = RightsRegister, description = "Soonest due first"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<RightsRegister>, Error> {
    let listed = state.run(move |app| {
        let grant = asker.leave(app, Act::RightsRead)?;
        let rows = app.rights_list(&grant)?;
        let now = app.now();
        Ok(RightsRegister {
            now: instant(&now),
            requests: rows
                .iter()
                .map(|request| rights::row(request, now))
                .collect(),
            kinds: KINDS.iter().map(|&kind| kind.to_owned()).collect(),
            withholdable: rights::withholdable().map(str::to_owned).collect(),
            remedy: grant.profile().rights().remedy.value.clone(),
        })
    });
    listed.await.map(Json)
}

/// Record a request; from its receipt runs the time to answer it.
#[utoipa::path(post, path = "/rights", tag = "rights", operation_id = "rights_open",
    params(("Purpose" = String, Header, description = "`rights=register`")),
    request_body = NewRightsRequest,
    responses(
        (status = 201, body = RightsRequest, description = "Recorded"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "Nobody can be found by what is given"),
    ))]
pub(crate) async fn open(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Json(ask): Json<NewRightsRequest>,
) -> Result<(StatusCode, Json<RightsRequest>), Error> {
    let opened = state.run(move |app| {
        let grant = asker.leave(app, Act::RightsPut)?;
        let received_at = match &ask.received_at {
            Some(text) => text.parse().map_err(|_| unread("/received_at"))?,
            // Not a moment later than the leave was given.
            None => grant.at(),
        };
        let request = app.rights_open(
            &grant,
            &RightsAsk {
                kind: &ask.kind,
                identity: &ask.identity,
                received_at,
                asker: &rights::asker(&ask.asker),
            },
        )?;
        Ok(rights::request(&request, app.now()))
    });
    Ok((StatusCode::CREATED, Json(opened.await?)))
}

/// One request with who asks and how it was answered.
#[utoipa::path(get, path = "/rights/{id}", tag = "rights", operation_id = "rights_show",
    params(("id" = String, Path, description = "Request"), ("Purpose" = String, Header, description = "`rights=<id>`")),
    responses(
        (status = 200, body = RightsRequest, description = "The request"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such request"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(request): Path<String>,
) -> Result<Json<RightsRequest>, Error> {
    let shown = step(&state, asker, Act::RightsRead, request, |app, grant| {
        Ok(rights::request(&app.rights_show(grant)?, app.now()))
    });
    shown.await.map(Json)
}

fn found(
    app: &App,
    asker: &Asker,
    request: &str,
    ask: &RightsSearch,
) -> Result<(Grant, Vec<Found>), Error> {
    let grant = leave(app, asker, Act::RightsSearch, request)?;
    let way = if ask.thorough {
        Search::Thorough(ask.passphrase.as_ref().map(|phrase| &phrase.0))
    } else {
        Search::Exact
    };
    let (_, found) = app.rights_search(&grant, way)?;
    Ok((grant, found))
}

/// Find everything about who asks: by digests, or in everything that is kept.
#[utoipa::path(post, path = "/rights/{id}/search", tag = "rights", operation_id = "rights_search",
    params(("id" = String, Path, description = "Request"), ("Purpose" = String, Header, description = "`rights=<id>`")),
    request_body = RightsSearch,
    responses(
        (status = 200, body = RightsFound, description = "Records, each with nobody else in it"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, not for this role, or the vault stays closed"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such request"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The request is closed"),
    ))]
pub(crate) async fn search(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(request): Path<String>,
    Json(ask): Json<RightsSearch>,
) -> Result<Json<RightsFound>, Error> {
    let answer = state.run(move |app| {
        let (grant, found) = found(app, &asker, &request, &ask)?;
        Ok(RightsFound {
            records: found
                .iter()
                .map(|one| rights::record(&grant, one))
                .collect(),
            masked_too: ask.thorough && ask.passphrase.is_some(),
        })
    });
    answer.await.map(Json)
}

/// Answer with records, less what others have a right to. The answer is kept and closes the request.
#[utoipa::path(post, path = "/rights/{id}/answer", tag = "rights", operation_id = "rights_answer",
    params(("id" = String, Path, description = "Request"), ("If-Match" = String, Header, description = "Version seen, quoted"), ("Purpose" = String, Header, description = "`rights=<id>`")),
    request_body = RightsReply,
    responses(
        (status = 200, body = RightsAnswer, description = "What goes to the person"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, not for this role, or the vault stays closed"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such request, or a record that is not found for it"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The request is closed"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "Nothing of this name can be left out"),
    ))]
pub(crate) async fn answer(
    extract::State(state): extract::State<State>,
    asker: Asker,
    IfMatch(version): IfMatch,
    Path(request): Path<String>,
    Json(ask): Json<RightsReply>,
) -> Result<Json<RightsAnswer>, Error> {
    let answered = state.run(move |app| {
        if let Some(name) = ask
            .withhold
            .iter()
            .find(|name| !rights::withholdable().any(|known| known == **name))
        {
            return Err(not_withholdable(name));
        }
        let (grant, found) = found(app, &asker, &request, &ask.search)?;
        let mut records = Vec::with_capacity(ask.records.len());
        for wanted in &ask.records {
            let wanted = id(wanted, "trv")?;
            // A person whose record is held for a case has two records of one name.
            let before = records.len();
            for one in found.iter().filter(|one| one.view.id == wanted) {
                let mut record = rights::record(&grant, one);
                rights::redact(&mut record.record, &ask.withhold);
                records.push(record);
            }
            if records.len() == before {
                return Err(Error::not_found());
            }
        }
        let answer = RightsAnswer {
            made_at: instant(&app.now()),
            profile: grant.profile().reference(),
            records,
            withheld: ask.withhold,
            remedy: grant.profile().rights().remedy.value.clone(),
        };
        let text = serde_json::to_string(&answer).map_err(Error::internal)?;
        let redact = leave(app, &asker, Act::RightsRedact, &request)?;
        let (count, withheld) = (answer.records.len(), answer.withheld.len());
        app.rights_answer(&redact, version, &text, count, withheld)?;
        Ok(answer)
    });
    answered.await.map(Json)
}

fn not_withholdable(name: &str) -> Error {
    let known: Vec<&str> = rights::withholdable().collect();
    Error::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "not-withholdable",
        "Nothing of this name can be left out",
    )
    .detail("Nothing was answered.")
    .fault(fault(
        "/withhold",
        "not-withholdable",
        format!("{name:?} is not known."),
        &format!("It can be {}.", known.join(", ")),
    ))
}

/// Refuse, with the reason and the remedy that the legal profile names.
#[utoipa::path(post, path = "/rights/{id}/refusal", tag = "rights", operation_id = "rights_refuse",
    params(("id" = String, Path, description = "Request"), ("If-Match" = String, Header, description = "Version seen, quoted"), ("Purpose" = String, Header, description = "`rights=<id>`")),
    request_body = RightsRefusal,
    responses(
        (status = 200, body = RightsRequest, description = "Refused"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such request"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The request is closed"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No reason"),
    ))]
pub(crate) async fn refuse(
    extract::State(state): extract::State<State>,
    asker: Asker,
    IfMatch(version): IfMatch,
    Path(request): Path<String>,
    Json(ask): Json<RightsRefusal>,
) -> Result<Json<RightsRequest>, Error> {
    let refused = step(&state, asker, Act::RightsPut, request, move |app, grant| {
        let row = app.rights_refuse(grant, version, &ask.reason)?;
        Ok(rights::request(&row, app.now()))
    });
    refused.await.map(Json)
}

/// Put a correction or a note beside a record. Says who has to be told.
#[utoipa::path(post, path = "/rights/{id}/corrections", tag = "rights", operation_id = "rights_correct",
    params(("id" = String, Path, description = "Request"), ("Purpose" = String, Header, description = "`rights=<id>`")),
    request_body = RightsCorrection,
    responses(
        (status = 201, body = Reach, description = "Corrected; these have to be told"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such request or record"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The request is closed"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "No field that can be corrected"),
    ))]
pub(crate) async fn correct(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(request): Path<String>,
    Json(ask): Json<RightsCorrection>,
) -> Result<(StatusCode, Json<Reach>), Error> {
    let change = Change {
        field: ask.field,
        value: ask.value,
        proof: ask.proof,
    };
    let told = step(
        &state,
        asker,
        Act::RightsRectify,
        request,
        move |app, grant| {
            let told = app.rights_correct(grant, id(&ask.traveller, "trv")?, &change)?;
            Ok(reach(told))
        },
    );
    Ok((StatusCode::CREATED, Json(told.await?)))
}

fn reach(reach: oriel_app::Reach) -> Reach {
    Reach {
        recipients: reach.recipients,
        compartments: reach.compartments,
    }
}

/// Erase one person's record, unless the law keeps it. Says who has to be told.
#[utoipa::path(post, path = "/rights/{id}/erasures", tag = "rights", operation_id = "rights_erase",
    params(("id" = String, Path, description = "Request"), ("Purpose" = String, Header, description = "`rights=<id>`")),
    request_body = RightsErasure,
    responses(
        (status = 200, body = Reach, description = "Erased; these have to be told"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such request or record"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The request is closed, or the law keeps the record"),
    ))]
pub(crate) async fn erase(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(request): Path<String>,
    Json(ask): Json<RightsErasure>,
) -> Result<Json<Reach>, Error> {
    let told = step(
        &state,
        asker,
        Act::RightsRectify,
        request,
        move |app, grant| {
            let erased = app.rights_erase(grant, id(&ask.traveller, "trv")?)?;
            Ok(reach(erased.reach))
        },
    );
    told.await.map(Json)
}

/// Spare a person the next false match with one entry of a list.
#[utoipa::path(post, path = "/rights/{id}/redress", tag = "rights", operation_id = "rights_redress",
    params(("id" = String, Path, description = "Request"), ("Purpose" = String, Header, description = "`rights=<id>`")),
    request_body = RightsRedress,
    responses(
        (status = 201, body = Spared, description = "Spared until then at the latest"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such request, record or match"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The request is closed"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The person cannot be told from namesakes"),
    ))]
pub(crate) async fn redress(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(request): Path<String>,
    Json(ask): Json<RightsRedress>,
) -> Result<(StatusCode, Json<Spared>), Error> {
    let spared = step(
        &state,
        asker,
        Act::RightsRedress,
        request,
        move |app, grant| {
            let (traveller, hit) = (id(&ask.traveller, "trv")?, id(&ask.hit, "hit")?);
            let ends_at = app.rights_redress(grant, traveller, hit)?;
            Ok(Spared {
                ends_at: instant(&ends_at),
            })
        },
    );
    Ok((StatusCode::CREATED, Json(spared.await?)))
}
