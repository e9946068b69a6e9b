//! A site's collector: it polls devices, reads its own machine, probes the WAN, and keeps what
//! it read in a spool until the centre has it.
//!
//! **Room:** layer 1. **May use:** `tw-units`, `tw-model`, `tw-snmp`, `tw-devices`, `tw-wan`,
//! `tw-ingest`, `tw-alert`, `tw-notify`. **Must not:** know the centre's tables.

pub mod spool;
