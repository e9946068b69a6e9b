//! All alerts together: one message for one cause.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** depend on the order of inputs
//! within a tick; fire on what is late; forget an alert that is open.

use crate::{
    machine::{Gate, Health, Machine, Turn},
    message::{Code, Message, MessageKind, Severity},
    rules::Rules,
    subject::Subject,
    topology::{SiteShape, Topology},
    ups::UpsCondition,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tw_units::{CircuitId, DeviceId, SiteId, Timestamp};

/// Something that came in since the last tick.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// A collector delivered something at this instant (the centre's clock).
    Heard(SiteId, Timestamp),
    /// A reading of a subject at this instant. Sites are not read, they are concluded.
    Read(Subject, Timestamp, Health),
}

/// What the shell has to carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Poll it again now.
    Recheck(Subject),
    /// Put it into the outbox; its id keeps it from being put there twice.
    Tell(Message),
    /// It was bad at a time that is past: for the history, never for the outbox.
    Late {
        /// Whom the readings are of.
        subject: Subject,
        /// The first bad one.
        from: Timestamp,
        /// The last bad one.
        to: Timestamp,
    },
}

/// An alert that has been told and is not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenAlert {
    /// About whom.
    pub subject: Subject,
    /// Since when.
    pub since: Timestamp,
}

/// The state of every alert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertBook {
    #[serde(with = "as_list")]
    machines: BTreeMap<Subject, Machine>,
    heard: BTreeMap<SiteId, Timestamp>,
    /// What a site's alert was told with, so that it clears with the same words.
    told_as: BTreeMap<SiteId, Code>,
    /// What fired during maintenance and was not told, by the text of its subject.
    #[serde(default)]
    quieted: BTreeMap<String, String>,
}

impl AlertBook {
    /// Takes in what came since the last tick and says what to do. The order of `inputs` does
    /// not matter, and neither do repeats.
    pub fn tick(
        &mut self,
        now: Timestamp,
        mut inputs: Vec<Input>,
        topology: &Topology,
        rules: &Rules,
    ) -> Vec<Effect> {
        inputs.sort_unstable();
        let mut effects = Vec::new();
        let mut turns: Vec<(Subject, Turn)> = Vec::new();
        for input in inputs {
            match input {
                Input::Heard(site, at) => self.hear(site, at.min(now)),
                Input::Read(subject, at, health) => {
                    self.take(
                        (subject, at, health),
                        now,
                        rules,
                        (&mut turns, &mut effects),
                    );
                }
            }
        }
        let sites = self.conclude_sites(now, topology, rules);
        for (site, state) in &sites {
            let subject = Subject::Site(site.clone());
            let health = match state {
                SiteState::Cut(_) => Health::Bad,
                SiteState::Reached => Health::Good,
                SiteState::Unknown => Health::Unknown,
            };
            let machine = self.machines.entry(subject.clone()).or_default();
            // What concludes a site is confirmed by itself: silence by its length, gateways by
            // their own re-check.
            let sure = Rules {
                confirm_readings: 1,
                ..*rules
            };
            turns.extend(
                machine
                    .read(now, health, &sure)
                    .map(|t| (subject.clone(), t)),
            );
            if let Some(turn) = machine.settle(Gate::Open, now, &sure) {
                if let SiteState::Cut(code) = state {
                    self.told_as.insert(site.clone(), *code);
                }
                turns.push((subject, turn));
            }
        }
        self.settle_all(now, (topology, &sites), rules, &mut turns);
        let told_now = self.carry_out(now, turns, topology);
        effects.extend(self.keep_quiet(now, told_now, topology));
        effects
    }

    /// After a pause of the centre: nobody was silent while nobody listened.
    pub fn resume(&mut self, now: Timestamp) {
        for at in self.heard.values_mut() {
            *at = (*at).max(now);
        }
    }

