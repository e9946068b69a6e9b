//! What can be known of a subject at an instant.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** turn doubt into a fact.

use serde::{Deserialize, Serialize};

/// The three values of a state. They are ordered: `Down < Unknown < Up`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Known to be down.
    Down,
    /// No evidence: never up, never down.
    Unknown,
    /// Known to be up.
    Up,
}

/// A state with the doubt at its edges: between an up poll and a down poll the truth is
/// anywhere, and the point figure splits the edge in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Known to be down.
    Down,
    /// On an edge, the half nearer to the down poll.
    EdgeDown,
    /// No evidence.
    Unknown,
    /// On an edge, the half nearer to the up poll.
    EdgeUp,
    /// Known to be up.
    Up,
}

impl Mark {
    /// The state when every edge is taken as up: gives the lower bound of downtime.
    pub const fn with_edges_up(self) -> State {
        match self {
            Self::Down => State::Down,
            Self::Unknown => State::Unknown,
            Self::EdgeDown | Self::EdgeUp | Self::Up => State::Up,
        }
    }

    /// The state when every edge is split in the middle: gives the point figure.
    pub const fn at_the_middle(self) -> State {
        match self {
            Self::Down | Self::EdgeDown => State::Down,
            Self::Unknown => State::Unknown,
            Self::EdgeUp | Self::Up => State::Up,
        }
    }

    /// The state when every edge is taken as down: gives the upper bound of downtime.
    pub const fn with_edges_down(self) -> State {
        match self {
            Self::Up => State::Up,
            Self::Unknown => State::Unknown,
            Self::Down | Self::EdgeDown | Self::EdgeUp => State::Down,
        }
    }

    /// The mark whose three readings are `up`, `middle` and `down` (edges taken as up, in the
    /// middle, as down). Doubt of both kinds at once is unknown: the worst case is the same.
    pub const fn from_readings(up: State, middle: State, down: State) -> Self {
        match (up, middle, down) {
            (_, _, State::Up) => Self::Up,
            (State::Down, _, _) => Self::Down,
            (State::Up, State::Up, State::Down) => Self::EdgeUp,
            (State::Up, State::Down, State::Down) => Self::EdgeDown,
            _ => Self::Unknown,
        }
    }
}

impl From<State> for Mark {
    fn from(state: State) -> Self {
        match state {
            State::Down => Self::Down,
            State::Unknown => Self::Unknown,
            State::Up => Self::Up,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_what_its_three_readings_say() {
        for mark in [
            Mark::Down,
            Mark::EdgeDown,
            Mark::Unknown,
            Mark::EdgeUp,
            Mark::Up,
        ] {
            let back = Mark::from_readings(
                mark.with_edges_up(),
                mark.at_the_middle(),
                mark.with_edges_down(),
            );
            assert_eq!(back, mark);
        }
    }

    #[test]
    fn mixed_doubt_is_unknown() {
        let mixed = Mark::from_readings(State::Up, State::Unknown, State::Down);
        assert_eq!(mixed, Mark::Unknown);
        let mixed = Mark::from_readings(State::Up, State::Up, State::Unknown);
        assert_eq!(mixed, Mark::Unknown);
    }
}
