//! Pieces of rates and readings put into equal steps.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`. **Must not:** fill a gap.

use crate::{http::refusal::Refusal, readings::rates::Piece};
use tw_api::SamplesQuery;
use tw_units::{Interval, Timestamp};

/// Points that one answer has at most.
pub(crate) const POINTS_MAX: i64 = 5_000;
/// Points that an answer has when nobody says.
const POINTS_WANTED: i64 = 1_000;
/// The window when nobody says.
const WINDOW_SECONDS: i64 = 6 * 3_600;
/// The longest window.
pub(crate) const WINDOW_DAYS_MAX: i64 = 400;
/// The share of a step that must be known for the step to have a value.
const KNOWN_MIN: f64 = 0.5;

/// A window cut into steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    pub(crate) window: Interval,
    pub(crate) seconds: u32,
}

/// Reads a window; the end is now and the start six hours before when nobody says.
pub(crate) fn window_of(
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    now: Timestamp,
) -> Result<Interval, Refusal> {
    let to = to.unwrap_or(now);
    let from = from.unwrap_or_else(|| to.plus_millis(-WINDOW_SECONDS * 1_000));
    checked(from, to)
}

/// A window that is not empty and not longer than can be answered.
pub(crate) fn checked(from: Timestamp, to: Timestamp) -> Result<Interval, Refusal> {
    let window = Interval::new(from, to).ok_or_else(|| {
        Refusal::bad("bad_window", "`from` must lie before `to`").with("parameter", "from")
    })?;
    if window.millis() > WINDOW_DAYS_MAX * 86_400_000 {
        return Err(
            Refusal::bad("bad_window", format!("at most {WINDOW_DAYS_MAX} days"))
                .with("parameter", "from"),
        );
    }
    Ok(window)
}

impl Steps {
    /// The steps of a question. Without a wish a step is the polling interval, or so long that
    /// there are at most a thousand.
    pub(crate) fn of(
        query: &SamplesQuery,
        now: Timestamp,
        period_ms: Option<u64>,
    ) -> Result<Self, Refusal> {
        let window = window_of(query.from, query.to, now)?;
        let length = window.millis().div_euclid(1_000).max(1);
        let period = period_ms
            .map_or(60, |ms| i64::try_from(ms / 1_000).unwrap_or(60))
            .max(1);
        let own = period.max(length.div_euclid(POINTS_WANTED));
        let seconds = query.step_seconds.map_or(own, i64::from);
        if seconds < 1 || length.div_euclid(seconds) > POINTS_MAX {
            return Err(Refusal::bad(
                "bad_step",
                format!("a step is at least 1 s and there are at most {POINTS_MAX} points"),
            )
            .with("parameter", "step_seconds"));
        }
        Ok(Self {
            window,
            seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
        })
    }

    fn step_ms(self) -> i64 {
        i64::from(self.seconds) * 1_000
    }

    /// The steps, each as its interval; the last may be shorter.
    pub(crate) fn iter(self) -> impl Iterator<Item = Interval> {
        let (window, step) = (self.window, self.step_ms());
        let count = (window.millis() + step - 1).div_euclid(step);
        (0..count).filter_map(move |index| {
            let from = window.from.plus_millis(index * step);
            Interval::new(from, from.plus_millis(step).min(window.to))
        })
    }

    /// The mean rate of each step, weighted by time. A step of which less than half is known
    /// has none.
    pub(crate) fn mean_rates(self, pieces: &[Piece]) -> Vec<Option<f64>> {
        let mut next = 0;
        self.iter()
            .map(|step| {
                let (mut sum, mut known) = (0.0, 0.0);
                while pieces.get(next).is_some_and(|piece| piece.to <= step.from) {
                    next += 1;
                }
                let inside = pieces
                    .iter()
                    .skip(next)
                    .take_while(|piece| piece.from < step.to);
                for piece in inside {
                    if let (Some(span), Ok(rate)) = (overlap(piece, step), piece.rate) {
                        sum += rate * span;
                        known += span;
                    }
                }
                let wanted = millis(step.millis()) * KNOWN_MIN;
                (known > 0.0 && known >= wanted).then(|| sum / known)
            })
            .collect()
    }

    /// The readings of each step.
    pub(crate) fn group<'a, T>(
        self,
        readings: &'a [T],
        at: impl Fn(&T) -> Timestamp + 'a,
    ) -> impl Iterator<Item = (Interval, &'a [T])> {
        self.iter().map(move |step| {
            let from = readings.partition_point(|reading| at(reading) < step.from);
            let to = readings.partition_point(|reading| at(reading) < step.to);
            (step, readings.get(from..to).unwrap_or_default())
        })
    }
}

fn overlap(piece: &Piece, step: Interval) -> Option<f64> {
    let span = Interval::new(piece.from, piece.to)?.intersect(step)?;
    Some(millis(span.millis()))
}

#[expect(clippy::cast_precision_loss, reason = "windows are far below 2^53 ms")]
fn millis(ms: i64) -> f64 {
    ms as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use tw_devices::counter::Gap;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    fn steps(length: i64, seconds: u32) -> Steps {
        Steps {
            window: Interval::new(at(0), at(length)).unwrap(),
            seconds,
        }
    }

    fn piece(from: i64, to: i64, rate: Result<f64, Gap>) -> Piece {
        Piece {
            from: at(from),
            to: at(to),
            rate,
        }
    }

    #[test]
    fn a_mean_is_weighted_by_time_and_a_gap_stays_open() {
        let pieces = [
            piece(0, 60, Ok(10.0)),
            piece(60, 120, Ok(20.0)),
            piece(120, 180, Err(Gap::Reset)),
            piece(300, 360, Ok(5.0)),
        ];
        assert_eq!(
            steps(360, 60).mean_rates(&pieces),
            [Some(10.0), Some(20.0), None, None, None, Some(5.0)]
        );
        assert_eq!(
            steps(360, 120).mean_rates(&pieces),
            [Some(15.0), None, Some(5.0)]
        );
        assert_eq!(
            steps(90, 90).mean_rates(&pieces),
            [Some((600.0 + 600.0) / 90.0)]
        );
    }

    #[test]
    fn too_many_points_and_reversed_windows_are_refused() {
        let query = |from, to, step_seconds| SamplesQuery {
            from: Some(at(from)),
            to: Some(at(to)),
            step_seconds,
        };
        assert!(Steps::of(&query(10, 10, None), at(20), None).is_err());
        assert!(Steps::of(&query(0, 86_400, Some(1)), at(20), None).is_err());
        assert!(Steps::of(&query(0, 86_400, Some(0)), at(20), None).is_err());
        let day = Steps::of(&query(0, 86_400, None), at(20), Some(60_000)).unwrap();
        assert_eq!(day.seconds, 86);
    }
}
