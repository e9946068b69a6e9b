//! Imports of assets: a preview first, then all or nothing.
//!
//! **Room:** layer 2, shell. **May use:** `tw-config`, `tw-model`, `tw-store`, `tw-api`.

pub(crate) mod book;
pub(crate) mod routes;
