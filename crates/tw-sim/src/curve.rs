//! How busy something is over a week in Vietnam, and the integral of it.
//!
//! A counter at an instant is the integral of its rate since the counter was zero. The integral
//! is worked out directly (no summing from the beginning), so that a history generated for two
//! days and the live agent that answers now agree to the octet.
//!
//! The noise is a hierarchy of shares: a week's total is fixed, its days divide it, the hours
//! divide the day, five-minute slots the hour, minutes the slot. Each level is uneven by a
//! seeded amount and sums to its parent, so any prefix costs at most 7 + 24 + 12 + 5 numbers.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`.
//! **Must not:** read a clock.

use crate::hash::Seed;
use tw_units::Timestamp;

/// Vietnam is at UTC+7 all year; there is no daylight saving time.
const LOCAL_OFFSET_SECONDS: i64 = 7 * 3_600;
/// Monday 2020-01-06, 00:00 in Vietnam: before it, nothing has been counted.
const ORIGIN_SECONDS: i64 = 1_578_243_600;
const WEEK_SECONDS: f64 = 604_800.0;
/// Traffic grows by this share of its 2020 value each week (about 10 % a year).
const GROWTH_A_WEEK: f64 = 0.002;
/// The week in which the growth factor is 1: late 2026.
const GROWTH_UNITY_WEEK: f64 = 360.0;

/// Which kind of day something has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// People in offices: 07:30 to 17:00 with a lunch rest, little at night, half a Saturday.
    Office,
    /// Public-service systems: offices by day, citizens in the evening and at the week's end.
    Public,
    /// Copies of the day's data from 22:00 to 04:00, a little by day.
    Backup,
    /// Machines that hardly know the hour: routing, monitoring, storage.
    Steady,
}

impl Shape {
    /// Relative load of the 24 local hours on a day of the week, Monday = 0.
    const fn hours(self, day: usize) -> &'static [f64; 24] {
        match (self, day) {
            (Self::Office, 0..=4) => &OFFICE_DAY,
            (Self::Office, 5) => &OFFICE_SATURDAY,
            (Self::Office, _) => &OFFICE_SUNDAY,
            (Self::Public, 0..=4) => &PUBLIC_DAY,
            (Self::Public, _) => &PUBLIC_WEEKEND,
            (Self::Backup, _) => &BACKUP_DAY,
            (Self::Steady, _) => &STEADY_DAY,
        }
    }

    /// Sum of all hours of a week.
    fn week_total(self) -> f64 {
        (0..7).map(|day| self.hours(day).iter().sum::<f64>()).sum()
    }
}

#[rustfmt::skip]
const OFFICE_DAY: [f64; 24] = [
    0.06, 0.05, 0.05, 0.05, 0.05, 0.06, 0.12, 0.45, 0.95, 1.00, 0.98, 0.70,
    0.35, 0.80, 0.98, 0.96, 0.80, 0.40, 0.20, 0.15, 0.14, 0.12, 0.10, 0.08,
];
#[rustfmt::skip]
const OFFICE_SATURDAY: [f64; 24] = [
    0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.07, 0.15, 0.35, 0.40, 0.36, 0.20,
    0.10, 0.10, 0.10, 0.10, 0.09, 0.08, 0.08, 0.08, 0.07, 0.07, 0.06, 0.06,
];
const OFFICE_SUNDAY: [f64; 24] = [0.06; 24];
#[rustfmt::skip]
const PUBLIC_DAY: [f64; 24] = [
    0.15, 0.10, 0.08, 0.07, 0.08, 0.12, 0.25, 0.55, 0.95, 1.00, 0.97, 0.75,
    0.55, 0.80, 0.95, 0.92, 0.82, 0.60, 0.50, 0.58, 0.62, 0.55, 0.40, 0.25,
];
#[rustfmt::skip]
const PUBLIC_WEEKEND: [f64; 24] = [
    0.14, 0.10, 0.08, 0.07, 0.07, 0.10, 0.15, 0.22, 0.30, 0.36, 0.38, 0.34,
    0.30, 0.30, 0.34, 0.36, 0.36, 0.36, 0.38, 0.44, 0.46, 0.40, 0.30, 0.20,
];
#[rustfmt::skip]
const BACKUP_DAY: [f64; 24] = [
    1.00, 0.95, 0.90, 0.60, 0.20, 0.10, 0.08, 0.10, 0.14, 0.15, 0.15, 0.12,
    0.10, 0.14, 0.15, 0.15, 0.12, 0.10, 0.09, 0.09, 0.10, 0.12, 0.70, 0.95,
];
#[rustfmt::skip]
const STEADY_DAY: [f64; 24] = [
    0.80, 0.78, 0.77, 0.77, 0.78, 0.80, 0.84, 0.92, 1.00, 1.00, 1.00, 0.97,
    0.93, 0.98, 1.00, 1.00, 0.98, 0.94, 0.90, 0.88, 0.87, 0.86, 0.84, 0.82,
];

