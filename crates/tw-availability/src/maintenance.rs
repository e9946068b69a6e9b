//! Maintenance: where a request stands, and what of it the accounting may forgive.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** read a clock, nor call work
//! planned that was approved after it began.
//!
//! ```text
//! requested ─approve─► approved ─begin─► working ─close─► closed
//!     │  └─refuse─► refused    │
//!     └────────cancel──────────┴─► cancelled
//! ```

use crate::planned::MaintenanceWindow;
use serde::{Deserialize, Serialize};
use tw_units::{Interval, Timestamp};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkState {
    /// Somebody asks.
    Requested,
    /// Somebody else agreed.
    Approved,
    /// Somebody else did not.
    Refused,
    /// Under way.
    Working,
    /// Done.
    Closed,
    /// Taken back before it began.
    Cancelled,
}

impl WorkState {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 6] = [
        Self::Requested,
        Self::Approved,
        Self::Refused,
        Self::Working,
        Self::Closed,
        Self::Cancelled,
    ];

    /// The word in tables and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Working => "working",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether its components are spoken for: asked, agreed or at work.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Approved | Self::Working)
    }
}

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkStep {
    /// Agree.
    Approve,
    /// Do not agree.
    Refuse,
    /// Begin the work.
    Begin,
    /// End the work.
    Close,
    /// Take it back.
    Cancel,
}

impl WorkStep {
    /// The word in tables and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Refuse => "refuse",
            Self::Begin => "begin",
            Self::Close => "close",
            Self::Cancel => "cancel",
        }
    }
}

/// A request as far as time and state go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Where it stands.
    pub state: WorkState,
    /// When the work is to be done.
    pub window: Interval,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// When the work began.
    pub began_at: Option<Timestamp>,
    /// When the work ended.
    pub ended_at: Option<Timestamp>,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// The state does not allow it.
    #[error("{} work cannot be taken to {:?}", state.as_str(), step.as_str())]
    State {
        /// Where it stands.
        state: WorkState,
        /// What was tried.
        step: WorkStep,
    },
    /// Work begins inside of its window.
    #[error("the window begins at {from}")]
    TooEarly {
        /// When.
        from: Timestamp,
    },
    /// The window is over.
    #[error("the window ended at {to}")]
    TooLate {
        /// When.
        to: Timestamp,
    },
}

impl Work {
    /// A new request.
    pub const fn requested(window: Interval) -> Self {
        Self {
            state: WorkState::Requested,
            window,
            approved_at: None,
            began_at: None,
            ended_at: None,
        }
    }

    /// Takes a step at an instant.
    pub fn step(self, step: WorkStep, at: Timestamp) -> Result<Self, WorkError> {
        use WorkState as S;
        use WorkStep as W;
        let in_time = at < self.window.to;
        match (self.state, step) {
            (S::Requested, W::Approve) | (S::Approved, W::Begin) if !in_time => {
                Err(WorkError::TooLate { to: self.window.to })
            }
            (S::Approved, W::Begin) if at < self.window.from => Err(WorkError::TooEarly {
                from: self.window.from,
            }),
            (S::Requested, W::Approve) => Ok(Self {
                state: S::Approved,
                approved_at: Some(at),
                ..self
            }),
            (S::Requested, W::Refuse) => Ok(Self {
                state: S::Refused,
                ..self
            }),
            (S::Approved, W::Begin) => Ok(Self {
                state: S::Working,
                began_at: Some(at),
                ..self
            }),
            (S::Working, W::Close) => Ok(Self {
                state: S::Closed,
                ended_at: Some(at),
                ..self
            }),
            (S::Requested | S::Approved, W::Cancel) => Ok(Self {
                state: S::Cancelled,
                ..self
            }),
            (state, step) => Err(WorkError::State { state, step }),
        }
    }

    /// Approved, but after its window had begun: shown, and not planned.
    pub fn is_declared_late(&self) -> bool {
        self.approved_at.is_some_and(|at| at > self.window.from)
    }

    /// How long it has gone on beyond its approved end.
    pub fn overrun(&self, now: Timestamp) -> Option<Interval> {
        self.began_at?;
        Interval::new(self.window.to, self.ended_at.unwrap_or(now))
    }

    /// What the accounting knows of it. An early close ends it: what fails afterwards was not
    /// planned; and an overrun lies outside by itself. Work that nobody approved, or that was
    /// taken back, is nothing.
    pub fn accounted(&self, id: &str) -> Option<MaintenanceWindow> {
        if !matches!(
            self.state,
            WorkState::Approved | WorkState::Working | WorkState::Closed
        ) {
            return None;
        }
        let to = self.ended_at.unwrap_or(self.window.to).min(self.window.to);
        Some(MaintenanceWindow {
            id: id.to_owned(),
            window: Interval::new(self.window.from, to)?,
            approved_at: self.approved_at,
        })
    }

