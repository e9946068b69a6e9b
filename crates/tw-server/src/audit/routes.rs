//! Routes of the audit log.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`.

use crate::{
    access::accounts::store,
    http::{
        call::{Call, Outcome},
        list::Wanted,
        refusal::Refusal,
        route::{Route, bind},
    },
};
use tw_api::{AuditEntry, AuditVerification, Json, Page, endpoints as e};
use tw_store::{AuditFilter, AuditRow};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::AuditList, _, _>(list),
        bind::<e::AuditVerify, _, _>(verify),
    ]
}

async fn list(call: Call<e::AuditList>) -> Outcome<Json<Page<AuditEntry>>> {
    let query = &call.query;
    let limit = Wanted {
        limit: query.limit,
        cursor: None,
    }
    .limit()?;
    let before_seq = match &query.cursor {
        None => None,
        Some(cursor) => Some(cursor.parse().map_err(|_| {
            Refusal::bad("bad_parameter", "this is no cursor of this list")
                .with("parameter", "cursor")
        })?),
    };
    let filter = AuditFilter {
        before_seq,
        actor: query.actor.clone(),
        subject: query.subject.clone(),
        limit: u32::try_from(limit).unwrap_or(u32::MAX),
    };
    let rows = call
        .app
        .store
        .audit_rows(&filter)
        .await
        .map_err(|e| store(&e))?;
    let full = rows.len() == limit;
    let next_cursor = rows
        .last()
        .filter(|row| full && row.seq > 1)
        .map(|row| row.seq.to_string());
    // The log has no holes: the newest number is the number of entries.
    let newest = AuditFilter {
        limit: 1,
        ..AuditFilter::default()
    };
    let newest = call
        .app
        .store
        .audit_rows(&newest)
        .await
        .map_err(|e| store(&e))?;
    let total = newest.first().map_or(0, |row| row.seq);
    let items = rows.into_iter().map(entry).collect();
    Ok(Json(Page {
        items,
        next_cursor,
        total,
    })
    .into())
}

fn entry(row: AuditRow) -> AuditEntry {
    AuditEntry {
        seq: row.seq,
        at: row.at,
        actor: row.actor,
        address: row.address,
        action: row.action,
        subject: row.subject,
        outcome: row.outcome,
        request_id: row.request_id,
        detail: row.detail,
    }
}

async fn verify(call: Call<e::AuditVerify>) -> Outcome<Json<AuditVerification>> {
    let verdict = call.app.store.audit_verify().await.map_err(|e| store(&e))?;
    Ok(Json(AuditVerification {
        intact: verdict.broken.is_none(),
        entries: verdict.rows,
        first_bad_seq: verdict.broken.as_ref().map(|broken| broken.seq),
        why: verdict.broken.map(|broken| broken.why),
        head: verdict.head,
    })
    .into())
}
