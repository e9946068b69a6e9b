//! What people do about a discrepancy. Each writes the register by the ordinary way: checked
//! by its rules, versioned, in the audit log.
//!
//! **Room:** layer 2, shell. **May use:** `tw-model`, `tw-store`. **Must not:** write anything
//! that nobody accepted.

use super::view::{asset_of, device, sees};
use crate::{
    access::{accounts::store, caller::Caller},
    app::App,
    device::actions::{no_new_findings, register as refused},
    http::refusal::Refusal,
    world::World,
};
use jiff::{Span, civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};
use tw_ingest::{
    TargetKey,
    seen::{Identity, Seen},
};
use tw_model::{Absent, Asset, AssetClass, AssetStatus, Device, Item, Kind, Register, Word, plan};
use tw_store::{Author, Decision, DecisionError, Store, StoredDiscrepancy};
use tw_units::{AssetTag, Timestamp};

/// The longest note, in characters.
const NOTE_CHARS_MAX: usize = 1_000;
/// Nothing is dismissed for longer.
const DISMISS_YEARS_MAX: i32 = 2;

/// What can be done about one from here.
pub(super) fn possible(one: &StoredDiscrepancy) -> Vec<&'static str> {
    if !["open", "dismissed"].contains(&one.status.as_str()) {
        return Vec::new();
    }
    let mut all = Vec::new();
    let corrects = one.found.body["proposal"] == "correct_register";
    match one.found.kind.as_str() {
        "serial_changed" if one.found.body["proposal"] != "look" => {
            all.extend(["accept", "create_asset"]);
        }
        "model_differs" | "location_differs" | "date_conflict" if corrects => all.push("accept"),
        "unrecorded" => all.push("create_asset"),
        "not_seen" | "state_differs" => all.push("transition"),
        _ => {}
    }
    all.push("dismiss");
    all
}

/// The store with the register as it is now: what a decision needs, in a server and without one.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) store: &'a Store,
    pub(crate) world: &'a World,
    pub(crate) now: Timestamp,
}

/// After a decision: the register is read anew, and what it settled is settled.
pub(crate) async fn follow_up(app: &App) -> Result<(), Refusal> {
    app.reload_register().await.map_err(|e| refused(&e))?;
    app.reconcile_once().await.map_err(|e| store(&e)).map(drop)
}

/// A discrepancy at the version that the caller saw, on which `action` can be done.
pub(crate) async fn at_version(
    desk: Desk<'_>,
    (id, version): (&str, Option<u64>),
    action: &'static str,
) -> Result<StoredDiscrepancy, Refusal> {
    let one = find(desk, id).await?;
    if version.is_some_and(|version| version != one.version) {
        return Err(Refusal::stale(one.version));
    }
    if !possible(&one).contains(&action) {
        let why = format!("{action} is not possible for this one; it needs a look at the asset");
        return Err(Refusal::conflict("not_possible", why).with("action", action));
    }
    Ok(one)
}

pub(super) async fn find(desk: Desk<'_>, id: &str) -> Result<StoredDiscrepancy, Refusal> {
    let missing = || Refusal::not_found("discrepancy", id);
    let number: u64 = id.parse().map_err(|_| missing())?;
    let found = desk
        .store
        .discrepancy(number)
        .await
        .map_err(|e| store(&e))?;
    found.ok_or_else(missing)
}

/// Whether one lies in the caller's scope; none when there is no such one.
pub(crate) async fn is_seen(app: &App, caller: &Caller, id: &str) -> Result<Option<bool>, Refusal> {
    let Ok(number) = id.parse() else {
        return Ok(None);
    };
    let found = app.store.discrepancy(number).await.map_err(|e| store(&e))?;
    Ok(found.map(|one| sees(&app.world(), caller, &one)))
}

/// A note, bounded and without control characters.
pub(crate) fn note(text: Option<String>) -> Result<Option<String>, Refusal> {
    let clean = text.map(|text| text.chars().filter(|c| !c.is_control()).collect::<String>());
    match clean {
        Some(text) if text.chars().count() > NOTE_CHARS_MAX => Err(Refusal::field(
            "note",
            format!("at most {NOTE_CHARS_MAX} characters"),
        )),
        clean => Ok(clean.filter(|text| !text.trim().is_empty())),
    }
}

async fn decided(
    desk: Desk<'_>,
    one: &StoredDiscrepancy,
    (decision, note): (Decision, Option<String>),
    author: &Author,
) -> Result<(), Refusal> {
    let place = (one.id, one.version);
    let kept = desk
        .store
        .decide_discrepancy(place, (decision, note), author)
        .await;
    kept.map_err(|cause| match cause {
        DecisionError::Stale { current, .. } => Refusal::stale(current),
        DecisionError::Settled { .. } => Refusal::conflict("settled", "it is settled already"),
        DecisionError::Missing { id } => Refusal::not_found("discrepancy", &id.to_string()),
        DecisionError::Store(cause) => store(&cause),
    })
}

