//! What a collector would have read of a simulated device in the past: the same plan, the same
//! layout, the same rounds, made from the simulator's values instead of packets.
//!
//! **Room:** layer 3. **May use:** `tw-sim`, `tw-devices`, `tw-ingest`. **Must not:** invent a
//! value that the simulated agent would not have told.

use std::{collections::BTreeMap, sync::Arc};
use tw_devices::{
    cell::Cell,
    describe::{Answers, Subject, TableAnswer, describe},
    modules::SYSTEM,
    plan::{Steady, SteadyCell, Table, describe_plan},
};
use tw_ingest::{
    Layout, LayoutKey, Record, Round,
    round::{self, Value},
};
use tw_sim::{
    device::{Look, SimDevice},
    mib::View as _,
};
use tw_snmp::{Oid, Value as SnmpValue};
use tw_units::{Interval, Timestamp};

/// The most rows of one table; a simulated one has far fewer.
const ROWS_MAX: usize = 4_096;

/// A device with the plan that fits its present numbering.
pub(super) struct Past {
    device: Arc<SimDevice>,
    period_ms: i64,
    compiled: Option<Compiled>,
}

struct Compiled {
    numbering: u32,
    layout: Layout,
    key: LayoutKey,
    steady: Steady,
    oids: Vec<Oid>,
    cells: Vec<SteadyCell>,
}

impl Past {
    /// The past of a device that is polled every `poll_seconds`.
    pub(super) fn of(device: Arc<SimDevice>, poll_seconds: u32) -> Self {
        Self {
            device,
            period_ms: i64::from(poll_seconds.max(1)) * 1_000,
            compiled: None,
        }
    }

    /// The rounds of a window, oldest first, with the layouts that they need before them.
    pub(super) fn rounds(&mut self, window: Interval) -> Vec<Record> {
        let mut records = Vec::new();
        let mut announced = None;
        let first = window.from.as_millis().div_euclid(self.period_ms) + 1;
        let mut at = Timestamp::from_millis(first * self.period_ms);
        while at < window.to {
            self.round(at, &mut announced, &mut records);
            at = at.plus_millis(self.period_ms);
        }
        records
    }

    fn round(
        &mut self,
        at: Timestamp,
        announced: &mut Option<LayoutKey>,
        records: &mut Vec<Record>,
    ) {
        let look = self.device.look(at);
        if let Some(look) = &look
            && self
                .compiled
                .as_ref()
                .is_none_or(|c| c.numbering != look.numbering())
        {
            self.compiled = Some(compile(&self.device, look, self.period_ms));
        }
        // A device that was silent before it was ever described has no layout to be silent in.
        let Some(compiled) = &self.compiled else {
            return;
        };
        if announced.replace(compiled.key) != Some(compiled.key) {
            records.push(Record::Layout(compiled.layout.clone()));
        }
        records.push(Record::Round(Round {
            target: compiled.layout.target.clone(),
            at,
            layout: compiled.key,
            values: round::encode(&compiled.values(look.as_ref())),
        }));
    }
}

impl Compiled {
    /// All values at one instant. Pings and round-trip times were not measured, so they are
    /// missing.
    fn values(&self, look: Option<&Look>) -> Vec<Option<Value>> {
        let mut values = vec![None; self.steady.width];
        let mut put = |slot: u32, value: Option<Value>| {
            if let Some(place) = usize::try_from(slot).ok().and_then(|at| values.get_mut(at)) {
                *place = value;
            }
        };
        put(
            self.steady.fixed.device_up,
            Some(Value::Whole(look.is_some().into())),
        );
        let Some(look) = look else { return values };
        put(
            self.steady.fixed.sys_up_time,
            Some(Value::Whole(look.uptime_ticks().into())),
        );
        put(
            self.steady.fixed.varbinds,
            i128::try_from(self.oids.len()).ok().map(Value::Whole),
        );
        for (cell, value) in self.cells.iter().zip(look.values(&self.oids)) {
            let number = value
                .as_ref()
                .and_then(cell_of)
                .and_then(|cell| cell.number());
            put(cell.slot, number.and_then(|number| cell.value(number)));
        }
        self.steady.complete(&mut values);
        values
    }
}

