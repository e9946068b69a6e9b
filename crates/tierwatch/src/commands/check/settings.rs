//! Settings of a centre and of a collector, checked without starting either.
//!
//! **Room:** layer 3. **May use:** every room. **Must not:** connect, or open a data folder.

use crate::commands::{collect::CollectFile, serve};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use tw_collect::centre_http::HttpCentre;
use tw_config::{Problem, SettingsError};
use tw_server::Settings;

/// The usual names in a folder like `/etc/tierwatch`.
const CENTRE_FILE: &str = "serve.yaml";
const COLLECTOR_FILE: &str = "collect.yaml";

/// Keys that only the settings of a collector have, and those of a centre.
const COLLECTOR_KEYS: [&str; 2] = ["centre", "token_file"];
const CENTRE_KEYS: [&str; 4] = ["listen", "data", "inventory", "notify"];

/// What a path holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// An inventory, or a file of one.
    Inventory,
    /// The settings of a centre.
    Centre,
    /// The settings of a collector.
    Collector,
    /// A folder with settings.
    Machine,
}

/// Says what a path holds, by what stands in it. A file that cannot be read is explained by
/// whoever reads inventories.
pub(super) fn sort_of(path: &Path) -> Sort {
    if path.is_dir() {
        return if files_of(path).is_empty() {
            Sort::Inventory
        } else {
            Sort::Machine
        };
    }
    let keys =
        tw_config::read_settings::<BTreeMap<String, serde_json::Value>>(path).unwrap_or_default();
    let has = |wanted: &[&str]| wanted.iter().any(|key| keys.contains_key(*key));
    if has(&COLLECTOR_KEYS) {
        Sort::Collector
    } else if has(&CENTRE_KEYS) {
        Sort::Centre
    } else {
        Sort::Inventory
    }
}

/// The settings in a folder.
pub(super) fn files_of(folder: &Path) -> Vec<PathBuf> {
    [CENTRE_FILE, COLLECTOR_FILE]
        .map(|name| folder.join(name))
        .into_iter()
        .filter(|path| path.is_file())
        .collect()
}

/// What is wrong with the settings of a centre, and the inventory that they name.
pub(super) fn centre(path: &Path) -> Result<(Vec<Problem>, Option<PathBuf>), SettingsError> {
    let settings: Settings = match tw_config::read_settings(path) {
        Ok(settings) => settings,
        Err(SettingsError::Wrong {
            file,
            line,
            message,
        }) => return Ok((vec![unreadable(file, line, &message)], None)),
        Err(cause) => return Err(cause),
    };
    let settings = serve::beside(settings, path);
    let wrong = settings.validate();
    let found = wrong.iter().map(|complaint| {
        let (key, message) = complaint.split_once(": ").unwrap_or(("-", complaint));
        problem(path, key, (message, "see deploy/examples/serve.yaml"))
    });
    Ok((found.collect(), settings.inventory))
}

/// What is wrong with the settings of a collector.
pub(super) fn collector(path: &Path) -> Result<Vec<Problem>, SettingsError> {
    let file: CollectFile = match tw_config::read_settings(path) {
        Ok(file) => file,
        Err(SettingsError::Wrong {
            file,
            line,
            message,
        }) => return Ok(vec![unreadable(file, line, &message)]),
        Err(cause) => return Err(cause),
    };
    // Nothing is connected yet, and the token is another file's matter.
    let wrong = HttpCentre::new(&file.centre, "token", None).err();
    let allowed = "https://, or http:// with a loopback address";
    let found = wrong.map(|cause| problem(path, "centre", (&cause.to_string(), allowed)));
    Ok(found.into_iter().collect())
}

fn unreadable(file: String, line: u32, message: &str) -> Problem {
    let (message, allowed) = message
        .split_once(", expected ")
        .unwrap_or((message, "YAML as in deploy/examples"));
    Problem {
        file,
        line,
        key: "-".to_owned(),
        message: message.to_owned(),
        allowed: allowed.to_owned(),
    }
}

/// A problem of a key; its line is that of its first word, where there is one.
fn problem(path: &Path, key: &str, (message, allowed): (&str, &str)) -> Problem {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let first = key.split('.').next().unwrap_or(key);
    let line = text
        .lines()
        .position(|line| line.starts_with(&format!("{first}:")));
    Problem {
        file: path.display().to_string(),
        line: u32::try_from(line.map_or(1, |at| at + 1)).unwrap_or(1),
        key: key.to_owned(),
        message: message.to_owned(),
        allowed: allowed.to_owned(),
    }
}
