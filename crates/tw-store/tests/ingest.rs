//! Batches into the store: exactly once, in any order, and what is refused.
//!
//! **Room:** tests of layer 1.

mod support;

use proptest::prelude::*;
use support::*;
use tw_ingest::{Batch, Layout, Record, StateRun, round::Value};
use tw_store::{ApplyError, Change, Day, Run, SeriesFilter, Store};
use tw_units::Timestamp;

const HOUR: i64 = 3_600;

async fn apply(store: &Store, batch: Batch) -> Result<tw_ingest::Ack, ApplyError> {
    store.apply_batch(&collector(), batch, at(48 * HOUR)).await
}

fn refused(ack: &tw_ingest::Ack) -> Vec<(&str, u64)> {
    ack.refused
        .iter()
        .map(|r| (r.reason.as_str(), r.count))
        .collect()
}

#[tokio::test]
async fn a_batch_is_kept_and_its_values_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut news = store.changes();
    let records = vec![
        Record::Layout(layout("a")),
        round("a", at(0), Some(1)),
        round("a", at(60), None),
    ];
    let ack = apply(&store, batch(0, 0, records)).await.unwrap();
    assert_eq!(
        (ack.next_seq, ack.repeated, refused(&ack)),
        (1, false, vec![])
    );

    let octets = series(&store, "a", "ifHCInOctets").await;
    let up = series(&store, "a", "tierwatch_device_up").await;
    let found = store.samples(&[octets, up], window(0, 61)).await.unwrap();
    let values: Vec<Option<i128>> = found
        .iter()
        .flat_map(|s| {
            s.samples
                .iter()
                .map(|sample| sample.value.and_then(Value::as_whole))
        })
        .collect();
    let count = |s: i64| Some(i128::from(at(s).as_millis()));
    assert_eq!(values, [count(0), count(60), Some(1), None]);
    assert_eq!(
        store.samples(&[octets], window(0, 60)).await.unwrap()[0]
            .samples
            .len(),
        1
    );

    let latest = store.latest(&target("a")).await.unwrap().unwrap();
    assert_eq!(latest.at, at(60));
    assert_eq!(latest.value("", "tierwatch_device_up"), None);
    assert_eq!(
        latest.value("if:eth0", "ifHCInOctets").unwrap().as_whole(),
        count(60)
    );
    let Change::Applied(applied) = news.recv().await.unwrap() else {
        panic!("no batch")
    };
    assert_eq!(applied.rounds, [(target("a"), at(60))]);
    assert_eq!(store.stats().samples, 6);
}

#[tokio::test]
async fn a_repeated_batch_does_nothing_and_a_hole_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let first = batch(
        0,
        0,
        vec![Record::Layout(layout("a")), round("a", at(0), Some(1))],
    );
    apply(&store, first.clone()).await.unwrap();
    let ack = apply(&store, first).await.unwrap();
    assert_eq!((ack.next_seq, ack.repeated), (1, true));
    let hole = apply(&store, batch(0, 2, vec![])).await.unwrap_err();
    assert!(
        matches!(hole, ApplyError::OutOfOrder { expected: 1 }),
        "{hole:?}"
    );
    let stats = store.stats();
    assert_eq!(
        (
            stats.rounds,
            stats.repeated_batches,
            stats.misplaced_batches
        ),
        (1, 1, 1)
    );
}

#[tokio::test]
async fn other_epochs_and_collectors_have_their_own_positions() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let one = batch(
        0,
        0,
        vec![Record::Layout(layout("a")), round("a", at(0), Some(1))],
    );
    apply(&store, one.clone()).await.unwrap();
    let mut salvaged = one.clone();
    salvaged.head.epoch = tw_ingest::EpochId(8);
    assert!(!apply(&store, salvaged).await.unwrap().repeated);
    let other = tw_units::CollectorId::new("col-mic").unwrap();
    assert!(
        !store
            .apply_batch(&other, one, at(0))
            .await
            .unwrap()
            .repeated
    );
    assert_eq!(
        (store.stats().rounds, store.stats().duplicate_rounds),
        (1, 2)
    );
    let up = series(&store, "a", "tierwatch_device_up").await;
    let runs = store.state_runs(&[up], window(-60, 60)).await.unwrap();
    assert_eq!(
        runs[0].1[0].polls, 1,
        "a poll that came three times is one poll"
    );
}

