//! Collects the series of a device and lays them out.
//!
//! **Room:** layer 0, pure. **May use:** `tw-ingest`. **Must not:** do I/O.

use crate::{
    plan::{
        Derived, FixedSlots, Gate, SERIES_MAX, Scalar, SensorOf, Steady, SteadyCell, SteadyScalar,
        SteadyTable,
    },
    sensor::{self, SensorClass},
    text,
};
use std::collections::{BTreeMap, BTreeSet};
use tw_ingest::{Layout, ObjectDef, SeriesDef, TargetKey, ValueKind, seen::SensorSeen};

/// The metric of sensors.
const SENSOR_VALUE: &str = "tierwatch_sensor_value";

/// Where the number of a wanted series comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// The engine knows it.
    Engine,
    /// An object with one instance.
    Scalar { oid: Vec<u32> },
    /// A column at an index.
    Cell { column: Vec<u32>, row: Vec<u32> },
    /// Another wanted series.
    Other { from: usize },
}

#[derive(Clone, Debug)]
struct Wanted {
    metric: &'static str,
    object: u32,
    kind: ValueKind,
    source: Source,
    factor: f64,
    absent: Option<i64>,
}

/// Labels of an object as name and value.
pub(super) type Labels = Vec<(String, String)>;

/// The series that are wanted so far.
pub(super) struct Builder {
    objects: Vec<ObjectDef>,
    keys: BTreeMap<String, u32>,
    wanted: Vec<Wanted>,
    sensors: Vec<SensorSeen>,
    gates: Vec<(usize, usize, i64)>,
    dropped: u64,
}

impl Builder {
    pub(super) fn new() -> Self {
        let mut builder = Self {
            objects: Vec::new(),
            keys: BTreeMap::new(),
            wanted: Vec::new(),
            sensors: Vec::new(),
            gates: Vec::new(),
            dropped: 0,
        };
        builder.object(String::new(), Vec::new());
        builder
    }

    /// The series of every device, in the order of [`FixedSlots`].
    pub(super) fn fixed(&mut self) {
        for (metric, kind) in FIXED {
            self.want(metric, 0, kind, Source::Engine);
        }
    }

    /// The object with this key; a known one keeps its labels.
    pub(super) fn object(&mut self, key: String, labels: Labels) -> u32 {
        if let Some(at) = self.keys.get(&key) {
            return *at;
        }
        let at = u32::try_from(self.objects.len()).expect("objects are fewer than series");
        self.keys.insert(key.clone(), at);
        self.objects.push(ObjectDef { key, labels });
        at
    }

    /// `wanted`, or with `~2`, `~3`… where an object has that key.
    pub(super) fn unused_key(&self, wanted: &str) -> String {
        if !self.keys.contains_key(wanted) {
            return wanted.to_owned();
        }
        let used: BTreeSet<String> = self.keys.keys().cloned().collect();
        crate::interface::unused(&used, wanted)
    }

    /// Adds a series; `None` when the device has too many.
    pub(super) fn want(
        &mut self,
        metric: &'static str,
        object: u32,
        kind: ValueKind,
        source: Source,
    ) -> Option<usize> {
        if self.wanted.len() >= SERIES_MAX {
            self.dropped += 1;
            return None;
        }
        self.wanted.push(Wanted {
            metric,
            object,
            kind,
            source,
            factor: 1.0,
            absent: None,
        });
        Some(self.wanted.len() - 1)
    }

    /// Adds the series and the sensor of an object with one instance.
    pub(super) fn scalar(&mut self, scalar: &Scalar) {
        let source = Source::Scalar {
            oid: scalar.oid.to_vec(),
        };
        let source = match scalar.kind {
            Some(kind) => match self.want(scalar.name, 0, kind, source) {
                Some(from) => Source::Other { from },
                None => return,
            },
            None => source,
        };
        if let Some(of) = scalar.sensor {
            self.sensor(of.name, scalar.name, of, source);
        }
    }

    /// Adds a sensor under its own object; returns its series. `codes` names the object whose
    /// codes a state sensor has.
    pub(super) fn sensor(
        &mut self,
        name: &str,
        codes: &str,
        of: SensorOf,
        source: Source,
    ) -> Option<usize> {
        let key = self.unused_key(&format!("sensor:{}", text::key_part(name)));
        let label = text::label(name.as_bytes());
        let object = self.object(key.clone(), vec![("sensor".into(), label.clone())]);
        let kind = if of.class == SensorClass::State {
            ValueKind::State
        } else {
            ValueKind::Gauge
        };
        let at = self.want(SENSOR_VALUE, object, kind, source)?;
        self.wanted[at].factor = of.factor;
        self.wanted[at].absent = of.absent;
        let states = if of.class == SensorClass::State {
            sensor::states(codes)
        } else {
            &[]
        };
        self.sensors.push(SensorSeen {
            key,
            metric: SENSOR_VALUE.into(),
            class: of.class.as_str().into(),
            unit: of.class.unit().into(),
            name: label,
            states: states.iter().map(|(n, w)| (*n, (*w).into())).collect(),
        });
        Some(at)
    }

