//! One device: what it is, what was learned of it, and the round that is going on. It decides
//! what to ask next; the worker asks.
//!
//! **Room:** layer 1, pure. **May use:** `tw-snmp`, `tw-devices`, `tw-ingest`, `tw-units`.
//! **Must not:** read a clock, or touch a socket.

mod answer;
mod describing;
mod report;

pub(crate) use answer::Answer;
pub(crate) use report::Ping;

use super::{
    bulk::BulkSize,
    compiled::{Compiled, Part},
    problems::Problems,
    rtt::Rtt,
    session::Session,
    target::EngineTarget,
};
use describing::Describing;
use std::{collections::VecDeque, sync::Arc};
use tw_devices::{DescribePlan, interface::KnownInterface, plan::DESCRIBE_SECONDS};
use tw_ingest::{Layout, LayoutKey, Observation, TargetKey, round::Value};
use tw_snmp::{EncodedRequest, Oid, Pdu, PduKind, VarBind};
use tw_units::Timestamp;

/// The most requests to one device at once, after it has proved that it can.
const WINDOW_MAX: usize = 4;
/// The longest that one round may take, in microseconds.
const ROUND_US_MAX: u64 = 60_000_000;
/// The shortest time that a round gets, in microseconds.
const ROUND_US_MIN: u64 = 5_000_000;
/// The most varbinds of one round.
pub(crate) const VARBINDS_MAX: usize = 100_000;
/// A change of shape leads to a new description at most this often, in microseconds.
const SHAPE_PAUSE_US: u64 = 300_000_000;
/// Rounds without an answer after which a device gets a single packet each interval.
const SILENT_ROUNDS: u32 = 3;

/// What an answer with too many varbinds is called.
const OVERSIZED: &str = "an answer has more varbinds than were asked; they were left out";

/// One request of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A small question: is anybody there?
    Probe,
    /// Scalars `from..to` of SNMPv2-MIB `system`.
    System { from: usize, to: usize },
    /// Scalars `from..to` of the description.
    Scalars { from: usize, to: usize },
    /// The walk with this number.
    Walk(usize),
    /// A part of the steady plan; `prepared` is the request that was encoded for it.
    Part {
        part: Part,
        first: bool,
        prepared: Option<usize>,
    },
}

/// Where a round stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Probing,
    System,
    Describing,
    Steady,
}

/// The round that is going on.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent finding"
)]
struct Round {
    at: Timestamp,
    started_us: u64,
    stage: Stage,
    todo: VecDeque<Step>,
    /// Steps that stayed without answer, until a probe tells why.
    suspects: Vec<Step>,
    /// Requests in flight.
    outstanding: usize,
    /// Nothing else is asked before this answer is there.
    alone: bool,
    answered: bool,
    varbinds: usize,
    rtt_us: Option<u64>,
    up_time: Option<u64>,
    /// The values are void: the device restarted in between.
    torn: bool,
    described: bool,
    lost: bool,
    /// The credential was refused.
    refused: bool,
}

/// What was last read of what says whether counters ran on.
#[derive(Clone, Copy, Debug)]
struct LastSeen {
    up_time: u64,
    at_us: u64,
}

/// What was last told to the centre.
#[derive(Debug, Default)]
struct Told {
    identity: Option<tw_ingest::seen::Identity>,
    interfaces: Option<Vec<tw_ingest::seen::InterfaceSeen>>,
    parts: Option<Vec<tw_ingest::seen::PartSeen>>,
    sensors: Option<Vec<tw_ingest::seen::SensorSeen>>,
    neighbours: Option<Vec<tw_ingest::seen::NeighbourSeen>>,
    addresses: Option<Vec<tw_ingest::seen::AddressSeen>>,
}

/// A device of the engine.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) target: EngineTarget,
    pub(crate) key: TargetKey,
    pub(crate) session: Option<Session>,
    pub(crate) rtt: Rtt,
    size: BulkSize,
    window: usize,
    known: Vec<KnownInterface>,
    /// When it was described, and its `ifTableLastChange` then.
    described_us: Option<u64>,
    last_change: Option<u64>,
    describe_next: bool,
    layout: Arc<Layout>,
    layout_key: LayoutKey,
    compiled: Compiled,
    /// The requests of `compiled.parts`, encoded; and the size that they were cut for.
    prepared: Vec<EncodedRequest>,
    cut_for: usize,
    values: Vec<Option<Value>>,
    round: Option<Round>,
    /// `system`, while it is being read.
    system: Vec<Option<tw_devices::Cell>>,
    describing: Option<Describing>,
    last: Option<LastSeen>,
    pub(crate) silent_rounds: u32,
    pub(crate) problems: Problems,
    pending: Vec<Observation>,
    told: Told,
}

