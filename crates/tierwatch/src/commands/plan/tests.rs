use super::{Report, diff, read};
use crate::json_input::from_bytes;
use serde_json::{Value, json};
use tw_lifecycle::make_plan;

fn plan(file: &Value) -> Result<Value, Vec<String>> {
    let (lines, limits) = from_bytes(file.to_string().as_bytes(), read)?;
    let plan = make_plan(&lines, &limits).map_err(|why| vec![why.to_string()])?;
    Ok(serde_json::to_value(Report::new(plan)).unwrap())
}

#[test]
fn the_printed_plan_is_that_of_the_contract() {
    let file = json!({
        "budget_vnd": 1_000_000_000,
        "quarters": 2,
        "capacity_per_quarter": 2,
        "lines": [
            {"id": "S1", "cost_vnd": 400_000_000, "benefit": 2.5, "redundancy_group": "core"},
            {"id": "S2", "cost_vnd": 400_000_000, "benefit": 2.25, "redundancy_group": "core"},
            {"id": "P1", "cost_vnd": 100_000_000, "benefit": 0, "mandatory": true},
            {"id": "X1", "cost_vnd": 300_000_000, "benefit": 1},
        ],
    });
    let expect = json!({
        "chosen": ["P1", "S1", "S2"],
        "cut": [{"id": "X1", "reason": "budget_spent"}],
        "total_vnd": 900_000_000,
        "benefit": 4.75,
        "schedule": {"P1": 1, "S1": 1, "S2": 2},
        "proven_optimal": true,
        "gap": 0.0,
    });
    assert_eq!(plan(&file).unwrap(), expect);
}

#[track_caller]
fn check(change: impl Fn(&mut Value), expect: &[&str]) {
    let mut file = json!({"budget_vnd": 10, "lines": [{"id": "a", "cost_vnd": 5, "benefit": 1}]});
    change(&mut file);
    assert_eq!(plan(&file).unwrap_err(), expect);
}

#[test]
fn bad_input_says_which_field_and_why() {
    check(
        |f| f["budget_vnd"] = json!(1.5),
        &["budget_vnd: must be a whole number from 0 to 1000000000000000, not 1.5"],
    );
    check(
        |f| f["lines"] = json!([{"id": "a", "cost_vnd": 1, "benefit": -1, "price": 3}]),
        &[
            "lines[0].price: unknown field; allowed: id, cost_vnd, benefit, mandatory, group, \
             redundancy_group",
            "lines[0].benefit: must be a number from 0 to 1000000000, not -1",
        ],
    );
    check(
        |f| {
            let line = f["lines"][0].clone();
            f["lines"] = json!([line, line]);
        },
        &["lines[1].id: two lines are called \"a\""],
    );
    check(
        |f| f["lines"] = json!([{"id": "a", "cost_vnd": 11, "benefit": 1, "mandatory": true}]),
        &["the mandatory lines cost 11 VND and the budget is 10 VND"],
    );
}

#[test]
fn a_difference_says_what_was_added_dropped_gone_and_moved() {
    let printed = |file: Value| from_bytes(file.to_string().as_bytes(), diff::read).unwrap();
    let before = printed(json!({
        "chosen": ["a", "b", "c"], "cut": [{"id": "d", "reason": "budget_spent"}],
        "total_vnd": 300, "benefit": 3, "schedule": {"a": 1, "b": 1, "c": 2},
        "proven_optimal": true, "gap": 0.0,
    }));
    let after = printed(json!({
        "chosen": ["a", "d"], "cut": [{"id": "b", "reason": "budget_spent"}],
        "total_vnd": 250, "schedule": {"a": 2, "d": 1},
    }));
    let found = serde_json::to_value(diff::difference(&before, &after)).unwrap();
    assert_eq!(
        found,
        json!({
            "added": ["d"], "dropped": ["b"], "gone": ["c"],
            "moved": [{"id": "a", "from": 1, "to": 2}], "more_vnd": -50,
        })
    );
    let wrong = json!({"chosen": ["a"], "total_vnd": 1, "schedule": {"a": "first"}, "sum": 2});
    let faults = from_bytes(wrong.to_string().as_bytes(), diff::read).unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
}
