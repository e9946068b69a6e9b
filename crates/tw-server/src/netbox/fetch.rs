//! Reads a NetBox page by page, from where the run stands to its end.
//!
//! **Room:** layer 2, shell. **May use:** `tw-lifecycle`, `tw-store`. **Must not:** trust a
//! filter that was not tried, or an address in an answer.

use super::{
    client::{NetboxClient, NetboxError},
    settings::NetboxSettings,
};
use reqwest::{StatusCode, Url};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tw_lifecycle::netbox::{
    NetboxVersion, Remote, read_deletion, read_device, read_rack, read_type,
};
use tw_store::{SourceRun, Store};

/// The most pages of a list: a million rows.
const PAGES_MAX: u64 = 5_000;
/// The most pages of the change log, newest first.
const LOG_PAGES_MAX: u64 = 10;
/// A value that no object of a NetBox has.
const CANARY: &str = "tierwatch-canary-7f3a";

const TYPES: &str = "dcim/device-types";
const RACKS: &str = "dcim/racks";
const DEVICES: &str = "dcim/devices";
const LOG: &str = "core/object-changes";
/// What is read, in this order: devices after what they refer to, the log after the devices.
const LISTS: [&str; 4] = [TYPES, RACKS, DEVICES, LOG];

/// The keys of rows that are kept.
const KEYS: [&str; 28] = [
    "id",
    "display_url",
    "url",
    "name",
    "device_type",
    "role",
    "device_role",
    "serial",
    "asset_tag",
    "site",
    "rack",
    "position",
    "face",
    "status",
    "custom_fields",
    "last_updated",
    "manufacturer",
    "model",
    "slug",
    "part_number",
    "u_height",
    "is_full_depth",
    "end_of_life",
    "action",
    "changed_object_type",
    "changed_object_id",
    "time",
    "user_name",
];

/// Where a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    /// Which of the lists.
    list: usize,
    /// `start` of the next page (an id) or its `offset`.
    at: u64,
    /// The last id of the page before.
    last_id: u64,
    /// Pages of this list so far.
    pages: u64,
}

/// Reads all that the run has not read yet, and gives all of it.
pub(super) async fn read_all(
    store: &Store,
    client: &NetboxClient,
    settings: &NetboxSettings,
    run: &SourceRun,
) -> Result<Remote, NetboxError> {
    let version = client.version().await?;
    try_filters(client, settings).await?;
    let mut cursor: Cursor = serde_json::from_value(run.cursor.clone()).unwrap_or_default();
    while let Some(list) = LISTS.get(cursor.list).copied() {
        let (rows, next) = page(client, settings, (version, list), cursor).await?;
        let known = json!(next);
        store
            .keep_source_page(run.run, (list, &Value::Array(rows)), &known)
            .await?;
        cursor = next;
    }
    Ok(understood(store.source_pages(run.run).await?))
}

