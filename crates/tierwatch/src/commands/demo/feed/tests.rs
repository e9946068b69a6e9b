//! The half year of the change of target, as the model case's history tells it.
//!
//! **Room:** tests of layer 3.

use super::*;
use std::collections::BTreeMap;
use tw_availability::{
    PollRun, Question, State, Timeline, Verdict, assess, month, service_timeline, time_zone,
    timeline_of_runs,
};
use tw_units::WallClock;

fn model_case() -> Register {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory");
    tw_config::load(std::path::Path::new(folder))
        .unwrap()
        .register
}

fn poll_run(run: &StateRun) -> PollRun {
    PollRun {
        from: run.from,
        to: run.to,
        state: if run.state == 1 {
            State::Up
        } else {
            State::Down
        },
        polls: run.polls,
        max_gap_ms: run.max_gap_ms,
        period_ms: run.period_ms,
    }
}

#[test]
fn in_2018_one_month_is_forgiven_by_the_old_target_and_one_not_by_the_new() {
    let register = model_case();
    let now: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
    let world = World::new(register.clone(), 1, WallClock::new(move || now));
    let past = tw_sim::incident::change_of_target();
    let site: SiteId = "vnta".parse().unwrap();
    let all = records(
        Slice::Change,
        (&world, &register),
        &mut Pasts::new(),
        (&site, past),
    );
    let mut witnesses: BTreeMap<String, Vec<PollRun>> = BTreeMap::new();
    for record in &all {
        let Record::Run(run) = record else {
            panic!("states only: {record:?}");
        };
        if run.metric == "tierwatch_device_up" {
            let own = witnesses.entry(run.target.0.clone()).or_default();
            own.push(poll_run(run));
        }
    }
    let declared = &register.sites["vnta"];
    let structure = declared.availability.clone().unwrap();
    witnesses.retain(|id, _| structure.devices().iter().any(|d| d.as_str() == id));
    let lines: BTreeMap<String, Timeline> = witnesses
        .iter()
        .map(|(id, runs)| (id.clone(), timeline_of_runs(runs, None)))
        .collect();
    let service = service_timeline(&(&structure).into(), &lines).unwrap();
    let zone = time_zone("Asia/Ho_Chi_Minh").unwrap();
    let verdict = |name: &str| {
        let question = Question {
            period: month(name, &zone).unwrap(),
            targets: tw_availability::targets_of(&declared.tier_targets, &zone),
            maintenance: Vec::new(),
            merge_gap_ms: 0,
            min_outage_ms: 0,
            resolution_ms: None,
        };
        let found = assess(&service, &question);
        (found.verdict.unwrap(), found.segments[0].downtime_ppm.0)
    };
    assert_eq!(verdict("2018-05"), (Verdict::Met, 2_590), "95 minutes");
    assert_eq!(verdict("2018-06"), (Verdict::Met, 2_590));
    assert_eq!(verdict("2018-07"), (Verdict::Met, 180));
    assert_eq!(verdict("2018-08"), (Verdict::Missed, 180), "13 minutes");
    assert_eq!(verdict("2018-09"), (Verdict::Indeterminate, 180));
    // A site whose target did not change has no such history.
    let other: SiteId = "mic".parse().unwrap();
    let none = records(
        Slice::Change,
        (&world, &register),
        &mut Pasts::new(),
        (&other, past),
    );
    assert_eq!(none, []);
}
