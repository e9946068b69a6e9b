//! One simulated device of each class: what the engine makes of it.
//!
//! **Room:** tests.

use crate::rig::{Rig, is_described, now, target, wall, whole};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use tw_collect::engine::PolledRound;
use tw_ingest::seen::Seen;
use tw_model::{Device, Register, Site};
use tw_sim::{
    agent::{Agent, AgentSettings},
    world::World,
};

const CLASSES: [&str; 10] = [
    "router",
    "switch",
    "firewall",
    "ups",
    "pdu",
    "ats",
    "cooling",
    "environment",
    "server",
    "storage",
];

fn register() -> Register {
    let mut register = Register::default();
    let site = json!({"id": "vnta", "name": {"en": "vnta"}, "timezone": "Asia/Ho_Chi_Minh"});
    let site: Site = serde_json::from_value(site).unwrap();
    register.sites.insert(site.id.clone(), site);
    for class in CLASSES {
        let value = json!({
            "id": class, "name": class, "site": "vnta", "class": class, "role": "core",
            "address": "127.0.0.1:16100", "vendor": "Cisco", "model": "X-1"
        });
        let device: Device = serde_json::from_value(value).unwrap();
        register.devices.insert(device.id.clone(), device);
    }
    register
}

/// The classes of sensors that a device told of.
fn sensor_classes(rounds: &[PolledRound]) -> BTreeSet<String> {
    let seen = rounds.iter().flat_map(|round| &round.observations);
    seen.filter_map(|observation| match &observation.seen {
        Seen::Sensors { sensors } => Some(sensors.iter().map(|s| s.class.clone())),
        _ => None,
    })
    .flatten()
    .collect()
}

#[expect(
    clippy::too_many_lines,
    reason = "one table of classes, read top to bottom"
)]
#[tokio::test]
async fn every_class_of_device_is_read_with_what_it_is_for() {
    let world = World::quiet(register(), 1, wall());
    let mut agents = Vec::new();
    let mut targets = Vec::new();
    for device in world.devices() {
        let bind = "127.0.0.1:0".parse().unwrap();
        let agent = Agent::spawn(bind, AgentSettings::default(), device.clone(), wall())
            .await
            .unwrap();
        targets.push(target(device.id().as_str(), agent.address()));
        agents.push(agent);
    }
    let mut rig = Rig::start(targets, &[]);
    let mut rounds: BTreeMap<String, Vec<PolledRound>> = BTreeMap::new();
    rig.until(|round| {
        assert_eq!(round.up, Some(true), "{}", round.target);
        if is_described(round) {
            rounds
                .entry(round.target.0.clone())
                .or_default()
                .push(round.clone());
        }
        rounds.len() == CLASSES.len() && rounds.values().all(|list| list.len() >= 2)
    })
    .await;
    let last = |class: &str| rounds[class].last().unwrap();
    for class in CLASSES {
        let round = last(class);
        let missing: Vec<_> = round
            .layout
            .series
            .iter()
            .zip(&round.values)
            .filter(|(series, value)| {
                value.is_none() && !series.metric.starts_with("tierwatch_icmp")
            })
            .map(|(series, _)| {
                (
                    &round.layout.objects[series.object as usize].key,
                    &series.metric,
                )
            })
            .collect();
        assert!(missing.is_empty(), "{class} lacks {missing:?}");
        assert!(round.at <= now());
    }
    for class in ["router", "switch", "firewall"] {
        let round = last(class);
        let port = round
            .layout
            .objects
            .iter()
            .find(|o| o.key.starts_with("if:"))
            .unwrap();
        assert!(whole(round, &port.key, "ifHCInOctets").is_some(), "{class}");
        assert!(whole(round, &port.key, "ifOperStatus").is_some(), "{class}");
    }
    for metric in [
        "upsBatteryStatus",
        "upsOutputSource",
        "upsEstimatedChargeRemaining",
    ] {
        assert!(whole(last("ups"), "", metric).is_some(), "{metric}");
    }
    for class in ["server", "storage"] {
        assert!(
            whole(last(class), "", "hrSystemUptime").is_some(),
            "{class}"
        );
        assert!(whole(last(class), "", "memTotalReal").is_some(), "{class}");
        assert!(
            last(class)
                .layout
                .objects
                .iter()
                .any(|o| o.key.starts_with("storage:")),
            "{class}"
        );
    }
    let told = |class: &str| sensor_classes(&rounds[class]);
    assert!(told("ups").is_superset(&["charge", "runtime", "load"].map(String::from).into()));
    assert!(told("environment").contains("temperature"));
    assert!(told("environment").contains("humidity"));
    assert!(
        told("cooling").contains("temperature"),
        "{:?}",
        told("cooling")
    );
    assert!(
        told("pdu").contains("current") || told("pdu").contains("power"),
        "{:?}",
        told("pdu")
    );
    assert!(!told("ats").is_empty());
    rig.engine.stop();
}
