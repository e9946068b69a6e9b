//! The power and cooling chain: states from the field, margin, what-if, drawing.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, MINUTE_MS, a_round, all_up};
use axum::http::StatusCode;
use serde_json::{Value, json};
use tw_ingest::{
    Layout, ObjectDef, Record, Round, SeriesDef, TargetKey, ValueKind, round,
    seen::{Seen, SensorSeen},
};
use tw_model::{Absent, Item, Kind, Register};
use tw_store::{Author, GrantScope};
use tw_units::Timestamp;

/// Two paths to one rack; side B's UPS is the device `vnta-ups`, side A's is not polled.
pub(crate) fn chain() -> Vec<Value> {
    let node = |id: &str, kind: &str, inputs: Value| {
        json!({"id": id, "site": "vnta", "name": {"en": id, "vi": id}, "kind": kind,
            "inputs": inputs, "valid_from": "2018-07-01"})
    };
    let mut nodes = vec![
        node("utility", "utility_feed", json!([])),
        node("gen", "generator", json!([])),
        node("gen-2", "generator", json!([])),
        node("cool", "crac", json!([{"from": "msb-a"}])),
        node("cool-2", "crac", json!([{"from": "msb-b"}])),
        node("air", "gate", json!([{"from": "cool"}, {"from": "cool-2"}])),
        node(
            "power",
            "gate",
            json!([{"from": "pdu-a"}, {"from": "pdu-b"}]),
        ),
    ];
    for (side, generator) in [("a", "gen"), ("b", "gen-2")] {
        let id = |name: &str| format!("{name}-{side}");
        nodes.extend([
            node(
                &id("msb"),
                "switchboard",
                json!([{"from": "utility"}, {"from": generator}]),
            ),
            node(&id("batt"), "battery", json!([])),
            node(
                &id("ups"),
                "ups",
                json!([{"from": id("msb")}, {"from": id("batt")}]),
            ),
            node(&id("pdu"), "pdu", json!([{"from": id("ups")}])),
        ]);
    }
    for node in &mut nodes {
        match node["id"].as_str().unwrap() {
            "ups-b" => node["device"] = json!("vnta-ups"),
            "air" => node["system"] = json!("cooling"),
            _ => {}
        }
    }
    let mut load = node("load", "load", json!([{"from": "power"}, {"from": "air"}]));
    load["need"] = json!("all");
    load["rack"] = json!("vnta-rack");
    nodes.push(load);
    let mut before = node("old-load", "load", json!([{"from": "utility"}]));
    before["valid_from"] = json!("2017-01-01");
    before["valid_to"] = json!("2018-06-30");
    let mut old = node("old-utility", "utility_feed", json!([]));
    old["node"] = json!("utility");
    old["valid_from"] = json!("2016-01-01");
    old["valid_to"] = json!("2018-06-30");
    nodes.extend([before, old]);
    nodes
}

pub(crate) async fn bench() -> Bench {
    bench_with(chain()).await
}

/// The same server with this chain.
pub(crate) async fn bench_with(chain: Vec<Value>) -> Bench {
    let bench = Bench::new().await;
    let items = chain.into_iter().map(|value| Item {
        kind: Kind::FacilityNode,
        id: value["id"].as_str().unwrap().to_owned(),
        value,
    });
    let wanted = Register::from_items(items).unwrap();
    let plan = tw_model::plan(&wanted, &Register::default(), Absent::Keep);
    bench
        .app
        .store()
        .apply_plan(plan, None, &Author::local("test"))
        .await
        .unwrap();
    bench.app.reload_register().await.unwrap();
    bench
}

fn ups_layout() -> Layout {
    let series = |object, metric: &str| SeriesDef {
        object,
        metric: metric.to_owned(),
        kind: ValueKind::State,
    };
    let object = |key: &str| ObjectDef {
        key: key.to_owned(),
        labels: vec![],
    };
    Layout {
        target: TargetKey("vnta-ups".to_owned()),
        period_ms: 60_000,
        objects: vec![object(""), object("sensor:output-source")],
        series: vec![
            series(0, "tierwatch_device_up"),
            series(1, "tierwatch_sensor_value"),
        ],
    }
}

