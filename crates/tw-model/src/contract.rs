//! What others owe us: warranties, support and leases, and for which assets.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** take an open end for a past
//! one.

use crate::{Day, Name, word::words};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tw_units::{AssetTag, ContractId, UnitId, Vnd};

words! {
    /// What a contract promises.
    pub enum ContractKind {
        /// The seller repairs or exchanges what fails.
        Warranty = "warranty",
        /// Repair, spares and advice for money.
        Support = "support",
        /// The thing is rented.
        Lease = "lease",
    }
}

/// A contract about equipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Its number as an identifier.
    pub id: ContractId,
    /// What it promises.
    pub kind: ContractKind,
    /// What it is about.
    pub name: Name,
    /// With whom.
    pub supplier: String,
    /// The first day.
    pub start: Day,
    /// The last day, inclusive; none for one without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Day>,
    /// What is promised, in words: hours to repair, days of the week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla: Option<String>,
    /// What it costs a year, in VND; none where it was paid with the purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yearly_vnd: Option<Vnd>,
    /// The unit that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The assets it covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<AssetTag>,
}

impl Contract {
    /// Whether it holds on that day; both ends belong to it.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.start.0 <= day && self.end.is_none_or(|end| day <= end.0)
    }
}
