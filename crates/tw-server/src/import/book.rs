//! Previews that wait to be committed.
//!
//! **Room:** layer 2, pure but for its memory. **May use:** `tw-model`. **Must not:** keep more than
//! [`IMPORTS_KEPT_MAX`] of them, or hand one to another caller.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};
use tw_model::Plan;
use tw_units::Timestamp;

/// More previews push the oldest out.
pub(crate) const IMPORTS_KEPT_MAX: usize = 4;
/// A preview is good for so long.
const IMPORT_MINUTES_MAX: i64 = 30;

/// A preview that may be committed.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) token: String,
    pub(crate) actor: String,
    pub(crate) made_at: Timestamp,
    pub(crate) plan: Plan,
    pub(crate) revision: u64,
}

/// The previews.
#[derive(Debug, Default)]
pub(crate) struct ImportBook(Mutex<VecDeque<Waiting>>);

impl ImportBook {
    pub(crate) fn keep(&self, waiting: Waiting) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        book.push_back(waiting);
        while book.len() > IMPORTS_KEPT_MAX {
            book.pop_front();
        }
    }

    /// Takes a preview of this caller out; it is committed once.
    pub(crate) fn take(&self, token: &str, actor: &str, now: Timestamp) -> Option<Waiting> {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        book.retain(|w| now.millis_since(w.made_at) <= IMPORT_MINUTES_MAX * 60_000);
        let index = book
            .iter()
            .position(|w| w.token == token && w.actor == actor)?;
        book.remove(index)
    }
}
