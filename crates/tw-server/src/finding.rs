//! Weaknesses of devices, with who accepted which.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-lifecycle`, `tw-store`.

pub(crate) mod actions;
pub(crate) mod routes;
mod tls;
