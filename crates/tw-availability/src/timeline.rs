//! The timeline of one subject: which mark holds from when.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** say anything about a time for
//! which nobody gave a mark: there it is unknown.

use crate::state::Mark;
use tw_units::{Interval, Timestamp};

/// From `at` on, until the next step, `mark` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The first instant.
    pub at: Timestamp,
    /// What holds.
    pub mark: Mark,
}

/// Marks over all time. Before the first step it is unknown; steps are in order of time and
/// neighbours differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    steps: Vec<Step>,
}

impl Timeline {
    /// From marked intervals in order of time that do not overlap; between them it is unknown.
    pub(crate) fn from_ordered(pieces: impl IntoIterator<Item = (Interval, Mark)>) -> Self {
        let mut line = Self::default();
        let mut end: Option<Timestamp> = None;
        for (piece, mark) in pieces {
            if let Some(end) = end.filter(|end| *end < piece.from) {
                line.push(end, Mark::Unknown);
            }
            line.push(piece.from, mark);
            end = Some(piece.to);
        }
        if let Some(end) = end {
            line.push(end, Mark::Unknown);
        }
        line
    }

    /// From intervals with a mark each and the mark that holds everywhere else. Where two
    /// intervals contradict each other it is unknown.
    pub fn from_intervals(pieces: &[(Interval, Mark)], otherwise: Mark) -> Self {
        let mut cuts: Vec<Timestamp> = pieces.iter().flat_map(|(i, _)| [i.from, i.to]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut sorted = pieces.to_vec();
        sorted.sort_unstable();
        let mut line = Self::default();
        line.push(Timestamp::from_millis(i64::MIN), otherwise);
        let mut open: Vec<(Interval, Mark)> = Vec::new();
        let mut coming = sorted.into_iter().peekable();
        for cut in cuts {
            open.retain(|(i, _)| i.to > cut);
            while let Some(next) = coming.next_if(|(i, _)| i.from <= cut) {
                open.push(next);
            }
            let mark = match open.first() {
                None => otherwise,
                Some((_, first)) if open.iter().all(|(_, m)| m == first) => *first,
                Some(_) => Mark::Unknown,
            };
            line.push(cut, mark);
        }
        line
    }

    /// The steps in order of time.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The mark that holds at `instant`.
    pub fn at(&self, instant: Timestamp) -> Mark {
        let after = self.steps.partition_point(|step| step.at <= instant);
        after
            .checked_sub(1)
            .and_then(|i| self.steps.get(i))
            .map_or(Mark::Unknown, |step| step.mark)
    }

    /// What was known at `as_of`: everything later is unknown.
    #[must_use]
    pub fn known_until(mut self, as_of: Timestamp) -> Self {
        self.steps.retain(|step| step.at < as_of);
        self.push(as_of, Mark::Unknown);
        self
    }

    /// Device-held evidence (an uptime counter that covers the gap): inside `proven` the subject
    /// ran, so what nobody polled there becomes up. It overrules no poll: a failed one stays down
    /// and its edges stay in doubt, for a device that ran may have been out of reach.
    #[must_use]
    pub fn with_proof(&self, proven: &[Interval]) -> Self {
        let pieces: Vec<_> = proven.iter().map(|i| (*i, Mark::Up)).collect();
        let proof = Self::from_intervals(&pieces, Mark::Unknown);
        combine(&[self, &proof], |marks| match marks {
            [Mark::Unknown, Mark::Up] => Mark::Up,
            [own, ..] => *own,
            [] => Mark::Unknown,
        })
    }

    /// What people stated replaces what polls saw; a later statement replaces an earlier one.
    #[must_use]
    pub fn with_statements(&self, stated: &[(Interval, Mark)]) -> Self {
        stated.iter().fold(self.clone(), |line, (span, mark)| {
            let after = line.at(span.to);
            let mut out = Self::default();
            for step in line.steps.iter().filter(|step| step.at < span.from) {
                out.push(step.at, step.mark);
            }
            out.push(span.from, *mark);
            out.push(span.to, after);
            for step in line.steps.iter().filter(|step| step.at > span.to) {
                out.push(step.at, step.mark);
            }
            out
        })
    }

    pub(crate) fn push(&mut self, at: Timestamp, mark: Mark) {
        if self.steps.last().is_some_and(|last| last.at == at) {
            self.steps.pop();
        }
        let holds = self.steps.last().map_or(Mark::Unknown, |last| last.mark);
        if holds != mark {
            self.steps.push(Step { at, mark });
        }
    }
}

/// One subject seen by several observers (rule 5): any that sees it up makes it up; it is down
/// when a healthy observer saw it down and nobody saw it up; else unknown.
pub fn join_observers(views: &[Timeline]) -> Timeline {
    let views: Vec<&Timeline> = views.iter().collect();
    combine(&views, |marks| {
        let seen = |wanted: Mark| marks.contains(&wanted);
        [Mark::Up, Mark::EdgeUp, Mark::EdgeDown, Mark::Down]
            .into_iter()
            .find(|mark| seen(*mark))
            .unwrap_or(Mark::Unknown)
    })
}

/// Several lines as one, by what `joined` makes of their marks at each instant.
pub(crate) fn combine(lines: &[&Timeline], joined: impl Fn(&[Mark]) -> Mark) -> Timeline {
    let mut events: Vec<(Timestamp, usize, Mark)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        events.extend(line.steps.iter().map(|s| (s.at, index, s.mark)));
    }
    events.sort_unstable_by_key(|(at, index, _)| (*at, *index));
    let mut marks = vec![Mark::Unknown; lines.len()];
    let mut out = Timeline::default();
    out.push(Timestamp::from_millis(i64::MIN), joined(&marks));
    for (at, index, mark) in events {
        marks[index] = mark;
        out.push(at, joined(&marks));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(from: i64, to: i64) -> Interval {
        Interval::new(Timestamp::from_seconds(from), Timestamp::from_seconds(to)).unwrap()
    }

    fn line(pieces: &[(i64, i64, Mark)]) -> Timeline {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|(a, b, m)| (interval(*a, *b), *m))
            .collect();
        Timeline::from_intervals(&pieces, Mark::Unknown)
    }

