//! Assets from a file that people made: CSV, XLSX, YAML or JSON. Every fault has its row and its
//! column; nothing is guessed.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** change a register; [`stage`] works
//! out what would change, and who has the register decides.

mod cells;
mod headers;
mod sheets;
mod staged;
#[cfg(test)]
mod tests;

pub(crate) use headers::{custom_heading, field_of, heading_of, plain, said_of};
pub use staged::{
    IMPORT_CHANGES_SHOWN_MAX, RowOutcome, Staged, StagedRow, known_fields_only, stage,
};

use crate::{
    problem::Problem,
    read, shapes,
    tables::{self, Table},
    yaml::{self, Node, NodeValue},
};
use serde_json::{Map, Value};
use std::collections::HashMap;
use tw_units::AssetTag;

/// More rows are refused.
pub const IMPORT_ROWS_MAX: usize = 200_000;
/// More faults are counted, not kept.
pub const IMPORT_FAULTS_MAX: usize = 1_000;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportFormat {
    /// Comma or semicolon separated, UTF-8 with or without a byte order mark.
    Csv,
    /// A workbook; its first sheet is read.
    Xlsx,
    /// `assets: […]`, or the list alone.
    Yaml,
    /// The same as JSON.
    Json,
}

impl ImportFormat {
    /// The format of a word or a file's extension.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word.to_lowercase().as_str() {
            "csv" => Self::Csv,
            "xlsx" => Self::Xlsx,
            "yaml" | "yml" => Self::Yaml,
            "json" => Self::Json,
            _ => return None,
        })
    }
}

/// How dates are written, besides ISO and its shorter forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayFormat {
    /// Only `2019`, `2019-Q2`, `2019-06`, `2019-06-03`.
    #[default]
    Iso,
    /// Also `03/06/2019`, which is 3 June.
    DayFirst,
}

/// One thing that is wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportFault {
    /// The row of the sheet or the line of the text, from 1.
    pub row: u32,
    /// The column's heading as it is written, or the key.
    pub column: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub allowed: String,
}

/// One row that could be read: the fields that it names.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedRow {
    /// The row of the sheet or the line of the text, from 1.
    pub row: u32,
    /// The fields, as of an asset in JSON.
    pub fields: Map<String, Value>,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// The rows that could be read.
    pub rows: Vec<ImportedRow>,
    /// What is wrong, the first [`IMPORT_FAULTS_MAX`].
    pub faults: Vec<ImportFault>,
    /// How many faults there are in all.
    pub faults_total: usize,
    /// The headings by field, to name the column of what is found later.
    pub headings: HashMap<String, String>,
}

impl Imported {
    pub(crate) fn fault(
        &mut self,
        row: u32,
        column: &str,
        (message, allowed): (impl Into<String>, impl Into<String>),
    ) {
        self.faults_total += 1;
        if self.faults.len() < IMPORT_FAULTS_MAX {
            self.faults.push(ImportFault {
                row,
                column: column.to_owned(),
                message: message.into(),
                allowed: allowed.into(),
            });
        }
    }

    /// The heading of the column that a path of an asset comes from; the path itself where there
    /// is none.
    pub(crate) fn column_of(&self, table: Option<&Table>, path: &str) -> String {
        let first = path.split(['.', '[']).next().unwrap_or_default();
        let column = |path: &str| table.and_then(|table| table.column_of(path));
        let whole = column(path).map(|column| self.heading(column));
        let part = || self.headings.get(column(first)?).cloned();
        whole.or_else(part).unwrap_or_else(|| self.heading(path))
    }

    /// The heading of a field's column, or the field's own name.
    pub(crate) fn heading(&self, field: &str) -> String {
        self.headings
            .get(field)
            .cloned()
            .unwrap_or_else(|| field.to_owned())
    }
}

