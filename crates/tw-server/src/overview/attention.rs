//! What needs attention, worst first.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`. **Must not:** do I/O.

use serde_json::{Map, Value};
use tw_api::{
    AgeBuckets, AlertSubject, Attention, Circuit, Collector, CollectorState, Severity, Site,
    SiteState, State, Verdict,
};

/// The most that is listed.
const ATTENTION_MAX: usize = 20;

fn item(
    code: &str,
    severity: Severity,
    (kind, id): (&str, &str),
    params: &[(&str, Value)],
) -> Attention {
    Attention {
        code: code.to_owned(),
        severity,
        subject: AlertSubject {
            kind: kind.to_owned(),
            id: id.to_owned(),
        },
        params: params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect::<Map<_, _>>(),
        since: None,
    }
}

/// The list for what a caller sees.
pub(crate) fn list(
    sites: &[Site],
    circuits: &[Circuit],
    collectors: &[Collector],
    age: &AgeBuckets,
) -> Vec<Attention> {
    let mut list = Vec::new();
    for site in sites {
        of_site(site, &mut list);
    }
    for circuit in circuits {
        let about = ("circuit", circuit.id.as_str());
        let found = match circuit.status.state {
            State::Down => Some(item("circuit_down", Severity::Critical, about, &[])),
            State::Degraded => Some(item("circuit_degraded", Severity::Warning, about, &[])),
            State::Unknown => Some(item("circuit_not_proven", Severity::Warning, about, &[])),
            State::Up => None,
        };
        list.extend(found.map(|found| Attention {
            since: circuit.status.since,
            ..found
        }));
    }
    for collector in collectors {
        if collector.status.state == CollectorState::Silent {
            let about = ("collector", collector.id.as_str());
            let found = item("collector_silent", Severity::Critical, about, &[]);
            list.push(Attention {
                since: collector.status.last_contact_at,
                ..found
            });
        }
    }
    if age.over > 0 {
        let params = [("count", Value::from(age.over))];
        list.push(item(
            "assets_over_age",
            Severity::Info,
            ("report", "age"),
            &params,
        ));
    }
    list.sort_by_key(|found| std::cmp::Reverse(found.severity));
    list.truncate(ATTENTION_MAX);
    list
}

fn of_site(site: &Site, list: &mut Vec<Attention>) {
    let about = ("site", site.id.as_str());
    let status = &site.status;
    let next = Value::from(status.next_failures.clone());
    let state = match status.state {
        SiteState::LoadLost => Some(item("site_load_lost", Severity::Critical, about, &[])),
        SiteState::NotProven => Some(item("site_not_proven", Severity::Warning, about, &[])),
        SiteState::ProtectionLost => Some(item(
            "site_protection_lost",
            Severity::Warning,
            about,
            &[("next_failures", next)],
        )),
        SiteState::Fed => None,
    };
    list.extend(state.map(|found| Attention {
        since: status.since,
        ..found
    }));
    if status.month.verdict == Verdict::Missed {
        list.push(item("site_target_missed", Severity::Critical, about, &[]));
    }
    if status.devices.down > 0 {
        let params = [("count", Value::from(status.devices.down))];
        list.push(item("devices_down", Severity::Warning, about, &params));
    }
    for ups in &status.ups_on_battery {
        list.push(item(
            "ups_on_battery",
            Severity::Critical,
            ("device", ups),
            &[],
        ));
    }
}
