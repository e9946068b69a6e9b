//! Rules of the house that no compiler knows: the arrows between crates, file headers and
//! sizes, banned packages, and words that do not belong here.
//!
//! **Room:** beside the product. **May use:** nothing of ours.

#![expect(clippy::unwrap_used, reason = "a rule that cannot be read is broken")]

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Who may use whom, as in the table of the design. Changing a line is a reviewed decision with
/// an ADR.
const ARROWS: &[(&str, &[&str])] = &[
    ("tw-units", &[]),
    ("tw-model", &["tw-units"]),
    ("tw-snmp", &["tw-units"]),
    (
        "tw-devices",
        &["tw-units", "tw-model", "tw-snmp", "tw-ingest"],
    ),
    ("tw-availability", &["tw-units", "tw-model"]),
    ("tw-lifecycle", &["tw-units", "tw-model"]),
    ("tw-wan", &["tw-units", "tw-model"]),
    ("tw-alert", &["tw-units", "tw-model"]),
    ("tw-ingest", &["tw-units"]),
    ("tw-draw", &["tw-units", "tw-model"]),
    ("tw-config", &["tw-units", "tw-model"]),
    ("tw-notify", &["tw-units", "tw-alert"]),
    (
        "tw-collect",
        &[
            "tw-units",
            "tw-model",
            "tw-snmp",
            "tw-devices",
            "tw-wan",
            "tw-ingest",
            "tw-alert",
            "tw-notify",
        ],
    ),
    ("tw-store", &["tw-units", "tw-model", "tw-ingest"]),
    ("tw-api", &["tw-units"]),
    (
        "tw-server",
        &[
            "tw-units",
            "tw-model",
            "tw-snmp",
            "tw-devices",
            "tw-availability",
            "tw-lifecycle",
            "tw-wan",
            "tw-alert",
            "tw-ingest",
            "tw-draw",
            "tw-config",
            "tw-notify",
            "tw-collect",
            "tw-store",
            "tw-api",
        ],
    ),
    ("tw-sim", &["tw-units", "tw-model", "tw-snmp"]),
    (
        "tierwatch",
        &[
            "tw-units",
            "tw-model",
            "tw-snmp",
            "tw-devices",
            "tw-availability",
            "tw-lifecycle",
            "tw-wan",
            "tw-alert",
            "tw-ingest",
            "tw-draw",
            "tw-config",
            "tw-notify",
            "tw-collect",
            "tw-store",
            "tw-api",
            "tw-server",
            "tw-sim",
        ],
    ),
    ("xtask", &[]),
];

/// Layer 0: no I/O, no async, no SQL, no YAML.
const PURE: &[&str] = &[
    "tw-units",
    "tw-model",
    "tw-snmp",
    "tw-devices",
    "tw-availability",
    "tw-lifecycle",
    "tw-wan",
    "tw-alert",
    "tw-ingest",
    "tw-draw",
];

const NOT_IN_PURE: &[&str] = &[
    "tokio",
    "sqlx",
    "rusqlite",
    "axum",
    "socket2",
    "nix",
    "reqwest",
    "serde-saphyr",
    "clap",
    "utoipa",
    "schemars",
];

const BANNED: &[&str] = &[
    "serde_yaml",
    "serde_yml",
    "serde_norway",
    "openssl",
    "openssl-sys",
    "native-tls",
    "aws-lc-sys",
    "cmake",
    "prost-build",
    "tower-sessions-sqlx-store",
    "chrono",
    "libyml",
];

/// Crates of which two major versions would mean two of everything.
const ONE_VERSION_ONLY: &[&str] = &[
    "tokio",
    "axum",
    "hyper",
    "rustls",
    "sqlx",
    "sqlx-core",
    "rusqlite",
    "libsqlite3-sys",
    "serde",
    "utoipa",
    "reqwest",
    "clap",
    "jiff",
    "tower-http",
    "http",
    "tracing",
];

/// Files over the limit. The list may only shrink.
const TOO_LONG: &[&str] = &[];

const FILE_LINES_MAX: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(vec!["--locked".into(), "--offline".into()])
        .exec()
        .expect("cargo metadata reads the workspace")
}

fn rust_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("crates"), root().join("xtask")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                if !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 10, "the walk found the sources");
    found
}

