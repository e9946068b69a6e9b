//! What is wrong with a device's answers, kept until it has not been seen for a while.
//!
//! **Room:** layer 1, pure. **May use:** `tw-ingest`, `tw-units`. **Must not:** read a clock.

use tw_ingest::seen::Problem;
use tw_units::Timestamp;

/// The most problems of one device.
const PROBLEMS_MAX: usize = 32;
/// A problem that has not been seen for so long is over, in milliseconds.
const OVER_AFTER_MS: i64 = 15 * 60 * 1_000;

/// Every code that the engine notes. The console has words for each in both languages; a code
/// that is not here fails the first test that meets it.
pub(crate) const CODES: [&str; 13] = [
    "auth_failed",
    "bad_text",
    "no_ping",
    "oid_not_increasing",
    "oversized",
    "rebooted",
    "reindexed",
    "silent_on_bulk",
    "slow",
    "too_big",
    "too_many_rows",
    "truncated",
    "wrong_request_id",
];

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
        debug_assert!(CODES.contains(&code), "{code} is missing in the list");
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
    fn every_code_has_words_in_both_languages() {
        let words = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../dashboards/console/src/lib/i18n"
        );
        for language in ["en", "vi"] {
            let text = std::fs::read_to_string(format!("{words}/{language}.ts")).unwrap();
            let (_, from) = text.split_once("problemCode: {").unwrap();
            let (list, _) = from.split_once('}').unwrap();
            for code in CODES {
                let key = format!(" {code}: '");
                assert!(list.contains(&key), "{language}.ts has no words for {code}");
            }
        }
    }

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
