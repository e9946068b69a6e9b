//! What units hold and cost, as a spreadsheet.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, the documents. **Must not:** do I/O.

use crate::{
    document::{Cell, Lang, Sheet, Workbook},
    http::files::whole,
    wording::{pick, say},
};
use tw_api::{UnitHolding, UnitReport};

/// A line for each unit.
pub(crate) fn workbook(found: &UnitReport, lang: Lang) -> Workbook {
    let title = say(
        lang,
        "What units hold and cost",
        "Tài sản và chi phí theo đơn vị",
    );
    let columns = [
        ("Code", "Mã"),
        ("Unit", "Đơn vị"),
        ("Unit above", "Đơn vị cấp trên"),
        ("People", "Nhân sự"),
        ("With a compliant computer", "Có máy tính đạt chuẩn"),
        ("Assets", "Số tài sản"),
        ("Too old", "Quá niên hạn"),
        ("Age not known", "Chưa rõ niên hạn"),
        ("Paid (VND)", "Nguyên giá (đồng)"),
        ("Without a price", "Chưa có giá"),
        ("Contracts a year (VND)", "Hợp đồng mỗi năm (đồng)"),
        (
            "Share of shared cost a year (VND)",
            "Phần chi phí dùng chung mỗi năm (đồng)",
        ),
        ("Usual draw (W)", "Công suất thường dùng (W)"),
        ("Of it estimated (W)", "Trong đó ước tính (W)"),
        ("Draw not known", "Chưa rõ công suất"),
    ];
    let row = |unit: &UnitHolding| {
        vec![
            Cell::from(unit.unit.clone()),
            Cell::from(pick(&unit.name, lang)),
            Cell::from(unit.parent.clone()),
            whole(unit.people.roster),
            whole(unit.people.compliant),
            whole(unit.assets),
            whole(unit.over),
            whole(unit.not_known),
            Cell::Whole(unit.paid_vnd),
            whole(unit.without_price),
            Cell::Whole(unit.contracts_yearly_vnd),
            Cell::Whole(unit.shared_yearly_vnd),
            whole(unit.power.watts),
            whole(unit.power.estimated_watts),
            whole(unit.power.unknown),
        ]
    };
    let day = say(lang, "As of", "Tính đến ngày");
    Workbook {
        title: title.to_owned(),
        sheets: vec![Sheet {
            name: say(lang, "Units", "Đơn vị").to_owned(),
            notes: vec![format!("{day} {}", found.as_of), estimate(lang)],
            columns: columns.map(|(en, vi)| say(lang, en, vi).to_owned()).into(),
            rows: found.units.iter().map(row).collect(),
        }],
    }
}

/// How draws are estimated.
fn estimate(lang: Lang) -> String {
    let percent = tw_lifecycle::NAMEPLATE_USUAL_PERCENT;
    match lang {
        Lang::En => format!(
            "Usual draw by the maker's figure; where there is none, {percent} % of the nameplate, as an estimate"
        ),
        Lang::Vi => format!(
            "Công suất thường dùng theo công bố của hãng; nếu không có thì ước tính bằng {percent} % công suất ghi trên nhãn"
        ),
    }
}
