//! A year of polls of fifty subjects, made from a seed: what the tests and the benchmark judge.
//!
//! **Room:** layer 3, beside the product. **May use:** nothing of ours: it is the other side of a
//! comparison. **Must not:** differ from one run to the next.

use std::fmt::Write;

/// How many subjects are polled.
pub(crate) const SUBJECTS: usize = 50;
/// Runs of each subject.
pub(crate) const RUNS: usize = 10_000;
/// Polls of the year 2026, one every five seconds, the one at its end included.
pub(crate) const POLLS: u64 = 365 * 86_400 / 5 + 1;
/// How many subjects are one group of the service.
pub(crate) const GROUP: usize = 5;
/// Polls that are kept for each pair of runs to come: one up and the longest trouble.
const PAIR_MOST_LEFT: u64 = 13;
/// The states of a file.
const WORDS: [&str; 4] = ["up", "down", "unknown", "gap"];

/// What a run of polls saw, as in the file: up, down, unknown, nothing.
pub(crate) type Seen = usize;

/// Numbers that look random and are the same every time (`SplitMix64`).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `sides - 1`.
    pub(crate) fn below(&mut self, sides: u64) -> u64 {
        self.next() % sides.max(1)
    }
}

/// The runs of one subject: long ones up, short ones down, unknown or missing in between.
pub(crate) fn runs(subject: usize) -> Vec<(Seen, u64)> {
    let mut dice = Dice(subject as u64 + 1);
    let pairs = (RUNS / 2) as u64;
    let mut left = POLLS;
    let mut runs = Vec::with_capacity(RUNS);
    for pair in 0..pairs {
        let trouble = 1 + dice.below(12);
        let seen = 1 + usize::try_from(dice.below(3)).unwrap_or(0);
        let mean = left / (pairs - pair);
        let longest = (2 * mean).saturating_sub(2 * trouble);
        // What comes after needs its polls, too.
        let needed = trouble + PAIR_MOST_LEFT * (pairs - pair - 1);
        let up = (1 + dice.below(longest))
            .min(left.saturating_sub(needed))
            .max(1);
        runs.extend([(0, up), (seen, trouble)]);
        left = left.saturating_sub(up + trouble);
    }
    if let Some(last) = runs.last_mut() {
        last.1 += left;
    }
    runs
}

/// The subjects' names in order.
pub(crate) fn name(subject: usize) -> String {
    format!("s{subject:02}")
}

/// The service of the file: of every group two must be up, of every second group only one.
pub(crate) fn service() -> String {
    let group = |first: usize| {
        let names: Vec<String> = (first..first + GROUP)
            .map(|subject| format!("{:?}", name(subject)))
            .collect();
        let names = names.join(",");
        if (first / GROUP).is_multiple_of(2) {
            format!(r#"{{"at_least":2,"of":[{names}]}}"#)
        } else {
            format!(r#"{{"any":[{names}]}}"#)
        }
    };
    let groups: Vec<String> = (0..SUBJECTS).step_by(GROUP).map(group).collect();
    format!(r#"{{"all":[{}]}}"#, groups.join(","))
}

/// The whole file of evidence.
pub(crate) fn file() -> String {
    let mut out = String::from(concat!(
        r#"{"timezone":"UTC","period":{"year":2026},"merge_gap_seconds":300,"#,
        r#""targets":[{"from":"2025-01-01","downtime_ppm":2590},"#,
        r#"{"from":"2026-07-01","downtime_ppm":180}],"#,
        r#""maintenance":[{"id":"M1","from":"2026-03-01T00:00:00Z","to":"2026-03-11T00:00:00Z","#,
        r#""approved_at":"2026-02-20T00:00:00Z"},"#,
        r#"{"id":"M2","from":"2026-05-01T00:00:00Z","to":"2026-05-02T00:00:00Z"}],"#,
        r#""subjects":{"#,
    ));
    for subject in 0..SUBJECTS {
        let comma = if subject == 0 { "" } else { "," };
        let name = name(subject);
        write!(
            out,
            r#"{comma}"{name}":{{"polls":{{"start":"2026-01-01T00:00:00Z","every_seconds":5,"runs":["#
        )
        .ok(); // Writing to a String cannot fail.
        for (index, (seen, polls)) in runs(subject).into_iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(out, r#"{comma}["{}",{polls}]"#, WORDS[seen]).ok();
        }
        out.push_str("]}}");
    }
    write!(out, r#"}},"service":{}}}"#, service()).ok();
    out
}
