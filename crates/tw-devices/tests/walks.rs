//! Walks of real devices: what the description makes of them, beside what a peer found.
//!
//! **Room:** tests.
#![expect(clippy::unwrap_used, reason = "a failure here is the test's own")]

use std::{collections::BTreeMap, fs, path::PathBuf};
use tw_devices::{
    Answers, Cell, Description, describe,
    describe::{Subject, TableAnswer},
    describe_plan,
    modules::SYSTEM,
    plan::Scalar,
};

type Walk = BTreeMap<Vec<u32>, Cell>;

#[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
fn folder() -> Option<PathBuf> {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/walks"
    ));
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} is missing",
        path.display()
    );
    eprintln!("SKIPPED: {} is missing", path.display());
    None
}

fn arcs(text: &str) -> Option<Vec<u32>> {
    let text = text.trim_start_matches('.').trim_end_matches('.');
    text.split('.').map(|arc| arc.parse().ok()).collect()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|c| c.to_digit(16)?.try_into().ok())
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| Some(pair[0] << 4 | pair[1]))
        .collect()
}

/// One line of a `.snmprec`; variations are computed by their server and left out here.
fn line(line: &str) -> Option<(Vec<u32>, Cell)> {
    let mut fields = line.splitn(3, '|');
    let (oid, tag, value) = (fields.next()?, fields.next()?, fields.next()?);
    let cell = match tag {
        "2" => Cell::Int(value.parse().ok()?),
        "65" | "66" | "67" | "70" => Cell::Uint(value.parse().ok()?),
        "4" => Cell::Bytes(value.as_bytes().to_vec()),
        "4x" => Cell::Bytes(hex(value)?),
        "6" => Cell::Oid(arcs(value)?),
        _ => return None,
    };
    Some((arcs(oid)?, cell))
}

fn describe_walk(walk: &Walk) -> Description {
    let object_id = walk
        .get(&arcs("1.3.6.1.2.1.1.2.0").unwrap())
        .and_then(Cell::oid);
    let plan = describe_plan(object_id.unwrap_or_default());
    let get = |scalar: &Scalar| walk.get(scalar.oid).cloned();
    let tables = plan.tables.iter().map(|table| {
        let mut rows = TableAnswer::new();
        for (at, column) in table.columns.iter().enumerate() {
            let prefix = table.column_oid(column);
            for (oid, cell) in walk
                .range(prefix.clone()..)
                .take_while(|(oid, _)| oid.starts_with(&prefix))
            {
                let row = rows
                    .entry(oid[prefix.len()..].to_vec())
                    .or_insert_with(|| vec![None; table.columns.len()]);
                row[at] = Some(cell.clone());
            }
        }
        rows
    });
    let answers = Answers {
        system: SYSTEM.iter().map(get).collect(),
        tables: tables.collect(),
        scalars: plan.scalars.iter().map(|scalar| get(scalar)).collect(),
    };
    let subject = Subject {
        target: "d",
        period_ms: 60_000,
        known: &[],
    };
    describe(&subject, &plan, &answers)
}

fn all() -> Option<Vec<(String, Walk)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder()?).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "snmprec") {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            all.push((name, text.lines().filter_map(line).collect()));
        }
    }
    assert!(all.len() >= 19);
    Some(all)
}

#[test]
fn interfaces_of_real_devices_are_those_that_a_peer_found() {
    let Some(all) = all() else { return };
    let mut compared = 0;
    for (name, walk) in all {
        let path = folder()
            .unwrap()
            .join("expected")
            .join(format!("{name}.json"));
        let expected: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let description = describe_walk(&walk);
        let Some(ports) = expected["ports"]["list"].as_array() else {
            continue;
        };
        let mut keys: Vec<_> = description.interfaces.iter().map(|i| &i.key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(
            keys.len(),
            description.interfaces.len(),
            "{name}: keys are unique"
        );
        for port in ports {
            let index = port["ifIndex"].as_u64().unwrap();
            let ours = description
                .interfaces
                .iter()
                .find(|i| u64::from(i.if_index) == index);
            let ours = ours.unwrap_or_else(|| panic!("{name} has no interface {index}"));
            if let Some(speed) = port["speed_bps"].as_u64().filter(|speed| *speed > 0) {
                assert_eq!(ours.speed_bps, speed, "{name} {index}");
            }
            compared += 1;
        }
    }
    assert!(compared > 50, "only {compared} interfaces were compared");
}

#[test]
fn serials_and_makers_are_those_that_a_peer_found() {
    let Some(all) = all() else { return };
    let found: BTreeMap<String, Description> = all
        .iter()
        .map(|(name, walk)| (name.clone(), describe_walk(walk)))
        .collect();
    let serial = |name: &str| found[name].identity.serial.as_deref();
    let vendor = |name: &str| found[name].identity.vendor.as_deref();
    assert_eq!(serial("apc_smx750"), Some("AS1342225176"));
    assert_eq!(vendor("apc_smx750"), Some("APC"));
    assert_eq!(vendor("fortigate_100e"), Some("Fortinet"));
    assert_eq!(vendor("arubaos-cx_10.10"), Some("Aruba"));
    assert_eq!(vendor("simdata_cisco-c3560"), Some("Cisco"));
    for (name, description) in &found {
        assert!(
            description
                .identity
                .serial
                .as_deref()
                .is_none_or(|s| !s.contains("private")),
            "{name}"
        );
        assert!(!description.layout.series.is_empty());
    }
    let sensors = |name: &str| &found[name].sensors;
    for name in ["apc_smx750", "netvision-rfc"] {
        assert!(
            sensors(name).iter().any(|s| s.class == "charge"),
            "{name}: {:?}",
            sensors(name)
        );
        assert!(sensors(name).iter().any(|s| s.class == "load"), "{name}");
    }
    assert!(sensors("apc_ap7900b").iter().any(|s| s.class == "current"));
}

#[test]
fn the_addresses_of_recorded_devices_are_read_with_their_interfaces() {
    let Some(all) = all() else { return };
    let told = |name: &str| -> Vec<String> {
        let walk = all.iter().find(|(known, _)| known == name);
        let description = describe_walk(&walk.unwrap().1);
        let shown = description.addresses.iter();
        shown
            .map(|seen| format!("{} on {}", seen.address, seen.interface))
            .collect()
    };
    // Zones of link-local addresses are left out; the names are those of ifXTable.
    let cisco = told("simdata_cisco-c3560").join(", ");
    let pdu = told("raritan-pdu_px2-temp").join(", ");
    let both = format!("{cisco}, {pdu}");
    for wanted in ["2001:da8:215:100::148 on ", "fe80::ea04:62ff:fe78:f241 on "] {
        assert!(both.contains(wanted), "{both}");
    }
    let linux = told("linux_icecast").join(", ");
    let rest = ["netvision-rfc", "rittal-cmc-iii-pu_compact"].map(|name| told(name).join(", "));
    let lines = format!("{linux}, {}", rest.join(", "));
    assert!(lines.contains("fe80::9041:75ff:fed5:143c on "), "{lines}");
    assert!(lines.contains("::1 on lo"), "{lines}");
    assert_eq!(told("apc_smx750"), [""; 0], "it has no such table");
}