/// A rate over time: `mean` units a second over a week of late 2026, shaped and made uneven.
#[derive(Clone, Copy, Debug)]
pub struct Curve {
    /// The kind of day.
    pub shape: Shape,
    /// Where the unevenness comes from.
    pub seed: Seed,
    /// Units a second, the mean over a week.
    pub mean: f64,
}

/// Where an instant lies: whole parts passed, and the share of the running part.
struct Place {
    week: u64,
    day: usize,
    hour: usize,
    slot: usize,
    minute: usize,
    within_minute: f64,
}

impl Place {
    /// `None` before the origin.
    fn of(t: Timestamp) -> Option<Self> {
        let millis = t.as_millis() - ORIGIN_SECONDS * 1_000;
        let millis = u64::try_from(millis).ok()?;
        let (minutes, rest) = (millis / 60_000, millis % 60_000);
        let index = |n: u64| usize::try_from(n).unwrap_or(0);
        Some(Self {
            week: minutes / 10_080,
            day: index(minutes / 1_440 % 7),
            hour: index(minutes / 60 % 24),
            slot: index(minutes / 5 % 12),
            minute: index(minutes % 5),
            #[expect(clippy::cast_precision_loss, reason = "less than 60,000")]
            within_minute: rest as f64 / 60_000.0,
        })
    }
}

/// The share of `at` among parts weighted `weight(i) × (1 ± noise)`, and of all parts before it.
struct Share {
    before: f64,
    of: f64,
}

fn share<const N: usize>(
    seed: Seed,
    noise: f64,
    at: usize,
    weight: impl Fn(usize) -> f64,
) -> Share {
    let (mut before, mut of, mut total) = (0.0, 0.0, 0.0);
    for i in 0..N {
        let part = weight(i) * (1.0 + noise * seed.at(i as u64).signed());
        total += part;
        if i < at {
            before += part;
        } else if i == at {
            of = part;
        }
    }
    Share {
        before: before / total,
        of: of / total,
    }
}

impl Curve {
    /// Units counted since the origin (2020-01-06 in Vietnam), rounded down. Never decreases.
    pub fn total(&self, t: Timestamp) -> u64 {
        let Some(place) = Place::of(t) else { return 0 };
        let start = self.before_week(place.week);
        let whole = self.before_week(place.week + 1).saturating_sub(start);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a week's total is far below 2^53"
        )]
        let within = floor(self.week_share(&place).0 * whole as f64);
        start + within.min(whole)
    }

    /// Units counted from `from` to `to`; 0 when `to` is not later.
    pub fn gained(&self, from: Timestamp, to: Timestamp) -> u64 {
        self.total(to).saturating_sub(self.total(from))
    }

    /// Units a second in the running minute; 0 before the origin.
    pub fn rate(&self, t: Timestamp) -> f64 {
        let Some(place) = Place::of(t) else {
            return 0.0;
        };
        let minute = self.week_share(&place).1;
        minute * WEEK_SECONDS * self.mean * growth(place.week) / 60.0
    }

    /// How busy it is now, without growth: 0 = nothing, about 1 = the busiest hour.
    pub fn load(&self, t: Timestamp) -> f64 {
        let Some(place) = Place::of(t) else {
            return 0.0;
        };
        let minute = self.week_share(&place).1;
        minute * 10_080.0 * self.shape.week_total() / 168.0
    }

    /// Closed sum of all weeks before `week`.
    #[expect(clippy::cast_precision_loss, reason = "weeks are few")]
    fn before_week(&self, week: u64) -> u64 {
        let n = week as f64;
        let grown = n + GROWTH_A_WEEK * n * (n - 1.0) / 2.0;
        floor(grown / unity() * WEEK_SECONDS * self.mean)
    }

    /// Share of the week's total passed at `place`, and the share of its running minute.
    fn week_share(&self, place: &Place) -> (f64, f64) {
        let seed = self.seed.at(place.week);
        let hours = self.shape.hours(place.day);
        let day = share::<7>(seed, 0.10, place.day, |i| self.shape.hours(i).iter().sum());
        let seed = seed.at(place.day as u64);
        let hour = share::<24>(seed, 0.12, place.hour, |i| hours[i]);
        let seed = seed.at(place.hour as u64);
        let slot = share::<12>(seed, 0.25, place.slot, |_| 1.0);
        let seed = seed.at(place.slot as u64);
        let minute = share::<5>(seed, 0.20, place.minute, |_| 1.0);
        let within_slot = minute.before + minute.of * place.within_minute;
        let within_hour = slot.before + slot.of * within_slot;
        let within_day = hour.before + hour.of * within_hour;
        let passed = day.before + day.of * within_day;
        (passed, day.of * hour.of * slot.of * minute.of)
    }
}

