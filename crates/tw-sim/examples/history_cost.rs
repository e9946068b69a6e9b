//! What it costs to tell 48 hours of 60 devices: one poll a minute, the columns a poller asks.
//!
//! `cargo run --release -p tw-sim --example history_cost`
//!
//! **Room:** layer 3, simulation; measurement.

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use tw_model::{Device, Register, Site};
use tw_sim::{mib::View, world::World};
use tw_snmp::Oid;
use tw_units::{Timestamp, WallClock};

/// Columns of a poll round: state, octets, packets, errors, discards; sensors; UPS; host.
const ASKED: [&str; 16] = [
    "1.3.6.1.2.1.1.3",
    "1.3.6.1.2.1.2.2.1.8",
    "1.3.6.1.2.1.2.2.1.13",
    "1.3.6.1.2.1.2.2.1.14",
    "1.3.6.1.2.1.2.2.1.19",
    "1.3.6.1.2.1.2.2.1.20",
    "1.3.6.1.2.1.31.1.1.1.6",
    "1.3.6.1.2.1.31.1.1.1.7",
    "1.3.6.1.2.1.31.1.1.1.10",
    "1.3.6.1.2.1.31.1.1.1.11",
    "1.3.6.1.2.1.33.1.2",
    "1.3.6.1.2.1.33.1.4",
    "1.3.6.1.2.1.99.1.1.1.4",
    "1.3.6.1.2.1.25.3.3.1.2",
    "1.3.6.1.2.1.25.2.3.1.6",
    "1.3.6.1.4.1.2021",
];

fn register() -> Result<Register, serde_json::Error> {
    let mut register = Register::default();
    let site = r#"{"id": "s", "name": {"en": "s"}, "timezone": "Asia/Ho_Chi_Minh"}"#;
    let site: Site = serde_json::from_str(site)?;
    register.sites.insert(site.id.clone(), site);
    let classes = [
        ("switch", "access", 18),
        ("switch", "core", 5),
        ("router", "core", 5),
        ("firewall", "core", 4),
        ("ups", "", 5),
        ("pdu", "", 8),
        ("environment", "", 6),
        ("server", "", 7),
        ("storage", "", 2),
    ];
    for (class, role, count) in classes {
        for n in 0..count {
            let device = format!(
                r#"{{"id": "{class}{role}{n}", "name": "x", "site": "s", "class": "{class}",
                "role": "{role}", "address": "127.0.0.1:16100"}}"#
            );
            let device: Device = serde_json::from_str(&device)?;
            register.devices.insert(device.id.clone(), device);
        }
    }
    Ok(register)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now: Timestamp = "2026-11-22T03:00:00Z".parse()?;
    let world = World::new(register()?, 1, WallClock::fixed(now));
    let asked: Vec<Oid> = ASKED
        .iter()
        .map(|oid| oid.parse())
        .collect::<Result<_, _>>()?;
    let started = tokio::time::Instant::now();
    let (mut rounds, mut values, mut silent) = (0_u64, 0_u64, 0_u64);
    for device in world.devices() {
        let Some(look) = device.look(now) else {
            continue;
        };
        let mut oids = Vec::new();
        let mut at = Oid::default();
        while let Some((next, _)) = look.next(&at) {
            if asked.iter().any(|prefix| next.starts_with(prefix)) {
                oids.push(next.clone());
            }
            at = next;
        }
        for minute in 0..48 * 60 {
            rounds += 1;
            let Some(look) = device.look(now.plus_millis(-60_000 * minute)) else {
                silent += 1;
                continue;
            };
            values += look.values(&oids).iter().flatten().count() as u64;
        }
    }
    let elapsed = started.elapsed().as_secs_f64();
    println!("{rounds} rounds ({silent} silent), {values} values in {elapsed:.1} s");
    Ok(())
}
