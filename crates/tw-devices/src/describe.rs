//! From the answers of a first walk to what the device is: its identity, interfaces, parts and
//! sensors, the layout of its series and the plan of each round.
//!
//! **Room:** layer 0, pure. **May use:** `tw-ingest`. **Must not:** do I/O, read a clock, or
//! let an index that the device may renumber into an object key.

mod addresses;
mod build;
mod neighbours;
mod rows;

use crate::{
    Cell, DescribePlan, Steady,
    cell::dotted,
    identity,
    interface::KnownInterface,
    plan::{Fact, Table},
    text,
};
pub use addresses::ADDRESSES_MAX;
use build::Builder;
pub use neighbours::NEIGHBOURS_MAX;
use std::collections::BTreeMap;
use tw_ingest::{
    Layout, TargetKey,
    seen::{AddressSeen, Identity, InterfaceSeen, NeighbourSeen, PartSeen, SensorSeen},
};

/// The rows of a table by index; the cells in the order of the table's columns.
pub type TableAnswer = BTreeMap<Vec<u32>, Vec<Option<Cell>>>;

/// What a device answered, in the order of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// [`crate::modules::SYSTEM`].
    pub system: Vec<Option<Cell>>,
    /// As [`DescribePlan::scalars`].
    pub scalars: Vec<Option<Cell>>,
    /// As [`DescribePlan::tables`].
    pub tables: Vec<TableAnswer>,
}

/// Whom the answers are of.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The device's id.
    pub target: &'a str,
    /// Milliseconds between rounds.
    pub period_ms: u64,
    /// The interfaces that have a history.
    pub known: &'a [KnownInterface],
}

/// What a device is.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// The columns of its rounds.
    pub layout: Layout,
    /// What to ask each round.
    pub steady: Steady,
    /// Who it is; `booted_at` and `engine_id` are the caller's to fill.
    pub identity: Identity,
    /// Its interfaces, in the order of their index.
    pub interfaces: Vec<InterfaceSeen>,
    /// Its physical parts.
    pub parts: Vec<PartSeen>,
    /// Its sensors.
    pub sensors: Vec<SensorSeen>,
    /// Who is plugged in next to it.
    pub neighbours: Vec<NeighbourSeen>,
    /// Its own addresses; empty where it does not tell them.
    pub addresses: Vec<AddressSeen>,
    /// `ifTableLastChange`, where the device has it.
    pub if_table_last_change: Option<u64>,
    /// Texts that had to be cut, cleaned or written as hex.
    pub bad_texts: u64,
    /// Series beyond [`crate::plan::SERIES_MAX`] that were left out.
    pub series_dropped: u64,
}

/// Works out what a device is. With empty answers the layout has only the series that every
/// device has: so a device that has never answered still has rounds.
pub fn describe(subject: &Subject<'_>, plan: &DescribePlan, answers: &Answers) -> Description {
    let read = Read::new(plan, answers);
    let mut builder = Builder::new();
    builder.fixed();
    let interfaces = rows::interfaces(&read, subject.known);
    let parts = rows::parts(&read);
    for (scalar, cell) in plan.scalars.iter().zip(&answers.scalars) {
        if cell.as_ref().is_some_and(|cell| cell.number().is_some()) {
            builder.scalar(scalar);
        }
    }
    let keys: BTreeMap<u32, &InterfaceSeen> = interfaces.iter().map(|i| (i.if_index, i)).collect();
    for (table, answer) in plan.tables.iter().zip(&answers.tables) {
        rows::add_table(&mut builder, &read, table, answer, &keys);
    }
    let mut identity = who(&read);
    let object_id = read
        .system("sysObjectID")
        .and_then(Cell::oid)
        .unwrap_or(&[]);
    identity::complete(&mut identity, object_id, &parts);
    identity.base_mac = neighbours::base_mac(&read);
    let neighbours = neighbours::neighbours(&read);
    let addresses = addresses::addresses(&read, &keys);
    let (layout, steady, sensors, series_dropped) =
        builder.finish(TargetKey(subject.target.to_owned()), subject.period_ms);
    Description {
        layout,
        steady,
        identity,
        interfaces,
        parts,
        sensors,
        neighbours,
        addresses,
        if_table_last_change: read
            .system("ifTableLastChange")
            .and_then(Cell::code)
            .and_then(|n| u64::try_from(n).ok()),
        bad_texts: read.bad_texts.get(),
        series_dropped,
    }
}

/// The answers with names, and a count of the texts that were bad.
struct Read<'a> {
    plan: &'a DescribePlan,
    answers: &'a Answers,
    bad_texts: std::cell::Cell<u64>,
}

impl<'a> Read<'a> {
    const fn new(plan: &'a DescribePlan, answers: &'a Answers) -> Self {
        Self {
            plan,
            answers,
            bad_texts: std::cell::Cell::new(0),
        }
    }

    fn system(&self, name: &str) -> Option<&'a Cell> {
        let at = crate::modules::SYSTEM.iter().position(|s| s.name == name)?;
        self.answers.system.get(at)?.as_ref()
    }

    fn table(&self, name: &str) -> Option<(&'static Table, &'a TableAnswer)> {
        let at = self.plan.tables.iter().position(|t| t.name == name)?;
        Some((self.plan.tables[at], self.answers.tables.get(at)?))
    }

    fn text(&self, cell: Option<&Cell>) -> String {
        let clean = text::clean(cell.and_then(Cell::bytes).unwrap_or_default());
        if clean.changed {
            self.bad_texts.set(self.bad_texts.get() + 1);
        }
        clean.text
    }
}

/// The cell of a row by the column's name.
fn cell<'a>(table: &Table, row: &'a [Option<Cell>], name: &str) -> Option<&'a Cell> {
    let at = table.columns.iter().position(|c| c.name == name)?;
    row.get(at)?.as_ref()
}

fn who(read: &Read<'_>) -> Identity {
    let system = |name| read.text(read.system(name));
    let mut identity = Identity {
        sys_descr: system("sysDescr"),
        sys_object_id: read
            .system("sysObjectID")
            .and_then(Cell::oid)
            .map(dotted)
            .unwrap_or_default(),
        sys_name: system("sysName"),
        sys_location: system("sysLocation"),
        sys_contact: system("sysContact"),
        ..Identity::default()
    };
    for (scalar, cell) in read.plan.scalars.iter().zip(&read.answers.scalars) {
        if let Some(fact) = scalar.fact {
            take_fact(read, &mut identity, fact, cell.as_ref());
        }
    }
    identity
}

fn take_fact(read: &Read<'_>, identity: &mut Identity, fact: Fact, cell: Option<&Cell>) {
    let text = read.text(cell);
    let (field, value) = match fact {
        Fact::Vendor => (&mut identity.vendor, identity::known(&text)),
        Fact::Model => (&mut identity.model, identity::known(&text)),
        Fact::Serial => (&mut identity.serial, identity::serial(&text)),
        Fact::Version => (&mut identity.version, identity::known(&text)),
    };
    if field.is_none() {
        *field = value;
    }
}

#[cfg(test)]
#[path = "describe/tests.rs"]
mod tests;
