//! Simulated devices, sites, links and their time: the demo and the tests use the same.
//!
//! **Room:** layer 3. **May use:** `tw-units`, `tw-model`, `tw-snmp`. **Must not:** be used by
//! anything but the demo and the tests; pretend to be real: every `sysDescr` begins with
//! [`device::MARK`].
//!
//! # How to start it
//!
//! A recorded walk as an agent ([`snmprec`], [`agent`]):
//!
//! ```no_run
//! # async fn f(clock: tw_units::WallClock) -> std::io::Result<()> {
//! use tw_sim::{agent::{Agent, AgentSettings}, fault::Fault, snmprec::Walk};
//! let walk = Walk::parse("1.3.6.1.2.1.1.5.0|4|name", clock.now());
//! let bind = "127.0.0.1:0".parse().expect("an address");
//! let agent = Agent::spawn(bind, AgentSettings::default(), std::sync::Arc::new(walk), clock).await?;
//! agent.set_faults(vec![Fault::SilentAbove { repetitions: 10 }]);
//! # Ok(()) }
//! ```
//!
//! The world of a register ([`world`], [`running`]): agents for all devices with an address,
//! reflectors for all circuits probed by STAMP, relays for the collectors' way to the centre.
//! What happens by itself, and when, stands in [`incident`].
//!
//! ```no_run
//! # async fn f(register: tw_model::Register, clock: tw_units::WallClock,
//! #   site: tw_units::SiteId, device: tw_units::DeviceId, centre: std::net::SocketAddr)
//! #   -> Result<(), tw_sim::running::SpawnError> {
//! use tw_sim::{agent::AgentSettings, world::World};
//! let world = World::new(register, 1, clock);
//! let running = world.spawn(|_device| Some(AgentSettings::default())).await?;
//! let bind = "127.0.0.1:0".parse().expect("an address");
//! let relay = world.spawn_relay(&site, bind, centre).await?; // give its address to the collector
//! world.cut_site(&site, true);
//! world.renumber(&device);
//! # Ok(()) }
//! ```
//!
//! The past ([`history`]): [`world::World::device_runs`] and [`world::World::probe_runs`] give
//! the states of a window as runs; [`device::SimDevice::look`] gives what the agent would have
//! answered at any instant, and [`world::World::probe`] what a prober would have measured.

#![cfg_attr(
    test,
    allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "tests compare small numbers"
    )
)]

pub use state::SWITCHES_MAX;

pub mod agent;
pub mod curve;
mod delay;
pub mod device;
pub mod fault;
pub mod hash;
pub mod history;
pub mod incident;
pub mod link;
pub mod mib;
pub mod power;
pub mod reflector;
pub mod relay;
mod respond;
pub mod running;
pub mod snmprec;
mod state;
pub mod timeline;
pub mod traps;
pub mod world;
