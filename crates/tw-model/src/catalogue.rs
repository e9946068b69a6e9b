//! Makers, models, purchases and waivers: what is known of equipment beyond the single thing.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** judge an age; that is
//! `tw-lifecycle`.

use crate::{Asset, AssetClass, Day, Name, PartialDate, Register};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use tw_units::{AssetTag, ManufacturerId, ModelId, PersonId, PurchaseId, Vnd, WaiverId};

/// Who makes equipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manufacturer {
    /// A slug.
    pub id: ManufacturerId,
    /// Its name.
    pub name: Name,
    /// Other names under which it stands in registers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// A model with what its maker says of it. (Maker, part number) is unique.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// A slug.
    pub id: ModelId,
    /// Who makes it.
    pub manufacturer: ManufacturerId,
    /// The maker's number for it.
    pub part_number: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is.
    pub class: AssetClass,
    /// Its height in rack units, halves rounded up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub u_height: Option<u16>,
    /// What it usually draws, in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical_watts: Option<u32>,
    /// What it draws at most, in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_watts: Option<u32>,
    /// When it came to market.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<PartialDate>,
    /// When it could be bought last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_sale: Option<PartialDate>,
    /// When its maker stops to close security holes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_security: Option<PartialDate>,
    /// When its maker stops to repair and to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_support: Option<PartialDate>,
    /// Where the maker says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// When somebody last compared this with what the maker says; none: nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<Day>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One purchase: order, decision, invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purchase {
    /// A slug.
    pub id: PurchaseId,
    /// The number of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    /// The number of the decision that allowed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Who sold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// The number of the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
    /// The date of the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// What was paid in all, in whole VND.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_vnd: Option<Vnd>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A permission for one asset, or for a list that is frozen when it is granted, to stay in use
/// although it is too old. It makes nothing young.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// A slug.
    pub id: WaiverId,
    /// For which assets.
    pub assets: BTreeSet<AssetTag>,
    /// The first day, inclusive.
    pub granted_on: Day,
    /// The last day, inclusive.
    pub expires_on: Day,
    /// Who asked for it.
    pub requester: PersonId,
    /// Who allowed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver: Option<PersonId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The decision's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// What is done instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensating_control: Option<String>,
}

impl Waiver {
    /// Whether it is for this asset.
    pub fn covers(&self, tag: &AssetTag) -> bool {
        self.assets.contains(tag)
    }

    /// Whether it holds on that day; both ends belong to it.
    pub fn is_in_force(&self, as_of: Date) -> bool {
        self.granted_on.0 <= as_of && as_of <= self.expires_on.0
    }
}

/// Where the models of a register are, for assets that name maker and model in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    by_words: HashMap<(ManufacturerId, String), ModelId>,
    makers: HashMap<String, ManufacturerId>,
}

impl Catalogue {
    /// The models of this register.
    pub fn of(register: &Register) -> Self {
        let mut catalogue = Self::default();
        for maker in register.manufacturers.values() {
            let names = [maker.id.as_str(), &maker.name.en, maker.name.vi()];
            let names = names
                .into_iter()
                .chain(maker.aliases.iter().map(String::as_str));
            for name in names {
                catalogue.makers.insert(plain(name), maker.id.clone());
            }
        }
        for model in register.models.values() {
            let names = [Some(&model.part_number), model.name.as_ref()];
            for name in names.into_iter().flatten() {
                let key = (model.manufacturer.clone(), plain(name));
                catalogue.by_words.insert(key, model.id.clone());
            }
        }
        catalogue
    }

    /// The maker of this name; capitals do not matter.
    pub fn manufacturer(&self, name: &str) -> Option<&ManufacturerId> {
        self.makers.get(&plain(name))
    }

    /// The model of this maker and part number or name.
    pub fn model(&self, manufacturer: &str, model: &str) -> Option<&ModelId> {
        let maker = self.manufacturer(manufacturer)?;
        self.by_words.get(&(maker.clone(), plain(model)))
    }

    /// The model of an asset in the register that this was made of; none when it is not there.
    pub fn model_of<'r>(&self, register: &'r Register, asset: &Asset) -> Option<&'r Model> {
        let id = self.model(asset.manufacturer.as_deref()?, asset.model.as_deref()?)?;
        register.models.get(id)
    }
}

/// A name as it is compared.
fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Texts that makers and firmware leave where a serial number belongs.
const PLACEHOLDERS: &[&str] = &[
    "to be filled by o.e.m.",
    "to be filled by oem",
    "default string",
    "system serial number",
    "chassis serial number",
    "base board serial number",
    "serial number",
    "not specified",
    "not applicable",
    "not available",
    "unknown",
    "invalid",
    "none",
    "null",
    "n/a",
    "na",
    "oem",
    "empty",
    "0123456789",
    "123456789",
    "1234567890",
    "cps",
];

/// Whether a text is one that makers and firmware leave where a serial number belongs, or one
/// character over and over.
pub fn is_placeholder_serial(text: &str) -> bool {
    let known = PLACEHOLDERS.contains(&text.trim().to_lowercase().as_str());
    let mut letters = text.chars().filter(|c| !"-: ".contains(*c));
    let first = letters.next();
    known || (text.chars().count() > 1 && letters.all(|c| Some(c) == first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_no_serial_number() {
        for text in ["To Be Filled By O.E.M.", "N/A", "0000000", "--", "XXXX"] {
            assert!(is_placeholder_serial(text), "{text:?}");
        }
        for text in ["7", "FOC2231X0AB", "SIM8J17J3XKS", "112"] {
            assert!(!is_placeholder_serial(text), "{text:?}");
        }
    }
}
