//! Registers of others that are read, and what of ours belongs to them.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::AnyJson;
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::ToSchema;

/// A source, as a NetBox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// What it is called.
    pub id: String,
    /// `netbox`.
    pub kind: String,
    /// Its address; `null` when it is in no settings any more.
    pub url: Option<String>,
    /// Hours between two syncs; `null`: only when somebody asks.
    pub every_hours: Option<u16>,
    /// The fields of an asset that it owns.
    pub owned_fields: Vec<String>,
    /// Assets that are its objects.
    pub references: u64,
    /// Of these, assets whose object is not there any more.
    pub missing: u64,
    /// Whether a sync is under way or waits for its turn.
    pub busy: bool,
    /// The newest run.
    pub last_run: Option<SourceRun>,
}

/// One reading of a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceRun {
    /// Its number.
    pub run: u64,
    /// `dry` or `real`.
    pub mode: String,
    /// `reading`, `broken` (the next one reads on), `done`, `stopped`, `failed` or `given_up`.
    pub state: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Pages that were read.
    pub pages: u64,
    /// Why it stopped or failed, in English.
    pub why: Option<String>,
    /// Counts, models, and the devices that are new, differ or are odd.
    pub report: Option<AnyJson>,
}

/// Asks for a sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceSync {
    /// Whether it only says what it would do.
    pub dry_run: bool,
}

/// To what of other registers an asset belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssetSources {
    /// One for each source that has it.
    pub items: Vec<AssetSource>,
}

/// An object of a source that is an asset of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssetSource {
    /// The source.
    pub source: String,
    /// The object's page there.
    pub url: Option<String>,
    /// Fields that are edited there and not here.
    pub owned_fields: Vec<String>,
    /// When it was read last.
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
    /// Since when it is not there any more.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub missing_since: Option<Timestamp>,
}
