//! The live queue, and the review of its cases.

use crate::error::Error;
use crate::extract::{IfMatch, Purpose, SignedIn};
use crate::views::case::{Case, CaseRow, DecisionRequest, Hit, Queue, QueueQuery, Reason};
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{Path, Query};

/// The live queue.
#[utoipa::path(get, path = "/queue", tag = "cases", operation_id = "queue",
    params(QueueQuery, ("Purpose" = String, Header, description = "`assessment=queue`")),
    responses(
        (status = 200, body = Queue, description = "Rows in the order of act-by"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No purpose, or not for this role"),
    ))]
pub(crate) async fn queue(
    _who: SignedIn,
    _purpose: Purpose,
    Query(_query): Query<QueueQuery>,
) -> Result<Json<Queue>, Error> {
    Err(Error::internal("not wired"))
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
    _who: SignedIn,
    _purpose: Purpose,
    Path(_id): Path<String>,
) -> Result<Json<Case>, Error> {
    Err(Error::internal("not wired"))
}

/// Take a case.
#[utoipa::path(post, path = "/cases/{id}/claim", tag = "cases", operation_id = "case_claim",
    params(("id" = String, Path, description = "Case"), ("If-Match" = String, Header, description = "Version seen, quoted"), ("Purpose" = String, Header, description = "`case=<id>`")),
    responses(
        (status = 200, body = CaseRow, description = "Taken"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such case"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Not possible in its state"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
    ))]
pub(crate) async fn claim(
    _who: SignedIn,
    _purpose: Purpose,
    _seen: IfMatch,
    Path(_id): Path<String>,
) -> Result<Json<CaseRow>, Error> {
    Err(Error::internal("not wired"))
}

/// Give a case back.
#[utoipa::path(post, path = "/cases/{id}/release", tag = "cases", operation_id = "case_release",
    params(("id" = String, Path, description = "Case"), ("If-Match" = String, Header, description = "Version seen, quoted"), ("Purpose" = String, Header, description = "`case=<id>`")),
    responses(
        (status = 200, body = CaseRow, description = "Given back"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such case"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Not possible in its state"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
    ))]
pub(crate) async fn release(
    _who: SignedIn,
    _purpose: Purpose,
    _seen: IfMatch,
    Path(_id): Path<String>,
) -> Result<Json<CaseRow>, Error> {
    Err(Error::internal("not wired"))
}

/// Sign a decision; by another person, the second check.
#[utoipa::path(post, path = "/cases/{id}/hits/{hit}/decision", tag = "cases", operation_id = "hit_decide",
    params(("id" = String, Path, description = "Case"), ("hit" = String, Path, description = "Hit"),
        ("If-Match" = String, Header, description = "Version of the hit seen, quoted"), ("Purpose" = String, Header, description = "`case=<id>`")),
    request_body = DecisionRequest,
    responses(
        (status = 200, body = Hit, description = "Signed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role or this person"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such hit"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Not possible in its state"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "Reason missing or not of this verdict"),
    ))]
pub(crate) async fn decide(
    _who: SignedIn,
    _purpose: Purpose,
    _seen: IfMatch,
    Path((_id, _hit)): Path<(String, String)>,
    Json(_ask): Json<DecisionRequest>,
) -> Result<Json<Hit>, Error> {
    Err(Error::internal("not wired"))
}

/// Reason codes of the profile in force.
#[utoipa::path(get, path = "/reasons", tag = "cases", operation_id = "reasons",
    responses(
        (status = 200, body = Vec<Reason>, description = "Every reason"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn reasons(_who: SignedIn) -> Result<Json<Vec<Reason>>, Error> {
    Err(Error::internal("not wired"))
}
