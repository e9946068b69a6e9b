//! The forecast as a spreadsheet.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, the documents. **Must not:** do I/O, or add
//! what is not repriced to what is.

use crate::{
    document::{Cell, Lang, Sheet, Workbook},
    http::files::whole,
    wording::{self, pick, say},
    world::{World, local},
};
use tw_api::{Forecast, ForecastRow, ForecastSum, ForecastYear};
use tw_model::{AssetClass, Word as _};

/// A line for each group and period, then the budget years on a sheet of their own.
pub(crate) fn workbook(world: &World, found: &Forecast, lang: Lang) -> Workbook {
    let title = say(
        lang,
        "Equipment that falls due",
        "Dự báo thiết bị đến hạn thay thế",
    );
    let day = say(lang, "As of", "Tính đến ngày");
    let mut notes = vec![format!("{day} {}", found.as_of)];
    if world.simulated() {
        notes.push(say(lang, "Simulated data.", "Dữ liệu mô phỏng.").to_owned());
    }
    Workbook {
        title: title.to_owned(),
        sheets: vec![
            Sheet {
                name: say(lang, "By quarter", "Theo quý").to_owned(),
                notes: notes.clone(),
                columns: [
                    &[say(lang, "Group", "Nhóm"), say(lang, "Name", "Tên")],
                    &[say(lang, "Period", "Thời kỳ")][..],
                    &sum_headings(lang)[..],
                ]
                .concat()
                .iter()
                .map(|text| (*text).to_owned())
                .collect(),
                rows: rows(world, found, lang),
            },
            years(found, lang, notes),
        ],
    }
}

fn sum_headings(lang: Lang) -> [&'static str; 6] {
    [
        say(lang, "Assets", "Số tài sản"),
        say(lang, "By the price list (VND)", "Theo bảng giá (đồng)"),
        say(lang, "By the old price (VND)", "Theo nguyên giá cũ (đồng)"),
        say(lang, "Without a price", "Chưa có giá"),
        say(lang, "Freed power (W)", "Công suất giảm (W)"),
        say(lang, "Freed rack units (U)", "Số U giải phóng"),
    ]
}

fn sum_cells(sum: &ForecastSum) -> [Cell; 6] {
    [
        whole(sum.assets),
        Cell::Whole(sum.listed_vnd),
        Cell::Whole(sum.paid_vnd),
        whole(sum.unpriced),
        whole(sum.freed_watts),
        whole(sum.freed_rack_u),
    ]
}

fn rows(world: &World, found: &Forecast, lang: Lang) -> Vec<Vec<Cell>> {
    let register = &world.register;
    let or_key = |name: Option<String>, key: &str| name.unwrap_or_else(|| key.to_owned());
    let site = |key: &str| {
        let site = register.sites.get(key);
        or_key(site.map(|site| pick(&local(&site.name), lang)), key)
    };
    let unit = |key: &str| {
        let unit = register.units.get(key);
        or_key(unit.map(|unit| pick(&local(&unit.name), lang)), key)
    };
    let class = |key: &str| {
        let class = AssetClass::from_word(key);
        or_key(
            class.map(|class| wording::of(wording::class(class), lang)),
            key,
        )
    };
    let mut all = Vec::new();
    let total = say(lang, "All", "Tổng cộng");
    add(
        &mut all,
        (total, String::new()),
        (found, &found.total),
        lang,
    );
    for row in &found.by_site {
        add(
            &mut all,
            (say(lang, "Site", "Địa điểm"), site(&row.key)),
            (found, row),
            lang,
        );
    }
    for row in &found.by_unit {
        add(
            &mut all,
            (say(lang, "Unit", "Đơn vị"), unit(&row.key)),
            (found, row),
            lang,
        );
    }
    for row in &found.by_class {
        add(
            &mut all,
            (say(lang, "Class", "Loại"), class(&row.key)),
            (found, row),
            lang,
        );
    }
    all
}

fn add(
    rows: &mut Vec<Vec<Cell>>,
    (group, name): (&str, String),
    (found, row): (&Forecast, &ForecastRow),
    lang: Lang,
) {
    let quarters = found.quarters.iter().zip(&row.quarters);
    let periods = std::iter::once((
        say(lang, "over already", "đã quá hạn").to_owned(),
        &row.backlog,
    ))
    .chain(quarters.map(|(first, sum)| (quarter(first), sum)))
    .chain([
        (say(lang, "later", "sau đó").to_owned(), &row.beyond),
        (
            say(lang, "not certain", "chưa chắc chắn").to_owned(),
            &row.uncertain,
        ),
        (say(lang, "not known", "chưa rõ").to_owned(), &row.unknown),
    ]);
    rows.extend(periods.map(|(period, sum)| {
        let head = [
            Cell::from(group),
            Cell::from(name.as_str()),
            Cell::from(period),
        ];
        head.into_iter().chain(sum_cells(sum)).collect()
    }));
}

/// `2027-04-01` as `2027-Q2`.
fn quarter(first: &str) -> String {
    first.parse::<jiff::civil::Date>().map_or_else(
        |_| first.to_owned(),
        |day| format!("{}-Q{}", day.year(), (day.month() + 2) / 3),
    )
}

fn years(found: &Forecast, lang: Lang, notes: Vec<String>) -> Sheet {
    let more = [
        say(
            lang,
            "Contracts, recurrent (VND)",
            "Hợp đồng, chi thường xuyên (đồng)",
        ),
        say(lang, "Envelope, investment (VND)", "Hạn mức đầu tư (đồng)"),
        say(
            lang,
            "Envelope, recurrent (VND)",
            "Hạn mức chi thường xuyên (đồng)",
        ),
    ];
    let columns = std::iter::once(say(lang, "Year", "Năm"))
        .chain(sum_headings(lang))
        .chain(more);
    let year = |one: &ForecastYear| {
        let money = [
            one.contracts_vnd,
            one.investment_envelope_vnd,
            one.recurrent_envelope_vnd,
        ];
        std::iter::once(Cell::Whole(i64::from(one.year)))
            .chain(sum_cells(&one.due))
            .chain(money.map(Cell::from))
            .collect()
    };
    let other = |name: &str, sum: &ForecastSum| {
        std::iter::once(Cell::from(name))
            .chain(sum_cells(sum))
            .chain([Cell::Empty, Cell::Empty, Cell::Empty])
            .collect()
    };
    let five = &found.five_years;
    let rows = std::iter::once(other(
        say(lang, "over already", "đã quá hạn"),
        &found.total.backlog,
    ))
    .chain(five.years.iter().map(year))
    .chain([
        other(say(lang, "later", "sau đó"), &five.beyond),
        other(say(lang, "not certain", "chưa chắc chắn"), &five.uncertain),
        other(say(lang, "not known", "chưa rõ"), &found.total.unknown),
    ]);
    Sheet {
        name: say(lang, "By year", "Theo năm").to_owned(),
        notes,
        columns: columns.map(ToOwned::to_owned).collect(),
        rows: rows.collect(),
    }
}
