//! What a sync would do: each device matched, each owned field compared, everything odd named.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** change a register, match by a
//! name, or take a device that is not in the answer for one that may be deleted.
//!
//! A match is by the reference that an earlier sync kept, then by tag, then by manufacturer and
//! serial number. What does not agree becomes a note that a person settles.

mod fields;
mod matching;

use super::{
    mapping::Mapping,
    models::{ModelLine, plan_type},
    read::{Deletion, RemoteDevice, RemoteRack, RemoteType, Unreadable},
    stop::StopReason,
};
use matching::{Found, Local};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use tw_model::{
    Absent, Asset, AssetClass, AssetStatus, FieldChange, Kind, Register, plan, validate,
};
use tw_units::AssetTag;

/// A reference that an earlier sync kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRef {
    /// The asset.
    pub tag: AssetTag,
}

/// All that was read of the source, to its end.
#[derive(Clone, Debug, Default)]
pub struct Remote {
    /// Its devices.
    pub devices: Vec<RemoteDevice>,
    /// Its device types.
    pub types: Vec<RemoteType>,
    /// Its racks.
    pub racks: Vec<RemoteRack>,
    /// Devices that somebody deleted, as far as its change log goes back.
    pub deletions: Vec<Deletion>,
    /// Rows that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// What becomes of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncOutcome {
    /// A new asset.
    Create,
    /// Other fields of a known asset.
    Update,
    /// All as it is.
    Unchanged,
    /// It was known and is not in NetBox any more; the asset stays.
    MissingInSource,
    /// More than one asset could be it; nothing is done.
    Ambiguous,
    /// It cannot be taken over; the notes say why.
    Refused,
}

/// By what a device was found in the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// The reference that an earlier sync kept.
    Reference,
    /// The tag.
    Tag,
    /// Manufacturer and serial number.
    Serial,
}

/// What is odd about a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// Another device has the same manufacturer and serial number.
    DuplicateSerial,
    /// Another asset fits, too.
    SecondCandidate,
    /// NetBox has another tag; tags are not renamed by a sync.
    TagDiffers,
    /// NetBox has no tag: one was made from its id.
    NoTag,
    /// The tag or the like cannot stand in the register.
    BadValue,
    /// NetBox says that it is offline.
    OfflineInSource,
    /// A status that nobody mapped.
    UnknownStatus,
    /// A role that nobody mapped.
    UnknownRole,
    /// A site that is not in the register.
    UnknownSite,
    /// A rack that is not in the register.
    UnknownRack,
    /// Disposed of or lost here, and in use in NetBox.
    StatusConflict,
    /// A field that we own says something else than NetBox.
    Differs,
    /// Deleted in NetBox, by its change log.
    Deleted,
    /// The register's rules refuse it.
    BreaksRule,
}

/// What is odd, with the words for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What.
    pub kind: NoteKind,
    /// The field that it is about.
    pub field: Option<String>,
    /// In English, with the values.
    pub detail: String,
}

/// One device of the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SyncLine {
    /// NetBox' id of the device.
    pub remote_id: u64,
    /// Its page in NetBox.
    pub url: Option<String>,
    /// The asset; none when it is ambiguous or refused.
    pub tag: Option<AssetTag>,
    /// What becomes of it.
    pub outcome: SyncOutcome,
    /// By what it was found.
    pub matched_by: Option<MatchedBy>,
    /// What differs, for an update.
    pub fields: Vec<FieldChange>,
    /// What is odd.
    pub notes: Vec<Note>,
    /// When NetBox changed it last.
    pub last_updated: Option<String>,
    /// The asset as it will be.
    #[serde(skip)]
    pub after: Option<Asset>,
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SyncCounts {
    /// New assets.
    pub create: usize,
    /// Changed assets.
    pub update: usize,
    /// Assets as they were.
    pub unchanged: usize,
    /// Gone from NetBox.
    pub missing_in_source: usize,
    /// Left to a person.
    pub ambiguous: usize,
    /// Not taken over.
    pub refused: usize,
    /// Rows that could not be read.
    pub unreadable: usize,
    /// Notes in all.
    pub notes: usize,
}

/// What a sync would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SyncPlan {
    /// How many of each.
    pub counts: SyncCounts,
    /// Why nothing may be done by itself.
    pub stop: Option<StopReason>,
    /// Each device, in the order of its id.
    pub lines: Vec<SyncLine>,
    /// Each device type that has devices.
    pub models: Vec<ModelLine>,
}

