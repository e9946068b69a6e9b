//! The command's figures against brute force: poll by poll, step by step, without a run, a sweep
//! or a line of the product's arithmetic.
//!
//! **Room:** tests. **May use:** only what the command prints.
//!
//! Small cases take subjects with cadences and beginnings of their own and try every assignment of
//! the doubtful ones. The year at its whole size goes through each of its six million polls with
//! one bit a subject, which is what a debug build can do in a few seconds.

mod year;

use super::super::{read::evaluation, view, whole_year::Dice};
use crate::json_input::from_bytes;
use serde_json::{Value, json};

/// What one poll saw; a poll that is missing is not in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Up,
    Down,
    Sick,
}

/// What can be said of a subject or a service, edges taken as up, in the middle, as down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Up,
    Down,
    Unknown,
}

type Readings = [Said; 3];

/// A service as the brute force knows it.
#[derive(Clone, Debug)]
enum Service {
    One(usize),
    AtLeast(usize, Vec<Service>),
}

impl Service {
    fn holds(&self, up: &[bool]) -> bool {
        match self {
            Self::One(subject) => up[*subject],
            Self::AtLeast(k, parts) => parts.iter().filter(|part| part.holds(up)).count() >= *k,
        }
    }

    /// Every assignment of the subjects of which nothing is known.
    fn said(&self, subjects: &[Said]) -> Said {
        let doubtful: Vec<usize> = (0..subjects.len())
            .filter(|s| subjects[*s] == Said::Unknown)
            .collect();
        let mut up: Vec<bool> = subjects.iter().map(|said| *said == Said::Up).collect();
        let (mut ever, mut never) = (false, false);
        for assignment in 0..1_u32 << doubtful.len() {
            for (bit, subject) in doubtful.iter().enumerate() {
                up[*subject] = assignment >> bit & 1 == 1;
            }
            if self.holds(&up) {
                ever = true;
            } else {
                never = true;
            }
        }
        match (ever, never) {
            (true, false) => Said::Up,
            (false, true) => Said::Down,
            _ => Said::Unknown,
        }
    }

    fn as_json(&self) -> Value {
        match self {
            Self::One(subject) => json!(format!("s{subject}")),
            Self::AtLeast(k, parts) => {
                let list: Vec<Value> = parts.iter().map(Self::as_json).collect();
                match *k {
                    1 => json!({ "any": list }),
                    k if k == parts.len() => json!({ "all": list }),
                    k => json!({"at_least": k, "of": list}),
                }
            }
        }
    }
}

/// All that the brute force adds up, in milliseconds and counts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sums {
    period: i64,
    lower: i64,
    point: i64,
    upper: i64,
    unknown: i64,
    lost: i64,
    unproven: i64,
    planned: i64,
    late: i64,
    outages: i64,
    incidents: i64,
    breaches: i64,
}

