//! The machine that the collector runs on, read without an agent: links, addresses, routes and
//! neighbours through netlink, the rest from `/proc` and `/sys`.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** start a program.
//!
//! Metric names and labels are node_exporter's, so that its dashboards and alerts work.
//!
//! ```text
//! netlink, /proc, /sys ──samples──► Host ──Layout, Round, Observation, Event──► batcher
//! ```

mod dmi;
mod links;
mod proc;
mod sample;

#[cfg(test)]
mod tests;

use sample::Sample;
use std::time::Duration;
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tw_ingest::{EventSeen, LayoutKey, Observation, Record, TargetKey, seen::Seen};
use tw_units::{CollectorId, WallClock};

/// Link events that may wait; beyond them the next reading shows the state anyway.
const EVENTS_QUEUE_MAX: usize = 256;

/// Facts (addresses, routes, neighbours, DMI) are looked at after this many readings.
const READINGS_BETWEEN_FACTS: u64 = 20;

/// How the own machine is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostSettings {
    /// Whose machine.
    pub collector: CollectorId,
    /// Time between readings.
    pub period: Duration,
}

/// Reads the machine until it is cancelled.
pub async fn run(
    settings: HostSettings,
    out: mpsc::Sender<Record>,
    wall: WallClock,
    cancel: CancellationToken,
) {
    let target = TargetKey(format!("host:{}", settings.collector));
    let mut host = Host {
        target,
        wall,
        out,
        layout: None,
        facts: None,
        readings: 0,
    };
    let (events, mut link_events) = mpsc::channel(EVENTS_QUEUE_MAX);
    let netlink = links::Netlink::open(events);
    if let Err(cause) = &netlink {
        tracing::warn!(%cause, "netlink is not to be had; links are not read");
    }
    let netlink = netlink.ok();
    let mut tick = tokio::time::interval(settings.period);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = tick.tick() => host.read(netlink.as_ref(), settings.period).await,
            Some(event) = link_events.recv() => host.tell(event).await,
        }
    }
}

struct Host {
    target: TargetKey,
    wall: WallClock,
    out: mpsc::Sender<Record>,
    layout: Option<LayoutKey>,
    facts: Option<serde_json::Value>,
    readings: u64,
}

impl Host {
    async fn read(&mut self, netlink: Option<&links::Netlink>, period: Duration) {
        let at = self.wall.now();
        let mut samples = gather(netlink).await;
        samples.push(Sample::gauge("node_time_seconds", at.as_seconds()));
        let period_ms = u64::try_from(period.as_millis()).unwrap_or(u64::MAX);
        let (layout, round) = sample::assemble(&self.target, samples, (at, period_ms));
        let key = layout.key();
        if self.layout.replace(key) != Some(key) {
            self.send(Record::Layout(layout)).await;
        }
        self.send(Record::Round(round)).await;
        if self.readings.is_multiple_of(READINGS_BETWEEN_FACTS) {
            self.look(netlink).await;
        }
        self.readings += 1;
    }

    /// Sends the facts when they changed.
    async fn look(&mut self, netlink: Option<&links::Netlink>) {
        let mut facts = match netlink {
            Some(netlink) => netlink.facts().await,
            None => serde_json::Map::new(),
        };
        facts.insert("dmi".into(), dmi::read());
        let facts = serde_json::Value::Object(facts);
        if self.facts.as_ref() != Some(&facts) {
            self.facts = Some(facts.clone());
            let observation = Observation {
                target: self.target.clone(),
                at: self.wall.now(),
                seen: Seen::Host { facts },
            };
            self.send(Record::Observation(observation)).await;
        }
    }

    async fn tell(&self, event: links::LinkEvent) {
        let links::LinkEvent { name, up } = event;
        let record = EventSeen {
            at: self.wall.now(),
            code: if up { "link_up" } else { "link_down" }.into(),
            target: Some(self.target.clone()),
            detail: format!("link {name} of the collector's machine"),
        };
        self.send(Record::Event(record)).await;
    }

    async fn send(&self, record: Record) {
        // The batcher goes only when the process does.
        self.out.send(record).await.ok();
    }
}

/// Everything that has a number now. What cannot be read is simply not there; the layout then
/// differs, and the series shows a gap.
async fn gather(netlink: Option<&links::Netlink>) -> Vec<Sample> {
    let mut samples = proc::read();
    if let Some(netlink) = netlink {
        samples.extend(netlink.samples().await);
    }
    samples
}
