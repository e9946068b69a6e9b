//! The unit of delivery and its identity.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use crate::Record;
use serde::{Deserialize, Serialize};
use std::fmt;
use tw_units::Timestamp;

/// The most bytes that one encoded batch may have before compression. The centre refuses more.
pub const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Which stream of a collector a batch belongs to. Events overtake metrics after an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// State changes, gaps, events of the collector itself: small, never dropped first.
    Event,
    /// What was seen of devices: identity, interfaces, problems.
    Inventory,
    /// Poll rounds.
    Metric,
}

impl Lane {
    /// All lanes, in the order in which a backlog of them is delivered.
    pub const ALL: [Self; 3] = [Self::Event, Self::Inventory, Self::Metric];

    /// The name on the wire and in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Inventory => "inventory",
            Self::Metric => "metric",
        }
    }
}

/// Which life of a spool a batch comes from: a new one is drawn at random whenever a spool is
/// created, restored or salvaged, so that sequence numbers are never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EpochId(pub u128);

impl fmt::Display for EpochId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl TryFrom<String> for EpochId {
    type Error = std::num::ParseIntError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        u128::from_str_radix(&text, 16).map(Self)
    }
}

impl From<EpochId> for String {
    fn from(epoch: EpochId) -> Self {
        epoch.to_string()
    }
}

/// The identity and the clocks of a batch. With the collector, which the centre knows from the
/// token, `(epoch, lane, segment, seq)` names the batch for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchHead {
    /// Which life of the spool.
    pub epoch: EpochId,
    /// Which stream.
    pub lane: Lane,
    /// The hour in which the batch was committed to the spool: hours since the epoch by the
    /// collector's clock. Segments may be delivered in any order; each carries the layouts
    /// that its rounds need.
    pub segment: i64,
    /// Position inside the segment, from 0, without holes.
    pub seq: u64,
    /// The collector's wall clock when it sent the batch.
    pub sent_at: Timestamp,
    /// The collector's monotonic clock then, milliseconds since its machine started.
    pub monotonic_ms: u64,
    /// Which start of the collector's machine, as in `/proc/sys/kernel/random/boot_id`.
    pub boot_id: String,
}

/// A batch as it travels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Identity and clocks.
    pub head: BatchHead,
    /// What it carries, in order.
    pub records: Vec<Record>,
}

/// Why a batch could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// More than [`BATCH_BYTES_MAX`].
    #[error("a batch has at most {BATCH_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not CBOR, or not our shape of it.
    #[error("the bytes are no batch: {0}")]
    Malformed(String),
}

impl Batch {
    /// The batch as CBOR.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        ciborium::into_writer(self, &mut bytes)
            .expect("plain data without custom serialisers always encodes into memory");
        bytes
    }

    /// Reads a batch. The reader recurses at most 32 levels and never reserves memory for a
    /// length that the bytes do not back.
    pub fn decode(bytes: &[u8]) -> Result<Self, BatchError> {
        if bytes.len() > BATCH_BYTES_MAX {
            return Err(BatchError::TooLong(bytes.len()));
        }
        ciborium::de::from_reader_with_recursion_limit(bytes, 32)
            .map_err(|e| BatchError::Malformed(e.to_string()))
    }
}

/// The centre's answer to a batch that it has, now or since before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// The next `seq` that the centre expects in this segment of this lane.
    pub next_seq: u64,
    /// True when the batch had been applied before and nothing was done.
    pub repeated: bool,
    /// Records that were refused, with the reason.
    pub refused: Vec<Refusal>,
    /// The version of the configuration that the collector should run.
    pub config_version: u64,
}

/// Records of a batch that the centre did not keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A stable word: `future`, `expired` (its day was dropped by retention), `bad_time`,
    /// `unknown_layout`, `torn`, `layout_too_long`, `layout_unsound`, `run_unsound`,
    /// `known_run`, `gap_unsound`, `observation_too_long`, `observation_unsound`.
    pub reason: String,
    /// How many.
    pub count: u64,
}
