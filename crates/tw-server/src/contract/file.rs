//! Contracts and their report as spreadsheets.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, the documents. **Must not:** do I/O.

use crate::{
    document::{Cell, Lang, Sheet, Workbook},
    http::files::whole,
    wording::{self, pick, say},
};
use tw_api::{AgeVerdict, ContractReport, EquipmentContract};
use tw_model::{AssetClass, Word as _};

fn headings(lang: Lang) -> Vec<String> {
    let words = [
        ("Number", "Số hợp đồng"),
        ("About", "Nội dung"),
        ("Kind", "Loại"),
        ("State", "Tình trạng"),
        ("Supplier", "Nhà cung cấp"),
        ("From", "Từ ngày"),
        ("Until", "Đến ngày"),
        ("Days left", "Số ngày còn lại"),
        ("Promise", "Cam kết"),
        ("A year (VND)", "Mỗi năm (đồng)"),
        ("Unit", "Đơn vị"),
        ("Assets", "Số tài sản"),
        ("Tags", "Mã tài sản"),
    ];
    words.map(|(en, vi)| say(lang, en, vi).to_owned()).into()
}

fn row(contract: &EquipmentContract, lang: Lang) -> Vec<Cell> {
    let (spec, status) = (&contract.spec, &contract.status);
    vec![
        Cell::from(contract.id.as_str()),
        Cell::from(pick(&spec.name, lang)),
        Cell::from(wording::of(wording::contract_kind(&spec.kind), lang)),
        Cell::from(wording::of(wording::contract_state(&status.state), lang)),
        Cell::from(spec.supplier.as_str()),
        day(Some(&spec.start)),
        day(spec.end.as_deref()),
        Cell::from(status.days_left),
        Cell::from(spec.sla.clone()),
        Cell::from(spec.yearly_vnd),
        Cell::from(spec.unit.clone()),
        whole(status.assets),
        Cell::from(spec.assets.join(" ")),
    ]
}

fn day(text: Option<&str>) -> Cell {
    let parsed = text.map(|text| text.parse().map_or_else(|_| Cell::from(text), Cell::Day));
    parsed.unwrap_or(Cell::Empty)
}

fn sheet(name: &str, columns: Vec<String>, rows: Vec<Vec<Cell>>) -> Sheet {
    Sheet {
        name: name.to_owned(),
        notes: Vec::new(),
        columns,
        rows,
    }
}

/// A list of contracts.
pub(crate) fn list(contracts: &[EquipmentContract], lang: Lang) -> Workbook {
    let title = say(lang, "Contracts", "Hợp đồng");
    let rows = contracts.iter().map(|contract| row(contract, lang));
    Workbook {
        title: title.to_owned(),
        sheets: vec![sheet(title, headings(lang), rows.collect())],
    }
}

fn class(word: &str, lang: Lang) -> Cell {
    let class = AssetClass::from_word(word);
    Cell::from(class.map_or_else(
        || word.to_owned(),
        |class| wording::of(wording::class(class), lang),
    ))
}

fn verdict(verdict: AgeVerdict, lang: Lang) -> Cell {
    Cell::from(wording::of(wording::verdict(verdict), lang))
}

/// The report: what ends, what stands uncovered, warranties, parts, what ended.
pub(crate) fn report(found: &ContractReport, lang: Lang) -> Workbook {
    let contracts = |name: &str, list: &[EquipmentContract]| {
        let rows = list.iter().map(|contract| row(contract, lang));
        sheet(name, headings(lang), rows.collect())
    };
    Workbook {
        title: say(lang, "Cover of equipment", "Bảo đảm cho thiết bị").to_owned(),
        sheets: vec![
            contracts(say(lang, "End soon", "Sắp hết hạn"), &found.ending),
            uncovered(found, lang),
            warranties(found, lang),
            parts(found, lang),
            contracts(say(lang, "Ended lately", "Mới hết hạn"), &found.ended),
        ],
    }
}

fn uncovered(found: &ContractReport, lang: Lang) -> Sheet {
    let columns = [
        ("Asset", "Mã tài sản"),
        ("Class", "Loại"),
        ("Model", "Mẫu máy"),
        ("Site", "Địa điểm"),
        ("Why", "Lý do"),
        ("Ended on", "Hết hạn ngày"),
    ];
    let why = |word: &str| match word {
        "ended" => say(lang, "cover ended", "bảo đảm đã hết hạn"),
        "uncertain" => say(
            lang,
            "the end of the warranty is too coarse",
            "ngày hết bảo hành chưa đủ chính xác",
        ),
        _ => say(lang, "no cover is known", "chưa biết có bảo đảm nào"),
    };
    let rows = found.uncovered.iter().map(|one| {
        vec![
            Cell::from(one.asset.as_str()),
            class(&one.class, lang),
            Cell::from(one.model.clone()),
            Cell::from(one.site.clone()),
            Cell::from(why(&one.why)),
            day(one.ended_on.as_deref()),
        ]
    });
    sheet(
        say(lang, "Without cover", "Chưa được bảo đảm"),
        columns.map(|(en, vi)| say(lang, en, vi).to_owned()).into(),
        rows.collect(),
    )
}

fn warranties(found: &ContractReport, lang: Lang) -> Sheet {
    let columns = [
        ("Asset", "Mã tài sản"),
        ("Class", "Loại"),
        ("Ends not before", "Hết hạn sớm nhất"),
        ("Ends not after", "Hết hạn muộn nhất"),
    ];
    let rows = found.warranties.iter().map(|one| {
        vec![
            Cell::from(one.asset.as_str()),
            class(&one.class, lang),
            day(Some(&one.earliest)),
            day(Some(&one.latest)),
        ]
    });
    sheet(
        say(lang, "Warranties", "Bảo hành"),
        columns.map(|(en, vi)| say(lang, en, vi).to_owned()).into(),
        rows.collect(),
    )
}

fn parts(found: &ContractReport, lang: Lang) -> Sheet {
    let columns = [
        ("Asset", "Mã tài sản"),
        ("Class", "Loại"),
        ("Part", "Bộ phận"),
        ("Verdict on the part", "Niên hạn của bộ phận"),
        ("Verdict on the asset", "Niên hạn của tài sản"),
        ("Due", "Đến hạn"),
    ];
    let rows = found.parts.iter().map(|one| {
        let part = if one.part == "battery" {
            say(lang, "battery", "ắc quy")
        } else {
            &one.part
        };
        vec![
            Cell::from(one.asset.as_str()),
            class(&one.class, lang),
            Cell::from(part),
            verdict(one.verdict, lang),
            verdict(one.asset_verdict, lang),
            day(one.due_latest.as_deref()),
        ]
    });
    sheet(
        say(lang, "Parts", "Bộ phận"),
        columns.map(|(en, vi)| say(lang, en, vi).to_owned()).into(),
        rows.collect(),
    )
}
