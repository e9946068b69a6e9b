//! Facility measures that need no new equipment: what a rack would draw from one feed, how long
//! the air was within its ranges, what a UPS can still carry.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** count time without a reading as
//! good.

use tw_units::{Interval, Timestamp};

/// The share of a breaker that may be used for long, in percent (80 % of its rating).
pub const BREAKER_PERCENT_MAX: u32 = 80;

/// What a rack draws from its two feeds, and what one of them would carry alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failover {
    /// Both together, in watts.
    pub total_watts: f64,
    /// The share of the smaller feed's breaker after the loss of the other, in percent.
    pub percent_of_breaker: f64,
    /// Fine today, and trips when one side is lost: the share is above what is allowed.
    pub hidden_overload: bool,
}

/// What one feed would carry alone. `None` when a side or the breaker is not known: a load of
/// which half was seen says nothing.
pub fn failover(
    a_watts: Option<f64>,
    b_watts: Option<f64>,
    breaker_watts: Option<f64>,
) -> Option<Failover> {
    let breaker = breaker_watts.filter(|watts| *watts > 0.0)?;
    let total_watts = a_watts? + b_watts?;
    let percent_of_breaker = total_watts / breaker * 100.0;
    Some(Failover {
        total_watts,
        percent_of_breaker,
        hidden_overload: percent_of_breaker > f64::from(BREAKER_PERCENT_MAX),
    })
}

/// Whether a group of UPS modules that share a load still carries it without its largest module.
/// `None` when a load is not known.
pub fn carries_without_one(loads_watts: &[Option<f64>], ratings_watts: &[f64]) -> Option<bool> {
    let total: f64 = loads_watts.iter().copied().sum::<Option<f64>>()?;
    let largest = ratings_watts.iter().copied().fold(0.0, f64::max);
    let left = ratings_watts.iter().sum::<f64>() - largest;
    Some(total <= left)
}

/// Where the air at an inlet is, by ASHRAE TC 9.9 (5th edition, 2021), class A1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AirRange {
    /// 18–27 °C, dew point −9 to 15 °C, at most 70 % relative humidity.
    Recommended,
    /// 15–32 °C, dew point −12 to 17 °C, 8–80 % relative humidity.
    Allowable,
    /// Outside of both.
    Outside,
}

/// The range of a temperature in °C and a relative humidity of 0 to 1, where one was read.
pub fn air_range(celsius: f64, humidity: Option<f64>) -> AirRange {
    let within = |(low, high): (f64, f64), value: f64| (low..=high).contains(&value);
    let fits = |degrees, dew, relative| {
        within(degrees, celsius)
            && humidity.is_none_or(|h| within(relative, h) && within(dew, dew_point(celsius, h)))
    };
    if fits((18.0, 27.0), (-9.0, 15.0), (0.0, 0.70)) {
        AirRange::Recommended
    } else if fits((15.0, 32.0), (-12.0, 17.0), (0.08, 0.80)) {
        AirRange::Allowable
    } else {
        AirRange::Outside
    }
}

/// The dew point in °C by the formula of Magnus, with the constants of Sonntag (1990).
pub fn dew_point(celsius: f64, humidity: f64) -> f64 {
    const B: f64 = 17.62;
    const C: f64 = 243.12;
    let gamma = humidity.clamp(1e-4, 1.0).ln() + B * celsius / (C + celsius);
    C * gamma / (B - gamma)
}

/// How long the air was in each range, in milliseconds; together the whole window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AirShares {
    /// Recommended.
    pub recommended_ms: i64,
    /// Allowable and not recommended.
    pub allowable_ms: i64,
    /// Outside.
    pub outside_ms: i64,
    /// Nobody knows.
    pub unknown_ms: i64,
}

