//! Unpacks batches, and works out what a collector should do.
//!
//! **Room:** layer 2, shell. **May use:** `tw-ingest`, `tw-model`, `tw-collect`. **Must not:** unpack
//! more than the limit, or hand out a secret that is not sealed for its collector.

use crate::{
    app::App,
    credential::actions::{SecretError, secrets},
    http::refusal::Refusal,
    site::observers::{observed_devices, view_of},
    world::World,
};
use std::io::Read;
use tw_collect::seal::SealKey;
use tw_ingest::{
    BATCH_BYTES_MAX, Batch, Canary, CollectorConfig, ProbeKind, ProbeTarget, SnmpAccess,
    SnmpTarget, SnmpVersion, TlsTarget,
};
use tw_model::{Circuit, Device, DeviceClass, Site};
use tw_store::{ApplyError, StoreError};
use tw_units::{CollectorId, DeviceId, SiteId};

/// Canaries that are chosen when the site names none.
const CANARIES_CHOSEN: usize = 3;

/// Why a collector's configuration could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No site has this collector.
    #[error("no site has the collector {0}")]
    Unknown(CollectorId),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Unpacks batches: zstd, at most 8 MiB unpacked, then a sequence of CBOR items.
pub(crate) fn unpack(body: &[u8], encoding: &str) -> Result<Vec<Batch>, Refusal> {
    let bytes = match encoding {
        "zstd" => unpack_zstd(body)?,
        "" | "identity" => body.to_vec(),
        _ => return Err(Refusal::media_type("Content-Encoding: zstd")),
    };
    Batch::decode_run(&bytes).map_err(|cause| Refusal::bad("bad_batch", cause.to_string()))
}

