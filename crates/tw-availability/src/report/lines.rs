//! From evidence to the timelines of the witnesses: rules 3 to 5, proof and corrections.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** know anything that is not in
//! the evidence.

use super::evidence::{Evidence, EvidenceRun};
use crate::{
    observer::{Guard, counted, sound},
    polls::{PollRun, timeline_of_runs},
    timeline::{Timeline, join_observers},
};
use std::collections::BTreeMap;

/// The timeline of each witness: what every observer saw of it as far as that counts, joined;
/// doubt that the device itself removes is removed; what people stated replaces the rest.
pub(super) fn witness_lines(evidence: &Evidence) -> BTreeMap<String, Timeline> {
    let views = polled_lines(evidence).into_iter();
    let proven = |(name, line): (String, Timeline)| {
        let line = line
            .with_proof(&evidence.proven(&name))
            .with_statements(&evidence.stated(&name));
        (name, line)
    };
    views.map(proven).collect()
}

/// The timeline of each witness by polls alone.
pub fn polled_lines(evidence: &Evidence) -> BTreeMap<String, Timeline> {
    let observers = observers(evidence);
    let joined = |name: &String| {
        let own = observers
            .iter()
            .filter(|o| o.runs.contains_key(name.as_str()));
        let views: Vec<Timeline> = own.map(|o| o.line(name, evidence)).collect();
        (name.clone(), join_observers(&views))
    };
    evidence.witnesses.keys().map(joined).collect()
}

/// What one observer saw.
struct Observer<'a> {
    runs: BTreeMap<&'a str, &'a [EvidenceRun]>,
}

/// The site's own collector and everybody else.
fn observers(evidence: &Evidence) -> Vec<Observer<'_>> {
    let own = evidence.others.iter().chain(&evidence.witnesses);
    let own = own
        .map(|(name, runs)| (name.as_str(), runs.as_slice()))
        .collect();
    let mut further: BTreeMap<&str, Observer<'_>> = BTreeMap::new();
    for view in &evidence.views {
        let observer = further.entry(&view.observer).or_insert_with(|| Observer {
            runs: BTreeMap::new(),
        });
        observer.runs.insert(&view.subject, &view.runs);
    }
    let mut all = vec![Observer { runs: own }];
    all.extend(further.into_values());
    all
}

impl Observer<'_> {
    fn known(&self, name: &str, evidence: &Evidence) -> Vec<PollRun> {
        let runs = self.runs.get(name).copied().unwrap_or_default();
        runs.iter()
            .filter_map(|run| run.poll_run().seen_until(evidence.as_of))
            .collect()
    }

    fn line(&self, name: &str, evidence: &Evidence) -> Timeline {
        let mut runs = self.known(name, evidence);
        if let Some(guard) = evidence.guards.iter().find(|g| g.subject == name) {
            runs = counted(&runs, &self.sound(guard, evidence));
        }
        timeline_of_runs(&runs, evidence.stale_after_ms).known_until(evidence.as_of)
    }

    /// When failed polls of the guard's subject count for this observer. A canary is another
    /// device than the subject.
    fn sound(&self, guard: &Guard, evidence: &Evidence) -> Timeline {
        let lines = |names: &[String]| -> Vec<Timeline> {
            let others = names.iter().filter(|name| **name != guard.subject);
            others
                .map(|name| timeline_of_runs(&self.known(name, evidence), evidence.stale_after_ms))
                .collect()
        };
        let (canaries, upstream) = (lines(&guard.canaries), lines(&guard.upstream));
        sound(
            &canaries.iter().collect::<Vec<_>>(),
            &upstream.iter().collect::<Vec<_>>(),
        )
    }
}
