//! The reference vectors of operation: burn rates on a running outage, a clock that was set.
//!
//! **Room:** tests of `tw-availability`. **Must not:** recompute an expectation.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test ends at the first surprise and says so"
)]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tw_availability::{
    Mark, PollRun, ServiceTimeline, StampedPoll, State, Structure, Timeline, budget_use,
    burn_alerts, burn_rate_thousandths, rebase, service_timeline, tally, timeline_of_runs,
};
use tw_units::{Interval, Ppm, Timestamp};

fn with_vector(id: &str, check: impl Fn(&Value, &Value)) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/facts/availability-vectors.json"
    );
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) => {
            assert!(std::env::var_os("CI").is_none(), "{path}: {cause}");
            eprintln!("NOT CHECKED: the reference vectors are not here ({path}: {cause})");
            return;
        }
    };
    let all: Value = serde_json::from_str(&text).unwrap();
    let vector = all["vectors"]
        .as_array()
        .unwrap()
        .iter()
        .find(|v| v["id"] == id)
        .unwrap();
    check(&vector["input"], &vector["expect"]);
}

fn instant(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

fn one(line: Timeline) -> ServiceTimeline {
    let parts = BTreeMap::from([("s".to_owned(), line)]);
    service_timeline(&Structure::Subject("s".to_owned()), &parts).unwrap()
}

#[test]
fn v12_a_running_outage_burns_the_budget() {
    with_vector("V12", |input, expect| {
        let now = instant(&input["now"]);
        let down = input["down_intervals"].as_array().unwrap().iter().map(|d| {
            let to = if d[1] == "ongoing" {
                now.plus_millis(1)
            } else {
                instant(&d[1])
            };
            (Interval::new(instant(&d[0]), to).unwrap(), Mark::Down)
        });
        let service = one(Timeline::from_intervals(
            &down.collect::<Vec<_>>(),
            Mark::Up,
        ));
        let back = |seconds: i64| Interval::new(now.plus_millis(-seconds * 1_000), now).unwrap();
        let targets = [("99.9000", 1_000), ("99.9820", 180), ("99.9950", 50)];
        for (name, ppm) in targets.map(|(name, ppm)| (name, Ppm(ppm))) {
            let wanted = &expect[name];
            let windows = [
                ("1h", 3_600),
                ("5m", 300),
                ("6h", 21_600),
                ("30m", 1_800),
                ("3d", 259_200),
            ];
            for (window, seconds) in windows {
                let rate = burn_rate_thousandths(&tally(&service, back(seconds)), ppm).unwrap();
                let text = format!("{}.{:03}", rate / 1_000, rate % 1_000);
                assert_eq!(text, wanted["burn"][window], "{name} {window}");
            }
            let alerts = burn_alerts(&service, now, ppm);
            assert_eq!(alerts.page_fast, wanted["page_fast_14.4(1h&5m)"]);
            assert_eq!(alerts.page_slow, wanted["page_slow_6(6h&30m)"]);
            assert_eq!(alerts.ticket, wanted["ticket_1(3d&6h)"]);
            let month = back(input["window_s"].as_i64().unwrap());
            let left = budget_use(&service, month, now, ppm);
            assert_eq!(json!(left.budget), wanted["budget_s"]);
            assert_eq!(json!(left.used), wanted["consumed_s"]);
            assert_eq!(json!(left.left), wanted["remaining_s"]);
            let exhausted = left
                .exhausted_at
                .map_or("already exhausted".to_owned(), |t| t.to_string());
            assert_eq!(exhausted, wanted["exhausted_at"].as_str().unwrap());
            let percent = left.used_percent.unwrap();
            assert!(
                percent.starts_with(wanted["budget_used_pct"].as_str().unwrap()),
                "{percent}"
            );
        }
    });
}

#[test]
fn half_of_a_window_must_be_known_before_it_has_a_rate() {
    let day = |hours: i64| {
        let from = Timestamp::EPOCH;
        Interval::new(from, from.plus_millis(hours * 3_600_000)).unwrap()
    };
    let service = one(Timeline::from_intervals(
        &[(day(11), Mark::Down)],
        Mark::Unknown,
    ));
    assert_eq!(
        burn_rate_thousandths(&tally(&service, day(24)), Ppm(1_000)),
        None
    );
    assert_eq!(
        burn_rate_thousandths(&tally(&service, day(22)), Ppm(1_000)),
        Some(1_000_000)
    );
}

#[test]
fn v14_a_clock_that_was_set_is_neither_a_gap_nor_an_outage() {
    with_vector("V14", |input, expect| {
        let samples = input["samples"].as_array().unwrap();
        let polls: Vec<StampedPoll> = samples
            .iter()
            .map(|s| StampedPoll {
                wall: instant(&s["wall"]),
                monotonic_ms: s["mono_s"].as_i64().unwrap() * 1_000,
                boot: 1,
                received_at: instant(&s["received_at"]),
            })
            .collect();
        let got = rebase(&polls);
        let times: Vec<String> = got.times.iter().map(ToString::to_string).collect();
        assert_eq!(json!(times), expect["corrected_times"]);
        let steps: Vec<i64> = got.steps.iter().map(|s| s.by_ms / 1_000).collect();
        assert_eq!(json!(steps), json!([expect["clock_step_s"]]));
        let gaps = got
            .times
            .windows(2)
            .map(|w| w[1].millis_since(w[0]) / 1_000);
        assert_eq!(json!(gaps.max()), expect["max_gap_monotonic_s"]);
        let runs: Vec<PollRun> = got
            .times
            .iter()
            .map(|at| PollRun {
                from: *at,
                to: *at,
                state: State::Up,
                polls: 1,
                max_gap_ms: 0,
                period_ms: 60_000,
            })
            .collect();
        let stale_ms = input["stale_after_s"].as_u64().unwrap() * 1_000;
        let service = one(timeline_of_runs(&runs, Some(stale_ms)));
        let whole = Interval::new(got.times[0], got.times[5]).unwrap();
        assert_eq!(
            json!(tally(&service, whole).unknown_ms / 1_000),
            expect["unknown_s"]
        );
    });
}

#[test]
fn a_new_start_of_the_machine_begins_a_new_clock() {
    let at = Timestamp::from_seconds;
    let poll = |second: i64, monotonic_s: i64, boot: u64| StampedPoll {
        wall: at(second),
        monotonic_ms: monotonic_s * 1_000,
        boot,
        received_at: at(second + 1),
    };
    let got = rebase(&[poll(1_000, 500, 1), poll(1_060, 560, 1), poll(1_200, 10, 2)]);
    assert_eq!(got.times, [at(1_000), at(1_060), at(1_200)]);
    assert!(got.steps.is_empty());
}
