//! Small registers against small observations.
//!
//! **Room:** tests of layer 0.

use super::*;
use crate::{evidence::Confidence, evidence::EvidenceKind, range::DateRange};
use proptest::prelude::*;
use tw_model::{DateKind, Day, Word};

const NOW: i64 = 1_795_000_000_000;

fn at(days_ago: i64) -> Timestamp {
    Timestamp::from_millis(NOW - days_ago * 86_400_000)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// An asset as `tag model serial site`, `-` for what is not recorded.
fn asset(line: &str) -> RecordedAsset {
    let words: Vec<&str> = line.split(' ').collect();
    let known = |at: usize| {
        words
            .get(at)
            .filter(|w| **w != "-")
            .map(|w| (*w).to_owned())
    };
    RecordedAsset {
        tag: words[0].parse().unwrap(),
        device: Some(format!("d-{}", words[0])),
        polled: true,
        keys: Keys {
            tag: Some(words[0].to_owned()),
            manufacturer: Some("Cisco".to_owned()),
            part: known(1),
            serials: known(2).into_iter().collect(),
            hostname: Some(format!("d-{}", words[0])),
            ..Keys::default()
        },
        status: AssetStatus::Deployed,
        site: known(3).map(|site| site.parse().unwrap()),
        firmware: None,
        dates: vec![],
    }
}

/// What answers, as `target model serial site`.
fn seen(line: &str) -> SeenDevice {
    let words: Vec<&str> = line.split(' ').collect();
    let known = |at: usize| {
        words
            .get(at)
            .filter(|w| **w != "-")
            .map(|w| (*w).to_owned())
    };
    SeenDevice {
        target: words[0].to_owned(),
        keys: Keys {
            manufacturer: Some("Cisco Systems".to_owned()),
            part: known(1),
            serials: known(2).into_iter().collect(),
            hostname: Some(words[0].to_owned()),
            ..Keys::default()
        },
        firmware: None,
        collected: at(0),
        answering: true,
        whereabouts: known(3).map(|site| Whereabouts {
            site: site.parse().unwrap(),
            because: vec!["a neighbour".to_owned()],
        }),
        before: None,
        evidence: vec![],
    }
}

fn ask(
    recorded: &[RecordedAsset],
    seen: &[SeenDevice],
    silent: &[(&str, Silence)],
) -> Vec<Discrepancy> {
    let silent = silent
        .iter()
        .map(|(target, s)| ((*target).to_owned(), *s))
        .collect();
    reconcile(&Reconciliation {
        recorded,
        seen,
        silent: &silent,
        not_seen_days: NOT_SEEN_DAYS,
    })
}

/// The lines `kind subject recorded → observed, proposal`.
fn lines(found: &[Discrepancy]) -> String {
    let line = |one: &Discrepancy| {
        let subject = one.asset.as_ref().map(ToString::to_string);
        let subject = subject.or_else(|| one.target.clone()).unwrap_or_default();
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        let (recorded, observed) = (text(&one.recorded), text(&one.observed));
        format!(
            "{} {subject} {recorded} → {observed}, {}",
            one.kind, one.proposal
        )
    };
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(recorded: &[&str], shown: &[&str], expect: &str) {
    let recorded: Vec<_> = recorded.iter().map(|line| asset(line)).collect();
    let shown: Vec<_> = shown.iter().map(|line| seen(line)).collect();
    assert_eq!(lines(&ask(&recorded, &shown, &[])), expect);
}

#[test]
fn what_agrees_is_no_discrepancy() {
    check(
        &["A C9300-24T FOC1 vnta"],
        &["d-A C9300-24T foc-1 vnta"],
        "",
    );
    check(&["A C9300-24T - -"], &["d-A - FOC1 mic"], "");
    check(&["A - - vnta"], &["d-A C9300 - -"], "");
}

#[test]
fn each_field_that_differs_is_told_once() {
    check(
        &["A C9300-24T FOC1 vnta"],
        &["d-A C9500-24Y4C FOC1 mic"],
        "model_differs A C9300-24T → C9500-24Y4C, correct_register\n\
         location_differs A vnta → mic, correct_register",
    );
    check(
        &["A C9300-24T FOC1 vnta"],
        &["d-A C9500-24Y4C FOC9 vnta"],
        "serial_changed A FOC1 → FOC9, correct_register",
    );
}

#[test]
fn a_swapped_chassis_is_recognised_by_its_place_and_its_mac_addresses() {
    let mut other = seen("d-A C9300-24T FOC9 vnta");
    other.before = Some(Before {
        serial: "FOC1".to_owned(),
        until: at(1),
        macs_shared: 26,
        macs: 26,
    });
    let found = ask(
        &[asset("A C9300-24T FOC1 vnta")],
        std::slice::from_ref(&other),
        &[],
    );
    assert_eq!(
        lines(&found),
        "serial_changed A FOC1 → FOC9, hardware_swapped"
    );
    let told: Vec<&str> = found[0].evidence.iter().map(|c| c.what.as_str()).collect();
    assert_eq!(told, ["linked", "seen_before", "same_place", "same_macs"]);
    other.before.as_mut().unwrap().macs_shared = 3;
    let found = ask(&[asset("A C9300-24T FOC1 vnta")], &[other], &[]);
    assert_eq!(
        found[0].proposal,
        Proposal::CorrectRegister,
        "three of 26 prove nothing"
    );
}

#[test]
fn another_assets_hardware_in_its_place_is_named() {
    check(
        &["A C9300-24T FOC1 vnta", "B C9300-24T FOC2 mic"],
        &["d-A C9300-24T FOC2 vnta", "d-B C9300-24T FOC1 mic"],
        "serial_changed A FOC1 → FOC2, look\nserial_changed B FOC2 → FOC1, look",
    );
}

#[test]
fn what_no_asset_is_is_unrecorded_and_names_the_nearest() {
    let mut known = asset("A C9300-24T FOC1 vnta");
    known.device = None;
    known.keys.hostname = Some("sw-7".to_owned());
    let mut stranger = seen("sw-7 C9300-24T FOC7 vnta");
    let found = ask(&[known.clone()], std::slice::from_ref(&stranger), &[]);
    assert_eq!(
        lines(&found),
        "unrecorded sw-7 - → Cisco Systems C9300-24T FOC7 sw-7, create_asset"
    );
    assert_eq!(found[0].evidence[0].text, "A with 20 points only");
    stranger.keys.serials = ["FOC1".to_owned()].into();
    assert_eq!(
        lines(&ask(&[known], &[stranger], &[])),
        "",
        "it was found by its serial"
    );
}

#[test]
fn a_serial_that_two_have_is_told_of_both() {
    check(
        &["A C9300 FOC1 vnta", "B C9300 FOC1 vnta"],
        &[],
        "duplicate_serial A FOC1 → -, look\nduplicate_serial B FOC1 → -, look",
    );
    check(
        &["A C9300 FOC1 vnta", "B C9300 - vnta"],
        &["d-A C9300 FOC1 vnta", "d-B C9300 FOC1 vnta"],
        "duplicate_serial A FOC1 → FOC1, look\n\
         serial_changed B - → FOC1, look\nduplicate_serial B - → FOC1, look",
    );
    let mut gone = asset("B C9300 FOC1 vnta");
    gone.status = AssetStatus::Disposed;
    assert_eq!(
        lines(&ask(&[asset("A C9300 FOC1 vnta"), gone], &[], &[])),
        ""
    );
}

#[test]
fn only_rounds_that_were_asked_make_a_device_missing() {
    let silence = |answered, asked_days| Silence {
        answered,
        asked_days,
    };
    let check = |silence, expect: &str| {
        let found = ask(&[asset("A C9300 FOC1 vnta")], &[], &[("d-A", silence)]);
        assert_eq!(lines(&found), expect);
    };
    check(silence(Some(at(30)), 3), "");
    check(
        silence(Some(at(30)), 7),
        "not_seen A deployed → silent, transition",
    );
    check(
        silence(None, 9),
        "state_differs A deployed → silent, transition",
    );
    let mut spare = asset("A C9300 FOC1 vnta");
    spare.status = AssetStatus::InStock;
    let found = ask(&[spare], &[], &[("d-A", silence(Some(at(30)), 30))]);
    assert_eq!(lines(&found), "", "a spare need not answer");
    let found = ask(&[asset("A C9300 FOC1 vnta")], &[], &[]);
    assert_eq!(lines(&found), "", "nobody asked");
}

#[test]
fn one_that_was_seen_elsewhere_is_not_missing() {
    let silence = Silence {
        answered: Some(at(30)),
        asked_days: 30,
    };
    let found = ask(
        &[asset("A C9300 FOC1 vnta")],
        &[seen("new-switch C9300 FOC1 mic")],
        &[("d-A", silence)],
    );
    assert_eq!(
        lines(&found),
        "location_differs A vnta → mic, correct_register"
    );
    assert_eq!(found[0].target.as_deref(), Some("new-switch"));
}

#[test]
fn what_is_out_of_use_and_answers_is_told() {
    for status in AssetStatus::ALL {
        let mut one = asset("A C9300 FOC1 vnta");
        one.status = *status;
        let found = ask(&[one], &[seen("d-A C9300 FOC1 vnta")], &[]);
        let in_use = matches!(status, AssetStatus::Deployed | AssetStatus::Maintenance);
        let told = found
            .iter()
            .any(|one| one.kind == DiscrepancyKind::StateDiffers);
        assert_eq!(told, !in_use, "{status}");
    }
}

#[test]
fn software_differs_only_where_it_is_recorded() {
    let mut one = asset("A C9300 FOC1 vnta");
    let mut answer = seen("d-A C9300 FOC1 vnta");
    answer.firmware = Some("17.12.04".to_owned());
    assert_eq!(lines(&ask(&[one.clone()], &[answer.clone()], &[])), "");
    one.firmware = Some("17.09.01".to_owned());
    let found = ask(&[one], &[answer], &[]);
    assert_eq!(
        lines(&found),
        "firmware_differs A 17.09.01 → 17.12.04, correct_register"
    );
}

fn made(earliest: &str, latest: &str, confidence: Confidence) -> Evidence {
    Evidence {
        kind: EvidenceKind::Serial,
        raw: "FOC1".to_owned(),
        earliest: day(earliest),
        latest: day(latest),
        confidence,
        decoder: "cisco-serial/1",
    }
}

#[test]
fn made_after_it_was_bought_is_a_conflict_of_dates() {
    let dated = |kind, text: &str| {
        let mut one = asset("A C9300 FOC1 vnta");
        let when = text.parse::<tw_model::PartialDate>().unwrap();
        one.dates.push(DatedFact {
            kind,
            when: DateRange::from(when),
            source: None,
        });
        one
    };
    let check = |one: RecordedAsset, confidence, expect: &str| {
        let mut answer = seen("d-A C9300 FOC1 vnta");
        answer.evidence = vec![made("2020-07-20", "2020-08-09", confidence)];
        assert_eq!(lines(&ask(&[one], &[answer], &[])), expect);
    };
    let high = Confidence::High;
    check(
        dated(DateKind::Purchased, "2020-04-06"),
        high,
        "date_conflict A purchased 2020-04-06 → manufactured 2020-07-20 to 2020-08-09, look",
    );
    check(dated(DateKind::Purchased, "2020"), high, "");
    check(
        dated(DateKind::Purchased, "2020-04-06"),
        Confidence::Low,
        "",
    );
    check(dated(DateKind::Ordered, "2020-04-06"), high, "");
    check(
        dated(DateKind::Manufactured, "2019-06"),
        high,
        "date_conflict A manufactured 2019-06-01 to 2019-06-30 → manufactured 2020-07-20 to \
         2020-08-09, correct_register",
    );
}

proptest! {
    #[test]
    fn there_is_one_of_a_kind_and_field_and_the_order_does_not_matter(
        assets in prop::collection::btree_map("[A-D]", ("C9[35]00", "FOC[1-4]", "vnta|mic"), 0..5),
        shown in prop::collection::btree_map("d-[A-F]", ("C9[35]00", "FOC[1-5]", "vnta|mic"), 0..6),
    ) {
        let recorded: Vec<_> = assets.iter()
            .map(|(tag, (model, serial, site))| asset(&format!("{tag} {model} {serial} {site}")))
            .collect();
        let shown: Vec<_> = shown.iter()
            .map(|(target, (model, serial, site))| seen(&format!("{target} {model} {serial} {site}")))
            .collect();
        let found = ask(&recorded, &shown, &[]);
        let backward: Vec<_> = shown.iter().rev().cloned().collect();
        prop_assert_eq!(lines(&found), lines(&ask(&recorded, &backward, &[])));
        let mut subjects: Vec<_> = found.iter().map(subject).collect();
        let all = subjects.len();
        subjects.dedup();
        prop_assert_eq!(all, subjects.len());
        for one in &found {
            prop_assert!(one.asset.is_some() || one.target.is_some());
            let field = matches!(one.kind, DiscrepancyKind::ModelDiffers | DiscrepancyKind::LocationDiffers);
            prop_assert!(!field || one.recorded != one.observed);
        }
    }
}
