//! What a site's live account stands on: who counts as a witness of an outage, what devices prove
//! themselves, what people corrected; and that the month says the same.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, MINUTE_MS, a_round, layout, register, seen};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use tw_ingest::{
    Layout, ObjectDef, Record, Round, SeriesDef, TargetKey, ValueKind, round,
    seen::{Seen, SensorSeen},
};
use tw_model::{DeviceClass, Register};
use tw_store::GrantScope;
use tw_units::Timestamp;

const MONTH_START: &str = "2026-10-31T17:00:00Z";
const UP: bool = true;
const DOWN: bool = false;

/// The load of `mic` hangs on `mic-r1`, which is reached through `mic-s1`; `mic-ups` and `mic-s1`
/// are the canaries of its collector, and a second collector watches, too.
pub(crate) fn watched() -> Register {
    let mut register = register();
    let site = register.sites.values_mut().find(|s| s.id.as_str() == "mic");
    let site = site.unwrap();
    site.availability = Some(serde_json::from_value(json!("mic-r1")).unwrap());
    site.collector = Some(
        serde_json::from_value(json!({"id": "col-mic", "canaries": ["mic-ups", "mic-s1"],
            "observers": ["col-mic-2"]}))
        .unwrap(),
    );
    let device = register.devices.values_mut();
    let device = device.into_iter().find(|d| d.id.as_str() == "mic-r1");
    let device = device.unwrap();
    device.reached_via = vec!["mic-s1".parse().unwrap()];
    device.fed_by = vec!["mic-ups".parse().unwrap()];
    let like = register
        .devices
        .values()
        .find(|d| d.id.as_str() == "mic-ups");
    let like = like.unwrap().clone();
    for (id, class, port) in [
        ("mic-env", DeviceClass::Environment, 16_101),
        ("mic-pdu", DeviceClass::Pdu, 16_102),
    ] {
        let mut device = like.clone();
        device.id = id.parse().unwrap();
        device.class = class;
        device.rack = None;
        device.address = device.address.map(|mut at| {
            at.set_port(port);
            at
        });
        register.devices.insert(device.id.clone(), device);
    }
    assert_eq!(tw_model::validate(&register), []);
    register
}

struct Site {
    bench: Bench,
    token: String,
    start: Timestamp,
    /// Minutes that have been polled.
    minute: i64,
}

impl Site {
    async fn new() -> Self {
        let bench = Bench::of(watched(), |_| {}).await;
        Self {
            token: bench.token("operator", GrantScope::All).await,
            start: bench.now(),
            bench,
            minute: 0,
        }
    }

    /// So many minutes go by; in each the collector polls these devices.
    async fn polls(&mut self, minutes: i64, devices: &[(&str, bool)]) {
        for _ in 0..minutes {
            let uptime = 6_000 * (10_000 + self.minute);
            self.poll(devices, uptime).await;
        }
    }

    async fn poll(&mut self, devices: &[(&str, bool)], uptime_ticks: i64) {
        self.bench.later(MINUTE_MS);
        self.minute += 1;
        let at = self.bench.now();
        let records = devices.iter().flat_map(|(device, up)| {
            let values = if *up {
                [Some(1), Some(uptime_ticks.into()), Some(1_000), Some(1)]
            } else {
                [Some(0), None, None, None]
            };
            [Record::Layout(layout(device)), a_round(device, at, values)]
        });
        let records = records.collect();
        self.bench.deliver("col-mic", records).await;
    }

    async fn status(&self) -> Value {
        let site = self.bench.get(&self.token, "/api/v1/sites/mic").await;
        site.ok()["status"].clone()
    }

    /// The account from the first minute to now.
    async fn account(&self) -> Value {
        let (from, to) = (self.start.plus_millis(MINUTE_MS), self.bench.now());
        let path = format!("/api/v1/sites/mic/availability?from={from}&to={to}");
        self.bench.get(&self.token, &path).await.ok()
    }

    /// Downtime (point) and unknown time of the account, in minutes.
    async fn minutes(&self) -> (f64, f64) {
        let account = self.account().await;
        let of = |value: &Value| value.as_f64().unwrap() / 60.0;
        let down = of(&account["downtime_seconds"]["point"]);
        (down, of(&account["unknown_seconds"]))
    }

