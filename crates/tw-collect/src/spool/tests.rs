//! The spool's guarantees, one test each.

use super::*;
use proptest::prelude::*;
use std::fs;
use tw_ingest::{EventSeen, Gap, ObjectDef, Round, SeriesDef, TargetKey, ValueKind, round};

const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn layout(target: &str) -> Layout {
    Layout {
        target: TargetKey(target.into()),
        period_ms: 60_000,
        objects: vec![ObjectDef {
            key: String::new(),
            labels: vec![],
        }],
        series: vec![SeriesDef {
            object: 0,
            metric: "tierwatch_device_up".into(),
            kind: ValueKind::State,
        }],
    }
}

fn reading(target: &str, at: Timestamp) -> Record {
    Record::Round(Round {
        target: TargetKey(target.into()),
        at,
        layout: layout(target).key(),
        values: round::encode(&[Some(round::Value::Whole(1))]),
    })
}

fn open(folder: &Path) -> Spool {
    Spool::open(SpoolSettings::at(folder.join("spool.db")), START).unwrap()
}

/// Plays a centre that takes everything in the order of the backlog.
fn drain(spool: &mut Spool, now: Timestamp) -> Vec<Record> {
    let mut taken = Vec::new();
    while let Some(first) = spool.backlog().unwrap().first().copied() {
        let pending = spool
            .read(first)
            .unwrap()
            .expect("a backlog has its batches");
        taken.extend(pending.records);
        spool
            .acknowledge(first.lane, first.segment, first.next + 1, now)
            .unwrap();
    }
    taken
}

fn rounds(records: &[Record]) -> Vec<(String, Timestamp)> {
    records
        .iter()
        .filter_map(|record| match record {
            Record::Round(round) => Some((round.target.0.clone(), round.at)),
            _ => None,
        })
        .collect()
}

#[test]
fn g1_what_was_accepted_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    let epoch = spool.epoch();
    spool
        .commit(
            Lane::Metric,
            vec![Record::Layout(layout("a")), reading("a", START)],
            START,
        )
        .unwrap();
    drop(spool);
    let mut spool = open(folder.path());
    assert_eq!(spool.epoch(), epoch);
    assert_eq!(rounds(&drain(&mut spool, START)), [("a".to_owned(), START)]);
    assert_eq!(drain(&mut spool, START), [], "nothing comes twice");
}

#[test]
fn g2_a_position_is_never_used_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = BTreeSet::new();
    for life in 0..5 {
        let mut spool = open(folder.path());
        for second in 0..3 {
            let now = START.plus(Duration::from_secs(life * 10 + second));
            spool
                .commit(
                    Lane::Metric,
                    vec![Record::Layout(layout("a")), reading("a", now)],
                    now,
                )
                .unwrap();
        }
        for backlog in spool.backlog().unwrap() {
            for seq in backlog.next..backlog.end {
                assert!(
                    seen.insert((spool.epoch(), backlog.segment, seq)),
                    "{backlog:?}"
                );
            }
        }
        drain(&mut spool, START);
    }
    assert_eq!(seen.len(), 15);
}

#[test]
fn g4_each_segment_announces_the_layouts_that_its_rounds_need() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    spool
        .commit(Lane::Metric, vec![Record::Layout(layout("a"))], START)
        .unwrap();
    for hour in 0..3 {
        let now = START.plus(Duration::from_secs(hour * 3_600));
        spool
            .commit(Lane::Metric, vec![reading("a", now)], now)
            .unwrap();
    }
    let backlog = spool.backlog().unwrap();
    assert_eq!(backlog.len(), 3);
    for segment in &backlog[1..] {
        let pending = spool.read(*segment).unwrap().unwrap();
        assert!(
            matches!(pending.records[0], Record::Layout(_)),
            "{pending:?}"
        );
        assert_eq!(pending.records.len(), 2);
    }
}

#[test]
fn g4_sealing_lets_live_readings_overtake_the_backlog() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    spool
        .commit(
            Lane::Metric,
            vec![Record::Layout(layout("a")), reading("a", START)],
            START,
        )
        .unwrap();
    spool.seal(Lane::Metric);
    spool
        .commit(Lane::Metric, vec![reading("a", START)], START)
        .unwrap();
    let backlog = spool.backlog().unwrap();
    assert_eq!(
        backlog.iter().map(|b| b.open).collect::<Vec<_>>(),
        [false, true]
    );
}

