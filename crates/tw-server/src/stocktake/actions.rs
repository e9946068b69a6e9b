//! Opens sessions, takes scans, closes, and writes accepted moves into the register.
//!
//! **Room:** layer 2, shell. **May use:** `tw-lifecycle`, `tw-store`, `tw-model`. **Must not:**
//! decide what a scan means: that is `tw-lifecycle`.

use super::view;
use crate::{
    access::{accounts::store, caller::Caller},
    app::App,
    discrepancy::actions::{Desk, follow_up, write},
    http::refusal::Refusal,
    world::World,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tw_api::{StockTakeCreate, StockTakeNewScan, StockTakeScope};
use tw_lifecycle::{
    Expected, Findings, HeardScan, LabelIndex, Labelled, Place, Resolved, ScopeKind, close,
    judge_scan,
};
use tw_model::{Asset, Kind, Word};
use tw_store::{Author, NewStockTake, StockTakeError, StoredScan, StoredStockTake};
use tw_units::Timestamp;

/// The longest name of a session, in characters.
const NAME_CHARS_MAX: usize = 200;
/// The longest note, in characters.
const NOTE_CHARS_MAX: usize = 2_000;
/// Scans in one upload.
const SCANS_MAX: usize = 1_000;
/// The longest code, in characters.
const CODE_CHARS_MAX: usize = 500;
/// A client's own number of a scan, in characters.
const CLIENT_ID_CHARS: std::ops::RangeInclusive<usize> = 8..=64;
/// The most assets on a frozen list.
const EXPECTED_MAX: usize = 100_000;

/// A session.
pub(super) async fn find(app: &App, id: &str) -> Result<StoredStockTake, Refusal> {
    let missing = || Refusal::not_found("stocktake", id);
    let number: u64 = id.parse().map_err(|_| missing())?;
    let found = app.store.stocktake(number).await.map_err(|e| store(&e))?;
    found.ok_or_else(missing)
}

/// Whether one lies in the caller's scope; none when there is no such one.
pub(crate) async fn is_seen(app: &App, caller: &Caller, id: &str) -> Result<Option<bool>, Refusal> {
    let Ok(number) = id.parse() else {
        return Ok(None);
    };
    let found = app.store.stocktake(number).await.map_err(|e| store(&e))?;
    Ok(found.map(|one| sees(&app.world(), caller, &one)))
}

/// Whether a session lies in the caller's scope.
pub(super) fn sees(world: &World, caller: &Caller, one: &StoredStockTake) -> bool {
    let site = one.site.as_deref().and_then(|site| site.parse().ok());
    let unit = one.unit.as_deref().and_then(|unit| unit.parse().ok());
    caller.sees(&world.register, site.as_ref(), unit.as_ref())
}

/// Where the register has an asset, as finely as it says.
pub(super) fn place_of(world: &World, asset: &Asset) -> Place {
    let register = &world.register;
    let device = asset
        .device
        .as_ref()
        .and_then(|id| register.devices.get(id));
    let rack = device
        .and_then(|device| device.rack.as_ref())
        .map(|at| &at.id);
    let room = asset.place.as_ref().and_then(|place| place.room.clone());
    let room = room.or_else(|| Some(register.racks.get(rack?)?.room.clone()));
    Place {
        site: world.site_of_asset(asset).map(ToString::to_string),
        room: room.map(|room| room.to_string()),
        rack: rack.map(ToString::to_string),
    }
}

/// What a scope covers: a place of its own, and which assets belong to it.
struct Covered {
    place: Place,
    unit: Option<String>,
    scope: tw_lifecycle::StockTakeScope,
}

fn covered(world: &World, scope: &StockTakeScope) -> Result<Covered, Refusal> {
    let kind = ScopeKind::from_word(&scope.kind).ok_or_else(|| {
        Refusal::field(
            "scope.kind",
            format!("one of {}", ScopeKind::words().join(", ")),
        )
    })?;
    let missing = || Refusal::field("scope.id", format!("there is no {kind} {:?}", scope.id));
    let register = &world.register;
    let mut place = Place::default();
    let mut unit = None;
    match kind {
        ScopeKind::Site => {
            place.site = Some(
                register
                    .sites
                    .get(scope.id.as_str())
                    .ok_or_else(missing)?
                    .id
                    .to_string(),
            );
        }
        ScopeKind::Room => {
            let room = register.rooms.get(scope.id.as_str()).ok_or_else(missing)?;
            place.room = Some(room.id.to_string());
            let building = register.buildings.get(&room.building);
            place.site = building.map(|building| building.site.to_string());
        }
        ScopeKind::Rack => {
            let rack = register.racks.get(scope.id.as_str()).ok_or_else(missing)?;
            place.rack = Some(rack.id.to_string());
            place.room = Some(rack.room.to_string());
            place.site = register.site_of_rack(&rack.id).map(ToString::to_string);
        }
        ScopeKind::Unit => {
            unit = Some(
                register
                    .units
                    .get(scope.id.as_str())
                    .ok_or_else(missing)?
                    .id
                    .to_string(),
            );
        }
    }
    Ok(Covered {
        place,
        unit,
        scope: tw_lifecycle::StockTakeScope {
            kind,
            id: scope.id.clone(),
        },
    })
}

/// Opens a session with the list as the register is now.
pub(super) async fn open(
    app: &App,
    (caller, author): (&Caller, &Author),
    new: StockTakeCreate,
) -> Result<u64, Refusal> {
    let world = app.world();
    let name = text("name", &new.name, NAME_CHARS_MAX)?;
    if name.is_empty() {
        return Err(Refusal::field("name", "a name that people recognise"));
    }
    let note = new
        .note
        .map(|note| text("note", &note, NOTE_CHARS_MAX))
        .transpose()?;
    let covered = covered(&world, &new.scope)?;
    let session = NewStockTake {
        name,
        scope: json!(covered.scope),
        site: covered.place.site.clone(),
        unit: covered.unit.clone(),
        revision: world.revision,
        expected: Vec::new(),
        note,
    };
    let site = session.site.as_deref().and_then(|site| site.parse().ok());
    let unit = session.unit.as_deref().and_then(|unit| unit.parse().ok());
    if !caller.sees(&world.register, site.as_ref(), unit.as_ref()) {
        let why = "this part of the organisation is outside of your scope";
        return Err(Refusal::forbidden("not_in_scope", why).with("actor", caller.actor()));
    }
    let expected = expected(&world, &covered)?;
    let session = NewStockTake {
        expected,
        ..session
    };
    app.store
        .open_stocktake(session, author)
        .await
        .map_err(|e| store(&e))
}

/// What the register says is there: what is in use, a spare, in repair or retired and still here.
fn expected(world: &World, covered: &Covered) -> Result<Vec<(String, Value)>, Refusal> {
    let mut all = Vec::new();
    for asset in world
        .register
        .assets
        .values()
        .filter(|asset| asset.status.in_scope())
    {
        let place = place_of(world, asset);
        let (scope, here) = (&covered.scope, &covered.place);
        let belongs = match scope.kind {
            ScopeKind::Site => place.site == here.site,
            ScopeKind::Room => place.room == here.room,
            ScopeKind::Rack => place.rack == here.rack,
            ScopeKind::Unit => asset.unit.as_ref().is_some_and(|u| u.as_str() == scope.id),
        };
        if !belongs {
            continue;
        }
        let texts = [asset.manufacturer.as_deref(), asset.model.as_deref()];
        let model: Vec<&str> = texts.into_iter().flatten().collect();
        let one = Expected {
            tag: asset.tag.to_string(),
            serial: asset.serial.clone(),
            class: asset.class.to_string(),
            model: Some(model.join(" ")).filter(|model| !model.is_empty()),
            place,
        };
        all.push((one.tag.clone(), json!(one)));
    }
    if all.len() > EXPECTED_MAX {
        let why = format!(
            "{} assets are too many for one stock-take; take a part",
            all.len()
        );
        return Err(Refusal::field("scope", why).with("limit", EXPECTED_MAX));
    }
    Ok(all)
}

/// Text of people: no control characters, bounded.
fn text(field: &str, text: &str, limit: usize) -> Result<String, Refusal> {
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).collect();
    if clean.chars().count() > limit {
        return Err(Refusal::field(field, format!("at most {limit} characters")));
    }
    Ok(clean)
}

