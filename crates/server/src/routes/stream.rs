//! Live news: ids and kinds only, never content.

use crate::error::Error;
use crate::extract::Asker;
use crate::hub::News;
use crate::state::State;
use crate::views::problem::Problem;
use axum::extract;
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use oriel_policy::Act;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// A page that hears nothing for two of these asks by itself.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Server-sent events: `queue` when rows changed, `oversight` when the inbox did, for who may see
/// it, a heartbeat every 15 s.
#[utoipa::path(get, path = "/stream", tag = "stream", operation_id = "stream",
    responses(
        (status = 200, content_type = "text/event-stream", body = String, description = "The stream"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn stream(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Error> {
    let news = state.hub.listen().ok_or_else(|| {
        Error::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "closing",
            "The server is shutting down",
        )
    })?;
    let oversees = Act::OversightRead.is_of(asker.actor.roles());
    let recipient = asker.actor.compartment().to_owned();
    let start = (news, true, recipient);
    Ok(Sse::new(futures_util::stream::unfold(
        start,
        move |(mut news, first, recipient)| async move {
            let event = if first {
                Some(heartbeat())
            } else {
                next(&mut news, &recipient, oversees).await
            };
            event.map(|event| (Ok(event), (news, false, recipient)))
        },
    )))
}

async fn next(news: &mut Receiver<News>, own: &str, oversees: bool) -> Option<Event> {
    let unknown = || Event::default().event("queue").data("{}");
    match tokio::time::timeout(HEARTBEAT, news.recv()).await {
        Err(_) => Some(heartbeat()),
        // Not even the id of another recipient's case.
        Ok(Ok(News::Case { recipient, .. })) if recipient != own => Some(heartbeat()),
        Ok(Ok(News::Case { id, .. })) => {
            let data = serde_json::json!({ "cases": [id] });
            Some(Event::default().event("queue").data(data.to_string()))
        }
        Ok(Ok(News::Queue)) => Some(unknown()),
        Ok(Ok(News::Oversight)) if oversees => Some(Event::default().event("oversight").data("{}")),
        // Nothing for this page; that the line is alive it may know.
        Ok(Ok(News::Oversight)) => Some(heartbeat()),
        // Too slow to be told what; told that something changed.
        Ok(Err(RecvError::Lagged(_))) => Some(unknown()),
        Ok(Err(RecvError::Closed)) => None,
    }
}

fn heartbeat() -> Event {
    Event::default().event("heartbeat").data("{}")
}
