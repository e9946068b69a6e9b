//! Routes of the yearly return and of the lists that it links to.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{actions, file, staff};
use crate::{
    age::actions::today,
    document::Lang,
    http::{
        call::{Answer, Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    plan::routes::verdict_view,
    world::local,
};
use tw_api::{
    FileOr, Json, Page, ServiceEntry, StaffComputer, StaffRow, YearlyReturn, endpoints as e,
};
use tw_model::Service;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::StaffReportGet, _, _>(people),
        bind::<e::ServiceList, _, _>(services),
        bind::<e::YearlyGet, _, _>(yearly),
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
        wanted.is_none_or(|top| crate::age::actions::within(caller, &world, unit, top))
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
    let world = call.app.world();
    let as_of = today(&world, call.app.now());
    let this_year = as_of.year();
    if call
        .query
        .year
        .is_some_and(|year| i32::from(year) != i32::from(this_year))
    {
        let what = format!(
            "only {this_year} can be counted: a return is made from the register as it is, and \
             kept as a file"
        );
        return Err(Refusal::bad("bad_parameter", what).with("parameter", "year"));
    }
    let lang = Lang::of(call.query.lang.as_deref().unwrap_or("vi"));
    let found = actions::yearly(&world, as_of);
    file::answer(found, call.query.format.as_deref(), lang).map(Answer::from)
}