fn unpack_zstd(body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let bad = |cause: std::io::Error| {
        Refusal::bad(
            "bad_compression",
            format!("the body is no zstd frame: {cause}"),
        )
    };
    let decoder = zstd::stream::read::Decoder::with_buffer(body).map_err(bad)?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells "exactly" from "too much".
    let most = u64::try_from(BATCH_BYTES_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    decoder.take(most).read_to_end(&mut bytes).map_err(bad)?;
    if bytes.len() > BATCH_BYTES_MAX {
        return Err(Refusal::too_large(BATCH_BYTES_MAX));
    }
    Ok(bytes)
}

/// The refusal for a batch that was not applied.
pub(crate) fn not_applied(cause: &ApplyError) -> Refusal {
    match cause {
        ApplyError::OutOfOrder { expected } => {
            Refusal::conflict("out_of_order", "a batch before this one is missing")
                .with("expected", *expected)
        }
        ApplyError::Store(cause @ StoreError::Commit(_)) => {
            tracing::error!(%cause, "a batch could not be committed");
            Refusal::busy(5)
        }
        ApplyError::Store(cause) => crate::access::accounts::store(cause),
    }
}

impl App {
    /// The version of the configuration of all collectors: it changes with the register and with
    /// every credential.
    pub(crate) async fn config_version(&self) -> Result<u64, StoreError> {
        const CREDENTIALS_SPAN: u64 = 1_000_000;
        let stored = self.store.credentials().await?;
        let of_credentials: u64 = stored.iter().map(|credential| credential.version).sum();
        let of_register = self.world().revision.saturating_mul(CREDENTIALS_SPAN);
        Ok(of_register.saturating_add(of_credentials % CREDENTIALS_SPAN))
    }

    /// What a collector should poll and probe, its secrets sealed under its own key. A device
    /// whose credential cannot be had is left with a ping, and the log says so.
    pub async fn collector_config(
        &self,
        collector: &CollectorId,
        key: &SealKey,
    ) -> Result<CollectorConfig, ConfigError> {
        let world = self.world();
        let sites = world.sites_of_collector(collector);
        let watched = world.sites_watched_by(collector);
        let site = sites
            .first()
            .or(watched.first())
            .ok_or_else(|| ConfigError::Unknown(collector.clone()))?
            .clone();
        let mut targets = Vec::new();
        for device in world
            .register
            .devices
            .values()
            .filter(|d| sites.contains(&d.site))
        {
            targets.extend(self.target(&world, device, key).await);
        }
        let probes = sites.iter().flat_map(|site| probes(&world, site)).collect();
        let own = sites.iter().flat_map(|site| canaries(&world, site));
        let mut canaries: Vec<Canary> = own.collect();
        for site in watched.iter().filter_map(|id| world.register.sites.get(id)) {
            let (seen, asked) = self.watched(&world, (site, collector), key).await;
            targets.extend(seen);
            canaries.extend(asked);
        }
        let own = |device: &&Device| sites.contains(&device.site);
        let tls = world.register.devices.values().filter(own);
        let tls = tls.flat_map(tls_targets).collect();
        Ok(CollectorConfig {
            version: self.config_version().await?,
            collector: collector.clone(),
            site,
            targets,
            probes,
            canaries,
            tls,
        })
    }

    /// What a further collector polls at a site: its load witnesses and what their polls are
    /// judged by, under names of its own, so that its view stays apart from the site's own one.
    async fn watched(
        &self,
        world: &World,
        (site, collector): (&Site, &CollectorId),
        key: &SealKey,
    ) -> (Vec<SnmpTarget>, Vec<Canary>) {
        let named = |device: &DeviceId| DeviceId::new(view_of(collector.as_str(), device)).ok();
        let mut targets = Vec::new();
        for device in observed_devices(world, site) {
            let known = world.register.devices.get(&device);
            let target = match known {
                Some(known) => self.target(world, known, key).await,
                None => None,
            };
            let (Some(target), Some(device)) = (target, named(&device)) else {
                tracing::warn!(%device, %collector, "a witness cannot be watched");
                continue;
            };
            targets.push(SnmpTarget { device, ..target });
        }
        let canaries = canaries(world, &site.id);
        let own = |canary: Canary| {
            let device = named(&canary.device)?;
            targets
                .iter()
                .any(|t| t.device == device)
                .then_some(Canary { device })
        };
        let canaries = canaries.into_iter().filter_map(own).collect();
        (targets, canaries)
    }

    async fn target(&self, world: &World, device: &Device, key: &SealKey) -> Option<SnmpTarget> {
        let address = device.address?;
        let mut access = None;
        if let Some(id) = &device.credential {
            match secrets(self, world, id).await {
                Ok((version, secrets)) => {
                    access = Some(SnmpAccess {
                        credential: id.clone(),
                        version: wire_version(version),
                        sealed: key.seal(id, &secrets),
                    });
                }
                Err(cause) => warn(device, &cause),
            }
        }
        Some(SnmpTarget {
            device: device.id.clone(),
            class: device.class.to_string(),
            address,
            access,
            poll_seconds: device.poll_seconds,
        })
    }
}

fn warn(device: &Device, cause: &SecretError) {
    tracing::warn!(device = %device.id, %cause, "a device is only pinged: its credential is not to be had");
}

fn wire_version(version: tw_model::SnmpVersion) -> SnmpVersion {
    match version {
        tw_model::SnmpVersion::V1 => SnmpVersion::V1,
        tw_model::SnmpVersion::V2c => SnmpVersion::V2c,
        tw_model::SnmpVersion::V3 => SnmpVersion::V3,
    }
}

/// The probes that start at a site: to the far end of each of its circuits, from its own end.
fn probes(world: &World, site: &SiteId) -> Vec<ProbeTarget> {
    let of_circuit = |circuit: &Circuit| {
        let probe = circuit.probe.as_ref()?;
        let [a, z] = world.sites_of_circuit(circuit);
        let (near, far) = if a == Some(site) {
            (probe.a, probe.z)
        } else if z == Some(site) {
            (probe.z, probe.a)
        } else {
            return None;
        };
        Some(ProbeTarget {
            circuit: circuit.id.clone(),
            kind: match probe.kind {
                tw_model::ProbeKind::Icmp => ProbeKind::Icmp,
                tw_model::ProbeKind::Stamp => ProbeKind::Stamp,
            },
            address: far,
            source: Some(near.ip()),
            interval_ms: probe.interval_ms,
        })
    };
    world
        .register
        .circuits
        .values()
        .filter_map(of_circuit)
        .collect()
}

/// The TLS endpoints of a device, to be looked at.
fn tls_targets(device: &Device) -> impl Iterator<Item = TlsTarget> {
    device.tls.iter().map(|endpoint| TlsTarget {
        device: device.id.clone(),
        address: endpoint.address,
        name: endpoint.name.clone(),
    })
}

/// The site's canaries, or else a few of the devices that everything goes through.
fn canaries(world: &World, site: &SiteId) -> Vec<Canary> {
    let named = world
        .register
        .sites
        .get(site)
        .and_then(|site| site.collector.as_ref());
    let named = named.map_or(&[][..], |collector| &collector.canaries);
    if !named.is_empty() {
        return named
            .iter()
            .map(|device| Canary {
                device: device.clone(),
            })
            .collect();
    }
    let central = |device: &&Device| {
        device.address.is_some()
            && matches!(device.class, DeviceClass::Router | DeviceClass::Switch)
    };
    let chosen = world
        .register
        .devices_of(site)
        .filter(central)
        .take(CANARIES_CHOSEN);
    chosen
        .map(|device| Canary {
            device: device.id.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = zstd::bulk::compress(&vec![0; BATCH_BYTES_MAX + 1], 3).unwrap();
        assert!(bomb.len() < 10_000);
        assert_eq!(unpack(&bomb, "zstd").unwrap_err().code, "too_large");
    }

    #[test]
    fn nonsense_is_named() {
        assert_eq!(
            unpack(b"not zstd", "zstd").unwrap_err().code,
            "bad_compression"
        );
        assert_eq!(unpack(b"not cbor", "").unwrap_err().code, "bad_batch");
        assert_eq!(unpack(b"", "gzip").unwrap_err().code, "media_type");
        let cut = zstd::bulk::compress(&[7; 100], 3).unwrap();
        assert_eq!(
            unpack(&cut[..cut.len() / 2], "zstd").unwrap_err().code,
            "bad_compression"
        );
    }
}
