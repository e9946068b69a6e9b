//! Sensors as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`. **Must not:** do I/O.

use crate::readings::{live::TargetNow, steps::Steps};
use tw_api::{SamplePoint, Sensor, SensorWord};
use tw_ingest::seen::SensorSeen;
use tw_store::Sample;
use tw_units::Timestamp;

/// The name inside `<device>:<name>` of an observed sensor.
pub(crate) fn name(seen: &SensorSeen) -> &str {
    seen.key.strip_prefix("sensor:").unwrap_or(&seen.key)
}

/// A sensor with its newest reading; a stale one is none.
pub(crate) fn sensor(
    device: &str,
    target: &TargetNow,
    seen: &SensorSeen,
    now: Timestamp,
) -> Sensor {
    let value = target.value(now, &seen.key, &seen.metric);
    let code = value.and_then(tw_ingest::round::Value::as_whole);
    let word = seen
        .states
        .iter()
        .find(|(known, _)| Some(i128::from(*known)) == code);
    Sensor {
        id: format!("{device}:{}", name(seen)),
        device: device.to_owned(),
        name: seen.name.clone(),
        class: seen.class.clone(),
        unit: seen.unit.clone(),
        value: value.map(tw_ingest::round::Value::as_f64),
        state_word: word.map(|(_, word)| word.clone()),
        states: seen
            .states
            .iter()
            .map(|(code, word)| SensorWord {
                code: *code,
                word: word.clone(),
            })
            .collect(),
        read_at: target.last_poll(),
    }
}

/// The readings of each step; a step without any is a gap.
pub(crate) fn points(steps: Steps, samples: &[Sample]) -> Vec<SamplePoint> {
    steps
        .group(samples, |sample| sample.at)
        .map(|(step, samples)| {
            let values: Vec<f64> = samples
                .iter()
                .filter_map(|sample| Some(sample.value?.as_f64()))
                .collect();
            let least = values.iter().copied().reduce(f64::min);
            let most = values.iter().copied().reduce(f64::max);
            SamplePoint {
                t: step.to,
                value: mean(&values),
                min: least,
                max: most,
            }
        })
        .collect()
}

/// The mean, or nothing of nothing.
#[expect(clippy::cast_precision_loss, reason = "a step has few readings")]
pub(crate) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
