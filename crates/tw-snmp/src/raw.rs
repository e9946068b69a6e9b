//! Values, bindings and PDUs that borrow from the datagram: nothing is allocated.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.

use crate::{
    Oid, Pdu, PduKind, TrapV1, Value, VarBind,
    ber::{DecodeError, Problem, Reader, Writer, tag},
    oid::write_dotted,
};
use std::{cmp::Ordering, fmt};

/// The most varbinds that one message may carry into owned data: a datagram of 65,507 bytes
/// has room for fewer.
pub const VARBINDS_MAX: usize = 16_384;

/// An object identifier as it stands in the datagram: checked, in shortest form. Equal bytes
/// are equal identifiers, and the other way round.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RawOid<'a>(&'a [u8]);

impl<'a> RawOid<'a> {
    pub(crate) const fn from_checked(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The content bytes, without tag and length.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether this lies in the subtree whose content bytes are `prefix`.
    pub fn starts_with_bytes(self, prefix: &[u8]) -> bool {
        self.0.starts_with(prefix)
    }

    /// The arcs, in order.
    pub fn arcs(self) -> impl Iterator<Item = u32> + 'a {
        let mut bytes = self.0.iter();
        let mut first = true;
        let mut held = None;
        std::iter::from_fn(move || {
            if let Some(arc) = held.take() {
                return Some(arc);
            }
            let mut number = 0_u64;
            for &byte in bytes.by_ref() {
                number = number << 7 | u64::from(byte & 0x7f);
                if byte & 0x80 == 0 {
                    if !std::mem::take(&mut first) {
                        return Some(narrow(number));
                    }
                    let root = (number / 40).min(2);
                    held = Some(narrow(number - root * 40));
                    return Some(narrow(root));
                }
            }
            None
        })
    }

    /// As owned data.
    pub fn to_oid(self) -> Oid {
        Oid::from_checked(self.arcs().collect())
    }
}

/// The decoder has checked that every arc fits.
fn narrow(arc: u64) -> u32 {
    u32::try_from(arc).unwrap_or(u32::MAX)
}

impl PartialOrd for RawOid<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RawOid<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.arcs().cmp(other.arcs())
    }
}

impl PartialEq<Oid> for RawOid<'_> {
    fn eq(&self, other: &Oid) -> bool {
        self.arcs().eq(other.as_slice().iter().copied())
    }
}

impl fmt::Display for RawOid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_dotted(f, self.arcs())
    }
}

impl fmt::Debug for RawOid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawOid({self})")
    }
}

/// As [`Value`], borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawValue<'a> {
    Integer(i32),
    OctetString(&'a [u8]),
    Null,
    ObjectIdentifier(RawOid<'a>),
    IpAddress([u8; 4]),
    Counter32(u32),
    Gauge32(u32),
    TimeTicks(u32),
    Opaque(&'a [u8]),
    Counter64(u64),
    NoSuchObject,
    NoSuchInstance,
    EndOfMibView,
}

impl<'a> RawValue<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        const PART: &str = "the value of a varbind";
        let at = reader.position();
        let (found, content) = reader.field(PART)?;
        Ok(match found {
            tag::INTEGER => Self::Integer(content.content_i32(PART)?),
            tag::OCTET_STRING => Self::OctetString(content.rest()),
            tag::OBJECT_IDENTIFIER => {
                Self::ObjectIdentifier(RawOid::from_checked(content.content_oid(PART)?))
            }
            tag::IP_ADDRESS => Self::IpAddress(content.content_address(PART)?),
            tag::COUNTER32 => Self::Counter32(content.content_u32(PART)?),
            tag::GAUGE32 | tag::UINTEGER32 => Self::Gauge32(content.content_u32(PART)?),
            tag::TIME_TICKS => Self::TimeTicks(content.content_u32(PART)?),
            tag::OPAQUE => Self::Opaque(content.rest()),
            tag::COUNTER64 => Self::Counter64(content.content_unsigned(8, PART)?),
            tag::NULL | tag::NO_SUCH_OBJECT | tag::NO_SUCH_INSTANCE | tag::END_OF_MIB_VIEW => {
                content.content_empty(PART)?;
                match found {
                    tag::NULL => Self::Null,
                    tag::NO_SUCH_OBJECT => Self::NoSuchObject,
                    tag::NO_SUCH_INSTANCE => Self::NoSuchInstance,
                    _ => Self::EndOfMibView,
                }
            }
            _ => {
                return Err(DecodeError {
                    part: PART,
                    at,
                    problem: Problem::UnknownTag { found },
                });
            }
        })
    }

    /// As owned data.
    pub fn to_value(self) -> Value {
        match self {
            Self::Integer(number) => Value::Integer(number),
            Self::OctetString(bytes) => Value::OctetString(bytes.to_vec()),
            Self::Null => Value::Null,
            Self::ObjectIdentifier(oid) => Value::ObjectIdentifier(oid.to_oid()),
            Self::IpAddress(address) => Value::IpAddress(address),
            Self::Counter32(number) => Value::Counter32(number),
            Self::Gauge32(number) => Value::Gauge32(number),
            Self::TimeTicks(number) => Value::TimeTicks(number),
            Self::Opaque(bytes) => Value::Opaque(bytes.to_vec()),
            Self::Counter64(number) => Value::Counter64(number),
            Self::NoSuchObject => Value::NoSuchObject,
            Self::NoSuchInstance => Value::NoSuchInstance,
            Self::EndOfMibView => Value::EndOfMibView,
        }
    }

    /// Whether this says that there is no value.
    pub const fn is_exception(&self) -> bool {
        matches!(
            self,
            Self::NoSuchObject | Self::NoSuchInstance | Self::EndOfMibView
        )
    }

    /// The number, for the five unsigned types and for an `Integer32` that is not negative.
    pub fn as_u64(self) -> Option<u64> {
        match self {
            Self::Integer(number) => u64::try_from(number).ok(),
            Self::Counter32(number) | Self::Gauge32(number) | Self::TimeTicks(number) => {
                Some(u64::from(number))
            }
            Self::Counter64(number) => Some(number),
            _ => None,
        }
    }
}

