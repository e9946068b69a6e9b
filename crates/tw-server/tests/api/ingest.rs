//! What collectors may send, and what is refused.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench, a_round, head, layout};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::json;
use tw_ingest::{BATCH_BYTES_MAX, Batch, Record};
use tw_store::GrantScope;

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
