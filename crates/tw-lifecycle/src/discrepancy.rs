//! Where the register and what was seen disagree.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** write the
//! register; a discrepancy waits for a person. A silent collector makes nothing missing.

mod compare;

use crate::{
    age::DatedFact,
    evidence::Evidence,
    matching::{KeyIndex, Keys, Matched},
    whereabouts::Whereabouts,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tw_model::{AssetStatus, words};
use tw_units::{AssetTag, SiteId, Timestamp};

/// Days of looking in vain after which a deployed asset is not seen.
pub const NOT_SEEN_DAYS: u32 = 7;

words! {
    /// What disagrees.
    pub enum DiscrepancyKind {
        /// Something answers that no asset of the register is.
        Unrecorded = "unrecorded",
        /// An asset in use did not answer for days on which it was asked.
        NotSeen = "not_seen",
        /// Other hardware answers in its place.
        SerialChanged = "serial_changed",
        /// Two have the same serial number.
        DuplicateSerial = "duplicate_serial",
        /// Another model.
        ModelDiffers = "model_differs",
        /// At another site.
        LocationDiffers = "location_differs",
        /// Out of use and answering, or in use and silent since ever.
        StateDiffers = "state_differs",
        /// Other software than recorded.
        FirmwareDiffers = "firmware_differs",
        /// Made after it is said to have been bought or used.
        DateConflict = "date_conflict",
        /// It was known to another register and is not there any more.
        MissingInSource = "missing_in_source",
        /// Another register has it twice, or more than one asset could be it.
        DuplicateInSource = "duplicate_in_source",
        /// The data of its type changed in another register.
        SourceTypeChanged = "source_type_changed",
        /// Another register could not be read, or something of it could not be taken over.
        SourceRefused = "source_refused",
    }

    /// What a person would most likely do.
    pub enum Proposal {
        /// Write what was seen into the register.
        CorrectRegister = "correct_register",
        /// Record the new hardware as an asset of its own in the old one's place.
        HardwareSwapped = "hardware_swapped",
        /// Record it.
        CreateAsset = "create_asset",
        /// Change its state.
        Transition = "transition",
        /// Look at the equipment or the documents: no answer can be read from here.
        Look = "look",
    }
}

/// An asset of the register.
#[derive(Clone, Debug)]
pub struct RecordedAsset {
    /// Its tag.
    pub tag: AssetTag,
    /// The device of the inventory that it is.
    pub device: Option<String>,
    /// Whether that device is polled.
    pub polled: bool,
    /// By what it is recognised; `serials` has the recorded serial number.
    pub keys: Keys,
    /// Where it is in its life.
    pub status: AssetStatus,
    /// Its site.
    pub site: Option<SiteId>,
    /// Its software, where it is recorded.
    pub firmware: Option<String>,
    /// Its dates.
    pub dates: Vec<DatedFact>,
}

impl RecordedAsset {
    fn serial(&self) -> Option<&String> {
        self.keys.serials.first()
    }
}

/// What the same target said of itself earlier, when it still agreed with the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The serial number then.
    pub serial: String,
    /// When it was last seen so.
    pub until: Timestamp,
    /// MAC addresses that it has now and had then.
    pub macs_shared: usize,
    /// MAC addresses that it had then.
    pub macs: usize,
}

/// A device that answered.
#[derive(Clone, Debug)]
pub struct SeenDevice {
    /// The target of the collector: the identifier of the inventory's device.
    pub target: String,
    /// By what it is recognised; `serials` has the chassis' serial number.
    pub keys: Keys,
    /// Its software.
    pub firmware: Option<String>,
    /// When this was collected.
    pub collected: Timestamp,
    /// Whether it answers now.
    pub answering: bool,
    /// Where it is, if anything tells.
    pub whereabouts: Option<Whereabouts>,
    /// What it said before.
    pub before: Option<Before>,
    /// When it was made, by its own account.
    pub evidence: Vec<Evidence>,
}

impl SeenDevice {
    fn serial(&self) -> Option<&String> {
        self.keys.serials.first()
    }
}

/// How long a polled device has been asked in vain. Only rounds that a collector delivered
/// count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// When it last answered, if ever.
    pub answered: Option<Timestamp>,
    /// Whole days since then over which a collector asked and got no answer.
    pub asked_days: u32,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Reconciliation<'a> {
    /// The register.
    pub recorded: &'a [RecordedAsset],
    /// What answered.
    pub seen: &'a [SeenDevice],
    /// By target: what does not answer now.
    pub silent: &'a BTreeMap<String, Silence>,
    /// See [`NOT_SEEN_DAYS`].
    pub not_seen_days: u32,
}

/// One fact of the evidence: a stable word, and a text in English or a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clue {
    /// What it is: `matched_by`, `seen_before`, `same_macs`, `place`, `candidate`…
    pub what: String,
    /// The value.
    pub text: String,
}

