//! Routes of months, reports and corrections.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{
    actions::{self, Closing, Of},
    calendar::{self, Month},
    memory::Stamp,
    overview, paper, table, view,
};
use crate::{
    access::{accounts::store, audit::author},
    app::App,
    document::{self, Lang},
    http::{
        call::{Answer, Call, Outcome},
        refusal::Refusal,
        route::{Route, bind},
    },
    site::actions::{structure, zone},
    world::World,
};
use axum::http::{HeaderValue, header};
use tw_api::{
    Blob, Correction, CorrectionAdd, Created, Endpoint, Json, MonthClosable, MonthReportQuery,
    MonthSummary, Page, endpoints as e,
};
use tw_availability::report::{Report, to_bytes};
use tw_model::Site;
use tw_store::NewCorrection;
use tw_units::Interval;

/// The longest reason of a correction.
const REASON_CHARS_MAX: usize = 2_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::SiteMonthList, _, _>(list),
        bind::<e::SiteMonthGet, _, _>(get),
        bind::<e::SiteMonthClose, _, _>(close),
        bind::<e::SiteMonthJson, _, _>(json),
        bind::<e::SiteMonthHtml, _, _>(html),
        bind::<e::SiteMonthPdf, _, _>(pdf),
        bind::<e::SiteCorrectionAdd, _, _>(correct),
        bind::<e::AvailabilityOverview, _, _>(overview::list),
        bind::<e::AvailabilityXlsx, _, _>(xlsx),
        bind::<e::AvailabilityCsv, _, _>(csv),
    ]
}

fn site_of<'a, E: Endpoint>(call: &Call<E>, world: &'a World) -> Result<&'a Site, Refusal> {
    let found = world.register.sites.get(call.id());
    found.ok_or_else(|| Refusal::not_found("site", call.id()))
}

fn month_of<E: Endpoint>(call: &Call<E>, site: &Site) -> Result<Month, Refusal> {
    let name = call.path.iter().find(|(name, _)| name == "month");
    calendar::named(name.map_or("", |(_, month)| month), &zone(site))
}

/// The figures of some months of a site.
pub(super) async fn summaries(
    app: &App,
    world: &World,
    (site, months): (&Site, &[Month]),
) -> Result<Vec<MonthSummary>, Refusal> {
    let now = app.now();
    let mut all = Vec::with_capacity(months.len());
    let id = site.id.as_str();
    let closed = app.store.month_heads(id).await.map_err(|e| store(&e))?;
    let works = app.works.all();
    let stamp = Stamp {
        register: world.revision,
        works: works.iter().map(|kept| kept.version).sum::<u64>() + works.len() as u64,
        changes: app.months.changes(),
        closed: None,
    };
    for month in months {
        let stamp = Stamp {
            closed: closed.get(&month.name).cloned(),
            ..stamp.clone()
        };
        if let Some(mut known) = app.months.get((id, &month.name), &stamp, now) {
            known.status = view::status_at(&known, now);
            all.push(known);
            continue;
        }
        let summary = match actions::newest(app, world, (site, month)).await {
            Ok(report) => view::summary(&report, month, now),
            Err(refusal) if refusal.code == "no_witness" => {
                view::nothing(site.id.as_str(), month, now)
            }
            Err(refusal) => return Err(refusal),
        };
        app.months.keep(stamp, now, &summary);
        all.push(summary);
    }
    Ok(all)
}

async fn list(call: Call<e::SiteMonthList>) -> Outcome<Json<Page<MonthSummary>>> {
    let world = call.app.world();
    let site = site_of(&call, &world)?;
    let wanted = (call.query.until.as_deref(), call.query.count);
    let months = calendar::row(wanted, &zone(site), call.app.now())?;
    let items = summaries(&call.app, &world, (site, &months)).await?;
    Ok(Json(Page::whole(items)).into())
}

