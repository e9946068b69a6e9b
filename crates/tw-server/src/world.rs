//! The register as the server holds it in memory: read once, replaced when it changes by one that
//! shares with it what stayed.
//!
//! **Room:** layer 2, shell. **May use:** `tw-model`, `tw-store`. **Must not:** be changed in
//! place: a request sees one register from its beginning to its end.

use crate::http::refusal::Refusal;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tw_api::LocalText;
use tw_lifecycle::{DatedFact, Draw, uses_power, usual_draw};
use tw_model::{
    Asset, AssetClass, Catalogue, Circuit, Device, Item, ItemError, Kind, Model, Name, Register,
};
use tw_store::{ChangedItem, RegisterChanges, Versions};
use tw_units::{CollectorId, SiteId};

/// The register with what the store knows about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) register: Register,
    pub(crate) versions: Versions,
    pub(crate) revision: u64,
    circuits_by_interface: HashMap<String, String>,
    assets_by_device: HashMap<String, String>,
    catalogue: Catalogue,
    evidence: Arc<SeenEvidence>,
}

/// When assets were made, by what discovery saw of them.
#[derive(Debug, Default)]
pub(crate) struct SeenEvidence {
    /// By tag.
    pub(crate) by_asset: BTreeMap<String, Vec<DatedFact>>,
    /// Another number for other evidence.
    pub(crate) number: u64,
}

/// The collector of sites that have none of their own: the centre itself.
pub const CENTRE_COLLECTOR: &str = "centre";

impl World {
    pub(crate) fn new(register: Register, versions: Versions, revision: u64) -> Self {
        let ends = register.circuits.values().flat_map(|circuit| {
            [&circuit.a, &circuit.z].map(|end| {
                (
                    format!("{}:{}", end.device, end.interface),
                    circuit.id.to_string(),
                )
            })
        });
        let circuits_by_interface = ends.collect();
        let by_asset = register
            .assets
            .values()
            .filter_map(|asset| Some((asset.device.as_ref()?.to_string(), asset.tag.to_string())));
        let by_device = register
            .devices
            .values()
            .filter_map(|device| Some((device.id.to_string(), device.asset.as_ref()?.to_string())));
        let assets_by_device = by_asset.chain(by_device).collect();
        let catalogue = Catalogue::of(&register);
        Self {
            catalogue,
            evidence: Arc::default(),
            register,
            versions,
            revision,
            circuits_by_interface,
            assets_by_device,
        }
    }

    /// The register after some changes. What did not change is shared with this one; what is
    /// derived is made anew, so that it cannot differ from a register that is read whole.
    pub(crate) fn after(&self, changes: RegisterChanges) -> Result<Self, ItemError> {
        let (mut register, mut versions) = (self.register.clone(), self.versions.clone());
        for change in changes.items {
            let ChangedItem {
                kind,
                id,
                version,
                value,
            } = change;
            let key = (kind, id.clone());
            if let Some(value) = value {
                versions.insert(key, version);
                register.insert(Item { kind, id, value })?;
            } else {
                versions.remove(&key);
                register.remove(kind, &id);
            }
        }
        Ok(Self::new(register, versions, changes.revision))
    }

    /// The same register with what discovery saw beside it.
    pub(crate) fn with_evidence(self, evidence: Arc<SeenEvidence>) -> Self {
        Self { evidence, ..self }
    }

    pub(crate) fn evidence(&self) -> &Arc<SeenEvidence> {
        &self.evidence
    }

    /// The version of an entity; 0 when there is none.
    pub(crate) fn version(&self, kind: Kind, id: &str) -> u64 {
        self.versions
            .get(&(kind, id.to_owned()))
            .copied()
            .unwrap_or(0)
    }

    pub(crate) fn device(&self, id: &str) -> Result<&Device, Refusal> {
        self.register
            .devices
            .get(id)
            .ok_or_else(|| Refusal::not_found("device", id))
    }