fn catalogue(world: &World) -> LabelIndex {
    let register = &world.register;
    let entries = register.assets.values().map(|asset| Labelled {
        tag: asset.tag.to_string(),
        serial: asset.serial.clone(),
        place: place_of(world, asset),
    });
    let racks = register.racks.keys().map(ToString::to_string);
    let rooms = register.rooms.keys().map(ToString::to_string);
    LabelIndex::new(entries, racks.chain(rooms))
}

/// The frozen list of a session.
pub(super) async fn frozen(app: &App, id: u64) -> Result<BTreeMap<String, Expected>, Refusal> {
    let rows = app
        .store
        .stocktake_expected(id)
        .await
        .map_err(|e| store(&e))?;
    let read = |(tag, body): (String, Value)| {
        let one = serde_json::from_value(body).map_err(|e| Refusal::internal(&e))?;
        Ok((tag, one))
    };
    rows.into_iter().map(read).collect()
}

/// A kept scan as the core hears it.
pub(super) fn heard(scan: &StoredScan) -> HeardScan {
    HeardScan {
        client_id: scan.client_id.clone(),
        code: scan.code.clone(),
        place: serde_json::from_value(scan.place.clone()).unwrap_or_default(),
        scanned_at: scan.scanned_at,
        resolved: serde_json::from_value(scan.resolved.clone()).unwrap_or(Resolved::Unknown),
    }
}

