//! Kill −9, copies under load, restore, and what the doctor says.
//!
//! **Room:** tests of layer 1.

mod support;

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use support::*;
use tw_ingest::Record;
use tw_store::{
    DataDir, Store,
    backup::{self, BackupError},
    doctor::{self, Level},
};
use tw_units::CollectorId;

const KILLS: u64 = 20;
const LANES: [&str; 3] = ["col-vnta", "col-mic", "col-rfd"];
const CHILD: &str = "TW_STORE_TEST_CHILD";

fn batch_of(name: &str, seq: u64) -> tw_ingest::Batch {
    let n = i64::try_from(seq).unwrap_or(0);
    batch(
        0,
        seq,
        vec![
            Record::Layout(layout(name)),
            round(name, at(n), Some(n / 7 % 2)),
        ],
    )
}

async fn apply(store: &Store, name: &str, seq: u64) -> tw_ingest::Ack {
    let collector = CollectorId::new(name).expect("a name");
    let received = at(86_400);
    let ack = store
        .apply_batch(&collector, batch_of(name, seq), received)
        .await;
    ack.expect("in order, so it is applied")
}

/// What the collectors know to be acknowledged.
fn acknowledged(oracle: &Path, name: &str) -> u64 {
    let text = std::fs::read_to_string(oracle.join(name)).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.parse::<u64>().ok())
        .max()
        .map_or(0, |last| last + 1)
}

/// The program that is killed: three collectors deliver, each notes what was acknowledged.
#[tokio::test]
#[ignore = "started by the test of kill -9 as its own process"]
async fn child_that_applies_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let dir = Path::new(&dir).to_owned();
    let store = open(&dir.join("data"));
    let mut tasks = tokio::task::JoinSet::new();
    for name in LANES {
        let (store, oracle) = (store.clone(), dir.join("oracle"));
        tasks.spawn(async move {
            let mut seq = acknowledged(&oracle, name);
            let file = std::fs::File::options()
                .create(true)
                .append(true)
                .open(oracle.join(name));
            let mut file = file.expect("the oracle's file");
            loop {
                let ack = apply(&store, name, seq).await;
                assert_eq!(ack.next_seq, seq + 1);
                writeln!(file, "{seq}").expect("the oracle notes what is acknowledged");
                seq += 1;
            }
        });
    }
    tasks.join_next().await;
}

