//! Protocol data units (RFC 3416 §3, RFC 1157 §4.1.6).
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.

use crate::{Oid, VarBind};

/// What a PDU wants or says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PduKind {
    /// The values of these instances.
    GetRequest,
    /// The values behind these names.
    GetNextRequest,
    /// The answer.
    Response,
    /// Write these values.
    SetRequest,
    /// An event, in the form of v1.
    TrapV1,
    /// Many values behind these names.
    GetBulkRequest,
    /// An event that wants an answer.
    InformRequest,
    /// An event.
    TrapV2,
    /// The peer's SNMP engine speaks about the message, not about objects (v3).
    Report,
}

impl PduKind {
    /// The tag on the wire.
    pub const fn tag(self) -> u8 {
        match self {
            Self::GetRequest => 0xa0,
            Self::GetNextRequest => 0xa1,
            Self::Response => 0xa2,
            Self::SetRequest => 0xa3,
            Self::TrapV1 => 0xa4,
            Self::GetBulkRequest => 0xa5,
            Self::InformRequest => 0xa6,
            Self::TrapV2 => 0xa7,
            Self::Report => 0xa8,
        }
    }

    /// The kind with this tag.
    pub const fn from_tag(tag: u8) -> Option<Self> {
        Some(match tag {
            0xa0 => Self::GetRequest,
            0xa1 => Self::GetNextRequest,
            0xa2 => Self::Response,
            0xa3 => Self::SetRequest,
            0xa4 => Self::TrapV1,
            0xa5 => Self::GetBulkRequest,
            0xa6 => Self::InformRequest,
            0xa7 => Self::TrapV2,
            0xa8 => Self::Report,
            _ => return None,
        })
    }

    /// Whether the receiver must answer, the "confirmed class" of RFC 3411 §2.8.
    pub const fn wants_answer(self) -> bool {
        matches!(
            self,
            Self::GetRequest
                | Self::GetNextRequest
                | Self::SetRequest
                | Self::GetBulkRequest
                | Self::InformRequest
        )
    }
}

/// What went wrong with a request (RFC 3416 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorStatus {
    NoError,
    TooBig,
    NoSuchName,
    BadValue,
    ReadOnly,
    GenErr,
    NoAccess,
    WrongType,
    WrongLength,
    WrongEncoding,
    WrongValue,
    NoCreation,
    InconsistentValue,
    ResourceUnavailable,
    CommitFailed,
    UndoFailed,
    AuthorizationError,
    NotWritable,
    InconsistentName,
    /// A number newer than us.
    Other(i32),
}

/// In the order of their numbers.
const STATUSES: [(ErrorStatus, &str); 19] = [
    (ErrorStatus::NoError, "noError"),
    (ErrorStatus::TooBig, "tooBig"),
    (ErrorStatus::NoSuchName, "noSuchName"),
    (ErrorStatus::BadValue, "badValue"),
    (ErrorStatus::ReadOnly, "readOnly"),
    (ErrorStatus::GenErr, "genErr"),
    (ErrorStatus::NoAccess, "noAccess"),
    (ErrorStatus::WrongType, "wrongType"),
    (ErrorStatus::WrongLength, "wrongLength"),
    (ErrorStatus::WrongEncoding, "wrongEncoding"),
    (ErrorStatus::WrongValue, "wrongValue"),
    (ErrorStatus::NoCreation, "noCreation"),
    (ErrorStatus::InconsistentValue, "inconsistentValue"),
    (ErrorStatus::ResourceUnavailable, "resourceUnavailable"),
    (ErrorStatus::CommitFailed, "commitFailed"),
    (ErrorStatus::UndoFailed, "undoFailed"),
    (ErrorStatus::AuthorizationError, "authorizationError"),
    (ErrorStatus::NotWritable, "notWritable"),
    (ErrorStatus::InconsistentName, "inconsistentName"),
];

