//! Looks a data directory over without changing it.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** write, or need a running server.

use crate::{
    audit,
    backup::meta,
    error::{Doing, StoreError},
    migrations,
    open::{DataDir, OpenError, WAL_BYTES_MAX, check_sqlite_version, open_reader},
    rounds,
    seal::SealKey,
};
use rusqlite::Connection;
use serde::Serialize;
use std::os::unix::fs::PermissionsExt;
use tw_units::Timestamp;

/// Less free space than this is a warning.
pub const FREE_BYTES_WANTED: u64 = 1024 * 1024 * 1024;

/// Less free space than this is a problem: a commit may fail.
pub const FREE_BYTES_MIN: u64 = 128 * 1024 * 1024;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, and somebody should look.
    Warning,
    /// It does not work, or will not for long.
    Problem,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable word for the check.
    pub check: &'static str,
    /// How bad.
    pub level: Level,
    /// For a person.
    pub message: String,
}

type Checked = Result<(Level, String), StoreError>;

/// Runs every check. One that cannot run is a problem and hinders no other.
pub fn examine(dir: &DataDir, now: Timestamp) -> Result<Vec<Finding>, OpenError> {
    check_sqlite_version()?;
    let path = dir.main_db();
    if !path.exists() {
        return Err(OpenError::Missing {
            path: dir.0.clone(),
        });
    }
    let db = open_reader(&path).map_err(|cause| OpenError::Sql {
        what: "open the database",
        path: path.clone(),
        cause,
    })?;
    let sqlite = (Level::Ok, format!("{} is linked", rusqlite::version()));
    let checks: [(&'static str, Checked); 10] = [
        ("sqlite_version", Ok(sqlite)),
        ("server", Ok(server(dir))),
        ("schema", schema(&db)),
        ("integrity", integrity(&db)),
        ("audit", audit_chain(&db)),
        ("watermarks", watermarks(&db, now)),
        ("rounds", round_tables(&db, now)),
        ("states", states(&db)),
        ("seal_key", Ok(seal_key(dir, &db))),
        ("space", Ok(space(dir))),
    ];
    let finding = |(check, outcome): (&'static str, Checked)| {
        let (level, message) = outcome.unwrap_or_else(|cause| (Level::Problem, chain(&cause)));
        Finding {
            check,
            level,
            message,
        }
    };
    Ok(checks.into_iter().map(finding).collect())
}

fn server(dir: &DataDir) -> (Level, String) {
    match dir.take_lock() {
        Ok(lock) => {
            drop(lock);
            (Level::Ok, "no server runs on the directory".to_owned())
        }
        Err(OpenError::InUse { .. }) => (Level::Ok, "a server runs on the directory".to_owned()),
        Err(cause) => (Level::Problem, chain(&cause)),
    }
}

fn schema(db: &Connection) -> Checked {
    let (found, known) = (
        migrations::version(db).doing("read the schema")?,
        migrations::LATEST,
    );
    Ok(match found.cmp(&known) {
        std::cmp::Ordering::Equal => (Level::Ok, format!("version {found}")),
        std::cmp::Ordering::Less => (
            Level::Warning,
            format!("version {found}; the next start brings it to {known}"),
        ),
        std::cmp::Ordering::Greater => (
            Level::Problem,
            format!("version {found}, this program knows {known}"),
        ),
    })
}

fn integrity(db: &Connection) -> Checked {
    let answer: String = db
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .doing("check the pages")?;
    if answer != "ok" {
        return Ok((Level::Problem, answer));
    }
    let dangling = count(db, "SELECT count(*) FROM pragma_foreign_key_check")?;
    Ok(match dangling {
        0 => (Level::Ok, "all pages and references are sound".to_owned()),
        n => (
            Level::Problem,
            format!("{n} rows refer to rows that are not there"),
        ),
    })
}

fn audit_chain(db: &Connection) -> Checked {
    let verdict = audit::verify(db)?;
    Ok(match verdict.broken {
        None => (
            Level::Ok,
            format!("{} rows, the chain ends at {}", verdict.rows, verdict.head),
        ),
        Some(broken) => (
            Level::Problem,
            format!("row {}: {}", broken.seq, broken.why),
        ),
    })
}

fn watermarks(db: &Connection, now: Timestamp) -> Checked {
    let ahead = now.plus_millis(crate::day::DAY_MS).as_millis();
    let marks = count(db, "SELECT count(*) FROM watermark")?;
    let odd: i64 = db
        .query_row(
            "SELECT count(*) FROM watermark WHERE next_seq <= 0 OR moved_ms > ?1
               OR segment > ?1 / 3600000
               OR collector NOT IN (SELECT id FROM collector)",
            [ahead],
            |row| row.get(0),
        )
        .doing("read the watermarks")?;
    Ok(match odd {
        0 => (Level::Ok, format!("{marks} streams")),
        n => (
            Level::Warning,
            format!("{n} of {marks} streams lie in the future or have no owner"),
        ),
    })
}

fn round_tables(db: &Connection, now: Timestamp) -> Checked {
    let days = rounds::days(db)?;
    let future = now.plus_millis(crate::limits::FUTURE_MS_MAX);
    for day in &days {
        let sql = format!("SELECT min(id), max(id) FROM {}", day.table());
        let (min, max): (Option<i64>, Option<i64>) = db
            .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .doing("read a day")?;
        let at = |id: Option<i64>| id.map(|id| crate::day::of_round_id(id).0);
        let inside =
            at(min).is_none_or(|at| at >= day.start()) && at(max).is_none_or(|at| at < day.end());
        if !inside {
            return Ok((
                Level::Problem,
                format!("{} has rounds of other days", day.table()),
            ));
        }
        if let Some(last) = at(max).filter(|last| *last > future) {
            return Ok((
                Level::Warning,
                format!("the last round lies in the future, at {last}"),
            ));
        }
    }
    Ok((Level::Ok, format!("{} days", days.len())))
}

fn states(db: &Connection) -> Checked {
    let overlaps = count(
        db,
        "SELECT count(*) FROM (SELECT to_ms >= lead(from_ms)
           OVER (PARTITION BY series_id, origin ORDER BY from_ms) AS overlaps FROM state_run)
         WHERE overlaps",
    )?;
    let rows = count(db, "SELECT count(*) FROM state_run")?;
    Ok(match overlaps {
        0 => (Level::Ok, format!("{rows} runs")),
        n => (
            Level::Problem,
            format!("{n} of {rows} runs overlap the next one"),
        ),
    })
}

