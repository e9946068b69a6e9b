//! Replacement plans: drafts in versions, frozen ones for good, what became of their lines.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** make a plan, or change a frozen one;
//! a trigger of the schema holds that, too.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use tw_units::Timestamp;

/// The most plans that are kept.
pub const PLANS_MAX: u32 = 1_000;

/// A plan as it is kept; what it says is opaque here.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPlan {
    /// Its slug.
    pub id: String,
    /// Grows with every change.
    pub version: u64,
    /// `draft`, `frozen` or `approved`.
    pub state: String,
    /// What was asked.
    pub spec: Value,
    /// What came out.
    pub result: Value,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Who froze it, and when.
    pub frozen: Option<(String, Timestamp)>,
    /// Who approved it, and when.
    pub approved: Option<(String, Timestamp)>,
    /// The decision's number.
    pub document: Option<String>,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLineProgress {
    /// The budget year.
    pub year: u16,
    /// The asset.
    pub asset: String,
    /// The day of the order.
    pub ordered_on: Option<String>,
    /// The day of the delivery.
    pub delivered_on: Option<String>,
    /// Its paper.
    pub document: Option<String>,
    /// Who said so.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// A step of a plan's life.
#[derive(Clone, Debug, PartialEq)]
pub enum PlanMove {
    /// It is made, or made anew.
    Save {
        /// What is asked.
        spec: Value,
        /// What came out.
        result: Value,
    },
    /// It is handed in.
    Freeze,
    /// A second person approves it.
    Approve {
        /// The decision's number.
        document: Option<String>,
    },
    /// A line of it was ordered or delivered.
    Track(PlanLineProgress),
    /// A draft goes.
    Remove,
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PlanMoveError {
    /// There is none of this name.
    #[error("there is no plan {0}")]
    Missing(String),
    /// There is one of this name already.
    #[error("there is a plan {0} already")]
    Exists(String),
    /// Someone else was faster.
    #[error("the plan is at version {0}")]
    Stale(u64),
    /// Its state does not allow it.
    #[error("the plan is {0}")]
    State(String),
    /// Who froze it does not approve it.
    #[error("{0} froze the plan: another person approves it")]
    SamePerson(String),
    /// Too many.
    #[error("there are {PLANS_MAX} plans; remove drafts first")]
    TooMany,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const COLUMNS: &str = "id, version, state, spec, result, made_by, made_ms, frozen_by, frozen_ms,
    approved_by, approved_ms, document";

impl Store {
    /// All plans, by name.
    pub async fn plans(&self) -> Result<Vec<StoredPlan>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM replacement_plan ORDER BY id");
        self.readers.read(move |db| read_plans(db, &sql, &[])).await
    }

    /// A plan.
    pub async fn plan(&self, id: &str) -> Result<Option<StoredPlan>, StoreError> {
        let (sql, id) = (by_id(), id.to_owned());
        let found = self.readers.read(move |db| read_plans(db, &sql, &[&id]));
        Ok(found.await?.pop())
    }

    /// What became of a plan's lines, by year and asset.
    pub async fn plan_progress(&self, id: &str) -> Result<Vec<PlanLineProgress>, StoreError> {
        let id = id.to_owned();
        let read = move |db: &Connection| {
            db.prepare_cached(
                "SELECT year, asset, ordered_on, delivered_on, document, actor, at_ms
                 FROM replacement_plan_progress WHERE plan = ?1 ORDER BY year, asset",
            )
            .and_then(|mut query| {
                let rows = query.query_map([&id], |row| {
                    Ok(PlanLineProgress {
                        year: row.get(0)?,
                        asset: row.get(1)?,
                        ordered_on: row.get(2)?,
                        delivered_on: row.get(3)?,
                        document: row.get(4)?,
                        actor: row.get(5)?,
                        at: Timestamp::from_millis(row.get(6)?),
                    })
                })?;
                rows.collect::<Result<Vec<_>, _>>()
            })
            .doing("read the progress of a plan")
        };
        self.readers.read(read).await
    }

    /// Takes a step with a plan, with its audit entry in the same transaction. `expected` is
    /// the version that the caller saw, 0 for a new plan.
    pub async fn move_plan(
        &self,
        id: &str,
        expected: u64,
        step: PlanMove,
        author: &Author,
    ) -> Result<u64, PlanMoveError> {
        let (id, author, at) = (id.to_owned(), author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut crate::memory::Memory| {
            let present = read_plans(db, &by_id(), &[&id])?.pop();
            let version = present.as_ref().map_or(0, |plan| plan.version);
            let work = Work {
                db,
                id: &id,
                author: &author,
                at,
                version: version + 1,
            };
            match (&present, &step) {
                (None, PlanMove::Save { .. }) if expected == 0 => {}
                (None, _) => return Err(PlanMoveError::Missing(id.clone())),
                (Some(_), PlanMove::Save { .. }) if expected == 0 => {
                    return Err(PlanMoveError::Exists(id.clone()));
                }
                (Some(plan), _) if plan.version != expected => {
                    return Err(PlanMoveError::Stale(plan.version));
                }
                (Some(plan), step) => allowed(plan, step, &author)?,
            }
            work.take(present.is_none(), &step)?;
            Ok(version + 1)
        };
        self.writer.write(0, change).await
    }
}

/// Whether the plan's state allows the step.
fn allowed(plan: &StoredPlan, step: &PlanMove, author: &Author) -> Result<(), PlanMoveError> {
    let wanted = match step {
        PlanMove::Save { .. } | PlanMove::Freeze | PlanMove::Remove => "draft",
        PlanMove::Approve { .. } => "frozen",
        PlanMove::Track(_) => "approved",
    };
    if plan.state != wanted {
        return Err(PlanMoveError::State(plan.state.clone()));
    }
    match (&plan.frozen, step) {
        (Some((by, _)), PlanMove::Approve { .. }) if *by == author.actor => {
            Err(PlanMoveError::SamePerson(by.clone()))
        }
        _ => Ok(()),
    }
}

struct Work<'a> {
    db: &'a Connection,
    id: &'a str,
    author: &'a Author,
    at: Timestamp,
    version: u64,
}

impl Work<'_> {
    fn take(&self, new: bool, step: &PlanMove) -> Result<(), PlanMoveError> {
        let (action, detail) = match step {
            PlanMove::Save { spec, result } => {
                self.save(new, spec, result)?;
                let action = if new { "plan.create" } else { "plan.change" };
                (action, json!({ "spec": spec }))
            }
            PlanMove::Freeze => {
                self.set(
                    "state = 'frozen', frozen_by = ?2, frozen_ms = ?3",
                    params![
                        self.id,
                        self.author.actor,
                        self.at.as_millis(),
                        self.number()
                    ],
                )?;
                ("plan.freeze", json!({}))
            }
            PlanMove::Approve { document } => {
                self.set(
                    "state = 'approved', approved_by = ?2, approved_ms = ?3, document = ?5",
                    params![
                        self.id,
                        self.author.actor,
                        self.at.as_millis(),
                        self.number(),
                        document
                    ],
                )?;
                ("plan.approve", json!({ "document": document }))
            }
            PlanMove::Track(line) => {
                self.track(line)?;
                let detail = json!({
                    "year": line.year, "asset": line.asset, "ordered_on": line.ordered_on,
                    "delivered_on": line.delivered_on, "document": line.document,
                });
                ("plan.track", detail)
            }
            PlanMove::Remove => {
                let removed = self
                    .db
                    .execute("DELETE FROM replacement_plan WHERE id = ?1", [self.id]);
                removed.doing("remove a draft")?;
                ("plan.remove", json!({}))
            }
        };
        let entry = audit::done(self.author, action, format!("plan/{}", self.id), detail);
        audit::append(self.db, self.at, &entry)?;
        Ok(())
    }

    fn number(&self) -> i64 {
        i64::try_from(self.version).unwrap_or(i64::MAX)
    }

    fn set(&self, what: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
        let sql = format!("UPDATE replacement_plan SET version = ?4, {what} WHERE id = ?1");
        let done = self.db.execute(&sql, values);
        done.map(drop).doing("change a plan")
    }

    fn save(&self, new: bool, spec: &Value, result: &Value) -> Result<(), PlanMoveError> {
        let (at, actor, number) = (self.at.as_millis(), &self.author.actor, self.number());
        let (spec, result) = (spec.to_string(), result.to_string());
        if new {
            let count: u32 = self
                .db
                .query_row("SELECT count(*) FROM replacement_plan", [], |r| r.get(0))
                .doing("count the plans")?;
            if count >= PLANS_MAX {
                return Err(PlanMoveError::TooMany);
            }
        }
        let sql = if new {
            "INSERT INTO replacement_plan(id, version, state, spec, result, made_by, made_ms)
             VALUES (?1, ?2, 'draft', ?3, ?4, ?5, ?6)"
        } else {
            "UPDATE replacement_plan SET version = ?2, spec = ?3, result = ?4, made_by = ?5,
               made_ms = ?6 WHERE id = ?1"
        };
        self.db
            .execute(sql, params![self.id, number, spec, result, actor, at])
            .doing("keep a plan")?;
        self.db
            .execute(
                "INSERT OR REPLACE INTO replacement_plan_version(plan, version, spec, at_ms, actor)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![self.id, number, spec, at, actor],
            )
            .doing("keep the version of a plan")?;
        Ok(())
    }

    fn track(&self, line: &PlanLineProgress) -> Result<(), StoreError> {
        self.db
            .execute(
                "INSERT OR REPLACE INTO replacement_plan_progress
                   (plan, year, asset, ordered_on, delivered_on, document, at_ms, actor)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    self.id,
                    line.year,
                    line.asset,
                    line.ordered_on,
                    line.delivered_on,
                    line.document,
                    self.at.as_millis(),
                    self.author.actor
                ],
            )
            .doing("keep the progress of a plan")?;
        self.db
            .execute(
                "UPDATE replacement_plan SET version = ?2 WHERE id = ?1",
                params![self.id, self.number()],
            )
            .map(drop)
            .doing("change a plan")
    }
}

