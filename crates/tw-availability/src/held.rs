//! What a device itself holds about its running: the counters that cover a gap of polls.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** say that a device could be
//! reached: one that ran may have been out of reach, so no failed poll is overruled.

use crate::{state::Mark, timeline::Timeline};
use tw_units::{Interval, Timestamp};

/// How often an SNMP engine has started and how long it runs (RFC 3411).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engine {
    /// `snmpEngineBoots`; `None` when it was not read.
    pub boots: Option<u64>,
    /// `snmpEngineTime`: whole seconds since it started last.
    pub seconds: u64,
}

/// What the counters of a device said at one poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    /// When they were read.
    pub at: Timestamp,
    /// The engine's, where the device has them.
    pub engine: Option<Engine>,
    /// `sysUpTime` in hundredths of a second: the fall-back. It wraps after 497.1 days, and then
    /// proves less, never more.
    pub sys_up_time: Option<u64>,
}

/// A stretch of which polls know nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// From the last poll that knew something to the next.
    pub whole: Interval,
    /// The part of it that was asked for.
    pub within: Interval,
    /// When the subject answered again.
    pub answered: Timestamp,
}

/// A stretch in which a device ran by its own counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The stretch.
    pub span: Interval,
    /// The counter: `snmpEngineTime` or `sysUpTime`.
    pub by: &'static str,
}

/// What a device's own clock may be wrong by, as one part in so many.
const DRIFT_PARTS: i64 = 1_000;
/// What a reading may be late by.
const SLACK_MS: i64 = 1_000;
/// What two readings of a counter that ran on may disagree with our clock by, beside drift: some
/// agents advance theirs only every half minute.
const JUMP_MS: i64 = 30_000;
/// `snmpEngineBoots` that has reached its end stays there and says nothing more (RFC 3414 §2.2.2).
const BOOTS_END: u64 = 2_147_483_647;

/// The stretches inside of `within` of which nothing is known, after which the subject answered
/// again, and before which it had been polled.
pub fn gaps(line: &Timeline, within: Interval) -> Vec<Gap> {
    let steps = line.steps();
    let of = |(index, step): (usize, &crate::timeline::Step)| {
        let next = steps.get(index + 1)?;
        let answered = steps[index + 1..].iter().find(|s| s.mark == Mark::Up)?;
        let whole = Interval::new(step.at, next.at)?;
        (step.mark == Mark::Unknown && index > 0).then_some(Gap {
            whole,
            within: whole.intersect(within)?,
            answered: answered.at,
        })
    };
    steps.iter().enumerate().filter_map(of).collect()
}

/// The part of a gap in which the device ran by its own counters as read afterwards. Where they
/// were also read before the gap, both readings must fit together: counters that contradict
/// each other prove nothing.
pub fn proven_by_counters(
    gap: Interval,
    before: Option<Counters>,
    after: Counters,
) -> Option<Proven> {
    let (running_ms, by) = running(after)?;
    let sure = running_ms - running_ms / DRIFT_PARTS - SLACK_MS;
    let since = after.at.plus_millis(-sure.max(0));
    if before.is_some_and(|before| contradicts(before, after, since)) {
        return None;
    }
    let span = Interval::new(since, after.at)?.intersect(gap)?;
    Some(Proven { span, by })
}

/// For how long it runs, in milliseconds, and which counter says so.
fn running(read: Counters) -> Option<(i64, &'static str)> {
    let (steps, step_ms, by) = match (read.engine, read.sys_up_time) {
        (Some(engine), _) if engine.boots == Some(BOOTS_END) => return None,
        (Some(engine), _) => (engine.seconds, 1_000, "snmpEngineTime"),
        (None, Some(ticks)) => (ticks, 10, "sysUpTime"),
        (None, None) => return None,
    };
    let ms = i64::try_from(steps.saturating_mul(step_ms)).unwrap_or(i64::MAX);
    Some((ms, by))
}

/// Whether an earlier reading denies that the device ran on from it, as the later one says.
fn contradicts(before: Counters, after: Counters, since: Timestamp) -> bool {
    if let (Some(was), Some(is)) = (boots(before), boots(after))
        && is < was
    {
        return true;
    }
    if since > before.at {
        // It says itself that it started in between.
        return false;
    }
    let started = matches!((boots(before), boots(after)), (Some(was), Some(is)) if was != is);
    let elapsed = after.at.millis_since(before.at);
    let slack = JUMP_MS.saturating_add(elapsed / DRIFT_PARTS);
    let ran_on =
        |was: i64, is: i64| is.saturating_sub(was).abs_diff(elapsed) <= slack.unsigned_abs();
    let jumped = match (running(before), running(after)) {
        (Some((was, by)), Some((is, same))) if by == same => !ran_on(was, is),
        _ => false,
    };
    started || jumped
}

