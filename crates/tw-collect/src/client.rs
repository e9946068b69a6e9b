//! SNMP client for one question at a time: the command line and discovery use it; the steady
//! poll has its own engine.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`. **Must not:** interpret values.
//!
//! What a device does wrong is data: every call gives what could be read and the problems.

mod credential;
mod problem;
mod session;
mod target;

pub use credential::Credential;
pub use problem::{Problem, ProblemCode};
pub use target::{ResolveError, SNMP_PORT, Target, TargetError};

use self::session::Session;
use std::{collections::VecDeque, io, net::SocketAddr, time::Duration};
use tokio::time::Instant;
use tw_snmp::{
    ErrorStatus, Oid, Pdu, PduKind, VarBind, Version,
    walk::{REPETITIONS_DEFAULT, WALK_OCTETS_MAX, WALK_ROWS_MAX, Walk, WalkSettings},
};

/// The longest that one walk may take.
pub const WALK_TIME_MAX: Duration = Duration::from_mins(1);
/// The most names in one GET: more go into further requests.
pub const NAMES_PER_REQUEST_MAX: usize = 24;

/// How long to wait and how much to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long one request waits for its answer.
    pub timeout: Duration,
    /// How many times a request is sent again.
    pub retries: u32,
    /// How many rows a GETBULK asks for at first; it falls when the agent cannot.
    pub max_repetitions: u16,
    /// The most rows of one walk, at most [`WALK_ROWS_MAX`] unless the caller knows better.
    pub rows_max: usize,
    /// The most bytes of values of one walk.
    pub octets_max: usize,
    /// The longest that one walk may take.
    pub walk_time_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(2),
            retries: 2,
            max_repetitions: REPETITIONS_DEFAULT,
            rows_max: WALK_ROWS_MAX,
            octets_max: WALK_OCTETS_MAX,
            walk_time_max: WALK_TIME_MAX,
        }
    }
}

/// What an agent said, and what was wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// The names and values, in the agent's order.
    pub varbinds: Vec<VarBind>,
    /// Why this may not be all.
    pub problems: Vec<Problem>,
}

/// No socket could be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot open a UDP socket towards {agent}")]
pub struct ConnectError {
    /// The agent.
    pub agent: SocketAddr,
    /// Why.
    #[source]
    pub cause: io::Error,
}

/// A client of one agent, with a socket of its own.
#[derive(Debug)]
pub struct Client {
    session: Session,
    limits: Limits,
}

impl Client {
    /// Opens a socket towards the agent; nothing is sent yet.
    pub async fn connect(
        agent: SocketAddr,
        credential: &Credential,
        limits: Limits,
    ) -> Result<Self, ConnectError> {
        let session = Session::open(agent, credential)
            .await
            .map_err(|cause| ConnectError { agent, cause })?;
        Ok(Self { session, limits })
    }

    /// Whether the agent has answered anything that could be checked.
    pub const fn has_answered(&self) -> bool {
        self.session.has_answered()
    }

    /// The values of these instances. A name that the agent does not have stays in the list
    /// with an exception; in v1, where none exists, it is a problem instead.
    pub async fn get(&mut self, names: &[Oid]) -> Collected {
        self.ask(PduKind::GetRequest, names).await
    }

    /// The values that come next after these names.
    pub async fn get_next(&mut self, names: &[Oid]) -> Collected {
        self.ask(PduKind::GetNextRequest, names).await
    }

    /// One GETBULK as it is: one value for each of the first `non_repeaters` names, up to
    /// `max_repetitions` rows for the others. v1 has no such request.
    pub async fn get_bulk(
        &mut self,
        names: &[Oid],
        non_repeaters: u16,
        max_repetitions: u16,
    ) -> Collected {
        let pdu = Pdu::get_bulk(
            0,
            i32::from(non_repeaters),
            i32::from(max_repetitions),
            names.iter().cloned(),
        );
        let mut collected = Collected::default();
        match self.exchange(&pdu).await {
            Ok(answer) if answer.status() == ErrorStatus::NoError => {
                collected.varbinds = answer.varbinds;
            }
            Ok(answer) => collected.problems.push(refused(&answer, names)),
            Err(problem) => collected.problems.push(problem),
        }
        self.session.report_strays(&mut collected.problems);
        collected
    }

