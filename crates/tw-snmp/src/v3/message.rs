//! Frames of v3: header, security parameters, scoped PDU (RFC 3412 §6, RFC 3414 §2.4).
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.

use super::{LocalUser, SecurityLevel, cipher};
use crate::{
    Oid, Pdu, RawPdu, VarBind,
    ber::{DecodeError, Problem, Reader, Writer, tag},
    raw::write_pdu,
};

/// The largest message that we say we take: a UDP datagram over IPv4.
pub(super) const MESSAGE_OCTETS_MAX: i32 = 65_507;
/// `msgSecurityModel` of USM (RFC 3411 §5).
const SECURITY_MODEL_USM: i32 = 3;

/// Why a message of v3 is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum V3Error {
    /// The bytes are no message.
    #[error("cannot read the v3 message")]
    Decode(#[from] DecodeError),
    /// Not signed by our key, or changed on the way.
    #[error("the message's signature is wrong")]
    WrongDigest,
    /// Encrypted, and the result is no scoped PDU: another key, or changed on the way.
    #[error("the message cannot be decrypted")]
    Decryption,
    /// Of another engine than the one that was asked.
    #[error("the message comes from another SNMP engine than the one asked")]
    OtherEngine,
    /// Of another user than the one that asked.
    #[error("the message is for another user")]
    OtherUser,
    /// Less protected than what was asked.
    #[error("the answer is less protected than the question")]
    Downgraded,
    /// Older than the window allows: a replay, or a restarted engine that forgot its count.
    #[error("the message is outside of the time window (its engine's boots {boots}, time {time})")]
    NotInTimeWindow {
        /// `snmpEngineBoots` of the message.
        boots: u32,
        /// `snmpEngineTime` of the message.
        time: u32,
    },
    /// A request was to be sent before the engine was discovered.
    #[error("the agent's engine is not known yet")]
    NotDiscovered,
    /// Another security model than USM.
    #[error("security model {number} is not the user-based one")]
    SecurityModel {
        /// `msgSecurityModel`.
        number: i32,
    },
}

/// What the other engine complains of (RFC 3414 §3.2, RFC 3412 §7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// The user has no such protection there.
    UnsupportedSecurityLevel,
    /// Our idea of its clock is wrong.
    NotInTimeWindow,
    /// It does not know the user.
    UnknownUserName,
    /// It has another engine id; this is how discovery gets it.
    UnknownEngineId,
    /// Our signature is wrong: the authentication password or protocol.
    WrongDigest,
    /// It could not decrypt: the privacy password or protocol.
    DecryptionError,
    /// It does not have the context.
    UnknownContext,
    /// Something newer than us.
    Other,
}

const REPORTS: [(ReportKind, &[u32], &str); 7] = [
    (
        ReportKind::UnsupportedSecurityLevel,
        &[1, 3, 6, 1, 6, 3, 15, 1, 1, 1, 0],
        "usmStatsUnsupportedSecLevels",
    ),
    (
        ReportKind::NotInTimeWindow,
        &[1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0],
        "usmStatsNotInTimeWindows",
    ),
    (
        ReportKind::UnknownUserName,
        &[1, 3, 6, 1, 6, 3, 15, 1, 1, 3, 0],
        "usmStatsUnknownUserNames",
    ),
    (
        ReportKind::UnknownEngineId,
        &[1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0],
        "usmStatsUnknownEngineIDs",
    ),
    (
        ReportKind::WrongDigest,
        &[1, 3, 6, 1, 6, 3, 15, 1, 1, 5, 0],
        "usmStatsWrongDigests",
    ),
    (
        ReportKind::DecryptionError,
        &[1, 3, 6, 1, 6, 3, 15, 1, 1, 6, 0],
        "usmStatsDecryptionErrors",
    ),
    (
        ReportKind::UnknownContext,
        &[1, 3, 6, 1, 6, 3, 12, 1, 5, 0],
        "snmpUnknownContexts",
    ),
];