impl Sums {
    /// One step of `ms` in which the service's and its parts' readings were these.
    fn add(&mut self, ms: i64, service: Readings, parts: &[Readings]) {
        self.period += ms;
        match mark(service) {
            Mark::Up => {}
            Mark::Down => {
                self.lower += ms;
                self.point += ms;
                self.upper += ms;
            }
            Mark::EdgeDown => {
                self.point += ms;
                self.upper += ms;
            }
            Mark::EdgeUp => self.upper += ms,
            Mark::Unknown => self.unknown += ms,
        }
        if service[1] == Said::Up {
            if parts.iter().any(|part| part[1] == Said::Down) {
                self.lost += ms;
            } else if parts.iter().any(|part| part[1] == Said::Unknown) {
                self.unproven += ms;
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Up,
    EdgeUp,
    EdgeDown,
    Down,
    Unknown,
}

impl Mark {
    fn is_down(self) -> bool {
        matches!(self, Self::Down | Self::EdgeDown)
    }
}

/// Up if even the worst case is up, down if even the best case is down; doubt of both kinds at
/// once is unknown.
fn mark(readings: Readings) -> Mark {
    match readings {
        [_, _, Said::Up] => Mark::Up,
        [Said::Down, ..] => Mark::Down,
        all if all.contains(&Said::Unknown) => Mark::Unknown,
        [_, Said::Down, _] => Mark::EdgeDown,
        _ => Mark::EdgeUp,
    }
}

/// What holds at `at` for a subject with these polls, in milliseconds.
fn readings(polls: &[(i64, Seen)], stale_after: i64, at: i64) -> Readings {
    let after = polls.partition_point(|(when, _)| *when <= at);
    let before = after.checked_sub(1).and_then(|i| polls.get(i));
    let (Some((from, a)), Some((to, b))) = (before, polls.get(after)) else {
        return [Said::Unknown; 3];
    };
    if to - from > stale_after {
        return [Said::Unknown; 3];
    }
    let nearer = if at < from + (to - from) / 2 { *a } else { *b };
    match (*a, *b) {
        (Seen::Up, Seen::Up) => [Said::Up; 3],
        (Seen::Down, Seen::Down) => [Said::Down; 3],
        (Seen::Sick, _) | (_, Seen::Sick) => [Said::Unknown; 3],
        _ if nearer == Seen::Up => [Said::Up, Said::Up, Said::Down],
        _ => [Said::Up, Said::Down, Said::Down],
    }
}

/// Steps in which nothing changes: cadences are whole seconds, edges are cut in their middle.
const STEP_MS: i64 = 500;
const START_MS: i64 = 1_767_225_600_000; // 2026-01-01T00:00:00Z
/// Later than every period ends.
const HORIZON_MS: i64 = 1_300_000;

/// A small case: subjects, service and windows, all in milliseconds from the start.
struct Case {
    every: Vec<i64>,
    starts: Vec<i64>,
    runs: Vec<Vec<(&'static str, i64)>>,
    service: Service,
    stale_after: Option<i64>,
    as_of: Option<i64>,
    period: (i64, i64),
    windows: Vec<(i64, i64, i64)>,
    merge_gap: i64,
}

impl Case {
    fn roll(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut below = |sides: i64| i64::try_from(dice.below(sides.unsigned_abs())).unwrap();
        let subjects = 1 + below(5);
        let every: Vec<i64> = (0..subjects).map(|_| 1_000 * (1 + below(20))).collect();
        let starts = (0..subjects).map(|_| 500 * below(200)).collect();
        let runs = (0..subjects)
            .map(|_| {
                (0..4 + below(20))
                    .map(|_| match below(8) {
                        0..=3 => ("up", 1 + below(30)),
                        4 | 5 => ("down", 1 + below(6)),
                        6 => ("gap", 1 + below(4)),
                        _ => ("unknown", below(3)),
                    })
                    .collect()
            })
            .collect();
        let one = |s: i64| Service::One(usize::try_from(s).unwrap());
        let half = 1 + below(subjects);
        let first: Vec<Service> = (0..half).map(one).collect();
        let k = |parts: &[Service], roll: i64| 1 + usize::try_from(roll).unwrap() % parts.len();
        let inner = Service::AtLeast(k(&first, below(7)), first);
        let outer: Vec<Service> = [inner]
            .into_iter()
            .chain((half - 1..subjects).map(one))
            .collect();
        let from = 1_000 * below(200);
        Self {
            service: Service::AtLeast(k(&outer, below(7)), outer),
            stale_after: [None, Some(1_000 * (1 + below(60)))][usize::from(below(2) == 1)],
            as_of: (below(3) == 0).then(|| 500 * below(1_800)),
            period: (from, from + 1_000 + 1_000 * below(900)),
            windows: (0..below(4))
                .map(|_| {
                    let from = 1_000 * below(800);
                    (
                        from,
                        from + 1_000 + 1_000 * below(200),
                        from + 1_000 * (below(5) - 3),
                    )
                })
                .collect(),
            merge_gap: 1_000 * below(120),
            every,
            starts,
            runs,
        }
    }

    fn file(&self) -> Value {
        let at = |ms: i64| {
            let stamp = tw_units::Timestamp::from_millis(START_MS + ms);
            stamp.to_string()
        };
        let seconds = |ms: i64| json!(f64::from(u32::try_from(ms).unwrap()) / 1_000.0);
        let subject = |s: usize| {
            let runs: Vec<Value> = self.runs[s].iter().map(|(w, n)| json!([w, n])).collect();
            let polls = json!({"start": at(self.starts[s]), "every_seconds": seconds(self.every[s]),
                "runs": runs});
            (format!("s{s}"), json!({ "polls": polls }))
        };
        let subjects: serde_json::Map<String, Value> = (0..self.runs.len()).map(subject).collect();
        let windows: Vec<Value> = self
            .windows
            .iter()
            .enumerate()
            .map(|(n, (from, to, approved))| {
                json!({"id": format!("W{n}"), "from": at(*from), "to": at(*to),
                    "approved_at": at(*approved)})
            })
            .collect();
        let mut file = json!({
            "period": {"from": at(self.period.0), "to": at(self.period.1)},
            "targets": [{"from": "2020-01-01T00:00:00Z", "downtime_ppm": 50_000}],
            "subjects": subjects,
            "service": self.service.as_json(),
            "maintenance": windows,
            "merge_gap_seconds": seconds(self.merge_gap),
        });
        if let Some(stale) = self.stale_after {
            file["stale_after_seconds"] = seconds(stale);
        }
        if let Some(as_of) = self.as_of {
            file["as_of"] = json!(at(as_of));
        }
        file
    }

    /// Every poll that somebody has seen by `as_of`.
    fn polls(&self, subject: usize) -> Vec<(i64, Seen)> {
        let (mut at, every) = (self.starts[subject], self.every[subject]);
        let mut polls = Vec::new();
        for (word, count) in &self.runs[subject] {
            for _ in 0..*count {
                match *word {
                    "up" => polls.push((at, Seen::Up)),
                    "down" => polls.push((at, Seen::Down)),
                    "unknown" => polls.push((at, Seen::Sick)),
                    _ => {}
                }
                at += every;
            }
        }
        polls.retain(|(at, _)| self.as_of.is_none_or(|as_of| *at <= as_of));
        polls
    }

    fn sums(&self) -> Sums {
        let polls: Vec<_> = (0..self.runs.len()).map(|s| self.polls(s)).collect();
        let stale = |s: usize| self.stale_after.unwrap_or(self.every[s] * 5 / 2);
        let inside = |(from, to): (i64, i64), at| from <= at && at < to;
        let known = |approved: i64| self.as_of.is_none_or(|as_of| approved <= as_of);
        let (planned, late): (Vec<_>, Vec<_>) = self
            .windows
            .iter()
            .partition(|(from, _, approved)| *approved <= *from && known(*approved));
        let within = |windows: &[(i64, i64, i64)], at| {
            windows.iter().any(|(from, to, _)| inside((*from, *to), at))
        };
        let mut sums = Sums::default();
        let (mut was_down, mut ended, mut breach) = (false, i64::MIN / 2, false);
        let mut at = 0;
        while at < HORIZON_MS {
            let parts: Vec<Readings> = (0..polls.len())
                .map(|s| readings(&polls[s], stale(s), at))
                .collect();
            let service = [0, 1, 2].map(|reading| {
                let subjects: Vec<Said> = parts.iter().map(|part| part[reading]).collect();
                self.service.said(&subjects)
            });
            let (counts, down) = (inside(self.period, at), mark(service).is_down());
            if counts {
                sums.add(STEP_MS, service, &self.used(&parts));
            }
            if down && !was_down {
                sums.outages += i64::from(counts);
                sums.incidents += i64::from(counts && at - ended >= self.merge_gap);
            }
            if !down && was_down {
                ended = at;
            }
            was_down = down;
            let (work, claimed) = (within(&planned, at), within(&late, at));
            if counts && down {
                sums.planned += i64::from(work) * STEP_MS;
                sums.late += i64::from(claimed && !work) * STEP_MS;
            }
            // A breach is one stretch of planned work in which the load was lost at all.
            breach = work && (breach || { counts && down });
            let ends = work && !within(&planned, at + STEP_MS);
            sums.breaches += i64::from(breach && ends);
            at += STEP_MS;
        }
        sums
    }

    /// The readings of the subjects that the service names.
    fn used(&self, parts: &[Readings]) -> Vec<Readings> {
        fn names(service: &Service, out: &mut Vec<usize>) {
            match service {
                Service::One(subject) => out.push(*subject),
                Service::AtLeast(_, parts) => parts.iter().for_each(|part| names(part, out)),
            }
        }
        let mut named = Vec::new();
        names(&self.service, &mut named);
        named.sort_unstable();
        named.dedup();
        named.into_iter().map(|s| parts[s]).collect()
    }
}

fn millis(value: &Value) -> i64 {
    let text = format!("{:.0}", value.as_f64().unwrap() * 1_000.0);
    text.parse().unwrap()
}

fn printed_sums(got: &Value) -> Sums {
    let down = &got["downtime_seconds"];
    Sums {
        period: millis(&got["period_seconds"]),
        lower: millis(&down["lower"]),
        point: millis(&down["point"]),
        upper: millis(&down["upper"]),
        unknown: millis(&got["unknown_seconds"]),
        lost: millis(&got["redundancy_lost_seconds"]),
        unproven: millis(&got["redundancy_unproven_seconds"]),
        planned: millis(&got["planned_seconds"]),
        late: millis(&got["declared_late_seconds"]),
        outages: got["outages"].as_i64().unwrap(),
        incidents: got["incidents"].as_i64().unwrap(),
        breaches: got["maintainability_breaches"].as_i64().unwrap(),
    }
}

/// The floor of a share in percent with six decimals, from the digits of a long division.
fn percent(part: i64, whole: i64) -> Value {
    if whole <= 0 {
        return Value::Null;
    }
    let (part, whole) = (i128::from(part), i128::from(whole));
    let all = part * 100 * 1_000_000 / whole;
    json!(format!("{}.{:06}", all / 1_000_000, all % 1_000_000))
}

/// The percentages and the verdict that follow from the sums.
fn check_shares(got: &Value, sums: &Sums, budget_ppm: Option<i64>, told: &str) {
    let (t, known) = (sums.period, sums.period - sums.unknown);
    let shares = &got["availability_percent"];
    let lower = percent(t - sums.upper - sums.unknown, t);
    assert_eq!(shares["lower"], lower, "{told}");
    assert_eq!(
        shares["point"],
        percent(known - sums.point, known),
        "{told}"
    );
    assert_eq!(shares["upper"], percent(t - sums.lower, t), "{told}");
    assert_eq!(got["coverage_percent"], percent(known, t), "{told}");
    let unplanned = sums.point - sums.planned;
    assert_eq!(millis(&got["unplanned_seconds"]), unplanned, "{told}");
    let rest = known - sums.planned;
    let excluding = &got["availability_excluding_planned_percent"];
    assert_eq!(*excluding, percent(rest - unplanned, rest), "{told}");
    if let Some(ppm) = budget_ppm {
        let budget = i128::from(t) * i128::from(ppm);
        let over = |ms: i64| i128::from(ms) * 1_000_000 > budget;
        let verdict = match (over(sums.lower), over(sums.upper + sums.unknown)) {
            (true, _) => "MISSED",
            (_, true) => "INDETERMINATE",
            _ => "MET",
        };
        assert_eq!(got["verdict"], verdict, "{told}");
    }
}

#[test]
fn small_services_equal_brute_force_poll_by_poll() {
    let (mut seen_down, mut seen_breach, mut verdicts) = (0, 0, std::collections::BTreeSet::new());
    for seed in 0..100 {
        let case = Case::roll(seed);
        let file = case.file();
        let input = from_bytes(file.to_string().as_bytes(), evaluation).unwrap();
        let got = serde_json::to_value(view::report(&input).unwrap()).unwrap();
        let expect = case.sums();
        let told = format!("seed {seed}: {file}");
        assert_eq!(printed_sums(&got), expect, "{told}");
        check_shares(&got, &expect, Some(50_000), &told);
        seen_down += i64::from(expect.lower > 0);
        seen_breach += expect.breaches;
        verdicts.insert(got["verdict"].to_string());
    }
    // The dice reach what matters.
    assert!(
        seen_down > 20 && seen_breach > 5,
        "{seen_down} {seen_breach}"
    );
    assert_eq!(verdicts.len(), 3);
}
