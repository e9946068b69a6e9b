//! What the rows of tables are: interfaces, parts, sensors, storage.
//!
//! **Room:** layer 0, pure. **May use:** `tw-ingest`. **Must not:** do I/O.

use super::{
    Read, TableAnswer,
    build::{Builder, Labels, Source},
    cell,
};
use crate::{
    Cell,
    cell::dotted,
    identity,
    interface::{KnownInterface, match_interfaces},
    plan::{Column, Rows, SensorOf, Table},
    sensor::{self, SensorClass},
    text,
};
use std::collections::{BTreeMap, BTreeSet};
use tw_ingest::{
    ValueKind,
    seen::{InterfaceSeen, PartSeen},
};

/// `entPhySensorOperStatus` (RFC 3433) of a sensor whose value holds.
const SENSOR_OK: i64 = 1;

/// The rows of ifTable and ifXTable with their keys, in the order of their index.
pub(super) fn interfaces(read: &Read<'_>, known: &[KnownInterface]) -> Vec<InterfaceSeen> {
    let mut found: BTreeMap<u32, InterfaceSeen> = BTreeMap::new();
    for name in ["ifTable", "ifXTable"] {
        let Some((table, answer)) = read.table(name) else {
            continue;
        };
        for (index, row) in answer {
            if let [if_index] = **index {
                let seen = found.entry(if_index).or_insert_with(|| InterfaceSeen {
                    if_index,
                    ..InterfaceSeen::default()
                });
                fill_interface(read, seen, table, row);
            }
        }
    }
    let mut all: Vec<InterfaceSeen> = found.into_values().collect();
    let keys = match_interfaces(known, &all);
    for (interface, key) in all.iter_mut().zip(keys) {
        interface.key = key;
    }
    all
}

fn fill_interface(read: &Read<'_>, seen: &mut InterfaceSeen, table: &Table, row: &[Option<Cell>]) {
    let number = |name| cell(table, row, name).and_then(Cell::code);
    let speed = |name| {
        number(name)
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or(0)
    };
    if table.name == "ifXTable" {
        seen.name = read.text(cell(table, row, "ifName"));
        seen.alias = read.text(cell(table, row, "ifAlias"));
        // ifSpeed says 2^32 - 1 for what it cannot; ifHighSpeed says 0 for what is slow.
        let high = speed("ifHighSpeed").saturating_mul(1_000_000);
        if high > 0
            && (seen.speed_bps == 0
                || seen.speed_bps >= u64::from(u32::MAX)
                || high > seen.speed_bps)
        {
            seen.speed_bps = high;
        }
        return;
    }
    seen.descr = read.text(cell(table, row, "ifDescr"));
    seen.mac = cell(table, row, "ifPhysAddress")
        .and_then(Cell::bytes)
        .and_then(text::mac);
    seen.if_type = number("ifType").unwrap_or(0);
    seen.mtu = number("ifMtu");
    seen.speed_bps = speed("ifSpeed");
    seen.admin_status = number("ifAdminStatus").unwrap_or(0);
    seen.oper_status = number("ifOperStatus").unwrap_or(0);
}

/// The rows of entPhysicalTable.
pub(super) fn parts(read: &Read<'_>) -> Vec<PartSeen> {
    let Some((table, answer)) = read.table("entPhysicalTable") else {
        return Vec::new();
    };
    let mut parts = Vec::new();
    for (index, row) in answer {
        let [index] = **index else { continue };
        let text = |name| read.text(cell(table, row, name));
        let number = |name| cell(table, row, name).and_then(Cell::code).unwrap_or(0);
        let known = |name| identity::known(&text(name));
        parts.push(PartSeen {
            index,
            contained_in: u32::try_from(number("entPhysicalContainedIn")).unwrap_or(0),
            class: number("entPhysicalClass"),
            descr: text("entPhysicalDescr"),
            name: text("entPhysicalName"),
            serial: identity::serial(&text("entPhysicalSerialNum")),
            model: known("entPhysicalModelName"),
            maker: known("entPhysicalMfgName"),
            hardware_revision: known("entPhysicalHardwareRev"),
            software_revision: known("entPhysicalSoftwareRev"),
            made_on: cell(table, row, "entPhysicalMfgDate")
                .and_then(Cell::bytes)
                .and_then(identity::made_on),
            asset_tag: known("entPhysicalAssetID"),
        });
    }
    parts
}

/// Adds the series of a table.
pub(super) fn add_table(
    builder: &mut Builder,
    read: &Read<'_>,
    table: &Table,
    answer: &TableAnswer,
    interfaces: &BTreeMap<u32, &InterfaceSeen>,
) {
    match table.rows {
        Rows::Facts => {}
        Rows::Interfaces => {
            for (index, row) in answer {
                if let [if_index] = **index
                    && let Some(seen) = interfaces.get(&if_index)
                {
                    let object = builder.object(seen.key.clone(), interface_labels(seen));
                    let absent = replaced(read, index);
                    add_columns(builder, table, (index, row), &absent, object);
                }
            }
        }
        Rows::Ordinals { prefix, label } => {
            for (ordinal, (index, row)) in (1_u32..).zip(answer) {
                let labels = vec![(label.to_owned(), dotted(index))];
                let object = builder.object(format!("{prefix}{ordinal}"), labels);
                add_columns(builder, table, (index, row), &BTreeSet::new(), object);
                let name = prefix.rsplit_once(':').map_or(prefix, |(_, name)| name);
                line_sensors(builder, table, (index, row), &format!("{name}{ordinal}"));
            }
        }
        Rows::Named { prefix, by, label } => {
            for (index, row) in answer {
                let name = read.text(cell(table, row, by));
                let key = builder.unused_key(&format!("{prefix}{}", text::key_part(&name)));
                let labels = vec![
                    (label.to_owned(), dotted(index)),
                    (by.to_owned(), text::label(name.as_bytes())),
                ];
                let object = builder.object(key, labels);
                add_columns(builder, table, (index, row), &BTreeSet::new(), object);
            }
        }
        Rows::EntitySensors => entity_sensors(builder, read, table, answer),
        Rows::Sensors { prefix, by } => {
            for (index, row) in answer {
                let name = by
                    .map(|by| read.text(cell(table, row, by)))
                    .filter(|name| !name.is_empty())
                    .unwrap_or_else(|| dotted(index));
                line_sensors(builder, table, (index, row), &format!("{prefix}{name}"));
            }
        }
    }
}

