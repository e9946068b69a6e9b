//! Recorded answers of a NetBox 4.7.3, and fleets made from a recorded device.
//!
//! **Room:** tests of layer 0.

use super::*;
use crate::netbox::{CustomTarget, FieldGroup, read_deletion, read_device, read_rack, read_type};
use serde_json::{Value, json};
use tw_model::{AssetClass, DateKind, Item, Kind};
use tw_units::Vnd;

/// A recorded answer; none where the recordings are not beside the project.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn recording(name: &str) -> Option<Value> {
    let path = format!(
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/netbox/{}.json"
        ),
        name
    );
    if let Ok(text) = std::fs::read_to_string(&path) {
        return Some(serde_json::from_str(&text).unwrap());
    }
    assert!(std::env::var_os("CI").is_none(), "no recording {path}");
    eprintln!("SKIPPED: no recording {path}");
    None
}

/// The results of a recorded list.
fn rows(name: &str) -> Option<Vec<Value>> {
    let list = recording(name)?;
    Some(list["results"].as_array().unwrap().clone())
}

/// Three sites, and a rack R1 at the ministry.
fn register() -> Register {
    let mut items = Vec::new();
    let mut put = |kind, id: &str, value: Value| {
        items.push(Item {
            kind,
            id: id.to_owned(),
            value,
        });
    };
    for id in ["vnta", "mic", "rfd"] {
        put(
            Kind::Site,
            id,
            json!({"id": id, "name": {"en": id}, "timezone": "Asia/Ho_Chi_Minh"}),
        );
    }
    put(
        Kind::Building,
        "b",
        json!({"id": "b", "name": {"en": "B"}, "site": "mic"}),
    );
    put(
        Kind::Room,
        "dc",
        json!({"id": "dc", "name": {"en": "DC"}, "building": "b"}),
    );
    put(
        Kind::Rack,
        "mic-r1",
        json!({"id": "mic-r1", "name": "R1", "room": "dc", "u_height": 42}),
    );
    Register::from_items(items).unwrap()
}

fn mapping() -> Mapping {
    serde_json::from_value(json!({"custom_fields": {
        "purchase_date": "purchased", "warranty_end": "warranty_end",
        "purchase_cost": "price_vnd",
    }}))
    .unwrap()
}

fn remote(rows: &[Value]) -> Remote {
    let mut remote = Remote::default();
    for row in rows {
        match read_device(row) {
            Ok(device) => remote.devices.push(device),
            Err(why) => remote.unreadable.push(why),
        }
    }
    remote
}

/// `count` devices made from a recorded one: other id, name, tag and serial, all at `mic`.
fn fleet(count: u64) -> Option<Vec<Value>> {
    let one = recording("device-1")?;
    let made = |n: u64| {
        let mut row = one.clone();
        row["id"] = json!(n);
        row["name"] = json!(format!("dev-{n:04}"));
        row["asset_tag"] = json!(format!("MIC-{n:05}"));
        row["serial"] = json!(format!("FOC1602X{n:03}"));
        row["rack"] = Value::Null;
        row["position"] = Value::Null;
        row
    };
    Some((1..=count).map(made).collect())
}

/// The register and the references after a plan was carried out.
fn carry_out(
    register: &Register,
    refs: &BTreeMap<u64, KnownRef>,
    plan: &SyncPlan,
) -> (Register, BTreeMap<u64, KnownRef>) {
    let (mut register, mut refs) = (register.clone(), refs.clone());
    for line in &plan.lines {
        if let (Some(tag), Some(after)) = (&line.tag, &line.after) {
            register.assets.insert(tag.clone(), after.clone());
            refs.insert(line.remote_id, KnownRef { tag: tag.clone() });
        }
    }
    (register, refs)
}

/// A register into which the rows were synced, with its references.
fn synced(rows: &[Value]) -> (Register, BTreeMap<u64, KnownRef>) {
    let (register, refs) = (register(), BTreeMap::new());
    let plan = plan_sync(&mapping(), &register, &refs, &remote(rows));
    assert_eq!(plan.stop, None);
    carry_out(&register, &refs, &plan)
}

fn again(rows: &[Value], known: &(Register, BTreeMap<u64, KnownRef>)) -> SyncPlan {
    plan_sync(&mapping(), &known.0, &known.1, &remote(rows))
}

#[track_caller]
fn line(plan: &SyncPlan, id: u64) -> &SyncLine {
    plan.lines.iter().find(|line| line.remote_id == id).unwrap()
}

fn kinds(line: &SyncLine) -> Vec<NoteKind> {
    line.notes.iter().map(|note| note.kind).collect()
}

