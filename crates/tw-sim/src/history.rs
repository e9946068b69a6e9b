//! The past: which states the devices and circuits had, as runs.
//!
//! A run's `from` and `to` are exact; a poller that looks every `period_ms` would have seen the
//! change at its next poll. While a site's collector was off there is no run at all; a device
//! that was silent while no canary answered has none either, for that is not known to be down.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`, `tw-model`.
//! **Must not:** read a clock.

use crate::{
    device::interface_key,
    incident::change_of_target,
    timeline::{DeviceLine, Timeline},
    world::{World, both, without},
};
use std::sync::Arc;
use tw_units::{CircuitId, DeviceId, Interval, SiteId};

/// Milliseconds between the summaries of a probe.
pub const PROBE_PERIOD_MS: u32 = 60_000;

/// One state for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimRun {
    /// The target: a device's identifier, or `probe:<circuit>:<site>`.
    pub target: String,
    /// `""` for the target itself, `if:<name>` for an interface.
    pub object: String,
    /// The metric.
    pub metric: &'static str,
    /// The state, as the metric numbers it.
    pub state: i64,
    /// When.
    pub when: Interval,
    /// How often it was looked at.
    pub polls: u64,
    /// Milliseconds between looks.
    pub period_ms: u32,
}

/// Whose runs, and how often they were looked at.
struct Series<'a> {
    target: &'a str,
    object: String,
    metric: &'static str,
    period_ms: u32,
}

/// The output source of a UPS: 5 on battery, 4 past itself, 3 otherwise (`upsOutputSource`).
fn add_output_source(
    runs: &mut Vec<SimRun>,
    source: &Series<'_>,
    answered: &[Interval],
    line: &DeviceLine,
) {
    let protecting: Vec<Interval> = answered
        .iter()
        .flat_map(|part| without(*part, &line.on_bypass))
        .collect();
    let changes = Changes {
        holes: &line.on_battery,
        outside: 3,
        inside: 5,
    };
    add(runs, source, &protecting, &changes);
    let past_itself = Changes {
        outside: 4,
        ..changes
    };
    add(runs, source, &both(answered, &line.on_bypass), &past_itself);
}

impl World {
    /// The runs of a device over `window`: whether it answered (`tierwatch_device_up`), the
    /// states of its interfaces (`ifOperStatus`) and of a UPS's output (`upsOutputSource`).
    pub fn device_runs(&self, id: &DeviceId, window: Interval) -> Vec<SimRun> {
        let Some(device) = self.device(id) else {
            return Vec::new();
        };
        let model = device.model();
        let timeline = self.timeline_of(window);
        let line = timeline.device(id).cloned().unwrap_or_default();
        let observed = observed(&timeline, &model.site, window);
        let period_ms = model.poll_seconds.saturating_mul(1_000).max(1);
        let series = |object: String, metric| Series {
            target: id.as_str(),
            object,
            metric,
            period_ms,
        };
        let mut runs = Vec::new();
        let up = series(String::new(), "tierwatch_device_up");
        let unproven = both(&line.silent, &self.blind(&timeline, &model.site));
        let proven: Vec<Interval> = observed
            .iter()
            .flat_map(|part| without(*part, &unproven))
            .collect();
        add(
            &mut runs,
            &up,
            &proven,
            &Changes {
                holes: &line.silent,
                outside: 1,
                inside: 0,
            },
        );
        let answered = answered(&observed, &line);
        for port in &model.ports {
            let status = series(format!("if:{}", port.key), "ifOperStatus");
            let downs = line
                .links_down
                .get(&port.key)
                .map_or(&[][..], Vec::as_slice);
            let outside = if port.wired { 1 } else { 2 };
            add(
                &mut runs,
                &status,
                &answered,
                &Changes {
                    holes: downs,
                    outside,
                    inside: 2,
                },
            );
        }
        if model.is_ups() {
            let source = series(String::new(), "upsOutputSource");
            add_output_source(&mut runs, &source, &answered, &line);
        }
        runs
    }

    /// What happened in a window: the script, or the half year in which the target changed.
    fn timeline_of(&self, window: Interval) -> Arc<Timeline> {
        if window.to <= change_of_target().to {
            let script = &self.state.script;
            let past = Timeline::new(script.cast(), &self.state.ends, &script.of_the_change());
            return Arc::new(past);
        }
        self.state.timeline(window.to)
    }

