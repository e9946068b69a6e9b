//! A month closed, filled, closed again, and tampered with.
//!
//! **Room:** tests of `tw-availability`.

use super::*;
use crate::{
    observer::Guard,
    period,
    polls::PollRun,
    state::State,
    structure::Structure,
    target::{Target, Verdict},
};
use tw_units::Ppm;

const MINUTE: i64 = 60_000;

fn run(from: i64, minutes: i64, state: State) -> PollRun {
    let from = Timestamp::from_millis(from);
    PollRun {
        from,
        to: from.plus_millis((minutes - 1) * MINUTE),
        state,
        polls: minutes.unsigned_abs(),
        max_gap_ms: 60_000,
        period_ms: 60_000,
    }
}

pub(super) fn evidence(runs: &[PollRun]) -> Evidence {
    let zone = period::time_zone("Asia/Ho_Chi_Minh").unwrap();
    let month = period::month("2026-09", &zone).unwrap();
    let window = Evidence::window(month);
    let kept = runs.iter().filter_map(|r| EvidenceRun::of(r, window));
    Evidence {
        from: month.from,
        to: month.to,
        as_of: month.to.plus_millis(GRACE_MS),
        structure: Structure::Subject("pdu-a".to_owned()),
        witnesses: [("pdu-a".to_owned(), kept.collect())].into(),
        others: BTreeMap::new(),
        guards: Vec::new(),
        views: Vec::new(),
        mains: Vec::new(),
        proofs: Vec::new(),
        corrections: Vec::new(),
        targets: vec![Target {
            from: Timestamp::EPOCH,
            downtime_ppm: Ppm(180),
        }],
        maintenance: Vec::new(),
        earlier: Vec::new(),
        chain: None,
        stale_after_ms: None,
        merge_gap_ms: 300_000,
        min_outage_ms: 0,
    }
}

fn start() -> i64 {
    evidence(&[]).from.as_millis()
}

/// Up from a day before to a day after, but for ten minutes without data on the fifth day.
pub(super) fn with_hole() -> Vec<PollRun> {
    let hole = start() + 5 * 1_440 * MINUTE;
    vec![
        run(start() - 1_440 * MINUTE, 6 * 1_440, State::Up),
        run(hole + 10 * MINUTE, 27 * 1_440, State::Up),
    ]
}

/// The hole filled: up, two polls down, up.
fn filled() -> Vec<PollRun> {
    let hole = start() + 5 * 1_440 * MINUTE;
    let mut runs = with_hole();
    runs.extend([
        run(hole, 3, State::Up),
        run(hole + 3 * MINUTE, 2, State::Down),
        run(hole + 5 * MINUTE, 5, State::Up),
    ]);
    runs
}

pub(super) fn draft(evidence: Evidence, reason: &str) -> Draft {
    Draft {
        site: "vnta".to_owned(),
        month: "2026-09".to_owned(),
        status: Status::Final,
        closed_at: evidence.as_of,
        closed_by: "operator".to_owned(),
        reason: reason.to_owned(),
        engine: "tierwatch test".to_owned(),
        tzdb: "test".to_owned(),
        topology_version: None,
        cover: Cover {
            timezone: "Asia/Ho_Chi_Minh".to_owned(),
            site_name: Words {
                en: None,
                vi: Some("Cục Viễn thông".to_owned()),
            },
            ..Cover::default()
        },
        findings: find(&evidence).unwrap(),
        evidence,
        attached: Attached::default(),
    }
}

fn two_revisions() -> (Report, Report) {
    let first = seal(draft(evidence(&with_hole()), "month end"), None);
    let second = seal(draft(evidence(&filled()), "late readings"), Some(&first));
    (first, second)
}

