//! Signing in at a provider (OpenID Connect), proving oneself again there, and saying who one is
//! there.
//!
//! Invariant: the browser that comes back is the one that was sent out: the name of the ceremony is
//! in a cookie of its own, which is gone after the first use.

use super::session::begun;
use crate::error::Error;
use crate::extract::{Entering, Person};
use crate::peer::Origin;
use crate::state::State;
use crate::views::account::ProviderAsked;
use crate::views::problem::Problem;
use axum::Json;
use axum::extract::{self, Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use oriel_app::{App, Session};
use oriel_signin::Providers;
use oriel_store::Ceremony;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const SIGN_IN: &str = "provider";
const PROVE: &str = "provider.prove";
const ADD: &str = "provider.add";

/// Where a browser goes whose sign-in at a provider came to nothing.
const REFUSED: &str = "/sign-in?refused=provider";

/// The page of the window in which somebody proved themselves again, and of one that came to
/// nothing.
const PROVED: &str = "/proved";
const NOT_PROVED: &str = "/proved?refused=provider";

/// What is kept of a ceremony: the provider's half, and the session that asked for a proof.
#[derive(Deserialize, Serialize)]
struct Kept {
    provider: String,
    session: String,
}

fn providers(state: &State) -> Result<Arc<Providers>, Error> {
    state.options.providers.clone().ok_or_else(Error::not_found)
}

fn cookie_name(origin: &Origin) -> &'static str {
    if origin.secure {
        "__Host-oriel_ceremony"
    } else {
        "oriel_ceremony"
    }
}

/// `Lax`, because the provider's page is another site and sends the browser back here.
fn cookie(origin: &Origin, name: String) -> Cookie<'static> {
    Cookie::build((cookie_name(origin), name))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(origin.secure)
        .build()
}

/// Begins at the provider; gives the cookie and the provider's address.
async fn begin(
    state: &State,
    id: String,
    origin: &Origin,
    kind: &'static str,
    session: Option<&Session>,
) -> Result<(CookieJar, String), Error> {
    let begun = providers(state)?.begin(&id).await.map_err(|why| {
        let unknown = matches!(why, oriel_signin::Refused::Unknown);
        let error = match unknown {
            true => Error::not_found(),
            false => Error::new(
                StatusCode::BAD_GATEWAY,
                "provider-silent",
                "The provider does not answer",
            )
            .detail("Try again, or sign in another way. Whoever runs the server finds the reason in its log."),
        };
        error.cause(why)
    })?;
    let account = session.map(|session| session.account.id.clone());
    let kept = Kept {
        provider: begun.state,
        session: session.map_or_else(String::new, |session| session.row.id.clone()),
    };
    let kept = serde_json::to_string(&kept).map_err(Error::internal)?;
    let name = state
        .run(move |app| Ok(app.ceremony_begin(kind, account.as_deref(), kept)?))
        .await?;
    let jar = CookieJar::new().add(cookie(origin, name.expose().to_owned()));
    Ok((jar, begun.url))
}

/// Go to a provider to sign in.
#[utoipa::path(get, path = "/session/providers/{id}", tag = "session", operation_id = "session_provider",
    params(("id" = String, Path, description = "Provider")),
    responses(
        (status = 303, description = "To the provider"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such provider"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "The provider does not answer"),
    ))]
pub(crate) async fn go(
    extract::State(state): extract::State<State>,
    entering: Entering,
    Path(id): Path<String>,
) -> Result<(CookieJar, Redirect), Error> {
    let (jar, url) = begin(&state, id, &entering.origin, SIGN_IN, None).await?;
    Ok((jar, Redirect::to(&url)))
}

/// Begin to prove again, at a provider, who one is.
#[utoipa::path(post, path = "/session/proof/providers/{id}", tag = "session", operation_id = "session_prove_provider",
    params(("id" = String, Path, description = "Provider")),
    responses(
        (status = 200, body = ProviderAsked, description = "Where to go, in a window of its own: it ends at the page `/proved` with a new session in place of the one that asks"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such provider"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "The provider does not answer"),
    ))]
pub(crate) async fn prove(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    entering: Entering,
    Path(id): Path<String>,
) -> Result<(CookieJar, Json<ProviderAsked>), Error> {
    let (jar, url) = begin(&state, id, &entering.origin, PROVE, Some(&session)).await?;
    Ok((jar, Json(ProviderAsked { url })))
}

/// Begin to say who one is at a provider.
#[utoipa::path(post, path = "/account/identities/{id}", tag = "account", operation_id = "identity_add",
    params(("id" = String, Path, description = "Provider")),
    responses(
        (status = 200, body = ProviderAsked, description = "Where to go"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such provider"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "The provider does not answer"),
    ))]