/// A disagreement. There is one of a kind and field for each asset or target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Discrepancy {
    /// What disagrees.
    pub kind: DiscrepancyKind,
    /// The asset; none for what is not in the register.
    pub asset: Option<AssetTag>,
    /// The target that was seen; none where nothing was.
    pub target: Option<String>,
    /// The field of the register.
    pub field: &'static str,
    /// What the register says.
    pub recorded: Option<String>,
    /// What was seen.
    pub observed: Option<String>,
    /// When it was collected.
    pub collected: Option<Timestamp>,
    /// What a person would most likely do.
    pub proposal: Proposal,
    /// Why.
    pub evidence: Vec<Clue>,
}

/// Which asset a seen device is.
enum Whose<'a> {
    /// This one.
    Asset(&'a RecordedAsset, Vec<Clue>),
    /// Another asset's hardware stands where this one is recorded.
    Instead(&'a RecordedAsset, &'a RecordedAsset),
    /// None.
    Nobody(Vec<Clue>),
}

/// Everything that disagrees, in a fixed order.
pub fn reconcile(question: &Reconciliation<'_>) -> Vec<Discrepancy> {
    let known = question
        .recorded
        .iter()
        .filter(|asset| asset.status != AssetStatus::Disposed);
    let index = KeyIndex::new(
        known.map(|asset| (asset.tag.clone(), asset.keys.clone())),
        question.seen.iter().map(|seen| &seen.keys),
    );
    let by_tag: BTreeMap<&str, &RecordedAsset> = question
        .recorded
        .iter()
        .map(|asset| (asset.tag.as_str(), asset))
        .collect();
    let by_device: BTreeMap<&str, &RecordedAsset> = question
        .recorded
        .iter()
        .filter_map(|asset| Some((asset.device.as_deref()?, asset)))
        .collect();
    let mut found = Vec::new();
    let mut seen_assets: BTreeSet<&str> = BTreeSet::new();
    for seen in question.seen {
        let linked = by_device.get(seen.target.as_str()).copied();
        match whose(&index, &by_tag, (seen, linked)) {
            Whose::Asset(asset, clues) => {
                seen_assets.insert(asset.tag.as_str());
                compare::one(asset, seen, &clues, &mut found);
            }
            Whose::Instead(asset, other) => {
                seen_assets.insert(other.tag.as_str());
                found.push(compare::replaced_by(asset, other, seen));
            }
            Whose::Nobody(clues) => found.push(compare::unrecorded(seen, clues)),
        }
    }
    for asset in question
        .recorded
        .iter()
        .filter(|a| !seen_assets.contains(a.tag.as_str()))
    {
        found.extend(compare::silent(asset, question));
    }
    compare::same_serials(question, &mut found);
    found.sort_by(|a, b| subject(a).cmp(&subject(b)));
    found.dedup_by(|later, first| subject(later) == subject(first));
    found
}

type Subject<'a> = (
    Option<&'a str>,
    Option<&'a str>,
    DiscrepancyKind,
    &'static str,
);

/// By what a discrepancy is known: the asset, or else the target, with kind and field.
fn subject(one: &Discrepancy) -> Subject<'_> {
    let asset = one.asset.as_ref().map(AssetTag::as_str);
    let target = one.target.as_deref().filter(|_| asset.is_none());
    (asset, target, one.kind, one.field)
}

fn whose<'a>(
    index: &KeyIndex,
    by_tag: &BTreeMap<&str, &'a RecordedAsset>,
    (seen, linked): (&SeenDevice, Option<&'a RecordedAsset>),
) -> Whose<'a> {
    let named = |tag: &AssetTag| by_tag.get(tag.as_str()).copied();
    match (linked, index.find(&seen.keys)) {
        (Some(own), Matched::One(best)) => match named(&best.tag) {
            Some(other) if other.tag != own.tag => Whose::Instead(own, other),
            _ => Whose::Asset(own, vec![by_keys(&best)]),
        },
        (Some(own), _) => {
            let text = format!("device {} of the inventory is {}", seen.target, own.tag);
            Whose::Asset(own, vec![clue("linked", text)])
        }
        (None, Matched::One(best)) => match named(&best.tag) {
            Some(asset) => Whose::Asset(asset, vec![by_keys(&best)]),
            None => Whose::Nobody(Vec::new()),
        },
        (None, Matched::Ambiguous(several)) => {
            let named = several.iter().map(|one| {
                clue(
                    "candidate",
                    format!("{} with {} points", one.tag, one.score),
                )
            });
            Whose::Nobody(named.collect())
        }
        (None, Matched::Nothing(best)) => {
            let near = best.map(|one| {
                clue(
                    "candidate",
                    format!("{} with {} points only", one.tag, one.score),
                )
            });
            Whose::Nobody(near.into_iter().collect())
        }
    }
}

fn by_keys(best: &crate::matching::MatchCandidate) -> Clue {
    let keys: Vec<&str> = best.by.iter().map(|kind| kind.as_str()).collect();
    clue(
        "matched_by",
        format!("{} ({} points)", keys.join(", "), best.score),
    )
}

fn clue(what: &str, text: impl Into<String>) -> Clue {
    Clue {
        what: what.to_owned(),
        text: text.into(),
    }
}

#[cfg(test)]
mod tests;
