//! The yearly return: every figure opens its list, the sums agree, past years come from history.
//!
//! **Room:** tests of `tw-server`.

use crate::{
    bench::{Bench, START},
    plans::model_case,
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tw_model::{Item, Kind};
use tw_store::{Author, GrantScope};

const DAY_MS: i64 = 86_400_000;
const RETURN: &str = "/api/v1/reports/yearly";

fn with(path: &str, query: &str) -> String {
    format!(
        "{path}{}{query}",
        if path.contains('?') { '&' } else { '?' }
    )
}

fn array<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key]
        .as_array()
        .unwrap_or_else(|| panic!("{key} in {value}"))
}

/// Follows a figure's link to its end and counts, one by one, what stands there.
async fn walked(bench: &Bench, token: &str, figure: &Value) -> usize {
    let list = figure["list"].as_str().unwrap();
    // The IPv6 report answers whole and has no pages.
    let paged = !list.starts_with("/api/v1/reports/ipv6");
    let first = if paged {
        with(list, "limit=1000")
    } else {
        list.to_owned()
    };
    let mut page = bench.get(token, &first).await.ok();
    let mut seen = BTreeSet::new();
    loop {
        let items = array(&page, if paged { "items" } else { "rows" });
        for item in items {
            let id = ["id", "person", "tag"]
                .iter()
                .find_map(|key| item[*key].as_str());
            let id = id.unwrap_or_else(|| panic!("no id in {item}"));
            assert!(seen.insert(id.to_owned()), "{id} stands twice in {list}");
        }
        assert_eq!(page["total"], figure["value"], "{list}");
        let Some(cursor) = page["next_cursor"].as_str() else {
            return seen.len();
        };
        page = bench
            .get(token, &with(&first, &format!("cursor={cursor}")))
            .await
            .ok();
    }
}

/// Walks every figure of a return, and says how many there are.
async fn all_figures_hold(bench: &Bench, token: &str, found: &Value) -> usize {
    let mut ids = BTreeSet::new();
    for group in array(found, "groups") {
        let figures = array(group, "figures");
        assert!(!figures.is_empty(), "{}", group["id"]);
        for figure in figures {
            let counted = walked(bench, token, figure).await;
            assert_eq!(json!(counted), figure["value"], "{figure}");
            assert!(
                ids.insert(figure["id"].as_str().unwrap().to_owned()),
                "{figure}"
            );
        }
        if group["sums"] == true {
            let values = figures
                .iter()
                .map(|figure| figure["value"].as_u64().unwrap());
            let values: Vec<u64> = values.collect();
            assert_eq!(
                values[0],
                values[1..].iter().sum::<u64>(),
                "{}",
                group["id"]
            );
        }
    }
    ids.len()
}

fn values(found: &Value) -> BTreeMap<String, u64> {
    let groups = array(found, "groups").iter();
    let figures = groups.flat_map(|group| array(group, "figures"));
    let value = |figure: &Value| {
        let id = figure["id"].as_str().unwrap().to_owned();
        (id, figure["value"].as_u64().unwrap())
    };
    figures.map(value).collect()
}

