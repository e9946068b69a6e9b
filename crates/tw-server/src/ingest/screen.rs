//! What a collector may speak of: its own site's devices and circuits, what it watches at other
//! sites, and its own machine. All else is taken out of a batch before it is applied.
//!
//! **Room:** layer 2, shell. **May use:** `tw-ingest`, `tw-model`, `tw-store`. **Must not:** refuse a
//! whole batch for some records of it: the collector would send it again for ever.
//!
//! The rule for what moved, in one sentence: a record is taken when its target is the collector's
//! by the register as it is now, or as it was when the record was read. So what waited in a spool
//! while a device was moved or removed still counts, and what the old site reads after the move
//! does not.

use crate::{app::App, world::World};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};
use tw_ingest::{Batch, Record};
use tw_model::Kind;
use tw_store::{Foreign, ItemVersion, Store, StoreError};
use tw_units::{CollectorId, SiteId, Timestamp};

/// How long after a move the old collector may not have heard of it, in milliseconds.
const HEARD_MS_MAX: i64 = 5 * 60_000;

/// Entities whose history is looked up for one batch; what would need more is refused.
const LOOKUPS_MAX: usize = 256;

/// A collector's foreign records are told in the log at most this often, in milliseconds.
const TELL_EVERY_MS: i64 = 60_000;

/// What a target's key names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named<'a> {
    Device(&'a str),
    /// A device under the name that a further observer gives it.
    Watched {
        observer: &'a str,
        device: &'a str,
    },
    /// A TLS endpoint of a device.
    Endpoint(&'a str),
    /// The machine of a collector.
    Host(&'a str),
    /// One end of a circuit's probe.
    Probe {
        circuit: &'a str,
        site: &'a str,
    },
}

impl<'a> Named<'a> {
    /// Device ids have no colon; what is not shaped like a key names nothing that anybody has.
    fn by(key: &'a str) -> Self {
        match key.split_once(':') {
            Some(("watch", rest)) => match rest.split_once(':') {
                Some((observer, device)) => Self::Watched { observer, device },
                None => Self::Device(key),
            },
            Some(("tls", rest)) => match rest.split_once(':') {
                Some((device, _address)) => Self::Endpoint(device),
                None => Self::Device(key),
            },
            Some(("host", collector)) => Self::Host(collector),
            Some(("probe", rest)) => match rest.rsplit_once(':') {
                Some((circuit, site)) => Self::Probe { circuit, site },
                None => Self::Device(key),
            },
            _ => Self::Device(key),
        }
    }
}

/// When a target must have been the collector's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// From one instant to another.
    Held(Timestamp, Timestamp),
    /// At any time: a layout only names columns, and has no instant.
    Ever,
}

/// Of what and when a record speaks; none when it is about the collector itself.
fn about(record: &Record) -> Option<(&str, When)> {
    let held = |at| When::Held(at, at);
    match record {
        Record::Layout(layout) => Some((&layout.target.0, When::Ever)),
        Record::Round(round) => Some((&round.target.0, held(round.at))),
        Record::Run(run) => Some((&run.target.0, When::Held(run.from, run.to))),
        Record::Observation(seen) => Some((&seen.target.0, held(seen.at))),
        Record::Event(event) => Some((&event.target.as_ref()?.0, held(event.at))),
        Record::Gap(_) | Record::Unknown(_) => None,
    }
}

/// Takes out of a batch what is not its collector's to say.
pub(crate) async fn screen(
    app: &App,
    collector: &CollectorId,
    batch: Batch,
) -> Result<(Batch, Foreign), StoreError> {
    let world = app.world();
    let now = Now::of(&world, collector);
    let mut past = Past::of(&app.store, collector);
    let (mut known, mut foreign) = (HashMap::new(), Foreign::default());
    let Batch { head, records } = batch;
    let mut kept = Vec::with_capacity(records.len());
    for record in records {
        let Some((target, when)) = about(&record) else {
            kept.push(record);
            continue;
        };
        let own = known.get(target).copied().unwrap_or_else(|| {
            let own = now.has(Named::by(target));
            known.insert(target.to_owned(), own);
            own
        });
        if own || past.had(Named::by(target), when).await? {
            kept.push(record);
            continue;
        }
        foreign.records += 1;
        target.clone_into(&mut foreign.example);
    }
    let records = kept;
    Ok((Batch { head, records }, foreign))
}

/// The register as it is now, for one collector.
struct Now<'a> {
    world: &'a World,
    collector: &'a CollectorId,
    serves: Vec<SiteId>,
    watches: Vec<SiteId>,
}

impl<'a> Now<'a> {
    fn of(world: &'a World, collector: &'a CollectorId) -> Self {
        Self {
            world,
            collector,
            serves: world.sites_of_collector(collector),
            watches: world.sites_watched_by(collector),
        }
    }

    fn has(&self, named: Named<'_>) -> bool {
        let register = &self.world.register;
        let site = |device: &str| register.devices.get(device).map(|device| &device.site);
        match named {
            Named::Device(id) | Named::Endpoint(id) => {
                site(id).is_some_and(|site| self.serves.contains(site))
            }
            Named::Watched { observer, device } => {
                observer == self.collector.as_str()
                    && site(device).is_some_and(|site| self.watches.contains(site))
            }
            Named::Host(id) => id == self.collector.as_str(),
            // A collector of several sites names its probes by the first of them.
            Named::Probe { circuit, site } => {
                let ends = register.circuits.get(circuit);
                let ends = ends.map(|circuit| self.world.sites_of_circuit(circuit));
                let mut ends = ends.into_iter().flatten().flatten();
                self.serves.iter().any(|own| own.as_str() == site)
                    && ends.any(|end| self.serves.contains(end))
            }
        }
    }
}