    /// The site's page, the account of the month so far and the month's report agree.
    async fn agrees_with_the_month(&self) {
        let path = "/api/v1/sites/mic/months/2026-11";
        let month = self.bench.get(&self.token, path).await.ok()["summary"].clone();
        let path = format!("/api/v1/sites/mic/availability?from={MONTH_START}");
        let account = self.bench.get(&self.token, &path).await.ok();
        let page = self.status().await["month"].clone();
        for figure in [
            "period_seconds",
            "downtime_seconds",
            "planned_seconds",
            "unknown_seconds",
            "availability_percent",
            "coverage_percent",
        ] {
            assert_eq!(month[figure], account[figure], "{figure}");
        }
        for figure in ["downtime_seconds", "unknown_seconds", "verdict"] {
            assert_eq!(page[figure], month[figure], "{figure}");
        }
        let strip = month["strip"].as_array().unwrap();
        assert_eq!(strip.last().unwrap()["to"], account["to"]);
        assert_eq!(month["outages"], account["outages"]);
    }
}

const WELL: [(&str, bool); 3] = [("mic-r1", UP), ("mic-s1", UP), ("mic-ups", UP)];

#[tokio::test]
async fn a_silent_witness_is_down_while_its_canaries_answer() {
    let mut site = Site::new().await;
    site.polls(5, &WELL).await;
    let lost = [("mic-r1", DOWN), ("mic-s1", UP), ("mic-ups", UP)];
    site.polls(4, &lost).await;
    assert_eq!(site.status().await["state"], "load_lost");
    site.polls(5, &WELL).await;
    assert_eq!(site.minutes().await, (4.0, 0.0));
    site.agrees_with_the_month().await;
}

#[tokio::test]
async fn a_silence_without_a_canary_or_without_a_way_proves_nothing() {
    for sick in [
        [("mic-r1", DOWN), ("mic-s1", DOWN), ("mic-ups", DOWN)],
        [("mic-r1", DOWN), ("mic-s1", DOWN), ("mic-ups", UP)],
    ] {
        let mut site = Site::new().await;
        site.polls(5, &WELL).await;
        site.polls(4, &sick).await;
        let status = site.status().await;
        assert_eq!(status["state"], "not_proven", "{sick:?}: {status}");
        // After it all runs for minutes only: no counter covers the silence.
        for _ in 0..5 {
            site.poll(&WELL, 0).await;
        }
        assert_eq!(site.minutes().await, (0.0, 5.0), "{sick:?}");
        site.agrees_with_the_month().await;
    }
}

#[tokio::test]
async fn a_second_collector_that_sees_the_witness_is_enough() {
    let mut site = Site::new().await;
    let token = site.bench.collector_token("col-mic-2").await;
    let config = site.bench.get(&token, "/ingest/v1/config").await.ok();
    let named = |list: &Value| -> Vec<String> {
        let all = list.as_array().unwrap().iter();
        all.map(|t| t["device"].as_str().unwrap().to_owned())
            .collect()
    };
    let view = |device: &str| format!("watch:col-mic-2:{device}");
    let all = ["mic-r1", "mic-s1", "mic-ups"].map(view);
    assert_eq!(config["site"], "mic");
    assert_eq!(named(&config["targets"]), all);
    assert_eq!(named(&config["canaries"]), ["mic-ups", "mic-s1"].map(view));

    for minute in 1..=14 {
        let lost = (6..10).contains(&minute);
        let own = [("mic-r1", !lost), ("mic-s1", UP), ("mic-ups", UP)];
        let (second, at) = (view("mic-r1"), site.bench.now().plus_millis(MINUTE_MS));
        site.poll(&own, 0).await;
        let values = [Some(1), Some(1), Some(1), Some(1)];
        let seen = vec![
            Record::Layout(layout(&second)),
            a_round(&second, at, values),
        ];
        site.bench.deliver("col-mic-2", seen).await;
        let status = site.status().await;
        assert_eq!(status["state"], "fed", "minute {minute}: {status}");
    }
    let account = site.account().await;
    assert_eq!(account["downtime_seconds"]["upper"], 0.0, "{account}");
    assert_eq!(account["outages"], 0, "{account}");
    site.agrees_with_the_month().await;
}

