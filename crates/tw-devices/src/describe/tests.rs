//! Small devices made by hand.
//!
//! **Room:** tests.

use super::*;
use crate::{describe_plan, modules::SYSTEM, plan::FixedSlots};
use tw_ingest::{ValueKind, round::Value};

/// A device as its objects.
#[derive(Default, Clone)]
struct Fake(BTreeMap<Vec<u32>, Cell>);

impl Fake {
    fn text(mut self, oid: &str, text: &str) -> Self {
        self.0.insert(arcs(oid), Cell::Bytes(text.into()));
        self
    }

    fn int(mut self, oid: &str, number: i64) -> Self {
        self.0.insert(arcs(oid), Cell::Int(number));
        self
    }

    fn oid(mut self, oid: &str, value: &str) -> Self {
        self.0.insert(arcs(oid), Cell::Oid(arcs(value)));
        self
    }

    fn interface(self, index: u32, name: &str, mac: u8) -> Self {
        let (table, xtable) = ("1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1");
        let mut fake = self
            .text(&format!("{table}.2.{index}"), name)
            .int(&format!("{table}.5.{index}"), 4_294_967_295)
            .int(&format!("{table}.8.{index}"), 1)
            .int(&format!("{table}.10.{index}"), 5)
            .int(&format!("{table}.14.{index}"), 5)
            .text(&format!("{xtable}.1.{index}"), name)
            .int(&format!("{xtable}.6.{index}"), 5)
            .int(&format!("{xtable}.15.{index}"), 10_000);
        let at = arcs(&format!("{table}.6.{index}"));
        fake.0.insert(at, Cell::Bytes(vec![2, 0, 0, 0, 0, mac]));
        fake
    }

    fn answers(&self) -> (DescribePlan, Answers) {
        let object_id = self
            .0
            .get(&arcs("1.3.6.1.2.1.1.2.0"))
            .and_then(Cell::oid)
            .unwrap_or(&[]);
        let plan = describe_plan(object_id);
        let get = |scalars: &[&Scalar]| {
            scalars
                .iter()
                .map(|s| self.0.get(s.oid).cloned())
                .collect::<Vec<_>>()
        };
        let answers = Answers {
            system: get(&SYSTEM.iter().collect::<Vec<_>>()),
            scalars: get(&plan.scalars),
            tables: plan.tables.iter().map(|t| self.table(t)).collect(),
        };
        (plan, answers)
    }

    fn table(&self, table: &Table) -> TableAnswer {
        let mut rows = TableAnswer::new();
        for (at, column) in table.columns.iter().enumerate() {
            let prefix = table.column_oid(column);
            for (oid, cell) in &self.0 {
                if let Some(index) = oid.strip_prefix(prefix.as_slice()) {
                    let row = rows
                        .entry(index.to_vec())
                        .or_insert_with(|| vec![None; table.columns.len()]);
                    row[at] = Some(cell.clone());
                }
            }
        }
        rows
    }

    fn describe(&self, known: &[KnownInterface]) -> Description {
        let (plan, answers) = self.answers();
        let subject = Subject {
            target: "d",
            period_ms: 60_000,
            known,
        };
        describe(&subject, &plan, &answers)
    }
}

use crate::plan::Scalar;

fn arcs(oid: &str) -> Vec<u32> {
    oid.split('.').map(|arc| arc.parse().unwrap()).collect()
}

/// The series as `object metric`, in order.
fn series(description: &Description) -> Vec<String> {
    let layout = &description.layout;
    layout
        .series
        .iter()
        .map(|s| format!("{} {}", layout.objects[s.object as usize].key, s.metric))
        .collect()
}

#[test]
fn a_device_that_never_answered_has_a_layout() {
    let description = Fake::default().describe(&[]);
    assert_eq!(
        series(&description),
        [
            " tierwatch_device_up",
            " tierwatch_icmp_up",
            " tierwatch_icmp_rtt_seconds",
            " tierwatch_snmp_rtt_seconds",
            " tierwatch_poll_varbinds",
            " sysUpTime",
        ]
    );
    let fixed = FixedSlots {
        device_up: 0,
        icmp_up: 1,
        icmp_rtt: 2,
        snmp_rtt: 3,
        varbinds: 4,
        sys_up_time: 5,
    };
    assert_eq!(description.steady.fixed, fixed);
}

#[test]
fn wide_counters_replace_narrow_ones_and_metrics_lie_side_by_side() {
    let description = Fake::default()
        .interface(1, "a", 1)
        .interface(2, "b", 2)
        .int("1.3.6.1.2.1.2.2.1.10.3", 7)
        .describe(&[]);
    assert_eq!(
        series(&description)[6..],
        [
            "if:a ifOperStatus",
            "if:b ifOperStatus",
            "if:a ifInErrors",
            "if:b ifInErrors",
            "if:unnamed ifInOctets",
            "if:a ifHCInOctets",
            "if:b ifHCInOctets",
        ]
    );
    assert_eq!(description.interfaces[0].speed_bps, 10_000_000_000);
    // The three columns of both rows are one table; the row that lacks them is another.
    let shapes: Vec<_> = description
        .steady
        .tables
        .iter()
        .map(|t| (t.columns.len(), t.rows.len(), t.cells.len()))
        .collect();
    assert_eq!(shapes, [(3, 2, 6), (1, 1, 1)]);
}