    /// What has been told and is not over.
    pub fn open(&self) -> Vec<OpenAlert> {
        let open = |(subject, machine): (&Subject, &Machine)| {
            machine.firing_since().map(|since| OpenAlert {
                subject: subject.clone(),
                since,
            })
        };
        self.machines.iter().filter_map(open).collect()
    }

    /// Forgets subjects that are no longer in the register.
    pub fn retain(&mut self, known: impl Fn(&Subject) -> bool) {
        self.machines.retain(|subject, _| known(subject));
    }

    fn hear(&mut self, site: SiteId, at: Timestamp) {
        let last = self.heard.entry(site).or_insert(at);
        *last = (*last).max(at);
    }

    fn take(
        &mut self,
        (subject, at, health): (Subject, Timestamp, Health),
        now: Timestamp,
        rules: &Rules,
        (turns, effects): (&mut Vec<(Subject, Turn)>, &mut Vec<Effect>),
    ) {
        let machine = self.machines.entry(subject.clone()).or_default();
        let repeated = machine.last_at == Some(at);
        let old = now.millis_since(at) > i64::from(rules.late_after_seconds) * 1_000;
        let behind = machine.last_at.is_some_and(|last| at < last);
        if old || behind {
            let told = machine.late_at.replace(at) == Some(at);
            if health == Health::Bad && !repeated && !told {
                note_late(effects, subject, at);
            }
        } else if !repeated {
            let turn = machine.read(at, health, rules);
            turns.extend(turn.map(|turn| (subject, turn)));
        }
    }

    /// Of each site: is it cut off, and how do we know? `None` where nothing is known.
    fn conclude_sites(&mut self, now: Timestamp, topology: &Topology, rules: &Rules) -> Sites {
        let mut out = BTreeMap::new();
        for (site, shape) in &topology.sites {
            let state = if shape.has_collector && self.is_silent(site, now, rules) {
                SiteState::Cut(Code::SiteSilent)
            } else {
                self.conclude_from_devices(shape, rules)
            };
            out.insert(site.clone(), state);
        }
        out
    }

    /// A collector that was never heard begins its silence now.
    fn is_silent(&mut self, site: &SiteId, now: Timestamp, rules: &Rules) -> bool {
        let last = *self.heard.entry(site.clone()).or_insert(now);
        now.millis_since(last) > i64::from(rules.silent_after_seconds) * 1_000
    }

    fn conclude_from_devices(&self, shape: &SiteShape, rules: &Rules) -> SiteState {
        let rest = shape.devices.iter().filter(|d| !shape.gateways.contains(d));
        let known: Vec<Health> = rest
            .filter_map(|d| self.health_of(d))
            .filter(|health| *health != Health::Unknown)
            .collect();
        let bad = known
            .iter()
            .filter(|health| **health == Health::Bad)
            .count();
        let confirmed = |device: &DeviceId| self.is_confirmed_bad(device, rules);
        let gateways_down = !shape.gateways.is_empty() && shape.gateways.iter().all(confirmed);
        let all_down = shape.gateways.is_empty()
            && known.len() >= ALL_DOWN_MIN
            && bad == known.len()
            && shape.devices.iter().any(confirmed);
        let good = |device: &DeviceId| self.health_of(device) == Some(Health::Good);
        if gateways_down && bad > 0 && bad * 2 >= known.len() {
            SiteState::Cut(Code::SiteGatewayDown)
        } else if all_down {
            SiteState::Cut(Code::SiteAllDown)
        } else if shape.devices.iter().any(good) {
            SiteState::Reached
        } else {
            SiteState::Unknown
        }
    }

    fn machine_of(&self, device: &DeviceId) -> Option<&Machine> {
        self.machines.get(&Subject::Device(device.clone()))
    }

    fn health_of(&self, device: &DeviceId) -> Option<Health> {
        self.machine_of(device)?.last
    }

