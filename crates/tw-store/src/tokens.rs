//! Tokens of programs and collectors: handed out once, kept as a hash.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** keep a token in the clear.
//!
//! A token is `tw_<prefix>_<secret>`: the prefix finds the row, the hash of the whole text
//! proves it. Of a collector's token the *seal key*, a hash of it, is kept sealed, so that the
//! centre can seal secrets that only this collector opens (see `tw_ingest::SealedSecret`).

use crate::{
    Store,
    access::{AccessError, GrantScope, SecretHash},
    audit::{self, Author},
    error::{Doing, StoreError},
    seal::{Place, random},
};
use rusqlite::{Connection, params};
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tw_units::{CollectorId, Timestamp, to_hex};

/// The table's name, as sealed secrets are bound to it.
const COLLECTOR_TOKEN: &str = "collector_token";

/// Uses within this time of a noted one are not noted.
const NOTE_AFTER_MS: i64 = 60_000;

/// A token to make for a program.
#[derive(Clone, Debug)]
pub struct NewApiToken {
    /// What it is for.
    pub name: String,
    /// The role's word.
    pub role: String,
    /// Where it holds.
    pub scope: GrantScope,
    /// When it ends; none is for ever.
    pub expires_at: Option<Timestamp>,
}

/// A program's token, without the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its public part.
    pub prefix: String,
    /// What it is for.
    pub name: String,
    /// The role's word.
    pub role: String,
    /// Where it holds.
    pub scope: GrantScope,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A collector's token, without the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectorToken {
    /// Its public part.
    pub prefix: String,
    /// Whose.
    pub collector: CollectorId,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A token as it is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownToken {
    /// Its public part.
    pub prefix: String,
    /// The whole text; it is nowhere else.
    pub text: String,
}

impl std::fmt::Debug for ShownToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ShownToken({})", self.prefix)
    }
}

/// The key under which the centre seals secrets for a collector.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CollectorSealKey(pub [u8; 32]);

impl CollectorSealKey {
    /// SHA-256("tierwatch-seal-v1" ‖ token).
    pub fn of_token(token: &str) -> Self {
        let hash = Sha256::new()
            .chain_update(b"tierwatch-seal-v1")
            .chain_update(token);
        Self(hash.finalize().into())
    }
}

impl std::fmt::Debug for CollectorSealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CollectorSealKey(…)")
    }
}

type ApiTokenRow = (
    String,
    Vec<u8>,
    String,
    String,
    String,
    String,
    i64,
    String,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);
