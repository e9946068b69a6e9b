//! Who else keeps fields of an asset: files of the inventory, registers of others.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-model`. **Must not:** let people write
//! what the next reading of its owner would overwrite.

use crate::{access::accounts, app::App, http::refusal::Refusal};
use std::collections::BTreeMap;
use tw_model::{Asset, AssetStatus, Kind};

/// The fields of assets that sources own, by tag.
#[derive(Debug, Default)]
pub(crate) struct Owned(BTreeMap<String, Vec<Owner>>);

/// A source that has an asset.
#[derive(Debug)]
struct Owner {
    source: String,
    url: Option<String>,
    fields: Vec<&'static str>,
}

impl Owned {
    /// Reads which assets belong to which source. What is not there any more owns nothing.
    pub(crate) async fn read(app: &App) -> Result<Self, Refusal> {
        let mut owned: BTreeMap<String, Vec<Owner>> = BTreeMap::new();
        if app.settings.netbox.is_empty() {
            return Ok(Self(owned));
        }
        let refs = app.store.source_refs().await;
        for one in refs.map_err(|e| accounts::store(&e))? {
            let settings = app.settings.netbox.iter().find(|s| s.id == one.source);
            if let (Some(settings), None) = (settings, one.missing_since) {
                let fields = settings.mapping.owned_fields().into_iter().collect();
                owned.entry(one.local_id).or_default().push(Owner {
                    source: one.source,
                    url: one.url,
                    fields,
                });
            }
        }
        Ok(Self(owned))
    }

    /// Refuses a change of a field that a file or a source owns, and says which. What is disposed
    /// of leaves its source's hands: no reading brings it back.
    pub(crate) fn check(
        &self,
        app: &App,
        present: Option<&Asset>,
        wanted: &Asset,
    ) -> Result<(), Refusal> {
        if let Some((file, fields)) = app.owner(Kind::Asset, wanted.tag.as_str()) {
            let owned = fields.iter().map(String::as_str);
            if let Some(field) = changed(owned, present, wanted) {
                let text = format!("{field} is kept in {file}; change it there");
                return Err(Refusal::conflict("owned_by_file", text)
                    .with("field", field)
                    .with("file", file));
            }
        }
        if wanted.status == AssetStatus::Disposed {
            return Ok(());
        }
        for owner in self.0.get(wanted.tag.as_str()).into_iter().flatten() {
            if let Some(field) = changed(owner.fields.iter().copied(), present, wanted) {
                let source = owner.source.as_str();
                let text = format!("{field} is kept in {source}; change it there");
                return Err(Refusal::conflict("owned_by_source", text)
                    .with("field", field)
                    .with("source", source)
                    .with("url", owner.url.clone()));
            }
        }
        Ok(())
    }
}

/// The first of these fields that differs.
fn changed(
    fields: impl Iterator<Item = impl Into<String> + AsRef<str>>,
    present: Option<&Asset>,
    wanted: &Asset,
) -> Option<String> {
    let value = |asset: Option<&Asset>| serde_json::to_value(asset).unwrap_or_default();
    let (before, after) = (value(present), value(Some(wanted)));
    let differs = |path: &str| {
        let pointer = format!("/{}", path.replace('.', "/"));
        before.pointer(&pointer) != after.pointer(&pointer)
    };
    fields
        .into_iter()
        .find(|field| differs(field.as_ref()))
        .map(Into::into)
}
