//! A site that is cut off for 26 hours, in compressed time: spool, delivery, store, API and
//! alerts are the real ones; the clock is the test's, and the link has a switch.
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
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering::SeqCst},
    },
};
use support::wan::{Clock, Link, ROUND_TRIP_MS, Site};
use tower::ServiceExt as _;
use tw_ingest::{
    EventSeen, Lane, Layout, ObjectDef, Record, Round, SeriesDef, TargetKey, ValueKind,
    round::{Value, encode},
};
use tw_server::{App, Settings};
use tw_store::{Author, GrantScope, NewApiToken, SeriesFilter};
use tw_units::{Interval, Timestamp};

const START: &str = "2026-11-20T03:00:00Z";
const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How long the site is cut off.
const CUT_MS: i64 = 26 * HOUR_MS;
/// How soon after the link is back live readings must be at the centre.
const LIVE_WITHIN_MS: i64 = 15 * SECOND_MS;
/// How long before that poll the link is back: the courier may have drained for so long.
const HEAD_START_MS: i64 = 5 * SECOND_MS;
/// The most rounds that one request can carry: a segment of the cut, which is five minutes and
/// the wait between two tries long, of a round a minute and device.
const ROUNDS_A_REQUEST_MAX: i64 = 6 * 2;
/// `r-2` does not answer in these minutes of the cut; nobody may be told of it afterwards.
const DOWN_MINUTES: std::ops::Range<i64> = 300..305;

const DEVICES: [&str; 2] = ["r-1", "r-2"];

const INVENTORY: &str = "\
organisation: {id: o, name: {en: O, vi: O}, timezone: Asia/Ho_Chi_Minh}
site:
  id: s
  name: {en: S, vi: S}
  timezone: Asia/Ho_Chi_Minh
  collector: {id: col-s}
  availability: {any: [r-1, r-2]}
  tier_targets:
    - {standard: uptime, level: II, downtime_ppm: 2590, valid_from: 2016-01-01}
