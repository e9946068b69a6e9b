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

fn label_sheets(grid: LabelGrid, skip: usize) -> LabelSheets {
    let line = |text: &str, size: f32, bold: bool| LabelLine {
        text: text.to_owned(),
        size,
        bold,
    };
    let units = [
        "Phòng Quản lý cơ sở hạ tầng kỹ thuật và bảo đảm an toàn thông tin mạng, Trung tâm Thông tin",
        "Văn phòng",
    ];
    let models = [
        "Hewlett Packard Enterprise ProLiant DL380 Gen10 Plus 8SFF NC Configure-to-order Server",
        "HPProLiantDL380Gen10Plus8SFFNCConfigureToOrderServerWithoutASingleSpace",
        "x",
    ];
    let label = |n: usize| Label {
        code: format!("VNTA-DC-{n:06}"),
        title: line(&format!("VNTA-DC-{n:06}"), 11.0, true),
        lines: vec![
            line(models[n % 3], 7.5, false),
            line(&format!("S/N CZ2D{n:08}"), 7.0, false),
            line(units[n % 2], 7.0, true),
            line("Cục Viễn thông", 6.0, false),
        ],
    };
    LabelSheets {
        title: "Nhãn tài sản".to_owned(),
        lang: Lang::Vi,
        grid,
        skip,
        labels: (0..30).map(label).collect(),
    }
}

const GRIDS: [LabelGrid; 2] = [
    LabelGrid {
        columns: 3,
        rows: 8,
        width_mm: 63.5,
        height_mm: 33.9,
        left_mm: 7.25,
        top_mm: 12.9,
        step_x_mm: 66.0,
        step_y_mm: 33.9,
        cut_lines: true,
    },
    LabelGrid {
        columns: 5,
        rows: 13,
        width_mm: 38.1,
        height_mm: 21.2,
        left_mm: 4.75,
        top_mm: 10.7,
        step_x_mm: 40.6,
        step_y_mm: 21.2,
        cut_lines: false,
    },
];

#[test]
fn every_word_of_a_label_stands_whole_on_its_own_label() {
    if !tools() {
        return;
    }
    for (grid, skip) in [(GRIDS[0], 0), (GRIDS[1], 7)] {
        let sheets = label_sheets(grid, skip);
        let mut file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
        file.write_all(&labels(&sheets).unwrap()).unwrap();
        let boxes = run("pdftotext", &["-bbox"], file.path());
        let mut page = 0;
        let mut words: Vec<Vec<(f32, f32, &str)>> = vec![Vec::new(); sheets.labels.len()];
        for line in boxes.lines() {
            page += usize::from(line.contains("<page"));
            if !line.contains("<word") {
                continue;
            }
            let number = |name: &str| -> f32 {
                let from = line.find(name).unwrap() + name.len() + 2;
                line[from..].split('"').next().unwrap().parse().unwrap()
            };
            let mm = |name: &str| number(name) * 25.4 / 72.0;
            let [x0, x1] = ["xMin", "xMax"].map(mm);
            let [y0, y1] = ["yMin", "yMax"].map(mm);
            let inside = |index: usize| {
                let column = layout::count(index % grid.columns);
                let row = layout::count(index / grid.columns);
                let left = grid.left_mm + column * grid.step_x_mm;
                let top = grid.top_mm + row * grid.step_y_mm;
                x0 >= left
                    && x1 <= left + grid.width_mm - 1.5
                    && y0 >= top
                    && y1 <= top + grid.height_mm
            };
            let at = (0..grid.labels()).find(|index| inside(*index));
            let at = at.unwrap_or_else(|| panic!("{line} lies on no label"));
            let text = line.split('>').nth(1).unwrap().split('<').next().unwrap();
            words[(page - 1) * grid.labels() + at - skip].push((y0, x0, text));
        }
        assert_eq!(page, (30 + skip).div_ceil(grid.labels()));
        for (label, mut words) in sheets.labels.iter().zip(words) {
            words.sort_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap());
            let said: String = words.into_iter().map(|(_, _, text)| text).collect();
            let whole = |text: &str| text.split_whitespace().collect::<String>();
            assert!(said.starts_with(&whole(&label.title.text)), "{said}");
            for line in &label.lines {
                assert!(
                    said.contains(&whole(&line.text)),
                    "{line:?} is not in {said}"
                );
            }
        }
    }
}

#[test]
fn labels_have_embedded_fonts_and_are_the_same_every_time() {
    let sheets = label_sheets(GRIDS[0], 3);
    let bytes = labels(&sheets).unwrap();
    assert_eq!(bytes, labels(&sheets).unwrap());
    if !tools() {
        return;
    }
    let mut file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
    file.write_all(&bytes).unwrap();
    let fonts = run("pdffonts", &[], file.path());
    for row in fonts.lines().skip(2) {
        assert!(row.contains("TWDOCS+DejaVuSansCondensed"), "{row}");
        assert_eq!(row.matches("yes").count(), 3, "{row}");
    }
    let none = LabelSheets {
        labels: Vec::new(),
        ..sheets
    };
    assert!(labels(&none).unwrap().starts_with(b"%PDF"));
}
