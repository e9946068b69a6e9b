//! One cause, one alert, one notice.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, MINUTE_MS, a_round, all_up};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tw_server::Channel;
use tw_store::GrantScope;

async fn with_channel() -> Bench {
    let channel: Channel =
        serde_json::from_value(json!({"webhook": {"url": "http://127.0.0.1:9/"}})).unwrap();
    Bench::with(|settings| {
        settings.notify.channels = BTreeMap::from([("ops".to_owned(), channel)]);
    })
    .await
}

async fn alerts(bench: &Bench, token: &str) -> Vec<Value> {
    // The other site's collector never speaks, which is an alert of its own.
    let page = bench.get(token, "/api/v1/alerts?site=mic").await.ok();
    page["items"].as_array().unwrap().clone()
}

/// The site answers, but for one device.
async fn minute(bench: &mut Bench, site_up: bool, ups_up: i128) {
    bench.later(MINUTE_MS);
    let now = bench.now();
    let uptime = i128::from(now.as_millis() / 10 % 1_000_000_000);
    let mut records = Vec::new();
    for name in ["mic-r1", "mic-s1"] {
        let up = [
            Some(i128::from(site_up)),
            Some(uptime),
            Some(1_000),
            Some(1),
        ];
        let down = [Some(0), None, None, None];
        records.push(a_round(name, now, if site_up { up } else { down }));
    }
    records.push(a_round(
        "mic-ups",
        now,
        [Some(ups_up), Some(uptime), Some(1_000), Some(1)],
    ));
    bench.deliver("col-mic", records).await;
    bench.app.look_once().await.unwrap();
}

#[tokio::test]
async fn a_device_that_goes_down_is_told_once_and_its_return_once() {
    let mut bench = with_channel().await;
    let token = bench.token("operator", GrantScope::All).await;
    let now = bench.now();
    bench.deliver("col-mic", all_up("mic", now)).await;
    for _ in 0..2 {
        minute(&mut bench, true, 1).await;
    }
    assert_eq!(alerts(&bench, &token).await, Vec::<Value>::new());
    minute(&mut bench, true, 0).await;
    assert!(
        alerts(&bench, &token).await.is_empty(),
        "one bad reading is looked at again"
    );
    for _ in 0..3 {
        minute(&mut bench, true, 0).await;
    }
    let open = alerts(&bench, &token).await;
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(
        (&open[0]["code"], &open[0]["cleared_at"]),
        (&json!("device_down"), &json!(null))
    );
    assert_eq!(
        open[0]["subject"],
        json!({"kind": "device", "id": "mic-ups"})
    );
    let path = format!(
        "/api/v1/alerts/{}/acknowledge",
        open[0]["id"].as_str().unwrap()
    );
    let body = json!({"version": open[0]["version"], "note": "looking"});
    let seen = bench
        .call(&token, Method::POST, &path, Some(body))
        .await
        .ok();
    assert_eq!(seen["note"], "looking");
    for _ in 0..3 {
        minute(&mut bench, true, 1).await;
    }
    let past = alerts(&bench, &token).await;
    assert_eq!(past.len(), 1);
    assert!(past[0]["cleared_at"].is_string(), "{past:?}");
    let notices = bench.app.store().outbox_notices(100).await.unwrap();
    let of_mic = |notice: &&tw_store::Notice| notice.payload["message"]["site"] == "mic";
    let count = notices.iter().filter(of_mic).count();
    assert_eq!(count, 2, "down and up, one notice each");
}

#[tokio::test]
async fn a_site_that_is_cut_off_is_one_alert() {
    let mut bench = with_channel().await;
    let token = bench.token("operator", GrantScope::All).await;
    let now = bench.now();
    bench.deliver("col-mic", all_up("mic", now)).await;
    for _ in 0..3 {
        minute(&mut bench, true, 1).await;
    }
    for _ in 0..10 {
        bench.later(MINUTE_MS / 2);
        bench.app.look_once().await.unwrap();
    }
    let open: Vec<Value> = alerts(&bench, &token)
        .await
        .into_iter()
        .filter(|alert| alert["site"] == "mic")
        .collect();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0]["code"], "site_silent");
    let of_mic = |notice: &tw_store::Notice| notice.payload["message"]["site"] == "mic";
    let notices = bench.app.store().outbox_notices(100).await.unwrap();
    assert_eq!(notices.iter().filter(|notice| of_mic(notice)).count(), 1);
}
