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

/// A data directory and a copy of a good inventory beside it.
struct Desk {
    folder: tempfile::TempDir,
}

const GOOD: &str = "\
site:
  id: hq
  name: {en: Headquarters}
  timezone: Asia/Ho_Chi_Minh
devices:
  - {id: hq-core-1, name: hq-core-1, class: router, address: \"10.0.0.1:161\", poll_seconds: 60}
  - {id: hq-core-2, name: hq-core-2, class: router, address: \"10.0.0.2:161\"}
";

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let desk = Self { folder };
        desk.write(GOOD);
        desk
    }

    fn write(&self, text: &str) {
        let files = self.folder.path().join("files");
        fs::create_dir_all(&files).expect("a folder for the files");
        fs::write(files.join("site.yaml"), text).expect("a file");
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn inventory(&self, verb: &str, more: &[&str]) -> Output {
        let mut arguments = vec!["inventory", verb, "files", "--data", "data"];
        arguments.extend(more);
        tierwatch(self.folder.path(), &arguments)
    }

    #[track_caller]
    fn check(&self, verb: &str, more: &[&str], expect: &str) {
        let output = self.inventory(verb, more);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{error}");
        assert_eq!(said, expect, "{error}");
    }
}

#[test]
fn of_a_broken_inventory_nothing_is_applied() {
    for case in cases() {
        let data = tempfile::tempdir().expect("a folder for the test");
        let data = data.path().join("data");
        let path = data.to_string_lossy();
        let output = tierwatch(&broken(), &["inventory", "apply", &case, "--data", &path]);
        assert_eq!(output.status.code(), Some(2), "{case}");
        assert!(!data.exists(), "{case} left something behind");
    }
    let desk = Desk::new();
    desk.check("apply", &[], APPLIED);
    desk.write(&GOOD.replace("10.0.0.2", "10.0.0.1").replace("60", "30"));
    let output = desk.inventory("apply", &[]);
    assert_eq!(output.status.code(), Some(2));
    desk.write(GOOD);
    desk.check(
        "plan",
        &[],
        "0 to create, 0 to change, 0 to delete; nothing was changed\n",
    );
}

const APPLIED: &str = "\
+ site hq
+ device hq-core-1
+ device hq-core-2
3 to create, 0 to change, 0 to delete; 3 applied
";

#[test]
fn a_plan_shows_what_an_apply_does_and_the_second_apply_does_nothing() {
    let desk = Desk::new();
    desk.check(
        "plan",
        &[],
        &APPLIED.replace("3 applied", "nothing was changed"),
    );
    assert!(!desk.data().exists(), "a plan makes nothing");
    desk.check("apply", &[], APPLIED);
    desk.check(
        "apply",
        &[],
        "0 to create, 0 to change, 0 to delete; 0 applied\n",
    );

    desk.write(&GOOD.replace("poll_seconds: 60", "poll_seconds: 30"));
    let change = "~ device hq-core-1\n    poll_seconds: 60 -> 30\n";
    let counts = "0 to create, 1 to change, 0 to delete;";
    desk.check(
        "plan",
        &[],
        &format!("{change}{counts} nothing was changed\n"),
    );
    desk.check("apply", &[], &format!("{change}{counts} 1 applied\n"));

    let cut = GOOD.lines().take(6).collect::<Vec<_>>().join("\n");
    desk.write(&cut.replace("poll_seconds: 60", "poll_seconds: 30"));
    desk.check(
        "plan",
        &[],
        "0 to create, 0 to change, 0 to delete; nothing was changed\n",
    );
    let gone = "- device hq-core-2\n0 to create, 0 to change, 1 to delete; 1 applied\n";
    desk.check("apply", &["--delete"], gone);
}

#[test]
fn the_whole_model_case_is_applied_and_then_there_is_nothing_to_do() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let path = data.path().join("data");
    let path = path.to_string_lossy();
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let run = || {
        tierwatch(
            &root,
            &["inventory", "apply", "inventory", "--data", &path, "--json"],
        )
    };
    for wanted in [true, false] {
        let output = run();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{error}");
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(said["applied"] != 0, wanted, "{}", said["applied"]);
        assert_eq!(said["create"], said["applied"]);
    }
}
