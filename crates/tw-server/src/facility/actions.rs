//! A site's chain with what the field says about it.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-model`. **Must not:** decide what a
//! reading means; that is `tw-availability`.

use crate::{
    http::refusal::Refusal,
    readings::live::{Live, TargetNow},
    world::World,
};
use std::collections::{BTreeMap, BTreeSet};
use tw_api::State;
use tw_availability::{
    Answer, ChainError, Condition, DeviceNow, Found, Graph, Outlook, Reading, condition_of,
    graph_at, state_of,
};
use tw_model::{Day, FacilityNode, Site};
use tw_units::{DeviceId, Timestamp};

/// A site's chain on a day.
pub(crate) struct Chain<'a> {
    pub(crate) day: Day,
    pub(crate) graph: Graph,
    /// The declared nodes, in the order of the graph.
    pub(crate) declared: Vec<&'a FacilityNode>,
    /// How each is, in the same order.
    pub(crate) found: Vec<Found>,
    pub(crate) condition: Condition,
    pub(crate) outlook: Outlook,
}

impl Chain<'_> {
    /// Whether a load is dark or unprotected, or more single failures drop one than when
    /// everything works.
    pub(crate) fn is_weakened(&self) -> bool {
        let Ok(design) = self.graph.outlook(&Condition::default()) else {
            return true;
        };
        let new = |id: &String| !design.next_failures.contains(id);
        self.outlook.margin() < 0
            || !self.outlook.unprotected.is_empty()
            || self.outlook.next_failures.iter().any(new)
    }
}

/// The day that an instant lies on at a site.
pub(crate) fn day_at(site: &Site, at: Timestamp) -> Day {
    Day(at
        .to_jiff()
        .to_zoned(crate::site::actions::zone(site))
        .date())
}

/// The chain as it is now, or `None` when none is declared for today. What is `at_work` (by the
/// name of a node or of its device) is out, whatever its readings say.
pub(crate) fn chain_now<'a>(
    world: &'a World,
    live: &Live,
    at_work: &BTreeSet<String>,
    (site, now): (&Site, Timestamp),
) -> Result<Option<Chain<'a>>, Refusal> {
    let day = day_at(site, now);
    let field = Field { world, live, now };
    assemble(world, site, day, &|node| {
        let own = |device: &DeviceId| at_work.contains(device.as_str());
        if at_work.contains(node.node().as_str()) || node.device.as_ref().is_some_and(own) {
            Found::at_work()
        } else {
            field.state(node)
        }
    })
}

/// The chain as it is declared for a day, with nothing known of the field.
pub(crate) fn chain_on<'a>(
    world: &'a World,
    site: &Site,
    day: Day,
) -> Result<Option<Chain<'a>>, Refusal> {
    assemble(world, site, day, &|node| state_of(node, None, &[]))
}

fn assemble<'a>(
    world: &'a World,
    site: &Site,
    day: Day,
    state: &dyn Fn(&FacilityNode) -> Found,
) -> Result<Option<Chain<'a>>, Refusal> {
    let graph = match graph_at(&world.register, &site.id, day) {
        Ok(graph) => graph,
        Err(ChainError::None { .. }) => return Ok(None),
        Err(cause) => return Err(Refusal::internal(&cause)),
    };
    let mut by_name: BTreeMap<&str, &FacilityNode> = BTreeMap::new();
    for node in world.register.facility.values() {
        if node.site == site.id && node.holds_on(day) {
            by_name.insert(node.node().as_str(), node);
        }
    }
    let declared: Vec<&FacilityNode> = graph
        .nodes()
        .iter()
        .filter_map(|node| by_name.get(node.id.as_str()).copied())
        .collect();
    let found: Vec<Found> = declared.iter().map(|node| state(node)).collect();
    let names = declared.iter().map(|node| node.node().as_str());
    let condition = condition_of(names.zip(&found));
    let outlook = graph
        .outlook(&condition)
        .map_err(|cause| Refusal::internal(&cause))?;
    Ok(Some(Chain {
        day,
        graph,
        declared,
        found,
        condition,
        outlook,
    }))
}

/// The days on which the shape of a site's chain changes.
pub(crate) fn changes(world: &World, site: &Site) -> Vec<Day> {
    let of_site = world
        .register
        .facility
        .values()
        .filter(|n| n.site == site.id);
    let mut days: BTreeSet<Day> = BTreeSet::new();
    for node in of_site {
        days.insert(node.valid_from);
        days.extend(
            node.valid_to
                .and_then(|last| last.0.tomorrow().ok())
                .map(Day),
        );
    }
    days.into_iter().collect()
}

/// What the field says now.
struct Field<'a> {
    world: &'a World,
    live: &'a Live,
    now: Timestamp,
}

impl Field<'_> {
    fn state(&self, node: &FacilityNode) -> Found {
        let signal = node
            .signal
            .as_ref()
            .and_then(|signal| signal.device.as_ref());
        let trap = node.trap.as_ref().and_then(|trap| trap.device.as_ref());
        let device = signal.or(trap).or(node.device.as_ref());
        let device = device.map(|device| self.device(device));
        let witnesses: Vec<Answer> = match &node.rack {
            Some(rack) => self
                .world
                .register
                .witnesses_of(&node.site)
                .filter(|device| device.rack.as_ref().is_some_and(|at| at.id == *rack))
                .map(|device| self.answer(&device.id))
                .collect(),
            None => Vec::new(),
        };
        state_of(node, device.as_ref(), &witnesses)
    }

    fn answer(&self, device: &DeviceId) -> Answer {
        match self.live.device(device.as_str()).state(self.now).0 {
            State::Up | State::Degraded => Answer::Up,
            State::Down => Answer::Down,
            State::Unknown => Answer::Unknown,
        }
    }

    fn device(&self, device: &DeviceId) -> DeviceNow {
        let answer = self.answer(device);
        let target = self.live.device(device.as_str());
        DeviceNow {
            device: device.to_string(),
            answer,
            dependents_down: answer == Answer::Down && self.dependents_down(device),
            readings: readings(&target, self.now),
            traps: target.traps.now(self.now),
        }
    }

    /// Whether what is fed by this device alone is there, and all of it was asked in vain.
    fn dependents_down(&self, feeder: &DeviceId) -> bool {
        let alone = |fed_by: &[DeviceId]| matches!(fed_by, [only] if only == feeder);
        let devices = self.world.register.devices.values();
        let mut hanging = devices.filter(|device| alone(&device.fed_by)).peekable();
        hanging.peek().is_some() && hanging.all(|device| self.answer(&device.id) == Answer::Down)
    }
}

/// The newest readings of a device; stale ones are none.
pub(crate) fn readings(target: &TargetNow, now: Timestamp) -> Vec<Reading> {
    let of = |seen: &tw_ingest::seen::SensorSeen| {
        let value = target.value(now, &seen.key, &seen.metric)?;
        let code = value.as_whole();
        let word = seen
            .states
            .iter()
            .find(|(known, _)| Some(i128::from(*known)) == code);
        Some(Reading {
            name: seen.name.clone(),
            class: seen.class.clone(),
            value: value.as_f64(),
            word: word.map(|(_, word)| word.clone()),
        })
    };
    target.sensors().iter().filter_map(of).collect()
}