type CollectorTokenRow = (
    String,
    Vec<u8>,
    Vec<u8>,
    String,
    i64,
    String,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

impl Store {
    /// Makes a token for a program.
    pub async fn create_api_token(
        &self,
        new: NewApiToken,
        author: &Author,
    ) -> Result<ShownToken, AccessError> {
        let (token, hash) = draw()?;
        let (author, now, prefix) = (author.clone(), self.clock.now(), token.prefix.clone());
        let change = move |db: &Connection, _: &mut _| {
            let (kind, scope) = new.scope.columns();
            db.execute(
                "INSERT INTO api_token(prefix, hash, name, role, scope_kind, scope_id, created_ms,
                   created_by, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    prefix,
                    hash,
                    new.name,
                    new.role,
                    kind,
                    scope,
                    now.as_millis(),
                    author.actor,
                    new.expires_at.map(Timestamp::as_millis)
                ],
            )
            .doing("make a token")?;
            let detail = json!({ "name": new.name, "role": new.role, "scope": new.scope });
            let entry = audit::done(&author, "token.create", format!("token/{prefix}"), detail);
            audit::append(db, now, &entry).map(drop)
        };
        self.writer.write::<_, StoreError>(0, change).await?;
        Ok(token)
    }

    /// All tokens of programs, the newest first.
    pub async fn api_tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        let rows = self.api_token_rows(None).await?;
        rows.into_iter()
            .map(|row| api_token(row).map(|(token, _)| token))
            .collect()
    }

    /// The token of a text that a program presents, if it holds now; its use is noted.
    pub async fn verify_api_token(&self, text: &str) -> Result<Option<ApiToken>, StoreError> {
        let Some(prefix) = prefix_of(text) else {
            return Ok(None);
        };
        let Some(row) = self.api_token_rows(Some(prefix)).await?.pop() else {
            return Ok(None);
        };
        let (token, hash) = api_token(row)?;
        let now = self.clock.now();
        if !fits(text, &hash) || !holds(now, token.expires_at, token.revoked_at) {
            return Ok(None);
        }
        if due(now, token.last_used_at) {
            self.note_use(USED_API_TOKEN, token.prefix.clone(), now)
                .await?;
        }
        Ok(Some(token))
    }

    async fn api_token_rows(&self, prefix: Option<&str>) -> Result<Vec<ApiTokenRow>, StoreError> {
        sqlx::query_as(
            "SELECT prefix, hash, name, role, scope_kind, scope_id, created_ms, created_by,
               expires_ms, revoked_ms, last_used_ms
             FROM api_token WHERE ?1 IS NULL OR prefix = ?1 ORDER BY created_ms DESC, prefix",
        )
        .bind(prefix)
        .fetch_all(&self.queries)
        .await
        .doing("read tokens")
    }

    /// Makes a token for a collector. Earlier ones of the same collector go on to hold until
    /// they are revoked, so that a token can be changed without a gap.
    pub async fn create_collector_token(
        &self,
        collector: CollectorId,
        expires_at: Option<Timestamp>,
        author: &Author,
    ) -> Result<ShownToken, AccessError> {
        let (token, hash) = draw()?;
        let seal_key = CollectorSealKey::of_token(&token.text);
        let place = Place {
            table: COLLECTOR_TOKEN,
            id: &token.prefix,
            version: 1,
        };
        let sealed = self.key.seal(place, &seal_key.0)?;
        let (author, now, prefix) = (author.clone(), self.clock.now(), token.prefix.clone());
        let change = move |db: &Connection, _: &mut _| {
            db.execute(
                "INSERT INTO collector_token(prefix, hash, collector, sealed_seal_key, created_ms,
                   created_by, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    prefix,
                    hash,
                    collector.as_str(),
                    sealed,
                    now.as_millis(),
                    author.actor,
                    expires_at.map(Timestamp::as_millis)
                ],
            )
            .doing("make a collector's token")?;
            let detail = json!({ "collector": collector });
            let entry = audit::done(&author, "token.create", format!("token/{prefix}"), detail);
            audit::append(db, now, &entry).map(drop)
        };
        self.writer.write::<_, StoreError>(0, change).await?;
        Ok(token)
    }

    /// All tokens of collectors, the newest first.
    pub async fn collector_tokens(&self) -> Result<Vec<CollectorToken>, StoreError> {
        let rows = self.collector_token_rows(None).await?;
        rows.into_iter()
            .map(|row| collector_token(row).map(|(token, ..)| token))
            .collect()
    }

    /// The collector of a text that it presents, with the key to seal its secrets under, if
    /// the token holds now; its use is noted.
    pub async fn verify_collector_token(
        &self,
        text: &str,
    ) -> Result<Option<(CollectorToken, CollectorSealKey)>, AccessError> {
        let Some(prefix) = prefix_of(text) else {
            return Ok(None);
        };
        let Some(row) = self.collector_token_rows(Some(prefix)).await?.pop() else {
            return Ok(None);
        };
        let (token, hash, sealed) = collector_token(row)?;
        let now = self.clock.now();
        if !fits(text, &hash) || !holds(now, token.expires_at, token.revoked_at) {
            return Ok(None);
        }
        let place = Place {
            table: COLLECTOR_TOKEN,
            id: &token.prefix,
            version: 1,
        };
        let key: [u8; 32] = self
            .key
            .open(place, &sealed)?
            .try_into()
            .map_err(|_| StoreError::corrupt("a seal key of another length"))?;
        if due(now, token.last_used_at) {
            self.note_use(USED_COLLECTOR_TOKEN, token.prefix.clone(), now)
                .await?;
        }
        Ok(Some((token, CollectorSealKey(key))))
    }

    async fn collector_token_rows(
        &self,
        prefix: Option<&str>,
    ) -> Result<Vec<CollectorTokenRow>, StoreError> {
        sqlx::query_as(
            "SELECT prefix, hash, sealed_seal_key, collector, created_ms, created_by, expires_ms,
               revoked_ms, last_used_ms
             FROM collector_token WHERE ?1 IS NULL OR prefix = ?1
             ORDER BY created_ms DESC, prefix",
        )
        .bind(prefix)
        .fetch_all(&self.queries)
        .await
        .doing("read the tokens of collectors")
    }

    /// Takes a token back, a program's or a collector's. It holds no longer, at once.
    pub async fn revoke_token(&self, prefix: String, author: &Author) -> Result<(), AccessError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut _| {
            let mut revoked = 0;
            for sql in REVOKE {
                revoked += db
                    .execute(sql, params![prefix, now.as_millis()])
                    .doing("take a token back")?;
            }
            if revoked == 0 {
                return Err(AccessError::Missing {
                    what: "token",
                    id: prefix,
                });
            }
            let entry = audit::done(
                &author,
                "token.revoke",
                format!("token/{prefix}"),
                json!({}),
            );
            audit::append(db, now, &entry)?;
            Ok(())
        };
        self.writer.write(0, change).await
    }

    async fn note_use(
        &self,
        sql: &'static str,
        prefix: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let note = move |db: &Connection, _: &mut _| {
            db.execute(sql, params![prefix, now.as_millis()])
                .map(drop)
                .doing("note the use of a token")
        };
        self.writer.write(0, note).await
    }
}