#[test]
fn recorded_devices_become_assets_with_their_fields_and_a_second_sync_finds_nothing_to_do() {
    let Some(rows) = rows("devices-p1") else {
        return;
    };
    let known = synced(&rows);
    let asset = &known.0.assets["MIC-00000"];
    assert_eq!(asset.class, AssetClass::Switch);
    assert_eq!(asset.status, AssetStatus::Deployed);
    assert_eq!(asset.manufacturer.as_deref(), Some("Cisco"));
    assert_eq!(asset.model.as_deref(), Some("WS-C2960X-48TS-L"));
    assert_eq!(asset.serial.as_deref(), Some("NEWSERIAL"));
    assert_eq!(asset.price_vnd, Some(Vnd(125_000_000)));
    assert_eq!(
        asset.dates[&DateKind::Purchased].date.to_string(),
        "2011-02-01"
    );
    assert!(!asset.dates.contains_key(&DateKind::WarrantyEnd));
    let place = asset.place.as_ref().unwrap();
    assert_eq!(place.site.as_str(), "mic");
    assert_eq!(place.room.as_ref().unwrap().as_str(), "dc");
    let rack = asset.rack.as_ref().unwrap();
    assert_eq!((rack.id.as_str(), rack.u), ("mic-r1", 1));
    let plan = again(&rows, &known);
    assert_eq!(plan.counts.unchanged, rows.len(), "{:?}", plan.lines);
    assert_eq!(plan.counts.update + plan.counts.create, 0);
}

#[test]
fn every_recorded_list_is_read_without_a_complaint() {
    let Some(types) = rows("device-types") else {
        return;
    };
    let types: Vec<RemoteType> = types.iter().map(|row| read_type(row).unwrap()).collect();
    assert_eq!(types[0].end_of_life.as_deref(), Some("2026-12-31"));
    assert_eq!(types[1].half_units, Some(4));
    let racks = rows("racks").unwrap();
    let racks: Vec<RemoteRack> = racks.iter().map(|row| read_rack(row).unwrap()).collect();
    assert_eq!(
        (racks[0].name.as_str(), racks[0].u_height),
        ("R1", Some(42))
    );
}

#[test]
fn of_two_devices_with_one_serial_both_arrive_and_one_keeps_the_number() {
    let Some(mut rows) = fleet(10) else {
        return;
    };
    rows[6]["serial"] = rows[2]["serial"].clone();
    let known = synced(&rows);
    assert!(known.0.assets["MIC-00003"].serial.is_some());
    assert_eq!(known.0.assets["MIC-00007"].serial, None);
    let plan = again(&rows, &known);
    assert_eq!(plan.counts.unchanged, 10, "{:?}", plan.counts);
    for id in [3, 7] {
        assert_eq!(kinds(line(&plan, id)), [NoteKind::DuplicateSerial]);
    }
    assert!(line(&plan, 7).notes[0].detail.contains("device 3"));
}

#[test]
fn a_deleted_device_is_missing_in_the_source_with_who_and_when_and_its_asset_stays() {
    let (Some(mut rows), Some(log)) = (fleet(10), rows("changes")) else {
        return;
    };
    let known = synced(&rows);
    rows.retain(|row| row["id"] != 2);
    let mut remote = remote(&rows);
    remote.deletions = log.iter().filter_map(read_deletion).collect();
    let plan = plan_sync(&mapping(), &known.0, &known.1, &remote);
    assert_eq!(plan.stop, None);
    assert_eq!(plan.counts.missing_in_source, 1);
    let gone = line(&plan, 2);
    assert_eq!(gone.outcome, SyncOutcome::MissingInSource);
    assert_eq!(kinds(gone), [NoteKind::Deleted]);
    assert!(gone.notes[0].detail.contains("by admin at 2026-11-22"));
    let after = carry_out(&known.0, &known.1, &plan).0;
    assert_eq!(after.assets, known.0.assets);
}

#[test]
fn an_edited_type_changes_its_devices_although_their_stamps_did_not_move() {
    let Some(mut rows) = fleet(10) else {
        return;
    };
    let known = synced(&rows);
    let stamp = rows[0]["last_updated"].clone();
    for row in &mut rows {
        row["device_type"]["model"] = json!("C9200L-48P");
    }
    assert_eq!(rows[0]["last_updated"], stamp);
    let plan = again(&rows, &known);
    assert_eq!(plan.counts.update, 10);
    let change = &line(&plan, 1).fields[0];
    assert_eq!(change.path, "model");
    assert_eq!(change.to, Some(json!("C9200L-48P")));
}

