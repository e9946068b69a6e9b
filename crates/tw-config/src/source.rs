//! Where an entity was read, so that what is found later still has its line.
//!
//! **Room:** layer 1. **May use:** `tw-model`.

use crate::{problem::Problem, tables::Table};
use std::collections::BTreeMap;
use tw_model::Finding;

/// Where an entity was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// The file.
    pub(crate) file: String,
    /// Its first line.
    pub(crate) line: u32,
    /// How its keys are named in complaints: `devices[vnta-core-1]`.
    pub(crate) shown: String,
    /// The lines of its keys.
    pub(crate) lines: BTreeMap<String, u32>,
    /// The table whose row it is.
    pub(crate) table: Option<Table>,
    /// Whether a part of it could not be read.
    pub(crate) broken: bool,
}

impl Source {
    /// The line of a key, or of the nearest group around it that is written.
    pub(crate) fn line_of(&self, key: &str) -> u32 {
        let mut path = key;
        loop {
            if let Some(line) = self.lines.get(path) {
                return *line;
            }
            match path.rsplit_once('.') {
                Some((around, _)) => path = around,
                None => return self.line,
            }
        }
    }

    /// The key as people read it, with its column for a row.
    pub(crate) fn key_of(&self, key: &str) -> String {
        let column = self.table.as_ref().and_then(|table| table.column_of(key));
        let mut shown = self.shown.clone();
        for part in column.unwrap_or(key).split('.') {
            if part.parse::<usize>().is_ok() {
                shown = format!("{shown}[{part}]");
            } else {
                shown = format!("{shown}.{part}");
            }
        }
        shown
    }
}

/// A finding at its file, line and key.
pub(crate) fn place(source: Option<&Source>, finding: Finding) -> Problem {
    let Finding {
        kind,
        id,
        key,
        message,
        allowed,
        ..
    } = finding;
    match source {
        Some(source) => Problem {
            file: source.file.clone(),
            line: source.line_of(&key),
            key: source.key_of(&key),
            message,
            allowed,
        },
        None => Problem {
            file: "(register)".to_owned(),
            line: 1,
            key: format!("{kind} {id}: {key}"),
            message,
            allowed,
        },
    }
}
