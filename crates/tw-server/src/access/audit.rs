//! Puts every write and every refusal into the audit log.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-api`. **Must not:** answer a write as
//! done that the log did not take.

use crate::{
    access::caller::Caller,
    app::App,
    http::{
        call::{Facts, Outcome},
        refusal::Refusal,
    },
};
use serde_json::json;
use tw_api::Info;
use tw_store::{AuditEntry, AuditOutcome, Author};

/// Refusals that the log takes in a minute; more are counted and told by one entry, so that a
/// flood of them does not fill the disk.
pub(crate) const REFUSALS_PER_MINUTE_MAX: u32 = 1_200;

const PATH_CHARS_MAX: usize = 300;

/// The author of what a caller does.
pub(crate) fn author(caller: &Caller, facts: &Facts) -> Author {
    Author {
        actor: caller.actor(),
        address: Some(facts.address.to_string()),
        request_id: Some(facts.request_id.clone()),
    }
}

/// Notes how a request ended, if it is one of those that are noted.
pub(crate) async fn record<R>(
    app: &App,
    info: &Info,
    (facts, caller, path): (&Facts, &Caller, &str),
    outcome: Outcome<R>,
) -> Outcome<R> {
    let subject: String = path
        .trim_start_matches("/api/v1/")
        .chars()
        .take(PATH_CHARS_MAX)
        .collect();
    match outcome {
        Ok(mut answer) if info.method.writes() && !answer.audited => {
            let entry = AuditEntry {
                author: author(caller, facts),
                action: info.id.to_owned(),
                subject: answer.subject.take().unwrap_or(subject),
                outcome: AuditOutcome::Done,
                detail: answer.note.take(),
            };
            app.store
                .audit_append(entry)
                .await
                .map_err(|e| Refusal::internal(&e))?;
            Ok(answer)
        }
        Ok(answer) => Ok(answer),
        Err(refusal) => {
            if refusal.audited {
                note_refusal(app, info, (facts, caller, &subject), &refusal).await;
            }
            Err(refusal)
        }
    }
}

async fn note_refusal(
    app: &App,
    info: &Info,
    (facts, caller, subject): (&Facts, &Caller, &str),
    refusal: &Refusal,
) {
    if !app.may_audit_refusal() {
        app.metrics.unaudited_refusals.inc();
        return;
    }
    let mut by = author(caller, facts);
    if let Some(actor) = refusal.params.get("actor").and_then(|actor| actor.as_str()) {
        actor.clone_into(&mut by.actor);
    }
    let entry = AuditEntry {
        author: by,
        action: info.id.to_owned(),
        subject: subject.to_owned(),
        outcome: AuditOutcome::Refused,
        detail: json!({"code": refusal.code, "status": refusal.status.as_u16()}),
    };
    if let Err(cause) = app.store.audit_append(entry).await {
        tracing::error!(%cause, "the audit log does not take a refusal");
    }
}
