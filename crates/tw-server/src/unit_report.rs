//! What each unit holds and costs, and what all share.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`, `tw-lifecycle`.

mod actions;
mod file;
pub(crate) mod routes;
