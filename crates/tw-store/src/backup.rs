//! Copies of the store: made while it runs, checked before they count, put back whole.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** copy a live file by its bytes.
//!
//! SQLite's backup interface copies in one step: one moment of the database, while commits go
//! on. (In many small steps it starts anew at every commit and never ends.) The key that seals
//! secrets is no part of a copy: a stolen backup opens nothing. Keep it elsewhere.

use crate::{
    Store, audit,
    error::StoreError,
    migrations,
    open::{DataDir, OpenError, check_sqlite_version, open_reader},
};
use rusqlite::{Connection, backup::Backup};
use serde::Serialize;
use std::{
    fs::File,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tw_units::Timestamp;

/// Why a copy was not made or not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something lies where the copy should.
    #[error("{path} exists; nothing is overwritten")]
    Exists {
        /// What.
        path: PathBuf,
    },
    /// The disk does not let us.
    #[error("cannot {what} {path}")]
    Io {
        /// What we tried.
        what: &'static str,
        /// Of what.
        path: PathBuf,
        /// The system's answer.
        #[source]
        cause: std::io::Error,
    },
    /// SQLite does not let us.
    #[error("cannot {what} {path}")]
    Sql {
        /// What we tried.
        what: &'static str,
        /// Of what.
        path: PathBuf,
        /// SQLite's answer.
        #[source]
        cause: rusqlite::Error,
    },
    /// The copy is damaged, or no store at all.
    #[error("{path} is no sound store: {why}")]
    Unsound {
        /// What.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The directory is in use, or the SQLite too old.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// Where it lies.
    pub file: PathBuf,
    /// How big it is.
    pub bytes: u64,
    /// When it was begun: everything acknowledged before is in it.
    pub made_at: Timestamp,
    /// The schema's version.
    pub schema: u32,
    /// The register's revision in it.
    pub register_revision: u64,
    /// Rows of the audit log in it.
    pub audit_rows: u64,
    /// The name of the key that its secrets need.
    pub seal_key: Option<String>,
}

/// A store that was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RestoreReport {
    /// The copy, as it says of itself.
    pub copy: BackupReport,
    /// Where the store that was there before lies now.
    pub before: Option<PathBuf>,
    /// Whether the data directory has the key that the secrets need.
    pub secrets_open: bool,
}

impl Store {
    /// Makes a copy while the store runs. `to` must not exist.
    pub async fn backup(&self, to: PathBuf) -> Result<BackupReport, BackupError> {
        let (dir, now) = (self.dir.clone(), self.clock.now());
        let copied = tokio::task::spawn_blocking(move || backup(&dir, &to, now)).await;
        copied.unwrap_or(Err(BackupError::Store(StoreError::ReaderGone)))
    }
}

/// Makes a copy of the store of a data directory, whether a server runs on it or not.
pub fn backup(dir: &DataDir, to: &Path, now: Timestamp) -> Result<BackupReport, BackupError> {
    check_sqlite_version()?;
    let from = dir.main_db();
    if !from.exists() {
        return Err(OpenError::Missing {
            path: dir.0.clone(),
        }
        .into());
    }
    if to.exists() {
        return Err(BackupError::Exists {
            path: to.to_owned(),
        });
    }
    let part = with_suffix(to, "part");
    remove_if_there(&part)?;
    copy(&from, &part, now)?;
    let report = inspect(&part)?;
    sync(&part)?;
    rename(&part, to)?;
    Ok(BackupReport {
        file: to.to_owned(),
        ..report
    })
}

/// Puts a copy into a data directory that no server runs on. With `replace`, a store that is
/// there is moved aside; without, it is an error.
pub fn restore(
    from: &Path,
    dir: &DataDir,
    replace: bool,
    now: Timestamp,
) -> Result<RestoreReport, BackupError> {
    check_sqlite_version()?;
    let copy = inspect(from)?;
    std::fs::create_dir_all(&dir.0).map_err(io("make", &dir.0))?;
    let _lock = dir.take_lock()?;
    let main = dir.main_db();
    if main.exists() && !replace {
        return Err(BackupError::Exists { path: main });
    }
    let part = with_suffix(&main, "part");
    remove_if_there(&part)?;
    std::fs::copy(from, &part).map_err(io("copy", from))?;
    owner_only(&part)?;
    sync(&part)?;
    let before = move_aside(dir, now)?;
    rename(&part, &main)?;
    let secrets_open = match (&copy.seal_key, crate::SealKey::read(&dir.seal_key())) {
        (Some(wanted), Ok(key)) => *wanted == key.name(),
        (wanted, _) => wanted.is_none(),
    };
    Ok(RestoreReport {
        copy,
        before,
        secrets_open,
    })
}