    fn is_confirmed_bad(&self, device: &DeviceId, rules: &Rules) -> bool {
        self.machine_of(device).is_some_and(|machine| {
            // Quiet with a bad reading is a consequence that was forgotten: still bad.
            machine.last == Some(Health::Bad) && !machine.is_unconfirmed(rules)
        })
    }

    fn settle_all(
        &mut self,
        now: Timestamp,
        (topology, sites): (&Topology, &Sites),
        rules: &Rules,
        turns: &mut Vec<(Subject, Turn)>,
    ) {
        let pending: Vec<(Subject, Timestamp)> = self
            .machines
            .iter()
            .filter_map(|(subject, m)| Some((subject.clone(), m.pending_since()?)))
            .collect();
        for (subject, since) in pending {
            let gate = self.gate((&subject, since), now, (topology, sites), rules);
            if let Some(machine) = self.machines.get_mut(&subject) {
                let turn = machine.settle(gate, now, rules);
                turns.extend(turn.map(|turn| (subject, turn)));
            }
        }
    }

    fn gate(
        &self,
        (subject, since): (&Subject, Timestamp),
        now: Timestamp,
        (topology, sites): (&Topology, &Sites),
        rules: &Rules,
    ) -> Gate {
        let causes: Vec<&SiteId> = match subject {
            Subject::Site(_) | Subject::Work(..) => Vec::new(),
            Subject::Device(id) | Subject::Ups(id, _) => topology.site_of(id).into_iter().collect(),
            Subject::Circuit(id) | Subject::CircuitQuality(id) => {
                topology.ends(id).iter().collect()
            }
        };
        let is_cut = |site: &&SiteId| match sites.get(*site) {
            Some(SiteState::Cut(_)) => true,
            // Told to be cut off, and nothing has been heard since.
            Some(SiteState::Unknown) => {
                let machine = self.machines.get(&Subject::Site((*site).clone()));
                machine.is_some_and(|m| m.firing_since().is_some())
            }
            _ => false,
        };
        if causes.iter().any(is_cut) {
            return Gate::Caused;
        }
        let waited = now.millis_since(since) >= i64::from(rules.hold_seconds) * 1_000;
        let unheard = causes.iter().any(|site| {
            let shape = topology.sites.get(*site);
            shape.is_some_and(|shape| !self.heard_since((site, shape), (subject, since), rules))
        });
        if unheard && !waited {
            Gate::Held
        } else {
            Gate::Open
        }
    }

    /// Whether a possible cause has been heard of since the subject went bad: the collector of
    /// the site, its gateways and, for a gateway, all that lies behind it.
    fn heard_since(
        &self,
        (site, shape): (&SiteId, &SiteShape),
        (subject, since): (&Subject, Timestamp),
        rules: &Rules,
    ) -> bool {
        if shape.has_collector && self.heard.get(site).is_none_or(|at| *at < since) {
            return false;
        }
        let Subject::Device(own) = subject else {
            return true;
        };
        let others = if shape.gateways.contains(own) {
            &shape.devices
        } else {
            &shape.gateways
        };
        others.iter().filter(|other| *other != own).all(|other| {
            self.machine_of(other).is_some_and(|machine| {
                machine.last_at.is_some_and(|at| at >= since) && !machine.is_unconfirmed(rules)
            })
        })
    }

    fn carry_out(
        &self,
        now: Timestamp,
        turns: Vec<(Subject, Turn)>,
        topology: &Topology,
    ) -> Vec<Effect> {
        let quiet: Vec<Subject> = told_and_over_in_one_tick(&turns);
        let mut rechecks: BTreeSet<Subject> = BTreeSet::new();
        let mut effects = Vec::new();
        for (subject, turn) in turns {
            let (kind, since, flapping) = match turn {
                Turn::Recheck => {
                    rechecks.extend(self.to_recheck(subject, topology));
                    continue;
                }
                _ if quiet.contains(&subject) => continue,
                Turn::Raise { since, flapping } => (MessageKind::Raise, since, flapping),
                Turn::Clear { since, flapping } => (MessageKind::Clear, since, flapping),
            };
            let told = self.message(subject, (kind, since, flapping), now, topology);
            effects.push(Effect::Tell(told));
        }
        effects.extend(rechecks.into_iter().map(Effect::Recheck));
        effects
    }