/// Compares a whole answer with the register. `refs` are the references of earlier syncs with
/// this source, by NetBox' id.
pub fn plan_sync(
    mapping: &Mapping,
    register: &Register,
    refs: &BTreeMap<u64, KnownRef>,
    remote: &Remote,
) -> SyncPlan {
    let local = Local::of(register, refs, &remote.devices);
    let mut devices: Vec<&RemoteDevice> = remote.devices.iter().collect();
    devices.sort_by_key(|device| device.id);
    let mut claimed: BTreeMap<AssetTag, u64> = BTreeMap::new();
    let mut lines = Vec::new();
    for device in devices {
        let found = local.find(mapping, device, &claimed);
        if let Some(tag) = &found.tag {
            claimed.insert(tag.clone(), device.id);
        }
        lines.push(line(mapping, (register, remote), device, found));
    }
    keep_racks_that_fit(register, &mut lines);
    refuse_what_breaks_rules(register, &mut lines);
    compare(register, &mut lines);
    lines.extend(missing(register, refs, remote));
    lines.sort_by_key(|line| line.remote_id);
    let stop = stop(mapping, register, refs, &lines);
    SyncPlan {
        counts: count(&lines, remote.unreadable.len()),
        stop,
        models: models(register, remote, &lines),
        lines,
    }
}

fn line(
    mapping: &Mapping,
    (register, remote): (&Register, &Remote),
    device: &RemoteDevice,
    found: Found,
) -> SyncLine {
    let mut line = SyncLine {
        remote_id: device.id,
        url: device.url.clone(),
        tag: found.tag,
        outcome: found.outcome,
        matched_by: found.matched_by,
        fields: Vec::new(),
        notes: found.notes,
        last_updated: device.last_updated.clone(),
        after: None,
    };
    if let Some(tag) = &line.tag {
        let present = register.assets.get(tag);
        let wanted = fields::Wanted {
            mapping,
            register,
            types: &remote.types,
            device,
            serial: found.serial,
        };
        line.after = Some(wanted.over(tag, present, &mut line.notes));
    }
    line
}

/// Every type that a device of the plan has, with the class that most of them have.
fn models(register: &Register, remote: &Remote, lines: &[SyncLine]) -> Vec<ModelLine> {
    let after: BTreeMap<u64, AssetClass> = lines
        .iter()
        .filter_map(|line| Some((line.remote_id, line.after.as_ref()?.class)))
        .collect();
    let mut classes: BTreeMap<u64, BTreeMap<AssetClass, usize>> = BTreeMap::new();
    for device in &remote.devices {
        if let Some(class) = after.get(&device.id) {
            let of_type = classes.entry(device.type_id).or_default();
            *of_type.entry(*class).or_default() += 1;
        }
    }
    let line = |kind: &RemoteType| {
        let most = classes.get(&kind.id)?.iter().max_by_key(|(_, n)| **n);
        Some(plan_type(register, kind, *most?.0))
    };
    remote.types.iter().filter_map(line).collect()
}

/// A place in a rack that is taken or not there is left out with a note: the device itself is
/// good.
fn keep_racks_that_fit(register: &Register, lines: &mut [SyncLine]) {
    let known = validate(register);
    let mut new = validate(&with_lines(register, lines));
    new.retain(|finding| finding.key.starts_with("rack") && !known.contains(finding));
    for line in lines.iter_mut() {
        let Some(asset) = &mut line.after else {
            continue;
        };
        let about = new
            .iter()
            .find(|found| found.kind == Kind::Asset && found.id == asset.tag.as_str());
        if let Some(found) = about {
            let present = register.assets.get(&asset.tag);
            asset.rack = present.and_then(|present| present.rack.clone());
            line.notes.push(Note {
                kind: NoteKind::BreaksRule,
                field: Some(found.key.clone()),
                detail: found.message.clone(),
            });
        }
    }
}

/// The register with the lines carried out.
fn with_lines(register: &Register, lines: &[SyncLine]) -> Register {
    let mut wanted = register.clone();
    for asset in lines.iter().filter_map(|line| line.after.as_ref()) {
        wanted.assets.insert(asset.tag.clone(), asset.clone());
    }
    wanted
}

