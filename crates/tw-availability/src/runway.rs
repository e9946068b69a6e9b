//! When a capacity runs out at the present growth: a range, never one date.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** look ahead on less than
//! [`RUNWAY_DAYS_MIN`] days.

/// A growth is worked out from at least so many days.
pub const RUNWAY_DAYS_MIN: f64 = 90.0;
/// Nobody plans further ahead: 20 years, in days.
pub const RUNWAY_AHEAD_DAYS_MAX: f64 = 7_305.0;
/// So many standard errors of the slope to either side are the range: about 95 %.
const ERRORS: f64 = 2.0;

/// When a capacity runs out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Runway {
    /// It is used up.
    Full,
    /// The history is too short to say.
    TooShort,
    /// It does not grow, or so slowly that it lasts beyond [`RUNWAY_AHEAD_DAYS_MAX`].
    Lasts,
    /// In so many days from the last point at the earliest; at the latest in so many, where the
    /// growth is certain enough to say.
    Within {
        /// At the earliest.
        earliest_days: f64,
        /// At the latest.
        latest_days: Option<f64>,
    },
}

/// Fits a line through points of (days, use), in order of time, and follows it to `capacity`.
pub fn runway(points: &[(f64, f64)], capacity: f64) -> Runway {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Runway::TooShort;
    };
    if last.1 >= capacity {
        return Runway::Full;
    }
    if points.len() < 3 || last.0 - first.0 < RUNWAY_DAYS_MIN {
        return Runway::TooShort;
    }
    let (slope, error) = slope(points);
    let left = capacity - last.1;
    let days = |slope: f64| {
        let days = left / slope;
        (slope > 0.0 && days <= RUNWAY_AHEAD_DAYS_MAX).then_some(days)
    };
    match days(slope + ERRORS * error) {
        Some(earliest_days) => Runway::Within {
            earliest_days,
            latest_days: days(slope - ERRORS * error),
        },
        None => Runway::Lasts,
    }
}

/// The slope by least squares, and its standard error.
fn slope(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.iter().fold(0.0, |count, _| count + 1.0);
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|p| p.0), mean(|p| p.1));
    let spread: f64 = points.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
    let common: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
    let slope = common / spread;
    let residual = |p: &(f64, f64)| (p.1 - mean_y - slope * (p.0 - mean_x)).powi(2);
    let rest: f64 = points.iter().map(residual).sum();
    (slope, (rest / (count - 2.0) / spread).max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(days: u32, per_day: f64, wobble: f64) -> Vec<(f64, f64)> {
        (0..=days / 10)
            .map(|n| {
                let day = f64::from(n) * 10.0;
                let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
                (day, 50.0 + per_day * day + sign * wobble)
            })
            .collect()
    }

    #[test]
    fn a_steady_growth_ends_on_one_day_and_a_wobbling_one_within_a_range() {
        let Runway::Within {
            earliest_days,
            latest_days,
        } = runway(&line(100, 0.1, 0.0), 100.0)
        else {
            panic!("a line that grows runs out");
        };
        // 50 + 0.1 · 100 = 60 today; 40 are left, 0.1 a day.
        assert!((earliest_days - 400.0).abs() < 1e-6);
        assert!((latest_days.unwrap() - 400.0).abs() < 1e-6);
        let Runway::Within {
            earliest_days,
            latest_days,
        } = runway(&line(180, 0.1, 1.0), 100.0)
        else {
            panic!("it grows");
        };
        assert!(earliest_days < 310.0 && latest_days.unwrap() > 310.0);
    }

    #[test]
    fn a_short_history_says_nothing_and_what_does_not_grow_lasts() {
        assert_eq!(runway(&line(80, 0.1, 0.0), 100.0), Runway::TooShort);
        assert_eq!(runway(&[], 100.0), Runway::TooShort);
        assert_eq!(runway(&line(100, 0.0, 0.0), 100.0), Runway::Lasts);
        assert_eq!(runway(&line(100, -0.1, 0.0), 100.0), Runway::Lasts);
        assert_eq!(runway(&line(100, 0.001, 0.0), 100.0), Runway::Lasts);
        assert_eq!(runway(&line(30, 0.1, 0.0), 50.0), Runway::Full);
    }

    #[test]
    fn where_the_growth_is_not_certain_there_is_no_latest_day() {
        let Runway::Within { latest_days, .. } = runway(&line(100, 0.02, 4.0), 60.0) else {
            panic!("it may run out");
        };
        assert_eq!(latest_days, None);
    }
}
