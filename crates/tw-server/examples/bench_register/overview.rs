//! The first page of the model case, on the 22nd of a month with a reading a minute.
//!
//! **Room:** beside the product.

use crate::desk::{Desk, NOW};
use std::{collections::BTreeSet, path::PathBuf, time::Duration, time::Instant};
use tw_ingest::{
    Batch, BatchHead, EpochId, Lane, Layout, ObjectDef, Record, Round, SeriesDef, TargetKey,
    ValueKind, round,
};
use tw_model::Register;
use tw_units::Timestamp;

const REQUESTS: usize = 200;
const MINUTE_MS: i64 = 60_000;
const MINUTES_A_BATCH: i64 = 1_440;
/// The page's budget is a second to content; its data must be a small part of that.
const MS_WANTED: u64 = 50;

pub(crate) async fn bench() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory"));
    let register = tw_config::load(&folder).unwrap().register;
    let witnesses = witnesses(&register);
    println!(
        "== the model case: {} sites, {} devices, {} assets, {} witnesses with a month of readings",
        register.sites.len(),
        register.devices.len(),
        register.assets.len(),
        witnesses.len()
    );
    let mut desk = Desk::open(&register).await;
    let started = Instant::now();
    let rounds = fill(&desk, &witnesses).await;
    println!("{rounds} readings stored in {:.1?}", started.elapsed());
    for _ in 0..REQUESTS {
        desk.get("overview", "/api/v1/overview").await;
        desk.get("sites", "/api/v1/sites").await;
    }
    desk.print(|kind| (kind == "overview").then_some(Duration::from_millis(MS_WANTED)));
}

fn witnesses(register: &Register) -> Vec<String> {
    let flagged = register.devices.values().filter(|device| device.witness);
    let named = register
        .sites
        .values()
        .filter_map(|site| site.availability.as_ref());
    let named = named.flat_map(tw_model::Structure::devices);
    let all = flagged.map(|device| &device.id).chain(named);
    let all: BTreeSet<String> = all.map(ToString::to_string).collect();
    all.into_iter().collect()
}

fn layout(target: &str) -> Layout {
    Layout {
        target: TargetKey(target.to_owned()),
        period_ms: 60_000,
        objects: vec![ObjectDef {
            key: String::new(),
            labels: Vec::new(),
        }],
        series: vec![SeriesDef {
            object: 0,
            metric: "tierwatch_device_up".to_owned(),
            kind: ValueKind::State,
        }],
    }
}

/// Up, but for a few minutes about every second day, each at another time.
async fn fill(desk: &Desk, witnesses: &[String]) -> usize {
    let now: Timestamp = NOW.parse().unwrap();
    let minutes = 22 * 1_440;
    let (mut seq, mut rounds) = (0, 0);
    for day in 0..minutes / MINUTES_A_BATCH {
        for (index, target) in (0_i64..).zip(witnesses) {
            let layout = layout(target);
            let mut records = vec![Record::Layout(layout.clone())];
            for minute in day * MINUTES_A_BATCH..(day + 1) * MINUTES_A_BATCH {
                let down = (minute + index * 397) % 2_900 < 4;
                records.push(Record::Round(Round {
                    target: TargetKey(target.clone()),
                    at: now.plus_millis((minute - minutes + 1) * MINUTE_MS),
                    layout: layout.key(),
                    values: round::encode(&[Some(round::Value::Whole(i128::from(!down)))]),
                }));
            }
            rounds += records.len() - 1;
            let batch = Batch {
                head: head(seq, now),
                records,
            };
            seq += 1;
            let collector = "bench".parse().unwrap();
            desk.app.apply_batch(&collector, batch).await.unwrap();
        }
    }
    rounds
}

fn head(seq: u64, now: Timestamp) -> BatchHead {
    BatchHead {
        epoch: EpochId(7),
        lane: Lane::Metric,
        segment: 0,
        seq,
        sent_at: now,
        monotonic_ms: 1,
        boot_id: "boot".to_owned(),
    }
}
