//! A plan as a spreadsheet or a document to sign.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, the documents. **Must not:** do I/O.

use super::{impact_words, words};
use crate::{
    document::{Align, Block, Cell, Document, Lang, Sheet, Table, Workbook, pdf, xlsx},
    http::refusal::Refusal,
    wording::say,
};
use tw_api::{FileOr, FormatQuery, PlanLine, PlanYear, ReplacementPlan};
use tw_model::Register;

/// For whom a file is written: the names of the register, the language, whether all is simulated.
#[derive(Clone, Copy)]
struct Reader<'a> {
    register: &'a Register,
    lang: Lang,
    simulated: bool,
}

/// The plan in the wanted form.
pub(crate) fn answer(
    plan: ReplacementPlan,
    query: &FormatQuery,
    (register, simulated): (&Register, bool),
) -> Result<FileOr<ReplacementPlan>, Refusal> {
    let reader = Reader {
        register,
        lang: Lang::of(query.lang.as_deref().unwrap_or("vi")),
        simulated,
    };
    match query.format.as_deref() {
        None | Some("json") => Ok(FileOr::Json(plan)),
        Some("xlsx") => xlsx(&workbook(&plan, reader))
            .map(FileOr::Xlsx)
            .map_err(|e| Refusal::internal(&e)),
        Some("pdf") => pdf(&document(&plan, reader))
            .map(FileOr::Pdf)
            .map_err(|e| Refusal::internal(&e)),
        Some(_) => {
            let what = "format is json, xlsx or pdf";
            Err(Refusal::bad("bad_parameter", what).with("parameter", "format"))
        }
    }
}

fn notes(plan: &ReplacementPlan, reader: Reader<'_>) -> Vec<String> {
    let lang = reader.lang;
    let state = words::state(plan.status.state, lang);
    let mut notes = vec![format!(
        "{} {} · {} {} · {} {}",
        say(lang, "plan", "kế hoạch"),
        plan.id,
        say(lang, "version", "phiên bản"),
        plan.version,
        say(lang, "state", "trạng thái"),
        state
    )];
    let weights: Vec<String> = plan
        .result
        .weights
        .iter()
        .map(|weight| format!("{} {}", words::weight(&weight.reason, lang), weight.points))
        .collect();
    let head = say(lang, "weights", "trọng số");
    notes.push(format!("{head}: {}", weights.join("; ")));
    if reader.simulated {
        notes.push(say(lang, "Simulated data.", "Dữ liệu mô phỏng.").to_owned());
    }
    notes
}

fn headings(lang: Lang) -> [&'static str; 14] {
    [
        say(lang, "Year", "Năm"),
        say(lang, "Asset", "Mã tài sản"),
        say(lang, "Class", "Loại"),
        say(lang, "Model", "Mẫu máy"),
        say(lang, "Unit", "Đơn vị"),
        say(lang, "Measure", "Biện pháp"),
        say(lang, "Heading", "Nguồn vốn"),
        say(lang, "Cost (VND)", "Kinh phí (đồng)"),
        say(lang, "Points", "Điểm"),
        say(lang, "Outcome", "Kết quả"),
        say(lang, "Quarter", "Quý"),
        say(lang, "Reasons", "Lý do"),
        say(lang, "Redundancy impact", "Ảnh hưởng dự phòng"),
        say(lang, "Why that impact", "Căn cứ mức ảnh hưởng"),
    ]
}

