//! What a batch carries.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use std::fmt;
use tw_units::Timestamp;

/// What is measured: a device (`vnta-core-1`), the machine of a collector (`host:col-vnta`) or
/// one end of a circuit's probe (`probe:circuit-a:vnta`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TargetKey(pub String);

impl fmt::Display for TargetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a number means over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// Grows and wraps or restarts; only its rate means something.
    Counter,
    /// Holds at its instant.
    Gauge,
    /// A code whose runs are kept: `ifOperStatus`, reachability.
    State,
}

/// The thing inside a target that has values: the target itself, an interface, a sensor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectDef {
    /// Stable inside the target: empty for the target itself, else `if:<name>`,
    /// `sensor:<name>`, `storage:<name>`, `disk:<name>`. It never contains an index that the
    /// device may renumber.
    pub key: String,
    /// Labels as snmp_exporter and node_exporter name them (`ifIndex`, `ifName`, `ifAlias`,
    /// `ifDescr`, `device`), without `site`, `instance` and `job`. They may change while the
    /// key stays.
    pub labels: Vec<(String, String)>,
}

/// One series of a layout.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SeriesDef {
    /// Which of the layout's objects, by position.
    pub object: u32,
    /// The metric's name: `ifHCInOctets`, `tierwatch_device_up`.
    pub metric: String,
    /// What its number means.
    pub kind: ValueKind,
}

/// The fingerprint of a layout: FNV-1a (64 bits) over its target, objects and series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LayoutKey(pub u64);

/// The list of series that the rounds of a target follow. It changes only when the device's
/// interfaces or sensors do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Whose values.
    pub target: TargetKey,
    /// How often a round is wanted, in milliseconds: the `P` of the accounting rules.
    pub period_ms: u64,
    /// The things that have values.
    pub objects: Vec<ObjectDef>,
    /// The columns, in the order of a round's values; columns of one metric lie side by side.
    pub series: Vec<SeriesDef>,
}

impl Layout {
    /// The layout's fingerprint. Equal layouts have equal keys in every process and version.
    pub fn key(&self) -> LayoutKey {
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        hash.text(&self.target.0);
        hash.number(self.period_ms);
        for object in &self.objects {
            hash.text(&object.key);
            for (name, value) in &object.labels {
                hash.text(name);
                hash.text(value);
            }
            hash.number(u64::MAX);
        }
        for series in &self.series {
            hash.number(u64::from(series.object));
            hash.text(&series.metric);
            hash.number(series.kind as u64);
        }
        LayoutKey(hash.0)
    }
}

struct Fnv(u64);

impl Fnv {
    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// One target, one instant, all its values in the order of a layout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Whose values.
    pub target: TargetKey,
    /// When, by the collector's clock. Never rewritten.
    pub at: Timestamp,
    /// Which layout. It is in the same segment, before the round.
    pub layout: LayoutKey,
    /// The values, as [`crate::round::encode`] writes them.
    #[serde(with = "serde_bytes_vec")]
    pub values: Vec<u8>,
}

/// A state that held over several polls: how the months before the first start, and any
/// history that is known only as states, arrive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateRun {
    /// Whose state.
    pub target: TargetKey,
    /// The object inside the target, as in [`ObjectDef::key`].
    pub object: String,
    /// The metric: `tierwatch_device_up`, `ifOperStatus`.
    pub metric: String,
    /// The code.
    pub state: i64,
    /// The first poll that saw it.
    pub from: Timestamp,
    /// The last poll that saw it (inclusive; equal to `from` for a single poll).
    pub to: Timestamp,
    /// How many polls saw it.
    pub polls: u64,
    /// The longest time between two of them, in milliseconds.
    pub max_gap_ms: u64,
    /// The wanted time between polls, in milliseconds.
    pub period_ms: u64,
}

/// What was seen of a target. Observations never overwrite the register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Of whom.
    pub target: TargetKey,
    /// When.
    pub at: Timestamp,
    /// What: the tag of a [`crate::seen::Seen`].
    pub seen: crate::seen::Seen,
}

/// Readings that the collector had to drop, so that "no data" has a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The first instant without data.
    pub from: Timestamp,
    /// The instant after the last without data.
    pub to: Timestamp,
    /// How many records were dropped.
    pub dropped: u64,
    /// A stable word: `spool_full`, `spool_corrupt`, `spool_aged`.
    pub reason: String,
}

/// Something that happened at the collector itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSeen {
    /// When.
    pub at: Timestamp,
    /// A stable word: `started`, `clock_step`, `spool_corrupt`, `link_up`, `link_down`,
    /// `device_down`, `device_up`.
    pub code: String,
    /// Of whom, if of a target.
    pub target: Option<TargetKey>,
    /// Details for a person, in English.
    pub detail: String,
}

/// One entry of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// Announces the columns of later rounds of the segment.
    Layout(Layout),
    /// Values.
    Round(Round),
    /// A state over several polls.
    Run(StateRun),
    /// What was seen.
    Observation(Observation),
    /// What was dropped.
    Gap(Gap),
    /// What happened.
    Event(EventSeen),
}

/// Bytes as a CBOR byte string instead of a list of numbers.
mod serde_bytes_vec {
    use serde::{Deserializer, Serializer, de::Visitor};
    use std::fmt;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, v: &[u8]) -> Result<Vec<u8>, E> {
                Ok(v.to_vec())
            }
            fn visit_byte_buf<E>(self, v: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(v)
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Vec<u8>, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = seq.next_element()? {
                    bytes.push(byte);
                }
                Ok(bytes)
            }
        }
        from.deserialize_byte_buf(Bytes)
    }
}
