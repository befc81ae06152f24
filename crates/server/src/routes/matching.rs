//! Persons compared with the lists in force, for who names a purpose.
//!
//! Invariants: a person is only ever in a body, never in an address; what is asked is bounded
//! before anything is compared, so that nobody's question takes the place of everybody else's.

use crate::error::Error;
use crate::extract::{Asker, fault};
use crate::show;
use crate::state::State;
use crate::views::matching::{MatchAnswer, MatchPerson, MatchQuestion, MatchResult};
use crate::views::problem::Problem;
use axum::Json;
use axum::extract;
use axum::http::StatusCode;
use oriel_app::{MatchAsk, Matched};
use oriel_policy::Act;
use oriel_screening::{LINE_SCORE, Person};

/// Persons of one question.
const PERSONS: usize = 100;

/// Values of one kind that a person may have.
const VALUES: usize = 50;

/// Bytes of one value.
const VALUE_BYTES: usize = 1_000;

/// Lowest score that may be asked for: far below it everybody is like everybody.
pub(super) const LOWEST: u8 = 40;

/// Most hits of a person.
pub(super) const MOST: usize = 100;

/// Hits of a person unless more or fewer are asked for.
const USUAL: usize = 20;

/// Compare persons with the lists in force.
#[utoipa::path(post, path = "/match", tag = "lists", operation_id = "match_persons",
    params(("Purpose" = String, Header, description = "`case=<id>`, `request=<id>` or `assessment=<what>`")),
    request_body = MatchQuestion,
    responses(
        (status = 200, body = MatchAnswer, description = "Hits of each person; none of them opens a case"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such list"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "More than can be compared at once, or no such case"),
    ))]
pub(crate) async fn ask(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Json(question): Json<MatchQuestion>,
) -> Result<Json<MatchAnswer>, Error> {
    let ids: Vec<String> = question.queries.iter().map(|q| q.id.clone()).collect();
    let persons = question.queries.into_iter().map(|q| person(q.query));
    let lowest = question.min.unwrap_or(LINE_SCORE);
    let most = question.limit.unwrap_or(USUAL);
    let ask = MatchAsk {
        persons: persons.collect(),
        list: question.list,
        lowest,
        most,
    };
    let found = compare(&state, asker, ask).await?;
    let results = ids.into_iter().zip(&found).map(|(id, hits)| MatchResult {
        id,
        hits: hits.iter().map(show::matched).collect(),
    });
    Ok(Json(MatchAnswer {
        schema: "oriel.match-answer/1",
        results: results.collect(),
    }))
}

/// Compares under leave, what is asked for being within bounds.
pub(super) async fn compare(
    state: &State,
    asker: Asker,
    ask: MatchAsk,
) -> Result<Vec<Vec<Matched>>, Error> {
    let found = state.run(move |app| {
        let grant = asker.leave(app, Act::ListMatch)?;
        within(&ask)?;
        Ok(app.match_persons(&grant, &ask)?)
    });
    found.await
}

fn within(ask: &MatchAsk) -> Result<(), Error> {
    let refuse = |pointer: &str, message: String| {
        let hint = "Ask for less at a time.";
        Err(Error::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "match-bounds",
            "This cannot be compared at once",
        )
        .fault(fault(pointer, "bounds", message, hint)))
    };
    if ask.persons.len() > PERSONS {
        return refuse("/queries", format!("more than {PERSONS} persons"));
    }
    if !(LOWEST..=100).contains(&ask.lowest) {
        return refuse("/min", format!("a score is {LOWEST} to 100 here"));
    }
    if !(1..=MOST).contains(&ask.most) {
        return refuse("/limit", format!("1 to {MOST} hits of a person"));
    }
    for (at, person) in ask.persons.iter().enumerate() {
        let Person {
            names,
            weak,
            dob,
            nationality,
            docs,
            ..
        } = person;
        for values in [names, weak, dob, nationality, docs] {
            if values.len() > VALUES || values.iter().any(|value| value.len() > VALUE_BYTES) {
                let pointer = format!("/queries/{at}");
                let bounds = format!("{VALUES} values of {VALUE_BYTES} bytes of each kind");
                return refuse(&pointer, format!("more than {bounds}"));
            }
        }
    }
    Ok(())
}

fn person(asked: MatchPerson) -> Person {
    let texts = |texts: Vec<String>| texts.into_iter().map(Into::into).collect();
    Person {
        id: None,
        names: texts(asked.names),
        weak: texts(asked.weak),
        dob: texts(asked.dob),
        nationality: texts(asked.nationality),
        gender: asked.gender.map(Into::into),
        docs: texts(asked.docs),
    }
}
