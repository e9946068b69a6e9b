//! What goes wrong, and when: a script of incidents that is a pure function of the seed.
//!
//! **Live**, from the start of the world on, in rounds of [`CYCLE_MINUTES`] (minutes after the
//! start of the round):
//!
//! | from | to | what |
//! |---|---|---|
//! | 1:30 | 4:30 | a circuit flaps: down for 20 s of every 60 s |
//! | 6:00 | 10:00 | a UPS runs on battery |
//! | 12:00 | 12:40 | a switch restarts: silent, then counters from zero and interfaces re-numbered |
//! | 15:00 | 18:00 | a site is cut off: its circuits are down, nothing reaches the centre |
//! | 21:00 | 25:00 | a circuit is bad: loss and delay |
//! | 26:00 | 29:30 | a UPS is in bypass: it feeds its load and protects nothing |
//!
//! The first round has a fixed cast (the first by identifier; in bypass the last), later rounds draw it.
//!
//! **The last two days** before the start, so that their samples show something:
//!
//! | from | for | what |
//! |---|---|---|
//! | −33 h | 50 min | a UPS of the first site is in bypass, for planned work |
//! | −29 h | 6 min | a UPS runs on battery |
//! | −20 h | 10 min | a circuit flaps |
//! | −9 h | 3 min | a switch or server restarts, with its interfaces re-numbered |
//! | −5 h | 40 min | a circuit is bad |
//!
//! **History**, for [`HISTORY_MONTHS`] months of 30 days before the start: per month one to
//! three circuit failures, up to two hours-long degradations, a discharge of some UPS, a planned
//! restart at night; every third month a switch or server fails for up to three hours and a
//! collector is off for some minutes; every second month a UPS of the first site is in bypass
//! for planned work; once in the year each site but the first loses power
//! to all its devices, and the first site to its load for seven to ten minutes.
//!
//! **2018**, when the target of the first site changed on 1 July: a half year of states
//! ([`change_of_target`]) with a loss of load that the old target forgave, one that the new one
//! does not forgive, and a collector that was off for too long to prove the month.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`.
//! **Must not:** read a clock.

use crate::{hash::Seed, power::Supply};
use tw_units::{CircuitId, DeviceId, Interval, SiteId, Timestamp};

/// Length of one round of live incidents.
pub const CYCLE_MINUTES: i64 = 30;
/// How far the history goes back.
pub const HISTORY_MONTHS: u32 = 12;
const MINUTE: i64 = 60_000;
/// 1 April and 1 October 2018 in Vietnam.
const PAST_MS: [i64; 2] = [1_522_515_600_000, 1_538_326_800_000];
const MONTH: i64 = 30 * 24 * 60 * MINUTE;

/// The half year around the change of the first site's target, 1 July 2018.
pub fn change_of_target() -> Interval {
    let [from, to] = PAST_MS.map(Timestamp::from_millis);
    Interval { from, to }
}

/// One thing that goes wrong, or is done on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The circuit goes down and up: in every `period_seconds`, the first `down_seconds` down.
    Flap {
        /// Which circuit.
        circuit: CircuitId,
        /// How often.
        period_seconds: u32,
        /// How long each time.
        down_seconds: u32,
    },
    /// The circuit carries nothing; the interfaces at both ends are down.
    CircuitDown {
        /// Which circuit.
        circuit: CircuitId,
    },
    /// The circuit carries badly.
    CircuitBad {
        /// Which circuit.
        circuit: CircuitId,
        /// Added one-way delay.
        delay_ms: u32,
        /// Share of packets lost each way, in parts per million.
        loss_ppm: u32,
    },
    /// One interface is down, its device is well.
    LinkDown {
        /// Which device.
        device: DeviceId,
        /// `ifName`.
        interface: String,
    },
    /// The device is silent and starts afresh at the end: counters from zero.
    Restart {
        /// Which device.
        device: DeviceId,
        /// Whether its interfaces have other numbers afterwards.
        renumber: bool,
    },
    /// All devices of the site but its UPS are without power, and restart at the end.
    SitePower {
        /// Which site.
        site: SiteId,
    },
    /// The witnesses of the site's load are without power, and restart at the end; what the
    /// collector's own network hangs on goes on, so that the loss can be proven.
    LoadPower {
        /// Which site.
        site: SiteId,
    },
    /// All circuits of the site are down and its collector reaches no centre.
    SiteCut {
        /// Which site.
        site: SiteId,
    },
    /// The UPS has no mains and lives on its battery.
    OnBattery {
        /// Which UPS.
        device: DeviceId,
    },
    /// The device is cut off its feeds, as by an open breaker, and restarts at the end.
    Unfed {
        /// Which device.
        device: DeviceId,
    },
    /// The UPS feeds its load past itself: the load is fed and not protected.
    OnBypass {
        /// Which UPS.
        device: DeviceId,
    },
    /// The site's collector does not run: nothing is known.
    CollectorOff {
        /// Which site.
        site: SiteId,
    },
}

