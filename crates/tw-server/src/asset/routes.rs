//! Routes of assets.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::view;
use crate::{
    access::caller::Caller,
    age::{
        self,
        actions::{sees_custodians, today},
        judged::{Judge, Judged},
    },
    app::App,
    http::{
        call::{Call, Outcome},
        csv,
        list::{Wanted, order, page},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use tw_api::{AgeVerdict, Asset, AssetQuery, CsvOr, Json, Page, endpoints as e};
use tw_model::Word;

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
    let as_of = age::actions::as_of(call.query.as_of.as_deref())?;
    let ages = call.app.ages(&world, as_of);
    let people = sees_custodians(&call.caller);
    let needle = call.query.q.as_deref().map(str::to_lowercase);
    let mut found: Vec<Hit<'_>> = ages
        .of(&world)
        .map(|(asset, judged)| Hit {
            site: world.site_of_asset(asset).map(AsRef::as_ref),
            asset,
            judged,
        })
        .filter(|hit| hit.fits(&call.query, needle.as_deref()))
        .filter(|hit| {
            let (site, unit) = (world.site_of_asset(hit.asset), hit.asset.unit.as_ref());
            call.caller.sees(&world.register, site, unit)
        })
        .collect();
    // The register is in the order of the tags already.
    if field != "id" {
        found.sort_by_cached_key(|hit| hit.key(field));
    }
    if reverse {
        found.reverse();
    }
    let shown =
        |hit: &Hit<'_>| view::asset(&world, &call.app.live, hit.asset, (hit.judged, people));
    match call.query.format.as_deref() {
        None => {
            let wanted = Wanted {
                limit: call.query.limit,
                cursor: call.query.cursor.as_deref(),
            };
            let page = page(found, |hit| hit.asset.tag.to_string(), wanted)?;
            let page = Page {
                items: page.items.iter().map(shown).collect(),
                next_cursor: page.next_cursor,
                total: page.total,
            };
            Ok(CsvOr::Json(page).into())
        }
        Some("csv") => {
            let columns = call.query.columns.as_deref();
            let all: Vec<Asset> = found.iter().map(shown).collect();
            Ok(CsvOr::Csv(csv::file(&all, &view::COLUMNS, columns)?).into())
        }
        Some(_) => Err(csv::unknown_format()),
    }
}

/// An asset with what it is filtered and sorted by.
struct Hit<'a> {
    asset: &'a tw_model::Asset,
    judged: Option<&'a Judged>,
    site: Option<&'a str>,
}

impl Hit<'_> {
    fn verdict(&self) -> AgeVerdict {
        self.judged
            .map_or(AgeVerdict::OutOfScope, |judged| judged.verdict)
    }

    fn fits(&self, query: &AssetQuery, needle: Option<&str>) -> bool {
        let asset = self.asset;
        let is = |wanted: &Option<String>, own: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| own == Some(wanted))
        };
        let texts = [
            Some(asset.tag.as_str()),
            asset.serial.as_deref(),
            asset.manufacturer.as_deref(),
            asset.model.as_deref(),
        ];
        is(&query.class, Some(asset.class.as_str()))
            && is(&query.state, Some(asset.status.as_str()))
            && is(&query.site, self.site)
            && is(&query.unit, asset.unit.as_ref().map(AsRef::as_ref))
            && query.age.is_none_or(|age| self.verdict() == age)
            && query
                .waived
                .is_none_or(|waived| self.judged.is_some_and(|judged| judged.waived) == waived)
            && needle.is_none_or(|needle| {
                texts
                    .into_iter()
                    .flatten()
                    .any(|text| text.to_lowercase().contains(needle))
            })
    }

    fn key(&self, field: &str) -> (String, String) {
        let asset = self.asset;
        let text = |own: Option<&str>| own.unwrap_or_default().to_owned();
        let key = match field {
            "class" => asset.class.to_string(),
            "site" => text(self.site),
            "unit" => text(asset.unit.as_ref().map(AsRef::as_ref)),
            "model" => text(asset.model.as_deref()),
            "serial" => text(asset.serial.as_deref()),
            "state" => asset.status.to_string(),
            "due" => self
                .judged
                .and_then(|judged| judged.due.latest)
                .map(|day| day.to_string())
                .unwrap_or_default(),
            "age" => self.verdict().as_str().to_owned(),
            _ => String::new(),
        };
        (key, asset.tag.to_string())
    }
}

async fn get(call: Call<e::AssetGet>) -> Outcome<Json<Asset>> {
    Ok(Json(shown(&call.app, &call.caller, call.id())?).into())
}

/// One asset as the caller may see it.
fn shown(app: &App, caller: &Caller, tag: &str) -> Result<Asset, Refusal> {
    let world = app.world();
    let asset = world.register.assets.get(tag);
    let asset = asset.ok_or_else(|| Refusal::not_found("asset", tag))?;
    let today = today(&world, app.now());
    let judged = Judge::new(&world, (today, today)).judged(asset);
    let people = sees_custodians(caller);
    Ok(view::asset(
        &world,
        &app.live,
        asset,
        (judged.as_ref(), people),
    ))
}
