//! Routes of the chain.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{
    actions::{self, Chain},
    view::{self, Around},
    words::Language,
};
use crate::{
    app::App,
    http::{
        call::{Call, Outcome},
        refusal::Refusal,
        route::{Route, bind},
    },
    site::actions::load_now,
    world::World,
};
use tw_api::{
    Facility, FacilityMeasures, FacilityQuery, Json, SiteState, Svg, WhatIf, endpoints as e,
};
use tw_model::{Day, Site};

/// So many nodes may be asked for in one question.
const OUT_MAX: usize = 200;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::FacilityGet, _, _>(get),
        bind::<e::FacilityDrawingGet, _, _>(drawing),
        bind::<e::FacilityMeasuresGet, _, _>(measures),
        bind::<e::FacilityWhatIf, _, _>(what_if),
    ]
}

fn site<'a>(world: &'a World, id: &str) -> Result<&'a Site, Refusal> {
    let site = world.register.sites.get(id);
    site.ok_or_else(|| Refusal::not_found("site", id))
}

fn language(query: &FacilityQuery) -> Result<Language, Refusal> {
    Language::parse(query.lang.as_deref()).ok_or_else(|| {
        Refusal::bad("bad_parameter", "lang is en or vi")
            .with("parameter", "lang")
            .with("allowed", vec!["en", "vi"])
    })
}

fn day(query: &FacilityQuery) -> Result<Option<Day>, Refusal> {
    let parse = |text: &String| {
        text.parse::<Day>().map_err(|cause| {
            Refusal::bad("bad_parameter", cause.to_string()).with("parameter", "date")
        })
    };
    query.date.as_ref().map(parse).transpose()
}

/// The chain of a day, and whether that is today.
fn chain<'a>(
    app: &App,
    world: &'a World,
    site: &Site,
    wanted: Option<Day>,
) -> Result<(Chain<'a>, bool), Refusal> {
    let now = app.now();
    let today = actions::day_at(site, now);
    let is_today = wanted.is_none_or(|day| day == today);
    let chain = if is_today {
        actions::chain_now(world, &app.live, &app.works.at_work(&site.id), (site, now))?
    } else {
        actions::chain_on(world, site, wanted.unwrap_or(today))?
    };
    let chain = chain.ok_or_else(|| Refusal::not_found("chain", site.id.as_str()))?;
    Ok((chain, is_today))
}

async fn get(call: Call<e::FacilityGet>) -> Outcome<Json<Facility>> {
    language(&call.query)?;
    let world = call.app.world();
    let site = site(&world, call.id())?;
    let (chain, is_today) = chain(&call.app, &world, site, day(&call.query)?)?;
    let now = call.app.now();
    let changes = actions::changes(&world, site);
    let target = site
        .tier_targets
        .iter()
        .rfind(|target| target.valid_from <= chain.day);
    let around = Around {
        site: site.id.to_string(),
        as_of: is_today.then_some(now),
        changes: changes.iter().map(ToString::to_string).collect(),
        state: if is_today {
            load_now(&world, &call.app.live, &call.app.works, (site, now)).state
        } else {
            SiteState::NotProven
        },
        target_level: target.map(|target| target.level.to_string()),
    };
    Ok(Json(view::facility(&chain, around)).into())
}

async fn drawing(call: Call<e::FacilityDrawingGet>) -> Outcome<Svg> {
    let language = language(&call.query)?;
    let world = call.app.world();
    let site = site(&world, call.id())?;
    let (chain, _) = chain(&call.app, &world, site, day(&call.query)?)?;
    Ok(Svg(tw_draw::chain_svg(&view::drawing(&chain, language))).into())
}

async fn measures(call: Call<e::FacilityMeasuresGet>) -> Outcome<Json<FacilityMeasures>> {
    let world = call.app.world();
    let site = site(&world, call.id())?;
    Ok(Json(super::measures::measures(&call.app, &world, site).await?).into())
}

async fn what_if(call: Call<e::FacilityWhatIf>) -> Outcome<Json<WhatIf>> {
    let world = call.app.world();
    let site = site(&world, call.id())?;
    let bad = |why: String| Refusal::bad("bad_parameter", why).with("parameter", "out");
    let out = call.query.out.as_deref().unwrap_or_default().split(',');
    let out: Vec<String> = out.filter(|id| !id.is_empty()).map(str::to_owned).collect();
    if out.is_empty() || out.len() > OUT_MAX {
        return Err(bad(format!("1 to {OUT_MAX} nodes, separated by commas")));
    }
    let (chain, _) = chain(&call.app, &world, site, None)?;
    let found = chain
        .graph
        .what_if(&chain.condition, &out)
        .map_err(|cause| bad(cause.to_string()))?;
    Ok(Json(view::what_if(out, &found)).into())
}
