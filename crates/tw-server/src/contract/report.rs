//! What ends soon, which critical assets nothing covers, parts apart from their asset.
//!
//! **Room:** layer 2, pure. **May use:** `tw-lifecycle`, `tw-model`, `tw-api`. **Must not:** do I/O.

use super::actions::{sees, view};
use crate::{access::caller::Caller, age::judged::Judge, plan::routes::verdict_view, world::World};
use jiff::{Span, civil::Date};
use tw_api::{
    ContractReport, CoverCount, EquipmentContract, PartAge, UncoveredAsset, WarrantyEnding,
};
use tw_lifecycle::{CRITICAL_CLASSES, Cover, Covers};
use tw_model::{Asset, AssetStatus, DateKind, Months, Word as _};

/// The report over what the caller sees.
pub(crate) fn report(world: &World, caller: &Caller, (as_of, days): (Date, u32)) -> ContractReport {
    let shift = |days: i64| as_of.checked_add(Span::new().days(days)).unwrap_or(as_of);
    let (ahead, before) = (shift(i64::from(days)), shift(-i64::from(days)));
    let contracts = world.register.contracts.values();
    let seen: Vec<_> = contracts.filter(|c| sees(world, caller, c)).collect();
    let ends = |from: Date, to: Date| -> Vec<EquipmentContract> {
        let mut within: Vec<_> = seen
            .iter()
            .filter(|c| c.end.is_some_and(|end| from <= end.0 && end.0 <= to))
            .collect();
        within.sort_by_key(|contract| (contract.end, contract.id.clone()));
        within
            .into_iter()
            .map(|c| view(world, caller, c, as_of))
            .collect()
    };
    let yesterday = as_of.yesterday().unwrap_or(as_of);
    let running = seen.iter().filter(|contract| contract.is_in_force(as_of));
    let yearly = running.filter_map(|contract| contract.yearly_vnd);
    let mut report = ContractReport {
        as_of: as_of.to_string(),
        days,
        ending: ends(as_of, ahead),
        ended: ends(before, yesterday),
        warranties: Vec::new(),
        critical: CoverCount::default(),
        uncovered: Vec::new(),
        parts: Vec::new(),
        yearly_vnd: yearly.map(|vnd| vnd.0).sum(),
    };
    let covers = Covers::of(world.register.contracts.values());
    let assets = world.register.assets.values().filter(|asset| {
        let site = world.site_of_asset(asset);
        let in_use = matches!(
            asset.status,
            AssetStatus::Deployed | AssetStatus::Maintenance
        );
        in_use && caller.sees(&world.register, site, asset.unit.as_ref())
    });
    for asset in assets {
        warranty(&mut report, asset, (as_of, ahead));
        if CRITICAL_CLASSES.contains(&asset.class) {
            critical(&mut report, world, asset, covers.cover(asset, as_of));
        }
        parts(&mut report, world, asset, as_of);
    }
    report
        .warranties
        .sort_by(|a, b| (&a.latest, &a.asset).cmp(&(&b.latest, &b.asset)));
    report
}

fn warranty(report: &mut ContractReport, asset: &Asset, (from, to): (Date, Date)) {
    let Some(end) = asset.dates.get(&DateKind::WarrantyEnd).map(|d| d.date) else {
        return;
    };
    if end.latest() >= from && end.earliest() <= to {
        report.warranties.push(WarrantyEnding {
            asset: asset.tag.to_string(),
            class: asset.class.to_string(),
            earliest: end.earliest().to_string(),
            latest: end.latest().to_string(),
        });
    }
}

fn critical(report: &mut ContractReport, world: &World, asset: &Asset, cover: Cover) {
    let count = &mut report.critical;
    count.assets += 1;
    let (why, ended_on) = match cover {
        Cover::Contract => {
            count.by_contract += 1;
            return;
        }
        Cover::Warranty => {
            count.by_warranty += 1;
            return;
        }
        Cover::Uncertain => {
            count.uncertain += 1;
            ("uncertain", None)
        }
        Cover::Ended(day) => {
            count.uncovered += 1;
            ("ended", Some(day))
        }
        Cover::Never => {
            count.uncovered += 1;
            ("never", None)
        }
    };
    report.uncovered.push(UncoveredAsset {
        asset: asset.tag.to_string(),
        class: asset.class.to_string(),
        model: asset.model.clone(),
        site: world.site_of_asset(asset).map(ToString::to_string),
        why: why.to_owned(),
        ended_on: ended_on.map(|day| day.to_string()),
    });
}

/// Recorded parts with their own age; a part that the policy judges apart and nobody recorded
/// is of unknown age: that the asset is young says nothing about it.
fn parts(report: &mut ContractReport, world: &World, asset: &Asset, as_of: Date) {
    let Some(policy) = &world.register.age_policy else {
        return;
    };
    let Some(age) = Judge::new(world, (as_of, as_of)).age(asset) else {
        return;
    };
    let part = |name: String, max_age: Months| PartAge {
        asset: asset.tag.to_string(),
        class: asset.class.to_string(),
        part: name,
        verdict: tw_api::AgeVerdict::Unknown,
        asset_verdict: verdict_view(age.verdict),
        basis: None,
        due_latest: None,
        max_age_months: u32::from(max_age.0),
    };
    for recorded in &age.components {
        let basis = recorded.answer.basis.and_then(|basis| basis.kind);
        report.parts.push(PartAge {
            verdict: verdict_view(recorded.answer.verdict),
            basis: basis.map(|kind| kind.to_string()),
            due_latest: recorded.answer.due.latest.map(|day| day.to_string()),
            ..part(recorded.name.clone(), recorded.max_age)
        });
    }
    let known = |kind: &str| asset.components.iter().any(|c| c.kind.as_str() == kind);
    for (kind, rule) in &policy.rule(asset.class).components {
        if !known(kind) {
            report.parts.push(part(kind.clone(), rule.max_age));
        }
    }
}