#[tokio::test]
async fn what_cannot_be_believed_is_refused_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut torn = round("a", at(60), Some(1));
    if let Record::Round(round) = &mut torn {
        round.values[0] ^= 1;
    }
    let mut unsound = layout("b");
    unsound.series[0].object = 99;
    let records = vec![
        Record::Layout(layout("a")),
        Record::Layout(unsound),
        round("a", at(48 * HOUR + 301), Some(1)),
        round("a", at(48 * HOUR + 300), Some(1)),
        round("c", at(0), Some(1)),
        round("a", Timestamp::from_millis(-1), Some(1)),
        torn,
    ];
    let ack = apply(&store, batch(0, 0, records)).await.unwrap();
    let expect = [
        ("bad_time", 1),
        ("future", 1),
        ("layout_unsound", 1),
        ("torn", 1),
        ("unknown_layout", 1),
    ];
    assert_eq!(refused(&ack), expect);
    assert_eq!((store.stats().rounds, store.stats().refused), (1, 5));
}

#[tokio::test]
async fn a_new_layout_goes_on_with_the_same_series() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut wide: Layout = layout("a");
    wide.objects[1].labels = vec![("ifName".into(), "renamed".into())];
    wide.series.swap(1, 2);
    let mut later = round("a", at(60), Some(1));
    if let Record::Round(round) = &mut later {
        round.layout = wide.key();
        let mut values = tw_ingest::round::decode(&round.values).unwrap();
        values.swap(1, 2);
        round.values = tw_ingest::round::encode(&values);
    }
    let records = vec![
        Record::Layout(layout("a")),
        round("a", at(0), Some(1)),
        Record::Layout(wide),
        later,
    ];
    apply(&store, batch(5, 0, records)).await.unwrap();
    let octets = series(&store, "a", "ifHCInOctets").await;
    assert_eq!(
        store.samples(&[octets], window(0, 61)).await.unwrap()[0]
            .samples
            .len(),
        2
    );
    // A backlog does not bring the old label back.
    apply(&store, batch(4, 0, vec![Record::Layout(layout("a"))]))
        .await
        .unwrap();
    let filter = SeriesFilter {
        objects: vec!["if:eth0".into()],
        ..SeriesFilter::default()
    };
    let found = store.series(&filter).await.unwrap();
    assert_eq!(found[0].labels["ifName"], "renamed");
}

#[tokio::test]
async fn dropped_days_stay_dropped_and_their_states_stay() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let rounds = (0..4).map(|n| round("a", at(24 * HOUR - 90 + 60 * n), Some(1)));
    let mut records = vec![Record::Layout(layout("a"))];
    records.extend(rounds);
    apply(&store, batch(0, 0, records)).await.unwrap();
    assert_eq!(store.days().await.unwrap().len(), 2);
    let up = series(&store, "a", "tierwatch_device_up").await;
    let before = store.state_runs(&[up], window(0, 48 * HOUR)).await.unwrap();

    let second = Day::of(at(24 * HOUR));
    assert_eq!(store.drop_days_before(second).await.unwrap(), 1);
    assert_eq!(store.drop_days_before(second).await.unwrap(), 0);
    assert_eq!(
        store.samples(&[up], window(0, 48 * HOUR)).await.unwrap()[0]
            .samples
            .len(),
        2
    );
    let ack = apply(&store, batch(0, 1, vec![round("a", at(0), Some(1))]))
        .await
        .unwrap();
    assert_eq!(refused(&ack), [("expired", 1)]);
    assert_eq!(
        store.state_runs(&[up], window(0, 48 * HOUR)).await.unwrap(),
        before
    );
    assert_eq!(before[0].1.len(), 1);
    assert_eq!(
        (before[0].1[0].polls, before[0].1[0].max_gap_ms),
        (4, 60_000)
    );
}

#[tokio::test]
async fn reported_months_and_polled_days_are_one_history() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let month = StateRun {
        target: target("a"),
        object: String::new(),
        metric: "tierwatch_device_up".into(),
        state: 1,
        from: at(-30 * 24 * HOUR),
        to: at(-60),
        polls: 43_199,
        max_gap_ms: 60_000,
        period_ms: PERIOD_MS,
    };
    let rounds = vec![Record::Layout(layout("a")), round("a", at(0), Some(1))];
    apply(&store, batch(0, 0, rounds)).await.unwrap();
    apply(&store, batch(-1, 0, vec![Record::Run(month.clone())]))
        .await
        .unwrap();
    let again = apply(&store, batch(-1, 1, vec![Record::Run(month)]))
        .await
        .unwrap();
    assert_eq!(refused(&again), [("known_run", 1)]);
    let up = series(&store, "a", "tierwatch_device_up").await;
    let runs = store.state_runs(&[up], window(-60, 60)).await.unwrap();
    assert_eq!(runs[0].1.len(), 1);
    assert_eq!((runs[0].1[0].polls, runs[0].1[0].to), (43_200, at(0)));
}

