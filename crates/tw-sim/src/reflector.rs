//! A STAMP session-reflector (RFC 8762, unauthenticated mode, stateless) at the end of a
//! simulated link: it answers each test packet as if both had crossed the link.
//!
//! **Room:** layer 3, simulation. **May use:** `tw-units`. **Must not:** be taken for a real
//! link; the receive timestamp is the simulated arrival.

use crate::{delay::Delayed, hash::Seed, link::Quality};
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{net::UdpSocket, task::JoinHandle};
use tw_units::{Timestamp, WallClock};

/// Octets of a test packet and of a reflected one (RFC 8762 §4.2.1, §4.3.1).
pub const STAMP_OCTETS: usize = 44;
/// Answers that wait for their time at once; more are dropped and counted.
pub const WAITING_MAX: usize = 8_192;
/// Seconds from 1900 (NTP era 0) to 1970.
const NTP_UNIX_OFFSET_SECONDS: u64 = 2_208_988_800;
/// The error estimate we send: synchronised, scale 0, multiplier 1 (RFC 4656 §4.1.2).
const ERROR_ESTIMATE: [u8; 2] = [0x80, 0x01];
/// The TTL that an IPv4 loopback packet carries by default; we do not read the real one.
const SENDER_TTL: u8 = 64;

/// The quality of the link at an instant.
pub type LinkAt = Arc<dyn Fn(Timestamp) -> Quality + Send + Sync>;

/// A running reflector; it ends when dropped.
#[derive(Debug)]
pub struct Reflector {
    address: SocketAddr,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Counts {
    reflected: AtomicU64,
    lost: AtomicU64,
    refused: AtomicU64,
}

/// What a reflector has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reflected {
    /// Packets answered.
    pub reflected: u64,
    /// Packets that the simulated link lost, either way.
    pub lost: u64,
    /// Packets that were no STAMP test packets, or came while [`WAITING_MAX`] were waiting.
    pub refused: u64,
}

