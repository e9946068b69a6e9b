//! From readings to what people see: states, rates, verdicts, the live stream.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, MINUTE_MS, START, a_round, all_up, layout, seen};
use axum::{body::Body, http::Request};
use futures_util::StreamExt;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tw_ingest::{
    Record,
    seen::{Identity, InterfaceSeen, Seen},
};
use tw_store::GrantScope;

async fn viewer(bench: &Bench) -> String {
    bench.token("viewer", GrantScope::All).await
}

#[tokio::test]
async fn a_silent_collector_leaves_its_site_not_proven() {
    let mut bench = Bench::new().await;
    let token = viewer(&bench).await;
    let site = "/api/v1/sites/mic";
    assert_eq!(
        bench.get(&token, site).await.ok()["status"]["state"],
        "not_proven"
    );
    let now = bench.now();
    bench.deliver("col-mic", all_up("mic", now)).await;
    let fed = bench.get(&token, site).await.ok();
    assert_eq!(fed["status"]["state"], "fed");
    assert_eq!(fed["status"]["margin"], 1, "one of two witnesses may fail");
    assert_eq!(fed["status"]["devices"]["up"], 3);
    bench.later(3 * MINUTE_MS);
    let silent = bench.get(&token, site).await.ok();
    assert_eq!(silent["status"]["state"], "not_proven");
    assert_eq!(silent["status"]["devices"]["unknown"], 3);
    let device = bench.get(&token, "/api/v1/devices/mic-r1").await.ok();
    assert_eq!(device["status"]["state"], "unknown", "no data is never up");
    assert_eq!(device["status"]["last_poll"], START);
    let collector = bench.get(&token, "/api/v1/collectors/col-mic").await.ok();
    assert_eq!(collector["status"]["state"], "silent");
}

#[tokio::test]
async fn with_one_witness_down_the_next_failure_is_named() {
    let mut bench = Bench::new().await;
    let token = viewer(&bench).await;
    let now = bench.now();
    bench.deliver("col-mic", all_up("mic", now)).await;
    bench.later(MINUTE_MS);
    let now = bench.now();
    let down = a_round("mic-r1", now, [Some(0), None, None, None]);
    let up = a_round(
        "mic-s1",
        now,
        [Some(1), Some(106_000), Some(2_000), Some(1)],
    );
    bench.deliver("col-mic", vec![down, up]).await;
    let status = bench.get(&token, "/api/v1/sites/mic").await.ok()["status"].clone();
    assert_eq!(status["state"], "protection_lost");
    assert_eq!(
        (&status["margin"], &status["next_failures"]),
        (&0.into(), &["mic-s1"].into())
    );
    let circuit = bench.get(&token, "/api/v1/circuits/c1").await.ok();
    assert_eq!(
        circuit["status"]["state"], "unknown",
        "a device that is down proves no line"
    );
}

fn at(bench: &Bench, minute: i64) -> tw_units::Timestamp {
    bench.now().plus_millis(minute * MINUTE_MS)
}

/// Ten minutes: two good, a gap of one value, a reboot, two good.
fn history(bench: &Bench) -> Vec<Record> {
    let counters: [(i64, i128, Option<i128>); 7] = [
        (-10, 1_000_000, Some(0)),
        (-9, 1_006_000, Some(75_000)),
        (-8, 1_012_000, Some(150_000)),
        (-7, 1_018_000, None),
        (-6, 1_024_000, Some(300_000)),
        // The agent restarted; its counter is larger than before, and still no rate exists.
        (-5, 1_000, Some(9_000_000_000)),
        (-4, 7_000, Some(9_000_075_000)),
    ];
    let mut records = vec![Record::Layout(layout("mic-r1"))];
    for (minute, uptime, octets) in counters {
        let values = [Some(1), Some(uptime), octets, Some(1)];
        records.push(a_round("mic-r1", at(bench, minute), values));
    }
    let interface = InterfaceSeen {
        key: "if:Gi0-1".to_owned(),
        name: "Gi0/1".to_owned(),
        speed_bps: 1_000_000_000,
        ..InterfaceSeen::default()
    };
    let interfaces = Seen::Interfaces {
        interfaces: vec![interface],
    };
    records.push(seen("mic-r1", at(bench, -10), interfaces));
    records
}

