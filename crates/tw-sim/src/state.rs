//! What is true in the world at an instant: the script and what was switched by hand.
//!
//! **Room:** layer 3, simulation. **May use:** `tw-units`. **Must not:** use a socket.

use crate::{
    hash::Seed,
    incident::{Incident, Script, What},
    timeline::{DeviceLine, Ends, Timeline},
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tw_units::{DeviceId, Timestamp, WallClock};

/// How far ahead of the asked instant the script is worked out.
const AHEAD_MILLIS: i64 = 3_600_000;
/// Switches kept; further ones are refused.
pub const SWITCHES_MAX: usize = 10_000;

/// The world's truth, shared by its agents and links.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) seed: Seed,
    pub(crate) start: Timestamp,
    pub(crate) clock: WallClock,
    pub(crate) script: Script,
    pub(crate) ends: Ends,
    scripted: bool,
    switched: Mutex<Vec<Incident>>,
    worked_out: RwLock<WorkedOut>,
}

/// The timeline of everything that begins before `until`.
#[derive(Debug, Clone)]
struct WorkedOut {
    timeline: Arc<Timeline>,
    until: Timestamp,
}

impl State {
    pub(crate) fn new(seed: Seed, clock: WallClock, script: Script, ends: Ends) -> Self {
        Self {
            seed,
            start: script.start(),
            clock,
            script,
            ends,
            scripted: true,
            switched: Mutex::default(),
            worked_out: RwLock::new(WorkedOut {
                timeline: Arc::default(),
                until: Timestamp::from_millis(i64::MIN),
            }),
        }
    }

    /// Leaves the script out: only what is switched by hand happens.
    pub(crate) fn unscripted(self) -> Self {
        Self {
            scripted: false,
            ..self
        }
    }

    /// The timeline that holds at `t`.
    pub(crate) fn timeline(&self, t: Timestamp) -> Arc<Timeline> {
        let known = self
            .worked_out
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if t < known.until {
            return Arc::clone(&known.timeline);
        }
        drop(known);
        let switched = self.switched();
        self.work_out(&switched, t.plus_millis(AHEAD_MILLIS))
    }

    /// Everything that begins in `[from, to)`, switched or scripted.
    pub(crate) fn incidents(&self, from: Timestamp, to: Timestamp) -> Vec<Incident> {
        let switched = self.switched();
        let mut all = self.all(&switched, to);
        all.retain(|incident| from <= incident.from);
        all
    }

    /// Begins something by hand, now; `false` when too many switches are kept.
    pub(crate) fn begin(&self, what: What, to: Option<Timestamp>) -> bool {
        let from = self.clock.now();
        let far = Timestamp::from_millis(i64::MAX);
        let mut switched = self.switched();
        let room = switched.len() < SWITCHES_MAX;
        if room {
            switched.push(Incident {
                from,
                to: to.unwrap_or(far),
                what,
            });
            self.work_out(&switched, from.plus_millis(AHEAD_MILLIS));
        }
        room
    }

    /// Ends, now, what was begun by hand and is like this.
    pub(crate) fn end(&self, what: &What) {
        let now = self.clock.now();
        let mut switched = self.switched();
        for incident in switched
            .iter_mut()
            .filter(|incident| incident.what == *what)
        {
            incident.to = incident.to.min(now);
        }
        self.work_out(&switched, now.plus_millis(AHEAD_MILLIS));
    }

    fn switched(&self) -> MutexGuard<'_, Vec<Incident>> {
        self.switched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all(&self, switched: &[Incident], until: Timestamp) -> Vec<Incident> {
        let mut all = if self.scripted {
            self.script.incidents(self.script.begin(), until)
        } else {
            Vec::new()
        };
        all.extend(
            switched
                .iter()
                .filter(|incident| incident.from < until)
                .cloned(),
        );
        all.sort_by_key(|incident| (incident.from, incident.to));
        all
    }

    fn work_out(&self, switched: &[Incident], until: Timestamp) -> Arc<Timeline> {
        let incidents = self.all(switched, until);
        let timeline = Arc::new(Timeline::new(self.script.cast(), &self.ends, &incidents));
        *self
            .worked_out
            .write()
            .unwrap_or_else(PoisonError::into_inner) = WorkedOut {
            timeline: Arc::clone(&timeline),
            until,
        };
        timeline
    }
}

/// A device at an instant.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) t: Timestamp,
    /// Its last start.
    pub(crate) booted: Timestamp,
    /// How often it has started.
    pub(crate) boots: u32,
    /// How often its interfaces were re-numbered.
    pub(crate) numbering: u32,
    pub(crate) answers: bool,
    timeline: Arc<Timeline>,
}

impl Moment {
    pub(crate) fn of(state: &State, id: &DeviceId, first_boot: Timestamp, t: Timestamp) -> Self {
        let timeline = state.timeline(t);
        let line = timeline.device(id);
        let (started, numbering) = line.map_or((None, 0), |line| line.last_start(t));
        let starts = line.map_or(0, |line| {
            line.starts.partition_point(|(start, _)| *start <= t)
        });
        Self {
            t,
            booted: started.unwrap_or(first_boot),
            boots: u32::try_from(starts).unwrap_or(u32::MAX).saturating_add(1),
            numbering,
            answers: line.is_none_or(|line| line.answers(t)),
            timeline,
        }
    }

    /// What ever happened to the device.
    pub(crate) fn line(&self, id: &DeviceId) -> Option<&DeviceLine> {
        self.timeline.device(id)
    }

    /// Milliseconds since the last start.
    pub(crate) fn uptime_millis(&self) -> u64 {
        self.t.millis_since(self.booted).max(0).unsigned_abs()
    }

    /// `sysUpTime`: hundredths of a second since the last start; wraps after 497 days.
    pub(crate) fn ticks(&self) -> u32 {
        self.ticks_at(self.t)
    }

    /// What `sysUpTime` was at an instant; 0 before the last start.
    pub(crate) fn ticks_at(&self, t: Timestamp) -> u32 {
        let hundredths = t.millis_since(self.booted).max(0).unsigned_abs() / 10;
        low(hundredths)
    }
}

/// The lower 32 bits, as a 32-bit counter shows them.
#[expect(clippy::cast_possible_truncation, reason = "that is what a wrap is")]
pub(crate) const fn low(counter: u64) -> u32 {
    counter as u32
}
