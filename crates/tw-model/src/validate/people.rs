//! Organisation, units, people, age policy.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use super::{At, Check, FindingCode, in_cycles};
use crate::{Kind, Word};
use tw_units::UnitId;

pub(super) fn check(check: &mut Check<'_>) {
    organisation(check);
    units(check);
    for person in check.register.people.values() {
        let at = At {
            kind: Kind::Person,
            id: person.id.as_str(),
        };
        check.text(at, "name", &person.name);
        check.refers(
            at,
            "unit",
            &person.unit,
            (Kind::Unit, &check.register.units),
        );
        if let Some(email) = person
            .email
            .as_deref()
            .filter(|email| !looks_like_email(email))
        {
            let message = format!("{email:?} is no e-mail address");
            check.find(
                at,
                "email",
                (FindingCode::BadText, message),
                "name@example.org",
            );
        }
    }
    age_policy(check);
}

fn organisation(check: &mut Check<'_>) {
    if let Some(organisation) = &check.register.organisation {
        let at = At {
            kind: Kind::Organisation,
            id: &organisation.id,
        };
        check.name(at, "name", &organisation.name);
        check.timezone(at, "timezone", &organisation.timezone);
        if let Some(budget) = organisation.equipment_budget_vnd {
            check.range(at, "equipment_budget_vnd", budget.0, (0, i64::MAX));
        }
    }
}

fn units(check: &mut Check<'_>) {
    let units = &check.register.units;
    for unit in units.values() {
        let at = At {
            kind: Kind::Unit,
            id: unit.id.as_str(),
        };
        check.name(at, "name", &unit.name);
        if let Some(parent) = &unit.parent {
            check.refers(at, "parent", parent, (Kind::Unit, units));
        }
        if let Some(site) = &unit.site {
            check.refers(at, "site", site, (Kind::Site, &check.register.sites));
        }
    }
    let above = |id: &str| -> Vec<&str> {
        let parent = units.get(id).and_then(|unit| unit.parent.as_ref());
        parent
            .map(|parent| vec![parent.as_str()])
            .unwrap_or_default()
    };
    for id in in_cycles(units.keys().map(UnitId::as_str), above) {
        let message = format!("unit {id} stands above itself");
        let at = At {
            kind: Kind::Unit,
            id,
        };
        check.find(
            at,
            "parent",
            (FindingCode::Cycle, message),
            "a unit that is not below this one",
        );
    }
}

fn age_policy(check: &mut Check<'_>) {
    if let Some(policy) = &check.register.age_policy {
        let at = At {
            kind: Kind::AgePolicy,
            id: "age",
        };
        check.timezone(at, "timezone", &policy.timezone);
        if policy.default.basis.is_empty() {
            let message = "the default rule does not say which date counts".to_owned();
            let allowed = crate::DateKind::words().join(", ");
            check.find(
                at,
                "default.basis",
                (FindingCode::BadText, message),
                allowed,
            );
        }
    }
}

/// Enough to catch a slip; whether it exists only a message shows.
fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        !part.is_empty()
            && !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@')
    };
    plain(local) && plain(domain) && domain.contains('.') && text.len() <= 254
}
