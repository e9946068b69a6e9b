//! The organisation, its units and its people.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`.

pub(crate) mod routes;
mod view;
