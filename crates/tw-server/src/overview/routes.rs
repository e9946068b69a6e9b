//! The route of the first page.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::attention;
use crate::{
    age::actions::{Part, report, today},
    alert, circuit, collector,
    http::{
        call::{Call, Outcome},
        route::{Route, bind},
    },
    site,
};
use tw_api::{Alert, Json, Overview, StateCounts, endpoints as e};

/// The most alerts that the first page lists.
const ALERTS_MAX: usize = 20;

pub(crate) fn routes() -> Vec<Route> {
    vec![bind::<e::OverviewGet, _, _>(overview)]
}

async fn overview(call: Call<e::OverviewGet>) -> Outcome<Json<Overview>> {
    let (app, caller) = (&call.app, &call.caller);
    let world = app.world();
    let now = app.now();
    let mut sites = Vec::new();
    for site in world
        .register
        .sites
        .values()
        .filter(|site| caller.sees_site(&site.id))
    {
        sites.push(site::routes::whole(app, &world, site).await?);
    }
    let circuits: Vec<_> = world
        .register
        .circuits
        .values()
        .filter(|circuit| {
            let ends = world.sites_of_circuit(circuit);
            ends.into_iter()
                .flatten()
                .any(|site| caller.sees_site(site))
        })
        .map(|circuit| circuit::view::circuit(&world, &app.live, circuit, now))
        .collect();
    let mut devices = StateCounts::default();
    for device in world.register.devices.values() {
        if caller.sees_site(&device.site) && device.address.is_some() {
            devices.add(app.live.device(device.id.as_str()).state(now).0);
        }
    }
    let ages = app.ages(&world, None);
    let age = report(&world, caller, Part::default(), (&ages, today(&world, now))).in_use;
    let collectors = collector::routes::visible(app, caller).await?;
    let open: Vec<Alert> = app
        .alerts
        .all()
        .into_iter()
        .filter(|a| a.cleared_at.is_none() && alert::view::sees(&world, caller, a))
        .collect();
    Ok(Json(Overview {
        as_of: now,
        simulated: world.simulated(),
        attention: attention::list(&sites, &circuits, &collectors, &age),
        alerts_open: open.len() as u64,
        alerts: open.into_iter().take(ALERTS_MAX).collect(),
        sites,
        circuits,
        devices,
        age,
    })
    .into())
}