impl ErrorStatus {
    /// The number on the wire.
    pub fn number(self) -> i32 {
        match self {
            Self::Other(number) => number,
            known => STATUSES
                .iter()
                .zip(0..)
                .find_map(|((status, _), number)| (*status == known).then_some(number))
                .unwrap_or(0),
        }
    }

    /// The name of the RFC, or `other` for numbers newer than us.
    pub fn name(self) -> &'static str {
        STATUSES
            .iter()
            .find_map(|(status, name)| (*status == self).then_some(*name))
            .unwrap_or("other")
    }
}

impl From<i32> for ErrorStatus {
    fn from(number: i32) -> Self {
        usize::try_from(number)
            .ok()
            .and_then(|number| STATUSES.get(number))
            .map_or(Self::Other(number), |(status, _)| *status)
    }
}

/// A protocol data unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdu {
    /// What it is.
    pub kind: PduKind,
    /// Pairs an answer with its request. 0 in a `TrapV1`, which has none.
    pub request_id: i32,
    /// `error-status`; in a `GetBulkRequest` it is `non-repeaters`.
    pub error_status: i32,
    /// `error-index`, from 1; in a `GetBulkRequest` it is `max-repetitions`.
    pub error_index: i32,
    /// The names and values.
    pub varbinds: Vec<VarBind>,
    /// Present exactly in a `TrapV1`.
    pub trap_v1: Option<TrapV1>,
}

/// The fields that only a v1 trap has (RFC 1157 §4.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrapV1 {
    /// Which kind of device speaks.
    pub enterprise: Oid,
    /// The address that the device says it has.
    pub agent_address: [u8; 4],
    /// 0 coldStart … 6 enterpriseSpecific.
    pub generic: i32,
    /// The device's own number for the event.
    pub specific: i32,
    /// Hundredths of a second since the device started.
    pub uptime: u32,
}

impl Pdu {
    /// A request for these names; all kinds of request but GETBULK.
    pub fn request(kind: PduKind, request_id: i32, oids: impl IntoIterator<Item = Oid>) -> Self {
        Self {
            kind,
            request_id,
            error_status: 0,
            error_index: 0,
            varbinds: oids.into_iter().map(VarBind::ask).collect(),
            trap_v1: None,
        }
    }

    /// A GETBULK: one answer for each of the first `non_repeaters` names, and up to
    /// `max_repetitions` rows for the others.
    pub fn get_bulk(
        request_id: i32,
        non_repeaters: i32,
        max_repetitions: i32,
        oids: impl IntoIterator<Item = Oid>,
    ) -> Self {
        Self {
            error_status: non_repeaters,
            error_index: max_repetitions,
            ..Self::request(PduKind::GetBulkRequest, request_id, oids)
        }
    }

    /// The answer to this request.
    #[must_use]
    pub fn response(&self, varbinds: Vec<VarBind>) -> Self {
        Self {
            kind: PduKind::Response,
            request_id: self.request_id,
            error_status: 0,
            error_index: 0,
            varbinds,
            trap_v1: None,
        }
    }

    /// The answer that this request failed at the `error_index`th name, from 1. A `tooBig`
    /// carries no names (RFC 3416 §4.2.1), all others carry those of the request.
    #[must_use]
    pub fn error_response(&self, status: ErrorStatus, error_index: i32) -> Self {
        let varbinds = match status {
            ErrorStatus::TooBig => Vec::new(),
            _ => self.varbinds.clone(),
        };
        Self {
            error_status: status.number(),
            error_index,
            ..self.response(varbinds)
        }
    }

    /// `error-status` of an answer.
    pub fn status(&self) -> ErrorStatus {
        ErrorStatus::from(self.error_status)
    }

    /// `non-repeaters` of a GETBULK; negative numbers count as 0 (RFC 3416 §4.2.3).
    pub fn non_repeaters(&self) -> usize {
        usize::try_from(self.error_status).unwrap_or(0)
    }

    /// `max-repetitions` of a GETBULK; negative numbers count as 0 (RFC 3416 §4.2.3).
    pub fn max_repetitions(&self) -> usize {
        usize::try_from(self.error_index).unwrap_or(0)
    }
}
