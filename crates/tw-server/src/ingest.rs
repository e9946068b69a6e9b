//! What collectors say and ask: batches, and their configuration.
//!
//! **Room:** layer 2, shell. **May use:** `tw-ingest`, `tw-store`, `tw-model`, `tw-collect`.

pub(crate) mod actions;
pub(crate) mod routes;
pub(crate) mod screen;