/// Reads a file. Faults are in what it gives back; a file that cannot be read at all has one.
pub fn read_assets(bytes: &[u8], format: ImportFormat, days: DayFormat) -> Imported {
    let mut imported = Imported::default();
    match format {
        ImportFormat::Csv => sheets::csv(bytes, days, &mut imported),
        ImportFormat::Xlsx => sheets::xlsx(bytes, days, &mut imported),
        ImportFormat::Yaml | ImportFormat::Json => tree(bytes, &mut imported),
    }
    twice(&mut imported);
    imported
}

/// YAML, and JSON, which is YAML.
fn tree(bytes: &[u8], imported: &mut Imported) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        imported.fault(1, "-", ("a byte that is no UTF-8", "UTF-8"));
        return;
    };
    let node = match yaml::parse(text.trim_start_matches('\u{feff}')) {
        Ok(node) => node,
        Err(error) => {
            imported.fault(error.line, "-", (error.message, error.allowed));
            return;
        }
    };
    let items = match &node.value {
        NodeValue::List(items) => items.as_slice(),
        NodeValue::Map(entries) => match entries.as_slice() {
            [(key, list)] if key.name == "assets" => match &list.value {
                NodeValue::List(items) => items.as_slice(),
                _ => &[],
            },
            _ => &[],
        },
        _ => &[],
    };
    if items.is_empty() {
        imported.fault(1, "-", ("there is no asset", "a list, or {assets: […]}"));
    }
    for item in items.iter().take(IMPORT_ROWS_MAX) {
        entity(item, imported);
    }
    if items.len() > IMPORT_ROWS_MAX {
        let allowed = format!("{IMPORT_ROWS_MAX} rows");
        imported.fault(1, "-", ("there are too many rows", allowed));
    }
}

/// Reads one row as the fields of an asset; what is missing may stand in the register.
pub(crate) fn entity(node: &Node, imported: &mut Imported) {
    let mut problems: Vec<Problem> = Vec::new();
    let read = read::entity(node, shapes::ASSET, ("", ""), &mut problems);
    let table = tables::table("assets.csv");
    let mut wrong = false;
    let mut fields = read.value;
    for problem in problems {
        let key = problem.key.trim_start_matches('.').to_owned();
        // What must stand in an inventory may be left out here, but for the tag.
        let missing = problem.message == read::MISSING && key != "tag";
        if missing {
            remove(&mut fields, &key);
            continue;
        }
        wrong = true;
        let column = imported.column_of(table.as_ref(), &key);
        let line = if problem.line == 0 {
            node.line
        } else {
            problem.line
        };
        imported.fault(line, &column, (problem.message, problem.allowed));
    }
    if !wrong {
        imported.rows.push(ImportedRow {
            row: node.line,
            fields,
        });
    }
}

/// Takes the stand-in of a missing key out again.
fn remove(fields: &mut Map<String, Value>, path: &str) {
    match path.split_once('.') {
        None => drop(fields.remove(path)),
        Some((first, rest)) => {
            if let Some(Value::Object(inner)) = fields.get_mut(first) {
                remove(inner, rest);
            }
        }
    }
}

/// One tag in two rows: both are told, and neither is taken.
fn twice(imported: &mut Imported) {
    let mut first: HashMap<String, u32> = HashMap::new();
    let mut again: Vec<(String, u32, u32)> = Vec::new();
    for row in &imported.rows {
        let tag = row.tag().to_owned();
        match first.get(&tag) {
            Some(earlier) => again.push((tag, *earlier, row.row)),
            None => {
                first.insert(tag, row.row);
            }
        }
    }
    let column = imported.heading("tag");
    for (tag, earlier, row) in &again {
        let message = format!("{tag} stands in row {earlier} already");
        imported.fault(*row, &column, (message, "each tag once"));
    }
    imported
        .rows
        .retain(|row| again.iter().all(|(tag, ..)| tag != row.tag()));
}

impl ImportedRow {
    /// The tag.
    pub fn tag(&self) -> &str {
        self.fields
            .get("tag")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The tag as an identifier.
    pub fn asset_tag(&self) -> Option<AssetTag> {
        AssetTag::new(self.tag()).ok()
    }
}
