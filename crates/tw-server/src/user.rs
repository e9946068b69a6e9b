//! Users and tokens.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`.

pub(crate) mod actions;
pub(crate) mod routes;
mod view;