/// A name and its value, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawVarBind<'a> {
    /// Which object.
    pub oid: RawOid<'a>,
    /// What it holds.
    pub value: RawValue<'a>,
}

impl<'a> RawVarBind<'a> {
    fn read(list: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let mut reader = list.expect(tag::SEQUENCE, "a varbind")?;
        let name = reader.expect(tag::OBJECT_IDENTIFIER, "the name of a varbind")?;
        let oid = RawOid::from_checked(name.content_oid("the name of a varbind")?);
        let value = RawValue::read(&mut reader)?;
        reader.finish("a varbind")?;
        Ok(Self { oid, value })
    }

    /// As owned data.
    pub fn to_varbind(self) -> VarBind {
        VarBind {
            oid: self.oid.to_oid(),
            value: self.value.to_value(),
        }
    }
}

/// The variable bindings of a PDU, read one after the other. After an error it ends.
#[derive(Clone, Debug)]
pub struct VarBinds<'a> {
    list: Reader<'a>,
    failed: bool,
}

impl<'a> VarBinds<'a> {
    const fn new(list: Reader<'a>) -> Self {
        Self {
            list,
            failed: false,
        }
    }

    /// The undecoded list.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.list.rest()
    }

    /// All of them as owned data.
    pub fn to_vec(self) -> Result<Vec<VarBind>, DecodeError> {
        let at = self.list.position();
        let mut all = Vec::new();
        for varbind in self {
            if all.len() == VARBINDS_MAX {
                return Err(DecodeError {
                    part: "the varbind list",
                    at,
                    problem: Problem::TooManyVarBinds { max: VARBINDS_MAX },
                });
            }
            all.push(varbind?.to_varbind());
        }
        Ok(all)
    }
}

impl<'a> Iterator for VarBinds<'a> {
    type Item = Result<RawVarBind<'a>, DecodeError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.list.is_empty() {
            return None;
        }
        let varbind = RawVarBind::read(&mut self.list);
        self.failed = varbind.is_err();
        Some(varbind)
    }
}

/// A PDU, borrowed. The bindings are not looked at before they are asked for.
#[derive(Clone, Debug)]
pub struct RawPdu<'a> {
    /// What it is.
    pub kind: PduKind,
    /// Pairs an answer with its request; 0 in a `TrapV1`.
    pub request_id: i32,
    /// `error-status`, or `non-repeaters` of a GETBULK.
    pub error_status: i32,
    /// `error-index`, or `max-repetitions` of a GETBULK.
    pub error_index: i32,
    /// The names and values.
    pub varbinds: VarBinds<'a>,
    trap_v1: Option<RawTrapV1<'a>>,
}

#[derive(Clone, Copy, Debug)]
struct RawTrapV1<'a> {
    enterprise: RawOid<'a>,
    agent_address: [u8; 4],
    generic: i32,
    specific: i32,
    uptime: u32,
}

