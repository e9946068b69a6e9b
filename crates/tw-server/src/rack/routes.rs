//! Routes of racks.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::view;
use crate::{
    app::App,
    http::{
        call::{Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use tw_api::{Json, Page, Rack, Svg, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::RackList, _, _>(list),
        bind::<e::RackGet, _, _>(get),
        bind::<e::RackElevationGet, _, _>(elevation),
    ]
}

async fn list(call: Call<e::RackList>) -> Outcome<Json<Page<Rack>>> {
    let world = call.app.world();
    let now = call.app.now();
    let wanted_site = call.query.site.as_deref();
    let all = world
        .register
        .racks
        .values()
        .filter(|rack| {
            world.register.site_of_rack(&rack.id).is_some_and(|site| {
                call.caller.sees_site(site)
                    && wanted_site.is_none_or(|wanted| wanted == site.as_str())
            })
        })
        .map(|rack| view::rack(&world, &call.app.live, rack, now))
        .collect();
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(all, |rack: &Rack| rack.id.clone(), wanted)?).into())
}

fn one(app: &App, id: &str) -> Result<Rack, Refusal> {
    let world = app.world();
    let rack = world
        .register
        .racks
        .get(id)
        .ok_or_else(|| Refusal::not_found("rack", id))?;
    Ok(view::rack(&world, &app.live, rack, app.now()))
}

async fn get(call: Call<e::RackGet>) -> Outcome<Json<Rack>> {
    Ok(Json(one(&call.app, call.id())?).into())
}

async fn elevation(call: Call<e::RackElevationGet>) -> Outcome<Svg> {
    Ok(Svg(view::elevation(&one(&call.app, call.id())?)).into())
}
