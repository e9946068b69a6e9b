//! Routes of sites.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{
    actions::{account, load_now, month_of},
    view::{self, Parts},
};
use crate::{
    app::App,
    http::{
        call::{Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    readings::{spans, steps},
    world::World,
};
use tw_api::{
    AgeVerdict, Availability, Json, Page, Site, StateSpan, Timeline, WitnessTimeline,
    endpoints as e,
};
use tw_availability::Mark;
use tw_units::{Interval, Timestamp};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::SiteList, _, _>(list),
        bind::<e::SiteGet, _, _>(get),
        bind::<e::SiteAvailabilityGet, _, _>(availability),
        bind::<e::SiteTimelineGet, _, _>(timeline),
    ]
}

/// A site with everything that its page and the first page show.
pub(crate) async fn whole(
    app: &App,
    world: &World,
    site: &tw_model::Site,
) -> Result<Site, Refusal> {
    let now = app.now();
    let month = month_of(site, now).unwrap_or(Interval { from: now, to: now });
    let so_far = Interval::new(month.from, now);
    let judged = match so_far {
        Some(period) => account(app, world, site, period).await?.judged,
        None => None,
    };
    let found = judged.as_ref().map(|judged| &judged.assessment);
    let ages = app.ages(world, None);
    let over = ages
        .of(world)
        .filter(|(_, judged)| judged.is_some_and(|judged| judged.verdict == AgeVerdict::Over))
        .filter(|(asset, _)| world.site_of_asset(asset) == Some(&site.id));
    let parts = Parts {
        load: load_now(world, &app.live, &app.works, (site, now)),
        month: view::month(site, (month, now), found),
        alerts_open: app.open_alerts_of_site(site.id.as_str()),
        assets_over_age: over.count() as u64,
    };
    Ok(view::site(world, &app.live, site, (parts, now)))
}

async fn list(call: Call<e::SiteList>) -> Outcome<Json<Page<Site>>> {
    let world = call.app.world();
    let mut all = Vec::new();
    for site in world
        .register
        .sites
        .values()
        .filter(|site| call.caller.sees_site(&site.id))
    {
        all.push(whole(&call.app, &world, site).await?);
    }
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(all, |site: &Site| site.id.clone(), wanted)?).into())
}

fn find<'a>(world: &'a World, id: &str) -> Result<&'a tw_model::Site, Refusal> {
    world
        .register
        .sites
        .get(id)
        .ok_or_else(|| Refusal::not_found("site", id))
}

async fn get(call: Call<e::SiteGet>) -> Outcome<Json<Site>> {
    let world = call.app.world();
    let site = find(&world, call.id())?;
    Ok(Json(whole(&call.app, &world, site).await?).into())
}

/// The window of a question about availability: the month so far when nobody says.
fn window_of(
    site: &tw_model::Site,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    now: Timestamp,
) -> Result<Interval, Refusal> {
    let to = to.unwrap_or(now);
    let month = month_of(site, to.plus_millis(-1));
    let from = from.or_else(|| month.map(|month| month.from)).unwrap_or(to);
    steps::checked(from, to)
}

async fn availability(call: Call<e::SiteAvailabilityGet>) -> Outcome<Json<Availability>> {
    let world = call.app.world();
    let now = call.app.now();
    let site = find(&world, call.id())?;
    let window = window_of(site, (call.query.from, call.query.to), now)?;
    let found = account(&call.app, &world, site, window).await?;
    Ok(Json(view::availability(site, &found, (window, now))).into())
}

async fn timeline(call: Call<e::SiteTimelineGet>) -> Outcome<Json<Timeline>> {
    let world = call.app.world();
    let now = call.app.now();
    let site = find(&world, call.id())?;
    let window = window_of(site, (call.query.from, call.query.to), now)?;
    let judged = account(&call.app, &world, site, window).await?.judged;
    let (service, parts) = judged
        .map(|judged| (judged.service, judged.lines))
        .unwrap_or_default();
    let at_start = service
        .steps
        .iter()
        .rev()
        .find(|step| step.at <= window.from);
    let steps = service.steps.iter().map(|step| (step.at, step.mark));
    let first = at_start.map_or(Mark::Unknown, |step| step.mark);
    let spans: Vec<StateSpan> = spans::of_marks(first, steps, window);
    let witnesses = parts.iter().map(|(device, line)| WitnessTimeline {
        device: device.clone(),
        spans: spans::of_timeline(line, window),
    });
    Ok(Json(Timeline {
        site: site.id.to_string(),
        from: window.from,
        to: window.to,
        spans,
        witnesses: witnesses.collect(),
    })
    .into())
}
