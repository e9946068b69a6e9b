//! Routes of maintenance.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{
    actions::{self, By},
    view,
    works::Kept,
};
use crate::{
    access::{accounts::store, audit::author, caller::Caller},
    app::App,
    http::{
        call::{Answer, Call, Outcome},
        csv,
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use tw_api::{
    Created, CsvOr, Json, Maintenance, MaintenanceNote, MaintenanceQuery, MaintenanceSpec,
    MaintenanceWhatIf, Page, Role, endpoints as e,
};
use tw_availability::{WorkState, WorkStep};
use tw_store::Author;
use tw_units::SiteId;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::MaintenanceList, _, _>(list),
        bind::<e::MaintenanceAdd, _, _>(add),
        bind::<e::MaintenanceTry, _, _>(try_out),
        bind::<e::MaintenanceGet, _, _>(get),
        bind::<e::MaintenancePut, _, _>(put),
        bind::<e::MaintenanceLookAhead, _, _>(what_if),
        bind::<e::MaintenanceApprove, _, _>(approve),
        bind::<e::MaintenanceRefuse, _, _>(refuse),
        bind::<e::MaintenanceBegin, _, _>(begin),
        bind::<e::MaintenanceClose, _, _>(close),
        bind::<e::MaintenanceCancel, _, _>(cancel),
    ]
}

async fn list(call: Call<e::MaintenanceList>) -> Outcome<CsvOr<Page<Maintenance>>> {
    let query = &call.query;
    let wanted_state = match query.state.as_deref() {
        None | Some("open") => None,
        Some(word) => Some(WorkState::parse(word).ok_or_else(|| {
            let mut allowed = vec!["open"];
            allowed.extend(WorkState::ALL.map(WorkState::as_str));
            Refusal::bad(
                "bad_parameter",
                format!("state is one of {}", allowed.join(", ")),
            )
            .with("parameter", "state")
            .with("allowed", allowed)
        })?),
    };
    let now = call.app.now();
    let works = call.app.works.all();
    let found = works
        .iter()
        .filter(|kept| sees(&call.caller, &kept.site) && fits(kept, query, wanted_state))
        .map(|kept| view::of(kept, Vec::new(), now))
        .collect::<Vec<_>>();
    match query.format.as_deref() {
        None => {
            let wanted = Wanted {
                limit: query.limit,
                cursor: query.cursor.as_deref(),
            };
            Ok(CsvOr::Json(page(found, |one| one.id.clone(), wanted)?).into())
        }
        Some("csv") => {
            let columns = query.columns.as_deref();
            Ok(CsvOr::Csv(csv::file(&found, &view::COLUMNS, columns)?).into())
        }
        Some(_) => Err(csv::unknown_format()),
    }
}

fn fits(kept: &Kept, query: &MaintenanceQuery, state: Option<WorkState>) -> bool {
    let open = query.state.as_deref() == Some("open");
    (!open || kept.work.state.is_open())
        && state.is_none_or(|state| kept.work.state == state)
        && query.site.as_ref().is_none_or(|site| kept.site == *site)
        && query.from.is_none_or(|from| kept.work.window.to > from)
        && query.to.is_none_or(|to| kept.work.window.from < to)
}

fn sees(caller: &Caller, site: &str) -> bool {
    SiteId::new(site).is_ok_and(|site| caller.sees_site(&site))
}

async fn add(call: Call<e::MaintenanceAdd>) -> Outcome<Created<Maintenance>> {
    let Json(new) = call.body;
    in_scope(&call.caller, &new.spec)?;
    let by = author(&call.caller, &call.facts);
    let kept = actions::request(&call.app, by_now(&call.app, &call.caller, &by), &new).await?;
    let shown = whole(&call.app, &kept).await?;
    Ok(Answer::from(Created(shown)).audited())
}

async fn try_out(call: Call<e::MaintenanceTry>) -> Outcome<Json<MaintenanceWhatIf>> {
    let Json(spec) = call.body;
    in_scope(&call.caller, &spec)?;
    let found = actions::what_if(&call.app, (&spec, ""), call.app.now())?;
    Ok(Answer::from(Json(found)).subject("maintenance/what-if"))
}

