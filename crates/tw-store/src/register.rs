//! The register: entities as versioned JSON documents, with every version kept.
//!
//! **Room:** layer 1. **May use:** `tw-model`, `tw-units`. **Must not:** judge an entity; the
//! caller validates the register as it will be.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
    memory::{Memory, Pending},
    shared::Change,
    source_fields::{self, KeptField, SourceFields},
};
use rusqlite::{Connection, OptionalExtension, Row, Rows, params};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tw_model::{CowMap, Item, ItemError, Kind, Plan, Register, Word};
use tw_units::Timestamp;

/// With more changes than these the register is read whole: that is cheaper then.
pub const CHANGES_MAX: usize = 2_000;

/// Why a change of the register did not happen.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Someone else was faster: answer 409 with the present version.
    #[error("{kind} {id} is at version {current:?}, the change was made for {expected}")]
    Stale {
        /// What it is.
        kind: Kind,
        /// Which.
        id: String,
        /// The version that the change was made for; 0 is "not there".
        expected: u64,
        /// The version that it has; none when it is not there.
        current: Option<u64>,
    },
    /// The plan was made for another state of the register.
    #[error("the register is at revision {current}, the plan was made for {expected}")]
    StalePlan {
        /// What the plan was made for.
        expected: u64,
        /// What the register has.
        current: u64,
    },
    /// Another register keeps the field.
    #[error("{kind} {id}: {} is kept in {}{}; change it there", kept.field, kept.source, page(kept))]
    Kept {
        /// What it is.
        kind: Kind,
        /// Which.
        id: String,
        /// The field and who keeps it.
        kept: KeptField,
    },
    /// What is stored is no entity.
    #[error(transparent)]
    Item(#[from] ItemError),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn page(kept: &KeptField) -> String {
    let page = kept.url.as_ref().map(|url| format!(" ({url})"));
    page.unwrap_or_default()
}

/// The versions of entities.
pub type Versions = CowMap<(Kind, String), u64>;

/// The register at one revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredRegister {
    /// Grows with every transaction that changes it.
    pub revision: u64,
    /// The entities.
    pub register: Register,
    /// The version of each, from 1.
    pub versions: Versions,
}

/// What changed in the register since an earlier revision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegisterChanges {
    /// The register's revision now.
    pub revision: u64,
    /// The changes in the order in which they were made.
    pub items: Vec<ChangedItem>,
}

/// An entity as one change left it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedItem {
    /// What it is.
    pub kind: Kind,
    /// Which.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// The entity; none where it was removed.
    pub value: Option<Value>,
}

/// What became of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PlanApplied {
    /// The register's revision now.
    pub revision: u64,
    /// Entities that changed.
    pub changed: u64,
}

/// One version of an entity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemVersion {
    /// Its number.
    pub version: u64,
    /// The register's revision that brought it.
    pub revision: u64,
    /// The entity; none where it was removed.
    pub spec: Option<Value>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
}

impl Store {
    /// The whole register.
    pub async fn load_register(&self) -> Result<StoredRegister, RegisterError> {
        self.readers.read(|db| Ok(read_register(db))).await?
    }

    /// The whole register as it was just before an instant, from the versions that are kept.
    pub async fn load_register_before(
        &self,
        end: Timestamp,
    ) -> Result<StoredRegister, RegisterError> {
        let read = move |db: &Connection| Ok(read_register_before(db, end));
        self.readers.read(read).await?
    }

    /// When the first version of the first entity was kept; none before that.
    pub async fn register_begins(&self) -> Result<Option<Timestamp>, StoreError> {
        let first: Option<i64> = sqlx::query_scalar("SELECT min(at_ms) FROM register_history")
            .fetch_one(&self.queries)
            .await
            .doing("read when the register begins")?;
        Ok(first.map(Timestamp::from_millis))
    }

    /// What changed since a revision, as of one moment. None when that is more than
    /// [`CHANGES_MAX`] changes, or when the register was never at that revision: then it is
    /// read whole.
    pub async fn register_since(
        &self,
        revision: u64,
    ) -> Result<Option<RegisterChanges>, RegisterError> {
        let read = self.readers.read(move |db| read_changes(db, revision));
        let Some((revision, rows)) = read.await? else {
            return Ok(None);
        };
        let mut changes = RegisterChanges {
            revision,
            items: Vec::with_capacity(rows.len()),
        };
        for (kind, id, version, spec) in rows {
            let kind = kind_of(&kind)?;
            let value = spec.map(|text| serde_json::from_str(&text)).transpose();
            changes.items.push(ChangedItem {
                value: value.map_err(|_| StoreError::corrupt(format!("a torn {kind} {id}")))?,
                kind,
                id,
                version: version.unsigned_abs(),
            });
        }
        Ok(Some(changes))
    }

