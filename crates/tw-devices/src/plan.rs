//! What to ask of a device: first everything that tells what it is, then each round only the
//! values.
//!
//! **Room:** layer 0, pure. **May use:** `tw-ingest`. **Must not:** do I/O, or know a packet.

use crate::{modules, sensor::SensorClass, vendors};
use tw_ingest::{ValueKind, round::Value};

/// How often a device is described anew when nothing else asks for it, in seconds. A restart
/// and a change of `ifTableLastChange` do so at once.
pub const DESCRIBE_SECONDS: u64 = 3_600;

/// The most series of one device; what is beyond is counted.
pub const SERIES_MAX: usize = 10_000;

/// `sysUpTime`, without its instance: the first non-repeater of each request of a round.
pub const SYS_UP_TIME: &[u32] = &[1, 3, 6, 1, 2, 1, 1, 3];

/// `ifTableLastChange` (IF-MIB), without its instance: the second non-repeater of the first.
pub const IF_TABLE_LAST_CHANGE: &[u32] = &[1, 3, 6, 1, 2, 1, 31, 1, 5];

/// A sensor that a value is, too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SensorOf {
    /// The sensor's name inside the device.
    pub name: &'static str,
    /// What it measures.
    pub class: SensorClass,
    /// From the device's number to base units.
    pub factor: f64,
    /// The number by which the device says that it has none.
    pub absent: Option<i64>,
}

/// What a text of a device says about its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The maker.
    Vendor,
    /// The model.
    Model,
    /// The serial number.
    Serial,
    /// The software's version.
    Version,
}

/// An object with one instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scalar {
    /// Its name in the MIB.
    pub name: &'static str,
    /// With the instance.
    pub oid: &'static [u32],
    /// How its value is kept each round under its own name; `None` for texts and for what is
    /// only a sensor.
    pub kind: Option<ValueKind>,
    /// The sensor that it is.
    pub sensor: Option<SensorOf>,
    /// What it says about the identity.
    pub fact: Option<Fact>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// Its name in the MIB.
    pub name: &'static str,
    /// Its number below the entry.
    pub arc: u32,
    /// How its values are kept each round; `None` when it is only read to describe.
    pub kind: Option<ValueKind>,
    /// The column that replaces it on rows that have both (`ifHCInOctets` for `ifInOctets`).
    pub unless: Option<&'static str>,
    /// The sensor that each of its values is; the row's name is put before the sensor's.
    pub sensor: Option<SensorOf>,
}

/// How the rows of a table become objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// By `ifIndex`: objects `if:<name>`.
    Interfaces,
    /// By position: `<prefix>1`, `<prefix>2`…
    Ordinals {
        /// `cpu:`.
        prefix: &'static str,
        /// The label that carries the index.
        label: &'static str,
    },
    /// By a text of the row.
    Named {
        /// `storage:`.
        prefix: &'static str,
        /// The column with the text.
        by: &'static str,
        /// The label that carries the index.
        label: &'static str,
    },
    /// They describe the device, as entPhysicalTable and lldpRemTable do: no objects.
    Facts,
    /// entPhySensorTable: sensors with their own type and scale.
    EntitySensors,
    /// A vendor's sensors: objects `sensor:<prefix><row name>`.
    Sensors {
        /// What stands before the row's name.
        prefix: &'static str,
        /// The column with the row's name; without it the index is the name.
        by: Option<&'static str>,
    },
}

/// A conceptual table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Table {
    /// Its name in the MIB.
    pub name: &'static str,
    /// The entry.
    pub entry: &'static [u32],
    /// What is read of it.
    pub columns: &'static [Column],
    /// What its rows are.
    pub rows: Rows,
}

impl Table {
    /// The identifier of a column, without index.
    pub fn column_oid(&self, column: &Column) -> Vec<u32> {
        let mut oid = self.entry.to_vec();
        oid.push(column.arc);
        oid
    }
}

/// A group of objects that are asked for together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Module {
    /// The MIB.
    pub name: &'static str,
    /// Private enterprise numbers that have it; empty for a standard one.
    pub enterprises: &'static [u32],
    /// Objects with one instance.
    pub scalars: &'static [Scalar],
    /// Tables.
    pub tables: &'static [Table],
}

/// What to ask in order to describe a device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribePlan {
    /// Asked by GET.
    pub scalars: Vec<&'static Scalar>,
    /// Walked.
    pub tables: Vec<&'static Table>,
}

