//! How figures are written: percentages floored, seconds exact (rule 18).
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** round in the operator's
//! favour.

use serde::{Serialize, Serializer};
use std::fmt;

/// The decimals of a percentage.
const DECIMALS: u32 = 6;
const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// `part / whole` in percent with six decimals, floored; `None` when `whole` is not positive.
pub fn percent_floor(part: i64, whole: i64) -> Option<String> {
    if whole <= 0 {
        return None;
    }
    let scale = 10_i128.pow(DECIMALS);
    let floored = (i128::from(part) * 100 * scale).div_euclid(i128::from(whole));
    let (sign, size) = if floored < 0 {
        ("-", -floored)
    } else {
        ("", floored)
    };
    Some(format!(
        "{sign}{}.{:0width$}",
        size / scale,
        size % scale,
        width = DECIMALS as usize
    ))
}

/// An exact number of seconds, to the nanosecond. In JSON it is a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds {
    nanos: i128,
}

impl Seconds {
    /// From milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self {
            nanos: millis as i128 * 1_000_000,
        }
    }

    /// From nanoseconds: a budget of `T` milliseconds at `ppm` is `T · ppm` of them, exactly.
    pub const fn from_nanos(nanos: i128) -> Self {
        Self { nanos }
    }

    /// As a floating number, for probabilities.
    pub fn as_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// This minus `other`; may be negative.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self {
            nanos: self.nanos - other.nanos,
        }
    }

    /// Nanoseconds.
    pub const fn as_nanos(self) -> i128 {
        self.nanos
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.nanos < 0 { "-" } else { "" };
        let size = self.nanos.unsigned_abs();
        let (whole, part) = (
            size / NANOS_PER_SECOND.unsigned_abs(),
            size % NANOS_PER_SECOND.unsigned_abs(),
        );
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:09}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(self.nanos / NANOS_PER_SECOND) {
            Ok(whole) if self.nanos % NANOS_PER_SECOND == 0 => to.serialize_i64(whole),
            _ => to.serialize_f64(self.as_f64()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(part: i64, whole: i64, expect: Option<&str>) {
        assert_eq!(percent_floor(part, whole).as_deref(), expect);
    }

    #[test]
    fn a_percentage_is_floored_never_rounded_up() {
        check(1, 1, Some("100.000000"));
        check(999_999_999, 1_000_000_000, Some("99.999999"));
        check(2, 3, Some("66.666666"));
        check(-1, 3, Some("-33.333334"));
        check(1, 0, None);
    }

    #[test]
    fn seconds_are_exact() {
        assert_eq!(Seconds::from_millis(1_500).to_string(), "1.5");
        let budget = Seconds::from_nanos(2_592_000_000 * 180);
        assert_eq!(serde_json::to_string(&budget).unwrap(), "466.56");
        let whole = Seconds::from_millis(-3_000);
        assert_eq!(serde_json::to_string(&whole).unwrap(), "-3");
    }
}
