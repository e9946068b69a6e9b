//! A UDP agent: SNMP v1, v2c and v3 on one address, with a switch for every way to misbehave.
//!
//! ```text
//! manager ──datagram──► socket ─► arrival (loss, delay) ─► respond (MIB at the instant) ─► socket
//! ```
//!
//! An agent is one task that waits for its socket; it does nothing while nobody asks.
//!
//! **Room:** layer 3, simulation. **May use:** `tw-units`, `tw-snmp`. **Must not:** read the
//! wall clock but through the one handed in.

use crate::{
    delay::Delayed,
    fault::{Arrival, Fault, FaultyView, arrival},
    hash::Seed,
    mib::{Mib, View},
    respond::{respond, too_big},
};
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{net::UdpSocket, task::JoinHandle};
use tw_snmp::{
    Message, Oid, Pdu, Value, VarBind, Version,
    v3::{self, AgentVerdict, User},
    version_of,
};
use tw_units::{Timestamp, WallClock};

/// Answers that wait for their time at once; more are dropped and counted.
pub const WAITING_MAX: usize = 4_096;
/// The most octets that one datagram carries over IPv4.
pub const DATAGRAM_OCTETS_MAX: usize = 65_507;
/// Octets of an answer when nothing else is said: one Ethernet frame without fragments.
pub const ANSWER_OCTETS_DEFAULT: usize = 1_472;
/// What v3 puts around a PDU beyond what v2c does, at most.
const V3_OCTETS: usize = 120;
/// The binding that [`Fault::Oversized`] adds: no object of any MIB.
const PADDING: Oid = Oid::from_static(&[2, 999, 1]);

/// How an agent is spoken to.
#[derive(Clone, Debug)]
pub struct AgentSettings {
    /// Communities for v1 and v2c; all others are silently refused, as agents do.
    pub communities: Vec<Vec<u8>>,
    /// Users for v3.
    pub users: Vec<User>,
    /// The most octets of an answer.
    pub answer_octets_max: usize,
    /// Where its jitter and loss come from.
    pub seed: Seed,
}

impl Default for AgentSettings {
    fn default() -> Self {
        Self {
            communities: vec![b"public".to_vec()],
            users: Vec::new(),
            answer_octets_max: ANSWER_OCTETS_DEFAULT,
            seed: Seed::new(0),
        }
    }
}

/// A running agent; it ends when dropped.
#[derive(Debug)]
pub struct Agent {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    faults: RwLock<Vec<Fault>>,
    received: AtomicU64,
    answered: AtomicU64,
    refused: AtomicU64,
    silent: AtomicU64,
}

/// What an agent has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentCounts {
    /// Datagrams that came.
    pub received: u64,
    /// Answers that were sent.
    pub answered: u64,
    /// Datagrams that were no request, or of nobody known, or too many at once.
    pub refused: u64,
    /// Requests that it left unanswered on purpose: dead, lost, silent.
    pub silent: u64,
}

