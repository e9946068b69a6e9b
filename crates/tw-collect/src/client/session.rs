//! One socket towards one agent: requests out, checked answers in.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`. **Must not:** decide what to ask.
//!
//! The socket is connected, so the kernel passes on datagrams of the asked address only, and
//! bound without SO_REUSEADDR, so no other socket shares its port.

use super::{Credential, Problem, ProblemCode};
use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    net::UdpSocket,
    time::{Instant, timeout_at},
};
use tw_snmp::{
    Message, Pdu, PduKind, REQUEST_ID_MIN, RawMessage, RawPdu, Version,
    v3::{Incoming, Manager, ReportKind, V3Error},
    walk::WalkProblem,
};

/// The largest datagram.
const DATAGRAM_OCTETS_MAX: usize = 65_535;
/// How many datagrams that are no answers one request looks at before it gives up.
const STRAYS_PER_REQUEST_MAX: u32 = 1_000;
/// How many times one request follows the agent's clock or engine id before it gives up.
const CORRECTIONS_MAX: u32 = 3;

#[derive(Debug)]
pub(super) struct Session {
    socket: UdpSocket,
    agent: SocketAddr,
    voice: Voice,
    next_id: i32,
    buffer: Vec<u8>,
    scratch: Vec<u8>,
    started: Instant,
    answered: bool,
    /// Why the last attempt got nothing, when the machine said so.
    unreachable: Option<String>,
    strays: Strays,
}

#[derive(Debug)]
enum Voice {
    Community {
        version: Version,
        community: Vec<u8>,
    },
    User(Box<Manager>),
}

/// Datagrams that were no answers, until they are reported.
#[derive(Debug, Default)]
struct Strays {
    stray: u32,
    stray_why: String,
    malformed: u32,
    malformed_why: String,
}

/// What a datagram turned out to be.
enum Heard {
    Answer(Pdu),
    /// The agent's clock or engine was learned: send again.
    Corrected,
    Refused(Problem),
    Stray(String),
    Malformed(String),
}

/// How one attempt ended.
enum Attempt {
    Answer(Pdu),
    Corrected,
    Refused(Problem),
    Nothing,
}

