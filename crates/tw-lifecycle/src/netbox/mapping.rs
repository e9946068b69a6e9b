//! Whose field is whose, and which word of NetBox is which of ours: data, from a settings file.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** do I/O.

use super::stop::StopRules;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tw_model::{AssetClass, AssetStatus, DateKind, Word};
use tw_units::{RackId, SiteId};

/// Fields that one source owns together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldGroup {
    /// Manufacturer and model.
    Model,
    /// Serial number.
    Serial,
    /// The tag; it identifies, so a sync never renames it.
    Tag,
    /// Site, room and place in words.
    Place,
    /// Rack and unit.
    Rack,
    /// Where it is in its life.
    Status,
    /// Its class, by NetBox' role.
    Class,
    /// The dates that custom fields give.
    Dates,
    /// The price that a custom field gives.
    Money,
}

impl FieldGroup {
    /// What NetBox owns when nothing else is said; dates and money are ours.
    pub const DEFAULT: [Self; 7] = [
        Self::Model,
        Self::Serial,
        Self::Tag,
        Self::Place,
        Self::Rack,
        Self::Status,
        Self::Class,
    ];

    /// The fields of an asset that belong to the group.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Model => &["manufacturer", "model"],
            Self::Serial => &["serial"],
            Self::Tag => &["tag"],
            Self::Place => &["place"],
            Self::Rack => &["rack"],
            Self::Status => &["status"],
            Self::Class => &["class"],
            Self::Dates => &["dates"],
            Self::Money => &["price_vnd"],
        }
    }
}

/// Where a custom field of NetBox goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CustomTarget {
    /// To one of the dates.
    Date(DateKind),
    /// To the price, in whole VND.
    Price,
}

impl TryFrom<String> for CustomTarget {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        if word == "price_vnd" {
            return Ok(Self::Price);
        }
        DateKind::from_word(&word).map(Self::Date).ok_or_else(|| {
            format!(
                "{word:?} is no place for a custom field; write price_vnd, {}",
                DateKind::words().join(", ")
            )
        })
    }
}

impl From<CustomTarget> for String {
    fn from(target: CustomTarget) -> Self {
        match target {
            CustomTarget::Date(kind) => kind.to_string(),
            CustomTarget::Price => "price_vnd".to_owned(),
        }
    }
}

/// The mapping of one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Sites by NetBox' slug; a slug that is a site's id needs no line.
    pub sites: BTreeMap<String, SiteId>,
    /// Racks by `site slug/rack name`; a rack that has the name at the site needs no line.
    pub racks: BTreeMap<String, RackId>,
    /// Classes by the slug of NetBox' role; a slug that is a class needs no line.
    pub roles: BTreeMap<String, AssetClass>,
    /// Statuses of one's own, or other meanings of NetBox' statuses.
    pub statuses: BTreeMap<String, AssetStatus>,
    /// Where custom fields go.
    pub custom_fields: BTreeMap<String, CustomTarget>,
    /// What the source owns.
    pub owns: BTreeSet<FieldGroup>,
    /// How the tag of a device begins that has none in NetBox; its id follows.
    pub tag_prefix: String,
    /// When the sync stops.
    pub stop: StopRules,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            sites: BTreeMap::new(),
            racks: BTreeMap::new(),
            roles: BTreeMap::new(),
            statuses: BTreeMap::new(),
            custom_fields: BTreeMap::new(),
            owns: FieldGroup::DEFAULT.into(),
            tag_prefix: "netbox-".to_owned(),
            stop: StopRules::default(),
        }
    }
}

impl Mapping {
    /// Whether the source owns the group.
    pub fn owns(&self, group: FieldGroup) -> bool {
        self.owns.contains(&group)
    }

    /// The fields of an asset that people cannot edit here.
    pub fn owned_fields(&self) -> BTreeSet<&'static str> {
        let fields = self.owns.iter().flat_map(|group| group.fields());
        fields.copied().collect()
    }

    /// Our word for a status of NetBox; none for one that nobody mapped.
    pub fn status(&self, word: &str) -> Option<AssetStatus> {
        let usual = match word {
            "active" | "offline" => Some(AssetStatus::Deployed),
            "staged" | "inventory" => Some(AssetStatus::InStock),
            "planned" => Some(AssetStatus::Planned),
            "failed" => Some(AssetStatus::Maintenance),
            "decommissioning" => Some(AssetStatus::Retired),
            _ => None,
        };
        self.statuses.get(word).copied().or(usual)
    }

    /// Our class for a role of NetBox; none for one that nobody mapped.
    pub fn class(&self, role: &str) -> Option<AssetClass> {
        let named = self.roles.get(role).copied();
        named.or_else(|| AssetClass::from_word(&role.replace('-', "_")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_map_is_that_of_the_rules() {
        let mapping = Mapping::default();
        for (word, status) in [
            ("active", AssetStatus::Deployed),
            ("offline", AssetStatus::Deployed),
            ("staged", AssetStatus::InStock),
            ("inventory", AssetStatus::InStock),
            ("planned", AssetStatus::Planned),
            ("failed", AssetStatus::Maintenance),
            ("decommissioning", AssetStatus::Retired),
        ] {
            assert_eq!(mapping.status(word), Some(status), "{word}");
        }
        assert_eq!(mapping.status("haunted"), None);
    }

    #[test]
    fn dates_and_money_are_ours_unless_somebody_gives_them_away() {
        let mapping = Mapping::default();
        assert!(!mapping.owned_fields().contains("dates"));
        assert!(!mapping.owned_fields().contains("price_vnd"));
        assert!(mapping.owned_fields().contains("serial"));
    }

    #[test]
    fn a_custom_field_goes_to_a_date_or_the_price_and_nowhere_else() {
        let target = |word: &str| CustomTarget::try_from(word.to_owned());
        assert_eq!(
            target("purchased"),
            Ok(CustomTarget::Date(DateKind::Purchased))
        );
        assert_eq!(target("price_vnd"), Ok(CustomTarget::Price));
        assert!(target("password").unwrap_err().contains("price_vnd"));
    }
}
