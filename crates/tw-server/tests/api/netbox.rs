//! A sync with a server that replays recorded answers of a NetBox 4.7.3 over HTTP.
//!
//! **Room:** tests of `tw-server`.
//!
//! Where more devices are needed than were recorded, they are made from a recorded one.

use crate::bench::Bench;
use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    os::unix::fs::PermissionsExt,
    sync::{Arc, Mutex},
};
use tw_lifecycle::netbox::{SyncCounts, SyncOutcome};
use tw_server::{NetboxError, NetboxSettings, SyncMode, SyncReport, sync_netbox};
use tw_store::{Author, GrantScope};

/// A recorded answer; none where the recordings are not beside the project.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn recording(name: &str) -> Option<Value> {
    let path = format!(
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/netbox/{}.json"
        ),
        name
    );
    if let Ok(text) = std::fs::read_to_string(&path) {
        return Some(serde_json::from_str(&text).unwrap());
    }
    assert!(std::env::var_os("CI").is_none(), "no recording {path}");
    eprintln!("SKIPPED: no recording {path}");
    None
}

/// What the replaying server holds, and what it was asked.
struct Replay {
    status: Value,
    lists: BTreeMap<&'static str, Vec<Value>>,
    asked: Vec<(Method, String, String)>,
    /// How many more requests it answers; then it is busy.
    answers: Option<usize>,
}

type Shared = Arc<Mutex<Replay>>;

async fn answer(
    State(replay): State<Shared>,
    uri: Uri,
    method: Method,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let mut replay = replay.lock().unwrap();
    let token = headers.get("authorization").unwrap().to_str().unwrap();
    replay
        .asked
        .push((method, uri.to_string(), token.to_owned()));
    match &mut replay.answers {
        Some(0) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(left) => *left -= 1,
        None => {}
    }
    let path = uri.path().trim_start_matches("/api/").trim_end_matches('/');
    if path == "status" {
        return Json(replay.status.clone()).into_response();
    }
    let Some(rows) = replay.lists.get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    listed(rows, path, &query)
}

/// Pages as NetBox makes them: by `start` with `count: null`, by `offset` with a count; filters
/// whose name it does not know are ignored.
fn listed(rows: &[Value], path: &str, query: &BTreeMap<String, String>) -> Response {
    let number = |name: &str| query.get(name).map(|text| text.parse::<u64>().unwrap());
    if let Some(site) = query.get("site")
        && !["mic", "vnta", "rfd"].contains(&site.as_str())
    {
        let why = json!({"site": ["Select a valid choice."]});
        return (StatusCode::BAD_REQUEST, Json(why)).into_response();
    }
    let limit = usize::try_from(number("limit").unwrap()).unwrap();
    let id = |row: &Value| row["id"].as_u64().unwrap();
    let address = |what: String| format!("http://netbox.invalid/api/{path}/?limit={limit}&{what}");
    if let Some(start) = number("start") {
        let from: Vec<Value> = rows
            .iter()
            .filter(|row| id(row) >= start)
            .cloned()
            .collect();
        let next = from
            .get(limit)
            .map(|row| address(format!("start={}", id(row))));
        let results: Vec<&Value> = from.iter().take(limit).collect();
        let page = json!({"count": null, "next": next, "previous": null, "results": results});
        return Json(page).into_response();
    }
    let offset = usize::try_from(number("offset").unwrap_or(0)).unwrap();
    let results: Vec<&Value> = rows.iter().skip(offset).take(limit).collect();
    let more = offset + results.len() < rows.len();
    let next = more.then(|| address(format!("offset={}", offset + results.len())));
    let page = json!({"count": rows.len(), "next": next, "previous": null, "results": results});
    Json(page).into_response()
}

/// The bench, the replaying server and the settings to reach it.
struct Rig {
    bench: Bench,
    replay: Shared,
    settings: NetboxSettings,
}

