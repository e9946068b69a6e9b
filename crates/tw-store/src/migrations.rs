//! The schema's history. Forward only: a landed file never changes.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** change a landed migration.

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// All migrations, in order; the position plus one is the schema's version (`user_version`).
pub(crate) const MIGRATIONS: &[(&str, &str)] = &[
    (
        "0001_create_samples",
        include_str!("../migrations/0001_create_samples.sql"),
    ),
    (
        "0002_create_register",
        include_str!("../migrations/0002_create_register.sql"),
    ),
    (
        "0003_create_access",
        include_str!("../migrations/0003_create_access.sql"),
    ),
    (
        "0004_create_audit",
        include_str!("../migrations/0004_create_audit.sql"),
    ),
    (
        "0005_create_alerts",
        include_str!("../migrations/0005_create_alerts.sql"),
    ),
    (
        "0006_create_discrepancies",
        include_str!("../migrations/0006_create_discrepancies.sql"),
    ),
    (
        "0007_create_stocktakes",
        include_str!("../migrations/0007_create_stocktakes.sql"),
    ),
    (
        "0008_create_maintenance",
        include_str!("../migrations/0008_create_maintenance.sql"),
    ),
    (
        "0009_create_months",
        include_str!("../migrations/0009_create_months.sql"),
    ),
    (
        "0010_create_plans",
        include_str!("../migrations/0010_create_plans.sql"),
    ),
    (
        "0011_create_sources",
        include_str!("../migrations/0011_create_sources.sql"),
    ),
    (
        "0012_create_transitions",
        include_str!("../migrations/0012_create_transitions.sql"),
    ),
    (
        "0013_create_attachments",
        include_str!("../migrations/0013_create_attachments.sql"),
    ),
    (
        "0014_create_waiver_requests",
        include_str!("../migrations/0014_create_waiver_requests.sql"),
    ),
    (
        "0015_count_refusals",
        include_str!("../migrations/0015_count_refusals.sql"),
    ),
    (
        "0016_keep_source_fields",
        include_str!("../migrations/0016_keep_source_fields.sql"),
    ),
];

/// The schema's version that this program writes.
#[expect(clippy::cast_possible_truncation, reason = "a handful of files")]
pub const LATEST: u32 = MIGRATIONS.len() as u32;

/// Applies what is missing in one transaction and returns the version that is there now,
/// which is more than [`LATEST`] when a newer program wrote the file.
pub(crate) fn migrate(db: &mut Connection) -> Result<u32, rusqlite::Error> {
    if version(db)? >= LATEST {
        return version(db);
    }
    // Immediate: two programs that open a new directory at once do not both begin.
    let tx = Transaction::new(db, TransactionBehavior::Immediate)?;
    let done = version(&tx)? as usize;
    for (_, sql) in MIGRATIONS.iter().skip(done) {
        tx.execute_batch(sql)?;
    }
    tx.pragma_update(None, "user_version", LATEST.max(version(&tx)?))?;
    tx.commit()?;
    version(db)
}

/// The schema's version of a database.
pub(crate) fn version(db: &Connection) -> Result<u32, rusqlite::Error> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

#[cfg(test)]
mod tests;