    /// Whether its alerts are expected now: approved, inside of the window, not yet closed.
    pub fn is_expected(&self, now: Timestamp) -> bool {
        matches!(self.state, WorkState::Approved | WorkState::Working) && self.window.contains(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use WorkStep::{Approve, Begin, Cancel, Close, Refuse};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_seconds(minute * 60)
    }

    fn window(from: i64, to: i64) -> Interval {
        Interval::new(at(from), at(to)).unwrap()
    }

    fn walk(steps: &[(WorkStep, i64)]) -> Result<Work, WorkError> {
        let new = Work::requested(window(100, 160));
        steps
            .iter()
            .try_fold(new, |work, (step, minute)| work.step(*step, at(*minute)))
    }

    #[track_caller]
    fn check(steps: &[(WorkStep, i64)], expect: WorkState) {
        assert_eq!(walk(steps).unwrap().state, expect);
    }

    #[track_caller]
    fn check_refused(steps: &[(WorkStep, i64)], expect: &str) {
        assert_eq!(walk(steps).unwrap_err().to_string(), expect);
    }

    #[test]
    fn a_request_lives_from_asking_to_closing() {
        check(&[], WorkState::Requested);
        check(&[(Approve, 10)], WorkState::Approved);
        check(&[(Refuse, 10)], WorkState::Refused);
        check(&[(Cancel, 10)], WorkState::Cancelled);
        check(&[(Approve, 10), (Cancel, 20)], WorkState::Cancelled);
        check(
            &[(Approve, 10), (Begin, 100), (Close, 150)],
            WorkState::Closed,
        );
    }

    #[test]
    fn steps_that_make_no_sense_are_refused() {
        check_refused(
            &[(Begin, 100)],
            "requested work cannot be taken to \"begin\"",
        );
        check_refused(
            &[(Refuse, 1), (Approve, 2)],
            "refused work cannot be taken to \"approve\"",
        );
        check_refused(
            &[(Approve, 1), (Begin, 100), (Cancel, 110)],
            "working work cannot be taken to \"cancel\"",
        );
        check_refused(
            &[(Approve, 10), (Begin, 99)],
            "the window begins at 1970-01-01T01:40:00Z",
        );
        check_refused(
            &[(Approve, 160)],
            "the window ended at 1970-01-01T02:40:00Z",
        );
        check_refused(
            &[(Approve, 10), (Begin, 160)],
            "the window ended at 1970-01-01T02:40:00Z",
        );
    }

    #[test]
    fn approval_before_the_start_decides_planned() {
        let planned = |minute| {
            let work = walk(&[(Approve, minute)]).unwrap();
            (
                work.accounted("w").unwrap().is_planned(),
                work.is_declared_late(),
            )
        };
        assert_eq!(planned(99), (true, false));
        assert_eq!(planned(100), (true, false));
        assert_eq!(planned(101), (false, true));
        assert_eq!(walk(&[]).unwrap().accounted("w"), None);
        assert_eq!(
            walk(&[(Approve, 1), (Cancel, 2)]).unwrap().accounted("w"),
            None
        );
    }

    #[test]
    fn an_overrun_is_outside_of_the_approved_window_and_an_early_close_shortens_it() {
        let begun = walk(&[(Approve, 10), (Begin, 105)]).unwrap();
        assert_eq!(begun.overrun(at(159)), None);
        assert_eq!(begun.overrun(at(170)), Some(window(160, 170)));
        let late = begun.step(Close, at(175)).unwrap();
        assert_eq!(late.overrun(at(999)), Some(window(160, 175)));
        assert_eq!(late.accounted("w").unwrap().window, window(100, 160));
        let early = begun.step(Close, at(140)).unwrap();
        assert_eq!(early.accounted("w").unwrap().window, window(100, 140));
        assert_eq!(early.overrun(at(999)), None);
    }

    #[test]
    fn alerts_are_expected_only_while_an_approved_window_is_open() {
        assert!(!walk(&[]).unwrap().is_expected(at(120)));
        let approved = walk(&[(Approve, 10)]).unwrap();
        assert!(!approved.is_expected(at(99)));
        assert!(approved.is_expected(at(100)));
        assert!(!approved.is_expected(at(160)));
        let closed = walk(&[(Approve, 10), (Begin, 105), (Close, 110)]).unwrap();
        assert!(!closed.is_expected(at(120)));
    }

    #[test]
    fn every_state_has_its_word() {
        for state in WorkState::ALL {
            assert_eq!(WorkState::parse(state.as_str()), Some(state));
        }
        assert_eq!(WorkState::parse("done"), None);
    }
}
