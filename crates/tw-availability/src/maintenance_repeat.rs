//! Windows that come again: weekly or monthly, at the same hour of the site's clock.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** make more windows than the
//! limit, nor windows that run into each other.

use jiff::{ToSpan, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize};
use tw_units::{Interval, Timestamp};

/// The most windows of one series: a year of weeks.
pub const OCCURRENCES_MAX: u16 = 53;

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// On the same weekday.
    Week,
    /// On the same day of the month, or on its last day where the month is shorter.
    Month,
}

/// A rule for windows that come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// How often.
    pub every: Every,
    /// Every so many weeks or months.
    pub step: u16,
    /// How many windows, the first one with them.
    pub count: u16,
}

/// Why a rule gives no windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RepeatError {
    /// Nothing, or too much.
    #[error("count is 1 to {OCCURRENCES_MAX}")]
    Count,
    /// Nothing, or too far.
    #[error("step is 1 to {OCCURRENCES_MAX}")]
    Step,
    /// The next begins before the last has ended.
    #[error("the windows would run into each other")]
    Overlap,
    /// Beyond the calendar, or an hour that the day does not have at all.
    #[error("a window of the series lies outside of the calendar")]
    Calendar,
}

/// The windows of a rule, the first one with them. Each begins and ends at the same local time
/// as the first: across a change of the clock their lengths in seconds may differ.
pub fn occurrences(
    first: Interval,
    repeat: Repeat,
    zone: &TimeZone,
) -> Result<Vec<Interval>, RepeatError> {
    if !(1..=OCCURRENCES_MAX).contains(&repeat.count) {
        return Err(RepeatError::Count);
    }
    if !(1..=OCCURRENCES_MAX).contains(&repeat.step) {
        return Err(RepeatError::Step);
    }
    let local = |at: Timestamp| at.to_jiff().to_zoned(zone.clone()).datetime();
    let (from, to) = (local(first.from), local(first.to));
    let length = from.duration_until(to);
    let mut windows: Vec<Interval> = vec![first];
    for n in 1..repeat.count {
        let units = i64::from(n) * i64::from(repeat.step);
        let span = match repeat.every {
            Every::Week => units.weeks(),
            Every::Month => units.months(),
        };
        let begin = from.checked_add(span).map_err(|_| RepeatError::Calendar)?;
        let end = begin
            .checked_add(length)
            .map_err(|_| RepeatError::Calendar)?;
        let next = instant(begin, zone).zip(instant(end, zone));
        let next = next.and_then(|(from, to)| Interval::new(from, to));
        let next = next.ok_or(RepeatError::Calendar)?;
        if windows.last().is_some_and(|last| next.from < last.to) {
            return Err(RepeatError::Overlap);
        }
        windows.push(next);
    }
    Ok(windows)
}

fn instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let zoned = local.to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_jiff(zoned.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::time_zone;

    fn window(from: &str, to: &str) -> Interval {
        Interval::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    #[track_caller]
    fn check(zone: &str, first: (&str, &str), (every, count): (Every, u16), expect: &[&str]) {
        let rule = Repeat {
            every,
            step: 1,
            count,
        };
        let zone = time_zone(zone).unwrap();
        let found = occurrences(window(first.0, first.1), rule, &zone).unwrap();
        let found: Vec<String> = found.iter().map(|w| w.from.to_string()).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_weekly_window_keeps_its_hour_across_a_change_of_the_clock() {
        check(
            "Europe/Paris",
            ("2026-03-21T22:00:00+01:00", "2026-03-21T23:00:00+01:00"),
            (Every::Week, 3),
            &[
                "2026-03-21T21:00:00Z",
                "2026-03-28T21:00:00Z",
                "2026-04-04T20:00:00Z",
            ],
        );
    }

    #[test]
    fn the_31st_is_the_last_day_of_a_shorter_month_and_comes_back() {
        check(
            "Asia/Ho_Chi_Minh",
            ("2026-01-31T22:00:00+07:00", "2026-02-01T02:00:00+07:00"),
            (Every::Month, 3),
            &[
                "2026-01-31T15:00:00Z",
                "2026-02-28T15:00:00Z",
                "2026-03-31T15:00:00Z",
            ],
        );
    }

    #[test]
    fn a_series_is_bounded_and_does_not_run_into_itself() {
        let zone = time_zone("UTC").unwrap();
        let hour = window("2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z");
        let long = window("2026-01-01T00:00:00Z", "2026-01-09T00:00:00Z");
        let rule = |step, count| Repeat {
            every: Every::Week,
            step,
            count,
        };
        let asked = |window, step, count| occurrences(window, rule(step, count), &zone);
        assert_eq!(asked(hour, 1, 0), Err(RepeatError::Count));
        assert_eq!(asked(hour, 1, 54), Err(RepeatError::Count));
        assert_eq!(asked(hour, 0, 2), Err(RepeatError::Step));
        assert_eq!(asked(long, 1, 2), Err(RepeatError::Overlap));
        assert_eq!(asked(long, 2, 2).unwrap().len(), 2);
        assert_eq!(asked(hour, 1, 53).unwrap().len(), 53);
    }
}