impl Reflector {
    /// Binds `bind` and starts to reflect.
    pub async fn spawn(
        bind: SocketAddr,
        link: LinkAt,
        seed: Seed,
        clock: WallClock,
    ) -> io::Result<Self> {
        let socket = UdpSocket::bind(bind).await?;
        let address = socket.local_addr()?;
        let counts = Arc::new(Counts::default());
        let work = Work {
            socket,
            link,
            seed,
            clock,
            counts: Arc::clone(&counts),
            received: 0,
            waiting: Delayed::new(WAITING_MAX),
        };
        Ok(Self {
            address,
            counts,
            task: tokio::spawn(work.run()),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has done so far.
    pub fn counts(&self) -> Reflected {
        Reflected {
            reflected: self.counts.reflected.load(Ordering::Relaxed),
            lost: self.counts.lost.load(Ordering::Relaxed),
            refused: self.counts.refused.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Reflector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Work {
    socket: UdpSocket,
    link: LinkAt,
    seed: Seed,
    clock: WallClock,
    counts: Arc<Counts>,
    received: u64,
    waiting: Delayed<(SocketAddr, [u8; STAMP_OCTETS])>,
}

impl Work {
    async fn run(mut self) {
        let mut packet = [0_u8; 2_048];
        loop {
            tokio::select! {
                got = self.socket.recv_from(&mut packet) => {
                    // An ICMP error of an earlier answer arrives here; the next packet is fine.
                    if let Ok((length, peer)) = got {
                        self.receive(&packet[..length], peer);
                    }
                }
                () = self.waiting.due() => self.send_due().await,
            }
        }
    }

    fn receive(&mut self, packet: &[u8], peer: SocketAddr) {
        self.received += 1;
        let now = self.clock.now();
        let link = (self.link)(now);
        let seed = self.seed.at(self.received);
        if packet.len() < STAMP_OCTETS {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let (Some(out), Some(back)) = (link.pass(seed.of("out")), link.pass(seed.of("back")))
        else {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let answer = reflect(packet, now, out);
        if !self.waiting.push(out + back, (peer, answer)) {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn send_due(&mut self) {
        while let Some((peer, answer)) = self.waiting.pop() {
            if self.socket.send_to(&answer, peer).await.is_ok() {
                self.counts.reflected.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// The reflected packet (RFC 8762 §4.3.1) for a test packet that we got at `now` and that a
/// real link would have brought `out` later.
fn reflect(packet: &[u8], now: Timestamp, out: Duration) -> [u8; STAMP_OCTETS] {
    let mut answer = [0_u8; STAMP_OCTETS];
    let arrived = ntp(now, out);
    answer[0..4].copy_from_slice(&packet[0..4]);
    answer[4..12].copy_from_slice(&arrived);
    answer[12..14].copy_from_slice(&ERROR_ESTIMATE);
    answer[16..24].copy_from_slice(&arrived);
    answer[24..28].copy_from_slice(&packet[0..4]);
    answer[28..36].copy_from_slice(&packet[4..12]);
    answer[36..38].copy_from_slice(&packet[12..14]);
    answer[40] = SENDER_TTL;
    answer
}

/// An NTP timestamp (RFC 5905 §6): seconds since 1900 and a binary fraction.
fn ntp(now: Timestamp, later: Duration) -> [u8; 8] {
    let nanos = i128::from(now.as_millis()) * 1_000_000 + later.as_nanos().cast_signed();
    let nanos = u128::try_from(nanos).unwrap_or(0);
    let seconds = nanos / 1_000_000_000 + u128::from(NTP_UNIX_OFFSET_SECONDS);
    let fraction = ((nanos % 1_000_000_000) << 32) / 1_000_000_000;
    let whole = (seconds << 32) | fraction;
    let bytes = whole.to_be_bytes();
    let mut short = [0_u8; 8];
    short.copy_from_slice(&bytes[8..]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    fn test_packet(seq: u32) -> [u8; STAMP_OCTETS] {
        let mut packet = [0_u8; STAMP_OCTETS];
        packet[0..4].copy_from_slice(&seq.to_be_bytes());
        packet[4..12].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
        packet[12..14].copy_from_slice(&[0x80, 0x09]);
        packet
    }

    async fn reflector(link: Quality) -> (Reflector, UdpSocket) {
        let clock = WallClock::fixed(Timestamp::from_seconds(1));
        let bind = "127.0.0.1:0".parse().unwrap();
        let seed = Seed::new(1);
        let reflector = Reflector::spawn(bind, Arc::new(move |_| link), seed, clock)
            .await
            .unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(reflector.address()).await.unwrap();
        (reflector, socket)
    }

    async fn receive(socket: &UdpSocket) -> Vec<u8> {
        let mut buffer = [0_u8; 100];
        let got = tokio::time::timeout(Duration::from_secs(5), socket.recv(&mut buffer));
        let length = got.await.expect("an answer in time").unwrap();
        buffer[..length].to_vec()
    }

    #[tokio::test]
    async fn a_test_packet_comes_back_with_the_senders_fields_and_the_simulated_arrival() {
        let link = Quality {
            delay: Duration::from_millis(500),
            ..Quality::PERFECT
        };
        let packet = test_packet(7);
        let answer = reflect(&packet, Timestamp::from_seconds(1), link.delay);
        assert_eq!(answer[24..38], packet[0..14]);
        assert_eq!(answer[4..8], (2_208_988_801_u32).to_be_bytes());
        assert_eq!(answer[8..12], [0x80, 0, 0, 0], "half a second");
        assert_eq!(answer[16..24], answer[4..12]);
        let (reflector, socket) = reflector(Quality::PERFECT).await;
        socket.send(&packet).await.unwrap();
        let answer = receive(&socket).await;
        assert_eq!((answer.len(), &answer[24..38]), (44, &packet[0..14]));
        assert_eq!(reflector.counts().reflected, 1);
    }

    #[tokio::test]
    async fn the_link_delays_and_a_later_packet_may_overtake() {
        let link = Quality {
            delay: Duration::from_millis(3),
            jitter: Duration::from_millis(3),
            ..Quality::PERFECT
        };
        let (_reflector, socket) = reflector(link).await;
        let sent = Instant::now();
        for seq in 0..20 {
            socket.send(&test_packet(seq)).await.unwrap();
        }
        let mut seqs = Vec::new();
        for _ in 0..20 {
            let answer = receive(&socket).await;
            assert!(
                sent.elapsed() >= Duration::from_millis(6),
                "both ways are delayed"
            );
            seqs.push(u32::from_be_bytes(answer[0..4].try_into().unwrap()));
        }
        seqs.sort_unstable();
        assert_eq!(seqs, (0..20).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_cut_link_and_a_stray_packet_give_no_answer_and_are_counted() {
        let (reflector, socket) = reflector(Quality {
            cut: true,
            ..Quality::PERFECT
        })
        .await;
        socket.send(&test_packet(1)).await.unwrap();
        socket.send(b"hello").await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        let expect = Reflected {
            reflected: 0,
            lost: 1,
            refused: 1,
        };
        while reflector.counts() != expect {
            assert!(Instant::now() < deadline, "{:?}", reflector.counts());
            tokio::task::yield_now().await;
        }
    }
}