    /// The register's revision.
    pub async fn register_revision(&self) -> Result<u64, StoreError> {
        let revision: i64 = sqlx::query_scalar("SELECT revision FROM register_revision")
            .fetch_one(&self.queries)
            .await
            .doing("read the register's revision")?;
        Ok(revision.unsigned_abs())
    }

    /// Carries a plan out in one transaction. What already is as it should be stays untouched,
    /// so a plan may be applied again. `made_for` is the revision that the plan was made for;
    /// with another one now, nothing is done.
    pub async fn apply_plan(
        &self,
        plan: Plan,
        made_for: Option<u64>,
        author: &Author,
    ) -> Result<PlanApplied, RegisterError> {
        let (author, at) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, memory: &mut Memory| {
            let mut work = Work::begin(db, &author, at)?;
            let made_for = made_for.unwrap_or(work.revision);
            work.carry_out_at(&plan, made_for)?;
            Ok(work.finish(memory)?)
        };
        self.writer.write(0, change).await
    }

    /// Puts one entity. `expected` is the version that the caller saw: 0 for a new one, none
    /// to put it in any case. Returns its version now.
    pub async fn put_item(
        &self,
        item: Item,
        expected: Option<u64>,
        author: &Author,
    ) -> Result<u64, RegisterError> {
        let (author, at) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, memory: &mut Memory| {
            let mut work = Work::begin(db, &author, at)?;
            let version = work.set(item.kind, &item.id, Some(&item.value), expected)?;
            work.finish(memory)?;
            Ok(version)
        };
        self.writer.write(0, change).await
    }

    /// Removes one entity; its history stays.
    pub async fn remove_item(
        &self,
        kind: Kind,
        id: String,
        expected: Option<u64>,
        author: &Author,
    ) -> Result<(), RegisterError> {
        let (author, at) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, memory: &mut Memory| {
            let mut work = Work::begin(db, &author, at)?;
            work.set(kind, &id, None, expected)?;
            work.finish(memory)?;
            Ok(())
        };
        self.writer.write(0, change).await
    }

    /// All versions of an entity, oldest first.
    pub async fn item_history(&self, kind: Kind, id: &str) -> Result<Vec<ItemVersion>, StoreError> {
        let rows: Vec<(i64, i64, Option<String>, i64, String)> = sqlx::query_as(
            "SELECT version, revision, spec, at_ms, actor FROM register_history
             WHERE kind = ?1 AND id = ?2 ORDER BY version",
        )
        .bind(kind.to_string())
        .bind(id)
        .fetch_all(&self.queries)
        .await
        .doing("read the history of an entity")?;
        let read =
            |(version, revision, spec, at, actor): (i64, i64, Option<String>, i64, String)| {
                let spec = spec.map(|text| serde_json::from_str(&text)).transpose();
                Ok(ItemVersion {
                    version: version.unsigned_abs(),
                    revision: revision.unsigned_abs(),
                    spec: spec.map_err(|_| StoreError::corrupt(format!("a torn {kind} {id}")))?,
                    at: Timestamp::from_millis(at),
                    actor,
                })
            };
        rows.into_iter().map(read).collect()
    }
}

/// Carries a plan out inside a transaction of the caller.
pub(crate) fn apply_inside(
    (db, memory): (&Connection, &mut Memory),
    (plan, made_for): (&Plan, u64),
    (author, at): (&Author, Timestamp),
) -> Result<PlanApplied, RegisterError> {
    let mut work = Work::begin(db, author, at)?;
    work.carry_out_at(plan, made_for)?;
    Ok(work.finish(memory)?)
}

/// As [`apply_inside`], by the source that keeps the fields: nothing of its own is refused.
pub(crate) fn apply_of_source(
    (db, memory): (&Connection, &mut Memory),
    (plan, made_for): (&Plan, u64),
    (author, at): (&Author, Timestamp),
) -> Result<PlanApplied, RegisterError> {
    let mut work = Work::begin(db, author, at)?;
    work.kept = SourceFields::new();
    work.carry_out_at(plan, made_for)?;
    Ok(work.finish(memory)?)
}

struct Work<'a> {
    db: &'a Connection,
    author: &'a Author,
    at: Timestamp,
    revision: u64,
    changed: u64,
    /// What others keep, and this work may not change.
    kept: SourceFields,
}

