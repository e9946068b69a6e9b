//! Circuits as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-model`. **Must not:** do I/O.

use super::state::{Evidence, state};
use crate::{
    interface,
    readings::{
        live::{Live, TargetNow},
        rates,
        steps::Steps,
    },
    sensor::view::mean,
    world::{World, local},
};
use std::{collections::BTreeMap, sync::Arc};
use tw_api::{
    Circuit, CircuitEnd, CircuitEvidence, CircuitSpec, CircuitStatus, LocalText, ProbePoint, State,
};
use tw_ingest::round::Value;
use tw_model::Kind;
use tw_store::Sample;
use tw_units::Timestamp;

/// Loss above which a circuit is degraded when its contract names none, in parts per million of
/// the probes of an interval.
const LOSS_PPM_DEFAULT: u32 = 20_000;

/// One end with what is known there.
struct End<'a> {
    word: &'static str,
    spec: CircuitEnd,
    device: Arc<TargetNow>,
    probe: Arc<TargetNow>,
    interface: &'a str,
}

fn ends<'a>(world: &World, live: &Live, circuit: &'a tw_model::Circuit) -> [End<'a>; 2] {
    [("a", &circuit.a), ("z", &circuit.z)].map(|(word, end)| {
        let site = world
            .register
            .devices
            .get(&end.device)
            .map(|device| device.site.to_string());
        let site = site.unwrap_or_default();
        End {
            word,
            device: live.device(end.device.as_str()),
            probe: live.probe(circuit.id.as_str(), &site),
            interface: &end.interface,
            spec: CircuitEnd {
                site,
                device: end.device.to_string(),
                interface: Some(format!("{}:{}", end.device, end.interface)),
            },
        }
    })
}

/// A circuit with its state and the evidence for it.
pub(crate) fn circuit(
    world: &World,
    live: &Live,
    circuit: &tw_model::Circuit,
    now: Timestamp,
) -> Circuit {
    let ends = ends(world, live, circuit);
    let loss_max = circuit
        .contract
        .as_ref()
        .and_then(|contract| contract.loss_ppm)
        .map_or(LOSS_PPM_DEFAULT, |ppm| ppm.0);
    let mut evidence = Evidence::default();
    let mut list = Vec::new();
    for (index, end) in ends.iter().enumerate() {
        let object = format!("if:{}", end.interface);
        let of_interface = end.device.interface_state(now, &object);
        let of_probe = probe_state(&end.probe, now, loss_max);
        evidence.interfaces[index] = of_interface;
        evidence.probes[index] = of_probe;
        let interface = end.spec.interface.clone().unwrap_or_default();
        list.push(fact(
            "interface",
            interface,
            end,
            (of_interface, end.device.last_poll()),
        ));
        if circuit.probe.is_some() || end.probe.latest.is_some() {
            let seen = (of_probe, end.probe.last_poll());
            list.push(fact("probe", end.spec.site.clone(), end, seen));
        }
    }
    let worst = |metric: fn(&TargetNow, Timestamp) -> Option<f64>| {
        ends.iter()
            .filter_map(|end| metric(&end.probe, now))
            .reduce(f64::max)
    };
    let [a, z] = &ends;
    let spec = CircuitSpec {
        name: circuit.name.as_ref().map_or_else(
            || LocalText {
                en: Some(circuit.id.to_string()),
                vi: None,
            },
            local,
        ),
        provider: circuit.provider.as_ref().map(ToString::to_string),
        a: a.spec.clone(),
        z: z.spec.clone(),
        commit_bps: Some(circuit.commit_bps),
    };
    Circuit {
        id: circuit.id.to_string(),
        metadata: tw_api::Metadata::default(),
        status: CircuitStatus {
            state: state(evidence),
            since: since(&ends, now),
            evidence: list,
            rtt_seconds: worst(rtt),
            loss_ratio: worst(loss),
            a_to_z_bps: carried(a, z, now),
            z_to_a_bps: carried(z, a, now),
        },
        spec,
        version: world.version(Kind::Circuit, circuit.id.as_str()),
    }
}

fn fact(
    kind: &str,
    subject: String,
    end: &End<'_>,
    (state, at): (State, Option<Timestamp>),
) -> CircuitEvidence {
    CircuitEvidence {
        kind: kind.to_owned(),
        subject,
        end: end.word.to_owned(),
        state,
        at,
    }
}

