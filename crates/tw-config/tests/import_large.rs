//! A hundred thousand rows: counted right, and within the memory that is promised.
//!
//! **Room:** tests of `tw-config`.

use rust_xlsxwriter::Workbook;
use tw_config::{DayFormat, ImportFormat, read_assets, stage};
use tw_model::Register;

const ROWS: u32 = 100_000;
const MEMORY_KIB_MAX: u64 = 500 * 1024;

/// The most memory that this process ever held, as Linux tells it.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[track_caller]
fn within_the_promise() {
    let peak = peak_kib().expect("the system tells how much memory was used");
    assert!(peak < MEMORY_KIB_MAX, "{peak} KiB");
}

const HEADINGS: [&str; 8] = [
    "tag",
    "class",
    "status",
    "manufacturer",
    "model",
    "serial",
    "purchased",
    "price_vnd",
];

fn cells(row: u32) -> [String; 8] {
    [
        format!("BIG-{row:06}"),
        "desktop".to_owned(),
        "deployed".to_owned(),
        "Dell".to_owned(),
        "OptiPlex 7020".to_owned(),
        format!("{row:09}X"),
        format!("{}-{:02}-15", 2015 + row % 10, 1 + row % 12),
        "18500000".to_owned(),
    ]
}

#[test]
fn a_csv_of_a_hundred_thousand_rows_with_one_bad_row_imports_nothing() {
    let mut text = HEADINGS.join(";") + "\n";
    for row in 0..ROWS {
        let mut cells = cells(row);
        if row == 77_777 {
            cells[1] = "desktp".to_owned();
        }
        text += &(cells.join(";") + "\n");
    }
    let mut imported = read_assets(text.as_bytes(), ImportFormat::Csv, DayFormat::Iso);
    drop(text);
    let staged = stage(&mut imported, &Register::default(), |_, _, _| None);
    assert_eq!(imported.faults_total, 1);
    assert_eq!(
        (imported.faults[0].row, imported.faults[0].column.as_str()),
        (77_779, "class")
    );
    assert!(staged.plan.is_empty());
    within_the_promise();
}

#[test]
fn a_workbook_of_a_hundred_thousand_rows_is_counted_right() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(HEADINGS) {
        sheet.write(0, column, heading).unwrap();
    }
    for row in 0..ROWS {
        for (column, cell) in (0..).zip(cells(row)) {
            sheet.write(row + 1, column, cell).unwrap();
        }
    }
    book.save(&path).unwrap();
    drop(book);
    // Writing the sheet took memory, too: the count begins anew (proc(5), clear_refs).
    std::fs::write("/proc/self/clear_refs", "5").ok();
    let bytes = std::fs::read(&path).unwrap();
    let mut imported = read_assets(&bytes, ImportFormat::Xlsx, DayFormat::Iso);
    let staged = stage(&mut imported, &Register::default(), |_, _, _| None);
    assert_eq!(
        (staged.create, staged.update, staged.rejected),
        (ROWS as usize, 0, 0)
    );
    assert_eq!(staged.plan.changes.len(), ROWS as usize);
    within_the_promise();
}