async fn whole(
    app: &App,
    world: &World,
    of: Of<'_>,
    rev: Option<u32>,
) -> Result<tw_api::Month, Refusal> {
    let reports = actions::revisions(app, of).await?;
    let report = one(app, world, (of, &reports), rev).await?;
    let ready = actions::readiness(app, world, of).await?;
    let closable = MonthClosable {
        ready: ready.ready,
        grace_until: ready.grace_until,
        waiting_for: ready.waiting_for,
    };
    Ok(view::month((&report, &reports), of.1, closable, app.now()))
}

async fn one(
    app: &App,
    world: &World,
    (of, reports): (Of<'_>, &[Report]),
    rev: Option<u32>,
) -> Result<Report, Refusal> {
    let found = match rev {
        Some(rev) => reports.iter().find(|report| report.rev == rev),
        None => reports.last(),
    };
    match (found, rev) {
        (Some(report), _) => Ok(report.clone()),
        (None, None | Some(0)) => actions::provisional(app, world, of).await,
        (None, Some(rev)) => Err(Refusal::not_found("revision", &rev.to_string())),
    }
}

async fn get(call: Call<e::SiteMonthGet>) -> Outcome<Json<tw_api::Month>> {
    let world = call.app.world();
    let site = site_of(&call, &world)?;
    let month = month_of(&call, site)?;
    let found = whole(&call.app, &world, (site, &month), call.query.rev).await?;
    Ok(Json(found).into())
}

async fn close(call: Call<e::SiteMonthClose>) -> Outcome<Json<tw_api::Month>> {
    let world = call.app.world();
    let site = site_of(&call, &world)?;
    let month = month_of(&call, site)?;
    let of = (site, &month);
    let Json(wanted) = &call.body;
    let newest = actions::revisions(&call.app, of).await?.pop();
    let current = newest.map_or(0, |report| report.rev);
    if wanted.version != current {
        return Err(Refusal::stale(u64::from(current)));
    }
    let closing = Closing {
        author: &author(&call.caller, &call.facts),
        reason: &wanted.reason,
        declare_lost: wanted.declare_lost,
    };
    let made = actions::close(&call.app, &world, of, closing).await?;
    if made.is_none() {
        let detail = "the figures are those of the last revision";
        return Err(Refusal::conflict("month_unchanged", detail));
    }
    let found = whole(&call.app, &world, of, None).await?;
    Ok(Answer::from(Json(found)).audited())
}

async fn report<E: Endpoint<Query = MonthReportQuery>>(
    call: &Call<E>,
) -> Result<(Report, Lang), Refusal> {
    let lang = match call.query.lang.as_deref() {
        None | Some("en") => Lang::En,
        Some("vi") => Lang::Vi,
        Some(_) => {
            return Err(Refusal::bad("bad_parameter", "lang is en or vi").with("parameter", "lang"));
        }
    };
    let world = call.app.world();
    let site = site_of(call, &world)?;
    let month = month_of(call, site)?;
    let of = (site, &month);
    let reports = actions::revisions(&call.app, of).await?;
    let report = one(&call.app, &world, (of, &reports), call.query.rev).await?;
    Ok((report, lang))
}

fn file(media: &'static str, bytes: Vec<u8>, name: &str) -> Result<Answer<Blob>, Refusal> {
    let as_file = format!("attachment; filename=\"{name}\"");
    let as_file = HeaderValue::from_str(&as_file).map_err(|e| Refusal::internal(&e))?;
    Ok(Answer::from(Blob { media, bytes }).header(header::CONTENT_DISPOSITION, as_file))
}

fn name_of(report: &Report, end: &str) -> String {
    let (site, month, rev) = (&report.site, &report.month, report.rev);
    format!("availability-{site}-{month}-rev{rev}.{end}")
}

async fn json(call: Call<e::SiteMonthJson>) -> Outcome<Blob> {
    let (report, _) = report(&call).await?;
    let name = name_of(&report, "json");
    file("application/json", to_bytes(&report), &name)
}

async fn html(call: Call<e::SiteMonthHtml>) -> Outcome<Blob> {
    let (report, lang) = report(&call).await?;
    let page = document::html(&paper::document(&report, lang));
    let name = name_of(&report, "html");
    file("text/html; charset=utf-8", page.into_bytes(), &name)
}

async fn pdf(call: Call<e::SiteMonthPdf>) -> Outcome<Blob> {
    let (report, lang) = report(&call).await?;
    let paper = paper::document(&report, lang);
    let bytes = document::pdf(&paper).map_err(|e| Refusal::internal(&e))?;
    file("application/pdf", bytes, &name_of(&report, "pdf"))
}

async fn correct(call: Call<e::SiteCorrectionAdd>) -> Outcome<Created<Correction>> {
    let world = call.app.world();
    let site = site_of(&call, &world)?;
    let Json(wanted) = &call.body;
    let span = check(&world, site, wanted)?;
    if wanted.to > call.app.now() {
        return Err(Refusal::field("to", "it lies in the future"));
    }
    let new = NewCorrection {
        site: site.id.to_string(),
        subject: wanted.subject.clone(),
        span,
        state: wanted.state.clone(),
        reason: wanted.reason.trim().to_owned(),
    };
    let by = author(&call.caller, &call.facts);
    let id = call
        .app
        .store
        .add_correction(new, &by)
        .await
        .map_err(|e| store(&e))?;
    call.app.months.change();
    let made = Correction {
        id,
        site: site.id.to_string(),
        spec: wanted.clone(),
        author: by.actor,
        recorded_at: call.app.now(),
    };
    Ok(Answer::from(Created(made)).audited())
}

fn check(world: &World, site: &Site, wanted: &CorrectionAdd) -> Result<Interval, Refusal> {
    let known = structure(world, site);
    if !known.devices().iter().any(|d| d.as_str() == wanted.subject) {
        return Err(Refusal::field(
            "subject",
            "it is no load witness of the site",
        ));
    }
    if !["up", "down", "unknown"].contains(&wanted.state.as_str()) {
        return Err(Refusal::field("state", "it is up, down or unknown"));
    }
    let length = wanted.reason.trim().chars().count();
    if length == 0 || length > REASON_CHARS_MAX {
        let detail = format!("say why, in at most {REASON_CHARS_MAX} letters");
        return Err(Refusal::field("reason", detail));
    }
    Interval::new(wanted.from, wanted.to)
        .ok_or_else(|| Refusal::field("to", "it ends before it starts"))
}

/// The months of every site that the caller sees.
async fn rows<E: Endpoint<Query = tw_api::MonthTableQuery>>(
    call: &Call<E>,
) -> Result<(Vec<MonthSummary>, Lang), Refusal> {
    let world = call.app.world();
    let mut all = Vec::new();
    for site in world.register.sites.values() {
        if call.caller.sees_site(&site.id) {
            let wanted = (call.query.until.as_deref(), call.query.count);
            let months = calendar::row(wanted, &zone(site), call.app.now())?;
            all.extend(summaries(&call.app, &world, (site, &months)).await?);
        }
    }
    Ok((all, Lang::of(call.query.lang.as_deref().unwrap_or("en"))))
}

async fn xlsx(call: Call<e::AvailabilityXlsx>) -> Outcome<Blob> {
    const MEDIA: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let (rows, lang) = rows(&call).await?;
    let book = table::workbook(&rows, lang, call.app.now());
    let bytes = document::xlsx(&book).map_err(|e| Refusal::internal(&e))?;
    file(MEDIA, bytes, "availability.xlsx")
}

async fn csv(call: Call<e::AvailabilityCsv>) -> Outcome<Blob> {
    let (rows, _) = rows(&call).await?;
    let text = table::csv(&rows)?;
    file(
        "text/csv; charset=utf-8",
        text.into_bytes(),
        "availability.csv",
    )
}