fn workbook(plan: &ReplacementPlan, reader: Reader<'_>) -> Workbook {
    let lang = reader.lang;
    let mut rows = Vec::new();
    for year in &plan.result.years {
        for line in &year.lines {
            let reasons = line.reasons.iter();
            let reasons: Vec<String> = reasons.map(|r| words::reason(&r.kind, lang)).collect();
            rows.push(vec![
                Cell::Whole(i64::from(year.year)),
                Cell::from(line.asset.as_str()),
                Cell::from(words::class(&line.class, lang)),
                Cell::from(line.model.as_deref().unwrap_or_default()),
                Cell::from(words::unit(reader.register, line.unit.as_deref(), lang)),
                Cell::from(words::remedy(&line.proposal.remedy, lang)),
                Cell::from(words::heading(&line.heading, lang)),
                Cell::Whole(line.proposal.cost_vnd),
                Cell::Number(line.proposal.benefit),
                Cell::from(line_outcome(line, lang)),
                line.quarter
                    .map_or(Cell::Empty, |q| Cell::Whole(i64::from(q))),
                Cell::from(reasons.join(", ").as_str()),
                Cell::from(
                    line.impact
                        .as_ref()
                        .map(|own| impact_words::short(own, lang)),
                ),
                Cell::from(
                    line.impact
                        .as_ref()
                        .map(|own| impact_words::sentence(own, lang)),
                ),
            ]);
        }
    }
    let lines = Sheet {
        name: say(lang, "Lines", "Danh mục").to_owned(),
        notes: notes(plan, reader),
        columns: headings(lang).map(ToOwned::to_owned).into(),
        rows,
    };
    Workbook {
        title: plan.spec.name.clone(),
        sheets: vec![years(plan, lang), lines],
    }
}

fn years(plan: &ReplacementPlan, lang: Lang) -> Sheet {
    let row = |year: &PlanYear| {
        let percent = year.staff_after.compliance_percent.clone();
        vec![
            Cell::Whole(i64::from(year.year)),
            Cell::Whole(year.investment_vnd),
            Cell::Whole(year.invested_vnd),
            Cell::Whole(year.recurrent_vnd),
            Cell::Whole(year.recurring_vnd + year.promised_vnd),
            Cell::Whole(i64::try_from(year.chosen).unwrap_or(i64::MAX)),
            Cell::Whole(i64::try_from(year.cut).unwrap_or(i64::MAX)),
            Cell::Whole(year.cut_vnd),
            Cell::from(percent.as_deref().unwrap_or("–")),
        ]
    };
    Sheet {
        name: say(lang, "Years", "Các năm").to_owned(),
        notes: Vec::new(),
        columns: year_headings(lang).map(ToOwned::to_owned).into(),
        rows: plan.result.years.iter().map(row).collect(),
    }
}

fn year_headings(lang: Lang) -> [&'static str; 9] {
    [
        say(lang, "Year", "Năm"),
        say(lang, "Investment (VND)", "Vốn đầu tư (đồng)"),
        say(lang, "Spent", "Sử dụng"),
        say(lang, "Recurrent (VND)", "Chi thường xuyên (đồng)"),
        say(lang, "Spent", "Sử dụng"),
        say(lang, "Lines bought", "Mục được chọn"),
        say(lang, "Lines cut", "Mục bị cắt"),
        say(lang, "Cut (VND)", "Giá trị bị cắt (đồng)"),
        say(lang, "Staff compliant, %", "Nhân sự đạt chuẩn, %"),
    ]
}

/// Figures are grouped by dots in Vietnamese and by commas in English.
fn money(vnd: i64, lang: Lang) -> String {
    let digits = vnd.unsigned_abs().to_string();
    let mark = match lang {
        Lang::En => ',',
        Lang::Vi => '.',
    };
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    if vnd < 0 {
        out.insert(0, '-');
    }
    out
}

/// The decimal sign is a comma in Vietnamese.
fn fraction(number: &str, lang: Lang) -> String {
    match lang {
        Lang::En => number.to_owned(),
        Lang::Vi => number.replace('.', ","),
    }
}

/// Who signs wants to see first what is bought, then what is kept, then what is cut.
fn by_outcome(lines: &[PlanLine]) -> Vec<&PlanLine> {
    let mut sorted: Vec<&PlanLine> = lines.iter().collect();
    sorted.sort_by_key(|line| match line.outcome.as_str() {
        "chosen" => 0,
        "kept" => 1,
        _ => 2,
    });
    sorted
}

