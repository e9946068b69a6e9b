use super::{read, report};
use crate::json_input::from_bytes;
use serde_json::{Value, json};

fn evaluate(file: &Value) -> Result<Value, Vec<String>> {
    let input = from_bytes(file.to_string().as_bytes(), read)?;
    Ok(serde_json::to_value(report(&input)).unwrap())
}

#[test]
fn the_printed_answer_is_that_of_the_contract() {
    let file = json!({
        "as_of": "2025-02-28",
        "max_age_months": 60,
        "dates": [
            {"kind": "purchased", "value": "2019", "source": "invoice"},
            {"kind": "first_in_service", "value": "2020-02-29", "source": "record"},
        ],
        "bounds": [{"not_after": "2021", "source": "first seen"}],
    });
    let expect = json!({
        "verdict": "within",
        "basis": {"kind": "first_in_service", "earliest": "2020-02-29", "latest": "2020-02-29"},
        "due": {"earliest": "2025-02-28", "latest": "2025-02-28"},
        "first_day_over": {"earliest": "2025-03-01", "latest": "2025-03-01"},
        "reasons": [
            "the date that counts is first_in_service (record)",
            "due on 2025-02-28 at the earliest",
        ],
    });
    assert_eq!(evaluate(&file).unwrap(), expect);
}

#[test]
fn the_release_of_the_model_bounds_the_rest() {
    let file = json!({
        "as_of": "2026-01-01",
        "max_age_months": 60,
        "dates": [{"kind": "released", "value": "2023-Q2"}],
    });
    let got = evaluate(&file).unwrap();
    assert_eq!(got["verdict"], "within");
    let basis = json!({"kind": null, "earliest": "2023-04-01", "latest": null});
    assert_eq!(got["basis"], basis);
}

#[track_caller]
fn check(change: impl Fn(&mut Value), expect: &[&str]) {
    let mut file = json!({"as_of": "2026-01-01", "max_age_months": 60, "dates": []});
    change(&mut file);
    assert_eq!(evaluate(&file).unwrap_err(), expect);
}

#[test]
fn bad_input_says_which_field_and_why() {
    check(
        |f| f["dates"] = json!([{"kind": "bought", "value": "2019"}]),
        &[concat!(
            "dates[0].kind: \"bought\" is no kind; allowed: ordered, purchased, received, ",
            "accepted, first_in_service, manufactured, warranty_start, warranty_end, installed, ",
            "released"
        )],
    );
    check(
        |f| f["dates"] = json!([{"kind": "purchased", "value": "2019-13"}]),
        &[
            "dates[0].value: the calendar has no 2019-13; write 2019, 2019-Q2, 2019-06, 2019-W23 \
           or 2019-06-03",
        ],
    );
    check(
        |f| f["max_age_months"] = json!(0),
        &["max_age_months: must be a whole number from 1 to 1200, not 0"],
    );
    check(
        |f| f["bounds"] = json!([{"source": "x"}]),
        &["bounds[0]: must have either not_before or not_after"],
    );
    check(
        |f| f["extra"] = json!(1),
        &["extra: unknown field; allowed: as_of, max_age_months, dates, bounds"],
    );
}

mod over_a_register {
    use crate::{
        commands::Command,
        outcome::{Failure, Outcome},
    };
    use clap::Parser;
    use std::{fs, path::Path};

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: Command,
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "policies/age.yaml",
            "timezone: Asia/Ho_Chi_Minh\ndefault: {max_age: 60mo, basis: [purchased]}\n",
        );
        write(
            "assets.csv",
            "tag,class,status,purchased\nT1,desktop,deployed,2020-02-29\nT2,desktop,deployed,\n\
             T3,desktop,disposed,2001\n",
        );
        folder
    }

    fn run(folder: &Path, words: &[&str]) -> Outcome {
        let folder = folder.display().to_string();
        let line = ["tierwatch", "age"].iter().chain(words).copied();
        let line = Line::parse_from(line.chain(["--inventory", &folder, "--json"]));
        crate::commands::run(line.command)
    }

    #[test]
    fn a_check_fails_on_what_it_is_asked_to_fail_on() {
        let folder = folder();
        let check = |words: &[&str]| run(folder.path(), &[&["check"], words].concat());
        assert!(check(&["--as-of", "2025-02-28"]).is_ok());
        assert!(check(&["--as-of", "2025-02-28", "--fail-on", "over"]).is_ok());
        let over = check(&["--as-of", "2025-03-01", "--fail-on", "over"]);
        assert!(
            matches!(&over, Err(Failure::ConditionFailed(why)) if why == "1 assets are over"),
            "{over:?}"
        );
        let both = check(&["--as-of", "2025-03-01", "--fail-on", "over,unknown"]);
        assert!(
            matches!(&both, Err(Failure::ConditionFailed(why)) if why.starts_with("2 assets")),
            "{both:?}"
        );
    }

    #[test]
    fn an_asset_is_explained_and_a_wrong_tag_or_day_is_bad_input() {
        let folder = folder();
        assert!(run(folder.path(), &["explain", "T1", "--as-of", "2025-03-01"]).is_ok());
        for words in [
            &["explain", "T9"][..],
            &["explain", "T1", "--as-of", "2025"],
        ] {
            let got = run(folder.path(), words);
            assert!(matches!(got, Err(Failure::BadInput(_))), "{got:?}");
        }
    }
}
