//! Devices: shown, added, changed, tried.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`.

pub(crate) mod actions;
pub(crate) mod routes;
mod trial;
pub(crate) mod view;
