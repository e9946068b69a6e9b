//! CSV and XLSX, row by row.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** hold the whole sheet in memory.

use super::{
    DayFormat, IMPORT_ROWS_MAX, Imported,
    cells::{RawCell, text_of},
    entity, headers,
};
use crate::{
    parts,
    sheet::Row,
    tables::{self, Table},
};
use calamine::{DataRef, Reader as _, Xlsx};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
};

/// Above the headings there may be a title and notes, in so many rows.
const TITLE_ROWS_MAX: u32 = 20;

/// So many columns are looked at.
const COLUMNS_MAX: usize = 1_000;

pub(super) fn csv(bytes: &[u8], days: DayFormat, imported: &mut Imported) {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        let before = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let row = before.matches('\n').count() + 1;
        let allowed = "UTF-8; save the sheet as \"CSV UTF-8\"";
        imported.fault(narrow(row), "-", ("a byte that is no UTF-8", allowed));
        return;
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::new(days, imported);
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let line = line_of(text, record.position());
                let cells = record.iter().map(|cell| RawCell::Text(cell.to_owned()));
                if !sheet.row(line, cells.collect()) {
                    break;
                }
            }
            Err(cause) => {
                let line = line_of(text, cause.position());
                sheet
                    .imported
                    .fault(line, "-", ("the row cannot be read", "CSV (RFC 4180)"));
            }
        }
    }
    sheet.finish();
}

/// The line on which a record begins. The reader says where the one before ended: the rest of
/// that line's end and empty lines may stand between.
fn line_of(text: &str, position: Option<&csv::Position>) -> u32 {
    let Some(position) = position else {
        return 1;
    };
    let begin = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(begin..).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let skipped = ends.filter(|byte| **byte == b'\n').count();
    narrow(usize::try_from(position.line()).unwrap_or(usize::MAX)).saturating_add(narrow(skipped))
}

/// The mark that makes more headings of the row that names the columns; other rows have either
/// mark in their texts.
fn delimiter(text: &str) -> u8 {
    let fields = |line: &str, mark: char| -> Vec<&'static str> {
        let cells = line.split(mark).map(|cell| cell.trim().trim_matches('"'));
        cells.filter_map(headers::field_of).collect()
    };
    for line in text.lines().take(TITLE_ROWS_MAX as usize) {
        let (semicolons, commas) = (fields(line, ';'), fields(line, ','));
        if semicolons.contains(&"tag") || commas.contains(&"tag") {
            return if semicolons.len() > commas.len() {
                b';'
            } else {
                b','
            };
        }
    }
    b','
}

pub(super) fn xlsx(bytes: &[u8], days: DayFormat, imported: &mut Imported) {
    let unreadable = (
        "this is no workbook that can be read",
        "an XLSX file without a password",
    );
    let Ok(mut book) = Xlsx::new(Cursor::new(bytes)) else {
        imported.fault(1, "-", unreadable);
        return;
    };
    let Some(name) = book.sheet_names().first().cloned() else {
        imported.fault(1, "-", unreadable);
        return;
    };
    let merged: Vec<(u32, u32, u32, u32)> = book
        .merge_cells_by_sheet_name(&name)
        .unwrap_or_default()
        .iter()
        .map(|d| (d.start.0, d.start.1, d.end.0, d.end.1))
        .collect();
    let Ok(mut cells) = book.worksheet_cells_reader(&name) else {
        imported.fault(1, "-", unreadable);
        return;
    };
    let mut sheet = Sheet::new(days, imported);
    sheet.merged = merged;
    let mut at = 0;
    let mut row: Vec<RawCell> = Vec::new();
    loop {
        let record = match cells.next_cell_with_formula_metadata() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(_) => {
                sheet.imported.fault(at + 1, "-", unreadable);
                return;
            }
        };
        let (row_index, column) = (record.pos.0, record.pos.1 as usize);
        if row_index != at {
            if !sheet.row(at + 1, std::mem::take(&mut row)) {
                return;
            }
            at = row_index;
        }
        if column < COLUMNS_MAX {
            row.resize_with(row.len().max(column + 1), || RawCell::Empty);
            row[column] = if record.formula.is_some() {
                RawCell::Formula
            } else {
                raw(record.value)
            };
        }
    }
    if sheet.row(at + 1, row) {
        sheet.finish();
    }
}

