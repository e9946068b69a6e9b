//! Puts the register and the newest observations into the form that `tw-lifecycle` compares.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-lifecycle`, `tw-devices`. **Must not:**
//! decide what disagrees.

use jiff::{civil::Date, tz::TimeZone};
use std::collections::{BTreeMap, BTreeSet};
use tw_ingest::{
    TargetKey,
    seen::{Identity, InterfaceSeen, NeighbourSeen, PartSeen, Seen},
};
use tw_lifecycle::{
    Before, DateRange, DatedFact, Evidence, EvidenceKind, Guard, Keys, ManufactureSeen, PlaceMap,
    Placed, RecordedAsset, SeenDevice, Silence, manufacture_evidence,
};
use tw_model::{Asset, Catalogue, Device, Register};
use tw_store::{Observed, SeriesFilter, Store, StoreError};
use tw_units::{Interval, SiteId, Timestamp};

/// The state whose runs say when a device was asked.
const DEVICE_UP: &str = "tierwatch_device_up";
/// How far back a silence is followed.
const SILENCE_DAYS_MAX: i64 = 60;
const DAY_MS: i64 = 86_400_000;

/// Both sides.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) recorded: Vec<RecordedAsset>,
    pub(super) seen: Vec<SeenDevice>,
    pub(super) silent: BTreeMap<String, Silence>,
}

impl Gathered {
    /// What was seen says when assets of the register were made: by tag, for the age verdict.
    /// The recorded serial number speaks for itself, so only the device's own date is taken.
    pub(super) fn evidence(&self) -> BTreeMap<String, Vec<DatedFact>> {
        let of_asset = |seen: &SeenDevice| {
            let own = |asset: &&RecordedAsset| asset.device.as_ref() == Some(&seen.target);
            let asset = self.recorded.iter().find(own)?;
            // Other hardware in its place says nothing about the asset.
            let serials = [&asset.keys.serials, &seen.keys.serials];
            let same = serials[0].is_empty() || serials[1].is_empty() || serials[0] == serials[1];
            let own_dates = seen
                .evidence
                .iter()
                .filter(|e| e.kind == EvidenceKind::EntityMib);
            let facts: Vec<DatedFact> = own_dates.filter_map(Evidence::fact).collect();
            (same && !facts.is_empty()).then(|| (asset.tag.to_string(), facts))
        };
        self.seen.iter().filter_map(of_asset).collect()
    }
}

/// What was seen last of every target.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    identities: BTreeMap<String, (Identity, Timestamp)>,
    parts: BTreeMap<String, Vec<PartSeen>>,
    neighbours: BTreeMap<String, Vec<NeighbourSeen>>,
}

impl Sightings {
    pub(super) async fn load(store: &Store) -> Result<Self, StoreError> {
        let mut all = Self::default();
        for kind in ["identity", "parts", "neighbours"] {
            for observed in store.observations_of_kind(kind).await? {
                all.take(observed);
            }
        }
        Ok(all)
    }

    fn take(&mut self, observed: Observed) {
        let target = observed.target.0;
        match observed.seen {
            Seen::Identity(identity) => {
                self.identities
                    .insert(target, (identity, observed.last_seen));
            }
            Seen::Parts { parts } => {
                self.parts.insert(target, parts);
            }
            Seen::Neighbours { neighbours } => {
                self.neighbours.insert(target, neighbours);
            }
            _ => {}
        }
    }

    fn chassis(&self, target: &str) -> Option<&PartSeen> {
        tw_devices::identity::chassis(self.parts.get(target)?)
    }
}

/// Reads the store and puts it beside the register.
pub(super) async fn gather(
    store: &Store,
    register: &Register,
    now: Timestamp,
) -> Result<Gathered, StoreError> {
    let sightings = Sightings::load(store).await?;
    let answering = answering(store, now).await?;
    let mut recorded: Vec<RecordedAsset> = Vec::with_capacity(register.assets.len());
    for asset in register.assets.values() {
        recorded.push(self::recorded(register, asset, &sightings));
    }
    let (places, catalogue) = (places(register, &sightings), Catalogue::of(register));
    let today = now.to_jiff().to_zoned(TimeZone::UTC).date();
    let mut seen = Vec::new();
    for (target, (identity, collected)) in &sightings.identities {
        let linked = recorded
            .iter()
            .find(|asset| asset.device.as_ref() == Some(target));
        let asset = linked.and_then(|linked| register.assets.get(&linked.tag));
        let model = asset.and_then(|asset| catalogue.model_of(register, asset));
        let released = model
            .and_then(|model| model.released)
            .map(tw_model::PartialDate::earliest);
        let before = match linked {
            Some(asset) => before(store, asset, (target, identity)).await?,
            None => None,
        };
        seen.push(SeenDevice {
            target: target.clone(),
            keys: keys(identity, sightings.chassis(target)),
            firmware: identity.version.clone(),
            collected: *collected,
            answering: answering.contains(target),
            whereabouts: places.find(target),
            before,
            evidence: evidence((identity, sightings.chassis(target)), released, today),
        });
    }
    let silent = silences(store, register, (&answering, now)).await?;
    Ok(Gathered {
        recorded,
        seen,
        silent,
    })
}