/// The UPS answers with this `upsOutputSource`.
fn ups(at: Timestamp, source: i128) -> Vec<Record> {
    let values = [1, source].map(|value| Some(round::Value::Whole(value)));
    let sensor = SensorSeen {
        key: "sensor:output-source".to_owned(),
        metric: "tierwatch_sensor_value".to_owned(),
        class: "state".to_owned(),
        unit: "state".to_owned(),
        name: "output-source".to_owned(),
        states: [(3, "normal"), (4, "bypass"), (5, "battery")]
            .map(|(code, word)| (code, word.to_owned()))
            .to_vec(),
    };
    vec![
        Record::Layout(ups_layout()),
        crate::bench::seen(
            "vnta-ups",
            at,
            Seen::Sensors {
                sensors: vec![sensor],
            },
        ),
        Record::Round(Round {
            target: TargetKey("vnta-ups".to_owned()),
            at,
            layout: ups_layout().key(),
            values: round::encode(&values),
        }),
    ]
}

pub(crate) const FACILITY: &str = "/api/v1/sites/vnta/facility";

async fn ask(bench: &Bench, token: &str, out: &str) -> crate::bench::Answer {
    let path = format!("/api/v1/sites/vnta/what-if?out={out}");
    bench.get(token, &path).await
}

pub(crate) fn node<'a>(facility: &'a Value, id: &str) -> &'a Value {
    let nodes = facility["nodes"].as_array().unwrap();
    nodes.iter().find(|node| node["id"] == id).unwrap()
}

#[tokio::test]
async fn a_ups_on_bypass_takes_the_protection_within_one_poll() {
    let mut bench = bench().await;
    let token = bench.token("viewer", GrantScope::All).await;
    let nothing = bench.get(&token, FACILITY).await.ok();
    assert_eq!(nothing["state"], "not_proven");
    assert_eq!(node(&nothing, "ups-b")["state"], "unknown");
    assert_eq!(node(&nothing, "ups-a")["state"], "assumed");
    let now = bench.now();
    bench.deliver("col-vnta", all_up("vnta", now)).await;
    bench.later(1_000);
    let now = bench.now();
    bench.deliver("col-vnta", ups(now, 3)).await;
    let normal = bench.get(&token, FACILITY).await.ok();
    assert_eq!(normal["state"], "fed");
    assert_eq!(normal["outlook"]["margin"], 1);
    assert_eq!(node(&normal, "ups-b")["reason"], "readings_good");
    assert_eq!(node(&normal, "load")["reason"], "witnesses_answer");
    let site = bench.get(&token, "/api/v1/sites/vnta").await.ok();
    assert_eq!(
        (&site["status"]["state"], &site["status"]["margin"]),
        (&json!("fed"), &json!(1))
    );

    bench.later(1_000);
    let now = bench.now();
    bench.deliver("col-vnta", ups(now, 4)).await;
    let bypass = bench.get(&token, FACILITY).await.ok();
    assert_eq!(bypass["state"], "protection_lost");
    let ups_b = node(&bypass, "ups-b");
    assert_eq!(
        (&ups_b["state"], &ups_b["reason"]),
        (&json!("degraded"), &json!("bypass"))
    );
    assert_eq!(
        ups_b["evidence"],
        json!({"device": "vnta-ups", "sensor": "output-source",
        "value": 4.0, "word": "bypass"})
    );
    let next = &bypass["outlook"]["next_failures"];
    assert_eq!(next, &json!(["gen", "msb-a", "pdu-a", "ups-a"]));
    let site = bench.get(&token, "/api/v1/sites/vnta").await.ok();
    assert_eq!(site["status"]["state"], "protection_lost");
    assert_eq!(&site["status"]["next_failures"], next);
}

