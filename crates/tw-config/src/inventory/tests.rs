//! Tests of reading an inventory.
//!
//! **Room:** tests of layer 1.

use super::*;
use std::collections::BTreeSet;

/// Loads files given as `(path, text)` and shows the complaints, the folder's name cut off.
#[track_caller]
fn complaints(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let prefix = format!("{}/", folder.path().display());
    match load(folder.path()) {
        Ok(_) => Vec::new(),
        Err(LoadError::Wrong(problems)) => {
            assert_eq!(problems.dropped, 0);
            problems
                .problems
                .iter()
                .map(|p| p.to_string().replace(&prefix, ""))
                .collect()
        }
        Err(other) => panic!("{other}"),
    }
}

const SITE: &str = "\
site:
  id: s
  name: {en: Site}
  timezone: Asia/Ho_Chi_Minh
credentials:
  - {id: v2, snmp: {version: 2c, community_env: TW_COMMUNITY}}
buildings:
  - id: b
    name: {en: Block}
    rooms:
      - id: m
        name: {en: Hall}
        racks:
          - {id: k, name: K, u_height: 42}
devices:
  - {id: r1, name: r1, class: router, address: 10.0.0.1, credential: v2, rack: {id: k, u: 1}}
";

fn spoilt(from: &str, to: &str) -> Vec<String> {
    assert!(SITE.contains(from), "{from}");
    complaints(&[("sites/s.yaml", &SITE.replace(from, to))])
}

#[test]
fn a_good_file_is_read_with_its_nested_places_and_default_port() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), SITE).unwrap();
    let inventory = load(folder.path()).unwrap();
    let register = inventory.register;
    let device = register.devices.values().next().unwrap();
    assert_eq!(device.address.unwrap().to_string(), "10.0.0.1:161");
    assert_eq!(device.site.as_str(), "s");
    let rack = register.racks.values().next().unwrap();
    assert_eq!(register.site_of_rack(&rack.id).unwrap().as_str(), "s");
}

#[test]
fn everything_wrong_is_found_at_once() {
    let text = SITE
        .replace("timezone: Asia/Ho_Chi_Minh", "timezone: Asia/Hanoi")
        .replace("class: router", "class: rooter")
        .replace("10.0.0.1", "10.0.0.256")
        .replace("u_height: 42", "u_heigth: 42")
        .replace("rack: {id: k, u: 1}", "rack: {id: kk, u: one}");
    assert_eq!(
        complaints(&[("sites/s.yaml", &text)]),
        [
            "sites/s.yaml:4: site.timezone: there is no time zone \"Asia/Hanoi\"; allowed: an IANA \
             name, as Asia/Ho_Chi_Minh or UTC",
            "sites/s.yaml:14: buildings[b].rooms[m].racks[k].u_height: the key is missing; allowed: \
             a whole number from 0 to 65535",
            "sites/s.yaml:14: buildings[b].rooms[m].racks[k].u_heigth: the key is unknown; allowed: \
             id, name, u_height, power_watts (did you mean u_height?)",
            "sites/s.yaml:16: devices[r1].address: \"10.0.0.256\" cannot stand here; allowed: an IP \
             address and port, as 10.0.0.1:161 or [2001:db8::1]:161",
            "sites/s.yaml:16: devices[r1].class: \"rooter\" cannot stand here; allowed: router, \
             switch, firewall, wireless, ups, pdu, ats, generator, cooling, environment, server, \
             storage, other (did you mean router?)",
            "sites/s.yaml:16: devices[r1].rack.u: \"one\" cannot stand here; allowed: a whole number \
             from 0 to 65535",
        ]
    );
}

#[test]
fn a_secret_in_the_clear_is_refused_and_not_repeated() {
    let found = spoilt("community_env: TW_COMMUNITY", "community: hunter2");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        found[0],
        "sites/s.yaml:6: credentials[v2].snmp.community: a secret is written in the file; allowed: \
         community_env, community_file, community_credential, which say where the secret lies"
    );
    let found = spoilt("community_env: TW_COMMUNITY", "community_env: hunter2");
    assert!(
        found[0].contains("no name of an environment variable"),
        "{found:#?}"
    );
    assert!(!found[0].contains("hunter2"), "{found:#?}");
}

