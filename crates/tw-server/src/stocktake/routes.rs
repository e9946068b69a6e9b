//! Routes of stock-takes.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`.

use super::{actions, minutes::Minutes, view};
use crate::{
    access::{accounts::store, audit::author},
    document::{self, Lang},
    http::{
        call::{Answer, Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use axum::http::{HeaderValue, header};
use jiff::tz::TimeZone;
use tw_api::{
    Blob, Created, Endpoint, Json, Page, StockTake, StockTakeDetail, StockTakeUploaded,
    endpoints as e,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::StockTakeList, _, _>(list),
        bind::<e::StockTakeOpen, _, _>(open),
        bind::<e::StockTakeGet, _, _>(get),
        bind::<e::StockTakeScanAdd, _, _>(scan),
        bind::<e::StockTakeClosing, _, _>(close),
        bind::<e::StockTakeMove, _, _>(accept),
        bind::<e::StockTakeMinutesPdf, _, _>(pdf),
        bind::<e::StockTakeMinutesXlsx, _, _>(xlsx),
    ]
}

async fn list(call: Call<e::StockTakeList>) -> Outcome<Json<Page<StockTake>>> {
    let world = call.app.world();
    let all = call.app.store.stocktakes().await.map_err(|e| store(&e))?;
    let mut shown = Vec::new();
    for one in all
        .iter()
        .filter(|one| actions::sees(&world, &call.caller, one))
    {
        let findings = if one.open {
            None
        } else {
            Some(actions::findings(&call.app, one).await?)
        };
        shown.push(view::stocktake(one, findings.as_ref()));
    }
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(shown, |one: &StockTake| one.id.clone(), wanted)?).into())
}

async fn open(call: Call<e::StockTakeOpen>) -> Outcome<Created<StockTake>> {
    let by = author(&call.caller, &call.facts);
    let Json(wanted) = call.body;
    let id = actions::open(&call.app, (&call.caller, &by), wanted).await?;
    let shown = actions::shown(&call.app, id).await?;
    Ok(Answer::from(Created(shown)).audited())
}

async fn get(call: Call<e::StockTakeGet>) -> Outcome<Json<StockTakeDetail>> {
    let one = actions::find(&call.app, call.id()).await?;
    let findings = actions::findings(&call.app, &one).await?;
    let expected = actions::frozen(&call.app, one.id).await?;
    let scans = call
        .app
        .store
        .stocktake_scans(one.id)
        .await
        .map_err(|e| store(&e))?;
    let accepted = call
        .app
        .store
        .stocktake_moves(one.id)
        .await
        .map_err(|e| store(&e))?;
    let detail = StockTakeDetail {
        stocktake: view::stocktake(&one, Some(&findings)),
        expected: expected.values().map(view::expected).collect(),
        scans: scans.iter().map(view::scan).collect(),
        findings: view::findings(&findings, &accepted),
    };
    Ok(Json(detail).into())
}

async fn scan(call: Call<e::StockTakeScanAdd>) -> Outcome<Json<StockTakeUploaded>> {
    let one = actions::find(&call.app, call.id()).await?;
    let by = author(&call.caller, &call.facts);
    let Json(upload) = call.body;
    let kept = actions::scan(&call.app, &one, upload.scans, &by).await?;
    let findings = actions::findings(&call.app, &one).await?;
    let uploaded = StockTakeUploaded {
        scans: kept.iter().map(view::scan).collect(),
        counts: view::counts(&findings),
    };
    Ok(Answer::from(Json(uploaded)).audited())
}

async fn close(call: Call<e::StockTakeClosing>) -> Outcome<Json<StockTake>> {
    let one = actions::find(&call.app, call.id()).await?;
    let by = author(&call.caller, &call.facts);
    actions::close_session(&call.app, (&one, call.body.0.version), &by).await?;
    let shown = actions::shown(&call.app, one.id).await?;
    Ok(Answer::from(Json(shown)).audited())
}

async fn accept(call: Call<e::StockTakeMove>) -> Outcome<Json<StockTake>> {
    let one = actions::find(&call.app, call.id()).await?;
    let by = author(&call.caller, &call.facts);
    let Json(moves) = call.body;
    actions::accept_moves(&call.app, &one, (moves.version, moves.tags), &by).await?;
    let shown = actions::shown(&call.app, one.id).await?;
    Ok(Answer::from(Json(shown)).audited())
}

/// Hands the minutes of a session to `make`.
async fn minutes<E: Endpoint, T>(
    call: &Call<E>,
    lang: Option<&str>,
    make: impl FnOnce(&Minutes<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let lang = match lang {
        None | Some("en") => Lang::En,
        Some("vi") => Lang::Vi,
        Some(_) => {
            let refusal = Refusal::bad("bad_parameter", "lang is en or vi");
            return Err(refusal.with("parameter", "lang"));
        }
    };
    let one = actions::find(&call.app, call.id()).await?;
    let expected = actions::frozen(&call.app, one.id).await?;
    let findings = actions::findings(&call.app, &one).await?;
    let accepted = call
        .app
        .store
        .stocktake_moves(one.id)
        .await
        .map_err(|e| store(&e))?;
    let world = call.app.world();
    make(&Minutes {
        session: &one,
        expected: &expected,
        findings: &findings,
        accepted: &accepted,
        register: &world.register,
        zone: TimeZone::get(world.timezone()).unwrap_or(TimeZone::UTC),
        lang,
        simulated: world.simulated(),
    })
}

async fn pdf(call: Call<e::StockTakeMinutesPdf>) -> Outcome<Blob> {
    let lang = call.query.lang.clone();
    let bytes = minutes(&call, lang.as_deref(), |minutes| {
        document::pdf(&minutes.document()).map_err(|e| Refusal::internal(&e))
    })
    .await?;
    Ok(Answer::from(file("application/pdf", bytes))
        .header(header::CONTENT_DISPOSITION, attachment(call.id(), "pdf")))
}

async fn xlsx(call: Call<e::StockTakeMinutesXlsx>) -> Outcome<Blob> {
    let lang = call.query.lang.clone();
    let bytes = minutes(&call, lang.as_deref(), |minutes| {
        document::xlsx(&minutes.workbook()).map_err(|e| Refusal::internal(&e))
    })
    .await?;
    Ok(Answer::from(file(XLSX, bytes))
        .header(header::CONTENT_DISPOSITION, attachment(call.id(), "xlsx")))
}

/// The media type of workbooks.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn file(media: &'static str, bytes: Vec<u8>) -> Blob {
    Blob { media, bytes }
}

/// The identifier is a number: `find` has read it as one.
fn attachment(id: &str, ending: &str) -> HeaderValue {
    let name = format!("attachment; filename=\"stocktake-{id}.{ending}\"");
    HeaderValue::from_str(&name).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}
