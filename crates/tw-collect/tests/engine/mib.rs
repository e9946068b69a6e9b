//! A switch whose counters grow by a known amount a second, restarts and renumbers.
//!
//! **Room:** tests.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tw_sim::mib::{Mib, View};
use tw_snmp::{Oid, Value};
use tw_units::Timestamp;

/// Octets that interface number `n` (from 1) gains a second.
pub(crate) const fn octets_per_second(n: u64) -> u64 {
    n * 1_000
}

#[derive(Debug)]
struct State {
    started: Timestamp,
    numbering: u32,
    starts: u32,
    /// The table changed without a restart.
    changed: Timestamp,
}

/// The switch.
#[derive(Debug)]
pub(crate) struct Switch {
    interfaces: u32,
    state: Mutex<State>,
}

impl Switch {
    /// Started a day before `now`.
    pub(crate) fn new(interfaces: u32, now: Timestamp) -> Self {
        Self {
            interfaces,
            state: Mutex::new(State {
                started: now.minus(Duration::from_hours(24)),
                numbering: 0,
                starts: 1,
                changed: now.minus(Duration::from_hours(23)),
            }),
        }
    }

    /// Gives the interfaces other numbers without a restart, as inserting a card does.
    pub(crate) fn renumber(&self, now: Timestamp) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.numbering += 1;
        state.changed = now;
    }
}

impl Mib for Switch {
    fn at(&self, t: Timestamp) -> Option<Box<dyn View>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let up = t.millis_since(state.started).max(0).unsigned_abs();
        let mut table = BTreeMap::new();
        let mut put = |oid: &str, value: Value| {
            table.insert(oid.parse::<Oid>().unwrap(), value);
        };
        let ticks = |ms: u64| Value::TimeTicks(u32::try_from(ms / 10 % (1 << 32)).unwrap());
        put(
            "1.3.6.1.2.1.1.1.0",
            Value::OctetString(b"Simulated switch, Version 1.2.3".to_vec()),
        );
        put(
            "1.3.6.1.2.1.1.2.0",
            Value::ObjectIdentifier("1.3.6.1.4.1.9.1.1".parse().unwrap()),
        );
        put("1.3.6.1.2.1.1.3.0", ticks(up));
        put("1.3.6.1.2.1.1.5.0", Value::OctetString(b"sw".to_vec()));
        let changed = state
            .changed
            .millis_since(state.started)
            .max(0)
            .unsigned_abs();
        put("1.3.6.1.2.1.31.1.5.0", ticks(changed));
        for n in 1..=self.interfaces {
            // Another numbering moves every interface to another index.
            let index = (n - 1 + state.numbering * 7) % self.interfaces + 1 + state.numbering * 100;
            let octets = octets_per_second(u64::from(n)) * up / 1_000;
            let name = format!("Gi0/{n}");
            let text = |s: &str| Value::OctetString(s.as_bytes().to_vec());
            let table = "1.3.6.1.2.1.2.2.1";
            put(&format!("{table}.2.{index}"), text(&name));
            put(&format!("{table}.5.{index}"), Value::Gauge32(1_000_000_000));
            let mac = vec![
                2,
                0,
                0,
                0,
                u8::try_from(n >> 8).unwrap(),
                u8::try_from(n & 255).unwrap(),
            ];
            put(&format!("{table}.6.{index}"), Value::OctetString(mac));
            put(&format!("{table}.7.{index}"), Value::Integer(1));
            put(&format!("{table}.8.{index}"), Value::Integer(1));
            put(&format!("{table}.14.{index}"), Value::Counter32(0));
            put(&format!("{table}.20.{index}"), Value::Counter32(0));
            let xtable = "1.3.6.1.2.1.31.1.1.1";
            put(&format!("{xtable}.1.{index}"), text(&name));
            put(&format!("{xtable}.6.{index}"), Value::Counter64(octets));
            put(
                &format!("{xtable}.10.{index}"),
                Value::Counter64(octets / 2),
            );
            put(&format!("{xtable}.15.{index}"), Value::Gauge32(1_000));
            put(&format!("{xtable}.18.{index}"), text(&format!("port {n}")));
        }
        let boots = state.starts;
        Some(Box::new(Still {
            table,
            engine: (boots, Duration::from_millis(up)),
        }))
    }

    fn restart(&self, t: Timestamp, renumber: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.started = t;
        state.changed = t;
        state.starts += 1;
        state.numbering += u32::from(renumber);
    }
}

struct Still {
    table: BTreeMap<Oid, Value>,
    engine: (u32, Duration),
}

impl View for Still {
    fn get(&self, oid: &Oid) -> Option<Value> {
        self.table.get(oid).cloned()
    }

    fn next(&self, oid: &Oid) -> Option<(Oid, Value)> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.table
            .range((Excluded(oid), Unbounded))
            .next()
            .map(|(oid, value)| (oid.clone(), value.clone()))
    }

    fn engine(&self) -> (u32, Duration) {
        self.engine
    }
}
