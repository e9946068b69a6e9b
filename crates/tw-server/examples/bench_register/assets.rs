//! Lists, reports and writes of assets.
//!
//! **Room:** beside the product.

use crate::{
    desk::Desk,
    estate::{self, CLASSES, Numbers, SITES, UNITS},
};
use axum::{body::Bytes, http::Method};
use serde_json::json;
use std::time::{Duration, Instant};
use tw_store::GrantScope;

/// Files of all assets are large: fewer of them.
const FILES: usize = 10;
/// Acceptance: 99 of 100 lists and reports are quicker.
const LIST_MS_WANTED: u64 = 300;
/// A write of one asset must not take seconds.
const WRITE_MS_WANTED: u64 = 1_000;

const SORTS: [&str; 9] = [
    "id", "class", "site", "unit", "model", "serial", "state", "due", "age",
];

pub(crate) async fn bench((count, requests): (usize, usize)) {
    println!("== {count} assets, {UNITS} units, {SITES} sites: {requests} requests of each kind");
    let register = estate::register(count);
    let started = Instant::now();
    assert_eq!(tw_model::validate(&register), []);
    println!("register checked whole in {:.1?}", started.elapsed());
    let mut desk = Desk::open(&register).await;
    drop(register);
    let mut numbers = Numbers(8);
    lists(&mut desk, (requests, &mut numbers)).await;
    pages(&mut desk, (requests, &mut numbers)).await;
    reports(&mut desk, (requests, &mut numbers)).await;
    writes(&mut desk, (count, requests), &mut numbers).await;
    parts(&mut desk, (requests, &mut numbers)).await;
    desk.print(|kind| match kind.split(' ').next() {
        Some("list" | "report") => Some(Duration::from_millis(LIST_MS_WANTED)),
        Some("write") => Some(Duration::from_millis(WRITE_MS_WANTED)),
        _ => None,
    });
}

async fn lists(desk: &mut Desk, (requests, numbers): (usize, &mut Numbers)) {
    desk.get("first list after the start", "/api/v1/assets")
        .await;
    for n in 0..requests {
        desk.get("list first page", "/api/v1/assets").await;
        let path = format!("/api/v1/assets?{}", filter(numbers));
        desk.get("list filtered", &path).await;
        let needle = match n % 3 {
            0 => format!("{:05X}", numbers.below(50_000)),
            1 => format!("model {}", numbers.below(80)),
            _ => "nothing like this".to_owned(),
        };
        let path = format!("/api/v1/assets?q={}", needle.replace(' ', "%20"));
        desk.get("list searched", &path).await;
        for field in SORTS {
            let way = ["", "-"][n % 2];
            let path = format!("/api/v1/assets?sort={way}{field}");
            desk.get(&format!("list sorted by {field}"), &path).await;
        }
        let field = SORTS[numbers.below(SORTS.len())];
        let path = format!(
            "/api/v1/assets?sort=-{field}&limit=1000&{}",
            filter(numbers)
        );
        desk.get("list filtered, sorted, 1,000 a page", &path).await;
    }
    for _ in 0..FILES {
        desk.get("file of all assets, CSV", "/api/v1/assets?format=csv")
            .await;
    }
}

fn filter(numbers: &mut Numbers) -> String {
    let class = CLASSES[numbers.below(CLASSES.len())];
    let site = estate::site(numbers.below(SITES));
    match numbers.below(5) {
        0 => format!("class={class}"),
        1 => format!("site={site}&class={class}&state=deployed"),
        2 => format!("unit={}", estate::unit(numbers.below(UNITS))),
        3 => format!("age=over&site={site}"),
        _ => format!("age=unknown&class={class}"),
    }
}

/// Goes through the whole list, and then to any of its pages again.
async fn pages(desk: &mut Desk, (requests, numbers): (usize, &mut Numbers)) {
    let mut cursors: Vec<String> = Vec::new();
    let mut path = "/api/v1/assets?limit=1000&sort=due".to_owned();
    loop {
        let page = desk.json("list page by page, 1,000 each", &path).await;
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/v1/assets?limit=1000&sort=due&cursor={next}");
        cursors.push(next.to_owned());
    }
    for _ in 0..requests {
        let Some(cursor) = cursors.get(numbers.below(cursors.len().max(1))) else {
            return;
        };
        let path = format!("/api/v1/assets?sort=due&cursor={cursor}");
        desk.get("list any page", &path).await;
    }
}

async fn reports(desk: &mut Desk, (requests, numbers): (usize, &mut Numbers)) {
    for _ in 0..requests {
        desk.get("report age", "/api/v1/reports/age").await;
        let unit = estate::unit(numbers.below(UNITS));
        let path = format!("/api/v1/reports/age?unit={unit}");
        desk.get("report age of a unit", &path).await;
        let (year, month) = (2020 + numbers.below(12), numbers.below(12) + 1);
        let day = format!("{year}-{month:02}-{:02}", numbers.below(28) + 1);
        let path = format!("/api/v1/reports/age?as_of={day}");
        desk.get("report age on any other day", &path).await;
        let path = format!("/api/v1/assets?as_of={day}&age=over&sort=due");
        desk.get("list as of that day", &path).await;
    }
}

/// One asset after the other is changed; whoever asks next sees it.
async fn writes(desk: &mut Desk, (count, requests): (usize, usize), numbers: &mut Numbers) {
    for n in 0..requests {
        let tag = estate::tag(numbers.below(count));
        let path = format!("/api/v1/assets/{tag}");
        let version = desk.json("one asset", &path).await["version"].clone();
        let told = desk
            .json("one asset's history", &format!("{path}/history"))
            .await;
        let mut record = told["record"].clone();
        record["note"] = json!(format!("checked {n}"));
        if record["status"] == "deployed" {
            record["dates"]["first_in_service"] = json!({"date": "2024-05"});
        }
        let body = Bytes::from(json!({"version": version, "record": record}).to_string());
        let put = (Method::PUT, path.as_str());
        desk.send("write one asset (PUT)", put, ("application/json", body))
            .await;
        desk.get("list right after a write", "/api/v1/assets?sort=due")
            .await;
        desk.get("report age after a write", "/api/v1/reports/age")
            .await;
    }
}

/// Callers who see a part.
async fn parts(desk: &mut Desk, (requests, numbers): (usize, &mut Numbers)) {
    let all = desk.token.clone();
    desk.token = desk
        .caller("viewer", GrantScope::Unit(estate::unit(1)))
        .await;
    for _ in 0..requests {
        desk.get("list of one's own units", "/api/v1/assets?sort=-due")
            .await;
        let path = format!("/api/v1/assets?{}", filter(numbers));
        desk.get("list filtered in one's own units", &path).await;
        desk.get("report age of one's own units", "/api/v1/reports/age")
            .await;
    }
    desk.token = all;
}
