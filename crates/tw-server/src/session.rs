//! Signing in and out.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`.

pub(crate) mod actions;
pub(crate) mod routes;