/// Leaves it alone until a day.
pub(super) async fn dismiss(
    desk: Desk<'_>,
    one: &StoredDiscrepancy,
    (until, note): (&str, Option<String>),
    author: &Author,
) -> Result<(), Refusal> {
    let day: Date = until
        .parse()
        .map_err(|_| Refusal::field("until", "a day as 2027-01-31"))?;
    let zone = TimeZone::get(desk.world.timezone()).unwrap_or(TimeZone::UTC);
    let today = desk.now.to_jiff().to_zoned(zone.clone()).date();
    let last = today
        .checked_add(Span::new().years(DISMISS_YEARS_MAX))
        .unwrap_or(Date::MAX);
    if day <= today || day > last {
        let why = format!("a day after today, and not after {last}");
        return Err(Refusal::field("until", why));
    }
    let until = day.to_zoned(zone).map_err(|e| Refusal::internal(&e))?;
    let until = Timestamp::from_jiff(until.timestamp());
    decided(desk, one, (Decision::Dismissed { until }, note), author).await
}

/// Writes what was seen into the asset.
pub(crate) async fn accept(
    desk: Desk<'_>,
    one: &StoredDiscrepancy,
    note: Option<String>,
    author: &Author,
) -> Result<(), Refusal> {
    let asset = asset_of(desk.world, one);
    let asset = asset.ok_or_else(|| Refusal::conflict("gone", "the asset is gone"))?;
    let observed = one.found.observed.clone().unwrap_or_default();
    let mut value = json_of(asset)?;
    match one.found.kind.as_str() {
        "serial_changed" => set(&mut value, "serial", json!(observed)),
        "model_differs" => {
            let identity = identity(desk, device(desk.world, one)).await?;
            set(
                &mut value,
                "model",
                json!(identity.model.unwrap_or(observed)),
            );
        }
        // The room and the rack there are for people to say.
        "location_differs" => set(&mut value, "place", json!({ "site": observed })),
        "date_conflict" => {
            let made = manufactured(&observed).ok_or_else(|| {
                Refusal::conflict(
                    "not_possible",
                    "the day of manufacture is not known closely",
                )
            })?;
            value["dates"]["manufactured"] = json!({ "date": made, "source": "discovery" });
        }
        _ => {
            return Err(Refusal::conflict(
                "not_possible",
                "nothing can be written for it",
            ));
        }
    }
    write(desk, &[(Kind::Asset, value)], author).await?;
    decided(desk, one, (Decision::Accepted, note), author).await
}

/// `manufactured 2020-07-20 to 2020-08-09` as a month, a year, or a day that holds all of it.
fn manufactured(text: &str) -> Option<String> {
    let (from, to) = text.strip_prefix("manufactured ")?.split_once(" to ")?;
    let same = |length: usize| {
        from.get(..length)
            .filter(|part| to.get(..length) == Some(*part))
    };
    same(10)
        .or_else(|| same(7))
        .or_else(|| same(4))
        .map(str::to_owned)
}

/// Changes the asset's state.
pub(super) async fn transition(
    desk: Desk<'_>,
    one: &StoredDiscrepancy,
    (state, note): (&str, Option<String>),
    author: &Author,
) -> Result<(), Refusal> {
    let asset = asset_of(desk.world, one);
    let asset = asset.ok_or_else(|| Refusal::conflict("gone", "the asset is gone"))?;
    let state = later_state(state, "state")?;
    let mut value = json_of(asset)?;
    set(&mut value, "status", json!(state));
    write(desk, &[(Kind::Asset, value)], author).await?;
    decided(desk, one, (Decision::Accepted, note), author).await
}

/// States that are set from here; a disposal needs its documents and a second person.
fn later_state(word: &str, field: &str) -> Result<AssetStatus, Refusal> {
    const ALLOWED: [AssetStatus; 5] = [
        AssetStatus::InStock,
        AssetStatus::Deployed,
        AssetStatus::Maintenance,
        AssetStatus::Retired,
        AssetStatus::Lost,
    ];
    let known = AssetStatus::from_word(word).filter(|state| ALLOWED.contains(state));
    known.ok_or_else(|| {
        let words: Vec<&str> = ALLOWED.iter().map(|state| state.as_str()).collect();
        Refusal::field(field, format!("one of {}", words.join(", ")))
    })
}

/// What the caller says about the new asset.
pub(super) struct NewAsset {
    pub(super) tag: String,
    pub(super) class: Option<String>,
    pub(super) old_state: Option<String>,
}

