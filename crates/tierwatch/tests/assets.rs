//! `tierwatch asset …` through the real program, on a data directory.
//!
//! **Room:** tests of layer 3.

use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

#[expect(clippy::disallowed_methods, reason = "the test starts our own program")]
fn tierwatch(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tierwatch"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("our own program starts")
}

/// Runs a command line that ends with this code; its words are separated by spaces.
#[track_caller]
fn check(folder: &Path, line: &str, code: i32) -> (String, String) {
    let arguments: Vec<&str> = line.split(' ').collect();
    let output = tierwatch(folder, &arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{line}: {said}{errors}");
    (said, errors)
}

#[track_caller]
fn json(folder: &Path, line: &str, code: i32) -> Value {
    let (said, _) = check(folder, &format!("{line} --json"), code);
    serde_json::from_str(&said).unwrap_or_else(|cause| panic!("{line}: {cause}: {said}"))
}

/// A data directory with a register of three assets.
fn made() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let inventory = dir.path().join("inventory");
    fs::create_dir_all(inventory.join("sites")).expect("a folder");
    let write = |name: &str, text: &str| fs::write(inventory.join(name), text).expect("a file");
    write(
        "organisation.yaml",
        "organisation: {id: org, name: {en: Org}, timezone: Asia/Ho_Chi_Minh}\n\
         units:\n  - {id: it, name: {en: IT, vi: \"Phòng CNTT\"}}\n",
    );
    write(
        "sites/mic.yaml",
        "site: {id: mic, name: {en: MIC}, timezone: Asia/Ho_Chi_Minh}\n",
    );
    write(
        "assets.csv",
        "tag,class,status,manufacturer,model,serial,unit,site,purchased\n\
         T-1,server,ordered,HPE,DL380,,it,mic,2019-Q2\n\
         T-2,monitor,in_stock,Dell,P2419H,000123,it,mic,2019-06-03\n\
         T-3,monitor,retired,Dell,P2419H,000124,it,mic,2012\n",
    );
    check(dir.path(), "inventory apply inventory --data data", 0);
    dir
}

#[test]
fn assets_are_listed_and_shown_as_the_api_has_them() {
    let dir = made();
    let all = json(dir.path(), "asset list --data data", 0);
    let tags: Vec<&str> = all
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|a| a["id"].as_str())
        .collect();
    assert_eq!(tags, ["T-1", "T-2", "T-3"]);
    let some = json(
        dir.path(),
        "asset list --data data --class monitor --sort -id",
        0,
    );
    assert_eq!(some[0]["id"], "T-3");
    assert_eq!(some[0]["spec"]["serial"], "000124");
    let (table, _) = check(dir.path(), "asset list --data data T-2", 0);
    assert!(
        table.contains("P2419H") && table.contains("1 assets"),
        "{table}"
    );
    let one = json(dir.path(), "asset show T-1 --data data", 0);
    assert_eq!(one["record"]["dates"]["purchased"]["date"], "2019-Q2");
    assert_eq!(one["next_states"][0], "in_stock");
    check(dir.path(), "asset show T-9 --data data", 2);
    check(dir.path(), "asset list --data data T-9", 2);
    check(dir.path(), "asset list --data absent", 2);
    check(dir.path(), "asset list --data data --sort colour", 2);
}

#[test]
fn what_is_exported_changes_nothing_when_it_is_imported_and_a_change_waits_for_its_commit() {
    let dir = made();
    for (name, lang) in [
        ("a.csv", "en"),
        ("a.xlsx", "vi"),
        ("a.json", "en"),
        ("a.yaml", "en"),
    ] {
        let line = format!("asset export --data data --out {name} --lang {lang}");
        check(dir.path(), &line, 0);
        let seen = json(dir.path(), &format!("asset import {name} --data data"), 0);
        assert_eq!(seen["preview"]["unchanged"], 3, "{name}: {seen}");
    }
    let (csv, _) = check(
        dir.path(),
        "asset export --data data --out - --class server",
        0,
    );
    assert!(
        csv.contains("Asset tag") && csv.contains("T-1") && !csv.contains("T-2"),
        "{csv}"
    );

    fs::write(dir.path().join("new.csv"), "tag,note\nT-2,checked\n").expect("a file");
    let seen = json(dir.path(), "asset import new.csv --data data", 3);
    assert_eq!(
        (&seen["preview"]["update"], &seen["changed"]),
        (&1.into(), &Value::Null)
    );
    let done = json(dir.path(), "asset import new.csv --data data --commit", 0);
    assert_eq!(done["changed"], 1);
    check(dir.path(), "asset import new.csv --data data", 0);
    fs::write(
        dir.path().join("bad.csv"),
        "tag,class,status\nN-1,servr,in_stock\n",
    )
    .expect("a file");
    let (_, errors) = check(dir.path(), "asset import bad.csv --data data --commit", 2);
    assert!(errors.contains("bad.csv:2: class"), "{errors}");
    fs::write(dir.path().join("state.csv"), "tag,status\nT-2,lost\n").expect("a file");
    let (_, errors) = check(dir.path(), "asset import state.csv --data data --commit", 2);
    assert!(errors.contains("ask for a step"), "{errors}");
    check(
        dir.path(),
        "asset import new.csv --data data --format docx",
        2,
    );
}

#[test]
fn a_step_names_what_it_lacks_and_a_disposal_waits_for_a_second_person() {
    let dir = made();
    let step = "asset transition T-1 --data data --to in_stock --on 2026-01-05";
    let (_, errors) = check(dir.path(), step, 2);
    assert!(errors.contains("serial"), "{errors}");
    let done = json(
        dir.path(),
        &format!("{step} --serial S-1 --received 2026-01-05 --label-printed"),
        0,
    );
    assert_eq!(
        (&done["from"], &done["state"]),
        (&"ordered".into(), &"done".into())
    );
    let one = json(dir.path(), "asset show T-1 --data data", 0);
    assert_eq!(one["record"]["serial"], "S-1");
    let end = "asset transition T-3 --data data --to disposed --on 2026-01-06 --method sold --decision 12/QD";
    assert_eq!(json(dir.path(), end, 0)["state"], "waiting");
    check(dir.path(), end, 2);
    check(
        dir.path(),
        "asset transition T-2 --data data --to nowhere --on 2026-01-06",
        2,
    );
}

#[test]
fn labels_are_a_pdf() {
    let dir = made();
    check(
        dir.path(),
        "asset label T-1 T-2 --data data --out labels.pdf --sheet l7160-3x7",
        0,
    );
    let pdf = fs::read(dir.path().join("labels.pdf")).expect("the file");
    assert!(pdf.starts_with(b"%PDF-"));
    check(
        dir.path(),
        "asset label --data data --out x.pdf --sheet nosuch",
        2,
    );
}