/// `ifIndex`, `ifName`, `ifAlias`, `ifDescr`, as snmp_exporter names them.
fn interface_labels(seen: &InterfaceSeen) -> Labels {
    let label = |name: &str, value: &str| (name.to_owned(), text::label(value.as_bytes()));
    vec![
        ("ifIndex".into(), seen.if_index.to_string()),
        label("ifName", &seen.name),
        label("ifAlias", &seen.alias),
        label("ifDescr", &seen.descr),
    ]
}

/// The columns of ifXTable that an interface has: they replace their narrow twins.
fn replaced(read: &Read<'_>, index: &[u32]) -> BTreeSet<&'static str> {
    let Some((table, row)) = read
        .table("ifXTable")
        .and_then(|(table, answer)| Some((table, answer.get(index)?)))
    else {
        return BTreeSet::new();
    };
    table
        .columns
        .iter()
        .zip(row)
        .filter(|(_, cell)| cell.is_some())
        .map(|(column, _)| column.name)
        .collect()
}

fn add_columns(
    builder: &mut Builder,
    table: &Table,
    (index, row): (&[u32], &[Option<Cell>]),
    present: &BTreeSet<&'static str>,
    object: u32,
) {
    for (column, cell) in table.columns.iter().zip(row) {
        let has_number = cell.as_ref().is_some_and(|cell| cell.number().is_some());
        let replaced = column.unless.is_some_and(|other| present.contains(other));
        if let Some(kind) = column.kind
            && has_number
            && !replaced
        {
            builder.want(column.name, object, kind, source(table, column, index));
        }
    }
}

/// Adds the columns of a row that are sensors, under `<row name>-<sensor name>`.
fn line_sensors(
    builder: &mut Builder,
    table: &Table,
    (index, row): (&[u32], &[Option<Cell>]),
    row_name: &str,
) {
    for (column, cell) in table.columns.iter().zip(row) {
        let (Some(of), Some(code)) = (column.sensor, cell.as_ref().and_then(Cell::code)) else {
            continue;
        };
        if of.absent == Some(code) {
            continue;
        }
        let name = if of.name.is_empty() {
            row_name.to_owned()
        } else {
            format!("{row_name}-{}", of.name)
        };
        // A column that is kept under its own name is asked once and copied.
        let source = match column
            .kind
            .and_then(|_| builder.find(column.name, &table.column_oid(column), index))
        {
            Some(from) => Source::Other { from },
            None => source(table, column, index),
        };
        builder.sensor(&name, column.name, of, source);
    }
}

fn source(table: &Table, column: &Column, index: &[u32]) -> Source {
    Source::Cell {
        column: table.column_oid(column),
        row: index.to_vec(),
    }
}

/// The sensors of ENTITY-SENSOR-MIB, with the names of ENTITY-MIB.
fn entity_sensors(builder: &mut Builder, read: &Read<'_>, table: &Table, answer: &TableAnswer) {
    let names = read.table("entPhysicalTable");
    for (index, row) in answer {
        let number = |name| cell(table, row, name).and_then(Cell::code);
        if number("entPhySensorValue").is_none() {
            continue;
        }
        let name = names
            .and_then(|(entity, answer)| {
                let part = answer.get(index)?;
                ["entPhysicalName", "entPhysicalDescr"]
                    .into_iter()
                    .map(|name| read.text(cell(entity, part, name)))
                    .find(|name| !name.is_empty())
            })
            .unwrap_or_else(|| format!("sensor-{}", dotted(index)));
        let units = read.text(cell(table, row, "entPhySensorUnitsDisplay"));
        let (class, base) = sensor::entity_sensor(number("entPhySensorType").unwrap_or(2), &units);
        let scale = sensor::entity_factor(
            number("entPhySensorScale").unwrap_or(9),
            number("entPhySensorPrecision").unwrap_or(0),
        );
        let factor = if class == SensorClass::State {
            1.0
        } else {
            base * scale
        };
        let of = SensorOf {
            name: "",
            class,
            factor,
            absent: None,
        };
        let at = |name: &str| {
            let column = table.columns.iter().find(|column| column.name == name)?;
            Some(source(table, column, index))
        };
        let Some(value) = at("entPhySensorValue")
            .and_then(|value| builder.sensor(&name, "entPhySensorValue", of, value))
        else {
            continue;
        };
        if let (Some(_), Some(status)) = (
            number("entPhySensorOperStatus"),
            at("entPhySensorOperStatus"),
        ) {
            let object = builder.object_of(value);
            if let Some(status) =
                builder.want("entPhySensorOperStatus", object, ValueKind::State, status)
            {
                builder.gate(value, status, SENSOR_OK);
            }
        }
    }
}
