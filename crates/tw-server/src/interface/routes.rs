//! Routes of interfaces.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{actions, view};
use crate::http::{
    call::{Call, Outcome},
    list::{Wanted, page},
    refusal::Refusal,
    route::{Route, bind},
};
use tw_api::{Interface, Json, Page, Traffic, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::DeviceInterfaceList, _, _>(of_device),
        bind::<e::InterfaceGet, _, _>(get),
        bind::<e::InterfaceTrafficGet, _, _>(traffic),
    ]
}

async fn of_device(call: Call<e::DeviceInterfaceList>) -> Outcome<Json<Page<Interface>>> {
    let world = call.app.world();
    let now = call.app.now();
    world.device(call.id())?;
    let target = call.app.live.device(call.id());
    let all: Vec<Interface> = target
        .interfaces()
        .iter()
        .map(|seen| view::interface(&world, call.id(), (&target, seen), now))
        .collect();
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    let mut page = page(all, |interface: &Interface| interface.id.clone(), wanted)?;
    actions::since(&call.app, call.id(), &mut page.items).await?;
    Ok(Json(page).into())
}

async fn get(call: Call<e::InterfaceGet>) -> Outcome<Json<Interface>> {
    let world = call.app.world();
    let (device, name) = world.interface(call.id())?;
    let target = call.app.live.device(device.id.as_str());
    let seen = actions::find(&target, name);
    let seen = seen.ok_or_else(|| Refusal::not_found("interface", call.id()))?;
    let now = call.app.now();
    let mut one = [view::interface(
        &world,
        device.id.as_str(),
        (&target, seen),
        now,
    )];
    actions::since(&call.app, device.id.as_str(), &mut one).await?;
    let [interface] = one;
    Ok(Json(interface).into())
}

async fn traffic(call: Call<e::InterfaceTrafficGet>) -> Outcome<Json<Traffic>> {
    let world = call.app.world();
    let (device, name) = world.interface(call.id())?;
    let traffic = actions::traffic(&call.app, (device.id.as_str(), name), &call.query).await?;
    Ok(Json(traffic).into())
}
