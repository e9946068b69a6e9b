//! Months of a site: their evidence gathered, closed in revisions, printed.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-store`, `tw-api`. **Must not:**
//! work a figure out: that is `tw_availability::report`.

pub(crate) mod actions;
pub(crate) mod calendar;
mod causes;
mod environment;
mod evidence;
pub(crate) mod job;
pub(crate) mod memory;
mod overview;
pub mod paper;
pub(crate) mod routes;
mod table;
mod topology;
pub(crate) mod view;
mod words;
