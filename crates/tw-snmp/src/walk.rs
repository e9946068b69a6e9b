//! Walking a subtree: which question comes next, and what to make of an answer.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** wait; the shell tells
//! it about answers and about silence.
//!
//! An agent cannot make it run for ever: every row must lie behind the one before (so cycles
//! end too), an answer without rows ends it, and rows and bytes are limited.

use crate::{ErrorStatus, Oid, Pdu, PduKind, Value, VarBind};

/// The most rows of one walk, unless the caller knows better.
pub const WALK_ROWS_MAX: usize = 100_000;
/// The most bytes of text and binary values of one walk.
pub const WALK_OCTETS_MAX: usize = 64 << 20;
/// How many rows a GETBULK asks for at first.
pub const REPETITIONS_DEFAULT: u16 = 25;
/// More rows than this in one request make some agents skip or hang
/// (snmp-olt-zte PR 41, snmp_exporter PR 13).
pub const REPETITIONS_MAX: u16 = 50;

/// Why a walk ended early or is not whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalkProblem {
    /// The agent goes round in circles, or back.
    #[error("after {last} the agent gave {given}, which does not lie behind it")]
    NotIncreasing {
        /// The row before.
        last: Oid,
        /// The row that should lie behind it.
        given: Oid,
    },
    /// An answer without rows, which says nothing about the end either.
    #[error("after {last} the agent answered without any row")]
    EmptyAnswer {
        /// The row before.
        last: Oid,
    },
    /// More rows than are wanted.
    #[error("the walk stopped after {rows} rows, the limit")]
    TooManyRows {
        /// The limit.
        rows: usize,
    },
    /// More bytes than are wanted.
    #[error("the walk stopped after {octets} bytes of values, the limit")]
    TooManyOctets {
        /// The limit.
        octets: usize,
    },
    /// The agent could not answer even for one row.
    #[error("after {last} the agent answered with the error {} ({})", status.name(), status.number())]
    Refused {
        /// The row before.
        last: Oid,
        /// Its error.
        status: ErrorStatus,
    },
    /// No answer, also not to the smallest question.
    #[error("no answer to the question for what comes after {last}")]
    Silent {
        /// The row before.
        last: Oid,
    },
}

/// The next question of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkQuestion {
    /// What comes after this.
    pub after: Oid,
    /// How many rows; 1 is asked with GETNEXT.
    pub repetitions: u16,
}

impl WalkQuestion {
    /// As a PDU.
    pub fn to_pdu(&self, request_id: i32) -> Pdu {
        let names = [self.after.clone()];
        if self.repetitions > 1 {
            Pdu::get_bulk(request_id, 0, i32::from(self.repetitions), names)
        } else {
            Pdu::request(PduKind::GetNextRequest, request_id, names)
        }
    }
}

/// One walk through one subtree.
#[derive(Clone, Debug)]
pub struct Walk {
    root: Oid,
    last: Oid,
    settings: WalkSettings,
    repetitions: u16,
    /// The next question is for one row, whatever `repetitions` says.
    careful: bool,
    answered: bool,
    silences: u32,
    octets: usize,
    rows: Vec<VarBind>,
    done: bool,
    problem: Option<WalkProblem>,
}

/// How a walk asks and how much it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkSettings {
    /// How many rows a GETBULK asks for at first; 1 never asks with GETBULK, as v1 needs it.
    pub repetitions: u16,
    /// How many times a question is repeated when there is no answer.
    pub retries: u32,
    /// The most rows.
    pub rows_max: usize,
    /// The most bytes of values.
    pub octets_max: usize,
}

impl Default for WalkSettings {
    fn default() -> Self {
        Self {
            repetitions: REPETITIONS_DEFAULT,
            retries: 2,
            rows_max: WALK_ROWS_MAX,
            octets_max: WALK_OCTETS_MAX,
        }
    }
}

