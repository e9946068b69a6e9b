//! What part 5 stands on: the chain as it was declared, and what was recorded of it.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** hold an answer: what follows is
//! worked out beside it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use tw_units::{Interval, Timestamp};

/// The declared chain of a month and the recorded states of the devices that tell of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainEvidence {
    /// The shapes that it had, in order; days without one are not proven.
    pub shapes: Vec<ShapeEvidence>,
    /// What was recorded of each device that a node names.
    pub devices: BTreeMap<String, RecordedDevice>,
    /// Work that took nodes out, by its real times.
    pub works: Vec<WorkSpan>,
}

/// The chain as it is declared for some days of the month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapeEvidence {
    /// The first day, in the site's zone.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Its nodes as the register has them, in the order of their names; their hash is the shape's
    /// version.
    pub nodes: Vec<Value>,
}

/// What was recorded of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedDevice {
    /// Whether it answered: 1 or 0.
    pub up: Vec<CodeRun>,
    /// Its sensors that tell a state.
    pub sensors: Vec<RecordedSensor>,
}

/// What was recorded of a sensor that tells a state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedSensor {
    /// What the device calls it.
    pub name: String,
    /// Its class.
    pub class: String,
    /// The words of the codes that it told.
    pub words: BTreeMap<i64, String>,
    /// The codes.
    pub runs: Vec<CodeRun>,
}

/// A code that was known for a time: first millisecond, first one after, code. The last poll's
/// word holds for 2.5 periods (rule 3 of the accounting).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CodeRun(pub i64, pub i64, pub i64);

/// When work had taken nodes out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkSpan {
    /// When it began.
    pub from: Timestamp,
    /// When it ended, or the month.
    pub to: Timestamp,
    /// Nodes, or their devices.
    pub components: Vec<String>,
}

impl CodeRun {
    /// Polls as they are kept, in order of time, cut to a window: what follows without a break
    /// and tells the same is one run. Each is the first poll, the last, the wanted period in
    /// milliseconds, and the code.
    pub fn of_polls(polls: &[(Timestamp, Timestamp, u64, i64)], window: Interval) -> Vec<Self> {
        let mut runs: Vec<Self> = Vec::new();
        for (index, (from, last, period_ms, code)) in polls.iter().enumerate() {
            let holds_ms = i64::try_from(period_ms.saturating_mul(5) / 2).unwrap_or(i64::MAX);
            let silent_at = last.plus_millis(holds_ms);
            let next = polls.get(index + 1).map_or(silent_at, |next| next.0);
            let from = (*from).max(window.from).as_millis();
            let until = silent_at.min(next).min(window.to).as_millis();
            if from >= until {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.1 == from && run.2 == *code => run.1 = until,
                _ => runs.push(Self(from, until, *code)),
            }
        }
        runs
    }
}

impl ChainEvidence {
    /// Whether all its times are in order and inside of a period.
    pub(super) fn is_within(&self, period: Interval) -> bool {
        let bounds = period.from.as_millis()..=period.to.as_millis();
        let run = |r: &CodeRun| r.0 < r.1 && bounds.contains(&r.0) && bounds.contains(&r.1);
        let ordered = |runs: &[CodeRun]| {
            runs.iter().all(run) && runs.windows(2).all(|pair| pair[0].1 <= pair[1].0)
        };
        let device = |d: &RecordedDevice| {
            ordered(&d.up) && d.sensors.iter().all(|sensor| ordered(&sensor.runs))
        };
        let work = |w: &WorkSpan| period.from <= w.from && w.from < w.to && w.to <= period.to;
        self.devices.values().all(device) && self.works.iter().all(work)
    }
}

/// What a sensor or a device told at an instant.
pub(super) fn code_at(runs: &[CodeRun], at: Timestamp) -> Option<i64> {
    let at = at.as_millis();
    let after = runs.partition_point(|run| run.0 <= at);
    let run = runs.get(after.checked_sub(1)?)?;
    (at < run.1).then_some(run.2)
}