/// Acceptance 11.
#[tokio::test]
async fn every_figure_of_the_yearly_return_opens_the_list_it_was_counted_from_and_the_sums_agree() {
    let (bench, token, _) = model_case().await;
    let found = bench.get(&token, RETURN).await.ok();
    assert_eq!(
        (&found["year"], &found["years"]),
        (&json!(2026), &json!([2026]))
    );
    let figures = all_figures_hold(&bench, &token, &found).await;
    assert!(figures > 45, "{figures}");
    let groups: Vec<&str> = array(&found, "groups")
        .iter()
        .map(|group| group["id"].as_str().unwrap())
        .collect();
    for group in [
        "people",
        "age",
        "age_server",
        "network",
        "public_services",
        "systems",
        "ipv6_devices",
        "ipv6_services",
    ] {
        assert!(groups.contains(&group), "{group} in {groups:?}");
    }
    let values = values(&found);
    assert_eq!(values["people"], 1_100);
    assert!(values["systems"] > 0);
    for level in 1..=5 {
        assert!(
            values.contains_key(&format!("systems_{level}")),
            "level {level}"
        );
    }
    // The evidence of each figure is the same list.
    for (id, value) in &values {
        let path = format!("{RETURN}/evidence?figure={id}&limit=1");
        assert_eq!(
            bench.get(&token, &path).await.ok()["total"],
            json!(value),
            "{id}"
        );
    }
    let unknown = bench
        .get(&token, &format!("{RETURN}/evidence?figure=nothing"))
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_return_is_a_table_a_workbook_and_a_document_in_both_languages() {
    let (bench, token, _) = model_case().await;
    for (lang, head) in [
        ("vi", "Nhóm,Chỉ tiêu,Giá trị"),
        ("en", "Group,Figure,Value"),
    ] {
        let csv = bench
            .get(&token, &format!("{RETURN}?format=csv&lang={lang}"))
            .await;
        assert!(
            csv.text.trim_start_matches('\u{feff}').starts_with(head),
            "{}",
            csv.text
        );
        let found = bench.get(&token, RETURN).await.ok();
        assert_eq!(csv.text.lines().count(), values(&found).len() + 1);
        let (media, bytes) = bench
            .bytes(&token, &format!("{RETURN}?format=xlsx&lang={lang}"))
            .await;
        assert!(media.contains("spreadsheetml") && bytes.starts_with(b"PK"));
        let (media, bytes) = bench
            .bytes(&token, &format!("{RETURN}?format=pdf&lang={lang}"))
            .await;
        assert!(media == "application/pdf" && bytes.starts_with(b"%PDF"));
    }
    let evidence = format!("{RETURN}/evidence?figure=systems&format=csv&columns=id,name_vi");
    let evidence = bench.get(&token, &evidence).await;
    let systems = values(&bench.get(&token, RETURN).await.ok())["systems"];
    assert_eq!(evidence.text.lines().count() as u64, systems + 1);
    let wrong = bench.get(&token, &format!("{RETURN}?format=docx")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

async fn put(bench: &Bench, kind: Kind, id: &str, value: Value) {
    let item = Item {
        kind,
        id: id.to_owned(),
        value,
    };
    let store = bench.app.store();
    store
        .put_item(item, None, &Author::local("test"))
        .await
        .unwrap();
    bench.app.reload_register().await.unwrap();
}

#[tokio::test]
async fn a_year_that_is_over_is_counted_from_the_register_as_it_was_on_its_last_day() {
    let bench = Bench::new().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let server = |status: &str| {
        json!({"tag": "S-1", "class": "server", "status": status, "place": {"site": "mic"},
            "dates": {"purchased": {"date": "2022-01-15"}}})
    };
    put(&bench, Kind::Asset, "S-1", server("deployed")).await;
    assert!(START.starts_with("2026-11-22T03"));
    // 31 December, ten in the morning in Hà Nội.
    bench.later(39 * DAY_MS);
    let last_day = bench.get(&token, RETURN).await.ok();
    assert_eq!(last_day["as_of"], "2026-12-31");
    // Half an hour after midnight there, still the old year in UTC.
    bench.later(DAY_MS * 14 / 24 + DAY_MS / 48);
    assert!(
        bench.now().to_string().starts_with("2026-12-31T17:30"),
        "{}",
        bench.now()
    );
    put(&bench, Kind::Asset, "S-1", server("disposed")).await;
    put(
        &bench,
        Kind::Asset,
        "S-2",
        json!({"tag": "S-2", "class": "server",
        "status": "deployed", "place": {"site": "mic"}}),
    )
    .await;
    let author = Author::local("test");
    let gone = bench
        .app
        .store()
        .remove_item(Kind::Asset, "A-vnta".to_owned(), None, &author);
    gone.await.unwrap();
    bench.app.reload_register().await.unwrap();
    bench.later(400 * DAY_MS);

    let path = format!("{RETURN}?year=2026");
    let past = bench.get(&token, &path).await.ok();
    assert_eq!(
        (&past["as_of"], &past["years"]),
        (&json!("2026-12-31"), &json!([2026, 2027, 2028]))
    );
    assert_eq!(
        values(&past),
        values(&last_day),
        "as it was counted on the day itself"
    );
    assert_eq!(past["register_revision"], last_day["register_revision"]);
    assert_eq!(
        (values(&past)["in_use"], values(&past)["age_server_within"]),
        (3, 1)
    );
    assert!(all_figures_hold(&bench, &token, &past).await > 20);
    let evidence = format!("{RETURN}/evidence?year=2026&figure=in_use_server");
    let evidence = bench.get(&token, &evidence).await.ok();
    assert_eq!(evidence["items"][0]["id"], "S-1");
    let now = bench.get(&token, RETURN).await.ok();
    assert_eq!((&now["year"], values(&now)["in_use"]), (&json!(2028), 2));
    let between = bench.get(&token, &format!("{RETURN}?year=2027")).await.ok();
    assert_eq!(values(&between)["in_use"], 2);
    assert_eq!(bench.get(&token, &path).await.ok(), past, "the past stays");
}

#[tokio::test]
async fn a_year_before_the_history_and_one_that_has_not_begun_are_refused_with_the_reason() {
    let bench = Bench::new().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let found = bench.get(&token, RETURN).await.ok();
    assert_eq!(found["history_begins"], "2026-11-22");
    let told = found["left_out"].to_string();
    assert!(
        told.contains("2026-11-22") && told.contains("22/11/2026"),
        "{told}"
    );
    let early = bench.get(&token, &format!("{RETURN}?year=2025")).await;
    assert_eq!(
        (early.status, early.code().as_str()),
        (StatusCode::BAD_REQUEST, "before_history")
    );
    assert_eq!(
        early.json()["params"],
        json!({"year": 2025, "begins": "2026-11-22"})
    );
    for path in [
        format!("{RETURN}?year=2027"),
        format!("{RETURN}/evidence?figure=people&year=2030"),
    ] {
        let late = bench.get(&token, &path).await;
        assert_eq!(
            (late.status, late.code().as_str()),
            (StatusCode::BAD_REQUEST, "bad_parameter")
        );
    }
}