impl ReportKind {
    /// The counter that a report of this kind carries.
    pub fn oid(self) -> Oid {
        REPORTS
            .iter()
            .find(|(kind, _, _)| *kind == self)
            .map_or_else(Oid::default, |(_, arcs, _)| Oid::from_static(arcs))
    }

    /// The standard's name of that counter.
    pub fn name(self) -> &'static str {
        REPORTS
            .iter()
            .find(|(kind, _, _)| *kind == self)
            .map_or("another report", |(_, _, name)| name)
    }

    pub(super) fn of(pdu: &RawPdu<'_>) -> Self {
        let Some(Ok(VarBind { oid, .. })) = pdu
            .varbinds
            .clone()
            .next()
            .map(|first| first.map(crate::RawVarBind::to_varbind))
        else {
            return Self::Other;
        };
        REPORTS
            .iter()
            .find(|(_, arcs, _)| oid.as_slice() == *arcs)
            .map_or(Self::Other, |(kind, _, _)| *kind)
    }
}

/// `msgFlags` (RFC 3412 §6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Signed.
    pub auth: bool,
    /// Encrypted.
    pub privacy: bool,
    /// The receiver may answer with a report.
    pub reportable: bool,
}

impl Flags {
    /// What the two first flags mean.
    pub const fn level(self) -> SecurityLevel {
        match (self.auth, self.privacy) {
            (false, _) => SecurityLevel::NoAuthNoPriv,
            (true, false) => SecurityLevel::AuthNoPriv,
            (true, true) => SecurityLevel::AuthPriv,
        }
    }

    fn of(level: SecurityLevel, reportable: bool) -> Self {
        Self {
            auth: level >= SecurityLevel::AuthNoPriv,
            privacy: level == SecurityLevel::AuthPriv,
            reportable,
        }
    }

    fn byte(self) -> u8 {
        u8::from(self.auth) | u8::from(self.privacy) << 1 | u8::from(self.reportable) << 2
    }
}

/// A PDU with the context it speaks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopedPdu {
    /// Whose objects.
    pub context_engine_id: Vec<u8>,
    /// Which of the engine's contexts; as a rule empty.
    pub context_name: Vec<u8>,
    /// What is said.
    pub pdu: Pdu,
}

/// As [`ScopedPdu`], borrowed.
#[derive(Clone, Debug)]
pub struct RawScopedPdu<'a> {
    /// Whose objects.
    pub context_engine_id: &'a [u8],
    /// Which of the engine's contexts.
    pub context_name: &'a [u8],
    /// What is said.
    pub pdu: RawPdu<'a>,
}

impl<'a> RawScopedPdu<'a> {
    /// Reads a scoped PDU; after decryption there may be filling behind it.
    pub fn decode(bytes: &'a [u8], filling_allowed: bool) -> Result<Self, DecodeError> {
        let mut whole = Reader::new(bytes);
        let mut scoped = whole.expect(tag::SEQUENCE, "the scoped PDU")?;
        if !filling_allowed {
            whole.finish("the scoped PDU")?;
        }
        let raw = Self {
            context_engine_id: scoped.octets("the context engine id")?,
            context_name: scoped.octets("the context name")?,
            pdu: RawPdu::read(&mut scoped)?,
        };
        scoped.finish("the scoped PDU")?;
        Ok(raw)
    }

    /// As owned data.
    pub fn to_scoped_pdu(self) -> Result<ScopedPdu, DecodeError> {
        Ok(ScopedPdu {
            context_engine_id: self.context_engine_id.to_vec(),
            context_name: self.context_name.to_vec(),
            pdu: self.pdu.to_pdu()?,
        })
    }
}

/// A message of v3 before its signature is checked and its content decrypted.
#[derive(Clone, Copy, Debug)]
pub struct RawV3<'a> {
    whole: &'a [u8],
    /// Pairs an answer with its request.
    pub msg_id: i32,
    /// The largest message that the sender takes.
    pub max_size: i32,
    /// How it is protected.
    pub flags: Flags,
    /// The authoritative engine; empty in a discovery.
    pub engine_id: &'a [u8],
    /// How often that engine started.
    pub boots: u32,
    /// Seconds since it started.
    pub time: u32,
    /// The user.
    pub user: &'a [u8],
    auth_at: usize,
    auth_len: usize,
    privacy_params: &'a [u8],
    data: &'a [u8],
}

