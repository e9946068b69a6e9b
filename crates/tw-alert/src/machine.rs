//! The state machine of one alert.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** know other subjects; whether a
//! cause elsewhere explains a bad reading is said to it by [`Gate`].

use crate::rules::Rules;
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;

/// What one reading says about a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Good,
    /// No evidence: it neither raises nor clears.
    Unknown,
    /// Not as it should be.
    Bad,
}

/// Whether a confirmed alert may fire now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Nothing else explains it.
    Open,
    /// A possible cause has not been heard of since.
    Held,
    /// A cause is known: this is a consequence.
    Caused,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    #[default]
    Quiet,
    /// Bad since `since`, seen `bad` times in a row, not yet told.
    Pending { since: Timestamp, bad: u32 },
    /// Told. `damped` while it flaps: then it clears only after a stable stretch.
    Firing {
        since: Timestamp,
        damped: bool,
        good_since: Option<Timestamp>,
    },
}

/// One alert. Plain data, kept across restarts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) phase: Phase,
    /// The instant of the newest reading that counted.
    pub(crate) last_at: Option<Timestamp>,
    /// What that reading said.
    pub(crate) last: Option<Health>,
    /// The instant of the last reading that came too late: shells hand in the newest reading of a
    /// silent subject again and again.
    #[serde(default)]
    pub(crate) late_at: Option<Timestamp>,
    /// When it fired lately; at most [`RAISES_KEPT_MAX`].
    pub(crate) raises: Vec<Timestamp>,
}

/// How many past alerts are remembered for damping.
const RAISES_KEPT_MAX: usize = 16;

/// What a step asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Look again now.
    Recheck,
    /// Tell it. `flapping`: it comes and goes, further changes are not told until it is stable.
    Raise { since: Timestamp, flapping: bool },
    /// Tell that it is over.
    Clear { since: Timestamp, flapping: bool },
}

impl Machine {
    /// Takes one reading in; it is newer than the last one.
    pub(crate) fn read(&mut self, at: Timestamp, health: Health, rules: &Rules) -> Option<Turn> {
        self.last_at = Some(at);
        self.last = Some(health);
        match (self.phase, health) {
            (_, Health::Unknown) | (Phase::Quiet, Health::Good) => None,
            (Phase::Quiet, Health::Bad) => {
                self.phase = Phase::Pending { since: at, bad: 1 };
                (rules.confirm_readings > 1).then_some(Turn::Recheck)
            }
            (Phase::Pending { since, bad }, Health::Bad) => {
                let bad = bad.saturating_add(1);
                self.phase = Phase::Pending { since, bad };
                None
            }
            (Phase::Pending { .. }, Health::Good) => {
                self.phase = Phase::Quiet;
                None
            }
            (Phase::Firing { since, damped, .. }, Health::Bad) => {
                self.phase = Phase::Firing {
                    since,
                    damped,
                    good_since: None,
                };
                None
            }
            (
                Phase::Firing {
                    since,
                    damped,
                    good_since,
                },
                Health::Good,
            ) => self.good(since, damped, good_since.unwrap_or(at), rules),
        }
    }

    fn good(
        &mut self,
        since: Timestamp,
        damped: bool,
        good_since: Timestamp,
        rules: &Rules,
    ) -> Option<Turn> {
        let now = self.last_at.unwrap_or(good_since);
        let stable_ms = i64::from(rules.stable_seconds) * 1_000;
        if damped && now.millis_since(good_since) < stable_ms {
            self.phase = Phase::Firing {
                since,
                damped,
                good_since: Some(good_since),
            };
            return None;
        }
        self.phase = Phase::Quiet;
        Some(Turn::Clear {
            since,
            flapping: damped,
        })
    }

    /// Fires what is confirmed, if the gate is open; forgets it, if its cause is known: what is
    /// still bad when the cause is gone has to be confirmed again.
    pub(crate) fn settle(&mut self, gate: Gate, now: Timestamp, rules: &Rules) -> Option<Turn> {
        let Phase::Pending { since, bad } = self.phase else {
            return None;
        };
        match gate {
            Gate::Caused => {
                self.phase = Phase::Quiet;
                None
            }
            Gate::Open if bad >= rules.confirm_readings => Some(self.raise(since, now, rules)),
            Gate::Open | Gate::Held => None,
        }
    }

    fn raise(&mut self, since: Timestamp, now: Timestamp, rules: &Rules) -> Turn {
        let window_ms = i64::from(rules.flap_window_seconds) * 1_000;
        self.raises.retain(|at| now.millis_since(*at) <= window_ms);
        self.raises.push(now);
        if self.raises.len() > RAISES_KEPT_MAX {
            self.raises.remove(0);
        }
        let flapping =
            self.raises.len() >= usize::try_from(rules.flap_raises).unwrap_or(usize::MAX);
        self.phase = Phase::Firing {
            since,
            damped: flapping,
            good_since: None,
        };
        Turn::Raise { since, flapping }
    }

    pub(crate) fn pending_since(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Pending { since, .. } => Some(since),
            Phase::Quiet | Phase::Firing { .. } => None,
        }
    }

    /// Bad, and not yet often enough.
    pub(crate) fn is_unconfirmed(&self, rules: &Rules) -> bool {
        matches!(self.phase, Phase::Pending { bad, .. } if bad < rules.confirm_readings)
    }

    pub(crate) fn firing_since(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Firing { since, .. } => Some(since),
            Phase::Quiet | Phase::Pending { .. } => None,
        }
    }
}
