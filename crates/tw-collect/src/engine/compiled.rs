//! The plan of a device's rounds with everything prepared: requests encoded once, expected names
//! as bytes, so that a normal answer is compared and stored without allocation.
//!
//! **Room:** layer 1, pure. **May use:** `tw-snmp`, `tw-devices`, `tw-ingest`. **Must not:** do
//! I/O.

use super::bulk::BulkSize;
use tw_devices::{
    Steady,
    plan::{IF_TABLE_LAST_CHANGE, SYS_UP_TIME, SteadyCell},
};
use tw_ingest::round::Value;
use tw_snmp::{Oid, Pdu, PduKind, RawValue, RawVarBind, VarBind, VarBinds};

/// The most varbinds that a GET asks for, whatever was learned.
const GET_VARBINDS_MAX: usize = 60;

/// A part of a round: some scalars, or some rows of a table with all their columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Scalars `from..to`.
    Scalars { from: u32, to: u32 },
    /// Rows `from..to` of a table.
    Rows { table: u32, from: u32, to: u32 },
}

impl Part {
    /// Two halves, unless it is one row or one scalar.
    pub(crate) fn halves(self) -> Option<(Self, Self)> {
        match self {
            Self::Scalars { from, to } if to - from > 1 => {
                let middle = from.midpoint(to);
                Some((
                    Self::Scalars { from, to: middle },
                    Self::Scalars { from: middle, to },
                ))
            }
            Self::Rows { table, from, to } if to - from > 1 => {
                let middle = from.midpoint(to);
                Some((
                    Self::Rows {
                        table,
                        from,
                        to: middle,
                    },
                    Self::Rows {
                        table,
                        from: middle,
                        to,
                    },
                ))
            }
            Self::Scalars { .. } | Self::Rows { .. } => None,
        }
    }
}

/// What one answer brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent finding"
)]
pub(crate) struct Taken {
    /// `sysUpTime`.
    pub(crate) up_time: Option<u64>,
    /// `ifTableLastChange`.
    pub(crate) last_change: Option<u64>,
    /// Varbinds in the answer.
    pub(crate) varbinds: usize,
    /// Rows that the answer reached; the rest must be asked again.
    pub(crate) rows: u32,
    /// A name was not the expected one: rows came or went.
    pub(crate) other_shape: bool,
    /// A name was not behind the one that was asked.
    pub(crate) not_increasing: bool,
    /// The answer ends inside a varbind.
    pub(crate) broken: bool,
    /// The answer has more varbinds than were asked.
    pub(crate) excess: bool,
}

/// The prepared plan.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) steady: Steady,
    /// Names of all cells: scalars first, then the tables row by row.
    names: Vec<u8>,
    /// Where each name ends in `names`.
    ends: Vec<u32>,
    /// The first cell of each table.
    firsts: Vec<usize>,
    has_last_change: bool,
    /// The parts of a round, in order.
    pub(crate) parts: Vec<Part>,
}

impl Compiled {
    pub(crate) fn new(steady: Steady, has_last_change: bool) -> Self {
        let mut compiled = Self {
            names: Vec::new(),
            ends: Vec::new(),
            firsts: Vec::new(),
            has_last_change,
            parts: Vec::new(),
            steady,
        };
        let scalars = std::mem::take(&mut compiled.steady.scalars);
        for scalar in &scalars {
            compiled.push_name(&oid(&scalar.oid));
        }
        compiled.steady.scalars = scalars;
        let tables = std::mem::take(&mut compiled.steady.tables);
        for table in &tables {
            compiled.firsts.push(compiled.ends.len());
            for row in &table.rows {
                for column in &table.columns {
                    compiled.push_name(&oid(column).join(row));
                }
            }
        }
        compiled.steady.tables = tables;
        compiled
    }

