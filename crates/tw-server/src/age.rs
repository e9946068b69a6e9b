//! Ages of assets: the verdict of one, and the report over all.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`, `tw-lifecycle`.

pub(crate) mod actions;
pub(crate) mod judged;
pub(crate) mod routes;
pub(crate) mod view;
