//! What in a register contradicts itself.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O; files and lines are
//! added by who has them.

mod assets;
mod devices;
mod equipment;
mod facility;
mod money;
mod people;
mod references;
mod sites;
mod systems;

use crate::{CowMap, Kind, Register, suggest::allowed_words, word::words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// What is wrong.
    pub enum FindingCode {
        /// A reference to something that is not there.
        DanglingReference = "dangling_reference",
        /// Two things in the same rack units.
        OverlappingUnits = "overlapping_units",
        /// Outside of the rack.
        OutsideRack = "outside_rack",
        /// Two devices with one address.
        DuplicateAddress = "duplicate_address",
        /// Two things with one serial number of one maker.
        DuplicateSerial = "duplicate_serial",
        /// A text that stands where a serial number belongs and is none.
        PlaceholderSerial = "placeholder_serial",
        /// Two names where one is asked.
        DuplicateName = "duplicate_name",
        /// An availability structure that cannot be.
        BadStructure = "bad_structure",
        /// A unit above itself, a service that needs itself.
        Cycle = "cycle",
        /// A time zone that the database does not have.
        BadTimezone = "bad_timezone",
        /// Dates in an impossible order.
        BadOrder = "bad_order",
        /// A number outside of its range.
        OutOfRange = "out_of_range",
        /// A text that is empty, too long or has control characters.
        BadText = "bad_text",
        /// A credential that names no secret, two places for one, or what its version has not.
        BadCredential = "bad_credential",
        /// Two statements that exclude each other.
        Contradiction = "contradiction",
    }
}

/// One thing that is wrong, at one key of one entity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// The entity's kind.
    pub kind: Kind,
    /// The entity.
    pub id: String,
    /// The key in it, as `rack.u` or `tier_targets.1.level`.
    pub key: String,
    /// What is wrong.
    pub code: FindingCode,
    /// The same as a sentence.
    pub message: String,
    /// What would be right.
    pub allowed: String,
}

/// After so many findings the nearest words are no longer looked for: it takes time.
const RANKED_MAX: usize = 100;

/// The longest text of a name.
const TEXT_LENGTH_MAX: usize = 300;

/// Everything that is wrong, ordered by kind, identifier and key; empty for a good register.
pub fn validate(register: &Register) -> Vec<Finding> {
    let mut check = Check {
        register,
        findings: Vec::new(),
    };
    people::check(&mut check);
    sites::check(&mut check);
    devices::check(&mut check);
    references::check(&mut check);
    facility::check(&mut check);
    money::check(&mut check);
    systems::check(&mut check);
    equipment::check(&mut check);
    assets::check(&mut check);
    check.findings.sort();
    check.findings
}

/// The register and what was found so far.
struct Check<'a> {
    register: &'a Register,
    findings: Vec<Finding>,
}

/// Where in the register a check stands.
#[derive(Clone, Copy)]
struct At<'a> {
    kind: Kind,
    id: &'a str,
}

/// Entities of a kind, to which others refer.
trait Known<K> {
    fn has(&self, id: &K) -> bool;
    fn ids(&self) -> Vec<&str>;
    fn count(&self) -> usize;
}

impl<K: Ord + AsRef<str>, V> Known<K> for BTreeMap<K, V> {
    fn has(&self, id: &K) -> bool {
        self.contains_key(id)
    }

    fn ids(&self) -> Vec<&str> {
        self.keys().map(AsRef::as_ref).collect()
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl<K: Ord + AsRef<str>, V> Known<K> for CowMap<K, V> {
    fn has(&self, id: &K) -> bool {
        self.contains_key(id)
    }

    fn ids(&self) -> Vec<&str> {
        self.keys().map(AsRef::as_ref).collect()
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl Check<'_> {
    fn find(
        &mut self,
        at: At<'_>,
        key: &str,
        what: (FindingCode, String),
        allowed: impl Into<String>,
    ) {
        self.findings.push(Finding {
            kind: at.kind,
            id: at.id.to_owned(),
            key: key.to_owned(),
            code: what.0,
            message: what.1,
            allowed: allowed.into(),
        });
    }

    /// Finds a reference to `wanted` that is not among `known`.
    fn refers<K: AsRef<str>>(
        &mut self,
        at: At<'_>,
        key: &str,
        wanted: &K,
        (kind, known): (Kind, &impl Known<K>),
    ) {
        if known.has(wanted) {
            return;
        }
        let word = wanted.as_ref();
        let message = format!("there is no {kind} {word:?}");
        let allowed = if self.findings.len() < RANKED_MAX {
            allowed_words(word, known.ids())
        } else {
            format!("one of {} defined", known.count())
        };
        self.find(at, key, (FindingCode::DanglingReference, message), allowed);
    }

    fn text(&mut self, at: At<'_>, key: &str, text: &str) {
        let complaint = if text.trim().is_empty() {
            "is empty".to_owned()
        } else if text.chars().count() > TEXT_LENGTH_MAX {
            format!("has {} characters", text.chars().count())
        } else if text.chars().any(char::is_control) {
            "has control characters".to_owned()
        } else {
            return;
        };
        let allowed = format!("1 to {TEXT_LENGTH_MAX} printable characters");
        self.find(
            at,
            key,
            (FindingCode::BadText, format!("the text {complaint}")),
            allowed,
        );
    }

    fn name(&mut self, at: At<'_>, key: &str, name: &crate::Name) {
        self.text(at, &format!("{key}.en"), &name.en);
        if let Some(vi) = &name.vi {
            self.text(at, &format!("{key}.vi"), vi);
        }
    }

    fn timezone(&mut self, at: At<'_>, key: &str, zone: &str) {
        if jiff::tz::TimeZone::get(zone).is_ok() {
            return;
        }
        let message = format!("there is no time zone {zone:?}");
        let allowed = "an IANA name, as Asia/Ho_Chi_Minh or UTC";
        self.find(at, key, (FindingCode::BadTimezone, message), allowed);
    }

    fn range(&mut self, at: At<'_>, key: &str, value: i64, (low, high): (i64, i64)) {
        if (low..=high).contains(&value) {
            return;
        }
        let message = format!("{value} is out of range");
        self.find(
            at,
            key,
            (FindingCode::OutOfRange, message),
            format!("{low} to {high}"),
        );
    }
}

/// The members of every cycle of `next`, each once.
fn in_cycles<'a>(
    all: impl Iterator<Item = &'a str>,
    next: impl Fn(&str) -> Vec<&'a str>,
) -> Vec<&'a str> {
    all.filter(|start| {
        let mut seen = std::collections::BTreeSet::new();
        let mut open = next(start);
        while let Some(here) = open.pop() {
            if here == *start {
                return true;
            }
            if seen.insert(here) {
                open.extend(next(here));
            }
        }
        false
    })
    .collect()
}

#[cfg(test)]
mod tests;
