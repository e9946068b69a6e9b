//! Adding, changing, removing and trying devices.
//!
//! **Room:** layer 2, shell. **May use:** `tw-model`, `tw-store`, `tw-collect`. **Must not:** take a
//! device that the register's own rules refuse, or send a packet outside of the allowed networks.

use crate::{
    access::{accounts, caller::Caller},
    app::App,
    credential,
    http::refusal::Refusal,
    world::World,
};
use std::net::SocketAddr;
use tw_api::{DeviceCreate, DeviceEdit, DeviceSpec, DeviceTest, DeviceTestResult};
use tw_model::{
    Device, DeviceClass, Face, Item, Kind, POLL_SECONDS_DEFAULT, RackPosition, Register, Word,
    socket_address, validate,
};
use tw_store::{Author, RegisterError};
use tw_units::{CredentialId, DeviceId, SiteId};

/// A refusal for a change of the register that did not happen.
pub(crate) fn register(cause: &RegisterError) -> Refusal {
    match cause {
        RegisterError::Stale {
            kind,
            id,
            expected: 0,
            current: Some(_),
        } => Refusal::conflict("exists", format!("there is a {kind} {id:?} already")),
        RegisterError::Stale {
            kind,
            id,
            current: None,
            ..
        } => Refusal::not_found(&kind.to_string(), id),
        RegisterError::Stale {
            current: Some(current),
            ..
        }
        | RegisterError::StalePlan { current, .. } => Refusal::stale(*current),
        RegisterError::Kept { kept, .. } => Refusal::conflict("owned_by_source", cause.to_string())
            .with("field", kept.field.as_str())
            .with("source", kept.source.as_str())
            .with("url", kept.url.clone()),
        RegisterError::Item(cause) => Refusal::internal(cause),
        RegisterError::Store(cause) => accounts::store(cause),
    }
}

/// Adds a device at a site that the caller sees.
pub(crate) async fn add(
    app: &App,
    (caller, author): (&Caller, &Author),
    new: DeviceCreate,
) -> Result<(), Refusal> {
    let world = app.world();
    let id = DeviceId::new(new.id).map_err(|cause| Refusal::field("id", cause.to_string()))?;
    let device = device(&id, new.spec, None)?;
    put(app, &world, (caller, author), (device, 0)).await
}

/// Changes a device; what the API does not speak of stays.
pub(crate) async fn change(
    app: &App,
    (caller, author): (&Caller, &Author),
    (id, edit): (&str, DeviceEdit),
) -> Result<(), Refusal> {
    let world = app.world();
    let present = world.device(id)?;
    let device = device(&present.id, edit.spec, Some(present))?;
    put(app, &world, (caller, author), (device, edit.version)).await
}

/// Removes a device from the register.
pub(crate) async fn remove(
    app: &App,
    author: &Author,
    (id, version): (&str, u64),
) -> Result<(), Refusal> {
    let world = app.world();
    world.device(id)?;
    let mut wanted = world.register.clone();
    wanted.remove(Kind::Device, id);
    no_new_findings(&world.register, &wanted)?;
    let removed = app
        .store
        .remove_item(Kind::Device, id.to_owned(), Some(version), author)
        .await;
    removed.map_err(|e| register(&e))?;
    app.reload_register().await.map_err(|e| register(&e))
}

async fn put(
    app: &App,
    world: &World,
    (caller, author): (&Caller, &Author),
    (device, version): (Device, u64),
) -> Result<(), Refusal> {
    in_scope(world, caller, &device.site)?;
    let mut wanted = world.register.clone();
    wanted.devices.insert(device.id.clone(), device.clone());
    no_new_findings(&world.register, &wanted)?;
    let value = serde_json::to_value(&device).map_err(|e| Refusal::internal(&e))?;
    let item = Item {
        kind: Kind::Device,
        id: device.id.to_string(),
        value,
    };
    app.store
        .put_item(item, Some(version), author)
        .await
        .map_err(|e| register(&e))?;
    app.reload_register().await.map_err(|e| register(&e))
}

fn in_scope(world: &World, caller: &Caller, site: &SiteId) -> Result<(), Refusal> {
    if !caller.sees_site(site) {
        return Err(
            Refusal::forbidden("not_in_scope", "this site is outside of your scope")
                .with("site", site.as_str())
                .with("actor", caller.actor()),
        );
    }
    if !world.register.sites.contains_key(site) {
        return Err(Refusal::field("site", "there is no such site"));
    }
    Ok(())
}

/// Refuses what the register's own rules find wrong and did not find before.
pub(crate) fn no_new_findings(present: &Register, wanted: &Register) -> Result<(), Refusal> {
    let known = validate(present);
    let new = validate(wanted)
        .into_iter()
        .find(|finding| !known.contains(finding));
    match new {
        None => Ok(()),
        Some(finding) => Err(Refusal::field(&finding.key, finding.message.clone())
            .with("kind", finding.kind.to_string())
            .with("id", finding.id.clone())
            .with("reason", finding.code.to_string())
            .with("allowed", finding.allowed.clone())),
    }
}

