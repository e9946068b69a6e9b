//! One sweep over the timelines of all parts gives the timeline of the service: rules 6 and 7.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** evaluate the whole structure
//! at every step; a change walks from its part to the root and stops where nothing changes.

use crate::{
    state::{Mark, State},
    structure::{Structure, StructureError},
    timeline::Timeline,
};
use std::collections::BTreeMap;
use tw_units::Timestamp;

/// What the parts have left while the service is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spare {
    /// Every part is up.
    Whole,
    /// A part is down and the service lives on the others: redundancy is lost.
    Lost,
    /// No part is down, but one is unknown: redundancy is not proven.
    Unproven,
    /// The service itself is not up.
    ServiceNotUp,
}

/// From `at` on, the service has this mark and this spare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceStep {
    /// The first instant.
    pub at: Timestamp,
    /// What holds for the service.
    pub mark: Mark,
    /// What holds for its redundancy.
    pub spare: Spare,
}

/// The timeline of a service. Before the first step all is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceTimeline {
    /// In order of time; neighbours differ.
    pub steps: Vec<ServiceStep>,
}

/// Works out the service's timeline from its parts'.
///
/// For a monotone structure the bounds are exact: the lower bound of downtime takes every edge
/// as up, the upper every edge as down, and the unknown stays unknown unless it cannot matter.
pub fn service_timeline(
    structure: &Structure,
    parts: &BTreeMap<String, Timeline>,
) -> Result<ServiceTimeline, StructureError> {
    structure.check(|name| parts.contains_key(name))?;
    let names: Vec<&str> = structure.subjects().into_iter().collect();
    let mut circuit = Circuit::new(structure, &names);
    let mut events: Vec<(Timestamp, usize, Mark)> = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let steps = parts.get(*name).map_or(&[][..], Timeline::steps);
        events.extend(steps.iter().map(|step| (step.at, index, step.mark)));
    }
    events.sort_unstable_by_key(|(at, index, _)| (*at, *index));
    let mut out = ServiceTimeline::default();
    let mut coming = events.into_iter().peekable();
    while let Some((at, index, mark)) = coming.next() {
        circuit.set(index, mark);
        while let Some((_, index, mark)) = coming.next_if(|next| next.0 == at) {
            circuit.set(index, mark);
        }
        let (mark, spare) = (circuit.mark(), circuit.spare());
        let same = |last: &ServiceStep| last.mark == mark && last.spare == spare;
        if !out.steps.last().is_some_and(same) {
            out.steps.push(ServiceStep { at, mark, spare });
        }
    }
    Ok(out)
}

/// A reading of a mark: edges taken as up, in the middle, as down.
const READINGS: [fn(Mark) -> State; 3] = [
    Mark::with_edges_up,
    Mark::at_the_middle,
    Mark::with_edges_down,
];
const MIDDLE: usize = 1;

#[derive(Clone, Copy, Default)]
struct Count {
    up: usize,
    possible: usize,
}

impl Count {
    fn take(&mut self, state: State) {
        self.up -= usize::from(state == State::Up);
        self.possible -= usize::from(state != State::Down);
    }

    fn give(&mut self, state: State) {
        self.up += usize::from(state == State::Up);
        self.possible += usize::from(state != State::Down);
    }
}

struct Gate {
    needed: usize,
    parent: Option<usize>,
    counts: [Count; 3],
}

impl Gate {
    fn state(&self, reading: usize) -> State {
        let count = self.counts[reading];
        if count.up >= self.needed {
            State::Up
        } else if count.possible < self.needed {
            State::Down
        } else {
            State::Unknown
        }
    }
}

/// The structure, flattened: gate 0 is the root, each part knows the gates that it feeds.
struct Circuit {
    gates: Vec<Gate>,
    feeds: Vec<Vec<usize>>,
    marks: Vec<Mark>,
    down: usize,
    unknown: usize,
}

impl Circuit {
    fn new(structure: &Structure, names: &[&str]) -> Self {
        let root = Gate {
            needed: 1,
            parent: None,
            counts: Default::default(),
        };
        let mut circuit = Self {
            gates: vec![root],
            feeds: vec![Vec::new(); names.len()],
            marks: vec![Mark::Unknown; names.len()],
            down: 0,
            unknown: names.len(),
        };
        circuit.add(structure, 0, names);
        circuit
    }

    fn add(&mut self, structure: &Structure, parent: usize, names: &[&str]) {
        // Everything begins unknown: possible, not up.
        for count in &mut self.gates[parent].counts {
            count.give(State::Unknown);
        }
        if let Structure::Subject(name) = structure {
            if let Ok(index) = names.binary_search(&name.as_str()) {
                self.feeds[index].push(parent);
            }
            return;
        }
        let gate = self.gates.len();
        self.gates.push(Gate {
            needed: structure.needed(),
            parent: Some(parent),
            counts: Default::default(),
        });
        for part in structure.parts() {
            self.add(part, gate, names);
        }
    }

    fn set(&mut self, index: usize, mark: Mark) {
        let old = std::mem::replace(&mut self.marks[index], mark);
        self.down -= usize::from(old.at_the_middle() == State::Down);
        self.down += usize::from(mark.at_the_middle() == State::Down);
        self.unknown -= usize::from(old == Mark::Unknown);
        self.unknown += usize::from(mark == Mark::Unknown);
        for feed in 0..self.feeds[index].len() {
            let gate = self.feeds[index][feed];
            for (reading, read) in READINGS.iter().enumerate() {
                self.change(gate, reading, (read(old), read(mark)));
            }
        }
    }

    fn change(&mut self, gate: usize, reading: usize, (old, new): (State, State)) {
        let (mut gate, mut old, mut new) = (Some(gate), old, new);
        while let Some(index) = gate.filter(|_| old != new) {
            let held = &mut self.gates[index];
            let before = held.state(reading);
            held.counts[reading].take(old);
            held.counts[reading].give(new);
            (old, new) = (before, held.state(reading));
            gate = held.parent;
        }
    }

    fn mark(&self) -> Mark {
        let [up, middle, down] = [0, 1, 2].map(|reading| self.gates[0].state(reading));
        Mark::from_readings(up, middle, down)
    }

    fn spare(&self) -> Spare {
        if self.gates[0].state(MIDDLE) != State::Up {
            Spare::ServiceNotUp
        } else if self.down > 0 {
            Spare::Lost
        } else if self.unknown > 0 {
            Spare::Unproven
        } else {
            Spare::Whole
        }
    }
}
