//! What a UPS knows of its mains: when it went on battery, by its own count of seconds, and
//! whether its input failed while nobody polled.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** say anything of the load: a UPS
//! whose mains held may have dropped it, and one on battery feeds it.

use super::evidence::EvidenceRun;
use crate::{
    held::{Counters, proven_by_counters},
    polls::{PollRun, timeline_of_runs},
    state::{Mark, State},
    sweep::{ServiceStep, ServiceTimeline, Spare},
    timeline::Timeline,
};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use tw_units::{Interval, Timestamp};

/// What a UPS tells in whole seconds may be off by so much.
const COUNT_MS: i64 = 1_000;

/// What is known of the mains at a UPS. Runs are up while it is fed by them and down while it
/// lives on its battery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MainsEvidence {
    /// The UPS.
    pub ups: String,
    /// What polls saw.
    pub runs: Vec<EvidenceRun>,
    /// `upsSecondsOnBattery` as read first while polls saw it on battery; 0 is not yet a count.
    pub began: Vec<BatterySeconds>,
    /// `upsInputLineBads` on both sides of stretches between polls.
    pub counted: Vec<LineCount>,
}

/// A reading of `upsSecondsOnBattery`: when, in milliseconds, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BatterySeconds(pub i64, pub u64);

/// Two readings of `upsInputLineBads` (RFC 1628) between which the UPS ran: when the one and the
/// other was made, in milliseconds, and how often its input failed between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineCount(pub i64, pub i64, pub u64);

impl LineCount {
    /// How often the input failed between two readings; `None` when the UPS does not prove that it
    /// ran on between them, for then it may have begun to count anew.
    pub fn of(before: (Counters, u64), after: (Counters, u64)) -> Option<Self> {
        let between = Interval::new(before.0.at, after.0.at)?;
        let ran = proven_by_counters(between, Some(before.0), after.0)?;
        let failed = after.1.checked_sub(before.1)?;
        let whole = ran.span == between;
        whole.then(|| Self(between.from.as_millis(), between.to.as_millis(), failed))
    }

    fn covers(self, span: Interval) -> bool {
        self.0 <= span.from.as_millis() && span.to.as_millis() <= self.1
    }
}

/// How the mains at a UPS were in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MainsFinding {
    /// The UPS.
    pub ups: String,
    /// On battery: at least, point, at most, in the time that is known.
    pub on_battery_ms: [i64; 3],
    /// No evidence.
    pub unknown_ms: i64,
    /// Times on battery that polls saw begin.
    pub losses: u64,
    /// Failures of the input that the UPS counted between polls and no poll saw.
    pub missed: u64,
}

impl MainsEvidence {
    /// The mains over time: up while they fed the UPS, down while it lived on its battery. Doubt
    /// that the UPS itself removes is removed.
    pub fn line(&self, as_of: Timestamp, stale_after_ms: Option<u64>) -> Timeline {
        let runs = self.known(as_of);
        let polled = timeline_of_runs(&runs, stale_after_ms).known_until(as_of);
        let mut told: Vec<(Interval, Mark)> = Vec::new();
        for pair in runs.windows(2) {
            let [before, after] = pair else { continue };
            let Some(between) = Interval::new(before.to, after.from) else {
                continue;
            };
            let failed = self.failed(between, as_of);
            match (before.state, after.state) {
                (State::Up, State::Up) if failed == Some(0) => told.push((between, Mark::Up)),
                (State::Up, State::Down) => {
                    let is_edge = polled.at(between.from) != Mark::Unknown;
                    let before = match failed {
                        Some(1) => Some(Mark::Up),
                        _ => is_edge.then_some(Mark::EdgeUp),
                    };
                    let begins = self.begins(between, after.to).into_iter();
                    told.extend(begins.flat_map(|at| went((between, at), before)));
                }
                _ => {}
            }
        }
        polled.with_statements(&told)
    }

    /// Whether its counts lie inside of what runs are cut to, and each ends after it begins.
    pub(super) fn is_sane(&self, bounds: &RangeInclusive<i64>) -> bool {
        let began = self.began.iter().all(|read| bounds.contains(&read.0));
        let count = |c: &LineCount| bounds.contains(&c.0) && bounds.contains(&c.1) && c.0 < c.1;
        began && self.counted.iter().all(count)
    }

    /// Keeps what was read once, also when the readings themselves are kept no longer.
    pub fn remember(&mut self, earlier: &Self) {
        self.began.extend(&earlier.began);
        self.began.sort_unstable();
        self.began.dedup();
        self.counted.extend(&earlier.counted);
        self.counted.sort_unstable();
        self.counted.dedup();
    }

