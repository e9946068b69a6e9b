//! The yearly statistical return, the staff list and the services that it is counted from.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`, `tw-lifecycle`, the documents.

mod actions;
mod counted;
mod file;
mod past;
pub(crate) mod routes;
mod security;
pub(crate) mod staff;

pub(crate) use past::YearEnds;
