//! Single values, and how they become a layout and a round.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** read anything.

use std::collections::BTreeMap;
use tw_ingest::{
    Layout, ObjectDef, Round, SeriesDef, TargetKey, ValueKind,
    round::{self, Value},
};
use tw_units::Timestamp;

/// One value of one metric of one object.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    /// The object's key: empty, `if:eth0`, `disk:sda`, `storage:/`.
    pub(super) key: String,
    /// Labels as node_exporter has them, without those of the object itself.
    pub(super) labels: Vec<(String, String)>,
    /// The metric.
    pub(super) metric: String,
    /// What the number means.
    pub(super) kind: ValueKind,
    /// The number.
    pub(super) value: Value,
}

impl Sample {
    /// A gauge of the machine itself.
    pub(super) fn gauge(metric: impl Into<String>, value: impl Into<i128>) -> Self {
        Self::of_machine(metric, ValueKind::Gauge, Value::Whole(value.into()))
    }

    /// A value of the machine itself.
    pub(super) fn of_machine(metric: impl Into<String>, kind: ValueKind, value: Value) -> Self {
        Self {
            key: String::new(),
            labels: Vec::new(),
            metric: metric.into(),
            kind,
            value,
        }
    }
}

/// Puts samples into the order of a layout: columns of one metric side by side.
pub(super) fn assemble(
    target: &TargetKey,
    mut samples: Vec<Sample>,
    (at, period_ms): (Timestamp, u64),
) -> (Layout, Round) {
    samples.sort_by(|a, b| (&a.metric, &a.key).cmp(&(&b.metric, &b.key)));
    samples.dedup_by(|a, b| a.metric == b.metric && a.key == b.key);
    let mut objects: BTreeMap<&str, &[(String, String)]> = BTreeMap::new();
    for sample in &samples {
        objects.insert(&sample.key, &sample.labels);
    }
    let position: BTreeMap<&str, u32> = objects.keys().copied().zip(0..).collect();
    let layout = Layout {
        target: target.clone(),
        period_ms,
        objects: objects
            .iter()
            .map(|(key, labels)| ObjectDef {
                key: (*key).to_owned(),
                labels: labels.to_vec(),
            })
            .collect(),
        series: samples
            .iter()
            .map(|sample| SeriesDef {
                object: position[sample.key.as_str()],
                metric: sample.metric.clone(),
                kind: sample.kind,
            })
            .collect(),
    };
    let values: Vec<Option<Value>> = samples.iter().map(|sample| Some(sample.value)).collect();
    let round = Round {
        target: target.clone(),
        at,
        layout: layout.key(),
        values: round::encode(&values),
    };
    (layout, round)
}
