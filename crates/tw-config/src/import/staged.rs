//! What an import would change: creations, updates, what stays, what is refused.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** change the register.

use super::{Imported, ImportedRow};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use tw_model::{
    Absent, Action, Asset, FieldChange, Item, Kind, Plan, Register, plan as difference, validate,
};
use tw_units::AssetTag;

/// So many rows of a preview are shown; all are counted.
pub const IMPORT_CHANGES_SHOWN_MAX: usize = 500;

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// A new asset.
    Create,
    /// Other fields of an asset that is there.
    Update,
    /// Nothing differs.
    Unchanged,
    /// Something is wrong with it.
    Rejected,
}

/// One row of the preview.
#[derive(Clone, Debug, PartialEq)]
pub struct StagedRow {
    /// The row of the sheet or the line of the text.
    pub row: u32,
    /// The asset.
    pub tag: String,
    /// What becomes of it.
    pub outcome: RowOutcome,
    /// What differs.
    pub fields: Vec<FieldChange>,
}

/// What an import would do.
#[derive(Clone, Debug, Default)]
pub struct Staged {
    /// New assets.
    pub create: usize,
    /// Assets that change.
    pub update: usize,
    /// Assets that stay.
    pub unchanged: usize,
    /// Rows that are wrong; with one of them nothing may be done.
    pub rejected: usize,
    /// The first [`IMPORT_CHANGES_SHOWN_MAX`] rows that do something.
    pub shown: Vec<StagedRow>,
    /// The assets of rows in which something is wrong, by row, as far as they are known.
    pub tags: BTreeMap<u32, String>,
    /// What is to be done; empty when a row is wrong.
    pub plan: Plan,
}

/// Refuses fields of the organisation's own that no asset of the register has: a heading with a
/// slip would make a new one. A new one is begun on purpose, by editing an asset.
pub fn known_fields_only(imported: &mut Imported, present: &Register) {
    let fields = present
        .assets
        .values()
        .flat_map(|asset| asset.custom.keys());
    let known: BTreeSet<&str> = fields.map(String::as_str).collect();
    let names = |row: &ImportedRow| -> Vec<String> {
        let own = row.fields.get("custom").and_then(Value::as_object);
        own.into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    };
    let mut good = Vec::new();
    for row in std::mem::take(&mut imported.rows) {
        let mut unknown = names(&row);
        unknown.retain(|name| !known.contains(name.as_str()));
        for name in &unknown {
            let meant = tw_model::nearest(name, known.iter().copied());
            let hint = meant.map(|meant| format!(" (did you mean {meant}?)"));
            let all = known.iter().copied().collect::<Vec<_>>().join(", ");
            let allowed = format!(
                "one that an asset has: {all}{}; begin a new one by editing an asset",
                hint.unwrap_or_default()
            );
            let column = imported.heading(&format!("custom.{name}"));
            let message = format!("no asset has the custom field {name}");
            imported.fault(row.row, &column, (message, allowed));
        }
        if unknown.is_empty() {
            good.push(row);
        }
    }
    imported.rows = good;
}

/// Lays the rows over the register: a field that a row does not name stays as it is. Faults go to
/// `imported`. `may` says why the caller may not make an asset of the present one what it would
/// be; no answer is a yes.
pub fn stage(
    imported: &mut Imported,
    present: &Register,
    may: impl Fn(Option<&Asset>, &Asset, &Map<String, Value>) -> Option<(String, String)>,
) -> Staged {
    let mut staged = Staged {
        // Rows that could not be read, each counted once.
        rejected: imported
            .faults
            .iter()
            .map(|fault| fault.row)
            .collect::<HashSet<u32>>()
            .len(),
        ..Staged::default()
    };
    let mut wanted = present.clone();
    let mut rows_of: BTreeMap<AssetTag, u32> = BTreeMap::new();
    for row in std::mem::take(&mut imported.rows) {
        let tag = row.tag().to_owned();
        let number = row.row;
        match laid_over(&row, present) {
            Err((field, message, allowed)) => {
                staged.rejected += 1;
                let column = imported.heading(&field);
                imported.fault(row.row, &column, (message, allowed));
                staged.tags.insert(number, tag);
            }
            Ok(asset) => {
                let before = present.assets.get(&asset.tag);
                if let Some((field, why)) = may(before, &asset, &row.fields) {
                    staged.rejected += 1;
                    let column = imported.heading(&field);
                    imported.fault(row.row, &column, (why, "another asset, or another field"));
                    staged.tags.insert(number, tag);
                    continue;
                }
                rows_of.insert(asset.tag.clone(), row.row);
                wanted.assets.insert(asset.tag.clone(), asset);
            }
        }
    }
    against_the_rules(imported, &mut staged, (present, &wanted), &rows_of);
    compare(&mut staged, (present, wanted), rows_of);
    if imported.faults_total > 0 {
        staged.plan = Plan::default();
        staged.rejected = staged.rejected.max(1);
    }
    staged
}

