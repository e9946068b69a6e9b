//! The organisation, its units and its people.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use tw_units::{PersonId, SiteId, UnitId};

/// A name in the console's languages. English is always there; Vietnamese falls back to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// In English.
    pub en: String,
    /// In Vietnamese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vi: Option<String>,
}

impl Name {
    /// A name that is the same in both languages.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            en: text.into(),
            vi: None,
        }
    }

    /// The Vietnamese name, or the English one where there is none.
    pub fn vi(&self) -> &str {
        self.vi.as_deref().unwrap_or(&self.en)
    }
}

/// Who owns all this. There is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// A slug.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// The IANA time zone in which "today" is decided, as `Asia/Ho_Chi_Minh`.
    pub timezone: String,
    /// Whether this register is made up for a demonstration.
    #[serde(default, skip_serializing_if = "is_false")]
    pub simulated: bool,
    /// What is spent on equipment in a year, in VND.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipment_budget_vnd: Option<tw_units::Vnd>,
    /// What a reader must know about these data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Name>,
}

/// A department, an office, a centre. Units are a tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// A slug.
    pub id: UnitId,
    /// Its name.
    pub name: Name,
    /// The unit above; none for a top unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitId>,
    /// Where it sits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The staff code.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// The unit they work in.
    pub unit: UnitId,
    /// Their position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where to write to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether they work here now; who left keeps their history.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub active: bool,
}

pub(crate) fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde asks for"
)]
pub(crate) fn is_true(flag: &bool) -> bool {
    *flag
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde asks for"
)]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}