impl Device {
    pub(crate) fn new(target: EngineTarget) -> Self {
        let key = TargetKey(target.device.as_str().to_owned());
        let period_ms = u64::from(target.poll_seconds.max(1)) * 1_000;
        let nothing = tw_devices::describe(
            &tw_devices::describe::Subject {
                target: &key.0,
                period_ms,
                known: &[],
            },
            &DescribePlan::default(),
            &tw_devices::Answers::default(),
        );
        let layout = Arc::new(nothing.layout);
        Self {
            session: target.access.as_ref().map(Session::new),
            known: target.known_interfaces.clone(),
            layout_key: layout.key(),
            layout,
            values: vec![None; nothing.steady.width],
            compiled: Compiled::new(nothing.steady, false),
            key,
            target,
            rtt: Rtt::default(),
            size: BulkSize::default(),
            window: 1,
            described_us: None,
            last_change: None,
            describe_next: false,
            prepared: Vec::new(),
            cut_for: 0,
            round: None,
            system: Vec::new(),
            describing: None,
            last: None,
            silent_rounds: 0,
            problems: Problems::default(),
            pending: Vec::new(),
            told: Told::default(),
        }
    }

    /// Microseconds between rounds.
    pub(crate) fn period_us(&self) -> u64 {
        u64::from(self.target.poll_seconds.max(1)) * 1_000_000
    }

    pub(crate) const fn in_round(&self) -> bool {
        self.round.is_some()
    }

    /// Begins a round.
    pub(crate) fn begin(&mut self, now_us: u64, at: Timestamp) {
        self.values.clear();
        self.values.resize(self.compiled.steady.width, None);
        self.round = Some(Round {
            at,
            started_us: now_us,
            stage: Stage::Probing,
            todo: VecDeque::new(),
            suspects: Vec::new(),
            outstanding: 0,
            alone: true,
            answered: false,
            varbinds: 0,
            rtt_us: None,
            up_time: None,
            torn: false,
            described: false,
            lost: false,
            refused: false,
        });
        if self.session.is_none() {
            return;
        }
        if self.silent_rounds > 0 {
            self.ask_only(Stage::Probing, Step::Probe);
        } else {
            self.go_on(now_us);
        }
    }

    /// Enters the stage that comes next: the description when one is due, else the values.
    fn go_on(&mut self, now_us: u64) {
        let due = self
            .described_us
            .is_none_or(|at| now_us >= at + DESCRIBE_SECONDS * 1_000_000);
        let described = self.round.as_ref().is_some_and(|round| round.described);
        if (due || self.describe_next) && !described {
            self.ask_system();
        } else {
            self.enter_steady();
        }
    }

    fn ask_system(&mut self) {
        let to = tw_devices::modules::SYSTEM.len();
        self.system = vec![None; to];
        self.ask_only(Stage::System, Step::System { from: 0, to });
    }

    fn ask_only(&mut self, stage: Stage, step: Step) {
        if let Some(round) = &mut self.round {
            round.stage = stage;
            round.todo.clear();
            round.todo.push_back(step);
            round.alone = true;
        }
    }

    fn enter_steady(&mut self) {
        let Some(round) = &mut self.round else { return };
        round.stage = Stage::Steady;
        round.alone = true;
        round.todo.clear();
        for (at, part) in self.compiled.parts.iter().enumerate() {
            round.todo.push_back(Step::Part {
                part: *part,
                first: at == 0,
                prepared: (at < self.prepared.len()).then_some(at),
            });
        }
    }

    /// Until when the round must end, in microseconds.
    pub(crate) fn deadline_us(&self) -> u64 {
        let started = self.round.as_ref().map_or(0, |round| round.started_us);
        let long = self.described_us.is_none()
            || self.describe_next
            || self
                .round
                .as_ref()
                .is_some_and(|r| r.stage == Stage::System);
        let most = if long {
            ROUND_US_MAX
        } else {
            self.period_us().clamp(ROUND_US_MIN, ROUND_US_MAX)
        };
        started + most
    }

    /// The next step to send, if one may be sent now.
    pub(crate) fn next_step(&mut self) -> Option<Step> {
        let window = self.window;
        let round = self.round.as_mut()?;
        let may = if round.alone {
            round.outstanding == 0
        } else {
            round.outstanding < window
        };
        if !may {
            return None;
        }
        let step = round.todo.pop_front()?;
        round.outstanding += 1;
        Some(step)
    }

