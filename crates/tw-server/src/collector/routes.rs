//! Routes of collectors and of service discovery.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::view;
use crate::{
    access::{accounts::store, caller::Caller},
    app::App,
    http::{
        call::{Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use std::collections::BTreeMap;
use tw_api::{Collector, Json, Page, SdGroup, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::CollectorList, _, _>(list),
        bind::<e::CollectorGet, _, _>(get),
        bind::<e::SdPrometheus, _, _>(sd_prometheus),
    ]
}

/// The collectors that a caller sees.
pub(crate) async fn visible(app: &App, caller: &Caller) -> Result<Vec<Collector>, Refusal> {
    let world = app.world();
    let seen = app.store.collectors().await.map_err(|e| store(&e))?;
    let refusals = app.store.refusals().await.map_err(|e| store(&e))?;
    let wanted = app.config_version().await.map_err(|e| store(&e))?;
    let about = (app.now(), app.settings.alerts.silent_after_seconds);
    let known = world.collectors();
    let visible = known
        .iter()
        .filter(|(_, sites)| sites.iter().any(|site| caller.sees_site(site)));
    Ok(visible
        .map(|(id, sites)| {
            let seen = seen.iter().find(|seen| seen.collector.as_str() == id);
            let refusals = refusals.iter().filter(|of| of.collector.as_str() == id);
            let refusals: Vec<_> = refusals.collect();
            view::collector((id, sites), (seen, &refusals), about, wanted)
        })
        .collect())
}

async fn list(call: Call<e::CollectorList>) -> Outcome<Json<Page<Collector>>> {
    let all = visible(&call.app, &call.caller).await?;
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(
        all,
        |collector: &Collector| collector.id.clone(),
        wanted,
    )?)
    .into())
}

async fn get(call: Call<e::CollectorGet>) -> Outcome<Json<Collector>> {
    let all = visible(&call.app, &call.caller).await?;
    let found = all.into_iter().find(|collector| collector.id == call.id());
    Ok(Json(found.ok_or_else(|| Refusal::not_found("collector", call.id()))?).into())
}

/// One group for each device with an address, each time the whole list.
async fn sd_prometheus(call: Call<e::SdPrometheus>) -> Outcome<Json<Vec<SdGroup>>> {
    let world = call.app.world();
    let visible = world
        .register
        .devices
        .values()
        .filter(|d| call.caller.sees_site(&d.site));
    let groups = visible.filter_map(|device| {
        let labels = [
            ("site", device.site.to_string()),
            ("instance", device.id.to_string()),
            ("__meta_tierwatch_class", device.class.to_string()),
            ("__meta_tierwatch_name", device.name.clone()),
        ];
        let labels = labels.map(|(name, value)| (name.to_owned(), value));
        Some(SdGroup {
            targets: vec![device.address?.to_string()],
            labels: BTreeMap::from(labels),
        })
    });
    Ok(Json(groups.collect::<Vec<_>>()).into())
}