/// What a row makes of an asset.
fn laid_over(row: &ImportedRow, present: &Register) -> Result<Asset, (String, String, String)> {
    let wrong = |field: &str, message: String, allowed: &str| {
        (field.to_owned(), message, allowed.to_owned())
    };
    let Some(tag) = row.asset_tag() else {
        return Err(wrong(
            "tag",
            format!("{:?} is no tag", row.tag()),
            "an identifier",
        ));
    };
    let mut value = if let Some(asset) = present.assets.get(&tag) {
        serde_json::to_value(asset).unwrap_or_default()
    } else {
        for field in ["class", "status"] {
            if !row.fields.contains_key(field) {
                let message = format!("{tag} is new and has no {field}");
                return Err(wrong(field, message, "needed for a new asset"));
            }
        }
        Value::Object(Map::new())
    };
    if let Value::Object(all) = &mut value {
        merge(all, &row.fields);
        clear(all);
    }
    serde_json::from_value(value).map_err(|cause| {
        let text = cause.to_string();
        let field = if text.contains("site") { "site" } else { "tag" };
        wrong(field, text, "what the schema says")
    })
}

/// Fields replace fields; of groups (dates, place, rack, own fields) only what is named.
fn merge(all: &mut Map<String, Value>, named: &Map<String, Value>) {
    for (key, value) in named {
        match (all.get_mut(key), value) {
            (Some(Value::Object(present)), Value::Object(named)) if key != "date" => {
                merge(present, named);
            }
            _ => drop(all.insert(key.clone(), value.clone())),
        }
    }
}

/// What became null is not known any more.
fn clear(all: &mut Map<String, Value>) {
    all.retain(|_, value| !value.is_null());
    for value in all.values_mut() {
        if let Value::Object(inner) = value {
            clear(inner);
        }
    }
}

/// The register's own rules, with the row of each breach that the import brings.
fn against_the_rules(
    imported: &mut Imported,
    staged: &mut Staged,
    (present, wanted): (&Register, &Register),
    rows_of: &BTreeMap<AssetTag, u32>,
) {
    let known: HashSet<String> = validate(present).iter().map(|f| format!("{f:?}")).collect();
    let mut rows: HashSet<u32> = HashSet::new();
    for finding in validate(wanted) {
        if known.contains(&format!("{finding:?}")) {
            continue;
        }
        let row = rows_of.get(finding.id.as_str()).copied();
        let row = row.filter(|_| finding.kind == Kind::Asset);
        if row.is_none_or(|row| rows.insert(row)) {
            staged.rejected += 1;
        }
        let table = crate::tables::table("assets.csv");
        let column = imported.column_of(table.as_ref(), &finding.key);
        let message = match row {
            Some(_) => finding.message.clone(),
            None => format!("{} {}: {}", finding.kind, finding.id, finding.message),
        };
        if let Some(row) = row {
            staged.tags.insert(row, finding.id.clone());
        }
        imported.fault(
            row.unwrap_or(0),
            &column,
            (message, finding.allowed.clone()),
        );
    }
}

fn compare(
    staged: &mut Staged,
    (present, mut wanted): (&Register, Register),
    rows_of: BTreeMap<AssetTag, u32>,
) {
    // One asset at a time, so that the values of all are never in memory twice.
    for (tag, row) in rows_of {
        let Some(asset) = wanted.assets.remove(&tag) else {
            continue;
        };
        let before = present.assets.get(&tag);
        if before == Some(&asset) {
            staged.unchanged += 1;
            continue;
        }
        let one = |asset: Option<&Asset>| {
            let value = asset.map(|asset| serde_json::to_value(asset).unwrap_or_default());
            let items = value.map(|value| Item {
                kind: Kind::Asset,
                id: tag.to_string(),
                value,
            });
            Register::from_items(items).unwrap_or_default()
        };
        let change = difference(&one(Some(&asset)), &one(before), Absent::Keep);
        for mut change in change.changes {
            let outcome = if change.action == Action::Create {
                staged.create += 1;
                RowOutcome::Create
            } else {
                staged.update += 1;
                RowOutcome::Update
            };
            if staged.shown.len() < IMPORT_CHANGES_SHOWN_MAX {
                staged.shown.push(StagedRow {
                    row,
                    tag: tag.to_string(),
                    outcome,
                    fields: change.fields.clone(),
                });
            }
            // The store reads what is there itself.
            change.before = None;
            change.fields = Vec::new();
            staged.plan.changes.push(change);
        }
    }
    staged.shown.sort_by_key(|row| row.row);
}
