//! Assets of the register.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`.

pub(crate) mod history;
mod label;
pub(crate) mod routes;
mod view;
pub(crate) mod writing;
