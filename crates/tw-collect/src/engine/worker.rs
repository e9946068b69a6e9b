//! The engine's thread: it carries out what the devices want and the timers say.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`, `tw-ingest`, `tw-units`. **Must not:** wait for
//! any one device.

mod canary;
mod flight;
mod ping;
mod places;

use super::{
    device::{Device, Ping},
    net::Sockets,
    slab::{IN_FLIGHT_MAX, Slab},
    stats::{Counters, add, set},
    target::{EngineSettings, EngineTarget, PolledRound},
    wheel::Wheel,
};
use crate::clock;
use flight::Flight;
use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{
        Arc,
        mpsc::{Receiver, TryRecvError},
    },
    time::Duration,
};
use tokio::sync::mpsc::{Sender, error::TrySendError};
use tw_units::{DeviceId, WallClock};

/// Datagrams that are read before timers and requests get their turn.
const DATAGRAMS_AT_ONCE: usize = 256;
/// Answers to us are at most this long.
const DATAGRAM_BYTES_MAX: usize = 65_536;
/// The longest wait for anything, in microseconds.
const IDLE_US: u64 = 1_000_000;
/// The last ids of a device, to tell a late answer from a wrong one.
const RECENT_IDS: usize = 16;

/// What the owner wants.
#[derive(Debug)]
pub(super) enum Command {
    Replace(Vec<EngineTarget>),
    Canaries(Vec<DeviceId>),
    PollNow(DeviceId),
    Stop,
}

/// The ends of the channels.
#[derive(Debug)]
pub(super) struct Ends {
    pub(super) out: Sender<PolledRound>,
    pub(super) inbox: Receiver<Command>,
    pub(super) counters: Arc<Counters>,
}

/// A device and what the worker holds for it.
#[derive(Debug)]
struct Place {
    device: Device,
    /// When the present or next round is due, in microseconds.
    due_us: u64,
    /// It stands in the queue of those that have something to ask.
    queued: bool,
    /// Its round has ended in silence and waits for a canary.
    parked: bool,
    /// A question to it as a canary is in flight.
    asked_as_canary: bool,
    ping: ping::State,
    /// When something was last sent to it.
    sent_us: u64,
    /// When it last answered.
    heard_us: u64,
    recent: [i32; RECENT_IDS],
    next_recent: usize,
}

/// The thread's state.
pub(super) struct Worker {
    settings: EngineSettings,
    sockets: Sockets,
    wall: WallClock,
    ends: Ends,
    places: Vec<Option<Place>>,
    by_id: HashMap<DeviceId, usize>,
    by_address: HashMap<SocketAddr, usize>,
    canaries: Vec<usize>,
    slab: Slab<Flight>,
    wheel: Wheel,
    ready: VecDeque<usize>,
    bytes_in_flight: usize,
    window_bytes: usize,
    now_us: u64,
    dice: u32,
    out_buffer: Vec<u8>,
    /// Where v3 messages are decrypted.
    scratch: Vec<u8>,
}