/// The register as it was, for one collector.
struct Past<'a> {
    store: &'a Store,
    collector: &'a CollectorId,
    read: HashMap<(Kind, String), Vec<ItemVersion>>,
}

impl<'a> Past<'a> {
    fn of(store: &'a Store, collector: &'a CollectorId) -> Self {
        Self {
            store,
            collector,
            read: HashMap::new(),
        }
    }

    async fn had(&mut self, named: Named<'_>, when: When) -> Result<bool, StoreError> {
        let instants = match when {
            When::Ever => vec![None],
            When::Held(from, to) if from == to => vec![Some(to)],
            When::Held(from, to) => vec![Some(from), Some(to)],
        };
        for at in instants {
            if !self.had_at(named, at).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn had_at(
        &mut self,
        named: Named<'_>,
        at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        match named {
            Named::Device(id) | Named::Endpoint(id) => self.had_device(id, at, Duty::Serves).await,
            Named::Watched { observer, device } if observer == self.collector.as_str() => {
                self.had_device(device, at, Duty::Watches).await
            }
            Named::Probe { circuit, site } => {
                if !self.had_site(site, at, Duty::Serves).await? {
                    return Ok(false);
                }
                for circuit in self.specs(Kind::Circuit, circuit, at).await? {
                    for end in ["a", "z"] {
                        let device = circuit[end]["device"].as_str().unwrap_or_default();
                        if self.had_device(device, at, Duty::Serves).await? {
                            return Ok(true);
                        }
                    }
                }
                Ok(false)
            }
            Named::Host(_) | Named::Watched { .. } => Ok(false),
        }
    }

    async fn had_device(
        &mut self,
        id: &str,
        at: Option<Timestamp>,
        duty: Duty,
    ) -> Result<bool, StoreError> {
        for device in self.specs(Kind::Device, id, at).await? {
            let site = device["site"].as_str().unwrap_or_default();
            if self.had_site(site, at, duty).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn had_site(
        &mut self,
        site: &str,
        at: Option<Timestamp>,
        duty: Duty,
    ) -> Result<bool, StoreError> {
        let own = self.collector.as_str();
        let sites = self.specs(Kind::Site, site, at).await?;
        Ok(sites.iter().any(|site| {
            let collector = &site["collector"];
            match duty {
                Duty::Serves => {
                    collector["id"]
                        .as_str()
                        .unwrap_or(crate::world::CENTRE_COLLECTOR)
                        == own
                }
                Duty::Watches => collector["observers"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|id| id.as_str() == Some(own))),
            }
        }))
    }

    /// How an entity stood at an instant, or shortly before, when its collector need not have
    /// heard of the change; without an instant all that it ever was.
    async fn specs(
        &mut self,
        kind: Kind,
        id: &str,
        at: Option<Timestamp>,
    ) -> Result<Vec<serde_json::Value>, StoreError> {
        let key = (kind, id.to_owned());
        if !self.read.contains_key(&key) {
            if self.read.len() >= LOOKUPS_MAX {
                return Ok(Vec::new());
            }
            let versions = self.store.item_history(kind, id).await?;
            self.read.insert(key.clone(), versions);
        }
        let versions = self.read.get(&key).map_or(&[][..], Vec::as_slice);
        let Some(at) = at else {
            let all = versions.iter().filter_map(|version| version.spec.clone());
            return Ok(all.collect());
        };
        let as_of = |instant: Timestamp| {
            let before = versions.iter().rev().find(|version| version.at <= instant);
            before.and_then(|version| version.spec.clone())
        };
        let instants = [at, at.plus_millis(-HEARD_MS_MAX)];
        Ok(instants.into_iter().filter_map(as_of).collect())
    }
}

/// What a collector does at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Duty {
    Serves,
    Watches,
}

/// When each collector's foreign records were last told in the log, and how many came since.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<BTreeMap<CollectorId, (Timestamp, u64)>>);

impl Told {
    /// Tells of foreign records, at most once a minute for a collector.
    pub(crate) fn tell(&self, collector: &CollectorId, foreign: &Foreign, now: Timestamp) {
        if foreign.records == 0 {
            return;
        }
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, waiting) = told
            .entry(collector.clone())
            .or_insert((Timestamp::EPOCH, 0));
        *waiting = waiting.saturating_add(foreign.records);
        if now.millis_since(*last).abs() < TELL_EVERY_MS {
            return;
        }
        let (records, target) = (*waiting, &foreign.example);
        tracing::warn!(%collector, records, target, "a collector sent records of targets that are not its own; they are refused");
        (*last, *waiting) = (now, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_what_it_is_about() {
        let check = |key, named| assert_eq!(Named::by(key), named, "{key}");
        check("vnta-core-1", Named::Device("vnta-core-1"));
        check("host:col-mic", Named::Host("col-mic"));
        let (observer, device) = ("col-mic-2", "mic-r1");
        check(
            "watch:col-mic-2:mic-r1",
            Named::Watched { observer, device },
        );
        let (circuit, site) = ("vnta-mic-a", "mic");
        check("probe:vnta-mic-a:mic", Named::Probe { circuit, site });
        check("tls:mic-r1:10.0.0.5:443", Named::Endpoint("mic-r1"));
        check("tls:mic-r1:[::1]:443", Named::Endpoint("mic-r1"));
        for odd in [
            "",
            ":",
            "watch:",
            "watch:x",
            "probe:x",
            "tls:x",
            "other:thing",
        ] {
            check(odd, Named::Device(odd));
        }
    }
}