fn unity() -> f64 {
    1.0 + GROWTH_A_WEEK * GROWTH_UNITY_WEEK
}

#[expect(clippy::cast_precision_loss, reason = "weeks are few")]
fn growth(week: u64) -> f64 {
    (1.0 + GROWTH_A_WEEK * week as f64) / unity()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what is wanted"
)]
fn floor(x: f64) -> u64 {
    x as u64
}

/// The hour of the day in Vietnam, with its fraction: `13.5` is half past one.
#[expect(
    clippy::cast_precision_loss,
    reason = "less than a day in milliseconds"
)]
pub fn local_hour(t: Timestamp) -> f64 {
    let local = t.as_millis() + LOCAL_OFFSET_SECONDS * 1_000;
    local.rem_euclid(86_400_000) as f64 / 3_600_000.0
}

/// A daily wave between −1 (04:00) and +1 (16:00) in Vietnam: what a roof feels of the sun.
pub fn sun(t: Timestamp) -> f64 {
    ((local_hour(t) - 10.0) / 24.0 * std::f64::consts::TAU).sin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn office() -> Curve {
        Curve {
            shape: Shape::Office,
            seed: Seed::new(1).of("if"),
            mean: 1_000_000.0,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_origin_is_a_monday_midnight_in_vietnam() {
        assert_eq!(
            Timestamp::from_seconds(ORIGIN_SECONDS),
            at("2020-01-06T00:00:00+07:00")
        );
    }

    #[test]
    fn offices_are_busy_in_the_morning_and_quiet_at_night_and_on_sunday() {
        let curve = office();
        let busy = curve.load(at("2026-11-18T09:30:00+07:00"));
        let lunch = curve.load(at("2026-11-18T12:30:00+07:00"));
        let night = curve.load(at("2026-11-18T03:00:00+07:00"));
        let sunday = curve.load(at("2026-11-22T09:30:00+07:00"));
        assert!(busy > 0.6 && busy < 1.6, "{busy}");
        assert!(lunch < busy * 0.7, "{lunch} {busy}");
        assert!(night < 0.15 && sunday < 0.15, "{night} {sunday}");
    }

    #[test]
    fn a_week_of_late_2026_has_the_mean_it_was_given() {
        let curve = office();
        let gained = curve.gained(
            at("2026-11-16T00:00:00+07:00"),
            at("2026-11-23T00:00:00+07:00"),
        );
        let mean = gained as f64 / WEEK_SECONDS;
        assert!((mean / curve.mean - 1.0).abs() < 0.01, "{mean}");
    }

    #[test]
    fn the_rate_is_the_slope_of_the_total() {
        let curve = office();
        let t = at("2026-11-18T09:30:10+07:00");
        let gained = curve.gained(t, t.plus_millis(20_000)) as f64 / 20.0;
        assert!((gained / curve.rate(t) - 1.0).abs() < 1e-3);
    }

    proptest! {
        #[test]
        fn a_total_never_decreases(
            start in 0_i64..400_000_000_000, step in 0_i64..700_000_000, mean in 0.0_f64..4e8,
        ) {
            let curve = Curve { mean, ..office() };
            let t = Timestamp::from_millis(ORIGIN_SECONDS * 1_000 + start);
            prop_assert!(curve.total(t) <= curve.total(t.plus_millis(step)));
            prop_assert!(curve.total(t) <= curve.total(t.plus_millis(1)));
        }

        #[test]
        fn a_total_has_no_jump(start in 0_i64..400_000_000_000) {
            let curve = office();
            let t = Timestamp::from_millis(ORIGIN_SECONDS * 1_000 + start);
            let gained = curve.gained(t, t.plus_millis(1_000));
            prop_assert!(gained < 12_000_000, "{} in a second", gained);
        }
    }
}