/// One entry of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// When. An incident of no length is possible (an instant restart): `from == to`.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// What.
    pub what: What,
}

/// A device that may take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Player {
    /// Its identifier.
    pub id: DeviceId,
    /// Where it stands.
    pub site: SiteId,
    /// What parts it can play.
    pub part: Part,
    /// Whether it is a witness of the load and nothing that the collector's network needs.
    pub load: bool,
    /// What keeps it alive.
    pub supply: Supply,
}

/// The parts a device can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Restarts, fails: access switches, servers.
    Expendable,
    /// Runs on battery.
    Ups,
    /// Only takes part when its whole site does.
    Other,
}

/// A circuit that may take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its identifier.
    pub id: CircuitId,
    /// The sites of its ends.
    pub sites: [SiteId; 2],
}

/// All who take part, each list in the order of the identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cast {
    /// The site of the centre first.
    pub sites: Vec<SiteId>,
    /// All devices that are simulated.
    pub devices: Vec<Player>,
    /// All circuits in operation.
    pub circuits: Vec<Line>,
}

impl Cast {
    fn with_part(&self, part: Part, not_at: Option<&SiteId>) -> Vec<&Player> {
        let fits = |player: &&Player| player.part == part && Some(&player.site) != not_at;
        self.devices.iter().filter(fits).collect()
    }

    /// The sites that may be cut off: all but the centre's.
    fn outer_sites(&self) -> &[SiteId] {
        self.sites.get(1..).unwrap_or(&[])
    }
}

/// The script: everything that happens by itself.
#[derive(Clone, Debug)]
pub struct Script {
    seed: Seed,
    start: Timestamp,
    cast: Cast,
}

impl Script {
    /// The script of a world that starts at `start`.
    pub fn new(seed: Seed, start: Timestamp, cast: Cast) -> Self {
        Self { seed, start, cast }
    }

    /// Everything that begins in `[from, to)`, in order of beginning.
    pub fn incidents(&self, from: Timestamp, to: Timestamp) -> Vec<Incident> {
        let mut found: Vec<Incident> = (1..=HISTORY_MONTHS)
            .flat_map(|month| self.month(month))
            .chain(self.yearly())
            .chain(self.recent())
            .chain(self.live(to))
            .filter(|incident| from <= incident.from && incident.from < to)
            .collect();
        found.sort_by_key(|incident| (incident.from, incident.to));
        found
    }

    /// What happened in the half year of [`change_of_target`]; apart from all the rest, for the
    /// devices of today do not remember it.
    pub fn of_the_change(&self) -> Vec<Incident> {
        let Some(site) = self.cast.sites.first() else {
            return Vec::new();
        };
        let at = |(day, minute): (i64, i64), length: i64, what: What| {
            let begin = change_of_target().from;
            let from = begin.plus_millis((day * 1_440 + minute) * MINUTE);
            let to = from.plus_millis(length * MINUTE);
            Incident { from, to, what }
        };
        let site = || site.clone();
        let lost = || What::LoadPower { site: site() };
        let own = self.ups_of_first_site();
        let ups = |place: usize| own.get(place).map(|ups| ups.id.clone());
        // Days from 1 April: 17 May, 12 June, 30 June, 22 August, 5 September.
        let mut found = vec![at((46, 130), 95, lost()), at((143, 845), 13, lost())];
        found.extend(ups(0).map(|device| at((72, 600), 6, What::OnBattery { device })));
        found.extend(ups(0).map(|device| at((90, 1_320), 240, What::OnBypass { device })));
        found.push(at((157, 540), 25, What::CollectorOff { site: site() }));
        found.sort_by_key(|incident| incident.from);
        found
    }

    /// When the world starts.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// The first instant that the script knows of.
    pub fn begin(&self) -> Timestamp {
        self.start.plus_millis(-MONTH * i64::from(HISTORY_MONTHS))
    }

