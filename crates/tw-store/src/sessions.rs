//! Sessions of people and links that work once.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** see what a browser presents; only
//! hashes of it are here. Expired sessions do not answer.

use crate::{
    Store,
    access::{AccessError, SecretHash},
    audit::{self, Author},
    error::{Doing, StoreError},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use tw_units::Timestamp;

/// Sessions that an account may have; the one used longest ago ends for a new one.
pub const SESSIONS_MAX: u32 = 20;

/// A link to make.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// The hash of the secret in its address.
    pub hash: SecretHash,
    /// A stable word of the server: what it is good for.
    pub purpose: String,
    /// For which account; none where it is still to be made.
    pub account: Option<String>,
    /// When it ends, used or not.
    pub expires_at: Timestamp,
}

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The hash of the cookie's value.
    pub hash: SecretHash,
    /// Whose.
    pub account: String,
    /// Milliseconds without a request that end it.
    pub idle_ms: u64,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// From where.
    pub address: String,
    /// The browser, as it says.
    pub agent: String,
}

/// A session that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The hash of the cookie's value.
    pub hash: SecretHash,
    /// Whose.
    pub account: String,
    /// Since when.
    pub created_at: Timestamp,
    /// The last request that was noted; notes are at most one a minute.
    pub last_used_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// From where it began.
    pub address: String,
    /// The browser, as it says.
    pub agent: String,
}

/// Requests within this time of a noted one are not noted, so that reading costs no writing.
const NOTE_AFTER_MS: i64 = 60_000;

type SessionRow = (Vec<u8>, String, i64, i64, i64, String, String);

impl Store {
    /// Begins a session and notes the sign-in.
    pub async fn begin_session(
        &self,
        session: NewSession,
        author: &Author,
    ) -> Result<(), AccessError> {
        let (author, now) = (author.clone(), self.clock.now());
        self.writer
            .write(0, move |db, _| begin_session(db, &session, &author, now))
            .await
    }

    /// The session of a cookie, if it holds now; its use is noted.
    pub async fn session(&self, hash: SecretHash) -> Result<Option<Session>, StoreError> {
        let now = self.clock.now().as_millis();
        let row: Option<SessionRow> = sqlx::query_as(
            "SELECT hash, account, session.created_ms, last_used_ms, expires_ms, address, agent
             FROM session JOIN account ON account.id = account
             WHERE hash = ?1 AND expires_ms > ?2 AND last_used_ms + idle_ms > ?2
               AND NOT disabled",
        )
        .bind(hash.as_slice())
        .bind(now)
        .fetch_optional(&self.queries)
        .await
        .doing("read a session")?;
        let Some(session) = row.map(read_session).transpose()? else {
            return Ok(None);
        };
        if now - session.last_used_at.as_millis() >= NOTE_AFTER_MS {
            let note = move |db: &Connection, _: &mut _| {
                db.execute(
                    "UPDATE session SET last_used_ms = max(last_used_ms, ?2) WHERE hash = ?1",
                    params![hash, now],
                )
                .doing("note the use of a session")
            };
            self.writer.write::<_, StoreError>(0, note).await?;
        }
        Ok(Some(session))
    }

    /// The sessions of an account that have not ended, the last used first.
    pub async fn sessions(&self, account: &str) -> Result<Vec<Session>, StoreError> {
        let rows: Vec<SessionRow> = sqlx::query_as(
            "SELECT hash, account, created_ms, last_used_ms, expires_ms, address, agent
             FROM session WHERE account = ?1 AND expires_ms > ?2 AND last_used_ms + idle_ms > ?2
             ORDER BY last_used_ms DESC",
        )
        .bind(account)
        .bind(self.clock.now().as_millis())
        .fetch_all(&self.queries)
        .await
        .doing("read sessions")?;
        rows.into_iter().map(read_session).collect()
    }

