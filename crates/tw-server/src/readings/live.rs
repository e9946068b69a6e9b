//! The newest round and the newest observations of every target, kept in memory as batches are
//! applied.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-ingest`. **Must not:** call a target up
//! whose newest reading is stale.

use super::traps::TrapsNow;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};
use tw_api::State;
use tw_ingest::{
    TargetKey,
    round::Value,
    seen::{AddressSeen, Identity, InterfaceSeen, Problem, Seen, SensorSeen, TlsSeen},
};
use tw_store::Latest;
use tw_units::Timestamp;

/// Whether SNMP (or ping, for devices without a credential) answered.
pub(crate) const DEVICE_UP: &str = "tierwatch_device_up";
/// Whether probes of a circuit's end come back.
pub(crate) const PROBE_UP: &str = "tierwatch_probe_up";

/// What is known of a target now.
#[derive(Clone, Debug, Default)]
pub(crate) struct TargetNow {
    /// The newest round.
    pub(crate) latest: Option<Latest>,
    /// The one before, for rates.
    pub(crate) before: Option<Latest>,
    /// The state of `tierwatch_device_up` or `tierwatch_probe_up`, and since when.
    pub(crate) held: Option<(i64, Timestamp)>,
    pub(crate) identity: Option<(Identity, Timestamp)>,
    pub(crate) interfaces: Option<(Vec<InterfaceSeen>, Timestamp)>,
    pub(crate) sensors: Option<(Vec<SensorSeen>, Timestamp)>,
    pub(crate) problems: Option<(Vec<Problem>, Timestamp)>,
    /// The addresses of a collector's machine, all of them.
    pub(crate) addresses: Option<(Vec<IpAddr>, Timestamp)>,
    /// What it told by itself.
    pub(crate) traps: TrapsNow,
    /// The addresses that a device says by SNMP are its own, all of them.
    pub(crate) address_table: Option<(Vec<AddressSeen>, Timestamp)>,
    /// What a TLS endpoint showed.
    pub(crate) tls: Option<(TlsSeen, Timestamp)>,
}

impl TargetNow {
    /// When the newest round was read.
    pub(crate) fn last_poll(&self) -> Option<Timestamp> {
        self.latest.as_ref().map(|latest| latest.at)
    }

    /// The newest round, unless it is stale: older than 2.5 periods (rule 3 of the accounting).
    pub(crate) fn fresh(&self, now: Timestamp) -> Option<&Latest> {
        self.latest.as_ref().filter(|latest| now < stale_at(latest))
    }

    /// The newest value of a metric, unless it is stale.
    pub(crate) fn value(&self, now: Timestamp, object: &str, metric: &str) -> Option<Value> {
        self.fresh(now)?.value(object, metric)
    }

    /// Up, down or unknown, and since when.
    pub(crate) fn state(&self, now: Timestamp) -> (State, Option<Timestamp>) {
        let Some(latest) = &self.latest else {
            return (State::Unknown, None);
        };
        if self.fresh(now).is_none() {
            return (State::Unknown, Some(latest.at));
        }
        let state = up_code(latest).map_or(State::Unknown, of_code);
        (state, self.held.map(|(_, since)| since).or(Some(latest.at)))
    }

    /// An interface's `ifOperStatus`, as far as its device is known.
    pub(crate) fn interface_state(&self, now: Timestamp, object: &str) -> State {
        if self.state(now).0 != State::Up {
            return State::Unknown;
        }
        match self
            .value(now, object, "ifOperStatus")
            .and_then(Value::as_whole)
        {
            Some(code) => oper_state(i64::try_from(code).unwrap_or(0)),
            None => State::Unknown,
        }
    }

    /// Whether people switched an interface on (`ifAdminStatus`).
    pub(crate) fn admin_up(&self, now: Timestamp, seen: &InterfaceSeen) -> Option<bool> {
        let polled = self
            .value(now, &seen.key, "ifAdminStatus")
            .and_then(Value::as_whole);
        match polled.or(Some(i128::from(seen.admin_status))) {
            Some(1) => Some(true),
            Some(2 | 3) => Some(false),
            _ => None,
        }
    }

    pub(crate) fn interfaces(&self) -> &[InterfaceSeen] {
        self.interfaces.as_ref().map_or(&[], |(seen, _)| seen)
    }

    pub(crate) fn sensors(&self) -> &[SensorSeen] {
        self.sensors.as_ref().map_or(&[], |(seen, _)| seen)
    }