#[test]
fn g5_a_full_spool_drops_the_oldest_metrics_and_tells_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = SpoolSettings::at(folder.path().join("spool.db"));
    settings.bytes_max = 3_000;
    let mut spool = Spool::open(settings, START).unwrap();
    let volume = Volume {
        size: 1 << 40,
        free: 1 << 39,
    };
    let event = EventSeen {
        at: START,
        code: "started".into(),
        target: None,
        detail: "x".into(),
    };
    spool
        .commit(Lane::Event, vec![Record::Event(event)], START)
        .unwrap();
    spool
        .commit(Lane::Metric, vec![Record::Layout(layout("a"))], START)
        .unwrap();
    let mut committed = 0;
    for hour in 0..24 {
        let now = START.plus(Duration::from_secs(hour * 3_600));
        spool
            .commit(Lane::Metric, vec![reading("a", now)], now)
            .unwrap();
        committed += 1;
    }
    let now = START.plus(Duration::from_secs(24 * 3_600));
    assert!(spool.enforce(volume, now).unwrap() > 0);
    assert!(spool.state().unwrap().bytes <= 3_000);
    let records = drain(&mut spool, now);
    let kept = rounds(&records);
    let gaps: Vec<&Gap> = records
        .iter()
        .filter_map(|r| {
            if let Record::Gap(g) = r {
                Some(g)
            } else {
                None
            }
        })
        .collect();
    assert!(
        records.iter().any(|r| matches!(r, Record::Event(_))),
        "events are never first"
    );
    assert!(gaps.iter().all(|gap| gap.reason == "spool_full"));
    for (_, at) in &kept {
        assert!(
            gaps.iter().all(|gap| *at < gap.from || *at >= gap.to),
            "{at} is not a gap"
        );
    }
    // Records, not rounds, are counted: a segment's first round brings its layout.
    let dropped: u64 = gaps.iter().map(|gap| gap.dropped).sum();
    assert!(dropped >= committed - kept.len() as u64);
    assert_eq!(dropped, spool.state().unwrap().dropped);
}

#[test]
fn g8_a_centre_that_was_restored_gets_everything_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    spool
        .commit(Lane::Metric, vec![Record::Layout(layout("a"))], START)
        .unwrap();
    for second in 0..10 {
        let now = START.plus(Duration::from_secs(second));
        spool
            .commit(Lane::Metric, vec![reading("a", now)], now)
            .unwrap();
    }
    drain(&mut spool, START);
    spool.rewind(Lane::Metric, 0, 4, START).unwrap();
    assert_eq!(rounds(&drain(&mut spool, START)).len(), 7);
}

#[test]
fn g8_what_is_no_longer_here_becomes_a_gap_and_the_rest_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    spool
        .commit(Lane::Metric, vec![Record::Layout(layout("a"))], START)
        .unwrap();
    for second in 0..4 {
        let now = START.plus(Duration::from_secs(second));
        spool
            .commit(Lane::Metric, vec![reading("a", now)], now)
            .unwrap();
    }
    spool
        .database
        .execute("DELETE FROM batch WHERE seq < 2 AND lane = 2", [])
        .unwrap();
    spool.rewind(Lane::Metric, 0, 0, START).unwrap();
    let records = drain(&mut spool, START);
    assert_eq!(rounds(&records).len(), 3);
    assert!(records.iter().any(|r| matches!(r, Record::Gap(_))));
}

#[test]
fn g9_one_damaged_row_costs_that_row() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    spool
        .commit(Lane::Metric, vec![Record::Layout(layout("a"))], START)
        .unwrap();
    for second in 0..3 {
        let now = START.plus(Duration::from_secs(second));
        spool
            .commit(Lane::Metric, vec![reading("a", now)], now)
            .unwrap();
    }
    spool
        .database
        .execute(
            "UPDATE batch SET body = x'00' WHERE seq = 2 AND lane = 2",
            [],
        )
        .unwrap();
    let records = drain(&mut spool, START);
    assert_eq!(rounds(&records).len(), 2);
    assert!(
        records
            .iter()
            .any(|r| matches!(r, Record::Gap(g) if g.reason == "spool_corrupt"))
    );
}

#[test]
fn g9_a_file_that_is_no_database_is_moved_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool.db");
    fs::write(&path, vec![7_u8; 8_192]).unwrap();
    let mut spool = open(folder.path());
    let records = drain(&mut spool, START);
    assert!(
        matches!(&records[..], [Record::Event(e)] if e.code == "spool_corrupt"),
        "{records:?}"
    );
    let aside = fs::read_dir(folder.path())
        .unwrap()
        .filter(|f| {
            f.as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .contains("damaged")
        })
        .count();
    assert!(
        aside >= 1,
        "the damaged file is kept for a person to look at"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// G9: whatever is cut off or changed in the file, the spool opens, nothing panics, and
    /// nothing is delivered that was not accepted.
    #[test]
    fn g9_a_damaged_file_never_stops_the_collector(
        cut in 0_usize..40_000,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spool.db");
        let mut spool = open(folder.path());
        spool.commit(Lane::Metric, vec![Record::Layout(layout("a"))], START).unwrap();
        let mut accepted = BTreeSet::new();
        for second in 0..60 {
            let now = START.plus(Duration::from_secs(second));
            spool.commit(Lane::Metric, vec![reading("a", now)], now).unwrap();
            accepted.insert(now);
        }
        drop(spool);
        let mut bytes = fs::read(&path).unwrap();
        bytes.truncate(bytes.len().saturating_sub(cut));
        for (at, with) in &flips {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] ^= with;
            }
        }
        fs::write(&path, &bytes).unwrap();
        let mut spool = open(folder.path());
        let delivered = rounds(&drain(&mut spool, START));
        for (target, at) in &delivered {
            prop_assert!(target == "a" && accepted.contains(at));
        }
        let now = START.plus(Duration::from_secs(900));
        spool.commit(Lane::Metric, vec![Record::Layout(layout("a")), reading("a", now)], now).unwrap();
        prop_assert!(rounds(&drain(&mut spool, now)).contains(&("a".to_owned(), now)));
    }
}
