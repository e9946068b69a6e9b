//! Assets of the register.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`.

mod bulk;
mod export;
pub(crate) mod history;
mod label;
mod labels;
pub(crate) mod owned;
pub(crate) mod routes;
pub(crate) mod select;
mod view;
mod words;
pub(crate) mod writing;
