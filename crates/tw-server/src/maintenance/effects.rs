//! What maintenance changes elsewhere: the accounting of a site, and what alerts are to be expected.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-alert`. **Must not:** forgive
//! downtime for work that has nothing to do with the load.

use super::{chain, works::Kept};
use crate::{app::App, world::World};
use std::collections::BTreeMap;
use tw_alert::{Health, Input, Subject};
use tw_availability::{MaintenanceWindow, WorkState, affected};
use tw_model::{Site, Structure};
use tw_units::{SiteId, Timestamp};

/// Work that ended longer ago has no alert any more.
const ENDED_MS_MAX: i64 = 2 * 86_400_000;

/// The windows that the accounting of a site knows: approved work on what its load hangs on.
pub(crate) fn windows(
    app: &App,
    world: &World,
    (site, structure): (&Site, &Structure),
) -> Vec<MaintenanceWindow> {
    let works = app.works.all();
    let mut of_site = works
        .iter()
        .filter(|kept| kept.site == site.id.as_str())
        .peekable();
    if of_site.peek().is_none() {
        return Vec::new();
    }
    let chain = chain::of_site(world, Some(&app.live), site, app.now());
    let touches = |kept: &&Kept| {
        kept.components.iter().any(|component| {
            let witness = structure.devices().iter().any(|d| d.as_str() == component);
            let place = chain.as_ref().and_then(|c| c.place(component));
            witness || place.is_some()
        })
    };
    of_site
        .filter(touches)
        .filter_map(|kept| kept.work.accounted(&kept.id))
        .collect()
}

/// Devices and circuits whose alerts are to be expected now, each with the work that explains it:
/// what is taken out, and what loses its feed with it.
pub(crate) fn quiet(app: &App, world: &World, now: Timestamp) -> BTreeMap<String, String> {
    let mut quiet = BTreeMap::new();
    for kept in app.works.all().iter() {
        if !kept.work.is_expected(now) {
            continue;
        }
        let mut silent = kept.components.clone();
        let site = world.register.sites.get(kept.site.as_str());
        let chain = site.and_then(|site| chain::of_site(world, Some(&app.live), site, now));
        if let Some(chain) = chain {
            let out = chain.places(&kept.components);
            let lost = affected(&chain.graph, &out);
            silent.extend(chain.devices(&world.register, &lost));
        }
        quiet.extend(silent.into_iter().map(|id| (id, kept.id.clone())));
    }
    quiet
}

/// What the alert core should know of work: whether it goes on beyond its end.
pub(crate) fn overruns(app: &App, now: Timestamp) -> Vec<Input> {
    let mut inputs = Vec::new();
    for kept in app.works.all().iter() {
        let health = match kept.work.state {
            WorkState::Working if kept.work.overrun(now).is_some() => Health::Bad,
            WorkState::Working => Health::Good,
            WorkState::Closed if ended_lately(kept, now) => Health::Good,
            _ => continue,
        };
        if let Ok(site) = SiteId::new(kept.site.as_str()) {
            let subject = Subject::Work(site, kept.id.clone());
            inputs.push(Input::Read(subject, now, health));
        }
    }
    inputs
}

fn ended_lately(kept: &Kept, now: Timestamp) -> bool {
    let ended = kept.work.ended_at;
    ended.is_some_and(|at| now.millis_since(at) <= ENDED_MS_MAX)
}