impl Rig {
    /// `count` devices made from the recorded one; types, racks and the change log as recorded.
    async fn new(count: u64) -> Option<Self> {
        let one = recording("device-1")?;
        let devices = (1..=count).map(|n| {
            let mut row = one.clone();
            row["id"] = json!(n);
            row["asset_tag"] = json!(format!("MIC-{n:05}"));
            row["serial"] = json!(format!("FOC1602X{n:03}"));
            row["position"] = Value::Null;
            row
        });
        let rows = |name| {
            recording(name).unwrap()["results"]
                .as_array()
                .unwrap()
                .clone()
        };
        let replay = Arc::new(Mutex::new(Replay {
            status: recording("status").unwrap(),
            lists: BTreeMap::from([
                ("dcim/devices", devices.collect()),
                ("dcim/device-types", rows("device-types")),
                ("dcim/racks", rows("racks")),
                ("core/object-changes", rows("changes")),
            ]),
            asked: Vec::new(),
            answers: None,
        }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(replay.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let bench = Bench::new().await;
        let token = bench.data().join("netbox.token");
        std::fs::write(&token, "nbt_key.secret\n").unwrap();
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).unwrap();
        let settings: NetboxSettings = serde_json::from_value(json!({
            "url": format!("http://{address}"), "token_file": token, "page_size": 4,
            "mapping": {"custom_fields": {"purchase_date": "purchased"}},
        }))
        .unwrap();
        assert_eq!(settings.validate(), Vec::<String>::new());
        Some(Self {
            bench,
            replay,
            settings,
        })
    }

    fn devices(&self, change: impl FnOnce(&mut Vec<Value>)) {
        change(
            self.replay
                .lock()
                .unwrap()
                .lists
                .get_mut("dcim/devices")
                .unwrap(),
        );
    }

    async fn sync(&self, mode: Option<SyncMode>) -> Result<SyncReport, NetboxError> {
        self.bench.later(1_000);
        let store = self.bench.app.store();
        let when = (mode, self.bench.now());
        sync_netbox(store, &self.settings, when, &Author::local("test")).await
    }

    async fn real(&self) -> SyncReport {
        self.sync(Some(SyncMode::Real)).await.unwrap()
    }

    async fn assets(&self) -> Vec<String> {
        let stored = self.bench.app.store().load_register().await.unwrap();
        let tags = stored.register.assets.keys().map(ToString::to_string);
        tags.filter(|tag| tag.starts_with("MIC-")).collect()
    }
}

fn outcomes(report: &SyncReport, outcome: SyncOutcome) -> Vec<u64> {
    let of = report.lines.iter().filter(|line| line.outcome == outcome);
    of.map(|line| line.remote_id).collect()
}

#[tokio::test]
async fn the_first_sync_is_dry_the_second_real_and_the_third_finds_nothing_to_do() {
    let Some(rig) = Rig::new(10).await else {
        return;
    };
    let first = rig.sync(None).await.unwrap();
    assert_eq!((first.mode, first.counts.create), (SyncMode::Dry, 10));
    assert!(rig.assets().await.is_empty(), "a dry run changes nothing");
    let second = rig.sync(None).await.unwrap();
    assert_eq!((second.mode, second.counts.create), (SyncMode::Real, 10));
    assert_eq!(rig.assets().await.len(), 10);
    let third = rig.sync(None).await.unwrap();
    assert_eq!(
        third.counts,
        SyncCounts {
            unchanged: 10,
            ..SyncCounts::default()
        }
    );
    assert!(third.models.is_empty(), "{:?}", third.models);
    let runs = rig
        .bench
        .app
        .store()
        .source_runs(Some("netbox"), 10)
        .await
        .unwrap();
    assert_eq!(runs.len(), 3);
    // Types, 25 racks of which 2 were recorded, three pages of devices, the change log.
    assert!(
        runs.iter().all(|run| run.state == "done" && run.pages == 6),
        "{runs:?}"
    );
    assert!(
        rig.bench
            .app
            .store()
            .source_pages(runs[0].run)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn nothing_but_get_is_sent_the_status_first_and_the_token_in_its_form() {
    let Some(mut rig) = Rig::new(3).await else {
        return;
    };
    rig.real().await;
    {
        let replay = rig.replay.lock().unwrap();
        assert!(
            replay
                .asked
                .iter()
                .all(|(method, _, _)| method == Method::GET)
        );
        assert_eq!(replay.asked[0].1, "/api/status/");
        assert!(
            replay
                .asked
                .iter()
                .all(|asked| asked.2 == "Bearer nbt_key.secret")
        );
        let devices = |(_, path, _): &&(_, String, _)| path.contains("/dcim/devices/");
        let asked = &replay.asked.iter().find(devices).unwrap().1;
        assert!(
            asked.contains("start=0") && !asked.contains("offset"),
            "{asked}"
        );
    }
    let token = rig.bench.data().join("old.token");
    std::fs::write(&token, "0123456789abcdef0123456789abcdef01234567").unwrap();
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).unwrap();
    rig.settings.token_file = Some(token.clone());
    {
        let mut replay = rig.replay.lock().unwrap();
        replay.status["netbox-version"] = json!("4.5.1");
        replay.asked.clear();
    }
    rig.real().await;
    {
        let replay = rig.replay.lock().unwrap();
        assert!(
            replay
                .asked
                .iter()
                .all(|asked| asked.2.starts_with("Token 0123"))
        );
        let paged = |(_, path, _): &&(_, String, _)| path.contains("/dcim/devices/");
        let asked = &replay.asked.iter().find(paged).unwrap().1;
        assert!(
            asked.contains("offset=0") && asked.contains("ordering=id"),
            "{asked}"
        );
    }
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = rig.sync(None).await.unwrap_err();
    assert!(
        refused.to_string().contains("can be read by others"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_filter_that_netbox_does_not_know_is_found_out_before_anything_is_read() {
    let Some(mut rig) = Rig::new(10).await else {
        return;
    };
    rig.settings.filter = BTreeMap::from([("nosuch".to_owned(), "1".to_owned())]);
    let refused = rig.sync(Some(SyncMode::Real)).await.unwrap_err();
    assert!(matches!(&refused, NetboxError::FilterIgnored(name) if name == "nosuch"));
    assert!(rig.assets().await.is_empty());
    let runs = rig.bench.app.store().source_runs(None, 10).await.unwrap();
    assert_eq!((runs[0].state.as_str(), runs[0].pages), ("failed", 0));
    assert!(runs[0].why.as_ref().unwrap().contains("nosuch"));
    rig.settings.filter = BTreeMap::from([("site".to_owned(), "mic".to_owned())]);
    assert_eq!(rig.real().await.counts.create, 10);
}

#[tokio::test]
async fn duplicate_serials_a_deletion_and_a_changed_type_arrive_as_what_they_are() {
    let Some(rig) = Rig::new(10).await else {
        return;
    };
    rig.devices(|rows| rows[6]["serial"] = rows[2]["serial"].clone());
    let first = rig.real().await;
    assert_eq!((first.counts.create, first.counts.notes), (10, 2));
    // The recorded deletion is of device 2; the type of all others is renamed.
    rig.devices(|rows| {
        rows.retain(|row| row["id"] != 2);
        for row in rows {
            row["device_type"]["model"] = json!("C9200L-48P");
        }
    });
    {
        let mut replay = rig.replay.lock().unwrap();
        let types = replay.lists.get_mut("dcim/device-types").unwrap();
        types[0]["model"] = json!("C9200L-48P");
        types[0]["end_of_life"] = json!("2031-10-31");
    }
    let second = rig.real().await;
    assert_eq!(second.state, "done");
    assert_eq!(outcomes(&second, SyncOutcome::MissingInSource), [2]);
    assert_eq!(outcomes(&second, SyncOutcome::Update).len(), 9);
    assert_eq!(
        rig.assets().await.len(),
        10,
        "the asset of the deleted device stays"
    );
    let gone = second
        .lines
        .iter()
        .find(|line| line.remote_id == 2)
        .unwrap();
    assert!(gone.notes[0].detail.contains("deleted in NetBox by admin"));
    let refs = rig.bench.app.store().source_refs().await.unwrap();
    let missing: Vec<u64> = refs
        .iter()
        .filter(|one| one.missing_since.is_some())
        .map(|one| one.source_id)
        .collect();
    assert_eq!(missing, [2]);
    let third = rig.real().await;
    assert_eq!(
        (third.counts.unchanged, third.counts.missing_in_source),
        (9, 1)
    );
}

#[tokio::test]
async fn thirty_percent_gone_stops_the_sync_which_says_why_and_changes_nothing() {
    let Some(rig) = Rig::new(10).await else {
        return;
    };
    rig.real().await;
    let before = rig.bench.app.store().load_register().await.unwrap();
    let refs = rig.bench.app.store().source_refs().await.unwrap();
    rig.devices(|rows| {
        rows.truncate(7);
        rows[0]["status"] = json!({"value": "failed", "label": "Failed"});
    });
    let report = rig.real().await;
    assert_eq!(report.state, "stopped");
    let why = report.why.unwrap();
    assert!(
        why.contains("3 of 10 known devices are not in NetBox any more"),
        "{why}"
    );
    let after = rig.bench.app.store().load_register().await.unwrap();
    assert_eq!(after.register, before.register);
    assert_eq!(rig.bench.app.store().source_refs().await.unwrap(), refs);
    let runs = rig.bench.app.store().source_runs(None, 1).await.unwrap();
    assert_eq!(runs[0].state, "stopped");
    assert_eq!(runs[0].why.as_deref(), Some(why.as_str()));
}

#[tokio::test]
async fn a_run_that_broke_off_reads_on_behind_its_last_page() {
    let Some(rig) = Rig::new(10).await else {
        return;
    };
    // The status, types, racks and one page of devices.
    rig.replay.lock().unwrap().answers = Some(4);
    let broken = rig.sync(Some(SyncMode::Real)).await.unwrap_err();
    assert!(
        matches!(broken, NetboxError::Unreachable { .. }),
        "{broken}"
    );
    assert!(rig.assets().await.is_empty());
    {
        let mut replay = rig.replay.lock().unwrap();
        replay.answers = None;
        replay.asked.clear();
    }
    let report = rig.real().await;
    assert_eq!((report.run, report.counts.create), (1, 10));
    let replay = rig.replay.lock().unwrap();
    let asked: Vec<&str> = replay
        .asked
        .iter()
        .map(|(_, path, _)| path.as_str())
        .collect();
    assert_eq!(asked.len(), 4, "{asked:?}");
    assert!(asked[1].contains("start=5"), "{asked:?}");
}

#[tokio::test]
async fn rows_that_move_between_pages_are_noticed_where_there_is_no_cursor() {
    let Some(rig) = Rig::new(10).await else {
        return;
    };
    rig.replay.lock().unwrap().status["netbox-version"] = json!("4.4.0");
    // The order is not by id: the third page repeats what the first had.
    rig.devices(|rows| {
        let again = rows[1].clone();
        rows.insert(8, again);
    });
    let refused = rig.sync(Some(SyncMode::Real)).await.unwrap_err();
    assert!(matches!(refused, NetboxError::Drift(_)), "{refused}");
    assert!(rig.assets().await.is_empty());
}

/// The discrepancies of a kind as the API lists them.
async fn queue(rig: &Rig, kind: &str) -> Vec<Value> {
    rig.bench.app.reload_register().await.unwrap();
    rig.bench.app.reconcile_once().await.unwrap();
    let token = rig.bench.token("asset_manager", GrantScope::All).await;
    let path = format!("/api/v1/discrepancies?kind={kind}&limit=1000");
    let found = rig.bench.get(&token, &path).await.ok();
    found["items"].as_array().unwrap().clone()
}

/// Acceptance 9: what a sync cannot settle waits for a person.
#[tokio::test]
async fn what_a_sync_could_not_settle_waits_in_the_discrepancy_queue() {
    let Some(mut rig) = Rig::new(10).await else {
        return;
    };
    rig.devices(|rows| rows[6]["serial"] = rows[2]["serial"].clone());
    rig.real().await;
    let twins = queue(&rig, "duplicate_in_source").await;
    let tags: Vec<&str> = twins
        .iter()
        .map(|one| one["asset"].as_str().unwrap())
        .collect();
    assert_eq!(tags.len(), 2, "{twins:?}");
    assert!(
        tags.contains(&"MIC-00003") && tags.contains(&"MIC-00007"),
        "{tags:?}"
    );
    assert_eq!(twins[0]["actions"], json!(["dismiss"]), "a person looks");
    rig.devices(|rows| {
        rows.retain(|row| row["id"] != 2);
        for row in rows {
            row["device_type"]["model"] = json!("C9200L-48P");
        }
    });
    {
        let mut replay = rig.replay.lock().unwrap();
        let types = replay.lists.get_mut("dcim/device-types").unwrap();
        types[0]["end_of_life"] = json!("2031-10-31");
    }
    rig.real().await;
    let gone = queue(&rig, "missing_in_source").await;
    assert_eq!((gone.len(), &gone[0]["asset"]), (1, &json!("MIC-00002")));
    assert!(
        gone[0]["observed"]
            .as_str()
            .unwrap()
            .contains("deleted in NetBox by admin")
    );
    let types = queue(&rig, "source_type_changed").await;
    assert_eq!(types.len(), 1, "{types:?}");
    assert!(
        types[0]["observed"]
            .as_str()
            .unwrap()
            .contains("2031-10-31"),
        "{types:?}"
    );

    rig.devices(|rows| rows.truncate(6));
    assert_eq!(rig.real().await.state, "stopped");
    let stopped = queue(&rig, "source_refused").await;
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    let why = stopped[0]["observed"].as_str().unwrap();
    assert!(why.contains("are not in NetBox any more"), "{why}");
    rig.settings.filter = BTreeMap::from([("nosuch".to_owned(), "1".to_owned())]);
    rig.sync(Some(SyncMode::Real)).await.unwrap_err();
    let refused = queue(&rig, "source_refused").await;
    assert_eq!(refused.len(), 1);
    assert!(
        refused[0]["observed"].as_str().unwrap().contains("nosuch"),
        "{refused:?}"
    );
    assert_eq!(
        queue(&rig, "missing_in_source").await.len(),
        1,
        "the last whole run still holds"
    );
}
