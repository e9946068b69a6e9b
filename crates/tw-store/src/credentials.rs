//! Secrets that the centre keeps for collectors: sealed at rest, written and never shown.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** give a secret to the API.

use crate::{
    Store,
    access::AccessError,
    audit::{self, Author},
    error::{Doing, StoreError},
    seal::{Place, SealKey},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};
use tw_units::{CredentialId, Timestamp};

/// The table's name, as sealed secrets are bound to it.
const CREDENTIAL: &str = "credential";

/// A credential as anybody with the right may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCredential {
    /// Its name.
    pub id: CredentialId,
    /// Grows with every change.
    pub version: u64,
    /// What is no secret: the protocol version, the user's name, the protocols.
    pub public: Value,
    /// When it was changed.
    pub changed_at: Timestamp,
    /// By whom.
    pub changed_by: String,
}

/// A credential to put.
#[derive(Clone)]
pub struct NewCredential {
    /// Its name.
    pub id: CredentialId,
    /// What is no secret.
    pub public: Value,
    /// The secret; none keeps the one that is there.
    pub secret: Option<Vec<u8>>,
    /// The version that the caller saw, 0 for a new one.
    pub expected: u64,
}

impl std::fmt::Debug for NewCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            id,
            public,
            secret,
            expected,
        } = self;
        let secret = if secret.is_some() { "given" } else { "kept" };
        write!(
            f,
            "NewCredential({id}, {public}, secret {secret}, for version {expected})"
        )
    }
}

impl Store {
    /// All credentials, without their secrets.
    pub async fn credentials(&self) -> Result<Vec<StoredCredential>, StoreError> {
        let rows: Vec<(String, i64, String, i64, String)> = sqlx::query_as(
            "SELECT id, version, public, changed_ms, changed_by FROM credential ORDER BY id",
        )
        .fetch_all(&self.queries)
        .await
        .doing("read credentials")?;
        let read = |(id, version, public, at, by): (String, i64, String, i64, String)| {
            let torn = || StoreError::corrupt(format!("a torn credential, {id}"));
            Ok(StoredCredential {
                public: serde_json::from_str(&public).map_err(|_| torn())?,
                id: CredentialId::new(id.clone()).map_err(|_| torn())?,
                version: version.unsigned_abs(),
                changed_at: Timestamp::from_millis(at),
                changed_by: by,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Puts a credential and returns its version now.
    pub async fn put_credential(
        &self,
        new: NewCredential,
        author: &Author,
    ) -> Result<u64, AccessError> {
        let NewCredential {
            id,
            public,
            secret,
            expected,
        } = new;
        let (key, author, now) = (self.key.clone(), author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut _| {
            let present = read_sealed(db, &id)?;
            let current = present.as_ref().map_or(0, |(version, _)| *version);
            if current != expected {
                let id = id.to_string();
                return Err(AccessError::Stale {
                    what: CREDENTIAL,
                    id,
                    expected,
                    current,
                });
            }
            // The seal is bound to the version: a secret that stays is sealed again.
            let secret = match (secret, present) {
                (Some(secret), _) => secret,
                (None, Some((version, sealed))) => key.open(place(&id, version), &sealed)?,
                (None, None) => Vec::new(),
            };
            let version = current + 1;
            let sealed = key.seal(place(&id, version), &secret)?;
            db.execute(
                "INSERT OR REPLACE INTO credential
                   (id, version, public, sealed, changed_ms, changed_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    id.as_str(),
                    i64::try_from(version).unwrap_or(i64::MAX),
                    public.to_string(),
                    sealed,
                    now.as_millis(),
                    author.actor
                ],
            )
            .doing("put a credential")?;
            let detail = json!({ "version": version, "public": public });
            let action = "credential.put";
            let entry = audit::done(&author, action, format!("credential/{id}"), detail);
            audit::append(db, now, &entry)?;
            Ok(version)
        };
        self.writer.write(0, change).await
    }

    /// Removes a credential and its secret.
    pub async fn remove_credential(
        &self,
        id: CredentialId,
        author: &Author,
    ) -> Result<(), AccessError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut _| {
            let gone = db
                .execute("DELETE FROM credential WHERE id = ?1", [id.as_str()])
                .doing("remove a credential")?;
            if gone == 0 {
                return Err(AccessError::Missing {
                    what: CREDENTIAL,
                    id: id.to_string(),
                });
            }
            let subject = format!("credential/{id}");
            let entry = audit::done(&author, "credential.remove", subject, json!({}));
            audit::append(db, now, &entry)?;
            Ok(())
        };
        self.writer.write(0, change).await
    }

    /// The secret of a credential, for sealing it to a collector; never for a caller of the API.
    pub async fn credential_secret(&self, id: &CredentialId) -> Result<Vec<u8>, AccessError> {
        let (id, key): (CredentialId, SealKey) = (id.clone(), self.key.clone());
        let wanted = id.clone();
        let sealed = self
            .readers
            .read(move |db| read_sealed(db, &wanted))
            .await?;
        let Some((version, sealed)) = sealed else {
            return Err(AccessError::Missing {
                what: CREDENTIAL,
                id: id.to_string(),
            });
        };
        Ok(key.open(place(&id, version), &sealed)?)
    }
}

fn place(id: &CredentialId, version: u64) -> Place<'_> {
    Place {
        table: CREDENTIAL,
        id: id.as_str(),
        version,
    }
}

fn read_sealed(db: &Connection, id: &CredentialId) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
    db.query_row(
        "SELECT version, sealed FROM credential WHERE id = ?1",
        [id.as_str()],
        |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)),
    )
    .optional()
    .doing("read a credential")
}