    /// Takes a round if it is newer than what is known.
    pub(crate) fn take_round(&mut self, round: Latest) {
        if self.last_poll().is_some_and(|known| round.at <= known) {
            return;
        }
        let code = up_code(&round);
        let goes_on = self.fresh(round.at).is_some();
        self.held = match (code, self.held) {
            (Some(code), Some((held, since))) if held == code && goes_on => Some((code, since)),
            (Some(code), _) => Some((code, round.at)),
            (None, _) => None,
        };
        self.before = self.latest.replace(round);
    }

    /// Takes an observation if it is newer than what is known.
    pub(crate) fn take_seen(&mut self, seen: &Seen, at: Timestamp) {
        match seen {
            Seen::Identity(identity) => newer(&mut self.identity, identity, at),
            Seen::Interfaces { interfaces } => newer(&mut self.interfaces, interfaces, at),
            Seen::Sensors { sensors } => newer(&mut self.sensors, sensors, at),
            Seen::Problems { problems } => newer(&mut self.problems, problems, at),
            Seen::Host { facts } => newer(&mut self.addresses, &addresses(facts), at),
            Seen::Trap(trap) => self.traps.take(trap, at),
            Seen::Addresses { addresses } => newer(&mut self.address_table, addresses, at),
            Seen::Tls(seen) => newer(&mut self.tls, seen.as_ref(), at),
            Seen::Parts { .. } | Seen::Neighbours { .. } | Seen::Collector(_) => {}
        }
    }
}

/// The addresses in the facts of a machine, without their lengths of prefix.
fn addresses(facts: &serde_json::Value) -> Vec<IpAddr> {
    let rows = facts["addresses"].as_array().into_iter().flatten();
    let text = rows.filter_map(|row| row["address"].as_str());
    text.filter_map(|text| text.split('/').next()?.parse().ok())
        .collect()
}

fn newer<T: Clone>(known: &mut Option<(T, Timestamp)>, seen: &T, at: Timestamp) {
    if known.as_ref().is_none_or(|(_, then)| *then <= at) {
        *known = Some((seen.clone(), at));
    }
}

/// From when on a round proves nothing any more.
pub(crate) fn stale_at(latest: &Latest) -> Timestamp {
    let stale_ms = latest.period_ms.saturating_mul(5) / 2;
    latest
        .at
        .plus_millis(i64::try_from(stale_ms).unwrap_or(i64::MAX))
}

fn up_code(latest: &Latest) -> Option<i64> {
    let code = latest
        .value("", DEVICE_UP)
        .or_else(|| latest.value("", PROBE_UP))?;
    i64::try_from(code.as_whole()?).ok()
}

/// The state of a code of `tierwatch_device_up` and `tierwatch_probe_up`.
pub(crate) fn of_code(code: i64) -> State {
    match code {
        1 => State::Up,
        0 => State::Down,
        _ => State::Unknown,
    }
}

/// The state of a code of `ifOperStatus` (RFC 2863).
pub(crate) fn oper_state(code: i64) -> State {
    match code {
        1 => State::Up,
        2 | 3 | 6 | 7 => State::Down,
        5 => State::Degraded,
        _ => State::Unknown,
    }
}

/// All targets.
#[derive(Debug, Default)]
pub(crate) struct Live {
    targets: RwLock<HashMap<TargetKey, Arc<TargetNow>>>,
}

impl Live {
    /// What is known of a target; nothing is known of one that never was.
    pub(crate) fn get(&self, target: &TargetKey) -> Arc<TargetNow> {
        let targets = self.targets.read().unwrap_or_else(PoisonError::into_inner);
        targets.get(target).cloned().unwrap_or_default()
    }

    /// What is known of a device.
    pub(crate) fn device(&self, device: &str) -> Arc<TargetNow> {
        self.get(&TargetKey(device.to_owned()))
    }

    /// What is known of one end of a circuit's probe.
    pub(crate) fn probe(&self, circuit: &str, site: &str) -> Arc<TargetNow> {
        self.get(&TargetKey(format!("probe:{circuit}:{site}")))
    }

    /// Changes what is known of a target.
    pub(crate) fn change(&self, target: &TargetKey, change: impl FnOnce(&mut TargetNow)) {
        let mut targets = self.targets.write().unwrap_or_else(PoisonError::into_inner);
        let now = targets.entry(target.clone()).or_default();
        change(Arc::make_mut(now));
    }
}
