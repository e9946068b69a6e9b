//! What was seen of targets: kept when it differs, with when it was last seen so.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** write to the register.

use crate::{
    error::{Doing, StoreError},
    layouts,
};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use tw_ingest::{Observation, seen::Seen};
use tw_units::Timestamp;

/// The longest observation, as JSON, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Events of one target that may carry one instant; each is kept a millisecond later.
const SAME_INSTANT_MAX: i64 = 64;

struct Kept {
    from: Timestamp,
    last_seen: Timestamp,
    body: String,
}

/// Keeps an observation; the error inside is the reason of a refusal.
pub(crate) fn keep(
    db: &Connection,
    observation: &Observation,
) -> Result<Result<(), &'static str>, StoreError> {
    let Observation { target, at, seen } = observation;
    let Ok(body) = serde_json::to_string(seen) else {
        return Ok(Err("observation_unsound"));
    };
    if body.len() > OBSERVATION_BYTES_MAX || !layouts::is_key(&target.0) || target.0.is_empty() {
        return Ok(Err("observation_too_long"));
    }
    let source = layouts::target_id(db, target)?;
    let key = (source, seen.kind());
    if matches!(seen, Seen::Trap(_)) {
        return event(db, key, (*at, &body));
    }
    let before = neighbour(db, BEFORE, key, *at)?;
    let after = neighbour(db, AFTER, key, *at)?;
    let same = |kept: &Kept| same(&kept.body, seen);
    if let Some(before) = &before
        && same(before)
    {
        // Seen again; the newest body stands for what counts along (uptime, occurrences).
        let newest = if *at >= before.last_seen {
            &body
        } else {
            &before.body
        };
        put(db, key, (before.from, before.last_seen.max(*at)), newest)?;
        return Ok(Ok(()));
    }
    if let Some(after) = after
        && same(&after)
    {
        db.execute(
            "DELETE FROM observation WHERE target_id = ?1 AND kind = ?2 AND from_ms = ?3",
            params![source, key.1, after.from.as_millis()],
        )
        .doing("join two observations")?;
        end_before(db, key, before, *at)?;
        put(db, key, (*at, after.last_seen), &after.body)?;
        return Ok(Ok(()));
    }
    let resumes = before
        .as_ref()
        .filter(|b| b.last_seen > *at)
        .map(|b| (b.last_seen, b.body.clone()));
    end_before(db, key, before, *at)?;
    put(db, key, (*at, *at), &body)?;
    if let Some((again, body)) = resumes {
        put(db, key, (again, again), &body)?;
    }
    Ok(Ok(()))
}

/// Keeps what happened at an instant and held for no time. Where others of that millisecond are
/// kept it gets the next free one.
fn event(
    db: &Connection,
    key: (u32, &str),
    (at, body): (Timestamp, &str),
) -> Result<Result<(), &'static str>, StoreError> {
    for late in 0..SAME_INSTANT_MAX {
        let at = at.plus_millis(late);
        let kept = db
            .execute(
                "INSERT INTO observation(target_id, kind, from_ms, last_seen_ms, body)
                 VALUES (?1, ?2, ?3, ?3, ?4) ON CONFLICT (target_id, kind, from_ms) DO NOTHING",
                params![key.0, key.1, at.as_millis(), body],
            )
            .doing("keep an observation")?;
        if kept == 1 {
            return Ok(Ok(()));
        }
    }
    Ok(Err("too_many_at_once"))
}

/// A stretch that turns out to be interrupted at `at` was last seen before that; how long
/// before is not known, so only its beginning is certain.
fn end_before(
    db: &Connection,
    key: (u32, &str),
    before: Option<Kept>,
    at: Timestamp,
) -> Result<(), StoreError> {
    match before {
        Some(kept) if kept.last_seen >= at && kept.from < at => {
            put(db, key, (kept.from, kept.from), &kept.body)
        }
        _ => Ok(()),
    }
}

const BEFORE: &str = "SELECT from_ms, last_seen_ms, body FROM observation
    WHERE target_id = ?1 AND kind = ?2 AND from_ms <= ?3 ORDER BY from_ms DESC LIMIT 1";
const AFTER: &str = "SELECT from_ms, last_seen_ms, body FROM observation
    WHERE target_id = ?1 AND kind = ?2 AND from_ms > ?3 ORDER BY from_ms LIMIT 1";

fn neighbour(
    db: &Connection,
    which: &'static str,
    (source, kind): (u32, &str),
    at: Timestamp,
) -> Result<Option<Kept>, StoreError> {
    db.prepare_cached(which)
        .and_then(|mut query| {
            query
                .query_row(params![source, kind, at.as_millis()], |row| {
                    Ok(Kept {
                        from: Timestamp::from_millis(row.get(0)?),
                        last_seen: Timestamp::from_millis(row.get(1)?),
                        body: row.get(2)?,
                    })
                })
                .optional()
        })
        .doing("read an observation")
}

fn put(
    db: &Connection,
    (source, kind): (u32, &str),
    (from, last_seen): (Timestamp, Timestamp),
    body: &str,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO observation(target_id, kind, from_ms, last_seen_ms, body)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (target_id, kind, from_ms) DO UPDATE SET
           last_seen_ms = excluded.last_seen_ms, body = excluded.body",
    )
    .and_then(|mut put| {
        put.execute(params![
            source,
            kind,
            from.as_millis(),
            last_seen.as_millis(),
            body
        ])
    })
    .map(drop)
    .doing("keep an observation")
}

/// Whether two observations say the same, but for what moves all the time: how often a problem
/// occurred, and the instant of the last start, which is worked out anew with each answer.
fn same(kept: &str, seen: &Seen) -> bool {
    let Ok(kept) = serde_json::from_str::<Value>(kept) else {
        return false;
    };
    let Ok(seen) = serde_json::to_value(seen) else {
        return false;
    };
    steady(kept) == steady(seen)
}

fn steady(mut body: Value) -> Value {
    if let Some(map) = body.as_object_mut() {
        map.remove("booted_at");
        for problem in map
            .get_mut("problems")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            problem
                .as_object_mut()
                .map(|problem| problem.remove("count"));
        }
    }
    body
}
