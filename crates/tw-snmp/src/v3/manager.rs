//! A manager's side of v3 with one agent: discovery, clock of the agent, checks of answers.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** read a clock; `now` is
//! the caller's monotonic time since any fixed point.

use super::{
    BOOTS_MAX, LocalUser, ReportKind, SecurityLevel, TIME_WINDOW_SECONDS, User, V3Error,
    message::{Frame, RawV3, ScopedPdu, seal},
};
use crate::{Pdu, PduKind, RawPdu};
use std::time::Duration;

/// One manager's knowledge of one agent.
///
/// Send [`Manager::discovery`] until [`Manager::is_discovered`]; then [`Manager::request`].
/// Give every datagram of the agent to [`Manager::receive`].
#[derive(Clone, Debug)]
pub struct Manager {
    user: User,
    context_name: Vec<u8>,
    salt: u64,
    engine: Option<Engine>,
}

#[derive(Clone, Debug)]
struct Engine {
    id: Vec<u8>,
    user: LocalUser,
    boots: u32,
    time: u32,
    /// When `time` was true.
    at: Duration,
    /// Whether boots and time come from a signed message.
    trusted: bool,
}

/// A checked message of the agent.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    /// Pairs it with its request.
    pub msg_id: i32,
    /// What is said.
    pub pdu: RawPdu<'a>,
    /// What the agent complains of, when it is a report. A report is not always signed.
    pub report: Option<ReportKind>,
}

impl Manager {
    /// Knows nothing yet. `first_salt` should be random: under one key no salt may come twice,
    /// also after a restart (RFC 3826 §3.1.4.1).
    pub const fn new(user: User, context_name: Vec<u8>, first_salt: u64) -> Self {
        Self {
            user,
            context_name,
            salt: first_salt,
            engine: None,
        }
    }

    /// Whether the agent's engine id is known.
    pub const fn is_discovered(&self) -> bool {
        self.engine.is_some()
    }

    /// The agent's engine id, once known.
    pub fn engine_id(&self) -> Option<&[u8]> {
        self.engine.as_ref().map(|engine| engine.id.as_slice())
    }

    /// How often the agent started, once known from a signed message.
    pub fn engine_boots(&self) -> Option<u32> {
        let engine = self.engine.as_ref()?;
        engine.trusted.then_some(engine.boots)
    }

    /// Forgets the agent's engine: it was replaced, or it lost its count of starts. Discovery
    /// begins again.
    pub fn forget_engine(&mut self) {
        self.engine = None;
    }

    /// The question for the engine id (RFC 3414 §4).
    pub fn discovery(&self, msg_id: i32) -> Vec<u8> {
        let frame = Frame {
            msg_id,
            reportable: true,
            engine_id: &[],
            boots: 0,
            time: 0,
            salt: 0,
        };
        let scoped = ScopedPdu {
            context_engine_id: vec![],
            context_name: vec![],
            pdu: Pdu::request(PduKind::GetRequest, msg_id, []),
        };
        seal(&frame, &LocalUser::nobody(), &scoped)
    }

    /// A request, signed and encrypted as the user's keys allow.
    pub fn request(&mut self, msg_id: i32, pdu: Pdu, now: Duration) -> Result<Vec<u8>, V3Error> {
        let engine = self.engine.as_ref().ok_or(V3Error::NotDiscovered)?;
        self.salt = self.salt.wrapping_add(1);
        let frame = Frame {
            msg_id,
            reportable: pdu.kind.wants_answer(),
            engine_id: &engine.id,
            boots: engine.boots,
            time: engine.time_at(now),
            salt: self.salt,
        };
        let scoped = ScopedPdu {
            context_engine_id: engine.id.clone(),
            context_name: self.context_name.clone(),
            pdu,
        };
        Ok(seal(&frame, &engine.user, &scoped))
    }

    /// Checks a datagram of the agent. Its clock is followed only by signed messages, but a
    /// first guess comes from the discovery, as every manager does.
    pub fn receive<'a>(
        &mut self,
        datagram: &'a [u8],
        scratch: &'a mut Vec<u8>,
        now: Duration,
    ) -> Result<Incoming<'a>, V3Error> {
        let raw = RawV3::decode(datagram)?;
        let Some(engine) = &mut self.engine else {
            return self.learn_engine(&raw, now);
        };
        if raw.flags.level() == SecurityLevel::NoAuthNoPriv {
            let incoming = Incoming::new(&raw, raw.plain()?.pdu);
            return match (incoming.report, self.user.level()) {
                (Some(_), _) => Ok(incoming),
                (None, SecurityLevel::NoAuthNoPriv) => {
                    engine.check_sender(&raw)?;
                    Ok(incoming)
                }
                (None, _) => Err(V3Error::Downgraded),
            };
        }
        engine.check_sender(&raw)?;
        if !raw.is_signed_by(&engine.user) {
            return Err(V3Error::WrongDigest);
        }
        let level = raw.flags.level();
        let scoped = raw.open(&engine.user, scratch)?;
        let incoming = Incoming::new(&raw, scoped.pdu);
        if incoming.report.is_none() && level < self.user.level() {
            return Err(V3Error::Downgraded);
        }
        engine.follow_clock(&raw, now)?;
        Ok(incoming)
    }

    fn learn_engine<'a>(
        &mut self,
        raw: &RawV3<'a>,
        now: Duration,
    ) -> Result<Incoming<'a>, V3Error> {
        let incoming = Incoming::new(raw, raw.plain()?.pdu);
        let fits = (5..=32).contains(&raw.engine_id.len());
        if incoming.report.is_none() || !fits {
            return Err(V3Error::NotDiscovered);
        }
        self.engine = Some(Engine {
            id: raw.engine_id.to_vec(),
            user: self.user.localize(raw.engine_id),
            boots: raw.boots,
            time: raw.time,
            at: now,
            trusted: false,
        });
        Ok(incoming)
    }
}

impl Engine {
    /// The agent's clock now, by ours.
    fn time_at(&self, now: Duration) -> u32 {
        let passed = u32::try_from(now.saturating_sub(self.at).as_secs()).unwrap_or(BOOTS_MAX);
        self.time.saturating_add(passed).min(BOOTS_MAX)
    }

    fn check_sender(&self, raw: &RawV3<'_>) -> Result<(), V3Error> {
        if raw.engine_id != self.id {
            return Err(V3Error::OtherEngine);
        }
        if raw.user != self.user.name() {
            return Err(V3Error::OtherUser);
        }
        Ok(())
    }

    /// RFC 3414 §3.2 step 7b, for a message whose signature is good.
    fn follow_clock(&mut self, raw: &RawV3<'_>, now: Duration) -> Result<(), V3Error> {
        let expected = self.time_at(now);
        let newer = raw.boots > self.boots || (raw.boots == self.boots && raw.time > expected);
        if newer || !self.trusted {
            (self.boots, self.time, self.at) = (raw.boots, raw.time, now);
            self.trusted = true;
            return Ok(());
        }
        let old = raw.boots < self.boots
            || raw.time.saturating_add(TIME_WINDOW_SECONDS) < expected
            || self.boots == BOOTS_MAX;
        if old {
            return Err(V3Error::NotInTimeWindow {
                boots: raw.boots,
                time: raw.time,
            });
        }
        Ok(())
    }
}

impl<'a> Incoming<'a> {
    fn new(raw: &RawV3<'a>, pdu: RawPdu<'a>) -> Self {
        Self {
            msg_id: raw.msg_id,
            report: (pdu.kind == PduKind::Report).then(|| ReportKind::of(&pdu)),
            pdu,
        }
    }
}
