//! Alerts and events: shown, acknowledged, decided, told.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-alert`, `tw-notify`, `tw-store`.

pub(crate) mod book;
pub(crate) mod job;
pub(crate) mod notify;
pub(crate) mod routes;
pub(crate) mod view;
