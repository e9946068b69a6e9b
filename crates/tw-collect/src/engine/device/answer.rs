//! What answers and silence mean for a round.
//!
//! **Room:** layer 1, pure. **May use:** `tw-snmp`, `tw-devices`. **Must not:** do I/O.

use super::{Device, LastSeen, SHAPE_PAUSE_US, Stage, Step, WINDOW_MAX};
use crate::engine::compiled::{Part, Taken};
use tw_devices::counter::restarted;
use tw_snmp::RawPdu;

/// `error-status` of RFC 3416 §3.
const NO_ERROR: i32 = 0;
const TOO_BIG: i32 = 1;

/// An answer and what the worker knows of it.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) step: Step,
    pub(crate) pdu: &'a RawPdu<'a>,
    /// The time from its try to here.
    pub(crate) rtt_us: u64,
    /// The bytes of the datagram.
    pub(crate) bytes: usize,
    pub(crate) now_us: u64,
}

impl Device {
    /// Takes an answer.
    pub(crate) fn take(&mut self, answer: &Answer<'_>) {
        self.rtt.take(answer.rtt_us);
        let Some(round) = &mut self.round else { return };
        round.outstanding = round.outstanding.saturating_sub(1);
        round.answered = true;
        round.alone = false;
        round.rtt_us = round.rtt_us.or(Some(answer.rtt_us));
        match answer.pdu.error_status {
            NO_ERROR => self.take_good(answer),
            TOO_BIG => self.too_big(answer.step),
            _ => self.refused(answer),
        }
        self.settle(answer.now_us);
    }

    fn take_good(&mut self, answer: &Answer<'_>) {
        match answer.step {
            Step::Probe => self.take_probe(answer.now_us),
            Step::System { .. } => self.take_system(answer.pdu),
            Step::Scalars { .. } => self.take_scalars(answer.pdu),
            Step::Walk(at) => {
                self.take_walk(at, answer.pdu);
            }
            Step::Part { part, first, .. } => self.take_part(answer, part, first),
        }
    }

    /// Somebody is there. If steps had stayed silent before, they were too much to ask.
    fn take_probe(&mut self, now_us: u64) {
        let Some(round) = &mut self.round else { return };
        let suspects = std::mem::take(&mut round.suspects);
        if suspects.is_empty() {
            self.go_on(now_us);
            return;
        }
        for step in suspects {
            self.shrink(step, "silent_on_bulk");
        }
    }

    fn take_part(&mut self, answer: &Answer<'_>, part: Part, first: bool) {
        let Some(round) = &mut self.round else { return };
        if round.stage != Stage::Steady || round.torn {
            return;
        }
        let varbinds = answer.pdu.varbinds.clone();
        let taken = self
            .compiled
            .take((part, first), varbinds, &mut self.values);
        round.varbinds += taken.varbinds;
        if taken.excess {
            self.note("oversized", super::OVERSIZED);
        } else {
            self.size.take(answer.bytes, taken.varbinds);
        }
        if taken.broken {
            self.note("truncated", "an answer ends inside a varbind");
        }
        if taken.not_increasing {
            self.note(
                "oid_not_increasing",
                "an answer's name was not behind the one that was asked",
            );
        }
        if self.must_describe(&taken, first, answer.now_us) {
            return;
        }
        if taken.other_shape {
            let long_ago = self
                .described_us
                .is_none_or(|at| answer.now_us > at + SHAPE_PAUSE_US);
            self.describe_next |= long_ago;
        } else if let Part::Rows { table, from, to } = part
            && from + taken.rows < to
            && !taken.broken
        {
            self.ask_the_rest(table, from, taken.rows, to);
        }
    }

    /// Whether the device restarted or changed its tables, so that this round's values belong
    /// to nobody: then it is described again at once.
    fn must_describe(&mut self, taken: &Taken, first: bool, now_us: u64) -> bool {
        let Some(round) = &mut self.round else {
            return false;
        };
        let Some(up_time) = taken.up_time else {
            return false;
        };
        let before = match round.up_time {
            Some(before) => Some((before, now_us.saturating_sub(round.started_us))),
            None => self
                .last
                .map(|last| (last.up_time, now_us.saturating_sub(last.at_us))),
        };
        round.up_time.get_or_insert(up_time);
        let rebooted = before.is_some_and(|(up, elapsed)| restarted(up, up_time, elapsed / 1_000));
        let moved = first && taken.last_change != self.last_change;
        if !rebooted && !moved {
            self.last = Some(LastSeen {
                up_time,
                at_us: now_us,
            });
            return false;
        }
        self.values.fill(None);
        self.last = Some(LastSeen {
            up_time,
            at_us: now_us,
        });
        if rebooted {
            self.note("rebooted", "sysUpTime went back: the device restarted");
        }
        let Some(round) = &mut self.round else {
            return true;
        };
        round.up_time = Some(up_time);
        round.todo.clear();
        if round.described || round.outstanding > 0 {
            // Other answers are still on their way, or this round has its description:
            // the next round begins with a new one.
            round.torn = true;
            self.describe_next = true;
        } else {
            self.describe_next = true;
            self.ask_system();
        }
        true
    }

    /// The agent answered fewer rows than asked: it cuts its answers.
    fn ask_the_rest(&mut self, table: u32, from: u32, got: u32, to: u32) {
        if got == 0 {
            self.note("truncated", "an answer has no whole row");
            return;
        }
        let part = Part::Rows {
            table,
            from,
            to: from + got,
        };
        self.size.cap(self.compiled.width(part));
        self.push(Part::Rows {
            table,
            from: from + got,
            to,
        });
    }