#[test]
fn a_hole_is_indeterminate_until_its_readings_come() {
    let (first, second) = two_revisions();
    // 11 minutes between the two polls around the hole.
    assert_eq!(first.findings.result.unknown_ms, 11 * MINUTE);
    assert_eq!(first.findings.result.verdict, Some(Verdict::Indeterminate));
    assert_eq!(second.findings.result.unknown_ms, 0);
    assert_eq!(
        second.findings.result.downtime_ms,
        [MINUTE, 2 * MINUTE, 3 * MINUTE]
    );
    assert_eq!(second.findings.result.verdict, Some(Verdict::Met));
    assert_eq!(second.findings.incidents.len(), 1);
    assert_eq!(second.findings.incidents[0].from_plus_minus_ms, 30_000);
    assert_eq!(second.findings.incidents[0].to_plus_minus_ms, 30_000);
}

#[test]
fn the_second_revision_follows_the_first_and_tells_the_difference() {
    let (first, second) = two_revisions();
    assert_eq!((first.rev, second.rev), (1, 2));
    assert_eq!(second.prev_sha256.as_ref(), Some(&first.sha256));
    let unknown = second
        .difference
        .iter()
        .find(|c| c.field == "result.unknown_ms")
        .unwrap();
    assert_eq!(
        (&unknown.before, &unknown.after),
        (&660_000.into(), &0.into())
    );
    let (_, faults) = verify(&to_bytes(&first), &[]);
    assert_eq!(faults, []);
    let (read, faults) = verify(&to_bytes(&second), std::slice::from_ref(&first));
    assert_eq!(faults, []);
    assert_eq!(read, Some(second));
}

#[test]
fn one_changed_byte_anywhere_is_found() {
    let (_, second) = two_revisions();
    let good = to_bytes(&second);
    // Every third byte: the whole takes its time unoptimised.
    for at in (0..good.len()).step_by(3) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 7);
        let (_, faults) = verify(&bytes, &[]);
        assert!(!faults.is_empty(), "byte {at}: {}", bytes[at] as char);
    }
    for shorter in [good.len() - 1, good.len() / 2, 0] {
        assert!(!verify(&good[..shorter], &[]).1.is_empty());
    }
}

#[test]
fn a_figure_that_was_changed_with_all_its_hashes_is_found_by_working_it_out_again() {
    let (_, mut forged) = two_revisions();
    forged.findings.result.downtime_ms[2] -= 1;
    let value = serde_json::to_value(&forged).unwrap();
    forged.parts = seal::part_digests(&value);
    forged.sha256 = seal::own_digest(&serde_json::to_value(&forged).unwrap());
    let (_, faults) = verify(&to_bytes(&forged), &[]);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].part, "findings.result");
}

#[test]
fn a_revision_that_follows_another_one_is_found() {
    let (first, second) = two_revisions();
    let mut other = draft(evidence(&with_hole()), "another story");
    other.closed_by = "somebody".to_owned();
    let other = seal(other, None);
    let (_, faults) = verify(&to_bytes(&second), &[other]);
    assert!(faults.iter().any(|f| f.part == "revisions"), "{faults:?}");
    let (_, faults) = verify(&to_bytes(&second), &[first]);
    assert_eq!(faults, []);
}

#[test]
fn a_run_that_goes_on_after_the_month_does_not_change_it() {
    let mut later = with_hole();
    later[1] = run(later[1].from.as_millis(), 90 * 1_440, State::Up);
    assert_eq!(evidence(&with_hole()), evidence(&later));
}

#[test]
fn a_proof_shrinks_doubt_and_a_correction_says_who_stated_what() {
    let mut asked = evidence(&with_hole());
    let hole = start() + 5 * 1_440 * MINUTE;
    asked.proofs.push(Proof {
        subject: "pdu-a".to_owned(),
        from: Timestamp::from_millis(hole - 3 * MINUTE),
        to: Timestamp::from_millis(hole + 20 * MINUTE),
        kind: "sysUpTime".to_owned(),
    });
    let found = find(&asked).unwrap();
    assert_eq!(found.result.unknown_ms, 0);
    assert_eq!(found.result.verdict, Some(Verdict::Met));
    asked.corrections.push(Correction {
        id: "c1".to_owned(),
        subject: "pdu-a".to_owned(),
        from: Timestamp::from_millis(hole),
        to: Timestamp::from_millis(hole + 8 * MINUTE),
        state: State::Down,
        reason: "the breaker's log".to_owned(),
        author: "operator".to_owned(),
        approver: None,
        recorded_at: asked.as_of,
    });
    let found = find(&asked).unwrap();
    assert_eq!(found.result.downtime_ms, [8 * MINUTE; 3]);
    assert_eq!(found.result.verdict, Some(Verdict::Missed));
}

