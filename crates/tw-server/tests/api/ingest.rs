//! What collectors may send, and what is refused.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench, a_round, head, layout, seen};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::json;
use tw_ingest::{
    BATCH_BYTES_MAX, Batch, EventSeen, Record, TargetKey,
    seen::{Identity, Seen},
};
use tw_model::{Item, Kind};
use tw_store::{Author, GrantScope};

async fn post(bench: &Bench, token: &str, body: Vec<u8>) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/ingest/v1/batches")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/cbor")
        .header("content-encoding", "zstd")
        .body(Body::from(body))
        .unwrap();
    bench.send(request).await
}

fn packed(batch: &Batch) -> Vec<u8> {
    zstd::bulk::compress(&batch.encode(), 3).unwrap()
}

fn batch(bench: &Bench, seq: u64, offset_ms: i64) -> Batch {
    let at = bench.now().plus_millis(offset_ms);
    Batch {
        head: head(seq, bench.now()),
        records: vec![
            Record::Layout(layout("mic-r1")),
            a_round("mic-r1", at, [Some(1), Some(100), Some(0), Some(1)]),
        ],
    }
}

#[tokio::test]
async fn batches_are_taken_in_order_and_once() {
    let bench = Bench::new().await;
    let token = bench.collector_token("col-mic").await;
    let early = post(&bench, &token, packed(&batch(&bench, 1, 0))).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert_eq!(early.code(), "out_of_order");
    assert_eq!(early.json()["params"]["expected"], 0);
    let first = post(&bench, &token, packed(&batch(&bench, 0, 0)))
        .await
        .ok();
    assert_eq!(
        (&first["next_seq"], &first["repeated"]),
        (&1.into(), &false.into())
    );
    let again = post(&bench, &token, packed(&batch(&bench, 0, 0)))
        .await
        .ok();
    assert_eq!(
        (&again["next_seq"], &again["repeated"]),
        (&1.into(), &true.into())
    );
    let viewer = bench.token("viewer", GrantScope::All).await;
    let device = bench.get(&viewer, "/api/v1/devices/mic-r1").await.ok();
    assert_eq!(device["status"]["state"], "up");
}