    /// Everything below `root`, or, when there is nothing below it, its own value.
    pub async fn walk(&mut self, root: &Oid) -> Collected {
        let settings = WalkSettings {
            repetitions: match self.session.version() {
                Some(Version::V1) => 1,
                _ => self.limits.max_repetitions,
            },
            retries: self.limits.retries,
            rows_max: self.limits.rows_max,
            octets_max: self.limits.octets_max,
        };
        let mut walk = Walk::new(root.clone(), settings);
        let mut problems = Vec::new();
        let end = Instant::now() + self.limits.walk_time_max;
        while let Some(question) = walk.question() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                problems.push(Problem::too_slow(walk.last(), self.limits.walk_time_max));
                break;
            }
            let timeout = self.limits.timeout.min(left);
            match self.session.exchange(&question.to_pdu(0), timeout, 0).await {
                Ok(answer) => walk.answer(&answer),
                Err(Problem {
                    code: ProblemCode::Silent | ProblemCode::Unreachable,
                    ..
                }) => walk.silence(),
                Err(problem) => {
                    problems.push(problem);
                    break;
                }
            }
        }
        let (varbinds, problem) = walk.finish();
        problems.extend(problem.map(|problem| self.session.explain(&problem)));
        let mut collected = Collected { varbinds, problems };
        if collected.varbinds.is_empty() && collected.problems.is_empty() {
            collected = self.get(std::slice::from_ref(root)).await;
            collected.varbinds.retain(|row| !row.value.is_exception());
            // In v1 the leaf that does not exist is an error; here it is an empty subtree.
            collected
                .problems
                .retain(|problem| problem.code != ProblemCode::NoSuchName);
        }
        self.session.report_strays(&mut collected.problems);
        collected
    }

    async fn exchange(&mut self, pdu: &Pdu) -> Result<Pdu, Problem> {
        let Limits {
            timeout, retries, ..
        } = self.limits;
        self.session.exchange(pdu, timeout, retries).await
    }

    /// GET or GETNEXT in requests that the agent can answer.
    async fn ask(&mut self, kind: PduKind, names: &[Oid]) -> Collected {
        let mut collected = Collected::default();
        let mut waiting: VecDeque<Vec<Oid>> = names
            .chunks(NAMES_PER_REQUEST_MAX)
            .map(<[Oid]>::to_vec)
            .collect();
        while let Some(mut asked) = waiting.pop_front() {
            let pdu = Pdu::request(kind, 0, asked.iter().cloned());
            let answer = match self.exchange(&pdu).await {
                Ok(answer) => answer,
                Err(problem) => {
                    collected.problems.push(problem);
                    break;
                }
            };
            match answer.status() {
                ErrorStatus::NoError => take_matching(kind, &asked, answer, &mut collected),
                ErrorStatus::TooBig if asked.len() > 1 => {
                    let half = asked.split_off(asked.len() / 2);
                    waiting.push_front(half);
                    waiting.push_front(asked);
                }
                _ => {
                    collected.problems.push(refused(&answer, &asked));
                    // Without the name that spoils the request the others can be had.
                    if let Some(bad) = blamed(&answer, &asked) {
                        asked.remove(bad);
                        if !asked.is_empty() {
                            waiting.push_front(asked);
                        }
                    }
                }
            }
        }
        self.session.report_strays(&mut collected.problems);
        collected
    }
}

/// Takes the values of what was asked; an answer to something else is not trusted.
fn take_matching(kind: PduKind, asked: &[Oid], answer: Pdu, collected: &mut Collected) {
    let fits = answer.varbinds.len() == asked.len()
        && (kind != PduKind::GetRequest || answer.varbinds.iter().map(|row| &row.oid).eq(asked));
    if fits {
        collected.varbinds.extend(answer.varbinds);
    } else {
        collected.problems.push(Problem::other_names(asked));
    }
}

/// The position of the name that an error blames.
fn blamed(answer: &Pdu, asked: &[Oid]) -> Option<usize> {
    let position = usize::try_from(answer.error_index).ok()?.checked_sub(1)?;
    (position < asked.len()).then_some(position)
}

fn refused(answer: &Pdu, asked: &[Oid]) -> Problem {
    let name = blamed(answer, asked).map(|position| asked[position].clone());
    Problem::refused(answer.status(), name)
}

#[cfg(test)]
mod tests;
