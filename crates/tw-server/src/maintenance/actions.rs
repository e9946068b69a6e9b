//! Asking for maintenance, looking ahead, deciding, working.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-store`. **Must not:** decide which
//! step a state allows, or approve what drops a load without a reason.

use super::{
    chain::{self, Chain},
    spec::{self, Checked},
    works::{Kept, Said},
};
use crate::{access::accounts::store, app::App, http::refusal::Refusal, world::World};
use serde_json::{Value, json};
use tw_api::{
    MaintenanceApproval, MaintenanceCreate, MaintenanceEdit, MaintenanceSpec, MaintenanceVerdict,
    MaintenanceWhatIf, OverRated, OverlappingWork,
};
use tw_availability::{
    Condition, Forecast, ForecastQuestion, ForecastVerdict, Work, WorkState, WorkStep, forecast,
};
use tw_model::Site;
use tw_store::{Author, WorkChange, WorkError};
use tw_units::{Interval, Timestamp};

/// Who does something, and when: the present, or a moment of a simulated past.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    pub(crate) author: &'a Author,
    /// Whether they are an administrator.
    pub(crate) admin: bool,
    pub(crate) at: Timestamp,
    /// A simulated past: of the field nothing is known, the chain is as declared.
    pub(crate) as_declared: bool,
}

/// When a look ahead is taken, and whether the field is asked.
#[derive(Clone, Copy)]
struct Look {
    at: Timestamp,
    as_declared: bool,
}

impl By<'_> {
    fn look(&self) -> Look {
        Look {
            at: self.at,
            as_declared: self.as_declared,
        }
    }
}

/// Asks for one window, or for a series of them. Gives the first.
pub(crate) async fn request(
    app: &App,
    by: By<'_>,
    new: &MaintenanceCreate,
) -> Result<Kept, Refusal> {
    let world = app.world();
    let checked = spec::check(&world, &new.spec, by.at)?;
    let windows = spec::windows(&checked, new.repeat)?;
    let kept = |window: Interval| Kept {
        id: String::new(),
        site: checked.site.id.to_string(),
        series: None,
        components: checked.components.clone(),
        version: 0,
        work: Work::requested(window),
        said: Said {
            title: checked.title.clone(),
            note: checked.note.clone(),
            kind: checked.kind,
            requested_by: by.author.actor.clone(),
            requested_at: Some(by.at),
            what_if: Some(ahead(app, &world, (&checked, window, ""), by.look())),
            ..Said::default()
        },
    };
    let stored = windows.into_iter().map(|w| kept(w).to_stored()).collect();
    let added = app.store.add_maintenance(stored, by.at, by.author).await;
    let added = added.map_err(|cause| work_error(&cause))?;
    app.works.load(&app.store).await.map_err(|e| store(&e))?;
    let first = added.into_iter().next().map(Kept::of_stored);
    match first {
        Some(first) => first.map_err(|e| store(&e)),
        None => Err(Refusal::field("repeat.count", "no window at all")),
    }
}

/// Changes a request that nobody has decided on.
pub(crate) async fn edit(
    app: &App,
    by: By<'_>,
    (id, edit): (&str, &MaintenanceEdit),
) -> Result<Kept, Refusal> {
    let world = app.world();
    let mut kept = find(app, id, edit.version)?;
    if kept.work.state != WorkState::Requested {
        return Err(wrong_state(&kept, "edit"));
    }
    if edit.spec.site != kept.site {
        return Err(Refusal::field("site", "the site of a request stays"));
    }
    let checked = spec::check(&world, &edit.spec, by.at)?;
    kept.work.window = checked.window;
    kept.said.what_if = Some(ahead(
        app,
        &world,
        (&checked, checked.window, id),
        by.look(),
    ));
    kept.said.title = checked.title;
    kept.said.note = checked.note;
    kept.said.kind = checked.kind;
    kept.components = checked.components;
    let body = json!({"title": kept.said.title, "components": kept.components,
        "from": kept.work.window.from, "to": kept.work.window.to});
    keep(app, by, vec![change(&kept, "edit", body)]).await
}

