//! The description of a device while it is being read.
//!
//! **Room:** layer 1, pure. **May use:** `tw-snmp`, `tw-devices`. **Must not:** do I/O.

use super::{Device, Stage, Step};
use crate::engine::{
    compiled::Compiled,
    walk::{Walk, cell},
};
use std::sync::Arc;
use tw_devices::{
    Answers, Cell, DescribePlan, Description,
    describe::{Subject, TableAnswer},
    describe_plan,
    interface::KnownInterface,
    modules::SYSTEM,
};
use tw_ingest::{Observation, seen::Seen};
use tw_snmp::{RawPdu, RawVarBind};

/// Scalars of the description in one GET.
const SCALARS_AT_ONCE: usize = 20;

/// What was read so far.
#[derive(Debug)]
pub(super) struct Describing {
    pub(super) plan: DescribePlan,
    pub(super) walks: Vec<Walk>,
    pub(super) answers: Answers,
}

impl Device {
    /// Takes a part of `system`.
    pub(super) fn take_system(&mut self, pdu: &RawPdu<'_>) {
        let place = |arcs: &[u32]| SYSTEM.iter().position(|s| s.oid == arcs);
        take_named(pdu, place, &mut self.system);
    }

    /// `system` is known: goes on with what this maker's devices have.
    pub(super) fn describe_more(&mut self) {
        let system = std::mem::replace(&mut self.system, vec![None; SYSTEM.len()]);
        let of = |name| {
            SYSTEM
                .iter()
                .position(|s| s.name == name)
                .and_then(|at| system[at].as_ref())
        };
        let object_id = of("sysObjectID").and_then(Cell::oid).unwrap_or_default();
        let up_time = of("sysUpTime").and_then(Cell::code);
        let plan = describe_plan(object_id);
        let walks: Vec<Walk> = plan
            .tables
            .iter()
            .enumerate()
            .flat_map(|(at, table)| Walk::of(at, table))
            .collect();
        let Some(round) = &mut self.round else { return };
        round.stage = Stage::Describing;
        round.alone = false;
        round.up_time = up_time.and_then(|n| u64::try_from(n).ok());
        for from in (0..plan.scalars.len()).step_by(SCALARS_AT_ONCE) {
            let to = (from + SCALARS_AT_ONCE).min(plan.scalars.len());
            round.todo.push_back(Step::Scalars { from, to });
        }
        round.todo.extend((0..walks.len()).map(Step::Walk));
        self.describing = Some(Describing {
            answers: Answers {
                system,
                scalars: vec![None; plan.scalars.len()],
                tables: vec![TableAnswer::new(); plan.tables.len()],
            },
            plan,
            walks,
        });
    }

    pub(super) fn take_scalars(&mut self, pdu: &RawPdu<'_>) {
        if let Some(d) = &mut self.describing {
            let scalars = &d.plan.scalars;
            take_named(
                pdu,
                |arcs| scalars.iter().position(|s| s.oid == arcs),
                &mut d.answers.scalars,
            );
        }
    }

    /// Takes a part of a walk; more of it is asked until its end.
    pub(super) fn take_walk(&mut self, at: usize, pdu: &RawPdu<'_>) {
        let Some(d) = &mut self.describing else {
            return;
        };
        let Some(walk) = d.walks.get_mut(at) else {
            return;
        };
        let step = walk.take(pdu.varbinds.clone(), &mut d.answers.tables[walk.table]);
        let table = d.plan.tables[walk.table].name;
        let Some(round) = &mut self.round else { return };
        round.varbinds += step.varbinds;
        if round.varbinds > super::VARBINDS_MAX {
            for walk in &mut d.walks {
                walk.give_up();
            }
            round.todo.clear();
            self.note(
                "too_many_rows",
                "more than 100,000 varbinds in one round; the rest was left out",
            );
            return;
        }
        if !walk.is_done() {
            round.todo.push_back(Step::Walk(at));
        }
        if step.not_increasing {
            self.note(
                "oid_not_increasing",
                &format!("a name in {table} was not behind the one before"),
            );
        }
        if step.broken {
            self.note(
                "truncated",
                &format!("an answer about {table} ends inside a varbind"),
            );
        }
        if step.excess {
            self.note("oversized", super::OVERSIZED);
        }
    }

