//! Part 5 of a month: the chain as it was declared, judged; its margin, from the states that were
//! recorded.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-model`, `tw-store`. **Must not:**
//! take silence for health: what was asked and told nothing is not proven.

use super::{actions::Of, calendar::Month};
use crate::{
    app::App,
    facility::{
        actions::{Chain, chain_on, changes, day_at},
        view,
    },
    http::refusal::Refusal,
    readings::live::DEVICE_UP,
    site::actions::zone,
    world::World,
};
use jiff::ToSpan;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tw_availability::{
    Answer, ChainStep, Condition, DeviceNow, Found, MarginSums, NodeState, Reading, StateReason,
    condition_of,
    report::{CaseRow, MarginRow, ShapeRow, SystemRow, TopologyPart, digest},
    state_of,
};
use tw_model::{Day, FacilityKind, FacilityNode, FacilityRole, Site};
use tw_store::Run;
use tw_units::{DeviceId, Interval, Timestamp};

/// So many letters of a model's hash are its version.
const VERSION_CHARS: usize = 16;

/// Part 5 as it is recorded.
pub(super) async fn attached(
    app: &App,
    world: &World,
    of: Of<'_>,
) -> Result<Option<Value>, Refusal> {
    let part = part(app, world, of).await?;
    let value = part.map(serde_json::to_value).transpose();
    value.map_err(|e| Refusal::internal(&e))
}

/// The version of the chain as it is declared for the month's last day.
pub(super) fn version(world: &World, (site, month): Of<'_>) -> Result<Option<String>, Refusal> {
    let last = day_at(site, month.period.to.plus_millis(-1));
    let chain = chain_on(world, site, last)?;
    chain.map(|chain| version_of(&chain)).transpose()
}

fn version_of(chain: &Chain<'_>) -> Result<String, Refusal> {
    let model = serde_json::to_value(&chain.declared).map_err(|e| Refusal::internal(&e))?;
    Ok(digest(&model).chars().take(VERSION_CHARS).collect())
}

/// What part 5 says, or nothing where no chain is declared for any day of the month.
async fn part(
    app: &App,
    world: &World,
    (site, month): Of<'_>,
) -> Result<Option<TopologyPart>, Refusal> {
    let mut part = TopologyPart::default();
    let mut sums = MarginSums::default();
    let mut declared = BTreeSet::new();
    let mut has_chain = false;
    for (days, period) in stretches(world, site, month) {
        let Some(chain) = chain_on(world, site, days.0)? else {
            sums.not_proven_ms += period.millis();
            continue;
        };
        has_chain = true;
        part.shapes.push(shape(site, &chain, days)?);
        let past = Past::gather(app, &chain, (site, period)).await?;
        let (steps, guessed) = past.steps(&chain, period);
        declared.extend(guessed);
        let found = chain.graph.margins_over(&steps, period);
        sums = sums.plus(found.map_err(|cause| Refusal::internal(&cause))?);
    }
    part.margin = MarginRow {
        survives_ms: sums.survives_ms,
        next_drops_ms: sums.next_drops_ms,
        dark_ms: sums.dark_ms,
        not_proven_ms: sums.not_proven_ms,
        weakened_ms: sums.weakened_ms,
    };
    part.taken_as_declared = declared.into_iter().collect();
    Ok(has_chain.then_some(part))
}

/// The parts of a month in which the chain has one shape: first and last day, and the instants.
fn stretches(world: &World, site: &Site, month: &Month) -> Vec<((Day, Day), Interval)> {
    let (first, last) = (
        day_at(site, month.period.from),
        day_at(site, month.period.to.plus_millis(-1)),
    );
    let inside = |day: &Day| first < *day && *day <= last;
    let mut begins = vec![first];
    begins.extend(changes(world, site).into_iter().filter(inside));
    let starts = |day: Day| {
        let zoned = day.0.to_zoned(zone(site)).ok();
        zoned.map(|zoned| Timestamp::from_jiff(zoned.timestamp()))
    };
    let stretch = |(n, begin): (usize, &Day)| {
        let next = begins.get(n + 1).copied();
        let to = next.map_or(Some(month.period.to), starts)?;
        let until = next.map_or(Some(last), |next| next.0.checked_sub(1.day()).ok().map(Day))?;
        let from = starts(*begin)?.max(month.period.from);
        Some(((*begin, until), Interval::new(from, to)?))
    };
    begins.iter().enumerate().filter_map(stretch).collect()
}