/// Keeps scans; those that are known answer as they did.
pub(super) async fn scan(
    app: &App,
    session: &StoredStockTake,
    new: Vec<StockTakeNewScan>,
    author: &Author,
) -> Result<Vec<StoredScan>, Refusal> {
    if new.is_empty() || new.len() > SCANS_MAX {
        return Err(Refusal::field("scans", format!("1 to {SCANS_MAX} scans")));
    }
    let world = app.world();
    let catalogue = catalogue(&world);
    let here = default_place(&world, session);
    let mut scans = Vec::with_capacity(new.len());
    for one in new {
        let id = one.client_id.chars().count();
        let plain = one
            .client_id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if !CLIENT_ID_CHARS.contains(&id) || !plain {
            let why = "8 to 64 letters, digits, - and _, chosen by the client";
            return Err(Refusal::field("scans.client_id", why));
        }
        let code = text("scans.code", &one.code, CODE_CHARS_MAX)?;
        if code.is_empty() {
            return Err(Refusal::field("scans.code", "a scanned code"));
        }
        let place = match one.place {
            Some(place) => finer(&world, place)?,
            None => here.clone(),
        };
        scans.push(StoredScan {
            resolved: json!(catalogue.resolve(&code)),
            client_id: one.client_id,
            code,
            place: json!(place),
            scanned_at: one.scanned_at,
            scanned_by: author.actor.clone(),
            received_at: Timestamp::EPOCH,
            verdict: String::new(),
        });
    }
    let expected = frozen(app, session.id).await?;
    let judge = move |scan: &StoredScan, earlier: &[StoredScan]| {
        let earlier: Vec<HeardScan> = earlier.iter().map(heard).collect();
        judge_scan(&heard(scan), &expected, &earlier).to_string()
    };
    let kept = app
        .store
        .add_stocktake_scans(session.id, scans, judge, author)
        .await;
    kept.map_err(|e| refused(&e))
}

/// A place with the levels above it filled in; every level must exist.
fn finer(world: &World, place: tw_api::StockTakePlace) -> Result<Place, Refusal> {
    let scope = |kind: &str, id: String| StockTakeScope {
        kind: kind.to_owned(),
        id,
    };
    let finest = match (place.rack, place.room, place.site) {
        (Some(rack), _, _) => scope("rack", rack),
        (None, Some(room), _) => scope("room", room),
        (None, None, Some(site)) => scope("site", site),
        (None, None, None) => return Ok(Place::default()),
    };
    covered(world, &finest).map(|covered| covered.place)
}

/// Where a scan was made when nobody says: the place of the scope.
fn default_place(world: &World, session: &StoredStockTake) -> Place {
    let scope: Option<StockTakeScope> = serde_json::from_value(session.scope.clone()).ok();
    let covered = scope.and_then(|scope| covered(world, &scope).ok());
    covered.map(|covered| covered.place).unwrap_or_default()
}