/// Looks a copy over: its pages, its schema, the chain of its audit log.
pub fn inspect(path: &Path) -> Result<BackupReport, BackupError> {
    let unsound = |why: String| BackupError::Unsound {
        path: path.to_owned(),
        why,
    };
    let sql = |what| {
        move |cause| BackupError::Sql {
            what,
            path: path.to_owned(),
            cause,
        }
    };
    let bytes = std::fs::metadata(path).map_err(io("read", path))?.len();
    let db = open_reader(path).map_err(sql("open"))?;
    let answer: String = db
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|cause| unsound(cause.to_string()))?;
    if answer != "ok" {
        return Err(unsound(answer));
    }
    let schema = migrations::version(&db).map_err(sql("read the schema of"))?;
    if schema == 0 {
        return Err(unsound("it has no schema of ours".to_owned()));
    }
    if schema > migrations::LATEST {
        return Err(OpenError::Newer {
            found: schema,
            known: migrations::LATEST,
        }
        .into());
    }
    let verdict = audit::verify(&db)?;
    if let Some(broken) = verdict.broken {
        return Err(unsound(format!(
            "row {} of its audit log: {}",
            broken.seq, broken.why
        )));
    }
    let revision: i64 = db
        .query_row("SELECT revision FROM register_revision", [], |row| {
            row.get(0)
        })
        .map_err(sql("read the register of"))?;
    let made_at = meta(&db, "backup_made_at").and_then(|text| text.parse().ok());
    Ok(BackupReport {
        file: path.to_owned(),
        bytes,
        made_at: made_at.unwrap_or(Timestamp::EPOCH),
        schema,
        register_revision: revision.unsigned_abs(),
        audit_rows: verdict.rows,
        seal_key: meta(&db, "seal_key"),
    })
}

/// A word about the store itself; none where it was never written.
pub(crate) fn meta(db: &Connection, key: &str) -> Option<String> {
    db.query_row("SELECT v FROM meta WHERE k = ?1", [key], |row| row.get(0))
        .ok()
}

fn copy(from: &Path, to: &Path, now: Timestamp) -> Result<(), BackupError> {
    let sql = |what, path: &Path| {
        let path = path.to_owned();
        move |cause| BackupError::Sql { what, path, cause }
    };
    let source = open_reader(from).map_err(sql("open", from))?;
    let mut copy = Connection::open(to).map_err(sql("make", to))?;
    owner_only(to)?;
    Backup::new(&source, &mut copy)
        .and_then(|backup| backup.step(-1))
        .map_err(sql("copy to", to))?;
    // One file, without a log beside it.
    copy.execute_batch("PRAGMA journal_mode = DELETE")
        .map_err(sql("close", to))?;
    copy.execute(
        "INSERT INTO meta(k, v) VALUES ('backup_made_at', ?1)
         ON CONFLICT (k) DO UPDATE SET v = excluded.v",
        [now.to_string()],
    )
    .map_err(sql("date", to))?;
    copy.close().map_err(|(_, cause)| sql("close", to)(cause))
}

/// Renames the store that is there, its log with it, so that nothing old meets the new file.
fn move_aside(dir: &DataDir, now: Timestamp) -> Result<Option<PathBuf>, BackupError> {
    let main = dir.main_db();
    let stamp: String = now
        .to_string()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let before = dir.0.join(format!("before-{stamp}.db"));
    let found = main.exists();
    for suffix in ["", "-wal", "-shm"] {
        let old = PathBuf::from(format!("{}{suffix}", main.display()));
        if old.exists() {
            rename(
                &old,
                &PathBuf::from(format!("{}{suffix}", before.display())),
            )?;
        }
    }
    Ok(found.then_some(before))
}

fn rename(from: &Path, to: &Path) -> Result<(), BackupError> {
    std::fs::rename(from, to).map_err(io("rename", from))?;
    match to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync(parent),
        None => Ok(()),
    }
}

fn sync(path: &Path) -> Result<(), BackupError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(io("flush", path))
}

fn owner_only(path: &Path) -> Result<(), BackupError> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        .map_err(io("protect", path))
}

fn remove_if_there(path: &Path) -> Result<(), BackupError> {
    match std::fs::remove_file(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(io("remove", path)(cause))
        }
        _ => Ok(()),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}.{suffix}", path.display()))
}

fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |cause| BackupError::Io { what, path, cause }
}