fn shape(site: &Site, chain: &Chain<'_>, (from, to): (Day, Day)) -> Result<ShapeRow, Refusal> {
    let target = site
        .tier_targets
        .iter()
        .rfind(|target| target.valid_from <= from);
    let level = target.map(|target| target.level.to_string());
    let report = view::report(&chain.graph.assess(), level);
    let design = chain.graph.outlook(&Condition::default());
    let network = report.network.into_iter().flat_map(|network| network.cases);
    let case = |case: tw_api::TierCase| CaseRow {
        rule: case.rule,
        element: case.element,
        loads: case.loads,
        over_rating: case.over_rating.into_iter().map(|over| over.node).collect(),
    };
    let system = |system: tw_api::TierOfSystem| SystemRow {
        system: system.system,
        highest_tier_consistent: system.highest_tier_consistent,
    };
    Ok(ShapeRow {
        from: from.to_string(),
        to: to.to_string(),
        version: version_of(chain)?,
        nodes: chain.declared.len() as u64,
        highest_tier_consistent: report.highest_tier_consistent,
        target_level: report.target_level,
        systems: report.systems.into_iter().map(system).collect(),
        cases: report.cases.into_iter().chain(network).map(case).collect(),
        fuel_not_attested: report.fuel_not_attested,
        design_margin: design.map_err(|e| Refusal::internal(&e))?.margin(),
    })
}

/// What was recorded of a device: whether it answered, and the codes of its state sensors.
struct Recorded {
    up: Vec<Run>,
    sensors: Vec<Sensor>,
}

/// A sensor that tells a state.
struct Sensor {
    name: String,
    class: String,
    /// The words of its codes.
    words: BTreeMap<i64, String>,
    runs: Vec<Run>,
}

impl Sensor {
    fn reading(&self, code: i64) -> Option<Reading> {
        Some(Reading {
            name: self.name.clone(),
            class: self.class.clone(),
            value: i32::try_from(code).ok()?.into(),
            word: self.words.get(&code).cloned(),
        })
    }
}

/// What was recorded of a chain in a period.
struct Past {
    devices: BTreeMap<DeviceId, Recorded>,
    /// When work had taken what out.
    works: Vec<(Interval, Vec<String>)>,
    now: Timestamp,
}

impl Past {
    async fn gather(
        app: &App,
        chain: &Chain<'_>,
        (site, period): (&Site, Interval),
    ) -> Result<Self, Refusal> {
        let mut devices = BTreeMap::new();
        for id in chain.declared.iter().filter_map(|node| asked(node)) {
            if devices.contains_key(id) {
                continue;
            }
            let up = app.runs(id.as_str(), "", DEVICE_UP, period).await?;
            let target = app.live.device(id.as_str());
            let mut sensors = Vec::new();
            for seen in target.sensors().iter().filter(|s| !s.states.is_empty()) {
                let metric = (seen.key.as_str(), seen.metric.as_str());
                sensors.push(Sensor {
                    name: seen.name.clone(),
                    class: seen.class.clone(),
                    words: seen.states.iter().cloned().collect(),
                    runs: app.runs(id.as_str(), metric.0, metric.1, period).await?,
                });
            }
            devices.insert(id.clone(), Recorded { up, sensors });
        }
        let now = app.now();
        let works = app.works.all();
        let of_site = works.iter().filter(|kept| kept.site == site.id.as_str());
        let worked = of_site.filter_map(|kept| {
            let ended = kept.work.ended_at.unwrap_or(now);
            let span = Interval::new(kept.work.began_at?, ended)?.intersect(period)?;
            Some((span, kept.components.clone()))
        });
        Ok(Self {
            devices,
            works: worked.collect(),
            now,
        })
    }

    /// The chain's conditions in order of time, and the nodes of which no recorded state speaks.
    fn steps(&self, chain: &Chain<'_>, period: Interval) -> (Vec<ChainStep>, Vec<String>) {
        let mut instants = BTreeSet::from([period.from]);
        for recorded in self.devices.values() {
            instants.extend(turns(&recorded.up));
            for sensor in &recorded.sensors {
                instants.extend(turns(&sensor.runs));
            }
        }
        instants.extend(self.works.iter().flat_map(|(span, _)| [span.from, span.to]));
        instants.insert(self.now);
        let inside = |at: &Timestamp| period.contains(*at);
        let steps: Vec<ChainStep> = instants
            .into_iter()
            .filter(inside)
            .map(|at| self.step(chain, at))
            .collect();
        let guessed = chain.declared.iter().filter(|node| {
            let role = node.role();
            let is_element = matches!(role, FacilityRole::Capacity | FacilityRole::Distribution);
            is_element && (asked(node).is_none() || !self.is_told(node))
        });
        let names = guessed.map(|node| node.node().to_string());
        (steps, names.collect())
    }