#[track_caller]
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn the_arrows_between_crates_are_those_of_the_map() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = ARROWS
        .iter()
        .map(|(from, to)| (*from, to.iter().copied().collect()))
        .collect();
    let mut complaints = Vec::new();
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let Some(map) = allowed.get(name) else {
            complaints.push(format!("{name} is not on the map"));
            continue;
        };
        for dependency in &package.dependencies {
            let used = dependency.name.as_str();
            if dependency.kind == DependencyKind::Normal
                && allowed.contains_key(used)
                && !map.contains(used)
            {
                complaints.push(format!("{name} -> {used} is not on the map"));
            }
        }
    }
    none(&complaints);
}

#[test]
fn pure_rooms_stay_pure() {
    let mut complaints = Vec::new();
    for package in metadata().workspace_packages() {
        for dependency in &package.dependencies {
            if PURE.contains(&package.name.as_str())
                && dependency.kind == DependencyKind::Normal
                && NOT_IN_PURE.contains(&dependency.name.as_str())
            {
                complaints.push(format!(
                    "{} is pure and uses {}",
                    package.name, dependency.name
                ));
            }
        }
    }
    none(&complaints);
}

#[test]
fn no_banned_package_and_no_second_version_of_a_big_one() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in metadata().packages {
        versions
            .entry(package.name.to_string())
            .or_default()
            .insert(package.version.to_string());
    }
    let mut complaints: Vec<String> = BANNED
        .iter()
        .filter(|name| versions.contains_key(**name))
        .map(|name| format!("{name} is banned"))
        .collect();
    for name in ONE_VERSION_ONLY {
        if let Some(found) = versions.get(*name).filter(|found| found.len() > 1) {
            complaints.push(format!("{name} stands twice: {found:?}"));
        }
    }
    none(&complaints);
}

#[test]
fn every_dependency_has_its_line() {
    let lines = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let mut complaints = BTreeSet::new();
    for package in metadata().workspace_packages() {
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            let ours = ARROWS.iter().any(|(ours, _)| *ours == name);
            if !ours && !lines.contains(&format!("| `{name}` |")) {
                complaints.insert(format!("{name} has no line in docs/dependencies.md"));
            }
        }
    }
    none(&complaints.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_file_says_which_room_it_is() {
    let mut complaints = Vec::new();
    // A module's tests are in the room of their module.
    for path in rust_files()
        .into_iter()
        .filter(|path| !path.ends_with("tests.rs"))
    {
        let text = fs::read_to_string(&path).unwrap();
        if !text.starts_with("//!") {
            complaints.push(format!(
                "{} does not begin with a //! header",
                path.display()
            ));
        }
    }
    none(&complaints);
}

#[test]
fn files_are_short() {
    let mut complaints = Vec::new();
    for path in rust_files() {
        let name = path
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        if name.contains("/tests/") || name.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text
            .split("\n#[cfg(test)]\nmod tests {")
            .next()
            .unwrap()
            .lines()
            .count();
        if code > FILE_LINES_MAX && !TOO_LONG.contains(&name.as_str()) {
            complaints.push(format!(
                "{name} has {code} lines, {FILE_LINES_MAX} is the limit"
            ));
        }
        if code <= FILE_LINES_MAX && TOO_LONG.contains(&name.as_str()) {
            complaints.push(format!("{name} is short now: take it off the list"));
        }
    }
    none(&complaints);
}

#[test]
fn unsafe_code_is_forbidden_everywhere() {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(text.contains("unsafe_code = \"forbid\""));
    let mut complaints = Vec::new();
    for package in metadata().workspace_packages() {
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        if !manifest.contains("[lints]\nworkspace = true") {
            complaints.push(format!(
                "{} does not take the workspace's lints",
                package.name
            ));
        }
    }
    none(&complaints);
}

#[test]
fn licences_are_free_and_known() {
    const GOOD: &[&str] = &[
        "MIT",
        "Apache-2.0",
        "BSD-3-Clause",
        "BSD-2-Clause",
        "ISC",
        "Unicode-3.0",
        "Zlib",
        "CC0-1.0",
        "Unlicense",
        "0BSD",
        "CDLA-Permissive-2.0",
        "BSL-1.0",
        "MPL-2.0",
        "MIT-0",
    ];
    let mut complaints = Vec::new();
    for package in metadata().packages {
        let licence = package.license.clone().unwrap_or_default();
        if !GOOD.iter().any(|good| licence.contains(good)) {
            complaints.push(format!("{} has the licence {licence:?}", package.name));
        }
    }
    none(&complaints);
}
