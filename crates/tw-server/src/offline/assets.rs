//! Assets on a data directory: what the command line lists, files, moves and labels.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-config`, `tw-api`. **Must not:** need the
//! server, or know which files or other registers own a field: a data directory does not say.

use super::{Offline, OfflineError};
use crate::{
    access::caller::{Caller, Who},
    age::{actions::today, judged::AgeMemory},
    asset::{
        history, labels,
        select::{self, Filter, SORTS},
        view, writing,
    },
    http::{list::order, refusal::Refusal},
    import::routes::shown as preview_shown,
    readings::live::Live,
    world::World,
};
use tw_api::{Asset, AssetSelect, AssetTransition, ImportPreview, Role, Scope};
use tw_config::{
    AssetSheet, DayFormat, ImportFormat, known_fields_only, read_assets, stage, yaml_of_assets,
};

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssetFile {
    /// As the import reads it.
    Csv,
    /// As the import reads it, with the ages on a second sheet.
    Xlsx,
    /// Whole records, as the files of an inventory have them.
    Json,
    /// The same as YAML.
    Yaml,
}

/// Which assets, in which order, in which language.
#[derive(Clone, Debug, Default)]
pub struct AssetWanted {
    /// Which.
    pub select: AssetSelect,
    /// As of the API's list.
    pub sort: Option<String>,
    /// Vietnamese headings and words, or English ones.
    pub vietnamese: bool,
}

/// Everybody on this machine who may read the data directory may do anything with it.
fn owner() -> Caller {
    Caller {
        who: Who::Nobody,
        role: Some(Role::Admin),
        scope: Scope::All,
    }
}

impl Offline {
    /// The assets as the API shows them, aged today.
    pub async fn assets(&self, wanted: &AssetWanted) -> Result<Vec<Asset>, OfflineError> {
        let world = self.world().await?;
        let live = Live::default();
        let shown =
            |hit: &select::Hit<'_>| view::asset(&world, &live, hit.asset, (hit.judged, true));
        self.with_found(&world, wanted, |found| {
            Ok(found.iter().map(shown).collect())
        })
    }

    /// One asset with what happened to it and what may happen next.
    pub async fn asset(&self, tag: &str) -> Result<tw_api::AssetHistory, OfflineError> {
        let world = self.world().await?;
        Ok(history::of(&self.store, &world, tag, (true, true)).await?)
    }

    /// The assets as a file.
    pub async fn export_assets(
        &self,
        wanted: &AssetWanted,
        form: AssetFile,
    ) -> Result<Vec<u8>, OfflineError> {
        let world = self.world().await?;
        let now = today(&world, self.wall.now());
        self.with_found(&world, wanted, |found| {
            let assets = found.iter().map(|hit| hit.asset);
            match form {
                AssetFile::Csv => {
                    let sheet = AssetSheet::of(assets, wanted.vietnamese, &[]);
                    Ok(sheet.csv().into_bytes())
                }
                AssetFile::Xlsx => {
                    crate::asset::export::file(&world, found, (wanted.vietnamese, true, now))
                }
                AssetFile::Json => {
                    let records: Vec<_> = assets.collect();
                    serde_json::to_vec_pretty(&serde_json::json!({ "assets": records }))
                        .map_err(|cause| Refusal::internal(&cause))
                }
                AssetFile::Yaml => {
                    let records: Vec<_> = assets.collect();
                    yaml_of_assets(&records)
                        .map(String::into_bytes)
                        .map_err(|cause| Refusal::internal(&cause))
                }
            }
        })
    }

    /// Labels on sheets of A4, as PDF.
    pub async fn asset_labels(
        &self,
        wanted: &AssetWanted,
        sheet: Option<&str>,
    ) -> Result<Vec<u8>, OfflineError> {
        let world = self.world().await?;
        self.with_found(&world, wanted, |found| {
            let place = (labels::chosen(sheet)?, 0);
            labels::file(&world, found, place, wanted.vietnamese)
        })
    }

    /// What an import would do; with `commit` it is done, all of it or nothing.
    pub async fn import_assets(
        &self,
        bytes: &[u8],
        (format, days): (ImportFormat, DayFormat),
        commit: bool,
    ) -> Result<(ImportPreview, Option<u64>), OfflineError> {
        let world = self.world().await?;
        let mut imported = read_assets(bytes, format, days);
        known_fields_only(&mut imported, &world.register);
        let staged = stage(&mut imported, &world.register, |before, after, _| {
            writing::state_stays(before, after)
        });
        let preview = preview_shown(&imported, &staged, None);
        if !commit || imported.faults_total > 0 {
            return Ok((preview, None));
        }
        let applied = self
            .store
            .apply_plan(staged.plan, Some(world.revision), &self.author)
            .await?;
        Ok((preview, Some(applied.changed)))
    }

    /// Takes a step of an asset's life, or asks a second person for it.
    pub async fn asset_step(
        &self,
        tag: &str,
        step: serde_json::Value,
    ) -> Result<AssetTransition, OfflineError> {
        let world = self.world().await?;
        let prepared = writing::prepared((&world, self.wall.now()), tag, step)?;
        let taken = writing::taken(&self.store, &world, prepared, &self.author).await?;
        let step = self.store.transition(taken).await?;
        let step = step.ok_or_else(|| Refusal::not_found("step", &taken.to_string()))?;
        Ok(history::shown(&step, true))
    }

    fn with_found<T>(
        &self,
        world: &World,
        wanted: &AssetWanted,
        work: impl FnOnce(&[select::Hit<'_>]) -> Result<T, Refusal>,
    ) -> Result<T, OfflineError> {
        let now = today(world, self.wall.now());
        let ages = AgeMemory::default().ages(world, (now, now));
        let filter = Filter::try_from(&wanted.select)?;
        let sorting = order(wanted.sort.as_deref(), &SORTS)?;
        let found = select::found((world, &ages), &owner(), &filter, sorting);
        let named = wanted.select.tags.iter().flatten();
        let mut named = named.filter(|tag| !world.register.assets.contains_key(tag.as_str()));
        if let Some(tag) = named.next() {
            return Err(Refusal::not_found("asset", tag).into());
        }
        Ok(work(&found)?)
    }
}
