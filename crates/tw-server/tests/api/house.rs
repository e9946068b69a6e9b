//! The datacentre of the model case with polled devices, for tests of what is done to it.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench, MINUTE_MS, seen};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tw_ingest::{
    Layout, ObjectDef, Record, Round, SeriesDef, TargetKey, ValueKind, round,
    seen::{Seen, SensorSeen},
};
use tw_model::{DeviceClass, Register};
use tw_server::Channel;
use tw_store::GrantScope;
use tw_units::Timestamp;

/// `upsOutputSource` of RFC 1628.
const NORMAL: i128 = 3;
pub(crate) const BYPASS: i128 = 4;

/// The organisation in `inventory/`.
fn model_case() -> Register {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory");
    let read = tw_config::load(std::path::Path::new(folder)).unwrap();
    read.register
}

pub(crate) struct House {
    pub(crate) bench: Bench,
    pub(crate) engineer: String,
    pub(crate) operator: String,
    pub(crate) admin: String,
    pub(crate) polled: Vec<(String, DeviceClass)>,
    /// What each UPS feeds from.
    pub(crate) ups: BTreeMap<&'static str, i128>,
    /// Devices that do not answer.
    pub(crate) down: Vec<String>,
}

impl House {
    pub(crate) async fn new() -> Self {
        let register = model_case();
        let polled = register
            .devices
            .values()
            .filter(|device| device.site.as_str() == "vnta" && device.address.is_some())
            .map(|device| (device.id.to_string(), device.class))
            .collect();
        let channel: Channel =
            serde_json::from_value(json!({"webhook": {"url": "http://127.0.0.1:9/"}})).unwrap();
        let bench = Bench::of(register, |settings| {
            settings.notify.channels = BTreeMap::from([("ops".to_owned(), channel)]);
        })
        .await;
        let mut house = Self {
            engineer: bench.token("network_engineer", GrantScope::All).await,
            operator: bench.token("operator", GrantScope::All).await,
            admin: bench.token("admin", GrantScope::All).await,
            bench,
            polled,
            ups: BTreeMap::new(),
            down: Vec::new(),
        };
        house.polls(2).await;
        house
    }

    /// So many minutes go by; each device is polled in each.
    pub(crate) async fn polls(&mut self, minutes: u32) {
        for _ in 0..minutes {
            self.bench.later(MINUTE_MS);
            let now = self.bench.now();
            let records = self.polled.iter().flat_map(|(id, class)| {
                let up = !self.down.contains(id);
                let source = self.ups.get(id.as_str()).copied().unwrap_or(NORMAL);
                let source = (*class == DeviceClass::Ups).then_some(source);
                poll(id, now, up, source)
            });
            let records = records.collect();
            self.bench.deliver("vnta-collector", records).await;
            self.bench.app.look_once().await.unwrap();
        }
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        let path = format!("/api/v1/maintenance{path}");
        self.bench
            .call(token, Method::POST, &path, Some(body))
            .await
    }

    pub(crate) async fn facility(&self) -> Value {
        let path = "/api/v1/sites/vnta/facility";
        self.bench.get(&self.operator, path).await.ok()
    }

    /// Asks for components from `from` to `to` minutes from now.
    pub(crate) async fn ask(&self, components: &[&str], from: i64, to: i64) -> Answer {
        let body = json!({"spec": self.spec(components, from, to)});
        self.post(&self.engineer, "", body).await
    }

    pub(crate) fn spec(&self, components: &[&str], from: i64, to: i64) -> Value {
        let at = |minute: i64| self.bench.now().plus_millis(minute * MINUTE_MS);
        json!({"site": "vnta", "title": "Thay ắc quy", "components": components,
            "from": at(from), "to": at(to)})
    }

    pub(crate) async fn step(&self, token: &str, seen: &Value, step: &str, more: Value) -> Answer {
        let mut body = more;
        body["version"] = seen["version"].clone();
        let id = seen["id"].as_str().unwrap();
        self.post(token, &format!("/{id}/{step}"), body).await
    }

    pub(crate) async fn availability(&self, from: Timestamp) -> Value {
        let path = format!("/api/v1/sites/vnta/availability?from={from}");
        self.bench.get(&self.operator, &path).await.ok()
    }

    pub(crate) async fn alerts(&self, state: &str) -> Vec<Value> {
        let path = format!("/api/v1/alerts?site=vnta&state={state}");
        let page = self.bench.get(&self.operator, &path).await.ok();
        page["items"].as_array().unwrap().clone()
    }

    pub(crate) async fn notices(&self) -> Vec<String> {
        let notices = self.bench.app.store().outbox_notices(1_000).await.unwrap();
        let of_vnta = notices
            .into_iter()
            .filter(|notice| notice.payload["message"]["site"] == "vnta");
        of_vnta
            .map(|notice| notice.payload["title"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn poll(id: &str, at: Timestamp, up: bool, source: Option<i128>) -> Vec<Record> {
    let series = |metric: &str| SeriesDef {
        object: 0,
        metric: metric.to_owned(),
        kind: ValueKind::State,
    };
    let layout = Layout {
        target: TargetKey(id.to_owned()),
        period_ms: 60_000,
        objects: vec![ObjectDef {
            key: String::new(),
            labels: vec![],
        }],
        series: [
            "tierwatch_device_up",
            "upsOutputSource",
            "upsBatteryStatus",
            "upsInputVoltage",
        ]
        .map(series)
        .to_vec(),
    };
    let source = source.filter(|_| up);
    let well = |value: i128| source.map(|_| value);
    let values = [Some(i128::from(up)), source, well(2), well(230)];
    let values: Vec<_> = values.map(|value| value.map(round::Value::Whole)).to_vec();
    let round = Round {
        target: TargetKey(id.to_owned()),
        at,
        layout: layout.key(),
        values: round::encode(&values),
    };
    let sensor = |name: &str, (class, metric): (&str, &str), states: &[(i64, &str)]| SensorSeen {
        key: String::new(),
        name: name.to_owned(),
        class: class.to_owned(),
        metric: metric.to_owned(),
        unit: class.to_owned(),
        states: states
            .iter()
            .map(|(code, word)| (*code, (*word).to_owned()))
            .collect(),
    };
    let sensors = Seen::Sensors {
        sensors: vec![
            sensor(
                "output-source",
                ("state", "upsOutputSource"),
                &[(3, "normal"), (4, "bypass")],
            ),
            sensor(
                "battery-status",
                ("state", "upsBatteryStatus"),
                &[(2, "normal")],
            ),
            sensor("input-1-voltage", ("voltage", "upsInputVoltage"), &[]),
        ],
    };
    let mut records = vec![Record::Layout(layout), Record::Round(round)];
    records.extend(source.map(|_| seen(id, at, sensors)));
    records
}

pub(crate) fn names(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap();
    list.iter().map(|name| name.as_str().unwrap()).collect()
}

/// The witnesses that go dark with the load; the collector's canaries live on, so that the loss
/// can be proven.
pub(crate) fn load_of(witnesses: &Value) -> Vec<String> {
    let lost = names(witnesses).into_iter();
    lost.filter(|id| !id.contains("-sw-core-"))
        .map(str::to_owned)
        .collect()
}
