//! Sheets of labels for many assets.
//!
//! **Room:** layer 2, shell. **May use:** `document`. **Must not:** label what the caller does not
//! see.

use super::{
    export::language,
    select::{self, Filter, Hit, SORTS},
    words,
};
use crate::{
    document::{self, Label, LabelGrid, LabelLine, LabelSheets, Lang},
    http::{
        call::{Answer, Call, Outcome},
        list::order,
        refusal::Refusal,
    },
    world::World,
};
use axum::http::{HeaderValue, header};
use tw_api::{Blob, Json, LabelSheet, LabelSheetPage, endpoints as e};

/// The most labels of one file.
const LABELS_MAX: usize = 2_000;

/// Sheets as they are sold, in millimetres, and one for plain paper.
const SHEETS: [(&str, LabelGrid); 7] = [
    ("plain-3x8", grid((3, 8), (63.5, 33.9), (66.0, 33.9), true)),
    ("l7159-3x8", grid((3, 8), (63.5, 33.9), (66.0, 33.9), false)),
    ("l7160-3x7", grid((3, 7), (63.5, 38.1), (66.0, 38.1), false)),
    (
        "l7163-2x7",
        grid((2, 7), (99.1, 38.1), (101.6, 38.1), false),
    ),
    (
        "l7162-2x8",
        grid((2, 8), (99.1, 33.9), (101.6, 33.9), false),
    ),
    (
        "l7651-5x13",
        grid((5, 13), (38.1, 21.2), (40.6, 21.2), false),
    ),
    (
        "3657-4x10",
        grid((4, 10), (48.5, 25.4), (48.5, 25.4), false),
    ),
];

/// A4.
const PAPER_MM: (f32, f32) = (210.0, 297.0);

/// Labels in the middle of the paper: `step` is from one label's edge to the next one's.
const fn grid(
    (columns, rows): (u8, u8),
    (width_mm, height_mm): (f32, f32),
    (step_x_mm, step_y_mm): (f32, f32),
    cut_lines: bool,
) -> LabelGrid {
    let wide = step_x_mm * (columns - 1) as f32 + width_mm;
    let high = step_y_mm * (rows - 1) as f32 + height_mm;
    LabelGrid {
        columns: columns as usize,
        rows: rows as usize,
        width_mm,
        height_mm,
        left_mm: (PAPER_MM.0 - wide) / 2.0,
        top_mm: (PAPER_MM.1 - high) / 2.0,
        step_x_mm,
        step_y_mm,
        cut_lines,
    }
}

/// The sheets that labels can be printed on.
pub(super) async fn sheets(_: Call<e::LabelSheetList>) -> Outcome<Json<LabelSheetPage>> {
    let items = SHEETS.iter().map(|(id, grid)| LabelSheet {
        id: (*id).to_owned(),
        columns: grid.columns as u64,
        rows: grid.rows as u64,
        width_mm: f64::from(grid.width_mm),
        height_mm: f64::from(grid.height_mm),
        cut_lines: grid.cut_lines,
        labels_max: LABELS_MAX as u64,
    });
    Ok(Json(LabelSheetPage {
        items: items.collect(),
    })
    .into())
}

pub(super) async fn pdf(call: Call<e::LabelsPdf>) -> Outcome<Blob> {
    let query = &call.query;
    let order = order(query.sort.as_deref(), &SORTS)?;
    let lang = language(query.lang.as_deref())?;
    let grid = chosen(query.sheet.as_deref())?;
    let skip = query.skip.unwrap_or(0);
    if skip >= grid.labels() {
        let text = format!("skip is 0 to {}", grid.labels() - 1);
        return Err(Refusal::bad("bad_parameter", text).with("parameter", "skip"));
    }
    let world = call.app.world();
    let as_of = crate::age::actions::as_of(query.as_of.as_deref())?;
    let ages = call.app.ages(&world, as_of);
    let filter = Filter::try_from(query)?;
    let found = select::found((&world, &ages), &call.caller, &filter, order);
    let sheets = sheets_of(&world, &found, (grid, skip), lang)?;
    let made = tokio::task::spawn_blocking(move || document::labels(&sheets)).await;
    let bytes = made
        .map_err(|panic| Refusal::internal(&panic))?
        .map_err(|cause| Refusal::internal(&cause))?;
    let name = HeaderValue::from_static("inline; filename=\"labels.pdf\"");
    let media = "application/pdf";
    Ok(Answer::from(Blob { media, bytes }).header(header::CONTENT_DISPOSITION, name))
}

