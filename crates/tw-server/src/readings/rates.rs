//! Rates of counters from raw samples, through the rules of `tw-devices`: a wrap or a reset is
//! never a spike.
//!
//! **Room:** layer 2, pure. **May use:** `tw-devices`, `tw-store`. **Must not:** do I/O.

use std::collections::HashMap;
use tw_devices::counter::{Gap, Rate, Reading, Width, rate};
use tw_ingest::round::Value;
use tw_store::{Latest, Sample};
use tw_units::Timestamp;

/// What says whether a counter ran on, by instant.
#[derive(Debug, Default)]
pub(crate) struct Continuity {
    sys_up_time: HashMap<Timestamp, u64>,
    discontinuity: HashMap<Timestamp, u64>,
}

impl Continuity {
    pub(crate) fn new(sys_up_time: &[Sample], discontinuity: &[Sample]) -> Self {
        let whole = |samples: &[Sample]| {
            samples
                .iter()
                .filter_map(|s| Some((s.at, whole(s.value)?)))
                .collect()
        };
        Self {
            sys_up_time: whole(sys_up_time),
            discontinuity: whole(discontinuity),
        }
    }

    fn reading(&self, at: Timestamp, value: u64) -> Reading {
        Reading {
            at_ms: at.as_millis(),
            value,
            sys_up_time: self.sys_up_time.get(&at).copied(),
            discontinuity: self.discontinuity.get(&at).copied(),
        }
    }
}

/// A counter's value as it was read.
pub(crate) fn whole(value: Option<Value>) -> Option<u64> {
    u64::try_from(value?.as_whole()?).ok()
}

/// The mean rate of a counter between two neighbouring readings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) rate: Result<f64, Gap>,
}

/// The pieces of a counter. Two readings further apart than 2.5 periods have no piece, nor has
/// a value that was asked for and not had.
pub(crate) fn pieces(
    samples: &[Sample],
    continuity: &Continuity,
    metric: &str,
    per_second_max: Option<f64>,
) -> Vec<Piece> {
    let pairs = samples.windows(2).filter_map(|pair| {
        let [a, b] = pair else { return None };
        let gap = b.at.millis_since(a.at);
        let stale = i64::try_from(b.period_ms.max(a.period_ms).saturating_mul(5) / 2);
        if gap > stale.unwrap_or(i64::MAX) {
            return None;
        }
        let earlier = continuity.reading(a.at, whole(a.value)?);
        let later = continuity.reading(b.at, whole(b.value)?);
        let rate = match rate(earlier, later, Width::of(metric), per_second_max) {
            Rate::PerSecond(rate) => Ok(rate),
            Rate::Gap(gap) => Err(gap),
        };
        Some(Piece {
            from: a.at,
            to: b.at,
            rate,
        })
    });
    pairs.collect()
}

/// The rate between a target's two newest rounds.
pub(crate) fn newest(
    before: &Latest,
    latest: &Latest,
    (object, metric): (&str, &str),
    per_second_max: Option<f64>,
) -> Option<f64> {
    let gap = latest.at.millis_since(before.at);
    let stale = latest.period_ms.max(before.period_ms).saturating_mul(5) / 2;
    if gap > i64::try_from(stale).unwrap_or(i64::MAX) {
        return None;
    }
    let reading = |round: &Latest| {
        Some(Reading {
            at_ms: round.at.as_millis(),
            value: whole(round.value(object, metric))?,
            sys_up_time: whole(round.value("", "sysUpTime")),
            discontinuity: whole(round.value(object, "ifCounterDiscontinuityTime")),
        })
    };
    match rate(
        reading(before)?,
        reading(latest)?,
        Width::of(metric),
        per_second_max,
    ) {
        Rate::PerSecond(rate) => Some(rate),
        Rate::Gap(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[(i64, Option<i128>)]) -> Vec<Sample> {
        let sample = |(second, value): &(i64, Option<i128>)| Sample {
            at: Timestamp::from_seconds(*second),
            value: value.map(Value::Whole),
            period_ms: 60_000,
        };
        values.iter().map(sample).collect()
    }

    #[track_caller]
    fn check(counter: &[(i64, Option<i128>)], uptime: &[(i64, Option<i128>)], expect: &str) {
        let continuity = Continuity::new(&samples(uptime), &[]);
        let text: Vec<String> = pieces(&samples(counter), &continuity, "ifHCInOctets", None)
            .iter()
            .map(|p| match p.rate {
                Ok(rate) => format!("{}: {rate}", p.to.as_seconds()),
                Err(gap) => format!("{}: {}", p.to.as_seconds(), gap.as_str()),
            })
            .collect();
        assert_eq!(text.join(", "), expect);
    }

    #[test]
    fn a_gap_a_missing_value_and_a_reset_have_no_rate() {
        let counter = [
            (0, Some(0)),
            (60, Some(600)),
            (120, None),
            (180, Some(1_800)),
            (240, Some(2_400)),
            (600, Some(9_000)),
            (660, Some(6)),
        ];
        check(&counter, &[], "60: 10, 240: 10, 660: reset");
    }

    #[test]
    fn a_reboot_is_no_spike_even_when_the_counter_is_larger_after_it() {
        let counter = [(0, Some(100)), (60, Some(1_000_000_000))];
        let uptime = [(0, Some(99_000_000)), (60, Some(2_000))];
        check(&counter, &uptime, "60: rebooted");
    }
}
