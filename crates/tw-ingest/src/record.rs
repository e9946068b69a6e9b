//! What a batch carries.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};
use std::fmt;
use tw_units::Timestamp;

/// What is measured: a device (`vnta-core-1`), the machine of a collector (`host:col-vnta`), one
/// end of a circuit's probe (`probe:circuit-a:vnta`), a device as a further observer sees it
/// (`watch:col-mic-2:mic-core-1`) or a TLS endpoint of a device (`tls:vnta-srv-1:10.0.0.5:443`).
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

/// One entry of a batch: a map with one entry, whose key says the kind.
///
/// A collector and a centre may be of different versions. What a reader does not know is
/// [`Record::Unknown`]; it is counted and skipped, and the rest of the batch is applied.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// Something of another version, as it came.
    #[serde(untagged)]
    Unknown(UnknownRecord),
}

/// A record that this version cannot read: of a kind that it does not know, or with something
/// in it that it does not know. It is written again as it came, so that a collector that was
/// set back to an older version still delivers what the newer one kept.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownRecord {
    /// The kind that it names: `round`, `observation`, or one that is not known.
    pub kind: String,
    value: ciborium::Value,
}

impl Serialize for UnknownRecord {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map([(&self.kind, &self.value)])
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with one entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let kind: String = map
            .next_key()?
            .ok_or_else(|| A::Error::custom("a record without a kind"))?;
        // Nearly all records are rounds: they are read without a detour.
        let record = if kind == "round" {
            Record::Round(map.next_value()?)
        } else {
            Record::of(kind, map.next_value()?)
        };
        match map.next_key::<IgnoredAny>()? {
            None => Ok(record),
            Some(_) => Err(A::Error::custom("a record with two kinds")),
        }
    }
}

impl Record {
    fn of(kind: String, value: ciborium::Value) -> Self {
        let known = match kind.as_str() {
            "layout" => value.deserialized().map(Self::Layout).ok(),
            "run" => value.deserialized().map(Self::Run).ok(),
            "observation" => value.deserialized().map(Self::Observation).ok(),
            "gap" => value.deserialized().map(Self::Gap).ok(),
            "event" => value.deserialized().map(Self::Event).ok(),
            _ => None,
        };
        known.unwrap_or(Self::Unknown(UnknownRecord { kind, value }))
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What a collector of another version sent, and what is read of it: kinds, in order.
    #[track_caller]
    fn check(sent: &serde_json::Value, expect: &[&str]) {
        let mut bytes = Vec::new();
        ciborium::into_writer(sent, &mut bytes).unwrap();
        let records: Vec<Record> = ciborium::from_reader(bytes.as_slice()).unwrap();
        let kinds = records.iter().map(|record| match record {
            Record::Unknown(unknown) => format!("?{}", unknown.kind),
            known => format!("{known:?}").split('(').next().unwrap().to_owned(),
        });
        assert_eq!(kinds.collect::<Vec<_>>(), expect);
        let mut again = Vec::new();
        ciborium::into_writer(&records, &mut again).unwrap();
        let again: Vec<Record> = ciborium::from_reader(again.as_slice()).unwrap();
        assert_eq!(again, records, "written again as it came");
    }

    #[test]
    fn what_another_version_added_is_skipped_and_the_rest_is_read() {
        let at = Timestamp::EPOCH;
        let gap = json!({"gap": {"from": at, "to": at, "dropped": 2, "reason": "spool_aged"}});
        let newer = json!({"flow": {"bytes": 7, "deep": [{"a": [1, 2]}]}});
        check(&json!([gap, newer, gap]), &["Gap", "?flow", "Gap"]);
        let seen = |kind: &str| {
            json!({"observation": {"target": "a", "at": at,
                "seen": {"kind": kind, "problems": [], "colour": "red"}}})
        };
        check(
            &json!([seen("problems"), seen("licences"), gap]),
            &["Observation", "?observation", "Gap"],
        );
        let layout = |kind: &str| {
            json!({"layout": {"target": "a", "period_ms": 1, "objects": [],
                "series": [{"object": 0, "metric": "m", "kind": kind}]}})
        };
        check(
            &json!([layout("gauge"), layout("histogram")]),
            &["Layout", "?layout"],
        );
    }

    #[test]
    fn every_kind_comes_back_as_it_was() {
        let (target, at) = (
            TargetKey("a".into()),
            Timestamp::from_millis(1_790_000_000_123),
        );
        let records = vec![
            Record::Layout(Layout {
                target: target.clone(),
                period_ms: 60_000,
                objects: vec![ObjectDef {
                    key: String::new(),
                    labels: vec![("ifName".into(), "é".into())],
                }],
                series: vec![SeriesDef {
                    object: 0,
                    metric: "m".into(),
                    kind: ValueKind::State,
                }],
            }),
            Record::Round(Round {
                target: target.clone(),
                at,
                layout: LayoutKey(u64::MAX),
                values: vec![0, 255],
            }),
            Record::Run(StateRun {
                target: target.clone(),
                object: String::new(),
                metric: "m".into(),
                state: -1,
                from: at,
                to: at,
                polls: 1,
                max_gap_ms: 0,
                period_ms: u64::MAX,
            }),
            Record::Observation(Observation {
                target: target.clone(),
                at,
                seen: crate::seen::Seen::Collector(crate::seen::CollectorStatus::default()),
            }),
            Record::Gap(Gap {
                from: at,
                to: at,
                dropped: 1,
                reason: "spool_full".into(),
            }),
            Record::Event(EventSeen {
                at,
                code: "started".into(),
                target: Some(target),
                detail: String::new(),
            }),
        ];
        let mut bytes = Vec::new();
        ciborium::into_writer(&records, &mut bytes).unwrap();
        let read: Vec<Record> = ciborium::from_reader(bytes.as_slice()).unwrap();
        assert_eq!(read, records);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for sent in [json!([{}]), json!([7]), json!([{"gap": {}, "event": {}}])] {
            let mut bytes = Vec::new();
            ciborium::into_writer(&sent, &mut bytes).unwrap();
            let read: Result<Vec<Record>, _> = ciborium::from_reader(bytes.as_slice());
            assert!(read.is_err(), "{sent}");
        }
    }
}
