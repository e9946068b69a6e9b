//! One sync from its beginning to its end, with its record.
//!
//! **Room:** layer 2, shell. **May use:** `tw-lifecycle`, `tw-store`. **Must not:** apply a plan
//! that says stop.

use super::{client::NetboxClient, client::NetboxError, fetch, settings::NetboxSettings};
use serde::Serialize;
use serde_json::json;
use std::{collections::BTreeMap, fs};
use tw_lifecycle::netbox::{
    KnownRef, ModelLine, SyncCounts, SyncLine, SyncOutcome, SyncPlan, plan_sync,
};
use tw_model::{Absent, Register, plan};
use tw_store::{Author, RunEnd, SourceRef, Store, StoredRegister};
use tw_units::Timestamp;

/// The kind of NetBox' devices in references.
pub(crate) const DEVICE_KIND: &str = "dcim.device";

/// Devices that are carried over in one transaction.
const PART_LINES_MAX: usize = 200;

/// Lines of a report that are kept: those with something to tell come first.
const REPORT_LINES_MAX: usize = 500;

/// Whether a sync changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncMode {
    /// It only says what it would do.
    Dry,
    /// It carries the plan out.
    Real,
}

impl SyncMode {
    const fn word(self) -> &'static str {
        match self {
            Self::Dry => "dry",
            Self::Real => "real",
        }
    }
}

/// What a sync did, or would do.
#[derive(Clone, Debug, Serialize)]
pub struct SyncReport {
    /// The number of the run.
    pub run: u64,
    /// The source.
    pub source: String,
    /// Whether it changed anything.
    pub mode: SyncMode,
    /// `done` or `stopped`.
    pub state: &'static str,
    /// Why it stopped.
    pub why: Option<String>,
    /// How many of each.
    pub counts: SyncCounts,
    /// Device types that are new or differ.
    pub models: Vec<ModelLine>,
    /// Devices that are new, differ or are odd; at most 500.
    pub lines: Vec<SyncLine>,
    /// Such devices that are not in `lines`.
    pub lines_left_out: usize,
    /// Rows that could not be read.
    pub unreadable: Vec<String>,
}

/// Reads a NetBox and carries over what differs. Without a mode the first sync of a source is
/// dry and later ones are real.
pub async fn sync_netbox(
    store: &Store,
    settings: &NetboxSettings,
    (mode, now): (Option<SyncMode>, Timestamp),
    author: &Author,
) -> Result<SyncReport, NetboxError> {
    let client = client(settings)?;
    store
        .keep_fields_of(settings.id.clone(), settings.kept_fields())
        .await?;
    let mode = match mode {
        Some(mode) => mode,
        None => usual_mode(store, &settings.id).await?,
    };
    let run = store
        .begin_source_run(&settings.id, mode.word(), author)
        .await?
        .ok_or_else(|| NetboxError::Busy(settings.id.clone()))?;
    let outcome = run_it(store, (settings, &client), &run, (mode, now, author)).await;
    let end = match &outcome {
        Ok(report) => RunEnd {
            state: report.state,
            report: json!(report),
            why: report.why.clone(),
        },
        // What breaks off on the way is taken up again where it was.
        Err(cause @ NetboxError::Unreachable { .. }) => {
            store.break_source_run(run.run, cause.to_string()).await?;
            return outcome;
        }
        Err(cause) => RunEnd {
            state: "failed",
            report: json!({}),
            why: Some(cause.to_string()),
        },
    };
    store.end_source_run(run.run, end, author).await?;
    outcome
}

fn client(settings: &NetboxSettings) -> Result<NetboxClient, NetboxError> {
    let authority = settings.authority_file.as_ref();
    let authority = authority
        .map(|path| {
            let failed = |cause| NetboxError::Authority(format!("{}: {cause}", path.display()));
            fs::read(path).map_err(failed)
        })
        .transpose()?;
    NetboxClient::new(&settings.url, &settings.token()?, authority.as_deref())
}

async fn usual_mode(store: &Store, source: &str) -> Result<SyncMode, NetboxError> {
    let runs = store.source_runs(Some(source), 200).await?;
    let seen = runs.iter().any(|run| run.state == "done");
    Ok(if seen { SyncMode::Real } else { SyncMode::Dry })
}