    /// How the mains were in a period.
    pub fn finding(
        &self,
        (period, as_of): (Interval, Timestamp),
        stale: Option<u64>,
    ) -> MainsFinding {
        let line = self.line(as_of, stale);
        let steps = line.steps().iter().map(|step| ServiceStep {
            at: step.at,
            mark: step.mark,
            spare: Spare::ServiceNotUp,
        });
        let steps = steps.collect();
        let tally = crate::accounting::tally(&ServiceTimeline { steps }, period);
        let runs = self.known(as_of);
        let began = |(before, after): (&PollRun, &PollRun)| {
            let is_loss = (before.state, after.state) == (State::Up, State::Down);
            (is_loss && period.contains(after.from)).then_some((before.to, after.from))
        };
        let pairs = || runs.iter().zip(runs.iter().skip(1));
        let losses: Vec<(Timestamp, Timestamp)> = pairs().filter_map(began).collect();
        let inside = |count: &&LineCount| {
            period.contains(Timestamp::from_millis(count.1)) && count.1 <= as_of.as_millis()
        };
        let missed = |count: &LineCount| {
            let seen = losses.iter().filter(|(from, to)| {
                Interval::new(*from, *to).is_some_and(|span| count.covers(span))
            });
            count.2.saturating_sub(seen.count() as u64)
        };
        MainsFinding {
            ups: self.ups.clone(),
            on_battery_ms: [tally.lower_ms(), tally.point_ms(), tally.upper_ms()],
            unknown_ms: tally.unknown_ms,
            losses: losses.len() as u64,
            missed: self.counted.iter().filter(inside).map(missed).sum(),
        }
    }

    fn known(&self, as_of: Timestamp) -> Vec<PollRun> {
        let runs = self.runs.iter();
        let mut runs: Vec<PollRun> = runs
            .filter_map(|run| run.poll_run().seen_until(as_of))
            .collect();
        runs.sort_unstable();
        runs
    }

    /// How often the input failed in a stretch between two polls, by the UPS's own count.
    fn failed(&self, between: Interval, as_of: Timestamp) -> Option<u64> {
        let known = |count: &&LineCount| count.covers(between) && count.1 <= as_of.as_millis();
        self.counted.iter().find(known).map(|count| count.2)
    }

    /// When it went on battery in a stretch before the poll that saw it so; polls saw it so until
    /// `last`. `None` when it did not count, or when its count contradicts a poll.
    fn begins(&self, between: Interval, last: Timestamp) -> Option<Timestamp> {
        let polls = between.to.as_millis()..=last.as_millis();
        let counts = |read: &&BatterySeconds| polls.contains(&read.0) && read.1 > 0;
        let read = self.began.iter().find(counts)?;
        let since = i64::try_from(read.1.checked_mul(1_000)?).ok()?;
        let at = Timestamp::from_millis(read.0).plus_millis(-since);
        let fits = between.from.plus_millis(-COUNT_MS)..=between.to.plus_millis(COUNT_MS);
        fits.contains(&at).then_some(at)
    }
}

