//! A site that is cut off for twenty minutes: not proven meanwhile, recomputed afterwards.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, MINUTE_MS, a_round, all_up};
use axum::http::Method;
use serde_json::{Value, json};
use tw_availability::report::{Report, verify};
use tw_ingest::{Record, StateRun, TargetKey};
use tw_store::GrantScope;
use tw_units::Timestamp;

const WITNESSES: [&str; 2] = ["mic-r1", "mic-s1"];

/// What the collector saw at a minute, delivered at once or later.
fn polls(at: Timestamp, up: bool) -> Vec<Record> {
    let values = if up {
        [Some(1), Some(100_000), Some(1_000), Some(1)]
    } else {
        [Some(0), None, None, None]
    };
    let poll = |device: &&str| a_round(device, at, values);
    WITNESSES.iter().map(poll).collect()
}

/// October: up, but for ten minutes on the third.
fn month_before() -> Vec<Record> {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let down = (at("2026-10-03T02:00:00Z"), at("2026-10-03T02:10:00Z"));
    let parts = [
        (
            at("2026-09-30T17:00:00Z"),
            down.0.plus_millis(-MINUTE_MS),
            1,
        ),
        (down.0, down.1, 0),
        (down.1.plus_millis(MINUTE_MS), at("2026-10-31T17:00:00Z"), 1),
    ];
    let run = |device: &str, (from, to, state): (Timestamp, Timestamp, i64)| {
        Record::Run(StateRun {
            target: TargetKey(device.to_owned()),
            object: String::new(),
            metric: "tierwatch_device_up".into(),
            state,
            from,
            to,
            polls: to.millis_since(from).unsigned_abs() / 60_000 + 1,
            max_gap_ms: 60_000,
            period_ms: 60_000,
        })
    };
    let all = WITNESSES
        .iter()
        .flat_map(|d| parts.map(|part| run(d, part)));
    all.collect()
}

async fn site(bench: &Bench, token: &str) -> Value {
    bench.get(token, "/api/v1/sites/mic").await.ok()["status"].clone()
}

async fn account(bench: &Bench, token: &str, from: &str, to: Timestamp) -> Value {
    let path = format!("/api/v1/sites/mic/availability?from={from}&to={to}");
    let mut found = bench.get(token, &path).await.ok();
    // When it was worked out differs; what was found must not.
    found.as_object_mut().unwrap().remove("as_of");
    found
}

fn width(account: &Value) -> f64 {
    let bound = |name: &str| {
        let text = account["availability_percent"][name].as_str().unwrap();
        text.parse::<f64>().unwrap()
    };
    bound("upper") - bound("lower")
}

/// Closes October, without overruling anybody: its grace is over and its readings are in.
async fn close_october(bench: &Bench, token: &str, version: u32) -> crate::bench::Answer {
    let body = json!({"reason": "the month's end", "version": version});
    let path = "/api/v1/sites/mic/months/2026-10/close";
    bench.call(token, Method::POST, path, Some(body)).await
}

/// The newest report of October as it stands in the store: its canonical bytes.
async fn october_file(bench: &Bench) -> Vec<u8> {
    let kept = bench.app.store().month_revisions("mic", "2026-10").await;
    let mut kept = kept.unwrap();
    assert_eq!(kept.len(), 1, "one revision");
    kept.remove(0).body.into_bytes()
}

/// Nothing is proven from the third minute of the cut on, and nothing is called down.
async fn not_proven_for_twenty_minutes(bench: &Bench, token: &str) {
    for minute in 1..=20 {
        bench.later(MINUTE_MS);
        if minute < 3 {
            continue; // Two and a half periods may pass before silence says something.
        }
        let status = site(bench, token).await;
        assert_eq!(status["state"], "not_proven", "minute {minute}");
        assert_eq!(status["devices"]["down"], 0);
        assert_eq!(status["margin"], Value::Null);
    }
}

#[tokio::test]
async fn a_cut_site_is_not_proven_and_recomputed_when_it_delivers_and_the_closed_month_stays() {
    let mut bench = Bench::new().await;
    let token = bench.token("operator", GrantScope::All).await;
    let start = bench.now();
    bench.deliver("col-mic", month_before()).await;
    bench.deliver("col-mic", all_up("mic", start)).await;
    for _ in 0..10 {
        bench.later(MINUTE_MS);
        let now = bench.now();
        bench.deliver("col-mic", polls(now, true)).await;
    }
    assert_eq!(site(&bench, &token).await["state"], "fed");
    let closed = close_october(&bench, &token, 0).await.ok();
    assert_eq!(closed["summary"]["status"], "final", "{closed}");
    assert_eq!(closed["summary"]["downtime_seconds"]["point"], 660.0);
    let october = october_file(&bench).await;

    let cut_at = bench.now();
    not_proven_for_twenty_minutes(&bench, &token).await;
    let end = bench.now();
    let from = start.to_string();
    let meanwhile = account(&bench, &token, &from, end).await;
    assert_eq!(
        meanwhile["downtime_seconds"],
        json!({"lower": 0.0, "point": 0.0, "upper": 0.0})
    );
    assert!(
        meanwhile["unknown_seconds"].as_f64().unwrap() >= 1_080.0,
        "{meanwhile}"
    );
    assert_eq!(meanwhile["verdict"], "indeterminate");
    // The link is back: the collector delivers what it kept. The load was down for two polls.
    let kept = (1..=20).flat_map(|minute| {
        polls(
            cut_at.plus_millis(minute * MINUTE_MS),
            !(7..=8).contains(&minute),
        )
    });
    bench.deliver("col-mic", kept.collect()).await;
    let after = account(&bench, &token, &from, end).await;
    assert_eq!(after["unknown_seconds"], 0.0, "{after}");
    assert_eq!(
        after["downtime_seconds"],
        json!({"lower": 60.0, "point": 120.0, "upper": 180.0}),
        "{after}"
    );
    assert!(
        width(&after) < width(&meanwhile),
        "the bounds shrink: {meanwhile} {after}"
    );
    assert_eq!(site(&bench, &token).await["state"], "fed");
    october_stays(&bench, &token, (&october, &closed)).await;
}

/// The closed month is the same byte by byte, its hash is the one that was answered when it was
/// closed, and working it out again finds nothing to say.
async fn october_stays(bench: &Bench, token: &str, (file, closed): (&[u8], &Value)) {
    assert_eq!(october_file(bench).await, file);
    let (report, faults) = verify(file, &[]);
    assert_eq!(faults, [], "the stored revision follows from its evidence");
    let hash = report.map(|report: Report| report.sha256);
    assert_eq!(hash.as_deref(), closed["summary"]["sha256"].as_str());
    assert_eq!(bench.app.close_months().await, Ok(0), "nothing to revise");
    let again = close_october(bench, token, 1).await;
    assert_eq!(again.code(), "month_unchanged", "{}", again.text);
    let downloaded = "/api/v1/sites/mic/months/2026-10/report.json";
    let downloaded = bench.get(token, downloaded).await;
    assert_eq!(downloaded.text.as_bytes(), file);
}
