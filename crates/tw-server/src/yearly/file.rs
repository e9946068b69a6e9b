//! The return as a spreadsheet and as a document to sign.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, the documents. **Must not:** do I/O, or leave the
//! list of a figure out.

use super::counted::Group;
use crate::{
    document::{Align, Block, Cell, Document, Lang, Sheet, Table, Workbook, pdf},
    http::{
        files::{self, whole},
        refusal::Refusal,
    },
    wording::{pick, say},
};
use tw_api::{FileOr, YearlyFigure, YearlyGroup, YearlyReturn};

/// The return in the wanted form.
pub(crate) fn answer(
    (found, groups): (YearlyReturn, &[Group]),
    (format, lang): (Option<&str>, Option<&str>),
) -> Result<FileOr<YearlyReturn>, Refusal> {
    match format {
        Some("pdf") => pdf(&document(&found, Lang::of(lang.unwrap_or("vi"))))
            .map(FileOr::Pdf)
            .map_err(|e| Refusal::internal(&e)),
        format => files::answer(found, (format, lang), |found, lang| {
            workbook((found, groups), lang)
        }),
    }
}

fn title(found: &YearlyReturn, lang: Lang) -> String {
    let head = say(
        lang,
        "Statistical return on information technology",
        "Báo cáo thống kê công nghệ thông tin",
    );
    format!("{head} {}", found.year)
}

fn notes(found: &YearlyReturn, lang: Lang) -> Vec<String> {
    let mut notes = vec![
        pick(&found.organisation, lang),
        format!(
            "{} {} · {} {}",
            say(lang, "counted on", "số liệu ngày"),
            found.as_of,
            say(lang, "register revision", "phiên bản sổ đăng ký"),
            found.register_revision
        ),
    ];
    if found.simulated {
        notes.push(say(lang, "Simulated data.", "Dữ liệu mô phỏng.").to_owned());
    }
    let left_out = say(lang, "Left out", "Không có trong báo cáo");
    let words = found.left_out.iter().map(|text| pick(text, lang));
    notes.extend(words.map(|text| format!("{left_out}: {text}")));
    notes
}

fn headings(lang: Lang) -> [&'static str; 4] {
    [
        say(lang, "Group", "Nhóm"),
        say(lang, "Figure", "Chỉ tiêu"),
        say(lang, "Value", "Giá trị"),
        say(lang, "Counted from", "Nguồn số liệu"),
    ]
}

fn workbook((found, groups): (&YearlyReturn, &[Group]), lang: Lang) -> Workbook {
    let row = |group: &YearlyGroup, figure: &YearlyFigure| {
        vec![
            Cell::from(pick(&group.name, lang).as_str()),
            Cell::from(pick(&figure.name, lang).as_str()),
            whole(figure.value),
            Cell::from(figure.list.as_str()),
        ]
    };
    let rows = found
        .groups
        .iter()
        .flat_map(|group| group.figures.iter().map(move |figure| row(group, figure)));
    Workbook {
        title: title(found, lang),
        sheets: vec![
            Sheet {
                name: found.year.to_string(),
                notes: notes(found, lang),
                columns: headings(lang).map(ToOwned::to_owned).into(),
                rows: rows.collect(),
            },
            evidence(groups, lang),
        ],
    }
}

/// What each figure was counted from. A sum's things stand under its parts.
fn evidence(groups: &[Group], lang: Lang) -> Sheet {
    let figures = groups.iter().flat_map(|group| {
        let parts = usize::from(group.sums && group.figures.len() > 1);
        group
            .figures
            .iter()
            .skip(parts)
            .map(move |figure| (group, figure))
    });
    let rows = figures.flat_map(|(group, figure)| {
        let (group, figure_name) = (pick(&group.name, lang), pick(&figure.name, lang));
        figure.items.iter().map(move |item| {
            vec![
                Cell::from(group.as_str()),
                Cell::from(figure_name.as_str()),
                Cell::from(item.id.as_str()),
                Cell::from(pick(&item.name, lang)),
                Cell::from(item.unit.clone()),
                Cell::from(item.site.clone()),
            ]
        })
    });
    let columns = [
        ("Group", "Nhóm"),
        ("Figure", "Chỉ tiêu"),
        ("Code", "Mã"),
        ("Name", "Tên"),
        ("Unit", "Đơn vị"),
        ("Site", "Địa điểm"),
    ];
    let note = say(
        lang,
        "Each line is one of the things that a figure counts.",
        "Mỗi dòng là một mục được tính trong chỉ tiêu.",
    );
    Sheet {
        name: say(lang, "Evidence", "Căn cứ").to_owned(),
        notes: vec![note.to_owned()],
        columns: columns.map(|(en, vi)| say(lang, en, vi).to_owned()).into(),
        rows: rows.collect(),
    }
}

fn document(found: &YearlyReturn, lang: Lang) -> Document {
    let [_, figure, value, list] = headings(lang);
    let mut blocks = Vec::new();
    for group in &found.groups {
        blocks.push(Block::Heading(2, pick(&group.name, lang)));
        let rows = group.figures.iter().map(|figure| {
            let name = pick(&figure.name, lang);
            vec![name, figure.value.to_string(), figure.list.clone()]
        });
        blocks.push(Block::Table(Table {
            caption: String::new(),
            columns: vec![
                (figure.to_owned(), Align::Left),
                (value.to_owned(), Align::Right),
                (list.to_owned(), Align::Left),
            ],
            rows: rows.collect(),
            empty: say(lang, "Nothing to count.", "Không có số liệu.").to_owned(),
        }));
    }
    let signed = [
        say(lang, "Prepared by", "Người lập biểu"),
        say(lang, "Head of the unit", "Thủ trưởng đơn vị"),
    ];
    blocks.push(Block::Signatures(signed.map(ToOwned::to_owned).into()));
    Document {
        title: title(found, lang),
        subtitle: notes(found, lang),
        lang,
        footer: format!("{} · {}", found.as_of, found.register_revision),
        landscape: false,
        blocks,
    }
}
