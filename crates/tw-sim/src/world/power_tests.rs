//! A rack on two UPS: what goes dark when, and how it comes back.
//!
//! **Room:** layer 3, simulation; tests.

use super::*;
use crate::mib::View as _;
use serde_json::json;
use std::sync::atomic::{AtomicI64, Ordering};
use tw_snmp::Oid;

const UPTIME: &str = "1.3.6.1.2.1.1.3.0";
const ENGINE_BOOTS: &str = "1.3.6.1.6.3.10.2.1.2.0";
const ENGINE_TIME: &str = "1.3.6.1.6.3.10.2.1.3.0";
/// `entPhySensorValue` of "Source A voltage", "Source B voltage", "Source A good".
const SOURCES: [&str; 3] = [
    "1.3.6.1.2.1.99.1.1.1.4.1001",
    "1.3.6.1.2.1.99.1.1.1.4.1002",
    "1.3.6.1.2.1.99.1.1.1.4.1004",
];
/// Longer than any battery lasts.
const LONG_MINUTES: i64 = 60;

fn id(text: &str) -> DeviceId {
    DeviceId::new(text).unwrap()
}

fn start() -> Timestamp {
    "2026-11-20T02:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    start().plus_millis(minutes * 60_000)
}

/// Two UPS with a PDU each; a switch and a router on both, a server on A alone, another behind a
/// transfer switch; a circuit to a router of another site.
fn rack() -> Register {
    let mut register = Register::default();
    for site in ["s", "far"] {
        let value = json!({"id": site, "name": {"en": site}, "timezone": "UTC"});
        let site: tw_model::Site = serde_json::from_value(value).unwrap();
        register.sites.insert(site.id.clone(), site);
    }
    let devices = [
        ("ups-a", "ups", json!([])),
        ("ups-b", "ups", json!([])),
        ("pdu-a", "pdu", json!(["ups-a"])),
        ("pdu-b", "pdu", json!(["ups-b"])),
        ("router", "router", json!(["pdu-a", "pdu-b"])),
        ("switch", "switch", json!(["pdu-a", "pdu-b"])),
        ("one-cord", "server", json!(["pdu-a"])),
        ("ats", "ats", json!(["pdu-a", "pdu-b"])),
        ("behind", "server", json!(["ats"])),
        ("far", "router", json!([])),
    ];
    for (name, class, fed_by) in devices {
        let site = if name == "far" { "far" } else { "s" };
        let value = json!({"id": name, "name": name, "site": site, "class": class,
            "address": "127.0.0.1:16100", "fed_by": fed_by});
        let device: Device = serde_json::from_value(value).unwrap();
        register.devices.insert(device.id.clone(), device);
    }
    let value = json!({"id": "c", "commit_bps": 1_000_000,
        "a": {"device": "router", "interface": "e0"}, "z": {"device": "far", "interface": "e0"}});
    let circuit: Circuit = serde_json::from_value(value).unwrap();
    register.circuits.insert(circuit.id.clone(), circuit);
    register
}

/// A world without a script whose clock the test moves.
fn world() -> (World, Arc<AtomicI64>) {
    let millis = Arc::new(AtomicI64::new(start().as_millis()));
    let read = Arc::clone(&millis);
    let clock = WallClock::new(move || Timestamp::from_millis(read.load(Ordering::SeqCst)));
    (World::quiet(rack(), 1, clock), millis)
}

/// Those that do not answer.
fn silent(world: &World, t: Timestamp) -> Vec<String> {
    let devices = world.devices().map(|device| device.id());
    let silent = devices.filter(|id| world.answers(id, t) == Some(false));
    silent.map(ToString::to_string).collect()
}

fn read(world: &World, device: &str, t: Timestamp, name: &str) -> u64 {
    let look = world.device(&id(device)).unwrap().look(t).unwrap();
    let oid: Oid = name.parse().unwrap();
    look.get(&oid).unwrap().as_u64().unwrap()
}

#[test]
fn when_one_battery_is_empty_what_hangs_on_it_alone_is_dark() {
    let (world, _) = world();
    assert!(world.ups_on_battery(&id("ups-a"), true));
    assert_eq!(
        silent(&world, after(20)),
        [] as [&str; 0],
        "the battery lasts"
    );
    let late = after(LONG_MINUTES);
    assert_eq!(silent(&world, late), ["one-cord", "pdu-a", "ups-a"]);
    let sources = SOURCES.map(|name| read(&world, "ats", late, name));
    assert_eq!((sources[0], sources[2]), (0, 2), "source A is dead");
    assert!(sources[1] > 2_000, "source B feeds it: {}", sources[1]);
    let before = SOURCES.map(|name| read(&world, "ats", after(20), name));
    assert!(before[0] > 2_000 && before[2] == 1);
}

#[test]
fn when_both_are_empty_everything_is_dark_and_starts_again_with_the_mains() {
    let (world, clock) = world();
    let (a, b) = (id("ups-a"), id("ups-b"));
    assert!(world.ups_on_battery(&a, true) && world.ups_on_battery(&b, true));
    let late = after(LONG_MINUTES);
    let dark = silent(&world, late);
    let all = [
        "ats", "behind", "one-cord", "pdu-a", "pdu-b", "router", "switch", "ups-a", "ups-b",
    ];
    assert_eq!(dark, all);
    let circuit = CircuitId::new("c").unwrap();
    let passes = |t| world.link_at(&circuit, t).pass(Seed::new(7)).is_some();
    assert!(!passes(late), "its reflector answers no probe");
    clock.store(late.as_millis(), Ordering::SeqCst);
    assert!(world.ups_on_battery(&a, false));
    assert_eq!(
        silent(&world, late),
        ["pdu-b", "ups-b"],
        "one side is enough"
    );
    assert!(world.ups_on_battery(&b, false));
    assert_eq!(silent(&world, late), [] as [&str; 0]);
    let minute_later = after(LONG_MINUTES + 1);
    assert_eq!(read(&world, "switch", minute_later, UPTIME), 6_000);
    assert_eq!(read(&world, "switch", minute_later, ENGINE_TIME), 60);
    assert_eq!(read(&world, "switch", minute_later, ENGINE_BOOTS), 2);
    assert_eq!(read(&world, "far", minute_later, ENGINE_BOOTS), 1);
}

#[test]
fn an_open_breaker_takes_what_hangs_on_it_alone() {
    let (world, _) = world();
    assert!(world.unfed(&id("pdu-a"), true));
    assert_eq!(silent(&world, after(1)), ["one-cord", "pdu-a"]);
    assert!(world.unfed(&id("pdu-b"), true));
    let dark = silent(&world, after(1));
    assert!(dark.contains(&"behind".to_owned()) && !dark.contains(&"ups-a".to_owned()));
}