    fn step(&self, chain: &Chain<'_>, at: Timestamp) -> ChainStep {
        let found: Vec<Found> = chain
            .declared
            .iter()
            .map(|node| self.found(node, at))
            .collect();
        let names = || chain.declared.iter().map(|node| node.node().as_str());
        let unknown = names()
            .zip(&found)
            .zip(&chain.declared)
            .filter(|((_, found), node)| {
                found.state == NodeState::Unknown && node.role() != FacilityRole::Load
            })
            .map(|((name, _), _)| name.to_owned());
        ChainStep {
            at,
            condition: condition_of(names().zip(&found)),
            unknown: unknown.collect(),
        }
    }

    /// How a node was: by work, by the recorded states of its device, or as declared.
    fn found(&self, node: &FacilityNode, at: Timestamp) -> Found {
        let own = |name: &String| {
            let is = |device: &DeviceId| device.as_str() == name;
            name == node.node().as_str() || node.device.as_ref().is_some_and(is)
        };
        let mut working = self.works.iter().filter(|(span, _)| span.contains(at));
        if working.any(|(_, components)| components.iter().any(own)) {
            return Found::at_work();
        }
        let recorded = asked(node).and_then(|id| Some((id, self.devices.get(id)?)));
        let Some((id, recorded)) = recorded.filter(|_| node.role() != FacilityRole::Load) else {
            return state_of(node, None, &[]);
        };
        if node.signal.is_some() && !self.is_told(node) {
            return state_of(node, None, &[]);
        }
        let known = at < self.now;
        let code = |runs: &[Run]| known.then(|| code_at(runs, at)).flatten();
        let reading = |sensor: &Sensor| sensor.reading(code(&sensor.runs)?);
        let device = DeviceNow {
            device: id.to_string(),
            answer: match code(&recorded.up) {
                Some(1) => Answer::Up,
                Some(0) => Answer::Down,
                _ => Answer::Unknown,
            },
            dependents_down: false,
            readings: recorded.sensors.iter().filter_map(reading).collect(),
        };
        state_of(node, Some(&device), &[])
    }

    /// Whether a recorded state, and no measurement alone, says how this node is.
    fn is_told(&self, node: &FacilityNode) -> bool {
        let Some(recorded) = asked(node).and_then(|id| self.devices.get(id)) else {
            return false;
        };
        let has = |name: &str| recorded.sensors.iter().any(|sensor| sensor.name == name);
        if let Some(signal) = &node.signal {
            return has(&signal.sensor);
        }
        match node.kind {
            // Voltage and revolutions are measurements.
            FacilityKind::Pdu
            | FacilityKind::RackFeed
            | FacilityKind::Switchboard
            | FacilityKind::Crac
            | FacilityKind::Pump
            | FacilityKind::Chiller => false,
            _ => state_of(node, None, &[]).reason == StateReason::NotPolled,
        }
    }
}

/// The device that says how a node is.
fn asked(node: &FacilityNode) -> Option<&DeviceId> {
    let signal = node.signal.as_ref().and_then(|s| s.device.as_ref());
    signal.or(node.device.as_ref())
}

/// For how long a poll says something: 2.5 periods (rule 3 of the accounting).
fn holds_until(run: &Run) -> Timestamp {
    let stale_ms = run.period_ms.saturating_mul(5) / 2;
    run.to
        .plus_millis(i64::try_from(stale_ms).unwrap_or(i64::MAX))
}

fn code_at(runs: &[Run], at: Timestamp) -> Option<i64> {
    let after = runs.partition_point(|run| run.from <= at);
    let run = runs.get(after.checked_sub(1)?)?;
    (at < holds_until(run)).then_some(run.state)
}

/// When what is known changes: another code, or nothing any more.
fn turns(runs: &[Run]) -> Vec<Timestamp> {
    let mut turns = Vec::new();
    let mut before: Option<&Run> = None;
    for run in runs {
        let silent = before.map(holds_until).filter(|end| *end < run.from);
        turns.extend(silent);
        if silent.is_some() || before.is_none_or(|before| before.state != run.state) {
            turns.push(run.from);
        }
        before = Some(run);
    }
    turns.extend(before.map(holds_until));
    turns
}
