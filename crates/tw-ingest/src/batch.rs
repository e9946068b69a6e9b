//! The unit of delivery and its identity.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use crate::Record;
use serde::{Deserialize, Serialize};
use std::fmt;
use tw_units::Timestamp;

/// The most bytes that one encoded batch may have before compression. The centre refuses more.
pub const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The most batches of one request.
pub const REQUEST_BATCHES_MAX: usize = 256;

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

impl BatchHead {
    /// Whether `next` is the position after this one, in the same segment.
    fn precedes(&self, next: &Self) -> bool {
        (self.epoch, self.lane, self.segment) == (next.epoch, next.lane, next.segment)
            && self.seq.checked_add(1) == Some(next.seq)
    }
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
    /// More than [`REQUEST_BATCHES_MAX`].
    #[error("a request has at most {REQUEST_BATCHES_MAX} batches")]
    TooMany,
    /// Batches of several segments, or with a hole between them.
    #[error("the batches of a request must follow one another in one segment")]
    NotInOrder,
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

    /// Batches that follow one another, as a CBOR sequence (RFC 8742): one item after the other.
    pub fn encode_run(batches: &[Self]) -> Vec<u8> {
        batches.iter().flat_map(Self::encode).collect()
    }

    /// Reads what [`Batch::encode_run`] wrote; at least one batch. The batches follow one
    /// another in one segment, so that one acknowledgement answers all.
    pub fn decode_run(bytes: &[u8]) -> Result<Vec<Self>, BatchError> {
        if bytes.len() > BATCH_BYTES_MAX {
            return Err(BatchError::TooLong(bytes.len()));
        }
        let mut rest = bytes;
        let mut batches: Vec<Self> = Vec::new();
        while batches.is_empty() || !rest.is_empty() {
            if batches.len() == REQUEST_BATCHES_MAX {
                return Err(BatchError::TooMany);
            }
            let batch: Self = ciborium::de::from_reader_with_recursion_limit(&mut rest, 32)
                .map_err(|e| BatchError::Malformed(e.to_string()))?;
            if batches
                .last()
                .is_some_and(|last| !last.head.precedes(&batch.head))
            {
                return Err(BatchError::NotInOrder);
            }
            batches.push(batch);
        }
        Ok(batches)
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

impl Ack {
    /// The answer to this batch and to the one after it, whose answer is `later`.
    #[must_use]
    pub fn and(mut self, later: Self) -> Self {
        for refusal in later.refused {
            match self.refused.iter_mut().find(|r| r.reason == refusal.reason) {
                Some(known) => known.count = known.count.saturating_add(refusal.count),
                None => self.refused.push(refusal),
            }
        }
        Self {
            next_seq: self.next_seq.max(later.next_seq),
            repeated: self.repeated && later.repeated,
            refused: self.refused,
            config_version: later.config_version,
        }
    }
}

/// Records of a batch that the centre did not keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A stable word: `future`, `expired` (its day was dropped by retention), `bad_time`,
    /// `unknown_layout`, `torn`, `layout_too_long`, `layout_unsound`, `run_unsound`,
    /// `known_run`, `gap_unsound`, `observation_too_long`, `observation_unsound`,
    /// `foreign_target` (of a site that is not the collector's), `unknown_kind` (of another
    /// version).
    pub reason: String,
    /// How many.
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(segment: i64, seq: u64) -> Batch {
        Batch {
            head: BatchHead {
                epoch: EpochId(7),
                lane: Lane::Metric,
                segment,
                seq,
                sent_at: Timestamp::EPOCH,
                monotonic_ms: 1,
                boot_id: "boot".into(),
            },
            records: Vec::new(),
        }
    }

    #[test]
    fn batches_that_follow_one_another_travel_together() {
        let run: Vec<_> = (3..9).map(|seq| batch(1, seq)).collect();
        let bytes = Batch::encode_run(&run);
        assert_eq!(Batch::decode_run(&bytes).unwrap(), run);
        // A centre that knows single batches takes the first one.
        assert_eq!(Batch::decode(&bytes).unwrap(), run[0]);
        for cut in 1..bytes.len() {
            let read = Batch::decode_run(&bytes[..cut]);
            assert!(read.is_err() || read.unwrap().len() < run.len(), "{cut}");
        }
    }

    #[track_caller]
    fn refused(run: &[Batch]) -> BatchError {
        Batch::decode_run(&Batch::encode_run(run)).unwrap_err()
    }

    #[test]
    fn a_run_has_no_hole_and_no_second_segment_and_an_end() {
        let hole = refused(&[batch(1, 0), batch(1, 2)]);
        assert!(matches!(hole, BatchError::NotInOrder));
        let twice = refused(&[batch(1, 0), batch(1, 0)]);
        assert!(matches!(twice, BatchError::NotInOrder));
        let other = refused(&[batch(1, 0), batch(2, 1)]);
        assert!(matches!(other, BatchError::NotInOrder));
        assert!(matches!(refused(&[]), BatchError::Malformed(_)));
        let long: Vec<_> = (0..300).map(|seq| batch(1, seq)).collect();
        assert!(matches!(refused(&long), BatchError::TooMany));
    }

    #[test]
    fn one_answer_is_for_all() {
        let ack = |next_seq, repeated, refused: &[(&str, u64)]| Ack {
            next_seq,
            repeated,
            refused: refused
                .iter()
                .map(|(reason, count)| Refusal {
                    reason: (*reason).to_owned(),
                    count: *count,
                })
                .collect(),
            config_version: next_seq,
        };
        let all = ack(4, true, &[("future", 1)]).and(ack(5, false, &[("torn", 2), ("future", 3)]));
        assert_eq!(all, ack(5, false, &[("future", 4), ("torn", 2)]));
    }
}
