//! Taking stock: what a scan means, and what a room holds when all is scanned.
//!
//! The list of what is expected is frozen when the session opens. Scans arrive in any order,
//! some of them twice, some of them days later; what they come to depends on the scans alone.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** take the scan of a rack or a
//! room for a scan of what stands in it.

use crate::matching::plain;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tw_model::words;
use tw_units::Timestamp;

words! {
    /// What part of the organisation stock is taken of.
    pub enum ScopeKind {
        /// A site.
        Site = "site",
        /// A room.
        Room = "room",
        /// A rack.
        Rack = "rack",
        /// What a unit holds, wherever it is.
        Unit = "unit",
    }

    /// What the person with the scanner hears at once.
    pub enum ScanVerdict {
        /// Green: it belongs here.
        Expected = "expected",
        /// Orange: it is recorded elsewhere.
        Elsewhere = "elsewhere",
        /// Red: it is not in the register.
        Unknown = "unknown",
        /// Grey: it was scanned already.
        Again = "again",
        /// The code is that of a rack or a room: it says where one stands, and nothing else.
        Place = "place",
        /// Several assets have this serial number: scan the tag.
        Ambiguous = "ambiguous",
    }
}

/// What stock is taken of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockTakeScope {
    /// Of what kind.
    pub kind: ScopeKind,
    /// Its identifier.
    pub id: String,
}

/// Where something is, as finely as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The site.
    pub site: Option<String>,
    /// The room.
    pub room: Option<String>,
    /// The rack.
    pub rack: Option<String>,
}

impl Place {
    /// Whether two places contradict each other on the finest level that both know.
    pub fn differs(&self, other: &Self) -> bool {
        let levels = [
            (&self.rack, &other.rack),
            (&self.room, &other.room),
            (&self.site, &other.site),
        ];
        let finest = levels
            .into_iter()
            .find_map(|(a, b)| Some((a.as_ref()?, b.as_ref()?)));
        finest.is_some_and(|(a, b)| a != b)
    }
}

/// An asset of the register, by what may stand on its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// Its tag.
    pub tag: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// Where the register says that it is.
    pub place: Place,
}

/// Whatever a code may mean.
#[derive(Debug, Default)]
pub struct LabelIndex {
    entries: Vec<Labelled>,
    by_tag: BTreeMap<String, usize>,
    by_serial: BTreeMap<String, Vec<usize>>,
    places: BTreeMap<String, String>,
}

/// What a code is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Resolved {
    /// An asset, and where the register says that it is.
    Asset {
        /// Its tag.
        tag: String,
        /// Its recorded place.
        recorded: Place,
    },
    /// The label of a rack or a room.
    Place {
        /// Its identifier.
        id: String,
    },
    /// A serial number that several assets have.
    Ambiguous {
        /// Their tags.
        tags: Vec<String>,
    },
    /// Nothing of the register.
    Unknown,
}

impl LabelIndex {
    /// Takes the register's assets, and the identifiers of its racks and rooms.
    pub fn new(
        entries: impl IntoIterator<Item = Labelled>,
        places: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut catalogue = Self {
            entries: entries.into_iter().collect(),
            places: places.into_iter().map(|id| (plain(&id), id)).collect(),
            ..Self::default()
        };
        for (at, entry) in catalogue.entries.iter().enumerate() {
            catalogue.by_tag.insert(plain(&entry.tag), at);
            let serial = entry.serial.as_deref().map(plain).filter(|s| !s.is_empty());
            if let Some(serial) = serial {
                catalogue.by_serial.entry(serial).or_default().push(at);
            }
        }
        catalogue
    }

    /// What a scanned code is: a tag, a serial number, a place, or a link to an asset's page.
    pub fn resolve(&self, code: &str) -> Resolved {
        let code = plain(tail_of_link(code));
        let asset = |at: &usize| Resolved::Asset {
            tag: self.entries[*at].tag.clone(),
            recorded: self.entries[*at].place.clone(),
        };
        if let Some(at) = self.by_tag.get(&code) {
            return asset(at);
        }
        match self.by_serial.get(&code).map(Vec::as_slice) {
            Some([one]) => return asset(one),
            Some(several) => {
                let tags = several.iter().map(|at| self.entries[*at].tag.clone());
                return Resolved::Ambiguous {
                    tags: tags.collect(),
                };
            }
            None => {}
        }
        match self.places.get(&code) {
            Some(id) => Resolved::Place { id: id.clone() },
            None => Resolved::Unknown,
        }
    }
}

/// Labels carry the tag, or a link that ends with it.
fn tail_of_link(code: &str) -> &str {
    let code = code.trim();
    let link = code.starts_with("http://") || code.starts_with("https://");
    match code.split_once("/assets/") {
        Some((_, rest)) if link => rest.split(['?', '#', '/']).next().unwrap_or(rest),
        _ => code,
    }
}

