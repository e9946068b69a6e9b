//! The one writer: a thread that owns the only writing connection of this process.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** be waited for with a lock held.
//!
//! ```text
//! callers ──jobs (bounded)──► writer thread ──commit──► replies, published rounds, changes
//! ```
//!
//! Jobs that wait together share one transaction and one fsync; each has its own savepoint, so
//! one that fails takes nothing with it. Replies go out after the commit only: what was
//! acknowledged is on the disk.

use crate::{
    error::{Doing, StoreError},
    memory::Memory,
    open::WAL_BYTES_MAX,
    shared::Shared,
};
use rusqlite::Connection;
use std::{fs::File, path::PathBuf, sync::Arc};
use tokio::sync::{mpsc, oneshot, watch};

/// Jobs that may wait for the writer; more make their callers wait.
pub const QUEUE_LENGTH_MAX: usize = 256;

/// Jobs that share one transaction.
pub const GROUP_JOBS_MAX: usize = 64;

/// Bytes of batches that share one transaction.
pub const GROUP_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A checkpoint that truncates the log waits at most this long for readers.
const CHECKPOINT_WAIT: std::time::Duration = std::time::Duration::from_millis(200);

type Reply = Box<dyn FnOnce(Result<(), String>) + Send>;
type Run = Box<dyn FnOnce(&Connection, &mut Memory) -> (bool, Reply) + Send>;

struct Job {
    bytes: usize,
    run: Run,
}

/// The handle that everybody has.
#[derive(Clone)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the thread. It ends when the last handle is gone and the queue is empty; then it
    /// gives the lock of the directory back and drops its end of the channel.
    pub(crate) fn spawn(
        db: Connection,
        wal: PathBuf,
        shared: Arc<Shared>,
        lock: Option<File>,
    ) -> std::io::Result<(Self, watch::Receiver<()>)> {
        let (jobs, queue) = mpsc::channel(QUEUE_LENGTH_MAX);
        let (running, ended) = watch::channel(());
        let bench = Bench {
            db,
            wal,
            memory: Memory::default(),
            shared,
        };
        std::thread::Builder::new()
            .name("tw-store-writer".to_owned())
            .spawn(move || {
                bench.work(queue);
                // Only now may another server write, and only now is this one said to be done.
                drop(lock);
                drop(running);
            })?;
        Ok((Self { jobs }, ended))
    }

    /// Jobs that wait.
    pub(crate) fn queue_length(&self) -> u64 {
        (QUEUE_LENGTH_MAX - self.jobs.capacity().min(QUEUE_LENGTH_MAX)) as u64
    }

    /// Runs `change` inside a transaction and returns after the commit. An error of `change`
    /// takes back what it did.
    pub(crate) async fn write<T, E>(
        &self,
        bytes: usize,
        change: impl FnOnce(&Connection, &mut Memory) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let run: Run = Box::new(move |db, memory| {
            let outcome = change(db, memory);
            let keep = outcome.is_ok();
            let tell: Reply = Box::new(move |committed| {
                let outcome = outcome.and_then(|value| {
                    committed
                        .map(|()| value)
                        .map_err(|why| StoreError::Commit(why).into())
                });
                // A caller that went away (a closed connection) needs no answer.
                reply.send(outcome).ok();
            });
            (keep, tell)
        });
        let gone = |()| E::from(StoreError::WriterGone);
        self.jobs
            .send(Job { bytes, run })
            .await
            .map_err(|_| gone(()))?;
        answer.await.map_err(|_| gone(()))?
    }
}

struct Bench {
    db: Connection,
    wal: PathBuf,
    memory: Memory,
    shared: Arc<Shared>,
}

impl Bench {
    fn work(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.blocking_recv() {
            let mut bytes = first.bytes;
            let mut group = vec![first];
            while group.len() < GROUP_JOBS_MAX && bytes < GROUP_BYTES_MAX {
                let Ok(job) = queue.try_recv() else { break };
                bytes += job.bytes;
                group.push(job);
            }
            self.run_group(group);
            self.bound_wal();
        }
        // The last one out leaves a database without a log.
        if let Err(cause) = self.db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%cause, "cannot checkpoint the store at its end");
        }
    }

    fn run_group(&mut self, group: Vec<Job>) {
        let (replies, outcome) = match self.db.execute_batch("BEGIN IMMEDIATE") {
            Ok(()) => self.run_jobs(group),
            // Dropping the jobs tells their callers that nobody will answer.
            Err(cause) => (Vec::new(), Err(cause)),
        };
        match &outcome {
            Ok(()) => self.shared.publish(self.memory.take_pending()),
            Err(cause) => {
                tracing::error!(%cause, "the store cannot commit");
                self.shared.stats.count_failed_commit();
                if !self.db.is_autocommit() {
                    self.db.execute_batch("ROLLBACK").ok(); // nothing more can be done
                }
                self.memory.forget();
            }
        }
        for reply in replies {
            reply(match &outcome {
                Ok(()) => Ok(()),
                Err(cause) => Err(cause.to_string()),
            });
        }
    }

    fn run_jobs(&mut self, group: Vec<Job>) -> (Vec<Reply>, Result<(), rusqlite::Error>) {
        let jobs = group.len();
        let mut replies = Vec::with_capacity(jobs);
        for job in group {
            match self.run_one(job.run) {
                Ok(reply) => replies.push(reply),
                Err((reply, cause)) => {
                    replies.extend(reply);
                    return (replies, Err(cause));
                }
            }
        }
        let outcome = self.db.execute_batch("COMMIT");
        if outcome.is_ok() {
            self.shared.stats.count_commit(jobs);
        }
        (replies, outcome)
    }

    fn run_one(&mut self, run: Run) -> Result<Reply, (Option<Reply>, rusqlite::Error)> {
        let mark = self.memory.mark();
        self.db
            .execute_batch("SAVEPOINT job")
            .map_err(|e| (None, e))?;
        let (keep, reply) = run(&self.db, &mut self.memory);
        let end = if keep {
            "RELEASE job"
        } else {
            self.memory.back_to(mark);
            "ROLLBACK TO job; RELEASE job"
        };
        match self.db.execute_batch(end) {
            Ok(()) => Ok(reply),
            Err(cause) => Err((Some(reply), cause)),
        }
    }

    /// Over the limit, the writer itself moves the log into the database: passive checkpoints
    /// may never catch up with a writer that does not pause.
    fn bound_wal(&mut self) {
        let bytes = std::fs::metadata(&self.wal).map_or(0, |m| m.len());
        self.shared.stats.set_wal_bytes(bytes);
        if bytes <= WAL_BYTES_MAX {
            return;
        }
        if let Err(cause) = self.truncate_wal() {
            tracing::warn!(%cause, bytes, "cannot cut the store's write-ahead log");
        }
    }

    fn truncate_wal(&self) -> Result<(), StoreError> {
        self.db
            .busy_timeout(CHECKPOINT_WAIT)
            .doing("set the busy timeout")?;
        let busy: i64 = self
            .db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .doing("checkpoint")?;
        self.db
            .busy_timeout(crate::open::BUSY_TIMEOUT)
            .doing("set the busy timeout")?;
        self.shared.stats.count_checkpoint(busy == 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
