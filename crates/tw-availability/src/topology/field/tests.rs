//! How the states of the chain are read from the field.
//!
//! **Room:** tests of `topology::field`.

use super::*;

fn node(kind: &str, more: &str) -> FacilityNode {
    let text = format!(
        r#"{{"id": "n", "site": "s", "name": {{"en": "N"}}, "kind": "{kind}",
            "valid_from": "2016-01-01"{more}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// Readings as `name|class|value|word`.
fn device(answer: Answer, readings: &[&str]) -> DeviceNow {
    let reading = |text: &&str| {
        let parts: Vec<&str> = text.split('|').collect();
        Reading {
            name: parts[0].to_owned(),
            class: parts[1].to_owned(),
            value: parts[2].parse().unwrap(),
            word: (!parts[3].is_empty()).then(|| parts[3].to_owned()),
        }
    };
    DeviceNow {
        device: "d".to_owned(),
        answer,
        dependents_down: false,
        readings: readings.iter().map(reading).collect(),
        traps: Vec::new(),
    }
}

#[track_caller]
fn check(kind: &str, readings: &[&str], expect: (NodeState, StateReason)) {
    let found = state_of(&node(kind, ""), Some(&device(Answer::Up, readings)), &[]);
    assert_eq!((found.state, found.reason), expect, "{kind} {readings:?}");
}

use NodeState::{Assumed, Degraded, Normal, Out, Unknown};

#[test]
fn the_defaults_by_kind_read_what_the_devices_say() {
    let source = |word: &str| format!("output-source|state|0|{word}");
    let ups = |word: &str, expect| check("ups", &[&source(word)], expect);
    ups("normal", (Normal, StateReason::ReadingsGood));
    ups("bypass", (Degraded, StateReason::Bypass));
    ups("battery", (Degraded, StateReason::OnBattery));
    ups("none", (Out, StateReason::OutputOff));
    ups("other", (Unknown, StateReason::NoReading));
    let low = "battery-status|state|3|low";
    check(
        "ups",
        &[&source("normal"), low],
        (Degraded, StateReason::BatteryLow),
    );
    let side = |side: &str, word: &str| format!("Source {side} good|state|1|{word}");
    let pair = |a: &str, b: &str, expect| {
        check("rack_switch", &[&side("A", a), &side("B", b)], expect);
    };
    pair("true", "true", (Normal, StateReason::ReadingsGood));
    pair("true", "false", (Degraded, StateReason::SourceLost));
    pair("false", "false", (Out, StateReason::NoVoltage));
    let selected = "selected-source|state|2|source_b";
    check("ats", &[selected], (Degraded, StateReason::AlternateSource));
    let ready = |word: &str| format!("Ready to start|state|1|{word}");
    check(
        "generator",
        &[&ready("true")],
        (Normal, StateReason::ReadingsGood),
    );
    check(
        "generator",
        &[&ready("false")],
        (Out, StateReason::NotReady),
    );
    let running = "Running|state|1|true";
    check(
        "generator",
        &[&ready("false"), running],
        (Normal, StateReason::ReadingsGood),
    );
    let volts = |value: &str| format!("L1 voltage|voltage|{value}|");
    check(
        "pdu",
        &[&volts("228"), &volts("229")],
        (Normal, StateReason::ReadingsGood),
    );
    check(
        "pdu",
        &[&volts("228"), &volts("0")],
        (Degraded, StateReason::PhaseLost),
    );
    check(
        "pdu",
        &[&volts("0"), &volts("0")],
        (Out, StateReason::NoVoltage),
    );
    check(
        "crac",
        &["Fan speed|fan_speed|0|"],
        (Out, StateReason::SwitchedOff),
    );
    check(
        "crac",
        &["Fan speed|fan_speed|1400|"],
        (Normal, StateReason::ReadingsGood),
    );
    check("pdu", &[], (Normal, StateReason::Answers));
}

#[test]
fn silence_is_not_health() {
    let ups = node("ups", "");
    let silent = state_of(&ups, Some(&device(Answer::Down, &[])), &[]);
    assert_eq!(
        (silent.state, silent.reason),
        (Unknown, StateReason::NoAnswer)
    );
    assert!(silent.unprotected);
    let unasked = state_of(&ups, None, &[]);
    assert_eq!((unasked.state, unasked.unprotected), (Assumed, false));
    let mut dead = device(Answer::Down, &[]);
    dead.dependents_down = true;
    let dead = state_of(&node("pdu", ""), Some(&dead), &[]);
    assert_eq!(
        (dead.state, dead.reason),
        (Out, StateReason::SilentWithDependents)
    );
    let router = state_of(
        &node("core_switch", ""),
        Some(&device(Answer::Down, &[])),
        &[],
    );
    assert_eq!(router.state, Out);
}

#[test]
fn a_load_is_proven_by_its_witnesses() {
    let load = node("load", "");
    let of = |witnesses: &[Answer]| state_of(&load, None, witnesses).state;
    assert_eq!(of(&[Answer::Down, Answer::Up]), Normal);
    assert_eq!(of(&[Answer::Down, Answer::Unknown]), Unknown);
    assert_eq!(of(&[Answer::Down, Answer::Down]), Out);
    assert_eq!(of(&[]), Assumed);
}

#[test]
fn the_registers_signal_stands_above_the_default() {
    let board = node(
        "switchboard",
        r#", "device": "d", "signal": {"sensor": "input-1-voltage", "out_when": ["< 100"]}"#,
    );
    let volts = |value: &str| format!("input-1-voltage|voltage|{value}|");
    let of = |readings: &[&str]| state_of(&board, Some(&device(Answer::Up, readings)), &[]).state;
    assert_eq!(of(&[&volts("228"), &volts("230")]), Normal);
    assert_eq!(of(&[&volts("0"), &volts("230")]), Degraded);
    assert_eq!(of(&[&volts("0"), &volts("0")]), Out);
    assert_eq!(of(&[]), Unknown);
}

#[test]
fn states_become_a_condition() {
    let bypass = device(Answer::Up, &["output-source|state|4|bypass"]);
    let battery = device(Answer::Up, &["output-source|state|5|battery"]);
    let off = device(Answer::Up, &["Fan speed|fan_speed|0|"]);
    let found = [
        ("ups_a", state_of(&node("ups", ""), Some(&bypass), &[])),
        ("ups_b", state_of(&node("ups", ""), Some(&battery), &[])),
        ("crac", state_of(&node("crac", ""), Some(&off), &[])),
    ];
    let condition = condition_of(found.iter().map(|(name, found)| (*name, found)));
    assert_eq!(condition.out.into_iter().collect::<Vec<_>>(), ["crac"]);
    assert_eq!(
        condition.unprotected.into_iter().collect::<Vec<_>>(),
        ["ups_a", "ups_b"]
    );
    assert_eq!(
        condition.on_battery.into_iter().collect::<Vec<_>>(),
        ["ups_b"]
    );
}