impl<'a> Work<'a> {
    fn begin(db: &'a Connection, author: &'a Author, at: Timestamp) -> Result<Self, StoreError> {
        Ok(Self {
            db,
            author,
            at,
            revision: revision_of(db)?,
            changed: 0,
            kept: source_fields::read(db)?,
        })
    }

    /// Carries a plan out that was made for this revision.
    fn carry_out_at(&mut self, plan: &Plan, made_for: u64) -> Result<(), RegisterError> {
        if self.revision != made_for {
            return Err(RegisterError::StalePlan {
                expected: made_for,
                current: self.revision,
            });
        }
        self.carry_out(plan)
    }

    fn carry_out(&mut self, plan: &Plan) -> Result<(), RegisterError> {
        for change in &plan.changes {
            self.set(change.kind, &change.id, change.after.as_ref(), None)?;
        }
        Ok(())
    }

    /// Sets or removes an entity and returns its version; 0 when it was not there and goes.
    fn set(
        &mut self,
        kind: Kind,
        id: &str,
        value: Option<&Value>,
        expected: Option<u64>,
    ) -> Result<u64, RegisterError> {
        let present = self.present(kind, id)?;
        let current = present.as_ref().map(|(version, _)| *version);
        if let Some(expected) = expected.filter(|expected| *expected != current.unwrap_or(0)) {
            return Err(RegisterError::Stale {
                kind,
                id: id.to_owned(),
                expected,
                current,
            });
        }
        let before = present.map(|(_, spec)| spec);
        if before.as_ref() == value {
            return Ok(current.unwrap_or(0));
        }
        if let (Some(before), Some(after)) = (&before, value) {
            let change = (before, after);
            let kept = source_fields::kept_field(self.db, &self.kept, (kind, id), change)?;
            if let Some(kept) = kept {
                let id = id.to_owned();
                return Err(RegisterError::Kept { kind, id, kept });
            }
        }
        let version = self.next_version(kind, id)?;
        self.write(kind, id, version, value)?;
        let action = match (&before, value) {
            (None, _) => "register.create",
            (Some(_), Some(_)) => "register.change",
            (Some(_), None) => "register.remove",
        };
        // The history has the values; the log says which fields.
        let detail = json!({ "version": version, "fields": differing(before.as_ref(), value) });
        let entry = audit::done(self.author, action, format!("{kind}/{id}"), detail);
        audit::append(self.db, self.at, &entry)?;
        self.changed += 1;
        Ok(version)
    }

    fn present(&self, kind: Kind, id: &str) -> Result<Option<(u64, Value)>, StoreError> {
        let row: Option<(i64, String)> = self
            .db
            .prepare_cached("SELECT version, spec FROM register_item WHERE kind = ?1 AND id = ?2")
            .and_then(|mut query| {
                query
                    .query_row(params![kind.to_string(), id], |r| {
                        Ok((r.get(0)?, r.get(1)?))
                    })
                    .optional()
            })
            .doing("read an entity")?;
        let Some((version, spec)) = row else {
            return Ok(None);
        };
        let spec = serde_json::from_str(&spec)
            .map_err(|_| StoreError::corrupt(format!("a torn {kind} {id}")))?;
        Ok(Some((version.unsigned_abs(), spec)))
    }

    /// Versions go on after a removal, so that a number never means two things.
    fn next_version(&self, kind: Kind, id: &str) -> Result<u64, StoreError> {
        let last: i64 = self
            .db
            .prepare_cached(
                "SELECT coalesce(max(version), 0) FROM register_history
                 WHERE kind = ?1 AND id = ?2",
            )
            .and_then(|mut query| query.query_row(params![kind.to_string(), id], |r| r.get(0)))
            .doing("read the version of an entity")?;
        Ok(last.unsigned_abs() + 1)
    }