    /// The series that holds a column at an index, if one does.
    pub(super) fn find(&self, metric: &str, column: &[u32], row: &[u32]) -> Option<usize> {
        self.wanted.iter().rposition(|wanted| {
            wanted.metric == metric
                && matches!(&wanted.source, Source::Cell { column: c, row: r } if c == column && r == row)
        })
    }

    /// The object under which a sensor's series stands.
    pub(super) fn object_of(&self, series: usize) -> u32 {
        self.wanted[series].object
    }

    /// Lets `value` hold only while `status` is `good`.
    pub(super) fn gate(&mut self, value: usize, status: usize, good: i64) {
        self.gates.push((value, status, good));
    }

    /// The layout, the plan of each round, the sensors, and how many series were left out.
    pub(super) fn finish(
        self,
        target: TargetKey,
        period_ms: u64,
    ) -> (Layout, Steady, Vec<SensorSeen>, u64) {
        let (order, slots) = lay_out(&self.wanted);
        let series = order
            .iter()
            .map(|at| SeriesDef {
                object: self.wanted[*at].object,
                metric: self.wanted[*at].metric.to_owned(),
                kind: self.wanted[*at].kind,
            })
            .collect();
        let mut steady = Steady {
            fixed: fixed_slots(&slots),
            width: order.len(),
            tables: tables(&self.wanted, &slots),
            ..Steady::default()
        };
        for (at, wanted) in self.wanted.iter().enumerate() {
            let cell = wanted.cell(slots[at]);
            match &wanted.source {
                Source::Scalar { oid } => steady.scalars.push(SteadyScalar {
                    oid: oid.clone(),
                    cell,
                }),
                Source::Other { from } => steady.derived.push(Derived {
                    from: slots[*from],
                    to: cell,
                }),
                Source::Engine | Source::Cell { .. } => {}
            }
        }
        for (value, status, good) in self.gates {
            steady.gates.push(Gate {
                value: slots[value],
                status: slots[status],
                good,
            });
        }
        let layout = Layout {
            target,
            period_ms,
            objects: self.objects,
            series,
        };
        (layout, steady, self.sensors, self.dropped)
    }
}

const FIXED: [(&str, ValueKind); 6] = [
    ("tierwatch_device_up", ValueKind::State),
    ("tierwatch_icmp_up", ValueKind::State),
    ("tierwatch_icmp_rtt_seconds", ValueKind::Gauge),
    ("tierwatch_snmp_rtt_seconds", ValueKind::Gauge),
    ("tierwatch_poll_varbinds", ValueKind::Gauge),
    ("sysUpTime", ValueKind::Gauge),
];

impl Wanted {
    const fn cell(&self, slot: u32) -> SteadyCell {
        SteadyCell {
            slot,
            factor: self.factor,
            absent: self.absent,
        }
    }
}

/// The wanted series in the order of the layout, and the slot of each.
fn lay_out(wanted: &[Wanted]) -> (Vec<usize>, Vec<u32>) {
    let mut ranks: BTreeMap<&str, usize> = BTreeMap::new();
    for series in wanted {
        let next = ranks.len();
        ranks.entry(series.metric).or_insert(next);
    }
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|at| (ranks[wanted[*at].metric], *at));
    let mut slots = vec![0; wanted.len()];
    for (slot, at) in (0_u32..).zip(&order) {
        slots[*at] = slot;
    }
    (order, slots)
}

fn fixed_slots(slots: &[u32]) -> FixedSlots {
    match *slots {
        [
            device_up,
            icmp_up,
            icmp_rtt,
            snmp_rtt,
            varbinds,
            sys_up_time,
            ..,
        ] => FixedSlots {
            device_up,
            icmp_up,
            icmp_rtt,
            snmp_rtt,
            varbinds,
            sys_up_time,
        },
        _ => FixedSlots::default(),
    }
}

/// Groups the columns by their rows, so that one request asks all columns of a row range.
fn tables(wanted: &[Wanted], slots: &[u32]) -> Vec<SteadyTable> {
    let mut columns: BTreeMap<&[u32], BTreeMap<&[u32], SteadyCell>> = BTreeMap::new();
    for (at, series) in wanted.iter().enumerate() {
        if let Source::Cell { column, row } = &series.source {
            columns
                .entry(column)
                .or_default()
                .insert(row, series.cell(slots[at]));
        }
    }
    let mut groups: BTreeMap<Vec<&[u32]>, Vec<&[u32]>> = BTreeMap::new();
    for (column, rows) in &columns {
        groups
            .entry(rows.keys().copied().collect())
            .or_default()
            .push(column);
    }
    groups
        .into_iter()
        .map(|(rows, names)| SteadyTable {
            cells: rows
                .iter()
                .flat_map(|row| names.iter().map(|name| columns[*name][row]))
                .collect(),
            columns: names.into_iter().map(<[u32]>::to_vec).collect(),
            rows: rows.into_iter().map(<[u32]>::to_vec).collect(),
        })
        .collect()
}