fn boots(read: Counters) -> Option<u64> {
    read.engine.and_then(|engine| engine.boots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{polls::PollRun, polls::timeline_of_runs, state::State};
    use proptest::prelude::*;

    const GAP: (i64, i64) = (1_000, 2_000);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    fn gap() -> Interval {
        Interval::new(at(GAP.0), at(GAP.1)).unwrap()
    }

    fn engine(second: i64, boots: u64, seconds: u64) -> Counters {
        Counters {
            at: at(second),
            engine: Some(Engine {
                boots: Some(boots),
                seconds,
            }),
            sys_up_time: None,
        }
    }

    fn up_time(second: i64, seconds: u64) -> Counters {
        Counters {
            at: at(second),
            engine: None,
            sys_up_time: Some(seconds * 100),
        }
    }

    /// What is proven, in milliseconds from the epoch.
    #[track_caller]
    fn check(before: Option<Counters>, after: Counters, expect: Option<(i64, i64)>) {
        let proven = proven_by_counters(gap(), before, after);
        let span = proven.map(|p| (p.span.from.as_millis(), p.span.to.as_millis()));
        assert_eq!(span, expect);
    }

    const WHOLE: Option<(i64, i64)> = Some((1_000_000, 2_000_000));

    #[test]
    fn an_engine_time_that_covers_the_gap_proves_all_of_it() {
        check(None, engine(2_000, 3, 50_000), WHOLE);
        let before = Some(engine(1_000, 3, 49_000));
        check(before, engine(2_000, 3, 50_000), WHOLE);
        let proven = proven_by_counters(gap(), before, engine(2_000, 3, 50_000));
        assert_eq!(proven.map(|p| p.by), Some("snmpEngineTime"));
    }

    #[test]
    fn an_engine_that_started_in_the_gap_proves_what_came_after_its_start() {
        // 400 s by its own clock: 0.1 % drift and a second of slack leave 398.6 s.
        let rest = Some((1_601_400, 2_000_000));
        check(Some(engine(1_000, 3, 49_000)), engine(2_000, 4, 400), rest);
        // An engine that keeps no count of its starts says so by its time.
        check(Some(engine(1_000, 1, 49_000)), engine(2_000, 1, 400), rest);
        check(Some(up_time(1_000, 49_000)), up_time(2_000, 400), rest);
        check(None, engine(2_000, 4, 1), None);
    }

    #[test]
    fn counters_that_contradict_each_other_prove_nothing() {
        let before = Some(engine(1_000, 3, 49_000));
        // Started once more, and yet running for longer than the gap.
        check(before, engine(2_000, 4, 50_000), None);
        // The count of starts went back.
        check(before, engine(2_000, 2, 50_000), None);
        check(before, engine(2_000, 2, 400), None);
        // The time went back, or forth, by more than a clock can drift.
        check(before, engine(2_000, 3, 30_000), None);
        check(before, engine(2_000, 3, 90_000), None);
        check(Some(up_time(1_000, 49_000)), up_time(2_000, 30_000), None);
        // Half a minute is how coarsely some agents count.
        check(before, engine(2_000, 3, 49_970), WHOLE);
        check(before, engine(2_000, 3, 49_960), None);
    }

    #[test]
    fn a_count_of_starts_at_its_end_says_nothing() {
        check(None, engine(2_000, 2_147_483_647, 50_000), None);
    }

    #[test]
    fn sys_up_time_stands_in_and_its_wrap_proves_less_never_more() {
        check(None, up_time(2_000, 50_000), WHOLE);
        // It wrapped at 2^32 hundredths, 500 s before it was read: 498.5 s are sure.
        let almost = (1 << 32) / 100;
        check(
            Some(up_time(1_000, almost - 500)),
            up_time(2_000, 500),
            Some((1_501_500, 2_000_000)),
        );
        // The engine's own time does not wrap and is preferred.
        let mut both = engine(2_000, 3, 43_000_000);
        both.sys_up_time = Some(50_000);
        check(None, both, WHOLE);
    }

    #[test]
    fn a_gap_is_told_whole_and_as_far_as_it_was_asked_for() {
        let run = |from: i64, to: i64| PollRun {
            from: at(from),
            to: at(to),
            state: State::Up,
            polls: 2,
            max_gap_ms: 10_000,
            period_ms: 10_000,
        };
        let line = timeline_of_runs(&[run(100, 200), run(1_000, 1_100)], None);
        let found = gaps(&line, Interval::new(at(500), at(9_000)).unwrap());
        let gap = |from, to| Interval::new(at(from), at(to)).unwrap();
        let expect = Gap {
            whole: gap(200, 1_000),
            within: gap(500, 1_000),
            answered: at(1_000),
        };
        assert_eq!(found, [expect], "before the first poll there is no gap");
    }

    proptest! {
        /// The device ran from `started` on; its clock drifts and counts whole seconds.
        #[test]
        fn what_is_proven_is_true_of_a_device_with_a_drifting_clock(
            started in 0_i64..2_000_000, restarts in any::<bool>(), drift in -900_i64..900,
            read_ms in 2_000_000_i64..2_200_000,
        ) {
            let clock = |from: i64, to: i64| {
                let real = to - from;
                u64::try_from((real + real * drift / 1_000_000).max(0) / 1_000).unwrap()
            };
            let first = -40_000_000;
            let before = restarts.then(|| Counters {
                at: at(1_000),
                engine: Some(Engine { boots: Some(6), seconds: clock(first, 1_000_000) }),
                sys_up_time: None,
            });
            let boots = if started > 1_000_000 { 7 } else { 6 };
            let since = if restarts && started <= 1_000_000 { first } else { started };
            let after = Counters {
                at: Timestamp::from_millis(read_ms),
                engine: Some(Engine { boots: Some(boots), seconds: clock(since, read_ms) }),
                sys_up_time: None,
            };
            if let Some(proven) = proven_by_counters(gap(), before, after) {
                prop_assert!(proven.span.from.as_millis() >= since);
                prop_assert!(gap().intersect(proven.span) == Some(proven.span));
            }
        }
    }
}
