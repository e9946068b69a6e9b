//! A site's availability from its load witnesses: the question the server asks.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** know where the runs are kept.

use crate::{
    assessment::{Assessment, Question, assess},
    planned::MaintenanceWindow,
    polls::{PollRun, timeline_of_runs},
    structure::{Structure, StructureError},
    sweep::service_timeline,
    target::Target,
};
use std::collections::BTreeMap;
use tw_units::{Interval, Timestamp};

/// Everything that the figure stands on.
#[derive(Clone, Debug)]
pub struct SiteQuestion {
    /// The runs of each load witness, in any order. A witness without a run is unknown.
    pub witnesses: BTreeMap<String, Vec<PollRun>>,
    /// What the load needs; every witness, when the site's file names nothing.
    pub structure: Option<Structure>,
    /// The targets by valid time.
    pub targets: Vec<Target>,
    /// The period, whole: what lies after `as_of` is unknown. For "so far", end it at `as_of`.
    pub period: Interval,
    /// A gap longer than this is unknown, in milliseconds; 2.5 periods when not given.
    pub stale_after_ms: Option<u64>,
    /// What was seen later does not count.
    pub as_of: Timestamp,
    /// Work on the site's load.
    pub maintenance: Vec<MaintenanceWindow>,
}

/// Judges a site. Outages closer than five minutes are one incident.
pub fn site_availability(question: &SiteQuestion) -> Result<Assessment, StructureError> {
    let structure = question
        .structure
        .clone()
        .unwrap_or_else(|| Structure::all_of(question.witnesses.keys().cloned()));
    let timelines = question
        .witnesses
        .iter()
        .map(|(name, runs)| {
            let known: Vec<PollRun> = runs
                .iter()
                .filter_map(|r| r.seen_until(question.as_of))
                .collect();
            let line = timeline_of_runs(&known, question.stale_after_ms);
            (name.clone(), line.known_until(question.as_of))
        })
        .collect();
    let service = service_timeline(&structure, &timelines)?;
    let used = structure.subjects();
    let periods = question
        .witnesses
        .iter()
        .filter(|(name, _)| used.contains(name.as_str()))
        .flat_map(|(_, runs)| runs.iter().map(|r| r.period_ms));
    let asked = Question {
        period: question.period,
        targets: question.targets.clone(),
        maintenance: question.maintenance.clone(),
        merge_gap_ms: MERGE_GAP_MS,
        min_outage_ms: 0,
        resolution_ms: periods.max(),
    };
    Ok(assess(&service, &asked))
}

const MERGE_GAP_MS: i64 = 300_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{state::State, target::Verdict};
    use tw_units::Ppm;

    const HOUR_MS: i64 = 3_600_000;

    fn run(from_minute: i64, to_minute: i64, state: State) -> PollRun {
        PollRun {
            from: Timestamp::from_seconds(from_minute * 60),
            to: Timestamp::from_seconds(to_minute * 60),
            state,
            polls: u64::try_from(to_minute - from_minute + 1).unwrap(),
            max_gap_ms: 60_000,
            period_ms: 60_000,
        }
    }

    fn question(witnesses: &[(&str, &[PollRun])], structure: Option<&str>) -> SiteQuestion {
        SiteQuestion {
            witnesses: witnesses
                .iter()
                .map(|(name, runs)| ((*name).to_owned(), runs.to_vec()))
                .collect(),
            structure: structure.map(|s| serde_json::from_str(s).unwrap()),
            targets: vec![Target {
                from: Timestamp::EPOCH,
                downtime_ppm: Ppm(180),
            }],
            period: Interval::new(Timestamp::EPOCH, Timestamp::from_millis(24 * HOUR_MS)).unwrap(),
            stale_after_ms: None,
            as_of: Timestamp::from_millis(48 * HOUR_MS),
            maintenance: Vec::new(),
        }
    }

    #[test]
    fn a_witness_without_data_is_not_proven_neither_up_nor_down() {
        let whole = [run(0, 1_440, State::Up)];
        let got = site_availability(&question(&[("a", &whole), ("b", &[])], None)).unwrap();
        assert_eq!(got.tally.unknown_ms, 24 * HOUR_MS);
        assert_eq!(got.verdict, Some(Verdict::Indeterminate));
        assert_eq!(got.availability.point, None);
    }

    #[test]
    fn the_structure_of_the_site_decides() {
        let whole = [run(0, 1_440, State::Up)];
        let asked = question(&[("a", &whole), ("b", &[])], Some(r#"{"any": ["a", "b"]}"#));
        let got = site_availability(&asked).unwrap();
        assert_eq!(got.verdict, Some(Verdict::Met));
        assert_eq!(got.tally.redundancy_unproven_ms, 24 * HOUR_MS);
    }

    #[test]
    fn what_lies_after_as_of_is_unknown() {
        let runs = [run(0, 1_440, State::Up)];
        let mut asked = question(&[("a", &runs)], None);
        asked.as_of = Timestamp::from_millis(6 * HOUR_MS);
        let got = site_availability(&asked).unwrap();
        assert_eq!(got.tally.unknown_ms, 18 * HOUR_MS);
        assert_eq!(got.verdict, Some(Verdict::Indeterminate));
    }

    #[test]
    fn without_a_witness_there_is_no_answer() {
        let error = site_availability(&question(&[], None)).unwrap_err();
        assert!(matches!(error, StructureError::Empty { .. }));
    }
}
