//! Documents kept with assets, their contents under their hashes.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** know what a document is; the caller
//! has looked at its content.
//!
//! A document and its entry in the audit log are written in one transaction, its content with
//! them: a kill in the middle leaves nothing. A copy of the store has every content.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;
use tw_units::Timestamp;

/// The largest document, in bytes.
pub const ATTACHMENT_BYTES_MAX: usize = 10 * 1024 * 1024;

/// The most documents of one asset.
pub const ATTACHMENTS_PER_ASSET_MAX: u32 = 50;

/// All contents together, in bytes.
pub const ATTACHMENT_CONTENTS_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// A document that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttachment {
    /// The asset.
    pub tag: String,
    /// What it is called.
    pub name: String,
    /// Its media type, by its content.
    pub media: &'static str,
    /// What it is about.
    pub note: Option<String>,
    /// The SHA-256 of its content, in small hexadecimal digits.
    pub sha256: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A document that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its number.
    pub id: i64,
    /// The asset.
    pub tag: String,
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// How long it is.
    pub size_bytes: u64,
    /// The SHA-256 of its content.
    pub sha256: String,
    /// What it is about.
    pub note: Option<String>,
    /// When it was added.
    pub added_at: Timestamp,
    /// By whom.
    pub added_by: String,
}

/// Why a document was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// The asset has as many as it may.
    #[error("an asset has {ATTACHMENTS_PER_ASSET_MAX} documents at most")]
    TooMany,
    /// The store has as much as it may.
    #[error("all documents together have {ATTACHMENT_CONTENTS_BYTES_MAX} bytes at most")]
    Full,
    /// Too long, or nothing.
    #[error("a document has 1 to {ATTACHMENT_BYTES_MAX} bytes, not {0}")]
    Size(usize),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Keeps a document. Returns its number.
    pub async fn add_attachment(
        &self,
        new: NewAttachment,
        author: &Author,
    ) -> Result<i64, AttachmentError> {
        let size = new.bytes.len();
        if size == 0 || size > ATTACHMENT_BYTES_MAX {
            return Err(AttachmentError::Size(size));
        }
        let (author, at) = (author.clone(), self.clock.now());
        self.writer
            .write(size, move |db, _| add(db, &new, (&author, at)))
            .await
    }

    /// Takes a document away; its content stays in the store. False when there is none.
    pub async fn remove_attachment(
        &self,
        (tag, id): (&str, i64),
        author: &Author,
    ) -> Result<bool, StoreError> {
        let (tag, author, at) = (tag.to_owned(), author.clone(), self.clock.now());
        self.writer
            .write(0, move |db, _| {
                let gone = db
                    .execute(
                        "UPDATE attachment SET removed_ms = ?3, removed_by = ?4
                         WHERE id = ?1 AND tag = ?2 AND removed_ms IS NULL",
                        params![id, tag, at.as_millis(), author.actor],
                    )
                    .doing("remove an attachment")?;
                if gone == 0 {
                    return Ok(false);
                }
                let detail = json!({ "attachment": id });
                let subject = format!("asset/{tag}");
                let entry = audit::done(&author, "asset.attachment.remove", subject, detail);
                audit::append(db, at, &entry)?;
                Ok(true)
            })
            .await
    }

    /// The documents of an asset, newest first.
    pub async fn attachments(&self, tag: &str) -> Result<Vec<Attachment>, StoreError> {
        let tag = tag.to_owned();
        self.readers
            .read(move |db| {
                let mut query = db
                    .prepare_cached(
                        "SELECT id, tag, name, media, size_bytes, sha256, note, added_ms, added_by
                         FROM attachment WHERE tag = ?1 AND removed_ms IS NULL ORDER BY id DESC",
                    )
                    .doing("read attachments")?;
                query
                    .query_map([tag], read)
                    .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                    .doing("read attachments")
            })
            .await
    }

    /// A document of an asset with its content.
    pub async fn attachment(
        &self,
        (tag, id): (&str, i64),
    ) -> Result<Option<(Attachment, Vec<u8>)>, StoreError> {
        let tag = tag.to_owned();
        self.readers
            .read(move |db| {
                let found = db
                    .query_row(
                        "SELECT id, tag, name, media, size_bytes, sha256, note, added_ms, added_by
                         FROM attachment WHERE tag = ?1 AND id = ?2 AND removed_ms IS NULL",
                        params![tag, id],
                        read,
                    )
                    .optional()
                    .doing("read an attachment")?;
                let Some(one) = found else {
                    return Ok(None);
                };
                let bytes = db
                    .query_row(
                        "SELECT bytes FROM attachment_content WHERE sha256 = ?1",
                        [&one.sha256],
                        |row| row.get(0),
                    )
                    .doing("read the content of an attachment")?;
                Ok(Some((one, bytes)))
            })
            .await
    }
}

fn add(
    db: &Connection,
    new: &NewAttachment,
    (author, at): (&Author, Timestamp),
) -> Result<i64, AttachmentError> {
    let own: u32 = db
        .query_row(
            "SELECT count(*) FROM attachment WHERE tag = ?1 AND removed_ms IS NULL",
            [&new.tag],
            |row| row.get(0),
        )
        .doing("count attachments")?;
    if own >= ATTACHMENTS_PER_ASSET_MAX {
        return Err(AttachmentError::TooMany);
    }
    let all: i64 = db
        .query_row(
            "SELECT coalesce(sum(length(bytes)), 0) FROM attachment_content",
            [],
            |row| row.get(0),
        )
        .doing("measure attachments")?;
    if all.unsigned_abs() + new.bytes.len() as u64 > ATTACHMENT_CONTENTS_BYTES_MAX {
        return Err(AttachmentError::Full);
    }
    db.execute(
        "INSERT INTO attachment_content(sha256, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![new.sha256, new.bytes],
    )
    .doing("keep the content of an attachment")?;
    let size = i64::try_from(new.bytes.len()).unwrap_or(i64::MAX);
    db.execute(
        "INSERT INTO attachment(tag, name, media, size_bytes, sha256, note, added_ms, added_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            new.tag,
            new.name,
            new.media,
            size,
            new.sha256,
            new.note,
            at.as_millis(),
            author.actor
        ],
    )
    .doing("keep an attachment")?;
    let id = db.last_insert_rowid();
    let detail = json!({"attachment": id, "name": new.name, "media": new.media,
        "size_bytes": size, "sha256": new.sha256});
    let subject = format!("asset/{}", new.tag);
    let entry = audit::done(author, "asset.attachment.add", subject, detail);
    audit::append(db, at, &entry)?;
    Ok(id)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    let size: i64 = row.get(4)?;
    Ok(Attachment {
        id: row.get(0)?,
        tag: row.get(1)?,
        name: row.get(2)?,
        media: row.get(3)?,
        size_bytes: size.unsigned_abs(),
        sha256: row.get(5)?,
        note: row.get(6)?,
        added_at: Timestamp::from_millis(row.get(7)?),
        added_by: row.get(8)?,
    })
}
