//! `tierwatch netbox sync` as people and timers run it: the whole program against a server on
//! this machine that answers with what a NetBox 4.7.3 was recorded to say.
//!
//! **Room:** layer 3; tests.
//!
//! Where more devices are needed than were recorded, they are made from a recorded one.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod support;

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Output},
    sync::{Arc, Mutex},
};
use support::PROGRAM;
use tempfile::TempDir;
use tw_store::{Store, StoreSettings};
use tw_units::{Timestamp, WallClock};

/// A recorded answer; none where the recordings are not beside the project.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn recording(name: &str) -> Option<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/netbox");
    let path = format!("{folder}/{name}.json");
    if let Ok(text) = fs::read_to_string(&path) {
        return Some(serde_json::from_str(&text).unwrap());
    }
    assert!(std::env::var_os("CI").is_none(), "no recording {path}");
    eprintln!("SKIPPED: no recording {path}");
    None
}

type Lists = Arc<Mutex<BTreeMap<String, Value>>>;

/// Pages by `start`, as recorded; a filter whose name is not known is ignored.
async fn answer(
    State(lists): State<Lists>,
    uri: Uri,
    method: Method,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let wanted = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    if method != Method::GET || wanted != Some("Bearer nbt_key.secret") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let path = uri.path().trim_start_matches("/api/").trim_end_matches('/');
    let lists = lists.lock().unwrap();
    let Some(found) = lists.get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(rows) = found.as_array() else {
        return Json(found.clone()).into_response();
    };
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<u64>().ok());
    let start = number("start").unwrap_or(0);
    let limit = usize::try_from(number("limit").unwrap_or(50)).unwrap();
    let from: Vec<&Value> = rows
        .iter()
        .filter(|row| row["id"].as_u64().is_some_and(|id| id >= start))
        .collect();
    let next = from.get(limit).map(|row| {
        format!(
            "http://netbox.invalid/api/{path}/?limit={limit}&start={}",
            row["id"]
        )
    });
    let results: Vec<&&Value> = from.iter().take(limit).collect();
    Json(json!({"count": null, "next": next, "previous": null, "results": results})).into_response()
}

/// A centre's data with the model case, the server, and the settings between them.
struct Rig {
    folder: TempDir,
    lists: Lists,
    address: String,
}

