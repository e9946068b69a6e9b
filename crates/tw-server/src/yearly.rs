//! The yearly statistical return, the staff list and the services that it is counted from.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`, `tw-lifecycle`, the documents.

mod actions;
mod file;
pub(crate) mod routes;
pub(crate) mod staff;
