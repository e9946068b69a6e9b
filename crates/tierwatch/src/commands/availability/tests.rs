mod brute_force;

use super::{read::evaluation, view};
use crate::json_input::from_bytes;
use serde_json::{Value, json};

/// What the command prints for this file, or its faults.
fn evaluate(file: &Value) -> Result<Value, Vec<String>> {
    let input = from_bytes(file.to_string().as_bytes(), evaluation)?;
    let report = view::report(&input).map_err(|e| vec![e.to_string()])?;
    Ok(serde_json::to_value(report).unwrap())
}

fn month_of_polls(runs: &Value) -> Value {
    json!({
        "timezone": "UTC",
        "period": {"month": "2026-09"},
        "stale_after_seconds": 150,
        "targets": [{"from": "2026-01-01", "downtime_ppm": 180}],
        "subjects": {"s": {"polls": {"start": "2026-09-01T00:00:00Z", "every_seconds": 60,
            "runs": runs}}},
        "service": "s",
    })
}

#[test]
fn the_printed_figures_are_those_of_the_contract() {
    let file = month_of_polls(&json!([["up", 10000], ["down", 5], ["up", 33196]]));
    let expect = json!({
        "period_seconds": 2_592_000,
        "downtime_seconds": {"lower": 240, "point": 300, "upper": 360},
        "unknown_seconds": 0,
        "planned_seconds": 0,
        "unplanned_seconds": 300,
        "declared_late_seconds": 0,
        "availability_percent":
            {"lower": "99.986111", "point": "99.988425", "upper": "99.990740"},
        "availability_excluding_planned_percent": "99.988425",
        "coverage_percent": "100.000000",
        "segments": [{
            "from": "2026-09-01T00:00:00Z",
            "to": "2026-10-01T00:00:00Z",
            "downtime_ppm": 180,
            "budget_seconds": 466.56,
            "downtime_seconds": {"lower": 240, "point": 300, "upper": 360},
            "unknown_seconds": 0,
            "verdict": "MET",
        }],
        "verdict": "MET",
        "outages": 1,
        "incidents": 1,
        "mttr_seconds": 300,
        "mtbf_seconds": 2_591_700,
        "mtbf_lower_95_seconds": 546_327,
        "redundancy_lost_seconds": 0,
        "redundancy_unproven_seconds": 0,
        "maintainability_breaches": 0,
        "resolution_seconds": 60,
        "hidden_breach_probability": 0.00042,
    });
    assert_eq!(evaluate(&file).unwrap(), expect);
}

#[test]
fn gaps_are_unknown_and_the_future_is_unknown() {
    let file = month_of_polls(&json!([["up", 20000], ["gap", 9], ["up", 23192]]));
    let got = evaluate(&file).unwrap();
    assert_eq!(got["unknown_seconds"], 600);
    assert_eq!(got["verdict"], "INDETERMINATE");
    let mut file = month_of_polls(&json!([["up", 43201]]));
    file["as_of"] = json!("2026-09-11T00:00:30Z");
    let got = evaluate(&file).unwrap();
    assert_eq!(got["unknown_seconds"], 20 * 86_400);
}

#[test]
fn intervals_and_nested_services_are_read() {
    let file = json!({
        "timezone": "Asia/Ho_Chi_Minh",
        "period": {"from": "2026-09-10", "to": "2026-09-11T00:00"},
        "targets": [{"from": "2018-07-01", "downtime_ppm": 180}],
        "subjects": {
            "a": {"intervals": [["2026-09-10T01:00", "2026-09-10T01:10", "down"]], "otherwise": "up"},
            "b": {"intervals": [["2026-09-10T01:05", "2026-09-10T01:10", "down"]], "otherwise": "up"},
            "c": {"intervals": [], "otherwise": "up"},
        },
        "service": {"all": [{"any": ["a", "b"]}, {"at_least": 1, "of": ["c"]}]},
        "maintenance": [{"id": "M1", "from": "2026-09-10T01:00", "to": "2026-09-10T01:07",
            "approved_at": "2026-09-09"}],
    });
    let got = evaluate(&file).unwrap();
    assert_eq!(got["downtime_seconds"]["point"], 300);
    assert_eq!(got["planned_seconds"], 120);
    assert_eq!(got["maintainability_breaches"], 1);
    assert_eq!(got["redundancy_lost_seconds"], 300);
    assert_eq!(got["resolution_seconds"], Value::Null);
}

#[track_caller]
fn check(change: impl Fn(&mut Value), expect: &[&str]) {
    let mut file = month_of_polls(&json!([["up", 10]]));
    change(&mut file);
    assert_eq!(evaluate(&file).unwrap_err(), expect);
}

#[test]
fn bad_input_says_which_field_and_why() {
    check(
        |f| f["colour"] = json!(1),
        &[concat!(
            "colour: unknown field; allowed: timezone, period, as_of, stale_after_seconds, targets, ",
            "subjects, service, maintenance, merge_gap_seconds, min_outage_seconds"
        )],
    );
    check(
        |f| {
            f["targets"] = json!([{"from": "2026-01-01", "downtime_ppm": 1},
            {"from": "2026-01-01T00:00:00Z", "downtime_ppm": 2}]);
        },
        &["targets[1].from: two targets begin at 2026-01-01T00:00:00Z: targets overlap"],
    );
    check(
        |f| f["targets"] = json!([{"from": "2027-01-01", "downtime_ppm": 1}]),
        &["targets: no target is in force within the period"],
    );
    check(
        |f| f["maintenance"] = json!([{"id": "M", "from": "2026-09-02", "to": "2026-09-01"}]),
        &["maintenance[0].to: must be later than from (2026-09-02T00:00:00Z)"],
    );
    check(
        |f| f["service"] = json!({"any": ["s", "t"]}),
        &["service.any[1]: there is no subject \"t\""],
    );
    check(
        |f| f["service"] = json!({"at_least": 2, "of": ["s"]}),
        &["service: at_least is 2; with 1 parts it is 1 to 1"],
    );
    check(
        |f| f["subjects"]["s"]["polls"]["runs"] = json!([["up", 1], ["on", 2]]),
        &[
            "subjects.s.polls.runs[1]: must be [state, n]: state is up, down, unknown or gap, n a \
           whole number",
        ],
    );
    check(
        |f| f["subjects"]["s"]["polls"]["runs"] = json!([["up", 9_000_000_000_000_000_u64]]),
        &["subjects.s.polls.runs[0]: reaches beyond the calendar"],
    );
    check(
        |f| f["period"] = json!({"month": "2026-13"}),
        &["period.month: \"2026-13\" is no period; write a month as 2026-09, a year as 2026"],
    );
    check(
        |f| {
            f["period"] = json!({"month": "2026-09", "year": 2026});
            f["merge_gap_seconds"] = json!(-1);
        },
        &[
            "period: must have either from and to, or month, or year",
            "merge_gap_seconds: must be seconds from 0 to 31557600000, not -1",
        ],
    );
    check(
        |f| f["timezone"] = json!("Mars/Olympus"),
        &[
            "timezone: there is no time zone \"Mars/Olympus\"; write an IANA name, as \
           Asia/Ho_Chi_Minh",
        ],
    );
    check(
        |f| {
            f["subjects"]["t"] = json!({"intervals": [["2026-09-01", "2026-09-03", "up"],
            ["2026-09-02", "2026-09-04", "down"]]});
        },
        &["subjects.t.intervals[1]: overlaps an interval of another state"],
    );
}
