//! Credentials: set, never shown; opened only to be sealed for a collector or to try a device.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`, `tw-collect`.

pub(crate) mod actions;
pub(crate) mod routes;
