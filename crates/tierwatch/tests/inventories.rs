//! Broken inventories through the real program: everything wrong is named with file, line, key
//! and what is allowed; the exit code is 2; nothing is applied.
//!
//! **Room:** tests of layer 3. A new case is a new folder in `tests/inventories/broken`; run with
//! `TW_BLESS=1` to write its expected output, and read it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn broken() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/inventories/broken"
    ))
}

#[expect(clippy::disallowed_methods, reason = "the test starts our own program")]
fn tierwatch(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tierwatch"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("our own program starts")
}

/// The folders with a broken inventory each, by name.
fn cases() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(broken())
        .expect("the folder of broken inventories is there")
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// File, line, key, message, allowed.
fn parts(complaint: &str) -> Option<[&str; 5]> {
    let (place, allowed) = complaint.rsplit_once("; allowed: ")?;
    let (file, rest) = place.split_once(':')?;
    let (line, rest) = rest.split_once(": ")?;
    let (key, message) = rest.split_once(": ")?;
    Some([file, line, key, message, allowed])
}

#[track_caller]
fn check_complaint(case: &str, complaint: &str) {
    let Some([file, line, key, message, allowed]) = parts(complaint) else {
        panic!("{case}: no file, line, key, message and allowed in {complaint:?}");
    };
    let lines = fs::read(broken().join(file)).unwrap_or_else(|e| panic!("{complaint}: {e}"));
    let count = lines.split(|byte| *byte == b'\n').count();
    let line: usize = line.parse().unwrap_or_else(|e| panic!("{complaint}: {e}"));
    assert!((1..=count).contains(&line), "{complaint}");
    assert!(
        !key.is_empty() && !message.is_empty() && !allowed.is_empty(),
        "{complaint}"
    );
}

#[test]
fn each_complaint_has_file_line_key_and_what_is_allowed() {
    let cases = cases();
    assert!(cases.len() >= 12, "{cases:?}");
    for case in cases {
        let output = tierwatch(&broken(), &["check", &case]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{case}: {said}");
        assert!(output.stdout.is_empty(), "{case}");
        let mut lines: Vec<&str> = said.lines().collect();
        let last = lines.pop().unwrap_or_default();
        assert!(last.ends_with("nothing was changed"), "{case}: {last}");
        assert!(!lines.is_empty(), "{case}");
        for line in lines {
            check_complaint(&case, line);
        }
        assert!(!said.contains("s3cret"), "{case} repeats a secret");

        let expected = broken().join(format!("{case}.expected"));
        if std::env::var_os("TW_BLESS").is_some() {
            fs::write(&expected, &said).unwrap();
        }
        let kept = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(said, kept, "{case}");
    }
}

#[test]
fn programs_get_the_same_as_json() {
    let output = tierwatch(&broken(), &["check", "overlapping-units", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["good"], false);
    assert_eq!(said["problems"][0]["file"], "overlapping-units/site.yaml");
    assert_eq!(said["problems"][0]["line"], 21);
    assert_eq!(said["problems"][0]["key"], "devices[hq-core-2].rack.u");
}

#[test]
fn the_model_case_is_good() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let output = tierwatch(&root, &["check", "inventory"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.starts_with("inventory: good: 1 organisation, 3 sites, 38 units, 1100 people"));
}

#[test]
fn a_folder_that_is_not_there_is_no_bad_input() {
    let output = tierwatch(&broken(), &["check", "no-such-folder"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no-such-folder"), "{said}");
}
