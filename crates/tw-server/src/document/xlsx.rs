//! Spreadsheets: text as text, numbers as numbers.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** let a text become a
//! formula or a number, or write the time of day into the file.

use super::DocumentError;
use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Worksheet, XlsxError};

/// As many rows as a sheet holds.
const ROWS_MAX: usize = 1_048_576;
/// As many characters as a cell holds.
const CELL_CHARS_MAX: usize = 32_767;
/// The longest name of a sheet.
const NAME_CHARS_MAX: usize = 31;
/// The widest column, in pixels.
const COLUMN_PIXELS_MAX: u32 = 420;

/// A workbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Workbook {
    /// Its title, in the file's properties.
    pub title: String,
    /// Its sheets.
    pub sheets: Vec<Sheet>,
}

/// A sheet: a table with a row of headings that stays in sight and repeats in print.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Its name; shortened to 31 characters, forbidden ones replaced.
    pub name: String,
    /// Lines above the table: source, `as_of`, units.
    pub notes: Vec<String>,
    /// The headings.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text; identifiers with leading zeros stay as they are.
    Text(String),
    /// A whole number. Beyond 2^53 it is written as text, for a spreadsheet would round it.
    Whole(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Truth(bool),
    /// A day.
    Day(Date),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Whole(value)
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Truth(value)
    }
}

impl From<Date> for Cell {
    fn from(value: Date) -> Self {
        Self::Day(value)
    }
}

/// Writes the workbook.
pub(super) fn xlsx(workbook: &Workbook) -> Result<Vec<u8>, DocumentError> {
    for sheet in &workbook.sheets {
        let rows = sheet.rows.len() + sheet.notes.len() + 2;
        if rows > ROWS_MAX {
            return Err(DocumentError::TooLong {
                sheet: sheet.name.clone(),
                rows,
                max: ROWS_MAX,
            });
        }
    }
    build(workbook).map_err(|cause| DocumentError::Xlsx(Box::new(cause)))
}

fn build(workbook: &Workbook) -> Result<Vec<u8>, XlsxError> {
    let mut book = rust_xlsxwriter::Workbook::new();
    // A fixed day, so that the same content gives the same file.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(
        &DocProperties::new()
            .set_title(workbook.title.as_str())
            .set_author("Tierwatch")
            .set_creation_datetime(&day),
    );
    let mut names: Vec<String> = Vec::new();
    for sheet in &workbook.sheets {
        let name = sheet_name(&sheet.name, &names);
        let page = book.add_worksheet();
        page.set_name(name.as_str())?;
        names.push(name);
        fill(page, sheet)?;
    }
    book.save_to_buffer()
}

/// A name that the format allows and that no other sheet has.
fn sheet_name(wanted: &str, taken: &[String]) -> String {
    let clean: String = wanted
        .chars()
        .map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c })
        .take(NAME_CHARS_MAX)
        .collect();
    let clean = if clean.trim().is_empty() {
        "1".to_owned()
    } else {
        clean.trim().to_owned()
    };
    let same = |name: &String| name.to_lowercase() == clean.to_lowercase();
    if !taken.iter().any(same) {
        return clean;
    }
    let number = format!(" ({})", taken.len() + 1);
    let keep = NAME_CHARS_MAX - number.chars().count();
    clean.chars().take(keep).collect::<String>() + &number
}

fn fill(page: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_text_wrap();
    let text = Format::new()
        .set_num_format("@")
        .set_align(FormatAlign::Top);
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let column = |index: usize| u16::try_from(index).unwrap_or(u16::MAX);
    let row = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    for (index, heading) in sheet.columns.iter().enumerate() {
        page.write_string_with_format(row(sheet.notes.len()), column(index), heading, &bold)?;
    }
    let first = sheet.notes.len() + 1;
    for (r, cells) in sheet.rows.iter().enumerate() {
        for (c, cell) in cells.iter().enumerate() {
            let at = (row(first + r), column(c));
            write(page, at, cell, (&text, &day))?;
        }
    }
    page.set_autofit_max_width(COLUMN_PIXELS_MAX);
    page.autofit();
    // After the fit: a note may run over its neighbours.
    for (index, note) in sheet.notes.iter().enumerate() {
        page.write_string(row(index), 0, note)?;
    }
    let head = row(sheet.notes.len());
    page.set_freeze_panes(head + 1, 0)?;
    page.set_repeat_rows(head, head)?;
    page.set_landscape().set_print_fit_to_pages(1, 0);
    if !sheet.columns.is_empty() {
        let last = column(sheet.columns.len() - 1);
        page.autofilter(head, 0, head + row(sheet.rows.len()), last)?;
    }
    Ok(())
}

fn write(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    (text, day): (&Format, &Format),
) -> Result<(), XlsxError> {
    /// Beyond it not every whole number is a double.
    const EXACT_MAX: u64 = 1 << 53;
    match cell {
        Cell::Empty => {}
        Cell::Text(value) => {
            let value: String = value.chars().take(CELL_CHARS_MAX).collect();
            page.write_string_with_format(row, column, value, text)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "within 2^53")]
        Cell::Whole(value) if value.unsigned_abs() <= EXACT_MAX => {
            page.write_number(row, column, *value as f64)?;
        }
        Cell::Whole(value) => {
            page.write_string_with_format(row, column, value.to_string(), text)?;
        }
        Cell::Number(value) if value.is_finite() => {
            page.write_number(row, column, *value)?;
        }
        Cell::Number(value) => {
            page.write_string(row, column, value.to_string())?;
        }
        Cell::Truth(value) => {
            page.write_boolean(row, column, *value)?;
        }
        Cell::Day(value) => {
            let year = u16::try_from(value.year()).unwrap_or(0);
            let parts = (value.month().unsigned_abs(), value.day().unsigned_abs());
            match ExcelDateTime::from_ymd(year, parts.0, parts.1) {
                Ok(date) => {
                    page.write_datetime_with_format(row, column, &date, day)?;
                }
                // Before 1900 a spreadsheet knows no days.
                Err(_) => {
                    page.write_string(row, column, value.to_string())?;
                }
            }
        }
    }
    Ok(())
}
