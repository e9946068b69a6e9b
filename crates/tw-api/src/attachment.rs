//! Documents kept with assets.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// How a document is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttachmentQuery {
    /// The file's name.
    pub name: String,
    /// What it is about.
    pub note: Option<String>,
}

/// The documents of an asset, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttachmentPage {
    /// The documents.
    pub items: Vec<Attachment>,
    /// The largest document, in bytes.
    pub bytes_max: u64,
    /// The most documents of an asset.
    pub count_max: u64,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Its media type, by its content and not by its name.
    pub media: String,
    /// How long it is.
    pub size_bytes: u64,
    /// The SHA-256 of its content.
    pub sha256: String,
    /// What it is about.
    pub note: Option<String>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
    /// By whom.
    pub added_by: String,
}