fn raw(value: DataRef<'_>) -> RawCell {
    match value {
        DataRef::Empty => RawCell::Empty,
        DataRef::Int(number) => {
            #[expect(clippy::cast_precision_loss, reason = "a cell is a float anyway")]
            let number = number as f64;
            RawCell::Number(number)
        }
        DataRef::Float(number) => RawCell::Number(number),
        DataRef::String(text) => RawCell::Text(text),
        DataRef::SharedString(text) => RawCell::Text(text.to_owned()),
        DataRef::Bool(truth) => RawCell::Truth(truth),
        DataRef::DateTime(when) if when.is_datetime() => {
            let (year, month, day, ..) = when.to_ymd_hms_milli();
            RawCell::Day(format!("{year:04}-{month:02}-{day:02}"))
        }
        DataRef::DateTime(when) => RawCell::Number(when.as_f64()),
        DataRef::DateTimeIso(text) => {
            RawCell::Day(text.split('T').next().unwrap_or_default().to_owned())
        }
        DataRef::DurationIso(_) | DataRef::Error(_) => RawCell::Broken,
    }
}

/// A column of the sheet: its heading, and the field if it is known.
struct Heading {
    text: String,
    field: Option<&'static str>,
    /// The name of a field of the organisation's own.
    custom: Option<String>,
}

/// A sheet while it is read.
struct Sheet<'a> {
    imported: &'a mut Imported,
    table: Option<Table>,
    days: DayFormat,
    headings: Option<Vec<Heading>>,
    /// Merged regions: first row and column, last row and column, from 0.
    merged: Vec<(u32, u32, u32, u32)>,
    /// Columns without a heading in which something stands, told once.
    nameless: BTreeSet<usize>,
    rows: usize,
    header_row: u32,
}

impl<'a> Sheet<'a> {
    fn new(days: DayFormat, imported: &'a mut Imported) -> Self {
        Self {
            imported,
            table: tables::table("assets.csv"),
            days,
            headings: None,
            merged: Vec::new(),
            nameless: BTreeSet::new(),
            rows: 0,
            header_row: 0,
        }
    }

    /// Takes a row; false when no more are wanted.
    fn row(&mut self, line: u32, cells: Vec<RawCell>) -> bool {
        let blank = |cell: &RawCell| match cell {
            RawCell::Text(text) => text.trim().is_empty(),
            RawCell::Empty => true,
            _ => false,
        };
        if cells.iter().all(blank) {
            return true;
        }
        if self.headings.is_none() {
            return self.heading(line, &cells);
        }
        if self.rows == IMPORT_ROWS_MAX {
            let allowed = format!("{IMPORT_ROWS_MAX} rows");
            self.imported
                .fault(line, "-", ("there are too many rows", allowed));
            return false;
        }
        self.rows += 1;
        self.data(line, cells);
        true
    }

    /// The headings are the first row that names the tag; a title may stand above.
    fn heading(&mut self, line: u32, cells: &[RawCell]) -> bool {
        let text = |cell: &RawCell| match cell {
            RawCell::Text(text) => text.trim().to_owned(),
            _ => String::new(),
        };
        let headings: Vec<Heading> = cells
            .iter()
            .map(|cell| {
                let text = text(cell);
                let custom = headers::custom_of(&text).map(str::to_owned);
                let field = match custom {
                    Some(_) => None,
                    None => headers::field_of(&text),
                };
                Heading {
                    text,
                    field,
                    custom,
                }
            })
            .collect();
        if !headings.iter().any(|heading| heading.field == Some("tag")) {
            if line < TITLE_ROWS_MAX {
                return true;
            }
            self.no_heading(line);
            return false;
        }
        let mut seen = BTreeSet::new();
        for heading in headings.iter().filter(|heading| !heading.text.is_empty()) {
            let own = heading.custom.as_ref().map(|name| format!("custom.{name}"));
            match heading.field.map(str::to_owned).or(own) {
                None => {
                    let meant = tw_model::nearest(&headers::plain(&heading.text), headers::known());
                    let hint = meant.map(|meant| format!(" (did you mean {meant}?)"));
                    let allowed = self.names() + &hint.unwrap_or_default();
                    let what = ("the column is unknown", allowed);
                    self.imported.fault(line, &heading.text, what);
                }
                Some(field) if !seen.insert(field.clone()) => {
                    let what = ("the column stands twice", "each column once");
                    self.imported.fault(line, &heading.text, what);
                }
                Some(field) => {
                    self.imported.headings.insert(field, heading.text.clone());
                }
            }
        }
        self.header_row = line;
        self.headings = Some(headings);
        true
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.table.iter().flat_map(Table::names).collect();
        names.join(", ")
    }