#[test]
fn when_thirty_percent_are_gone_the_sync_stops_and_says_why() {
    let Some(mut rows) = fleet(10) else {
        return;
    };
    let known = synced(&rows);
    rows.truncate(7);
    let plan = again(&rows, &known);
    assert_eq!(
        plan.stop,
        Some(StopReason::Vanishing {
            gone: 3,
            known: 10,
            percent_max: 20
        })
    );
    rows.clear();
    assert!(again(&rows, &known).stop.is_some(), "an empty answer, too");
}

#[test]
fn when_many_serials_change_the_sync_stops_and_one_is_an_update() {
    let Some(mut rows) = fleet(10) else {
        return;
    };
    let known = synced(&rows);
    rows[0]["serial"] = json!("NEW1");
    let plan = again(&rows, &known);
    assert_eq!((plan.stop, plan.counts.update), (None, 1));
    rows[1]["serial"] = json!("NEW2");
    let stop = again(&rows, &known).stop;
    assert!(matches!(
        stop,
        Some(StopReason::SerialsChanging { changed: 2, .. })
    ));
}

#[test]
fn a_row_that_cannot_be_read_is_not_taken_for_a_deletion() {
    let Some(mut rows) = fleet(10) else {
        return;
    };
    let known = synced(&rows);
    for row in &mut rows[..5] {
        row["status"] = Value::Null;
    }
    let plan = again(&rows, &known);
    assert_eq!(
        (plan.counts.unreadable, plan.counts.missing_in_source),
        (5, 0)
    );
    assert_eq!(plan.stop, None);
}

#[test]
fn a_match_is_by_reference_then_tag_then_serial_and_never_by_name() {
    let Some(rows) = fleet(3) else {
        return;
    };
    let (mut register, _) = synced(&rows);
    // Nothing but the name is left of the first, the tag of the second, the serial of the third.
    let mut renamed = rows.clone();
    renamed[0]["asset_tag"] = json!("OTHER-1");
    renamed[0]["serial"] = json!("OTHER-1");
    renamed[1]["serial"] = json!("OTHER-2");
    renamed[2]["asset_tag"] = Value::Null;
    let third = register.assets.get_mut("MIC-00003").unwrap();
    third.status = AssetStatus::Maintenance;
    let plan = plan_sync(&mapping(), &register, &BTreeMap::new(), &remote(&renamed));
    let by: Vec<_> = plan.lines.iter().map(|line| line.matched_by).collect();
    assert_eq!(by, [None, Some(MatchedBy::Tag), Some(MatchedBy::Serial)]);
    assert_eq!(line(&plan, 1).outcome, SyncOutcome::Create);
    assert_eq!(line(&plan, 3).fields[0].path, "status");
    let refs = BTreeMap::from([(
        1,
        KnownRef {
            tag: AssetTag::new("MIC-00001").unwrap(),
        },
    )]);
    let plan = plan_sync(&mapping(), &register, &refs, &remote(&renamed));
    let first = line(&plan, 1);
    assert_eq!(first.matched_by, Some(MatchedBy::Reference));
    assert_eq!(kinds(first), [NoteKind::TagDiffers]);
    assert_eq!(first.tag.as_ref().unwrap().as_str(), "MIC-00001");
}

#[test]
fn two_candidates_are_left_to_a_person() {
    let Some(mut rows) = fleet(2) else {
        return;
    };
    let (register, _) = synced(&rows);
    rows[0]["serial"] = rows[1]["serial"].clone();
    let only = [rows[0].clone()];
    let plan = plan_sync(&mapping(), &register, &BTreeMap::new(), &remote(&only));
    assert_eq!(plan.counts.ambiguous, 1);
    assert_eq!(kinds(&plan.lines[0]), [NoteKind::SecondCandidate]);
    assert_eq!(carry_out(&register, &BTreeMap::new(), &plan).0, register);
}

#[test]
fn what_we_own_is_kept_and_the_difference_told() {
    let Some(mut rows) = fleet(2) else {
        return;
    };
    let mut known = synced(&rows);
    rows[0]["custom_fields"]["purchase_date"] = json!("2015-01-01");
    rows[0]["custom_fields"]["purchase_cost"] = json!("99.50");
    let plan = again(&rows, &known);
    let first = line(&plan, 1);
    assert_eq!(first.outcome, SyncOutcome::Unchanged);
    assert_eq!(kinds(first), [NoteKind::BadValue, NoteKind::Differs]);
    // Given away, it follows; the custodian is nobody's business but ours.
    let first = known.0.assets.get_mut("MIC-00001").unwrap();
    first.primary = false;
    first.unit = Some("it".parse().unwrap());
    let mut mapping = mapping();
    mapping.owns.insert(FieldGroup::Dates);
    let plan = plan_sync(&mapping, &known.0, &known.1, &remote(&rows));
    let first = line(&plan, 1);
    assert_eq!(first.fields[0].path, "dates.purchased.date");
    assert!(first.after.as_ref().unwrap().unit.is_some());
}

