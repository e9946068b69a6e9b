//! A witness that was cut off, and what its own counters say about the time afterwards.
//!
//! **Room:** tests of `tw-server`.

use crate::{
    bench::{Bench, MINUTE_MS},
    evidence::{UP_SERIES, readings, watched},
};
use serde_json::{Value, json};
use tw_ingest::ValueKind::{Counter, Gauge, State};
use tw_store::GrantScope;
use tw_units::Timestamp;

/// `snmpEngineBoots` and `snmpEngineTime`.
type Engine = (i128, i128);

/// Five minutes of polls, twenty without, two more; the engine's counters at the fifth poll and
/// at the first one after the silence. Gives the seconds of which nothing is known, and what
/// stands in the account's evidence.
async fn silence(before: Engine, after: Engine) -> Value {
    let mut bench = Bench::of(watched(), |_| {}).await;
    let token = bench.token("operator", GrantScope::All).await;
    let first = bench.now().plus_millis(MINUTE_MS);
    let poll = async |bench: &mut Bench, (boots, seconds): Engine| {
        bench.later(MINUTE_MS);
        let values = [
            UP_SERIES,
            ("snmpEngineBoots", Gauge, boots),
            ("snmpEngineTime", Gauge, seconds),
            // The engine's own time is preferred: this one would prove everything.
            ("sysUpTime", Gauge, 4_000_000_000),
        ];
        let mut records = readings("mic-r1", bench.now(), &values);
        records.reverse();
        bench.deliver("col-mic", records).await;
    };
    for minute in 0..5 {
        let (boots, seconds) = before;
        poll(&mut bench, (boots, seconds - (4 - minute) * 60)).await;
    }
    let last = bench.now();
    bench.later(19 * MINUTE_MS);
    let meanwhile = account(&bench, &token, (first, last.plus_millis(19 * MINUTE_MS))).await;
    let unknown = |account: &Value| account["unknown_seconds"].as_f64().unwrap();
    assert!(unknown(&meanwhile) > 1_000.0, "{meanwhile}");
    poll(&mut bench, after).await;
    poll(&mut bench, (after.0, after.1 + 60)).await;
    account(&bench, &token, (first, bench.now())).await
}

async fn account(bench: &Bench, token: &str, (from, to): (Timestamp, Timestamp)) -> Value {
    let path = format!("/api/v1/sites/mic/availability?from={from}&to={to}");
    bench.get(token, &path).await.ok()
}

#[tokio::test]
async fn an_engine_time_that_covers_the_silence_of_a_witness_closes_it() {
    let account = silence((7, 90_000), (7, 91_200)).await;
    assert_eq!(account["unknown_seconds"], 0.0, "{account}");
    assert_eq!(account["downtime_seconds"]["upper"], 0.0, "{account}");
    assert_eq!(account["verdict"], "met", "{account}");
}

#[tokio::test]
async fn an_engine_that_started_in_the_silence_proves_only_what_came_after() {
    // It runs for 300 s: 0.1 % of drift and a second of slack leave 298.7 s of 1,200 s.
    for boots in [8, 7] {
        let account = silence((7, 90_000), (boots, 300)).await;
        assert_eq!(account["unknown_seconds"], 901.3, "{boots} {account}");
        assert_eq!(account["downtime_seconds"]["lower"], 0.0, "{account}");
        assert_eq!(account["verdict"], "indeterminate", "{account}");
    }
}

#[tokio::test]
async fn counters_that_contradict_each_other_leave_the_silence_unknown() {
    // One start more, and yet a time that covers everything; a time that jumped.
    for after in [(8, 91_200), (6, 91_200), (7, 95_000)] {
        let account = silence((7, 90_000), after).await;
        assert_eq!(account["unknown_seconds"], 1_200.0, "{after:?} {account}");
        let none = json!({"lower": 0.0, "point": 0.0, "upper": 0.0});
        assert_eq!(account["downtime_seconds"], none, "{after:?}");
    }
}

