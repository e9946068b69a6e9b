//! `tierwatch serve` with an agent that is not ours: its state, its rates, its end and its
//! return, at the API and in the messages.
//!
//! **Room:** layer 3; tests.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod support;

use serde_json::{Value as Json, json};
use std::{fs, path::Path};
use support::{
    Api, Process,
    agent::{IN_BYTES, OUT_BYTES, Snmpd},
    free_port,
    notices::Notices,
    until,
};
use tw_ingest::round::Value;
use tw_store::{SeriesFilter, Store, StoreSettings};
use tw_units::{Interval, Timestamp, WallClock};

const POLL_SECONDS: u32 = 1;

/// Rates are right to one percent.
const RATE_ERROR_MAX: f64 = 0.01;

fn write_files(folder: &Path, port: u16, agents: [&Snmpd; 2], notices: &Notices) {
    let inventory = folder.join("inventory");
    fs::create_dir_all(&inventory).unwrap();
    fs::write(folder.join("community"), "public").unwrap();
    let device = |id: &str, agent: &Snmpd| {
        format!(
            "  - {{id: {id}, name: {id}, class: server, address: \"{}\", credential: c, \
             poll_seconds: {POLL_SECONDS}, witness: true}}\n",
            agent.address
        )
    };
    let site = format!(
        "organisation: {{id: o, name: {{en: O, vi: O}}, timezone: Asia/Ho_Chi_Minh}}\n\
         site: {{id: s, name: {{en: S, vi: S}}, timezone: Asia/Ho_Chi_Minh}}\n\
         credentials:\n  - {{id: c, snmp: {{version: 2c, community_file: {}}}}}\n\
         devices:\n{}{}",
        folder.join("community").display(),
        device("foreign", agents[0]),
        device("neighbour", agents[1]),
    );
    fs::write(inventory.join("site.yaml"), site).unwrap();
    let serve = format!(
        "listen: 127.0.0.1:{port}\ndata: centre\ninventory: inventory\n\
         notify: {{channels: {{test: {{webhook: {{url: \"http://{}/\"}}}}}}}}\n",
        notices.address
    );
    fs::write(folder.join("serve.yaml"), serve).unwrap();
}

async fn until_state(api: &Api, device: &str, state: &str) -> Json {
    until(&format!("{device} is {state}"), async || {
        let status = api.get(&format!("/api/v1/devices/{device}")).await["status"].clone();
        (status["state"] == state).then_some(status)
    })
    .await
}

/// The mean rates of `lo` since `from`, in bits a second, and over how many steps.
async fn rates(api: &Api, from: &Json) -> Option<(f64, f64, usize)> {
    let from = from.as_str()?;
    let path = format!("/api/v1/interfaces/foreign:lo/traffic?from={from}&step_seconds=1");
    let traffic = api.try_get(&path).await?;
    let points = traffic["points"].as_array()?;
    let of = |name: &str| -> Vec<f64> { points.iter().filter_map(|p| p[name].as_f64()).collect() };
    let mean = |rates: &[f64]| {
        let count = u32::try_from(rates.len()).ok().filter(|count| *count > 0)?;
        Some(rates.iter().sum::<f64>() / f64::from(count))
    };
    let (ins, outs) = (of("in_bps"), of("out_bps"));
    Some((mean(&ins)?, mean(&outs)?, ins.len()))
}

fn is_right(found: f64, bytes: u64) -> bool {
    let expect = f64::from(u32::try_from(bytes).unwrap()) * 8.0;
    (found / expect - 1.0).abs() <= RATE_ERROR_MAX
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_agent_is_followed_through_its_end_and_its_return() {
    let (Some(mut foreign), Some(neighbour)) = (Snmpd::start(), Snmpd::start()) else {
        return;
    };
    let notices = Notices::listen().await;
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    write_files(folder.path(), port, [&foreign, &neighbour], &notices);
    let path = |name: &str| folder.path().join(name);
    let config = path("serve.yaml").display().to_string();
    let centre = Process::start(&["serve", "--config", &config], &path("serve.log"));
    let api = Api::open(
        &format!("http://127.0.0.1:{port}"),
        None,
        &path("centre"),
        "viewer",
    )
    .await;

    let up = until_state(&api, "foreign", "up").await;
    until_state(&api, "neighbour", "up").await;
    // The longer the window, the less the instant of a single question matters.
    let from = up["last_poll"].clone();
    let (ins, outs, steps) = until("rates right to one percent", async || {
        let found = rates(&api, &from).await?;
        let (ins, outs, steps) = found;
        (steps >= 5 && is_right(ins, IN_BYTES) && is_right(outs, OUT_BYTES)).then_some(found)
    })
    .await;
    assert!(ins > outs && steps >= 5, "{ins} {outs} over {steps} steps");

    let stopped_at = now();
    foreign.stop();
    until_state(&api, "foreign", "down").await;
    let subject = json!({"device": "foreign"});
    let message = |kind: &str| (subject.clone(), "device_down".to_owned(), kind.to_owned());
    until("the message that it is down", async || {
        (!notices.told().is_empty()).then_some(())
    })
    .await;
    assert_eq!(notices.told(), [message("raise")], "{}", centre.said());
    let other = api.get("/api/v1/devices/neighbour").await;
    assert_eq!(other["status"]["state"], "up", "nobody else suffers");

    foreign.start_again();
    until_state(&api, "foreign", "up").await;
    until("the message that it is up again", async || {
        (notices.told().len() > 1).then_some(())
    })
    .await;
    // The neighbour goes on; whatever was to be said twice would be said by now.
    let polls = polls_of(&api).await;
    until("further polls", async || {
        (polls_of(&api).await >= polls + 5).then_some(())
    })
    .await;
    assert_eq!(notices.told(), [message("raise"), message("clear")]);
    drop(centre);
    let seen = states_after(folder.path(), stopped_at).await;
    let first_down = seen.iter().position(|state| *state == 0);
    assert!(
        first_down.is_some_and(|polls| polls < 2),
        "down within two polls: {seen:?}"
    );
}

/// How often the neighbour's rounds came, by the collector's own count.
async fn polls_of(api: &Api) -> i64 {
    let device = api.get("/api/v1/devices/neighbour").await;
    let at = device["status"]["last_poll"].as_str().unwrap();
    at.parse::<Timestamp>().unwrap().as_millis() / i64::from(POLL_SECONDS * 1_000)
}

fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the programs under test run on it"
    )]
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp::EPOCH.plus(now)
}

/// What the polls of the agent found that began after an instant, in their order.
async fn states_after(folder: &Path, at: Timestamp) -> Vec<i128> {
    let settings = StoreSettings::tool(folder.join("centre"));
    let store = Store::open(&settings, WallClock::new(now)).unwrap();
    let filter = SeriesFilter {
        targets: vec![tw_ingest::TargetKey("foreign".into())],
        metrics: vec!["tierwatch_device_up".into()],
        ..SeriesFilter::default()
    };
    let series = store.series(&filter).await.unwrap();
    let ids: Vec<_> = series.iter().map(|series| series.id).collect();
    let window = Interval {
        from: at,
        to: now().plus_millis(1_000),
    };
    let mut samples: Vec<_> = store
        .samples(&ids, window)
        .await
        .unwrap()
        .into_iter()
        .flat_map(|of| of.samples)
        .collect();
    samples.sort_by_key(|sample| sample.at);
    let whole = |value: Option<Value>| value.and_then(Value::as_whole);
    samples
        .iter()
        .filter_map(|sample| whole(sample.value))
        .collect()
}
