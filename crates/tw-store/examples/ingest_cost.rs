//! What applying rounds costs: `cargo run --release -p tw-store --example ingest_cost`.
//!
//! **Room:** measurement beside layer 1. Figures are of this run on this machine.
//!
//! Devices with 24 interfaces each are applied twice over: live, one batch with one round of
//! every device, and as history, one batch with an hour of one device, newest hour first.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that prints its measurements"
)]

use tw_ingest::{
    Batch, BatchHead, EpochId, Lane, Layout, ObjectDef, Record, Round, SeriesDef, TargetKey,
    ValueKind, round::Value,
};
use tw_store::{SeriesFilter, Store, StoreSettings};
use tw_units::{CollectorId, Interval, Timestamp, WallClock};

const DEVICES: usize = 60;
const INTERFACES: u32 = 24;
const LIVE_MINUTES: i64 = 60;
const HISTORY_HOURS: i64 = 12;
const START: Timestamp = Timestamp::from_seconds(1_795_305_600);

fn layout(device: usize) -> Layout {
    let own = ObjectDef {
        key: String::new(),
        labels: Vec::new(),
    };
    let interface = |n: u32| ObjectDef {
        key: format!("if:eth{n}"),
        labels: vec![("ifName".to_owned(), format!("eth{n}"))],
    };
    let series = |object, metric: &str, kind| SeriesDef {
        object,
        metric: metric.to_owned(),
        kind,
    };
    let mut all = vec![series(0, "tierwatch_device_up", ValueKind::State)];
    for metric in ["ifHCInOctets", "ifHCOutOctets", "ifInErrors"] {
        all.extend((1..=INTERFACES).map(|n| series(n, metric, ValueKind::Counter)));
    }
    for metric in ["ifOperStatus", "ifAdminStatus"] {
        all.extend((1..=INTERFACES).map(|n| series(n, metric, ValueKind::State)));
    }
    Layout {
        target: TargetKey(format!("device-{device}")),
        period_ms: 60_000,
        objects: std::iter::once(own)
            .chain((1..=INTERFACES).map(interface))
            .collect(),
        series: all,
    }
}

fn round(layout: &Layout, at: Timestamp) -> Record {
    let count = i128::from(at.as_seconds());
    let value = |(n, series): (usize, &SeriesDef)| match series.kind {
        ValueKind::Counter => Some(Value::Whole(count * (1_000 + n as i128))),
        ValueKind::Gauge | ValueKind::State => Some(Value::Whole(1)),
    };
    let values: Vec<_> = layout.series.iter().enumerate().map(value).collect();
    Record::Round(Round {
        target: layout.target.clone(),
        at,
        layout: layout.key(),
        values: tw_ingest::round::encode(&values),
    })
}

fn batch(segment: i64, seq: u64, records: Vec<Record>) -> Batch {
    let head = BatchHead {
        epoch: EpochId(1),
        lane: Lane::Metric,
        segment,
        seq,
        sent_at: START,
        monotonic_ms: 0,
        boot_id: String::new(),
    };
    Batch { head, records }
}

/// User and system time of this process in seconds, from `/proc/self/stat` at 100 Hz.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks: u32 = fields[11].parse::<u32>().unwrap() + fields[12].parse::<u32>().unwrap();
    f64::from(ticks) / 100.0
}

async fn measure(name: &str, store: &Store, batches: Vec<Batch>) {
    let collector = CollectorId::new("col-a").unwrap();
    let (cpu, samples) = (cpu_seconds(), store.stats().samples);
    let mut worst = std::time::Duration::ZERO;
    for batch in batches {
        let begun = tokio::time::Instant::now();
        store.apply_batch(&collector, batch, START).await.unwrap();
        worst = worst.max(begun.elapsed());
    }
    let cpu = cpu_seconds() - cpu;
    #[expect(clippy::cast_precision_loss, reason = "a few million")]
    let millions = (store.stats().samples - samples) as f64 / 1e6;
    println!(
        "{name:<8} {millions:.2} M samples, {cpu:.2} CPU-s, {:.2} CPU-s/M, slowest batch {worst:?}",
        cpu / millions
    );
}

#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&StoreSettings::server(dir.path()), WallClock::fixed(START)).unwrap();
    let layouts: Vec<Layout> = (0..DEVICES).map(layout).collect();
    let announced: Vec<Record> = layouts.iter().cloned().map(Record::Layout).collect();
    let minute = |n: i64| START.plus_millis((n - LIVE_MINUTES) * 60_000);
    let mut live = vec![batch(1, 0, announced)];
    live.extend((0..LIVE_MINUTES).zip(1..).map(|(n, seq)| {
        batch(
            1,
            seq,
            layouts
                .iter()
                .map(|layout| round(layout, minute(n)))
                .collect(),
        )
    }));
    measure("live", &store, live).await;
    let hour = |n: i64, layout: &Layout| {
        let first = -(n + 1) * 60;
        (first..first + 60)
            .map(|m| round(layout, minute(m)))
            .collect()
    };
    let mut history = Vec::new();
    for n in 0..HISTORY_HOURS {
        let of_hour = layouts
            .iter()
            .zip(0..)
            .map(|(l, seq)| batch(-n, seq, hour(n, l)));
        history.extend(of_hour);
    }
    measure("history", &store, history).await;
    read(&store).await;
    let bytes = std::fs::metadata(store.data_dir().main_db()).unwrap().len();
    println!("main.db  {} MiB, {:?}", bytes >> 20, store.stats());
}

async fn read(store: &Store) {
    let metrics = vec!["ifHCInOctets".to_owned()];
    let filter = SeriesFilter {
        metrics,
        ..SeriesFilter::default()
    };
    let all: Vec<_> = store
        .series(&filter)
        .await
        .unwrap()
        .iter()
        .map(|s| s.id)
        .collect();
    let day = Interval::new(START.plus_millis(-43_200_000), START).unwrap();
    for (name, ids) in [
        ("first", &all[..1]),
        ("again", &all[..1]),
        ("100", &all[..100]),
    ] {
        let begun = tokio::time::Instant::now();
        let found = store.samples(ids, day).await.unwrap();
        let count: usize = found.iter().map(|s| s.samples.len()).sum();
        println!("read     {name}: {count} samples in {:?}", begun.elapsed());
    }
}