    /// When no canary of the site's collector answered, so that silence proves nothing. A site
    /// without canaries is never blind.
    fn blind(&self, timeline: &Timeline, site: &SiteId) -> Vec<Interval> {
        let site = self.register.sites.get(site);
        let canaries = site
            .and_then(|site| site.collector.as_ref())
            .map(|c| c.canaries.as_slice());
        let silences = canaries.unwrap_or_default().iter().map(|canary| {
            let line = timeline.device(canary);
            line.map_or_else(Vec::new, |line| line.silent.clone())
        });
        silences.reduce(|a, b| both(&a, &b)).unwrap_or_default()
    }

    /// The runs of the probe from the end of a circuit at `site` (`tierwatch_probe_up`).
    pub fn probe_runs(&self, circuit: &CircuitId, site: &SiteId, window: Interval) -> Vec<SimRun> {
        let timeline = self.state.timeline(window.to);
        let observed = observed(&timeline, site, window);
        let series = Series {
            target: &format!("probe:{circuit}:{site}"),
            object: String::new(),
            metric: "tierwatch_probe_up",
            period_ms: PROBE_PERIOD_MS,
        };
        let downs = timeline
            .circuit(circuit)
            .map_or(&[][..], |line| line.down.as_slice());
        let mut runs = Vec::new();
        add(
            &mut runs,
            &series,
            &observed,
            &Changes {
                holes: downs,
                outside: 1,
                inside: 0,
            },
        );
        runs
    }

    /// The circuits with the sites at their two ends.
    pub fn circuits(&self) -> impl Iterator<Item = (&CircuitId, &[SiteId; 2])> {
        self.state
            .script
            .cast()
            .circuits
            .iter()
            .map(|line| (&line.id, &line.sites))
    }

    /// The objects of a device's interfaces, `if:<name>`, with `ifName` and the declared speed.
    pub fn interfaces(&self, id: &DeviceId) -> Vec<(String, String, u64)> {
        let ports = self
            .device(id)
            .map_or(&[][..], |device| &device.model().ports);
        let told = ports.iter().map(|port| {
            (
                format!("if:{}", interface_key(&port.name)),
                port.name.clone(),
                port.speed_bps,
            )
        });
        told.collect()
    }
}

/// The state inside of some intervals and outside of them.
struct Changes<'a> {
    holes: &'a [Interval],
    outside: i64,
    inside: i64,
}

/// The parts of `window` in which the site's collector ran.
fn observed(timeline: &Timeline, site: &SiteId, window: Interval) -> Vec<Interval> {
    let holes = timeline
        .site(site)
        .map_or(&[][..], |line| line.unobserved.as_slice());
    without(window, holes)
}

/// The parts in which the device answered.
fn answered(observed: &[Interval], line: &DeviceLine) -> Vec<Interval> {
    observed
        .iter()
        .flat_map(|part| without(*part, &line.silent))
        .collect()
}

fn add(runs: &mut Vec<SimRun>, series: &Series<'_>, parts: &[Interval], changes: &Changes<'_>) {
    for part in parts {
        let outside = without(*part, changes.holes);
        let outside = outside.into_iter().map(|when| (when, changes.outside));
        let holes = changes
            .holes
            .iter()
            .filter_map(|hole| hole.intersect(*part));
        let mut pieces: Vec<(Interval, i64)> = outside
            .chain(holes.map(|when| (when, changes.inside)))
            .collect();
        pieces.sort_unstable();
        // An interface that is always down is down inside and outside: one run.
        pieces.dedup_by(|later, earlier| {
            let same = later.1 == earlier.1 && later.0.from == earlier.0.to;
            if same {
                earlier.0.to = later.0.to;
            }
            same
        });
        runs.extend(pieces.into_iter().map(|(when, state)| {
            SimRun {
                target: series.target.to_owned(),
                object: series.object.clone(),
                metric: series.metric,
                state,
                when,
                polls: when
                    .millis()
                    .unsigned_abs()
                    .div_ceil(u64::from(series.period_ms)),
                period_ms: series.period_ms,
            }
        }));
    }
}
