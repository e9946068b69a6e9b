//! The assets as a spreadsheet that people read and the import takes back.
//!
//! **Room:** layer 2, shell. **May use:** `document`, `tw-config`. **Must not:** write a custodian
//! for a caller who may not see people.

use super::{
    select::{self, Filter, Hit, SORTS},
    words,
};
use crate::{
    age::{
        self,
        actions::{sees_custodians, today},
    },
    document::{self, Cell, Lang, Sheet, Workbook},
    http::{
        call::{Answer, Call, Outcome},
        list::order,
        refusal::Refusal,
    },
    world::World,
};
use axum::http::{HeaderValue, header};
use jiff::civil::Date;
use tw_api::{Blob, endpoints as e};
use tw_config::AssetSheet;
use tw_model::Asset;

/// A cell of a workbook holds at most so many characters.
const CELL_CHARS_MAX: usize = 32_767;

/// The media type of workbooks.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The language that a query names; without one, English.
pub(super) fn language(lang: Option<&str>) -> Result<Lang, Refusal> {
    match lang {
        None | Some("en") => Ok(Lang::En),
        Some("vi") => Ok(Lang::Vi),
        Some(_) => {
            let refusal = Refusal::bad("bad_parameter", "lang is en or vi");
            Err(refusal.with("parameter", "lang"))
        }
    }
}

pub(super) async fn xlsx(call: Call<e::AssetXlsx>) -> Outcome<Blob> {
    let order = order(call.query.sort.as_deref(), &SORTS)?;
    let lang = language(call.query.lang.as_deref())?;
    let world = call.app.world();
    let today = today(&world, call.app.now());
    let as_of = age::actions::as_of(call.query.as_of.as_deref())?;
    let ages = call.app.ages(&world, as_of);
    let filter = Filter::try_from(&call.query)?;
    let found = select::found((&world, &ages), &call.caller, &filter, order);
    let people = sees_custodians(&call.caller);
    let book = workbook(&world, &found, (lang, people, as_of.unwrap_or(today)));
    let made = tokio::task::spawn_blocking(move || document::xlsx(&book)).await;
    let bytes = made
        .map_err(|panic| Refusal::internal(&panic))?
        .map_err(|cause| Refusal::internal(&cause))?;
    let name = format!("attachment; filename=\"assets-{today}.xlsx\"");
    let name = HeaderValue::from_str(&name).map_err(|cause| Refusal::internal(&cause))?;
    Ok(Answer::from(Blob { media: XLSX, bytes }).header(header::CONTENT_DISPOSITION, name))
}

/// The workbook as a file, with custodians or without.
pub(crate) fn file(
    world: &World,
    found: &[Hit<'_>],
    (vietnamese, people, as_of): (bool, bool, Date),
) -> Result<Vec<u8>, Refusal> {
    let lang = if vietnamese { Lang::Vi } else { Lang::En };
    let book = workbook(world, found, (lang, people, as_of));
    document::xlsx(&book).map_err(|cause| Refusal::internal(&cause))
}

/// The register's own fields first, on the sheet that the import reads; what was worked out about
/// the assets on a second one.
fn workbook(
    world: &World,
    found: &[Hit<'_>],
    (lang, people, as_of): (Lang, bool, Date),
) -> Workbook {
    let vietnamese = lang == Lang::Vi;
    let said = |en: &str, vi: &str| if vietnamese { vi } else { en }.to_owned();
    let without: &[&str] = if people {
        &[]
    } else {
        &["custodian", "primary"]
    };
    let assets = found.iter().map(|hit| hit.asset);
    let sheet = AssetSheet::of(assets, vietnamese, without);
    let long = |text: &String| text.chars().count() > CELL_CHARS_MAX;
    let too_long = sheet
        .rows
        .iter()
        .flatten()
        .filter(|text| long(text))
        .count();
    let rows = sheet.rows.into_iter().map(|row| {
        let cells = row.into_iter().zip(&sheet.fields);
        let fits = cells.map(|(text, field)| {
            if long(&text) {
                Cell::Empty
            } else {
                cell(text, field)
            }
        });
        fits.collect()
    });
    let notes = notes(world, lang, too_long);
    Workbook {
        title: said("Asset register", "Sổ tài sản"),
        sheets: vec![
            Sheet {
                name: said("Assets", "Tài sản"),
                notes,
                columns: sheet.headings,
                rows: rows.collect(),
            },
            Sheet {
                name: said("Ages", "Tuổi thiết bị"),
                notes: vec![said(
                    &format!("Worked out for {as_of}; not read by an import"),
                    &format!("Tính đến ngày {as_of}; không dùng khi nhập dữ liệu"),
                )],
                columns: [
                    ("Asset tag", "Mã tài sản"),
                    ("Site", "Trụ sở"),
                    ("Unit", "Đơn vị"),
                    ("Age", "Kết luận về tuổi"),
                    ("Counted from", "Mốc tính tuổi"),
                    ("Due", "Đến hạn"),
                    ("Waived", "Được miễn trừ"),
                ]
                .map(|(en, vi)| said(en, vi))
                .to_vec(),
                rows: found
                    .iter()
                    .map(|hit| worked_out(world, hit, vietnamese))
                    .collect(),
            },
        ],
    }
}

/// Whose register it is, and what a reader must know of the sheet.
fn notes(world: &World, lang: Lang, too_long: usize) -> Vec<String> {
    let vietnamese = lang == Lang::Vi;
    let said = |en: &str, vi: &str| if vietnamese { vi } else { en }.to_owned();
    let organisation = world.register.organisation.as_ref();
    let owner = organisation.map(|one| {
        if vietnamese {
            one.name.vi()
        } else {
            &one.name.en
        }
    });
    let mut notes = vec![owner.unwrap_or_default().to_owned()];
    if world.simulated() {
        notes.push(said("Simulated data", "Dữ liệu mô phỏng"));
    }
    if too_long > 0 {
        notes.push(said(
            &format!("{too_long} texts are longer than a cell may be and are left out; the command line exports them as CSV or JSON"),
            &format!("{too_long} nội dung dài hơn giới hạn của một ô nên không có ở đây; dùng dòng lệnh để xuất ra CSV hoặc JSON"),
        ));
    }
    notes.retain(|note| !note.is_empty());
    notes
}

/// A cell of the register: identifiers as text, prices as numbers, whole days as days.
fn cell(text: String, field: &str) -> Cell {
    if text.is_empty() {
        return Cell::Empty;
    }
    if AssetSheet::is_number(field) {
        return text.parse().map_or(Cell::Text(text), Cell::Whole);
    }
    Cell::Text(text)
}

fn worked_out(world: &World, hit: &Hit<'_>, vietnamese: bool) -> Vec<Cell> {
    let name = |name: &tw_model::Name| if vietnamese { name.vi() } else { &name.en }.to_owned();
    let asset: &Asset = hit.asset;
    let site = hit.site.and_then(|id| world.register.sites.get(id));
    let unit = asset.unit.as_ref();
    let unit = unit.and_then(|id| world.register.units.get(id));
    let basis = hit.judged.and_then(|judged| judged.basis?.kind);
    let due = hit.judged.and_then(|judged| judged.due.latest);
    vec![
        asset.tag.to_string().into(),
        site.map(|site| name(&site.name)).into(),
        unit.map(|unit| name(&unit.name)).into(),
        words::verdict(hit.verdict(), vietnamese).into(),
        basis.map(|kind| words::date_kind(kind, vietnamese)).into(),
        due.map(|day| day.0).into(),
        hit.judged.map(|judged| judged.waived).into(),
    ]
}