impl Rig {
    async fn new(count: u64) -> Option<Self> {
        let one = recording("device-1")?;
        let devices: Vec<Value> = (1..=count)
            .map(|n| {
                let mut row = one.clone();
                row["id"] = json!(n);
                row["asset_tag"] = json!(format!("MIC-{n:05}"));
                row["serial"] = json!(format!("FOC1602X{n:03}"));
                row["position"] = Value::Null;
                row
            })
            .collect();
        let rows = |name: &str| recording(name).unwrap()["results"].clone();
        let lists = BTreeMap::from([
            ("status".to_owned(), recording("status").unwrap()),
            ("dcim/devices".to_owned(), json!(devices)),
            ("dcim/device-types".to_owned(), rows("device-types")),
            ("dcim/racks".to_owned(), rows("racks")),
            ("core/object-changes".to_owned(), rows("changes")),
        ]);
        let lists: Lists = Arc::new(Mutex::new(lists));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&lists));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let rig = Self {
            folder: tempfile::tempdir().unwrap(),
            lists,
            address,
        };
        let inventory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory");
        let data = rig.data();
        let applied = rig
            .run(&["inventory", "apply", inventory, "--data", &data])
            .await;
        assert!(applied.status.success(), "{}", said(&applied));
        rig.settings(&json!({}));
        Some(rig)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// The settings file, with an own filter.
    fn settings(&self, filter: &Value) -> PathBuf {
        let token = self.folder.path().join("token");
        fs::write(&token, "nbt_key.secret\n").unwrap();
        fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
        let settings = json!({"url": format!("http://{}", self.address), "token_file": token,
            "page_size": 4, "filter": filter});
        let path = self.folder.path().join("netbox.yaml");
        // JSON is YAML.
        fs::write(&path, settings.to_string()).unwrap();
        path
    }

    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    /// A sync with its exit code and what it printed as JSON.
    async fn sync(&self, more: &[&str]) -> (Option<i32>, Value) {
        let output = self.sync_as(more).await;
        let report = serde_json::from_slice(&output.stdout);
        (
            output.status.code(),
            report.unwrap_or_else(|e| panic!("{e}: {}", said(&output))),
        )
    }

    async fn sync_as(&self, more: &[&str]) -> Output {
        let (data, settings) = (self.data(), self.folder.path().join("netbox.yaml"));
        let settings = settings.display().to_string();
        let fixed = [
            "netbox",
            "sync",
            "--json",
            "--data",
            &data,
            "--settings",
            &settings,
        ];
        self.run(&[&fixed[..], more].concat()).await
    }

    fn devices(&self, change: impl FnOnce(&mut Vec<Value>)) {
        let mut lists = self.lists.lock().unwrap();
        change(
            lists
                .get_mut("dcim/devices")
                .and_then(Value::as_array_mut)
                .unwrap(),
        );
    }

    /// The tags of the register that came from NetBox.
    async fn tags(&self) -> Vec<String> {
        let clock = WallClock::new(|| Timestamp::from_millis(1_800_000_000_000));
        let store = Store::open(&StoreSettings::tool(self.data()), clock).unwrap();
        let stored = store.load_register().await.unwrap();
        let tags = stored.register.assets.keys().map(ToString::to_string);
        tags.filter(|tag| tag.starts_with("MIC-000")).collect()
    }
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// Acceptance 9, at the command line.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_sync_shows_the_second_carries_over_and_thirty_percent_gone_stop_the_third() {
    let Some(rig) = Rig::new(10).await else {
        return;
    };
    let (code, first) = rig.sync(&[]).await;
    assert_eq!(
        (code, &first["mode"], &first["counts"]["create"]),
        (Some(0), &json!("dry"), &json!(10))
    );
    assert!(rig.tags().await.is_empty(), "a dry run changes nothing");
    let (code, second) = rig.sync(&[]).await;
    assert_eq!(
        (code, &second["mode"], &second["state"]),
        (Some(0), &json!("real"), &json!("done"))
    );
    assert_eq!(rig.tags().await.len(), 10);

    rig.devices(|rows| rows.truncate(7));
    let (code, stopped) = rig.sync(&[]).await;
    assert_eq!((code, &stopped["state"]), (Some(3), &json!("stopped")));
    let why = stopped["why"].as_str().unwrap();
    assert!(
        why.contains("3 of 10 known devices are not in NetBox any more"),
        "{why}"
    );
    let told = rig.sync_as(&[]).await;
    let errors = String::from_utf8_lossy(&told.stderr);
    assert!(
        errors.contains("stopped: 3 of 10") && errors.contains("nothing was changed"),
        "{errors}"
    );
    assert_eq!(rig.tags().await.len(), 10, "the assets stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn twins_a_deletion_and_a_changed_type_are_told_line_by_line() {
    let Some(rig) = Rig::new(10).await else {
        return;
    };
    rig.devices(|rows| rows[6]["serial"] = rows[2]["serial"].clone());
    let (code, first) = rig.sync(&["--apply"]).await;
    assert_eq!((code, &first["counts"]["create"]), (Some(0), &json!(10)));
    let twins = first["lines"]
        .to_string()
        .matches("duplicate_serial")
        .count();
    assert_eq!(twins, 2, "{}", first["lines"]);
    rig.devices(|rows| {
        rows.retain(|row| row["id"] != 2);
        for row in rows {
            row["device_type"]["model"] = json!("C9200L-48P");
        }
    });
    rig.lists
        .lock()
        .unwrap()
        .get_mut("dcim/device-types")
        .unwrap()[0]["model"] = json!("C9200L-48P");
    let (code, second) = rig.sync(&["--apply"]).await;
    assert_eq!((code, &second["state"]), (Some(0), &json!("done")));
    assert_eq!(second["counts"]["missing_in_source"], 1);
    assert_eq!(second["counts"]["update"], 9, "the model of each");
    assert!(
        second["lines"]
            .to_string()
            .contains("deleted in NetBox by admin")
    );
    assert_eq!(
        rig.tags().await.len(),
        10,
        "the asset of the deleted device stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_filter_and_a_token_that_others_can_read_are_bad_input() {
    let Some(rig) = Rig::new(3).await else {
        return;
    };
    rig.settings(&json!({"nosuch": "1"}));
    let refused = rig.sync_as(&["--apply"]).await;
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("nosuch"), "{}", said(&refused));
    assert!(rig.tags().await.is_empty());
    rig.settings(&json!({}));
    let token = rig.folder.path().join("token");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = rig.sync_as(&[]).await;
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
}
