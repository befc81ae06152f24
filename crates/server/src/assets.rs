//! The workbench's own files, from inside the program.
//!
//! A release holds `web/dist`; other builds read it from the disk, so that the workbench can be
//! changed without compiling. Without it, a page says how to make it.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// Served instead of a workbench that was not built.
const NOTICE: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
    <title>Oriel</title></head><body><h1>The workbench was not built</h1>\
    <p>This program serves the API, but holds no workbench. In its source folder run \
    <code>cargo xtask web</code>, then build the program again; <code>cargo xtask demo</code> does \
    both.</p></body></html>\n";

/// A file of the workbench, or its first page for the addresses that only the page knows.
pub(crate) async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = Dist::get(path) {
        return answer(path, &file, &headers);
    }
    // A name with an ending is a file, and this one is not there.
    if path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'))
    {
        return StatusCode::NOT_FOUND.into_response();
    }
    match Dist::get("index.html") {
        Some(page) => answer("index.html", &page, &headers),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CACHE_CONTROL, "no-store"),
            ],
            NOTICE,
        )
            .into_response(),
    }
}

fn answer(path: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let digest = file.metadata.sha256_hash();
    let tag: String = digest[..12].iter().map(|b| format!("{b:02x}")).collect();
    let tag = format!("\"{tag}\"");
    // Names under assets/ hold a digest of their content.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok());
    let common = [
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::ETAG, tag.clone()),
    ];
    if known == Some(tag.as_str()) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (
        common,
        [(header::CONTENT_TYPE, media_type(path))],
        file.data.clone(),
    )
        .into_response()
}

/// Media type by ending; what is not listed is not sent as anything a browser would run.
fn media_type(path: &str) -> &'static str {
    const ROWS: &[(&str, &str)] = &[
        ("css", "text/css; charset=utf-8"),
        ("html", "text/html; charset=utf-8"),
        ("js", "text/javascript; charset=utf-8"),
        ("svg", "image/svg+xml"),
        ("woff2", "font/woff2"),
    ];
    let ending = path.rsplit('.').next().unwrap_or_default();
    ROWS.iter()
        .find(|(known, _)| *known == ending)
        .map_or("application/octet-stream", |row| row.1)
}
