//! ICMP echo (RFC 792, RFC 4443): packets, and a socket that needs no privilege where the kernel
//! allows that, else a raw one.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** decide what an answer means.

use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
};

/// What travels in an echo and comes back: it says whose it is.
pub(crate) type Token = [u8; 12];

const ECHO_V4: u8 = 8;
const REPLY_V4: u8 = 0;
const ECHO_V6: u8 = 128;
const REPLY_V6: u8 = 129;
const HEAD_BYTES: usize = 8;

/// A socket for echoes of one address family.
#[derive(Debug)]
pub(crate) struct IcmpSocket {
    socket: UdpSocket,
    v6: bool,
}

impl IcmpSocket {
    /// Opens one: as a datagram socket (`net.ipv4.ping_group_range`), else raw
    /// (`CAP_NET_RAW`).
    pub(crate) fn open(v6: bool) -> io::Result<Self> {
        let (domain, protocol) = if v6 {
            (Domain::IPV6, Protocol::ICMPV6)
        } else {
            (Domain::IPV4, Protocol::ICMPV4)
        };
        let socket = Socket::new(domain, Type::DGRAM, Some(protocol))
            .or_else(|_| Socket::new(domain, Type::RAW, Some(protocol)))?;
        socket.set_nonblocking(true)?;
        // The standard library's type only wraps the descriptor; nothing of it is UDP.
        Ok(Self {
            socket: socket.into(),
            v6,
        })
    }

    /// The descriptor, to wait for.
    pub(crate) const fn descriptor(&self) -> &UdpSocket {
        &self.socket
    }

    /// Sends an echo.
    pub(crate) fn send(&self, to: IpAddr, seq: u16, token: &Token) -> io::Result<()> {
        let packet = echo(self.v6, seq, token);
        self.socket
            .send_to(&packet, SocketAddr::new(to, 0))
            .map(|_| ())
    }

    /// The next reply: from whom, and its token.
    pub(crate) fn receive(&self) -> io::Result<Option<(IpAddr, Token)>> {
        let mut buffer = [0_u8; 256];
        let (length, from) = self.socket.recv_from(&mut buffer)?;
        Ok(reply(self.v6, &buffer[..length]).map(|token| (from.ip(), token)))
    }
}

fn echo(v6: bool, seq: u16, token: &Token) -> [u8; HEAD_BYTES + 12] {
    let mut packet = [0; HEAD_BYTES + 12];
    packet[0] = if v6 { ECHO_V6 } else { ECHO_V4 };
    // A datagram socket's identifier is set by the kernel; the token decides anyway.
    packet[4..6].copy_from_slice(&[0x54, 0x57]);
    packet[6..8].copy_from_slice(&seq.to_be_bytes());
    packet[HEAD_BYTES..].copy_from_slice(token);
    if !v6 {
        // For v6 the kernel writes it, because the addresses belong to it.
        let sum = checksum(&packet);
        packet[2..4].copy_from_slice(&sum.to_be_bytes());
    }
    packet
}

/// The Internet checksum (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let mut sum = 0_u32;
    for pair in bytes.chunks(2) {
        let low = pair.get(1).copied().unwrap_or(0);
        sum += u32::from(u16::from_be_bytes([pair[0], low]));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

/// The token of a reply. A raw socket of v4 sees the IP header first.
fn reply(v6: bool, bytes: &[u8]) -> Option<Token> {
    let body = match bytes.first()? {
        first if !v6 && first >> 4 == 4 => bytes.get(usize::from(first & 0x0f) * 4..)?,
        _ => bytes,
    };
    let wanted = if v6 { REPLY_V6 } else { REPLY_V4 };
    if *body.first()? != wanted || (!v6 && checksum(body) != 0) {
        return None;
    }
    body.get(HEAD_BYTES..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: Token = *b"tierwatch-42";

    fn answered(mut packet: Vec<u8>) -> Vec<u8> {
        packet[0] = REPLY_V4;
        packet[2..4].fill(0);
        let sum = checksum(&packet);
        packet[2..4].copy_from_slice(&sum.to_be_bytes());
        packet
    }

    #[test]
    fn a_reply_gives_the_token_back() {
        let packet = answered(echo(false, 7, &TOKEN).to_vec());
        assert_eq!(reply(false, &packet), Some(TOKEN));
        let mut with_head = vec![0x45; 20];
        with_head.extend_from_slice(&packet);
        assert_eq!(reply(false, &with_head), Some(TOKEN));
    }

    #[test]
    fn what_is_no_good_reply_is_none() {
        let good = answered(echo(false, 7, &TOKEN).to_vec());
        for cut in 0..good.len() {
            assert_eq!(reply(false, &good[..cut]), None);
        }
        assert_eq!(reply(false, &echo(false, 7, &TOKEN)), None);
        let mut torn = good.clone();
        torn[12] ^= 1;
        assert_eq!(reply(false, &torn), None);
        assert_eq!(reply(false, &[0x4f; 20]), None);
    }

    #[test]
    fn the_checksum_is_that_of_rfc_1071() {
        assert_eq!(
            checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]),
            !0xddf2
        );
    }

    #[test]
    #[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
    fn loopback_answers_an_echo_where_the_kernel_allows_one() {
        let socket = match IcmpSocket::open(false) {
            Ok(socket) => socket,
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "no ICMP socket: {error}");
                eprintln!("SKIPPED: no ICMP socket here: {error}");
                return;
            }
        };
        let to = IpAddr::from([127, 0, 0, 1]);
        socket.send(to, 1, &TOKEN).unwrap();
        // A deadline of tries, not of time: the reply is there when send returns on loopback.
        let got = (0..200).find_map(|_| match socket.receive() {
            Ok(Some((from, token))) if token == TOKEN => Some(from),
            Ok(_) => None,
            Err(_) => {
                std::thread::park_timeout(std::time::Duration::from_millis(10));
                None
            }
        });
        assert_eq!(got, Some(to));
    }
}