    fn push_name(&mut self, name: &Oid) {
        self.names.extend_from_slice(&name.to_wire());
        self.ends
            .push(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
    }

    fn name(&self, cell: usize) -> &[u8] {
        let from = cell.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.names[from as usize..self.ends[cell] as usize]
    }

    /// Cuts the round into parts of the learned size; tables first, because their first request
    /// brings `sysUpTime` and `ifTableLastChange`.
    pub(crate) fn cut(&mut self, size: &BulkSize) {
        self.parts.clear();
        for (table, steady) in (0_u32..).zip(&self.steady.tables) {
            let rows = size.rows(steady.columns.len());
            push_ranges(steady.rows.len(), rows, |from, to| {
                self.parts.push(Part::Rows { table, from, to });
            });
        }
        let scalars = self.steady.scalars.len();
        let at_once = size.varbinds().min(GET_VARBINDS_MAX);
        push_ranges(scalars, at_once, |from, to| {
            self.parts.push(Part::Scalars { from, to });
        });
        if self.parts.is_empty() {
            self.parts.push(Part::Scalars { from: 0, to: 0 });
        }
    }

    /// How many varbinds the answer to a part has, without its head.
    pub(crate) fn width(&self, part: Part) -> usize {
        match part {
            Part::Scalars { from, to } => (to - from) as usize,
            Part::Rows { table, from, to } => {
                (to - from) as usize * self.steady.tables[table as usize].columns.len()
            }
        }
    }

    /// The request for a part. `by_get` names every instance, for v1 and for agents without
    /// GETBULK; `first` asks for `ifTableLastChange` too.
    pub(crate) fn request(&self, part: Part, by_get: bool, first: bool) -> Pdu {
        let bulk = matches!(part, Part::Rows { .. }) && !by_get;
        let mut varbinds = vec![head(SYS_UP_TIME, bulk)];
        if first && self.has_last_change {
            varbinds.push(head(IF_TABLE_LAST_CHANGE, bulk));
        }
        let heads = varbinds.len();
        let mut repetitions = 0;
        match part {
            Part::Scalars { from, to } => {
                let scalars = &self.steady.scalars[from as usize..to as usize];
                varbinds.extend(scalars.iter().map(|s| VarBind::ask(oid(&s.oid))));
            }
            Part::Rows { table, from, to } => {
                let table = &self.steady.tables[table as usize];
                if bulk {
                    let before = from
                        .checked_sub(1)
                        .map_or(&[][..], |row| &table.rows[row as usize]);
                    repetitions = i32::try_from(to - from).unwrap_or(1);
                    varbinds.extend(
                        table
                            .columns
                            .iter()
                            .map(|c| VarBind::ask(oid(c).join(before))),
                    );
                } else {
                    for row in &table.rows[from as usize..to as usize] {
                        varbinds
                            .extend(table.columns.iter().map(|c| VarBind::ask(oid(c).join(row))));
                    }
                }
            }
        }
        Pdu {
            kind: if bulk {
                PduKind::GetBulkRequest
            } else {
                PduKind::GetRequest
            },
            request_id: 0,
            error_status: if bulk {
                i32::try_from(heads).unwrap_or(1)
            } else {
                0
            },
            error_index: repetitions,
            varbinds,
            trap_v1: None,
        }
    }

    fn heads(&self, first: bool) -> usize {
        1 + usize::from(first && self.has_last_change)
    }

    /// Stores the values of an answer to a part.
    pub(crate) fn take(
        &self,
        (part, first): (Part, bool),
        varbinds: VarBinds<'_>,
        values: &mut [Option<Value>],
    ) -> Taken {
        let mut taken = Taken::default();
        let heads = self.heads(first);
        let (first_cell, count, columns) = self.cells_of(part);
        for varbind in varbinds {
            let Ok(varbind) = varbind else {
                taken.broken = true;
                break;
            };
            let at = taken.varbinds;
            if at >= heads + count {
                taken.excess = true;
                break;
            }
            taken.varbinds += 1;
            if at < heads {
                take_head(&mut taken, &varbind);
                continue;
            }
            let cell = first_cell + at - heads;
            if varbind.oid.as_bytes() == self.name(cell) {
                let value = number(varbind.value).and_then(|n| self.cell(cell).value(n));
                taken.other_shape |= varbind.value.is_exception();
                store(values, self.cell(cell).slot, value);
            } else {
                taken.other_shape = true;
                self.take_unexpected(part, &varbind, values, &mut taken);
            }
        }
        let got = taken.varbinds.saturating_sub(heads).min(count);
        taken.rows = u32::try_from(got / columns.max(1)).unwrap_or(u32::MAX);
        taken
    }

    /// The first cell of a part, how many it has, and how many columns a row has.
    fn cells_of(&self, part: Part) -> (usize, usize, usize) {
        match part {
            Part::Scalars { from, .. } => (from as usize, self.width(part), 1),
            Part::Rows { table, from, .. } => {
                let columns = self.steady.tables[table as usize].columns.len();
                let first = self.firsts[table as usize] + from as usize * columns;
                (first, self.width(part), columns)
            }
        }
    }

    fn cell(&self, cell: usize) -> SteadyCell {
        if let Some(scalar) = self.steady.scalars.get(cell) {
            return scalar.cell;
        }
        let table = self.firsts.partition_point(|first| *first <= cell) - 1;
        self.steady.tables[table].cells[cell - self.firsts[table]]
    }

    /// The general way: looks up the name among those of the part.
    fn take_unexpected(
        &self,
        part: Part,
        varbind: &RawVarBind<'_>,
        values: &mut [Option<Value>],
        taken: &mut Taken,
    ) {
        let Part::Rows { table, from, to } = part else {
            return;
        };
        let at = &self.steady.tables[table as usize];
        let name = varbind.oid.to_oid();
        let Some((column, index)) =
            at.columns.iter().enumerate().find_map(|(n, column)| {
                Some((n, name.as_slice().strip_prefix(column.as_slice())?))
            })
        else {
            return;
        };
        let before = from
            .checked_sub(1)
            .map_or(&[][..], |row| &at.rows[row as usize]);
        if index <= before {
            taken.not_increasing = true;
            return;
        }
        let rows = &at.rows[from as usize..to as usize];
        if let Ok(row) = rows.binary_search_by(|row| row.as_slice().cmp(index)) {
            let cell = at.cells[(from as usize + row) * at.columns.len() + column];
            let value = number(varbind.value).and_then(|n| cell.value(n));
            store(values, cell.slot, value);
        }
    }
}

fn push_ranges(count: usize, at_once: usize, mut push: impl FnMut(u32, u32)) {
    let at_once = at_once.max(1);
    for from in (0..count).step_by(at_once) {
        let to = (from + at_once).min(count);
        if let (Ok(from), Ok(to)) = (u32::try_from(from), u32::try_from(to)) {
            push(from, to);
        }
    }
}

fn head(arcs: &'static [u32], bulk: bool) -> VarBind {
    let name = Oid::from_static(arcs);
    VarBind::ask(if bulk { name } else { name.child(0) })
}

fn take_head(taken: &mut Taken, varbind: &RawVarBind<'_>) {
    let is = |arcs: &[u32]| {
        varbind
            .oid
            .arcs()
            .eq(arcs.iter().copied().chain(std::iter::once(0)))
    };
    if is(SYS_UP_TIME) {
        taken.up_time = varbind.value.as_u64();
    } else if is(IF_TABLE_LAST_CHANGE) {
        taken.last_change = varbind.value.as_u64();
    }
}

/// The number of a value; texts have none.
pub(crate) fn number(value: RawValue<'_>) -> Option<i128> {
    match value {
        RawValue::Integer(n) => Some(i128::from(n)),
        RawValue::Counter32(n) | RawValue::Gauge32(n) | RawValue::TimeTicks(n) => {
            Some(i128::from(n))
        }
        RawValue::Counter64(n) => Some(i128::from(n)),
        _ => None,
    }
}

fn store(values: &mut [Option<Value>], slot: u32, value: Option<Value>) {
    if let Some(place) = values.get_mut(slot as usize) {
        *place = value;
    }
}

/// Arcs of our own tables, or that a device sent and the decoder checked.
pub(crate) fn oid(arcs: &[u32]) -> Oid {
    Oid::from_arcs(arcs).unwrap_or_default()
}

#[cfg(test)]
#[path = "compiled/tests.rs"]
mod tests;
