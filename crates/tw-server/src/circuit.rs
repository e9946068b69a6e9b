//! WAN circuits: their states with the evidence, their probes.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

pub(crate) mod routes;
pub(crate) mod state;
pub(crate) mod view;
