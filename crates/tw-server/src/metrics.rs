//! What the server counts about itself.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`. **Must not:** put a device, a user
//! or an address into a label.

use axum::http::StatusCode;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};
use std::time::Duration;
use tw_api::Info;
use tw_store::StoreStats;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabels {
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: String,
}

/// The counters.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    requests: Family<RequestLabels, Counter>,
    latency: Family<OperationLabels, Histogram, fn() -> Histogram>,
    refused_records: Family<ReasonLabels, Counter>,
    /// Refusals that the audit log did not take because there were too many.
    pub(crate) unaudited_refusals: Counter,
    /// Listeners of the stream that missed events.
    pub(crate) missed_events: Counter,
    /// Listeners of the stream now.
    pub(crate) listeners: Gauge,
    /// Notices that were sent.
    pub(crate) notices_sent: Counter,
    /// Attempts to send a notice that failed.
    pub(crate) notices_failed: Counter,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            latency: Family::new_with_constructor(|| {
                Histogram::new(exponential_buckets(0.001, 2.0, 14))
            }),
            requests: Family::default(),
            refused_records: Family::default(),
            unaudited_refusals: Counter::default(),
            missed_events: Counter::default(),
            listeners: Gauge::default(),
            notices_sent: Counter::default(),
            notices_failed: Counter::default(),
        }
    }

    pub(crate) fn count_request(&self, info: &Info, status: StatusCode, took: Duration) {
        let labels = RequestLabels {
            operation: info.id,
            status: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
        let labels = OperationLabels { operation: info.id };
        self.latency
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
    }

    pub(crate) fn count_refused(&self, reason: &str, count: u64) {
        let labels = ReasonLabels {
            reason: reason.to_owned(),
        };
        self.refused_records.get_or_create(&labels).inc_by(count);
    }

    /// All of it as text.
    pub(crate) fn write(&self, store: StoreStats) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("tierwatch");
        let own = [
            (
                "unaudited_refusals",
                "Refusals that the audit log did not take",
                &self.unaudited_refusals,
            ),
            (
                "stream_missed_events",
                "Events that slow listeners missed",
                &self.missed_events,
            ),
            ("notices_sent", "Notices sent", &self.notices_sent),
            (
                "notices_failed",
                "Failed attempts to send a notice",
                &self.notices_failed,
            ),
        ];
        registry.register(
            "http_requests",
            "Requests by operation and status",
            self.requests.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "Time to the answer by operation",
            self.latency.clone(),
        );
        registry.register(
            "ingest_refused_records",
            "Records of batches that were not kept, by reason",
            self.refused_records.clone(),
        );
        registry.register(
            "stream_listeners",
            "Listeners of the stream",
            self.listeners.clone(),
        );
        for (name, help, counter) in own {
            registry.register(name, help, counter.clone());
        }
        store_counters(&mut registry, store);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

fn store_counters(registry: &mut Registry, store: StoreStats) {
    let counters = [
        ("store_commits", "Transactions committed", store.commits),
        (
            "store_failed_commits",
            "Transactions that could not be committed",
            store.failed_commits,
        ),
        ("store_batches", "Batches applied", store.batches),
        (
            "store_repeated_batches",
            "Batches that had been applied before",
            store.repeated_batches,
        ),
        (
            "store_misplaced_batches",
            "Batches out of order",
            store.misplaced_batches,
        ),
        ("store_rounds", "Rounds kept", store.rounds),
        ("store_samples", "Values in them", store.samples),
        (
            "store_duplicate_rounds",
            "Rounds that were there already",
            store.duplicate_rounds,
        ),
        ("store_refused_records", "Records refused", store.refused),
    ];
    for (name, help, value) in counters {
        let counter: Counter = Counter::default();
        counter.inc_by(value);
        registry.register(name, help, counter);
    }
    let gauges = [
        (
            "store_wal_bytes",
            "Size of the write-ahead log",
            store.wal_bytes,
        ),
        (
            "store_queue_length",
            "Jobs waiting for the writer",
            store.queue_length,
        ),
    ];
    for (name, help, value) in gauges {
        let gauge: Gauge = Gauge::default();
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    }
}
