//! Stock-takes: sessions, scans, minutes, and the moves that people accept.
//!
//! **Room:** layer 2. Start at `actions.rs`.

pub(crate) mod actions;
mod minutes;
pub(crate) mod routes;
mod view;
mod words;
