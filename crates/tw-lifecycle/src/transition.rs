//! An asset's way through its states: which steps there are and what each needs.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** let a step be
//! taken without what it needs; reset a first day in service.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tw_model::{
    Asset, AssetClass, AssetPlace, AssetStatus, DateKind, Day, PartialDate, RecordedDate,
};
use tw_units::{AssetTag, PersonId, RoomId, SiteId, UnitId};

/// The longest text of a field.
const TEXT_CHARS_MAX: usize = 1_000;

/// What somebody brings for a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitionAsk {
    /// The state to go to.
    pub to: AssetStatus,
    /// The day on which it happens.
    pub on: Day,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The document's number: delivery note, record, report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The serial number that was read at delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Why it has no serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_serial: Option<String>,
    /// When it was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<PartialDate>,
    /// Whether its label was printed and glued on.
    #[serde(default)]
    pub label_printed: bool,
    /// The site it goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// The room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// The desk or shelf in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The unit that keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Who keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custodian: Option<PersonId>,
    /// What it serves, where nobody keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The asset that takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<AssetTag>,
    /// How it is disposed of: sold, transferred, destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<DisposalMethod>,
    /// The number of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// The number of the certificate that its data were wiped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wipe_certificate: Option<String>,
}

/// How an asset is disposed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisposalMethod {
    /// Sold.
    Sold,
    /// Handed to another body.
    Transferred,
    /// Destroyed.
    Destroyed,
}

impl TransitionAsk {
    /// A step of which only the day is known.
    pub const fn new(to: AssetStatus, on: Day) -> Self {
        Self {
            to,
            on,
            reason: None,
            document: None,
            serial: None,
            no_serial: None,
            received: None,
            label_printed: false,
            site: None,
            room: None,
            place: None,
            unit: None,
            custodian: None,
            service: None,
            replacement: None,
            method: None,
            decision: None,
            wipe_certificate: None,
        }
    }
}

/// Something that a step needs and that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TransitionFault {
    /// The field of the request.
    pub field: &'static str,
    /// A stable word for the console.
    pub code: &'static str,
    /// The same as a sentence.
    pub message: &'static str,
}

/// The states that can follow.
pub fn next_states(from: AssetStatus) -> &'static [AssetStatus] {
    use AssetStatus::{Deployed, Disposed, InStock, Lost, Maintenance, Ordered, Planned, Retired};
    match from {
        Planned => &[Ordered],
        Ordered => &[InStock],
        InStock | Maintenance => &[Deployed, Retired, Lost],
        Deployed => &[Maintenance, InStock, Retired, Lost],
        Retired => &[Disposed, Lost],
        Lost => &[InStock, Disposed],
        Disposed => &[],
    }
}

/// Whether a second person must agree.
pub fn needs_approval(to: AssetStatus) -> bool {
    to == AssetStatus::Disposed
}

/// Whether data may be left on it: they are wiped before it goes.
pub fn holds_data(class: AssetClass) -> bool {
    matches!(
        class,
        AssetClass::Desktop
            | AssetClass::Laptop
            | AssetClass::Server
            | AssetClass::Storage
            | AssetClass::Printer
            | AssetClass::Phone
    )
}

/// Everything that a step lacks; empty when it may be taken.
pub fn transition_faults(asset: &Asset, ask: &TransitionAsk, today: Day) -> Vec<TransitionFault> {
    let mut needs = vec![
        need(
            next_states(asset.status).contains(&ask.to),
            ["to", "no_such_step", "there is no such step from its state"],
        ),
        need(
            ask.on <= today,
            ["on", "in_future", "the day is not in the future"],
        ),
    ];
    needs.extend(match ask.to {
        AssetStatus::InStock => stocking(asset, ask),
        AssetStatus::Deployed => deploying(asset, ask),
        AssetStatus::Disposed => disposing(asset, ask),
        AssetStatus::Retired => vec![need(
            ask.replacement.is_some() || said(ask.reason.as_deref()),
            [
                "reason",
                "replacement_or_reason",
                "the asset that takes its place, or a reason",
            ],
        )],
        AssetStatus::Lost => vec![need(
            said(ask.document.as_deref()) || said(ask.reason.as_deref()),
            ["document", "report", "the stock-take's finding or a report"],
        )],
        AssetStatus::Maintenance => vec![need(
            said(ask.reason.as_deref()),
            ["reason", "reason", "what is repaired"],
        )],
        AssetStatus::Planned | AssetStatus::Ordered => Vec::new(),
    });
    needs.into_iter().flatten().collect()
}

