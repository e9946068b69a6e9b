//! The power, cooling and network chains: references, valid time, inputs on every day.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use super::{At, Check, FindingCode};
use crate::{
    Day, FacilityNeed, FacilityNode, FacilitySignal, FacilityTrap, Kind, SignalTest, allowed_words,
};
use std::collections::{BTreeMap, BTreeSet};

/// No more inputs of one node, or nodes that its fault takes.
const INPUTS_MAX: usize = 64;
/// No trap holds longer than a week without being told again.
const HOLDS_SECONDS_MAX: i64 = 7 * 86_400;

pub(super) fn check(check: &mut Check<'_>) {
    let mut sites: BTreeMap<&str, Vec<&FacilityNode>> = BTreeMap::new();
    for node in check.register.facility.values() {
        one_node(check, node);
        sites.entry(node.site.as_str()).or_default().push(node);
    }
    for nodes in sites.values() {
        overlaps(check, nodes);
        links(check, nodes);
    }
}

fn at(node: &FacilityNode) -> At<'_> {
    At {
        kind: Kind::FacilityNode,
        id: node.id.as_str(),
    }
}

fn one_node(check: &mut Check<'_>, node: &FacilityNode) {
    let register = check.register;
    let at = at(node);
    check.name(at, "name", &node.name);
    check.refers(at, "site", &node.site, (Kind::Site, &register.sites));
    if let Some(provider) = &node.provider {
        let known = (Kind::Provider, &register.providers);
        check.refers(at, "provider", provider, known);
    }
    if let Some(asset) = &node.asset {
        check.refers(at, "asset", asset, (Kind::Asset, &register.assets));
    }
    if let Some(rack) = &node.rack {
        check.refers(at, "rack", rack, (Kind::Rack, &register.racks));
    }
    if let Some(zone) = &node.zone {
        check.text(at, "zone", zone);
    }
    for (n, group) in node.srlg.iter().enumerate() {
        check.text(at, &format!("srlg.{n}"), group);
    }
    if let Some(device) = &node.device {
        device_of_site(check, node, ("device", device));
    }
    if let Some(signal) = &node.signal {
        one_signal(check, node, signal);
    }
    if let Some(trap) = &node.trap {
        one_trap(check, node, trap);
    }
    check.range(at, "derate_percent", node.derate_percent.into(), (1, 100));
    check.range(
        at,
        "inputs",
        i64::try_from(node.inputs.len()).unwrap_or(i64::MAX),
        (0, i64::try_from(INPUTS_MAX).unwrap_or(0)),
    );
    if let Some(last) = node.valid_to.filter(|last| *last < node.valid_from) {
        let message = format!("{last} is before {}", node.valid_from);
        let allowed = format!("{} or later, or no last day", node.valid_from);
        check.find(at, "valid_to", (FindingCode::BadOrder, message), allowed);
    }
    needs(check, node);
}

fn needs(check: &mut Check<'_>, node: &FacilityNode) {
    if let FacilityNeed::AtLeast(count) = node.need {
        let inputs = u32::try_from(node.inputs.len()).unwrap_or(u32::MAX);
        if count.get() > inputs {
            let message = format!("{count} of {inputs} inputs cannot be asked");
            let allowed = format!("any, all or 1 to {inputs}");
            check.find(
                at(node),
                "need",
                (FindingCode::BadStructure, message),
                allowed,
            );
        }
    }
    if node.inputs.is_empty() && node.source().is_none() {
        let message = "nothing feeds this node and it is no source".to_owned();
        let allowed = "inputs, or source: gen, utility, stored or carrier";
        check.find(
            at(node),
            "inputs",
            (FindingCode::Contradiction, message),
            allowed,
        );
    }
}

fn device_of_site(
    check: &mut Check<'_>,
    node: &FacilityNode,
    (key, id): (&str, &tw_units::DeviceId),
) {
    let devices = &check.register.devices;
    check.refers(at(node), key, id, (Kind::Device, devices));
    if let Some(device) = devices.get(id).filter(|device| device.site != node.site) {
        let message = format!("device {id} stands at site {}", device.site);
        let allowed = format!("a device of site {}", node.site);
        check.find(
            at(node),
            key,
            (FindingCode::Contradiction, message),
            allowed,
        );
    }
}

fn one_signal(check: &mut Check<'_>, node: &FacilityNode, signal: &FacilitySignal) {
    let at = at(node);
    check.text(at, "signal.sensor", &signal.sensor);
    match (&signal.device, &node.device) {
        (Some(device), _) => device_of_site(check, node, ("signal.device", device)),
        (None, Some(_)) => {}
        (None, None) => {
            let message = "nothing says which device has this sensor".to_owned();
            let what = (FindingCode::Contradiction, message);
            check.find(
                at,
                "signal.sensor",
                what,
                "a device in the signal or in the node",
            );
        }
    }
    let lists = [
        ("out_when", &signal.out_when),
        ("degraded_when", &signal.degraded_when),
    ];
    for (key, tests) in lists {
        for (n, test) in tests.iter().enumerate() {
            if SignalTest::parse(test).is_none() {
                let key = format!("signal.{key}.{n}");
                let what = (FindingCode::BadText, format!("{test:?} is no test"));
                check.find(at, &key, what, "a word of the sensor, < NUMBER or > NUMBER");
            }
        }
    }
}

