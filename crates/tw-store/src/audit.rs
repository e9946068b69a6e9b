//! The audit log: every write and every refusal, in a chain of hashes.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** change or cut a row.
//!
//! `hash = SHA-256("tierwatch-audit-v1" ‖ hash of the row before ‖ canonical JSON of the row)`.
//! Canonical JSON has its keys in order and no white space; what is stored as `detail` is
//! canonical itself, so one changed byte anywhere breaks the chain. The end of the chain is
//! kept apart, so that a cut tail is found, too.

use crate::{
    Store,
    error::{Doing, StoreError},
    open::{DataDir, OpenError},
};
use rusqlite::{Connection, params};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tw_units::Timestamp;

/// The most rows that one query gives.
pub const AUDIT_ROWS_MAX: u32 = 1_000;

/// The longest detail of a row, as JSON, in bytes; a longer one is replaced by its length.
pub const DETAIL_BYTES_MAX: usize = 64 * 1024;

/// On whose behalf something is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// The account, `token:<prefix>`, `collector:<id>` or `cli:<user>`.
    pub actor: String,
    /// From where, if over the network.
    pub address: Option<String>,
    /// The request, as in logs and problem documents.
    pub request_id: Option<String>,
}

impl Author {
    /// An author without an address: a command, a job.
    pub fn local(actor: impl Into<String>) -> Self {
        Self {
            actor: actor.into(),
            ..Self::default()
        }
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was done.
    Done,
    /// The caller may not.
    Refused,
    /// It was tried and did not succeed.
    Failed,
}

impl AuditOutcome {
    /// The word in tables and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What is written.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// By whom.
    pub author: Author,
    /// A stable word with a dot: `register.put`, `session.create`, `http.refused`.
    pub action: String,
    /// Of what: `device/vnta-core-1`.
    pub subject: String,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// More, never a secret.
    pub detail: Value,
}

/// A row of the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditRow {
    /// Its place, from 1, without holes.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// From where.
    pub address: Option<String>,
    /// The request.
    pub request_id: Option<String>,
    /// What.
    pub action: String,
    /// Of what.
    pub subject: String,
    /// `done`, `refused` or `failed`.
    pub outcome: String,
    /// More.
    pub detail: Value,
}

/// Which rows are wanted, newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Below this place; none begins at the end.
    pub before_seq: Option<u64>,
    /// By this actor only.
    pub actor: Option<String>,
    /// Of this subject only.
    pub subject: Option<String>,
    /// How many, at most [`AUDIT_ROWS_MAX`].
    pub limit: u32,
}

/// What a check of the chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditVerdict {
    /// Rows that were looked at.
    pub rows: u64,
    /// The hash of the last one, to be kept elsewhere and compared later.
    pub head: String,
    /// The first row that does not fit, and why.
    pub broken: Option<AuditBreak>,
}

/// Where the chain is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditBreak {
    /// The row's place.
    pub seq: u64,
    /// What is wrong with it.
    pub why: String,
}

type Hash = [u8; 32];

