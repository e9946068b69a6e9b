//! A plan: the difference between what is wanted and what is present.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O; a store carries a
//! plan out in one transaction.
//!
//! Invariant: after [`apply`] the next plan is empty.

use crate::{
    register::{Item, ItemError, Kind, Register},
    word::words,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// What a change does.
    pub enum Action {
        /// A new entity.
        Create = "create",
        /// Other fields of an entity that exists.
        Change = "change",
        /// An entity goes.
        Delete = "delete",
    }
}

/// What happens to an entity that is present and not wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It stays: people entered it, the files do not speak of it.
    Keep,
    /// It goes: the files are the whole truth.
    Delete,
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Where, as `rack.u` or `tier_targets.1.level`.
    pub path: String,
    /// The present value; none where there is no such field.
    pub from: Option<Value>,
    /// The wanted value; none where the field goes.
    pub to: Option<Value>,
}

/// What happens to one entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What is done.
    pub action: Action,
    /// The entity's kind.
    pub kind: Kind,
    /// The entity's identifier.
    pub id: String,
    /// What differs; only for [`Action::Change`].
    pub fields: Vec<FieldChange>,
    /// The entity as it is; none when it is created.
    pub before: Option<Value>,
    /// The entity as it will be; none when it is deleted.
    pub after: Option<Value>,
}

/// All changes: creations and changes in the order of [`Kind`], then deletions in the reverse
/// order, so that what is referred to exists at every step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The changes, in the order in which they are applied.
    pub changes: Vec<Change>,
}

impl Plan {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many changes do `action`.
    pub fn count(&self, action: Action) -> usize {
        self.changes
            .iter()
            .filter(|change| change.action == action)
            .count()
    }
}

/// The difference between `wanted` and `present`.
pub fn plan(wanted: &Register, present: &Register, absent: Absent) -> Plan {
    let (wanted, present) = (by_key(wanted), by_key(present));
    let mut changes: Vec<Change> = wanted
        .iter()
        .filter_map(|(key, after)| change_of(key, after, present.get(key)))
        .collect();
    if absent == Absent::Delete {
        let gone = present
            .iter()
            .rev()
            .filter(|(key, _)| !wanted.contains_key(*key));
        changes.extend(gone.map(|((kind, id), before)| Change {
            action: Action::Delete,
            kind: *kind,
            id: id.clone(),
            fields: Vec::new(),
            before: Some(before.clone()),
            after: None,
        }));
    }
    Plan { changes }
}

/// `present` with the plan carried out.
pub fn apply(plan: &Plan, present: &Register) -> Result<Register, ItemError> {
    let mut register = present.clone();
    for change in &plan.changes {
        match &change.after {
            Some(value) => register.insert(Item {
                kind: change.kind,
                id: change.id.clone(),
                value: value.clone(),
            })?,
            None => {
                register.remove(change.kind, &change.id);
            }
        }
    }
    Ok(register)
}

fn by_key(register: &Register) -> BTreeMap<(Kind, String), Value> {
    register
        .items()
        .into_iter()
        .map(|item| ((item.kind, item.id), item.value))
        .collect()
}

fn change_of(key: &(Kind, String), after: &Value, before: Option<&Value>) -> Option<Change> {
    let (action, fields) = match before {
        None => (Action::Create, Vec::new()),
        Some(before) => {
            let mut fields = Vec::new();
            compare("", Some(before), Some(after), &mut fields);
            if fields.is_empty() {
                return None;
            }
            (Action::Change, fields)
        }
    };
    Some(Change {
        action,
        kind: key.0,
        id: key.1.clone(),
        fields,
        before: before.cloned(),
        after: Some(after.clone()),
    })
}

/// Collects the leaves that differ. Lists of another length differ as a whole.
fn compare(path: &str, from: Option<&Value>, to: Option<&Value>, out: &mut Vec<FieldChange>) {
    match (from, to) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                compare(&join(path, key), a.get(key), b.get(key), out);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&join(path, &index.to_string()), Some(a), Some(b), out);
            }
        }
        _ if from == to => {}
        _ => out.push(FieldChange {
            path: path.to_owned(),
            from: from.cloned(),
            to: to.cloned(),
        }),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

#[cfg(test)]
mod tests;
