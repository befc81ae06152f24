//! HTTP API with a checked-in OpenAPI file, sessions, serves the workbench.

mod error;
mod extract;
mod headers;
mod openapi;
mod routes;
mod views;

pub use openapi::document;
