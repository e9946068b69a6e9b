//! The centre's store: samples, states, observations, the register with its history, secrets,
//! the audit log, alerts and the outbox, in one SQLite database.
//!
//! **Room:** layer 1. **May use:** `tw-units`, `tw-model`, `tw-ingest`. **Must not:** decide
//! what a value means.
//!
//! One thread writes (`rusqlite`, transactions shared by the jobs that wait); samples and
//! states are read by a few `rusqlite` readers, everything that people ask for by `sqlx`. Both
//! link one SQLite (ADR 0003). Start reading at [`Store`]; a batch goes through `ingest.rs`.

mod day;
mod error;
mod ingest;
mod layouts;
mod memory;
mod migrations;
mod observations;
mod open;
mod readers;
mod rounds;
mod runs;
mod samples;
mod seal;
mod series;
mod shared;
mod states;
mod stats;
mod store;
mod times;
mod varint;
mod writer;

pub use day::Day;
pub use error::StoreError;
pub use ingest::ApplyError;
pub use layouts::SeriesId;
pub use migrations::LATEST as SCHEMA_VERSION;
pub use open::{DataDir, OpenError, check_sqlite_version};
pub use runs::Run;
pub use samples::{Sample, SeriesSamples};
pub use seal::{Place, SealError, SealKey};
pub use series::{Latest, SeriesFilter, SeriesInfo};
pub use shared::{Applied, Change};
pub use stats::StoreStats;
pub use store::{Store, StoreSettings};

/// Every limit of the store, by name.
pub mod limits {
    pub use crate::{
        day::TARGETS_MAX,
        ingest::{FUTURE_MS_MAX, TEXT_BYTES_MAX},
        layouts::{KEY_BYTES_MAX, LABELS_BYTES_MAX},
        observations::OBSERVATION_BYTES_MAX,
        open::{SQLITE_VERSION_MIN, WAL_BYTES_MAX},
        readers::READERS_MAX,
        samples::SAMPLES_MAX,
        series::SERIES_MAX,
        shared::CHANGES_BEHIND_MAX,
        times::LISTED_DAYS_MAX,
        writer::{GROUP_BYTES_MAX, GROUP_JOBS_MAX, QUEUE_LENGTH_MAX},
    };
}
