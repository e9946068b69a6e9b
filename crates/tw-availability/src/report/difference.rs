//! What one revision says differently from the one before.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** leave a change untold:
//! what is too much to list is counted.

use super::findings::Findings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most changes that are listed; the last entry then counts the rest.
pub const CHANGES_MAX: usize = 500;

/// A figure that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Which, as `result.unknown_ms`.
    pub field: String,
    /// What the revision before said; null where it did not have it.
    pub before: Value,
    /// What this one says.
    pub after: Value,
}

/// All that changed, in the order of the fields.
pub fn differences(before: &Findings, after: &Findings) -> Vec<Change> {
    let value = |findings: &Findings| serde_json::to_value(findings).unwrap_or_default();
    let mut found = Vec::new();
    walk("", &value(before), &value(after), &mut found);
    if found.len() > CHANGES_MAX {
        let more = found.len() - CHANGES_MAX + 1;
        found.truncate(CHANGES_MAX - 1);
        found.push(Change {
            field: "more".to_owned(),
            before: Value::Null,
            after: more.into(),
        });
    }
    found
}

/// The first figure in which two values of one form differ.
pub(super) fn first_difference(before: &Value, after: &Value) -> Option<Change> {
    let mut found = Vec::new();
    walk("", before, after, &mut found);
    found.into_iter().next()
}

fn walk(path: &str, before: &Value, after: &Value, found: &mut Vec<Change>) {
    if before == after {
        return;
    }
    // The strip is drawn from the rest; a span more shifts all that follow.
    let step = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
            names.sort();
            names.dedup();
            for name in names.into_iter().filter(|name| *name != "strip") {
                let own = |map: &serde_json::Map<String, Value>| {
                    map.get(name).cloned().unwrap_or_default()
                };
                walk(&step(name), &own(a), &own(b), found);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                let own = |list: &[Value]| list.get(index).cloned().unwrap_or_default();
                walk(&step(&index.to_string()), &own(a), &own(b), found);
            }
        }
        _ => found.push(Change {
            field: path.to_owned(),
            before: before.clone(),
            after: after.clone(),
        }),
    }
}