/// The targets whose newest round is fresh and says that they answered.
async fn answering(store: &Store, now: Timestamp) -> Result<BTreeSet<String>, StoreError> {
    let mut answering = BTreeSet::new();
    for (target, _) in store.latest_rounds() {
        let Some(latest) = store.latest(&target).await? else {
            continue;
        };
        let up = latest
            .value("", DEVICE_UP)
            .and_then(tw_ingest::round::Value::as_whole);
        if up == Some(1) && now < crate::readings::live::stale_at(&latest) {
            answering.insert(target.0);
        }
    }
    Ok(answering)
}

/// The device of an asset, by either side's word.
pub(super) fn device_of<'a>(register: &'a Register, asset: &Asset) -> Option<&'a Device> {
    let named = asset
        .device
        .as_ref()
        .and_then(|id| register.devices.get(id));
    named.or_else(|| {
        let own = |device: &&Device| device.asset.as_ref() == Some(&asset.tag);
        register.devices.values().find(own)
    })
}

/// Where the register has an asset.
pub(super) fn site_of(register: &Register, asset: &Asset) -> Option<SiteId> {
    let place = asset.place.as_ref().map(|place| place.site.clone());
    place.or_else(|| device_of(register, asset).map(|device| device.site.clone()))
}

fn recorded(register: &Register, asset: &Asset, sightings: &Sightings) -> RecordedAsset {
    let device = asset
        .device
        .as_ref()
        .and_then(|id| register.devices.get(id));
    let target = device.map(|device| device.id.to_string());
    let mut keys = Keys {
        tag: Some(asset.tag.to_string()),
        manufacturer: asset.manufacturer.clone(),
        part: asset.model.clone(),
        serials: asset.serial.iter().cloned().collect(),
        hostname: device.map(|device| device.name.clone()),
        ..Keys::default()
    };
    // What its device once showed together with the recorded serial number belongs to it.
    let own = target
        .as_ref()
        .and_then(|target| sightings.identities.get(target));
    if let Some((identity, _)) = own
        && identity.serial.is_some()
        && identity.serial == asset.serial
    {
        keys.macs = identity.base_mac.iter().cloned().collect();
        keys.engine_id.clone_from(&identity.engine_id);
    }
    RecordedAsset {
        tag: asset.tag.clone(),
        polled: device.is_some_and(|d| d.address.is_some() && d.credential.is_some()),
        device: target,
        keys,
        status: asset.status,
        site: site_of(register, asset),
        firmware: None,
        dates: asset
            .dates
            .iter()
            .map(|(kind, recorded)| DatedFact {
                kind: *kind,
                when: DateRange::from(recorded.date),
                source: recorded.source.clone(),
            })
            .collect(),
    }
}

fn keys(identity: &Identity, chassis: Option<&PartSeen>) -> Keys {
    Keys {
        tag: chassis.and_then(|chassis| chassis.asset_tag.clone()),
        manufacturer: maker(identity, chassis),
        part: identity.model.clone(),
        serials: identity.serial.iter().cloned().collect(),
        bmc_mac: None,
        macs: identity.base_mac.iter().cloned().collect(),
        engine_id: identity.engine_id.clone(),
        uuid: None,
        hostname: Some(identity.sys_name.clone()).filter(|name| !name.is_empty()),
    }
}

/// Who made the hardware: what the chassis says, or the maker of the agent. Net-SNMP made the
/// agent of many and the hardware of none.
fn maker(identity: &Identity, chassis: Option<&PartSeen>) -> Option<String> {
    let told = chassis.and_then(|chassis| chassis.maker.clone());
    told.or_else(|| {
        identity
            .vendor
            .clone()
            .filter(|vendor| vendor != "Net-SNMP")
    })
}

fn evidence(
    (identity, chassis): (&Identity, Option<&PartSeen>),
    released: Option<Date>,
    today: Date,
) -> Vec<Evidence> {
    let maker = maker(identity, chassis);
    let seen = ManufactureSeen {
        manufacturer: maker.as_deref(),
        serial: identity.serial.as_deref(),
        made_on: chassis.and_then(|chassis| chassis.made_on.as_deref()),
    };
    let guard = Guard {
        today,
        released,
        end_of_sale: None,
    };
    manufacture_evidence(&seen, &guard)
}

