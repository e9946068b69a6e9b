//! The first page in one document.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

mod attention;
pub(crate) mod routes;
