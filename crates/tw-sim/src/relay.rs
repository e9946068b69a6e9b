//! A TCP relay that stands for the WAN between a site's collector and the centre: it delays
//! what passes, and while it is cut nothing passes, as on a link that swallows packets.
//!
//! ```text
//! collector ──TCP──► relay ──(delay, or waits while cut)──TCP──► centre
//! ```
//!
//! **Room:** layer 3, simulation. **May use:** nothing of ours. **Must not:** look into what
//! passes.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{Semaphore, watch},
    task::{JoinHandle, JoinSet},
};

/// Connections that pass at once; further ones are closed at once.
pub const CONNECTIONS_MAX: usize = 256;
/// Octets read before they are delayed and passed on.
const CHUNK_OCTETS: usize = 64 * 1024;

/// How the relay treats what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Added to each direction.
    pub delay: Duration,
    /// Nothing passes; what is on the way waits.
    pub cut: bool,
}

/// A running relay; it ends, with all its connections, when dropped.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    passage: watch::Sender<Passage>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Listens on `bind` and passes every connection on to `target`.
    pub async fn spawn(bind: SocketAddr, target: SocketAddr, delay: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind(bind).await?;
        let address = listener.local_addr()?;
        let (passage, seen) = watch::channel(Passage { delay, cut: false });
        let task = tokio::spawn(accept(listener, target, seen));
        Ok(Self {
            address,
            passage,
            task,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what happens to what passes, from now on.
    pub fn set(&self, passage: Passage) {
        self.passage.send_if_modified(|now| {
            let changed = *now != passage;
            *now = passage;
            changed
        });
    }

    /// What happens to what passes.
    pub fn passage(&self) -> Passage {
        *self.passage.borrow()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, passage: watch::Receiver<Passage>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // Out of descriptors, for one: wait for some to be closed.
        let Ok((client, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            let passage = passage.clone();
            connections.spawn(async move {
                carry(client, target, passage).await.ok(); // either end went away
                drop(place);
            });
        }
    }
}

async fn carry(
    client: TcpStream,
    target: SocketAddr,
    mut passage: watch::Receiver<Passage>,
) -> io::Result<()> {
    cross(&mut passage).await?;
    let centre = TcpStream::connect(target).await?;
    client.set_nodelay(true)?;
    centre.set_nodelay(true)?;
    let (client_in, client_out) = client.into_split();
    let (centre_in, centre_out) = centre.into_split();
    let there = pump(client_in, centre_out, passage.clone());
    let back = pump(centre_in, client_out, passage);
    tokio::try_join!(there, back).map(drop)
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut passage: watch::Receiver<Passage>,
) -> io::Result<()> {
    let mut chunk = vec![0_u8; CHUNK_OCTETS];
    loop {
        let length = from.read(&mut chunk).await?;
        cross(&mut passage).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        to.write_all(&chunk[..length]).await?;
    }
}

/// Waits as long as the crossing takes: the delay, and until the link is not cut.
async fn cross(passage: &mut watch::Receiver<Passage>) -> io::Result<()> {
    let delay = passage.borrow().delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let open = passage.wait_for(|now| !now.cut).await;
    open.map(drop)
        .map_err(|_| io::Error::from(io::ErrorKind::ConnectionAborted))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mut from, mut to) = stream.into_split();
                tokio::spawn(async move { tokio::io::copy(&mut from, &mut to).await });
            }
        });
        address
    }

    async fn relay(delay: Duration) -> (Relay, TcpStream) {
        let bind = "127.0.0.1:0".parse().unwrap();
        let relay = Relay::spawn(bind, echo().await, delay).await.unwrap();
        let client = TcpStream::connect(relay.address()).await.unwrap();
        (relay, client)
    }

    async fn say(client: &mut TcpStream, text: &[u8]) -> Vec<u8> {
        client.write_all(text).await.unwrap();
        let mut answer = vec![0; text.len()];
        let heard = client.read_exact(&mut answer);
        let waited = tokio::time::timeout(Duration::from_secs(5), heard).await;
        waited.expect("an answer in time").unwrap();
        answer
    }

    #[tokio::test]
    async fn what_passes_is_delayed_both_ways_and_not_changed() {
        let (_relay, mut client) = relay(Duration::from_millis(5)).await;
        let started = tokio::time::Instant::now();
        assert_eq!(say(&mut client, b"batch").await, b"batch");
        assert!(started.elapsed() >= Duration::from_millis(10));
    }

    #[tokio::test]
    async fn nothing_passes_while_cut_and_all_of_it_afterwards() {
        let (relay, mut client) = relay(Duration::ZERO).await;
        assert_eq!(say(&mut client, b"one").await, b"one");
        let mut passage = relay.passage();
        passage.cut = true;
        relay.set(passage);
        client.write_all(b"two").await.unwrap();
        let mut answer = [0_u8; 3];
        let waited = tokio::time::timeout(Duration::from_millis(50), client.read(&mut answer));
        assert!(waited.await.is_err(), "nothing comes while cut");
        passage.cut = false;
        relay.set(passage);
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"two");
    }
}
