//! Makes batches as a collector would, for the tests of the store.
//!
//! **Room:** tests. **May use:** every room that the store may.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses its part"
)]

use tw_ingest::{
    Batch, BatchHead, EpochId, Lane, Layout, ObjectDef, Record, Round, SeriesDef, TargetKey,
    ValueKind, round::Value,
};
use tw_store::{SeriesFilter, SeriesId, Store, StoreSettings};
use tw_units::{CollectorId, Interval, Timestamp, WallClock};

/// 2026-11-22T00:00:00Z.
pub const BASE_MS: i64 = 1_795_305_600_000;
pub const PERIOD_MS: u64 = 60_000;

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(BASE_MS).plus_millis(seconds * 1_000)
}

pub fn window(from: i64, to: i64) -> Interval {
    Interval::new(at(from), at(to)).unwrap()
}

pub fn open(dir: &std::path::Path) -> Store {
    Store::open(&StoreSettings::server(dir), WallClock::fixed(at(0))).unwrap()
}

pub fn collector() -> CollectorId {
    CollectorId::new("col-vnta").unwrap()
}

pub fn target(name: &str) -> TargetKey {
    TargetKey(name.to_owned())
}

/// A state, a counter and a gauge.
pub fn layout(name: &str) -> Layout {
    let object = |key: &str| ObjectDef {
        key: key.to_owned(),
        labels: vec![("ifName".to_owned(), key.to_owned())],
    };
    let series = |object, metric: &str, kind| SeriesDef {
        object,
        metric: metric.to_owned(),
        kind,
    };
    Layout {
        target: target(name),
        period_ms: PERIOD_MS,
        objects: vec![object(""), object("if:eth0")],
        series: vec![
            series(0, "tierwatch_device_up", ValueKind::State),
            series(1, "ifHCInOctets", ValueKind::Counter),
            series(0, "tierwatch_snmp_rtt_seconds", ValueKind::Gauge),
        ],
    }
}

pub fn round(name: &str, at: Timestamp, up: Option<i64>) -> Record {
    let count = i128::from(at.as_millis());
    let values = [
        up.map(|up| Value::Whole(up.into())),
        Some(Value::Whole(count)),
        Some(Value::Float(0.25)),
    ];
    Record::Round(Round {
        target: target(name),
        at,
        layout: layout(name).key(),
        values: tw_ingest::round::encode(&values),
    })
}

pub fn batch(segment: i64, seq: u64, records: Vec<Record>) -> Batch {
    Batch {
        head: BatchHead {
            epoch: EpochId(7),
            lane: Lane::Metric,
            segment,
            seq,
            sent_at: at(0),
            monotonic_ms: 0,
            boot_id: "boot".to_owned(),
        },
        records,
    }
}

/// The number of the series `tierwatch_device_up` (or another) of a target.
pub async fn series(store: &Store, name: &str, metric: &str) -> SeriesId {
    let filter = SeriesFilter {
        targets: vec![target(name)],
        metrics: vec![metric.to_owned()],
        ..SeriesFilter::default()
    };
    store.series(&filter).await.unwrap()[0].id
}

/// A clock that a test can move.
#[derive(Clone)]
pub struct Hand(std::sync::Arc<std::sync::atomic::AtomicI64>);

impl Hand {
    pub fn new() -> Self {
        Self(std::sync::Arc::new(BASE_MS.into()))
    }

    pub fn forward_seconds(&self, seconds: i64) {
        self.0
            .fetch_add(seconds * 1_000, std::sync::atomic::Ordering::SeqCst);
    }

    pub fn clock(&self) -> WallClock {
        let hand = self.clone();
        WallClock::new(move || {
            Timestamp::from_millis(hand.0.load(std::sync::atomic::Ordering::SeqCst))
        })
    }
}

pub fn open_at(dir: &std::path::Path, hand: &Hand) -> Store {
    Store::open(&StoreSettings::server(dir), hand.clock()).unwrap()
}

pub fn author() -> tw_store::Author {
    tw_store::Author::local("cli:tester")
}
