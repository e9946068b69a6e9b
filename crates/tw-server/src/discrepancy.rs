//! Discrepancies: the register beside what was seen.
//!
//! **Room:** layer 2. Start at `gather.rs` (what was seen), then `actions.rs` (what people do).

pub(crate) mod actions;
mod gather;
pub(crate) mod job;
pub(crate) mod routes;
mod view;

pub(crate) use view::discrepancy as shown;