impl Worker {
    pub(super) fn new(
        settings: EngineSettings,
        sockets: Sockets,
        wall: WallClock,
        ends: Ends,
    ) -> Self {
        let now_us = clock::monotonic_us();
        let window_bytes = sockets.buffer_bytes / 2;
        set(&ends.counters.window_bytes, window_bytes as u64);
        Self {
            settings,
            sockets,
            wall,
            ends,
            places: Vec::new(),
            by_id: HashMap::new(),
            by_address: HashMap::new(),
            canaries: Vec::new(),
            slab: Slab::new(),
            wheel: Wheel::new(now_us),
            ready: VecDeque::new(),
            bytes_in_flight: 0,
            window_bytes,
            now_us,
            dice: 0x9e37_79b9,
            out_buffer: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Runs until it is told to stop or the owner is gone.
    pub(super) fn run(mut self) {
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        let mut fired = Vec::new();
        loop {
            self.now_us = clock::monotonic_us();
            if !self.obey() {
                return;
            }
            let read = self.read(&mut buffer);
            self.read_pings();
            self.wheel.advance(self.now_us, &mut fired);
            for timer in fired.drain(..) {
                self.fire(timer);
            }
            self.pump();
            set(&self.ends.counters.in_flight, self.slab.len() as u64);
            if !read {
                let wait = self.wheel.wait_us(clock::monotonic_us(), IDLE_US);
                self.sockets.wait(Duration::from_micros(wait));
            }
        }
    }

    fn obey(&mut self) -> bool {
        loop {
            match self.ends.inbox.try_recv() {
                Ok(Command::Replace(targets)) => self.replace(targets),
                Ok(Command::Canaries(canaries)) => {
                    self.settings.canaries = canaries;
                    self.find_canaries();
                }
                Ok(Command::PollNow(device)) => {
                    if let Some(at) = self.by_id.get(&device).copied() {
                        self.poll_now(at);
                    }
                }
                Ok(Command::Stop) | Err(TryRecvError::Disconnected) => return false,
                Err(TryRecvError::Empty) => return !self.ends.out.is_closed(),
            }
        }
    }

    /// Reads what has come; true when something was there.
    fn read(&mut self, buffer: &mut [u8]) -> bool {
        for at in 0..DATAGRAMS_AT_ONCE {
            let Some((length, from)) = self.sockets.receive(buffer) else {
                return at > 0;
            };
            self.now_us = clock::monotonic_us();
            self.take_datagram(&buffer[..length], from);
        }
        true
    }

    /// Timers below [`IN_FLIGHT_MAX`] are requests; behind them each device has two.
    fn fire(&mut self, timer: u32) {
        let timer = timer as usize;
        if timer < IN_FLIGHT_MAX {
            self.time_is_up(timer);
            return;
        }
        let at = (timer - IN_FLIGHT_MAX) / 2;
        if (timer - IN_FLIGHT_MAX) % 2 == 1 {
            self.ping_is_lost(at);
            return;
        }
        let Some(place) = self.place(at) else { return };
        if place.parked {
            // No canary answered either: nobody can say.
            self.end_round(at, None, false);
        } else if !place.device.in_round() {
            self.begin_round(at);
        } else {
            let deadline = place.device.deadline_us();
            if deadline > self.now_us {
                self.wheel.set(device_timer(at), deadline);
            } else {
                self.forget_flights(at);
                self.conclude(at, true);
            }
        }
    }

    fn place(&self, at: usize) -> Option<&Place> {
        self.places.get(at)?.as_ref()
    }

    fn place_mut(&mut self, at: usize) -> Option<&mut Place> {
        self.places.get_mut(at)?.as_mut()
    }

    fn begin_round(&mut self, at: usize) {
        let (now, wall) = (self.now_us, self.wall.now());
        let Some(place) = self.place_mut(at) else {
            return;
        };
        place.device.begin(now, wall);
        let deadline = place.device.deadline_us();
        self.wheel.set(device_timer(at), deadline);
        self.send_ping(at);
        self.after(at);
    }

    /// Goes on with a device after something happened to it.
    fn after(&mut self, at: usize) {
        let Some(place) = self.place_mut(at) else {
            return;
        };
        if place.device.has_step() && !place.queued {
            place.queued = true;
            self.ready.push_back(at);
        } else if place.device.is_finished() && !place.ping.is_waiting() && !place.parked {
            self.conclude(at, false);
        }
    }

    /// Nothing more comes in this round: what does it say about the device?
    fn conclude(&mut self, at: usize, late: bool) {
        let Some(place) = self.place(at) else { return };
        let device = &place.device;
        if device.session.is_none() {
            self.end_round(at, place.ping.result().up, late);
        } else if device.was_refused() {
            self.end_round(at, None, late);
        } else if device.has_answered() {
            self.end_round(at, Some(true), late);
        } else {
            self.conclude_silence(at);
        }
    }

    /// Hands the round over and plans the next one.
    fn end_round(&mut self, at: usize, up: Option<bool>, late: bool) {
        let now = self.now_us;
        let Some(place) = self.place_mut(at) else {
            return;
        };
        place.parked = false;
        let ping: Ping = place.ping.take();
        let varbinds = place.device.varbinds();
        let polled = place.device.finish(up, ping, late);
        let Some((due, skipped)) = self.next_due(at, now) else {
            return;
        };
        if let Some(place) = self.place_mut(at) {
            place.due_us = due;
        }
        self.wheel.set(device_timer(at), due);
        self.wheel.cancel(ping_timer(at));
        add(&self.ends.counters.late_rounds, skipped);
        add(&self.ends.counters.rounds, 1);
        add(&self.ends.counters.varbinds, varbinds as u64);
        if let Some(polled) = polled {
            self.hand_over(at, polled);
        }
    }

    fn hand_over(&mut self, at: usize, polled: PolledRound) {
        match self.ends.out.try_send(polled) {
            Ok(()) => {}
            Err(TrySendError::Full(polled) | TrySendError::Closed(polled)) => {
                add(&self.ends.counters.dropped_rounds, 1);
                if let Some(place) = self.place_mut(at) {
                    place.device.keep(polled.observations);
                }
            }
        }
    }

    /// A cheap die for jitter (xorshift).
    const fn roll(&mut self) -> u32 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 17;
        self.dice ^= self.dice << 5;
        self.dice
    }
}

/// The timer of a device's rounds.
fn device_timer(at: usize) -> u32 {
    u32::try_from(IN_FLIGHT_MAX + 2 * at).expect("devices are fewer than 2^30")
}

/// The timer of a device's echo.
fn ping_timer(at: usize) -> u32 {
    device_timer(at) + 1
}