    fn no_heading(&mut self, line: u32) {
        let allowed = format!(
            "a row of headings, among them tag or mã tài sản: {}",
            self.names()
        );
        self.imported
            .fault(line, "-", ("no row names the columns", allowed));
    }

    fn data(&mut self, line: u32, cells: Vec<RawCell>) {
        let mut row = Row {
            line,
            cells: BTreeMap::new(),
        };
        let mut wrong = false;
        let mut custom = Vec::new();
        let headings = self.headings.take().unwrap_or_default();
        for (column, cell) in cells.into_iter().enumerate() {
            let heading = headings.get(column);
            if let Some(name) = heading.and_then(|heading| heading.custom.as_ref()) {
                match text_of("custom", cell, self.days) {
                    Ok(text) => custom.extend(text.map(|text| (name.clone(), text))),
                    Err(what) => {
                        wrong = true;
                        let column = heading.map_or("", |heading| &heading.text);
                        self.imported.fault(line, column, what);
                    }
                }
                continue;
            }
            let Some(field) = heading.and_then(|heading| heading.field) else {
                let named = heading.is_some_and(|heading| !heading.text.is_empty());
                self.without_heading(column, named, &cell);
                continue;
            };
            match text_of(field, cell, self.days) {
                Ok(None) => {}
                Ok(Some(text)) => {
                    if field == "components"
                        && let Err(what) = parts::node(&text, line)
                    {
                        wrong = true;
                        let column = self.imported.heading(field);
                        self.imported.fault(line, &column, what);
                    }
                    row.cells.insert(field, text);
                }
                Err((message, allowed)) => {
                    wrong = true;
                    let column = self.imported.heading(field);
                    self.imported.fault(line, &column, (message, allowed));
                }
            }
        }
        self.headings = Some(headings);
        if !wrong && let Some(table) = &self.table {
            let mut node = table.node(&row);
            for (name, text) in custom {
                tables::with_custom(&mut node, &name, text);
            }
            entity(&node, self.imported);
        }
    }

    /// Something stands under no heading: a merged heading hides the column's name.
    fn without_heading(&mut self, column: usize, named: bool, cell: &RawCell) {
        let empty = match cell {
            RawCell::Empty => true,
            RawCell::Text(text) => text.trim().is_empty(),
            _ => false,
        };
        if named || empty || !self.nameless.insert(column) {
            return;
        }
        let at = (self.header_row.saturating_sub(1), narrow(column));
        let merged = self.merged.iter().any(|(top, left, bottom, right)| {
            (*top..=*bottom).contains(&at.0) && (*left..=*right).contains(&at.1)
        });
        let message = if merged {
            "the column has no name of its own: the heading is merged over several columns"
        } else {
            "the column has no heading"
        };
        let what = (message, "one heading to a column");
        self.imported.fault(self.header_row, &letters(column), what);
    }

    fn finish(mut self) {
        if self.headings.is_none() {
            self.no_heading(1);
        }
    }
}

/// A column as spreadsheets name it: A, B, …, AA.
fn letters(column: usize) -> String {
    let mut text = String::new();
    let mut left = column + 1;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        text.insert(0, char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    text
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