const USED_API_TOKEN: &str = "UPDATE api_token SET last_used_ms = ?2 WHERE prefix = ?1";
const USED_COLLECTOR_TOKEN: &str = "UPDATE collector_token SET last_used_ms = ?2 WHERE prefix = ?1";
const REVOKE: [&str; 2] = [
    "UPDATE api_token SET revoked_ms = ?2 WHERE prefix = ?1 AND revoked_ms IS NULL",
    "UPDATE collector_token SET revoked_ms = ?2 WHERE prefix = ?1 AND revoked_ms IS NULL",
];

fn draw() -> Result<(ShownToken, SecretHash), AccessError> {
    let prefix = to_hex(&random::<6>()?);
    let text = format!("tw_{prefix}_{}", to_hex(&random::<32>()?));
    let hash = Sha256::digest(text.as_bytes()).into();
    Ok((ShownToken { prefix, text }, hash))
}

fn prefix_of(text: &str) -> Option<&str> {
    text.strip_prefix("tw_")?
        .split_once('_')
        .map(|(prefix, _)| prefix)
}

fn fits(text: &str, hash: &[u8]) -> bool {
    Sha256::digest(text.as_bytes())
        .as_slice()
        .ct_eq(hash)
        .into()
}

fn holds(now: Timestamp, expires: Option<Timestamp>, revoked: Option<Timestamp>) -> bool {
    revoked.is_none() && expires.is_none_or(|expires| now < expires)
}

fn due(now: Timestamp, last: Option<Timestamp>) -> bool {
    last.is_none_or(|last| now.millis_since(last) >= NOTE_AFTER_MS)
}

fn api_token(row: ApiTokenRow) -> Result<(ApiToken, Vec<u8>), StoreError> {
    let (prefix, hash, name, role, kind, scope, created, created_by, expires, revoked, used) = row;
    let token = ApiToken {
        prefix,
        name,
        role,
        scope: GrantScope::of_columns(&kind, scope)?,
        created_at: Timestamp::from_millis(created),
        created_by,
        expires_at: expires.map(Timestamp::from_millis),
        revoked_at: revoked.map(Timestamp::from_millis),
        last_used_at: used.map(Timestamp::from_millis),
    };
    Ok((token, hash))
}

fn collector_token(
    row: CollectorTokenRow,
) -> Result<(CollectorToken, Vec<u8>, Vec<u8>), StoreError> {
    let (prefix, hash, sealed, collector, created, created_by, expires, revoked, used) = row;
    let token = CollectorToken {
        prefix,
        collector: CollectorId::new(collector)
            .map_err(|_| StoreError::corrupt("a token of a collector without a name"))?,
        created_at: Timestamp::from_millis(created),
        created_by,
        expires_at: expires.map(Timestamp::from_millis),
        revoked_at: revoked.map(Timestamp::from_millis),
        last_used_at: used.map(Timestamp::from_millis),
    };
    Ok((token, hash, sealed))
}