/// What a session came to, or would come to now.
pub(super) async fn findings(app: &App, session: &StoredStockTake) -> Result<Findings, Refusal> {
    if let Some(kept) = &session.findings {
        return serde_json::from_value(kept.clone()).map_err(|e| Refusal::internal(&e));
    }
    let expected = frozen(app, session.id).await?;
    let scans = app
        .store
        .stocktake_scans(session.id)
        .await
        .map_err(|e| store(&e))?;
    let scans: Vec<HeardScan> = scans.iter().map(heard).collect();
    Ok(close(&expected, &scans))
}

/// Closes a session: nothing is scanned after that.
pub(super) async fn close_session(
    app: &App,
    (session, version): (&StoredStockTake, u64),
    author: &Author,
) -> Result<(), Refusal> {
    let expected = frozen(app, session.id).await?;
    let come_to = move |scans: &[StoredScan]| {
        let scans: Vec<HeardScan> = scans.iter().map(heard).collect();
        json!(close(&expected, &scans))
    };
    let closed = app
        .store
        .close_stocktake((session.id, version), come_to, author)
        .await;
    closed.map_err(|e| refused(&e))
}

/// Writes the places where misplaced assets were scanned into the register, all or none.
pub(super) async fn accept_moves(
    app: &App,
    session: &StoredStockTake,
    (version, tags): (u64, Vec<String>),
    author: &Author,
) -> Result<(), Refusal> {
    if session.version != version {
        return Err(Refusal::stale(session.version));
    }
    if session.open {
        return Err(Refusal::conflict(
            "still_open",
            "close the stock-take first",
        ));
    }
    let findings = findings(app, session).await?;
    let world = app.world();
    let mut changes = Vec::new();
    for tag in &tags {
        let wrong = |why: &str| Refusal::field("tags", format!("{tag}: {why}"));
        let moved = findings.misplaced.iter().find(|one| one.tag == *tag);
        let moved = moved.ok_or_else(|| wrong("this stock-take did not find it misplaced"))?;
        let asset = world.register.assets.get(tag.as_str());
        let asset = asset.ok_or_else(|| wrong("it is not in the register any more"))?;
        let site = moved.scanned.site.as_ref();
        let site = site.ok_or_else(|| wrong("where it was scanned is not known"))?;
        if mounted(&world, asset) && moved.scanned.rack != moved.recorded.rack {
            return Err(wrong(
                "it is mounted in a rack: change the device's rack position",
            ));
        }
        let mut value = serde_json::to_value(asset).map_err(|e| Refusal::internal(&e))?;
        let mut place = json!({ "site": site });
        if let Some(room) = &moved.scanned.room {
            place["room"] = json!(room);
        }
        value["place"] = place;
        changes.push((Kind::Asset, value));
    }
    let desk = Desk {
        store: &app.store,
        world: &world,
        now: app.now(),
    };
    write(desk, &changes, author).await?;
    follow_up(app).await?;
    let kept = app
        .store
        .accept_stocktake_moves(session.id, tags, author)
        .await;
    kept.map_err(|e| refused(&e))
}

fn mounted(world: &World, asset: &Asset) -> bool {
    let device = asset
        .device
        .as_ref()
        .and_then(|id| world.register.devices.get(id));
    device.is_some_and(|device| device.rack.is_some())
}

fn refused(cause: &StockTakeError) -> Refusal {
    match cause {
        StockTakeError::Missing { id } => Refusal::not_found("stocktake", &id.to_string()),
        StockTakeError::Closed { .. } => Refusal::conflict("closed", "the stock-take is closed"),
        StockTakeError::Open { .. } => {
            Refusal::conflict("still_open", "close the stock-take first")
        }
        StockTakeError::Stale { current, .. } => Refusal::stale(*current),
        StockTakeError::Store(cause) => store(cause),
    }
}

/// The session as it is now, with its numbers.
pub(super) async fn shown(app: &App, id: u64) -> Result<tw_api::StockTake, Refusal> {
    let found = app.store.stocktake(id).await.map_err(|e| store(&e))?;
    let found = found.ok_or_else(|| Refusal::not_found("stocktake", &id.to_string()))?;
    let findings = findings(app, &found).await?;
    Ok(view::stocktake(&found, Some(&findings)))
}
