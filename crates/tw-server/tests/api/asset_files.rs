//! Files of assets: what goes out as a workbook comes in again and changes nothing.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench};
use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};
use tw_store::GrantScope;

async fn upload(bench: &Bench, token: &str, format: &str, bytes: Vec<u8>) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/api/v1/imports?format={format}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/octet-stream")
        .body(Body::from(bytes))
        .unwrap();
    bench.send(request).await
}

async fn add(bench: &Bench, token: &str, record: Value) {
    let body = json!({ "record": record });
    bench
        .call(token, Method::POST, "/api/v1/assets", Some(body))
        .await
        .ok();
}

/// Assets with everything that spreadsheets like to spoil.
async fn awkward(bench: &Bench, token: &str) {
    add(
        bench,
        token,
        json!({"tag": "000017", "class": "server", "status": "in_stock", "serial": "0012E5",
            "manufacturer": "HPE", "model": "=1+1", "unit": "net", "price_vnd": 185_000_000,
            "place": {"site": "mic", "detail": "Kho tầng 2"}, "note": "-5 °C; \"A\"",
            "dates": {"purchased": {"date": "2019-Q2", "source": "HĐ 12"},
                "received": {"date": "2019-06-03"}}}),
    )
    .await;
    add(
        bench,
        token,
        json!({"tag": "N-2", "class": "pdu", "status": "ordered",
            "custom": {"colour": "black", "Mã kho": "=007"},
            "components": [{"name": "fuse-1", "kind": "other", "serial": "0012;E5",
                "dates": {"installed": {"date": "2020-03", "source": "BB 4"}}}]}),
    )
    .await;
}

#[tokio::test]
async fn the_exported_workbook_imported_again_changes_nothing() {
    let bench = Bench::new().await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    let viewer = bench.token("viewer", GrantScope::All).await;
    awkward(&bench, &manager).await;
    for token in [&manager, &viewer] {
        for lang in ["en", "vi"] {
            let path = format!("/api/v1/reports/assets.xlsx?lang={lang}");
            let (media, bytes) = bench.bytes(token, &path).await;
            assert!(media.ends_with("spreadsheetml.sheet"), "{media}");
            let preview = upload(&bench, &manager, "xlsx", bytes).await.ok();
            assert_eq!(preview["faults"], json!([]), "{lang}");
            let counts = ["create", "update", "unchanged"].map(|key| preview[key].as_u64());
            assert_eq!(counts, [Some(0), Some(0), Some(4)], "{lang}");
            assert!(preview["changes"].as_array().unwrap().is_empty(), "{lang}");
        }
    }
}

#[tokio::test]
async fn the_workbook_holds_what_the_list_holds_and_nothing_that_is_hidden() {
    let bench = Bench::new().await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    let viewer = bench
        .token("viewer", GrantScope::Site("mic".to_owned()))
        .await;
    awkward(&bench, &manager).await;
    let rows = async |token: &str, query: &str| {
        let path = format!("/api/v1/reports/assets.xlsx?{query}");
        let (_, bytes) = bench.bytes(token, &path).await;
        sheet(&bytes)
    };
    let all = rows(&manager, "sort=-id&lang=vi").await;
    let head = all.iter().position(|row| row[0] == "Mã tài sản").unwrap();
    let tags: Vec<&str> = all[head + 1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(tags, ["N-2", "A-vnta", "A-mic", "000017"]);
    assert!(all[head].contains(&"Mã cán bộ".to_owned()));
    let serial = all[head]
        .iter()
        .position(|name| name == "Số sê-ri")
        .unwrap();
    assert_eq!(all.last().unwrap()[serial], "0012E5");
    assert!(all.last().unwrap().contains(&"'=1+1".to_owned()));

    let few = rows(&manager, "class=pdu").await;
    assert_eq!(few.last().unwrap()[0], "N-2");
    let named = rows(&manager, "tags=A-mic,000017&sort=class").await;
    let tags: Vec<&str> = named
        .iter()
        .rev()
        .take(2)
        .map(|row| row[0].as_str())
        .collect();
    assert_eq!(tags, ["000017", "A-mic"]);
    let seen = rows(&viewer, "lang=en").await;
    let text = format!("{seen:?}");
    assert!(text.contains("A-mic") && !text.contains("A-vnta"), "{text}");
    assert!(
        !text.contains("Custodian") && !text.contains("p-net"),
        "{text}"
    );
    for query in ["lang=fr", "sort=colour", "nosuch=1"] {
        let path = format!("/api/v1/reports/assets.xlsx?{query}");
        assert_eq!(
            bench.get(&viewer, &path).await.status.as_u16(),
            400,
            "{query}"
        );
    }
}

#[tokio::test]
async fn own_fields_and_parts_are_columns_and_a_slip_in_one_is_refused() {
    let bench = Bench::new().await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    awkward(&bench, &manager).await;
    let (_, bytes) = bench
        .bytes(&manager, "/api/v1/reports/assets.xlsx?lang=vi")
        .await;
    let rows = sheet(&bytes);
    let head = rows.iter().find(|row| row[0] == "Mã tài sản").unwrap();
    let column = |name: &str| head.iter().position(|heading| heading == name).unwrap();
    let own = rows.iter().find(|row| row[0] == "N-2").unwrap();
    assert_eq!(own[column("Trường riêng: Mã kho")], "'=007");
    assert!(own[column("Linh kiện")].starts_with("tên=fuse-1; loại=khác; số sê-ri=0012\\;E5"));
    let csv = "Mã tài sản;Trường riêng: Mã khoa\nN-2;9\n";
    let preview = upload(&bench, &manager, "csv", csv.into()).await.ok();
    let fault = &preview["faults"][0];
    assert_eq!(
        (&fault["row"], &fault["column"]),
        (&json!(2), &json!("Trường riêng: Mã khoa")),
        "{fault}"
    );
    assert_eq!(preview["token"], Value::Null);
}

/// The first sheet as texts; a numeric cell says so.
fn sheet(bytes: &[u8]) -> Vec<Vec<String>> {
    use calamine::{Data, Reader as _, Xlsx};
    let mut book = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        other => format!("{other:?}"),
    };
    range
        .rows()
        .map(|row| row.iter().map(text).collect())
        .collect()
}
