//! Probes of WAN circuits: a packet every so often to the far end, and every ten seconds what
//! became of them.
//!
//! **Room:** layer 1. **May use:** `tw-wan`, `tw-ingest`, `tw-units`. **Must not:** judge a
//! circuit; the centre does, from both ends.
//!
//! ```text
//! Prober ──one task for each end──► UDP ──► far end
//!                │ a round every SUMMARY
//!                └──────────────► batcher
//! ```

mod tally;
mod wire;

#[cfg(test)]
mod tests;

pub use tally::Summary;

use std::{collections::BTreeMap, io, net::SocketAddr, time::Duration};
use tally::Tally;
use tokio::{
    net::UdpSocket,
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;
use tw_ingest::{LayoutKey, ProbeTarget, Record, TargetKey};
use tw_units::{SiteId, WallClock};
use wire::Wire;

/// How long the probes of one round are collected.
pub const SUMMARY: Duration = Duration::from_secs(10);

/// A probe without an answer after this long is lost.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(2);

/// The shortest time between two probes of one end.
const INTERVAL_MIN: Duration = Duration::from_millis(10);

/// How long a socket that cannot be opened is left alone.
const REOPEN_AFTER: Duration = Duration::from_secs(5);

/// The probes of a collector.
#[derive(Debug)]
pub struct Prober {
    site: SiteId,
    records: mpsc::Sender<Record>,
    wall: WallClock,
    running: BTreeMap<String, (ProbeTarget, CancellationToken)>,
}

impl Prober {
    /// A prober without targets.
    pub fn new(site: SiteId, records: mpsc::Sender<Record>, wall: WallClock) -> Self {
        Self {
            site,
            records,
            wall,
            running: BTreeMap::new(),
        }
    }

    /// Probes these ends from now on. Those that stay as they are go on undisturbed.
    pub fn replace(
        &mut self,
        targets: Vec<ProbeTarget>,
        tasks: &mut JoinSet<()>,
        cancel: &CancellationToken,
    ) {
        let mut wanted: BTreeMap<String, ProbeTarget> = targets
            .into_iter()
            .map(|target| (target.circuit.to_string(), target))
            .collect();
        self.running.retain(|circuit, (running, stop)| {
            let stays = wanted.get(circuit) == Some(running);
            if stays {
                wanted.remove(circuit);
            } else {
                stop.cancel();
            }
            stays
        });
        for (circuit, target) in wanted {
            let stop = cancel.child_token();
            let end = End {
                key: TargetKey(format!("probe:{circuit}:{}", self.site)),
                target: target.clone(),
                records: self.records.clone(),
                wall: self.wall.clone(),
                layout: None,
            };
            tasks.spawn(end.run(stop.clone()));
            self.running.insert(circuit, (target, stop));
        }
    }
}

/// One end of one circuit.
struct End {
    key: TargetKey,
    target: ProbeTarget,
    records: mpsc::Sender<Record>,
    wall: WallClock,
    layout: Option<LayoutKey>,
}

impl End {
    async fn run(mut self, stop: CancellationToken) {
        let mut complained = false;
        while !stop.is_cancelled() {
            match open(&self.target).await {
                Ok((socket, wire)) => {
                    complained = false;
                    self.probe(&socket, wire, &stop).await;
                }
                Err(cause) => {
                    if !complained {
                        tracing::warn!(target = %self.key, %cause, "cannot open the probe's socket");
                        complained = true;
                    }
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(REOPEN_AFTER) => {}
                    }
                }
            }
        }
    }

    async fn probe(&mut self, socket: &UdpSocket, wire: Wire, stop: &CancellationToken) {
        let interval = Duration::from_millis(self.target.interval_ms.into()).max(INTERVAL_MIN);
        let mut send = tokio::time::interval(interval);
        send.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut summary = tokio::time::interval_at(Instant::now() + SUMMARY, SUMMARY);
        let mut tally = Tally::default();
        let mut buffer = [0_u8; 2_048];
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = send.tick() => {
                    let seq = tally.send(Instant::now());
                    // A network that is unreachable refuses at once: the probe is lost.
                    socket.send(&wire.request(seq, self.wall.now())).await.ok();
                }
                received = socket.recv(&mut buffer) => {
                    let now = Instant::now();
                    if let Ok(length) = received
                        && let Some(seq) = wire.answered(&buffer[..length], &tally)
                    {
                        tally.receive(seq, now);
                    }
                }
                _ = summary.tick() => self.report(&mut tally).await,
            }
        }
    }

    async fn report(&mut self, tally: &mut Tally) {
        let summary = tally.close(Instant::now(), ANSWER_WAIT_MAX);
        let (layout, round) = summary.to_round(&self.key, (self.wall.now(), SUMMARY));
        let key = layout.key();
        // The batcher outlives every probe.
        if self.layout.replace(key) != Some(key) {
            self.records.send(Record::Layout(layout)).await.ok();
        }
        self.records.send(Record::Round(round)).await.ok();
    }
}

/// A socket that speaks to the far end only, from the wanted address.
async fn open(target: &ProbeTarget) -> io::Result<(UdpSocket, Wire)> {
    let wire = Wire::of(target.kind, target.address);
    let unspecified: SocketAddr = match target.address {
        SocketAddr::V4(_) => ([0, 0, 0, 0], 0).into(),
        SocketAddr::V6(_) => ([0_u16; 8], 0).into(),
    };
    let local = target
        .source
        .map_or(unspecified, |source| SocketAddr::new(source, 0));
    let socket = wire.socket(local)?;
    socket.connect(target.address).await?;
    Ok((socket, wire))
}