    /// Puts a step back that could not be sent.
    pub(crate) fn put_back(&mut self, step: Step) {
        if let Some(round) = &mut self.round {
            round.outstanding = round.outstanding.saturating_sub(1);
            round.todo.push_front(step);
        }
    }

    /// Whether a step waits for its turn.
    pub(crate) fn has_step(&self) -> bool {
        self.round.as_ref().is_some_and(|round| {
            let window = if round.alone { 1 } else { self.window };
            !round.todo.is_empty() && round.outstanding < window
        })
    }

    /// Whether nothing is asked and nothing is left to ask.
    pub(crate) fn is_finished(&self) -> bool {
        self.round
            .as_ref()
            .is_some_and(|round| round.todo.is_empty() && round.outstanding == 0)
    }

    /// Writes the datagram of a step into `out`.
    pub(crate) fn datagram(&mut self, step: Step, id: i32, now_us: u64, out: &mut Vec<u8>) {
        if let Step::Part {
            prepared: Some(at), ..
        } = step
            && let Some(prepared) = self.prepared.get_mut(at)
        {
            prepared.set_request_id(id);
            out.clear();
            out.extend_from_slice(prepared.as_bytes());
            return;
        }
        let pdu = self.pdu(step);
        if let Some(session) = &mut self.session {
            session.encode(id, pdu, now_us, out);
        }
    }

    fn by_get(&self) -> bool {
        self.size.no_bulk || self.session.as_ref().is_some_and(|s| !s.has_bulk())
    }

    fn pdu(&mut self, step: Step) -> Pdu {
        let bulk = !self.by_get();
        match step {
            Step::Probe => {
                get([tw_devices::plan::SYS_UP_TIME].map(|arcs| Oid::from_static(arcs).child(0)))
            }
            Step::System { from, to } => get(tw_devices::modules::SYSTEM[from..to]
                .iter()
                .map(|scalar| Oid::from_static(scalar.oid))),
            Step::Scalars { from, to } => get(self
                .describing
                .iter()
                .flat_map(|d| &d.plan.scalars[from..to])
                .map(|scalar| Oid::from_static(scalar.oid))),
            Step::Walk(at) => {
                let varbinds = self.size.varbinds();
                match self.describing.as_mut().and_then(|d| d.walks.get_mut(at)) {
                    Some(walk) => walk.request(varbinds, bulk),
                    None => get([]),
                }
            }
            Step::Part { part, first, .. } => self.compiled.request(part, !bulk, first),
        }
    }

    /// How many bytes the answer to a step may take of the socket's buffer.
    pub(crate) fn answer_bytes(&self, step: Step) -> usize {
        let varbinds = match step {
            Step::Probe => 1,
            Step::System { .. } => return 4_608,
            Step::Scalars { from, to } => to - from,
            Step::Walk(_) => self.size.varbinds(),
            Step::Part { part, .. } => self.compiled.width(part),
        };
        // The kernel charges a datagram of up to 1,500 bytes with about 2,300.
        if varbinds <= 100 { 2_304 } else { 8_448 }
    }

    /// How many times a step is sent before it counts as unanswered.
    pub(crate) const fn tries(&self, step: Step) -> usize {
        match step {
            Step::Probe if self.silent_rounds >= SILENT_ROUNDS => 1,
            _ => 2,
        }
    }

    /// Cuts the plan for the present size and encodes it.
    fn prepare(&mut self) {
        self.compiled.cut(&self.size);
        self.cut_for = self.size.varbinds();
        let by_get = self.by_get();
        let Some(session) = &self.session else { return };
        self.prepared = self
            .compiled
            .parts
            .iter()
            .enumerate()
            .map_while(|(at, part)| session.prepare(&self.compiled.request(*part, by_get, at == 0)))
            .collect();
    }

    /// Notes a problem of the present round.
    pub(crate) fn note(&mut self, code: &'static str, detail: &str) {
        if let Some(round) = &self.round {
            self.problems.note(code, detail, round.at);
        }
    }
}

fn get(names: impl IntoIterator<Item = Oid>) -> Pdu {
    Pdu {
        kind: PduKind::GetRequest,
        request_id: 0,
        error_status: 0,
        error_index: 0,
        varbinds: names.into_iter().map(VarBind::ask).collect(),
        trap_v1: None,
    }
}

#[cfg(test)]
#[path = "device/tests.rs"]
mod tests;
