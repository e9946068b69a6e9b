//! Asks `tw-lifecycle` what is weak, adds whose it is and who accepted it.
//!
//! **Room:** layer 2, shell. **May use:** `tw-lifecycle`, `tw-store`. **Must not:** decide what is
//! weak.

use crate::{
    access::{accounts::store, caller::Caller},
    age::actions::today,
    app::App,
    http::refusal::Refusal,
    world::World,
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use tw_api::{Finding, FindingSeverity, FindingWaive, FindingWaiver};
use tw_lifecycle::security::{
    DeviceSaid, Severity, Weakness, devices_of_system, weaknesses_of_register,
};
use tw_model::{Device, InformationSystem};
use tw_store::Author;
use tw_units::DeviceId;

/// The longest reason of an acceptance, in characters.
const REASON_LENGTH_MAX: usize = 500;

/// Every finding that the caller may see, each once, by device and rule.
pub(crate) async fn all(app: &App, caller: &Caller) -> Result<Vec<Finding>, Refusal> {
    let world = app.world();
    let as_of = today(&world, app.now());
    let waivers = app.store.finding_waivers().await.map_err(|e| store(&e))?;
    let waivers: BTreeMap<String, tw_store::FindingWaiver> = waivers
        .into_iter()
        .filter(|waiver| {
            waiver
                .until
                .parse::<Date>()
                .is_ok_and(|until| as_of <= until)
        })
        .map(|waiver| (waiver.finding.clone(), waiver))
        .collect();
    let systems = systems_by_device(&world);
    let mut found: BTreeMap<String, Finding> = BTreeMap::new();
    let mut weak = weaknesses_of_register(&world.register, &said(app, &world), as_of);
    weak.extend(super::tls::weaknesses(app, &world));
    for (device, weakness) in weak {
        if !sees_device(&world, caller, device) {
            continue;
        }
        let mut one = view(&world, &systems, (device, weakness));
        one.systems.retain(|id| system_in_scope(&world, caller, id));
        one.waiver = waivers.get(&one.id).map(waiver);
        found.entry(one.id.clone()).or_insert(one);
    }
    Ok(found.into_values().collect())
}

/// What every device said of itself.
fn said(app: &App, world: &World) -> BTreeMap<DeviceId, DeviceSaid> {
    let said = |id: &DeviceId| {
        let (identity, _) = app.live.device(id.as_str()).identity.clone()?;
        let said = DeviceSaid {
            vendor: identity.vendor,
            model: identity.model,
            version: identity.version,
        };
        Some((id.clone(), said))
    };
    world.register.devices.keys().filter_map(said).collect()
}

/// Whether a device lies in the caller's scope: by its site, or by the unit that keeps its asset.
pub(crate) fn sees_device(world: &World, caller: &Caller, device: &Device) -> bool {
    let unit = world.asset_of_device(device.id.as_str());
    let unit = unit.and_then(|asset| asset.unit.as_ref());
    caller.sees(&world.register, Some(&device.site), unit)
}

/// Whether a system lies in the caller's scope: by its unit, or by a site of its devices.
pub(crate) fn sees_system(world: &World, caller: &Caller, system: &InformationSystem) -> bool {
    let register = &world.register;
    let devices = devices_of_system(register, system);
    let mut sites = devices
        .into_iter()
        .filter_map(|id| Some(&register.devices.get(id)?.site));
    caller.sees(register, None, system.unit.as_ref()) || sites.any(|site| caller.sees_site(site))
}

fn system_in_scope(world: &World, caller: &Caller, id: &str) -> bool {
    let system = world.register.systems.get(id);
    system.is_some_and(|system| sees_system(world, caller, system))
}

fn systems_by_device(world: &World) -> BTreeMap<&DeviceId, Vec<&InformationSystem>> {
    let mut by_device: BTreeMap<&DeviceId, Vec<&InformationSystem>> = BTreeMap::new();
    for system in world.register.systems.values() {
        for device in devices_of_system(&world.register, system) {
            by_device.entry(device).or_default().push(system);
        }
    }
    by_device
}

fn view(
    world: &World,
    systems: &BTreeMap<&DeviceId, Vec<&InformationSystem>>,
    (device, weakness): (&Device, Weakness),
) -> Finding {
    let of_device = systems.get(&device.id).map_or(&[][..], Vec::as_slice);
    let asset = world.asset_of_device(device.id.as_str());
    let part = weakness.part.map(|part| format!(":{part}"));
    let service = weakness.evidence.get("service").cloned();
    let evidence = weakness.evidence.into_iter();
    Finding {
        id: format!(
            "{}:{}{}",
            weakness.rule,
            device.id,
            part.unwrap_or_default()
        ),
        rule: weakness.rule.to_string(),
        severity: severity(weakness.rule.severity()),
        device: device.id.to_string(),
        service,
        site: device.site.to_string(),
        asset: asset.map(|asset| asset.tag.to_string()),
        systems: of_device
            .iter()
            .map(|system| system.id.to_string())
            .collect(),
        level: of_device.iter().filter_map(|system| system.level).max(),
        evidence: evidence
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        waiver: None,
    }
}

const fn severity(severity: Severity) -> FindingSeverity {
    match severity {
        Severity::Low => FindingSeverity::Low,
        Severity::Medium => FindingSeverity::Medium,
        Severity::High => FindingSeverity::High,
    }
}

fn waiver(waiver: &tw_store::FindingWaiver) -> FindingWaiver {
    FindingWaiver {
        reason: waiver.reason.clone(),
        until: waiver.until.clone(),
        actor: waiver.actor.clone(),
        at: waiver.at,
    }
}

/// Accepts a finding until a day, or takes that back.
pub(crate) async fn waive(
    app: &App,
    (caller, author): (&Caller, &Author),
    (id, asked): (&str, FindingWaive),
) -> Result<Finding, Refusal> {
    let find = |all: Vec<Finding>| all.into_iter().find(|finding| finding.id == id);
    let missing = || Refusal::not_found("finding", id);
    find(all(app, caller).await?).ok_or_else(missing)?;
    let as_of = today(&app.world(), app.now());
    let kept = match (&asked.reason, &asked.until) {
        (None, None) => None,
        (Some(reason), Some(until)) => Some(checked(reason, until, as_of)?),
        (Some(_), None) => return Err(Refusal::field("until", "needed with a reason")),
        (None, Some(_)) => return Err(Refusal::field("reason", "needed with a day")),
    };
    let kept = app.store.waive_finding(id, kept, author).await;
    kept.map_err(|e| store(&e))?;
    find(all(app, caller).await?).ok_or_else(missing)
}

fn checked(reason: &str, until: &str, as_of: Date) -> Result<(String, String), Refusal> {
    let reason = reason.trim();
    let length = reason.chars().count();
    if !(1..=REASON_LENGTH_MAX).contains(&length) {
        let allowed = format!("1 to {REASON_LENGTH_MAX} characters");
        return Err(Refusal::field("reason", allowed));
    }
    let day: Date = until
        .parse()
        .map_err(|_| Refusal::field("until", "a day, as 2026-12-31"))?;
    let latest = tw_lifecycle::add_months(as_of, 12);
    if day < as_of || day > latest {
        return Err(Refusal::field("until", "from today to a year ahead"));
    }
    Ok((reason.to_owned(), day.to_string()))
}
