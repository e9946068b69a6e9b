//! What a device tells by itself: in the list of events, and as a state where the register says so.
//!
//! **Room:** tests of `tw-server`.

use crate::{
    bench::{Bench, MINUTE_MS, all_up, seen},
    facility::{FACILITY, bench_with, chain, node},
};
use serde_json::{Value, json};
use std::sync::Arc;
use tw_ingest::{
    Record,
    seen::{Seen, TrapSeen},
};
use tw_server::{App, Settings};
use tw_store::GrantScope;
use tw_units::{Timestamp, WallClock};

const ON_BATTERY: &str = "1.3.6.1.2.1.33.2.1";
const BACK: &str = "1.3.6.1.2.1.33.2.4";

fn trap(device: &str, at: Timestamp, event: &str) -> Record {
    let trap = TrapSeen {
        event: event.to_owned(),
        name: (event == ON_BATTERY).then(|| "upsTrapOnBattery".to_owned()),
        version: "2c".to_owned(),
        varbinds: vec![("upsEstimatedMinutesRemaining.0".into(), "<b>31</b>".into())],
        left_out: 2,
        ..TrapSeen::default()
    };
    seen(device, at, Seen::Trap(trap))
}

async fn events(bench: &Bench, token: &str, query: &str) -> Vec<Value> {
    let found = bench.get(token, &format!("/api/v1/events?{query}")).await;
    found.ok()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn traps_stand_in_the_events_of_their_device_and_none_hides_another() {
    let mut bench = Bench::new().await;
    let token = bench.token("viewer", GrantScope::All).await;
    let now = bench.now();
    let told = [
        trap("mic-ups", now, ON_BATTERY),
        trap("mic-ups", now, ON_BATTERY),
        trap("mic-ups", now.plus_millis(MINUTE_MS), BACK),
    ];
    bench.deliver("col-mic", told.to_vec()).await;
    let other = trap("vnta-ups", now, ON_BATTERY);
    bench.deliver("col-vnta", vec![other]).await;
    bench.later(2 * MINUTE_MS);
    let own = events(&bench, &token, "device=mic-ups").await;
    let line = |event: &Value| {
        let text = |key: &str| event[key].as_str().unwrap().to_owned();
        (text("code"), text("detail"))
    };
    let line_of = |what: &str| {
        let said = "upsEstimatedMinutesRemaining.0 = <b>31</b>; … +2";
        ("trap".to_owned(), format!("{what}; {said}"))
    };
    let on_battery = line_of("upsTrapOnBattery (1.3.6.1.2.1.33.2.1)");
    let expect = [line_of(BACK), on_battery.clone(), on_battery];
    assert_eq!(own.iter().map(line).collect::<Vec<_>>(), expect);
    assert_eq!(own[0]["site"], "mic");
    assert_eq!(
        own[0]["subject"],
        json!({"kind": "device", "id": "mic-ups"})
    );
    let all = events(&bench, &token, "").await;
    let traps = all.iter().filter(|event| event["code"] == "trap");
    assert_eq!(traps.count(), 4);
    let mic = GrantScope::Site("mic".to_owned());
    let token = bench.token("viewer", mic).await;
    assert_eq!(
        events(&bench, &token, "device=vnta-ups").await,
        [] as [Value; 0]
    );
    assert_eq!(events(&bench, &token, "device=mic-ups").await.len(), 3);
}

#[tokio::test]
async fn the_chain_follows_the_traps_of_equipment_that_has_nothing_else() {
    let mut nodes = chain();
    for node in &mut nodes {
        if node["id"] == "ups-b" {
            node["trap"] = json!({"begins": [ON_BATTERY], "ends": [BACK], "means": "on_battery"});
        }
    }
    let mut bench = bench_with(nodes).await;
    let token = bench.token("viewer", GrantScope::All).await;
    let state = async |bench: &Bench| {
        let facility = bench.get(&token, FACILITY).await.ok();
        let found = node(&facility, "ups-b");
        let of = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
        (
            of("state"),
            of("reason"),
            facility["outlook"]["margin"].clone(),
        )
    };
    let well =
        |state: &str, reason: &str, margin: Value| (state.to_owned(), reason.to_owned(), margin);
    // The witnesses answer; the UPS itself does not.
    let now = bench.now();
    let mut polls = all_up("vnta", now);
    polls.retain(|record| !matches!(record, Record::Round(round) if round.target.0 == "vnta-ups"));
    bench.deliver("col-vnta", polls).await;
    assert_eq!(state(&bench).await.0, "unknown");

    let at = bench.now();
    bench
        .deliver(
            "col-vnta",
            vec![trap("vnta-ups", at, "1.3.6.1.2.1.33.2.0.1")],
        )
        .await;
    bench.later(1_000);
    assert_eq!(state(&bench).await, well("degraded", "trap", json!(0)));
    let facility = bench.get(&token, FACILITY).await.ok();
    let evidence = &node(&facility, "ups-b")["evidence"];
    assert_eq!(evidence["device"], "vnta-ups");
    assert_eq!(
        (&evidence["sensor"], &evidence["word"]),
        (&json!("1.3.6.1.2.1.33.2.0.1"), &json!("begun"))
    );

    let at = bench.now();
    bench
        .deliver("col-vnta", vec![trap("vnta-ups", at, BACK)])
        .await;
    assert_eq!(state(&bench).await, well("normal", "trap", json!(1)));
    // An older one that comes late changes nothing.
    let late = trap("vnta-ups", at.plus_millis(-MINUTE_MS), ON_BATTERY);
    bench.deliver("col-vnta", vec![late]).await;
    assert_eq!(state(&bench).await, well("normal", "trap", json!(1)));
    // A server that starts anew remembers.
    let settings = Settings {
        data: bench.data().to_owned(),
        ..Settings::default()
    };
    let (now, spare) = (bench.now(), Bench::new().await);
    let store = bench.app.store().clone();
    bench.app = Arc::clone(&spare.app);
    bench.router = spare.router.clone();
    store.close().await;
    let again = App::open(settings, WallClock::fixed(now)).await.unwrap();
    bench.router = again.router();
    assert_eq!(state(&bench).await, well("normal", "trap", json!(1)));
}