impl<'a> RawV3<'a> {
    /// Reads the frame of a message of v3 with USM.
    pub fn decode(datagram: &'a [u8]) -> Result<Self, V3Error> {
        let mut whole = Reader::new(datagram);
        let mut message = whole.expect(tag::SEQUENCE, "the message")?;
        whole.finish("the message")?;
        let at = message.position();
        let number = message.i32("the version")?;
        if number != 3 {
            return Err(V3Error::Decode(DecodeError {
                part: "the version",
                at,
                problem: Problem::Version {
                    number: i64::from(number),
                },
            }));
        }
        let (msg_id, max_size, flags) = read_header(&mut message)?;
        let mut sealed = message.expect(tag::OCTET_STRING, "the security parameters")?;
        let mut usm = sealed.expect(tag::SEQUENCE, "the security parameters")?;
        sealed.finish("the security parameters")?;
        let engine_id = usm.octets("the engine id")?;
        let boots = read_count(&mut usm, "the engine boots")?;
        let time = read_count(&mut usm, "the engine time")?;
        let user = usm.octets("the user name")?;
        let auth = usm.expect(tag::OCTET_STRING, "the signature")?;
        let privacy_params = usm.octets("the privacy parameters")?;
        usm.finish("the security parameters")?;
        let data = if flags.privacy {
            message.octets("the encrypted scoped PDU")?
        } else {
            let rest = message.rest();
            message.expect(tag::SEQUENCE, "the scoped PDU")?;
            rest
        };
        message.finish("the message")?;
        Ok(Self {
            whole: datagram,
            msg_id,
            max_size,
            flags,
            engine_id,
            boots,
            time,
            user,
            auth_at: auth.position(),
            auth_len: auth.rest().len(),
            privacy_params,
            data,
        })
    }

    /// Whether the signature is this user's. A message without one never is.
    pub fn is_signed_by(&self, user: &LocalUser) -> bool {
        user.auth.as_ref().is_some_and(|(protocol, mac)| {
            self.flags.auth
                && self.auth_len == protocol.mac_len()
                && mac.verify(self.whole, self.auth_at, self.auth_len)
        })
    }

    /// The scoped PDU, decrypted into `scratch` where it has to be. Check the signature first.
    pub fn open(
        &self,
        user: &LocalUser,
        scratch: &'a mut Vec<u8>,
    ) -> Result<RawScopedPdu<'a>, V3Error> {
        if !self.flags.privacy {
            return Ok(RawScopedPdu::decode(self.data, false)?);
        }
        let Some((protocol, key)) = &user.privacy else {
            return Err(V3Error::Decryption);
        };
        scratch.clear();
        scratch.extend_from_slice(self.data);
        let params = (self.boots, self.time, self.privacy_params);
        if !cipher::decrypt(*protocol, key, params, scratch) {
            return Err(V3Error::Decryption);
        }
        RawScopedPdu::decode(scratch, true).map_err(|_| V3Error::Decryption)
    }

    /// The scoped PDU of a message that is not encrypted.
    pub(super) fn plain(&self) -> Result<RawScopedPdu<'a>, V3Error> {
        if self.flags.privacy {
            return Err(V3Error::Decryption);
        }
        Ok(RawScopedPdu::decode(self.data, false)?)
    }
}