async fn run_it(
    store: &Store,
    (settings, client): (&NetboxSettings, &NetboxClient),
    run: &tw_store::SourceRun,
    (mode, now, author): (SyncMode, Timestamp, &Author),
) -> Result<SyncReport, NetboxError> {
    let remote = fetch::read_all(store, client, settings, run).await?;
    let stored = store.load_register().await?;
    let refs = refs_of(store, &settings.id).await?;
    let known = refs
        .iter()
        .map(|(id, one)| {
            Some((
                *id,
                KnownRef {
                    tag: one.local_id.parse().ok()?,
                },
            ))
        })
        .collect::<Option<BTreeMap<u64, KnownRef>>>()
        .unwrap_or_default();
    let planned = plan_sync(&settings.mapping, &stored.register, &known, &remote);
    if mode == SyncMode::Real && planned.stop.is_none() {
        let parts = Parts {
            store,
            source: &settings.id,
            now,
            author,
        };
        parts.carry_out(stored, &refs, &planned).await?;
    }
    let unreadable = remote.unreadable.iter();
    let unreadable = unreadable.map(|row| match row.id {
        Some(id) => format!("device {id}: {}", row.why),
        None => row.why.clone(),
    });
    Ok(report(
        (run.run, &settings.id, mode),
        planned,
        unreadable.collect(),
    ))
}

/// The references of a source, by its ids.
async fn refs_of(store: &Store, source: &str) -> Result<BTreeMap<u64, SourceRef>, NetboxError> {
    let refs = store.source_refs().await?;
    let own = refs
        .into_iter()
        .filter(|one| one.source == source && one.kind == DEVICE_KIND);
    Ok(own.map(|one| (one.source_id, one)).collect())
}

struct Parts<'a> {
    store: &'a Store,
    source: &'a str,
    now: Timestamp,
    author: &'a Author,
}

impl Parts<'_> {
    /// Makers and models first, then the devices, part by part, each with its references.
    async fn carry_out(
        &self,
        stored: StoredRegister,
        refs: &BTreeMap<u64, SourceRef>,
        planned: &SyncPlan,
    ) -> Result<(), NetboxError> {
        let mut wanted = Register::default();
        for line in &planned.models {
            let (maker, model) = (line.maker.clone(), line.after.clone());
            wanted
                .manufacturers
                .extend(maker.map(|maker| (maker.id.clone(), maker)));
            wanted
                .models
                .extend(model.map(|model| (model.id.clone(), model)));
        }
        let mut revision = stored.revision;
        revision = self
            .part(revision, (&wanted, &stored.register), Vec::new())
            .await?;
        for lines in planned.lines.chunks(PART_LINES_MAX) {
            let mut wanted = Register::default();
            for asset in lines.iter().filter_map(|line| line.after.as_ref()) {
                wanted.assets.insert(asset.tag.clone(), asset.clone());
            }
            let refs = lines.iter().filter_map(|line| self.reference(line, refs));
            let refs = refs.collect();
            revision = self
                .part(revision, (&wanted, &stored.register), refs)
                .await?;
        }
        Ok(())
    }

    async fn part(
        &self,
        revision: u64,
        (wanted, present): (&Register, &Register),
        refs: Vec<SourceRef>,
    ) -> Result<u64, NetboxError> {
        let changes = plan(wanted, present, Absent::Keep);
        let applied = self
            .store
            .apply_source_part((changes, refs), revision, self.author)
            .await?;
        Ok(applied.revision)
    }

    /// The reference of a line as it is from now on.
    fn reference(&self, line: &SyncLine, refs: &BTreeMap<u64, SourceRef>) -> Option<SourceRef> {
        let before = refs.get(&line.remote_id);
        if line.outcome == SyncOutcome::MissingInSource {
            let before = before?.clone();
            let missing_since = before.missing_since.or(Some(self.now));
            return Some(SourceRef {
                missing_since,
                ..before
            });
        }
        line.after.as_ref()?;
        Some(SourceRef {
            source: self.source.to_owned(),
            kind: DEVICE_KIND.to_owned(),
            source_id: line.remote_id,
            local_id: line.tag.as_ref()?.to_string(),
            url: line.url.clone(),
            last_updated: line.last_updated.clone(),
            seen_at: self.now,
            missing_since: None,
        })
    }
}

fn report(
    (run, source, mode): (u64, &str, SyncMode),
    planned: SyncPlan,
    unreadable: Vec<String>,
) -> SyncReport {
    let mut lines = planned.lines;
    lines.retain(|line| line.outcome != SyncOutcome::Unchanged || !line.notes.is_empty());
    // A deletion or a doubt must not drown in a thousand new devices.
    lines.sort_by_key(|line| (line.notes.is_empty(), line.outcome == SyncOutcome::Create));
    let lines_left_out = lines.len().saturating_sub(REPORT_LINES_MAX);
    lines.truncate(REPORT_LINES_MAX);
    let mut models = planned.models;
    models.retain(|line| line.outcome != SyncOutcome::Unchanged);
    SyncReport {
        run,
        source: source.to_owned(),
        mode,
        state: if planned.stop.is_some() {
            "stopped"
        } else {
            "done"
        },
        why: planned.stop.map(|stop| stop.to_string()),
        counts: planned.counts,
        models,
        lines,
        lines_left_out,
        unreadable: unreadable.into_iter().take(REPORT_LINES_MAX).collect(),
    }
}
