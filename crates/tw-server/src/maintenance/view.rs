//! Requests as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`. **Must not:** do I/O.

use super::works::Kept;
use crate::http::csv::Column;
use tw_api::{Maintenance, MaintenanceSpec, MaintenanceState, MaintenanceStatus, MaintenanceStep};
use tw_availability::WorkState;
use tw_store::StoredWorkStep;
use tw_units::Timestamp;

/// A request, as of an instant.
pub(crate) fn of(kept: &Kept, steps: Vec<StoredWorkStep>, now: Timestamp) -> Maintenance {
    let (work, said) = (&kept.work, &kept.said);
    let overrun = work.overrun(now);
    Maintenance {
        id: kept.id.clone(),
        spec: MaintenanceSpec {
            site: kept.site.clone(),
            title: said.title.clone(),
            note: said.note.clone(),
            from: work.window.from,
            to: work.window.to,
            components: kept.components.clone(),
            kind: said.kind,
        },
        status: MaintenanceStatus {
            state: state(work.state),
            series: kept.series.clone(),
            requested_by: said.requested_by.clone(),
            requested_at: said.requested_at.unwrap_or(work.window.from),
            decided_by: said.decided_by.clone(),
            decided_at: said.decided_at,
            decision_note: said.decision_note.clone(),
            override_reason: said.override_reason.clone(),
            own_approval_reason: said.own_approval_reason.clone(),
            planned: work.approved_at.map(|at| at <= work.window.from),
            declared_late: work.is_declared_late(),
            began_at: work.began_at,
            ended_at: work.ended_at,
            overrun_seconds: overrun.map(|over| over.millis().unsigned_abs() / 1_000),
            what_if: said.what_if.clone(),
            steps: steps.into_iter().map(step).collect(),
        },
        version: kept.version,
    }
}

fn step(step: StoredWorkStep) -> MaintenanceStep {
    let note = step.body.get("note").and_then(serde_json::Value::as_str);
    MaintenanceStep {
        note: note.map(str::to_owned),
        at: step.at,
        actor: step.actor,
        step: step.step,
    }
}

pub(crate) fn state(state: WorkState) -> MaintenanceState {
    match state {
        WorkState::Requested => MaintenanceState::Requested,
        WorkState::Approved => MaintenanceState::Approved,
        WorkState::Refused => MaintenanceState::Refused,
        WorkState::Working => MaintenanceState::Working,
        WorkState::Closed => MaintenanceState::Closed,
        WorkState::Cancelled => MaintenanceState::Cancelled,
    }
}

/// The columns of a CSV file.
pub(crate) const COLUMNS: [Column<Maintenance>; 17] = [
    ("id", |m| m.id.clone()),
    ("site", |m| m.spec.site.clone()),
    ("title", |m| m.spec.title.clone()),
    ("state", |m| word(m.status.state).to_owned()),
    ("from", |m| m.spec.from.to_string()),
    ("to", |m| m.spec.to.to_string()),
    ("components", |m| m.spec.components.join(" ")),
    ("requested_by", |m| m.status.requested_by.clone()),
    ("requested_at", |m| m.status.requested_at.to_string()),
    ("decided_by", |m| text(m.status.decided_by.as_ref())),
    ("decided_at", |m| text(m.status.decided_at.as_ref())),
    ("planned", |m| text(m.status.planned.as_ref())),
    ("declared_late", |m| m.status.declared_late.to_string()),
    ("override_reason", |m| {
        text(m.status.override_reason.as_ref())
    }),
    ("began_at", |m| text(m.status.began_at.as_ref())),
    ("ended_at", |m| text(m.status.ended_at.as_ref())),
    ("overrun_seconds", |m| {
        text(m.status.overrun_seconds.as_ref())
    }),
];

fn text<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// The word of a state.
pub(crate) fn word(state: MaintenanceState) -> &'static str {
    let same = WorkState::ALL
        .into_iter()
        .find(|s| self::state(*s) == state);
    same.map_or("", WorkState::as_str)
}
