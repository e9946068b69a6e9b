//! A server in process: two sites, a few devices, a clock that the test moves.
//!
//! **Room:** tests of `tw-server`.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
};
use tempfile::TempDir;
use tower::ServiceExt;
use tw_ingest::{
    Batch, BatchHead, EpochId, Lane, Layout, ObjectDef, Observation, Record, Round, SeriesDef,
    TargetKey, ValueKind, round, seen::Seen,
};
use tw_model::{Item, Kind, Register};
use tw_server::{App, Settings};
use tw_store::{Author, GrantScope, NewApiToken};
use tw_units::{CollectorId, Timestamp, WallClock};

pub(crate) const START: &str = "2026-11-22T03:00:00Z";
pub(crate) const MINUTE_MS: i64 = 60_000;

/// The server with what a test needs to speak to it.
pub(crate) struct Bench {
    pub(crate) app: Arc<App>,
    pub(crate) router: Router,
    clock: Arc<AtomicI64>,
    next_seq: BTreeMap<&'static str, u64>,
    folder: TempDir,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json()
    }

    /// The stable word of a problem.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

fn item(kind: Kind, value: Value) -> Item {
    let id = value.get("id").or(value.get("tag")).and_then(Value::as_str);
    Item {
        kind,
        id: id.unwrap_or("age").to_owned(),
        value,
    }
}

/// The organisation of the tests: `mic` and `vnta`, a circuit between them.
pub(crate) fn register() -> Register {
    let mut items = vec![
        item(
            Kind::Organisation,
            json!({"id": "org", "name": {"en": "Org"},
            "timezone": "Asia/Ho_Chi_Minh"}),
        ),
        item(
            Kind::Unit,
            json!({"id": "it", "name": {"en": "IT"}, "site": "mic"}),
        ),
        item(
            Kind::Unit,
            json!({"id": "net", "name": {"en": "Net"}, "parent": "it"}),
        ),
        item(
            Kind::Unit,
            json!({"id": "hr", "name": {"en": "HR"}, "site": "vnta"}),
        ),
        item(
            Kind::Person,
            json!({"id": "p-net", "name": "An", "unit": "net"}),
        ),
        item(
            Kind::Person,
            json!({"id": "p-hr", "name": "Bình", "unit": "hr"}),
        ),
        item(
            Kind::AgePolicy,
            json!({"timezone": "Asia/Ho_Chi_Minh",
            "default": {"max_age": "60mo", "basis": ["purchased"], "per_person": true}}),
        ),
        item(
            Kind::Credential,
            json!({"id": "v2c", "snmp": {"version": "2c",
            "community_file": "/nonexistent/community"}}),
        ),
        item(
            Kind::Circuit,
            json!({"id": "c1", "commit_bps": 100_000_000,
            "a": {"device": "mic-r1", "interface": "Gi0-1"},
            "z": {"device": "vnta-r1", "interface": "Gi0-1"}}),
        ),
    ];
    for (site, unit) in [("mic", "net"), ("vnta", "hr")] {
        items.extend([
            item(Kind::Site, json!({"id": site, "name": {"en": site.to_uppercase()},
                "timezone": "Asia/Ho_Chi_Minh",
                "collector": {"id": format!("col-{site}")},
                "tier_targets": [{"standard": "uptime", "level": "III", "downtime_ppm": 180,
                    "valid_from": "2018-07-01"}],
                "availability": {"any": [format!("{site}-r1"), format!("{site}-s1")]}})),
            item(Kind::Building, json!({"id": format!("{site}-b"), "name": {"en": "B"}, "site": site})),
            item(Kind::Room, json!({"id": format!("{site}-dc"), "name": {"en": "DC"},
                "building": format!("{site}-b")})),
            item(Kind::Rack, json!({"id": format!("{site}-rack"), "name": "R1",
                "room": format!("{site}-dc"), "u_height": 42})),
            item(Kind::Asset, json!({"tag": format!("A-{site}"), "class": "desktop",
                "status": "deployed", "unit": unit, "custodian": format!("p-{unit}"),
                "primary": true, "place": {"site": site},
                "dates": {"purchased": {"date": if site == "mic" {"2024-01-10"} else {"2019-06"}}}})),
        ]);
        for (index, (name, class)) in [("r1", "router"), ("s1", "switch"), ("ups", "ups")]
            .into_iter()
            .enumerate()
        {
            items.push(item(
                Kind::Device,
                json!({"id": format!("{site}-{name}"),
                "name": format!("{site} {name}"), "class": class, "site": site,
                "address": format!("127.0.{}.{}:16100", u8::from(site == "mic"), index + 1),
                "credential": "v2c", "poll_seconds": 60,
                "interfaces": [{"name": "Gi0-1"}], "witness": name != "ups",
                "rack": {"id": format!("{site}-rack"), "u": 10 + 2 * index}}),
            ));
        }
    }
    let register = Register::from_items(items).unwrap();
    assert_eq!(tw_model::validate(&register), []);
    register
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::of(register(), change).await
    }

    /// A server with another organisation.
    pub(crate) async fn of(register: Register, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let start: Timestamp = START.parse().unwrap();
        let clock = Arc::new(AtomicI64::new(start.as_millis()));
        let read = Arc::clone(&clock);
        let wall = WallClock::new(move || Timestamp::from_millis(read.load(SeqCst)));
        let mut settings = Settings {
            data: folder.path().to_owned(),
            ..Settings::default()
        };
        change(&mut settings);
        let app = App::open(settings, wall).await.unwrap();
        let plan = tw_model::plan(&register, &Register::default(), tw_model::Absent::Keep);
        app.store()
            .apply_plan(plan, None, &Author::local("test"))
            .await
            .unwrap();
        app.reload_register().await.unwrap();
        let router = app.router();
        Self {
            app,
            router,
            clock,
            next_seq: BTreeMap::new(),
            folder,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(SeqCst))
    }

    pub(crate) fn data(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn later(&self, millis: i64) {
        self.clock.fetch_add(millis, SeqCst);
    }

    /// A token for a program.
    pub(crate) async fn token(&self, role: &str, scope: GrantScope) -> String {
        let new = NewApiToken {
            name: format!("test {role}"),
            role: role.to_owned(),
            scope,
            expires_at: None,
        };
        let made = self
            .app
            .store()
            .create_api_token(new, &Author::local("test"))
            .await;
        made.unwrap().text
    }

    /// A token for a collector.
    pub(crate) async fn collector_token(&self, collector: &str) -> String {
        let id: CollectorId = collector.parse().unwrap();
        let made = self
            .app
            .store()
            .create_collector_token(id, None, &Author::local("test"))
            .await;
        made.unwrap().text
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // A stream goes on for minutes; that it was opened is the answer.
        let opened = parts
            .headers
            .get("content-type")
            .is_some_and(|t| t == "text/event-stream");
        let body = if opened { Body::empty() } else { body };
        let bytes = to_bytes(body, 64 * 1024 * 1024).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// A file: its media type and its bytes.
    pub(crate) async fn bytes(&self, token: &str, path: &str) -> (String, Vec<u8>) {
        let request = Request::builder()
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let media = response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        let bytes = to_bytes(response.into_body(), 64 * 1024 * 1024)
            .await
            .unwrap();
        (media, bytes.to_vec())
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.call(token, Method::GET, path, None).await
    }

    pub(crate) async fn call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            None => Body::empty(),
            Some(json) => {
                request = request.header("content-type", "application/json");
                Body::from(json.to_string())
            }
        };
        self.send(request.body(body).unwrap()).await
    }

    /// Delivers records as a collector does, in the order of its stream.
    pub(crate) async fn deliver(&mut self, collector: &'static str, records: Vec<Record>) {
        let seq = self.next_seq.entry(collector).or_insert(0);
        let batch = Batch {
            head: head(*seq, Timestamp::from_millis(self.clock.load(SeqCst))),
            records,
        };
        *seq += 1;
        let id: CollectorId = collector.parse().unwrap();
        let ack = self.app.apply_batch(&id, batch).await.unwrap();
        assert_eq!(ack.refused, [], "all records are kept");
    }
}