/// What is expected, frozen when the session opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Its tag.
    pub tag: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// What it is.
    pub class: String,
    /// Maker and model.
    pub model: Option<String>,
    /// Where it is recorded.
    pub place: Place,
}

/// A scan with what its code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardScan {
    /// The client's own number for it: the same one never counts twice.
    pub client_id: String,
    /// What was scanned.
    pub code: String,
    /// Where the scanner stood.
    pub place: Place,
    /// When, by the client's clock.
    pub scanned_at: Timestamp,
    /// What the code is.
    pub resolved: Resolved,
}

/// What a scan says at once. `earlier` are the scans that came before it.
pub fn judge_scan(
    scan: &HeardScan,
    expected: &BTreeMap<String, Expected>,
    earlier: &[HeardScan],
) -> ScanVerdict {
    let subject = subject(scan);
    let again = earlier
        .iter()
        .any(|other| other.client_id != scan.client_id && self::subject(other) == subject);
    match &scan.resolved {
        Resolved::Place { .. } => ScanVerdict::Place,
        _ if again => ScanVerdict::Again,
        Resolved::Ambiguous { .. } => ScanVerdict::Ambiguous,
        Resolved::Unknown => ScanVerdict::Unknown,
        Resolved::Asset { tag, recorded } => {
            let here = expected.contains_key(tag) && !scan.place.differs(recorded);
            if here {
                ScanVerdict::Expected
            } else {
                ScanVerdict::Elsewhere
            }
        }
    }
}

/// The thing that a scan is about.
fn subject(scan: &HeardScan) -> String {
    match &scan.resolved {
        Resolved::Asset { tag, .. } => format!("asset {tag}"),
        _ => format!("code {}", plain(tail_of_link(&scan.code))),
    }
}

/// An asset that stands elsewhere than recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misplaced {
    /// Its tag.
    pub tag: String,
    /// Where the register has it.
    pub recorded: Place,
    /// Where it was scanned.
    pub scanned: Place,
    /// Whether it was on the list of what is expected.
    pub expected: bool,
}

/// Something scanned more than once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// The tag, or the code of what is not in the register.
    pub code: String,
    /// How often.
    pub times: usize,
}

/// What a stock-take came to. Found, misplaced of the expected, and missing together are the
/// expected list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Where they belong.
    pub found: Vec<String>,
    /// Elsewhere than recorded.
    pub misplaced: Vec<Misplaced>,
    /// Expected and never scanned.
    pub missing: Vec<String>,
    /// Codes that nothing of the register has, or several assets have.
    pub unknown: Vec<String>,
    /// Scanned more than once.
    pub duplicates: Vec<Repeated>,
}

/// What all scans together come to. The last scan of an asset says where it is.
pub fn close(expected: &BTreeMap<String, Expected>, scans: &[HeardScan]) -> Findings {
    let once: BTreeMap<&str, &HeardScan> = scans
        .iter()
        .map(|scan| (scan.client_id.as_str(), scan))
        .collect();
    let mut in_order: Vec<&HeardScan> = once.into_values().collect();
    in_order.sort_by(|a, b| (a.scanned_at, &a.client_id).cmp(&(b.scanned_at, &b.client_id)));
    let mut last: BTreeMap<String, (&HeardScan, usize)> = BTreeMap::new();
    for scan in in_order {
        if matches!(scan.resolved, Resolved::Place { .. }) {
            continue;
        }
        let entry = last.entry(subject(scan)).or_insert((scan, 0));
        *entry = (scan, entry.1 + 1);
    }
    let mut findings = Findings::default();
    let mut heard: BTreeSet<&str> = BTreeSet::new();
    for (scan, times) in last.into_values() {
        let code = if let Resolved::Asset { tag, recorded } = &scan.resolved {
            heard.insert(tag);
            sort_in(&mut findings, (tag, recorded), scan, expected);
            tag.clone()
        } else {
            findings.unknown.push(scan.code.trim().to_owned());
            scan.code.trim().to_owned()
        };
        if times > 1 {
            findings.duplicates.push(Repeated { code, times });
        }
    }
    let missing = expected.keys().filter(|tag| !heard.contains(tag.as_str()));
    findings.missing = missing.cloned().collect();
    findings
}

fn sort_in(
    findings: &mut Findings,
    (tag, recorded): (&str, &Place),
    scan: &HeardScan,
    expected: &BTreeMap<String, Expected>,
) {
    let frozen = expected.get(tag);
    let recorded = frozen.map_or(recorded, |one| &one.place);
    if frozen.is_some() && !scan.place.differs(recorded) {
        findings.found.push(tag.to_owned());
        return;
    }
    findings.misplaced.push(Misplaced {
        tag: tag.to_owned(),
        recorded: recorded.clone(),
        scanned: scan.place.clone(),
        expected: frozen.is_some(),
    });
}

#[cfg(test)]
mod tests;
