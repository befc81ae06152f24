//! The API's description, made from the routes and checked in as `openapi.json`.

use crate::state::State;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Oriel",
        version = "1",
        description = "Passenger data single window: queue, review, flights, messages. Every read of passenger data needs the header `Purpose` and leaves an audit event in the same transaction."
    ),
    servers((url = "/api/v1")),
    // Named by parameters only, so the routes do not bring it.
    components(schemas(crate::views::case::Lane))
)]
struct Info;

/// Routes and their description.
pub(crate) fn split() -> (axum::Router<State>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Info::openapi())
        .merge(crate::routes::all())
        .split_for_parts()
}

/// The description, at `/api/v1/openapi.json`.
pub(crate) async fn show() -> impl axum::response::IntoResponse {
    static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(document);
    (
        [(axum::http::header::CONTENT_TYPE, "application/json")],
        TEXT.as_str(),
    )
}

/// The description as text, with a line feed at the end.
pub fn document() -> String {
    let (_, api) = split();
    let mut text = api.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn the_checked_in_description_is_that_of_the_routes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        let made = document();
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == made,
            "openapi.json is not what the routes say; run with UPDATE_EXPECT=1 and review the difference"
        );
    }
}