/// What a UPS answers: `upsOutputSource`, `upsSecondsOnBattery`, `upsInputLineBads`.
type Ups = (i128, i128, i128);
const FED: Ups = (3, 0, 40);

/// Five minutes on the mains, minutes without a poll, then two polls more. Gives the account of
/// the mains from the first poll to the last.
async fn mains(silent_minutes: i64, after: [Ups; 2]) -> Value {
    let mut bench = Bench::of(watched(), |_| {}).await;
    let token = bench.token("operator", GrantScope::All).await;
    let start = bench.now();
    let poll = async |bench: &mut Bench, (source, seconds, bads): Ups| {
        bench.later(MINUTE_MS);
        let ran = 90_000 + i128::from(bench.now().millis_since(start) / 1_000);
        let values = [
            UP_SERIES,
            ("upsOutputSource", State, source),
            ("upsSecondsOnBattery", Gauge, seconds),
            ("upsInputLineBads", Counter, bads),
            ("snmpEngineBoots", Gauge, 3),
            ("snmpEngineTime", Gauge, ran),
        ];
        let mut records = readings("mic-ups", bench.now(), &values);
        records.reverse();
        bench.deliver("col-mic", records).await;
    };
    for _ in 0..5 {
        poll(&mut bench, FED).await;
    }
    bench.later(silent_minutes * MINUTE_MS);
    for answer in after {
        poll(&mut bench, answer).await;
    }
    let from = start.plus_millis(MINUTE_MS);
    let found = account(&bench, &token, (from, bench.now())).await;
    assert_eq!(found["mains"].as_array().unwrap().len(), 1, "{found}");
    let month = "/api/v1/sites/mic/months/2026-11";
    let month = bench.get(&token, month).await.ok();
    let of_month = &month["report"]["findings"]["mains"][0];
    let seconds = |n: usize| json!(of_month["on_battery_ms"][n].as_f64().unwrap() / 1_000.0);
    let own = &found["mains"][0];
    let bounds = json!({"lower": seconds(0), "point": seconds(1), "upper": seconds(2)});
    assert_eq!(own["on_battery_seconds"], bounds, "the month says the same");
    for figure in ["losses", "missed"] {
        assert_eq!(own[figure], of_month[figure], "{of_month}");
    }
    own.clone()
}

fn of_mains(bounds: [f64; 3], unknown: f64, (losses, missed): (u64, u64)) -> Value {
    let [lower, point, upper] = bounds;
    json!({"ups": "mic-ups", "on_battery_seconds": {"lower": lower, "point": point, "upper": upper},
        "unknown_seconds": unknown, "losses": losses, "missed": missed})
}

#[tokio::test]
async fn a_ups_that_counted_no_failure_of_its_input_proves_the_mains_over_a_silence() {
    let proven = mains(20, [FED, FED]).await;
    assert_eq!(proven, of_mains([0.0; 3], 0.0, (0, 0)));
    // It counted two that nobody saw: the silence stays unknown, and they are told.
    let missed = mains(20, [(3, 0, 42), (3, 0, 42)]).await;
    assert_eq!(missed, of_mains([0.0; 3], 1_260.0, (0, 2)));
}

#[tokio::test]
async fn the_seconds_that_a_ups_lived_on_its_battery_put_the_loss_to_the_second() {
    // Polls a minute apart; at the first of them it had been on battery for 12 s.
    let counted = mains(0, [(5, 12, 41), (5, 72, 41)]).await;
    assert_eq!(counted, of_mains([71.0, 72.0, 73.0], 0.0, (1, 0)));
    // In a silence: all of it is known.
    let silent = mains(20, [(5, 300, 41), (5, 360, 41)]).await;
    assert_eq!(silent, of_mains([359.0, 360.0, 361.0], 0.0, (1, 0)));
}
