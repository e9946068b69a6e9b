//! Documents as other programs read them.
//!
//! **Room:** tests of `document`. Needs `poppler-utils` (pdffonts, pdftotext, pdftoppm).

use super::*;
use jiff::civil::Date;
use std::{io::Write as _, path::Path, process::Command};

fn sample(lang: Lang, rows: usize) -> Document {
    let text = "Trung tâm dữ liệu của Cục Viễn thông đã chuyển từ Tier II lên Tier III; ẤẦẨẪẬ ắằẳẵặ ưỨỪỬỮỰ ỳỵỷỹ đĐ.";
    let row = |n: usize| {
        vec![
            format!("vnta-ups-{n:03}"),
            "Bộ lưu điện nhánh A, chạy bằng ắc quy trong lúc bảo trì tủ phân phối".to_owned(),
            format!("{}.{:06}", n * 7, n),
        ]
    };
    Document {
        title: "Báo cáo tháng về tính sẵn sàng".to_owned(),
        subtitle: vec!["Cục Viễn thông, tháng 9 năm 2026".to_owned()],
        lang,
        footer: format!("sha256 {}", "0123456789abcdef".repeat(4)),
        landscape: false,
        blocks: vec![
            Block::Heading(1, "1. Kết quả".to_owned()),
            Block::Paragraph(text.repeat(6)),
            Block::Note("<b>Không</b> phải là chứng nhận.".to_owned()),
            Block::Facts(vec![(
                "Kỳ".to_owned(),
                "2026-09-01 đến 2026-10-01".to_owned(),
            )]),
            Block::Strip(Strip {
                caption: "Dải tháng".to_owned(),
                pieces: vec![
                    (Fill::Clear, 500.0),
                    (Fill::Solid, 2.0),
                    (Fill::Upright, 60.0),
                    (Fill::Hatched, 80.0),
                    (Fill::Dotted, 90.0),
                    (Fill::Crossed, 40.0),
                    (Fill::Clear, 200.0),
                ],
                ticks: ["1", "8", "15", "22", "30"].map(str::to_owned).to_vec(),
                legend: vec![
                    (Fill::Clear, "hoạt động".to_owned()),
                    (Fill::Solid, "ngừng".to_owned()),
                    (Fill::Upright, "theo kế hoạch".to_owned()),
                    (Fill::Hatched, "không rõ".to_owned()),
                    (Fill::Dotted, "mất dự phòng".to_owned()),
                    (Fill::Crossed, "biên nghi ngờ".to_owned()),
                ],
            }),
            Block::Bars(Bars {
                caption: "Ngân sách".to_owned(),
                rows: vec![(
                    "đã dùng".to_owned(),
                    vec![
                        (Fill::Solid, 240.0),
                        (Fill::Crossed, 60.0),
                        (Fill::Hatched, 90.0),
                    ],
                    "240–300 s".to_owned(),
                )],
                mark: Some((466.56, "ngân sách 466,56 s".to_owned())),
                legend: vec![(Fill::Solid, "ngừng".to_owned())],
            }),
            Block::Table(Table {
                caption: "Sổ thiết bị".to_owned(),
                columns: vec![
                    ("Mã".to_owned(), Align::Left),
                    ("Mô tả".to_owned(), Align::Left),
                    ("Giây".to_owned(), Align::Right),
                ],
                rows: (0..rows).map(row).collect(),
                empty: "không có".to_owned(),
            }),
            Block::Signatures(vec!["Người lập".to_owned(), "Người duyệt".to_owned()]),
        ],
    }
}

/// Whether the tools are there; with `CI=true` they have to be.
#[expect(clippy::disallowed_methods, reason = "asks whether the tool is there")]
fn tools() -> bool {
    let there = Command::new("pdffonts").arg("-v").output().is_ok();
    let wanted = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(
        there || !wanted,
        "pdffonts is missing: install poppler-utils"
    );
    if !there {
        writeln!(
            std::io::stderr(),
            "SKIPPED: install poppler-utils to check PDF files"
        )
        .unwrap();
    }
    there
}