#[test]
fn planned_work_that_drops_the_load_is_a_breach_in_the_register() {
    let hole = start() + 5 * 1_440 * MINUTE;
    let mut asked = evidence(&filled());
    asked.maintenance.push(Window {
        id: "m1".to_owned(),
        what: "UPS A".to_owned(),
        from: Timestamp::from_millis(hole),
        to: Timestamp::from_millis(hole + 10 * MINUTE),
        approved_at: Some(Timestamp::from_millis(hole - 1)),
        approved_by: Some("chief".to_owned()),
        override_reason: None,
    });
    let found = find(&asked).unwrap();
    assert!(found.maintenance[0].breach);
    assert_eq!(found.result.planned_ms, 2 * MINUTE);
    assert_eq!(found.protection.maintainability_breaches, 1);
    assert!(found.strip.iter().any(|s| s.2 == SpanState::Planned));
}

fn no_floats(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_i64() || number.is_u64(),
        Value::Array(items) => items.iter().all(no_floats),
        Value::Object(map) => map.values().all(no_floats),
        _ => true,
    }
}

#[test]
fn the_strip_has_no_holes_and_a_report_no_floating_number() {
    let (_, report) = two_revisions();
    let strip = &report.findings.strip;
    assert_eq!(strip[0].0, report.evidence.from.as_millis());
    assert_eq!(strip.last().unwrap().1, report.evidence.to.as_millis());
    assert!(
        strip
            .windows(2)
            .all(|w| w[0].1 == w[1].0 && w[0].2 != w[1].2)
    );
    assert!(no_floats(&serde_json::to_value(&report).unwrap()));
}

#[test]
fn the_year_so_far_is_the_sum_of_its_months() {
    let mut asked = evidence(&filled());
    asked.earlier.push(EarlierMonth {
        month: "2026-07".to_owned(),
        rev: 1,
        sha256: "0".repeat(64),
        period_ms: 31 * 1_440 * MINUTE,
        downtime_ms: [0, MINUTE, 2 * MINUTE],
        unknown_ms: 5 * MINUTE,
    });
    let year = find(&asked).unwrap().result.year_to_date;
    assert_eq!((year.months, year.months_missing), (2, 1));
    assert_eq!(year.downtime_ms, [MINUTE, 3 * MINUTE, 5 * MINUTE]);
    assert_eq!(year.unknown_ms, 5 * MINUTE);
}

/// Two witnesses and what else is polled, for the rules of observers.
fn asked_of(structure: &str, witnesses: &[(&str, &[PollRun])]) -> Evidence {
    let mut asked = evidence(&[]);
    asked.structure = serde_json::from_str(structure).unwrap();
    let of = |(name, runs): &(&str, &[PollRun])| ((*name).to_owned(), kept(&asked, runs));
    let witnesses = witnesses.iter().map(of).collect();
    asked.witnesses = witnesses;
    asked
}

fn kept(asked: &Evidence, runs: &[PollRun]) -> Vec<EvidenceRun> {
    let window = Evidence::window(asked.period());
    let cut = runs.iter().filter_map(|r| EvidenceRun::of(r, window));
    cut.collect()
}

/// Up, but for ten polls on the fifth day.
fn with_outage() -> Vec<PollRun> {
    let down = start() + 5 * 1_440 * MINUTE;
    vec![
        run(start() - 1_440 * MINUTE, 6 * 1_440, State::Up),
        run(down, 10, State::Down),
        run(down + 10 * MINUTE, 27 * 1_440, State::Up),
    ]
}

fn guard(canaries: &[&str], upstream: &[&str]) -> Guard {
    let names = |all: &[&str]| all.iter().map(|n| (*n).to_owned()).collect();
    Guard {
        subject: "a".to_owned(),
        canaries: names(canaries),
        upstream: names(upstream),
    }
}

