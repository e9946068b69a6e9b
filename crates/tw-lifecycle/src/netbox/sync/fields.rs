//! The fields of an asset as NetBox would have them, group by group.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** touch a group that the source
//! does not own; where that differs, a note says so.

use super::{Note, NoteKind};
use crate::netbox::{
    mapping::{CustomTarget, FieldGroup, Mapping},
    read::{RemoteDevice, RemoteType},
};
use tw_model::{
    Asset, AssetClass, AssetPlace, AssetStatus, DateKind, Face, PartialDate, Rack, RackPosition,
    RecordedDate, Register, Word,
};
use tw_units::{AssetTag, SiteId, Vnd};

/// What one device says, with all that is needed to understand it.
pub(super) struct Wanted<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) register: &'a Register,
    /// The device types, for heights.
    pub(super) types: &'a [RemoteType],
    pub(super) device: &'a RemoteDevice,
    /// The serial number that it may have here.
    pub(super) serial: Option<String>,
}

impl Wanted<'_> {
    /// The asset as it will be: the present one, or a new one, with the owned fields set.
    pub(super) fn over(
        &self,
        tag: &AssetTag,
        present: Option<&Asset>,
        notes: &mut Vec<Note>,
    ) -> Asset {
        let new = present.is_none();
        let mut asset = present
            .cloned()
            .unwrap_or_else(|| Asset::new(tag.clone(), AssetClass::Other, AssetStatus::Deployed));
        let owns = |group| new || self.mapping.owns(group);
        if owns(FieldGroup::Model) {
            asset.manufacturer = Some(self.device.manufacturer.clone());
            asset.model = Some(self.device.model.clone());
        }
        if owns(FieldGroup::Serial) && (self.serial.is_some() || self.device.serial.is_none()) {
            asset.serial.clone_from(&self.serial);
        }
        if owns(FieldGroup::Class) {
            self.class(&mut asset, notes);
        }
        if owns(FieldGroup::Status) {
            self.status(&mut asset, notes);
        }
        if owns(FieldGroup::Place) {
            self.place(&mut asset, notes);
        }
        if owns(FieldGroup::Rack) {
            self.mount(&mut asset, notes);
        }
        self.custom_fields(&mut asset, notes);
        asset
    }

    fn class(&self, asset: &mut Asset, notes: &mut Vec<Note>) {
        let role = self.device.role.as_deref().unwrap_or_default();
        match self.mapping.class(role) {
            Some(class) => asset.class = class,
            None => notes.push(note(
                NoteKind::UnknownRole,
                "class",
                format!("the role {role:?} is not mapped"),
            )),
        }
    }

    fn status(&self, asset: &mut Asset, notes: &mut Vec<Note>) {
        let word = &self.device.status;
        let Some(status) = self.mapping.status(word) else {
            let detail = format!("the status {word:?} is not mapped");
            notes.push(note(NoteKind::UnknownStatus, "status", detail));
            return;
        };
        if word == "offline" {
            let detail = "NetBox says offline; it counts as deployed".to_owned();
            notes.push(note(NoteKind::OfflineInSource, "status", detail));
        }
        // Disposal needs a decision and a second person; a sync does not undo it.
        if matches!(asset.status, AssetStatus::Disposed | AssetStatus::Lost) {
            if status != AssetStatus::Retired {
                let detail = format!("{} here, {word} in NetBox", asset.status);
                notes.push(note(NoteKind::StatusConflict, "status", detail));
            }
            return;
        }
        asset.status = status;
    }

    fn place(&self, asset: &mut Asset, notes: &mut Vec<Note>) {
        let slug = &self.device.site;
        let Some(site) = self.site(slug) else {
            let detail = format!("the site {slug:?} is neither mapped nor in the register");
            notes.push(note(NoteKind::UnknownSite, "place", detail));
            return;
        };
        let rack = self.device.rack.as_deref();
        let known = rack.and_then(|name| self.rack(&site, name));
        if let (Some(name), None) = (rack, known) {
            let detail = format!("the rack {name:?} is neither mapped nor at {site}");
            notes.push(note(NoteKind::UnknownRack, "place", detail));
        }
        // NetBox knows no desks: at the same site our finer words stay.
        let kept = asset.place.take().filter(|place| place.site == site);
        let (room, detail) = kept.map_or((None, None), |place| (place.room, place.detail));
        asset.place = Some(AssetPlace {
            room: known.map(|rack| rack.room.clone()).or(room),
            detail: rack.map(|name| self.place_in_words(name)).or(detail),
            site,
        });
    }

    /// The place in the rack, unless a device of the inventory has one already.
    fn mount(&self, asset: &mut Asset, notes: &mut Vec<Note>) {
        let device = asset.device.as_ref();
        let device = device.and_then(|id| self.register.devices.get(id));
        let elsewhere = device.and_then(|device| device.rack.as_ref());
        let wanted = self.position();
        let Some(elsewhere) = elsewhere else {
            // A rack that nobody mapped is no reason to forget ours.
            if wanted.is_some() || self.device.rack.is_none() {
                asset.rack = wanted;
            }
            return;
        };
        let differs =
            |wanted: &RackPosition| (&wanted.id, wanted.u) != (&elsewhere.id, elsewhere.u);
        if let Some(wanted) = wanted.filter(differs) {
            let here = format!("{} U{}", elsewhere.id, elsewhere.u);
            let detail = format!(
                "{here} for the device here, {} U{} in NetBox",
                wanted.id, wanted.u
            );
            notes.push(note(NoteKind::Differs, "rack", detail));
        }
    }

    fn position(&self) -> Option<RackPosition> {
        let site = self.site(&self.device.site)?;
        let rack = self.rack(&site, self.device.rack.as_deref()?)?;
        let kind = self
            .types
            .iter()
            .find(|kind| kind.id == self.device.type_id);
        let height = kind
            .and_then(|kind| kind.half_units)
            .unwrap_or(2)
            .div_ceil(2);
        let face = self.device.face.as_deref().and_then(Face::from_word);
        Some(RackPosition {
            id: rack.id.clone(),
            u: u16::try_from(self.device.half_units? / 2).ok()?,
            height_u: u16::try_from(height.max(1)).ok()?,
            face: face.unwrap_or(Face::Front),
            full_depth: kind.is_none_or(|kind| kind.full_depth),
        })
    }

    fn place_in_words(&self, rack: &str) -> String {
        match self.device.half_units {
            Some(halves) if halves % 2 == 0 => format!("{rack}, U{}", halves / 2),
            Some(halves) => format!("{rack}, U{}.5", halves / 2),
            None => rack.to_owned(),
        }
    }

    fn site(&self, slug: &str) -> Option<SiteId> {
        let mapped = self.mapping.sites.get(slug).map_or(slug, SiteId::as_str);
        let site = self.register.sites.get(mapped)?;
        Some(site.id.clone())
    }

    fn rack(&self, site: &SiteId, name: &str) -> Option<&Rack> {
        let racks = &self.register.racks;
        let line = format!("{}/{name}", self.device.site);
        if let Some(id) = self.mapping.racks.get(&line) {
            return racks.get(id);
        }
        let here =
            |rack: &&Rack| rack.name == name && self.register.site_of_rack(&rack.id) == Some(site);
        let mut named = racks.values().filter(here);
        named.next().filter(|_| named.next().is_none())
    }

    fn custom_fields(&self, asset: &mut Asset, notes: &mut Vec<Note>) {
        for (name, target) in &self.mapping.custom_fields {
            let Some(text) = self.device.custom.get(name) else {
                continue;
            };
            let read = match target {
                CustomTarget::Date(kind) => self.date(asset, (*kind, text)),
                CustomTarget::Price => self.price(asset, text),
            };
            if let Err(found) = read {
                notes.push(Note {
                    detail: format!("custom field {name}: {}", found.detail),
                    ..found
                });
            }
        }
    }

    /// Sets a date that is not known yet, or any that the source owns.
    fn date(&self, asset: &mut Asset, (kind, text): (DateKind, &str)) -> Result<(), Note> {
        let field = format!("dates.{kind}");
        // A custom field may be a date with a time.
        let day = text
            .get(..10)
            .filter(|_| text.contains('T'))
            .unwrap_or(text);
        let date: PartialDate = day
            .parse()
            .map_err(|why| note(NoteKind::BadValue, &field, format!("{why}")))?;
        let present = asset.dates.get(&kind).map(|recorded| recorded.date);
        match present {
            Some(present) if present == date => Ok(()),
            Some(present) if !self.mapping.owns(FieldGroup::Dates) => {
                let detail = format!("{present} here, {date} in NetBox");
                Err(note(NoteKind::Differs, &field, detail))
            }
            _ => {
                asset.dates.insert(kind, recorded(date));
                Ok(())
            }
        }
    }

    fn price(&self, asset: &mut Asset, text: &str) -> Result<(), Note> {
        let field = "price_vnd";
        let price = whole_vnd(text).ok_or_else(|| {
            let detail = format!("{text:?} is no whole number of VND");
            note(NoteKind::BadValue, field, detail)
        })?;
        match asset.price_vnd {
            Some(present) if present == price => Ok(()),
            Some(present) if !self.mapping.owns(FieldGroup::Money) => {
                let detail = format!("{} here, {} in NetBox", present.0, price.0);
                Err(note(NoteKind::Differs, field, detail))
            }
            _ => {
                asset.price_vnd = Some(price);
                Ok(())
            }
        }
    }
}

fn note(kind: NoteKind, field: &str, detail: String) -> Note {
    Note {
        kind,
        field: Some(field.to_owned()),
        detail,
    }
}

fn recorded(date: PartialDate) -> RecordedDate {
    RecordedDate {
        date,
        source: Some("NetBox".to_owned()),
        document: None,
    }
}

/// A decimal as text (`125000000.00`) in whole VND; part of a đồng is not rounded away.
pub(super) fn whole_vnd(text: &str) -> Option<Vnd> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    (whole >= 0 && part.bytes().all(|digit| digit == b'0')).then_some(Vnd(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_becomes_whole_vnd_or_nothing() {
        for (text, expect) in [
            ("125000000.00", Some(125_000_000)),
            ("125000000", Some(125_000_000)),
            ("0.0", Some(0)),
            ("12.50", None),
            ("-1", None),
            ("1e9", None),
            ("9223372036854775808", None),
        ] {
            assert_eq!(whole_vnd(text), expect.map(Vnd), "{text}");
        }
    }
}
