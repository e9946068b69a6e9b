//! Maintenance: requests, what would happen, decisions, work, and what of it the accounting and
//! the alerts know.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-availability`, `tw-store`.

pub(crate) mod actions;
pub(crate) mod chain;
pub(crate) mod effects;
pub(crate) mod replay;
pub(crate) mod routes;
mod spec;
mod view;
pub(crate) mod works;