impl<'a> RawPdu<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let at = reader.position();
        let (found, mut content) = reader.field("the PDU")?;
        let Some(kind) = PduKind::from_tag(found) else {
            return Err(DecodeError {
                part: "the PDU",
                at,
                problem: Problem::UnknownTag { found },
            });
        };
        let mut pdu = Self {
            kind,
            request_id: 0,
            error_status: 0,
            error_index: 0,
            varbinds: VarBinds::new(Reader::new(&[])),
            trap_v1: None,
        };
        if kind == PduKind::TrapV1 {
            pdu.trap_v1 = Some(RawTrapV1::read(&mut content)?);
        } else {
            pdu.request_id = content.i32("the request-id")?;
            pdu.error_status = content.i32("the error-status")?;
            pdu.error_index = content.i32("the error-index")?;
        }
        pdu.varbinds = VarBinds::new(content.expect(tag::SEQUENCE, "the varbind list")?);
        content.finish("the PDU")?;
        Ok(pdu)
    }

    /// As owned data.
    pub fn to_pdu(self) -> Result<Pdu, DecodeError> {
        Ok(Pdu {
            kind: self.kind,
            request_id: self.request_id,
            error_status: self.error_status,
            error_index: self.error_index,
            varbinds: self.varbinds.to_vec()?,
            trap_v1: self.trap_v1.map(|trap| TrapV1 {
                enterprise: trap.enterprise.to_oid(),
                agent_address: trap.agent_address,
                generic: trap.generic,
                specific: trap.specific,
                uptime: trap.uptime,
            }),
        })
    }
}

impl<'a> RawTrapV1<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let enterprise = reader.expect(tag::OBJECT_IDENTIFIER, "the enterprise of the trap")?;
        let enterprise =
            RawOid::from_checked(enterprise.content_oid("the enterprise of the trap")?);
        let address = reader.expect(tag::IP_ADDRESS, "the address of the trap")?;
        Ok(Self {
            enterprise,
            agent_address: address.content_address("the address of the trap")?,
            generic: reader.i32("the generic trap number")?,
            specific: reader.i32("the specific trap number")?,
            uptime: reader
                .expect(tag::TIME_TICKS, "the time of the trap")?
                .content_u32("the time of the trap")?,
        })
    }
}

/// Writes a PDU; `four_byte_id` keeps room for patching the request-id.
pub(crate) fn write_pdu(writer: &mut Writer, pdu: &Pdu, four_byte_id: bool) {
    writer.nested(pdu.kind.tag(), |writer| {
        if let (Some(trap), PduKind::TrapV1) = (&pdu.trap_v1, pdu.kind) {
            write_trap_v1(writer, trap);
        } else {
            if four_byte_id {
                writer.integer_of_four_bytes(pdu.request_id);
            } else {
                writer.integer(i64::from(pdu.request_id));
            }
            writer.integer(i64::from(pdu.error_status));
            writer.integer(i64::from(pdu.error_index));
        }
        writer.nested(tag::SEQUENCE, |writer| {
            for varbind in &pdu.varbinds {
                write_varbind(writer, varbind);
            }
        });
    });
}

fn write_trap_v1(writer: &mut Writer, trap: &TrapV1) {
    writer.oid(&trap.enterprise);
    writer.primitive(tag::IP_ADDRESS, &trap.agent_address);
    writer.integer(i64::from(trap.generic));
    writer.integer(i64::from(trap.specific));
    writer.unsigned(tag::TIME_TICKS, u64::from(trap.uptime));
}

/// Writes one variable binding; agents use it to see how much still fits.
pub fn write_varbind(writer: &mut Writer, varbind: &VarBind) {
    writer.nested(tag::SEQUENCE, |writer| {
        writer.oid(&varbind.oid);
        match &varbind.value {
            Value::Integer(number) => writer.integer(i64::from(*number)),
            Value::OctetString(bytes) => writer.primitive(tag::OCTET_STRING, bytes),
            Value::Null => writer.primitive(tag::NULL, &[]),
            Value::ObjectIdentifier(oid) => writer.oid(oid),
            Value::IpAddress(address) => writer.primitive(tag::IP_ADDRESS, address),
            Value::Counter32(number) => writer.unsigned(tag::COUNTER32, u64::from(*number)),
            Value::Gauge32(number) => writer.unsigned(tag::GAUGE32, u64::from(*number)),
            Value::TimeTicks(number) => writer.unsigned(tag::TIME_TICKS, u64::from(*number)),
            Value::Opaque(bytes) => writer.primitive(tag::OPAQUE, bytes),
            Value::Counter64(number) => writer.unsigned(tag::COUNTER64, *number),
            Value::NoSuchObject => writer.primitive(tag::NO_SUCH_OBJECT, &[]),
            Value::NoSuchInstance => writer.primitive(tag::NO_SUCH_INSTANCE, &[]),
            Value::EndOfMibView => writer.primitive(tag::END_OF_MIB_VIEW, &[]),
        }
    });
}
