//! The engine's sockets: one for each address family, plainly bound, with a large receive
//! buffer; and waiting for any of them.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** share ports (`SO_REUSEADDR`
//! lets Linux hand one port to two sockets, and one of them then gets the other's answers).

use crate::icmp::IcmpSocket;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io::{self, Read},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    os::{fd::AsFd, unix::net::UnixStream},
    time::Duration,
};

/// The sockets of one engine thread.
#[derive(Debug)]
pub(super) struct Sockets {
    v4: UdpSocket,
    v6: Option<UdpSocket>,
    pub(super) icmp4: Option<IcmpSocket>,
    pub(super) icmp6: Option<IcmpSocket>,
    wake: UnixStream,
    /// Bytes that the kernel holds for the smaller of the buffers.
    pub(super) buffer_bytes: usize,
}

impl Sockets {
    /// Binds them. A machine without IPv6 has none of v6; one that allows no ICMP has none.
    pub(super) fn open(buffer: usize, ping: bool, wake: UnixStream) -> io::Result<Self> {
        wake.set_nonblocking(true)?;
        let (v4, bytes4) = bind((Ipv4Addr::UNSPECIFIED, 0).into(), buffer)?;
        let (v6, bytes6) = match bind((Ipv6Addr::UNSPECIFIED, 0).into(), buffer) {
            Ok((socket, bytes)) => (Some(socket), bytes),
            Err(_) => (None, bytes4),
        };
        let icmp = |v6| ping.then(|| IcmpSocket::open(v6).ok()).flatten();
        Ok(Self {
            v4,
            v6,
            icmp4: icmp(false),
            icmp6: icmp(true),
            wake,
            buffer_bytes: bytes4.min(bytes6),
        })
    }

    /// Sends a datagram; false when it could not leave now.
    pub(super) fn send(&self, bytes: &[u8], to: SocketAddr) -> bool {
        let socket = match to {
            SocketAddr::V4(_) => Some(&self.v4),
            SocketAddr::V6(_) => self.v6.as_ref(),
        };
        socket.is_some_and(|socket| socket.send_to(bytes, to).is_ok())
    }

    /// The next datagram, if one waits.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        // ECONNREFUSED and the like are told by silence, too.
        self.v4
            .recv_from(buffer)
            .or_else(|error| match &self.v6 {
                Some(v6) => v6.recv_from(buffer),
                None => Err(error),
            })
            .ok()
    }

    /// Waits until something can be read, or the time is over.
    pub(super) fn wait(&self, most: Duration) {
        let mut fds = vec![
            PollFd::new(self.v4.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.wake.as_fd(), PollFlags::POLLIN),
        ];
        let others = self.v6.iter().chain(
            [&self.icmp4, &self.icmp6]
                .into_iter()
                .flatten()
                .map(IcmpSocket::descriptor),
        );
        fds.extend(others.map(|socket| PollFd::new(socket.as_fd(), PollFlags::POLLIN)));
        let millis = u16::try_from(most.as_micros().div_ceil(1_000)).unwrap_or(u16::MAX);
        // An interrupted wait is a short one.
        poll(&mut fds, PollTimeout::from(millis)).ok();
        let mut bytes = [0_u8; 64];
        while (&self.wake)
            .read(&mut bytes)
            .is_ok_and(|n| n == bytes.len())
        {}
    }
}

fn bind(address: SocketAddr, buffer: usize) -> io::Result<(UdpSocket, usize)> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // Beyond net.core.rmem_max only a privileged process gets what it asks; what we got
    // is what the window of bytes in flight is made of.
    if nix::sys::socket::setsockopt(&socket, nix::sys::socket::sockopt::RcvBufForce, &buffer)
        .is_err()
    {
        socket.set_recv_buffer_size(buffer)?;
    }
    let bytes = socket.recv_buffer_size()?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok((socket.into(), bytes))
}
