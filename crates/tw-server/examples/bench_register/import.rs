//! An import of many rows: preview, commit, and again as changes of what is there.
//!
//! **Room:** beside the product. The files are written by one process and imported by another,
//! whose largest memory is that of a server that does it.

use crate::{
    desk::{Desk, peak_mb},
    estate::{self, Numbers},
};
use axum::{body::Bytes, http::Method};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::{fmt::Write as _, path::Path, process::Command, time::Duration, time::Instant};

/// Acceptance: from the first byte of the preview to the end of the commit.
const SECONDS_WANTED: u64 = 60;
/// Acceptance: the largest memory of the process.
const MEMORY_MB_WANTED: u64 = 500;
/// What is in the register before.
const ASSETS_BEFORE: usize = 1_000;

const HEADINGS: [&str; 11] = [
    "Mã tài sản",
    "Loại thiết bị",
    "Trạng thái",
    "Hãng sản xuất",
    "Kiểu máy",
    "Số sê-ri",
    "Đơn vị",
    "Địa điểm",
    "Ngày mua",
    "Nguyên giá (đồng)",
    "note",
];

/// Writes the files and imports each in a process of its own.
pub(crate) fn bench(rows: usize) {
    let folder = tempfile::tempdir().unwrap();
    for format in ["csv", "xlsx"] {
        let path = folder.path().join(format!("assets.{format}"));
        write(&path, rows);
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["import-of", path.to_str().unwrap(), &rows.to_string()])
            .status()
            .unwrap();
        assert!(child.success(), "the import ended with {child}");
    }
}

/// The cells of a row: a new asset, written as people write it.
fn row(n: usize, numbers: &mut Numbers) -> [String; 11] {
    let (maker, model) = estate::model(numbers.below(80));
    let day = (
        numbers.below(28) + 1,
        numbers.below(12) + 1,
        2015 + numbers.below(11),
    );
    [
        format!("MOI-{n:06}"),
        ["Máy tính để bàn", "laptop", "server"][n % 3].to_owned(),
        ["in_stock", "Đang sử dụng"][n % 2].to_owned(),
        ["Cisco", "HPE", "Dell"][maker % 3].to_owned(),
        model,
        format!("00{:08}", n + 1),
        estate::unit(numbers.below(estate::UNITS)),
        estate::site(numbers.below(estate::SITES)),
        format!("{:02}/{:02}/{}", day.0, day.1, day.2),
        format!("{}.500.000", 10 + numbers.below(90)),
        format!("row {n}"),
    ]
}

fn write(path: &Path, rows: usize) {
    let mut numbers = Numbers(15);
    if path.extension().is_some_and(|extension| extension == "csv") {
        let mut text = format!("\u{feff}{}\r\n", HEADINGS.join(";"));
        for n in 0..rows {
            write!(text, "{}\r\n", row(n, &mut numbers).join(";")).unwrap();
        }
        return std::fs::write(path, text).unwrap();
    }
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in HEADINGS.iter().enumerate() {
        sheet
            .write(0, u16::try_from(column).unwrap(), *heading)
            .unwrap();
    }
    for n in 0..rows {
        for (column, cell) in row(n, &mut numbers).into_iter().enumerate() {
            let place = (
                u32::try_from(n + 1).unwrap(),
                u16::try_from(column).unwrap(),
            );
            sheet.write(place.0, place.1, cell).unwrap();
        }
    }
    book.save(path).unwrap();
}

/// Imports a file: new assets first, then the same file with another note in each row.
pub(crate) async fn one(path: &str, rows: usize) {
    let format = path.rsplit('.').next().unwrap();
    let mut desk = Desk::open(&estate::register(ASSETS_BEFORE)).await;
    let file = Bytes::from(std::fs::read(path).unwrap());
    println!(
        "== import of {rows} rows, {format}, {} kB, into a register of {ASSETS_BEFORE} assets; \
         memory before: {} MB",
        file.len() / 1024,
        peak_mb()
    );
    let started = Instant::now();
    take(&mut desk, (format, file), rows).await;
    let took = started.elapsed();
    verdict(
        took < Duration::from_secs(SECONDS_WANTED),
        &format!("preview and commit of {rows} new assets took {took:.1?}; < {SECONDS_WANTED} s"),
    );
    let peak = peak_mb();
    verdict(
        peak < MEMORY_MB_WANTED,
        &format!("largest memory {peak} MB; < {MEMORY_MB_WANTED} MB"),
    );
    if format == "csv" {
        let text = std::fs::read_to_string(path)
            .unwrap()
            .replace(";row ", ";changed ");
        let started = Instant::now();
        take(&mut desk, (format, Bytes::from(text)), rows).await;
        println!(
            "the same file as {rows} changes took {:.1?}; largest memory {} MB",
            started.elapsed(),
            peak_mb()
        );
    }
    desk.print(|_| None);
}

fn verdict(holds: bool, what: &str) {
    println!("{what}: {}", if holds { "holds" } else { "DOES NOT HOLD" });
}

async fn take(desk: &mut Desk, (format, file): (&str, Bytes), rows: usize) {
    let media = "application/octet-stream";
    let path = format!("/api/v1/imports?format={format}&dates=dmy");
    let preview = (Method::POST, path.as_str());
    let answer = desk.send("import: preview", preview, (media, file)).await;
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["faults_total"], 0, "{}", answer["faults"]);
    let path = format!("/api/v1/imports/{}", answer["token"].as_str().unwrap());
    let nothing = ("application/json", Bytes::new());
    let done = desk
        .send("import: commit", (Method::POST, &path), nothing)
        .await;
    let done: Value = serde_json::from_slice(&done).unwrap();
    assert_eq!(done["changed"], rows, "all of them");
}