pub(crate) async fn add(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    entering: Entering,
    Path(id): Path<String>,
) -> Result<(CookieJar, Json<ProviderAsked>), Error> {
    let asking = session.clone();
    state.run(move |app| Ok(app.fresh(&asking)?)).await?;
    let (jar, url) = begin(&state, id, &entering.origin, ADD, Some(&session)).await?;
    Ok((jar, Json(ProviderAsked { url })))
}

/// Forget who one is at a provider.
#[utoipa::path(delete, path = "/account/identities/{id}", tag = "account", operation_id = "identity_remove",
    params(("id" = String, Path, description = "Provider")),
    responses(
        (status = 204, description = "Forgotten"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Signed in too long ago"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such provider, or not connected"),
    ))]
pub(crate) async fn remove(
    extract::State(state): extract::State<State>,
    Person(session): Person,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let providers = providers(&state)?;
    let issuer = providers
        .issuer(&id)
        .map_err(|_| Error::not_found())?
        .to_owned();
    let removed = state.run(move |app| Ok(app.identity_remove(&session, &issuer)?));
    removed.await.map(|()| StatusCode::NO_CONTENT)
}

/// What a provider sends a browser back with.
#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    iss: Option<String>,
}

/// Come back from a provider.
#[utoipa::path(get, path = "/session/providers/{id}/callback", tag = "session", operation_id = "session_provider_back",
    params(("id" = String, Path, description = "Provider"), ("code" = String, Query, description = "As the provider gave it"), ("state" = String, Query, description = "As it was sent out")),
    responses((status = 303, description = "To the workbench, signed in, or to the page for signing in")))]
pub(crate) async fn back(
    extract::State(state): extract::State<State>,
    entering: Entering,
    jar: CookieJar,
    Path(id): Path<String>,
    Query(back): Query<Back>,
) -> Response {
    let origin = entering.origin.clone();
    let name = jar
        .get(cookie_name(&origin))
        .map(|cookie| cookie.value().to_owned());
    let mut removal = cookie(&origin, String::new());
    removal.make_removal();
    let gone = CookieJar::new().add(removal);
    let ceremony = state.run(move |app| {
        let kinds = [SIGN_IN, PROVE, ADD];
        Ok(app.ceremony_end(&kinds, &name.unwrap_or_default())?)
    });
    let (done, refused) = match ceremony.await {
        Ok(ceremony) => {
            let refused = match ceremony.kind.as_str() {
                PROVE => NOT_PROVED,
                _ => REFUSED,
            };
            (finish(&state, entering, ceremony, id, back).await, refused)
        }
        Err(_) => (refuse(&state, String::new()).await, REFUSED),
    };
    match done {
        Ok((jar, to)) => (gone, jar, Redirect::to(to)).into_response(),
        // A page, not a problem: a person looks at it, and the log has the reason.
        Err(_) => (gone, Redirect::to(refused)).into_response(),
    }
}

async fn finish(
    state: &State,
    entering: Entering,
    ceremony: Ceremony,
    id: String,
    back: Back,
) -> Result<(CookieJar, &'static str), Error> {
    let account = ceremony.account.unwrap_or_default();
    let kept: Kept = serde_json::from_str(&ceremony.data).map_err(Error::internal)?;
    let end = providers(state)?;
    let issuer = back.iss.as_deref();
    let proved = end.end(&id, &kept.provider, &back.state, &back.code, issuer);
    let identity = match proved.await {
        Ok(identity) => identity,
        Err(why) => {
            tracing::info!(cause = %why, "sign-in at a provider refused");
            return refuse(state, account).await;
        }
    };
    // The cookie of the session does not come along from the provider's page, so the ceremony,
    // which was begun in it, says who it is for.
    let done = state.run(move |app: &App| match ceremony.kind.as_str() {
        ADD => {
            app.identity_add(&account, &identity)?;
            Ok((CookieJar::new(), "/account"))
        }
        PROVE => {
            let device = entering.place().device;
            let signed = app.prove_identity(&identity, &account, &kept.session, device)?;
            Ok((begun(app, &entering.origin, &signed).0, PROVED))
        }
        _ => {
            let signed = app.sign_in_identity(&identity, entering.place())?;
            Ok((begun(app, &entering.origin, &signed).0, "/"))
        }
    });
    done.await
}

async fn refuse<T: Send + 'static>(state: &State, account: String) -> Result<T, Error> {
    let refused = state.run(move |app| Ok(app.refused(&account, "provider")?));
    refused.await
}
