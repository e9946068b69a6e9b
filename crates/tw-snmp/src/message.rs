//! Messages of v1 and v2c: a version, a community and a PDU (RFC 1157 §4, RFC 1901 §3).
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.

use crate::{
    Pdu, PduKind, RawPdu,
    ber::{DecodeError, Problem, Reader, Writer, tag},
    raw::write_pdu,
};

/// The smallest request-id whose shortest form has four bytes. Ids from here up may be patched
/// into an [`EncodedRequest`] and the message stays in shortest form.
pub const REQUEST_ID_MIN: i32 = 0x0080_0000;

/// The versions that carry a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// RFC 1157: no GETBULK, no 64-bit counters, no exceptions.
    V1,
    /// RFC 1901.
    V2c,
}

impl Version {
    /// The number on the wire.
    pub const fn number(self) -> i32 {
        match self {
            Self::V1 => 0,
            Self::V2c => 1,
        }
    }
}

/// A message of v1 or v2c.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which version.
    pub version: Version,
    /// The community, a password in clear.
    pub community: Vec<u8>,
    /// What is said.
    pub pdu: Pdu,
}

/// As [`Message`], borrowed from the datagram.
#[derive(Clone, Debug)]
pub struct RawMessage<'a> {
    /// Which version.
    pub version: Version,
    /// The community, a password in clear.
    pub community: &'a [u8],
    /// What is said.
    pub pdu: RawPdu<'a>,
}

/// The version number of any SNMP message: 0 is v1, 1 is v2c, 3 is v3.
pub fn version_of(datagram: &[u8]) -> Result<i32, DecodeError> {
    let mut whole = Reader::new(datagram);
    let mut message = whole.expect(tag::SEQUENCE, "the message")?;
    message.i32("the version")
}

impl<'a> RawMessage<'a> {
    /// Reads a message of v1 or v2c; one of v3 is an error of kind [`Problem::Version`].
    /// The bindings are read when they are asked for.
    pub fn decode(datagram: &'a [u8]) -> Result<Self, DecodeError> {
        let mut whole = Reader::new(datagram);
        let mut message = whole.expect(tag::SEQUENCE, "the message")?;
        whole.finish("the message")?;
        let at = message.position();
        let version = match message.i32("the version")? {
            0 => Version::V1,
            1 => Version::V2c,
            number => {
                return Err(DecodeError {
                    part: "the version",
                    at,
                    problem: Problem::Version {
                        number: i64::from(number),
                    },
                });
            }
        };
        let community = message.octets("the community")?;
        let pdu = RawPdu::read(&mut message)?;
        message.finish("the message")?;
        Ok(Self {
            version,
            community,
            pdu,
        })
    }

    /// As owned data; now every binding is read.
    pub fn to_message(&self) -> Result<Message, DecodeError> {
        Ok(Message {
            version: self.version,
            community: self.community.to_vec(),
            pdu: self.pdu.clone().to_pdu()?,
        })
    }
}

impl Message {
    /// Reads a message of v1 or v2c whole.
    pub fn decode(datagram: &[u8]) -> Result<Self, DecodeError> {
        RawMessage::decode(datagram)?.to_message()
    }

    /// The datagram.
    pub fn encode(&self) -> Vec<u8> {
        self.encode_onto(Vec::new())
    }

    /// Writes the datagram behind what `buffer` holds and gives it back: agents that answer
    /// many requests reuse one buffer.
    pub fn encode_onto(&self, buffer: Vec<u8>) -> Vec<u8> {
        self.write(buffer, false)
    }

    fn write(&self, buffer: Vec<u8>, four_byte_id: bool) -> Vec<u8> {
        let mut writer = Writer::onto(buffer);
        writer.nested(tag::SEQUENCE, |writer| {
            writer.integer(i64::from(self.version.number()));
            writer.primitive(tag::OCTET_STRING, &self.community);
            write_pdu(writer, &self.pdu, four_byte_id);
        });
        writer.into_bytes()
    }
}

/// A request encoded once and sent many times: only its request-id is patched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedRequest {
    bytes: Vec<u8>,
    request_id_at: usize,
}

impl EncodedRequest {
    /// Encodes a request of v1 or v2c.
    ///
    /// # Panics
    /// When the message is a `TrapV1`, which has no request-id.
    pub fn new(message: &Message) -> Self {
        assert!(
            message.pdu.kind != PduKind::TrapV1,
            "a v1 trap has no request-id"
        );
        let bytes = message.write(Vec::new(), true);
        let request_id_at = Self::find(&bytes).expect("what was just encoded can be read");
        Self {
            bytes,
            request_id_at,
        }
    }

    fn find(bytes: &[u8]) -> Result<usize, DecodeError> {
        let mut message = Reader::new(bytes).expect(tag::SEQUENCE, "the message")?;
        message.i32("the version")?;
        message.octets("the community")?;
        let (_, mut pdu) = message.field("the PDU")?;
        Ok(pdu.expect(tag::INTEGER, "the request-id")?.position())
    }

    /// Sets the request-id; take ids from [`REQUEST_ID_MIN`] up.
    pub fn set_request_id(&mut self, request_id: i32) {
        self.bytes[self.request_id_at..self.request_id_at + 4]
            .copy_from_slice(&request_id.to_be_bytes());
    }

    /// The datagram.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the four bytes of the request-id stand, for engines that keep their own buffers.
    pub const fn request_id_at(&self) -> usize {
        self.request_id_at
    }
}

#[cfg(test)]
mod tests;
