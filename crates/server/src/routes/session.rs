//! Signing in and out.

use crate::error::Error;
use crate::extract::{SignedIn, State};
use crate::views::problem::Problem;
use crate::views::session::{Session, SignIn};
use axum::Json;
use axum::extract;
use axum::http::StatusCode;

/// Begin a session with a one-time link or a password.
#[utoipa::path(post, path = "/session", tag = "session", operation_id = "session_begin",
    request_body = SignIn,
    responses(
        (status = 200, body = Session, description = "Signed in; the cookie `oriel_session` is set"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Link used or expired, or name and password do not fit"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many attempts"),
    ))]
pub(crate) async fn begin(
    extract::State(_state): extract::State<State>,
    Json(_ask): Json<SignIn>,
) -> Result<Json<Session>, Error> {
    Err(Error::internal("not wired"))
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", operation_id = "session_show",
    responses(
        (status = 200, body = Session, description = "Who is signed in"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is"),
    ))]
pub(crate) async fn show(_who: SignedIn) -> Result<Json<Session>, Error> {
    Err(Error::internal("not wired"))
}

/// End the session.
#[utoipa::path(delete, path = "/session", tag = "session", operation_id = "session_end",
    responses((status = 204, description = "Ended")))]
pub(crate) async fn end(_who: SignedIn) -> Result<StatusCode, Error> {
    Err(Error::internal("not wired"))
}
