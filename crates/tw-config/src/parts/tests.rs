//! Parts survive the way through a cell.
//!
//! **Room:** tests of layer 1.

use super::*;
use crate::{problem::Problem, read, shapes};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What the reader of assets makes of a cell.
fn read_back(cell: &str) -> Result<Value, String> {
    let list = node(cell, 7).map_err(|(message, allowed)| format!("{message}; {allowed}"))?;
    let key = |name: &str| Key {
        line: 7,
        name: name.to_owned(),
    };
    let text = |text: &str| Node {
        line: 7,
        value: NodeValue::Text(text.to_owned()),
    };
    let asset = NodeValue::Map(vec![
        (key("tag"), text("T-1")),
        (key("class"), text("ups")),
        (key("status"), text("lost")),
        (key("components"), list),
    ]);
    let asset = Node {
        line: 7,
        value: asset,
    };
    let mut problems: Vec<Problem> = Vec::new();
    let read = read::entity(&asset, shapes::ASSET, ("", ""), &mut problems);
    match problems.first() {
        Some(problem) => Err(format!("{}: {}", problem.key, problem.message)),
        None => Ok(read.value["components"].clone()),
    }
}

fn parts(value: &Value) -> Vec<Component> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn every_field_of_a_part_comes_back_in_both_languages() {
    let value = json!([
        {"name": "battery-1", "kind": "battery", "model": "RBC44; 9 Ah", "serial": "=000|1\\",
            "dates": {"manufactured": {"date": "2019-Q2"},
                "purchased": {"date": "2019-06-03", "source": "HĐ 12 = a|b", "document": "12/HĐ"}}},
        {"name": "slot 0/3", "kind": "line_card"},
    ]);
    for vietnamese in [false, true] {
        let cell = written(&parts(&value), vietnamese);
        assert_eq!(read_back(&cell), Ok(value.clone()), "{cell}");
    }
    let cell = written(&parts(&value), true);
    assert!(
        cell.starts_with("tên=battery-1; loại=ắc quy; kiểu máy=RBC44\\; 9 Ah"),
        "{cell}"
    );
}

#[test]
fn what_is_no_part_is_told_with_its_number() {
    let told = |cell: &str| read_back(cell).unwrap_err();
    assert!(told("name=a; kind=fan | colour=red").starts_with("part 2: the field \"colour\""));
    assert!(told("battery-1").starts_with("part 1: \"battery-1\" is no field"));
    assert!(told("name=a; kind=fan; name.source=x").starts_with("part 1: name has no"));
    assert!(told("name=a; kind=fan; purchased.x=y").starts_with("part 1: a date has no"));
    assert!(told("name=a; kind=wheel").contains("kind"));
    assert!(told("kind=fan").contains("name"));
    assert!(told("name=a; name=b; kind=fan").contains("twice"));
}

#[test]
fn every_kind_and_date_has_its_words() {
    for kind in ComponentKind::ALL {
        for vietnamese in [false, true] {
            assert_eq!(kind_word(super::kind(*kind, vietnamese)), kind.as_str());
        }
        assert!(KINDS.iter().any(|(of, _)| of == kind), "{kind}");
    }
    for date in DateKind::ALL {
        for vietnamese in [false, true] {
            let heading = small(heading_of(date.as_str(), vietnamese));
            assert_eq!(own_field(&heading), Some(date.as_str()), "{heading}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_of_a_part_survives(name in "[\\\\|;=a-zà-ỹ0-9.' -]{1,14}", serial in "[\\\\|;=+@a-z0-9-]{1,12}") {
        prop_assume!(!name.trim().is_empty());
        let value = json!([{"name": name.trim(), "kind": "other", "serial": serial}]);
        for vietnamese in [false, true] {
            prop_assert_eq!(read_back(&written(&parts(&value), vietnamese)), Ok(value.clone()));
        }
    }
}
