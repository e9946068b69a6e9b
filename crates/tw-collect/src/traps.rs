//! Traps and informs of the collector's own devices: recorded, and a reason to poll at once.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`, `tw-ingest`, `tw-units`. **Must not:** let a
//! datagram of a stranger cost more than a look at its address; take a trap for proof.
//!
//! ```text
//! devices ──UDP──► Listener ──(bounded)──► collector ──► record, poll now
//!                    └ answers informs
//! ```

mod gate;

pub use gate::{
    Gate, REFUSED, Refused, TRAP_BYTES_MAX, TRAP_EVERY_MS, TRAP_VARBINDS_MAX, TRAPS_AT_ONCE_MAX,
    Trap,
};

use crate::{clock, engine::EngineTarget};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{net::UdpSocket, sync::mpsc};
use tokio_util::sync::CancellationToken;
use tw_ingest::seen::TrapSeen;
use tw_units::{DeviceId, Timestamp, WallClock};

/// Traps that may wait for the collector; beyond them they are dropped and counted, and informs
/// stay unanswered, so that their senders repeat them.
pub const TRAPS_QUEUE_MAX: usize = 256;

/// A trap that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Whose.
    pub device: DeviceId,
    /// When, by the wall clock.
    pub at: Timestamp,
    /// What it says.
    pub seen: TrapSeen,
}

/// The gate, shared by the listener and the collector.
#[derive(Clone, Debug, Default)]
pub struct Doors(Arc<Mutex<Gate>>);

impl Doors {
    /// From now on only these devices' traps count.
    pub fn replace(&self, targets: &[EngineTarget]) {
        self.gate().replace(targets);
    }

    /// How many were dropped, by reason.
    pub fn refused(&self) -> Vec<(Refused, u64)> {
        self.gate().refused().collect()
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket that hears traps.
#[derive(Debug)]
pub struct Listener {
    socket: UdpSocket,
    doors: Doors,
    wall: WallClock,
    out: mpsc::Sender<Received>,
}

impl Listener {
    /// Binds the address; what counts comes out of the receiver.
    pub async fn bind(
        address: SocketAddr,
        doors: Doors,
        wall: WallClock,
    ) -> io::Result<(Self, mpsc::Receiver<Received>)> {
        let socket = UdpSocket::bind(address).await?;
        let (out, received) = mpsc::channel(TRAPS_QUEUE_MAX);
        let listener = Self {
            socket,
            doors,
            wall,
            out,
        };
        Ok((listener, received))
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Listens until it is cancelled.
    pub async fn run(self, cancel: CancellationToken) {
        // One byte more than is read, so that a longer one is known as such.
        let mut buffer = vec![0; TRAP_BYTES_MAX + 1];
        loop {
            let came = tokio::select! {
                came = self.socket.recv_from(&mut buffer) => came,
                () = cancel.cancelled() => return,
            };
            match came {
                Ok((length, from)) => self.take(from, &buffer[..length]).await,
                // Somebody whom we answered is gone: no reason to stop listening.
                Err(cause) => tracing::debug!(%cause, "the trap socket"),
            }
        }
    }

    async fn take(&self, from: SocketAddr, datagram: &[u8]) {
        let judged = self
            .doors
            .gate()
            .judge(from, datagram, clock::monotonic_us() / 1_000);
        let trap = match judged {
            Ok(trap) => trap,
            Err(reason) => {
                tracing::debug!(%from, reason = reason.as_str(), "no trap of ours");
                return;
            }
        };
        if !trap.repeated {
            let received = Received {
                device: trap.device,
                at: self.wall.now(),
                seen: trap.seen,
            };
            if self.out.try_send(received).is_err() {
                self.doors.gate().had_no_room(from);
                return;
            }
        }
        if let Some(answer) = trap.answer
            && let Err(cause) = self.socket.send_to(&answer, from).await
        {
            tracing::debug!(%from, %cause, "an inform stays unanswered");
        }
    }
}
