//! SNMP v1, v2c and v3 messages: BER, object identifiers, values, names of standard objects.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O, read a clock,
//! draw random numbers; ids, salts and times are arguments.
//!
//! Two ways to read a message: [`Message::decode`] gives owned data, and [`RawMessage::decode`]
//! borrows from the datagram and allocates nothing. Both serve managers and agents.

pub mod ber;
mod message;
pub mod names;
mod notification;
mod oid;
mod pdu;
mod raw;
mod text;
pub mod v3;
mod value;
pub mod walk;

pub use ber::{DecodeError, Problem};
pub use message::{EncodedRequest, Message, REQUEST_ID_MIN, RawMessage, Version, version_of};
pub use notification::{Notification, event_key};
pub use oid::{OID_ARCS_MAX, Oid, OidError};
pub use pdu::{ErrorStatus, Pdu, PduKind, TrapV1};
pub use raw::{RawOid, RawPdu, RawValue, RawVarBind, VARBINDS_MAX, VarBinds, write_varbind};
pub use text::printable;
pub use value::{Value, VarBind};
