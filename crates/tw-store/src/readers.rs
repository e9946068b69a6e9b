//! The few connections that read samples and states, each on a blocking thread.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** write.

use crate::{
    error::{Doing, StoreError},
    open::open_reader,
};
use rusqlite::Connection;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;

/// Queries of samples and states that run at once; more wait.
pub const READERS_MAX: usize = 4;

/// Connections for reading.
#[derive(Clone, Debug)]
pub(crate) struct Readers {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Readers {
    pub(crate) fn new(path: PathBuf) -> Self {
        let inner = Inner {
            path,
            idle: Mutex::default(),
            permits: Semaphore::new(READERS_MAX),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Runs `query` inside a read transaction: all its statements see one moment.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(move |inner| inner.read(query)).await
    }

    /// Runs `query` without a transaction: each statement sees the latest commit. For reads
    /// that are guided by what is published after a commit.
    pub(crate) async fn read_latest<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(move |inner| inner.read_latest(query)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.inner);
        let permit = self.inner.permits.acquire().await;
        let answer = tokio::task::spawn_blocking(move || query(&inner)).await;
        drop(permit);
        answer.unwrap_or(Err(StoreError::ReaderGone))
    }
}

impl Inner {
    fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let db = self.connection()?;
        db.execute_batch("BEGIN").doing("begin to read")?;
        let answer = query(&db);
        // A connection that cannot end its transaction is not used again.
        if db.execute_batch("COMMIT").is_ok() {
            self.idle().push(db);
        }
        answer
    }

    fn read_latest<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let db = self.connection()?;
        let answer = query(&db);
        self.idle().push(db);
        answer
    }

    fn connection(&self) -> Result<Connection, StoreError> {
        let idle = self.idle().pop();
        match idle {
            Some(db) => Ok(db),
            None => open_reader(&self.path).doing("open a reader"),
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
