//! Racks and their elevations.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-draw`.

pub(crate) mod routes;
mod view;
