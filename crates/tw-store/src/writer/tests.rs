//! The writer: what fails takes nothing with it, what is answered is there, the log is bounded.
//!
//! **Room:** tests of layer 1.

use super::*;
use crate::open::{DataDir, open_reader, open_writer};

fn start(dir: &std::path::Path) -> (Writer, DataDir, Arc<Shared>) {
    let dir = DataDir(dir.to_owned());
    let db = open_writer(&dir.main_db()).expect("a new store");
    db.execute_batch("CREATE TABLE t(n INTEGER PRIMARY KEY, pad BLOB)")
        .expect("a table");
    let shared = Arc::new(Shared::default());
    let (writer, _ended) =
        Writer::spawn(db, dir.wal(), Arc::clone(&shared), None).expect("a thread");
    (writer, dir, shared)
}

fn insert(db: &Connection, n: i64, pad: usize) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO t VALUES (?1, zeroblob(?2))",
        rusqlite::params![n, pad],
    )
    .map(drop)
    .doing("insert")
}

fn kept(dir: &DataDir) -> Vec<i64> {
    let db = open_reader(&dir.main_db()).expect("a reader");
    let mut query = db.prepare("SELECT n FROM t ORDER BY n").expect("a query");
    let rows = query.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("numbers")
}

#[tokio::test]
async fn a_job_that_fails_takes_back_its_own_writes_only() {
    let dir = tempfile::tempdir().unwrap();
    let (writer, dir, _) = start(dir.path());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..60 {
        let writer = writer.clone();
        tasks.spawn(async move {
            let job = move |db: &Connection, _: &mut Memory| {
                insert(db, n, 0)?;
                if n % 3 == 0 {
                    Err(StoreError::corrupt("a test"))
                } else {
                    Ok(())
                }
            };
            assert_eq!(writer.write(0, job).await.is_ok(), n % 3 != 0);
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(
        kept(&dir),
        (0..60).filter(|n| n % 3 != 0).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn what_is_answered_is_there_for_every_reader() {
    let dir = tempfile::tempdir().unwrap();
    let (writer, dir, _) = start(dir.path());
    for n in 0..5 {
        writer
            .write(0, move |db, _| insert(db, n, 0))
            .await
            .unwrap();
        assert_eq!(kept(&dir), (0..=n).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn the_log_is_cut_when_it_grows_beyond_its_limit() {
    let dir = tempfile::tempdir().unwrap();
    let (writer, dir, shared) = start(dir.path());
    // One transaction larger than the limit: no passive checkpoint can come in between.
    let pad = usize::try_from(WAL_BYTES_MAX).unwrap() + 1024 * 1024;
    writer
        .write(0, move |db, _| insert(db, 0, pad))
        .await
        .unwrap();
    // The next answer comes after the checkpoint of the one before.
    writer.write(0, |db, _| insert(db, 1, 0)).await.unwrap();
    assert_eq!(shared.stats.read().checkpoints, 1);
    let bytes = std::fs::metadata(dir.wal()).unwrap().len();
    assert!(bytes < WAL_BYTES_MAX, "{bytes} bytes of log");
    assert_eq!(kept(&dir), [0, 1]);
}
