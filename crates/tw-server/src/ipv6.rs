//! IPv6 readiness of devices and services.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-lifecycle`.

pub(crate) mod routes;
