//! The use cases and the one typed configuration.
