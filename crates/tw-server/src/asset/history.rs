//! One timeline of an asset: versions, steps, dates.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-model`, `tw-api`.

use crate::{access::accounts, app::App, http::refusal::Refusal, world::World};
use jiff::tz::TimeZone;
use serde_json::Value;
use tw_api::{AnyJson, AssetEvent, AssetFieldChange, AssetHistory, AssetOwner, AssetTransition};
use tw_lifecycle::next_states;
use tw_model::{Absent, FieldChange, Item, Kind, Register, plan};
use tw_store::{ItemVersion, Store, Transition};

/// Everything that happened to an asset; who may not see people gets no custodians, who may not
/// change it gets no record.
pub(crate) async fn history(
    app: &App,
    tag: &str,
    (people, record): (bool, bool),
) -> Result<AssetHistory, Refusal> {
    let told = of(&app.store, &app.world(), tag, (people, record)).await?;
    let owner = app.owner(Kind::Asset, tag);
    Ok(AssetHistory {
        owned_by: owner.map(|(file, fields)| AssetOwner { file, fields }),
        ..told
    })
}

/// The same, without who owns fields of it.
pub(crate) async fn of(
    store: &Store,
    world: &World,
    tag: &str,
    (people, record): (bool, bool),
) -> Result<AssetHistory, Refusal> {
    let asset = world.register.assets.get(tag);
    let asset = asset.ok_or_else(|| Refusal::not_found("asset", tag))?;
    let versions = store.item_history(Kind::Asset, tag).await;
    let versions = versions.map_err(|e| accounts::store(&e))?;
    let steps = store.transitions(Some(tag), false).await;
    let steps = steps.map_err(|e| accounts::store(&e))?;
    let zone = TimeZone::get(world.timezone()).unwrap_or(TimeZone::UTC);
    let day = |at: tw_units::Timestamp| at.to_jiff().to_zoned(zone.clone()).date().to_string();
    let mut events = Vec::new();
    let mut before: Option<&Value> = None;
    for version in &versions {
        events.push(of_version(version, before, people, day(version.at)));
        before = version.spec.as_ref();
    }
    events.extend(steps.iter().map(|step| AssetEvent {
        day: day(step.decided_at.unwrap_or(step.asked_at)),
        at: Some(step.decided_at.unwrap_or(step.asked_at)),
        actor: Some(step.asked_by.clone()),
        step: Some(shown(step, people)),
        ..blank("step")
    }));
    events.extend(asset.dates.iter().map(|(kind, recorded)| AssetEvent {
        day: recorded.date.latest().to_string(),
        date_kind: Some(kind.to_string()),
        date: Some(recorded.date.to_string()),
        source: source(recorded),
        ..blank("date")
    }));
    // Turned around after a stable sort: of events of one instant the later stands above.
    events.sort_by(|a, b| (&a.day, a.at).cmp(&(&b.day, b.at)));
    events.reverse();
    let value = serde_json::to_value(asset).map_err(|e| Refusal::internal(&e))?;
    Ok(AssetHistory {
        id: tag.to_owned(),
        events,
        next_states: next_states(asset.status)
            .iter()
            .map(ToString::to_string)
            .collect(),
        waiting: steps
            .iter()
            .find(|step| step.state == "waiting")
            .map(|step| shown(step, people)),
        record: record.then_some(AnyJson(value)),
        owned_by: None,
    })
}

fn blank(kind: &str) -> AssetEvent {
    AssetEvent {
        kind: kind.to_owned(),
        day: String::new(),
        at: None,
        actor: None,
        fields: Vec::new(),
        step: None,
        date_kind: None,
        date: None,
        source: None,
    }
}

fn source(recorded: &tw_model::RecordedDate) -> Option<String> {
    let parts: Vec<&str> = [&recorded.source, &recorded.document]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn of_version(
    version: &ItemVersion,
    before: Option<&Value>,
    people: bool,
    day: String,
) -> AssetEvent {
    let kind = match (before, &version.spec) {
        (_, None) => "removed",
        (None, Some(_)) => "created",
        (Some(_), Some(_)) => "changed",
    };
    let fields = match (before, &version.spec) {
        (Some(before), Some(after)) => differing(before, after),
        _ => Vec::new(),
    };
    AssetEvent {
        day,
        at: Some(version.at),
        actor: Some(version.actor.clone()),
        fields: fields
            .iter()
            .filter(|field| people || field.path != "custodian")
            .map(field)
            .collect(),
        ..blank(kind)
    }
}

/// What differs between two versions; nothing where an old one does not read any more.
fn differing(before: &Value, after: &Value) -> Vec<FieldChange> {
    let one = |value: &Value| {
        let id = value.get("tag").and_then(Value::as_str).unwrap_or_default();
        Register::from_items([Item {
            kind: Kind::Asset,
            id: id.to_owned(),
            value: value.clone(),
        }])
    };
    match (one(before), one(after)) {
        (Ok(before), Ok(after)) => plan(&after, &before, Absent::Keep)
            .changes
            .into_iter()
            .flat_map(|change| change.fields)
            .collect(),
        _ => Vec::new(),
    }
}

/// A field as people read it.
pub(crate) fn field(change: &FieldChange) -> AssetFieldChange {
    let text = |value: &Option<Value>| {
        value.as_ref().map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    AssetFieldChange {
        path: change.path.clone(),
        from: text(&change.from),
        to: text(&change.to),
    }
}

/// A step as the API says it.
pub(crate) fn shown(step: &Transition, people: bool) -> AssetTransition {
    let mut ask = step.ask.clone();
    if let (false, Some(ask)) = (people, ask.as_object_mut()) {
        ask.remove("custodian");
    }
    AssetTransition {
        id: step.id,
        from: step.from.clone(),
        to: step.to.clone(),
        on: step.on.clone(),
        state: step.state.clone(),
        step: AnyJson(ask),
        asked_at: step.asked_at,
        asked_by: step.asked_by.clone(),
        decided_at: step.decided_at,
        decided_by: step.decided_by.clone(),
        note: step.note.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_version_says_what_differs_from_the_one_before() {
        let before = json!({"tag": "T", "class": "monitor", "status": "deployed", "note": "a"});
        let after = json!({"tag": "T", "class": "monitor", "status": "retired"});
        let shown: Vec<String> = differing(&before, &after)
            .iter()
            .map(field)
            .map(|f| format!("{} {:?} {:?}", f.path, f.from, f.to))
            .collect();
        assert_eq!(
            shown,
            [
                r#"note Some("a") None"#,
                r#"status Some("deployed") Some("retired")"#
            ]
        );
        assert!(differing(&json!({"tag": "T"}), &after).is_empty());
    }
}
