//! What a series of probes says: loss with its bound, delay, jitter, bursts.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** give a delay when nothing came
//! back; average over what is lost.

use crate::loss::loss_upper_bound;
use serde::Serialize;
use std::time::Duration;
use tw_units::Ratio;

/// What became of one probe, in the order of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeResult {
    /// It came back after this time.
    Answered(Duration),
    /// It did not come back in time.
    Lost,
}

/// The summary of a series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProbeStatistics {
    /// Probes sent.
    pub sent: u64,
    /// Probes that did not come back.
    pub lost: u64,
    /// `lost / sent`; none when nothing was sent.
    pub loss_ratio: Option<Ratio>,
    /// With 95 % confidence the true loss is at most this.
    pub loss_at_most: Ratio,
    /// Runs of losses in a row.
    pub bursts: u64,
    /// The longest of them.
    pub burst_max: u64,
    /// The shortest round trip.
    pub rtt_min_seconds: Option<f64>,
    /// The mean round trip.
    pub rtt_mean_seconds: Option<f64>,
    /// The median (nearest rank).
    pub rtt_p50_seconds: Option<f64>,
    /// 95 of 100 are at most this.
    pub rtt_p95_seconds: Option<f64>,
    /// 99 of 100 are at most this.
    pub rtt_p99_seconds: Option<f64>,
    /// The longest.
    pub rtt_max_seconds: Option<f64>,
    /// RFC 3550 section 6.4.1 over round trips: `J += (|D| − J) / 16`; needs two answers.
    pub jitter_seconds: Option<f64>,
}

/// Summarises a series.
pub fn probe_statistics(results: &[ProbeResult]) -> ProbeStatistics {
    let answered: Vec<f64> = results
        .iter()
        .filter_map(|result| match result {
            ProbeResult::Answered(rtt) => Some(rtt.as_secs_f64()),
            ProbeResult::Lost => None,
        })
        .collect();
    let sent = count(results.len());
    let lost = sent - count(answered.len());
    let (bursts, burst_max) = bursts(results);
    let mut sorted = answered.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let rank = |percent| nearest_rank(&sorted, percent);
    ProbeStatistics {
        sent,
        lost,
        loss_ratio: (sent > 0).then(|| Ratio(as_f64(lost) / as_f64(sent))),
        loss_at_most: loss_upper_bound(lost, sent),
        bursts,
        burst_max,
        rtt_min_seconds: sorted.first().copied(),
        rtt_mean_seconds: (!sorted.is_empty())
            .then(|| sorted.iter().sum::<f64>() / as_f64(count(sorted.len()))),
        rtt_p50_seconds: rank(50),
        rtt_p95_seconds: rank(95),
        rtt_p99_seconds: rank(99),
        rtt_max_seconds: sorted.last().copied(),
        jitter_seconds: jitter(&answered),
    }
}

fn bursts(results: &[ProbeResult]) -> (u64, u64) {
    let (mut bursts, mut longest, mut length) = (0, 0, 0);
    for result in results {
        if *result == ProbeResult::Lost {
            bursts += u64::from(length == 0);
            length += 1;
            longest = longest.max(length);
        } else {
            length = 0;
        }
    }
    (bursts, longest)
}

/// The smallest value with at least `percent` of all at or below it.
fn nearest_rank(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

fn jitter(answered: &[f64]) -> Option<f64> {
    let pairs = answered.windows(2);
    (answered.len() > 1).then(|| {
        pairs.fold(0.0, |jitter, pair| match pair {
            [before, after] => jitter + ((after - before).abs() - jitter) / 16.0,
            _ => jitter,
        })
    })
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "2^53 probes are out of reach")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn probes(text: &str) -> Vec<ProbeResult> {
        let probe = |word: &str| match word.parse() {
            Ok(ms) => ProbeResult::Answered(Duration::from_millis(ms)),
            Err(_) => ProbeResult::Lost,
        };
        text.split_whitespace().map(probe).collect()
    }

    #[track_caller]
    fn check(text: &str, pick: impl Fn(&ProbeStatistics) -> Option<f64>, expect: Option<f64>) {
        let got = pick(&probe_statistics(&probes(text)));
        match (got, expect) {
            (Some(a), Some(b)) => assert!((a - b).abs() < 1e-9, "{a} is not {b}"),
            (a, b) => assert_eq!(a, b),
        }
    }

    #[test]
    fn percentiles_are_real_measurements() {
        check("10 20 30 40", |s| s.rtt_p50_seconds, Some(0.020));
        check("10 20 30 40", |s| s.rtt_p95_seconds, Some(0.040));
        check("10 x x x", |s| s.rtt_p99_seconds, Some(0.010));
        check("10 20 30 x", |s| s.rtt_mean_seconds, Some(0.020));
    }

    #[test]
    fn jitter_is_that_of_rfc_3550() {
        check("10 26", |s| s.jitter_seconds, Some(0.001));
        check(
            "10 26 10",
            |s| s.jitter_seconds,
            Some(0.001 + (0.016 - 0.001) / 16.0),
        );
        check("10", |s| s.jitter_seconds, None);
    }

    #[test]
    fn nothing_back_is_no_delay_and_nothing_sent_is_no_loss() {
        check("x x", |s| s.rtt_mean_seconds, None);
        check("x x", |s| s.loss_ratio.map(|r| r.0), Some(1.0));
        check("", |s| s.loss_ratio.map(|r| r.0), None);
    }

    #[test]
    fn losses_in_a_row_are_a_burst() {
        let s = probe_statistics(&probes("1 x x 1 x 1 x x x"));
        assert_eq!((s.lost, s.bursts, s.burst_max), (6, 3, 3));
    }

    proptest! {
        #[test]
        fn figures_are_in_order(list in proptest::collection::vec(proptest::option::of(0_u64..5_000), 0..200)) {
            let results: Vec<ProbeResult> = list
                .iter()
                .map(|ms| ms.map_or(ProbeResult::Lost, |ms| ProbeResult::Answered(Duration::from_millis(ms))))
                .collect();
            let s = probe_statistics(&results);
            prop_assert_eq!(s.sent, count(list.len()));
            let ordered = [s.rtt_min_seconds, s.rtt_p50_seconds, s.rtt_p95_seconds, s.rtt_p99_seconds, s.rtt_max_seconds];
            prop_assert!(ordered.is_sorted(), "{:?}", ordered);
            prop_assert!(s.burst_max <= s.lost && s.bursts <= s.lost);
        }
    }
}