/// What a target said while it still showed the recorded serial number.
async fn before(
    store: &Store,
    asset: &RecordedAsset,
    (target, now): (&str, &Identity),
) -> Result<Option<Before>, StoreError> {
    let recorded = asset.keys.serials.first();
    let (Some(recorded), Some(shown)) = (recorded, now.serial.as_ref()) else {
        return Ok(None);
    };
    if recorded == shown {
        return Ok(None);
    }
    let key = TargetKey(target.to_owned());
    let history = store.observation_history(&key, "identity").await?;
    let agreed = history.iter().rev().find(|observed| {
        matches!(&observed.seen, Seen::Identity(identity) if identity.serial.as_ref() == Some(recorded))
    });
    let Some(agreed) = agreed else {
        return Ok(None);
    };
    let until = agreed.last_seen;
    let interfaces = store.observation_history(&key, "interfaces").await?;
    let then = interfaces
        .iter()
        .rev()
        .find(|observed| observed.from <= until);
    let (then, now) = (macs(then), macs(interfaces.last()));
    Ok(Some(Before {
        serial: recorded.clone(),
        until,
        macs_shared: then.intersection(&now).count(),
        macs: then.len(),
    }))
}

fn macs(observed: Option<&Observed>) -> BTreeSet<String> {
    let interfaces: &[InterfaceSeen] = match observed.map(|observed| &observed.seen) {
        Some(Seen::Interfaces { interfaces }) => interfaces,
        _ => &[],
    };
    interfaces
        .iter()
        .filter_map(|seen| seen.mac.clone())
        .collect()
}

/// All devices of the register with who is plugged in next to them.
fn places(register: &Register, sightings: &Sightings) -> PlaceMap {
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    let mut by_name: BTreeMap<String, String> = BTreeMap::new();
    for device in register.devices.values() {
        by_name.insert(short(&device.name), device.id.to_string());
        by_name.insert(device.id.as_str().to_lowercase(), device.id.to_string());
    }
    let macs = sightings
        .identities
        .iter()
        .filter_map(|(target, (identity, _))| Some((identity.base_mac.clone()?, target.clone())));
    let by_mac: BTreeMap<String, String> = macs.collect();
    let mut sites: BTreeMap<&str, SiteId> = BTreeMap::new();
    for asset in register.assets.values() {
        if let (Some(device), Some(place)) = (&asset.device, &asset.place) {
            sites.insert(device.as_str(), place.site.clone());
        }
    }
    let known = |neighbour: &NeighbourSeen| {
        let by_mac = by_mac.get(&neighbour.chassis);
        by_mac
            .or_else(|| by_name.get(&short(&neighbour.name)))
            .cloned()
    };
    PlaceMap::new(register.devices.values().map(|device| {
        let id = device.id.to_string();
        let neighbours = sightings.neighbours.get(&id).map_or(&[][..], Vec::as_slice);
        Placed {
            site: sites.get(id.as_str()).unwrap_or(&device.site).clone(),
            address: device.address.map(|address| address.ip()),
            neighbours: neighbours.iter().filter_map(known).collect(),
            id,
        }
    }))
}

/// How long each polled device that does not answer has been asked in vain.
async fn silences(
    store: &Store,
    register: &Register,
    (answering, now): (&BTreeSet<String>, Timestamp),
) -> Result<BTreeMap<String, Silence>, StoreError> {
    let polled = register
        .devices
        .values()
        .filter(|d| d.address.is_some() && d.credential.is_some());
    let quiet: Vec<TargetKey> = polled
        .map(|device| device.id.to_string())
        .filter(|id| !answering.contains(id))
        .map(TargetKey)
        .collect();
    if quiet.is_empty() {
        return Ok(BTreeMap::new());
    }
    let filter = SeriesFilter {
        targets: quiet,
        objects: vec![String::new()],
        metrics: vec![DEVICE_UP.to_owned()],
    };
    let series = store.series(&filter).await?;
    let ids: Vec<_> = series.iter().map(|series| series.id).collect();
    let window = Interval {
        from: now.plus_millis(-SILENCE_DAYS_MAX * DAY_MS),
        to: now.plus_millis(1),
    };
    let mut silent = BTreeMap::new();
    for (id, runs) in store.state_runs(&ids, window).await? {
        let Some(series) = series.iter().find(|series| series.id == id) else {
            continue;
        };
        let answered = runs
            .iter()
            .filter(|run| run.state == 1)
            .map(|run| run.to)
            .max();
        let in_vain = runs
            .iter()
            .filter(|run| run.state == 0 && answered.is_none_or(|answered| run.from >= answered));
        let asked_ms: i64 = in_vain.map(|run| run.to.millis_since(run.from)).sum();
        let asked_days = u32::try_from(asked_ms / DAY_MS).unwrap_or(0);
        silent.insert(
            series.target.0.clone(),
            Silence {
                answered,
                asked_days,
            },
        );
    }
    Ok(silent)
}
