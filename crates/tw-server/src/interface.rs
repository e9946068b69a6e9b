//! Interfaces and their traffic.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

mod actions;
pub(crate) mod routes;
pub(crate) mod view;
