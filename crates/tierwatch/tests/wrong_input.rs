//! Wrong evidence through the real program: each kind is named with its field and the reason, the
//! exit code is 2, and nothing is printed that could be taken for a figure.
//!
//! **Room:** tests of layer 3.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use serde_json::{Value, json};
use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

#[expect(clippy::disallowed_methods, reason = "the test starts our own program")]
fn tierwatch(arguments: &[&str], input: &Value) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tierwatch"))
        .args(arguments)
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let text = input.to_string();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 0, "it left something behind");
    output
}

fn good() -> Value {
    json!({
        "timezone": "Asia/Ho_Chi_Minh",
        "period": {"month": "2026-09"},
        "targets": [{"from": "2018-07-01", "downtime_ppm": 180}],
        "subjects": {"s": {"polls": {"start": "2026-09-01", "every_seconds": 60,
            "runs": [["up", 43_200]]}}},
        "service": "s",
        "maintenance": [{"id": "M1", "from": "2026-09-10T01:00", "to": "2026-09-10T01:07",
            "approved_at": "2026-09-09"}]
    })
}

#[test]
fn each_kind_of_wrong_evidence_is_named_with_its_field() {
    let arguments = ["availability", "evaluate", "-"];
    let output = tierwatch(&arguments, &good());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let cases: [(&str, Value, &str); 7] = [
        (
            "/targets",
            json!([{"from": "2018-07-01", "downtime_ppm": 180},
                {"from": "2018-07-01", "downtime_ppm": 50}]),
            "targets[1].from: two targets begin at",
        ),
        (
            "/maintenance/0/to",
            json!("2026-09-10T00:59"),
            "maintenance[0].to: must be later than from",
        ),
        (
            "/maintenance/0/to",
            json!("2026-09-10T01:00"),
            "maintenance[0].to: must be later than from",
        ),
        (
            "/period",
            json!({"from": "2026-09-02", "to": "2026-09-01"}),
            "period.to",
        ),
        (
            "/service",
            json!({"any": ["s", "t"]}),
            "service.any[1]: there is no subject \"t\"",
        ),
        (
            "/maintenance/0/wheel",
            json!(1),
            "maintenance[0].wheel: unknown field",
        ),
        ("/colour", json!(1), "colour: unknown field"),
    ];
    for (pointer, value, expect) in cases {
        let mut file = good();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = file.pointer_mut(parent).unwrap();
        parent[key] = value;
        let output = tierwatch(&arguments, &file);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{pointer}: {said}");
        assert!(said.contains(expect), "{pointer}: {said}");
        assert!(output.stdout.is_empty(), "{pointer} gave a figure");
    }
}
