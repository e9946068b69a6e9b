//! The demo's `mic` is cut off for twenty minutes and let back, in compressed time: the model
//! case's inventory, the simulated world with its switches, the collector's spool and courier, the
//! store, the API and the closed month are those of `tierwatch demo`; the clock is the test's.
//!
//! **Room:** layer 3; tests.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod support;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use serde_json::{Value as Json, json};
use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering::SeqCst},
    },
};
use support::wan::{Clock, Link, Site};
use tower::ServiceExt as _;
use tw_availability::report::verify;
use tw_ingest::{
    Batch, BatchHead, EpochId, Lane, Layout, ObjectDef, Record, Round, SeriesDef, StateRun,
    TargetKey, ValueKind,
    round::{Value, encode},
};
use tw_model::Register;
use tw_server::{App, Settings};
use tw_sim::world::World;
use tw_store::{Author, GrantScope, NewApiToken};
use tw_units::{DeviceId, Interval, SiteId, Timestamp};

const START: &str = "2026-11-20T03:00:00Z";
const MINUTE_MS: i64 = 60_000;
/// The witnesses of `mic` are polled every ten seconds.
const POLL_MS: i64 = 10_000;
/// How long the site is cut off.
const CUT_MINUTES: i64 = 20;
/// The seed that `tierwatch demo` plays when nobody asks for another.
const SEED: u64 = 1;

fn model_case() -> Register {
    let files = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory"));
    tw_config::load(files).unwrap().register
}

struct Bench {
    app: Arc<App>,
    router: Router,
    token: String,
    clock: Clock,
    link: Arc<Link>,
    site: Site,
    world: World,
    mic: SiteId,
    witnesses: Vec<DeviceId>,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let start: Timestamp = START.parse().unwrap();
        let clock = Clock(Arc::new(AtomicI64::new(start.as_millis())));
        let settings = Settings {
            data: folder.path().join("centre"),
            ..Settings::default()
        };
        let app = App::open(settings, clock.wall()).await.unwrap();
        let register = model_case();
        let author = Author::local("test");
        let plan = tw_model::plan(&register, &Register::default(), tw_model::Absent::Keep);
        app.store().apply_plan(plan, None, &author).await.unwrap();
        app.reload_register().await.unwrap();
        let new = NewApiToken {
            name: "test".into(),
            role: "operator".into(),
            scope: GrantScope::All,
            expires_at: None,
        };
        let made = app.store().create_api_token(new, &author).await;
        let mic: SiteId = "mic".parse().unwrap();
        let site = &register.sites[&mic];
        let structure = site.availability.as_ref().unwrap();
        let witnesses = structure.devices().into_iter().cloned().collect();
        let collector = site.collector.as_ref().unwrap().id.clone();
        let link = Arc::new(Link {
            app: Arc::clone(&app),
            collector,
            clock: clock.clone(),
            up: AtomicBool::new(true),
            arrivals: Mutex::default(),
        });
        Self {
            router: app.router(),
            app,
            token: made.unwrap().text,
            site: Site::open(folder.path(), &link),
            link,
            world: World::quiet(register, SEED, clock.wall()),
            clock,
            mic,
            witnesses,
            _folder: folder,
        }
    }

    /// What the demo's history says of the witnesses in October, handed over as the demo does.
    async fn history(&self) {
        let october = Interval {
            from: "2026-09-30T17:00:00Z".parse().unwrap(),
            to: "2026-10-31T17:00:00Z".parse().unwrap(),
        };
        let scripted = World::new(model_case(), SEED, self.clock.wall());
        let runs = self.witnesses.iter();
        let runs = runs.flat_map(|device| scripted.device_runs(device, october));
        let up = runs.filter(|run| run.metric == "tierwatch_device_up");
        let records = up.map(|run| {
            let period = i64::from(run.period_ms);
            let polls = i64::try_from(run.polls).unwrap();
            let last = run.when.from.plus_millis((polls - 1) * period);
            Record::Run(StateRun {
                target: TargetKey(run.target),
                object: run.object,
                metric: run.metric.into(),
                state: run.state,
                from: run.when.from,
                to: last.min(run.when.to),
                polls: run.polls,
                max_gap_ms: if run.polls > 1 {
                    run.period_ms.into()
                } else {
                    0
                },
                period_ms: run.period_ms.into(),
            })
        });
        let batch = Batch {
            head: BatchHead {
                epoch: EpochId(0xdead),
                lane: Lane::Metric,
                segment: 0,
                seq: 0,
                sent_at: self.clock.now(),
                monotonic_ms: 0,
                boot_id: "simulated-history".into(),
            },
            records: records.collect(),
        };
        let taken = self.app.apply_batch(&self.link.collector, batch).await;
        assert_eq!(taken.unwrap().refused, []);
    }

    /// The witnesses are polled every ten seconds of so many minutes; what is read goes into the
    /// spool, and over the link when the world lets it.
    async fn pass(&mut self, minutes: i64) {
        for _ in 0..minutes * MINUTE_MS / POLL_MS {
            let at = next_poll(self.clock.now());
            let open = !self.world.is_cut(&self.mic, self.clock.now());
            self.link.up.store(open, SeqCst);
            self.site.run_until(&self.clock, at).await;
            let mut records = Vec::new();
            for device in &self.witnesses {
                let answers = self.world.answers(device, at).unwrap();
                let values = [Some(i128::from(answers))].map(|v| v.map(Value::Whole));
                records.push(Record::Layout(layout(device)));
                records.push(Record::Round(Round {
                    target: TargetKey(device.to_string()),
                    at,
                    layout: layout(device).key(),
                    values: encode(&values),
                }));
            }
            assert!(self.site.keeper.commit(Lane::Metric, records).await);
            if at.as_millis() % MINUTE_MS == 0 {
                self.app.look_once().await.unwrap();
            }
        }
    }

    async fn call(&self, method: &str, path: &str, body: Option<Json>) -> (u16, Vec<u8>) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(body.map_or(Body::empty(), |json| Body::from(json.to_string())))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
        (status, body.to_vec())
    }

    async fn get(&self, path: &str) -> Json {
        let (status, body) = self.call("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    async fn state(&self) -> Json {
        self.get("/api/v1/sites/mic").await["status"].clone()
    }

    /// Whether the load is proven to be fed. Only its witnesses are polled here, so that nothing
    /// is known of what protects it.
    async fn is_fed(&self) -> bool {
        let state = self.state().await["state"].clone();
        state == "fed" || state == "protection_lost"
    }

    async fn account(&self, window: &str) -> Json {
        let path = format!("/api/v1/sites/mic/availability?{window}");
        self.get(&path).await
    }

    async fn close_october(&self, version: u32) -> (u16, Json) {
        let path = "/api/v1/sites/mic/months/2026-10/close";
        let body = json!({"reason": "the month's end", "version": version});
        let (status, answer) = self.call("POST", path, Some(body)).await;
        (status, serde_json::from_slice(&answer).unwrap())
    }

    async fn october_file(&self) -> Vec<u8> {
        let path = "/api/v1/sites/mic/months/2026-10/report.json?rev=1";
        let (status, file) = self.call("GET", path, None).await;
        assert_eq!(status, 200);
        file
    }
}

