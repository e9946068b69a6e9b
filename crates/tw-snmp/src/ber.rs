//! Basic encoding rules, the subset that SNMP uses (RFC 3417 §8): definite lengths only.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** recurse, panic, or
//! allocate by what a length field declares.

use crate::{Oid, oid::OID_ARCS_MAX};

/// Tags of the universal class and of the SMI (RFC 2578 §2).
pub mod tag {
    pub const INTEGER: u8 = 0x02;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OBJECT_IDENTIFIER: u8 = 0x06;
    pub const SEQUENCE: u8 = 0x30;
    pub const IP_ADDRESS: u8 = 0x40;
    pub const COUNTER32: u8 = 0x41;
    pub const GAUGE32: u8 = 0x42;
    pub const TIME_TICKS: u8 = 0x43;
    pub const OPAQUE: u8 = 0x44;
    pub const COUNTER64: u8 = 0x46;
    /// `UInteger32` of RFC 1442; some old agents still send it.
    pub const UINTEGER32: u8 = 0x47;
    pub const NO_SUCH_OBJECT: u8 = 0x80;
    pub const NO_SUCH_INSTANCE: u8 = 0x81;
    pub const END_OF_MIB_VIEW: u8 = 0x82;
}

/// Why bytes are no message, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read {part} at byte {at}: {problem}")]
pub struct DecodeError {
    /// Which field.
    pub part: &'static str,
    /// The offset in the datagram.
    pub at: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The bytes end inside a field.
    #[error("the bytes end here")]
    Truncated,
    /// A length that reaches beyond its container.
    #[error("length {declared} is more than the {remaining} bytes that remain")]
    LengthBeyondEnd {
        /// The length field.
        declared: u64,
        /// What is there.
        remaining: usize,
    },
    /// The indefinite form, which SNMP forbids (RFC 3417 §8).
    #[error("a length of indefinite form")]
    IndefiniteLength,
    /// A length of more than four bytes.
    #[error("a length of {octets} bytes")]
    LengthTooLong {
        /// How many bytes the length field has.
        octets: u8,
    },
    /// Another tag than the grammar wants.
    #[error("tag {found:#04x} where {wanted:#04x} must be")]
    UnexpectedTag {
        /// What is there.
        found: u8,
        /// What the grammar wants.
        wanted: u8,
    },
    /// A tag that names no type of value or PDU.
    #[error("unknown tag {found:#04x}")]
    UnknownTag {
        /// What is there.
        found: u8,
    },
    /// An integer without any byte, or with more bytes than its type holds.
    #[error("an integer of {octets} bytes")]
    IntegerLength {
        /// How many.
        octets: usize,
    },
    /// An integer outside of its type.
    #[error("the integer is out of range")]
    IntegerRange,
    /// More arcs than RFC 2578 §3.5 allows.
    #[error("an object identifier of more than 128 arcs")]
    OidTooLong,
    /// An arc above 2³²−1.
    #[error("an arc above 4294967295")]
    ArcTooLarge,
    /// An arc whose last byte is missing, or that starts with a padding byte 0x80.
    #[error("an arc that is not in its shortest form or does not end")]
    ArcForm,
    /// An address that has not 4 bytes.
    #[error("an IPv4 address of {octets} bytes")]
    AddressLength {
        /// How many.
        octets: usize,
    },
    /// A null or an exception with content.
    #[error("content where none may be")]
    NotEmpty,
    /// Something behind the end.
    #[error("{bytes} bytes too many")]
    TrailingBytes {
        /// How many.
        bytes: usize,
    },
    /// Not a version that we speak.
    #[error("version number {number} is not the one expected here")]
    Version {
        /// 0 is v1, 1 is v2c, 3 is v3.
        number: i64,
    },
    /// Too many variable bindings in one message.
    #[error("more than {max} varbinds")]
    TooManyVarBinds {
        /// The limit.
        max: usize,
    },
}

