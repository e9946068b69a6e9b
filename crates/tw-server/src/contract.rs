//! Contracts about equipment: the list, the report of what ends and what stands uncovered.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`, `tw-lifecycle`, `tw-store`.

mod actions;
pub(crate) use actions::state;
mod file;
mod report;
pub(crate) mod routes;