#[tokio::test]
async fn traffic_has_gaps_where_no_rate_exists_and_never_a_spike() {
    let mut bench = Bench::new().await;
    let token = viewer(&bench).await;
    let records = history(&bench);
    bench.deliver("col-mic", records).await;
    let (from, to) = (at(&bench, -10), at(&bench, -2));
    let path =
        format!("/api/v1/interfaces/mic-r1:Gi0-1/traffic?from={from}&to={to}&step_seconds=60");
    let traffic = bench.get(&token, &path).await.ok();
    let rates: Vec<Option<f64>> = traffic["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["in_bps"].as_f64())
        .collect();
    let good = Some(10_000.0);
    assert_eq!(rates, [good, good, None, None, None, good, None, None]);
    assert_eq!(traffic["resets"][0]["reason"], "rebooted");
    assert_eq!(traffic["states"][0]["state"], "up");
    assert_eq!(
        traffic["states"][1]["state"], "unknown",
        "after the last round nothing is known"
    );
}

#[tokio::test]
async fn an_availability_says_what_it_stands_on() {
    let mut bench = Bench::new().await;
    let token = viewer(&bench).await;
    let records = history(&bench);
    bench.deliver("col-mic", records).await;
    let (from, to) = (at(&bench, -10), at(&bench, -4));
    let path = format!("/api/v1/sites/mic/availability?from={from}&to={to}");
    let found = bench.get(&token, &path).await.ok();
    insta::assert_json_snapshot!("availability", found);
    let path = format!("/api/v1/sites/mic/timeline?from={from}&to={to}");
    insta::assert_json_snapshot!("timeline", bench.get(&token, &path).await.ok());
}

#[tokio::test]
async fn hostile_texts_come_back_as_text() {
    let mut bench = Bench::new().await;
    let token = viewer(&bench).await;
    let hostile = "<script>alert(1)</script>\"';--\u{202e}{{7*7}}";
    let identity = Identity {
        sys_name: hostile.to_owned(),
        sys_descr: hostile.to_owned(),
        ..Identity::default()
    };
    let now = bench.now();
    bench
        .deliver(
            "col-mic",
            vec![seen("mic-r1", now, Seen::Identity(identity))],
        )
        .await;
    let answer = bench.get(&token, "/api/v1/devices/mic-r1").await;
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert_eq!(answer.ok()["status"]["identity"]["sys_name"], hostile);
    let csv = bench
        .get(&token, "/api/v1/devices?format=csv&columns=id,name")
        .await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    let svg = bench
        .get(&token, "/api/v1/racks/mic-rack/elevation.svg")
        .await;
    assert!(
        svg.text.contains("mic r1") && !svg.text.contains("<script"),
        "{}",
        svg.text
    );
}

#[tokio::test]
async fn the_stream_tells_of_a_change_to_those_who_may_know() {
    let mut bench = Bench::new().await;
    let here = bench
        .token("viewer", GrantScope::Site("mic".to_owned()))
        .await;
    let elsewhere = bench
        .token("viewer", GrantScope::Site("vnta".to_owned()))
        .await;
    let listen = |token: &str| {
        let request = Request::get("/api/v1/stream")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        bench.router.clone().oneshot(request)
    };
    let (here, elsewhere) = (
        listen(&here).await.unwrap(),
        listen(&elsewhere).await.unwrap(),
    );
    assert_eq!(here.headers()["content-type"], "text/event-stream");
    let mut here = here.into_body().into_data_stream();
    let mut elsewhere = elsewhere.into_body().into_data_stream();
    let cancel = CancellationToken::new();
    let mut jobs = bench.app.spawn_jobs(&cancel).unwrap();
    let now = bench.now();
    bench.deliver("col-mic", all_up("mic", now)).await;
    let told = tokio::time::timeout(Duration::from_secs(20), async {
        let mut text = String::new();
        while !text.contains("event: device") {
            text.push_str(std::str::from_utf8(&here.next().await.unwrap().unwrap()).unwrap());
        }
        text
    });
    let told = told.await.expect("the change is told within the deadline");
    assert!(told.starts_with("event: hello\n"), "{told}");
    assert!(told.contains(r#""type":"device","id":"mic-"#), "{told}");
    let first = elsewhere.next().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: hello"));
    let more = tokio::time::timeout(Duration::from_millis(1), elsewhere.next()).await;
    assert!(more.is_err(), "nothing of another site: {more:?}");
    cancel.cancel();
    while jobs.join_next().await.is_some() {}
}
