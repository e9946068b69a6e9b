//! People: accounts and what they may.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** hash a password, decide a right.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tw_units::Timestamp;

/// SHA-256 of a secret with 256 random bits.
pub type SecretHash = [u8; 32];

/// Why a change of access did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// There is no such thing, or no longer.
    #[error("there is no {what} {id}")]
    Missing {
        /// `account`, `token`, `credential`.
        what: &'static str,
        /// Which.
        id: String,
    },
    /// Someone else was faster: answer 409.
    #[error("{what} {id} is at version {current}, the change was made for {expected}")]
    Stale {
        /// `account` or `credential`.
        what: &'static str,
        /// Which.
        id: String,
        /// What the caller saw; 0 is "not there".
        expected: u64,
        /// What it is; 0 is "not there".
        current: u64,
    },
    /// Sealing did not work.
    #[error(transparent)]
    Seal(#[from] crate::SealError),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a right holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum GrantScope {
    /// Everywhere.
    All,
    /// At one site.
    Site(String),
    /// For one unit of the organisation.
    Unit(String),
}

impl GrantScope {
    pub(crate) fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::All => ("all", ""),
            Self::Site(id) => ("site", id),
            Self::Unit(id) => ("unit", id),
        }
    }

    pub(crate) fn of_columns(kind: &str, id: String) -> Result<Self, StoreError> {
        match kind {
            "all" => Ok(Self::All),
            "site" => Ok(Self::Site(id)),
            "unit" => Ok(Self::Unit(id)),
            other => Err(StoreError::corrupt(format!(
                "a scope of an unknown kind, {other}"
            ))),
        }
    }
}

/// A role at a scope. Which roles there are is the server's knowledge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// The role's word.
    pub role: String,
    /// Where it holds.
    pub scope: GrantScope,
}

/// A person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name for signing in.
    pub id: String,
    /// Grows with every change; 0 for one that is not stored.
    pub version: u64,
    /// The name on screen.
    pub display_name: String,
    /// For notices.
    pub email: Option<String>,
    /// `en` or `vi`.
    pub language: String,
    /// Argon2id in PHC form; none before the first password.
    pub password_hash: Option<String>,
    /// Disabled accounts have no sessions.
    pub disabled: bool,
    /// When it was made; the store knows, whatever is put.
    pub created_at: Timestamp,
    /// When the person last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// What the person may.
    pub grants: Vec<Grant>,
}

impl Account {
    /// An account that is not stored yet, without a password and without a right.
    pub fn new(id: impl Into<String>, display_name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            version: 0,
            display_name: display_name.into(),
            email: None,
            language: "en".to_owned(),
            password_hash: None,
            disabled: false,
            created_at: Timestamp::EPOCH,
            last_sign_in_at: None,
            grants: Vec::new(),
        }
    }
}

type AccountRow = (
    String,
    i64,
    String,
    Option<String>,
    String,
    Option<String>,
    bool,
    i64,
    Option<i64>,
);

impl Store {
    /// All accounts, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.accounts_where(None).await
    }

    /// One account.
    pub async fn account(&self, id: &str) -> Result<Option<Account>, StoreError> {
        Ok(self.accounts_where(Some(id)).await?.pop())
    }

    async fn accounts_where(&self, id: Option<&str>) -> Result<Vec<Account>, StoreError> {
        let rows: Vec<AccountRow> = sqlx::query_as(
            "SELECT id, version, display_name, email, language, password_hash, disabled,
               created_ms, last_sign_in_ms
             FROM account WHERE ?1 IS NULL OR id = ?1 ORDER BY id",
        )
        .bind(id)
        .fetch_all(&self.queries)
        .await
        .doing("read accounts")?;
        let grants: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT account, role, scope_kind, scope_id FROM role_grant
             WHERE ?1 IS NULL OR account = ?1",
        )
        .bind(id)
        .fetch_all(&self.queries)
        .await
        .doing("read grants")?;
        let mut accounts: Vec<Account> = rows.into_iter().map(account).collect();
        for (id, role, kind, scope_id) in grants {
            let scope = GrantScope::of_columns(&kind, scope_id)?;
            let of = accounts.iter_mut().find(|account| account.id == id);
            if let Some(account) = of {
                account.grants.push(Grant { role, scope });
            }
        }
        Ok(accounts)
    }

    /// Puts an account with its grants. `account.version` is the version that the caller saw,
    /// 0 for a new one. Its sessions end when it is disabled or its password or grants change.
    /// Returns its version now.
    pub async fn put_account(&self, account: Account, author: &Author) -> Result<u64, AccessError> {
        let (author, now) = (author.clone(), self.clock.now());
        self.writer
            .write(0, move |db, _| put_account(db, &account, &author, now))
            .await
    }

    /// Removes an account with its grants and sessions.
    pub async fn remove_account(&self, id: String, author: &Author) -> Result<(), AccessError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut _| {
            let gone = db
                .execute("DELETE FROM account WHERE id = ?1", [&id])
                .doing("remove an account")?;
            if gone == 0 {
                return Err(AccessError::Missing {
                    what: "account",
                    id,
                });
            }
            let entry = audit::done(
                &author,
                "account.remove",
                format!("account/{id}"),
                json!({}),
            );
            audit::append(db, now, &entry)?;
            Ok(())
        };
        self.writer.write(0, change).await
    }
}

