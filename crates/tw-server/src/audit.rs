//! The audit log, shown and verified.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`.

pub(crate) mod routes;