    /// Ends one session, or all of an account.
    pub async fn end_sessions(
        &self,
        account: String,
        only: Option<SecretHash>,
        author: &Author,
    ) -> Result<u64, StoreError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut _| {
            let ended = db
                .execute(
                    "DELETE FROM session WHERE account = ?1 AND (?2 IS NULL OR hash = ?2)",
                    params![account, only],
                )
                .doing("end sessions")?;
            let subject = format!("account/{account}");
            let entry = audit::done(&author, "session.end", subject, json!({ "ended": ended }));
            audit::append(db, now, &entry)?;
            Ok(ended as u64)
        };
        self.writer.write(0, change).await
    }

    /// Makes a link that works once.
    pub async fn put_one_time_link(
        &self,
        link: NewLink,
        author: &Author,
    ) -> Result<(), StoreError> {
        let (author, now) = (author.clone(), self.clock.now());
        let NewLink {
            hash,
            purpose,
            account,
            expires_at,
        } = link;
        let change = move |db: &Connection, _: &mut _| {
            db.execute(
                "INSERT INTO one_time_link(hash, purpose, account, created_ms, expires_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    hash,
                    purpose,
                    account,
                    now.as_millis(),
                    expires_at.as_millis()
                ],
            )
            .doing("make a one-time link")?;
            let subject = format!("account/{}", account.as_deref().unwrap_or(""));
            let entry = audit::done(
                &author,
                "link.create",
                subject,
                json!({ "purpose": purpose }),
            );
            audit::append(db, now, &entry).map(drop)
        };
        self.writer.write(0, change).await
    }

    /// Uses a link up: the account it is for, or `None` when it is unknown, used, expired or
    /// for another purpose. The inner `None` is a link for no account yet.
    pub async fn use_one_time_link(
        &self,
        hash: SecretHash,
        purpose: String,
    ) -> Result<Option<Option<String>>, StoreError> {
        let now = self.clock.now().as_millis();
        let change = move |db: &Connection, _: &mut _| {
            db.query_row(
                "UPDATE one_time_link SET used_ms = ?3 WHERE hash = ?1 AND purpose = ?2
                 AND used_ms IS NULL AND expires_ms > ?3 RETURNING account",
                params![hash, purpose, now],
                |row| row.get(0),
            )
            .optional()
            .doing("use a one-time link")
        };
        self.writer.write(0, change).await
    }

    /// Removes sessions and links that ended more than a day ago. Returns how many went.
    pub async fn sweep_access(&self) -> Result<u64, StoreError> {
        let before = self.clock.now().as_millis() - crate::day::DAY_MS;
        let change = move |db: &Connection, _: &mut _| {
            let sessions = db
                .execute(
                    "DELETE FROM session WHERE expires_ms < ?1 OR last_used_ms + idle_ms < ?1",
                    [before],
                )
                .doing("remove ended sessions")?;
            let links = db
                .execute("DELETE FROM one_time_link WHERE expires_ms < ?1", [before])
                .doing("remove expired links")?;
            Ok::<_, StoreError>((sessions + links) as u64)
        };
        self.writer.write(0, change).await
    }
}

fn begin_session(
    db: &Connection,
    session: &NewSession,
    author: &Author,
    now: Timestamp,
) -> Result<(), AccessError> {
    let signed_in = db
        .execute(
            "UPDATE account SET last_sign_in_ms = ?2 WHERE id = ?1 AND NOT disabled",
            params![session.account, now.as_millis()],
        )
        .doing("note a sign-in")?;
    if signed_in == 0 {
        return Err(AccessError::Missing {
            what: "account",
            id: session.account.clone(),
        });
    }
    db.execute(
        "DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE account = ?1
         ORDER BY last_used_ms DESC LIMIT -1 OFFSET ?2)",
        params![session.account, SESSIONS_MAX - 1],
    )
    .doing("end the oldest sessions")?;
    let idle = i64::try_from(session.idle_ms).unwrap_or(i64::MAX / 4);
    db.execute(
        "INSERT INTO session(hash, account, created_ms, last_used_ms, idle_ms, expires_ms,
           address, agent) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
        params![
            session.hash,
            session.account,
            now.as_millis(),
            idle,
            session.expires_at.as_millis(),
            session.address,
            session.agent
        ],
    )
    .doing("begin a session")?;
    let subject = format!("account/{}", session.account);
    let detail = json!({ "agent": session.agent });
    audit::append(
        db,
        now,
        &audit::done(author, "session.begin", subject, detail),
    )?;
    Ok(())
}

fn read_session(row: SessionRow) -> Result<Session, StoreError> {
    let (hash, account, created, used, expires, address, agent) = row;
    Ok(Session {
        hash: hash
            .try_into()
            .map_err(|_| StoreError::corrupt("a session without a hash"))?,
        account,
        created_at: Timestamp::from_millis(created),
        last_used_at: Timestamp::from_millis(used),
        expires_at: Timestamp::from_millis(expires),
        address,
        agent,
    })
}