    fn push(&mut self, part: Part) {
        if let Some(round) = &mut self.round {
            round.todo.push_back(Step::Part {
                part,
                first: false,
                prepared: None,
            });
        }
    }

    fn too_big(&mut self, step: Step) {
        self.shrink(step, "too_big");
    }

    /// Asks less of the same, or gives the step up.
    fn shrink(&mut self, step: Step, code: &'static str) {
        let asked = match step {
            Step::Part { part, .. } => self.compiled.width(part),
            Step::Walk(at) => self
                .describing
                .as_ref()
                .and_then(|d| d.walks.get(at))
                .map_or(1, super::super::walk::Walk::asked),
            Step::Scalars { from, to } | Step::System { from, to } => to - from,
            Step::Probe => 1,
        };
        let detail = match code {
            "too_big" => format!("the device cannot answer {asked} varbinds at once"),
            "truncated" => format!("an answer of {asked} varbinds came without its end"),
            _ => format!(
                "the device says nothing when asked for {asked} varbinds at once, but answers small questions"
            ),
        };
        self.note(code, &detail);
        match step {
            Step::Part { part, .. } => self.shrink_part(part, asked),
            Step::Walk(at) => {
                let smaller = self.size.halve(asked);
                let Some(round) = &mut self.round else { return };
                if smaller {
                    round.todo.push_back(Step::Walk(at));
                } else if let Some(walk) =
                    self.describing.as_mut().and_then(|d| d.walks.get_mut(at))
                {
                    walk.give_up();
                }
            }
            Step::Scalars { .. } | Step::System { .. } => self.push_halves(step),
            Step::Probe => {}
        }
    }

    fn shrink_part(&mut self, part: Part, asked: usize) {
        if let Some((low, high)) = part.halves() {
            if matches!(part, Part::Rows { .. }) {
                self.size.halve(asked);
            }
            self.push(low);
            self.push(high);
        } else if matches!(part, Part::Rows { .. }) && self.size.halve(1) {
            self.push(part);
        }
    }

    /// An error about a name: v1 ends tables and says what it has not like this.
    fn refused(&mut self, answer: &Answer<'_>) {
        match answer.step {
            Step::Walk(at) => {
                let Some(round) = &mut self.round else { return };
                if let Some(walk) = self.describing.as_mut().and_then(|d| d.walks.get_mut(at)) {
                    walk.refuse(answer.pdu.error_index);
                    if !walk.is_done() {
                        round.todo.push_back(Step::Walk(at));
                    }
                }
            }
            Step::Part { part, .. } => {
                if let Some((low, high)) = part.halves() {
                    self.push(low);
                    self.push(high);
                } else {
                    self.describe_next = true;
                }
            }
            Step::Scalars { .. } | Step::System { .. } => self.push_halves(answer.step),
            Step::Probe => self.take_probe(answer.now_us),
        }
    }

    /// Asks the same scalars in two requests; one alone is given up.
    fn push_halves(&mut self, step: Step) {
        let Some(round) = &mut self.round else { return };
        match step {
            Step::Scalars { from, to } if to - from > 1 => {
                let middle = usize::midpoint(from, to);
                round.todo.push_back(Step::Scalars { from, to: middle });
                round.todo.push_back(Step::Scalars { from: middle, to });
            }
            Step::System { from, to } if to - from > 1 => {
                let middle = usize::midpoint(from, to);
                round.todo.push_back(Step::System { from, to: middle });
                round.todo.push_back(Step::System { from: middle, to });
            }
            _ => {}
        }
    }

    /// The answer to a step came without its end.
    pub(crate) fn take_torn(&mut self, step: Step, now_us: u64) {
        let Some(round) = &mut self.round else { return };
        round.answered = true;
        if step == Step::Probe {
            self.silent(step, now_us);
            return;
        }
        round.outstanding = round.outstanding.saturating_sub(1);
        round.alone = false;
        self.shrink(step, "truncated");
        self.settle(now_us);
    }

    /// A step was sent as often as allowed and stayed without answer.
    pub(crate) fn silent(&mut self, step: Step, now_us: u64) {
        self.window = 1;
        let Some(round) = &mut self.round else { return };
        round.outstanding = round.outstanding.saturating_sub(1);
        match step {
            Step::Probe => {
                round.lost = true;
                round.todo.clear();
                round.suspects.clear();
            }
            Step::System { .. } | Step::Scalars { .. } | Step::Walk(_) | Step::Part { .. } => {
                // Is it gone, or was it too much? A small question tells.
                round.suspects.push(step);
                if !round.todo.contains(&Step::Probe) && !round.lost {
                    round.todo.push_front(Step::Probe);
                }
                round.alone = true;
            }
        }
        self.settle(now_us);
    }

    /// The agent refuses our credential: it is there, but says nothing about itself.
    pub(crate) fn refuse(&mut self, detail: &str) {
        self.note("auth_failed", detail);
        if let Some(round) = &mut self.round {
            round.outstanding = round.outstanding.saturating_sub(1);
            round.refused = true;
            round.todo.clear();
            round.suspects.clear();
        }
    }

    /// Goes to the next stage when the present one has nothing left.
    fn settle(&mut self, now_us: u64) {
        let Some(round) = &self.round else { return };
        if !round.todo.is_empty() || round.outstanding > 0 || round.lost || round.refused {
            return;
        }
        match round.stage {
            Stage::System => self.describe_more(),
            Stage::Describing => self.install(now_us),
            Stage::Probing | Stage::Steady => {}
        }
    }

    /// A round that went well lets the device have more at once.
    pub(super) fn widen(&mut self) {
        self.window = (self.window + 1).min(WINDOW_MAX);
    }
}
