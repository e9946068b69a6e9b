//! What things cost now: the price list from which replacement plans are made.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** guess a price; what is not in
//! the list is unpriced.

use crate::{AssetClass, Day, Name, word::words};
use serde::{Deserialize, Serialize};
use tw_units::{PriceId, Vnd};

words! {
    /// What can be done about an asset for money.
    pub enum Remedy {
        /// A new one in its place.
        Replace = "replace",
        /// A part of it is exchanged: memory, disk, batteries.
        Upgrade = "upgrade",
        /// The maker or another goes on to support it, for a year.
        ExtendSupport = "extend_support",
        /// A rented one in its place, for a year.
        Lease = "lease",
    }

    /// From which money a thing is paid.
    pub enum BudgetHeading {
        /// Bought once.
        Investment = "investment",
        /// Paid every year.
        Recurrent = "recurrent",
    }
}

impl Remedy {
    /// From which money it is paid.
    pub const fn heading(self) -> BudgetHeading {
        match self {
            Self::Replace | Self::Upgrade => BudgetHeading::Investment,
            Self::ExtendSupport | Self::Lease => BudgetHeading::Recurrent,
        }
    }

    /// How often it is paid in five years.
    pub const fn payments_in_five_years(self) -> i64 {
        match self.heading() {
            BudgetHeading::Investment => 1,
            BudgetHeading::Recurrent => 5,
        }
    }

    /// Whether another asset stands in its place afterwards, so that its age begins anew.
    pub const fn renews(self) -> bool {
        matches!(self, Self::Replace | Self::Lease)
    }
}

/// A price: of a class, or of one model of it, which goes before the class's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// A slug.
    pub id: PriceId,
    /// What is done.
    pub remedy: Remedy,
    /// For assets of this class.
    pub class: AssetClass,
    /// Only for this maker's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// Only for this model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What is bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// What it costs, all in all; for a support contract or a lease, a year.
    pub cost_vnd: Vnd,
    /// Where the price is from: a quotation, a framework contract, a purchase.
    pub source: String,
    /// The first day it holds; the next price of the same thing ends it.
    pub valid_from: Day,
    /// How much less power it draws than what it replaces, in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saves_w: Option<u32>,
}

impl Price {
    /// How closely it fits an asset of its class: a model before a maker before a class; none
    /// where it is for another one.
    pub fn fit(&self, manufacturer: Option<&str>, model: Option<&str>) -> Option<u8> {
        let same = |wanted: &Option<String>, has: Option<&str>| match wanted {
            None => Some(0),
            Some(wanted) => (has == Some(wanted.as_str())).then_some(1),
        };
        Some(same(&self.manufacturer, manufacturer)? + 2 * same(&self.model, model)?)
    }
}
