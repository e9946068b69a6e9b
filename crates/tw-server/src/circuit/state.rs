//! A circuit's state from what both ends' interfaces and probes say.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`. **Must not:** take silence for a working line.

use tw_api::State;

/// What is known of a circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// The interfaces at the A and the Z end.
    pub(crate) interfaces: [State; 2],
    /// The probes sent from the A and the Z end.
    pub(crate) probes: [State; 2],
}

/// One end's interface down is a circuit down. Probes that come back prove the whole way, both
/// directions; probes that do not, while the interfaces are up, prove a circuit that carries
/// nothing. Of two probes that disagree, or that see loss, the circuit is degraded. Without
/// probes both interfaces must be seen up.
pub(crate) fn state(evidence: Evidence) -> State {
    let any = |states: [State; 2], wanted: State| states.contains(&wanted);
    let Evidence { interfaces, probes } = evidence;
    if any(interfaces, State::Down) {
        return State::Down;
    }
    let works = any(probes, State::Up) || any(probes, State::Degraded);
    match (works, any(probes, State::Down)) {
        (false, true) => State::Down,
        (true, true) => State::Degraded,
        (true, false) if any(probes, State::Degraded) || any(interfaces, State::Degraded) => {
            State::Degraded
        }
        (true, false) => State::Up,
        (false, false) if interfaces == [State::Up; 2] => State::Up,
        (false, false) => State::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: State) {
        let states: Vec<State> = text
            .chars()
            .map(|c| match c {
                'u' => State::Up,
                'd' => State::Down,
                'l' => State::Degraded,
                _ => State::Unknown,
            })
            .collect();
        let evidence = Evidence {
            interfaces: [states[0], states[1]],
            probes: [states[2], states[3]],
        };
        assert_eq!(
            state(evidence),
            expect,
            "interfaces a z, probes a z: {text}"
        );
    }

    #[test]
    fn a_circuit_is_only_up_when_something_proves_it() {
        check("....", State::Unknown);
        check("u...", State::Unknown);
        check("uu..", State::Up);
        check("u.u.", State::Up);
        check("...u", State::Up);
    }

    #[test]
    fn one_end_down_is_down_and_doubt_is_degraded() {
        check("du..", State::Down);
        check("duuu", State::Down);
        check("uudd", State::Down);
        check("..d.", State::Down);
        check("uuud", State::Degraded);
        check("uulu", State::Degraded);
    }
}