    #[track_caller]
    fn check(line: &Timeline, second: i64, expect: Mark) {
        assert_eq!(
            line.at(Timestamp::from_seconds(second)),
            expect,
            "at {second}"
        );
    }

    #[test]
    fn outside_of_all_evidence_it_is_unknown() {
        let l = line(&[(10, 20, Mark::Up)]);
        check(&l, 9, Mark::Unknown);
        check(&l, 10, Mark::Up);
        check(&l, 20, Mark::Unknown);
    }

    #[test]
    fn contradicting_intervals_are_unknown_where_they_overlap() {
        let l = line(&[(0, 10, Mark::Up), (5, 15, Mark::Down)]);
        check(&l, 4, Mark::Up);
        check(&l, 7, Mark::Unknown);
        check(&l, 12, Mark::Down);
    }

    #[test]
    fn what_came_after_as_of_is_not_known() {
        let l = line(&[(0, 10, Mark::Up), (10, 20, Mark::Down)])
            .known_until(Timestamp::from_seconds(12));
        check(&l, 11, Mark::Down);
        check(&l, 12, Mark::Unknown);
    }

    #[test]
    fn one_observer_that_sees_it_up_is_enough_and_a_blind_one_says_nothing() {
        let near = line(&[(0, 10, Mark::Down), (10, 20, Mark::Up)]);
        let far = line(&[(0, 5, Mark::Up), (15, 20, Mark::Down)]);
        let joined = join_observers(&[near.clone(), far.clone()]);
        check(&joined, 2, Mark::Up);
        check(&joined, 7, Mark::Down);
        check(&joined, 17, Mark::Up);
        assert_eq!(join_observers(&[far, near]), joined);
    }

    #[test]
    fn device_held_evidence_shrinks_doubt_and_never_hides_an_outage() {
        let l = line(&[(0, 10, Mark::Up), (20, 30, Mark::Down)]);
        let proven = l.with_proof(&[interval(10, 25)]);
        check(&proven, 15, Mark::Up);
        check(&proven, 22, Mark::Down);
        check(&proven, 30, Mark::Unknown);
    }
}
