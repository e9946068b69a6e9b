//! When a sync must not go on by itself: what would change is too much to be an ordinary day.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use std::fmt;

/// More of the known devices gone at once, in percent, stops the sync.
pub const VANISH_PERCENT_MAX: u8 = 20;
/// More of the matched devices with another serial number at once, in percent, stops the sync.
pub const SERIAL_PERCENT_MAX: u8 = 10;

/// The limits, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StopRules {
    /// See [`VANISH_PERCENT_MAX`].
    pub vanish_percent_max: u8,
    /// See [`SERIAL_PERCENT_MAX`].
    pub serial_percent_max: u8,
}

impl Default for StopRules {
    fn default() -> Self {
        Self {
            vanish_percent_max: VANISH_PERCENT_MAX,
            serial_percent_max: SERIAL_PERCENT_MAX,
        }
    }
}

/// Why a sync stopped before it changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum StopReason {
    /// Too many known devices are not in NetBox' answer.
    Vanishing {
        /// How many.
        gone: usize,
        /// Of how many that were known.
        known: usize,
        /// The limit.
        percent_max: u8,
    },
    /// Too many known devices have another serial number.
    SerialsChanging {
        /// How many.
        changed: usize,
        /// Of how many that were matched.
        matched: usize,
        /// The limit.
        percent_max: u8,
    },
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vanishing {
                gone,
                known,
                percent_max,
            } => write!(
                f,
                "{gone} of {known} known devices are not in NetBox any more; \
                 more than {percent_max} % at once stops the sync"
            ),
            Self::SerialsChanging {
                changed,
                matched,
                percent_max,
            } => write!(
                f,
                "{changed} of {matched} matched devices have another serial number; \
                 more than {percent_max} % at once stops the sync"
            ),
        }
    }
}

impl StopRules {
    /// Judges `gone` of `known` and `changed` of `matched`.
    pub fn judge(
        self,
        (gone, known): (usize, usize),
        (changed, matched): (usize, usize),
    ) -> Option<StopReason> {
        let more = |part: usize, whole: usize, percent: u8| {
            part.saturating_mul(100) > whole.saturating_mul(percent.into())
        };
        if more(gone, known, self.vanish_percent_max) {
            return Some(StopReason::Vanishing {
                gone,
                known,
                percent_max: self.vanish_percent_max,
            });
        }
        more(changed, matched, self.serial_percent_max).then_some(StopReason::SerialsChanging {
            changed,
            matched,
            percent_max: self.serial_percent_max,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_exclusive_and_nothing_known_never_stops() {
        let rules = StopRules::default();
        assert_eq!(rules.judge((20, 100), (10, 100)), None);
        assert!(matches!(
            rules.judge((21, 100), (0, 100)),
            Some(StopReason::Vanishing { gone: 21, .. })
        ));
        assert!(matches!(
            rules.judge((0, 100), (11, 100)),
            Some(StopReason::SerialsChanging { changed: 11, .. })
        ));
        assert_eq!(rules.judge((0, 0), (0, 0)), None);
    }

    #[test]
    fn the_reason_has_its_figures() {
        let reason = StopRules::default().judge((3, 10), (0, 7)).unwrap();
        assert_eq!(
            reason.to_string(),
            "3 of 10 known devices are not in NetBox any more; \
             more than 20 % at once stops the sync"
        );
    }
}