    /// Who takes part.
    pub fn cast(&self) -> &Cast {
        &self.cast
    }

    fn live(&self, to: Timestamp) -> impl Iterator<Item = Incident> {
        let rounds = to.millis_since(self.start).max(0) / (CYCLE_MINUTES * MINUTE) + 1;
        (0..rounds).flat_map(|round| self.round(round))
    }

    fn round(&self, round: i64) -> Vec<Incident> {
        let begin = self.start.plus_millis(round * CYCLE_MINUTES * MINUTE);
        let seed = self.seed.of("live").at(round.unsigned_abs());
        let at = |from_seconds: i64, to_seconds: i64, what: What| Incident {
            from: begin.plus_millis(from_seconds * 1_000),
            to: begin.plus_millis(to_seconds * 1_000),
            what,
        };
        let cut = draw(seed.of("cut"), round, self.cast.outer_sites()).cloned();
        let circuit = draw(seed.of("flap"), round, &self.cast.circuits);
        let bad = draw(seed.of("bad"), round, &self.cast.circuits);
        let ups = self.cast.with_part(Part::Ups, None);
        let restarting = self.cast.with_part(Part::Expendable, cut.as_ref());
        let plan = [
            circuit.map(|line| at(90, 270, flap(line))),
            draw(seed.of("ups"), round, &ups).map(|ups| {
                let device = ups.id.clone();
                at(360, 600, What::OnBattery { device })
            }),
            draw(seed.of("restart"), round, &restarting).map(|player| {
                let device = player.id.clone();
                at(
                    720,
                    760,
                    What::Restart {
                        device,
                        renumber: true,
                    },
                )
            }),
            cut.map(|site| at(900, 1_080, What::SiteCut { site })),
            bad.map(|line| at(1_260, 1_500, bad_circuit(line, seed))),
            last_or_any(seed.of("bypass"), round, &ups).map(|ups| {
                let device = ups.id.clone();
                at(1_560, 1_770, What::OnBypass { device })
            }),
        ];
        plan.into_iter().flatten().collect()
    }

    /// What happened in the `month`-th 30 days before the start, 1 being the last.
    fn month(&self, month: u32) -> Vec<Incident> {
        let seed = self.seed.of("month").at(u64::from(month));
        let begin = self.start.plus_millis(-MONTH * i64::from(month));
        let mut found = Vec::new();
        let mut add = |seed: Seed, minutes: [i64; 2], what: Option<What>| {
            let length = minutes[0] + within(seed.of("length"), minutes[1] - minutes[0]);
            let from = within(seed.of("from"), MONTH / MINUTE - length);
            if let Some(what) = what {
                let from = begin.plus_millis(from * MINUTE + within(seed.of("ms"), MINUTE));
                let to = from.plus_millis(length * MINUTE + within(seed.of("to"), MINUTE));
                found.push(Incident { from, to, what });
            }
        };
        for n in 0..=seed.of("downs").below(3) {
            let seed = seed.of("down").at(n);
            let line = seed.of("who").pick(&self.cast.circuits);
            let what = line.map(|line| What::CircuitDown {
                circuit: line.id.clone(),
            });
            add(seed, [4, 150], what);
        }
        for n in 0..seed.of("bads").below(3) {
            let seed = seed.of("bad").at(n);
            let line = seed.of("who").pick(&self.cast.circuits);
            add(seed, [50, 360], line.map(|line| bad_circuit(line, seed)));
        }
        let ups = self.cast.with_part(Part::Ups, None);
        let what = seed.of("ups").pick(&ups).map(|ups| What::OnBattery {
            device: ups.id.clone(),
        });
        add(seed.of("battery"), [1, 9], what);
        let players = self.cast.with_part(Part::Expendable, None);
        let restart = |seed: Seed| {
            let device = seed.of("who").pick(&players)?.id.clone();
            Some(What::Restart {
                device,
                renumber: seed.of("renumber").below(3) == 0,
            })
        };
        add(seed.of("restart"), [2, 8], restart(seed.of("restart")));
        if month.is_multiple_of(2) {
            let own = self.ups_of_first_site();
            let what = seed.of("bypass").pick(&own).map(|ups| What::OnBypass {
                device: ups.id.clone(),
            });
            add(seed.of("bypass"), [35, 75], what);
        }
        if month.is_multiple_of(3) {
            add(seed.of("failure"), [20, 180], restart(seed.of("failure")));
            let site = seed.of("off").pick(&self.cast.sites).cloned();
            add(
                seed.of("off"),
                [5, 45],
                site.map(|site| What::CollectorOff { site }),
            );
        }
        found
    }