    /// The subject itself, if it is still in question, and the gateways that may be its cause.
    fn to_recheck(&self, subject: Subject, topology: &Topology) -> Vec<Subject> {
        let since = self.machines.get(&subject).and_then(Machine::pending_since);
        let Some(since) = since else {
            return Vec::new();
        };
        let site = match &subject {
            Subject::Device(id) => topology.site_of(id).and_then(|s| topology.sites.get(s)),
            _ => None,
        };
        let gateways = site.map_or(&[][..], |shape| &shape.gateways);
        let stale = gateways.iter().filter(|gateway| {
            let seen = self.machine_of(gateway).and_then(|m| m.last_at);
            seen.is_none_or(|at| at < since)
        });
        let stale = stale.cloned().map(Subject::Device);
        [subject].into_iter().chain(stale).collect()
    }

    fn message(
        &self,
        subject: Subject,
        (kind, since, flapping): (MessageKind, Timestamp, bool),
        at: Timestamp,
        topology: &Topology,
    ) -> Message {
        let site = match &subject {
            Subject::Site(site) | Subject::Work(site, _) => Some(site.clone()),
            Subject::Device(id) | Subject::Ups(id, _) => topology.site_of(id).cloned(),
            Subject::Circuit(id) | Subject::CircuitQuality(id) => {
                topology.ends(id).first().cloned()
            }
        };
        let code = self.code_of(&subject);
        let mut params = BTreeMap::new();
        if kind == MessageKind::Clear {
            params.insert(
                "down_seconds".to_owned(),
                (at.millis_since(since) / 1_000).to_string(),
            );
        }
        if let Subject::Site(site) = &subject {
            let shape = topology.sites.get(site);
            let count = shape.map_or(0, |shape| shape.devices.len());
            params.insert("devices".to_owned(), count.to_string());
            let circuits = self.circuits_down(site, topology);
            if !circuits.is_empty() {
                params.insert("circuits_down".to_owned(), circuits.join(", "));
            }
        }
        Message {
            kind,
            severity: severity_of(code),
            subject,
            site,
            code,
            since,
            at,
            flapping,
            params,
            quiet_by: None,
        }
    }

    /// Messages about what maintenance was expected to silence are kept and not told; what is
    /// still open when the maintenance is over is told then.
    fn keep_quiet(
        &mut self,
        now: Timestamp,
        effects: Vec<Effect>,
        topology: &Topology,
    ) -> Vec<Effect> {
        let mut out = Vec::with_capacity(effects.len());
        for effect in effects {
            let Effect::Tell(mut message) = effect else {
                out.push(effect);
                continue;
            };
            let key = message.subject.to_string();
            match message.kind {
                MessageKind::Raise => {
                    message.quiet_by = topology.quiet_by(&message.subject).cloned();
                    if let Some(work) = &message.quiet_by {
                        self.quieted.insert(key, work.clone());
                    }
                }
                // Who was not told that it began need not hear that it is over.
                MessageKind::Clear => message.quiet_by = self.quieted.remove(&key),
            }
            out.push(Effect::Tell(message));
        }
        out.extend(self.tell_what_is_still_open(now, topology));
        out
    }