impl Walk {
    /// A walk through everything below `root`.
    pub fn new(root: Oid, settings: WalkSettings) -> Self {
        Self {
            last: root.clone(),
            root,
            repetitions: settings.repetitions.clamp(1, REPETITIONS_MAX),
            settings,
            careful: false,
            answered: false,
            silences: 0,
            octets: 0,
            rows: Vec::new(),
            done: false,
            problem: None,
        }
    }

    /// The next question, or `None` when the walk is over.
    pub fn question(&self) -> Option<WalkQuestion> {
        (!self.done).then(|| WalkQuestion {
            after: self.last.clone(),
            repetitions: if self.careful { 1 } else { self.repetitions },
        })
    }

    /// Takes the answer to the last question.
    pub fn answer(&mut self, answer: &Pdu) {
        self.answered = true;
        self.silences = 0;
        let asked_one = self.careful || self.repetitions == 1;
        self.careful = false;
        match answer.status() {
            ErrorStatus::NoError => self.take(&answer.varbinds),
            // v1 says so at the end of the tree (RFC 1157 §4.1.3).
            ErrorStatus::NoSuchName => self.done = true,
            status if asked_one => {
                let last = self.last.clone();
                self.stop(WalkProblem::Refused { last, status });
            }
            ErrorStatus::TooBig => self.halve(),
            // One bad object spoils a whole GETBULK: go past it row by row.
            _ => self.repetitions = 1,
        }
    }

    /// There was no answer to the last question.
    ///
    /// An agent that never answered gets as many questions as `retries` says, the second one
    /// for one row only: it may be one that is silent on a large GETBULK. One that has
    /// answered gets the same question once more, since packets are lost, and smaller ones
    /// after that.
    pub fn silence(&mut self) {
        self.silences += 1;
        let smallest = self.careful || self.repetitions == 1;
        if smallest && self.silences > self.settings.retries {
            let last = self.last.clone();
            self.stop(WalkProblem::Silent { last });
        } else if !self.answered {
            self.careful = true;
            self.halve();
        } else if self.silences > 1 {
            self.halve();
        }
    }

    /// The rows and the problem, if there was one. After a problem the rows up to it are
    /// good.
    pub fn finish(self) -> (Vec<VarBind>, Option<WalkProblem>) {
        (self.rows, self.problem)
    }

    /// How many rows a GETBULK asks for now; what has been learned of this agent.
    pub const fn repetitions(&self) -> u16 {
        self.repetitions
    }

    /// The last row's name, or the root.
    pub const fn last(&self) -> &Oid {
        &self.last
    }

    fn take(&mut self, varbinds: &[VarBind]) {
        if varbinds.is_empty() {
            let last = self.last.clone();
            self.stop(WalkProblem::EmptyAnswer { last });
        }
        for VarBind { oid, value } in varbinds {
            if self.done {
                return;
            }
            self.take_row(oid, value);
        }
    }

    fn take_row(&mut self, oid: &Oid, value: &Value) {
        if value.is_exception() {
            self.done = true;
            return;
        }
        if *oid <= self.last {
            let (last, given) = (self.last.clone(), oid.clone());
            self.stop(WalkProblem::NotIncreasing { last, given });
            return;
        }
        if !oid.starts_with(&self.root) {
            self.done = true;
            return;
        }
        self.octets += value.as_bytes().map_or(0, <[u8]>::len);
        let (rows, octets) = (self.settings.rows_max, self.settings.octets_max);
        if self.rows.len() >= rows {
            self.stop(WalkProblem::TooManyRows { rows });
        } else if self.octets > octets {
            self.stop(WalkProblem::TooManyOctets { octets });
        } else {
            self.last = oid.clone();
            self.rows.push(VarBind {
                oid: oid.clone(),
                value: value.clone(),
            });
        }
    }

    fn halve(&mut self) {
        self.repetitions = (self.repetitions / 2).max(1);
    }

    fn stop(&mut self, problem: WalkProblem) {
        self.done = true;
        self.problem = Some(problem);
    }
}

#[cfg(test)]
mod tests;
