//! Makes plans from the register as it is.
//!
//! **Room:** layer 2, pure. **May use:** `tw-lifecycle`, `tw-model`. **Must not:** do I/O, choose.

use super::impact;
use crate::{age::judged::Judge, http::refusal::Refusal, world::World};
use jiff::civil::Date;
use std::collections::BTreeMap;
use tw_api::{PlanEnvelope, PlanSpec};
use tw_lifecycle::{
    AgeVerdict, Choice, PlanRequest, Scene, VendorEnds, YearMoney, YearPlan, make_years,
};
use tw_model::{Asset, Day, PartialDate, Remedy, Word};
use tw_units::{AssetTag, Vnd};

/// The most years of a plan.
pub(crate) const YEARS_MAX: usize = 10;
/// The most decisions of a plan.
pub(crate) const CHOICES_MAX: usize = 5_000;
/// The most money of an envelope: sums of all lines stay exact.
const VND_MAX: i64 = 1_000_000_000_000_000;
/// The longest text of a plan.
const TEXT_MAX: usize = 300;

/// An asset's verdict as `tw-lifecycle` says it; unknown without an age policy.
pub(crate) fn verdict(world: &World, asset: &Asset, day: Date) -> AgeVerdict {
    let age = Judge::new(world, (day, day)).age(asset);
    age.map_or(AgeVerdict::Unknown, |age| age.verdict)
}

/// When the maker lets go of an asset's model; of coarse dates the last day.
fn ends(world: &World, asset: &Asset) -> VendorEnds {
    let model = world.model_of(asset);
    let last = |date: Option<PartialDate>| date.map(|date| Day(date.latest()));
    VendorEnds {
        support: last(model.and_then(|model| model.end_of_support)),
        security: last(model.and_then(|model| model.end_of_security)),
    }
}

/// The years of a plan; 422 where it cannot be made.
pub(crate) fn make(world: &World, request: &PlanRequest) -> Result<Vec<YearPlan>, Refusal> {
    let policy = world.register.plan_policy.as_ref().ok_or_else(|| {
        Refusal::conflict(
            "no_plan_policy",
            "there is no policy of plans; add policies/plan.yaml to the inventory",
        )
    })?;
    let levels = security_levels(world);
    let first = request.years.first().map(|money| money.year);
    let impacts = first
        .map(|year| impact::of_year(world, year))
        .unwrap_or_default();
    let scene = Scene {
        register: &world.register,
        policy,
        verdict: &|asset, day| verdict(world, asset, day),
        ends: &|asset| ends(world, asset),
        security_level: &|asset| levels.get(asset.device.as_ref()?.as_str()).copied(),
        impact_percent: &|asset| impacts.get(&asset.tag)?.percent(),
    };
    make_years(&scene, request).map_err(|cause| {
        Refusal::field("envelopes", cause.to_string()).with("reason", "plan_impossible")
    })
}

/// The highest security level of what runs on a device, by services and information systems.
fn security_levels(world: &World) -> BTreeMap<&str, u32> {
    let register = &world.register;
    let of_services = register.services.values();
    let of_services =
        of_services.map(|service| (service.security_level, service.runs_on.as_slice()));
    let of_systems = register.systems.values();
    let of_systems = of_systems.map(|system| (system.level, system.devices.as_slice()));
    let mut levels: BTreeMap<&str, u32> = BTreeMap::new();
    for (level, devices) in of_services.chain(of_systems) {
        for device in devices {
            let known = levels.entry(device.as_str()).or_default();
            *known = (*known).max(u32::from(level.unwrap_or(0)));
        }
    }
    levels.retain(|_, level| *level > 0);
    levels
}

