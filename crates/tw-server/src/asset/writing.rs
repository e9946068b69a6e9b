//! Adding and changing assets, and the steps of their lives.
//!
//! **Room:** layer 2, shell. **May use:** `tw-lifecycle`, `tw-model`, `tw-store`. **Must not:** take
//! an asset that the register's own rules refuse, or a field that a file owns.

use super::owned::Owned;
use crate::{
    access::{accounts, caller::Caller},
    age::actions::today,
    app::App,
    device::actions::{no_new_findings, register},
    http::refusal::Refusal,
    world::World,
};
use serde_json::Value;
use tw_api::{AssetTransitionAsk, AssetTransitionDecision};
use tw_lifecycle::{TransitionAsk, carried_out, needs_approval, transition_faults};
use tw_model::{Absent, Asset, AssetStatus, Day, Item, Kind, Register, plan};
use tw_store::{Author, NewTransition, Store};
use tw_units::Timestamp;

/// The asset that somebody wrote.
pub(crate) fn record(value: Value) -> Result<Asset, Refusal> {
    serde_json::from_value(value)
        .map_err(|cause| Refusal::field("record", format!("this is no asset: {cause}")))
}

/// Puts an asset: `version` 0 makes a new one.
pub(crate) async fn put(
    app: &App,
    (caller, author): (&Caller, &Author),
    (asset, version): (Asset, u64),
) -> Result<(), Refusal> {
    let world = app.world();
    let present = world.register.assets.get(&asset.tag);
    if version == 0 && present.is_some() {
        let text = format!("there is an asset {:?} already", asset.tag.as_str());
        return Err(Refusal::conflict("exists", text));
    }
    if let Some(present) = present.filter(|present| present.status != asset.status) {
        let text = format!("it is {}; ask for a step instead", present.status);
        return Err(Refusal::field("status", text));
    }
    in_scope(&world, caller, &asset)?;
    Owned::read(app).await?.check(app, present, &asset)?;
    let mut wanted = world.register.clone();
    wanted.assets.insert(asset.tag.clone(), asset.clone());
    no_new_findings(&world.register, &wanted)?;
    let item = Item {
        kind: Kind::Asset,
        id: asset.tag.to_string(),
        value: serde_json::to_value(&asset).map_err(|e| Refusal::internal(&e))?,
    };
    let put = app.store.put_item(item, Some(version), author).await;
    put.map_err(|e| register(&e))?;
    app.reload_register().await.map_err(|e| register(&e))
}

/// An asset stays within the caller's scope, before and after.
pub(crate) fn in_scope(world: &World, caller: &Caller, asset: &Asset) -> Result<(), Refusal> {
    let site = world.site_of_asset(asset);
    if caller.sees(&world.register, site, asset.unit.as_ref()) {
        return Ok(());
    }
    let text = "its site or unit is outside of your scope";
    Err(Refusal::forbidden("not_in_scope", text).with("actor", caller.actor()))
}

/// An import and a change of many assets leave states alone; what they would change otherwise is
/// told with its field.
pub(crate) fn state_stays(before: Option<&Asset>, after: &Asset) -> Option<(String, String)> {
    let before = before.map(|before| before.status);
    before.filter(|before| *before != after.status)?;
    let text = "an import does not change the state of an asset; ask for a step";
    Some(("status".to_owned(), text.to_owned()))
}

/// Asks for a step: it is taken at once, or waits for a second person.
pub(crate) async fn step(
    app: &App,
    (caller, author): (&Caller, &Author),
    (tag, ask): (&str, AssetTransitionAsk),
) -> Result<i64, Refusal> {
    let world = app.world();
    let asset = world.register.assets.get(tag);
    let asset = asset.ok_or_else(|| Refusal::not_found("asset", tag))?;
    let version = world.version(Kind::Asset, tag);
    if version != ask.version {
        return Err(Refusal::stale(version));
    }
    let prepared = prepared((&world, app.now()), tag, ask.step.0)?;
    let after = prepared.wanted.assets.get(tag).unwrap_or(asset);
    in_scope(&world, caller, after)?;
    Owned::read(app).await?.check(app, Some(asset), after)?;
    let id = taken(&app.store, &world, prepared, author).await?;
    app.reload_register().await.map_err(|e| register(&e))?;
    Ok(id)
}

/// A step that lacks nothing, with the register after it.
pub(crate) struct Prepared {
    new: NewTransition,
    to: AssetStatus,
    wanted: Register,
}