/// The marks of a stretch whose first poll saw the mains and whose last one the battery, on which
/// it went at `at`; `before` is what holds until then. The mains may have failed and come back
/// before, unless the UPS counted one failure only.
fn went((between, at): (Interval, Timestamp), before: Option<Mark>) -> Vec<(Interval, Mark)> {
    let middle = at.clamp(between.from, between.to);
    let first = at.plus_millis(-COUNT_MS).clamp(between.from, between.to);
    let last = at.plus_millis(COUNT_MS).clamp(between.from, between.to);
    let mut marks = vec![
        (Interval::new(first, middle), Mark::EdgeUp),
        (Interval::new(middle, last), Mark::EdgeDown),
        (Interval::new(last, between.to), Mark::Down),
    ];
    marks.extend(before.map(|mark| (Interval::new(between.from, first), mark)));
    let spans = marks.into_iter();
    spans
        .filter_map(|(span, mark)| Some((span?, mark)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::held::Engine;

    const MINUTE: i64 = 60;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    fn run(from: i64, to: i64, state: State) -> EvidenceRun {
        EvidenceRun(from * 1_000, to * 1_000, state, 60_000, 60_000)
    }

    /// Fed from 0 s to `last` s, then seen next at `next` s in `state`, until an hour is over.
    fn ups(last: i64, next: i64, state: State) -> MainsEvidence {
        MainsEvidence {
            ups: "ups-a".to_owned(),
            runs: vec![run(0, last, State::Up), run(next, 3_600, state)],
            ..MainsEvidence::default()
        }
    }

    /// On battery at least, point, at most; unknown; all in seconds. Then what was missed.
    #[track_caller]
    fn check(evidence: &MainsEvidence, expect: ([i64; 3], i64, u64)) {
        let period = Interval::new(at(0), at(3_600)).unwrap();
        let found = evidence.finding((period, at(7_200)), None);
        let got = (
            found.on_battery_ms.map(|ms| ms / 1_000),
            found.unknown_ms / 1_000,
            found.missed,
        );
        assert_eq!(got, expect);
    }

    #[test]
    fn the_count_of_seconds_puts_the_loss_to_the_second() {
        // Seen on battery at 660 s after a poll at 600 s; it lives on it for 20 s.
        let mut evidence = ups(10 * MINUTE, 11 * MINUTE, State::Down);
        check(&evidence, ([2_940, 2_970, 3_000], 0, 0));
        evidence.began = vec![BatterySeconds(660_000, 20)];
        // Certain from 641 s on; before 639 s another, shorter loss may lie.
        check(&evidence, ([2_959, 2_960, 3_000], 0, 0));
        evidence.counted = vec![LineCount(600_000, 660_000, 1)];
        check(&evidence, ([2_959, 2_960, 2_961], 0, 0));
        // It counted a second failure: the poll interval hides one.
        evidence.counted = vec![LineCount(600_000, 660_000, 2)];
        check(&evidence, ([2_959, 2_960, 3_000], 0, 1));
    }

    #[test]
    fn a_loss_inside_of_a_gap_is_dated_and_the_rest_of_the_gap_needs_the_count() {
        // Nothing between 600 s and 1,800 s; then on battery for 300 s.
        let mut evidence = ups(600, 1_800, State::Down);
        check(&evidence, ([1_800, 1_800, 1_800], 1_200, 0));
        evidence.began = vec![BatterySeconds(1_800_000, 300)];
        check(&evidence, ([2_099, 2_100, 2_101], 899, 0));
        evidence.counted = vec![LineCount(600_000, 1_800_000, 1)];
        check(&evidence, ([2_099, 2_100, 2_101], 0, 0));
    }

    #[test]
    fn a_count_that_contradicts_a_poll_dates_nothing() {
        let mut evidence = ups(600, 660, State::Down);
        for seconds in [0, 500, u64::MAX] {
            evidence.began = vec![BatterySeconds(660_000, seconds)];
            check(&evidence, ([2_940, 2_970, 3_000], 0, 0));
        }
        // Read later, it must fit just as well.
        for read in [
            BatterySeconds(720_000, 20),
            BatterySeconds(9_000_000, 8_360),
        ] {
            evidence.began = vec![read];
            check(&evidence, ([2_940, 2_970, 3_000], 0, 0));
        }
    }

    #[test]
    fn a_count_that_has_only_begun_is_read_at_a_later_poll() {
        let mut evidence = ups(600, 660, State::Down);
        evidence.began = vec![BatterySeconds(660_000, 0), BatterySeconds(720_000, 80)];
        check(&evidence, ([2_959, 2_960, 3_000], 0, 0));
        // Polled because of its trap, within the second in which it began.
        evidence.began = vec![BatterySeconds(660_000, 0), BatterySeconds(720_000, 60)];
        check(&evidence, ([2_940, 2_940, 3_000], 0, 0));
        evidence.counted = vec![LineCount(600_000, 660_000, 1)];
        check(&evidence, ([2_940, 2_940, 2_941], 0, 0));
    }

    #[test]
    fn a_count_of_failures_that_stands_still_proves_the_mains_over_a_gap() {
        let mut evidence = ups(600, 1_800, State::Up);
        check(&evidence, ([0; 3], 1_200, 0));
        evidence.counted = vec![LineCount(600_000, 1_800_000, 0)];
        check(&evidence, ([0; 3], 0, 0));
        evidence.counted = vec![LineCount(600_000, 1_800_000, 2)];
        check(&evidence, ([0; 3], 1_200, 2));
        // A count of less than the gap proves nothing of it.
        evidence.counted = vec![LineCount(700_000, 1_800_000, 0)];
        check(&evidence, ([0; 3], 1_200, 0));
    }

    #[test]
    fn what_was_not_known_then_does_not_count_then() {
        let mut evidence = ups(600, 1_800, State::Up);
        evidence.counted = vec![LineCount(600_000, 1_800_000, 0)];
        let period = Interval::new(at(0), at(3_600)).unwrap();
        let then = evidence.finding((period, at(1_200)), None);
        assert_eq!(then.unknown_ms, 3_000_000);
    }

    #[test]
    fn a_count_is_only_taken_of_a_ups_that_ran_on() {
        let read = |second: i64, boots: u64, seconds: u64, failed: u64| {
            let engine = Engine {
                boots: Some(boots),
                seconds,
            };
            let counters = Counters {
                at: at(second),
                engine: Some(engine),
                sys_up_time: None,
            };
            (counters, failed)
        };
        let before = read(600, 4, 90_000, 7);
        let of = |after| LineCount::of(before, after);
        let whole = |failed| Some(LineCount(600_000, 1_800_000, failed));
        assert_eq!(of(read(1_800, 4, 91_200, 7)), whole(0));
        assert_eq!(of(read(1_800, 4, 91_200, 9)), whole(2));
        assert_eq!(of(read(1_800, 5, 300, 7)), None, "it started anew");
        assert_eq!(of(read(1_800, 5, 91_200, 7)), None, "it contradicts itself");
        assert_eq!(of(read(1_800, 4, 91_200, 6)), None, "the count went back");
    }
}
