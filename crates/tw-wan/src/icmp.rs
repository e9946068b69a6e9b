//! ICMP echo: RFC 792 for IPv4, RFC 4443 section 4 for IPv6.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** panic on any packet;
//! answer to anything but echo.

/// Type, code, checksum, identifier, sequence.
pub const ECHO_HEADER_LENGTH: usize = 8;

/// Which ICMP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IcmpFamily {
    /// ICMP for IPv4.
    V4,
    /// `ICMPv6`. Its checksum covers addresses; the kernel fills it in and checks it.
    V6,
}

/// An echo request or reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echo {
    /// A reply, not a request.
    pub reply: bool,
    /// Whose it is; unprivileged sockets have it set by the kernel.
    pub identifier: u16,
    /// Which one.
    pub sequence: u16,
    /// What comes back unchanged.
    pub payload: Vec<u8>,
}

/// A packet that is no echo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EchoError {
    /// Too short for a header.
    #[error("an echo has at least {ECHO_HEADER_LENGTH} octets, this packet has {0}")]
    Short(usize),
    /// Another type: time exceeded, unreachable…
    #[error("ICMP type {0} code {1} is no echo")]
    OtherType(u8, u8),
    /// Damaged on the way.
    #[error("the ICMP checksum does not fit")]
    Checksum,
}

impl Echo {
    /// The packet's octets; for IPv6 with checksum 0.
    pub fn encode(&self, family: IcmpFamily) -> Vec<u8> {
        let kind = match (family, self.reply) {
            (IcmpFamily::V4, false) => 8,
            (IcmpFamily::V4, true) => 0,
            (IcmpFamily::V6, false) => 128,
            (IcmpFamily::V6, true) => 129,
        };
        let mut out = vec![kind, 0, 0, 0];
        out.extend(self.identifier.to_be_bytes());
        out.extend(self.sequence.to_be_bytes());
        out.extend(&self.payload);
        if family == IcmpFamily::V4 {
            let sum = checksum(&out).to_be_bytes();
            out.splice(2..4, sum);
        }
        out
    }

    /// Reads a packet without its IP header.
    pub fn decode(family: IcmpFamily, octets: &[u8]) -> Result<Self, EchoError> {
        let short = EchoError::Short(octets.len());
        let (head, payload) = octets
            .split_first_chunk::<ECHO_HEADER_LENGTH>()
            .ok_or(short)?;
        let [kind, code, _, _, id_high, id_low, seq_high, seq_low] = *head;
        let reply = match (family, kind, code) {
            (IcmpFamily::V4, 8, 0) | (IcmpFamily::V6, 128, 0) => false,
            (IcmpFamily::V4, 0, 0) | (IcmpFamily::V6, 129, 0) => true,
            _ => return Err(EchoError::OtherType(kind, code)),
        };
        if family == IcmpFamily::V4 && checksum(octets) != 0 {
            return Err(EchoError::Checksum);
        }
        Ok(Self {
            reply,
            identifier: u16::from_be_bytes([id_high, id_low]),
            sequence: u16::from_be_bytes([seq_high, seq_low]),
            payload: payload.to_vec(),
        })
    }
}

/// The Internet checksum (RFC 1071); over a packet with its right checksum it is 0.
fn checksum(octets: &[u8]) -> u16 {
    let mut sum: u32 = 0;
    for pair in octets.chunks(2) {
        let word = match pair {
            [high, low] => u16::from_be_bytes([*high, *low]),
            [high] => u16::from_be_bytes([*high, 0]),
            _ => 0,
        };
        sum += u32::from(word);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_echo_request_has_the_layout_of_the_rfc() {
        let echo = Echo {
            reply: false,
            identifier: 0x1234,
            sequence: 1,
            payload: b"ab".to_vec(),
        };
        // 0x0800 + 0x1234 + 0x0001 + 0x6162 = 0x7b97, complemented 0x8468.
        let expect = [8, 0, 0x84, 0x68, 0x12, 0x34, 0, 1, b'a', b'b'];
        assert_eq!(echo.encode(IcmpFamily::V4), expect);
        assert_eq!(echo.encode(IcmpFamily::V6)[..4], [128, 0, 0, 0]);
    }

    #[test]
    fn what_is_no_echo_is_refused() {
        let unreachable = [3, 1, 0, 0, 0, 0, 0, 0];
        assert_eq!(
            Echo::decode(IcmpFamily::V4, &unreachable),
            Err(EchoError::OtherType(3, 1))
        );
        assert_eq!(
            Echo::decode(IcmpFamily::V4, &[8, 0, 0]),
            Err(EchoError::Short(3))
        );
        let damaged = [8, 0, 0x84, 0x69, 0x12, 0x34, 0, 1, b'a', b'b'];
        assert_eq!(
            Echo::decode(IcmpFamily::V4, &damaged),
            Err(EchoError::Checksum)
        );
    }

    proptest! {
        #[test]
        fn decode_gives_back_what_was_encoded(reply: bool, identifier: u16, sequence: u16, payload: Vec<u8>) {
            let echo = Echo { reply, identifier, sequence, payload };
            for family in [IcmpFamily::V4, IcmpFamily::V6] {
                prop_assert_eq!(Echo::decode(family, &echo.encode(family)), Ok(echo.clone()));
            }
        }

        #[test]
        fn any_octets_are_read_without_a_panic(octets: Vec<u8>) {
            for family in [IcmpFamily::V4, IcmpFamily::V6] {
                Echo::decode(family, &octets).ok();
            }
        }
    }
}
