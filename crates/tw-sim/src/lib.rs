//! Simulated devices, sites, links and their time.
//!
//! **Room:** layer 3. **May use:** `tw-units`, `tw-model`, `tw-snmp`. **Must not:** be used by
//! anything but the demo and the tests.

pub mod curve;
pub mod hash;
pub mod link;
pub mod reflector;
pub mod relay;
