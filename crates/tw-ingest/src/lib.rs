//! The frames between a collector and the centre: batches with an identity, the records in
//! them, acknowledgements, and the list of targets that the centre hands out.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O, compress, or know a
//! transport.
//!
//! Batches are CBOR (RFC 8949), so that a newer collector may add fields that an older centre
//! skips, and kinds of records that it counts and leaves out ([`Record::Unknown`]). Inside, the values of a poll round are bytes that are made once, at the collector,
//! and kept as they are in its spool and in the centre's store ([`round`]).

mod batch;
mod config;
mod record;
pub mod round;
pub mod seen;

pub use batch::{
    Ack, BATCH_BYTES_MAX, Batch, BatchError, BatchHead, EpochId, Lane, REQUEST_BATCHES_MAX, Refusal,
};
pub use config::{
    Canary, CollectorConfig, ProbeKind, ProbeTarget, SealedSecret, SnmpAccess, SnmpTarget,
    SnmpVersion, TlsTarget, tls_key,
};
pub use record::{
    EventSeen, Gap, Layout, LayoutKey, ObjectDef, Observation, Record, Round, SeriesDef, StateRun,
    TargetKey, UnknownRecord, ValueKind,
};
