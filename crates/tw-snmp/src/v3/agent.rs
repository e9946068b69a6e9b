//! An agent's side of v3: the authoritative engine (RFC 3414 §3.2).
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** read a clock; the
//! engine's time is an argument.

use super::{
    BOOTS_MAX, LocalUser, ReportKind, SecurityLevel, TIME_WINDOW_SECONDS, User, V3Error,
    message::{Frame, RawV3, ScopedPdu, seal},
};
use crate::{Pdu, PduKind, Value, VarBind};

/// An engine with its users.
#[derive(Clone, Debug)]
pub struct Agent {
    engine_id: Vec<u8>,
    boots: u32,
    users: Vec<LocalUser>,
    salt: u64,
    reports: u32,
}

/// A request that passed all checks.
#[derive(Clone, Debug)]
pub struct AgentRequest {
    msg_id: i32,
    user: LocalUser,
    /// How the request was protected; the answer is protected alike.
    pub level: SecurityLevel,
    /// The largest answer that the manager takes.
    pub max_size: i32,
    /// What it asks.
    pub scoped: ScopedPdu,
}

impl AgentRequest {
    /// Who asks.
    pub fn user_name(&self) -> &[u8] {
        self.user.name()
    }
}

/// What to do about a datagram.
#[derive(Clone, Debug)]
pub enum AgentVerdict {
    /// Answer it, with [`Agent::respond`].
    Request(Box<AgentRequest>),
    /// Send this report back.
    Report(ReportKind, Vec<u8>),
    /// Say nothing.
    Drop(V3Error),
}

impl Agent {
    /// An engine that started `boots` times. `first_salt` should be random.
    pub fn new(engine_id: &[u8], boots: u32, users: &[User], first_salt: u64) -> Self {
        Self {
            engine_id: engine_id.to_vec(),
            boots,
            users: users.iter().map(|user| user.localize(engine_id)).collect(),
            salt: first_salt,
            reports: 0,
        }
    }

    /// Restarts the engine: its clock begins again and its boots go up.
    pub fn reboot(&mut self) {
        self.boots = self.boots.saturating_add(1).min(BOOTS_MAX);
    }

    /// Checks a datagram; `time` is the seconds since the engine started.
    pub fn receive(&mut self, datagram: &[u8], time: u32) -> AgentVerdict {
        let raw = match RawV3::decode(datagram) {
            Ok(raw) => raw,
            Err(problem) => return AgentVerdict::Drop(problem),
        };
        match self.check(&raw, time) {
            Ok(request) => AgentVerdict::Request(Box::new(request)),
            Err(Refusal::Report(kind, user, _)) if raw.flags.reportable => {
                AgentVerdict::Report(kind, self.report(kind, &user, &raw, time))
            }
            Err(Refusal::Silent(problem) | Refusal::Report(_, _, problem)) => {
                AgentVerdict::Drop(problem)
            }
        }
    }

    /// The answer to a request, protected as the request was.
    pub fn respond(&mut self, request: &AgentRequest, pdu: Pdu, time: u32) -> Vec<u8> {
        self.salt = self.salt.wrapping_add(1);
        let frame = Frame {
            msg_id: request.msg_id,
            reportable: false,
            engine_id: &self.engine_id,
            boots: self.boots,
            time,
            salt: self.salt,
        };
        let scoped = ScopedPdu {
            context_engine_id: request.scoped.context_engine_id.clone(),
            context_name: request.scoped.context_name.clone(),
            pdu,
        };
        seal(&frame, &request.user, &scoped)
    }

    /// The checks of RFC 3414 §3.2 in their order.
    fn check(&self, raw: &RawV3<'_>, time: u32) -> Result<AgentRequest, Refusal> {
        let nobody = LocalUser::nobody;
        let refuse = |kind, user, problem| Err(Refusal::Report(kind, Box::new(user), problem));
        if raw.engine_id != self.engine_id {
            return refuse(ReportKind::UnknownEngineId, nobody(), V3Error::OtherEngine);
        }
        let Some(user) = self.users.iter().find(|user| user.name() == raw.user) else {
            return refuse(ReportKind::UnknownUserName, nobody(), V3Error::OtherUser);
        };
        let level = raw.flags.level();
        if level > user.level() {
            let kind = ReportKind::UnsupportedSecurityLevel;
            return refuse(kind, nobody(), V3Error::Downgraded);
        }
        let user = user.lowered_to(level);
        if level >= SecurityLevel::AuthNoPriv {
            if !raw.is_signed_by(&user) {
                return refuse(ReportKind::WrongDigest, nobody(), V3Error::WrongDigest);
            }
            let near = raw.time.abs_diff(time) <= TIME_WINDOW_SECONDS;
            if raw.boots != self.boots || self.boots == BOOTS_MAX || !near {
                let problem = V3Error::NotInTimeWindow {
                    boots: raw.boots,
                    time: raw.time,
                };
                let signed = user.lowered_to(SecurityLevel::AuthNoPriv);
                return refuse(ReportKind::NotInTimeWindow, signed, problem);
            }
        }
        let mut scratch = Vec::new();
        let opened = raw
            .open(&user, &mut scratch)
            .and_then(|scoped| Ok(scoped.to_scoped_pdu()?));
        match opened {
            Ok(scoped) => Ok(AgentRequest {
                msg_id: raw.msg_id,
                user,
                level,
                max_size: raw.max_size,
                scoped,
            }),
            Err(V3Error::Decryption) => {
                let signed = user.lowered_to(SecurityLevel::AuthNoPriv);
                refuse(ReportKind::DecryptionError, signed, V3Error::Decryption)
            }
            Err(problem) => Err(Refusal::Silent(problem)),
        }
    }

    fn report(
        &mut self,
        kind: ReportKind,
        user: &LocalUser,
        raw: &RawV3<'_>,
        time: u32,
    ) -> Vec<u8> {
        self.reports = self.reports.wrapping_add(1);
        let frame = Frame {
            msg_id: raw.msg_id,
            reportable: false,
            engine_id: &self.engine_id,
            boots: self.boots,
            time,
            salt: 0,
        };
        let request_id = raw.plain().map_or(0, |scoped| scoped.pdu.request_id);
        let scoped = ScopedPdu {
            context_engine_id: self.engine_id.clone(),
            context_name: vec![],
            pdu: Pdu {
                varbinds: vec![VarBind {
                    oid: kind.oid(),
                    value: Value::Counter32(self.reports),
                }],
                ..Pdu::request(PduKind::Report, request_id, [])
            },
        };
        seal(&frame, user, &scoped)
    }
}

enum Refusal {
    /// The manager may be told; the report is signed by this user.
    Report(ReportKind, Box<LocalUser>, V3Error),
    Silent(V3Error),
}
