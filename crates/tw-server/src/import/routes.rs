//! Routes of imports.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-config`.

use super::book::Waiting;
use crate::{
    access::{audit::author, caller::Caller},
    app::App,
    asset::{history::field, owned::Owned, writing},
    device::actions::register,
    http::{
        call::{Answer, Call, Outcome},
        refusal::Refusal,
        route::{Route, bind},
    },
    world::World,
};
use std::sync::Arc;
use tw_api::{
    FileBody, ImportChange, ImportDone, ImportFault, ImportPreview, Json, endpoints as e,
};
use tw_config::{
    DayFormat, ImportFormat, Imported, RowOutcome, Staged, known_fields_only, read_assets, stage,
};
use tw_model::Asset;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::ImportAdd, _, _>(preview),
        bind::<e::ImportCommit, _, _>(commit),
    ]
}

async fn preview(call: Call<e::ImportAdd>) -> Outcome<Json<ImportPreview>> {
    let format = call.query.format.as_deref().unwrap_or("csv");
    let format = ImportFormat::of(format).ok_or_else(|| {
        Refusal::bad("bad_parameter", "format is csv, xlsx, yaml or json")
            .with("parameter", "format")
    })?;
    let days = match call.query.dates.as_deref() {
        None | Some("iso") => DayFormat::Iso,
        Some("dmy") => DayFormat::DayFirst,
        Some(_) => {
            let text = "dates is iso or dmy";
            return Err(Refusal::bad("bad_parameter", text).with("parameter", "dates"));
        }
    };
    let checked = Checked::read(&call.app, &call.caller).await?;
    let app = Arc::clone(&call.app);
    let FileBody(bytes) = call.body;
    let world = app.world();
    let work = move || {
        let mut imported = read_assets(&bytes, format, days);
        known_fields_only(&mut imported, &world.register);
        let staged = checked.stage(&app, &world, &mut imported);
        (imported, staged, world.revision)
    };
    let done = tokio::task::spawn_blocking(work).await;
    let (imported, staged, revision) = done.map_err(|panic| Refusal::internal(&panic))?;
    let answer = preview_of(&call.app, &call.caller, (&imported, staged, revision));
    let note = serde_json::json!({"create": answer.create, "update": answer.update,
        "rejected": answer.rejected});
    Ok(Answer::from(Json(answer))
        .subject("import/preview")
        .note(note))
}

/// What a caller may make of assets, many at once.
pub(crate) struct Checked {
    caller: Caller,
    owned: Owned,
}

impl Checked {
    pub(crate) async fn read(app: &App, caller: &Caller) -> Result<Self, Refusal> {
        Ok(Self {
            caller: caller.clone(),
            owned: Owned::read(app).await?,
        })
    }

    /// Lays rows over the register; what may not be is a fault of its row.
    pub(crate) fn stage(&self, app: &App, world: &World, imported: &mut Imported) -> Staged {
        stage(imported, &world.register, |before, after, _| {
            self.against(app, world, before, after)
        })
    }

    fn against(
        &self,
        app: &App,
        world: &World,
        before: Option<&Asset>,
        after: &Asset,
    ) -> Option<(String, String)> {
        let all = before.into_iter().chain([after]);
        for asset in all {
            if writing::in_scope(world, &self.caller, asset).is_err() {
                return Some(("tag".to_owned(), "it is outside of your scope".to_owned()));
            }
        }
        if let Some(why) = writing::state_stays(before, after) {
            return Some(why);
        }
        let owned = self.owned.check(app, before, after).err()?;
        let field = owned.params.get("field").and_then(|field| field.as_str());
        Some((field.unwrap_or("tag").to_owned(), owned.detail))
    }
}

/// What is to be shown of it; without a fault it waits for its commit.
pub(crate) fn preview_of(
    app: &App,
    caller: &Caller,
    (imported, staged, revision): (&Imported, Staged, u64),
) -> ImportPreview {
    let token = (imported.faults_total == 0).then(|| format!("{:032x}", rand::random::<u128>()));
    let answer = shown(imported, &staged, token.clone());
    if let Some(token) = token {
        app.imports.keep(Waiting {
            token,
            actor: caller.actor(),
            made_at: app.now(),
            plan: staged.plan,
            revision,
        });
    }
    answer
}

/// A preview as the API says it.
pub(crate) fn shown(imported: &Imported, staged: &Staged, token: Option<String>) -> ImportPreview {
    ImportPreview {
        token,
        create: staged.create as u64,
        update: staged.update as u64,
        unchanged: staged.unchanged as u64,
        rejected: staged.rejected as u64,
        faults: imported
            .faults
            .iter()
            .map(|fault| ImportFault {
                row: fault.row,
                tag: staged.tags.get(&fault.row).cloned(),
                column: fault.column.clone(),
                message: fault.message.clone(),
                allowed: fault.allowed.clone(),
            })
            .collect(),
        faults_total: imported.faults_total as u64,
        changes: staged
            .shown
            .iter()
            .map(|row| ImportChange {
                row: row.row,
                tag: row.tag.clone(),
                outcome: match row.outcome {
                    RowOutcome::Create => "create",
                    _ => "update",
                }
                .to_owned(),
                fields: row.fields.iter().map(field).collect(),
            })
            .collect(),
    }
}

async fn commit(call: Call<e::ImportCommit>) -> Outcome<Json<ImportDone>> {
    let by = author(&call.caller, &call.facts);
    let waiting = call
        .app
        .imports
        .take(call.id(), &call.caller.actor(), call.app.now())
        .ok_or_else(|| Refusal::not_found("import", call.id()))?;
    let applied = call
        .app
        .store
        .apply_plan(waiting.plan, Some(waiting.revision), &by)
        .await;
    let applied = applied.map_err(|e| register(&e))?;
    call.app.reload_register().await.map_err(|e| register(&e))?;
    Ok(Answer::from(Json(ImportDone {
        changed: applied.changed,
        revision: applied.revision,
    }))
    .audited())
}
