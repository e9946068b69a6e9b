//! CSV files: cells with their lines.
//!
//! **Room:** layer 1. **May use:** nothing of ours.
//!
//! UTF-8, with or without a byte order mark; the first row names the columns; cells are separated
//! by commas, or by semicolons where the first row has only those.

use crate::problem::Problem;
use std::collections::BTreeMap;

/// Rows beyond are refused.
pub(crate) const ROWS_MAX: usize = 200_000;

/// One row.
pub(crate) struct Row {
    /// The line where it begins, from 1.
    pub(crate) line: u32,
    /// Its cells by column, trimmed, the empty ones left out.
    pub(crate) cells: BTreeMap<&'static str, String>,
}

/// A column that is known, and whether it must be there.
pub(crate) type Known = (&'static str, bool);

/// The rows of a text whose columns are all among `columns`.
pub(crate) fn rows(
    file: &str,
    text: &str,
    columns: &[Known],
    problems: &mut Vec<Problem>,
) -> Vec<Row> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut sheet = Sheet {
        file,
        columns,
        problems,
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(header)) = records.next() else {
        let allowed = sheet.names().join(",");
        sheet.complain(1, "-", "the file has no first row", allowed);
        return Vec::new();
    };
    let order = sheet.order(&header);
    let mut rows = Vec::new();
    for record in records {
        if rows.len() == ROWS_MAX {
            let allowed = format!("{ROWS_MAX} rows");
            sheet.complain(1, "-", "there are too many rows", allowed);
            break;
        }
        match record {
            Ok(record) => rows.extend(sheet.row(&order, &record)),
            Err(cause) => {
                let line = narrow(cause.position().map_or(1, csv::Position::line));
                sheet.complain(
                    line,
                    "-",
                    "the row cannot be read",
                    "CSV in UTF-8 (RFC 4180)",
                );
            }
        }
    }
    rows
}

struct Sheet<'a> {
    file: &'a str,
    columns: &'a [Known],
    problems: &'a mut Vec<Problem>,
}

impl Sheet<'_> {
    fn complain(
        &mut self,
        line: u32,
        key: &str,
        message: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        self.problems.push(Problem {
            file: self.file.to_owned(),
            line,
            key: key.to_owned(),
            message: message.into(),
            allowed: allowed.into(),
        });
    }

    fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }

    /// Which known column each cell of the first row names.
    fn order(&mut self, header: &csv::StringRecord) -> Vec<Option<&'static str>> {
        let names = self.names();
        let mut order: Vec<Option<&'static str>> = Vec::new();
        for (at, cell) in header.iter().enumerate() {
            let known = names.iter().copied().find(|name| *name == cell);
            if known.is_none() {
                let hint = tw_model::nearest(cell, names.iter().copied())
                    .map(|meant| format!(" (did you mean {meant}?)"))
                    .unwrap_or_default();
                let allowed = format!("{}{hint}", names.join(", "));
                let key = if cell.is_empty() {
                    format!("column {}", at + 1)
                } else {
                    cell.to_owned()
                };
                self.complain(1, &key, "the column is unknown", allowed);
            } else if order.contains(&known) {
                self.complain(1, cell, "the column stands twice", "each column once");
            }
            order.push(known);
        }
        for (name, must) in self.columns {
            if *must && !order.contains(&Some(*name)) {
                self.complain(1, name, "the column is missing", names.join(", "));
            }
        }
        order
    }

    fn row(&mut self, order: &[Option<&'static str>], record: &csv::StringRecord) -> Option<Row> {
        let line = narrow(record.position().map_or(1, csv::Position::line));
        if record.iter().all(str::is_empty) {
            return None;
        }
        if record.len() != order.len() {
            let message = format!("the row has {} cells", record.len());
            let allowed = format!("{} cells, as the first row", order.len());
            self.complain(line, "-", message, allowed);
            return None;
        }
        let cells = order.iter().zip(record);
        let cells = cells.filter_map(|(name, cell)| Some(((*name)?, cell.to_owned())));
        Some(Row {
            line,
            cells: cells.filter(|(_, cell)| !cell.is_empty()).collect(),
        })
    }
}

fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    if first.contains(';') && !first.contains(',') {
        b';'
    } else {
        b','
    }
}

fn narrow(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX).max(1)
}
