//! Alerts and events as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-alert`. **Must not:** do I/O.

use crate::{access::caller::Caller, world::World};
use tw_alert::{Message, Subject};
use tw_api::{Alert, AlertSubject, LocalText, Severity};
use tw_units::SiteId;

/// The number of an alert: its subject and when it began, so that raise and clear meet.
pub(crate) fn id(message: &Message) -> String {
    format!("{}@{}", message.subject, message.since.as_millis())
}

/// A raised alert.
pub(crate) fn alert(message: &Message, title: LocalText) -> Alert {
    Alert {
        id: id(message),
        code: serde_json::to_value(message.code)
            .ok()
            .and_then(|code| code.as_str().map(str::to_owned))
            .unwrap_or_default(),
        severity: match message.severity {
            tw_alert::Severity::Info => Severity::Info,
            tw_alert::Severity::Warning => Severity::Warning,
            tw_alert::Severity::Critical => Severity::Critical,
        },
        subject: subject(&message.subject),
        site: message.site.as_ref().map(ToString::to_string),
        title,
        since: message.since,
        raised_at: message.at,
        cleared_at: None,
        acknowledged_by: None,
        acknowledged_at: None,
        note: None,
        params: message.params.clone(),
        quiet_by: message.quiet_by.clone(),
        version: 1,
    }
}

/// What an alert is about.
pub(crate) fn subject(subject: &Subject) -> AlertSubject {
    let (kind, id) = match subject {
        Subject::Site(id) => ("site", id.to_string()),
        Subject::Device(id) | Subject::Ups(id, _) => ("device", id.to_string()),
        Subject::Circuit(id) | Subject::CircuitQuality(id) => ("circuit", id.to_string()),
        Subject::Work(_, id) => ("maintenance", id.clone()),
    };
    AlertSubject {
        kind: kind.to_owned(),
        id,
    }
}

/// Whether an alert lies in a caller's scope: its site, or an end of its circuit.
pub(crate) fn sees(world: &World, caller: &Caller, alert: &Alert) -> bool {
    if caller.sees_all() {
        return true;
    }
    sites(world, alert)
        .iter()
        .any(|site| caller.sees_site(site))
}

/// The sites that an alert concerns.
pub(crate) fn sites(world: &World, alert: &Alert) -> Vec<SiteId> {
    let register = &world.register;
    let own = alert
        .site
        .as_ref()
        .and_then(|site| SiteId::new(site.as_str()).ok());
    let of_circuit = register
        .circuits
        .get(alert.subject.id.as_str())
        .filter(|_| alert.subject.kind == "circuit")
        .map(|circuit| world.sites_of_circuit(circuit));
    let ends = of_circuit.into_iter().flatten().flatten().cloned();
    let mut sites: Vec<SiteId> = own.into_iter().chain(ends).collect();
    sites.sort();
    sites.dedup();
    sites
}