/// The newest change that the probes saw; interfaces have theirs on their own page.
fn since(ends: &[End<'_>; 2], now: Timestamp) -> Option<Timestamp> {
    ends.iter().filter_map(|end| end.probe.state(now).1).max()
}

fn probe_state(probe: &TargetNow, now: Timestamp, loss_max_ppm: u32) -> State {
    match probe.state(now).0 {
        State::Up if loss(probe, now).is_some_and(|loss| loss * 1e6 > f64::from(loss_max_ppm)) => {
            State::Degraded
        }
        state => state,
    }
}

fn rtt(probe: &TargetNow, now: Timestamp) -> Option<f64> {
    probe
        .value(now, "", "tierwatch_probe_rtt_seconds")
        .map(Value::as_f64)
}

fn loss(probe: &TargetNow, now: Timestamp) -> Option<f64> {
    let sent = probe.value(now, "", "tierwatch_probe_sent")?.as_f64();
    let lost = probe.value(now, "", "tierwatch_probe_lost")?.as_f64();
    (sent > 0.0).then(|| lost / sent)
}

/// What flows from one end to the other: out at this end, or in at the other where this one is
/// not known.
fn carried(from: &End<'_>, to: &End<'_>, now: Timestamp) -> Option<f64> {
    let octets = |end: &End<'_>, metric: &str| {
        let object = format!("if:{}", end.interface);
        let (before, latest) = (end.device.before.as_ref()?, end.device.fresh(now)?);
        let seen = end
            .device
            .interfaces()
            .iter()
            .find(|seen| seen.key == object);
        let speed = seen.map(|seen| seen.speed_bps).filter(|bps| *bps > 0);
        let most = speed.map(|bps| interface::view::speed(bps) / 8.0);
        rates::newest(before, latest, (&object, metric), most)
    };
    octets(from, "ifHCOutOctets")
        .or_else(|| octets(to, "ifHCInOctets"))
        .map(|octets| octets * 8.0)
}

/// The metrics of a probe.
pub(crate) const PROBE_METRICS: [&str; 5] = [
    "tierwatch_probe_sent",
    "tierwatch_probe_lost",
    "tierwatch_probe_rtt_seconds",
    "tierwatch_probe_rtt_min_seconds",
    "tierwatch_probe_rtt_max_seconds",
];

/// The probes of each step; a step without any is a gap.
pub(crate) fn probe_points(
    steps: Steps,
    samples: &BTreeMap<String, Vec<Sample>>,
) -> Vec<ProbePoint> {
    let empty = Vec::new();
    let columns = PROBE_METRICS.map(|metric| {
        let samples = samples.get(metric).unwrap_or(&empty);
        let values = |samples: &[Sample]| -> Vec<f64> {
            samples
                .iter()
                .filter_map(|sample| Some(sample.value?.as_f64()))
                .collect()
        };
        let grouped = steps.group(samples, |sample| sample.at);
        grouped
            .map(|(_, samples)| values(samples))
            .collect::<Vec<_>>()
    });
    let cell = |column: usize, row: usize| -> &[f64] {
        columns
            .get(column)
            .and_then(|rows| rows.get(row))
            .map_or(&[], Vec::as_slice)
    };
    steps
        .iter()
        .enumerate()
        .map(|(row, step)| {
            let (sent, lost) = (count(cell(0, row)), count(cell(1, row)));
            ProbePoint {
                t: step.to,
                sent,
                lost,
                loss_ratio: ratio(lost, sent),
                rtt_seconds: mean(cell(2, row)),
                rtt_min_seconds: cell(3, row).iter().copied().reduce(f64::min),
                rtt_max_seconds: cell(4, row).iter().copied().reduce(f64::max),
            }
        })
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of probes are small and whole; a negative one becomes 0"
)]
fn count(values: &[f64]) -> Option<u64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>().round() as u64)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of probes are far below 2^53"
)]
fn ratio(lost: Option<u64>, sent: Option<u64>) -> Option<f64> {
    let (lost, sent) = (lost?, sent?);
    (sent > 0).then(|| lost as f64 / sent as f64)
}
