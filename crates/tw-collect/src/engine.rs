//! The steady poller: one thread that asks all devices, with no task, no timer object and no
//! allocation for a normal exchange.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`, `tw-devices`, `tw-ingest`, `tw-units`. **Must
//! not:** store anything; rounds go to the owner through a bounded channel.
//!
//! ```text
//! owner ──commands (16)──► worker thread ──PolledRound (the owner's limit)──► owner
//!                          slab · wheel · windows · devices
//!                          UDP v4, UDP v6, ICMP
//! ```
//!
//! The decisions are in pure parts that are tested without sockets: [`slab`] (which request an
//! answer belongs to), [`wheel`] (what is due), [`rtt`], [`bulk`] (how much to ask),
//! [`compiled`] (the prepared plan), [`walk`], [`device`] (the round). [`worker`] carries out.

mod bulk;
mod compiled;
mod device;
mod net;
mod problems;
mod rtt;
mod session;
mod slab;
mod stats;
mod target;
mod walk;
mod wheel;
mod worker;

pub use stats::EngineStats;
pub use target::{Access, EngineSettings, EngineTarget, PolledRound};

use stats::Counters;
use std::{
    io::{self, Write},
    os::unix::net::UnixStream,
    sync::{
        Arc,
        mpsc::{SyncSender, sync_channel},
    },
    thread::JoinHandle,
};
use tokio::sync::mpsc::Sender;
use tw_units::{DeviceId, WallClock};
use worker::{Command, Worker};

/// Commands that wait for the engine's thread.
const COMMANDS_MAX: usize = 16;

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
#[error("cannot start the poller: {tried}")]
pub struct EngineError {
    /// What was tried.
    tried: &'static str,
    #[source]
    cause: io::Error,
}

/// Starts engines.
#[derive(Debug)]
pub struct Engine;

impl Engine {
    /// Starts the engine's thread. Rounds go to `out`; while that is full they are dropped and
    /// counted, for polling never waits.
    pub fn spawn(
        settings: EngineSettings,
        wall: WallClock,
        out: Sender<PolledRound>,
    ) -> Result<EngineHandle, EngineError> {
        let failed = |tried| move |cause| EngineError { tried, cause };
        let (bell, ear) = UnixStream::pair().map_err(failed("making the wake-up pipe"))?;
        bell.set_nonblocking(true)
            .map_err(failed("preparing the wake-up pipe"))?;
        let (commands, inbox) = sync_channel(COMMANDS_MAX);
        let counters = Arc::new(Counters::default());
        let sockets = net::Sockets::open(settings.receive_buffer_bytes, settings.ping, ear)
            .map_err(failed("binding its UDP sockets"))?;
        let worker = Worker::new(
            settings,
            sockets,
            wall,
            worker::Ends {
                out,
                inbox,
                counters: Arc::clone(&counters),
            },
        );
        let thread = std::thread::Builder::new()
            .name("snmp-engine".into())
            .spawn(move || worker.run())
            .map_err(failed("starting its thread"))?;
        Ok(EngineHandle {
            commands,
            bell,
            counters,
            thread: Some(thread),
        })
    }
}

/// The owner's end of an engine. Dropping it ends the engine.
#[derive(Debug)]
pub struct EngineHandle {
    commands: SyncSender<Command>,
    bell: UnixStream,
    counters: Arc<Counters>,
    thread: Option<JoinHandle<()>>,
}

impl EngineHandle {
    /// Polls these devices from now on. Those that stay as they are keep what was learned.
    pub fn replace_targets(&self, targets: Vec<EngineTarget>) {
        self.send(Command::Replace(targets));
    }

    /// Takes these devices' answers as proof that our own network is well: a device that is
    /// silent is down only if another of them answered meanwhile. Without any, silence is down.
    pub fn replace_canaries(&self, canaries: Vec<DeviceId>) {
        self.send(Command::Canaries(canaries));
    }

    /// Polls one device now, unless it is being polled.
    pub fn poll_now(&self, device: DeviceId) {
        self.send(Command::PollNow(device));
    }

    /// The counters.
    pub fn stats(&self) -> EngineStats {
        self.counters.read()
    }

    /// Ends the engine and waits for its thread.
    pub fn stop(mut self) {
        self.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was printed by itself.
            thread.join().ok();
        }
    }

    fn send(&self, command: Command) {
        // An engine that has ended takes nothing.
        self.commands.send(command).ok();
        // A full pipe has woken it already.
        (&self.bell).write_all(&[1]).ok();
    }
}

impl Drop for EngineHandle {
    fn drop(&mut self) {
        if self.thread.is_some() {
            // Without waiting: it ends at its next turn. A full queue is emptied by then.
            self.commands.try_send(Command::Stop).ok();
            (&self.bell).write_all(&[1]).ok();
        }
    }
}
