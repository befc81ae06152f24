//! Watchlists in force.

use crate::error::Error;
use crate::extract::Asker;
use crate::show::instant;
use crate::state::State;
use crate::views::list::List;
use crate::views::problem::Problem;
use axum::Json;
use axum::extract;
use oriel_app::ListView;
use oriel_policy::Act;

/// Watchlists in force. No entries, so no purpose is needed.
#[utoipa::path(get, path = "/lists", tag = "lists", operation_id = "lists",
    responses(
        (status = 200, body = Vec<List>, description = "The lists"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
    ))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    asker: Asker,
) -> Result<Json<Vec<List>>, Error> {
    let lists = state.run(move |app| {
        let grant = asker.leave(app, Act::ListRead)?;
        Ok(app.list_views(&grant)?.iter().map(list_of).collect())
    });
    lists.await.map(Json)
}

fn list_of(view: &ListView) -> List {
    List {
        id: format!("lst_{}", view.list.id),
        name: view.list.name.clone(),
        version: view.list.active.clone(),
        imported_at: instant(&view.version.imported_at),
        entries: view.version.entries.unsigned_abs(),
        rejects: view.rejects as u64,
        owner: view.list.owner.clone(),
        legal_basis: view.list.legal_basis.clone(),
    }
}
