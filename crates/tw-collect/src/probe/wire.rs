//! The packets of a probe and the socket that they need.
//!
//! **Room:** layer 1. **May use:** `tw-wan`, `tw-ingest`. **Must not:** need a privilege where
//! the kernel has an unprivileged way.

use super::tally::Tally;
use socket2::{Domain, Protocol, Socket, Type};
use std::{io, net::SocketAddr};
use tokio::net::UdpSocket;
use tw_ingest::ProbeKind;
use tw_units::Timestamp;
use tw_wan::{Echo, ErrorEstimate, IcmpFamily, NtpTime, ReflectorPacket, SenderPacket};

/// Which packets are exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// STAMP, unauthenticated (RFC 8762).
    Stamp,
    /// ICMP echo (RFC 792, RFC 4443).
    Icmp(IcmpFamily),
}

impl Wire {
    /// The packets for a kind of probe and the family of its address.
    pub(super) const fn of(kind: ProbeKind, address: SocketAddr) -> Self {
        match (kind, address) {
            (ProbeKind::Stamp, _) => Self::Stamp,
            (ProbeKind::Icmp, SocketAddr::V4(_)) => Self::Icmp(IcmpFamily::V4),
            (ProbeKind::Icmp, SocketAddr::V6(_)) => Self::Icmp(IcmpFamily::V6),
        }
    }

    /// A bound socket. For ICMP it is the kernel's unprivileged echo socket, which fills in
    /// the identifier and tells only our own replies.
    pub(super) fn socket(self, local: SocketAddr) -> io::Result<UdpSocket> {
        let protocol = match self {
            Self::Stamp => Protocol::UDP,
            Self::Icmp(IcmpFamily::V4) => Protocol::ICMPV4,
            Self::Icmp(IcmpFamily::V6) => Protocol::ICMPV6,
        };
        let socket = Socket::new(Domain::for_address(local), Type::DGRAM, Some(protocol))?;
        socket.set_nonblocking(true)?;
        socket.bind(&local.into())?;
        UdpSocket::from_std(socket.into())
    }

    /// The probe with this number.
    pub(super) fn request(self, sequence: u32, now: Timestamp) -> Vec<u8> {
        match self {
            Self::Stamp => {
                let sent_at = NtpTime::from_unix_nanos(i128::from(now.as_millis()) * 1_000_000);
                let error = ErrorEstimate::UNKNOWN;
                SenderPacket {
                    sequence,
                    sent_at,
                    error,
                }
                .encode()
                .to_vec()
            }
            Self::Icmp(family) => {
                let echo = Echo {
                    reply: false,
                    identifier: 0,
                    sequence: low(sequence),
                    payload: Vec::new(),
                };
                echo.encode(family)
            }
        }
    }

    /// Which probe an answer is for.
    pub(super) fn answered(self, bytes: &[u8], tally: &Tally) -> Option<u32> {
        match self {
            Self::Stamp => ReflectorPacket::decode(bytes)
                .ok()
                .map(|packet| packet.sender.sequence),
            Self::Icmp(family) => {
                let echo = Echo::decode(family, bytes).ok()?;
                echo.reply.then(|| tally.widen(echo.sequence))
            }
        }
    }
}

/// Echo packets number with 16 bits; far fewer wait at once.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the low half is the number"
)]
const fn low(sequence: u32) -> u16 {
    sequence as u16
}