fn in_scope(caller: &Caller, spec: &MaintenanceSpec) -> Result<(), Refusal> {
    if sees(caller, &spec.site) {
        return Ok(());
    }
    if caller.sees_all() {
        return Err(Refusal::field("site", "there is no such site"));
    }
    Err(
        Refusal::forbidden("not_in_scope", "this site is outside of your scope")
            .with("site", spec.site.as_str())
            .with("actor", caller.actor()),
    )
}

async fn get(call: Call<e::MaintenanceGet>) -> Outcome<Json<Maintenance>> {
    let kept = find(&call.app, call.id())?;
    Ok(Json(whole(&call.app, &kept).await?).into())
}

async fn put(call: Call<e::MaintenancePut>) -> Outcome<Json<Maintenance>> {
    let by = author(&call.caller, &call.facts);
    let by = by_now(&call.app, &call.caller, &by);
    let kept = actions::edit(&call.app, by, (call.id(), &call.body.0)).await?;
    done(&call.app, &kept).await
}

async fn what_if(call: Call<e::MaintenanceLookAhead>) -> Outcome<Json<MaintenanceWhatIf>> {
    let kept = find(&call.app, call.id())?;
    let spec = view::of(&kept, Vec::new(), call.app.now()).spec;
    let found = actions::what_if(&call.app, (&spec, call.id()), call.app.now())?;
    Ok(Json(found).into())
}

async fn approve(call: Call<e::MaintenanceApprove>) -> Outcome<Json<Maintenance>> {
    let by = author(&call.caller, &call.facts);
    let by = by_now(&call.app, &call.caller, &by);
    let kept = actions::approve(&call.app, by, (call.id(), &call.body.0)).await?;
    done(&call.app, &kept).await
}

async fn refuse(call: Call<e::MaintenanceRefuse>) -> Outcome<Json<Maintenance>> {
    let by = author(&call.caller, &call.facts);
    let by = by_now(&call.app, &call.caller, &by);
    let MaintenanceNote { version, note } = &call.body.0;
    let kept = actions::refuse(&call.app, by, (call.id(), *version, note.as_deref())).await?;
    done(&call.app, &kept).await
}

async fn begin(call: Call<e::MaintenanceBegin>) -> Outcome<Json<Maintenance>> {
    go_on(
        &call.app,
        (&call.caller, &author(&call.caller, &call.facts)),
        (call.id(), &call.body.0),
        WorkStep::Begin,
    )
    .await
}

async fn close(call: Call<e::MaintenanceClose>) -> Outcome<Json<Maintenance>> {
    go_on(
        &call.app,
        (&call.caller, &author(&call.caller, &call.facts)),
        (call.id(), &call.body.0),
        WorkStep::Close,
    )
    .await
}

async fn cancel(call: Call<e::MaintenanceCancel>) -> Outcome<Json<Maintenance>> {
    go_on(
        &call.app,
        (&call.caller, &author(&call.caller, &call.facts)),
        (call.id(), &call.body.0),
        WorkStep::Cancel,
    )
    .await
}

async fn go_on(
    app: &App,
    (caller, by): (&Caller, &Author),
    (id, wish): (&str, &MaintenanceNote),
    step: WorkStep,
) -> Outcome<Json<Maintenance>> {
    let by = by_now(app, caller, by);
    let wish = (id, wish.version, wish.note.as_deref());
    let kept = actions::go_on(app, by, wish, step).await?;
    done(app, &kept).await
}

async fn done(app: &App, kept: &Kept) -> Outcome<Json<Maintenance>> {
    Ok(Answer::from(Json(whole(app, kept).await?)).audited())
}

async fn whole(app: &App, kept: &Kept) -> Result<Maintenance, Refusal> {
    let steps = app.store.maintenance_steps(&kept.id).await;
    let steps = steps.map_err(|e| store(&e))?;
    Ok(view::of(kept, steps, app.now()))
}

fn find(app: &App, id: &str) -> Result<Kept, Refusal> {
    app.works.get(id).ok_or_else(|| actions::missing(id))
}

fn by_now<'a>(app: &App, caller: &Caller, author: &'a Author) -> By<'a> {
    By {
        author,
        admin: caller.role == Some(Role::Admin),
        at: app.now(),
        as_declared: false,
    }
}
