//! The data directory: one server at a time, a SQLite that does not lose commits, migrations.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** touch another program's files.

use crate::migrations;
use rusqlite::{Connection, OpenFlags};
use std::{
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

/// The lowest SQLite that may open the file: below it, a checkpoint beside a commit can lose
/// the commit (the WAL-reset race, fixed in 3.51.3).
pub const SQLITE_VERSION_MIN: i32 = 3_051_003;

/// How long a statement waits for another process's transaction.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The write-ahead log is cut to this size after a checkpoint, and the writer forces one when
/// the log grows beyond it.
pub const WAL_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How often, and after which pause, a starting server asks for the lock of one that ends.
const LOCK_TRIES: u32 = 40;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Prepared statements that a connection keeps.
const STATEMENTS_MAX: usize = 256;

/// Why a data directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The SQLite that is linked is too old.
    #[error("SQLite {found} is linked, and below 3.51.3 it can lose committed data")]
    SqliteTooOld {
        /// What is linked.
        found: String,
    },
    /// A server runs on the directory.
    #[error("{path} is in use by a running server")]
    InUse {
        /// The lock.
        path: PathBuf,
    },
    /// There is no store, and the caller did not ask for a new one.
    #[error("{path} is no data directory: it has no main.db")]
    Missing {
        /// What was looked at.
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
    #[error("cannot {what} in {path}")]
    Sql {
        /// What we tried.
        what: &'static str,
        /// Of what.
        path: PathBuf,
        /// SQLite's answer.
        #[source]
        cause: rusqlite::Error,
    },
    /// What is stored could not be read.
    #[error("cannot read {path}")]
    Read {
        /// Of what.
        path: PathBuf,
        /// Why.
        #[source]
        cause: Box<crate::StoreError>,
    },
    /// The store was written by a newer program.
    #[error("the store has schema {found}, this program knows {known}: use a newer tierwatch")]
    Newer {
        /// The store's.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The key that seals secrets could not be had.
    #[error(transparent)]
    Key(#[from] crate::seal::SealError),
}

/// Where things lie in a data directory.
#[derive(Clone, Debug)]
pub struct DataDir(pub PathBuf);

impl DataDir {
    /// The database.
    pub fn main_db(&self) -> PathBuf {
        self.0.join("main.db")
    }

    /// The write-ahead log of the database.
    pub fn wal(&self) -> PathBuf {
        self.0.join("main.db-wal")
    }

    /// The lock that a server holds.
    pub fn lock(&self) -> PathBuf {
        self.0.join("server.lock")
    }

    /// The key that seals secrets, where no other is given.
    pub fn seal_key(&self) -> PathBuf {
        self.0.join("seal.key")
    }

    /// As [`Self::take_lock`], but waits a little for a server that is just ending.
    pub(crate) fn wait_for_lock(&self) -> Result<File, OpenError> {
        for _ in 0..LOCK_TRIES {
            match self.take_lock() {
                Err(OpenError::InUse { .. }) => std::thread::sleep(LOCK_PAUSE),
                other => return other,
            }
        }
        self.take_lock()
    }

    /// Takes the lock that only one server has; it is released when the file is dropped, or
    /// by the system when the process ends in any way.
    pub fn take_lock(&self) -> Result<File, OpenError> {
        let path = self.lock();
        let io = |what| {
            let path = path.clone();
            move |cause| OpenError::Io { what, path, cause }
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(io("open"))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse { path }),
            Err(std::fs::TryLockError::Error(cause)) => Err(io("lock")(cause)),
        }
    }
}

/// Refuses a SQLite with the WAL-reset race.
pub fn check_sqlite_version() -> Result<(), OpenError> {
    if rusqlite::version_number() < SQLITE_VERSION_MIN {
        return Err(OpenError::SqliteTooOld {
            found: rusqlite::version().to_owned(),
        });
    }
    Ok(())
}

/// Opens the database for writing, creates it where it is missing, and brings its schema up
/// to date in one transaction.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, OpenError> {
    check_sqlite_version()?;
    let sql = |what| {
        move |cause| OpenError::Sql {
            what,
            path: path.to_owned(),
            cause,
        }
    };
    let mut db = Connection::open(path).map_err(sql("open the database"))?;
    db.busy_timeout(BUSY_TIMEOUT)
        .map_err(sql("set the busy timeout"))?;
    // The page size must be chosen before the first table; the journal before the first write.
    // Statement journals in memory are a list that SQLite walks for each statement: many changes
    // in one transaction would cost its square. In a file they are not walked.
    db.execute_batch(&format!(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = {WAL_BYTES_MAX};
         PRAGMA cache_size = -16384; PRAGMA temp_store = FILE;"
    ))
    .map_err(sql("set up the database"))?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    let found = migrations::migrate(&mut db).map_err(sql("bring the schema up to date"))?;
    if found > migrations::LATEST {
        return Err(OpenError::Newer {
            found,
            known: migrations::LATEST,
        });
    }
    Ok(db)
}

/// Opens the database for reading only.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    let db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI,
    )?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8192;")?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(db)
}
