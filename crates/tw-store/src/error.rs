//! What can go wrong in the store itself, as opposed to what a caller got wrong.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** name a table to a user.

/// The store could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The writer thread has ended, or could not even begin a transaction.
    #[error("the store's writer gave no answer")]
    WriterGone,
    /// A query panicked; the message is on standard error.
    #[error("a query of the store ended without an answer")]
    ReaderGone,
    /// A statement failed in the writer or in a reader of samples.
    #[error("cannot {what}")]
    Sql {
        /// What we tried.
        what: &'static str,
        /// SQLite's answer.
        #[source]
        cause: rusqlite::Error,
    },
    /// A query failed.
    #[error("cannot {what}")]
    Query {
        /// What we tried.
        what: &'static str,
        /// The driver's answer.
        #[source]
        cause: sqlx::Error,
    },
    /// The transaction that held the change could not be committed; nothing of it happened.
    #[error("the transaction could not be committed: {0}")]
    Commit(String),
    /// What lies on the disk does not fit what we write.
    #[error("the store holds {what}")]
    Corrupt {
        /// What was found.
        what: String,
    },
    /// A limit with a name was reached.
    #[error("{what} is limited to {limit}")]
    Limit {
        /// Which.
        what: &'static str,
        /// Its value.
        limit: u64,
    },
}

impl StoreError {
    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }
}

/// Says what was tried when a statement fails.
pub(crate) trait Doing<T> {
    fn doing(self, what: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, rusqlite::Error> {
    fn doing(self, what: &'static str) -> Result<T, StoreError> {
        self.map_err(|cause| StoreError::Sql { what, cause })
    }
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, what: &'static str) -> Result<T, StoreError> {
        self.map_err(|cause| StoreError::Query { what, cause })
    }
}