    fn tell_what_is_still_open(&mut self, now: Timestamp, topology: &Topology) -> Vec<Effect> {
        let over: Vec<(Subject, Timestamp)> = self
            .open()
            .into_iter()
            .filter(|open| self.quieted.contains_key(&open.subject.to_string()))
            .filter(|open| topology.quiet_by(&open.subject).is_none())
            .map(|open| (open.subject, open.since))
            .collect();
        let mut effects = Vec::new();
        for (subject, since) in over {
            let work = self.quieted.remove(&subject.to_string());
            let mut told = self.message(subject, (MessageKind::Raise, since, false), now, topology);
            told.params
                .extend(work.map(|work| ("maintenance".to_owned(), work)));
            effects.push(Effect::Tell(told));
        }
        effects
    }

    fn circuits_down(&self, site: &SiteId, topology: &Topology) -> Vec<String> {
        let is_bad = |id: &CircuitId| {
            let machine = self.machines.get(&Subject::Circuit(id.clone()));
            machine.is_some_and(|m| m.last == Some(Health::Bad))
        };
        topology
            .circuits
            .iter()
            .filter(|(id, ends)| ends.contains(site) && is_bad(id))
            .map(|(id, _)| id.to_string())
            .collect()
    }

    fn code_of(&self, subject: &Subject) -> Code {
        match subject {
            Subject::Site(site) => self.told_as.get(site).copied().unwrap_or(Code::SiteSilent),
            Subject::Device(_) => Code::DeviceDown,
            Subject::Circuit(_) => Code::CircuitDown,
            Subject::CircuitQuality(_) => Code::CircuitDegraded,
            Subject::Ups(_, UpsCondition::OnBattery) => Code::UpsOnBattery,
            Subject::Ups(_, UpsCondition::Bypass) => Code::UpsBypass,
            Subject::Ups(_, UpsCondition::BatteryLow) => Code::UpsBatteryLow,
            Subject::Work(..) => Code::MaintenanceOverrun,
        }
    }
}

/// What is concluded of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SiteState {
    /// Nothing is known.
    Unknown,
    /// Something of it is heard.
    Reached,
    /// Cut off, and how we know.
    Cut(Code),
}

type Sites = BTreeMap<SiteId, SiteState>;

/// A site without gateways is cut off when all of at least so many devices are down.
const ALL_DOWN_MIN: usize = 3;

fn severity_of(code: Code) -> Severity {
    match code {
        Code::CircuitDegraded | Code::UpsBypass | Code::MaintenanceOverrun => Severity::Warning,
        Code::SiteSilent
        | Code::SiteGatewayDown
        | Code::SiteAllDown
        | Code::DeviceDown
        | Code::CircuitDown
        | Code::UpsOnBattery
        | Code::UpsBatteryLow => Severity::Critical,
    }
}

/// Data that arrives together and shows both the begin and the end tells nobody anything.
fn told_and_over_in_one_tick(turns: &[(Subject, Turn)]) -> Vec<Subject> {
    let raised = turns
        .iter()
        .filter(|(_, t)| matches!(t, Turn::Raise { .. }));
    let cleared = |subject: &Subject| {
        turns
            .iter()
            .any(|(s, t)| s == subject && matches!(t, Turn::Clear { .. }))
    };
    raised
        .filter(|(subject, _)| cleared(subject))
        .map(|(subject, _)| subject.clone())
        .collect()
}

fn note_late(effects: &mut Vec<Effect>, late: Subject, at: Timestamp) {
    // Inputs come sorted, so late readings of one subject follow each other.
    if let Some(Effect::Late { subject, to, .. }) = effects.last_mut()
        && *subject == late
    {
        *to = at;
        return;
    }
    effects.push(Effect::Late {
        subject: late,
        from: at,
        to: at,
    });
}

/// Maps with keys that are no strings, as lists of pairs: the book is kept as JSON.
mod as_list {
    use super::{BTreeMap, Machine, Subject};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        map: &BTreeMap<Subject, Machine>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<Subject, Machine>, D::Error> {
        Ok(Vec::<(Subject, Machine)>::deserialize(from)?
            .into_iter()
            .collect())
    }
}

#[cfg(test)]
mod tests;
