//! State from traps, for equipment that has nothing else.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** take the silence after a trap
//! for more than the register says that it means.

use super::field::{DeviceNow, Found, NodeState, Reading, StateReason};
use std::sync::LazyLock;
use tw_model::{FacilityKind, FacilityNode, FacilityTrap, TrapMeaning, trap_event_key};

/// An event that a device told by itself, the last time that it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrapNow {
    /// Its `snmpTrapOID`, dotted.
    pub event: String,
    /// How long ago, in milliseconds.
    pub age_ms: i64,
}

/// What the declared traps of a node say; `None` when none was told.
pub(super) fn by_trap(node: &FacilityNode, device: &DeviceNow) -> Option<Found> {
    let declared = node.trap.as_ref().or_else(|| usual(node.kind))?;
    let newest = |events: &[String]| {
        let named = device
            .traps
            .iter()
            .filter(|trap| names(events, &trap.event));
        named.min_by_key(|trap| trap.age_ms)
    };
    let (began, ended) = (newest(&declared.begins), newest(&declared.ends));
    // Told in one millisecond, it is over: the end comes after the beginning.
    let is_over = |began: &&TrapNow| ended.is_some_and(|ended| ended.age_ms <= began.age_ms);
    if let Some(began) = began.filter(|began| !is_over(began)) {
        return Some(begun(declared, began).seen(device, Some(&reading(began, "begun"))));
    }
    let ended = ended?;
    let well = Found::new(NodeState::Normal, StateReason::Trap);
    Some(well.seen(device, Some(&reading(ended, "ended"))))
}

/// What a kind's standard MIB says where the register says nothing: `upsTrapOnBattery` is told
/// again every minute while it holds (RFC 1628), so that its absence ends it.
fn usual(kind: FacilityKind) -> Option<&'static FacilityTrap> {
    static UPS_MIB: LazyLock<FacilityTrap> = LazyLock::new(|| FacilityTrap {
        device: None,
        begins: vec!["1.3.6.1.2.1.33.2.1".to_owned()],
        ends: Vec::new(),
        means: TrapMeaning::OnBattery,
        holds_seconds: Some(180),
    });
    (kind == FacilityKind::Ups).then(|| &*UPS_MIB)
}

fn begun(declared: &FacilityTrap, began: &TrapNow) -> Found {
    let holds = declared.holds_seconds.map(|s| i64::from(s) * 1_000);
    if holds.is_some_and(|holds_ms| began.age_ms >= holds_ms) {
        return Found::new(NodeState::Unknown, StateReason::NoReading);
    }
    match declared.means {
        TrapMeaning::Out => Found::new(NodeState::Out, StateReason::Trap),
        TrapMeaning::Degraded => Found::new(NodeState::Degraded, StateReason::Trap),
        TrapMeaning::OnBattery => Found {
            on_battery: true,
            ..Found::new(NodeState::Degraded, StateReason::Trap).unprotected()
        },
    }
}

fn names(events: &[String], event: &str) -> bool {
    let key = trap_event_key(event);
    events.iter().any(|known| trap_event_key(known) == key)
}

