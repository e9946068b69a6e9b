//! Which asset a device is: by reference, by tag, by manufacturer and serial number, never by
//! name.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** choose between two that fit.

use super::{KnownRef, MatchedBy, Note, NoteKind, SyncOutcome};
use crate::netbox::{mapping::Mapping, read::RemoteDevice};
use std::collections::BTreeMap;
use tw_model::{AssetStatus, Register, is_placeholder_serial};
use tw_units::AssetTag;

type SerialKey = (String, String);

/// The register, ready to be searched.
pub(super) struct Local<'a> {
    register: &'a Register,
    refs: &'a BTreeMap<u64, KnownRef>,
    by_serial: BTreeMap<SerialKey, Vec<&'a AssetTag>>,
    /// Of serial numbers that NetBox has twice: who keeps it, and who has it.
    twice: BTreeMap<SerialKey, (u64, Vec<u64>)>,
}

/// What a search gave.
pub(super) struct Found {
    pub(super) tag: Option<AssetTag>,
    pub(super) outcome: SyncOutcome,
    pub(super) matched_by: Option<MatchedBy>,
    pub(super) notes: Vec<Note>,
    /// The serial number that it may have here: none for all but one of a set of equals.
    pub(super) serial: Option<String>,
}

fn key(manufacturer: &str, serial: &str) -> SerialKey {
    (manufacturer.to_lowercase(), serial.to_lowercase())
}

impl<'a> Local<'a> {
    pub(super) fn of(
        register: &'a Register,
        refs: &'a BTreeMap<u64, KnownRef>,
        devices: &[RemoteDevice],
    ) -> Self {
        let mut by_serial: BTreeMap<SerialKey, Vec<&AssetTag>> = BTreeMap::new();
        for asset in register.assets.values() {
            let maker = asset.manufacturer.as_deref().unwrap_or_default();
            if let Some(serial) = asset.serial.as_deref()
                && asset.status != AssetStatus::Disposed
            {
                by_serial
                    .entry(key(maker, serial))
                    .or_default()
                    .push(&asset.tag);
            }
        }
        let mut ids: BTreeMap<SerialKey, Vec<u64>> = BTreeMap::new();
        for device in devices {
            if let Some(serial) = &device.serial
                && !is_placeholder_serial(serial)
            {
                let ids = ids.entry(key(&device.manufacturer, serial)).or_default();
                ids.push(device.id);
            }
        }
        ids.retain(|_, ids| ids.len() > 1);
        let keeps = |key: &SerialKey, ids: &mut Vec<u64>| {
            ids.sort_unstable();
            let has = |id: &&u64| {
                let tag = refs.get(id).map(|known| &known.tag);
                let here = by_serial.get(key);
                tag.is_some_and(|tag| here.is_some_and(|tags| tags.contains(&tag)))
            };
            ids.iter().find(has).or(ids.first()).copied().unwrap_or(0)
        };
        let twice = ids.into_iter().map(|(serial, mut ids)| {
            let keeper = keeps(&serial, &mut ids);
            (serial, (keeper, ids))
        });
        let twice = twice.collect();
        Self {
            register,
            refs,
            by_serial,
            twice,
        }
    }

    /// Finds the asset of a device. `claimed` are the assets that devices before it are.
    pub(super) fn find(
        &self,
        mapping: &Mapping,
        device: &RemoteDevice,
        claimed: &BTreeMap<AssetTag, u64>,
    ) -> Found {
        let mut notes = Vec::new();
        let serial = self.serial_of(device, &mut notes);
        let by_ref = self.refs.get(&device.id).map(|known| &known.tag);
        let by_ref = by_ref.filter(|tag| self.register.assets.contains_key(tag.as_str()));
        let written = device.asset_tag.as_deref();
        let by_tag = written.and_then(|tag| self.register.assets.get(tag));
        let by_tag = by_tag.map(|asset| &asset.tag);
        let by_serial = serial.as_deref().and_then(|serial| {
            let tags = self.by_serial.get(&key(&device.manufacturer, serial))?;
            tags.first().copied()
        });
        let found = [
            (by_ref, MatchedBy::Reference),
            (by_tag, MatchedBy::Tag),
            (by_serial, MatchedBy::Serial),
        ];
        let mut found = found.into_iter().filter_map(|(tag, by)| Some((tag?, by)));
        let Some((tag, by)) = found.next() else {
            return self.create(mapping, (device, serial), claimed, notes);
        };
        let others = found.filter(|(other, _)| *other != tag);
        let others: Vec<String> = others.map(|(other, _)| other.to_string()).collect();
        if !others.is_empty() {
            let others = others.join(", ");
            notes.push(Note {
                kind: NoteKind::SecondCandidate,
                field: None,
                detail: format!("asset {tag} by {}, and also {others}", by.word()),
            });
        }
        let taken = self.taken_by(tag, device.id, claimed);
        if let Some(other) = taken {
            notes.push(Note {
                kind: NoteKind::SecondCandidate,
                field: None,
                detail: format!("asset {tag} is NetBox' device {other} already"),
            });
        }
        if taken.is_some() || (by != MatchedBy::Reference && !others.is_empty()) {
            return ambiguous(notes);
        }
        if written.is_some_and(|written| written != tag.as_str()) {
            notes.push(Note {
                kind: NoteKind::TagDiffers,
                field: Some("tag".to_owned()),
                detail: format!("{tag} here, {} in NetBox", written.unwrap_or_default()),
            });
        }
        // Another asset has the number: this one cannot have it, too.
        let serial = serial.filter(|_| by_serial.is_none_or(|other| other == tag));
        Found {
            tag: Some(tag.clone()),
            outcome: SyncOutcome::Update,
            matched_by: Some(by),
            notes,
            serial,
        }
    }