    /// Makes the description of what was read, and goes on with the values.
    pub(super) fn install(&mut self, now_us: u64) {
        let Some(d) = self.describing.take() else {
            return;
        };
        let description = tw_devices::describe(
            &Subject {
                target: &self.key.0,
                period_ms: self.period_us() / 1_000,
                known: &self.known,
            },
            &d.plan,
            &d.answers,
        );
        self.note_what_changed(&description);
        self.tell(&description);
        self.last_change = description.if_table_last_change;
        self.described_us = Some(now_us);
        self.describe_next = false;
        let key = description.layout.key();
        if key != self.layout_key {
            self.layout_key = key;
            self.layout = Arc::new(description.layout);
        }
        self.values.clear();
        self.values.resize(description.steady.width, None);
        self.compiled = Compiled::new(description.steady, self.last_change.is_some());
        self.prepare();
        if let Some(round) = &mut self.round {
            round.described = true;
            // The values are read from here on: their instant is now, not before the walk.
            let millis = now_us.saturating_sub(round.started_us) / 1_000;
            round.at = round.at.plus_millis(i64::try_from(millis).unwrap_or(0));
        }
        self.enter_steady();
    }

    fn note_what_changed(&mut self, description: &Description) {
        if let Some(before) = &self.told.interfaces {
            let moved = description.interfaces.iter().any(|new| {
                before
                    .iter()
                    .any(|old| old.key == new.key && old.if_index != new.if_index)
            });
            if moved {
                self.note(
                    "reindexed",
                    "interfaces have other indexes than before; their histories go on by name",
                );
            }
        }
        if description.bad_texts > 0 {
            self.note(
                "bad_text",
                &format!(
                    "{} texts were cut, cleaned or written as hex",
                    description.bad_texts
                ),
            );
        }
        if description.series_dropped > 0 {
            self.note(
                "too_many_rows",
                &format!(
                    "{} series beyond the limit were left out",
                    description.series_dropped
                ),
            );
        }
        // Interfaces that are away keep their keys: they may come back.
        for seen in &description.interfaces {
            match self.known.iter_mut().find(|known| known.key == seen.key) {
                Some(known) => *known = KnownInterface::from(seen),
                None => self.known.push(KnownInterface::from(seen)),
            }
        }
    }

    /// Queues what the centre does not know yet.
    fn tell(&mut self, description: &Description) {
        let Some(round) = &self.round else { return };
        let mut identity = description.identity.clone();
        identity.booted_at = round.up_time.map(|up| {
            let millis = i64::try_from(up * 10).unwrap_or(i64::MAX);
            round.at.plus_millis(-millis)
        });
        identity.engine_id = self
            .session
            .as_ref()
            .and_then(crate::engine::session::Session::engine_id);
        // The same start, read twice, differs by the way of a packet.
        if let (Some(new), Some(old)) = (
            identity.booted_at,
            self.told.identity.as_ref().and_then(|i| i.booted_at),
        ) && new.millis_since(old).abs() < 60_000
        {
            identity.booted_at = Some(old);
        }
        let mut seen = Vec::new();
        if changed(&mut self.told.identity, &identity) {
            seen.push(Seen::Identity(identity));
        }
        if changed(&mut self.told.interfaces, &description.interfaces) {
            seen.push(Seen::Interfaces {
                interfaces: description.interfaces.clone(),
            });
        }
        if changed(&mut self.told.parts, &description.parts) {
            seen.push(Seen::Parts {
                parts: description.parts.clone(),
            });
        }
        if changed(&mut self.told.sensors, &description.sensors) {
            seen.push(Seen::Sensors {
                sensors: description.sensors.clone(),
            });
        }
        // Most devices speak no LLDP: that they have no neighbours need not be told.
        let speaks = self.told.neighbours.is_some() || !description.neighbours.is_empty();
        if speaks && changed(&mut self.told.neighbours, &description.neighbours) {
            seen.push(Seen::Neighbours {
                neighbours: description.neighbours.clone(),
            });
        }
        let tells = self.told.addresses.is_some() || !description.addresses.is_empty();
        if tells && changed(&mut self.told.addresses, &description.addresses) {
            seen.push(Seen::Addresses {
                addresses: description.addresses.clone(),
            });
        }
        let (target, at) = (self.key.clone(), round.at);
        self.pending
            .extend(seen.into_iter().map(|seen| Observation {
                target: target.clone(),
                at,
                seen,
            }));
    }
}

fn changed<T: PartialEq + Clone>(told: &mut Option<T>, now: &T) -> bool {
    let differs = told.as_ref() != Some(now);
    if differs {
        *told = Some(now.clone());
    }
    differs
}

/// Puts the values of an answer where their names belong.
fn take_named(
    pdu: &RawPdu<'_>,
    place: impl Fn(&[u32]) -> Option<usize>,
    into: &mut [Option<Cell>],
) {
    for RawVarBind { oid, value } in pdu.varbinds.clone().flatten() {
        if let Some(at) = place(oid.to_oid().as_slice()) {
            into[at] = cell(value);
        }
    }
}