/// Measures a window from readings in order of time. A reading holds until the next one, but at
/// most `holds_ms`: after that nothing is known.
pub fn air_shares(
    readings: &[(Timestamp, AirRange)],
    window: Interval,
    holds_ms: i64,
) -> AirShares {
    let mut shares = AirShares::default();
    let mut known = 0;
    for (index, (at, range)) in readings.iter().enumerate() {
        let next = readings.get(index + 1).map_or(window.to, |(next, _)| *next);
        let from = (*at).max(window.from);
        let to = at.plus_millis(holds_ms).min(next).min(window.to);
        let lasts = to.millis_since(from).max(0);
        known += lasts;
        match range {
            AirRange::Recommended => shares.recommended_ms += lasts,
            AirRange::Allowable => shares.allowable_ms += lasts,
            AirRange::Outside => shares.outside_ms += lasts,
        }
    }
    shares.unknown_ms = (window.millis() - known).max(0);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_feeds_at_fifty_five_percent_are_a_hidden_overload() {
        let half = Some(5_500.0);
        let found = failover(half, half, Some(10_000.0)).unwrap();
        assert!(found.hidden_overload && (found.percent_of_breaker - 110.0).abs() < 1e-9);
        let fine = failover(Some(3_000.0), Some(4_000.0), Some(10_000.0)).unwrap();
        assert!(!fine.hidden_overload);
        assert_eq!(failover(half, None, Some(10_000.0)), None);
        assert_eq!(failover(half, half, None), None);
    }

    #[test]
    fn n_plus_one_is_lost_when_the_load_exceeds_what_the_others_carry() {
        let loads = |a: f64, b: f64| [Some(a), Some(b)];
        let ratings = [10_000.0, 10_000.0];
        assert_eq!(
            carries_without_one(&loads(4_000.0, 5_000.0), &ratings),
            Some(true)
        );
        assert_eq!(
            carries_without_one(&loads(6_000.0, 5_000.0), &ratings),
            Some(false)
        );
        assert_eq!(carries_without_one(&[Some(1.0), None], &ratings), None);
    }

    #[test]
    fn the_ranges_are_those_of_the_reference_card() {
        let check = |celsius, humidity, expect| {
            assert_eq!(
                air_range(celsius, humidity),
                expect,
                "{celsius} {humidity:?}"
            );
        };
        check(22.0, Some(0.50), AirRange::Recommended);
        check(27.0, None, AirRange::Recommended);
        check(27.1, None, AirRange::Allowable);
        check(32.5, None, AirRange::Outside);
        check(17.9, Some(0.50), AirRange::Allowable);
        check(14.9, None, AirRange::Outside);
        // 26 °C at 60 % has a dew point of 17.6 °C.
        check(26.0, Some(0.60), AirRange::Outside);
        check(20.0, Some(0.72), AirRange::Allowable);
        assert!((dew_point(26.0, 0.60) - 17.6).abs() < 0.1);
        assert!((dew_point(20.0, 1.0) - 20.0).abs() < 1e-6);
    }

    #[test]
    fn time_without_a_reading_is_unknown() {
        let at = Timestamp::from_millis;
        let window = Interval::new(at(0), at(10_000)).unwrap();
        let readings = [
            (at(-500), AirRange::Recommended),
            (at(1_000), AirRange::Recommended),
            (at(2_000), AirRange::Outside),
            (at(9_000), AirRange::Allowable),
        ];
        let expect = AirShares {
            recommended_ms: 2_000,
            allowable_ms: 1_000,
            outside_ms: 1_500,
            unknown_ms: 5_500,
        };
        assert_eq!(air_shares(&readings, window, 1_500), expect);
    }

    proptest! {
        #[test]
        fn shares_fill_the_window(mut times in proptest::collection::vec(-50_i64..150, 0..40), holds in 1_i64..60) {
            times.sort_unstable();
            times.dedup();
            let readings: Vec<(Timestamp, AirRange)> = times.iter()
                .map(|t| (Timestamp::from_millis(*t), if t % 2 == 0 { AirRange::Recommended } else { AirRange::Outside }))
                .collect();
            let window = Interval::new(Timestamp::from_millis(0), Timestamp::from_millis(100)).unwrap();
            let shares = air_shares(&readings, window, holds);
            let sum = shares.recommended_ms + shares.allowable_ms + shares.outside_ms + shares.unknown_ms;
            prop_assert_eq!(sum, 100);
        }
    }
}
