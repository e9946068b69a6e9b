//! Asks `tw-lifecycle` and counts.
//!
//! **Room:** layer 2, pure. **May use:** `tw-lifecycle`, `tw-model`, `tw-api`. **Must not:** do
//! I/O, or decide what a date means.

use crate::{access::caller::Caller, world::World};
use jiff::{civil::Date, tz::TimeZone};
use std::collections::BTreeMap;
use tw_api::{AgeBuckets, AgeFinding, AgeGroup, AgeReport, AgeVerdict, PeopleCompliance, Role};
use tw_lifecycle::{PersonVerdict, StaffCount, asset_age, count_staff, person_verdict};
use tw_model::{Asset, AssetStatus, Person};
use tw_units::Timestamp;

/// Today in the zone in which ages are reckoned.
pub(crate) fn today(world: &World, now: Timestamp) -> Date {
    let zone = TimeZone::get(world.timezone()).unwrap_or(TimeZone::UTC);
    now.to_jiff().to_zoned(zone).date()
}

/// The verdict on one asset.
pub(crate) fn finding(world: &World, asset: &Asset, as_of: Date) -> AgeFinding {
    let Some(policy) = &world.register.age_policy else {
        return AgeFinding {
            verdict: AgeVerdict::OutOfScope,
            basis: None,
            due_earliest: None,
            due_latest: None,
            max_age_months: None,
        };
    };
    let age = asset_age(asset, policy, &[], &[], as_of).answer;
    let verdict = if asset.status.in_scope() {
        verdict(age.verdict)
    } else {
        AgeVerdict::OutOfScope
    };
    let basis = age.basis.and_then(|basis| basis.kind);
    AgeFinding {
        verdict,
        basis: basis.map(|kind| kind.to_string()),
        due_earliest: age.due.earliest.map(|day| day.0.to_string()),
        due_latest: age.due.latest.map(|day| day.0.to_string()),
        max_age_months: Some(u32::from(policy.rule(asset.class).max_age.0)),
    }
}

fn verdict(verdict: tw_lifecycle::AgeVerdict) -> AgeVerdict {
    match verdict {
        tw_lifecycle::AgeVerdict::Over => AgeVerdict::Over,
        tw_lifecycle::AgeVerdict::Within => AgeVerdict::Within,
        tw_lifecycle::AgeVerdict::Uncertain => AgeVerdict::Uncertain,
        tw_lifecycle::AgeVerdict::Unknown => AgeVerdict::Unknown,
        tw_lifecycle::AgeVerdict::Conflict => AgeVerdict::Conflict,
    }
}

/// What part of the register a report is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Part<'a> {
    pub(crate) site: Option<&'a str>,
    pub(crate) unit: Option<&'a str>,
}

/// The report over what the caller sees.
pub(crate) fn report(world: &World, caller: &Caller, part: Part<'_>, as_of: Date) -> AgeReport {
    let mut report = AgeReport {
        as_of: as_of.to_string(),
        total: AgeBuckets::default(),
        in_use: AgeBuckets::default(),
        in_stock: AgeBuckets::default(),
        retired: AgeBuckets::default(),
        out_of_scope: 0,
        people: PeopleCompliance::default(),
        by_class: Vec::new(),
        by_site: Vec::new(),
        by_unit: Vec::new(),
    };
    let mut groups: [BTreeMap<String, AgeBuckets>; 3] = Default::default();
    let mut computers: BTreeMap<&str, Vec<tw_lifecycle::AgeVerdict>> = BTreeMap::new();
    for asset in world.register.assets.values() {
        if !sees(world, caller, part, asset) {
            continue;
        }
        let found = finding(world, asset, as_of).verdict;
        if let Some((person, found)) = primary_computer(world, asset, found) {
            computers.entry(person).or_default().push(found);
        }
        if found == AgeVerdict::OutOfScope {
            report.out_of_scope += 1;
            continue;
        }
        let [class, site, unit] = &mut groups;
        let site_id = world.site_of_asset(asset).map(ToString::to_string);
        let unit_id = asset.unit.as_ref().map(ToString::to_string);
        let by_status = match asset.status {
            AssetStatus::InStock => &mut report.in_stock,
            AssetStatus::Retired => &mut report.retired,
            _ => &mut report.in_use,
        };
        for buckets in [
            &mut report.total,
            by_status,
            class.entry(asset.class.to_string()).or_default(),
            site.entry(site_id.unwrap_or_default()).or_default(),
            unit.entry(unit_id.unwrap_or_default()).or_default(),
        ] {
            add(buckets, found);
        }
    }
    let [class, site, unit] = groups;
    (report.by_class, report.by_site, report.by_unit) = (rows(class), rows(site), rows(unit));
    for buckets in [
        &mut report.total,
        &mut report.in_use,
        &mut report.in_stock,
        &mut report.retired,
    ] {
        finish(buckets);
    }
    report.people = people(world, caller, part, &computers);
    report
}