/// The envelopes of the policy for some years; money that is given goes before them.
pub(crate) fn envelopes(
    world: &World,
    (first, count): (u16, usize),
    (investment, recurrent): (Option<i64>, Option<i64>),
) -> Result<Vec<PlanEnvelope>, Refusal> {
    let policy = world.register.plan_policy.as_ref();
    let years = (0..count).map(|n| first.saturating_add(u16::try_from(n).unwrap_or(u16::MAX)));
    let of_year = |year: u16| {
        let own = policy.and_then(|policy| policy.envelope(year));
        let missing = || {
            Refusal::field(
                "first_year",
                format!("the policy has no envelope for {year}: say the budget"),
            )
        };
        let investment_vnd = investment.or(own.map(|own| own.investment_vnd.0));
        Ok(PlanEnvelope {
            year,
            investment_vnd: investment_vnd.ok_or_else(missing)?,
            recurrent_vnd: recurrent
                .or(own.map(|own| own.recurrent_vnd.0))
                .unwrap_or(0),
        })
    };
    years.map(of_year).collect()
}

/// What a specification asks of the core, checked.
pub(crate) fn request(world: &World, spec: &PlanSpec) -> Result<PlanRequest, Refusal> {
    let name = spec.name.trim();
    if name.is_empty() || name.chars().count() > TEXT_MAX || name.chars().any(char::is_control) {
        let what = format!("a plan has a name of 1 to {TEXT_MAX} characters");
        return Err(Refusal::field("name", what));
    }
    if spec
        .note
        .as_ref()
        .is_some_and(|note| note.chars().count() > 10 * TEXT_MAX)
    {
        return Err(Refusal::field("note", "the note is too long"));
    }
    if spec.envelopes.is_empty() || spec.envelopes.len() > YEARS_MAX {
        let what = format!("a plan has 1 to {YEARS_MAX} years");
        return Err(Refusal::field("envelopes", what));
    }
    if spec.choices.len() > CHOICES_MAX {
        let what = format!("a plan has at most {CHOICES_MAX} decisions");
        return Err(Refusal::field("choices", what));
    }
    let mut years: Vec<YearMoney> = Vec::new();
    for envelope in &spec.envelopes {
        let follows = years
            .last()
            .is_none_or(|last| envelope.year == last.year + 1);
        if !follows || !(2000..=2200).contains(&envelope.year) {
            let what = "years follow each other, from 2000 to 2200";
            return Err(Refusal::field("envelopes.year", what));
        }
        let money = [envelope.investment_vnd, envelope.recurrent_vnd];
        if money.iter().any(|vnd| !(0..=VND_MAX).contains(vnd)) {
            let what = format!("money is 0 to {VND_MAX} VND");
            return Err(Refusal::field("envelopes", what));
        }
        years.push(YearMoney {
            year: envelope.year,
            investment: Vnd(envelope.investment_vnd),
            recurrent: Vnd(envelope.recurrent_vnd),
        });
    }
    if spec.capacity_per_quarter == Some(0) {
        return Err(Refusal::field("capacity_per_quarter", "at least 1"));
    }
    Ok(PlanRequest {
        years,
        capacity_per_quarter: spec.capacity_per_quarter,
        choices: choices(world, spec)?,
    })
}

fn choices(world: &World, spec: &PlanSpec) -> Result<BTreeMap<AssetTag, Choice>, Refusal> {
    let mut choices = BTreeMap::new();
    for wanted in &spec.choices {
        let asset = world.register.assets.get(wanted.asset.as_str());
        let asset = asset.ok_or_else(|| {
            Refusal::field(
                "choices.asset",
                format!("there is no asset {:?}", wanted.asset),
            )
        })?;
        let choice = match wanted.choice.as_str() {
            "must" => Choice::Must,
            "keep" => Choice::Keep,
            word => Choice::Only(Remedy::from_word(word).ok_or_else(|| {
                let words = Remedy::words().join(", ");
                Refusal::field("choices.choice", format!("one of must, keep, {words}"))
            })?),
        };
        if choices.insert(asset.tag.clone(), choice).is_some() {
            let what = format!("{} stands twice", asset.tag);
            return Err(Refusal::field("choices.asset", what));
        }
    }
    Ok(choices)
}