    /// Which other device of NetBox an asset is.
    fn taken_by(&self, tag: &AssetTag, id: u64, claimed: &BTreeMap<AssetTag, u64>) -> Option<u64> {
        let earlier = claimed.get(tag).copied();
        let known = || {
            let mut known = self.refs.iter();
            known
                .find(|(_, known)| known.tag == *tag)
                .map(|(id, _)| *id)
        };
        earlier.or_else(known).filter(|other| *other != id)
    }

    fn create(
        &self,
        mapping: &Mapping,
        (device, serial): (&RemoteDevice, Option<String>),
        claimed: &BTreeMap<AssetTag, u64>,
        mut notes: Vec<Note>,
    ) -> Found {
        let text = device.asset_tag.clone().unwrap_or_else(|| {
            let made = format!("{}{}", mapping.tag_prefix, device.id);
            notes.push(Note {
                kind: NoteKind::NoTag,
                field: Some("tag".to_owned()),
                detail: format!("no tag in NetBox: {made} was made from its id"),
            });
            made
        });
        let tag = match AssetTag::new(text.clone()) {
            Ok(tag) => tag,
            Err(why) => {
                notes.push(Note {
                    kind: NoteKind::BadValue,
                    field: Some("tag".to_owned()),
                    detail: format!("{text:?}: {why}"),
                });
                return Found {
                    outcome: SyncOutcome::Refused,
                    ..ambiguous(notes)
                };
            }
        };
        if claimed.contains_key(&tag) || self.register.assets.contains_key(&tag) {
            notes.push(Note {
                kind: NoteKind::SecondCandidate,
                field: Some("tag".to_owned()),
                detail: format!("the tag {tag} is in use"),
            });
            return ambiguous(notes);
        }
        Found {
            tag: Some(tag),
            outcome: SyncOutcome::Create,
            matched_by: None,
            notes,
            serial,
        }
    }

    /// The serial number, unless another device of NetBox has the better claim to it.
    fn serial_of(&self, device: &RemoteDevice, notes: &mut Vec<Note>) -> Option<String> {
        let serial = device.serial.as_ref()?;
        if is_placeholder_serial(serial) {
            notes.push(Note {
                kind: NoteKind::BadValue,
                field: Some("serial".to_owned()),
                detail: format!("{serial:?} is a placeholder, not a serial number"),
            });
            return None;
        }
        let twice = self.twice.get(&key(&device.manufacturer, serial));
        let Some((keeper, ids)) = twice else {
            return Some(serial.clone());
        };
        let others = ids.iter().filter(|id| **id != device.id);
        let others: Vec<String> = others.map(ToString::to_string).collect();
        notes.push(Note {
            kind: NoteKind::DuplicateSerial,
            field: Some("serial".to_owned()),
            detail: format!(
                "{} {serial} is in NetBox also on device {}",
                device.manufacturer,
                others.join(", ")
            ),
        });
        (*keeper == device.id).then(|| serial.clone())
    }
}

impl MatchedBy {
    fn word(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Tag => "tag",
            Self::Serial => "serial number",
        }
    }
}

fn ambiguous(notes: Vec<Note>) -> Found {
    Found {
        tag: None,
        outcome: SyncOutcome::Ambiguous,
        matched_by: None,
        notes,
        serial: None,
    }
}
