//! The engine against agents on loopback: simulated ones with every fault, and Debian's snmpd.
//!
//! **Room:** tests.

#![expect(clippy::unwrap_used, reason = "a failure here is the test's own")]

mod classes;
mod faults;
mod fleet;
mod mib;
mod rig;
mod snmpd;
mod traps;
