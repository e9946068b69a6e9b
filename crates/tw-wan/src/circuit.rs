//! The state of a circuit from both ends: interfaces, probes and the devices they sit in.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** take silence for a
//! working line, nor blame a circuit for a dead router.

use crate::loss::loss_lower_bound;
use serde::Serialize;
use tw_model::CircuitContract;
use tw_units::Ppm;

/// The states of a circuit, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CircuitState {
    /// It carries what it should.
    Up,
    /// It carries, worse than its contract.
    Degraded,
    /// Nobody knows.
    Unknown,
    /// It carries nothing.
    Down,
}

/// Which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The A end.
    A,
    /// The Z end.
    Z,
}

/// An interface's codes (IF-MIB, RFC 2863), as they were polled lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InterfaceEvidence {
    /// `ifAdminStatus`: up 1, down 2, testing 3.
    pub admin: Option<i64>,
    /// `ifOperStatus`: up 1, down 2, testing 3, unknown 4, dormant 5, notPresent 6,
    /// lowerLayerDown 7.
    pub oper: Option<i64>,
}

/// What the probes of one end say lately; what is stale is left out by who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CircuitEvidence {
    /// Probes sent.
    pub sent: u64,
    /// Probes that did not come back.
    pub lost: u64,
    /// The mean round trip of those that did.
    pub rtt_mean_seconds: Option<f64>,
}

/// All that is known at one end. What is not known is `None`, and counts for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CircuitEndEvidence {
    /// The interface the circuit is plugged into.
    pub interface: InterfaceEvidence,
    /// Probes from this end to the other.
    pub probes: Option<CircuitEvidence>,
    /// Whether the device at this end answers.
    pub device_up: Option<bool>,
}

/// One piece of evidence and the state that it speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CircuitFinding {
    /// The interface has been shut by its administrator: down.
    InterfaceShut,
    /// The interface has no link: down.
    InterfaceDown,
    /// The interface has link: up, as far as this end can see.
    InterfaceUp,
    /// Every probe was lost: down, unless a device explains it.
    ProbesAllLost,
    /// Probes come back: something carries them.
    ProbesAnswered,
    /// More is lost than the contract allows, beyond chance.
    LossOverContract,
    /// The round trip is longer than the contract allows.
    RttOverContract,
    /// The device at this end does not answer: it may be the cause.
    DeviceDown,
    /// Nothing is known at this end.
    NoEvidence,
}

/// The state with what it stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CircuitVerdict {
    /// The state.
    pub state: CircuitState,
    /// The evidence of each end, for and against.
    pub evidence: Vec<(End, CircuitFinding)>,
}

/// So many probes at least before "all lost" means anything.
const PROBES_MIN: u64 = 3;
/// Loss that counts as degraded where no contract says.
const LOSS_PPM_DEFAULT: Ppm = Ppm(10_000);

/// Decides the state of a circuit.
///
/// A dead interface at either end decides at once: probes that still come back go another way.
/// Probes that come back from either end prove that it carries. When all are lost, it is down,
/// unless the far device is known to be down: then nobody can tell. Two interfaces with link and
/// no probes count as up; one alone proves nothing, a provider's converter holds its link.
pub fn circuit_state(
    a: &CircuitEndEvidence,
    z: &CircuitEndEvidence,
    contract: Option<&CircuitContract>,
) -> CircuitVerdict {
    let evidence: Vec<(End, CircuitFinding)> = [(End::A, a), (End::Z, z)]
        .into_iter()
        .flat_map(|(end, known)| {
            let found = findings(known, contract);
            found.into_iter().map(move |finding| (end, finding))
        })
        .collect();
    let at = |end: End, finding| evidence.contains(&(end, finding));
    let any = |finding| at(End::A, finding) || at(End::Z, finding);
    let both = |finding| at(End::A, finding) && at(End::Z, finding);
    // What was lost on the way to a device that is down says nothing about the way.
    let lost_to_a_live_device = (at(End::A, CircuitFinding::ProbesAllLost)
        && !at(End::Z, CircuitFinding::DeviceDown))
        || (at(End::Z, CircuitFinding::ProbesAllLost) && !at(End::A, CircuitFinding::DeviceDown));
    let state = if any(CircuitFinding::InterfaceShut) || any(CircuitFinding::InterfaceDown) {
        CircuitState::Down
    } else if any(CircuitFinding::ProbesAnswered) {
        // One direction dead and the other alive is a fault, not an outage.
        let worse = any(CircuitFinding::LossOverContract)
            || any(CircuitFinding::RttOverContract)
            || any(CircuitFinding::ProbesAllLost);
        if worse {
            CircuitState::Degraded
        } else {
            CircuitState::Up
        }
    } else if lost_to_a_live_device {
        CircuitState::Down
    } else if both(CircuitFinding::InterfaceUp) && !any(CircuitFinding::ProbesAllLost) {
        CircuitState::Up
    } else {
        CircuitState::Unknown
    };
    CircuitVerdict { state, evidence }
}