/// Records what was seen as an asset of its own; with swapped hardware it takes the old one's
/// place, and both keep their histories.
pub(super) async fn create_asset(
    desk: Desk<'_>,
    one: &StoredDiscrepancy,
    (new, note): (NewAsset, Option<String>),
    author: &Author,
) -> Result<(), Refusal> {
    let world = desk.world;
    let tag = AssetTag::new(new.tag).map_err(|cause| Refusal::field("tag", cause.to_string()))?;
    if world.register.assets.contains_key(&tag) {
        return Err(Refusal::conflict(
            "exists",
            format!("there is an asset {tag} already"),
        ));
    }
    let device = device(world, one);
    let identity = identity(desk, device).await?;
    let old = asset_of(world, one);
    let made = made(
        (&tag, class(new.class.as_deref(), old, device)?),
        (identity, old),
        device,
    );
    let mut changes = vec![(Kind::Asset, made)];
    if let Some(old) = old {
        let state = later_state(
            new.old_state.as_deref().unwrap_or("maintenance"),
            "old_state",
        )?;
        let mut left = json_of(old)?;
        set(&mut left, "status", json!(state));
        left.as_object_mut().map(|map| map.remove("device"));
        changes.push((Kind::Asset, left));
    }
    if let Some(device) = device.filter(|device| device.asset.is_some() || old.is_some()) {
        let mut linked = json_of(device)?;
        set(&mut linked, "asset", json!(tag));
        changes.push((Kind::Device, linked));
    }
    write(desk, &changes, author).await?;
    decided(desk, one, (Decision::Accepted, note), author).await
}

/// What the new asset is: as somebody says, or as the old one, or as its device.
fn class(
    word: Option<&str>,
    old: Option<&Asset>,
    device: Option<&Device>,
) -> Result<AssetClass, Refusal> {
    if let Some(word) = word {
        let words = || format!("one of {}", AssetClass::words().join(", "));
        return AssetClass::from_word(word).ok_or_else(|| Refusal::field("class", words()));
    }
    let of_device = || AssetClass::from_word(&device?.class.to_string());
    let known = old.map(|old| old.class).or_else(of_device);
    Ok(known.unwrap_or(AssetClass::Other))
}

/// The new asset: what was seen, in the old one's place.
fn made(
    (tag, class): (&AssetTag, AssetClass),
    (seen, old): (Identity, Option<&Asset>),
    device: Option<&Device>,
) -> Value {
    let mut made = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        made.extend(value.map(|value| (key.to_owned(), value)));
    };
    let model = seen.model.or_else(|| old.and_then(|old| old.model.clone()));
    let maker = old.and_then(|old| old.manufacturer.clone()).or(seen.vendor);
    let site = device.map(|device| json!({ "site": device.site }));
    let place = old
        .and_then(|old| old.place.as_ref())
        .map(|place| json!(place));
    put("tag", Some(json!(tag)));
    put("class", Some(json!(class)));
    put("status", Some(json!(AssetStatus::Deployed)));
    put("manufacturer", maker.map(Value::from));
    put("model", model.map(Value::from));
    put("serial", seen.serial.map(Value::from));
    put(
        "unit",
        old.and_then(|old| old.unit.as_ref())
            .map(|unit| json!(unit)),
    );
    put("place", place.or(site));
    put("device", device.map(|device| json!(device.id)));
    Value::Object(made)
}

/// What a device said last of itself.
async fn identity(desk: Desk<'_>, device: Option<&Device>) -> Result<Identity, Refusal> {
    let Some(device) = device else {
        return Ok(Identity::default());
    };
    let target = TargetKey(device.id.to_string());
    let seen = desk
        .store
        .observations(&target)
        .await
        .map_err(|e| store(&e))?;
    let identity = seen.into_iter().find_map(|observed| match observed.seen {
        Seen::Identity(identity) => Some(identity),
        _ => None,
    });
    Ok(identity.unwrap_or_default())
}

fn json_of<T: serde::Serialize>(entity: &T) -> Result<Value, Refusal> {
    serde_json::to_value(entity).map_err(|e| Refusal::internal(&e))
}

fn set(entity: &mut Value, key: &str, value: Value) {
    entity[key] = value;
}

/// Writes entities in one transaction, if the register's rules find nothing new wrong.
pub(crate) async fn write(
    desk: Desk<'_>,
    entities: &[(Kind, Value)],
    author: &Author,
) -> Result<(), Refusal> {
    let world = desk.world;
    let mut wanted = world.register.clone();
    let mut part = (Register::default(), Register::default());
    for (kind, value) in entities {
        let id = value.get("tag").or(value.get("id")).and_then(Value::as_str);
        let id = id.unwrap_or_default().to_owned();
        let item = |value: Value| Item {
            kind: *kind,
            id: id.clone(),
            value,
        };
        let wrong = |cause: tw_model::ItemError| Refusal::field("value", cause.to_string());
        wanted.insert(item(value.clone())).map_err(wrong)?;
        part.0.insert(item(value.clone())).map_err(wrong)?;
        if let Some(present) = present(world, *kind, &id)? {
            part.1.insert(item(present)).map_err(wrong)?;
        }
    }
    no_new_findings(&world.register, &wanted)?;
    let changes = plan(&part.0, &part.1, Absent::Keep);
    let applied = desk
        .store
        .apply_plan(changes, Some(world.revision), author)
        .await;
    applied.map_err(|e| refused(&e)).map(drop)
}

fn present(world: &World, kind: Kind, id: &str) -> Result<Option<Value>, Refusal> {
    let register = &world.register;
    match kind {
        Kind::Device => register.devices.get(id).map(json_of).transpose(),
        _ => register.assets.get(id).map(json_of::<Asset>).transpose(),
    }
}