/// What would happen; nothing is kept.
pub(crate) fn what_if(
    app: &App,
    (spec, own): (&MaintenanceSpec, &str),
    now: Timestamp,
) -> Result<MaintenanceWhatIf, Refusal> {
    let world = app.world();
    let checked = spec::check(&world, spec, now)?;
    let look = Look {
        at: now,
        as_declared: false,
    };
    Ok(ahead(app, &world, (&checked, checked.window, own), look))
}

/// What would happen to a site when these components are out in the window, with what is out
/// now and what other approved windows take out then.
fn ahead(
    app: &App,
    world: &World,
    (checked, window, own): (&Checked<'_>, Interval, &str),
    look: Look,
) -> MaintenanceWhatIf {
    look_ahead(
        app,
        world,
        (checked.site, &checked.components),
        (window, own, look),
    )
}

fn look_ahead(
    app: &App,
    world: &World,
    (site, components): (&Site, &[String]),
    (window, own, look): (Interval, &str, Look),
) -> MaintenanceWhatIf {
    let now = look.at;
    let works = app.works.all();
    let others = works.iter().filter(|other| {
        other.id != own
            && other.site == site.id.as_str()
            && matches!(other.work.state, WorkState::Approved | WorkState::Working)
            && other.work.window.intersect(window).is_some()
    });
    let overlapping: Vec<OverlappingWork> = others
        .map(|other| OverlappingWork {
            id: other.id.clone(),
            title: other.said.title.clone(),
            components: other.components.clone(),
        })
        .collect();
    let Some(chain) = chain::of_site(world, (!look.as_declared).then_some(&app.live), site, now)
    else {
        // No chain is declared: nothing is proven.
        return MaintenanceWhatIf {
            verdict: MaintenanceVerdict::NotProven,
            overlapping,
            without_load: components.to_vec(),
            ..nothing(now)
        };
    };
    let question = ForecastQuestion {
        out_now: chain.places(chain.out_now.iter().map(|out| &out.id)),
        overlapping: chain.places(overlapping.iter().flat_map(|other| &other.components)),
        candidate: chain.places(components),
        unknown: chain.places(&chain.unknown),
    };
    let found = forecast(&chain.graph, &question);
    let over_rating = over_rating(&chain, &question);
    let outside = components.iter().filter(|name| chain.place(name).is_none());
    MaintenanceWhatIf {
        verdict: match verdict(&found) {
            MaintenanceVerdict::Safe if !over_rating.is_empty() => MaintenanceVerdict::MarginLost,
            verdict => verdict,
        },
        over_rating,
        dropped: found.dropped,
        dark_already: found.dark_already,
        by_hand: found.by_hand,
        dropped_if_unknown_is_out: found.dropped_if_unknown_is_out,
        margin: found.margin.into(),
        next_failures: found.next_failures,
        without_load: outside.cloned().collect(),
        out_now: chain.out_now,
        unknown: chain.unknown,
        overlapping,
        as_of: now,
    }
}

/// What would carry more than it may.
fn over_rating(chain: &Chain<'_>, question: &ForecastQuestion) -> Vec<OverRated> {
    let before = question.out_now.union(&question.overlapping);
    let condition = Condition {
        out: chain
            .names(&before.copied().collect())
            .into_iter()
            .collect(),
        ..Condition::default()
    };
    let asked = chain
        .graph
        .what_if(&condition, &chain.names(&question.candidate));
    // Every name comes from the graph itself.
    let found = asked.map_or_else(|_| Vec::new(), |found| found.overloads);
    let rated = found.into_iter().map(|over| OverRated {
        id: over.node,
        carries_watts: over.carries_watts,
        may_watts: over.may_watts,
    });
    rated.collect()
}

fn verdict(found: &Forecast) -> MaintenanceVerdict {
    match found.verdict {
        ForecastVerdict::Safe => MaintenanceVerdict::Safe,
        ForecastVerdict::MarginLost => MaintenanceVerdict::MarginLost,
        ForecastVerdict::NotProven => MaintenanceVerdict::NotProven,
        ForecastVerdict::DropsLoad => MaintenanceVerdict::DropsLoad,
    }
}

fn nothing(now: Timestamp) -> MaintenanceWhatIf {
    MaintenanceWhatIf {
        as_of: now,
        verdict: MaintenanceVerdict::NotProven,
        dropped: Vec::new(),
        dark_already: Vec::new(),
        by_hand: Vec::new(),
        dropped_if_unknown_is_out: Vec::new(),
        margin: 0,
        next_failures: Vec::new(),
        over_rating: Vec::new(),
        out_now: Vec::new(),
        unknown: Vec::new(),
        overlapping: Vec::new(),
        without_load: Vec::new(),
    }
}

/// Approves a request, with the rest of its series if asked. What would drop a load needs a
/// reason, and so does an approval of one's own request.
pub(crate) async fn approve(
    app: &App,
    by: By<'_>,
    (id, wish): (&str, &MaintenanceApproval),
) -> Result<Kept, Refusal> {
    let world = app.world();
    let kept = find(app, id, wish.version)?;
    let override_reason = spec::note("override_reason", wish.override_reason.as_deref())?;
    let own_reason = spec::note("own_approval_reason", wish.own_approval_reason.as_deref())?;
    let note = spec::note("note", wish.note.as_deref())?;
    let mut all = vec![kept];
    if wish.series {
        let works = app.works.all();
        let rest = works.iter().filter(|other| {
            other.id != id
                && other.series.is_some()
                && other.series == all[0].series
                && other.work.state == WorkState::Requested
        });
        let rest: Vec<Kept> = rest.cloned().collect();
        all.extend(rest);
    }
    let mut changes = Vec::with_capacity(all.len());
    for mut kept in all {
        let own = kept.said.requested_by == by.author.actor;
        if own {
            may_approve_own(by, own_reason.as_deref())?;
        }
        let site = site_of(&world, &kept)?;
        let around = (kept.work.window, kept.id.as_str(), by.look());
        let found = look_ahead(app, &world, (site, &kept.components), around);
        let risk = !found.dropped.is_empty();
        if risk && override_reason.is_none() {
            return Err(would_drop(&kept, &found));
        }
        kept.work = step(&kept, WorkStep::Approve, by.at)?;
        kept.said.override_reason = override_reason.clone().filter(|_| risk);
        kept.said.own_approval_reason = own_reason.clone().filter(|_| own);
        decided(&mut kept, by, note.clone());
        let body = json!({"note": note, "verdict": found.verdict, "dropped": found.dropped,
            "override_reason": kept.said.override_reason, "maintainability_breach_risk": risk,
            "own_approval_reason": kept.said.own_approval_reason});
        kept.said.what_if = Some(found);
        changes.push(change(&kept, WorkStep::Approve.as_str(), body));
    }
    keep(app, by, changes).await
}

fn may_approve_own(by: By<'_>, reason: Option<&str>) -> Result<(), Refusal> {
    if !by.admin {
        return Err(Refusal::forbidden(
            "own_request",
            "somebody else decides on a request of your own",
        )
        .with("actor", by.author.actor.as_str()));
    }
    match reason {
        Some(_) => Ok(()),
        None => Err(Refusal::field(
            "own_approval_reason",
            "say why you approve your own request",
        )),
    }
}

fn would_drop(kept: &Kept, found: &MaintenanceWhatIf) -> Refusal {
    let loads = found.dropped.join(", ");
    let out: Vec<Value> = found
        .out_now
        .iter()
        .map(|out| json!({"id": out.id, "why": out.why}))
        .collect();
    Refusal::conflict(
        "loads_would_drop",
        format!("{} would drop {loads}", kept.id),
    )
    .with("id", kept.id.as_str())
    .with("loads", found.dropped.clone())
    .with("out_now", out)
}

/// Refuses a request, with the reason.
pub(crate) async fn refuse(
    app: &App,
    by: By<'_>,
    (id, version, note): (&str, u64, Option<&str>),
) -> Result<Kept, Refusal> {
    let mut kept = find(app, id, version)?;
    let note = spec::note("note", note)?;
    let note = note.ok_or_else(|| Refusal::field("note", "say why it is refused"))?;
    kept.work = step(&kept, WorkStep::Refuse, by.at)?;
    decided(&mut kept, by, Some(note.clone()));
    let body = json!({ "note": note });
    keep(
        app,
        by,
        vec![change(&kept, WorkStep::Refuse.as_str(), body)],
    )
    .await
}

/// Begins, closes or cancels.
pub(crate) async fn go_on(
    app: &App,
    by: By<'_>,
    (id, version, note): (&str, u64, Option<&str>),
    wanted: WorkStep,
) -> Result<Kept, Refusal> {
    let mut kept = find(app, id, version)?;
    let note = spec::note("note", note)?;
    kept.work = step(&kept, wanted, by.at)?;
    if wanted == WorkStep::Close {
        kept.said.closing_note.clone_from(&note);
    }
    let body = json!({ "note": note });
    keep(app, by, vec![change(&kept, wanted.as_str(), body)]).await
}

fn decided(kept: &mut Kept, by: By<'_>, note: Option<String>) {
    kept.said.decided_by = Some(by.author.actor.clone());
    kept.said.decided_at = Some(by.at);
    kept.said.decision_note = note;
}

fn change(kept: &Kept, step: &str, body: Value) -> WorkChange {
    WorkChange {
        work: kept.to_stored(),
        step: step.to_owned(),
        body,
    }
}

/// Keeps changes and gives the first as it is now.
async fn keep(app: &App, by: By<'_>, changes: Vec<WorkChange>) -> Result<Kept, Refusal> {
    let id = changes.first().map(|change| change.work.id.clone());
    let changed = app
        .store
        .change_maintenance(changes, by.at, by.author)
        .await;
    changed.map_err(|cause| work_error(&cause))?;
    app.works.load(&app.store).await.map_err(|e| store(&e))?;
    app.changed.notify_one();
    let id = id.unwrap_or_default();
    app.works.get(&id).ok_or_else(|| missing(&id))
}

fn find(app: &App, id: &str, version: u64) -> Result<Kept, Refusal> {
    let kept = app.works.get(id).ok_or_else(|| missing(id))?;
    if kept.version != version {
        return Err(Refusal::stale(kept.version));
    }
    Ok(kept)
}

fn site_of<'a>(world: &'a World, kept: &Kept) -> Result<&'a Site, Refusal> {
    let site = world.register.sites.get(kept.site.as_str());
    site.ok_or_else(|| Refusal::not_found("site", &kept.site))
}