fn findings(known: &CircuitEndEvidence, contract: Option<&CircuitContract>) -> Vec<CircuitFinding> {
    let mut found = Vec::new();
    found.extend(interface(known.interface));
    if let Some(probes) = known.probes {
        judge_probes(probes, contract, &mut found);
    }
    if known.device_up == Some(false) {
        found.push(CircuitFinding::DeviceDown);
    }
    if found.is_empty() {
        found.push(CircuitFinding::NoEvidence);
    }
    found
}

fn interface(known: InterfaceEvidence) -> Option<CircuitFinding> {
    match (known.admin, known.oper) {
        (Some(2), _) => Some(CircuitFinding::InterfaceShut),
        (_, Some(2 | 6 | 7)) => Some(CircuitFinding::InterfaceDown),
        (_, Some(1)) => Some(CircuitFinding::InterfaceUp),
        _ => None,
    }
}

fn judge_probes(
    probes: CircuitEvidence,
    contract: Option<&CircuitContract>,
    found: &mut Vec<CircuitFinding>,
) {
    if probes.lost >= probes.sent {
        if probes.sent >= PROBES_MIN {
            found.push(CircuitFinding::ProbesAllLost);
        }
        return;
    }
    found.push(CircuitFinding::ProbesAnswered);
    let allowed = contract
        .and_then(|c| c.loss_ppm)
        .unwrap_or(LOSS_PPM_DEFAULT);
    if loss_lower_bound(probes.lost, probes.sent).0 > f64::from(allowed.0) / 1e6 {
        found.push(CircuitFinding::LossOverContract);
    }
    let limit = contract
        .and_then(|c| c.rtt_ms)
        .map(|ms| f64::from(ms) / 1e3);
    if matches!((probes.rtt_mean_seconds, limit), (Some(rtt), Some(limit)) if rtt > limit) {
        found.push(CircuitFinding::RttOverContract);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CircuitState::{Degraded, Down, Unknown, Up};

    fn contract() -> CircuitContract {
        CircuitContract {
            downtime_ppm: Ppm(1_000),
            rtt_ms: Some(50),
            loss_ppm: Some(Ppm(1_000)),
            jitter_ms: None,
        }
    }

    /// One end in words: `if=2`, `admin=2`, `probes=LOST/SENT`, `rtt=MS`, `device=up|down`.
    fn end(text: &str) -> CircuitEndEvidence {
        let mut end = CircuitEndEvidence::default();
        for word in text.split_whitespace() {
            let (key, value) = word.split_once('=').unwrap();
            match key {
                "if" => end.interface.oper = value.parse().ok(),
                "admin" => end.interface.admin = value.parse().ok(),
                "device" => end.device_up = Some(value == "up"),
                "probes" => {
                    let (lost, sent) = value.split_once('/').unwrap();
                    end.probes = Some(CircuitEvidence {
                        sent: sent.parse().unwrap(),
                        lost: lost.parse().unwrap(),
                        rtt_mean_seconds: Some(0.02),
                    });
                }
                "rtt" => {
                    let ms: f64 = value.parse().unwrap();
                    end.probes.as_mut().unwrap().rtt_mean_seconds = Some(ms / 1e3);
                }
                other => panic!("{other}"),
            }
        }
        end
    }

    #[track_caller]
    fn check(a: &str, z: &str, expect: CircuitState) {
        let (a, z) = (end(a), end(z));
        let got = circuit_state(&a, &z, Some(&contract()));
        assert_eq!(got.state, expect, "{got:?}");
        assert_eq!(
            circuit_state(&z, &a, Some(&contract())).state,
            expect,
            "turned round"
        );
    }

    #[test]
    fn silence_is_unknown() {
        check("", "", Unknown);
        check("if=1", "", Unknown);
        check("if=4", "if=4", Unknown);
        check("probes=1/1", "", Unknown);
    }

    #[test]
    fn a_dead_interface_decides() {
        check("if=2", "if=1", Down);
        check("if=7", "", Down);
        check("admin=2 if=2", "", Down);
        check("if=2 probes=0/100", "if=1 probes=0/100", Down);
    }

    #[test]
    fn probes_that_come_back_prove_that_it_carries() {
        check("if=1 probes=0/100", "if=1 probes=0/100", Up);
        check("probes=0/100", "", Up);
        check("if=1", "if=1", Up);
    }

    #[test]
    fn a_black_hole_is_down_with_both_links_up() {
        check("if=1 probes=100/100", "if=1 probes=100/100", Down);
        check("if=1 probes=100/100", "", Down);
    }

    #[test]
    fn a_dead_router_is_not_the_circuits_fault() {
        check("if=1 probes=100/100", "device=down", Unknown);
        check("if=1 probes=100/100", "device=up", Down);
    }

    #[test]
    fn worse_than_the_contract_is_degraded_only_beyond_chance() {
        check("probes=1/100", "", Up);
        check("probes=10/100", "", Degraded);
        check("probes=0/100 rtt=51", "", Degraded);
        check("probes=0/100 rtt=50", "", Up);
        check("probes=0/100", "probes=100/100", Degraded);
    }
}