/// NetBox ignores a filter whose name it does not know and gives everything. So each is tried
/// with a value that nothing has: no row, or a refusal, shows that it is known.
async fn try_filters(client: &NetboxClient, settings: &NetboxSettings) -> Result<(), NetboxError> {
    for name in settings.filter.keys() {
        let path = address(DEVICES, &[("limit", "1"), (name, CANARY)]);
        match client.get(&path).await {
            Ok(answer) if results(&answer, &path)?.is_empty() => {}
            Ok(_) => return Err(NetboxError::FilterIgnored(name.clone())),
            Err(NetboxError::Refused { status, .. }) if status == StatusCode::BAD_REQUEST => {}
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

async fn page(
    client: &NetboxClient,
    settings: &NetboxSettings,
    (version, list): (NetboxVersion, &'static str),
    cursor: Cursor,
) -> Result<(Vec<Value>, Cursor), NetboxError> {
    let by_cursor = version >= NetboxVersion::CURSOR && list != LOG;
    let (limit, at) = (settings.page_size.to_string(), cursor.at.to_string());
    let mut query = vec![("limit", limit.as_str())];
    query.push((if by_cursor { "start" } else { "offset" }, at.as_str()));
    match list {
        LOG => query.push(("action", "delete")),
        _ if !by_cursor => query.push(("ordering", "id")),
        _ => {}
    }
    if list == DEVICES {
        query.extend(
            settings
                .filter
                .iter()
                .map(|(k, v)| (k.as_str(), v.as_str())),
        );
    }
    let path = address(list, &query);
    let answer = match client.get(&path).await {
        Ok(answer) => answer,
        // Not every token may read the change log; then nobody says who deleted what.
        Err(NetboxError::Refused { status, .. })
            if list == LOG && status == StatusCode::FORBIDDEN =>
        {
            return Ok((Vec::new(), after_list(cursor)));
        }
        Err(other) => return Err(other),
    };
    let rows = results(&answer, &path)?;
    let mut last_id = cursor.last_id;
    for id in rows.iter().filter_map(|row| row.get("id")?.as_u64()) {
        if list != LOG && id <= last_id {
            return Err(NetboxError::Drift(list.to_owned()));
        }
        last_id = id;
    }
    let kept = rows.iter().map(trimmed).collect();
    let pages = cursor.pages + 1;
    if pages >= PAGES_MAX {
        return Err(NetboxError::TooMuch(list.to_owned()));
    }
    let next = next_of(&answer, if by_cursor { "start" } else { "offset" });
    let next = match next {
        Some(_) if list == LOG && pages >= LOG_PAGES_MAX => after_list(cursor),
        Some(at) if at > cursor.at => Cursor {
            at,
            last_id,
            pages,
            ..cursor
        },
        Some(_) => return Err(NetboxError::Drift(list.to_owned())),
        None => after_list(cursor),
    };
    Ok((kept, next))
}

fn after_list(cursor: Cursor) -> Cursor {
    Cursor {
        list: cursor.list + 1,
        ..Cursor::default()
    }
}

fn address(list: &str, query: &[(&str, &str)]) -> String {
    let mut encoded = Url::parse("http://netbox.invalid/").expect("a constant address is one");
    encoded.query_pairs_mut().extend_pairs(query);
    format!("/api/{list}/?{}", encoded.query().unwrap_or_default())
}

fn results<'a>(answer: &'a Value, path: &str) -> Result<&'a Vec<Value>, NetboxError> {
    let rows = answer.get("results").and_then(Value::as_array);
    rows.ok_or_else(|| NetboxError::Answer {
        path: path.to_owned(),
        why: "no list of results".to_owned(),
    })
}

/// The position of the next page; of the address only this number is used.
fn next_of(answer: &Value, name: &str) -> Option<u64> {
    let next = Url::parse(answer.get("next")?.as_str()?).ok()?;
    let (_, at) = next.query_pairs().find(|(key, _)| key == name)?;
    at.parse().ok()
}

fn trimmed(row: &Value) -> Value {
    let Value::Object(row) = row else {
        return Value::Null;
    };
    let kept: Map<String, Value> = row
        .iter()
        .filter(|(key, _)| KEYS.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    Value::Object(kept)
}

fn understood(pages: Vec<(String, Value)>) -> Remote {
    let mut remote = Remote::default();
    for (list, rows) in pages {
        let Value::Array(rows) = rows else {
            continue;
        };
        for row in &rows {
            let unreadable = match list.as_str() {
                TYPES => read_type(row).map(|one| remote.types.push(one)).err(),
                RACKS => read_rack(row).map(|one| remote.racks.push(one)).err(),
                DEVICES => read_device(row).map(|one| remote.devices.push(one)).err(),
                _ => {
                    remote.deletions.extend(read_deletion(row));
                    None
                }
            };
            // A type or rack has an id of its own: it stands for no device.
            remote.unreadable.extend(unreadable.map(|mut found| {
                if list != DEVICES {
                    found.why = format!("{list} {}: {}", found.id.unwrap_or(0), found.why);
                    found.id = None;
                }
                found
            }));
        }
    }
    remote
}
