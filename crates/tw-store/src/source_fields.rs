//! Which fields of an asset another register keeps: the guard that every write of the register
//! passes, whoever writes.
//!
//! **Room:** layer 1. **May use:** `tw-model`, `tw-units`. **Must not:** stand in the way of the
//! source itself, or of the end of an asset: what is disposed of leaves its source's hands.

use crate::{
    Store,
    error::{Doing, StoreError},
};
use rusqlite::{Connection, params};
use serde_json::Value;
use std::collections::BTreeMap;
use tw_model::{AssetStatus, Kind, Word};

/// The fields of assets that sources keep, by source.
pub type SourceFields = BTreeMap<String, Vec<String>>;

/// A field that a source keeps, and that somebody else would have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptField {
    /// The field, as `serial` or `place.room`.
    pub field: String,
    /// The source that keeps it.
    pub source: String,
    /// The asset's page there, where it is to be changed.
    pub url: Option<String>,
}

impl Store {
    /// Says which fields the sources keep; sources that are not named keep nothing any more.
    pub async fn keep_source_fields(&self, fields: SourceFields) -> Result<(), StoreError> {
        self.writer
            .write(0, move |db, _| {
                if read(db)? == fields {
                    return Ok(());
                }
                db.execute("DELETE FROM source_field", [])
                    .doing("forget the fields of sources")?;
                for (source, fields) in &fields {
                    put(db, source, fields)?;
                }
                Ok(())
            })
            .await
    }

    /// Says which fields one source keeps.
    pub async fn keep_fields_of(
        &self,
        source: String,
        fields: Vec<String>,
    ) -> Result<(), StoreError> {
        self.writer
            .write(0, move |db, _| {
                db.execute("DELETE FROM source_field WHERE source = ?1", [&source])
                    .doing("forget the fields of a source")?;
                put(db, &source, &fields)
            })
            .await
    }
}

fn put(db: &Connection, source: &str, fields: &[String]) -> Result<(), StoreError> {
    for field in fields {
        db.prepare_cached("INSERT OR IGNORE INTO source_field(source, field) VALUES (?1, ?2)")
            .and_then(|mut put| put.execute(params![source, field]))
            .doing("keep a field of a source")?;
    }
    Ok(())
}

/// The fields that sources keep.
pub(crate) fn read(db: &Connection) -> Result<SourceFields, StoreError> {
    let mut query = db
        .prepare_cached("SELECT source, field FROM source_field ORDER BY source, field")
        .doing("read the fields of sources")?;
    let rows = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect::<Result<Vec<(String, String)>, _>>)
        .doing("read the fields of sources")?;
    let mut fields = SourceFields::new();
    for (source, field) in rows {
        fields.entry(source).or_default().push(field);
    }
    Ok(fields)
}

/// The first field that a write would change and that a source keeps.
pub(crate) fn kept_field(
    db: &Connection,
    fields: &SourceFields,
    (kind, id): (Kind, &str),
    (before, after): (&Value, &Value),
) -> Result<Option<KeptField>, StoreError> {
    let gone = after["status"].as_str() == Some(AssetStatus::Disposed.as_str());
    if fields.is_empty() || kind != Kind::Asset || gone {
        return Ok(None);
    }
    let mut query = db
        .prepare_cached(
            "SELECT source, url FROM source_ref
             WHERE local_id = ?1 AND missing_ms IS NULL ORDER BY source",
        )
        .doing("read whose an asset is")?;
    let owners = query
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect::<Result<Vec<(String, Option<String>)>, _>>)
        .doing("read whose an asset is")?;
    for (source, url) in owners {
        let differs = |path: &&String| {
            let pointer = format!("/{}", path.replace('.', "/"));
            before.pointer(&pointer) != after.pointer(&pointer)
        };
        let field = fields
            .get(&source)
            .and_then(|kept| kept.iter().find(differs));
        if let Some(field) = field.cloned() {
            return Ok(Some(KeptField { field, source, url }));
        }
    }
    Ok(None)
}