#[test]
fn a_disposed_asset_is_not_brought_back_and_nobody_misses_it() {
    let Some(mut rows) = fleet(10) else {
        return;
    };
    let mut known = synced(&rows);
    let first = known.0.assets.get_mut("MIC-00001").unwrap();
    first.status = AssetStatus::Disposed;
    let plan = again(&rows, &known);
    assert_eq!(kinds(line(&plan, 1)), [NoteKind::StatusConflict]);
    assert_eq!(line(&plan, 1).outcome, SyncOutcome::Unchanged);
    rows.remove(0);
    assert_eq!(again(&rows, &known).counts.missing_in_source, 0);
}

#[test]
fn what_is_not_mapped_is_told_and_what_cannot_be_is_refused_alone() {
    let Some(mut rows) = fleet(4) else {
        return;
    };
    rows[0]["role"]["slug"] = json!("toaster");
    rows[1]["site"]["slug"] = json!("moon");
    rows[2]["asset_tag"] = json!("no/tag");
    rows[3]["status"] = json!({"value": "haunted", "label": "Haunted"});
    let plan = plan_sync(&mapping(), &register(), &BTreeMap::new(), &remote(&rows));
    let found: Vec<_> = plan.lines.iter().map(kinds).collect();
    assert_eq!(
        found,
        [
            vec![NoteKind::UnknownRole],
            vec![NoteKind::UnknownSite],
            vec![NoteKind::BadValue],
            vec![NoteKind::UnknownStatus],
        ]
    );
    assert_eq!((plan.counts.create, plan.counts.refused), (3, 1));
}

#[test]
fn one_device_that_breaks_a_rule_does_not_hold_up_the_others() {
    let Some(mut rows) = fleet(5) else {
        return;
    };
    // Bought after its warranty ended.
    let mut mapping = mapping();
    mapping.custom_fields.insert(
        "warranty_begin".to_owned(),
        CustomTarget::Date(DateKind::WarrantyStart),
    );
    rows[3]["custom_fields"]["warranty_begin"] = json!("2020-01-01");
    rows[3]["custom_fields"]["warranty_end"] = json!("2019-01-01");
    let plan = plan_sync(&mapping, &register(), &BTreeMap::new(), &remote(&rows));
    assert_eq!((plan.counts.create, plan.counts.refused), (4, 1));
    assert_eq!(kinds(line(&plan, 4)), [NoteKind::BreaksRule]);
    assert_eq!(line(&plan, 4).tag, None);
}

#[test]
fn a_place_that_is_taken_is_left_out_and_the_device_arrives() {
    let Some(mut rows) = rows("devices-p1") else {
        return;
    };
    rows[1]["position"] = rows[0]["position"].clone();
    rows[2]["position"] = json!(99.0);
    let plan = plan_sync(&mapping(), &register(), &BTreeMap::new(), &remote(&rows));
    assert_eq!(plan.counts.create, 3, "{:?}", plan.lines);
    let after = |id| line(&plan, id).after.as_ref().unwrap();
    assert_eq!(after(4).rack, None);
    let mounted = [1, 3].iter().filter(|id| after(**id).rack.is_some());
    assert!(mounted.count() <= 1, "never two in one place");
}

#[test]
fn recorded_types_become_models_and_an_edited_end_is_an_update() {
    let (Some(rows), Some(types)) = (rows("devices-p1"), rows("device-types")) else {
        return;
    };
    let mut known = register();
    let mut remote = remote(&rows);
    remote.types = types.iter().map(|row| read_type(row).unwrap()).collect();
    remote.types[0].end_of_life = None;
    let plan = plan_sync(&mapping(), &known, &BTreeMap::new(), &remote);
    assert_eq!(plan.models.len(), 2);
    for line in plan.models {
        assert_eq!(line.outcome, SyncOutcome::Create);
        known
            .manufacturers
            .extend(line.maker.map(|m| (m.id.clone(), m)));
        known.models.extend(line.after.map(|m| (m.id.clone(), m)));
    }
    // The recorded edit: the type has an end, its devices' stamps did not move.
    remote.types[0].end_of_life = Some("2026-12-31".to_owned());
    let plan = plan_sync(&mapping(), &known, &BTreeMap::new(), &remote);
    assert_eq!(plan.models[0].changes, ["end_of_support: 2026-12-31"]);
    assert_eq!(plan.models[1].outcome, SyncOutcome::Unchanged);
}
