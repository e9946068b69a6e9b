//! Routes of the yearly return and of the lists that it links to.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{actions, counted, file, past, staff};
use crate::{
    age::actions::today,
    http::{
        call::{Answer, Call, Outcome},
        csv,
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    plan::routes::verdict_view,
    world::local,
};
use tw_api::{
    CsvOr, FileOr, Json, Page, ServiceEntry, StaffComputer, StaffRow, YearlyItem, YearlyReturn,
    endpoints as e,
};
use tw_model::Service;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::StaffReportGet, _, _>(people),
        bind::<e::ServiceList, _, _>(services),
        bind::<e::YearlyGet, _, _>(yearly),
        bind::<e::YearlyEvidenceGet, _, _>(evidence),
    ]
}

const VERDICTS: [&str; 4] = ["compliant", "over", "unknown", "without_computer"];

async fn people(call: Call<e::StaffReportGet>) -> Outcome<Json<Page<StaffRow>>> {
    let world = call.app.world();
    let query = &call.query;
    let known = |verdict: &String| VERDICTS.contains(&verdict.as_str());
    if query
        .verdict
        .as_ref()
        .is_some_and(|verdict| !known(verdict))
    {
        let what = format!("verdict is one of {}", VERDICTS.join(", "));
        return Err(Refusal::bad("bad_parameter", what).with("parameter", "verdict"));
    }
    let caller = &call.caller;
    let in_unit = |unit| {
        let wanted = query.unit.as_ref();
        wanted.is_none_or(|top| crate::age::actions::within(&world, unit, top))
    };
    let rows = staff::rows(&world, today(&world, call.app.now()));
    let rows = rows.into_iter().filter(|row| {
        let verdict = query.verdict.as_ref();
        verdict.is_none_or(|verdict| verdict == staff::word(row.verdict))
            && caller.sees_unit(&world.register, row.unit)
            && in_unit(row.unit)
    });
    let view = |row: staff::Row<'_>| StaffRow {
        person: row.person.id.to_string(),
        name: row.person.name.clone(),
        unit: row.unit.to_string(),
        verdict: staff::word(row.verdict).to_owned(),
        computers: row
            .computers
            .iter()
            .map(|(tag, verdict)| StaffComputer {
                asset: tag.to_string(),
                verdict: verdict_view(*verdict),
            })
            .collect(),
    };
    let wanted = Wanted {
        limit: query.limit,
        cursor: query.cursor.as_deref(),
    };
    let rows: Vec<StaffRow> = rows.map(view).collect();
    Ok(Json(page(rows, |row: &StaffRow| row.person.clone(), wanted)?).into())
}

async fn services(call: Call<e::ServiceList>) -> Outcome<Json<Page<ServiceEntry>>> {
    let world = call.app.world();
    let query = &call.query;
    let sees = |service: &&Service| {
        let (site, unit) = (service.site.as_ref(), service.unit.as_ref());
        call.caller.sees(&world.register, site, unit)
    };
    let fits = |service: &&Service| {
        let level = service.level.unwrap_or(0);
        let kind = service.kind.to_string();
        query.kind.as_ref().is_none_or(|wanted| *wanted == kind)
            && query.level.is_none_or(|wanted| wanted == level)
    };
    let services = world.register.services.values();
    let found = services.filter(sees).filter(fits).map(entry).collect();
    let wanted = Wanted {
        limit: query.limit,
        cursor: query.cursor.as_deref(),
    };
    Ok(Json(page(found, |s: &ServiceEntry| s.id.clone(), wanted)?).into())
}

fn entry(service: &Service) -> ServiceEntry {
    ServiceEntry {
        id: service.id.to_string(),
        name: local(&service.name),
        kind: service.kind.to_string(),
        unit: service.unit.as_ref().map(ToString::to_string),
        site: service.site.as_ref().map(ToString::to_string),
        level: service.level,
        users: service.users,
    }
}

async fn yearly(call: Call<e::YearlyGet>) -> Outcome<FileOr<YearlyReturn>> {
    let from = past::counted(&call.app, call.query.year).await?;
    let (found, groups) = actions::yearly(&from);
    let form = (call.query.format.as_deref(), call.query.lang.as_deref());
    file::answer((found, &groups), form).map(Answer::from)
}

async fn evidence(call: Call<e::YearlyEvidenceGet>) -> Outcome<CsvOr<Page<YearlyItem>>> {
    let query = &call.query;
    let from = past::counted(&call.app, query.year).await?;
    let groups = counted::groups(&from);
    let mut figures = groups.into_iter().flat_map(|group| group.figures);
    let figure = figures.find(|figure| figure.id == query.figure);
    let figure = figure.ok_or_else(|| Refusal::not_found("figure", &query.figure))?;
    match query.format.as_deref() {
        None => {
            let wanted = Wanted {
                limit: query.limit,
                cursor: query.cursor.as_deref(),
            };
            let page = page(figure.items, |item: &YearlyItem| item.id.clone(), wanted)?;
            Ok(CsvOr::Json(page).into())
        }
        Some("csv") => {
            let columns = query.columns.as_deref();
            Ok(CsvOr::Csv(csv::file(&figure.items, &COLUMNS, columns)?).into())
        }
        Some(_) => Err(csv::unknown_format()),
    }
}

/// The columns of the evidence's CSV file.
const COLUMNS: [csv::Column<YearlyItem>; 6] = [
    ("kind", |item| item.kind.clone()),
    ("id", |item| item.id.clone()),
    ("name_vi", |item| item.name.vi.clone().unwrap_or_default()),
    ("name_en", |item| item.name.en.clone().unwrap_or_default()),
    ("unit", |item| item.unit.clone().unwrap_or_default()),
    ("site", |item| item.site.clone().unwrap_or_default()),
];
