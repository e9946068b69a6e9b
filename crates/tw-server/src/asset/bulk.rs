//! One change for many assets: a preview first, then all of them or none.
//!
//! **Room:** layer 2, shell. **May use:** `tw-config`, `tw-api`. **Must not:** change a state; that
//! is a step of each asset.

use super::select::{self, Filter};
use crate::{
    access::caller::Caller,
    age::judged::Ages,
    http::{
        call::{Answer, Call, Outcome},
        refusal::Refusal,
    },
    import::routes::{Checked, preview_of},
    world::World,
};
use serde_json::{Map, Value};
use std::{collections::BTreeSet, sync::Arc};
use tw_api::{BulkEdit, ImportPreview, Json, endpoints as e};
use tw_config::{Imported, ImportedRow};
use tw_model::Asset;

/// The fields that one value can fit for many assets.
const FIELDS: [&str; 11] = [
    "manufacturer",
    "model",
    "unit",
    "custodian",
    "place",
    "accounting",
    "purchase",
    "price_vnd",
    "dates",
    "custom",
    "note",
];

pub(super) async fn preview(call: Call<e::BulkEditAdd>) -> Outcome<Json<ImportPreview>> {
    let Json(edit) = call.body;
    let set = wanted(&edit)?;
    let world = call.app.world();
    let as_of = crate::age::actions::as_of(edit.select.as_of.as_deref())?;
    let ages = call.app.ages(&world, as_of);
    let checked = Checked::read(&call.app, &call.caller).await?;
    let (app, caller) = (Arc::clone(&call.app), call.caller.clone());
    let work = move || {
        let mut imported = rows(&world, &ages, &caller, (&edit, &set))?;
        let staged = checked.stage(&app, &world, &mut imported);
        Ok::<_, Refusal>((imported, staged, world.revision))
    };
    let done = tokio::task::spawn_blocking(work).await;
    let (imported, staged, revision) = done.map_err(|panic| Refusal::internal(&panic))??;
    let answer = preview_of(&call.app, &call.caller, (&imported, staged, revision));
    let note = serde_json::json!({"update": answer.update, "rejected": answer.rejected});
    Ok(Answer::from(Json(answer))
        .subject("bulk-edit/preview")
        .note(note))
}

/// The fields that change, with what they become; `null` clears one.
fn wanted(edit: &BulkEdit) -> Result<Map<String, Value>, Refusal> {
    let Value::Object(mut set) = edit.set.0.clone() else {
        return Err(Refusal::field(
            "set",
            "fields of an asset with their values",
        ));
    };
    for field in &edit.clear {
        if set.insert(field.clone(), Value::Null).is_some() {
            return Err(Refusal::field("clear", format!("{field} is set already")));
        }
    }
    if set.is_empty() {
        return Err(Refusal::field("set", "at least one field"));
    }
    match set.keys().find(|field| !FIELDS.contains(&field.as_str())) {
        None => Ok(set),
        Some(field) => {
            let text = format!(
                "{field} is not changed for many at once: {}",
                FIELDS.join(", ")
            );
            Err(Refusal::field("set", text).with("allowed", FIELDS.to_vec()))
        }
    }
}

/// A row for each asset, as of a file that names only what changes.
fn rows(
    world: &World,
    ages: &Ages,
    caller: &Caller,
    (edit, set): (&BulkEdit, &Map<String, Value>),
) -> Result<Imported, Refusal> {
    let filter = Filter::try_from(&edit.select)?;
    let found = select::found((world, ages), caller, &filter, ("id", false));
    // A name that nothing fits is told: a bulk change does not quietly do less than was asked.
    let fitting: BTreeSet<&str> = found.iter().map(|hit| hit.asset.tag.as_str()).collect();
    let mut named = edit.select.tags.iter().flatten();
    if let Some(tag) = named.find(|tag| !fitting.contains(tag.as_str())) {
        return Err(Refusal::field(
            "tags",
            format!("there is no asset {tag:?} among these"),
        ));
    }
    if found.is_empty() {
        return Err(Refusal::field("select", "no asset fits"));
    }
    let row = |(index, hit): (usize, &select::Hit<'_>)| ImportedRow {
        row: u32::try_from(index + 1).unwrap_or(u32::MAX),
        fields: fields_of(hit.asset, set),
    };
    Ok(Imported {
        rows: found.iter().enumerate().map(row).collect(),
        ..Imported::default()
    })
}

/// The change for one asset. Another site leaves the room and the desk of the old one behind.
fn fields_of(asset: &Asset, set: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = set.clone();
    fields.insert("tag".to_owned(), asset.tag.as_str().into());
    let site = asset.place.as_ref().map(|place| place.site.as_str());
    if let Some(Value::Object(place)) = fields.get_mut("place") {
        let other = place.get("site").and_then(Value::as_str);
        if other.is_some() && other != site {
            for left in ["room", "detail"] {
                place.entry(left).or_insert(Value::Null);
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn another_site_leaves_the_old_room_behind() {
        let asset = |place: Value| -> Asset {
            let value = json!({"tag": "T", "class": "other", "status": "lost", "place": place});
            serde_json::from_value(value).unwrap()
        };
        let old = asset(json!({"site": "mic", "room": "r1", "detail": "desk 4"}));
        let place = |set: Value| {
            let set = json!({ "place": set });
            fields_of(&old, set.as_object().unwrap())["place"].clone()
        };
        assert_eq!(place(json!({"site": "mic"})), json!({"site": "mic"}));
        assert_eq!(
            place(json!({"site": "vnta", "room": "r9"})),
            json!({"site": "vnta", "room": "r9", "detail": null})
        );
        assert_eq!(place(json!({"detail": "x"})), json!({"detail": "x"}));
    }
}