fn reading(trap: &TrapNow, word: &str) -> Reading {
    Reading {
        name: trap.event.clone(),
        class: "trap".to_owned(),
        value: if word == "begun" { 1.0 } else { 0.0 },
        word: Some(word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::field::{Answer, state_of};
    use NodeState::{Degraded, Normal, Out, Unknown};

    const ON_BATTERY: &str = "1.3.6.1.2.1.33.2.1";
    const BACK: &str = "1.3.6.1.2.1.33.2.4";

    /// A node whose traps are declared so; the events that its device told, with their age in
    /// seconds.
    #[track_caller]
    fn check(said: (&str, Answer), told: &[(&str, i64)], expect: (NodeState, StateReason, bool)) {
        check_read((said, &[]), told, expect);
    }

    #[track_caller]
    fn check_read(
        ((declared, answer), readings): ((&str, Answer), &[Reading]),
        told: &[(&str, i64)],
        expect: (NodeState, StateReason, bool),
    ) {
        let text = format!(
            r#"{{"id": "n", "site": "s", "name": {{"en": "N"}}, "kind": "ups", "device": "d",
                "valid_from": "2016-01-01",
                "trap": {{"begins": ["{ON_BATTERY}"], "ends": ["{BACK}"], {declared}}}}}"#
        );
        let node: FacilityNode = serde_json::from_str(&text).unwrap();
        let trap = |(event, age): &(&str, i64)| TrapNow {
            event: (*event).to_owned(),
            age_ms: age * 1_000,
        };
        let device = DeviceNow {
            device: "d".to_owned(),
            answer,
            dependents_down: false,
            readings: readings.to_vec(),
            traps: told.iter().map(trap).collect(),
        };
        let found = state_of(&node, Some(&device), &[]);
        assert_eq!((found.state, found.reason, found.on_battery), expect);
    }

    #[test]
    fn a_ups_that_only_tells_is_on_battery_for_as_long_as_it_tells() {
        let text = r#"{"id": "n", "site": "s", "name": {"en": "N"}, "kind": "ups", "device": "d",
            "valid_from": "2016-01-01"}"#;
        let node: FacilityNode = serde_json::from_str(text).unwrap();
        for (age_ms, expect) in [(179_999, Degraded), (180_000, Unknown)] {
            let event = ON_BATTERY.to_owned();
            let device = DeviceNow {
                device: "d".to_owned(),
                answer: Answer::Down,
                dependents_down: false,
                readings: Vec::new(),
                traps: vec![TrapNow { event, age_ms }],
            };
            let found = state_of(&node, Some(&device), &[]);
            assert_eq!(
                (found.state, found.on_battery),
                (expect, expect == Degraded)
            );
        }
    }

    const MEANS: &str = r#""means": "on_battery""#;
    const SILENT: (&str, Answer) = (MEANS, Answer::Unknown);

    #[test]
    fn an_event_begins_a_state_and_another_ends_it() {
        let on_battery = (Degraded, StateReason::Trap, true);
        check(SILENT, &[(ON_BATTERY, 10)], on_battery);
        // As a v1 trap has it.
        check(SILENT, &[("1.3.6.1.2.1.33.2.0.1", 10)], on_battery);
        check(SILENT, &[(ON_BATTERY, 10), (BACK, 60)], on_battery);
        check(
            SILENT,
            &[(BACK, 10), (ON_BATTERY, 60)],
            (Normal, StateReason::Trap, false),
        );
        check(
            SILENT,
            &[(BACK, 10), (ON_BATTERY, 10)],
            (Normal, StateReason::Trap, false),
        );
        let out = (r#""means": "out""#, Answer::Down);
        check(out, &[(ON_BATTERY, 10)], (Out, StateReason::Trap, false));
    }

    #[test]
    fn without_an_event_of_its_own_a_node_is_as_its_polls_say() {
        check(SILENT, &[], (Unknown, StateReason::NoAnswer, false));
        check(
            SILENT,
            &[("1.3.6.1.4.1.9.1", 1)],
            (Unknown, StateReason::NoAnswer, false),
        );
    }

    #[test]
    fn what_a_poll_reads_says_more_than_what_was_told() {
        let polled = (MEANS, Answer::Up);
        let normal = Reading {
            name: "output-source".to_owned(),
            class: "state".to_owned(),
            value: 3.0,
            word: Some("normal".to_owned()),
        };
        let told = (Degraded, StateReason::Trap, true);
        check(polled, &[(ON_BATTERY, 10)], told);
        let read = (Normal, StateReason::ReadingsGood, false);
        check_read((polled, &[normal]), &[(ON_BATTERY, 10)], read);
        check(polled, &[(BACK, 10)], (Normal, StateReason::Trap, false));
        check(polled, &[], (Normal, StateReason::Answers, false));
    }

    #[test]
    fn an_event_that_must_be_repeated_holds_no_longer_than_it_says() {
        let repeated = (
            r#""means": "on_battery", "holds_seconds": 180"#,
            Answer::Unknown,
        );
        check(
            repeated,
            &[(ON_BATTERY, 179)],
            (Degraded, StateReason::Trap, true),
        );
        check(
            repeated,
            &[(ON_BATTERY, 180)],
            (Unknown, StateReason::NoReading, false),
        );
    }
}