#[test]
fn slots_follow_the_keys_through_a_renumbering() {
    let before = Fake::default()
        .interface(1, "a", 1)
        .interface(2, "b", 2)
        .describe(&[]);
    let known: Vec<_> = before.interfaces.iter().map(KnownInterface::from).collect();
    let after = Fake::default()
        .interface(7, "b", 2)
        .interface(8, "a", 1)
        .describe(&known);
    let slot_of = |d: &Description, index: u32| {
        let table = &d.steady.tables[0];
        let row = table.rows.iter().position(|r| *r == [index]).unwrap();
        let slot = table.cells[row * table.columns.len()].slot;
        d.layout.objects[d.layout.series[slot as usize].object as usize]
            .key
            .clone()
    };
    assert_eq!(slot_of(&before, 1), "if:a");
    assert_eq!(slot_of(&after, 8), "if:a");
    assert_ne!(before.layout.key(), after.layout.key());
}

fn ups() -> Fake {
    Fake::default()
        .text("1.3.6.1.2.1.33.1.1.1.0", "Socomec")
        .int("1.3.6.1.2.1.33.1.2.1.0", 2)
        .int("1.3.6.1.2.1.33.1.2.3.0", 34)
        .int("1.3.6.1.2.1.33.1.2.4.0", 57)
        .int("1.3.6.1.2.1.33.1.4.4.1.5.1", 41)
}

#[test]
fn a_ups_has_its_standard_names_and_sensors_in_base_units() {
    let description = ups().describe(&[]);
    let list = series(&description);
    for wanted in [
        " upsBatteryStatus",
        " upsEstimatedChargeRemaining",
        "line:output-1 upsOutputPercentLoad",
        "sensor:battery-charge tierwatch_sensor_value",
        "sensor:output-1-load tierwatch_sensor_value",
    ] {
        assert!(list.iter().any(|s| s == wanted), "{wanted} in {list:#?}");
    }
    assert_eq!(description.identity.vendor.as_deref(), Some("Socomec"));
    let mut values = vec![None; description.steady.width];
    for scalar in &description.steady.scalars {
        if scalar.oid == arcs("1.3.6.1.2.1.33.1.2.4.0") {
            values[scalar.cell.slot as usize] = scalar.cell.value(57);
        }
    }
    description.steady.complete(&mut values);
    let at = list
        .iter()
        .position(|s| s.starts_with("sensor:battery-charge"))
        .unwrap();
    assert_eq!(values[at], Some(Value::Float(0.57)));
    let status = description
        .sensors
        .iter()
        .find(|s| s.key == "sensor:battery-status")
        .unwrap();
    assert_eq!(status.states[1], (2, "normal".to_owned()));
}

fn probe(status: i64) -> Fake {
    Fake::default()
        .text("1.3.6.1.2.1.47.1.1.1.1.7.11", "Cold aisle 1")
        .text("1.3.6.1.2.1.47.1.1.1.1.11.1", "ABCD1234")
        .int("1.3.6.1.2.1.47.1.1.1.1.5.1", 3)
        .int("1.3.6.1.2.1.99.1.1.1.1.11", 8)
        .int("1.3.6.1.2.1.99.1.1.1.2.11", 9)
        .int("1.3.6.1.2.1.99.1.1.1.3.11", 1)
        .int("1.3.6.1.2.1.99.1.1.1.4.11", 235)
        .int("1.3.6.1.2.1.99.1.1.1.5.11", status)
}

#[test]
fn an_entity_sensor_has_its_scale_and_holds_only_while_it_is_ok() {
    let description = probe(1).describe(&[]);
    assert_eq!(description.sensors[0].key, "sensor:Cold-aisle-1");
    assert_eq!(description.sensors[0].class, "temperature");
    assert_eq!(description.identity.serial.as_deref(), Some("ABCD1234"));
    let table = &description.steady.tables[0];
    let run = |status: i128| {
        let mut values = vec![None; description.steady.width];
        for (cell, number) in table.cells.iter().zip([235, status]) {
            values[cell.slot as usize] = cell.value(number);
        }
        description.steady.complete(&mut values);
        values[table.cells[0].slot as usize]
    };
    assert_eq!(run(1), Some(Value::Float(23.5)));
    assert_eq!(run(2), None);
}

#[test]
fn vendor_sensors_are_asked_of_their_vendor_only() {
    let geist = Fake::default()
        .text("1.3.6.1.4.1.21239.5.1.2.1.3.1", "Rack 01")
        .int("1.3.6.1.4.1.21239.5.1.2.1.5.1", 154);
    assert!(geist.describe(&[]).sensors.is_empty());
    let description = geist
        .oid("1.3.6.1.2.1.1.2.0", "1.3.6.1.4.1.21239.5.1")
        .describe(&[]);
    assert_eq!(description.sensors[0].key, "sensor:Rack-01-temperature");
    assert_eq!(
        description.layout.series.last().unwrap().kind,
        ValueKind::Gauge
    );
}

#[test]
fn hostile_names_are_harmless_and_counted() {
    let description = Fake::default()
        .interface(1, "<script>\x1b[2J", 1)
        .interface(2, &"x".repeat(100_000), 2)
        .describe(&[]);
    assert_eq!(description.interfaces[0].key, "if:-script-");
    assert!(description.interfaces[1].key.len() < 100);
    assert!(description.bad_texts >= 2);
    let labels = &description.layout.objects;
    assert!(
        labels
            .iter()
            .flat_map(|o| &o.labels)
            .all(|(_, v)| v.len() <= 256)
    );
}

#[test]
fn too_many_series_are_left_out_and_counted() {
    let mut fake = Fake::default();
    for index in 1..=6_000 {
        fake = fake.interface(index, &format!("p{index}"), 0);
    }
    let description = fake.describe(&[]);
    assert_eq!(description.layout.series.len(), crate::plan::SERIES_MAX);
    assert_eq!(description.series_dropped, 6 + 3 * 6_000 - 10_000);
}