/// The register's device for what people wrote.
fn device(id: &DeviceId, spec: DeviceSpec, present: Option<&Device>) -> Result<Device, Refusal> {
    let class = DeviceClass::from_word(&spec.class).ok_or_else(|| {
        Refusal::field(
            "class",
            format!("one of {}", DeviceClass::words().join(", ")),
        )
    })?;
    let site = spec
        .site
        .parse()
        .map_err(|_| Refusal::field("site", "no site's id"))?;
    let address =
        match &spec.address {
            None => None,
            Some(text) => Some(socket_address(text).ok_or_else(|| {
                Refusal::field("address", "an IP address, with or without a port")
            })?),
        };
    let credential = match &spec.credential {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|_| Refusal::field("credential", "no credential's id"))?,
        ),
    };
    let asset = match &spec.asset {
        None => None,
        Some(tag) => Some(
            tag.parse()
                .map_err(|_| Refusal::field("asset", "no asset's tag"))?,
        ),
    };
    let rack = rack_position(&spec, present)?;
    let fresh = || Device {
        id: id.clone(),
        name: String::new(),
        site: SiteId::clone(&site),
        class,
        role: None,
        address: None,
        credential: None,
        poll_seconds: POLL_SECONDS_DEFAULT,
        rack: None,
        witness: false,
        vendor: None,
        model: None,
        serial: None,
        asset: None,
        ip: Vec::new(),
        interfaces: Vec::new(),
        fed_by: Vec::new(),
        reached_via: Vec::new(),
        tls: Vec::new(),
    };
    let poll_seconds = present.map_or(POLL_SECONDS_DEFAULT, |present| present.poll_seconds);
    Ok(Device {
        name: spec.name,
        class,
        address,
        credential,
        poll_seconds: spec.poll_seconds.unwrap_or(poll_seconds),
        rack,
        witness: spec.witness,
        asset,
        site: site.clone(),
        ..present.cloned().unwrap_or_else(fresh)
    })
}

fn rack_position(
    spec: &DeviceSpec,
    present: Option<&Device>,
) -> Result<Option<RackPosition>, Refusal> {
    let Some(rack) = &spec.rack else {
        return Ok(None);
    };
    let known = present.and_then(|present| present.rack.as_ref());
    let number = |field: &str, given: Option<u32>, known: Option<u16>| {
        let given = given.map(u16::try_from).transpose();
        let given = given.map_err(|_| Refusal::field(field, "a small number"))?;
        given
            .or(known)
            .ok_or_else(|| Refusal::field(field, "needed with a rack"))
    };
    let face = match &spec.face {
        None => known.map_or(Face::Front, |known| known.face),
        Some(word) => {
            Face::from_word(word).ok_or_else(|| Refusal::field("face", "front or rear"))?
        }
    };
    Ok(Some(RackPosition {
        id: rack
            .parse()
            .map_err(|_| Refusal::field("rack", "no rack's id"))?,
        u: number("u", spec.u, known.map(|known| known.u))?,
        height_u: number(
            "height_u",
            spec.height_u,
            Some(known.map_or(1, |k| k.height_u)),
        )?,
        face,
        full_depth: known.is_none_or(|known| known.full_depth),
    }))
}

/// Polls an address once, from the centre.
pub(crate) async fn try_out(
    app: &App,
    caller: &Caller,
    test: DeviceTest,
) -> Result<DeviceTestResult, Refusal> {
    let world = app.world();
    let site = test
        .site
        .parse()
        .map_err(|_| Refusal::field("site", "no site's id"))?;
    in_scope(&world, caller, &site)?;
    let address = socket_address(&test.address)
        .ok_or_else(|| Refusal::field("address", "an IP address, with or without a port"))?;
    if !allowed(app, &world, address) {
        return Err(Refusal::forbidden(
            "address_not_allowed",
            "this address lies outside of the networks where tests may go",
        )
        .with("actor", caller.actor())
        .with("address", address.to_string()));
    }
    let id: CredentialId = test
        .credential
        .parse()
        .map_err(|_| Refusal::field("credential", "no credential's id"))?;
    let (version, secrets) = credential::actions::secrets(app, &world, &id)
        .await
        .map_err(|cause| Refusal::field("credential", cause.to_string()))?;
    super::trial::poll(address, version, &secrets).await
}

/// A registered device's address may be tried anyway; others only in the configured networks.
fn allowed(app: &App, world: &World, address: SocketAddr) -> bool {
    let registered = world
        .register
        .devices
        .values()
        .any(|d| d.address == Some(address));
    registered
        || app
            .settings
            .test_networks
            .iter()
            .any(|n| n.contains(address.ip()))
}