#[test]
fn an_identifier_is_used_once_across_all_files() {
    let second = "units:\n  - {id: u, name: {en: U}}\n  - {id: u, name: {en: V}}\n";
    let devices = "devices:\n  - {id: r1, name: x, class: ups, site: s}\n";
    assert_eq!(
        complaints(&[
            ("sites/s.yaml", SITE),
            ("units.yaml", second),
            ("z.yaml", devices)
        ])
        .iter()
        .map(|line| line.split("/tmp").next().unwrap())
        .collect::<Vec<_>>(),
        [
            "units.yaml:3: units[u].id: unit u is already defined in units.yaml:2; allowed: an \
             identifier that is used once",
            "z.yaml:2: devices[r1].id: device r1 is already defined in sites/s.yaml:16; allowed: an \
             identifier that is used once",
        ]
    );
}

#[test]
fn a_row_of_a_table_is_complained_about_by_line_and_column() {
    let units = "units:\n  - {id: u, name: {en: U}}\n";
    let people =
        "\u{feff}id,name,unit,active\nP1,Nguyễn Văn An,u,true\nP2,\"Trần\nBình\",v,yes\nP3,X,u\n";
    let assets = "tag;class;status;purchased;price_vnd\nT1;desktop;deployed;2019-Q2;12000000\n\
        T2;desctop;deployed;2019-13;12 000 000\n";
    assert_eq!(
        complaints(&[
            ("units.yaml", units),
            ("people.csv", people),
            ("assets.csv", assets)
        ]),
        [
            "assets.csv:3: assets[T2].class: \"desctop\" cannot stand here; allowed: desktop, \
             laptop, monitor, printer, scanner, projector, phone, camera, server, storage, router, \
             switch, firewall, wireless, ups, pdu, ats, generator, cooling, environment, other (did \
             you mean desktop?)",
            "assets.csv:3: assets[T2].price_vnd: \"12 000 000\" cannot stand here; allowed: a whole number \
             from 0",
            "assets.csv:3: assets[T2].purchased: \"2019-13\" cannot stand here; allowed: 2019, \
             2019-Q2, 2019-06, 2019-W23 or 2019-06-03",
            "people.csv:3: people[P2].active: \"yes\" cannot stand here; allowed: true, false",
            "people.csv:3: people[P2].name: the text has control characters; allowed: a text",
            "people.csv:3: people[P2].unit: there is no unit \"v\"; allowed: u (did you mean u?)",
            "people.csv:5: -: the row has 3 cells; allowed: 4 cells, as the first row",
        ]
    );
}

#[test]
fn a_table_that_was_written_reads_the_same() {
    let text = include_str!("../../../tw-model/src/register/recorded_items.json");
    let items: Vec<Item> = serde_json::from_str(text).unwrap();
    let register = Register::from_items(items).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("people.csv"),
        crate::write_people(register.people.values()),
    )
    .unwrap();
    fs::write(
        folder.path().join("assets.csv"),
        crate::write_assets(register.assets.values()),
    )
    .unwrap();
    let mut loading = Loading::default();
    loading
        .read_file(&folder.path().join("people.csv"))
        .unwrap();
    loading
        .read_file(&folder.path().join("assets.csv"))
        .unwrap();
    assert_eq!(loading.problems, []);
    assert_eq!(loading.register.people, register.people);
    let mut expect = register.assets.clone();
    for asset in expect.values_mut() {
        // What has no column.
        asset.custom.clear();
        asset.rack.as_mut().unwrap().full_depth = true;
    }
    for date in expect
        .values_mut()
        .flat_map(|asset| asset.dates.values_mut())
    {
        // One source to a row.
        date.source = Some("invoice 12".to_owned());
        date.document = None;
    }
    assert_eq!(loading.register.assets, expect);
}

