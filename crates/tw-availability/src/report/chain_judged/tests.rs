//! Part 5 follows from the evidence that the report carries.
//!
//! **Room:** tests of `tw-availability`.

use super::super::{
    CodeRun, Draft, Fault, RecordedDevice, RecordedSensor, Report, TargetRow, WorkSpan, seal,
    seal::{own_digest, part_digests},
    tests::{draft, evidence, with_hole},
    to_bytes, verify,
};
use super::*;
use proptest::prelude::*;
use serde_json::json;

const MINUTE: i64 = 60_000;
const BYPASS: i64 = 4;

fn node(id: &str, kind: &str, more: &Value) -> Value {
    let mut node = json!({"id": id, "site": "vnta", "name": {"en": id}, "kind": kind,
        "valid_from": "2018-07-01"});
    let fields = node.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    let node: FacilityNode = serde_json::from_value(node).unwrap();
    serde_json::to_value(node).unwrap()
}

/// Two sides, each a generator and a UPS, and one load on both.
fn two_sides() -> Vec<Value> {
    let fed = |from: &str| json!({"inputs": [{"from": from}], "device": format!("dev-{from}")});
    vec![
        node("gen-a", "generator", &json!({})),
        node("gen-b", "generator", &json!({})),
        node(
            "load",
            "load",
            &json!({"inputs": [{"from": "ups-a"}, {"from": "ups-b"}]}),
        ),
        node("ups-a", "ups", &fed("gen-a")),
        node("ups-b", "ups", &fed("gen-b")),
    ]
}

/// Always up and on its normal source, but for ten minutes on bypass after `bypass_at`.
fn ups(period: Interval, bypass_at: Option<i64>) -> RecordedDevice {
    let (from, to) = (period.from.as_millis(), period.to.as_millis());
    let at = bypass_at.map_or(to, |at| from + at);
    let until = (at + 10 * MINUTE).min(to);
    let source = [
        CodeRun(from, at, 3),
        CodeRun(at, until, BYPASS),
        CodeRun(until, to, 3),
    ];
    RecordedDevice {
        up: vec![CodeRun(from, to, 1)],
        sensors: vec![RecordedSensor {
            name: "output-source".to_owned(),
            class: "state".to_owned(),
            words: [(3, "normal".to_owned()), (BYPASS, "bypass".to_owned())].into(),
            runs: source.into_iter().filter(|run| run.0 < run.1).collect(),
        }],
    }
}

fn chain() -> ChainEvidence {
    let period = evidence(&[]).period();
    let work = |from: i64| WorkSpan {
        from: period.from.plus_millis(from),
        to: period.from.plus_millis(from + 30 * MINUTE),
        components: vec!["ups-b".to_owned()],
    };
    ChainEvidence {
        shapes: vec![ShapeEvidence {
            from: "2026-09-01".to_owned(),
            to: "2026-09-30".to_owned(),
            nodes: two_sides(),
        }],
        devices: [
            ("dev-gen-a".to_owned(), ups(period, Some(100 * MINUTE))),
            ("dev-gen-b".to_owned(), ups(period, None)),
        ]
        .into(),
        works: vec![work(1_000 * MINUTE)],
    }
}

fn drafted() -> Draft {
    let mut evidence = evidence(&with_hole());
    evidence.chain = Some(chain());
    let mut draft = draft(evidence, "month end");
    draft.cover.targets = vec![TargetRow {
        standard: "uptime".to_owned(),
        level: "III".to_owned(),
        downtime_ppm: 180,
        valid_from: "2018-07-01".to_owned(),
    }];
    let known = (draft.evidence.period(), draft.evidence.as_of);
    let part = topology_part(&chain(), &draft.cover, known).unwrap();
    draft.attached.topology = Some(serde_json::to_value(part).unwrap());
    draft.topology_version = Some(chain_version(&two_sides()));
    draft
}

fn report() -> Report {
    seal(drafted(), None)
}

/// A report changed by somebody who also knows how to make its hashes fit.
fn forged(change: impl FnOnce(&mut Report)) -> Vec<Fault> {
    let mut report = report();
    change(&mut report);
    report.parts = part_digests(&serde_json::to_value(&report).unwrap());
    report.sha256 = own_digest(&serde_json::to_value(&report).unwrap());
    verify(&to_bytes(&report), &[]).1
}

#[test]
fn the_margin_of_the_month_is_what_the_recorded_states_give() {
    let report = report();
    let part: TopologyPart =
        serde_json::from_value(report.attached.topology.clone().unwrap()).unwrap();
    let month = report.evidence.period().millis();
    assert_eq!(part.shapes.len(), 1);
    assert_eq!(part.shapes[0].target_level.as_deref(), Some("III"));
    assert_eq!(part.shapes[0].design_margin, 1);
    // Ten minutes of bypass on one side, half an hour of work on the other.
    assert_eq!(part.margin.next_drops_ms, 40 * MINUTE);
    assert_eq!(part.margin.weakened_ms, 40 * MINUTE);
    assert_eq!(part.margin.survives_ms, month - 40 * MINUTE);
    assert_eq!(part.taken_as_declared, ["gen-a", "gen-b"]);
    assert_eq!(verify(&to_bytes(&report), &[]).1, []);
}

