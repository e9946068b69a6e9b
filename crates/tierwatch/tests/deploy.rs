//! The files of `deploy/` and the first steps of the documentation are read by the program that
//! they are for.
//!
//! **Room:** layer 3; tests.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tw_server::Settings;

fn root(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

#[test]
fn the_example_of_the_centre_is_read_as_it_is_and_with_everything_switched_on() {
    let text = fs::read_to_string(root("deploy/examples/serve.yaml")).unwrap();
    let plain: Settings = tw_config::parse_settings("serve.yaml", &text).unwrap();
    assert_eq!(plain.listen.port(), 8420);
    assert!(plain.validate().is_empty());
    let switched_on: String = text
        .lines()
        .map(|line| {
            let offered = ["# tls:", "# notify:", "#  "]
                .iter()
                .any(|start| line.starts_with(start));
            let line = if offered {
                line.strip_prefix("# ").unwrap_or(line)
            } else {
                line
            };
            format!("{line}\n")
        })
        .collect::<Vec<_>>()
        .concat();
    let all: Settings = tw_config::parse_settings("serve.yaml", &switched_on).unwrap();
    assert!(all.tls.is_some());
    assert_eq!(all.notify.channels.len(), 2);
}

#[test]
fn the_first_site_of_the_documentation_is_a_good_inventory() {
    let text = fs::read_to_string(root("docs/en/first-site.md")).unwrap();
    let blocks: Vec<&str> = text
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 2, "the organisation and the site");
    let folder = tempfile::tempdir().unwrap();
    for (at, block) in blocks.iter().enumerate() {
        fs::write(folder.path().join(format!("{at}.yaml")), block).unwrap();
    }
    let inventory = tw_config::load(folder.path()).unwrap_or_else(|cause| panic!("{cause}"));
    assert_eq!(inventory.register.devices.len(), 1);
}

/// Keys of our own files at the top of a block; a block with none of them is of another program.
const OUR_KEYS: [&str; 20] = [
    "organisation",
    "site",
    "units",
    "people",
    "credentials",
    "providers",
    "buildings",
    "devices",
    "circuits",
    "services",
    "assets",
    "listen",
    "data",
    "inventory",
    "notify",
    "alerts",
    "tls",
    "centre",
    "token_file",
    "power",
];

#[expect(clippy::disallowed_methods, reason = "the program under test")]
fn check(paths: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tierwatch"))
        .arg("check")
        .args(paths)
        .output()
        .unwrap()
}

#[track_caller]
fn is_good(paths: &[&Path]) {
    let output = check(paths);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{paths:?}: {errors}");
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

/// The YAML blocks of a page.
fn blocks(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let (mut found, mut block) = (Vec::new(), None::<String>);
    for line in text.lines() {
        match (&mut block, line.trim()) {
            (None, "```yaml" | "```yml") => block = Some(String::new()),
            (Some(_), "```") => found.extend(block.take()),
            (Some(text), _) => text.extend([line, "\n"]),
            (None, _) => {}
        }
    }
    assert!(
        block.is_none(),
        "{}: a block without its end",
        page.display()
    );
    found
}

#[test]
fn every_yaml_block_and_file_of_docs_inventory_and_deploy_is_read() {
    let mut found = Vec::new();
    for folder in ["docs", "inventory", "deploy"] {
        files(&root(folder), &mut found);
    }
    found.extend([root("README.md"), root("README.vi.md")]);
    let folder = tempfile::tempdir().unwrap();
    let mut read = 0;
    for path in &found {
        let extension = path.extension().unwrap_or_default();
        let texts = if extension == "md" {
            blocks(path)
        } else if extension == "yaml" && !path.starts_with(root("inventory")) {
            vec![fs::read_to_string(path).unwrap()]
        } else {
            continue;
        };
        for (at, text) in texts.iter().enumerate() {
            let name = format!("{} ({at})", path.display());
            let keys: BTreeMap<String, serde_json::Value> =
                tw_config::parse_settings(&name, text).unwrap_or_else(|cause| panic!("{cause}"));
            read += 1;
            if OUR_KEYS.iter().any(|key| keys.contains_key(*key)) {
                let copy = folder.path().join(format!("block-{read}.yaml"));
                // Where the example's inventory is put, none is on this machine.
                let model_case = root("inventory").display().to_string();
                fs::write(&copy, text.replace("/etc/tierwatch/inventory", &model_case)).unwrap();
                is_good(&[&copy]);
            }
        }
    }
    assert!(read >= 4, "{read} blocks and files");
    is_good(&[&root("inventory")]);
}

#[test]
fn a_machine_s_settings_are_checked_with_the_inventory_that_they_name() {
    let etc = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(etc.path().join(name), text).unwrap();
    fs::create_dir(etc.path().join("inventory")).unwrap();
    put(
        "inventory/site.yaml",
        "organisation: {id: o, name: {en: O}, timezone: UTC}\n\
         site: {id: s, name: {en: S}, timezone: UTC}\n",
    );
    put(
        "serve.yaml",
        "listen: 127.0.0.1:8420\ndata: data\ninventory: inventory\n",
    );
    let collect = "site: s\ncentre: https://centre.example:8420\ntoken_file: t\ndata: d\n";
    put("collect.yaml", collect);
    is_good(&[etc.path()]);
    for (name, text, line, word) in [
        (
            "serve.yaml",
            "listen: 127.0.0.1:8420\ndaata: data\n",
            2,
            "daata",
        ),
        (
            "serve.yaml",
            "data: d\nlisten: 0.0.0.0:8420\n",
            1,
            "loopback",
        ),
        ("serve.yaml", "data: d\nrounds_days: 0\n", 2, "at least 1"),
        ("collect.yaml", "site: s\ntoken_file: t\n", 2, "centre"),
        (
            "collect.yaml",
            "site: s\ncentre: http://centre.example\ntoken_file: t\ndata: d\n",
            2,
            "loopback",
        ),
        (
            "inventory/site.yaml",
            "site: {id: s, nme: {en: S}}\n",
            1,
            "nme",
        ),
    ] {
        let before = fs::read_to_string(etc.path().join(name)).unwrap();
        put(name, text);
        let output = check(&[etc.path()]);
        put(name, &before);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}: {said}");
        let place = format!("{}:{line}: ", etc.path().join(name).display());
        let found = said
            .lines()
            .any(|l| l.starts_with(&place) && l.contains(word));
        assert!(found, "{place}…{word}: {said}");
        assert!(said.contains("allowed: "), "{said}");
    }
}
