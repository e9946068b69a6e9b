//! Walks the columns of a table side by side, to describe a device.
//!
//! **Room:** layer 1, pure. **May use:** `tw-snmp`, `tw-devices`. **Must not:** do I/O.

use super::compiled::oid;
use tw_devices::{Cell, describe::TableAnswer, plan::Table};
use tw_snmp::{Oid, Pdu, PduKind, RawValue, VarBind, VarBinds};

/// The most columns that one walk asks side by side.
pub(crate) const COLUMNS_MAX: usize = 12;
/// The most octets of a text that are kept until it is cleaned.
const TEXT_BYTES_MAX: usize = 2 * tw_devices::text::TEXT_BYTES_MAX + 8;

#[derive(Debug)]
struct Column {
    /// Its place in the table's rows.
    at: usize,
    prefix: Oid,
    /// The last name that was seen.
    cursor: Oid,
    done: bool,
}

/// A walk in progress; one request at a time.
#[derive(Debug)]
pub(crate) struct Walk {
    /// The table's place in the plan.
    pub(crate) table: usize,
    width: usize,
    columns: Vec<Column>,
    /// How many varbinds the answer to the last request may have.
    asked: usize,
    /// How many columns the last request had.
    abreast: usize,
}

/// What an answer brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// Varbinds read.
    pub(crate) varbinds: usize,
    /// A name was not behind the one before.
    pub(crate) not_increasing: bool,
    /// The answer ends inside a varbind.
    pub(crate) broken: bool,
    /// The answer has more varbinds than were asked.
    pub(crate) excess: bool,
}

impl Walk {
    /// The walks that read a table: its columns in groups.
    pub(crate) fn of(at: usize, table: &Table) -> Vec<Self> {
        let places: Vec<usize> = (0..table.columns.len()).collect();
        places
            .chunks(COLUMNS_MAX)
            .map(|group| Self {
                table: at,
                width: table.columns.len(),
                asked: 0,
                abreast: 1,
                columns: group
                    .iter()
                    .map(|at| {
                        let prefix = oid(&table.column_oid(&table.columns[*at]));
                        Column {
                            at: *at,
                            cursor: prefix.clone(),
                            prefix,
                            done: false,
                        }
                    })
                    .collect(),
            })
            .collect()
    }

    /// Whether everything was read.
    pub(crate) fn is_done(&self) -> bool {
        self.columns.iter().all(|column| column.done)
    }

    /// Ends the walk with what there is.
    pub(crate) fn give_up(&mut self) {
        for column in &mut self.columns {
            column.done = true;
        }
    }

    /// The varbinds that the answer to the last request may have had.
    pub(crate) const fn asked(&self) -> usize {
        self.asked
    }

    /// The next request: at most `varbinds` of them in the answer. Without `bulk` by GETNEXT.
    pub(crate) fn request(&mut self, varbinds: usize, bulk: bool) -> Pdu {
        let open: Vec<VarBind> = self
            .columns
            .iter()
            .filter(|column| !column.done)
            .take(varbinds.max(1))
            .map(|column| VarBind::ask(column.cursor.clone()))
            .collect();
        let rows = if bulk {
            (varbinds / open.len().max(1)).clamp(1, super::bulk::ROWS_MAX)
        } else {
            1
        };
        self.asked = rows * open.len();
        self.abreast = open.len();
        Pdu {
            kind: if bulk {
                PduKind::GetBulkRequest
            } else {
                PduKind::GetNextRequest
            },
            request_id: 0,
            error_status: 0,
            error_index: if bulk {
                i32::try_from(rows).unwrap_or(1)
            } else {
                0
            },
            varbinds: open,
            trap_v1: None,
        }
    }

    /// Takes an answer. A column whose names do not grow ends there.
    pub(crate) fn take(&mut self, varbinds: VarBinds<'_>, rows: &mut TableAnswer) -> Step {
        let mut step = Step::default();
        let open: Vec<usize> = (0..self.columns.len())
            .filter(|at| !self.columns[*at].done)
            .take(self.abreast)
            .collect();
        if open.is_empty() {
            return step;
        }
        for varbind in varbinds {
            let Ok(varbind) = varbind else {
                step.broken = true;
                break;
            };
            if step.varbinds >= self.asked {
                step.excess = true;
                break;
            }
            let column = &mut self.columns[open[step.varbinds % open.len()]];
            step.varbinds += 1;
            if column.done {
                continue;
            }
            if varbind.oid == column.cursor && !varbind.value.is_exception() {
                column.done = true;
                step.not_increasing = true;
                continue;
            }
            let name = varbind.oid.to_oid();
            if !name.starts_with(&column.prefix) || varbind.value.is_exception() {
                column.done = true;
                step.not_increasing |= name < column.cursor;
                continue;
            }
            if name < column.cursor {
                column.done = true;
                step.not_increasing = true;
                continue;
            }
            let index = name.suffix_of(&column.prefix).unwrap_or_default();
            let row = rows
                .entry(index.to_vec())
                .or_insert_with(|| vec![None; self.width]);
            row[column.at] = cell(varbind.value);
            column.cursor = name;
        }
        if step.varbinds == 0 {
            // An empty list ends the walk, or it would be asked for ever.
            self.give_up();
        }
        step
    }

    /// An error about the varbind number `index` (from 1), as v1 agents end a table: that
    /// column is done, or all of them when the index says nothing.
    pub(crate) fn refuse(&mut self, index: i32) {
        let open = self.columns.iter_mut().filter(|column| !column.done);
        let at = usize::try_from(index).ok().and_then(|n| n.checked_sub(1));
        let column = at.and_then(|at| open.into_iter().nth(at));
        match column {
            Some(column) => column.done = true,
            None => self.give_up(),
        }
    }
}

/// A value as a cell; what says that there is no value is none.
pub(crate) fn cell(value: RawValue<'_>) -> Option<Cell> {
    match value {
        RawValue::Integer(n) => Some(Cell::Int(i64::from(n))),
        RawValue::Counter32(n) | RawValue::Gauge32(n) | RawValue::TimeTicks(n) => {
            Some(Cell::Uint(u64::from(n)))
        }
        RawValue::Counter64(n) => Some(Cell::Uint(n)),
        RawValue::OctetString(bytes) | RawValue::Opaque(bytes) => Some(Cell::Bytes(
            bytes[..bytes.len().min(TEXT_BYTES_MAX)].to_vec(),
        )),
        RawValue::IpAddress(address) => Some(Cell::Bytes(address.to_vec())),
        RawValue::ObjectIdentifier(oid) => Some(Cell::Oid(oid.arcs().collect())),
        RawValue::Null
        | RawValue::NoSuchObject
        | RawValue::NoSuchInstance
        | RawValue::EndOfMibView => None,
    }
}