/// The next multiple of the poll period.
fn next_poll(after: Timestamp) -> Timestamp {
    after.plus_millis(POLL_MS - after.as_millis().rem_euclid(POLL_MS))
}

fn layout(device: &DeviceId) -> Layout {
    Layout {
        target: TargetKey(device.to_string()),
        period_ms: POLL_MS.unsigned_abs(),
        objects: vec![ObjectDef {
            key: String::new(),
            labels: vec![],
        }],
        series: vec![SeriesDef {
            object: 0,
            metric: "tierwatch_device_up".to_owned(),
            kind: ValueKind::State,
        }],
    }
}

fn width(account: &Json) -> f64 {
    let bound = |name: &str| {
        let text = account["availability_percent"][name].as_str().unwrap();
        text.parse::<f64>().unwrap()
    };
    bound("upper") - bound("lower")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demos_mic_cut_off_for_twenty_minutes_is_not_proven_and_then_recomputed() {
    let mut bench = Bench::new().await;
    bench.history().await;
    bench.pass(10).await;
    assert!(bench.is_fed().await);
    let (status, closed) = bench.close_october(0).await;
    assert_eq!(status, 200, "{closed:#}");
    assert_eq!(closed["summary"]["status"], "final");
    assert_ne!(closed["summary"]["coverage_percent"], "0.000000");
    let october = bench.october_file().await;

    let cut_at = bench.clock.now();
    assert!(bench.world.cut_site(&bench.mic, true));
    for minute in 1..=CUT_MINUTES {
        bench.pass(1).await;
        // What was read just before the cut is fresh for two and a half periods.
        let status = bench.state().await;
        assert_eq!(status["state"], "not_proven", "minute {minute}: {status}");
        assert_eq!(status["devices"]["down"], 0, "minute {minute}");
    }
    let window = format!("from={cut_at}&to={}", bench.clock.now());
    let meanwhile = bench.account(&window).await;
    let unknown = meanwhile["unknown_seconds"].as_f64().unwrap();
    assert!(unknown > 1_100.0, "{meanwhile:#}");
    assert_eq!(meanwhile["downtime_seconds"]["upper"], 0.0);
    assert_eq!(meanwhile["verdict"], "indeterminate");

    assert!(bench.world.cut_site(&bench.mic, false));
    bench.pass(10).await;
    assert!(bench.is_fed().await);
    let after = bench.account(&window).await;
    assert_eq!(after["unknown_seconds"], 0.0, "backfilled: {after:#}");
    assert_eq!(after["verdict"], "met", "{after:#}");
    assert!(width(&after) < width(&meanwhile), "the bounds shrink");

    assert_eq!(bench.october_file().await, october, "byte by byte");
    assert_eq!(verify(&october, &[]).1, []);
    assert_eq!(bench.app.close_months().await, Ok(0), "nothing to revise");
    let (status, again) = bench.close_october(1).await;
    assert_eq!((status, &again["code"]), (409, &json!("month_unchanged")));
}