pub(crate) fn head(seq: u64, now: Timestamp) -> BatchHead {
    BatchHead {
        epoch: EpochId(7),
        lane: Lane::Metric,
        segment: 0,
        seq,
        sent_at: now,
        monotonic_ms: 1,
        boot_id: "boot".to_owned(),
    }
}

/// The columns of a test's device: up, uptime, one interface with octets and a state.
pub(crate) fn layout(device: &str) -> Layout {
    let series = |object, metric: &str, kind| SeriesDef {
        object,
        metric: metric.to_owned(),
        kind,
    };
    Layout {
        target: TargetKey(device.to_owned()),
        period_ms: 60_000,
        objects: vec![
            ObjectDef {
                key: String::new(),
                labels: vec![],
            },
            ObjectDef {
                key: "if:Gi0-1".to_owned(),
                labels: vec![],
            },
        ],
        series: vec![
            series(0, "tierwatch_device_up", ValueKind::State),
            series(0, "sysUpTime", ValueKind::Gauge),
            series(1, "ifHCInOctets", ValueKind::Counter),
            series(1, "ifOperStatus", ValueKind::State),
        ],
    }
}

/// A round: up, uptime in centiseconds, octets, `ifOperStatus`.
pub(crate) fn a_round(device: &str, at: Timestamp, values: [Option<i128>; 4]) -> Record {
    let values: Vec<_> = values.map(|value| value.map(round::Value::Whole)).to_vec();
    Record::Round(Round {
        target: TargetKey(device.to_owned()),
        at,
        layout: layout(device).key(),
        values: round::encode(&values),
    })
}

pub(crate) fn seen(device: &str, at: Timestamp, seen: Seen) -> Record {
    Record::Observation(Observation {
        target: TargetKey(device.to_owned()),
        at,
        seen,
    })
}

/// Everything answers once, with an interface each.
pub(crate) fn all_up(site: &str, at: Timestamp) -> Vec<Record> {
    let mut records = Vec::new();
    for name in ["r1", "s1", "ups"] {
        let device = format!("{site}-{name}");
        records.push(Record::Layout(layout(&device)));
        records.push(a_round(
            &device,
            at,
            [Some(1), Some(100_000), Some(1_000), Some(1)],
        ));
    }
    records
}
