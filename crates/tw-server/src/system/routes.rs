//! Routes of information systems.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use crate::{
    finding::actions::{self, sees_device, sees_system},
    http::{
        call::{Call, Outcome},
        list::{Wanted, page},
        route::{Route, bind},
    },
    world::{World, local},
};
use tw_api::{Finding, InformationSystem, Json, Page, SecurityLevel, endpoints as e};
use tw_lifecycle::security::devices_of_system;
use tw_model::Kind;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::SystemList, _, _>(list),
        bind::<e::SecurityLevelList, _, _>(levels),
    ]
}

async fn list(call: Call<e::SystemList>) -> Outcome<Json<Page<InformationSystem>>> {
    let world = call.app.world();
    let mut findings = actions::all(&call.app, &call.caller).await?;
    findings.retain(|finding| finding.waiver.is_none());
    let query = &call.query;
    let systems = world.register.systems.values();
    let found: Vec<InformationSystem> = systems
        .filter(|system| sees_system(&world, &call.caller, system))
        .filter(|system| {
            query
                .level
                .is_none_or(|level| system.level.unwrap_or(0) == level)
        })
        .filter(|system| {
            let unit = system.unit.as_ref().map(tw_units::UnitId::as_str);
            query
                .unit
                .as_deref()
                .is_none_or(|wanted| unit == Some(wanted))
        })
        .map(|system| {
            let devices = devices_of_system(&world.register, system).into_iter();
            let devices = devices.filter(|id| {
                let device = world.register.devices.get(*id);
                device.is_some_and(|device| sees_device(&world, &call.caller, device))
            });
            let devices = devices.map(ToString::to_string).collect();
            view(&world, system, (devices, &findings))
        })
        .collect();
    let wanted = Wanted {
        limit: query.limit,
        cursor: query.cursor.as_deref(),
    };
    Ok(Json(page(found, |system| system.id.clone(), wanted)?).into())
}

fn view(
    world: &World,
    system: &tw_model::InformationSystem,
    (devices, findings): (Vec<String>, &[Finding]),
) -> InformationSystem {
    let id = system.id.to_string();
    let own = findings
        .iter()
        .filter(|finding| finding.systems.contains(&id));
    let approval = system.approval.as_ref();
    let ids = |ids: &[tw_units::ServiceId]| ids.iter().map(ToString::to_string).collect();
    InformationSystem {
        name: local(&system.name),
        owner: system.owner.as_ref().map(local),
        unit: system.unit.as_ref().map(ToString::to_string),
        level: system.level,
        decision: approval.map(|approval| approval.decision.clone()),
        decided_on: approval.map(|approval| approval.date.to_string()),
        services: ids(&system.services),
        devices,
        assets: system.assets.iter().map(ToString::to_string).collect(),
        addresses: system.addresses.iter().map(ToString::to_string).collect(),
        findings: own.clone().count() as u64,
        worst: own.map(|finding| finding.severity).max(),
        note: system.note.as_ref().map(local),
        version: world.version(Kind::InformationSystem, &id),
        id,
    }
}

async fn levels(call: Call<e::SecurityLevelList>) -> Outcome<Json<Page<SecurityLevel>>> {
    let world = call.app.world();
    let systems = world.register.systems.values();
    let seen = systems.filter(|system| sees_system(&world, &call.caller, system));
    let (by_level, _) = tw_model::systems_by_level(seen);
    let mut found: Vec<SecurityLevel> = world
        .register
        .security_levels
        .values()
        .map(|level| SecurityLevel {
            id: level.id.to_string(),
            level: level.level,
            name: local(&level.name),
            meaning: level.meaning.as_ref().map(local),
            source: level.source.clone(),
            checked_on: level.checked_on.map(|day| day.to_string()),
            systems: by_level.get(&level.level).copied().unwrap_or(0) as u64,
        })
        .collect();
    found.sort_by_key(|level| level.level);
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(found, |level| level.id.clone(), wanted)?).into())
}