#[tokio::test]
async fn twenty_kills_lose_nothing_and_double_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let oracle = dir.path().join("oracle");
    std::fs::create_dir(&oracle).unwrap();
    for kill in 0..KILLS {
        let wanted = total(&oracle) + 1 + kill * 7 % 40;
        #[expect(
            clippy::disallowed_methods,
            reason = "the test starts itself to be killed"
        )]
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--ignored",
                "--exact",
                "child_that_applies_until_it_is_killed",
            ])
            .env(CHILD, dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        while total(&oracle) < wanted {
            assert!(
                tokio::time::Instant::now() < deadline,
                "the child makes no progress"
            );
            assert!(
                child.try_wait().unwrap().is_none(),
                "the child ended by itself"
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    check_against(&oracle, &dir.path().join("data")).await;
}

fn total(oracle: &Path) -> u64 {
    LANES.iter().map(|name| acknowledged(oracle, name)).sum()
}

async fn check_against(oracle: &Path, data: &Path) {
    let store = open(data);
    for name in LANES {
        let acked = acknowledged(oracle, name);
        assert!(acked > 0, "{name} never got a word in");
        check_lane(&store, name, acked).await;
    }
    for finding in doctor::examine(store.data_dir(), at(86_400)).expect("it opens") {
        assert_ne!(finding.level, Level::Problem, "{finding:?}");
    }
}

/// Everything acknowledged is there once, and nothing is there that the watermark denies.
async fn check_lane(store: &Store, name: &str, acked: u64) {
    let collector = CollectorId::new(name).expect("a name");
    let marks = store.watermarks(&collector).await.expect("watermarks");
    let next = marks.first().map_or(0, |mark| mark.next_seq);
    assert!(
        next >= acked,
        "{name}: {acked} acknowledged, {next} applied"
    );
    let (octets, up) = (
        series(store, name, "ifHCInOctets").await,
        series(store, name, "tierwatch_device_up").await,
    );
    let samples = store
        .samples(&[octets], window(0, 86_400))
        .await
        .expect("samples");
    let found: Vec<Option<i128>> = samples[0]
        .samples
        .iter()
        .map(|s| s.value.and_then(tw_ingest::round::Value::as_whole))
        .collect();
    let wanted: Vec<Option<i128>> = (0..next)
        .map(|seq| Some(i128::from(at(i64::try_from(seq).unwrap_or(0)).as_millis())))
        .collect();
    assert_eq!(found, wanted, "{name}");
    let runs = store
        .state_runs(&[up], window(0, 86_400))
        .await
        .expect("runs");
    assert_eq!(
        runs[0].1.iter().map(|run| run.polls).sum::<u64>(),
        next,
        "{name}"
    );
    assert_eq!(runs[0].1.len() as u64, next.div_ceil(7), "{name}");
}

#[tokio::test]
async fn a_copy_under_load_has_all_that_was_acknowledged_before_it_began() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("data"));
    let (acked, stop) = (
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let load = tokio::spawn({
        let (store, acked, stop) = (store.clone(), Arc::clone(&acked), Arc::clone(&stop));
        async move {
            while !stop.load(SeqCst) {
                let seq = acked.load(SeqCst);
                apply(&store, "col-vnta", seq).await;
                acked.store(seq + 1, SeqCst);
            }
        }
    });
    let mut copies = Vec::new();
    for n in 0..3 {
        let more = acked.load(SeqCst) + 20;
        while acked.load(SeqCst) < more {
            tokio::task::yield_now().await;
        }
        let before = acked.load(SeqCst);
        let report = store
            .backup(dir.path().join(format!("copy-{n}.db")))
            .await
            .unwrap();
        copies.push((report, before));
    }
    stop.store(true, SeqCst);
    load.await.unwrap();
    for (n, (report, before)) in copies.into_iter().enumerate() {
        assert_eq!(report.seal_key, Some(store.seal_key_name()));
        let data = DataDir(dir.path().join(format!("restored-{n}")));
        let restored = backup::restore(&report.file, &data, false, at(0)).unwrap();
        assert!(!restored.secrets_open, "the key is not in the copy");
        let copy = open(&data.0);
        check_lane(&copy, "col-vnta", before).await;
    }
}

#[tokio::test]
async fn nothing_is_overwritten_and_nothing_unsound_is_put_back() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataDir(dir.path().join("data"));
    let store = open(&data.0);
    apply(&store, "col-vnta", 0).await;
    let file = dir.path().join("copy.db");
    store.backup(file.clone()).await.unwrap();
    let again = store.backup(file.clone()).await;
    assert!(
        matches!(again, Err(BackupError::Exists { .. })),
        "{again:?}"
    );

    let in_use = backup::restore(&file, &data, true, at(0));
    assert!(matches!(in_use, Err(BackupError::Open(_))), "{in_use:?}");
    apply(&store, "col-vnta", 1).await;
    store.close().await;
    let present = backup::restore(&file, &data, false, at(0));
    assert!(
        matches!(present, Err(BackupError::Exists { .. })),
        "{present:?}"
    );

    let bytes = std::fs::read(&file).unwrap();
    let broken = dir.path().join("broken.db");
    for damage in [&bytes[..bytes.len() / 2], b"not a database", &[]] {
        std::fs::write(&broken, damage).unwrap();
        assert!(backup::restore(&broken, &data, true, at(0)).is_err());
        assert!(data.main_db().exists(), "the store that is there stays");
    }

    let report = backup::restore(&file, &data, true, at(0)).unwrap();
    assert!(report.secrets_open && report.before.is_some_and(|before| before.exists()));
    let store = open(&data.0);
    check_lane(&store, "col-vnta", 1).await;
    assert!(
        !apply(&store, "col-vnta", 1).await.repeated,
        "asked for again after a restore"
    );
}

#[tokio::test]
async fn the_doctor_names_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataDir(dir.path().to_owned());
    assert!(doctor::examine(&data, at(0)).is_err(), "no store");
    let store = open(dir.path());
    apply(&store, "col-vnta", 0).await;
    let levels = |now| {
        let findings = doctor::examine(&data, now).expect("it opens");
        let bad = findings.into_iter().filter(|f| f.level == Level::Problem);
        bad.map(|f| f.check).collect::<Vec<_>>()
    };
    assert!(levels(at(0)).is_empty());
    let db = rusqlite::Connection::open(data.main_db()).unwrap();
    db.execute_batch(
        "INSERT INTO state_run VALUES (1, 0, 5, 100, 1, 2, 60, 60), (1, 0, 50, 60, 1, 2, 60, 60);
         INSERT INTO round_20261122 VALUES (1, 1, x'00');
         UPDATE audit_head SET seq = 9;
         UPDATE meta SET v = 'another' WHERE k = 'seal_key';",
    )
    .unwrap();
    assert_eq!(levels(at(0)), ["audit", "rounds", "states", "seal_key"]);
}