devices:
  - {id: r-1, name: r-1, class: router, address: \"127.9.8.1:161\", poll_seconds: 60, witness: true}
  - {id: r-2, name: r-2, class: router, address: \"127.9.8.2:161\", poll_seconds: 60, witness: true}
";

fn layout(device: &str) -> Layout {
    let series = |metric: &str, kind| SeriesDef {
        object: 0,
        metric: metric.to_owned(),
        kind,
    };
    Layout {
        target: TargetKey(device.to_owned()),
        period_ms: MINUTE_MS.unsigned_abs(),
        objects: vec![ObjectDef {
            key: String::new(),
            labels: vec![],
        }],
        series: vec![
            series("tierwatch_device_up", ValueKind::State),
            series("sysUpTime", ValueKind::Gauge),
        ],
    }
}

/// The values of `sysUpTime`, by device and instant.
type Readings = BTreeMap<(String, Timestamp), Option<i128>>;

struct Bench {
    app: Arc<App>,
    router: Router,
    token: String,
    clock: Clock,
    link: Arc<Link>,
    site: Site,
    /// Every reading that the spool accepted.
    accepted: Readings,
    minute: i64,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock(Arc::new(AtomicI64::new(
            START.parse::<Timestamp>().unwrap().as_millis(),
        )));
        let mut settings = Settings {
            data: folder.path().join("centre"),
            ..Settings::default()
        };
        let channel = json!({"webhook": {"url": "http://127.0.0.1:9/"}});
        settings.notify.channels =
            BTreeMap::from([("ops".to_owned(), serde_json::from_value(channel).unwrap())]);
        let app = App::open(settings, clock.wall()).await.unwrap();
        let files = folder.path().join("inventory");
        std::fs::create_dir_all(&files).unwrap();
        std::fs::write(files.join("site.yaml"), INVENTORY).unwrap();
        let inventory = tw_config::load(&files).unwrap();
        let author = Author::local("test");
        app.apply_inventory(&inventory, &author).await.unwrap();
        let new = NewApiToken {
            name: "test".into(),
            role: "viewer".into(),
            scope: GrantScope::All,
            expires_at: None,
        };
        let token = app
            .store()
            .create_api_token(new, &author)
            .await
            .unwrap()
            .text;
        let link = Arc::new(Link {
            app: Arc::clone(&app),
            collector: "col-s".parse().unwrap(),
            clock: clock.clone(),
            up: AtomicBool::new(true),
            arrivals: Mutex::default(),
        });
        Self {
            router: app.router(),
            site: Site::open(folder.path(), &link),
            app,
            token,
            clock,
            link,
            accepted: Readings::new(),
            minute: 0,
            folder,
        }
    }

    async fn get(&self, path: &str) -> Json {
        let request = Request::get(path)
            .header("authorization", format!("Bearer {}", self.token))
            .body(Body::empty())
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Lets the clock run, and the courier with it.
    async fn run_until(&mut self, end: Timestamp) {
        self.site.run_until(&self.clock, end).await;
    }

    /// A minute passes; at its end the devices are polled and the centre looks at everything.
    async fn pass_minute(&mut self) {
        self.minute += 1;
        let end = START.parse::<Timestamp>().unwrap();
        let end = end.plus_millis(self.minute * MINUTE_MS);
        self.run_until(end).await;
        let mut records = Vec::new();
        for device in DEVICES {
            let down = device == "r-2" && DOWN_MINUTES.contains(&self.minute);
            let uptime = (!down).then_some(i128::from(self.minute) * 6_000);
            let values = [Some(i128::from(!down)), uptime].map(|value| value.map(Value::Whole));
            records.push(Record::Layout(layout(device)));
            records.push(Record::Round(Round {
                target: TargetKey(device.to_owned()),
                at: end,
                layout: layout(device).key(),
                values: encode(&values),
            }));
            self.accepted.insert((device.to_owned(), end), uptime);
        }
        assert!(self.site.keeper.commit(Lane::Metric, records).await);
        self.app.look_once().await.unwrap();
    }

    async fn pass(&mut self, millis: i64) {
        for _ in 0..millis / MINUTE_MS {
            self.pass_minute().await;
        }
    }

    /// The collector ends and starts again on what its disk has.
    async fn restart(mut self) -> Self {
        let epoch = self.site.keeper.epoch();
        let folder = self.folder.path().to_owned();
        self.site.close(&folder).await;
        self.site = Site::open(&folder, &self.link);
        assert_eq!(self.site.keeper.epoch(), epoch, "the spool is the same one");
        let started = Record::Event(EventSeen {
            at: self.clock.now(),
            code: "started".into(),
            target: None,
            detail: String::new(),
        });
        assert!(self.site.keeper.commit(Lane::Event, vec![started]).await);
        self
    }

    async fn state(&self) -> Json {
        self.get("/api/v1/sites/s").await["status"].clone()
    }

    /// Every message so far: what it is about, whether it begins or ends, and since when.
    async fn messages(&self) -> Vec<Json> {
        let notices = self.app.store().outbox_notices(100).await.unwrap();
        let mut messages: Vec<_> = notices
            .into_iter()
            .map(|notice| notice.payload["message"].clone())
            .collect();
        messages.sort_by_key(|message| message["at"].to_string());
        messages
    }

    /// Every reading of the centre's store; one that stands there twice is a failure.
    async fn stored(&self) -> Readings {
        let filter = SeriesFilter {
            metrics: vec!["sysUpTime".into()],
            ..SeriesFilter::default()
        };
        let store = self.app.store();
        let series = store.series(&filter).await.unwrap();
        let ids: Vec<_> = series.iter().map(|series| series.id).collect();
        let whole = Interval {
            from: Timestamp::EPOCH,
            to: self.clock.now().plus_millis(HOUR_MS),
        };
        let mut found = Readings::new();
        for of in store.samples(&ids, whole).await.unwrap() {
            let target = series.iter().find(|s| s.id == of.series).unwrap();
            for sample in &of.samples {
                let value = sample.value.and_then(Value::as_whole);
                let known = found.insert((target.target.0.clone(), sample.at), value);
                assert_eq!(known, None, "{} at {} twice", target.target, sample.at);
            }
        }
        found
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_cut_off_for_26_hours_delivers_everything_once_and_is_told_of_once() {
    let mut bench = Bench::new().await;
    bench.pass(30 * MINUTE_MS).await;
    assert_eq!(bench.state().await["state"], "fed");
    assert_eq!(bench.messages().await, Vec::<Json>::new());

    let cut_at = bench.clock.now();
    bench.link.up.store(false, SeqCst);
    for part in 0..26 {
        if part == 13 {
            bench = bench.restart().await;
        }
        bench.pass(HOUR_MS).await;
        let state = bench.state().await;
        assert_eq!(state["state"], "not_proven", "hour {part}: {state}");
        let devices = &state["devices"];
        assert_eq!(devices["unknown"], DEVICES.len(), "hour {part}: {devices}");
    }
    let messages = bench.messages().await;
    assert_eq!(messages.len(), 1, "{messages:#?}");
    assert_eq!(messages[0]["code"], "site_silent");
    assert_eq!(messages[0]["kind"], "raise");
    let window = format!("from={cut_at}&to={}", bench.clock.now());
    let proven = bench
        .get(&format!("/api/v1/sites/s/availability?{window}"))
        .await;
    assert!(
        proven["unknown_seconds"].as_f64().unwrap() > 25.9 * 3_600.0,
        "{proven:#}"
    );

    // The link comes back shortly before the devices are polled: their readings are live.
    let polled_at = bench.clock.now().plus_millis(MINUTE_MS);
    let back_at = polled_at.plus_millis(-HEAD_START_MS);
    assert_eq!(back_at.millis_since(cut_at) / HOUR_MS, CUT_MS / HOUR_MS);
    bench.run_until(back_at).await;
    bench.link.up.store(true, SeqCst);
    bench.pass_minute().await;
    bench.pass(20 * MINUTE_MS).await;

    live_came_first(&bench, polled_at, back_at);
    let state = bench.site.keeper.state().await;
    assert!(state.unsent <= 1, "only the newest minute waits: {state:?}");
    let last = bench.clock.now();
    bench.run_until(last.plus_millis(2 * SECOND_MS)).await;
    assert_eq!(bench.stored().await, bench.accepted);

    let state = bench.state().await;
    assert_eq!(state["state"], "fed", "{state}");
    let proven = bench
        .get(&format!("/api/v1/sites/s/availability?{window}"))
        .await;
    assert_eq!(proven["unknown_seconds"], 0.0, "{proven:#}");
    let messages = bench.messages().await;
    assert_eq!(
        messages.len(),
        2,
        "cut and back, nothing else: {messages:#?}"
    );
    assert_eq!(messages[1]["code"], "site_silent");
    assert_eq!(messages[1]["kind"], "clear");
}

/// The readings of `polled_at` were there in time, and all of the backlog came after them but
/// what the link could carry before they were read: how much of it that is depends on when the
/// courier happened to try again.
fn live_came_first(bench: &Bench, polled_at: Timestamp, back_at: Timestamp) {
    let arrivals = bench.link.arrivals.lock().unwrap();
    let place = arrivals.iter().position(|(_, read)| *read == polled_at);
    let place = place.expect("the readings of that minute are there");
    let came = arrivals[place].0;
    assert!(
        came <= back_at.plus_millis(LIVE_WITHIN_MS),
        "live readings came {} ms after the link was back",
        came.millis_since(back_at)
    );
    let older = |(_, read): &&(Timestamp, Timestamp)| *read < polled_at;
    let backlog = arrivals[place..].iter().filter(older).count();
    let whole = usize::try_from(CUT_MS / MINUTE_MS).unwrap() * DEVICES.len();
    // One request may be under way when they are read, and one takes what is left of its segment.
    let before = (HEAD_START_MS / ROUND_TRIP_MS + 2) * ROUNDS_A_REQUEST_MAX;
    let before = usize::try_from(before).unwrap();
    assert!(
        backlog + before >= whole,
        "{backlog} of {whole} came after the live ones"
    );
    let once: BTreeSet<_> = arrivals.iter().map(|(_, read)| *read).collect();
    assert_eq!(
        once.len() * DEVICES.len(),
        arrivals.len(),
        "nothing came twice"
    );
}
