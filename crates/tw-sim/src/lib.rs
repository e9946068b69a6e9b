//! Simulated devices, sites, links and their time.
//!
//! **Room:** layer 3. **May use:** `tw-units`, `tw-model`, `tw-snmp`. **Must not:** be used by
//! anything but the demo and the tests.

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
pub mod reflector;
pub mod relay;
mod respond;
pub mod running;
pub mod snmprec;
mod state;
pub mod timeline;
pub mod world;
