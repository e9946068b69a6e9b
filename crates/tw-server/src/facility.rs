//! The power, cooling and network chain of a site: present state, drawing, what-if.
//!
//! **Room:** layer 2. **May use:** `tw-availability`, `tw-draw`, `tw-model`, `tw-api`.

pub(crate) mod actions;
pub(crate) mod measures;
pub(crate) mod routes;
mod runway;
pub(crate) use runway::ups_watts;
pub(crate) mod view;
mod words;
