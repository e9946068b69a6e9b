//! The availability of every site that a caller sees, for one page.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`. **Must not:** work out what the months' own
//! figures say already.

use super::{calendar, routes::summaries};
use crate::{
    app::App,
    http::{
        call::{Call, Outcome},
        refusal::Refusal,
    },
    site::{
        actions::{account, zone},
        view,
    },
    world::{World, local},
};
use tw_api::{Json, Page, RollingPeriod, SiteAvailabilityOverview, endpoints as e};
use tw_model::Site;
use tw_units::{Interval, Timestamp};

const DAY_MS: i64 = 86_400_000;
/// Rolling periods end with a whole minute, so that what was just worked out is found again.
const MINUTE_MS: i64 = 60_000;
/// The rolling periods, in days.
const ROLLING_DAYS: [u32; 2] = [30, 365];

pub(super) async fn list(
    call: Call<e::AvailabilityOverview>,
) -> Outcome<Json<Page<SiteAvailabilityOverview>>> {
    let world = call.app.world();
    let now = call.app.now();
    let minute = Timestamp::from_millis(now.as_millis() / MINUTE_MS * MINUTE_MS);
    let mut items = Vec::new();
    for site in world.register.sites.values() {
        if call.caller.sees_site(&site.id) {
            let wanted = (call.query.until.as_deref(), call.query.count);
            let months = calendar::row(wanted, &zone(site), now)?;
            items.push(SiteAvailabilityOverview {
                site: site.id.to_string(),
                name: local(&site.name),
                tier_targets: view::targets(site),
                months: summaries(&call.app, &world, (site, &months)).await?,
                rolling: rolling(&call.app, &world, (site, minute)).await?,
            });
        }
    }
    Ok(Json(Page::whole(items)).into())
}

async fn rolling(
    app: &App,
    world: &World,
    (site, now): (&Site, Timestamp),
) -> Result<Vec<RollingPeriod>, Refusal> {
    let mut periods = Vec::with_capacity(ROLLING_DAYS.len());
    for days in ROLLING_DAYS {
        let from = now.plus_millis(-i64::from(days) * DAY_MS);
        let window = Interval { from, to: now };
        let found = account(app, world, site, window).await?;
        let found = view::availability(site, &found, (window, now));
        periods.push(RollingPeriod {
            days,
            from: found.from,
            to: found.to,
            verdict: found.verdict,
            availability_percent: found.availability_percent,
            coverage_percent: found.coverage_percent,
        });
    }
    Ok(periods)
}