    /// The device and the interface's name of `<device>:<name>`.
    pub(crate) fn interface<'a>(&self, id: &'a str) -> Result<(&Device, &'a str), Refusal> {
        let missing = || Refusal::not_found("interface", id);
        let (device, name) = id.split_once(':').ok_or_else(missing)?;
        let device = self.register.devices.get(device).ok_or_else(missing)?;
        Ok((device, name))
    }

    pub(crate) fn circuit_of_interface(&self, id: &str) -> Option<&String> {
        self.circuits_by_interface.get(id)
    }

    pub(crate) fn asset_of_device(&self, device: &str) -> Option<&Asset> {
        let tag = self.assets_by_device.get(device)?;
        self.register.assets.get(tag.as_str())
    }

    /// The model of an asset, if the register has it.
    pub(crate) fn model_of(&self, asset: &Asset) -> Option<&Model> {
        self.catalogue.model_of(&self.register, asset)
    }

    /// What makers and models are called.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Where an asset is: its place, or where its device or its rack stands.
    pub(crate) fn site_of_asset<'a>(&'a self, asset: &'a Asset) -> Option<&'a SiteId> {
        let place = asset.place.as_ref().map(|place| &place.site);
        let device = || {
            let device = asset.device.as_ref()?;
            Some(&self.register.devices.get(device)?.site)
        };
        let rack = || self.register.site_of_rack(&asset.rack.as_ref()?.id);
        place.or_else(device).or_else(rack)
    }

    /// The sites of a circuit's ends.
    pub(crate) fn sites_of_circuit(&self, circuit: &Circuit) -> [Option<&SiteId>; 2] {
        [&circuit.a, &circuit.z].map(|end| {
            self.register
                .devices
                .get(&end.device)
                .map(|device| &device.site)
        })
    }

    /// The collectors with their sites: one for each site that names one, and the centre's own
    /// for the rest.
    pub(crate) fn collectors(&self) -> BTreeMap<String, Vec<&SiteId>> {
        let mut collectors: BTreeMap<String, Vec<&SiteId>> = BTreeMap::new();
        for site in self.register.sites.values() {
            let id = site
                .collector
                .as_ref()
                .map_or(CENTRE_COLLECTOR, |collector| collector.id.as_str());
            collectors.entry(id.to_owned()).or_default().push(&site.id);
            for observer in site.collector.iter().flat_map(|own| &own.observers) {
                let observed = collectors.entry(observer.to_string()).or_default();
                observed.push(&site.id);
            }
        }
        collectors
    }

    /// The collector of a site.
    pub(crate) fn collector_of<'a>(&'a self, site: &SiteId) -> &'a str {
        self.register
            .sites
            .get(site)
            .and_then(|site| site.collector.as_ref())
            .map_or(CENTRE_COLLECTOR, |collector| collector.id.as_str())
    }

    /// The sites that a collector serves.
    pub(crate) fn sites_of_collector(&self, collector: &CollectorId) -> Vec<SiteId> {
        let own = |site: &&tw_model::Site| self.collector_of(&site.id) == collector.as_str();
        self.register
            .sites
            .values()
            .filter(own)
            .map(|site| site.id.clone())
            .collect()
    }

    /// The sites whose load witnesses a collector watches beside their own one.
    pub(crate) fn sites_watched_by(&self, collector: &CollectorId) -> Vec<SiteId> {
        let watched = |site: &&tw_model::Site| {
            let own = site.collector.as_ref();
            own.is_some_and(|own| own.observers.contains(collector))
        };
        let sites = self.register.sites.values().filter(watched);
        sites.map(|site| site.id.clone()).collect()
    }

    /// Whether a collector has anything to do here.
    pub(crate) fn knows_collector(&self, collector: &CollectorId) -> bool {
        !self.sites_of_collector(collector).is_empty()
            || !self.sites_watched_by(collector).is_empty()
    }

    /// Whether readings come from the built-in simulator.
    pub(crate) fn simulated(&self) -> bool {
        self.register
            .organisation
            .as_ref()
            .is_some_and(|o| o.simulated)
    }

    /// The zone in which "today" is decided.
    pub(crate) fn timezone(&self) -> &str {
        let policy = self
            .register
            .age_policy
            .as_ref()
            .map(|policy| policy.timezone.as_str());
        let organisation = self
            .register
            .organisation
            .as_ref()
            .map(|o| o.timezone.as_str());
        policy.or(organisation).unwrap_or("UTC")
    }
}

/// A name as the API says it.
pub(crate) fn local(name: &Name) -> LocalText {
    LocalText {
        en: Some(name.en.clone()),
        vi: name.vi.clone(),
    }
}

/// What a thing of this model and class usually draws: nothing where its class uses no power,
/// `None` where nobody says.
pub(crate) fn draw_of(model: Option<&Model>, class: AssetClass) -> Option<Draw> {
    if uses_power(class) {
        return model.and_then(usual_draw);
    }
    Some(Draw {
        watts: 0,
        estimated: false,
    })
}

#[cfg(test)]
mod tests;
