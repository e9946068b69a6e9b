//! The second person's word on what waits for one: a step of an asset's life, a waiver.
//!
//! **Room:** layer 1. **May use:** the register and the audit log beside it. **Must not:** decide
//! who may speak.

use crate::{
    audit::{self, Author},
    error::Doing,
    memory::Memory,
    register::{RegisterError, apply_inside},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use tw_model::Plan;
use tw_units::Timestamp;

/// A table with rows that wait: each has `id`, `tag`, `state`, and who decided, when and why.
pub(crate) struct Waiting {
    /// The table.
    pub(crate) table: &'static str,
    /// The state of what was allowed; what was not is `refused`.
    pub(crate) allowed: &'static str,
    /// What the audit log calls the decision.
    pub(crate) action: &'static str,
    /// What the log's detail calls the row.
    pub(crate) name: &'static str,
}

impl Waiting {
    /// Decides a row that waits, inside a transaction of the caller: with a plan, made for a
    /// revision of the register, the register changes; without one the row is refused. False
    /// when it does not wait any more.
    pub(crate) fn decide(
        &self,
        (db, memory): (&Connection, &mut Memory),
        id: i64,
        (plan, note): (Option<&(Plan, u64)>, Option<&str>),
        (author, at): (&Author, Timestamp),
    ) -> Result<bool, RegisterError> {
        let Self { table, name, .. } = self;
        let state = if plan.is_some() {
            self.allowed
        } else {
            "refused"
        };
        let waits: Option<String> = db
            .query_row(
                &format!("SELECT tag FROM {table} WHERE id = ?1 AND state = 'waiting'"),
                [id],
                |row| row.get(0),
            )
            .optional()
            .doing("read what waits for a second person")?;
        let Some(tag) = waits else {
            return Ok(false);
        };
        if let Some((plan, made_for)) = plan {
            apply_inside((db, memory), (plan, *made_for), (author, at))?;
        }
        db.execute(
            &format!(
                "UPDATE {table}
                 SET state = ?2, decided_ms = ?3, decided_by = ?4, decision_note = ?5
                 WHERE id = ?1"
            ),
            params![id, state, at.as_millis(), author.actor, note],
        )
        .doing("decide what waits for a second person")?;
        let detail = json!({ (*name): id, "state": state, "note": note });
        let entry = audit::done(author, self.action, format!("asset/{tag}"), detail);
        audit::append(db, at, &entry)?;
        Ok(true)
    }
}