/// Reads one container of a datagram; knows where it stands in the whole.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    whole: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    /// Over a whole datagram.
    pub const fn new(whole: &'a [u8]) -> Self {
        Self {
            whole,
            at: 0,
            end: whole.len(),
        }
    }

    /// The offset of the next byte.
    pub const fn position(&self) -> usize {
        self.at
    }

    /// Whether all has been read.
    pub const fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    /// The bytes that are left.
    pub fn rest(&self) -> &'a [u8] {
        self.whole.get(self.at..self.end).unwrap_or(&[])
    }

    /// The next tag, without reading it.
    pub fn peek_tag(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn fail<T>(at: usize, part: &'static str, problem: Problem) -> Result<T, DecodeError> {
        Err(DecodeError { part, at, problem })
    }

    fn byte(&mut self, part: &'static str) -> Result<u8, DecodeError> {
        let Some(&byte) = self.rest().first() else {
            return Self::fail(self.at, part, Problem::Truncated);
        };
        self.at += 1;
        Ok(byte)
    }

    fn length(&mut self, part: &'static str) -> Result<usize, DecodeError> {
        let at = self.at;
        let first = self.byte(part)?;
        let declared = match first {
            0..=0x7f => u64::from(first),
            0x80 => return Self::fail(at, part, Problem::IndefiniteLength),
            0x81..=0x84 => {
                let mut length = 0_u64;
                for _ in 0..first - 0x80 {
                    length = length << 8 | u64::from(self.byte(part)?);
                }
                length
            }
            _ => {
                let octets = first - 0x80;
                return Self::fail(at, part, Problem::LengthTooLong { octets });
            }
        };
        let remaining = self.end - self.at;
        match usize::try_from(declared) {
            Ok(length) if length <= remaining => Ok(length),
            _ => Self::fail(
                at,
                part,
                Problem::LengthBeyondEnd {
                    declared,
                    remaining,
                },
            ),
        }
    }

    /// Reads one field: its tag and a reader over its content.
    pub fn field(&mut self, part: &'static str) -> Result<(u8, Self), DecodeError> {
        let tag = self.byte(part)?;
        let length = self.length(part)?;
        let content = Self {
            whole: self.whole,
            at: self.at,
            end: self.at + length,
        };
        self.at += length;
        Ok((tag, content))
    }

    /// Reads one field that must have this tag.
    pub fn expect(&mut self, wanted: u8, part: &'static str) -> Result<Self, DecodeError> {
        let at = self.at;
        match self.field(part)? {
            (tag, content) if tag == wanted => Ok(content),
            (found, _) => Self::fail(at, part, Problem::UnexpectedTag { found, wanted }),
        }
    }

    /// Fails when something is left.
    pub fn finish(&self, part: &'static str) -> Result<(), DecodeError> {
        match self.end.saturating_sub(self.at) {
            0 => Ok(()),
            bytes => Self::fail(self.at, part, Problem::TrailingBytes { bytes }),
        }
    }

    /// Reads an `INTEGER` of 32 bits.
    pub fn i32(&mut self, part: &'static str) -> Result<i32, DecodeError> {
        self.expect(tag::INTEGER, part)?.content_i32(part)
    }

    /// Reads an `OCTET STRING`.
    pub fn octets(&mut self, part: &'static str) -> Result<&'a [u8], DecodeError> {
        Ok(self.expect(tag::OCTET_STRING, part)?.rest())
    }

    /// The content as a signed integer of up to 8 bytes.
    pub fn content_i64(&self, part: &'static str) -> Result<i64, DecodeError> {
        let octets = self.rest();
        let Some(&first) = octets.first().filter(|_| octets.len() <= 8) else {
            let octets = octets.len();
            return Self::fail(self.at, part, Problem::IntegerLength { octets });
        };
        let sign = if first & 0x80 == 0 { 0 } else { -1_i64 };
        Ok(octets
            .iter()
            .fold(sign, |number, &byte| number << 8 | i64::from(byte)))
    }

    /// The content as a signed integer of 32 bits.
    pub fn content_i32(&self, part: &'static str) -> Result<i32, DecodeError> {
        let number = self.content_i64(part)?;
        i32::try_from(number).or_else(|_| Self::fail(self.at, part, Problem::IntegerRange))
    }

    /// The content as an unsigned integer of up to `octets_max` bytes.
    ///
    /// Agents that forget the leading zero byte, and so send a number that looks negative,
    /// are common enough that every manager takes the bits as they are.
    pub fn content_unsigned(
        &self,
        octets_max: usize,
        part: &'static str,
    ) -> Result<u64, DecodeError> {
        let octets = self.rest();
        let significant = match octets {
            [0, rest @ ..] if !rest.is_empty() => rest,
            all => all,
        };
        if significant.is_empty() || significant.len() > octets_max {
            let octets = octets.len();
            return Self::fail(self.at, part, Problem::IntegerLength { octets });
        }
        Ok(significant
            .iter()
            .fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    /// The content as an unsigned integer of 32 bits.
    pub fn content_u32(&self, part: &'static str) -> Result<u32, DecodeError> {
        let number = self.content_unsigned(4, part)?;
        u32::try_from(number).or_else(|_| Self::fail(self.at, part, Problem::IntegerRange))
    }

    /// The content as the bytes of an object identifier, checked, without decoding it.
    /// An empty content stands for `0.0`, as net-snmp and others send it.
    pub fn content_oid(&self, part: &'static str) -> Result<&'a [u8], DecodeError> {
        let octets = self.rest();
        match check_oid(octets) {
            Ok(()) if octets.is_empty() => Ok(&[0]),
            Ok(()) => Ok(octets),
            Err(problem) => Self::fail(self.at, part, problem),
        }
    }

    /// The content as an IPv4 address.
    pub fn content_address(&self, part: &'static str) -> Result<[u8; 4], DecodeError> {
        let octets = self.rest();
        octets.try_into().or_else(|_| {
            let octets = octets.len();
            Self::fail(self.at, part, Problem::AddressLength { octets })
        })
    }

    /// Fails unless the content is empty.
    pub fn content_empty(&self, part: &'static str) -> Result<(), DecodeError> {
        if self.is_empty() {
            return Ok(());
        }
        Self::fail(self.at, part, Problem::NotEmpty)
    }
}

/// Whether these are arcs in shortest form, each in 32 bits, and not too many.
fn check_oid(octets: &[u8]) -> Result<(), Problem> {
    // Fast path: as a rule every arc is one byte, or two.
    let mut arcs = 1; // The first sub-identifier carries two arcs.
    let mut arc = 0_u64;
    let mut inside = false;
    for &byte in octets {
        if !inside && byte == 0x80 {
            return Err(Problem::ArcForm);
        }
        arc = arc << 7 | u64::from(byte & 0x7f);
        // The first sub-identifier of 2.x is 80 more than its second arc.
        if arc > u64::from(u32::MAX) + if arcs == 1 { 80 } else { 0 } {
            return Err(Problem::ArcTooLarge);
        }
        inside = byte & 0x80 != 0;
        if !inside {
            arcs += 1;
            arc = 0;
        }
    }
    match (inside, arcs > OID_ARCS_MAX) {
        (true, _) => Err(Problem::ArcForm),
        (_, true) => Err(Problem::OidTooLong),
        _ => Ok(()),
    }
}

/// Writes fields one after the other.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Writes behind what `bytes` already holds; its capacity is reused.
    pub const fn onto(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Writes a field whose content `write` writes.
    pub fn nested(&mut self, tag: u8, write: impl FnOnce(&mut Self)) {
        self.bytes.extend([tag, 0]);
        let start = self.bytes.len();
        write(self);
        let length = self.bytes.len() - start;
        if let Ok(short @ 0..=0x7f) = u8::try_from(length) {
            self.bytes[start - 1] = short;
            return;
        }
        let long = length.to_be_bytes();
        let zeros = long.iter().take_while(|byte| **byte == 0).count();
        let octets = &long[zeros..];
        // At most 8 bytes of length.
        self.bytes[start - 1] = 0x80 | u8::try_from(octets.len()).unwrap_or(8);
        self.bytes.splice(start..start, octets.iter().copied());
    }

    /// Writes a field with this content.
    pub fn primitive(&mut self, tag: u8, content: &[u8]) {
        self.nested(tag, |writer| writer.bytes.extend_from_slice(content));
    }

    /// Writes bytes that are already encoded.
    pub fn verbatim(&mut self, encoded: &[u8]) {
        self.bytes.extend_from_slice(encoded);
    }

    /// Writes a signed integer in its shortest form.
    pub fn integer(&mut self, number: i64) {
        let octets = number.to_be_bytes();
        let mut start = 0;
        while start < 7
            && ((octets[start] == 0 && octets[start + 1] & 0x80 == 0)
                || (octets[start] == 0xff && octets[start + 1] & 0x80 != 0))
        {
            start += 1;
        }
        self.primitive(tag::INTEGER, &octets[start..]);
    }

    /// Writes a signed integer of 32 bits in four bytes, whatever its value, so that it can
    /// be patched, and gives the offset of the four bytes.
    pub fn integer_of_four_bytes(&mut self, number: i32) -> usize {
        self.primitive(tag::INTEGER, &number.to_be_bytes());
        self.bytes.len() - 4
    }

    /// Writes an unsigned integer in its shortest form, with a leading zero byte where it
    /// would look negative.
    pub fn unsigned(&mut self, tag: u8, number: u64) {
        let mut octets = [0; 9];
        octets[1..].copy_from_slice(&number.to_be_bytes());
        let mut start = 0;
        while start < 8 && octets[start] == 0 && octets[start + 1] & 0x80 == 0 {
            start += 1;
        }
        self.primitive(tag, &octets[start..]);
    }

    /// Writes an object identifier. Fewer than two arcs are filled up with zeros.
    pub fn oid(&mut self, oid: &Oid) {
        self.nested(tag::OBJECT_IDENTIFIER, |writer| writer.oid_content(oid));
    }

    /// Writes the content of an object identifier, without tag and length.
    pub(crate) fn oid_content(&mut self, oid: &Oid) {
        let arcs = oid.as_slice();
        let first = arcs.first().copied().unwrap_or(0);
        let second = arcs.get(1).copied().unwrap_or(0);
        self.arc(u64::from(first) * 40 + u64::from(second));
        for &arc in arcs.get(2..).unwrap_or(&[]) {
            self.arc(u64::from(arc));
        }
    }

    fn arc(&mut self, arc: u64) {
        let groups = (64 - arc.leading_zeros()).div_ceil(7).max(1);
        for group in (0..groups).rev() {
            let seven = u8::try_from(arc >> (group * 7) & 0x7f).unwrap_or(0);
            self.bytes
                .push(if group == 0 { seven } else { seven | 0x80 });
        }
    }
}
