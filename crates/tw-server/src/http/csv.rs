//! Lists as CSV files that spreadsheets open without running anything.
//!
//! **Room:** layer 2, shell. **May use:** nothing of ours. **Must not:** know a domain.

use crate::http::refusal::Refusal;

/// The byte order mark: without it Excel takes UTF-8 for a local code page.
const BOM: &str = "\u{feff}";

/// A column: its name and how to get its cell.
pub(crate) type Column<T> = (&'static str, fn(&T) -> String);

/// The file. `wanted` names columns, separated by commas; all of them without it.
pub(crate) fn file<T>(
    items: &[T],
    columns: &[Column<T>],
    wanted: Option<&str>,
) -> Result<String, Refusal> {
    let chosen = choose(columns, wanted)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header: Vec<&str> = chosen.iter().map(|(name, _)| *name).collect();
    write_row(&mut writer, header.iter().map(|name| (*name).to_owned()))?;
    for item in items {
        write_row(
            &mut writer,
            chosen.iter().map(|(_, cell)| harmless(cell(item))),
        )?;
    }
    finished(writer)
}

/// A file of rows that are texts already and harmless.
pub(crate) fn text(
    columns: &[String],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<String, Refusal> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    write_row(&mut writer, columns.iter().cloned())?;
    for row in rows {
        write_row(&mut writer, row.into_iter())?;
    }
    finished(writer)
}

fn finished(writer: csv::Writer<Vec<u8>>) -> Result<String, Refusal> {
    let bytes = writer.into_inner().map_err(|e| Refusal::internal(&e))?;
    let text = String::from_utf8(bytes).map_err(|e| Refusal::internal(&e))?;
    Ok(format!("{BOM}{text}"))
}

fn write_row(
    writer: &mut csv::Writer<Vec<u8>>,
    row: impl Iterator<Item = String>,
) -> Result<(), Refusal> {
    writer.write_record(row).map_err(|e| Refusal::internal(&e))
}

fn choose<T>(columns: &[Column<T>], wanted: Option<&str>) -> Result<Vec<Column<T>>, Refusal> {
    let Some(wanted) = wanted else {
        return Ok(columns.to_vec());
    };
    wanted
        .split(',')
        .map(|name| {
            columns
                .iter()
                .find(|(known, _)| *known == name)
                .copied()
                .ok_or_else(|| {
                    let allowed: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
                    Refusal::bad(
                        "bad_parameter",
                        format!("columns are of {}", allowed.join(", ")),
                    )
                    .with("parameter", "columns")
                    .with("allowed", allowed)
                })
        })
        .collect()
}

/// The only other form of a list is CSV.
pub(crate) fn unknown_format() -> Refusal {
    Refusal::bad("bad_parameter", "format is csv or not given").with("parameter", "format")
}

/// A cell that a spreadsheet would take for a formula becomes text.
pub(crate) fn harmless(cell: String) -> String {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{cell}"),
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column<(&str, i32)>; 2] = [
        ("name", |row| row.0.to_owned()),
        ("count", |row| row.1.to_string()),
    ];

    #[test]
    fn formulas_become_text_and_quotes_are_doubled() {
        let text = file(
            &[("=cmd|' /C calc'!A0", 1), ("a \"b\", c", 2)],
            &COLUMNS,
            None,
        )
        .unwrap();
        assert_eq!(
            text,
            "\u{feff}name,count\n'=cmd|' /C calc'!A0,1\n\"a \"\"b\"\", c\",2\n"
        );
    }

    #[test]
    fn columns_are_chosen_by_name_only() {
        let text = file(&[("a", 1)], &COLUMNS, Some("count")).unwrap();
        assert_eq!(text, "\u{feff}count\n1\n");
        assert!(file(&[("a", 1)], &COLUMNS, Some("count,secret")).is_err());
    }
}
