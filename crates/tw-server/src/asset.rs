//! Assets of the register.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`.

mod bulk;
pub(crate) mod export;
pub(crate) mod history;
mod label;
pub(crate) mod labels;
pub(crate) mod owned;
pub(crate) mod routes;
pub(crate) mod select;
pub(crate) mod view;
mod words;
pub(crate) mod writing;