impl Session {
    pub(super) async fn open(agent: SocketAddr, credential: &Credential) -> io::Result<Self> {
        let any: SocketAddr = match agent {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        socket.connect(agent).await?;
        let voice = match credential {
            Credential::Community { version, community } => Voice::Community {
                version: *version,
                community: community.clone(),
            },
            Credential::User { user, context_name } => Voice::User(Box::new(Manager::new(
                user.clone(),
                context_name.clone(),
                rand::random(),
            ))),
        };
        Ok(Self {
            socket,
            agent,
            voice,
            next_id: rand::random_range(REQUEST_ID_MIN..i32::MAX),
            buffer: vec![0; DATAGRAM_OCTETS_MAX],
            scratch: Vec::new(),
            started: Instant::now(),
            answered: false,
            unreachable: None,
            strays: Strays::default(),
        })
    }

    pub(super) const fn has_answered(&self) -> bool {
        self.answered
    }

    /// The version that carries a community; `None` for v3.
    pub(super) const fn version(&self) -> Option<Version> {
        match &self.voice {
            Voice::Community { version, .. } => Some(*version),
            Voice::User(_) => None,
        }
    }

    /// Sends a request until it is answered, at most `1 + retries` times. The request-id of
    /// `pdu` is replaced. An answer with an error status is an answer.
    pub(super) async fn exchange(
        &mut self,
        pdu: &Pdu,
        timeout: Duration,
        retries: u32,
    ) -> Result<Pdu, Problem> {
        let (mut attempts, mut corrections) = (0, 0);
        self.unreachable = None;
        // One id for all attempts: a late answer to the first is as good as one to the last.
        let id = self.take_id();
        while attempts <= retries {
            match self.attempt(pdu, id, timeout).await {
                Attempt::Answer(answer) => {
                    self.answered = true;
                    return Ok(answer);
                }
                Attempt::Refused(problem) => return Err(problem),
                Attempt::Corrected if corrections < CORRECTIONS_MAX => corrections += 1,
                Attempt::Corrected => {
                    return Err(Problem::report(self.agent, ReportKind::NotInTimeWindow));
                }
                Attempt::Nothing => attempts += 1,
            }
        }
        Err(match &self.unreachable {
            Some(why) => {
                let message = format!("cannot reach {}: {why}", self.agent);
                Problem::new(ProblemCode::Unreachable, message)
            }
            None => Problem::silent(self.agent, attempts, timeout),
        })
    }

    /// A walk's problem, with what is known of the machine.
    pub(super) fn explain(&self, problem: &WalkProblem) -> Problem {
        let mut named = Problem::walk(problem);
        if let WalkProblem::Silent { .. } = problem {
            named.message = match &self.unreachable {
                Some(why) => format!("{problem}: cannot reach {}: {why}", self.agent),
                None => format!("{}: {problem}", self.agent),
            };
        }
        if named.code == ProblemCode::Silent && self.unreachable.is_some() {
            named.code = ProblemCode::Unreachable;
        }
        named
    }

    /// Reports the datagrams that were no answers, once.
    pub(super) fn report_strays(&mut self, problems: &mut Vec<Problem>) {
        let strays = std::mem::take(&mut self.strays);
        let agent = self.agent;
        if strays.stray > 0 {
            let Strays {
                stray, stray_why, ..
            } = &strays;
            let message = format!("{stray} datagrams of {agent} were no answer: {stray_why}");
            problems.push(Problem::new(ProblemCode::StrayAnswer, message));
        }
        if strays.malformed > 0 {
            let Strays {
                malformed,
                malformed_why,
                ..
            } = &strays;
            let message =
                format!("{malformed} datagrams of {agent} were no message: {malformed_why}");
            problems.push(Problem::new(ProblemCode::Malformed, message));
        }
    }

    fn take_id(&mut self) -> i32 {
        let id = self.next_id;
        self.next_id = id.checked_add(1).unwrap_or(REQUEST_ID_MIN);
        id
    }

    async fn attempt(&mut self, pdu: &Pdu, id: i32, timeout: Duration) -> Attempt {
        let datagram = match self.datagram(pdu, id) {
            Ok(datagram) => datagram,
            Err(problem) => return Attempt::Refused(problem),
        };
        let until = Instant::now() + timeout;
        if let Err(cause) = self.socket.send(&datagram).await {
            if cause.kind() != io::ErrorKind::ConnectionRefused {
                return self.nothing_reached(&cause, until).await;
            }
            // The refusal of an earlier datagram; this one has not been sent.
            if let Err(cause) = self.socket.send(&datagram).await {
                return self.nothing_reached(&cause, until).await;
            }
        }
        for _ in 0..STRAYS_PER_REQUEST_MAX {
            let mut buffer = std::mem::take(&mut self.buffer);
            let received = timeout_at(until, self.socket.recv(&mut buffer)).await;
            let heard = match received {
                Ok(Ok(length)) => Ok(self.hear(buffer.get(..length).unwrap_or(&[]), id)),
                Ok(Err(cause)) => Err(Some(cause)),
                Err(_) => Err(None),
            };
            self.buffer = buffer;
            match heard {
                Ok(Heard::Answer(answer)) => return Attempt::Answer(answer),
                Ok(Heard::Corrected) => return Attempt::Corrected,
                Ok(Heard::Refused(problem)) => return Attempt::Refused(problem),
                Ok(Heard::Stray(why)) => {
                    self.strays.stray = self.strays.stray.saturating_add(1);
                    self.strays.stray_why = why;
                }
                Ok(Heard::Malformed(why)) => {
                    self.strays.malformed = self.strays.malformed.saturating_add(1);
                    self.strays.malformed_why = why;
                }
                Err(Some(cause)) => return self.nothing_reached(&cause, until).await,
                Err(None) => {
                    self.unreachable = None;
                    return Attempt::Nothing;
                }
            }
        }
        Attempt::Nothing
    }

    /// The network said no. What restarts now may be there at the next attempt, so a little
    /// of the time is waited.
    async fn nothing_reached(&mut self, cause: &io::Error, until: Instant) -> Attempt {
        const PAUSE_MAX: Duration = Duration::from_millis(100);
        self.unreachable = Some(cause.to_string());
        let pause = until
            .saturating_duration_since(Instant::now())
            .min(PAUSE_MAX);
        tokio::time::sleep(pause).await;
        Attempt::Nothing
    }

    fn datagram(&mut self, pdu: &Pdu, id: i32) -> Result<Vec<u8>, Problem> {
        let pdu = Pdu {
            request_id: id,
            ..pdu.clone()
        };
        match &mut self.voice {
            Voice::Community { version, community } => Ok(Message {
                version: *version,
                community: community.clone(),
                pdu,
            }
            .encode()),
            Voice::User(manager) if !manager.is_discovered() => Ok(manager.discovery(id)),
            Voice::User(manager) => {
                let now = self.started.elapsed();
                manager
                    .request(id, pdu, now)
                    .map_err(|why| Problem::new(ProblemCode::Unauthorized, why.to_string()))
            }
        }
    }

    fn hear(&mut self, datagram: &[u8], id: i32) -> Heard {
        match &mut self.voice {
            Voice::Community { version, community } => {
                hear_community(datagram, id, *version, community)
            }
            Voice::User(manager) => {
                let now = self.started.elapsed();
                let known = manager.is_discovered();
                match manager.receive(datagram, &mut self.scratch, now) {
                    Err(V3Error::Decode(why)) => Heard::Malformed(why.to_string()),
                    Err(why) => Heard::Stray(why.to_string()),
                    Ok(incoming) if incoming.msg_id != id => Heard::Stray(format!(
                        "it answers message {} and not {id}",
                        incoming.msg_id
                    )),
                    Ok(Incoming {
                        report: Some(kind), ..
                    }) => self.hear_report(kind, known),
                    Ok(incoming) => hear_pdu(&incoming.pdu, id),
                }
            }
        }
    }

    fn hear_report(&mut self, kind: ReportKind, known: bool) -> Heard {
        let Voice::User(manager) = &mut self.voice else {
            return Heard::Stray("a report".to_owned());
        };
        match kind {
            // The answer to the discovery, whatever the agent calls it.
            _ if !known => Heard::Corrected,
            ReportKind::NotInTimeWindow => Heard::Corrected,
            ReportKind::UnknownEngineId => {
                manager.forget_engine();
                Heard::Corrected
            }
            kind => Heard::Refused(Problem::report(self.agent, kind)),
        }
    }
}

fn hear_community(datagram: &[u8], id: i32, version: Version, community: &[u8]) -> Heard {
    match RawMessage::decode(datagram) {
        Err(why) => Heard::Malformed(why.to_string()),
        Ok(message) if message.version != version => {
            Heard::Stray("it is of another version".to_owned())
        }
        Ok(message) if message.community != community => {
            Heard::Stray("it has another community".to_owned())
        }
        Ok(message) => hear_pdu(&message.pdu, id),
    }
}

fn hear_pdu(pdu: &RawPdu<'_>, id: i32) -> Heard {
    if pdu.kind != PduKind::Response {
        return Heard::Stray(format!("it is no response but a {:?}", pdu.kind));
    }
    if pdu.request_id != id {
        let given = pdu.request_id;
        return Heard::Stray(format!("it answers request {given} and not {id}"));
    }
    match pdu.clone().to_pdu() {
        Ok(pdu) => Heard::Answer(pdu),
        Err(why) => Heard::Malformed(why.to_string()),
    }
}
