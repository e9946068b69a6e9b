//! Ages as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-lifecycle`, `tw-model`, `tw-api`. **Must not:** do
//! I/O, or decide what a date means.

use super::judged::{Judge, Judged, shortened, word};
use crate::world::World;
use jiff::civil::Date;
use tw_api::{
    AgeEnd, AgeExplanation, AgeFinding, AgeReason, AgeVerdict, ComponentAgeFinding,
    VendorEndFinding, WaiverBrief,
};
use tw_lifecycle::{AssetAge, EndReason, Reason};
use tw_model::{Asset, Day, Model};

fn text(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// The verdict on one asset; out of scope where there is no policy.
pub(crate) fn finding(world: &World, asset: &Asset, judged: Option<&Judged>) -> AgeFinding {
    let (Some(judged), Some(policy)) = (judged, &world.register.age_policy) else {
        return AgeFinding {
            verdict: AgeVerdict::OutOfScope,
            basis: None,
            due_earliest: None,
            due_latest: None,
            max_age_months: None,
            basis_earliest: None,
            basis_latest: None,
            binds: None,
            by_age: None,
            by_obsolescence: None,
            replace_by: None,
            waived: false,
        };
    };
    let basis = judged.basis;
    AgeFinding {
        verdict: judged.verdict,
        basis: basis.and_then(|basis| Some(basis.kind?.to_string())),
        due_earliest: text(judged.due.earliest),
        due_latest: text(judged.due.latest),
        max_age_months: Some(u32::from(policy.rule(asset.class).max_age.0)),
        basis_earliest: text(basis.and_then(|basis| basis.earliest)),
        basis_latest: text(basis.and_then(|basis| basis.latest)),
        binds: Some(policy.binds(asset.class).to_string()),
        by_age: Some(judged.by_age),
        by_obsolescence: judged.by_obsolescence,
        replace_by: text(judged.replace_by.latest),
        waived: judged.waived,
    }
}

/// Everything that a verdict stands on.
pub(crate) fn explanation(
    world: &World,
    asset: &Asset,
    (as_of, today): (Date, Date),
) -> AgeExplanation {
    let judge = Judge::new(world, (as_of, today));
    let age = judge.age(asset);
    let judged = age.as_ref().map(|age| shortened(asset, age));
    let mut explained = AgeExplanation {
        id: asset.tag.to_string(),
        as_of: as_of.to_string(),
        finding: finding(world, asset, judged.as_ref()),
        reasons: Vec::new(),
        ends: Vec::new(),
        vendor: Vec::new(),
        old_stock: false,
        components: Vec::new(),
        waiver: None,
    };
    let Some(age) = age else {
        return explained;
    };
    explained.reasons = age.answer.reasons.iter().map(reason).collect();
    explained.ends = age.ends.iter().map(end).collect();
    explained.vendor = vendor(&age, world.model_of(asset));
    explained.old_stock = age.old_stock;
    explained.components = age
        .components
        .iter()
        .map(|part| ComponentAgeFinding {
            name: part.name.clone(),
            verdict: word(part.answer.verdict),
            max_age_months: u32::from(part.max_age.0),
            due_latest: text(part.answer.due.latest),
        })
        .collect();
    explained.waiver = age
        .waiver
        .and_then(|id| world.register.waivers.get(&id))
        .map(|waiver| WaiverBrief {
            id: waiver.id.to_string(),
            granted_on: waiver.granted_on.to_string(),
            expires_on: waiver.expires_on.to_string(),
            reason: waiver.reason.clone(),
            document: waiver.document.clone(),
            compensating_control: waiver.compensating_control.clone(),
        });
    explained
}

fn end(end: &tw_lifecycle::End) -> AgeEnd {
    let reason = match end.reason {
        EndReason::Age => "age".to_owned(),
        EndReason::Technology => "technology".to_owned(),
        EndReason::Vendor(vendor) => vendor.to_string(),
    };
    AgeEnd {
        reason,
        earliest: text(end.when.earliest),
        latest: text(end.when.latest),
    }
}

fn vendor(age: &AssetAge, model: Option<&Model>) -> Vec<VendorEndFinding> {
    let ends = age.obsolescence.iter().flat_map(|second| &second.ends);
    ends.map(|end| VendorEndFinding {
        end: end.end.to_string(),
        date: end.when.map(|when| when.to_string()),
        verdict: word(end.verdict),
        source_url: model.and_then(|model| model.source_url.clone()),
        checked_on: text(model.and_then(|model| model.checked_on)),
    })
    .collect()
}

fn reason(reason: &Reason) -> AgeReason {
    let (code, kind, days, source) = match reason {
        Reason::BasisIs(kind, source) => ("basis_is", Some(kind), (None, None), source.clone()),
        Reason::NoBasis => ("no_basis", None, (None, None), None),
        Reason::Placeholder(kind, day) => ("placeholder", Some(kind), (Some(*day), None), None),
        Reason::NotBefore(day, source) => {
            ("not_before", None, (Some(*day), None), Some(source.clone()))
        }
        Reason::NotAfter(day, source) => {
            ("not_after", None, (Some(*day), None), Some(source.clone()))
        }
        Reason::Contradiction(what) => ("contradiction", None, (None, None), Some(what.clone())),
        Reason::PastDue(day) => ("past_due", None, (Some(*day), None), None),
        Reason::NotDue(day) => ("not_due", None, (Some(*day), None), None),
        Reason::Straddles(a, b) => ("straddles", None, (Some(*a), Some(*b)), None),
        Reason::OpenEnd => ("open_end", None, (None, None), None),
    };
    AgeReason {
        code: code.to_owned(),
        kind: kind.map(ToString::to_string),
        from: text(days.0),
        to: text(days.1),
        source,
        text: reason.to_string(),
    }
}
