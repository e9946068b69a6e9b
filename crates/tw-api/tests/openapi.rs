//! The committed OpenAPI document is fresh and sound.
//!
//! **Room:** tests of `tw-api`.

use serde_json::Value;
use std::{collections::BTreeSet, path::PathBuf};
use tw_api::{Permission, Reach, Role, endpoints};

fn committed() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/v1.json"))
}

#[test]
fn the_committed_document_is_what_the_types_say() {
    let mut made = serde_json::to_string_pretty(&tw_api::document()).unwrap();
    made.push('\n');
    if std::env::var_os("TW_BLESS").is_some() {
        std::fs::write(committed(), &made).unwrap();
    }
    let kept = std::fs::read_to_string(committed()).unwrap_or_default();
    assert!(
        kept == made,
        "openapi/v1.json is stale: TW_BLESS=1 cargo test -p tw-api"
    );
}

fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(text)) = map.get("$ref") {
                found.insert(text);
            }
            map.values().for_each(|v| references(v, found));
        }
        Value::Array(list) => list.iter().for_each(|v| references(v, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = tw_api::document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in found {
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(
            document["components"]["schemas"].get(name).is_some(),
            "{reference}"
        );
    }
}

#[test]
fn operations_have_one_name_and_paths_one_owner() {
    let mut ids = BTreeSet::new();
    let mut addresses = BTreeSet::new();
    for info in endpoints::all() {
        assert!(ids.insert(info.id), "{} twice", info.id);
        assert!(
            addresses.insert((info.path, info.method)),
            "{} twice",
            info.path
        );
    }
}

#[test]
fn whoever_writes_has_a_permission_and_reading_roles_have_none_of_them() {
    for info in endpoints::all().iter().filter(|info| info.method.writes()) {
        if info.path.starts_with("/api/v1/session") {
            continue;
        }
        assert!(info.permission > Permission::ViewPeople, "{}", info.id);
        assert!(!Role::Viewer.may(info.permission), "{}", info.id);
        assert!(!Role::Auditor.may(info.permission), "{}", info.id);
    }
}

#[test]
fn a_path_with_an_identifier_reaches_one_thing_or_the_whole() {
    for info in endpoints::all() {
        let named = info.path.contains('{');
        match info.reach {
            Reach::One(_) => assert!(named, "{}", info.id),
            // What is one's own is found under the caller's name, too.
            Reach::Whole | Reach::Own => {}
            _ => assert!(!named, "{}", info.id),
        }
    }
}