/// The fault of field, code and message, unless what is needed is there.
fn need(there: bool, [field, code, message]: [&'static str; 3]) -> Option<TransitionFault> {
    (!there).then_some(TransitionFault {
        field,
        code,
        message,
    })
}

/// Whether a text says something within the limit.
fn said(text: Option<&str>) -> bool {
    let text = text.unwrap_or_default().trim();
    !text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX
}

fn stocking(asset: &Asset, ask: &TransitionAsk) -> Vec<Option<TransitionFault>> {
    let numbered = asset.serial.is_some() || said(ask.serial.as_deref());
    let reasoned = asset.no_serial.is_some() || said(ask.no_serial.as_deref());
    let known = asset.dates.contains_key(&DateKind::Received) || ask.received.is_some();
    let delivered = asset.status == AssetStatus::Ordered;
    vec![
        need(
            numbered || reasoned,
            [
                "serial",
                "serial_or_reason",
                "a serial number, or the reason why it has none",
            ],
        ),
        need(
            known || !delivered,
            ["received", "received_date", "the date of delivery"],
        ),
        need(
            ask.label_printed || !delivered,
            [
                "label_printed",
                "label_printed",
                "its label is printed and glued on",
            ],
        ),
    ]
}

fn deploying(asset: &Asset, ask: &TransitionAsk) -> Vec<Option<TransitionFault>> {
    let placed = ask.site.is_some() || asset.place.is_some() || asset.rack.is_some();
    let kept = ask.custodian.is_some() || asset.custodian.is_some();
    let serves = said(ask.service.as_deref()) || asset.device.is_some();
    vec![
        need(
            placed || asset.device.is_some(),
            ["site", "location", "where it is"],
        ),
        need(
            kept || serves,
            [
                "custodian",
                "custodian_or_service",
                "who keeps it, or what it serves",
            ],
        ),
    ]
}

fn disposing(asset: &Asset, ask: &TransitionAsk) -> Vec<Option<TransitionFault>> {
    vec![
        need(
            ask.method.is_some(),
            ["method", "method", "how it is disposed of"],
        ),
        need(
            said(ask.decision.as_deref()),
            ["decision", "decision", "the number of the decision"],
        ),
        need(
            said(ask.wipe_certificate.as_deref()) || !holds_data(asset.class),
            [
                "wipe_certificate",
                "wipe_certificate",
                "the certificate that its data were wiped",
            ],
        ),
    ]
}

/// The asset after the step. Its first day in service is set once and never again.
#[must_use]
pub fn carried_out(asset: &Asset, ask: &TransitionAsk) -> Asset {
    let mut after = Asset {
        status: ask.to,
        ..asset.clone()
    };
    if ask.serial.is_some() {
        after.serial.clone_from(&ask.serial);
    }
    if ask.no_serial.is_some() && after.serial.is_none() {
        after.no_serial.clone_from(&ask.no_serial);
    }
    if let Some(received) = ask.received {
        note(&mut after.dates, DateKind::Received, received, ask);
    }
    if let Some(site) = &ask.site {
        after.place = Some(AssetPlace {
            site: site.clone(),
            room: ask.room.clone(),
            detail: ask.place.clone(),
        });
    }
    if ask.unit.is_some() {
        after.unit.clone_from(&ask.unit);
    }
    match ask.to {
        AssetStatus::Deployed => {
            if ask.custodian.is_some() {
                after.custodian.clone_from(&ask.custodian);
            }
            note(
                &mut after.dates,
                DateKind::FirstInService,
                PartialDate::day(ask.on.0),
                ask,
            );
        }
        AssetStatus::InStock | AssetStatus::Lost => {
            after.custodian = None;
            after.primary = false;
            after.rack = None;
        }
        AssetStatus::Retired | AssetStatus::Disposed => {
            after.custodian = None;
            after.primary = false;
            after.rack = None;
            after.device = None;
        }
        _ => {}
    }
    after
}

/// Records a date unless one of the kind is there.
fn note(
    dates: &mut BTreeMap<DateKind, RecordedDate>,
    kind: DateKind,
    date: PartialDate,
    ask: &TransitionAsk,
) {
    dates.entry(kind).or_insert_with(|| RecordedDate {
        date,
        source: Some("transition".to_owned()),
        document: ask.document.clone(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use tw_model::Word;

    fn asset(fields: &Value) -> Asset {
        let mut value = json!({"tag": "T-1", "class": "desktop", "status": "deployed"});
        for (key, field) in fields.as_object().unwrap() {
            value[key] = field.clone();
        }
        serde_json::from_value(value).unwrap()
    }

    fn ask(fields: &Value) -> TransitionAsk {
        let mut value = json!({"on": "2026-11-20"});
        for (key, field) in fields.as_object().unwrap() {
            value[key] = field.clone();
        }
        serde_json::from_value(value).unwrap()
    }

    #[track_caller]
    fn check(before: &Value, asked: &Value, expect: &[&str]) {
        let today = "2026-11-22".parse().unwrap();
        let faults = transition_faults(&asset(before), &ask(asked), today);
        let codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, expect, "{before} {asked}");
    }

    #[test]
    fn there_are_only_the_steps_of_the_graph() {
        let mut steps = Vec::new();
        for from in AssetStatus::ALL {
            steps.extend(next_states(*from).iter().map(|to| format!("{from} {to}")));
        }
        assert_eq!(
            steps,
            [
                "planned ordered",
                "ordered in_stock",
                "in_stock deployed",
                "in_stock retired",
                "in_stock lost",
                "deployed maintenance",
                "deployed in_stock",
                "deployed retired",
                "deployed lost",
                "maintenance deployed",
                "maintenance retired",
                "maintenance lost",
                "retired disposed",
                "retired lost",
                "lost in_stock",
                "lost disposed",
            ]
        );
        check(
            &json!({"status": "planned"}),
            &json!({"to": "deployed"}),
            &["no_such_step", "location", "custodian_or_service"],
        );
        check(
            &json!({"status": "disposed"}),
            &json!({"to": "in_stock"}),
            &["no_such_step", "serial_or_reason"],
        );
    }

    #[test]
    fn each_step_needs_what_the_rule_says() {
        let ordered = json!({"status": "ordered"});
        check(
            &ordered,
            &json!({"to": "in_stock"}),
            &["serial_or_reason", "received_date", "label_printed"],
        );
        check(
            &ordered,
            &json!({"to": "in_stock", "no_serial": "worn off", "received": "2026-11", "label_printed": true}),
            &[],
        );
        let stock = json!({"status": "in_stock", "serial": "S"});
        check(
            &stock,
            &json!({"to": "deployed"}),
            &["location", "custodian_or_service"],
        );
        check(
            &stock,
            &json!({"to": "deployed", "site": "mic", "custodian": "p"}),
            &[],
        );
        check(
            &stock,
            &json!({"to": "deployed", "site": "mic", "service": "e-mail", "on": "2026-11-23"}),
            &["in_future"],
        );
        check(
            &json!({}),
            &json!({"to": "retired"}),
            &["replacement_or_reason"],
        );
        check(
            &json!({}),
            &json!({"to": "retired", "replacement": "T-2"}),
            &[],
        );
        check(
            &json!({"status": "retired"}),
            &json!({"to": "disposed"}),
            &["method", "decision", "wipe_certificate"],
        );
        check(
            &json!({"status": "retired", "class": "monitor"}),
            &json!({"to": "disposed", "method": "sold", "decision": "12/QD"}),
            &[],
        );
        check(
            &json!({}),
            &json!({"to": "lost", "reason": " "}),
            &["report"],
        );
        assert!(needs_approval(AssetStatus::Disposed));
    }

    #[test]
    fn the_first_day_in_service_is_set_once() {
        let spare = asset(&json!({"status": "in_stock"}));
        let first = carried_out(
            &spare,
            &ask(&json!({"to": "deployed", "site": "mic", "custodian": "p"})),
        );
        let day = |asset: &Asset| asset.dates[&DateKind::FirstInService].date.to_string();
        assert_eq!(day(&first), "2026-11-20");
        let back = carried_out(&first, &ask(&json!({"to": "in_stock"})));
        assert_eq!(
            (back.custodian.as_ref(), back.place.is_some()),
            (None, true)
        );
        let again = carried_out(&back, &ask(&json!({"to": "deployed", "on": "2026-11-22"})));
        assert_eq!(day(&again), "2026-11-20");
    }

    #[test]
    fn what_is_retired_frees_its_rack_units_and_its_keeper() {
        let server = asset(
            &json!({"class": "server", "custodian": "p", "primary": true,
            "rack": {"id": "r", "u": 3}, "device": "d"}),
        );
        let after = carried_out(&server, &ask(&json!({"to": "retired", "reason": "old"})));
        assert_eq!(
            (after.rack, after.custodian, after.device, after.primary),
            (None, None, None, false)
        );
    }
}