/// Takes back what the register's own rules would refuse, so that one bad device of NetBox does
/// not hold up the others.
fn refuse_what_breaks_rules(register: &Register, lines: &mut [SyncLine]) {
    /// Each round takes at least one line back; a knot of more rounds is taken back whole.
    const ROUNDS_MAX: usize = 4;
    let known = validate(register);
    for round in 1..=ROUNDS_MAX {
        let mut new = validate(&with_lines(register, lines));
        new.retain(|finding| !known.contains(finding));
        if new.is_empty() {
            return;
        }
        for line in lines.iter_mut() {
            let Some(tag) = line.after.as_ref().map(|asset| asset.tag.clone()) else {
                continue;
            };
            let about = new
                .iter()
                .find(|finding| finding.kind == Kind::Asset && finding.id == tag.as_str());
            if about.is_none() && round < ROUNDS_MAX {
                continue;
            }
            let detail = about.map_or_else(
                || "it is tied to others that break a rule".to_owned(),
                |finding| finding.message.clone(),
            );
            line.notes.push(Note {
                kind: NoteKind::BreaksRule,
                field: about.map(|finding| finding.key.clone()),
                detail,
            });
            line.outcome = SyncOutcome::Refused;
            line.after = None;
            if !register.assets.contains_key(&tag) {
                line.tag = None;
            }
        }
    }
}

/// Finds what differs, and so what is an update.
fn compare(register: &Register, lines: &mut [SyncLine]) {
    let mut wanted = Register::default();
    for asset in lines.iter().filter_map(|line| line.after.as_ref()) {
        wanted.assets.insert(asset.tag.clone(), asset.clone());
    }
    let changes = plan(&wanted, register, Absent::Keep).changes;
    let mut changes: BTreeMap<String, Vec<FieldChange>> = changes
        .into_iter()
        .map(|change| (change.id, change.fields))
        .collect();
    for line in lines.iter_mut().filter(|line| line.after.is_some()) {
        if line.outcome == SyncOutcome::Create {
            continue;
        }
        let tag = line.tag.as_ref().map(AssetTag::as_str).unwrap_or_default();
        line.fields = changes.remove(tag).unwrap_or_default();
        line.outcome = if line.fields.is_empty() {
            SyncOutcome::Unchanged
        } else {
            SyncOutcome::Update
        };
    }
}

/// References whose device is not in the answer. A row that could not be read is there.
fn missing(register: &Register, refs: &BTreeMap<u64, KnownRef>, remote: &Remote) -> Vec<SyncLine> {
    let here = remote.devices.iter().map(|device| device.id);
    let here: BTreeSet<u64> = here
        .chain(remote.unreadable.iter().filter_map(|row| row.id))
        .collect();
    let gone = refs
        .iter()
        .filter(|(id, known)| !here.contains(id) && is_kept(register, &known.tag));
    gone.map(|(id, known)| {
        let deletion = remote.deletions.iter().find(|deletion| deletion.id == *id);
        let note = deletion.map(|deletion| Note {
            kind: NoteKind::Deleted,
            field: None,
            detail: format!(
                "deleted in NetBox by {} at {}",
                deletion.user, deletion.time
            ),
        });
        SyncLine {
            remote_id: *id,
            url: None,
            tag: Some(known.tag.clone()),
            outcome: SyncOutcome::MissingInSource,
            matched_by: Some(MatchedBy::Reference),
            fields: Vec::new(),
            notes: note.into_iter().collect(),
            last_updated: None,
            after: None,
        }
    })
    .collect()
}

/// Whether an asset is still one that its source should know.
fn is_kept(register: &Register, tag: &AssetTag) -> bool {
    let asset = register.assets.get(tag);
    asset.is_some_and(|asset| asset.status != AssetStatus::Disposed)
}

fn stop(
    mapping: &Mapping,
    register: &Register,
    refs: &BTreeMap<u64, KnownRef>,
    lines: &[SyncLine],
) -> Option<StopReason> {
    let known = refs.values().filter(|known| is_kept(register, &known.tag));
    let gone = lines
        .iter()
        .filter(|line| line.outcome == SyncOutcome::MissingInSource);
    let matched = lines
        .iter()
        .filter(|line| line.matched_by.is_some() && line.after.is_some());
    let other_serial = |line: &&SyncLine| {
        let differs = |field: &FieldChange| field.path == "serial" && field.from.is_some();
        line.fields.iter().any(differs)
    };
    let changed = matched.clone().filter(other_serial).count();
    mapping
        .stop
        .judge((gone.count(), known.count()), (changed, matched.count()))
}

fn count(lines: &[SyncLine], unreadable: usize) -> SyncCounts {
    let of = |outcome| lines.iter().filter(|line| line.outcome == outcome).count();
    SyncCounts {
        create: of(SyncOutcome::Create),
        update: of(SyncOutcome::Update),
        unchanged: of(SyncOutcome::Unchanged),
        missing_in_source: of(SyncOutcome::MissingInSource),
        ambiguous: of(SyncOutcome::Ambiguous),
        refused: of(SyncOutcome::Refused),
        unreadable,
        notes: lines.iter().map(|line| line.notes.len()).sum(),
    }
}

#[cfg(test)]
mod tests;
