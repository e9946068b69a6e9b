//! Tests of plans.
//!
//! **Room:** tests of layer 0.

use super::*;
use crate::word::Word;
use proptest::prelude::*;
use serde_json::json;

fn register(items: &[(Kind, &str, Value)]) -> Register {
    Register::from_items(items.iter().map(|(kind, id, value)| Item {
        kind: *kind,
        id: (*id).to_owned(),
        value: value.clone(),
    }))
    .unwrap()
}

fn device(id: &str, extra: &Value) -> Value {
    let mut value = json!({"id": id, "name": id, "site": "s", "class": "router"});
    let more = extra.as_object().unwrap().clone();
    value.as_object_mut().unwrap().extend(more);
    value
}

#[test]
fn a_plan_names_the_fields_that_differ() {
    let present = register(&[(
        Kind::Device,
        "r1",
        device("r1", &json!({"poll_seconds": 60})),
    )]);
    let rack = json!({"id": "k", "u": 3});
    let wanted = register(&[(
        Kind::Device,
        "r1",
        device("r1", &json!({"poll_seconds": 30, "rack": rack})),
    )]);
    let plan = plan(&wanted, &present, Absent::Delete);
    let shown: Vec<String> = plan.changes[0]
        .fields
        .iter()
        .map(|f| {
            format!(
                "{}: {:?} -> {}",
                f.path,
                f.from,
                f.to.clone().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "poll_seconds: Some(Number(60)) -> 30",
            "rack: None -> {\"id\":\"k\",\"u\":3,\"height_u\":1,\"face\":\"front\"}"
        ]
    );
}

#[test]
fn deletions_come_last_and_only_when_asked_for() {
    let site = json!({"id": "s", "name": {"en": "S"}, "timezone": "UTC"});
    let present = register(&[
        (Kind::Site, "s", site),
        (Kind::Device, "r1", device("r1", &json!({}))),
    ]);
    let wanted = register(&[(Kind::Device, "r2", device("r2", &json!({})))]);
    let order = |plan: Plan| -> Vec<String> {
        plan.changes
            .iter()
            .map(|c| format!("{} {} {}", c.action, c.kind, c.id))
            .collect()
    };
    assert_eq!(
        order(plan(&wanted, &present, Absent::Keep)),
        ["create device r2"]
    );
    assert_eq!(
        order(plan(&wanted, &present, Absent::Delete)),
        ["create device r2", "delete device r1", "delete site s"]
    );
}

/// Some entity of some kind whose fields follow from two small numbers.
fn some_item(kind: Kind, n: u8, variant: u8) -> Option<Item> {
    let id = format!("x{n}");
    let value = match kind {
        Kind::Site => json!({"id": id, "name": {"en": format!("N{variant}")}, "timezone": "UTC"}),
        Kind::Unit => json!({"id": id, "name": {"en": format!("N{variant}"), "vi": "Đ"}}),
        Kind::Rack => json!({"id": id, "name": "r", "room": "m", "u_height": 40 + variant}),
        Kind::Device => device(
            &id,
            &match variant % 3 {
                0 => json!({}),
                1 => json!({"witness": true, "fed_by": [format!("u{variant}")]}),
                _ => json!({"rack": {"id": "k", "u": variant}, "poll_seconds": 5}),
            },
        ),
        Kind::Asset => json!({"tag": id, "class": "desktop", "status": "deployed",
            "dates": {"purchased": {"date": format!("20{:02}-Q1", variant % 90 + 10)}}}),
        _ => return None,
    };
    Some(Item { kind, id, value })
}

fn some_register() -> impl Strategy<Value = Register> {
    proptest::collection::vec((0..Kind::ALL.len(), 0_u8..6, 0_u8..6), 0..30).prop_map(|picks| {
        let items = picks
            .into_iter()
            .filter_map(|(k, n, v)| some_item(Kind::ALL[k], n, v));
        Register::from_items(items).unwrap()
    })
}

proptest! {
    #[test]
    fn after_apply_the_next_plan_is_empty(wanted in some_register(), present in some_register()) {
        let whole = plan(&wanted, &present, Absent::Delete);
        let after = apply(&whole, &present).unwrap();
        prop_assert_eq!(&after, &wanted);
        prop_assert!(plan(&wanted, &after, Absent::Delete).is_empty());

        let kept = apply(&plan(&wanted, &present, Absent::Keep), &present).unwrap();
        prop_assert!(plan(&wanted, &kept, Absent::Keep).is_empty());
    }
}
