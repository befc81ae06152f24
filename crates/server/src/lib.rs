//! HTTP API with a checked-in OpenAPI file, sessions, serves the workbench.
