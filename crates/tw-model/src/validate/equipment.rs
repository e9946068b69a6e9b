//! Makers, models, purchases and waivers.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use super::{At, Check, FindingCode};
use crate::{Kind, Model, PartialDate, Waiver};
use std::collections::{BTreeMap, HashMap};

pub(super) fn check(check: &mut Check<'_>) {
    let register = check.register;
    let mut names: HashMap<String, &str> = HashMap::new();
    for maker in register.manufacturers.values() {
        let at = At {
            kind: Kind::Manufacturer,
            id: maker.id.as_str(),
        };
        check.name(at, "name", &maker.name);
        for name in std::iter::once(&maker.name.en).chain(&maker.aliases) {
            let twin = names.insert(name.trim().to_lowercase(), at.id);
            if let Some(twin) = twin.filter(|twin| *twin != at.id) {
                let message = format!("{name:?} is also a name of {twin}");
                let what = (FindingCode::DuplicateName, message);
                check.find(at, "name", what, "a name that no other maker has");
            }
        }
    }
    let mut numbers: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for model in register.models.values() {
        let at = At {
            kind: Kind::Model,
            id: model.id.as_str(),
        };
        check.refers(
            at,
            "manufacturer",
            &model.manufacturer,
            (Kind::Manufacturer, &register.manufacturers),
        );
        check.text(at, "part_number", &model.part_number);
        let key = (
            model.manufacturer.as_str(),
            model.part_number.trim().to_lowercase(),
        );
        if let Some(twin) = numbers.insert(key, at.id) {
            let message = format!("model {twin} has the same maker and part number");
            let what = (FindingCode::DuplicateName, message);
            check.find(at, "part_number", what, "each part number once");
        }
        one_model(check, at, model);
    }
    for purchase in register.purchases.values() {
        let at = At {
            kind: Kind::Purchase,
            id: purchase.id.as_str(),
        };
        if let Some(amount) = purchase.amount_vnd {
            check.range(at, "amount_vnd", amount.0, (0, i64::MAX));
        }
    }
    for waiver in register.waivers.values() {
        one_waiver(check, waiver);
    }
}

fn one_model(check: &mut Check<'_>, at: At<'_>, model: &Model) {
    let ends: [(&str, Option<PartialDate>); 3] = [
        ("end_of_sale", model.end_of_sale),
        ("end_of_security", model.end_of_security),
        ("end_of_support", model.end_of_support),
    ];
    for (key, end) in ends {
        let (Some(end), Some(released)) = (end, model.released) else {
            continue;
        };
        if end.latest() < released.earliest() {
            let message = format!("{key} {end} is before its release {released}");
            let allowed = format!("a date not before {released}");
            check.find(at, key, (FindingCode::BadOrder, message), allowed);
        }
    }
    if let (Some(typical), Some(max)) = (model.typical_watts, model.max_watts)
        && typical > max
    {
        let message = format!("{typical} W usually and {max} W at most");
        let what = (FindingCode::Contradiction, message);
        check.find(at, "typical_watts", what, format!("at most {max}"));
    }
}

fn one_waiver(check: &mut Check<'_>, waiver: &Waiver) {
    let register = check.register;
    let at = At {
        kind: Kind::Waiver,
        id: waiver.id.as_str(),
    };
    if waiver.assets.is_empty() {
        let what = (
            FindingCode::BadText,
            "a waiver names at least one asset".to_owned(),
        );
        check.find(at, "assets", what, "one or more tags");
    }
    for (n, tag) in waiver.assets.iter().enumerate() {
        let key = format!("assets.{n}");
        check.refers(at, &key, tag, (Kind::Asset, &register.assets));
    }
    let people = (Kind::Person, &register.people);
    check.refers(at, "requester", &waiver.requester, people);
    if let Some(approver) = &waiver.approver {
        check.refers(at, "approver", approver, people);
        if *approver == waiver.requester {
            let message = "the approver must be another person than the requester".to_owned();
            let what = (FindingCode::Contradiction, message);
            check.find(at, "approver", what, "another person");
        }
    }
    if waiver.expires_on < waiver.granted_on {
        let message = format!("it ends on {}, before it begins", waiver.expires_on);
        let allowed = format!("{} or later", waiver.granted_on);
        check.find(at, "expires_on", (FindingCode::BadOrder, message), allowed);
    }
}
