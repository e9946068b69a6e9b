//! Makes, keeps, freezes, approves and follows plans.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-lifecycle`. **Must not:** change a frozen
//! plan; the store refuses it, too.

use super::{making, view};
use crate::{access::accounts, age, app::App, http::refusal::Refusal, world::World};
use jiff::civil::Date;
use std::{collections::BTreeSet, sync::Arc};
use tw_api::{
    PlanPreviewQuery, PlanResult, PlanSpec, PlanTrack, PlanWhy, PlanWhyQuery, ReplacementPlan,
};
use tw_lifecycle::{Choice, PlanRequest, YearPlan};
use tw_store::{Author, PlanLineProgress, PlanMove, PlanMoveError};
use tw_units::AssetTag;

/// The longest slug and the longest number of a document.
const WORD_MAX: usize = 100;

/// A refusal for a step that was not taken.
pub(crate) fn refuse(cause: &PlanMoveError) -> Refusal {
    match cause {
        PlanMoveError::Missing(id) => Refusal::not_found("plan", id),
        PlanMoveError::Exists(id) => {
            Refusal::conflict("exists", format!("there is a plan {id:?} already"))
        }
        PlanMoveError::Stale(version) => Refusal::stale(*version),
        PlanMoveError::State(state) => {
            Refusal::conflict("wrong_state", cause.to_string()).with("state", state.as_str())
        }
        PlanMoveError::SamePerson(by) => {
            Refusal::conflict("second_person", cause.to_string()).with("actor", by.as_str())
        }
        PlanMoveError::TooMany => Refusal::conflict("too_much", cause.to_string()),
        PlanMoveError::Store(cause) => accounts::store(cause),
    }
}

/// A plan that is kept.
pub(crate) async fn read(app: &App, id: &str) -> Result<ReplacementPlan, Refusal> {
    let stored = app.store.plan(id).await.map_err(|e| accounts::store(&e))?;
    let stored = stored.ok_or_else(|| Refusal::not_found("plan", id))?;
    let progress = app.store.plan_progress(id).await;
    let progress = progress.map_err(|e| accounts::store(&e))?;
    view::kept(stored, progress).map_err(|e| Refusal::internal(&e))
}

/// Makes a plan apart from the tasks that answer requests: it takes a while.
async fn make(
    world: &Arc<World>,
    request: PlanRequest,
) -> Result<(PlanResult, Vec<YearPlan>), Refusal> {
    let world = Arc::clone(world);
    let work = move || {
        let years = making::make(&world, &request)?;
        Ok((view::result(&world, &years), years))
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| Refusal::internal(&e))?
}

/// Makes a plan of a specification and keeps it; `version` 0 makes a new one.
pub(crate) async fn save(
    app: &App,
    (id, version): (&str, u64),
    spec: PlanSpec,
    author: &Author,
) -> Result<ReplacementPlan, Refusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    if id.is_empty() || id.len() > WORD_MAX || !id.chars().all(plain) {
        let what = format!("a plan's name has 1 to {WORD_MAX} letters, digits and - . _");
        return Err(Refusal::field("id", what));
    }
    let world = app.world();
    let request = making::request(&world, &spec)?;
    let (result, _) = make(&world, request).await?;
    let json = |value| serde_json::to_value(value).map_err(|e| Refusal::internal(&e));
    let step = PlanMove::Save {
        spec: json(&spec)?,
        result: serde_json::to_value(&result).map_err(|e| Refusal::internal(&e))?,
    };
    take(app, (id, version), step, author).await
}

/// Takes a step and reads the plan again.
pub(crate) async fn take(
    app: &App,
    (id, version): (&str, u64),
    step: PlanMove,
    author: &Author,
) -> Result<ReplacementPlan, Refusal> {
    let moved = app.store.move_plan(id, version, step, author).await;
    moved.map_err(|e| refuse(&e))?;
    read(app, id).await
}

/// Removes a draft.
pub(crate) async fn remove(
    app: &App,
    (id, version): (&str, u64),
    author: &Author,
) -> Result<(), Refusal> {
    let moved = app.store.move_plan(id, version, PlanMove::Remove, author);
    moved.await.map(drop).map_err(|e| refuse(&e))
}

/// Notes what became of a line that the plan bought.
pub(crate) async fn track(
    app: &App,
    id: &str,
    track: PlanTrack,
    author: &Author,
) -> Result<ReplacementPlan, Refusal> {
    let plan = read(app, id).await?;
    let year = plan
        .result
        .years
        .iter()
        .find(|year| year.year == track.year);
    let bought = year.is_some_and(|year| {
        let mut lines = year.lines.iter();
        lines.any(|line| line.asset == track.asset && line.outcome == "chosen")
    });
    if !bought {
        return Err(Refusal::field("asset", "the plan does not buy this line"));
    }
    let day = |field: &str, text: &Option<String>| -> Result<Option<Date>, Refusal> {
        let parse = |text: &String| {
            let day = text.parse::<Date>();
            day.map_err(|_| Refusal::field(field, "a civil day, as 2027-03-01"))
        };
        text.as_ref().map(parse).transpose()
    };
    let ordered = day("ordered_on", &track.ordered_on)?;
    let delivered = day("delivered_on", &track.delivered_on)?;
    if let (Some(ordered), Some(delivered)) = (ordered, delivered)
        && delivered < ordered
    {
        return Err(Refusal::field("delivered_on", "not before the order"));
    }
    if track
        .document
        .as_ref()
        .is_some_and(|d| d.chars().count() > WORD_MAX)
    {
        return Err(Refusal::field("document", "the number is too long"));
    }
    let line = PlanLineProgress {
        year: track.year,
        asset: track.asset,
        ordered_on: ordered.map(|day| day.to_string()),
        delivered_on: delivered.map(|day| day.to_string()),
        document: track.document,
        actor: author.actor.clone(),
        at: app.now(),
    };
    take(app, (id, track.version), PlanMove::Track(line), author).await
}