/// The plan for a device with this `sysObjectID`: the standard modules of everyone, because a
/// module that is not there costs one exchange an hour, and the maker's own.
pub fn describe_plan(sys_object_id: &[u32]) -> DescribePlan {
    let enterprise = crate::identity::enterprise(sys_object_id);
    let mut plan = DescribePlan::default();
    for module in modules::STANDARD.iter().chain(vendors::VENDORS) {
        let wanted = module.enterprises.is_empty()
            || enterprise.is_some_and(|e| module.enterprises.contains(&e));
        if wanted {
            plan.scalars.extend(module.scalars);
            plan.tables.extend(module.tables);
        }
    }
    plan
}

/// Where a value goes and how it becomes the number of its series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SteadyCell {
    /// The column of the layout.
    pub slot: u32,
    /// The factor to base units; 1 leaves whole numbers whole.
    pub factor: f64,
    /// The number that means "no value".
    pub absent: Option<i64>,
}

impl SteadyCell {
    /// The value of the series for a number of the device.
    pub fn value(&self, number: i128) -> Option<Value> {
        if self
            .absent
            .is_some_and(|absent| i128::from(absent) == number)
        {
            return None;
        }
        #[expect(clippy::float_cmp, reason = "1 is written, not computed")]
        if self.factor == 1.0 {
            return Some(Value::Whole(number));
        }
        #[expect(clippy::cast_precision_loss, reason = "sensors have few digits")]
        let number = number as f64;
        // 57 percent is 57 / 100, which is 0.57; 57 x 0.01 is not.
        let divisor = (1.0 / self.factor).round();
        let exact = divisor >= 1.0 && (divisor * self.factor - 1.0).abs() < 1e-12;
        Some(Value::Float(if exact {
            number / divisor
        } else {
            number * self.factor
        }))
    }
}

/// An object with one instance, asked each round.
#[derive(Clone, Debug, PartialEq)]
pub struct SteadyScalar {
    /// With the instance.
    pub oid: Vec<u32>,
    /// Where it goes.
    pub cell: SteadyCell,
}

/// Columns that share one set of rows and are asked together.
#[derive(Clone, Debug, PartialEq)]
pub struct SteadyTable {
    /// Identifiers of the columns, without index, ascending.
    pub columns: Vec<Vec<u32>>,
    /// The indexes, ascending.
    pub rows: Vec<Vec<u32>>,
    /// Where the values go, row by row.
    pub cells: Vec<SteadyCell>,
}

/// A value that is another one in other units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Derived {
    /// The slot that it is made of.
    pub from: u32,
    /// Where it goes, how, and which number means "no value".
    pub to: SteadyCell,
}

/// A value that holds only while another one has a certain code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The slot of the value.
    pub value: u32,
    /// The slot of the status.
    pub status: u32,
    /// The status at which the value holds.
    pub good: i64,
}

/// The slots of the series that every device has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FixedSlots {
    /// `tierwatch_device_up`.
    pub device_up: u32,
    /// `tierwatch_icmp_up`.
    pub icmp_up: u32,
    /// `tierwatch_icmp_rtt_seconds`.
    pub icmp_rtt: u32,
    /// `tierwatch_snmp_rtt_seconds`.
    pub snmp_rtt: u32,
    /// `tierwatch_poll_varbinds`.
    pub varbinds: u32,
    /// `sysUpTime`.
    pub sys_up_time: u32,
}

/// What to ask each round, and where the values go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steady {
    /// Slots of every device.
    pub fixed: FixedSlots,
    /// How many values a round has.
    pub width: usize,
    /// Single objects.
    pub scalars: Vec<SteadyScalar>,
    /// Tables.
    pub tables: Vec<SteadyTable>,
    /// Values made of others, after all answers are in.
    pub derived: Vec<Derived>,
    /// Values that hold under a condition.
    pub gates: Vec<Gate>,
}

impl Steady {
    /// Fills the values that are made of others and takes away those that do not hold.
    pub fn complete(&self, values: &mut [Option<Value>]) {
        for derived in &self.derived {
            let made = get(values, derived.from)
                .and_then(Value::as_whole)
                .and_then(|number| derived.to.value(number));
            put(values, derived.to.slot, made);
        }
        for gate in &self.gates {
            let status = get(values, gate.status).and_then(Value::as_whole);
            if status != Some(i128::from(gate.good)) {
                put(values, gate.value, None);
            }
        }
    }
}

fn get(values: &[Option<Value>], slot: u32) -> Option<Value> {
    values.get(usize::try_from(slot).ok()?).copied().flatten()
}

fn put(values: &mut [Option<Value>], slot: u32, value: Option<Value>) {
    if let Some(place) = usize::try_from(slot).ok().and_then(|at| values.get_mut(at)) {
        *place = value;
    }
}
