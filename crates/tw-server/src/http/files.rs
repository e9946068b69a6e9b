//! Answers that are data for programs and tables for people.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, the documents. **Must not:** know a domain.

use crate::{
    document::{Cell, Lang, Sheet, Workbook, xlsx},
    http::{csv, refusal::Refusal},
};
use tw_api::FileOr;

/// The answer in the wanted form: JSON, a workbook, or its first sheet as CSV.
pub(crate) fn answer<T>(
    found: T,
    (format, lang): (Option<&str>, Option<&str>),
    workbook: impl FnOnce(&T, Lang) -> Workbook,
) -> Result<FileOr<T>, Refusal> {
    let lang = Lang::of(lang.unwrap_or("vi"));
    match format {
        None | Some("json") => Ok(FileOr::Json(found)),
        Some("xlsx") => spreadsheet(&workbook(&found, lang)).map(FileOr::Xlsx),
        Some("csv") => first(&workbook(&found, lang)).map(FileOr::Csv),
        Some(_) => {
            let what = "format is json, csv or xlsx";
            Err(Refusal::bad("bad_parameter", what).with("parameter", "format"))
        }
    }
}

/// A workbook as a file.
pub(crate) fn spreadsheet(workbook: &Workbook) -> Result<Vec<u8>, Refusal> {
    xlsx(workbook).map_err(|e| Refusal::internal(&e))
}

/// The first sheet as CSV: its headings and its rows, without the notes.
pub(crate) fn first(workbook: &Workbook) -> Result<String, Refusal> {
    let empty = Sheet::default();
    let sheet = workbook.sheets.first().unwrap_or(&empty);
    let rows = sheet.rows.iter();
    csv::text(
        &sheet.columns,
        rows.map(|row| row.iter().map(text).collect()),
    )
}

/// A cell as text. Numbers are never taken for formulas, so only texts are made harmless.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => csv::harmless(text.clone()),
        Cell::Whole(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Truth(truth) => truth.to_string(),
        Cell::Day(day) => day.to_string(),
    }
}

/// A sum in VND, or a count, as a cell.
pub(crate) fn whole(number: u64) -> Cell {
    Cell::Whole(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sheet_is_the_table_and_negative_numbers_stay_numbers() {
        let sheet = |name: &str| Sheet {
            name: name.to_owned(),
            columns: vec!["a".to_owned(), "b".to_owned()],
            rows: vec![vec![Cell::from("=1+1"), Cell::Whole(-5)]],
            ..Sheet::default()
        };
        let workbook = Workbook {
            title: String::new(),
            sheets: vec![sheet("1"), sheet("2")],
        };
        assert_eq!(first(&workbook).unwrap(), "\u{feff}a,b\n'=1+1,-5\n");
    }
}
