//! A room of five assets.
//!
//! **Room:** tests of layer 0.

use super::*;
use proptest::prelude::*;

fn place(rack: &str) -> Place {
    Place {
        site: Some("vnta".to_owned()),
        room: Some("dc1".to_owned()),
        rack: (!rack.is_empty()).then(|| rack.to_owned()),
    }
}

fn catalogue() -> LabelIndex {
    let entry = |tag: &str, serial: &str, rack: &str| Labelled {
        tag: tag.to_owned(),
        serial: (!serial.is_empty()).then(|| serial.to_owned()),
        place: place(rack),
    };
    let far = Labelled {
        tag: "TW-9".to_owned(),
        serial: None,
        place: Place {
            site: Some("mic".to_owned()),
            ..Place::default()
        },
    };
    LabelIndex::new(
        [
            entry("TW-1", "FOC1", "r01"),
            entry("TW-2", "FOC2", "r01"),
            entry("TW-3", "", "r05"),
            entry("TW-4", "SAME", "r05"),
            entry("TW-5", "SAME", "r05"),
            far,
        ],
        ["r01".to_owned(), "r05".to_owned(), "dc1".to_owned()],
    )
}

fn expected() -> BTreeMap<String, Expected> {
    let catalogue = catalogue();
    let here = catalogue.entries.iter().filter(|one| one.tag != "TW-9");
    let frozen = here.map(|one| Expected {
        tag: one.tag.clone(),
        serial: one.serial.clone(),
        class: "switch".to_owned(),
        model: None,
        place: one.place.clone(),
    });
    frozen.map(|one| (one.tag.clone(), one)).collect()
}

/// A scan as `client code rack`, at the instant of its place in the list.
fn scan(at: usize, line: &str) -> HeardScan {
    let words: Vec<&str> = line.split(' ').collect();
    let millis = i64::try_from(at).unwrap();
    HeardScan {
        client_id: words[0].to_owned(),
        code: words[1].to_owned(),
        place: place(words.get(2).copied().unwrap_or_default()),
        scanned_at: Timestamp::from_millis(millis),
        resolved: catalogue().resolve(words[1]),
    }
}

fn scans(lines: &[&str]) -> Vec<HeardScan> {
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| scan(at, line))
        .collect()
}

#[track_caller]
fn check(lines: &[&str], expect: &str) {
    let all = scans(lines);
    let heard: Vec<String> = (0..all.len())
        .map(|at| judge_scan(&all[at], &expected(), &all[..at]).to_string())
        .collect();
    assert_eq!(heard.join(" "), expect);
}

#[test]
fn each_scan_is_answered_at_once() {
    check(&["1 TW-1 r01"], "expected");
    check(&["1 foc2 r01"], "expected");
    check(
        &["1 https://tierwatch.example/assets/TW-3?x=1 r05"],
        "expected",
    );
    check(&["1 TW-3"], "expected");
    check(&["1 TW-3 r01"], "elsewhere");
    check(&["1 TW-9"], "elsewhere");
    check(&["1 SAME r05"], "ambiguous");
    check(&["1 stranger", "2 STRANGER"], "unknown again");
    check(&["1 TW-1 r01", "2 FOC1 r01"], "expected again");
    check(&["1 TW-1 r01", "1 TW-1 r01"], "expected expected");
}

#[test]
fn a_rack_scan_certifies_nothing() {
    check(&["1 r01", "2 r01", "3 DC1"], "place place place");
    let findings = close(&expected(), &scans(&["1 r01", "2 r05", "3 dc1"]));
    assert_eq!(findings.missing.len(), expected().len());
    assert_eq!((findings.found.len(), findings.unknown.len()), (0, 0));
    assert_eq!(findings.duplicates, []);
}

#[test]
fn the_end_says_found_misplaced_missing_unknown_and_repeated() {
    let lines = [
        "1 TW-1 r01",
        "2 TW-3 r01",
        "3 TW-9 r01",
        "4 what r01",
        "5 FOC1 r01",
        "6 SAME r05",
    ];
    let findings = close(&expected(), &scans(&lines));
    assert_eq!(findings.found, ["TW-1"]);
    let elsewhere: Vec<(&str, bool)> = findings
        .misplaced
        .iter()
        .map(|one| (one.tag.as_str(), one.expected))
        .collect();
    assert_eq!(elsewhere, [("TW-3", true), ("TW-9", false)]);
    assert_eq!(findings.misplaced[0].recorded.rack.as_deref(), Some("r05"));
    assert_eq!(findings.misplaced[0].scanned.rack.as_deref(), Some("r01"));
    assert_eq!(findings.missing, ["TW-2", "TW-4", "TW-5"]);
    assert_eq!(findings.unknown, ["SAME", "what"]);
    let twice = Repeated {
        code: "TW-1".to_owned(),
        times: 2,
    };
    assert_eq!(findings.duplicates, [twice]);
}

#[test]
fn the_last_scan_says_where_an_asset_is() {
    let findings = close(&expected(), &scans(&["1 TW-3 r01", "2 TW-3 r05"]));
    assert_eq!((findings.found.len(), findings.misplaced.len()), (1, 0));
}

proptest! {
    #[test]
    fn scans_that_come_late_or_twice_change_nothing_and_the_list_adds_up(
        codes in prop::collection::vec((0_usize..9, 0_usize..3), 0..30),
        order in prop::collection::vec(0_usize..30, 0..60),
    ) {
        const CODES: [&str; 9] = ["TW-1", "FOC1", "TW-2", "TW-3", "TW-4", "SAME", "TW-9", "nobody", "r01"];
        const RACKS: [&str; 3] = ["", "r01", "r05"];
        let all: Vec<HeardScan> = codes
            .iter()
            .enumerate()
            .map(|(at, (code, rack))| scan(at, &format!("c{at} {} {}", CODES[*code], RACKS[*rack])))
            .collect();
        let straight = close(&expected(), &all);
        // As they arrive: any of them any number of times, and all of them in the end.
        let mut arrived: Vec<HeardScan> = order.iter().filter_map(|at| all.get(*at).cloned()).collect();
        arrived.extend(all.iter().rev().cloned());
        prop_assert_eq!(&straight, &close(&expected(), &arrived));
        let moved = straight.misplaced.iter().filter(|one| one.expected).count();
        prop_assert_eq!(straight.found.len() + moved + straight.missing.len(), expected().len());
    }
}