fn seal_key(dir: &DataDir, db: &Connection) -> (Level, String) {
    let path = dir.seal_key();
    if !path.exists() {
        let message = format!(
            "{} is not there; a server needs `seal_key` set",
            path.display()
        );
        return (Level::Warning, message);
    }
    let key = match SealKey::read(&path) {
        Ok(key) => key,
        Err(cause) => return (Level::Problem, chain(&cause)),
    };
    let mode = std::fs::metadata(&path).map_or(0, |m| m.permissions().mode() & 0o777);
    if mode & 0o077 != 0 {
        return (
            Level::Problem,
            format!("others may read {} (mode {mode:o})", path.display()),
        );
    }
    match meta(db, "seal_key") {
        Some(wanted) if wanted != key.name() => {
            let message = format!("the secrets need key {wanted}, here is {}", key.name());
            (Level::Problem, message)
        }
        _ => (Level::Ok, format!("key {}", key.name())),
    }
}

fn space(dir: &DataDir) -> (Level, String) {
    let free = match nix::sys::statvfs::statvfs(&dir.0) {
        Ok(fs) => fs.blocks_available().saturating_mul(fs.fragment_size()),
        Err(cause) => {
            return (
                Level::Problem,
                format!("cannot ask for free space: {cause}"),
            );
        }
    };
    let wal = std::fs::metadata(dir.wal()).map_or(0, |m| m.len());
    let mebibytes = |bytes: u64| bytes / (1024 * 1024);
    let message = format!(
        "{} MiB free, the log has {} MiB",
        mebibytes(free),
        mebibytes(wal)
    );
    let level = if free < FREE_BYTES_MIN {
        Level::Problem
    } else if free < FREE_BYTES_WANTED || wal > WAL_BYTES_MAX.saturating_mul(2) {
        Level::Warning
    } else {
        Level::Ok
    };
    (level, message)
}

fn count(db: &Connection, sql: &'static str) -> Result<i64, StoreError> {
    db.query_row(sql, [], |row| row.get(0)).doing("count rows")
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
