//! Routes of assets.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::view;
use crate::{
    age::actions::{sees_custodians, today},
    http::{
        call::{Call, Outcome},
        csv,
        list::{Wanted, order, page},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use tw_api::{Asset, AssetQuery, CsvOr, Json, Page, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::AssetList, _, _>(list),
        bind::<e::AssetGet, _, _>(get),
    ]
}

const SORTS: [&str; 9] = [
    "id", "class", "site", "unit", "model", "serial", "state", "due", "age",
];

async fn list(call: Call<e::AssetList>) -> Outcome<CsvOr<Page<Asset>>> {
    let (field, reverse) = order(call.query.sort.as_deref(), &SORTS)?;
    let world = call.app.world();
    let as_of = today(&world, call.app.now());
    let people = sees_custodians(&call.caller);
    let needle = call.query.q.as_deref().map(str::to_lowercase);
    let mut found: Vec<Asset> = world
        .register
        .assets
        .values()
        .filter(|a| {
            call.caller
                .sees(&world.register, world.site_of_asset(a), a.unit.as_ref())
        })
        .map(|asset| view::asset(&world, &call.app.live, asset, (as_of, people)))
        .filter(|asset| fits(asset, &call.query, needle.as_deref()))
        .collect();
    found.sort_by_cached_key(|asset| (key(asset, field), asset.id.clone()));
    if reverse {
        found.reverse();
    }
    match call.query.format.as_deref() {
        None => {
            let wanted = Wanted {
                limit: call.query.limit,
                cursor: call.query.cursor.as_deref(),
            };
            Ok(CsvOr::Json(page(found, |asset| asset.id.clone(), wanted)?).into())
        }
        Some("csv") => {
            let columns = call.query.columns.as_deref();
            Ok(CsvOr::Csv(csv::file(&found, &view::COLUMNS, columns)?).into())
        }
        Some(_) => Err(csv::unknown_format()),
    }
}

fn fits(asset: &Asset, query: &AssetQuery, needle: Option<&str>) -> bool {
    let spec = &asset.spec;
    let is = |wanted: &Option<String>, own: Option<&String>| {
        wanted.as_ref().is_none_or(|wanted| own == Some(wanted))
    };
    let texts = [
        Some(&asset.id),
        spec.serial.as_ref(),
        spec.manufacturer.as_ref(),
        spec.model.as_ref(),
    ];
    is(&query.site, spec.site.as_ref())
        && is(&query.unit, spec.unit.as_ref())
        && is(&query.class, Some(&spec.class))
        && is(&query.state, Some(&spec.state))
        && query.age.is_none_or(|age| asset.status.age.verdict == age)
        && needle.is_none_or(|needle| {
            texts
                .into_iter()
                .flatten()
                .any(|text| text.to_lowercase().contains(needle))
        })
}

fn key(asset: &Asset, field: &str) -> String {
    let spec = &asset.spec;
    match field {
        "class" => spec.class.clone(),
        "site" => spec.site.clone().unwrap_or_default(),
        "unit" => spec.unit.clone().unwrap_or_default(),
        "model" => spec.model.clone().unwrap_or_default(),
        "serial" => spec.serial.clone().unwrap_or_default(),
        "state" => spec.state.clone(),
        "due" => asset.status.age.due_latest.clone().unwrap_or_default(),
        "age" => asset.status.age.verdict.as_str().to_owned(),
        _ => asset.id.clone(),
    }
}

async fn get(call: Call<e::AssetGet>) -> Outcome<Json<Asset>> {
    let world = call.app.world();
    let asset = world.register.assets.get(call.id());
    let asset = asset.ok_or_else(|| Refusal::not_found("asset", call.id()))?;
    let about = (today(&world, call.app.now()), sees_custodians(&call.caller));
    Ok(Json(view::asset(&world, &call.app.live, asset, about)).into())
}