#[tokio::test]
async fn a_counter_of_the_device_proves_the_gap_that_it_covers() {
    for (minutes_up, left) in [(10_024, 0.0), (5, 15.0)] {
        let mut site = Site::new().await;
        site.polls(5, &WELL).await;
        site.bench.later(19 * MINUTE_MS);
        site.poll(&WELL, minutes_up * 6_000).await;
        site.poll(&WELL, (minutes_up + 1) * 6_000).await;
        let (down, unknown) = site.minutes().await;
        assert!(down.abs() < f64::EPSILON);
        // A device's clock may drift, and its answer takes a moment.
        assert!(
            (left..left + 0.1).contains(&unknown),
            "{minutes_up} minutes of uptime leave {unknown}"
        );
        site.agrees_with_the_month().await;
    }
}

#[tokio::test]
async fn a_correction_counts_in_the_live_account_as_in_the_month() {
    let mut site = Site::new().await;
    site.polls(20, &WELL).await;
    assert_eq!(site.minutes().await, (0.0, 0.0));
    let at = |minute: i64| site.start.plus_millis(minute * MINUTE_MS);
    let body = json!({"subject": "mic-r1", "state": "down", "from": at(5), "to": at(9),
        "reason": "the breaker's log"});
    let path = "/api/v1/sites/mic/corrections";
    let made = site
        .bench
        .call(&site.token, Method::POST, path, Some(body))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(site.minutes().await, (4.0, 0.0));
    assert_eq!(site.account().await["outages"], 1);
    site.agrees_with_the_month().await;
    let path = format!("/api/v1/sites/mic/timeline?from={}&to={}", at(1), at(20));
    let line = site.bench.get(&site.token, &path).await.ok();
    let down = line["spans"].as_array().unwrap();
    let down = down.iter().find(|s| s["state"] == "down").unwrap();
    assert_eq!((&down["from"], &down["to"]), (&json!(at(5)), &json!(at(9))));
}

/// Polls of a device with one reading of each of these metrics of itself.
pub(crate) fn readings(
    device: &str,
    at: Timestamp,
    values: &[(&str, ValueKind, i128)],
) -> Vec<Record> {
    let series = |(metric, kind, _): &(&str, ValueKind, i128)| SeriesDef {
        object: 0,
        metric: (*metric).to_owned(),
        kind: *kind,
    };
    let layout = Layout {
        target: TargetKey(device.to_owned()),
        period_ms: MINUTE_MS.unsigned_abs(),
        objects: vec![ObjectDef {
            key: String::new(),
            labels: vec![],
        }],
        series: values.iter().map(series).collect(),
    };
    let values: Vec<_> = values
        .iter()
        .map(|(_, _, value)| Some(round::Value::Whole(*value)))
        .collect();
    vec![
        Record::Round(Round {
            target: TargetKey(device.to_owned()),
            at,
            layout: layout.key(),
            values: round::encode(&values),
        }),
        Record::Layout(layout),
    ]
}

/// A sensor of a device, under the metric of the same name.
fn sensor(device: &str, at: Timestamp, (class, name): (&str, &str)) -> Record {
    let sensor = SensorSeen {
        key: String::new(),
        metric: class.to_owned(),
        class: class.to_owned(),
        unit: String::new(),
        name: name.to_owned(),
        states: Vec::new(),
    };
    let sensors = vec![sensor];
    seen(device, at, Seen::Sensors { sensors })
}

pub(crate) const UP_SERIES: (&str, ValueKind, i128) = ("tierwatch_device_up", ValueKind::State, 1);

