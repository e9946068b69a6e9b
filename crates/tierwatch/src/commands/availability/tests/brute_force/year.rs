//! The year at its whole size against brute force.
//!
//! **Room:** tests. **May use:** the sums and comparisons of the small cases.

use super::super::super::{
    read::{Evaluation, evaluation},
    view,
    whole_year::{self, GROUP, POLLS, SUBJECTS},
};
use super::{Said, Sums, check_shares, mark, millis, printed_sums};
use crate::json_input::from_bytes;
use serde_json::Value;

/// One bit a subject.
type Bits = u64;

/// What each poll of the year saw, a bit for each subject.
struct Year {
    up: Vec<Bits>,
    down: Vec<Bits>,
    sick: Vec<Bits>,
}

impl Year {
    fn of_all_subjects() -> Self {
        let polls = usize::try_from(POLLS).unwrap();
        let mut year = Self {
            up: vec![0; polls],
            down: vec![0; polls],
            sick: vec![0; polls],
        };
        for subject in 0..SUBJECTS {
            let mut at = 0;
            for (seen, count) in whole_year::runs(subject) {
                let next = at + usize::try_from(count).unwrap();
                let of = match seen {
                    0 => Some(&mut year.up),
                    1 => Some(&mut year.down),
                    2 => Some(&mut year.sick),
                    _ => None,
                };
                if let Some(bits) = of {
                    for bits in &mut bits[at..next] {
                        *bits |= 1 << subject;
                    }
                }
                at = next;
            }
            assert_eq!(at, polls, "a subject's runs fill the year");
        }
        year
    }

    /// Which subjects are known up and known down in half a step, edges up, middle, down. The
    /// half belongs to the interval from poll `i` to the next; `late` is its second half.
    fn half(&self, i: usize, late: bool) -> [(Bits, Bits); 3] {
        let seen = |i: usize| self.up[i] | self.down[i] | self.sick[i];
        let at = |bits: &[Bits], i: usize| bits.get(i).copied().unwrap_or(0);
        let mut known = [(0, 0); 3];
        let mut between = |a: usize, b: usize, which: Bits, nearer_a: bool| {
            if which == 0 {
                return;
            }
            let (up_a, down_a) = (at(&self.up, a) & which, at(&self.down, a) & which);
            let (up_b, down_b) = (at(&self.up, b) & which, at(&self.down, b) & which);
            let (up, down) = (up_a & up_b, down_a & down_b);
            let edge = (up_a & down_b) | (down_a & up_b);
            let near_up = edge & if nearer_a { up_a } else { up_b };
            known[0].0 |= up | edge;
            known[0].1 |= down;
            known[1].0 |= up | near_up;
            known[1].1 |= down | (edge & !near_up);
            known[2].0 |= up;
            known[2].1 |= down | edge;
        };
        // Two polls in a row.
        between(i, i + 1, seen(i) & seen(i + 1), !late);
        // One is missing: 10 s are not stale at 12.5 s, and their middle is the missing poll.
        if i + 2 < self.up.len() {
            between(i, i + 2, seen(i) & !seen(i + 1) & seen(i + 2), true);
        }
        if i > 0 {
            between(i - 1, i + 1, seen(i - 1) & !seen(i) & seen(i + 1), false);
        }
        known
    }

    /// The sums over the whole year of each service.
    fn sums(&self, services: &[Holds], merge_gap: i64) -> Vec<Sums> {
        let mut watched: Vec<Watched> = services.iter().map(|_| Watched::default()).collect();
        for i in 0..self.up.len() - 1 {
            for late in [false, true] {
                let known = self.half(i, late);
                let at = i64::try_from(i).unwrap() * 5_000 + if late { 2_500 } else { 0 };
                for (holds, watched) in services.iter().zip(&mut watched) {
                    watched.half(*holds, known, (at, merge_gap));
                }
            }
        }
        watched.into_iter().map(|watched| watched.sums).collect()
    }
}

/// Whether a service is up when these subjects are, a bit each.
type Holds = fn(Bits) -> bool;

const EVERYONE: Bits = (1 << SUBJECTS) - 1;

/// A service as the year goes by.
#[derive(Default)]
struct Watched {
    sums: Sums,
    was_down: bool,
    ended: Option<i64>,
}

impl Watched {
    fn half(&mut self, holds: Holds, known: [(Bits, Bits); 3], (at, merge_gap): (i64, i64)) {
        let service = known.map(|(up, down)| {
            if holds(up) {
                Said::Up
            } else if holds(EVERYONE & !down) {
                Said::Unknown
            } else {
                Said::Down
            }
        });
        let (up, down) = known[1];
        let worst_part = if down != 0 {
            Said::Down
        } else if up != EVERYONE {
            Said::Unknown
        } else {
            Said::Up
        };
        self.sums.add(2_500, service, &[[worst_part; 3]]);
        let is_down = mark(service).is_down();
        if is_down && !self.was_down {
            let joined = self.ended.is_some_and(|ended| at - ended < merge_gap);
            self.sums.outages += 1;
            self.sums.incidents += i64::from(!joined);
        }
        if !is_down && self.was_down {
            self.ended = Some(at);
        }
        self.was_down = is_down;
    }
}

/// The groups of the file's service.
fn groups(up: Bits) -> bool {
    (0..SUBJECTS / GROUP).all(|group| {
        let members = (up >> (group * GROUP)) & ((1 << GROUP) - 1);
        members.count_ones() >= if group % 2 == 0 { 2 } else { 1 }
    })
}

fn forty_eight_of_fifty(up: Bits) -> bool {
    up.count_ones() >= 48
}

#[test]
fn a_year_of_fifty_subjects_equals_brute_force_poll_by_poll() {
    let mut input = from_bytes(whole_year::file().as_bytes(), evaluation).unwrap();
    let sums = Year::of_all_subjects().sums(&[groups, forty_eight_of_fifty], 300_000);
    let check = |input: &Evaluation, sums: &Sums| {
        let got = serde_json::to_value(view::report(input).unwrap()).unwrap();
        // Windows are compared in the small cases.
        let printed = printed_sums(&got);
        let expect = Sums {
            planned: printed.planned,
            late: printed.late,
            breaches: printed.breaches,
            ..*sums
        };
        assert_eq!(printed, expect);
        check_shares(&got, &expect, None, "the year");
        got
    };
    let got = check(&input, &sums[0]);
    assert_eq!(sums[0].period, 365 * 86_400_000);
    assert!(sums[0].outages > 0 && sums[0].lost > 0, "{sums:?}");
    // Two targets: a verdict for each half, and together they are the year.
    let parts = got["segments"].as_array().unwrap();
    let lower = |part: &Value| millis(&part["downtime_seconds"]["lower"]);
    assert_eq!(parts.iter().map(lower).sum::<i64>(), sums[0].lower);
    input.structure = tw_availability::Structure::AtLeast {
        at_least: 48,
        of: (0..SUBJECTS)
            .map(|subject| tw_availability::Structure::Subject(whole_year::name(subject)))
            .collect(),
    };
    check(&input, &sums[1]);
    assert!(sums[1].lower > 0 && sums[1].unknown > 0, "{sums:?}");
}