/// A person's computer, if the asset is one that counts by person.
fn primary_computer<'a>(
    world: &World,
    asset: &'a Asset,
    found: AgeVerdict,
) -> Option<(&'a str, tw_lifecycle::AgeVerdict)> {
    let policy = world.register.age_policy.as_ref()?;
    let counts = asset.primary && policy.rule(asset.class).per_person;
    let found = match found {
        AgeVerdict::Over => tw_lifecycle::AgeVerdict::Over,
        AgeVerdict::Within => tw_lifecycle::AgeVerdict::Within,
        AgeVerdict::Uncertain => tw_lifecycle::AgeVerdict::Uncertain,
        AgeVerdict::Unknown => tw_lifecycle::AgeVerdict::Unknown,
        AgeVerdict::Conflict => tw_lifecycle::AgeVerdict::Conflict,
        AgeVerdict::OutOfScope => return None,
    };
    let person = asset.custodian.as_ref().filter(|_| counts)?;
    Some((person.as_str(), found))
}

fn sees(world: &World, caller: &Caller, part: Part<'_>, asset: &Asset) -> bool {
    let register = &world.register;
    let site = world.site_of_asset(asset);
    let in_part = part
        .site
        .is_none_or(|wanted| site.is_some_and(|s| s.as_str() == wanted))
        && part.unit.is_none_or(|wanted| {
            asset
                .unit
                .as_ref()
                .is_some_and(|unit| within(caller, world, unit, wanted))
        });
    in_part && caller.sees(register, site, asset.unit.as_ref())
}

fn within(caller: &Caller, world: &World, unit: &tw_units::UnitId, wanted: &str) -> bool {
    let narrowed = Caller {
        scope: tw_api::Scope::Unit {
            unit: wanted.to_owned(),
        },
        ..caller.clone()
    };
    narrowed.sees_unit(&world.register, unit)
}

fn people(
    world: &World,
    caller: &Caller,
    part: Part<'_>,
    computers: &BTreeMap<&str, Vec<tw_lifecycle::AgeVerdict>>,
) -> PeopleCompliance {
    let counted = |person: &&Person| {
        let unit = world.register.units.get(&person.unit);
        let site = unit.and_then(|unit| unit.site.as_ref());
        person.active
            && caller.sees_unit(&world.register, &person.unit)
            && part
                .site
                .is_none_or(|wanted| site.is_some_and(|s| s.as_str() == wanted))
            && part
                .unit
                .is_none_or(|wanted| within(caller, world, &person.unit, wanted))
    };
    let verdicts = world
        .register
        .people
        .values()
        .filter(counted)
        .map(|person| {
            computers
                .get(person.id.as_str())
                .map_or(PersonVerdict::WithoutComputer, |verdicts| {
                    person_verdict(verdicts)
                })
        });
    let StaffCount {
        staff,
        compliant,
        unknown,
        over,
        without_computer,
    } = count_staff(verdicts);
    PeopleCompliance {
        roster: staff as u64,
        compliant: compliant as u64,
        over: over as u64,
        unknown: unknown as u64,
        without: without_computer as u64,
        compliance_percent: percent(compliant as u64, staff as u64),
    }
}

fn add(buckets: &mut AgeBuckets, verdict: AgeVerdict) {
    match verdict {
        AgeVerdict::Over => buckets.over += 1,
        AgeVerdict::Within => buckets.within += 1,
        AgeVerdict::Uncertain => buckets.uncertain += 1,
        AgeVerdict::Unknown => buckets.unknown += 1,
        AgeVerdict::Conflict => buckets.conflict += 1,
        AgeVerdict::OutOfScope => return,
    }
    buckets.in_scope += 1;
}

fn finish(buckets: &mut AgeBuckets) {
    buckets.compliance_percent = percent(buckets.within, buckets.in_scope);
}

fn rows(groups: BTreeMap<String, AgeBuckets>) -> Vec<AgeGroup> {
    let row = |(key, mut buckets): (String, AgeBuckets)| {
        finish(&mut buckets);
        AgeGroup { key, buckets }
    };
    groups.into_iter().map(row).collect()
}

/// Percent with two decimals, floored: 99.999 is not 100.
fn percent(part: u64, whole: u64) -> Option<String> {
    let hundredths = part.checked_mul(10_000)?.checked_div(whole)?;
    Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

/// Whether a caller may see who holds what.
pub(crate) fn sees_custodians(caller: &Caller) -> bool {
    caller
        .role
        .is_some_and(|role: Role| role.may(tw_api::Permission::ViewPeople))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_floored_and_nothing_has_none() {
        assert_eq!(percent(2, 3).as_deref(), Some("66.66"));
        assert_eq!(percent(99_999, 100_000).as_deref(), Some("99.99"));
        assert_eq!(percent(5, 5).as_deref(), Some("100.00"));
        assert_eq!(percent(0, 0), None);
    }
}