    fn write(
        &self,
        kind: Kind,
        id: &str,
        version: u64,
        value: Option<&Value>,
    ) -> Result<(), StoreError> {
        let (kind, spec) = (kind.to_string(), value.map(Value::to_string));
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let (version, revision) = (number(version), number(self.revision + 1));
        let (at, actor) = (self.at.as_millis(), &self.author.actor);
        self.db
            .prepare_cached(
                "INSERT INTO register_history(kind, id, version, revision, spec, at_ms, actor)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .and_then(|mut put| put.execute(params![kind, id, version, revision, spec, at, actor]))
            .doing("keep the version of an entity")?;
        let written = match spec {
            Some(spec) => self
                .db
                .prepare_cached(
                    "INSERT OR REPLACE INTO register_item
                       (kind, id, version, spec, changed_ms, changed_by)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )
                .and_then(|mut put| put.execute(params![kind, id, version, spec, at, actor])),
            None => self
                .db
                .prepare_cached("DELETE FROM register_item WHERE kind = ?1 AND id = ?2")
                .and_then(|mut delete| delete.execute(params![kind, id])),
        };
        written.map(drop).doing("write an entity")
    }

    fn finish(self, memory: &mut Memory) -> Result<PlanApplied, StoreError> {
        if self.changed == 0 {
            return Ok(PlanApplied {
                revision: self.revision,
                changed: 0,
            });
        }
        let revision = self.revision + 1;
        self.db
            .execute(
                "UPDATE register_revision SET revision = ?1",
                [i64::try_from(revision).unwrap_or(i64::MAX)],
            )
            .doing("move the register's revision")?;
        memory.publish(Pending::Change(Change::Register { revision }));
        Ok(PlanApplied {
            revision,
            changed: self.changed,
        })
    }
}

/// The fields whose values differ.
fn differing(before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    let (Some(before), Some(after)) = (
        before.and_then(Value::as_object),
        after.and_then(Value::as_object),
    ) else {
        return Vec::new();
    };
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .cloned()
        .collect()
}

type ChangeRow = (String, String, i64, Option<String>);

fn read_register(db: &Connection) -> Result<StoredRegister, RegisterError> {
    let mut query = db
        .prepare_cached("SELECT kind, id, version, spec FROM register_item ORDER BY kind, id")
        .doing("read the register")?;
    let rows = query.query([]).doing("read the register")?;
    assembled(revision_of(db)?, rows)
}

/// One entity after another: the texts of all are never in memory at once.
fn assembled(revision: u64, mut rows: Rows<'_>) -> Result<StoredRegister, RegisterError> {
    let mut stored = StoredRegister {
        revision,
        ..StoredRegister::default()
    };
    while let Some(row) = rows.next().doing("read the register")? {
        let (kind, id, version, spec) = item_of(row).doing("read the register")?;
        let kind = kind_of(&kind)?;
        let value = serde_json::from_str(&spec)
            .map_err(|_| StoreError::corrupt(format!("a torn {kind} {id}")))?;
        let version = version.unsigned_abs();
        stored.versions.insert((kind, id.clone()), version);
        stored.register.insert(Item { kind, id, value })?;
    }
    Ok(stored)
}

/// The last version of each entity before an instant, but for those that were gone by then.
fn read_register_before(db: &Connection, end: Timestamp) -> Result<StoredRegister, RegisterError> {
    let end = end.as_millis();
    let revision: i64 = db
        .query_row(
            "SELECT coalesce(max(revision), 0) FROM register_history WHERE at_ms < ?1",
            [end],
            |row| row.get(0),
        )
        .doing("read the register's revision of a day")?;
    // SQLite takes the other columns from the row that has the greatest version.
    let mut query = db
        .prepare_cached(
            "SELECT kind, id, max(version), spec FROM register_history
             WHERE at_ms < ?1 GROUP BY kind, id HAVING spec IS NOT NULL",
        )
        .doing("read the register of a day")?;
    let rows = query.query([end]).doing("read the register of a day")?;
    assembled(revision.unsigned_abs(), rows)
}

fn item_of(row: &Row<'_>) -> rusqlite::Result<(String, String, i64, String)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn revision_of(db: &Connection) -> Result<u64, StoreError> {
    let revision: i64 = db
        .query_row("SELECT revision FROM register_revision", [], |row| {
            row.get(0)
        })
        .doing("read the register's revision")?;
    Ok(revision.unsigned_abs())
}

fn read_changes(db: &Connection, since: u64) -> Result<Option<(u64, Vec<ChangeRow>)>, StoreError> {
    let revision = revision_of(db)?;
    if revision < since {
        return Ok(None);
    }
    let mut query = db
        .prepare_cached(
            "SELECT kind, id, version, spec FROM register_history
             WHERE revision > ?1 ORDER BY revision, version LIMIT ?2",
        )
        .doing("read what changed in the register")?;
    let since = i64::try_from(since).unwrap_or(i64::MAX);
    let rows = query
        .query_map(params![since, CHANGES_MAX + 1], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("read what changed in the register")?;
    Ok((rows.len() <= CHANGES_MAX).then_some((revision, rows)))
}

fn kind_of(text: &str) -> Result<Kind, StoreError> {
    Kind::from_word(text)
        .ok_or_else(|| StoreError::corrupt(format!("entities of an unknown kind, {text}")))
}
