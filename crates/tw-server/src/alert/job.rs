//! One look at everything: what changed is told to the stream and judged by the alert core.
//!
//! **Room:** layer 2, shell. **May use:** `tw-alert`, `tw-store`. **Must not:** decide what is worth
//! a message: that is `tw-alert`.

use super::{notify, view};
use crate::{
    access::accounts::store, app::App, circuit, http::refusal::Refusal, maintenance::effects,
    site::actions::load_now, world::World,
};
use std::collections::{BTreeMap, BTreeSet};
use tw_alert::{Effect, Health, Input, SiteShape, Subject, Topology, ups_health};
use tw_api::{SiteState, State, StreamEvent};
use tw_ingest::round::Value;
use tw_model::DeviceClass;
use tw_units::{DeviceId, SiteId, Timestamp};

/// What was told last.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    devices: BTreeMap<DeviceId, (State, Option<Timestamp>)>,
    interfaces: BTreeMap<String, State>,
    circuits: BTreeMap<String, State>,
    sites: BTreeMap<SiteId, SiteState>,
}

/// Looks at everything once.
pub(crate) async fn look(app: &App, watched: &mut Watched) -> Result<(), Refusal> {
    let world = app.world();
    let now = app.now();
    tell_devices(app, &world, (now, watched));
    tell_circuits_and_sites(app, &world, (now, watched));
    judge(app, &world, now).await
}

fn tell_devices(app: &App, world: &World, (now, watched): (Timestamp, &mut Watched)) {
    for device in world
        .register
        .devices
        .values()
        .filter(|d| d.address.is_some())
    {
        let target = app.live.device(device.id.as_str());
        let (state, since) = target.state(now);
        let last_poll = target.last_poll();
        let before = watched
            .devices
            .insert(device.id.clone(), (state, last_poll));
        let (site, sites) = (device.site.to_string(), vec![device.site.clone()]);
        if before.is_some_and(|(told, _)| told != state) {
            let since = since.unwrap_or(now);
            let id = device.id.to_string();
            let event = StreamEvent::Device {
                id,
                site: site.clone(),
                state,
                since,
            };
            app.hub.tell(sites.clone(), event);
        }
        let Some(at) = last_poll.filter(|at| before.is_some_and(|(_, told)| told != Some(*at)))
        else {
            continue;
        };
        let id = device.id.to_string();
        app.hub.tell(
            sites.clone(),
            StreamEvent::Readings {
                device: id.clone(),
                site,
                at,
            },
        );
        for seen in target.interfaces() {
            let state = target.interface_state(now, &seen.key);
            let interface = format!("{id}:{}", crate::interface::view::name(seen));
            let told = watched.interfaces.insert(interface.clone(), state);
            if told.is_some_and(|told| told != state) {
                let event = StreamEvent::Interface {
                    id: interface,
                    device: id.clone(),
                    site: device.site.to_string(),
                    state,
                    since: at,
                };
                app.hub.tell(sites.clone(), event);
            }
        }
    }
}

fn tell_circuits_and_sites(app: &App, world: &World, (now, watched): (Timestamp, &mut Watched)) {
    for circuit in world.register.circuits.values() {
        let id = circuit.id.to_string();
        let state = circuit::view::circuit(world, &app.live, circuit, now)
            .status
            .state;
        if watched
            .circuits
            .insert(id.clone(), state)
            .is_some_and(|told| told != state)
        {
            let sites = world
                .sites_of_circuit(circuit)
                .into_iter()
                .flatten()
                .cloned()
                .collect();
            app.hub.tell(sites, StreamEvent::Circuit { id, state });
        }
    }
    for site in world.register.sites.values() {
        let state = load_now(world, &app.live, &app.works, (site, now)).state;
        if watched
            .sites
            .insert(site.id.clone(), state)
            .is_some_and(|told| told != state)
        {
            let event = StreamEvent::Site {
                id: site.id.to_string(),
                state,
            };
            app.hub.tell(vec![site.id.clone()], event);
        }
    }
}