fn by_id() -> String {
    format!("SELECT {COLUMNS} FROM replacement_plan WHERE id = ?1")
}

fn read_plans(
    db: &Connection,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<StoredPlan>, StoreError> {
    let mut query = db.prepare_cached(sql).doing("read plans")?;
    let mut rows = query.query(values).doing("read plans")?;
    let mut plans = Vec::new();
    while let Some(row) = rows.next().doing("read plans")? {
        plans.push(read_plan(row)?);
    }
    Ok(plans)
}

fn read_plan(row: &rusqlite::Row<'_>) -> Result<StoredPlan, StoreError> {
    let step = |by: usize| -> Result<Option<(String, Timestamp)>, rusqlite::Error> {
        let by_and_at: (Option<String>, Option<i64>) = (row.get(by)?, row.get(by + 1)?);
        Ok(match by_and_at {
            (Some(by), Some(at)) => Some((by, Timestamp::from_millis(at))),
            _ => None,
        })
    };
    let read = || -> Result<(StoredPlan, [String; 2]), rusqlite::Error> {
        let version: i64 = row.get(1)?;
        let plan = StoredPlan {
            id: row.get(0)?,
            version: version.unsigned_abs(),
            state: row.get(2)?,
            spec: Value::Null,
            result: Value::Null,
            made_by: row.get(5)?,
            made_at: Timestamp::from_millis(row.get(6)?),
            frozen: step(7)?,
            approved: step(9)?,
            document: row.get(11)?,
        };
        Ok((plan, [row.get(3)?, row.get(4)?]))
    };
    let (plan, [spec, result]) = read().doing("read a plan")?;
    let torn = |_| StoreError::corrupt(format!("a torn plan, {}", plan.id));
    Ok(StoredPlan {
        spec: serde_json::from_str(&spec).map_err(torn)?,
        result: serde_json::from_str(&result).map_err(torn)?,
        ..plan
    })
}