/// The year after this one.
fn next_year(app: &App, world: &World) -> u16 {
    let today = age::actions::today(world, app.now());
    u16::try_from(today.year()).unwrap_or(0).saturating_add(1)
}

/// A plan that is only looked at.
pub(crate) async fn preview(app: &App, query: &PlanPreviewQuery) -> Result<PlanResult, Refusal> {
    let world = app.world();
    let count = query.years.unwrap_or(1) as usize;
    if !(1..=making::YEARS_MAX).contains(&count) {
        let what = format!("years is 1 to {}", making::YEARS_MAX);
        return Err(Refusal::bad("bad_parameter", what).with("parameter", "years"));
    }
    let first = query.first_year.unwrap_or_else(|| next_year(app, &world));
    let money = (query.budget_vnd, query.recurrent_vnd);
    let spec = look(&world, (first, count), money, query.capacity_per_quarter)?;
    let request = making::request(&world, &spec)?;
    Ok(make(&world, request).await?.0)
}

fn look(
    world: &World,
    years: (u16, usize),
    money: (Option<i64>, Option<i64>),
    capacity: Option<u32>,
) -> Result<PlanSpec, Refusal> {
    let policy = world.register.plan_policy.as_ref();
    Ok(PlanSpec {
        name: "preview".to_owned(),
        envelopes: making::envelopes(world, years, money)?,
        capacity_per_quarter: capacity.or(policy.and_then(|p| p.capacity_per_quarter)),
        choices: Vec::new(),
        note: None,
    })
}

/// Why an asset is not in the plan of a year, by making the plan again with it as a must.
pub(crate) async fn why(app: &App, query: &PlanWhyQuery) -> Result<PlanWhy, Refusal> {
    let world = app.world();
    let asset = world.register.assets.get(query.asset.as_str());
    let tag = asset.ok_or_else(|| Refusal::not_found("asset", &query.asset))?;
    let tag = tag.tag.clone();
    let first = query.first_year.unwrap_or_else(|| next_year(app, &world));
    let money = (query.budget_vnd, query.recurrent_vnd);
    let spec = look(&world, (first, 1), money, query.capacity_per_quarter)?;
    let request = making::request(&world, &spec)?;
    let mut forced = request.clone();
    forced.choices.insert(tag.clone(), Choice::Must);
    let (_, plain) = make(&world, request).await?;
    let with_it = make(&world, forced).await;
    Ok(compare(&tag, &plain, with_it.map(|(_, years)| years)))
}

fn compare(tag: &AssetTag, plain: &[YearPlan], with_it: Result<Vec<YearPlan>, Refusal>) -> PlanWhy {
    let year = plain.first();
    let line = year.and_then(|year| view::line_of(year, tag));
    let unpriced = year.is_some_and(|year| year.unpriced.iter().any(|u| u.tag == *tag));
    let (outcome, cut_reason, _) = line.map_or(
        if unpriced {
            ("unpriced", None, None)
        } else {
            ("no_reason", None, None)
        },
        view::outcome,
    );
    let mut why = PlanWhy {
        asset: tag.to_string(),
        outcome: outcome.to_owned(),
        cut_reason: cut_reason.map(ToOwned::to_owned),
        cost_vnd: line.map(|line| line.proposal.cost.0),
        benefit: line.map(|line| view::points(line.proposal.benefit_millionths)),
        impossible: None,
        displaced: Vec::new(),
        joined: Vec::new(),
        benefit_lost: None,
        staff_compliant: None,
    };
    if outcome != "cut" {
        return why;
    }
    let chosen = |plan: &YearPlan| -> BTreeSet<String> {
        let bought = plan.lines.iter().filter(|line| line.is_chosen());
        bought.map(|line| line.tag.to_string()).collect()
    };
    match (year, with_it) {
        (Some(before), Ok(years)) => {
            let Some(after) = years.first() else {
                return why;
            };
            let (old, new) = (chosen(before), chosen(after));
            why.displaced = old.difference(&new).cloned().collect();
            why.joined = new.difference(&old).cloned().collect();
            let lost = before.benefit_millionths - after.benefit_millionths;
            why.benefit_lost = Some(view::points(lost));
            why.staff_compliant = Some(after.staff_after.compliant as u64);
        }
        (_, Err(refusal)) => why.impossible = Some(refusal.detail),
        (None, Ok(_)) => {}
    }
    why
}