fn put_account(
    db: &Connection,
    account: &Account,
    author: &Author,
    now: Timestamp,
) -> Result<u64, AccessError> {
    let Account {
        id,
        version: expected,
        ..
    } = account;
    let current: Option<i64> = db
        .query_row("SELECT version FROM account WHERE id = ?1", [id], |row| {
            row.get(0)
        })
        .optional()
        .doing("read an account")?;
    let current = current.unwrap_or(0).unsigned_abs();
    if current != *expected {
        let (id, expected) = (id.clone(), *expected);
        return Err(AccessError::Stale {
            what: "account",
            id,
            expected,
            current,
        });
    }
    let ends_sessions = current > 0 && loses_sessions(db, account)?;
    db.execute(
        "INSERT INTO account(id, version, display_name, email, language, password_hash, disabled,
           created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version,
           display_name = excluded.display_name, email = excluded.email,
           language = excluded.language, password_hash = excluded.password_hash,
           disabled = excluded.disabled",
        params![
            id,
            i64::try_from(current + 1).unwrap_or(i64::MAX),
            account.display_name,
            account.email,
            account.language,
            account.password_hash,
            account.disabled,
            now.as_millis()
        ],
    )
    .doing("put an account")?;
    put_grants(db, account)?;
    if ends_sessions {
        db.execute("DELETE FROM session WHERE account = ?1", [id])
            .doing("end sessions")?;
    }
    let detail = json!({
        "version": current + 1, "disabled": account.disabled, "grants": account.grants,
        "sessions_ended": ends_sessions,
    });
    let action = if current == 0 {
        "account.create"
    } else {
        "account.change"
    };
    audit::append(
        db,
        now,
        &audit::done(author, action, format!("account/{id}"), detail),
    )?;
    Ok(current + 1)
}

fn put_grants(db: &Connection, account: &Account) -> Result<(), StoreError> {
    db.execute("DELETE FROM role_grant WHERE account = ?1", [&account.id])
        .doing("put grants")?;
    for grant in &account.grants {
        let (kind, scope) = grant.scope.columns();
        db.execute(
            "INSERT OR IGNORE INTO role_grant(account, role, scope_kind, scope_id)
             VALUES (?1, ?2, ?3, ?4)",
            params![account.id, grant.role, kind, scope],
        )
        .doing("put grants")?;
    }
    Ok(())
}

/// Whether a change of an account must end its sessions: what they may is not what it was.
fn loses_sessions(db: &Connection, account: &Account) -> Result<bool, StoreError> {
    let before: Option<String> = db
        .query_row(
            "SELECT password_hash FROM account WHERE id = ?1",
            [&account.id],
            |r| r.get(0),
        )
        .doing("read an account")?;
    let mut query = db
        .prepare("SELECT role, scope_kind, scope_id FROM role_grant WHERE account = ?1")
        .doing("read grants")?;
    let mut grants = query
        .query_map([&account.id], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
            ))
        })
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("read grants")?;
    let mut wanted: Vec<_> = account
        .grants
        .iter()
        .map(|grant| (grant, grant.scope.columns()))
        .map(|(grant, (kind, id))| (grant.role.clone(), kind.to_owned(), id.to_owned()))
        .collect();
    grants.sort_unstable();
    wanted.sort_unstable();
    wanted.dedup();
    Ok(account.disabled || before != account.password_hash || grants != wanted)
}

fn account(row: AccountRow) -> Account {
    let (id, version, display_name, email, language, password_hash, disabled, created, last) = row;
    Account {
        id,
        version: version.unsigned_abs(),
        display_name,
        email,
        language,
        password_hash,
        disabled,
        created_at: Timestamp::from_millis(created),
        last_sign_in_at: last.map(Timestamp::from_millis),
        grants: Vec::new(),
    }
}
