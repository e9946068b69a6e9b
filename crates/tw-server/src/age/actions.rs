//! Asks `tw-lifecycle` and counts.
//!
//! **Room:** layer 2, pure. **May use:** `tw-lifecycle`, `tw-model`, `tw-api`. **Must not:** do
//! I/O, or decide what a date means.

use super::judged::Ages;
use crate::{
    access::caller::{Caller, is_below},
    http::refusal::Refusal,
    world::{World, local},
};
use jiff::{civil::Date, tz::TimeZone};
use std::collections::BTreeMap;
use tw_api::{
    AgeBuckets, AgeCell, AgeGroup, AgeReport, AgeVerdict, PeopleCompliance, Role,
    StaffGroupCompliance,
};
use tw_lifecycle::{PersonVerdict, StaffCount, count_staff, person_verdict};
use tw_model::{Asset, AssetStatus, Person, Word};
use tw_units::Timestamp;

/// Today in the zone in which ages are reckoned.
pub(crate) fn today(world: &World, now: Timestamp) -> Date {
    let zone = TimeZone::get(world.timezone()).unwrap_or(TimeZone::UTC);
    now.to_jiff().to_zoned(zone).date()
}

/// The day that a query names; none names today.
pub(crate) fn as_of(text: Option<&str>) -> Result<Option<Date>, Refusal> {
    let read = |text: &str| {
        text.parse().map_err(|_| {
            Refusal::bad("bad_parameter", "as_of is a civil day, as 2026-11-22")
                .with("parameter", "as_of")
        })
    };
    text.map(read).transpose()
}

/// What part of the register a report is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Part<'a> {
    pub(crate) site: Option<&'a str>,
    pub(crate) unit: Option<&'a str>,
}

/// A cell of the table of sites and classes.
fn cell(((site, class), mut buckets): ((&str, &str), AgeBuckets)) -> AgeCell {
    finish(&mut buckets);
    AgeCell {
        site: site.to_owned(),
        class: class.to_owned(),
        buckets,
    }
}

/// The report over what the caller sees.
pub(crate) fn report(
    world: &World,
    caller: &Caller,
    part: Part<'_>,
    (ages, as_of): (&Ages, Date),
) -> AgeReport {
    let mut report = empty(as_of);
    // Names are borrowed while it is counted: there may be 50,000 assets.
    let mut groups: [BTreeMap<&str, AgeBuckets>; 3] = Default::default();
    let mut cells: BTreeMap<(&str, &str), AgeBuckets> = BTreeMap::new();
    let mut computers: BTreeMap<&str, Vec<tw_lifecycle::AgeVerdict>> = BTreeMap::new();
    for (asset, judged) in ages.of(world) {
        if !sees(world, caller, part, asset) {
            continue;
        }
        let verdict = judged.map_or(AgeVerdict::OutOfScope, |judged| judged.verdict);
        let found = (verdict, judged.is_some_and(|judged| judged.waived));
        if let Some((person, verdict)) = primary_computer(world, asset, verdict) {
            computers.entry(person).or_default().push(verdict);
        }
        if verdict == AgeVerdict::OutOfScope {
            report.out_of_scope += 1;
            continue;
        }
        let class = asset.class.as_str();
        let site = world.site_of_asset(asset).map_or("", AsRef::as_ref);
        let unit = asset.unit.as_ref().map_or("", AsRef::as_ref);
        let by_status = match asset.status {
            AssetStatus::InStock => &mut report.in_stock,
            AssetStatus::Retired => &mut report.retired,
            _ => {
                add(cells.entry((site, class)).or_default(), found);
                &mut report.in_use
            }
        };
        add(by_status, found);
        add(&mut report.total, found);
        let [by_class, by_site, by_unit] = &mut groups;
        add(by_class.entry(class).or_default(), found);
        add(by_site.entry(site).or_default(), found);
        add(by_unit.entry(unit).or_default(), found);
    }
    let [class, site, unit] = groups;
    (report.by_class, report.by_site, report.by_unit) = (rows(class), rows(site), rows(unit));
    report.by_site_class = cells.into_iter().map(cell).collect();
    for buckets in [
        &mut report.total,
        &mut report.in_use,
        &mut report.in_stock,
        &mut report.retired,
    ] {
        finish(buckets);
    }
    report.people = people(world, (caller, part), &computers, |_| true);
    let policy = world.register.age_policy.as_ref();
    report.groups = policy
        .into_iter()
        .flat_map(|policy| &policy.groups)
        .map(|(key, group)| StaffGroupCompliance {
            key: key.clone(),
            name: local(&group.name),
            people: people(world, (caller, part), &computers, |person| {
                group.has(person.title.as_deref())
            }),
        })
        .collect();
    report
}

fn empty(as_of: Date) -> AgeReport {
    AgeReport {
        as_of: as_of.to_string(),
        total: AgeBuckets::default(),
        in_use: AgeBuckets::default(),
        in_stock: AgeBuckets::default(),
        retired: AgeBuckets::default(),
        out_of_scope: 0,
        people: PeopleCompliance::default(),
        groups: Vec::new(),
        by_site_class: Vec::new(),
        by_class: Vec::new(),
        by_site: Vec::new(),
        by_unit: Vec::new(),
    }
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

pub(crate) fn sees(world: &World, caller: &Caller, part: Part<'_>, asset: &Asset) -> bool {
    let register = &world.register;
    let site = world.site_of_asset(asset);
    let in_part = part
        .site
        .is_none_or(|wanted| site.is_some_and(|s| s.as_str() == wanted))
        && part.unit.is_none_or(|wanted| {
            asset
                .unit
                .as_ref()
                .is_some_and(|unit| within(world, unit, wanted))
        });
    in_part && caller.sees(register, site, asset.unit.as_ref())
}

pub(crate) fn within(world: &World, unit: &tw_units::UnitId, wanted: &str) -> bool {
    is_below(&world.register, unit, wanted)
}

fn people(
    world: &World,
    (caller, part): (&Caller, Part<'_>),
    computers: &BTreeMap<&str, Vec<tw_lifecycle::AgeVerdict>>,
    member: impl Fn(&Person) -> bool,
) -> PeopleCompliance {
    let counted = |person: &&Person| {
        let unit = world.register.units.get(&person.unit);
        let site = unit.and_then(|unit| unit.site.as_ref());
        person.active
            && member(person)
            && caller.sees_unit(&world.register, &person.unit)
            && part
                .site
                .is_none_or(|wanted| site.is_some_and(|s| s.as_str() == wanted))
            && part
                .unit
                .is_none_or(|wanted| within(world, &person.unit, wanted))
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

fn add(buckets: &mut AgeBuckets, (verdict, waived): (AgeVerdict, bool)) {
    buckets.waived += u64::from(waived);
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

fn rows(groups: BTreeMap<&str, AgeBuckets>) -> Vec<AgeGroup> {
    let row = |(key, mut buckets): (&str, AgeBuckets)| {
        finish(&mut buckets);
        let key = key.to_owned();
        AgeGroup { key, buckets }
    };
    groups.into_iter().map(row).collect()
}

/// Percent with two decimals, floored: 99.999 is not 100.
pub(crate) fn percent(part: u64, whole: u64) -> Option<String> {
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
