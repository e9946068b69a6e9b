//! The live stream: state changes as server-sent events, each listener within its scope.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.
//!
//! ```text
//! watch job ─► broadcast (bounded) ─► one filter per listener ─► text/event-stream
//! ```

pub(crate) mod routes;

use crate::metrics::Metrics;
use std::sync::Arc;
use tokio::sync::broadcast;
use tw_api::StreamEvent;
use tw_units::SiteId;

/// Events that a slow listener may be behind; beyond it, it is told how many it missed.
pub(crate) const EVENTS_BEHIND_MAX: usize = 1_024;

/// An event with the sites that it concerns; empty means the whole organisation.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) sites: Vec<SiteId>,
    pub(crate) event: StreamEvent,
}

/// Where events are told.
#[derive(Debug)]
pub(crate) struct Hub {
    sender: broadcast::Sender<Arc<Told>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(EVENTS_BEHIND_MAX),
        }
    }
}

impl Hub {
    /// Tells every listener; without one there is nobody to tell.
    pub(crate) fn tell(&self, sites: Vec<SiteId>, event: StreamEvent) {
        self.sender.send(Arc::new(Told { sites, event })).ok();
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<Told>> {
        self.sender.subscribe()
    }
}

/// Counts a listener for as long as it is held.
pub(crate) struct Listening(Metrics);

impl Listening {
    pub(crate) fn new(metrics: &Metrics) -> Self {
        metrics.listeners.inc();
        Self(metrics.clone())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.listeners.dec();
    }
}
