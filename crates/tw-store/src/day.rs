//! UTC days and the key of a round.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** read a clock.

use tw_units::Timestamp;

/// Milliseconds of a UTC day; POSIX days have no leap seconds.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Bits of a round's key that hold the target.
pub(crate) const SOURCE_BITS: u32 = 21;

/// The most targets that a store can have.
pub const TARGETS_MAX: u32 = (1 << SOURCE_BITS) - 1;

/// The last instant that fits into a round's key, in the year 2109.
pub(crate) const INSTANT_MAX: i64 = (1 << (63 - SOURCE_BITS)) - 1;

/// A UTC day, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    /// The day of an instant.
    pub fn of(at: Timestamp) -> Self {
        Self(at.as_millis().div_euclid(DAY_MS))
    }

    /// Its first instant.
    pub fn start(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_mul(DAY_MS))
    }

    /// The first instant of the next day.
    pub fn end(self) -> Timestamp {
        self.start().plus_millis(DAY_MS)
    }

    /// The name of the table with the day's rounds: `round_20261122`.
    pub(crate) fn table(self) -> String {
        let text = self.start().to_string();
        let date: String = text.chars().take(10).filter(|c| *c != '-').collect();
        format!("round_{date}")
    }

    /// The day of a table, or `None` when the name is none of ours.
    pub(crate) fn of_table(name: &str) -> Option<Self> {
        let digits = name.strip_prefix("round_")?;
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (year, rest) = digits.split_at(4);
        let (month, day) = rest.split_at(2);
        format!("{year}-{month}-{day}T00:00:00Z")
            .parse()
            .ok()
            .map(Self::of)
    }
}

/// The key of a round: in the order of time, unique for a target at an instant.
pub(crate) fn round_id(at: Timestamp, source: u32) -> i64 {
    (at.as_millis() << SOURCE_BITS) | i64::from(source)
}

/// The instant and the target of a round's key.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "21 bits are left"
)]
pub(crate) fn of_round_id(id: i64) -> (Timestamp, u32) {
    let source = (id & i64::from(TARGETS_MAX)) as u32;
    (Timestamp::from_millis(id >> SOURCE_BITS), source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_table_is_named_after_its_day() {
        let day = Day::of("2026-11-22T23:59:59.999Z".parse().unwrap());
        assert_eq!(day.table(), "round_20261122");
        assert_eq!(Day::of_table("round_20261122"), Some(day));
        for other in [
            "round_late",
            "round_2026112",
            "round_20261332",
            "rounds_20261122",
        ] {
            assert_eq!(Day::of_table(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_key_gives_instant_and_target_back(at in 0..=INSTANT_MAX, source in 1..=TARGETS_MAX) {
            let at = Timestamp::from_millis(at);
            prop_assert_eq!(of_round_id(round_id(at, source)), (at, source));
        }

        #[test]
        fn keys_grow_with_time(
            a in 0..INSTANT_MAX, s in 1..=TARGETS_MAX, t in 1..=TARGETS_MAX
        ) {
            let (earlier, later) = (Timestamp::from_millis(a), Timestamp::from_millis(a + 1));
            prop_assert!(round_id(earlier, s) < round_id(later, t));
        }
    }
}
