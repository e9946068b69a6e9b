//! One echo a round: it explains a silent agent, and is all there is for devices without a
//! credential. On loopback every address answers, so there it is no evidence.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** decide about a device that has
//! an SNMP credential.

use super::{Worker, ping_timer};
use crate::{engine::device::Ping, icmp::Token};

/// How long an echo is waited for, in microseconds.
const PING_WAIT_US: u64 = 1_000_000;

/// The echo of the present round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// Not asked, or nobody can say.
    #[default]
    Off,
    /// On its way since.
    Waiting {
        sent_us: u64,
    },
    Done(Ping),
}

impl State {
    pub(super) const fn is_waiting(self) -> bool {
        matches!(self, Self::Waiting { .. })
    }

    pub(super) const fn result(self) -> Ping {
        match self {
            Self::Done(ping) => ping,
            Self::Off | Self::Waiting { .. } => Ping {
                up: None,
                rtt_us: None,
            },
        }
    }

    /// The result; the next round begins anew.
    pub(super) const fn take(&mut self) -> Ping {
        let ping = self.result();
        *self = Self::Off;
        ping
    }
}

impl Worker {
    /// Sends the echo of a round.
    pub(super) fn send_ping(&mut self, at: usize) {
        let now = self.now_us;
        let Some(place) = self.place(at) else { return };
        let to = place.device.target.address.ip();
        let without_credential = place.device.session.is_none();
        let socket = if to.is_ipv6() {
            &self.sockets.icmp6
        } else {
            &self.sockets.icmp4
        };
        let mut state = State::Off;
        if !to.is_loopback() {
            let [_, _, _, _, _, _, high, low] = now.to_be_bytes();
            let sent = socket.as_ref().is_some_and(|socket| {
                socket
                    .send(to, u16::from_be_bytes([high, low]), &token(at, now))
                    .is_ok()
            });
            if sent {
                state = State::Waiting { sent_us: now };
                self.wheel.set(ping_timer(at), now + PING_WAIT_US);
            }
        }
        let Some(place) = self.place_mut(at) else {
            return;
        };
        place.ping = state;
        place.sent_us = if without_credential {
            now
        } else {
            place.sent_us
        };
        if without_credential && state == State::Off {
            place.device.note(
                "no_ping",
                "the device has no credential and cannot be pinged from here, so nobody can say whether it is up",
            );
        }
    }

    /// Reads the replies that have come.
    pub(super) fn read_pings(&mut self) {
        for v6 in [false, true] {
            loop {
                let socket = if v6 {
                    &self.sockets.icmp6
                } else {
                    &self.sockets.icmp4
                };
                let Some(Ok(read)) = socket.as_ref().map(crate::icmp::IcmpSocket::receive) else {
                    break;
                };
                let Some((from, answer)) = read else { continue };
                self.now_us = crate::clock::monotonic_us();
                let Some((at, sent)) = untoken(answer) else {
                    continue;
                };
                let now = self.now_us;
                let Some(place) = self.place_mut(at) else {
                    continue;
                };
                let waited = place.ping == State::Waiting { sent_us: sent };
                if waited && place.device.target.address.ip() == from {
                    place.ping = State::Done(Ping {
                        up: Some(true),
                        rtt_us: Some(now.saturating_sub(sent)),
                    });
                    self.wheel.cancel(ping_timer(at));
                    self.after(at);
                }
            }
        }
    }

    /// No reply came in time.
    pub(super) fn ping_is_lost(&mut self, at: usize) {
        if let Some(place) = self.place_mut(at)
            && place.ping.is_waiting()
        {
            place.ping = State::Done(Ping {
                up: Some(false),
                rtt_us: None,
            });
            self.after(at);
        }
    }
}

fn token(at: usize, sent_us: u64) -> Token {
    let mut token = [0; 12];
    token[..4].copy_from_slice(&u32::try_from(at).unwrap_or(u32::MAX).to_be_bytes());
    token[4..].copy_from_slice(&sent_us.to_be_bytes());
    token
}

fn untoken(token: Token) -> Option<(usize, u64)> {
    let (at, sent) = token.split_first_chunk::<4>()?;
    let sent = sent.first_chunk::<8>()?;
    Some((
        usize::try_from(u32::from_be_bytes(*at)).ok()?,
        u64::from_be_bytes(*sent),
    ))
}