    /// What happened in the last two days before the start.
    fn recent(&self) -> Vec<Incident> {
        let seed = self.seed.of("recent");
        let at = |minutes: i64, length: i64, what: What| {
            let from = self.start.plus_millis(-minutes * MINUTE);
            Incident {
                from,
                to: from.plus_millis(length * MINUTE),
                what,
            }
        };
        let ups = self.cast.with_part(Part::Ups, None);
        let own = self.ups_of_first_site();
        let players = self.cast.with_part(Part::Expendable, None);
        let circuit = |name: &str| seed.of(name).pick(&self.cast.circuits);
        let plan = [
            seed.of("bypass").pick(&own).map(|ups| {
                let device = ups.id.clone();
                at(33 * 60, 50, What::OnBypass { device })
            }),
            seed.of("ups").pick(&ups).map(|ups| {
                let device = ups.id.clone();
                at(29 * 60, 6, What::OnBattery { device })
            }),
            circuit("flap").map(|line| at(20 * 60, 10, flap(line))),
            seed.of("restart").pick(&players).map(|player| {
                let device = player.id.clone();
                let renumber = true;
                at(9 * 60, 3, What::Restart { device, renumber })
            }),
            circuit("bad").map(|line| at(5 * 60, 40, bad_circuit(line, seed))),
        ];
        plan.into_iter().flatten().collect()
    }

    fn ups_of_first_site(&self) -> Vec<&Player> {
        let mut ups = self.cast.with_part(Part::Ups, None);
        ups.retain(|player| self.cast.sites.first() == Some(&player.site));
        ups
    }

    /// The one loss of power that each site had in the year.
    fn yearly(&self) -> Vec<Incident> {
        let sites = self.cast.sites.iter().enumerate();
        let power = sites.map(|(place, site)| {
            let seed = self.seed.of("power").of(site.as_str());
            let days = 40 + within(seed.of("day"), 280);
            let from = self
                .start
                .plus_millis(-(days * 1_440 - within(seed, 1_440)) * MINUTE);
            let site = site.clone();
            let (length, what) = if place == 0 {
                (7 + within(seed.of("length"), 4), What::LoadPower { site })
            } else {
                (20 + within(seed.of("length"), 60), What::SitePower { site })
            };
            Incident {
                from,
                to: from.plus_millis(length * MINUTE),
                what,
            }
        });
        power.collect()
    }
}

/// The first in round 0, anyone later.
fn draw<T>(seed: Seed, round: i64, from: &[T]) -> Option<&T> {
    if round == 0 {
        from.first()
    } else {
        seed.pick(from)
    }
}

/// The last in round 0, anyone later.
fn last_or_any<T>(seed: Seed, round: i64, from: &[T]) -> Option<&T> {
    if round == 0 {
        from.last()
    } else {
        seed.pick(from)
    }
}

fn flap(line: &Line) -> What {
    What::Flap {
        circuit: line.id.clone(),
        period_seconds: 60,
        down_seconds: 20,
    }
}

fn bad_circuit(line: &Line, seed: Seed) -> What {
    let up_to = |name: &str, most: i64| u32::try_from(within(seed.of(name), most)).unwrap_or(0);
    What::CircuitBad {
        circuit: line.id.clone(),
        delay_ms: 10 + up_to("delay", 60),
        loss_ppm: 10_000 + up_to("loss", 60_000),
    }
}

/// A whole number in `0 <= x < count`.
fn within(seed: Seed, count: i64) -> i64 {
    i64::try_from(seed.below(count.max(1).unsigned_abs())).unwrap_or(0)
}

impl Incident {
    /// When the circuit is down during a flap; one interval for everything else.
    pub fn downs(&self) -> Vec<Interval> {
        let What::Flap {
            period_seconds,
            down_seconds,
            ..
        } = self.what
        else {
            return Interval::new(self.from, self.to).into_iter().collect();
        };
        let (period, down) = (
            i64::from(period_seconds.max(1)) * 1_000,
            i64::from(down_seconds) * 1_000,
        );
        let times = self.to.millis_since(self.from) / period;
        let begin = |n: i64| self.from.plus_millis(n * period);
        (0..times)
            .filter_map(|n| Interval::new(begin(n), begin(n).plus_millis(down.min(period))))
            .collect()
    }
}

#[cfg(test)]
pub(crate) mod tests;
