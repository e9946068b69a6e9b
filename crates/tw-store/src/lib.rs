//! The centre's store: samples, states, observations, the register with its history, secrets,
//! the audit log, alerts and the outbox, in one SQLite database.
//!
//! **Room:** layer 1. **May use:** `tw-units`, `tw-model`, `tw-ingest`. **Must not:** decide
//! what a value means.
//!
//! One thread writes (`rusqlite`, transactions shared by the jobs that wait); samples and
//! states are read by a few `rusqlite` readers, everything that people ask for by `sqlx`. Both
//! link one SQLite (ADR 0003). Start reading at [`Store`]; a batch goes through `ingest.rs`.

mod access;
mod alerts;
mod attachments;
mod audit;
pub mod backup;
mod credentials;
mod day;
mod discrepancies;
pub mod doctor;
mod error;
mod finding_waivers;
mod ingest;
mod layouts;
mod maintenance;
mod memory;
mod migrations;
mod months;
mod observations;
mod open;
mod outbox;
mod plans;
mod readers;
mod register;
mod rounds;
mod runs;
mod samples;
mod seal;
mod second_word;
mod seen;
mod series;
mod sessions;
mod shared;
mod source_fields;
mod sources;
mod states;
mod stats;
mod stocktakes;
mod store;
mod times;
mod tokens;
mod transitions;
mod varint;
mod waiver_requests;
mod writer;

pub use access::{AccessError, Account, Grant, GrantScope, SecretHash};
pub use alerts::{AlertCommit, AlertState, AlertTransition};
pub use attachments::{Attachment, AttachmentError, NewAttachment};
pub use audit::{
    AuditBreak, AuditEntry, AuditFilter, AuditOutcome, AuditRow, AuditVerdict, Author, verify_audit,
};
pub use credentials::{NewCredential, StoredCredential};
pub use day::Day;
pub use discrepancies::{Decision, DecisionError, FoundDiscrepancy, Reconciled, StoredDiscrepancy};
pub use error::StoreError;
pub use finding_waivers::FindingWaiver;
pub use ingest::{ApplyError, FOREIGN_TARGET, Foreign};
pub use layouts::SeriesId;
pub use maintenance::{StoredWork, StoredWorkStep, WorkChange, WorkError};
pub use migrations::LATEST as SCHEMA_VERSION;
pub use months::{CorrectionRow, MonthError, MonthRow, NewCorrection};
pub use open::{DataDir, OpenError, check_sqlite_version};
pub use outbox::{NewNotice, Notice};
pub use plans::{PlanLineProgress, PlanMove, PlanMoveError, StoredPlan};
pub use register::{
    CHANGES_MAX, ChangedItem, ItemVersion, PlanApplied, RegisterChanges, RegisterError,
    StoredRegister, Versions,
};
pub use runs::Run;
pub use samples::{Sample, SeriesSamples};
pub use seal::{Place, SealError, SealKey};
pub use seen::{CollectorEvent, CollectorGap, CollectorSeen, Observed, RefusalSeen, Watermark};
pub use series::{Latest, SeriesFilter, SeriesInfo};
pub use sessions::{NewLink, NewSession, Session};
pub use shared::{Applied, Change};
pub use source_fields::{KeptField, SourceFields};
pub use sources::{RunEnd, SourceRef, SourceRun};
pub use stats::StoreStats;
pub use stocktakes::{NewStockTake, StockTakeError, StoredScan, StoredStockTake};
pub use store::{Store, StoreSettings};
pub use tokens::{ApiToken, CollectorSealKey, CollectorToken, NewApiToken, ShownToken};
pub use transitions::{NewTransition, Transition};
pub use waiver_requests::WaiverRequest;

/// Every limit of the store, by name.
pub mod limits {
    pub use crate::{
        alerts::ALERTS_MAX,
        attachments::{
            ATTACHMENT_BYTES_MAX, ATTACHMENT_CONTENTS_BYTES_MAX, ATTACHMENTS_PER_ASSET_MAX,
        },
        audit::{AUDIT_ROWS_MAX, DETAIL_BYTES_MAX},
        day::TARGETS_MAX,
        discrepancies::DISCREPANCIES_MAX,
        ingest::{FUTURE_MS_MAX, TEXT_BYTES_MAX},
        layouts::{KEY_BYTES_MAX, LABELS_BYTES_MAX},
        maintenance::{MAINTENANCE_MAX, MAINTENANCE_STEPS_MAX},
        observations::OBSERVATION_BYTES_MAX,
        open::{SQLITE_VERSION_MIN, WAL_BYTES_MAX},
        outbox::{CLAIM_MAX, OUTBOX_MAX},
        plans::PLANS_MAX,
        readers::READERS_MAX,
        samples::SAMPLES_MAX,
        seen::SEEN_MAX,
        series::SERIES_MAX,
        sessions::SESSIONS_MAX,
        shared::CHANGES_BEHIND_MAX,
        sources::{RESUME_MS_MAX, RUN_QUIET_MS_MAX, RUNS_MAX},
        stocktakes::{STOCKTAKE_SCANS_MAX, STOCKTAKES_MAX},
        times::LISTED_DAYS_MAX,
        transitions::TRANSITIONS_MAX,
        waiver_requests::WAIVER_REQUESTS_MAX,
        writer::{GROUP_BYTES_MAX, GROUP_JOBS_MAX, QUEUE_LENGTH_MAX},
    };
}