/// Describes the device from what it tells at one instant.
fn compile(device: &SimDevice, look: &Look, period_ms: i64) -> Compiled {
    let system: Vec<Option<Cell>> = SYSTEM.iter().map(|scalar| get(look, scalar.oid)).collect();
    let object_id = SYSTEM
        .iter()
        .zip(&system)
        .find(|(scalar, _)| scalar.name == "sysObjectID")
        .and_then(|(_, cell)| cell.as_ref()?.oid().map(<[u32]>::to_vec));
    let plan = describe_plan(object_id.as_deref().unwrap_or_default());
    let answers = Answers {
        system,
        scalars: plan
            .scalars
            .iter()
            .map(|scalar| get(look, scalar.oid))
            .collect(),
        tables: plan.tables.iter().map(|table| walk(look, table)).collect(),
    };
    let period_ms = u64::try_from(period_ms).unwrap_or(1);
    let subject = Subject {
        target: device.id().as_str(),
        period_ms,
        known: &[],
    };
    let description = describe(&subject, &plan, &answers);
    let (oids, cells) = instances(&description.steady);
    Compiled {
        numbering: look.numbering(),
        key: description.layout.key(),
        layout: description.layout,
        steady: description.steady,
        oids,
        cells,
    }
}

/// Every instance of a steady plan with its place, in one list.
fn instances(steady: &Steady) -> (Vec<Oid>, Vec<SteadyCell>) {
    let mut found = Vec::new();
    for scalar in &steady.scalars {
        found.push((scalar.oid.clone(), scalar.cell));
    }
    for table in &steady.tables {
        let places = table.rows.iter().flat_map(|row| {
            table
                .columns
                .iter()
                .map(move |column| [column.as_slice(), row].concat())
        });
        found.extend(places.zip(table.cells.iter().copied()));
    }
    found
        .into_iter()
        .filter_map(|(arcs, cell)| Some((Oid::from_arcs(&arcs).ok()?, cell)))
        .unzip()
}

fn get(look: &Look, arcs: &[u32]) -> Option<Cell> {
    cell_of(&look.get(&Oid::from_arcs(arcs).ok()?)?)
}

fn walk(look: &Look, table: &Table) -> TableAnswer {
    let mut rows: TableAnswer = BTreeMap::new();
    for (at, column) in table.columns.iter().enumerate() {
        let Ok(prefix) = Oid::from_arcs(&table.column_oid(column)) else {
            continue;
        };
        let mut last = prefix.clone();
        for _ in 0..ROWS_MAX {
            let Some((oid, value)) = look.next(&last) else {
                break;
            };
            let Some(index) = oid.as_slice().strip_prefix(prefix.as_slice()) else {
                break;
            };
            let row = rows
                .entry(index.to_vec())
                .or_insert_with(|| vec![None; table.columns.len()]);
            row[at] = cell_of(&value);
            last = oid;
        }
    }
    rows
}

fn cell_of(value: &SnmpValue) -> Option<Cell> {
    Some(match value {
        SnmpValue::Integer(n) => Cell::Int((*n).into()),
        SnmpValue::Counter32(n) | SnmpValue::Gauge32(n) | SnmpValue::TimeTicks(n) => {
            Cell::Uint((*n).into())
        }
        SnmpValue::Counter64(n) => Cell::Uint(*n),
        SnmpValue::OctetString(bytes) | SnmpValue::Opaque(bytes) => Cell::Bytes(bytes.clone()),
        SnmpValue::IpAddress(bytes) => Cell::Bytes(bytes.to_vec()),
        SnmpValue::ObjectIdentifier(oid) => Cell::Oid(oid.as_slice().to_vec()),
        SnmpValue::Null
        | SnmpValue::NoSuchObject
        | SnmpValue::NoSuchInstance
        | SnmpValue::EndOfMibView => return None,
    })
}