/// Labels as a file.
pub(crate) fn file(
    world: &World,
    found: &[Hit<'_>],
    place: (LabelGrid, usize),
    vietnamese: bool,
) -> Result<Vec<u8>, Refusal> {
    let lang = if vietnamese { Lang::Vi } else { Lang::En };
    let sheets = sheets_of(world, found, place, lang)?;
    document::labels(&sheets).map_err(|cause| Refusal::internal(&cause))
}

fn sheets_of(
    world: &World,
    found: &[Hit<'_>],
    (grid, skip): (LabelGrid, usize),
    lang: Lang,
) -> Result<LabelSheets, Refusal> {
    if found.len() > LABELS_MAX {
        let text = format!("{} labels; a file has {LABELS_MAX} at most", found.len());
        return Err(Refusal::bad("too_many", text)
            .with("count", found.len())
            .with("max", LABELS_MAX));
    }
    let title = match lang {
        Lang::En => "Asset labels",
        Lang::Vi => "Nhãn tài sản",
    };
    Ok(LabelSheets {
        title: title.to_owned(),
        lang,
        grid,
        skip,
        labels: found.iter().map(|hit| label(world, hit, lang)).collect(),
    })
}

/// The sheet of a name; without one, the first.
pub(crate) fn chosen(sheet: Option<&str>) -> Result<LabelGrid, Refusal> {
    let wanted = sheet.unwrap_or(SHEETS[0].0);
    let found = SHEETS.iter().find(|(id, _)| *id == wanted);
    found.map(|(_, grid)| *grid).ok_or_else(|| {
        let allowed: Vec<&str> = SHEETS.iter().map(|(id, _)| *id).collect();
        Refusal::bad(
            "bad_parameter",
            format!("sheet is one of {}", allowed.join(", ")),
        )
        .with("parameter", "sheet")
        .with("allowed", allowed)
    })
}

/// Tag, what it is, serial number, unit, owner.
fn label(world: &World, hit: &Hit<'_>, lang: Lang) -> Label {
    let asset = hit.asset;
    let name = |name: &tw_model::Name| match lang {
        Lang::En => name.en.clone(),
        Lang::Vi => name.vi().to_owned(),
    };
    let made: Vec<&str> = [asset.manufacturer.as_deref(), asset.model.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    let what = if made.is_empty() {
        words::class(asset.class, lang == Lang::Vi).to_owned()
    } else {
        made.join(" ")
    };
    let serial = asset.serial.as_ref().map(|serial| format!("S/N {serial}"));
    let unit = asset.unit.as_ref();
    let unit = unit.and_then(|unit| world.register.units.get(unit));
    let owner = world.register.organisation.as_ref();
    let line = |text: Option<String>, size: f32, bold: bool| LabelLine {
        text: text.unwrap_or_default(),
        size,
        bold,
    };
    Label {
        code: asset.tag.to_string(),
        title: line(Some(asset.tag.to_string()), 11.0, true),
        lines: vec![
            line(Some(what), 7.5, false),
            line(serial, 7.0, false),
            line(unit.map(|unit| name(&unit.name)), 7.0, true),
            line(owner.map(|owner| name(&owner.name)), 6.0, false),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sheet_lies_within_the_paper_and_no_label_over_another() {
        for (id, grid) in SHEETS {
            let steps = f32::from(u8::try_from(grid.columns - 1).unwrap());
            let right = grid.left_mm * 2.0 + grid.step_x_mm * steps;
            assert!((right + grid.width_mm - PAPER_MM.0).abs() < 0.01, "{id}");
            assert!(grid.left_mm >= 3.0 && grid.top_mm >= 3.0, "{id}");
            assert!(grid.step_x_mm >= grid.width_mm, "{id}");
            assert!(grid.step_y_mm >= grid.height_mm, "{id}");
            assert!(id.ends_with(&format!("{}x{}", grid.columns, grid.rows)));
        }
    }
}
