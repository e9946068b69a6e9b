//! Routes of assets.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{view, writing};
use crate::{
    access::{accounts::store, audit::author, caller::Caller},
    age::{
        self,
        actions::{sees_custodians, today},
        judged::{Judge, Judged},
    },
    app::App,
    http::{
        call::{Answer, Call, Outcome},
        csv,
        list::{Wanted, order, page},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use tw_api::{
    AgeVerdict, Asset, AssetHistory, AssetQuery, AssetTransition, Created, CsvOr, Json, Page,
    Permission, Svg, endpoints as e,
};
use tw_model::Word;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::AssetList, _, _>(list),
        bind::<e::AssetGet, _, _>(get),
        bind::<e::AssetAdd, _, _>(add),
        bind::<e::AssetPut, _, _>(put),
        bind::<e::AssetHistoryGet, _, _>(history),
        bind::<e::AssetStep, _, _>(step),
        bind::<e::AssetStepDecide, _, _>(decide),
        bind::<e::AssetLabelGet, _, _>(label),
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

async fn add(call: Call<e::AssetAdd>) -> Outcome<Created<Asset>> {
    let Json(new) = call.body;
    let asset = writing::record(new.record.0)?;
    let tag = asset.tag.to_string();
    let by = author(&call.caller, &call.facts);
    writing::put(&call.app, (&call.caller, &by), (asset, 0)).await?;
    let made = shown(&call.app, &call.caller, &tag)?;
    Ok(Answer::from(Created(made)).audited())
}

async fn put(call: Call<e::AssetPut>) -> Outcome<Json<Asset>> {
    let tag = call.id().to_owned();
    let Json(edit) = call.body;
    let asset = writing::record(edit.record.0)?;
    if asset.tag.as_str() != tag {
        return Err(Refusal::field("tag", "the tag stays as it is"));
    }
    if edit.version == 0 {
        return Err(Refusal::field("version", "the version that you saw"));
    }
    let by = author(&call.caller, &call.facts);
    writing::put(&call.app, (&call.caller, &by), (asset, edit.version)).await?;
    Ok(Answer::from(Json(shown(&call.app, &call.caller, &tag)?)).audited())
}

async fn history(call: Call<e::AssetHistoryGet>) -> Outcome<Json<AssetHistory>> {
    let people = sees_custodians(&call.caller);
    let record = call.caller.may(Permission::EditAssets);
    let told = super::history::history(&call.app, call.id(), (people, record)).await?;
    Ok(Json(told).into())
}

async fn step(call: Call<e::AssetStep>) -> Outcome<Created<AssetTransition>> {
    let tag = call.id().to_owned();
    let Json(ask) = call.body;
    let by = author(&call.caller, &call.facts);
    let id = writing::step(&call.app, (&call.caller, &by), (&tag, ask)).await?;
    let step = step_shown(&call.app, &call.caller, id).await?;
    Ok(Answer::from(Created(step)).audited())
}

async fn decide(call: Call<e::AssetStepDecide>) -> Outcome<Json<AssetTransition>> {
    let tag = call.id().to_owned();
    let Json(decision) = call.body;
    let by = author(&call.caller, &call.facts);
    let id = writing::decide(&call.app, (&call.caller, &by), (&tag, decision)).await?;
    let step = step_shown(&call.app, &call.caller, id).await?;
    Ok(Answer::from(Json(step)).audited())
}

async fn step_shown(app: &App, caller: &Caller, id: i64) -> Result<AssetTransition, Refusal> {
    let step = app.store.transition(id).await;
    let step = step.map_err(|e| store(&e))?;
    let step = step.ok_or_else(|| Refusal::not_found("step", &id.to_string()))?;
    Ok(super::history::shown(&step, sees_custodians(caller)))
}

async fn label(call: Call<e::AssetLabelGet>) -> Outcome<Svg> {
    let world = call.app.world();
    let asset = world.register.assets.get(call.id());
    let asset = asset.ok_or_else(|| Refusal::not_found("asset", call.id()))?;
    let owner = world.register.organisation.as_ref().map(|o| o.name.vi());
    let drawn = super::label::label(asset, owner.unwrap_or_default());
    Ok(Svg(drawn.ok_or_else(|| Refusal::field("tag", "the tag is too long for a code"))?).into())
}
