//! Collectors, and targets for Prometheus.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`.

pub(crate) mod routes;
pub(crate) mod view;