impl Agent {
    /// Binds `bind` and starts to answer.
    pub async fn spawn(
        bind: SocketAddr,
        settings: AgentSettings,
        mib: Arc<dyn Mib>,
        clock: WallClock,
    ) -> io::Result<Self> {
        let socket = UdpSocket::bind(bind).await?;
        let address = socket.local_addr()?;
        let shared = Arc::new(Shared::default());
        let work = Work {
            socket,
            responder: Responder {
                engine: v3::Agent::new(
                    &engine_id(settings.seed),
                    1,
                    &settings.users,
                    salt(settings.seed),
                ),
                boots: 1,
                settings,
                mib,
            },
            clock,
            shared: Arc::clone(&shared),
            waiting: Delayed::new(WAITING_MAX),
        };
        Ok(Self {
            address,
            shared,
            task: tokio::spawn(work.run()),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on it misbehaves in these ways and no other.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        *self
            .shared
            .faults
            .write()
            .unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// How it misbehaves.
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.faults()
    }

    /// What it has done so far.
    pub fn counts(&self) -> AgentCounts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        AgentCounts {
            received: read(&self.shared.received),
            answered: read(&self.shared.answered),
            refused: read(&self.shared.refused),
            silent: read(&self.shared.silent),
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn faults(&self) -> Vec<Fault> {
        self.faults
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Counts an answered request; says when a restart is due, and whether with re-numbering.
    fn restart_due(&self) -> Option<bool> {
        let mut faults = self.faults.write().unwrap_or_else(PoisonError::into_inner);
        let place = faults
            .iter()
            .position(|fault| matches!(fault, Fault::RestartAfter { .. }))?;
        let Fault::RestartAfter { requests, renumber } = &mut faults[place] else {
            return None;
        };
        if *requests > 0 {
            *requests -= 1;
            return None;
        }
        let renumber = *renumber;
        faults.remove(place);
        Some(renumber)
    }
}

struct Work {
    socket: UdpSocket,
    responder: Responder,
    clock: WallClock,
    shared: Arc<Shared>,
    waiting: Delayed<(SocketAddr, Vec<u8>)>,
}

impl Work {
    async fn run(mut self) {
        let mut datagram = vec![0_u8; DATAGRAM_OCTETS_MAX];
        loop {
            tokio::select! {
                got = self.socket.recv_from(&mut datagram) => {
                    // An ICMP error of an earlier answer arrives here; the next one is fine.
                    if let Ok((length, peer)) = got {
                        self.receive(&datagram[..length], peer).await;
                    }
                }
                () = self.waiting.due() => {
                    while let Some((peer, answer)) = self.waiting.pop() {
                        self.send(&answer, peer).await;
                    }
                }
            }
        }
    }

    async fn receive(&mut self, datagram: &[u8], peer: SocketAddr) {
        let number = self.shared.received.fetch_add(1, Ordering::Relaxed);
        let faults = self.shared.faults();
        let count = |count: &AtomicU64| {
            count.fetch_add(1, Ordering::Relaxed);
        };
        let packet = self.responder.settings.seed.at(number);
        let Arrival::After(delay) = arrival(&faults, packet) else {
            return count(&self.shared.silent);
        };
        let now = self.clock.now();
        match self.responder.answer(datagram, &faults, now) {
            Reply::Refused => count(&self.shared.refused),
            Reply::Silent => count(&self.shared.silent),
            Reply::Answer(answer) => {
                if let Some(renumber) = self.shared.restart_due() {
                    self.responder.mib.restart(now, renumber);
                }
                if delay.is_zero() {
                    self.send(&answer, peer).await;
                } else if !self.waiting.push(delay, (peer, answer)) {
                    count(&self.shared.refused);
                }
            }
        }
    }

    async fn send(&self, answer: &[u8], peer: SocketAddr) {
        if self.socket.send_to(answer, peer).await.is_ok() {
            self.shared.answered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

enum Reply {
    Refused,
    Silent,
    Answer(Vec<u8>),
}

struct Responder {
    settings: AgentSettings,
    engine: v3::Agent,
    /// The boots that `engine` knows of.
    boots: u32,
    mib: Arc<dyn Mib>,
}

impl Responder {
    fn answer(&mut self, datagram: &[u8], faults: &[Fault], now: Timestamp) -> Reply {
        let Some(view) = self.mib.at(now) else {
            return Reply::Silent;
        };
        match version_of(datagram) {
            Ok(0 | 1) => self.answer_community(datagram, faults, view.as_ref()),
            Ok(3) => self.answer_v3(datagram, faults, view.as_ref()),
            _ => Reply::Refused,
        }
    }

    fn answer_community(&self, datagram: &[u8], faults: &[Fault], view: &dyn View) -> Reply {
        let Ok(request) = Message::decode(datagram) else {
            return Reply::Refused;
        };
        if !self.settings.communities.contains(&request.community) {
            return Reply::Refused;
        }
        let v1 = request.version == Version::V1;
        let octets_max = self.settings.answer_octets_max;
        match answer_pdu(&request.pdu, v1, octets_max, &FaultyView { view, faults }) {
            Ok(pdu) => {
                let answer = Message { pdu, ..request };
                Reply::Answer(mangle(answer.encode(), faults))
            }
            Err(reply) => reply,
        }
    }
}

impl Responder {
    fn answer_v3(&mut self, datagram: &[u8], faults: &[Fault], view: &dyn View) -> Reply {
        let (boots, uptime) = view.engine();
        while self.boots < boots {
            self.engine.reboot();
            self.boots += 1;
        }
        let time = u32::try_from(uptime.as_secs()).unwrap_or(u32::MAX);
        let request = match self.engine.receive(datagram, time) {
            AgentVerdict::Request(request) => request,
            AgentVerdict::Report(_, report) => return Reply::Answer(mangle(report, faults)),
            AgentVerdict::Drop(_) => return Reply::Refused,
        };
        let asked = usize::try_from(request.max_size).unwrap_or(usize::MAX);
        let octets_max = self.settings.answer_octets_max.min(asked);
        let octets_max = octets_max.saturating_sub(V3_OCTETS);
        let pdu = &request.scoped.pdu;
        match answer_pdu(pdu, false, octets_max, &FaultyView { view, faults }) {
            Ok(pdu) => {
                let answer = self.engine.respond(&request, pdu, time);
                Reply::Answer(mangle(answer, faults))
            }
            Err(reply) => reply,
        }
    }
}

/// An engine identifier of octets of our own choice (RFC 3411 §5, format 5) under net-snmp's
/// number.
fn engine_id(seed: Seed) -> Vec<u8> {
    let own = seed.of("engine").bits().to_be_bytes();
    [&[0x80, 0x00, 0x1f, 0x88, 0x05][..], &own].concat()
}

fn salt(seed: Seed) -> u64 {
    seed.of("salt").bits()
}

/// The answer with the faults that lie in the PDU.
fn answer_pdu(
    request: &Pdu,
    v1: bool,
    octets_max: usize,
    view: &FaultyView<'_>,
) -> Result<Pdu, Reply> {
    let silent = |fault: &Fault| {
        matches!(fault, Fault::SilentAbove { repetitions }
            if request.kind == tw_snmp::PduKind::GetBulkRequest
                && request.max_repetitions() > *repetitions)
    };
    if view.faults.iter().any(silent) {
        return Err(Reply::Silent);
    }
    // One text of the size is let through; a table full of them would fill the memory.
    let huge = view.faults.iter().find_map(|fault| match fault {
        Fault::HugeText { octets } => Some(octets.saturating_add(DATAGRAM_OCTETS_MAX)),
        _ => None,
    });
    let octets_max = huge.unwrap_or(octets_max);
    let mut answer = respond(view, request, v1, octets_max).ok_or(Reply::Refused)?;
    for fault in view.faults {
        match fault {
            Fault::TooBig => answer = too_big(request, v1),
            Fault::WrongRequestId => answer.request_id = answer.request_id.wrapping_add(1),
            Fault::Oversized { octets } => answer.varbinds.push(VarBind {
                oid: PADDING,
                value: Value::OctetString(vec![b'x'; *octets]),
            }),
            _ => {}
        }
    }
    Ok(answer)
}

/// The octets of an answer with the faults that lie in the octets.
fn mangle(mut answer: Vec<u8>, faults: &[Fault]) -> Vec<u8> {
    for fault in faults {
        if let Fault::Truncated { octets } = fault {
            answer.truncate(*octets);
        }
    }
    answer.truncate(DATAGRAM_OCTETS_MAX);
    answer
}

#[cfg(test)]
mod tests;