#[tokio::test]
async fn a_second_server_is_refused_and_a_restart_finds_everything() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let settings = tw_store::StoreSettings::server(dir.path());
    let clock = tw_units::WallClock::fixed(at(0));
    let second = Store::open(&settings, clock.clone());
    assert!(
        matches!(second, Err(tw_store::OpenError::InUse { .. })),
        "{second:?}"
    );
    let records = vec![Record::Layout(layout("a")), round("a", at(0), Some(1))];
    apply(&store, batch(0, 0, records.clone())).await.unwrap();
    drop(store);
    let store = Store::open(&settings, clock).unwrap();
    assert!(apply(&store, batch(0, 0, records)).await.unwrap().repeated);
    assert_eq!(store.latest(&target("a")).await.unwrap().unwrap().at, at(0));
    apply(&store, batch(0, 1, vec![round("a", at(60), Some(1))]))
        .await
        .unwrap();
    let up = series(&store, "a", "tierwatch_device_up").await;
    let runs = store.state_runs(&[up], window(0, 120)).await.unwrap();
    assert_eq!(
        (runs[0].1[0].from, runs[0].1[0].to, runs[0].1[0].polls),
        (at(0), at(60), 2)
    );
}

/// The runs that polls in the order of time give; `None` is no poll.
fn model(polls: &std::collections::BTreeMap<i64, Option<i64>>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (seconds, state) in polls {
        let (Some(state), now) = (*state, at(*seconds)) else {
            continue;
        };
        match runs.last_mut() {
            Some(run) if run.state == state && now.millis_since(run.to) <= 150_000 => {
                let gap = now.millis_since(run.to).unsigned_abs();
                run.max_gap_ms = run.max_gap_ms.max(gap);
                run.to = now;
                run.polls += 1;
            }
            _ => runs.push(Run {
                state,
                from: now,
                to: now,
                polls: 1,
                max_gap_ms: 0,
                period_ms: PERIOD_MS,
            }),
        }
    }
    runs
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Rounds in any order, in any grouping, some of them twice: the runs of the order of time.
    #[test]
    fn any_order_of_arrival_gives_the_same_runs(
        rounds in prop::collection::vec(
            // Around midnight, so that runs cross a day.
            (86_400 - 1_200_i64..86_400 + 1_200, prop::option::weighted(0.9, 0_i64..2)), 1..60),
        cuts in prop::collection::vec(1_usize..8, 60),
    ) {
        let mut known = std::collections::BTreeMap::new();
        let mut records: Vec<Record> = Vec::new();
        for (seconds, state) in rounds {
            // The first round of an instant stands.
            let state = *known.entry(seconds).or_insert(state);
            records.push(round("a", at(seconds), state));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let store = open(dir.path());
            let head = vec![Record::Layout(layout("a"))];
            apply(&store, batch(0, 0, head)).await.unwrap();
            for (seq, cut) in (1..).zip(cuts) {
                let rest = records.split_off(cut.min(records.len()));
                let part = std::mem::replace(&mut records, rest);
                apply(&store, batch(0, seq, part)).await.unwrap();
            }
            let up = series(&store, "a", "tierwatch_device_up").await;
            let found = store.state_runs(&[up], window(0, 48 * HOUR)).await.unwrap();
            assert_eq!(found[0].1, model(&known));
        });
    }

    /// Segments in any order, batches again and again, the store closed in between: each
    /// round is there once.
    #[test]
    fn redelivery_has_its_effect_once(
        deliveries in prop::collection::vec((0_i64..4, 0_u64..4, prop::bool::weighted(0.1)), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let mut store = open(dir.path());
            let mut next = [0_u64; 4];
            for (segment, seq, reopen) in deliveries {
                if reopen {
                    store.close().await;
                    store = open(dir.path());
                }
                let n = segment * 4 + i64::try_from(seq).unwrap();
                let records = vec![Record::Layout(layout("a")), round("a", at(n * 60), Some(1))];
                let expected = &mut next[usize::try_from(segment).unwrap()];
                let outcome = apply(&store, batch(segment, seq, records)).await;
                match outcome {
                    Ok(ack) if seq == *expected => {
                        assert!(!ack.repeated);
                        *expected += 1;
                    }
                    Ok(ack) => assert!(ack.repeated && seq < *expected),
                    Err(ApplyError::OutOfOrder { expected: e }) => {
                        assert!(seq > *expected && e == *expected);
                    }
                    Err(other) => panic!("{other}"),
                }
            }
            let count: u64 = next.iter().sum();
            if count > 0 {
                let up = series(&store, "a", "tierwatch_device_up").await;
                let samples = store.samples(&[up], window(0, HOUR)).await.unwrap();
                assert_eq!(samples[0].samples.len() as u64, count);
                let runs = store.state_runs(&[up], window(0, HOUR)).await.unwrap();
                assert_eq!(runs[0].1.iter().map(|run| run.polls).sum::<u64>(), count);
            }
        });
    }
}
