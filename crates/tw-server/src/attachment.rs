//! Documents kept with assets.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-api`.

mod content;
pub(crate) mod routes;
