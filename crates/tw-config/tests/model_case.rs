//! The files of the model case: good, complete, and with fresh schemas.
//!
//! **Room:** tests of layer 1.

use std::path::{Path, PathBuf};
use tw_model::{DeviceClass, Kind, Register, ServiceKind, Word};

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory"))
}

fn model_case() -> Register {
    match tw_config::load(&folder()) {
        Ok(inventory) => inventory.register,
        Err(cause) => panic!("{cause}"),
    }
}

#[test]
fn the_model_case_is_good_and_has_the_size_of_the_design() {
    let register = model_case();
    let counts: Vec<(Kind, usize)> = [
        Kind::Site,
        Kind::Unit,
        Kind::Person,
        Kind::Circuit,
        Kind::Asset,
    ]
    .map(|k| (k, register.count(k)))
    .into();
    assert_eq!(
        counts,
        [
            (Kind::Site, 3),
            (Kind::Unit, 38),
            (Kind::Person, 1_100),
            (Kind::Circuit, 4),
            (Kind::Asset, 1_600)
        ]
    );
    assert!(
        register
            .organisation
            .as_ref()
            .is_some_and(|organisation| organisation.simulated)
    );
    let of_kind = |kind| {
        register
            .services
            .values()
            .filter(move |service| service.kind == kind)
    };
    assert_eq!(of_kind(ServiceKind::PublicServiceSystem).count(), 6);
    assert_eq!(of_kind(ServiceKind::Gateway).count(), 2);
    assert!(of_kind(ServiceKind::PublicService).count() > 200);
    let advanced = of_kind(ServiceKind::PublicService).filter(|service| service.level >= Some(3));
    assert_eq!(advanced.count(), 38);
}

#[test]
fn every_device_is_simulated_at_its_site_and_nearly_every_class_is_there() {
    let register = model_case();
    for device in register.devices.values() {
        let address = device
            .address
            .expect("every device of the model case is polled");
        let expect = match device.site.as_str() {
            "vnta" => "127.1.",
            "mic" => "127.2.",
            _ => "127.3.",
        };
        assert!(
            address.ip().to_string().starts_with(expect),
            "{}: {address}",
            device.id
        );
        assert_eq!(address.port(), 16_100, "{}", device.id);
        let tag = device.asset.as_ref().expect("every device is an asset");
        assert_eq!(register.assets[tag].device.as_ref(), Some(&device.id));
    }
    for class in DeviceClass::ALL {
        let there = register
            .devices
            .values()
            .any(|device| device.class == *class);
        let wanted = !matches!(class, DeviceClass::Wireless | DeviceClass::Other);
        assert_eq!(there, wanted, "{class}");
    }
    assert!(
        (55..=70).contains(&register.devices.len()),
        "{}",
        register.devices.len()
    );
    for site in register.sites.keys() {
        assert!(register.witnesses_of(site).count() >= 3, "{site}");
    }
}

#[test]
fn some_equipment_is_old_and_some_dates_are_missing_or_imprecise() {
    let register = model_case();
    let total = register.assets.len();
    let share = |count: usize| count * 100 / total;
    let undated = register
        .assets
        .values()
        .filter(|asset| asset.dates.is_empty())
        .count();
    let dates = || {
        register
            .assets
            .values()
            .flat_map(|asset| asset.dates.values())
    };
    let imprecise = dates()
        .filter(|date| date.date.earliest() != date.date.latest())
        .count();
    assert!(
        (2..=15).contains(&share(undated)),
        "{undated} of {total} undated"
    );
    assert!(share(imprecise) >= 10, "{imprecise} imprecise dates");
}

/// `TW_BLESS=1` writes the files anew.
#[test]
fn the_schemas_are_fresh() {
    for schema in tw_config::schemas() {
        let path = folder().join(schema.path);
        if std::env::var_os("TW_BLESS").is_some() {
            std::fs::write(&path, &schema.text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == schema.text,
            "{} is stale: run with TW_BLESS=1",
            path.display()
        );
    }
}

#[test]
fn every_yaml_file_names_its_schema() {
    let mut open = vec![folder()];
    let mut seen = 0;
    while let Some(here) = open.pop() {
        for entry in std::fs::read_dir(&here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                let first = text.lines().next().unwrap_or_default();
                let schema = first.strip_prefix("# yaml-language-server: $schema=");
                let schema = schema.unwrap_or_else(|| panic!("{} names no schema", path.display()));
                let schema = path.parent().unwrap_or(Path::new("/")).join(schema);
                assert!(schema.is_file(), "{}", schema.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 8, "{seen}");
}