fn step(kept: &Kept, step: WorkStep, at: Timestamp) -> Result<Work, Refusal> {
    use tw_availability::WorkError as E;
    kept.work.step(step, at).map_err(|cause| match cause {
        E::State { .. } => wrong_state(kept, step.as_str()),
        E::TooEarly { from } => {
            Refusal::conflict("window_not_begun", cause.to_string()).with("from", from.to_string())
        }
        E::TooLate { to } => {
            Refusal::conflict("window_over", cause.to_string()).with("to", to.to_string())
        }
    })
}

fn wrong_state(kept: &Kept, step: &str) -> Refusal {
    let state = kept.work.state.as_str();
    Refusal::conflict("wrong_state", format!("{} is {state}: no {step}", kept.id))
        .with("state", state)
        .with("step", step)
}

/// There is no such request.
pub(crate) fn missing(id: &str) -> Refusal {
    Refusal::not_found("maintenance", id)
}

fn work_error(cause: &WorkError) -> Refusal {
    match cause {
        WorkError::Stale { current, .. } => Refusal::stale(*current),
        WorkError::Missing { id } => missing(id),
        WorkError::Taken { component, by } => Refusal::field("components", cause.to_string())
            .with("component", component.as_str())
            .with("by", by.as_str()),
        WorkError::Store(cause) => store(cause),
    }
}