#[test]
fn a_figure_of_part_5_changed_with_all_its_hashes_is_found_and_named() {
    let topology = |report: &mut Report, path: &str, value: Value| {
        let part = report.attached.topology.as_mut().unwrap();
        *part.pointer_mut(path).unwrap() = value;
    };
    for (path, value, name) in [
        ("/margin/next_drops_ms", json!(0), "margin.next_drops_ms"),
        (
            "/shapes/0/highest_tier_consistent",
            json!(4),
            "shapes.0.highest_tier_consistent",
        ),
        ("/shapes/0/cases", json!([]), "shapes.0.cases.0"),
        ("/taken_as_declared", json!([]), "taken_as_declared.0"),
    ] {
        let faults = forged(|report| topology(report, path, value));
        assert_eq!(faults.len(), 1, "{path}: {faults:?}");
        assert_eq!(faults[0].part, "attached.topology");
        assert!(faults[0].why.contains(name), "{path}: {faults:?}");
    }
    let faults = forged(|report| report.attached.topology = None);
    assert_eq!(faults[0].part, "attached.topology", "{faults:?}");
    let faults = forged(|report| report.topology_version = Some("0".repeat(16)));
    assert_eq!(faults[0].part, "topology_version", "{faults:?}");
}

#[test]
fn a_changed_state_or_node_in_the_evidence_no_longer_gives_part_5() {
    let faults = forged(|report| {
        let chain = report.evidence.chain.as_mut().unwrap();
        chain.devices.get_mut("dev-gen-a").unwrap().sensors[0].runs[1].2 = 3;
    });
    assert!(faults[0].why.contains("margin"), "{faults:?}");
    let faults = forged(|report| {
        let chain = report.evidence.chain.as_mut().unwrap();
        chain.shapes[0].nodes.remove(1);
    });
    assert_eq!(faults[0].part, "evidence.chain", "{faults:?}");
    for (from, to) in [("2026-09-02", "2026-08-30"), ("soon", "2026-09-30")] {
        let faults = forged(|report| {
            let shape = &mut report.evidence.chain.as_mut().unwrap().shapes[0];
            (shape.from, shape.to) = (from.to_owned(), to.to_owned());
        });
        assert_eq!(faults[0].part, "evidence.chain", "{faults:?}");
    }
    let faults = forged(|report| {
        let chain = report.evidence.chain.as_mut().unwrap();
        chain.works[0].to = chain.works[0].from;
    });
    assert_eq!(faults[0].part, "evidence.chain", "{faults:?}");
}

#[test]
fn days_without_a_declared_chain_are_not_proven() {
    let mut chain = chain();
    chain.shapes[0].from = "2026-09-11".to_owned();
    let drafted = drafted();
    let known = (drafted.evidence.period(), drafted.evidence.as_of);
    let part = topology_part(&chain, &drafted.cover, known).unwrap();
    assert_eq!(part.margin.not_proven_ms, 10 * 1_440 * MINUTE);
}

#[test]
fn a_report_from_before_the_evidence_was_kept_still_holds_and_says_what_it_lacks() {
    assert!(!report().part_5_lacks_evidence());
    let mut draft = drafted();
    draft.evidence.chain = None;
    let old = seal(draft, None);
    let bytes = to_bytes(&old);
    assert!(
        !String::from_utf8(bytes.clone())
            .unwrap()
            .contains("\"chain\"")
    );
    let (read, faults) = verify(&bytes, &[]);
    assert_eq!(faults, []);
    assert!(read.unwrap().part_5_lacks_evidence());
    let mut none = drafted();
    none.evidence.chain = None;
    none.attached.topology = None;
    assert!(!seal(none, None).part_5_lacks_evidence());
}

#[test]
fn polls_become_runs_that_hold_for_two_and_a_half_periods() {
    let at = Timestamp::from_millis;
    let window = Interval::new(at(0), at(1_000)).unwrap();
    let runs = |polls: &[(i64, i64, i64)]| {
        let polls: Vec<_> = polls
            .iter()
            .map(|(from, last, code)| (at(*from), at(*last), 40, *code))
            .collect();
        CodeRun::of_polls(&polls, window)
    };
    assert_eq!(runs(&[(-50, 10, 1)]), [CodeRun(0, 110, 1)]);
    assert_eq!(
        runs(&[(0, 80, 1), (120, 160, 1), (200, 990, 2)]),
        [CodeRun(0, 200, 1), CodeRun(200, 1_000, 2)]
    );
    assert_eq!(
        runs(&[(0, 80, 1), (400, 400, 1)]),
        [CodeRun(0, 180, 1), CodeRun(400, 500, 1)],
        "silence is not bridged"
    );
    assert_eq!(runs(&[(1_200, 1_300, 1)]), []);
}

proptest! {
    #[test]
    fn a_run_tells_at_each_instant_what_the_last_poll_before_it_told(
        gaps in proptest::collection::vec((1_i64..200, 0_i64..200, 0_i64..3), 0..12),
        asked in 0_i64..3_000,
    ) {
        let at = Timestamp::from_millis;
        let mut polls = Vec::new();
        let mut now = 0;
        for (gap, length, code) in gaps {
            polls.push((at(now + gap), at(now + gap + length), 40, code));
            now += gap + length;
        }
        let window = Interval::new(at(0), at(3_000)).unwrap();
        let last = polls.iter().rfind(|poll| poll.0 <= at(asked));
        let wanted = last.filter(|poll| at(asked) < poll.1.plus_millis(100)).map(|poll| poll.3);
        prop_assert_eq!(code_at(&CodeRun::of_polls(&polls, window), at(asked)), wanted);
    }
}
