//! Files that nobody meant: whatever the bytes are, there is an answer and no panic.
//!
//! **Room:** tests of layer 1.

use proptest::prelude::*;
use std::fs;

const GOOD: &str = include_str!("../../../inventory/sites/rfd.yaml");
const ROWS: &str =
    "tag,class,status,purchased,price_vnd,site\nT1,desktop,deployed,2019-Q2,12000000,s\n";

/// The number of complaints about one file.
fn complaints(name: &str, bytes: &[u8]) -> usize {
    let folder = tempfile::tempdir().expect("a folder for the test");
    fs::write(folder.path().join(name), bytes).expect("a file");
    match tw_config::load(folder.path()) {
        Ok(_) => 0,
        Err(tw_config::LoadError::Wrong(problems)) => {
            for problem in &problems.problems {
                assert!(problem.line >= 1 && !problem.key.is_empty(), "{problem}");
                assert!(
                    !problem.message.is_empty() && !problem.allowed.is_empty(),
                    "{problem}"
                );
            }
            assert!(problems.problems.len() <= tw_config::PROBLEMS_MAX);
            problems.problems.len()
        }
        Err(other) => panic!("{other}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_file_with_some_bytes_changed_is_read_or_complained_about(
        changes in proptest::collection::vec((0..GOOD.len(), any::<u8>()), 1..12),
    ) {
        let mut bytes = GOOD.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        complaints("s.yaml", &bytes);
    }

    #[test]
    fn a_file_cut_anywhere_is_read_or_complained_about(at in 0..GOOD.len()) {
        complaints("s.yaml", &GOOD.as_bytes()[..at]);
    }

    #[test]
    fn a_table_with_some_bytes_changed_is_read_or_complained_about(
        changes in proptest::collection::vec((0..ROWS.len(), any::<u8>()), 1..6),
    ) {
        let mut bytes = ROWS.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        complaints("assets.csv", &bytes);
    }
}

/// A table: its first row, and one row for each number.
fn table(first: &str, count: usize, row: impl Fn(usize) -> String) -> String {
    let rows: Vec<String> = (0..count).map(row).collect();
    format!("{first}\n{}\n", rows.join("\n"))
}

#[test]
fn more_complaints_than_the_limit_are_counted() {
    let rows = tw_config::PROBLEMS_MAX + 7;
    let text = table("tag,class,status", rows, |n| format!("T{n},x,deployed"));
    let folder = tempfile::tempdir().expect("a folder for the test");
    fs::write(folder.path().join("assets.csv"), text).expect("a file");
    let Err(tw_config::LoadError::Wrong(problems)) = tw_config::load(folder.path()) else {
        panic!("the classes are unknown");
    };
    assert_eq!(
        (problems.problems.len(), problems.dropped),
        (tw_config::PROBLEMS_MAX, 7)
    );
}

#[test]
fn two_thousand_rows_that_lead_nowhere_are_all_counted() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("a file");
    };
    let people = table("id,name,unit", 2_000, |n| format!("P{n:05},An,u"));
    let assets = table("tag,class,status,custodian", 2_000, |n| {
        format!("T{n:05},desktop,deployed,Q{n:05}")
    });
    write("people.csv", &people);
    write("assets.csv", &assets);
    write("units.yaml", "units: [{id: u, name: {en: U}}]\n");
    let Err(tw_config::LoadError::Wrong(problems)) = tw_config::load(folder.path()) else {
        panic!("nobody keeps the assets");
    };
    assert_eq!(problems.problems.len() + problems.dropped, 2_000);
}