#[test]
fn a_witness_without_data_is_not_proven_neither_up_nor_down() {
    let whole = [run(start() - MINUTE, 31 * 1_440, State::Up)];
    let both = asked_of(r#"{"all": ["a", "b"]}"#, &[("a", &whole), ("b", &[])]);
    let found = judge(&both).unwrap().assessment;
    assert_eq!(found.tally.unknown_ms, both.period().millis());
    assert_eq!(found.verdict, Some(Verdict::Indeterminate));
    let one = asked_of(r#"{"any": ["a", "b"]}"#, &[("a", &whole), ("b", &[])]);
    let found = judge(&one).unwrap().assessment;
    assert_eq!(found.verdict, Some(Verdict::Met));
    assert_eq!(found.tally.redundancy_unproven_ms, one.period().millis());
}

#[test]
fn what_lies_after_as_of_is_unknown() {
    let mut asked = evidence(&[run(start() - MINUTE, 31 * 1_440, State::Up)]);
    asked.as_of = Timestamp::from_millis(start() + 6 * 60 * MINUTE);
    let found = judge(&asked).unwrap().assessment;
    let known = found.tally.known_ms();
    assert_eq!(known, 6 * 60 * MINUTE);
    assert_eq!(found.verdict, Some(Verdict::Indeterminate));
}

#[test]
fn a_failed_poll_counts_only_when_a_canary_answered_and_the_way_is_open() {
    let up = [run(start() - MINUTE, 31 * 1_440, State::Up)];
    let silent = with_outage();
    let down_ms = |canaries: &[&str], upstream: &[&str]| {
        let mut asked = asked_of(r#""a""#, &[("a", &silent)]);
        asked.others = [
            ("well".to_owned(), kept(&asked, &up)),
            ("sick".to_owned(), kept(&asked, &silent)),
        ]
        .into();
        asked.guards = vec![guard(canaries, upstream)];
        let found = find(&asked).unwrap().result;
        (found.downtime_ms[1] / MINUTE, found.unknown_ms / MINUTE)
    };
    assert_eq!(down_ms(&[], &[]), (10, 0));
    assert_eq!(down_ms(&["well", "sick"], &[]), (10, 0));
    assert_eq!(down_ms(&["sick"], &[]), (0, 11), "the collector was sick");
    assert_eq!(down_ms(&["well"], &["sick"]), (0, 11), "the way was closed");
    assert_eq!(
        down_ms(&["well"], &["sick", "well"]),
        (10, 0),
        "another way"
    );
    assert_eq!(down_ms(&["a"], &[]), (10, 0), "nobody is one's own canary");
}

#[test]
fn one_observer_that_saw_it_up_is_enough_and_a_sick_one_cannot_make_it_down() {
    let up = [run(start() - MINUTE, 31 * 1_440, State::Up)];
    let silent = with_outage();
    let mut asked = asked_of(r#""a""#, &[("a", &silent)]);
    let view = |asked: &Evidence, subject: &str, runs: &[PollRun]| View {
        observer: "second".to_owned(),
        subject: subject.to_owned(),
        runs: kept(asked, runs),
    };
    asked.views = vec![view(&asked, "a", &up)];
    let found = find(&asked).unwrap().result;
    assert_eq!((found.downtime_ms[2], found.unknown_ms), (0, 0));
    // Both saw it silent, and the second one is well: it was down.
    asked.views = vec![view(&asked, "a", &silent), view(&asked, "canary", &up)];
    asked.guards = vec![guard(&["canary"], &[])];
    let found = find(&asked).unwrap().result;
    assert_eq!(found.downtime_ms[1], 10 * MINUTE);
    // Neither has heard a canary: nothing is known.
    asked.views = vec![view(&asked, "a", &silent), view(&asked, "canary", &silent)];
    let found = find(&asked).unwrap().result;
    assert_eq!((found.downtime_ms[1], found.unknown_ms), (0, 11 * MINUTE));
    let report = seal(draft(asked, "month end"), None);
    assert_eq!(verify(&to_bytes(&report), &[]).1, []);
}