/// Hands everything to the alert core and carries its messages out.
async fn judge(app: &App, world: &World, now: Timestamp) -> Result<(), Refusal> {
    let inputs = inputs(app, world, now).await?;
    let mut book = app.alerts.book().lock().await;
    let before = book.clone();
    let shape = Topology {
        quiet: effects::quiet(app, world, now),
        ..topology(world)
    };
    let effects = book.tick(now, inputs, &shape, &app.settings.alerts);
    let mut told = Vec::new();
    for effect in effects {
        match effect {
            Effect::Tell(message) => {
                let notices = notify::notices(app, world, &message);
                let title = notify::title(world, &message);
                told.push((message, notices, Some(title)));
            }
            // The next round of its collector is the second look.
            Effect::Recheck(subject) => tracing::debug!(%subject, "to be looked at again"),
            Effect::Late { subject, from, to } => {
                tracing::info!(%subject, %from, %to, "was bad at a time that is past");
            }
        }
    }
    if *book == before && told.is_empty() {
        return Ok(());
    }
    let committed = app.alerts.commit(&app.store, &book, &told).await;
    let changed = match committed {
        Ok(changed) => changed,
        Err(cause) => {
            // What was not committed was not decided: the next look decides again.
            *book = before;
            return Err(store(&cause));
        }
    };
    drop(book);
    for changed in changed {
        let event = StreamEvent::Alert {
            id: changed.alert.id.clone(),
            change: changed.change.to_owned(),
            site: changed.alert.site.clone(),
        };
        app.hub.tell(view::sites(world, &changed.alert), event);
    }
    Ok(())
}

async fn inputs(app: &App, world: &World, now: Timestamp) -> Result<Vec<Input>, Refusal> {
    let mut inputs = effects::overruns(app, now);
    for seen in app.store.collectors().await.map_err(|e| store(&e))? {
        for site in world.sites_of_collector(&seen.collector) {
            inputs.push(Input::Heard(site, seen.last_contact));
        }
    }
    for device in world.register.devices.values() {
        let target = app.live.device(device.id.as_str());
        let Some(latest) = &target.latest else {
            continue;
        };
        let health = health(target.state(latest.at).0);
        inputs.push(Input::Read(
            Subject::Device(device.id.clone()),
            latest.at,
            health,
        ));
        if device.class == DeviceClass::Ups {
            let code = |metric: &str| {
                let code = latest.value("", metric).and_then(Value::as_whole)?;
                i64::try_from(code).ok()
            };
            let found = ups_health(code("upsOutputSource"), code("upsBatteryStatus"));
            inputs.extend(found.map(|(condition, health)| {
                Input::Read(
                    Subject::Ups(device.id.clone(), condition),
                    latest.at,
                    health,
                )
            }));
        }
    }
    for circuit in world.register.circuits.values() {
        let shown = circuit::view::circuit(world, &app.live, circuit, now).status;
        let Some(at) = shown.evidence.iter().filter_map(|e| e.at).max() else {
            continue;
        };
        let (down, degraded) = match shown.state {
            State::Up => (Health::Good, Health::Good),
            State::Degraded => (Health::Good, Health::Bad),
            State::Down => (Health::Bad, Health::Unknown),
            State::Unknown => (Health::Unknown, Health::Unknown),
        };
        inputs.push(Input::Read(Subject::Circuit(circuit.id.clone()), at, down));
        inputs.push(Input::Read(
            Subject::CircuitQuality(circuit.id.clone()),
            at,
            degraded,
        ));
    }
    Ok(inputs)
}

fn health(state: State) -> Health {
    match state {
        State::Up | State::Degraded => Health::Good,
        State::Down => Health::Bad,
        State::Unknown => Health::Unknown,
    }
}

/// Who depends on whom, by the register. A site's gateways are the devices at the ends of its
/// circuits.
pub(crate) fn topology(world: &World) -> Topology {
    let register = &world.register;
    let mut gateways: BTreeMap<&SiteId, BTreeSet<DeviceId>> = BTreeMap::new();
    let mut topology = Topology::default();
    for circuit in register.circuits.values() {
        for end in [&circuit.a, &circuit.z] {
            if let Some(device) = register.devices.get(&end.device) {
                gateways
                    .entry(&device.site)
                    .or_default()
                    .insert(device.id.clone());
            }
        }
        if let [Some(a), Some(z)] = world.sites_of_circuit(circuit) {
            topology
                .circuits
                .insert(circuit.id.clone(), [a.clone(), z.clone()]);
        }
    }
    for site in register.sites.values() {
        let polled = register
            .devices_of(&site.id)
            .filter(|device| device.address.is_some());
        let own = gateways.get(&site.id).into_iter().flatten().cloned();
        let shape = SiteShape {
            has_collector: site.collector.is_some(),
            gateways: own.collect(),
            devices: polled.map(|device| device.id.clone()).collect(),
        };
        topology.sites.insert(site.id.clone(), shape);
    }
    topology
}