fn read_header(message: &mut Reader<'_>) -> Result<(i32, i32, Flags), V3Error> {
    let mut header = message.expect(tag::SEQUENCE, "the header")?;
    let msg_id = header.i32("the message id")?;
    let max_size = header.i32("the maximum size")?;
    let at = header.position();
    let &[byte] = header.octets("the flags")? else {
        return Err(V3Error::Decode(DecodeError {
            part: "the flags",
            at,
            problem: Problem::IntegerRange,
        }));
    };
    let flags = Flags {
        auth: byte & 1 != 0,
        privacy: byte & 2 != 0,
        reportable: byte & 4 != 0,
    };
    // Encrypted but not signed does not exist (RFC 3412 §7.2 step 5d).
    if flags.privacy && !flags.auth {
        return Err(V3Error::Decode(DecodeError {
            part: "the flags",
            at,
            problem: Problem::IntegerRange,
        }));
    }
    let number = header.i32("the security model")?;
    header.finish("the header")?;
    if number != SECURITY_MODEL_USM {
        return Err(V3Error::SecurityModel { number });
    }
    Ok((msg_id, max_size, flags))
}

/// Boots and time: 0 to 2³¹−1.
fn read_count(reader: &mut Reader<'_>, part: &'static str) -> Result<u32, DecodeError> {
    let at = reader.position();
    u32::try_from(reader.i32(part)?).map_err(|_| DecodeError {
        part,
        at,
        problem: Problem::IntegerRange,
    })
}

/// What the frame of an outgoing message says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    pub(super) msg_id: i32,
    pub(super) reportable: bool,
    pub(super) engine_id: &'a [u8],
    pub(super) boots: u32,
    pub(super) time: u32,
    /// Never the same twice under one key.
    pub(super) salt: u64,
}

/// Writes a message, encrypted and signed as the user's keys allow.
pub(super) fn seal(frame: &Frame<'_>, user: &LocalUser, scoped: &ScopedPdu) -> Vec<u8> {
    let mut data = Writer::default();
    data.nested(tag::SEQUENCE, |writer| {
        writer.primitive(tag::OCTET_STRING, &scoped.context_engine_id);
        writer.primitive(tag::OCTET_STRING, &scoped.context_name);
        write_pdu(writer, &scoped.pdu, false);
    });
    let mut data = data.into_bytes();
    let mut privacy_params = [0; 8];
    let mut privacy_params_len = 0;
    if let Some((protocol, key)) = &user.privacy {
        let salt = cipher::Salt {
            boots: frame.boots,
            time: frame.time,
            counter: frame.salt,
        };
        privacy_params = cipher::encrypt(*protocol, key, salt, &mut data);
        privacy_params_len = 8;
    }
    let mac_len = user.auth.as_ref().map_or(0, |(hash, _)| hash.mac_len());
    let mut whole = Writer::default();
    whole.nested(tag::SEQUENCE, |writer| {
        writer.integer(3);
        write_header(writer, frame, user.level());
        writer.nested(tag::OCTET_STRING, |writer| {
            writer.nested(tag::SEQUENCE, |writer| {
                writer.primitive(tag::OCTET_STRING, frame.engine_id);
                writer.integer(i64::from(frame.boots));
                writer.integer(i64::from(frame.time));
                writer.primitive(tag::OCTET_STRING, &user.name);
                writer.primitive(tag::OCTET_STRING, &vec![0; mac_len]);
                writer.primitive(tag::OCTET_STRING, &privacy_params[..privacy_params_len]);
            });
        });
        if user.privacy.is_some() {
            writer.primitive(tag::OCTET_STRING, &data);
        } else {
            writer.verbatim(&data);
        }
    });
    let mut bytes = whole.into_bytes();
    if let Some((_, mac)) = &user.auth {
        let (at, len) = RawV3::decode(&bytes)
            .map(|raw| (raw.auth_at, raw.auth_len))
            .expect("what was just encoded can be read");
        mac.sign(&mut bytes, at, len);
    }
    bytes
}

fn write_header(writer: &mut Writer, frame: &Frame<'_>, level: SecurityLevel) {
    writer.nested(tag::SEQUENCE, |writer| {
        writer.integer(i64::from(frame.msg_id));
        writer.integer(i64::from(MESSAGE_OCTETS_MAX));
        let flags = Flags::of(level, frame.reportable);
        writer.primitive(tag::OCTET_STRING, &[flags.byte()]);
        writer.integer(i64::from(SECURITY_MODEL_USM));
    });
}
