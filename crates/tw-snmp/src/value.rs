//! Values and variable bindings.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.

use crate::Oid;

/// A value of the SMI (RFC 2578 §7.1), or one of the three exceptions of RFC 3416 §3.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// `INTEGER` and `Integer32`.
    Integer(i32),
    /// `OCTET STRING`: text, an address, or anything else that a textual convention says.
    OctetString(Vec<u8>),
    /// Stands in requests where no value is known.
    Null,
    /// `OBJECT IDENTIFIER`.
    ObjectIdentifier(Oid),
    /// An IPv4 address.
    IpAddress([u8; 4]),
    /// Counts up and wraps at 2³².
    Counter32(u32),
    /// `Gauge32` and `Unsigned32`, which share one tag.
    Gauge32(u32),
    /// Hundredths of a second.
    TimeTicks(u32),
    /// Bytes with a meaning of their own; net-snmp wraps floating point numbers in it.
    Opaque(Vec<u8>),
    /// Counts up and wraps at 2⁶⁴; not in v1.
    Counter64(u64),
    /// The agent has no such object.
    NoSuchObject,
    /// The object exists, this instance does not.
    NoSuchInstance,
    /// The walk is past the last object.
    EndOfMibView,
}

impl Value {
    /// The name of the type as in the SMI.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Integer(_) => "Integer32",
            Self::OctetString(_) => "OctetString",
            Self::Null => "Null",
            Self::ObjectIdentifier(_) => "ObjectIdentifier",
            Self::IpAddress(_) => "IpAddress",
            Self::Counter32(_) => "Counter32",
            Self::Gauge32(_) => "Gauge32",
            Self::TimeTicks(_) => "TimeTicks",
            Self::Opaque(_) => "Opaque",
            Self::Counter64(_) => "Counter64",
            Self::NoSuchObject => "NoSuchObject",
            Self::NoSuchInstance => "NoSuchInstance",
            Self::EndOfMibView => "EndOfMibView",
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
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Integer(number) => u64::try_from(*number).ok(),
            Self::Counter32(number) | Self::Gauge32(number) | Self::TimeTicks(number) => {
                Some(u64::from(*number))
            }
            Self::Counter64(number) => Some(*number),
            _ => None,
        }
    }

    /// The bytes of an `OctetString` or `Opaque`.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::OctetString(bytes) | Self::Opaque(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VarBind {
    /// Which object.
    pub oid: Oid,
    /// What it holds.
    pub value: Value,
}

impl VarBind {
    /// A name that asks for its value.
    pub const fn ask(oid: Oid) -> Self {
        Self {
            oid,
            value: Value::Null,
        }
    }
}
