//! The world on the network: an agent for each device, a reflector for each end of a circuit,
//! a relay for each site's way to the centre. All on loopback.
//!
//! **Room:** layer 3, simulation. **May use:** `tw-units`, `tw-model`. **Must not:** bind
//! anything but loopback.

use crate::{
    agent::{Agent, AgentSettings},
    fault::Fault,
    link::Quality,
    reflector::{LinkAt, Reflector},
    relay::{Passage, Relay},
    world::World,
};
use std::{collections::BTreeMap, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::task::JoinHandle;
use tw_model::{Device, ProbeKind};
use tw_units::{CircuitId, DeviceId, SiteId};

/// How often a relay looks whether its site is cut.
const LOOK_MILLIS: u64 = 200;

/// Why the world could not be put on the network.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The register has an address that is not of this machine.
    #[error("{what} has the address {address}; simulated ones are in 127.0.0.0/8 or [::1]")]
    NotLoopback {
        /// Which device or circuit.
        what: String,
        /// Its address.
        address: SocketAddr,
    },
    /// The address cannot be bound.
    #[error("cannot listen on {address} for {what}")]
    Bind {
        /// Which device, circuit or site.
        what: String,
        /// Its address.
        address: SocketAddr,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

/// The running agents and reflectors; they end when this is dropped.
#[derive(Debug, Default)]
pub struct Running {
    agents: BTreeMap<DeviceId, Agent>,
    reflectors: BTreeMap<(CircuitId, SiteId), Reflector>,
}

impl Running {
    /// The agent of a device.
    pub fn agent(&self, id: &DeviceId) -> Option<&Agent> {
        self.agents.get(id)
    }

    /// All agents with their devices.
    pub fn agents(&self) -> impl Iterator<Item = (&DeviceId, &Agent)> {
        self.agents.iter()
    }

    /// The reflector at the end of a circuit that is at `site`.
    pub fn reflector(&self, circuit: &CircuitId, site: &SiteId) -> Option<&Reflector> {
        self.reflectors.get(&(circuit.clone(), site.clone()))
    }

    /// Lets a device misbehave in these ways and no other; `false` when it has no agent.
    pub fn set_faults(&self, id: &DeviceId, faults: Vec<Fault>) -> bool {
        let agent = self.agents.get(id);
        if let Some(agent) = agent {
            agent.set_faults(faults);
        }
        agent.is_some()
    }
}

/// A site's way to the centre: cut when the site is. It ends when dropped.
#[derive(Debug)]
pub struct SiteRelay {
    relay: Arc<Relay>,
    task: JoinHandle<()>,
}

impl SiteRelay {
    /// Where the site's collector finds the centre.
    pub fn address(&self) -> SocketAddr {
        self.relay.address()
    }
}

impl Drop for SiteRelay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl World {
    /// Starts an agent for each device for which `access` says how it is spoken to, and a
    /// reflector for both ends of each circuit that is probed by STAMP.
    pub async fn spawn(
        &self,
        access: impl Fn(&Device) -> Option<AgentSettings>,
    ) -> Result<Running, SpawnError> {
        let mut running = Running::default();
        for device in self.devices() {
            let Some(wanted) = self.register.devices.get(device.id()) else {
                continue;
            };
            let (Some(address), Some(mut settings)) = (wanted.address, access(wanted)) else {
                continue;
            };
            settings.seed = self.state.seed.of("agent").of(device.id().as_str());
            let id = device.id().clone();
            local(&format!("device {id}"), address)?;
            let agent = Agent::spawn(address, settings, device.clone(), self.state.clock.clone());
            let bind = |cause| SpawnError::Bind {
                what: format!("device {id}"),
                address,
                cause,
            };
            let agent = agent.await.map_err(bind)?;
            running.agents.insert(id, agent);
        }
        for circuit in self.register.circuits.values() {
            let Some(probe) = &circuit.probe else {
                continue;
            };
            if probe.kind != ProbeKind::Stamp {
                continue;
            }
            for (end, address) in [(&circuit.a, probe.a), (&circuit.z, probe.z)] {
                let Some(site) = self
                    .register
                    .devices
                    .get(&end.device)
                    .map(|d| d.site.clone())
                else {
                    continue;
                };
                let reflector = self.reflector(&circuit.id, &site, address).await?;
                running
                    .reflectors
                    .insert((circuit.id.clone(), site), reflector);
            }
        }
        Ok(running)
    }

    async fn reflector(
        &self,
        circuit: &CircuitId,
        site: &SiteId,
        address: SocketAddr,
    ) -> Result<Reflector, SpawnError> {
        let what = format!("circuit {circuit} at {site}");
        local(&what, address)?;
        let (world, id) = (self.clone(), circuit.clone());
        let link: LinkAt = Arc::new(move |t| world.link_at(&id, t));
        let seed = self
            .state
            .seed
            .of("probe")
            .of(circuit.as_str())
            .of(site.as_str());
        let reflector = Reflector::spawn(address, link, seed, self.state.clock.clone());
        reflector.await.map_err(|cause| SpawnError::Bind {
            what,
            address,
            cause,
        })
    }

    /// Starts the way of a site's collector to the centre at `target`.
    pub async fn spawn_relay(
        &self,
        site: &SiteId,
        bind: SocketAddr,
        target: SocketAddr,
    ) -> Result<SiteRelay, SpawnError> {
        let what = format!("the relay of {site}");
        local(&what, bind)?;
        let delay = self.centre_delay(site);
        let relay = Relay::spawn(bind, target, delay);
        let failed = |cause| SpawnError::Bind {
            what,
            address: bind,
            cause,
        };
        let relay = Arc::new(relay.await.map_err(failed)?);
        let task = tokio::spawn(conduct(
            self.clone(),
            site.clone(),
            Arc::clone(&relay),
            delay,
        ));
        Ok(SiteRelay { relay, task })
    }
}

/// Cuts and joins a relay as the world says.
async fn conduct(world: World, site: SiteId, relay: Arc<Relay>, delay: Duration) {
    loop {
        let cut = world.is_cut(&site, world.now());
        relay.set(Passage { delay, cut });
        tokio::time::sleep(Duration::from_millis(LOOK_MILLIS)).await;
    }
}

fn local(what: &str, address: SocketAddr) -> Result<(), SpawnError> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    Err(SpawnError::NotLoopback {
        what: what.to_owned(),
        address,
    })
}

impl World {
    /// What a burst of `sent` probes from one end of a circuit meets at an instant: as the
    /// reflector would show it to the prober.
    pub fn probe(&self, circuit: &CircuitId, from: &SiteId, probes: Probes) -> ProbeSummary {
        let link: Quality = self.link_at(circuit, probes.at);
        let seed = self
            .state
            .seed
            .of("probed")
            .of(circuit.as_str())
            .of(from.as_str());
        let seed = seed.at(probes.at.as_millis().unsigned_abs());
        let mut summary = ProbeSummary {
            sent: probes.sent,
            ..ProbeSummary::default()
        };
        let mut total = Duration::ZERO;
        for n in 0..probes.sent {
            let packet = seed.at(u64::from(n));
            let (out, back) = (link.pass(packet.of("out")), link.pass(packet.of("back")));
            let (Some(out), Some(back)) = (out, back) else {
                summary.lost += 1;
                continue;
            };
            let rtt = out + back;
            total += rtt;
            summary.rtt_min = Some(summary.rtt_min.map_or(rtt, |least| least.min(rtt)));
            summary.rtt_max = Some(summary.rtt_max.map_or(rtt, |most| most.max(rtt)));
        }
        let received = probes.sent - summary.lost;
        summary.rtt_mean = total.checked_div(received);
        summary
    }
}

/// Which probes are meant.
#[derive(Clone, Copy, Debug)]
pub struct Probes {
    /// When.
    pub at: tw_units::Timestamp,
    /// How many.
    pub sent: u32,
}

/// What became of some probes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProbeSummary {
    /// How many were sent.
    pub sent: u32,
    /// How many did not come back.
    pub lost: u32,
    /// Round-trip time; `None` when none came back.
    pub rtt_mean: Option<Duration>,
    /// The least.
    pub rtt_min: Option<Duration>,
    /// The most.
    pub rtt_max: Option<Duration>,
}
