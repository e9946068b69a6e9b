//! A site's collector: it polls devices, reads its own machine, probes the WAN, and keeps what
//! it read in a spool until the centre has it.
//!
//! **Room:** layer 1. **May use:** `tw-units`, `tw-model`, `tw-snmp`, `tw-devices`, `tw-wan`,
//! `tw-ingest`, `tw-alert`, `tw-notify`. **Must not:** know the centre's tables.

pub mod batcher;
pub mod centre_http;
pub mod client;
mod clock;
pub mod collector;
pub mod delivery;
pub mod engine;
pub mod host;
mod icmp;
pub mod keeper;
pub mod kept_config;
pub mod kept_interfaces;
pub mod probe;
pub mod seal;
pub mod spool;
pub mod tls;
pub mod traps;

/// An error with everything that caused it, for the one place that logs it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
