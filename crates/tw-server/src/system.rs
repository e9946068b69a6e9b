//! Information systems and the scheme of their security levels.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-lifecycle`.

pub(crate) mod routes;
