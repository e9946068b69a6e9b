//! Who sees the load witnesses of a site, and by what a witness's silence is judged (rules 4, 5).
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-model`. **Must not:** take the
//! silence of a witness for an outage while its observer is sick.

use super::actions::structure;
use crate::{readings::live::Live, world::World};
use std::collections::BTreeSet;
use tw_api::State;
use tw_availability::Guard;
use tw_model::Site;
use tw_units::{CollectorId, DeviceId, Timestamp};

/// The target under which a further observer reports a device.
pub(crate) fn view_of(observer: &str, device: &DeviceId) -> String {
    format!("watch:{observer}:{device}")
}

/// The further observers of a site.
pub(crate) fn observers(site: &Site) -> &[CollectorId] {
    site.collector
        .as_ref()
        .map_or(&[], |collector| collector.observers.as_slice())
}

/// By what the failed polls of a witness are judged; `None` when the register names nothing, and
/// what the collector itself made of its canaries stands.
pub(crate) fn guard(world: &World, site: &Site, witness: &DeviceId) -> Option<Guard> {
    let named = site.collector.as_ref();
    let names = |ids: &[DeviceId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let canaries = names(named.map_or(&[], |collector| collector.canaries.as_slice()));
    let device = world.register.devices.get(witness);
    let upstream = names(device.map_or(&[], |device| device.reached_via.as_slice()));
    (!canaries.is_empty() || !upstream.is_empty()).then(|| Guard {
        subject: witness.to_string(),
        canaries,
        upstream,
    })
}

/// The witnesses of a site and all that their polls are judged by.
pub(crate) fn observed_devices(world: &World, site: &Site) -> BTreeSet<DeviceId> {
    let structure = structure(world, site);
    let mut all: BTreeSet<DeviceId> = structure.devices().into_iter().cloned().collect();
    let guards: Vec<Guard> = all.iter().filter_map(|w| guard(world, site, w)).collect();
    let judges = guards
        .iter()
        .flat_map(|g| g.canaries.iter().chain(&g.upstream));
    all.extend(judges.filter_map(|id| DeviceId::new(id.as_str()).ok()));
    all
}

/// A witness now, by all its observers: one that sees it up is enough; it is down when one that
/// is well sees it down, and nobody sees it up.
pub(crate) fn witness_now(
    (world, live): (&World, &Live),
    site: &Site,
    witness: &DeviceId,
    now: Timestamp,
) -> (State, Option<Timestamp>) {
    let guard = guard(world, site, witness);
    let named = |observer: Option<&CollectorId>, device: &str| match observer {
        None => device.to_owned(),
        Some(observer) => format!("watch:{observer}:{device}"),
    };
    let seen = |observer: Option<&CollectorId>| {
        let state = |device: &str| live.device(&named(observer, device)).state(now);
        let (own, since) = state(witness.as_str());
        let well = guard.as_ref().is_none_or(|guard| {
            let mut canaries = guard
                .canaries
                .iter()
                .filter(|c| **c != guard.subject)
                .peekable();
            let alone = canaries.peek().is_none();
            let sang = canaries.any(|c| matches!(state(c).0, State::Up | State::Degraded));
            let mut ways = guard.upstream.iter().peekable();
            let open = ways.peek().is_none() || ways.any(|node| state(node).0 != State::Down);
            (alone || sang) && open
        });
        match own {
            State::Down if !well => (State::Unknown, since),
            own => (own, since),
        }
    };
    let further = observers(site).iter().map(|observer| seen(Some(observer)));
    let views: Vec<_> = std::iter::once(seen(None)).chain(further).collect();
    let wanted = [State::Up, State::Degraded, State::Down];
    let best = wanted
        .iter()
        .find_map(|wanted| views.iter().find(|(state, _)| state == wanted));
    best.or(views.first())
        .copied()
        .unwrap_or((State::Unknown, None))
}