fn document(plan: &ReplacementPlan, reader: Reader<'_>) -> Document {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    for year in &plan.result.years {
        let title = format!("{} {}", say(lang, "Year", "Năm"), year.year);
        blocks.push(Block::Heading(1, title));
        let staff = |people: &tw_api::PeopleCompliance| {
            let percent = people.compliance_percent.as_deref().unwrap_or("–");
            let percent = fraction(percent, lang);
            format!("{}/{} ({percent} %)", people.compliant, people.roster)
        };
        let spent =
            |spent: i64, whole: i64| format!("{} / {}", money(spent, lang), money(whole, lang));
        blocks.push(Block::Facts(
            [
                (
                    say(lang, "Investment, VND", "Vốn đầu tư, đồng"),
                    spent(year.invested_vnd, year.investment_vnd),
                ),
                (
                    say(lang, "Recurrent, VND", "Chi thường xuyên, đồng"),
                    spent(year.recurring_vnd + year.promised_vnd, year.recurrent_vnd),
                ),
                (
                    say(lang, "Staff compliant, before", "Nhân sự đạt chuẩn, trước"),
                    staff(&year.staff_before),
                ),
                (
                    say(lang, "Staff compliant, after", "Nhân sự đạt chuẩn, sau"),
                    staff(&year.staff_after),
                ),
                (
                    say(lang, "Cut", "Bị cắt"),
                    format!(
                        "{} ({} {})",
                        year.cut,
                        money(year.cut_vnd, lang),
                        say(lang, "VND", "đồng")
                    ),
                ),
                (
                    say(lang, "Without a price", "Chưa có giá"),
                    year.unpriced.len().to_string(),
                ),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        ));
        blocks.push(Block::Table(table(year, reader)));
        blocks.extend(impact_words::table(year, lang).map(Block::Table));
    }
    let signed = [
        say(lang, "Prepared by", "Người lập"),
        say(lang, "Approved by", "Người phê duyệt"),
    ];
    blocks.push(Block::Signatures(signed.map(ToOwned::to_owned).into()));
    Document {
        title: plan.spec.name.clone(),
        subtitle: notes(plan, reader),
        lang,
        footer: format!("{} v{}", plan.id, plan.version),
        landscape: true,
        blocks,
    }
}

fn line_outcome(line: &PlanLine, lang: Lang) -> String {
    words::outcome(line.cut_reason.as_ref().unwrap_or(&line.outcome), lang)
}

fn table(year: &PlanYear, reader: Reader<'_>) -> Table {
    let lang = reader.lang;
    let column = |name: &str, align| (name.to_owned(), align);
    let [
        _,
        asset,
        class,
        model,
        unit,
        measure,
        _,
        cost,
        points,
        outcome,
        quarter,
        _,
        impact,
        _,
    ] = headings(lang);
    let rows = by_outcome(&year.lines).into_iter().map(|line| {
        vec![
            line.asset.clone(),
            words::class(&line.class, lang),
            line.model.clone().unwrap_or_default(),
            words::unit(reader.register, line.unit.as_deref(), lang),
            words::remedy(&line.proposal.remedy, lang),
            money(line.proposal.cost_vnd, lang),
            fraction(&format!("{:.1}", line.proposal.benefit), lang),
            line_outcome(line, lang),
            line.quarter.map(|q| q.to_string()).unwrap_or_default(),
            line.impact
                .as_ref()
                .map(|own| impact_words::short(own, lang))
                .unwrap_or_default(),
        ]
    });
    Table {
        caption: String::new(),
        columns: vec![
            column(asset, Align::Left),
            column(class, Align::Left),
            column(model, Align::Left),
            column(unit, Align::Left),
            column(measure, Align::Left),
            column(cost, Align::Right),
            column(points, Align::Right),
            column(outcome, Align::Left),
            column(quarter, Align::Right),
            column(impact, Align::Left),
        ],
        rows: rows.collect(),
        empty: say(lang, "Nothing to do.", "Không có mục nào.").to_owned(),
    }
}