#[test]
fn files_of_unknown_names_are_a_slip() {
    let found = complaints(&[
        ("s.yaml", SITE),
        ("device.yml", ""),
        ("README.md", "# x"),
        (".git/x", ""),
    ]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0]
            .starts_with("device.yml:1: -: no file of an inventory has this name; allowed: *.yaml")
    );
}

/// The tables of shapes name the fields of the model and no others.
#[test]
fn the_shapes_are_those_of_the_model() {
    let text = include_str!("../../../tw-model/src/register/recorded_items.json");
    let items: Vec<Item> = serde_json::from_str(text).unwrap();
    for item in items {
        let keys = match item.kind {
            Kind::Room => shapes::ROOM,
            Kind::Rack => shapes::RACK,
            Kind::AgePolicy => shapes::AGE_POLICY,
            Kind::PlanPolicy => shapes::PLAN_POLICY,
            kind => {
                let tops = shapes::FILE
                    .iter()
                    .filter_map(|key| shapes::entities(key.name));
                tops.into_iter()
                    .find(|(of, _)| *of == kind)
                    .expect("every kind can be written")
                    .1
            }
        };
        // What stands inside in a file, and what follows from where it stands.
        let nested: &[&str] = match item.kind {
            Kind::Building => &["rooms"],
            Kind::Room => &["racks", "building"],
            Kind::Rack => &["room"],
            _ => &[],
        };
        let of_model: BTreeSet<&str> = item
            .value
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .chain(nested.iter().copied())
            .collect();
        let of_shape: BTreeSet<&str> = keys
            .iter()
            .map(|key| key.name)
            .chain(nested.iter().copied())
            .collect();
        assert_eq!(of_model, of_shape, "{}", item.kind);
    }
}

#[test]
fn files_own_the_fields_that_they_name_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), SITE).unwrap();
    let rows = "tag,class,status,purchased\nT1,router,deployed,2020\n";
    fs::write(folder.path().join("assets.csv"), rows).unwrap();
    let inventory = load(folder.path()).unwrap();
    let mut present = inventory.register.clone();
    // People filled in what no file names, and moved what a file names.
    let device = present.devices.values_mut().next().unwrap();
    device.serial = Some("X1".to_owned());
    device.poll_seconds = 10;
    device.class = tw_model::DeviceClass::Firewall;
    let asset = present.assets.values_mut().next().unwrap();
    let accepted = tw_model::RecordedDate {
        date: "2021".parse().unwrap(),
        source: None,
        document: None,
    };
    asset.dates.insert(tw_model::DateKind::Accepted, accepted);

    let over = inventory.over(&present).unwrap();
    let device = over.devices.values().next().unwrap();
    assert_eq!(device.serial.as_deref(), Some("X1"));
    assert_eq!(device.poll_seconds, 10);
    assert_eq!(device.class, tw_model::DeviceClass::Router);
    assert_eq!(over.assets.values().next().unwrap().dates.len(), 2);
    let plan = tw_model::plan(&over, &present, tw_model::Absent::Keep);
    let fields: Vec<&str> = plan
        .changes
        .iter()
        .flat_map(|c| &c.fields)
        .map(|f| f.path.as_str())
        .collect();
    assert_eq!(fields, ["class"]);
}

#[test]
fn what_clashes_with_the_register_is_said_with_the_line_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), SITE).unwrap();
    let inventory = load(folder.path()).unwrap();
    let mut present = inventory.register.clone();
    let mut other = present.devices.values().next().unwrap().clone();
    other.id = tw_units::DeviceId::new("a-by-hand").unwrap();
    other.rack = None;
    present.devices.insert(other.id.clone(), other);
    let found = inventory.problems_in(&present);
    assert_eq!(found.problems.len(), 1, "{found}");
    assert_eq!(
        (found.problems[0].line, found.problems[0].key.as_str()),
        (16, "devices[r1].address")
    );
}
