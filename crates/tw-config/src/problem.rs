//! What is wrong in a file, where, and what would be right.
//!
//! **Room:** layer 1. **May use:** nothing of ours.

use serde::Serialize;
use std::{collections::BTreeSet, fmt};

/// No more problems than this are listed; the rest is counted.
pub const PROBLEMS_MAX: usize = 1_000;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file, as it was named on the command line.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// Where in the file, as `devices[vnta-core-1].rack.u`; `-` for the file itself.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub allowed: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            key,
            message,
            allowed,
        } = self;
        write!(f, "{file}:{line}: {key}: {message}; allowed: {allowed}")
    }
}

/// Everything that is wrong, ordered by file and line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Problems {
    /// The first [`PROBLEMS_MAX`].
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub dropped: usize,
}

impl Problems {
    /// Sorts, keeps one problem to a place, and counts what is beyond the limit.
    ///
    /// One problem to a place: what cannot be read is not also complained about for what it
    /// would have meant.
    pub(crate) fn of(found: Vec<Problem>) -> Self {
        let mut seen = BTreeSet::new();
        let mut problems = found;
        problems.retain(|p| seen.insert((p.file.clone(), p.line, p.key.clone())));
        problems.sort();
        let dropped = problems.len().saturating_sub(PROBLEMS_MAX);
        problems.truncate(PROBLEMS_MAX);
        Self { problems, dropped }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        if self.dropped > 0 {
            writeln!(f, "and {} more", self.dropped)?;
        }
        Ok(())
    }
}