#[tokio::test]
async fn samples_from_the_future_are_refused_and_counted() {
    let bench = Bench::new().await;
    let token = bench.collector_token("col-mic").await;
    let ack = post(&bench, &token, packed(&batch(&bench, 0, 301_000)))
        .await
        .ok();
    assert_eq!(ack["refused"][0]["reason"], "future");
    assert_eq!(ack["refused"][0]["count"], 1);
    let viewer = bench.token("viewer", GrantScope::All).await;
    let device = bench.get(&viewer, "/api/v1/devices/mic-r1").await.ok();
    assert_eq!(
        device["status"]["state"], "unknown",
        "the future proves nothing"
    );
    let metrics = bench.get(&viewer, "/metrics").await.text;
    assert!(
        metrics.contains("tierwatch_ingest_refused_records_total{reason=\"future\"} 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn what_a_newer_collector_added_is_counted_and_the_rest_is_taken() {
    let bench = Bench::new().await;
    let token = bench.collector_token("col-mic").await;
    let mut newer = batch(&bench, 0, 0);
    let flow: Record = serde_json::from_value(json!({"flow": {"bytes": [1, 2]}})).unwrap();
    let seen = json!({"observation": {"target": "mic-r1", "at": bench.now(),
        "seen": {"kind": "licences", "licences": []}}});
    newer.records.insert(0, flow);
    newer.records.push(serde_json::from_value(seen).unwrap());
    let ack = post(&bench, &token, packed(&newer)).await.ok();
    assert_eq!(
        ack["refused"],
        json!([{"reason": "unknown_kind", "count": 2}])
    );
    assert_eq!(ack["next_seq"], 1);
    let viewer = bench.token("viewer", GrantScope::All).await;
    let device = bench.get(&viewer, "/api/v1/devices/mic-r1").await.ok();
    assert_eq!(device["status"]["state"], "up");
}

#[tokio::test]
async fn several_batches_of_a_request_are_taken_in_order_and_once() {
    let bench = Bench::new().await;
    let token = bench.collector_token("col-mic").await;
    let run = |seqs: std::ops::Range<u64>| {
        let run: Vec<_> = seqs
            .map(|seq| batch(&bench, seq, 1_000 * i64::try_from(seq).unwrap()))
            .collect();
        zstd::bulk::compress(&Batch::encode_run(&run), 3).unwrap()
    };
    let first = post(&bench, &token, run(0..3)).await.ok();
    assert_eq!(
        (&first["next_seq"], &first["repeated"]),
        (&3.into(), &false.into())
    );
    let overlapping = post(&bench, &token, run(1..5)).await.ok();
    assert_eq!(overlapping["next_seq"], 5);
    let early = post(&bench, &token, run(6..8)).await;
    assert_eq!(early.json()["params"]["expected"], 5);
    let viewer = bench.token("viewer", GrantScope::All).await;
    let device = bench.get(&viewer, "/api/v1/devices/mic-r1").await.ok();
    let newest = bench.now().plus_millis(4_000);
    assert_eq!(device["status"]["last_poll"], json!(newest));
}

#[tokio::test]
async fn nonsense_is_refused_with_its_name() {
    let bench = Bench::new().await;
    let token = bench.collector_token("col-mic").await;
    let bomb = zstd::bulk::compress(&vec![0; BATCH_BYTES_MAX + 1], 3).unwrap();
    for (body, status, code) in [
        (
            vec![1; 5 * 1024 * 1024],
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
        ),
        (bomb, StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        (
            b"no zstd".to_vec(),
            StatusCode::BAD_REQUEST,
            "bad_compression",
        ),
        (
            zstd::bulk::compress(b"no cbor", 3).unwrap(),
            StatusCode::BAD_REQUEST,
            "bad_batch",
        ),
    ] {
        let answer = post(&bench, &token, body).await;
        assert_eq!((answer.status, answer.code()), (status, code.to_owned()));
    }
    let stranger = bench.collector_token("col-nowhere").await;
    assert_eq!(
        post(&bench, &stranger, packed(&batch(&bench, 0, 0)))
            .await
            .code(),
        "unknown_collector"
    );
}

#[tokio::test]
async fn a_collector_gets_its_own_targets_and_knows_when_nothing_changed() {
    let bench = Bench::new().await;
    let token = bench.collector_token("col-mic").await;
    let config = bench.get(&token, "/ingest/v1/config").await;
    let tag = config.headers["etag"].to_str().unwrap().to_owned();
    let config = config.ok();
    let targets = config["targets"].as_array().unwrap();
    assert_eq!(config["site"], "mic");
    assert_eq!(targets.len(), 3);
    assert!(
        targets
            .iter()
            .all(|target| target["device"].as_str().unwrap().starts_with("mic-"))
    );
    let request = Request::get("/ingest/v1/config")
        .header("authorization", format!("Bearer {token}"))
        .header("if-none-match", tag)
        .body(Body::empty())
        .unwrap();
    let same = bench.send(request).await;
    assert_eq!(
        (same.status, same.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
}

/// The batch of a collector that also speaks of targets that it is told.
fn speaking_of(bench: &Bench, seq: u64, targets: &[&str]) -> Batch {
    let mut batch = batch(bench, seq, 1_000 * i64::try_from(seq).unwrap());
    for target in targets {
        let values = [Some(1), Some(100), Some(0), Some(1)];
        batch.records.push(Record::Layout(layout(target)));
        batch.records.push(a_round(target, bench.now(), values));
    }
    batch
}

async fn state_of(bench: &Bench, device: &str) -> String {
    let viewer = bench.token("viewer", GrantScope::All).await;
    let path = format!("/api/v1/devices/{device}");
    let device = bench.get(&viewer, &path).await.ok();
    device["status"]["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_collector_speaks_for_its_own_site_only_and_the_rest_of_its_batch_is_taken() {
    let bench = Bench::new().await;
    let token = bench.collector_token("col-mic").await;
    let strangers = [
        "vnta-r1",
        "nobody",
        "host:col-vnta",
        "watch:col-vnta:mic-r1",
        "watch:col-mic:vnta-r1",
        "probe:nothing:mic",
        "probe:c1:vnta",
    ];
    let ack = post(&bench, &token, packed(&speaking_of(&bench, 0, &strangers))).await;
    let ack = ack.ok();
    assert_eq!(
        ack["refused"],
        json!([{"reason": "foreign_target", "count": 2 * strangers.len()}])
    );
    assert_eq!(ack["next_seq"], 1, "it is not sent again");
    assert_eq!(state_of(&bench, "mic-r1").await, "up");
    assert_eq!(state_of(&bench, "vnta-r1").await, "unknown");

    let admin = bench.token("admin", GrantScope::All).await;
    let collector = bench.get(&admin, "/api/v1/collectors/col-mic").await.ok();
    let status = &collector["status"];
    assert_eq!(status["refused"], json!({"foreign_target": 14}));
    assert_eq!(
        status["foreign"],
        json!({"records": 14, "last_at": bench.now(), "example": "probe:c1:vnta"})
    );
    let metrics = bench.get(&admin, "/metrics").await.text;
    let counted = "tierwatch_ingest_refused_records_total{reason=\"foreign_target\"} 14";
    assert!(metrics.contains(counted), "{metrics}");
    let repeated = post(&bench, &token, packed(&speaking_of(&bench, 0, &strangers))).await;
    assert_eq!(repeated.ok()["refused"], json!([]), "counted once");
}

#[tokio::test]
async fn what_was_seen_and_what_happened_at_another_site_is_refused_too() {
    let bench = Bench::new().await;
    let token = bench.collector_token("col-mic").await;
    bench.later(1_000);
    let now = bench.now();
    let identity = Identity {
        sys_name: "taken-over".into(),
        ..Identity::default()
    };
    let event = |target: Option<&str>| {
        Record::Event(EventSeen {
            at: now,
            code: "device_down".into(),
            target: target.map(|target| TargetKey(target.to_owned())),
            detail: String::new(),
        })
    };
    let records = vec![
        seen("vnta-r1", now, Seen::Identity(identity)),
        event(Some("vnta-r1")),
        event(Some("mic-r1")),
        event(None),
    ];
    let head = head(0, now);
    let ack = post(&bench, &token, packed(&Batch { head, records })).await;
    assert_eq!(
        ack.ok()["refused"],
        json!([{"reason": "foreign_target", "count": 2}])
    );
    let viewer = bench.token("viewer", GrantScope::All).await;
    let device = bench.get(&viewer, "/api/v1/devices/vnta-r1").await.ok();
    assert!(!device.to_string().contains("taken-over"), "{device}");
}

#[tokio::test]
async fn a_probe_is_delivered_from_its_own_end() {
    let bench = Bench::new().await;
    for (collector, site) in [("col-mic", "mic"), ("col-vnta", "vnta")] {
        let token = bench.collector_token(collector).await;
        let own = format!("probe:c1:{site}");
        let batch = Batch {
            head: head(0, bench.now()),
            records: vec![Record::Layout(layout(&own))],
        };
        let ack = post(&bench, &token, packed(&batch)).await.ok();
        assert_eq!(ack["refused"], json!([]), "{own}");
    }
}

#[tokio::test]
async fn what_was_read_before_a_device_moved_or_went_still_counts_and_later_readings_do_not() {
    let bench = Bench::new().await;
    let token = bench.collector_token("col-mic").await;
    let before = bench.now();
    bench.later(3_600_000);
    let author = Author::local("test");
    let store = bench.app.store();
    let history = store.item_history(Kind::Device, "mic-s1").await.unwrap();
    let mut value = history.last().unwrap().spec.clone().unwrap();
    value["site"] = json!("vnta");
    let (kind, id) = (Kind::Device, "mic-s1".to_owned());
    store
        .put_item(Item { kind, id, value }, None, &author)
        .await
        .unwrap();
    let gone = "mic-ups".to_owned();
    store
        .remove_item(Kind::Device, gone, None, &author)
        .await
        .unwrap();
    bench.app.reload_register().await.unwrap();
    bench.later(3_600_000);
    let after = bench.now();

    for (seq, (at, refused)) in [
        (before, json!([])),
        (after, json!([{"reason": "foreign_target", "count": 2}])),
    ]
    .into_iter()
    .enumerate()
    {
        let mut records = Vec::new();
        for device in ["mic-s1", "mic-ups"] {
            let values = [Some(1), Some(100), Some(0), Some(1)];
            records.push(Record::Layout(layout(device)));
            records.push(a_round(device, at, values));
        }
        let head = head(seq as u64, after);
        let ack = post(&bench, &token, packed(&Batch { head, records })).await;
        assert_eq!(ack.ok()["refused"], refused, "read at {at}");
    }
    let new = bench.collector_token("col-vnta").await;
    let records = vec![
        Record::Layout(layout("mic-s1")),
        a_round("mic-s1", after, [Some(1), Some(200), Some(0), Some(1)]),
    ];
    let head = head(0, after);
    let ack = post(&bench, &new, packed(&Batch { head, records })).await;
    assert_eq!(
        ack.ok()["refused"],
        json!([]),
        "the new site's collector reads it"
    );
}
