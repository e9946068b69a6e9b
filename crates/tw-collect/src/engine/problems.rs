//! What is wrong with a device's answers, kept until it has not been seen for a while.
//!
//! **Room:** layer 1, pure. **May use:** `tw-ingest`, `tw-units`. **Must not:** read a clock.

use tw_ingest::seen::Problem;
use tw_units::Timestamp;

/// The most problems of one device.
const PROBLEMS_MAX: usize = 32;
/// A problem that has not been seen for so long is over, in milliseconds.
const OVER_AFTER_MS: i64 = 15 * 60 * 1_000;

#[derive(Debug)]
struct Entry {
    code: &'static str,
    detail: String,
    since: Timestamp,
    last: Timestamp,
    count: u64,
}

/// The problems of one device.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    entries: Vec<Entry>,
    changed: bool,
}

impl Problems {
    /// Notes that a problem was seen. The detail is that of the first time.
    pub(crate) fn note(&mut self, code: &'static str, detail: &str, at: Timestamp) {
        if let Some(entry) = self.entries.iter_mut().find(|e| e.code == code) {
            entry.count += 1;
            entry.last = at;
            return;
        }
        if self.entries.len() < PROBLEMS_MAX {
            self.entries.push(Entry {
                code,
                detail: detail.to_owned(),
                since: at,
                last: at,
                count: 1,
            });
            self.changed = true;
        }
    }

    /// Ends problems that were not seen for long, unless they `stand` (a learned size).
    pub(crate) fn age(&mut self, at: Timestamp, stands: impl Fn(&str) -> bool) {
        let before = self.entries.len();
        self.entries
            .retain(|e| at.millis_since(e.last) < OVER_AFTER_MS || stands(e.code));
        self.changed |= self.entries.len() != before;
    }

    /// The list, when one came or went since it was last taken.
    pub(crate) fn take_changed(&mut self) -> Option<Vec<Problem>> {
        std::mem::take(&mut self.changed).then(|| {
            self.entries
                .iter()
                .map(|e| Problem {
                    code: e.code.to_owned(),
                    detail: e.detail.clone(),
                    since: e.since,
                    count: e.count,
                })
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_once_and_ends_after_a_while() {
        let mut problems = Problems::default();
        let start = Timestamp::EPOCH;
        problems.note("too_big", "56 varbinds", start);
        problems.note("too_big", "28 varbinds", start.plus_millis(10));
        let told = problems.take_changed().unwrap();
        assert_eq!((told.len(), told[0].count), (1, 2));
        assert_eq!(told[0].detail, "56 varbinds");
        assert_eq!(problems.take_changed(), None);
        problems.age(start.plus_millis(OVER_AFTER_MS * 2), |code| {
            code == "too_big"
        });
        assert_eq!(problems.take_changed(), None);
        problems.age(start.plus_millis(OVER_AFTER_MS * 2), |_| false);
        assert_eq!(problems.take_changed(), Some(vec![]));
    }
}
