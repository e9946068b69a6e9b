//! Sensors and their readings.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

pub(crate) mod routes;
pub(crate) mod view;
