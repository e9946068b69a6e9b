//! Errors as the API says them (RFC 9457).
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `application/problem+json`. `code` is stable and translated by the console; `detail` is
/// English, for logs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` says what it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable word: `not_found`, `unknown_parameter`, `stale_version`, `out_of_scope`…
    pub code: String,
    /// What happened, in English.
    pub detail: String,
    /// What the translated sentence needs.
    #[schema(value_type = Object)]
    pub params: serde_json::Map<String, serde_json::Value>,
    /// The request's id, as in `X-Request-Id` and in our log.
    pub request_id: String,
}
