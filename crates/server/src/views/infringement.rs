//! What proves how a carrier failed of a flight.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which flight, and how.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InfringementQuery {
    /// Carrier and number, `ZQ417`.
    pub(crate) flight: String,
    /// The local date of departure, `2026-11-23`, or its scheduled instant, `2026-11-23T12:00:00Z`.
    pub(crate) departs: String,
    /// As a page to print, not as JSON.
    #[serde(default)]
    pub(crate) page: bool,
}

/// The evidence with what proves it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Infringement {
    /// What is proved: `oriel.infringement/1`.
    #[schema(value_type = Object)]
    pub(crate) document: serde_json::Value,
    /// SHA-256 of the document as canonical JSON (RFC 8785), in hexadecimal digits.
    pub(crate) digest: String,
    /// The digest in a note signed by the key of the audit log; null where nobody signs.
    pub(crate) note: Option<String>,
}