/// An hour: the mains are away from the 20th to the 29th minute, the load from the 22nd to the
/// 25th.
async fn hour_with_a_loss(site: &mut Site) {
    for minute in 1..=60 {
        let on_battery = (20..30).contains(&minute);
        let load = !(22..26).contains(&minute);
        site.poll(&[("mic-r1", load), ("mic-s1", UP)], 0).await;
        let at = site.bench.now();
        let ups = [
            UP_SERIES,
            (
                "upsOutputSource",
                ValueKind::State,
                if on_battery { 5 } else { 3 },
            ),
            (
                "upsSecondsOnBattery",
                ValueKind::Gauge,
                if on_battery {
                    i128::from(minute - 20) * 60 + 12
                } else {
                    0
                },
            ),
            (
                "upsInputLineBads",
                ValueKind::Counter,
                if minute < 20 { 7 } else { 8 },
            ),
        ];
        let mut records = readings("mic-ups", at, &ups);
        let air = ("temperature", ValueKind::Gauge, 24);
        records.extend(readings("mic-env", at, &[UP_SERIES, air]));
        records.push(sensor("mic-env", at, ("temperature", "Cold aisle inlet")));
        let power = ("power", ValueKind::Gauge, 1_200);
        records.extend(readings("mic-pdu", at, &[UP_SERIES, power]));
        records.push(sensor("mic-pdu", at, ("power", "Active power")));
        records.sort_by_key(|record| !matches!(record, Record::Layout(_)));
        site.bench.deliver("col-mic", records).await;
    }
}

#[tokio::test]
async fn the_report_names_the_recorded_cause_and_the_measured_environment() {
    let mut site = Site::new().await;
    hour_with_a_loss(&mut site).await;
    let engineer = site.bench.token("network_engineer", GrantScope::All).await;
    let now = site.bench.now();
    let body = json!({"spec": {"site": "mic", "title": "Battery discharge", "kind": "test",
        "components": ["mic-ups"], "from": now.plus_millis(-MINUTE_MS),
        "to": now.plus_millis(60 * MINUTE_MS)}});
    let path = "/api/v1/maintenance";
    site.bench
        .call(&engineer, Method::POST, path, Some(body))
        .await
        .ok();
    let path = "/api/v1/sites/mic/months/2026-11";
    let report = site.bench.get(&site.token, path).await.ok()["report"].clone();
    assert_eq!(report["findings"]["incidents"].as_array().unwrap().len(), 1);
    let attached = &report["attached"];
    let causes = attached["causes"].as_array().unwrap();
    assert_eq!(causes.len(), 1, "{attached:#}");
    assert_eq!(causes[0]["kind"], "power");
    assert_eq!(causes[0]["id"], "mic-ups");
    let found = &attached["environment"];
    let at = |minute: i64| site.start.plus_millis(minute * MINUTE_MS);
    // A reading holds until the next one, and the last one until now, which is when it was read.
    assert_eq!(found["air"][0]["recommended_ms"], json!(59 * MINUTE_MS));
    assert_eq!(found["energy"]["equipment_wh"], json!(1_180));
    assert_eq!(found["energy"]["site_wh"], Value::Null);
    assert_eq!(found["energy"]["pue"], Value::Null);
    let loss = &found["mains"][0];
    assert_eq!(
        loss["from"],
        json!(at(20).plus_millis(-12_000)),
        "by its own count"
    );
    assert_eq!(loss["from_plus_minus_ms"], json!(1_000));
    assert_eq!(
        (&loss["last_seen"], &loss["back_by"]),
        (&json!(at(29)), &json!(at(30)))
    );
    let counted = json!([{"device": "mic-ups", "counted": 1, "seen": 1}]);
    assert_eq!(found["disturbances"], counted);
    assert_eq!(found["tests"][0]["what"], "Battery discharge");
    assert_eq!(found["tests"][0]["began_at"], Value::Null);
    for (lang, words) in [
        (
            "en",
            [
                "power: mic-ups had lost its mains",
                "Times on battery",
                "Battery discharge",
            ],
        ),
        (
            "vi",
            [
                "mic-ups đã mất điện lưới",
                "Thời gian chạy ắc quy",
                "Battery discharge",
            ],
        ),
    ] {
        let path = format!("{path}/report.html?lang={lang}");
        let page = site.bench.get(&site.token, &path).await;
        for word in words {
            assert!(page.text.contains(word), "{word}: {}", page.text);
        }
    }
}

#[tokio::test]
async fn an_outage_of_which_nothing_is_recorded_says_so() {
    let mut site = Site::new().await;
    site.polls(5, &WELL).await;
    site.polls(4, &[("mic-r1", DOWN), ("mic-s1", UP), ("mic-ups", UP)])
        .await;
    site.polls(5, &WELL).await;
    let path = "/api/v1/sites/mic/months/2026-11/report.html?lang=en";
    let page = site.bench.get(&site.token, path).await;
    assert!(page.text.contains("cause not recorded"), "{}", page.text);
}
