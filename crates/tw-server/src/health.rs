//! Health, our own metrics, the API's description.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`.

pub(crate) mod routes;
