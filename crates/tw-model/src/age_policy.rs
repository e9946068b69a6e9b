//! The rules by which equipment counts as too old.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** apply them; that is
//! `tw-lifecycle`.

use crate::{
    asset::{AssetClass, DateKind},
    organisation::{Name, is_false},
    word::words,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// A span of calendar months; in text `60mo` or `5y`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Months(pub u16);

/// A text that is no span of months.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no span of months; write 60mo or 5y, from 1mo to 1200mo")]
pub struct MonthsError {
    /// What was read.
    pub text: String,
}

impl Months {
    /// A hundred years.
    pub const MAX: u16 = 1_200;
}

impl FromStr for Months {
    type Err = MonthsError;
    fn from_str(text: &str) -> Result<Self, MonthsError> {
        let number = |digits: &str, each: u16| digits.parse::<u16>().ok()?.checked_mul(each);
        let months = match (text.strip_suffix("mo"), text.strip_suffix('y')) {
            (Some(digits), _) => number(digits, 1),
            (None, Some(digits)) => number(digits, 12),
            (None, None) => None,
        };
        months
            .filter(|months| (1..=Self::MAX).contains(months))
            .map(Self)
            .ok_or_else(|| MonthsError {
                text: text.to_owned(),
            })
    }
}

impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}mo", self.0)
    }
}

impl TryFrom<String> for Months {
    type Error = MonthsError;
    fn try_from(text: String) -> Result<Self, MonthsError> {
        text.parse()
    }
}

impl From<Months> for String {
    fn from(months: Months) -> Self {
        months.to_string()
    }
}

words! {
    /// Ends that the vendor sets and that also force a replacement.
    pub enum EndDate {
        /// The vendor stops to sell it.
        EndOfSale = "end_of_sale",
        /// The vendor stops to repair and to answer.
        VendorEndOfSupport = "vendor_end_of_support",
        /// The vendor stops to close security holes.
        EndOfSecurity = "end_of_security",
    }

    /// Which clock decides for a class.
    pub enum Binding {
        /// Time since first use: the years of the rule.
        Age = "age",
        /// What the vendor still does for the model, and the age of its technology.
        Obsolescence = "obsolescence",
        /// Whichever runs out first.
        Either = "either",
    }

    /// What a waiver must bring.
    pub enum WaiverProof {
        /// Why.
        Reason = "reason",
        /// Who allowed it.
        Approver = "approver",
        /// The decision's number.
        Document = "document",
        /// What is done instead.
        CompensatingControl = "compensating_control",
    }
}

/// The rule of one class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeRule {
    /// Over from the day after this span.
    pub max_age: Months,
    /// Which date counts: the first of these that is known. Empty means the default rule's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<DateKind>,
    /// Whether compliance is also counted by person.
    #[serde(default, skip_serializing_if = "is_false")]
    pub per_person: bool,
    /// Other ends that count, for the obsolescence clock and for the date of replacement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<EndDate>,
    /// The longest age of its technology, from manufacture or the model's release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_technology_age: Option<Months>,
    /// Which clock decides; without it the age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binds: Option<Binding>,
    /// Parts that age apart from the whole, by the word of their kind, as `battery`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub components: BTreeMap<String, ComponentAgeRule>,
}

/// The rule of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentAgeRule {
    /// Over from the day after this span.
    pub max_age: Months,
    /// Which date counts: the first of these that is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<DateKind>,
}

/// What a waiver may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverPolicy {
    /// The longest span.
    pub max_length: Months,
    /// What it must bring.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub need: Vec<WaiverProof>,
}

/// All rules. There is one policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgePolicy {
    /// The IANA time zone in which "today" is decided.
    pub timezone: String,
    /// The rule of classes that are not listed.
    pub default: AgeRule,
    /// Rules by class.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<AssetClass, AgeRule>,
    /// What a waiver may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waivers: Option<WaiverPolicy>,
    /// Groups of staff that are counted apart, by name, as `leaders`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, StaffGroup>,
}

/// People of some positions, counted apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffGroup {
    /// What it is called.
    pub name: Name,
    /// Whose position is one of these; capitals do not matter.
    pub titles: Vec<String>,
}

impl StaffGroup {
    /// Whether somebody of this position belongs to it.
    pub fn has(&self, title: Option<&str>) -> bool {
        let title = title.unwrap_or_default().trim().to_lowercase();
        self.titles
            .iter()
            .any(|own| own.trim().to_lowercase() == title)
    }
}

impl AgePolicy {
    /// The rule of a class.
    pub fn rule(&self, class: AssetClass) -> &AgeRule {
        self.classes.get(&class).unwrap_or(&self.default)
    }

    /// Which clock decides for a class.
    pub fn binds(&self, class: AssetClass) -> Binding {
        self.rule(class).binds.unwrap_or(Binding::Age)
    }

    /// Which dates count for a class, best first.
    pub fn basis(&self, class: AssetClass) -> &[DateKind] {
        let own = &self.rule(class).basis;
        if own.is_empty() {
            &self.default.basis
        } else {
            own
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_months_or_years() {
        assert_eq!("60mo".parse(), Ok(Months(60)));
        assert_eq!("5y".parse(), Ok(Months(60)));
        for text in ["", "60", "0mo", "-1mo", "101y", "99999mo", "5 y"] {
            assert!(text.parse::<Months>().is_err(), "{text:?}");
        }
    }
}
