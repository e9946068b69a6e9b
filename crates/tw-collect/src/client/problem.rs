//! What an agent did wrong, as data.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`.

use super::ConnectError;
use serde::Serialize;
use std::{net::SocketAddr, time::Duration};
use tw_snmp::{ErrorStatus, Oid, v3::ReportKind, walk::WalkProblem};

/// A problem: a stable word for programs and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which one.
    pub code: ProblemCode,
    /// What we tried, and what came of it.
    pub message: String,
    /// The object concerned, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oid: Option<Oid>,
}

/// The kinds of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// No answer in time.
    Silent,
    /// The machine answers that nothing listens there, or there is no way to it.
    Unreachable,
    /// Datagrams came that are no answers to what we asked: another request-id, another
    /// community, another version, another user.
    StrayAnswer,
    /// Datagrams came that are no messages.
    Malformed,
    /// The agent has no such name (v1).
    NoSuchName,
    /// The agent answered with another error.
    AgentError,
    /// The agent answered about other names than those asked.
    OtherNames,
    /// Rows that do not lie behind the row before.
    NotIncreasing,
    /// An answer without rows.
    EmptyAnswer,
    /// The limit of rows or bytes of a walk.
    TooMuch,
    /// The limit of time of a walk.
    TooSlow,
    /// The agent refuses the user, the passwords or the protection of v3.
    Unauthorized,
    /// The clock of the agent's engine cannot be followed.
    NotInTimeWindow,
}

impl Problem {
    pub(super) fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            oid: None,
        }
    }

    pub(super) fn silent(agent: SocketAddr, attempts: u32, timeout: Duration) -> Self {
        let times = if attempts == 1 { "once" } else { "times" };
        let count = if attempts == 1 {
            times.to_owned()
        } else {
            format!("{attempts} {times}")
        };
        let message = format!("{agent} did not answer: asked {count}, waited {timeout:?} each");
        Self::new(ProblemCode::Silent, message)
    }

    pub(super) fn too_slow(last: &Oid, limit: Duration) -> Self {
        let message = format!("the walk stopped after {limit:?}, the limit, at {last}");
        Self {
            oid: Some(last.clone()),
            ..Self::new(ProblemCode::TooSlow, message)
        }
    }

    pub(super) fn other_names(asked: &[Oid]) -> Self {
        let message = "the agent answered about other names than those asked";
        Self {
            oid: asked.first().cloned(),
            ..Self::new(ProblemCode::OtherNames, message)
        }
    }

    pub(super) fn refused(status: ErrorStatus, oid: Option<Oid>) -> Self {
        let (name, number) = (status.name(), status.number());
        let about = oid
            .as_ref()
            .map_or(String::new(), |oid| format!(" for {oid}"));
        let code = match status {
            ErrorStatus::NoSuchName => ProblemCode::NoSuchName,
            _ => ProblemCode::AgentError,
        };
        Self {
            oid,
            ..Self::new(code, format!("the agent answered {name} ({number}){about}"))
        }
    }

    pub(super) fn report(agent: SocketAddr, kind: ReportKind) -> Self {
        let why = match kind {
            ReportKind::UnsupportedSecurityLevel => {
                "the user has not the protection that was asked (authentication, privacy)"
            }
            ReportKind::NotInTimeWindow => "the clocks cannot be brought together",
            ReportKind::UnknownUserName => "it does not know the user",
            ReportKind::UnknownEngineId => "it changes its engine id",
            ReportKind::WrongDigest => {
                "the authentication password or protocol is not the one it has"
            }
            ReportKind::DecryptionError => "the privacy password or protocol is not the one it has",
            ReportKind::UnknownContext => "it does not have the context",
            ReportKind::Other => "for a reason that is newer than this program",
        };
        let code = match kind {
            ReportKind::NotInTimeWindow => ProblemCode::NotInTimeWindow,
            _ => ProblemCode::Unauthorized,
        };
        let message = format!("{agent} refuses the request: {why} ({})", kind.name());
        Self::new(code, message)
    }

    pub(super) fn walk(problem: &WalkProblem) -> Self {
        let (code, oid) = match problem {
            WalkProblem::NotIncreasing { given, .. } => (ProblemCode::NotIncreasing, Some(given)),
            WalkProblem::EmptyAnswer { last } => (ProblemCode::EmptyAnswer, Some(last)),
            WalkProblem::TooManyRows { .. } | WalkProblem::TooManyOctets { .. } => {
                (ProblemCode::TooMuch, None)
            }
            WalkProblem::Refused { last, .. } => (ProblemCode::AgentError, Some(last)),
            WalkProblem::Silent { last } => (ProblemCode::Silent, Some(last)),
        };
        Self {
            oid: oid.cloned(),
            ..Self::new(code, problem.to_string())
        }
    }
}

impl From<ConnectError> for Problem {
    fn from(error: ConnectError) -> Self {
        let message = format!("{error}: {}", error.cause);
        Self::new(ProblemCode::Unreachable, message)
    }
}

#[cfg(test)]
mod tests {
    use super::ProblemCode::{
        self, AgentError, EmptyAnswer, Malformed, NoSuchName, NotInTimeWindow, NotIncreasing,
        OtherNames, Silent, StrayAnswer, TooMuch, TooSlow, Unauthorized, Unreachable,
    };

    const ALL: [ProblemCode; 13] = [
        Silent,
        Unreachable,
        StrayAnswer,
        Malformed,
        NoSuchName,
        AgentError,
        OtherNames,
        NotIncreasing,
        EmptyAnswer,
        TooMuch,
        TooSlow,
        Unauthorized,
        NotInTimeWindow,
    ];

    #[test]
    fn every_problem_is_explained_in_both_languages() {
        for language in ["en", "vi"] {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/");
            let page = std::fs::read_to_string(format!("{folder}{language}/snmp.md")).unwrap();
            for code in ALL {
                let word = serde_json::to_value(code).unwrap();
                let row = format!("| `{}` |", word.as_str().unwrap());
                assert!(page.contains(&row), "{language}: {row}");
            }
        }
    }
}