#[tokio::test]
async fn what_if_names_the_loads_that_would_drop_or_lose_their_protection() {
    let mut bench = bench().await;
    let token = bench.token("viewer", GrantScope::All).await;
    let now = bench.now();
    bench.deliver("col-vnta", all_up("vnta", now)).await;
    bench.later(1_000);
    let now = bench.now();
    bench.deliver("col-vnta", ups(now, 3)).await;
    let safe = ask(&bench, &token, "ups-a").await.ok();
    assert_eq!(
        (&safe["safe"], &safe["then"]["margin"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(
        safe["then"]["next_failures"],
        json!(["gen-2", "msb-b", "pdu-b", "ups-b"])
    );
    let both = ask(&bench, &token, "ups-a,pdu-b").await.ok();
    assert_eq!(
        (&both["safe"], &both["drops"]),
        (&json!(false), &json!(["load"]))
    );
    let unknown = ask(&bench, &token, "ups-z").await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (StatusCode::BAD_REQUEST, "bad_parameter".to_owned())
    );
    assert_eq!(
        ask(&bench, &token, "").await.status,
        StatusCode::BAD_REQUEST
    );

    bench.later(1_000);
    let now = bench.now();
    bench.deliver("col-vnta", ups(now, 4)).await;
    let bypass = ask(&bench, &token, "ups-a").await.ok();
    assert_eq!(
        (&bypass["safe"], &bypass["unprotects"]),
        (&json!(false), &json!(["load"]))
    );
    assert_eq!(bypass["drops"], json!([]));
}

#[tokio::test]
async fn the_load_is_lost_when_its_witnesses_are() {
    let mut bench = bench().await;
    let token = bench.token("viewer", GrantScope::All).await;
    let now = bench.now();
    let mut records = all_up("vnta", now);
    for device in ["vnta-r1", "vnta-s1"] {
        records.push(a_round(
            device,
            now.plus_millis(1),
            [Some(0), None, None, None],
        ));
    }
    bench.deliver("col-vnta", records).await;
    let lost = bench.get(&token, FACILITY).await.ok();
    assert_eq!(lost["state"], "load_lost");
    assert_eq!(node(&lost, "load")["state"], "out");
    bench.later(5 * MINUTE_MS);
    let silent = bench.get(&token, FACILITY).await.ok();
    assert_eq!(
        (&silent["state"], &node(&silent, "load")["state"]),
        (&json!("not_proven"), &json!("unknown"))
    );
}

#[tokio::test]
async fn the_shape_of_another_day_and_its_drawing_can_be_asked_for() {
    let bench = bench().await;
    let token = bench.token("viewer", GrantScope::All).await;
    let old = bench
        .get(&token, &format!("{FACILITY}?date=2018-06-30"))
        .await
        .ok();
    assert_eq!(old["as_of"], Value::Null);
    assert_eq!(
        old["changes"],
        json!(["2016-01-01", "2017-01-01", "2018-07-01"])
    );
    assert_eq!(old["assessment"]["highest_tier_consistent"], 0);
    assert_eq!(old["nodes"].as_array().unwrap().len(), 2);
    let today = bench.get(&token, FACILITY).await.ok();
    assert_eq!(today["assessment"]["highest_tier_consistent"], 3);
    assert_eq!(today["assessment"]["target_level"], "III");
    let none = bench
        .get(&token, &format!("{FACILITY}?date=2015-01-01"))
        .await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let bad = bench
        .get(&token, &format!("{FACILITY}?date=yesterday"))
        .await;
    assert_eq!(
        (bad.status, bad.code()),
        (StatusCode::BAD_REQUEST, "bad_parameter".to_owned())
    );
    let svg = bench
        .get(&token, &format!("{FACILITY}/drawing.svg?lang=vi"))
        .await;
    assert!(
        svg.text.starts_with("<svg") && svg.text.contains("không rõ"),
        "{}",
        svg.text
    );
}

#[tokio::test]
async fn measures_say_what_is_read_and_nothing_more() {
    let mut bench = bench().await;
    let token = bench.token("viewer", GrantScope::All).await;
    let now = bench.now();
    bench.deliver("col-vnta", ups(now, 3)).await;
    let found = bench
        .get(&token, &format!("{FACILITY}/measures"))
        .await
        .ok();
    assert_eq!(
        found["upses"],
        json!([{"device": "vnta-ups", "load_ratio": null,
        "runtime_seconds": null, "charge_ratio": null}])
    );
    assert_eq!(
        (&found["racks"], &found["inlets"]),
        (&json!([]), &json!([]))
    );
    // Three devices of one unit in a rack of 42; of power nothing is declared nor read.
    let runways = found["runways"].as_array().unwrap();
    assert_eq!(runways.len(), 1, "{found}");
    let space = &runways[0];
    assert_eq!(
        (&space["constraint"], &space["used"], &space["capacity"]),
        (&json!("space"), &json!(3.0), &json!(42.0))
    );
    assert_eq!(
        (&space["state"], &space["first_day"]),
        (&json!("lasts"), &Value::Null)
    );
    assert_eq!(found["binding"], "space");
}