fn one_trap(check: &mut Check<'_>, node: &FacilityNode, trap: &FacilityTrap) {
    let at = at(node);
    match (&trap.device, &node.device) {
        (Some(device), _) => device_of_site(check, node, ("trap.device", device)),
        (None, Some(_)) => {}
        (None, None) => {
            let message = "nothing says which device sends these traps".to_owned();
            let what = (FindingCode::Contradiction, message);
            check.find(
                at,
                "trap.begins",
                what,
                "a device in the trap or in the node",
            );
        }
    }
    if trap.begins.is_empty() {
        let what = (FindingCode::BadStructure, "no event begins it".to_owned());
        check.find(at, "trap.begins", what, "one snmpTrapOID or more");
    }
    if trap.ends.is_empty() && trap.holds_seconds.is_none() {
        let what = (FindingCode::BadStructure, "nothing ends it".to_owned());
        check.find(
            at,
            "trap.ends",
            what,
            "one snmpTrapOID or more, or holds_seconds",
        );
    }
    if let Some(seconds) = trap.holds_seconds {
        check.range(
            at,
            "trap.holds_seconds",
            seconds.into(),
            (1, HOLDS_SECONDS_MAX),
        );
    }
    for (key, events) in [("begins", &trap.begins), ("ends", &trap.ends)] {
        for (n, event) in events.iter().enumerate() {
            let arcs = event.split('.');
            let is_event =
                event.contains('.') && arcs.clone().all(|arc| arc.parse::<u32>().is_ok());
            if !is_event {
                let key = format!("trap.{key}.{n}");
                let what = (FindingCode::BadText, format!("{event:?} is no identifier"));
                check.find(at, &key, what, "an snmpTrapOID as 1.3.6.1.2.1.33.2.1");
            }
        }
    }
}

/// Two entries of one name may not hold on one day.
fn overlaps(check: &mut Check<'_>, nodes: &[&FacilityNode]) {
    let mut names: BTreeMap<&str, Vec<&FacilityNode>> = BTreeMap::new();
    for node in nodes {
        names.entry(node.node().as_str()).or_default().push(node);
    }
    for (name, mut entries) in names {
        entries.sort_by_key(|entry| entry.valid_from);
        for pair in entries.windows(2) {
            let [first, second] = pair else { continue };
            if first.valid_to.is_some_and(|last| last < second.valid_from) {
                continue;
            }
            let ends = first
                .valid_to
                .map_or("until further notice".to_owned(), |last| {
                    format!("to {last}")
                });
            let message = format!(
                "{name} is also described by {} from {} {ends}",
                first.id, first.valid_from
            );
            let what = (FindingCode::Contradiction, message);
            let allowed = format!("a first day after the last day of {}", first.id);
            check.find(at(second), "valid_from", what, allowed);
        }
    }
}

/// Every input exists on every day on which its node does: looked at whenever something begins.
fn links(check: &mut Check<'_>, nodes: &[&FacilityNode]) {
    let mut days: BTreeSet<Day> = nodes.iter().map(|node| node.valid_from).collect();
    let after = |last: Day| last.0.tomorrow().ok().map(Day);
    days.extend(
        nodes
            .iter()
            .filter_map(|node| node.valid_to.and_then(after)),
    );
    let mut told: BTreeSet<(&str, String)> = BTreeSet::new();
    for day in days {
        let here: Vec<&&FacilityNode> = nodes.iter().filter(|n| n.holds_on(day)).collect();
        let names: BTreeSet<&str> = here.iter().map(|node| node.node().as_str()).collect();
        for node in here {
            let inputs = node.inputs.iter().map(|input| &input.from).enumerate();
            let inputs = inputs.map(|(n, from)| (format!("inputs.{n}.from"), from));
            let takes = node.fault_takes.iter().enumerate();
            let takes = takes.map(|(n, taken)| (format!("fault_takes.{n}"), taken));
            for (key, wanted) in inputs.chain(takes) {
                if names.contains(wanted.as_str()) || !told.insert((node.id.as_str(), key.clone()))
                {
                    continue;
                }
                let message = format!("on {day} the chain has no node {:?}", wanted.as_str());
                let allowed = allowed_words(wanted.as_str(), names.iter().copied());
                let what = (FindingCode::DanglingReference, message);
                check.find(at(node), &key, what, allowed);
            }
        }
    }
}
