//! The command judges files as the core does.
//!
//! **Room:** tests of `tierwatch`.

use super::*;

#[test]
fn a_file_that_is_no_report_does_not_hold_and_says_where() {
    let name = "x.json".to_owned();
    let verdicts = judge(&[(&name, b"{}\n".to_vec()), (&name, b"not json".to_vec())]);
    assert!(verdicts.iter().all(|verdict| !verdict.good));
    assert!(
        verdicts
            .iter()
            .all(|verdict| verdict.faults[0].part == "file")
    );
}