/// What a tool of poppler-utils says about a file.
#[expect(
    clippy::disallowed_methods,
    reason = "tools that read the PDF as people's viewers do"
)]
fn run(program: &str, args: &[&str], file: &Path) -> String {
    let output = Command::new(program)
        .args(args)
        .arg(file)
        .args((program == "pdftotext").then_some("-"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn written(document: &Document) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
    file.write_all(&pdf(document).unwrap()).unwrap();
    file
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = sample(Lang::Vi, 80);
    assert_eq!(pdf(&document).unwrap(), pdf(&document).unwrap());
    let book = workbook();
    assert_eq!(xlsx(&book).unwrap(), xlsx(&book).unwrap());
}

#[test]
fn fonts_are_embedded_and_subset_and_every_letter_comes_back() {
    if !tools() {
        return;
    }
    let file = written(&sample(Lang::Vi, 120));
    let fonts = run("pdffonts", &[], file.path());
    let rows: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(rows.len(), 2, "{fonts}");
    for row in rows {
        // emb sub uni
        assert!(row.contains("TWDOCS+DejaVuSansCondensed"), "{row}");
        let words: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(
            words.iter().filter(|word| **word == "yes").count(),
            3,
            "{row}"
        );
    }
    let text = run("pdftotext", &["-layout"], file.path());
    for expected in [
        "ẤẦẨẪẬ ắằẳẵặ ưỨỪỬỮỰ ỳỵỷỹ đĐ",
        "Báo cáo tháng về tính sẵn sàng",
        "mất dự phòng",
        "Người duyệt",
        "ngân sách 466,56 s",
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}

#[test]
fn headings_repeat_on_every_page_and_no_row_is_lost() {
    if !tools() {
        return;
    }
    let file = written(&sample(Lang::Vi, 150));
    let text = run("pdftotext", &["-layout"], file.path());
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert!(pages.len() >= 4, "{} pages", pages.len());
    for (index, page) in pages.iter().enumerate() {
        let number = format!("Trang {}/{}", index + 1, pages.len());
        assert!(page.contains(&number), "{page}");
        assert!(page.contains("sha256 0123456789abcdef"), "{page}");
        if page.contains("vnta-ups-") {
            let heading = page.find("Mô tả").expect("the headings");
            assert!(heading < page.find("vnta-ups-").unwrap(), "{page}");
        }
    }
    for n in 0..150 {
        let id = format!("vnta-ups-{n:03}");
        assert_eq!(text.matches(&id).count(), 1, "{id}");
    }
}

#[test]
fn nothing_is_written_outside_of_the_margins() {
    if !tools() {
        return;
    }
    let mut document = sample(Lang::Vi, 3);
    document.blocks.push(Block::Paragraph("x".repeat(900)));
    document.blocks.push(Block::Table(Table {
        columns: (0..14)
            .map(|n| (format!("Cột-số-{n}"), Align::Right))
            .collect(),
        rows: vec![
            (0..14).map(|n| "9".repeat(8 + n)).collect(),
            vec!["một hai ba ".repeat(800)],
        ],
        ..Table::default()
    }));
    for landscape in [false, true] {
        document.landscape = landscape;
        let file = written(&document);
        let boxes = run("pdftotext", &["-bbox"], file.path());
        let width = if landscape { 841.89 } else { 595.28 };
        let mut words = 0;
        for line in boxes.lines().filter(|line| line.contains("<word")) {
            let number = |name: &str| -> f64 {
                let from = line.find(name).unwrap() + name.len() + 2;
                line[from..].split('"').next().unwrap().parse().unwrap()
            };
            words += 1;
            assert!(
                number("xMin") > 45.0 && number("xMax") < width - 45.0,
                "{line}"
            );
        }
        assert!(words > 300, "{words}");
    }
}

#[test]
fn a_letter_that_the_font_lacks_is_seen_to_be_missing() {
    if !tools() {
        return;
    }
    let mut document = sample(Lang::En, 0);
    document.blocks = vec![Block::Paragraph("thiết bị 設備".to_owned())];
    let file = written(&document);
    let text = run("pdftotext", &[], file.path());
    assert!(text.contains("thiết bị \u{FFFD}\u{FFFD}"), "{text}");
}

#[test]
fn html_never_lets_text_become_markup() {
    let page = html(&sample(Lang::Vi, 2));
    assert!(page.contains("&lt;b&gt;Không&lt;/b&gt;"));
    assert!(!page.contains("<b>"));
    assert!(page.contains("<html lang=\"vi\">"));
    assert!(page.contains("<th scope=\"col\" class=\"r\">Giây</th>"));
    assert!(!page.contains("http"), "nothing comes from outside");
}

fn workbook() -> Workbook {
    Workbook {
        title: "Sổ tài sản".to_owned(),
        sheets: vec![
            Sheet {
                name: "Tài sản: 2026/09".to_owned(),
                notes: vec!["Đến ngày 2026-09-30".to_owned()],
                columns: ["Mã", "Giá", "Ngày"].map(str::to_owned).to_vec(),
                rows: vec![vec![
                    "0012345678901234567".into(),
                    Cell::Whole(9_007_199_254_740_993),
                    Cell::Day(Date::constant(2026, 9, 1)),
                ]],
            },
            Sheet {
                name: "Tài sản: 2026/09".to_owned(),
                rows: vec![vec!["=1+1".into(), Cell::Number(0.5), Cell::Truth(true)]],
                ..Sheet::default()
            },
        ],
    }
}

#[test]
fn a_spreadsheet_is_made_even_of_awkward_names_and_values() {
    let bytes = xlsx(&workbook()).unwrap();
    assert!(bytes.starts_with(b"PK"));
}