/// Looks at a step: what it lacks is refused.
pub(crate) fn prepared(
    (world, now): (&World, Timestamp),
    tag: &str,
    ask: Value,
) -> Result<Prepared, Refusal> {
    let asset = world.register.assets.get(tag);
    let asset = asset.ok_or_else(|| Refusal::not_found("asset", tag))?;
    let step: TransitionAsk = serde_json::from_value(ask.clone())
        .map_err(|cause| Refusal::field("step", format!("this is no step: {cause}")))?;
    let faults = transition_faults(asset, &step, Day(today(world, now)));
    if let Some(first) = faults.first() {
        let missing: Vec<Value> = faults
            .iter()
            .map(|fault| serde_json::to_value(fault).unwrap_or_default())
            .collect();
        return Err(Refusal::field(first.field, first.message).with("missing", missing));
    }
    let wanted = after_step(world, asset, carried_out(asset, &step));
    no_new_findings(&world.register, &wanted)?;
    let new = NewTransition {
        tag: tag.to_owned(),
        from: asset.status.to_string(),
        to: step.to.to_string(),
        on: step.on.to_string(),
        ask,
    };
    Ok(Prepared {
        new,
        to: step.to,
        wanted,
    })
}

/// Takes a step, or notes that it waits for a second person.
pub(crate) async fn taken(
    store: &Store,
    world: &World,
    prepared: Prepared,
    author: &Author,
) -> Result<i64, Refusal> {
    let Prepared { new, to, wanted } = prepared;
    if needs_approval(to) {
        let waiting = store.transitions(Some(&new.tag), true).await;
        if !waiting.map_err(|e| accounts::store(&e))?.is_empty() {
            let text = "a step of it waits already";
            return Err(Refusal::conflict("waits_already", text));
        }
        let asked = store.ask_transition(new, author).await;
        return asked.map_err(|e| register(&e));
    }
    let change = plan(&wanted, &world.register, Absent::Keep);
    let taken = store.take_transition(new, (change, world.revision), author);
    taken.await.map_err(|e| register(&e))
}

/// The register after a step: what is retired frees its rack units and power feeds.
fn after_step(world: &World, before: &Asset, after: Asset) -> Register {
    let mut wanted = world.register.clone();
    if matches!(after.status, AssetStatus::Retired | AssetStatus::Disposed) {
        let device = world.register.devices.values().find(|device| {
            Some(&device.id) == before.device.as_ref() || device.asset.as_ref() == Some(&before.tag)
        });
        if let Some(device) = device.and_then(|device| wanted.devices.get_mut(&device.id)) {
            device.rack = None;
            device.fed_by.clear();
            device.asset = None;
        }
    }
    wanted.assets.insert(after.tag.clone(), after);
    wanted
}

/// The second person's word on the step that waits.
pub(crate) async fn decide(
    app: &App,
    (caller, author): (&Caller, &Author),
    (tag, decision): (&str, AssetTransitionDecision),
) -> Result<i64, Refusal> {
    let waiting = app.store.transitions(Some(tag), true).await;
    let waiting = waiting.map_err(|e| accounts::store(&e))?.pop();
    let waiting = waiting.ok_or_else(|| Refusal::not_found("waiting step of asset", tag))?;
    if waiting.asked_by == author.actor {
        let text = "another person than the one who asked must agree";
        return Err(Refusal::forbidden("own_request", text).with("actor", caller.actor()));
    }
    let world = app.world();
    let change = if decision.approve {
        let asset = world.register.assets.get(tag);
        let asset = asset.ok_or_else(|| Refusal::not_found("asset", tag))?;
        let step: TransitionAsk = serde_json::from_value(waiting.ask.clone())
            .map_err(|cause| Refusal::internal(&cause))?;
        // The asset may have changed since it was asked for.
        let faults = transition_faults(asset, &step, Day(today(&world, app.now())));
        if let Some(fault) = faults.first() {
            return Err(Refusal::field(fault.field, fault.message));
        }
        let wanted = after_step(&world, asset, carried_out(asset, &step));
        no_new_findings(&world.register, &wanted)?;
        let change = plan(&wanted, &world.register, Absent::Keep);
        Some((change, world.revision))
    } else {
        None
    };
    let decided = app
        .store
        .decide_transition(waiting.id, (change, decision.note), author)
        .await;
    if !decided.map_err(|e| register(&e))? {
        return Err(Refusal::conflict("decided", "it was decided already"));
    }
    app.reload_register().await.map_err(|e| register(&e))?;
    Ok(waiting.id)
}
