//! Tests of the register as items.
//!
//! **Room:** tests of layer 0.

use super::*;
use serde_json::json;

/// One entity of every kind with every field set, as a store may hold it from an older release:
/// a renamed field must keep reading these.
fn recorded() -> Vec<Item> {
    let text = include_str!("recorded_items.json");
    serde_json::from_str(text).unwrap()
}

#[test]
fn recorded_items_of_every_kind_still_read_and_write_the_same() {
    let recorded = recorded();
    let register = Register::from_items(recorded.clone()).unwrap();
    assert_eq!(register.len(), recorded.len());
    for kind in Kind::ALL {
        assert!(register.count(*kind) > 0, "no recorded item of kind {kind}");
    }
    for (written, recorded) in register.items().iter().zip(&recorded) {
        assert_eq!(written, recorded);
    }
}

#[test]
fn an_item_under_a_wrong_identifier_is_refused() {
    let value = json!({"id": "b", "name": {"en": "B"}, "timezone": "UTC"});
    let error = Register::from_items([Item {
        kind: Kind::Site,
        id: "a".into(),
        value,
    }]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "site a says of itself that it is b"
    );
}

#[test]
fn a_field_that_nobody_knows_is_refused_not_dropped() {
    let value = json!({"id": "a", "name": {"en": "A"}, "timezone": "UTC", "colour": "red"});
    assert!(
        Register::from_items([Item {
            kind: Kind::Site,
            id: "a".into(),
            value
        }])
        .is_err()
    );
}

#[test]
fn what_is_removed_is_gone() {
    let mut register = Register::from_items(recorded()).unwrap();
    for item in recorded() {
        assert!(!register.remove(item.kind, "no-such"), "{}", item.kind);
        assert!(register.remove(item.kind, &item.id), "{}", item.kind);
    }
    assert!(register.is_empty());
}