/// Appends a row inside the transaction of the change that it tells of.
pub(crate) fn append(
    db: &Connection,
    at: Timestamp,
    entry: &AuditEntry,
) -> Result<u64, StoreError> {
    let (last, before): (i64, Hash) = db
        .query_row("SELECT seq, hash FROM audit_head", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .doing("read the end of the audit log")?;
    let mut detail = canonical(&entry.detail);
    if detail.len() > DETAIL_BYTES_MAX {
        detail = canonical(&json!({ "omitted_bytes": detail.len() }));
    }
    let link = Link {
        seq: last + 1,
        at_ms: at.as_millis(),
        actor: entry.author.actor.clone(),
        address: entry.author.address.clone(),
        request_id: entry.author.request_id.clone(),
        action: entry.action.clone(),
        subject: entry.subject.clone(),
        outcome: entry.outcome.as_str().to_owned(),
        detail,
    };
    let hash = link.hash(&before);
    db.prepare_cached(
        "INSERT INTO audit(seq, at_ms, actor, address, request_id, action, subject, outcome,
           detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .and_then(|mut insert| {
        insert.execute(params![
            link.seq,
            link.at_ms,
            link.actor,
            link.address,
            link.request_id,
            link.action,
            link.subject,
            link.outcome,
            link.detail,
            hash
        ])
    })
    .doing("append to the audit log")?;
    db.execute(
        "UPDATE audit_head SET seq = ?1, hash = ?2",
        params![link.seq, hash],
    )
    .doing("move the end of the audit log")?;
    Ok(link.seq.unsigned_abs())
}

/// Follows the chain from its beginning to its end.
pub(crate) fn verify(db: &Connection) -> Result<AuditVerdict, StoreError> {
    let mut query = db
        .prepare(
            "SELECT seq, at_ms, actor, address, request_id, action, subject, outcome, detail, hash
             FROM audit ORDER BY seq",
        )
        .doing("read the audit log")?;
    let mut rows = query.query([]).doing("read the audit log")?;
    let mut verdict = AuditVerdict {
        rows: 0,
        head: String::new(),
        broken: None,
    };
    let (mut expected, mut before): (i64, Hash) = (1, [0; 32]);
    while let Some(row) = rows.next().doing("read the audit log")? {
        verdict.rows += 1;
        let (link, kept) = match read_link(row) {
            Ok(read) => read,
            Err(cause) => return Ok(broken(verdict, expected, format!("unreadable: {cause}"))),
        };
        if link.seq != expected {
            return Ok(broken(
                verdict,
                expected,
                format!("missing, {} follows", link.seq),
            ));
        }
        if link.hash(&before) != kept {
            return Ok(broken(
                verdict,
                expected,
                "its hash does not fit".to_owned(),
            ));
        }
        (expected, before) = (expected + 1, kept);
    }
    let head: (i64, Vec<u8>) = db
        .query_row("SELECT seq, hash FROM audit_head", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .doing("read the end of the audit log")?;
    verdict.head = tw_units::to_hex(&before);
    if head != (expected - 1, before.to_vec()) {
        return Ok(broken(
            verdict,
            expected,
            format!("the log should end at {}", head.0),
        ));
    }
    Ok(verdict)
}

fn broken(verdict: AuditVerdict, seq: i64, why: String) -> AuditVerdict {
    AuditVerdict {
        broken: Some(AuditBreak {
            seq: seq.unsigned_abs(),
            why,
        }),
        ..verdict
    }
}

struct Link {
    seq: i64,
    at_ms: i64,
    actor: String,
    address: Option<String>,
    request_id: Option<String>,
    action: String,
    subject: String,
    outcome: String,
    detail: String,
}

impl Link {
    fn hash(&self, before: &Hash) -> Hash {
        let row = json!({
            "action": self.action, "actor": self.actor, "address": self.address,
            "at_ms": self.at_ms, "detail": self.detail, "outcome": self.outcome,
            "request_id": self.request_id, "seq": self.seq, "subject": self.subject,
        });
        let hash = Sha256::new()
            .chain_update(b"tierwatch-audit-v1")
            .chain_update(before);
        hash.chain_update(canonical(&row)).finalize().into()
    }
}

fn read_link(row: &rusqlite::Row<'_>) -> Result<(Link, Hash), rusqlite::Error> {
    let link = Link {
        seq: row.get(0)?,
        at_ms: row.get(1)?,
        actor: row.get(2)?,
        address: row.get(3)?,
        request_id: row.get(4)?,
        action: row.get(5)?,
        subject: row.get(6)?,
        outcome: row.get(7)?,
        detail: row.get(8)?,
    };
    Ok((link, row.get(9)?))
}

/// JSON with its keys in order and no white space.
pub(crate) fn canonical(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let entries = entries
                .into_iter()
                .map(|(key, value)| (key.clone(), sorted(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Value::Array(list) => Value::Array(list.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

type Row = (
    i64,
    i64,
    String,
    Option<String>,
    Option<String>,
    String,
    String,
    String,
    String,
);

impl Store {
    /// Appends a row that belongs to no change of the store: a refusal, a sign-in that failed.
    pub async fn audit_append(&self, entry: AuditEntry) -> Result<u64, StoreError> {
        let at = self.clock.now();
        self.writer
            .write(0, move |db, _| append(db, at, &entry))
            .await
    }

    /// Rows of the log, newest first.
    pub async fn audit_rows(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
        let before = filter
            .before_seq
            .map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let sql = match (&filter.subject, &filter.actor) {
            (Some(_), _) => BY_SUBJECT,
            (None, Some(_)) => BY_ACTOR,
            (None, None) => ALL,
        };
        let rows: Vec<Row> = sqlx::query_as(sql)
            .bind(before)
            .bind(filter.subject.as_deref())
            .bind(filter.actor.as_deref())
            .bind(filter.limit.min(AUDIT_ROWS_MAX))
            .fetch_all(&self.queries)
            .await
            .doing("read the audit log")?;
        rows.into_iter().map(audit_row).collect()
    }

    /// Follows the chain of the log from its beginning and names the first row that is broken.
    pub async fn audit_verify(&self) -> Result<AuditVerdict, StoreError> {
        self.readers.read(verify).await
    }
}

const BY_SUBJECT: &str = "
    SELECT seq, at_ms, actor, address, request_id, action, subject, outcome, detail FROM audit
    WHERE subject = ?2 AND (?3 IS NULL OR actor = ?3) AND seq < ?1 ORDER BY seq DESC LIMIT ?4";
const BY_ACTOR: &str = "
    SELECT seq, at_ms, actor, address, request_id, action, subject, outcome, detail FROM audit
    WHERE actor = ?3 AND ?2 IS NULL AND seq < ?1 ORDER BY seq DESC LIMIT ?4";
const ALL: &str = "
    SELECT seq, at_ms, actor, address, request_id, action, subject, outcome, detail FROM audit
    WHERE ?2 IS NULL AND ?3 IS NULL AND seq < ?1 ORDER BY seq DESC LIMIT ?4";

fn audit_row(row: Row) -> Result<AuditRow, StoreError> {
    let (seq, at_ms, actor, address, request_id, action, subject, outcome, detail) = row;
    Ok(AuditRow {
        seq: seq.unsigned_abs(),
        at: Timestamp::from_millis(at_ms),
        actor,
        address,
        request_id,
        action,
        subject,
        outcome,
        detail: serde_json::from_str(&detail)
            .map_err(|_| StoreError::corrupt(format!("a torn detail in audit row {seq}")))?,
    })
}

/// An entry for something that was done.
pub(crate) fn done(author: &Author, action: &str, subject: String, detail: Value) -> AuditEntry {
    AuditEntry {
        author: author.clone(),
        action: action.to_owned(),
        subject,
        outcome: AuditOutcome::Done,
        detail,
    }
}

/// Follows the chain of the log of a data directory, whether a server runs on it or not.
pub fn verify_audit(dir: &DataDir) -> Result<AuditVerdict, OpenError> {
    crate::open::check_sqlite_version()?;
    let path = dir.main_db();
    if !path.exists() {
        return Err(OpenError::Missing {
            path: dir.0.clone(),
        });
    }
    let db = crate::open::open_reader(&path).map_err(|cause| OpenError::Sql {
        what: "open the database",
        path: path.clone(),
        cause,
    })?;
    verify(&db).map_err(|cause| OpenError::Read {
        path,
        cause: Box::new(cause),
    })
}
