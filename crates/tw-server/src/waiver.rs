//! Waivers of the age rule: asked for by one person, allowed by another, ended early by either.
//!
//! **Room:** layer 2, shell. **May use:** `tw-lifecycle`, `tw-store`, `tw-api`.

mod actions;
pub(crate) mod routes;
