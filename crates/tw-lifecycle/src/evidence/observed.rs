//! When a device was made, from what discovery saw of it.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** write the register: evidence
//! bounds a verdict, people write dates.

use super::{Candidate, Confidence, Guard, decode_evidence};
use crate::{
    age::{Bound, DatedFact},
    range::DateRange,
};
use serde::Serialize;
use tw_model::{DateKind, Day};

/// What was read, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// The serial number, by its maker's rule.
    Serial,
    /// `entPhysicalMfgDate` of the chassis.
    EntityMib,
}

impl EvidenceKind {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::EntityMib => "entity_mib",
        }
    }
}

/// What discovery saw of a device that tells when it was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct ManufactureSeen<'a> {
    /// The maker, as the device or the register names it.
    pub manufacturer: Option<&'a str>,
    /// The chassis' serial number.
    pub serial: Option<&'a str>,
    /// `entPhysicalMfgDate` of the chassis, as `YYYY-MM-DD`.
    pub made_on: Option<&'a str>,
}

/// One reading of one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What was read.
    pub kind: EvidenceKind,
    /// As it was seen.
    pub raw: String,
    /// The first day it can have been made.
    pub earliest: Day,
    /// The last day.
    pub latest: Day,
    /// How far to rely on it; low when it is one of several readings.
    pub confidence: Confidence,
    /// Which rule read it, with its version.
    pub decoder: &'static str,
}

impl Evidence {
    /// What a person reads as the source.
    pub fn source(&self) -> String {
        format!(
            "seen by discovery: {} {} ({})",
            self.kind.as_str(),
            self.raw,
            self.decoder
        )
    }

    /// Nothing is bought or used before it is made: what the evidence says of every other date.
    /// Evidence of low confidence bounds nothing.
    pub fn bound(&self) -> Option<Bound> {
        let when = DateRange {
            earliest: Some(self.earliest),
            latest: None,
        };
        (self.confidence > Confidence::Low).then(|| Bound {
            when,
            source: Some(self.source()),
        })
    }

    /// The day of manufacture as a dated fact, for policies whose basis it may be. Evidence of
    /// low confidence is none.
    pub fn fact(&self) -> Option<DatedFact> {
        (self.confidence > Confidence::Low).then(|| DatedFact {
            kind: DateKind::Manufactured,
            when: DateRange::closed(self.earliest.0, self.latest.0),
            source: Some(self.source()),
        })
    }
}

/// Runs the decoders on an observation. What the guards refuse, and what no rule reads, is no
/// evidence; a serial with several readings gives the whole stretch, with low confidence.
pub fn manufacture_evidence(seen: &ManufactureSeen<'_>, guard: &Guard) -> Vec<Evidence> {
    let told = seen.made_on.and_then(|text| {
        let day: Day = text.parse().ok()?;
        let (year, month, date) = (day.0.year(), day.0.month(), day.0.day());
        let octets = format!("{year:04x}{month:02x}{date:02x}00000000");
        let read = decode_evidence("entity-mib", &octets, guard)?;
        evidence(EvidenceKind::EntityMib, text, &read.candidates)
    });
    let decoded = seen
        .manufacturer
        .zip(seen.serial)
        .and_then(|(maker, serial)| {
            let read = decode_evidence(maker, serial, guard)?;
            evidence(EvidenceKind::Serial, serial, &read.candidates)
        });
    told.into_iter().chain(decoded).collect()
}

fn evidence(kind: EvidenceKind, raw: &str, readings: &[Candidate]) -> Option<Evidence> {
    let first = readings.first()?;
    let latest = readings.iter().map(|c| c.latest).max()?;
    let confidence = if readings.len() == 1 {
        first.confidence
    } else {
        Confidence::Low
    };
    Some(Evidence {
        kind,
        raw: raw.to_owned(),
        earliest: readings.iter().map(|c| c.earliest).min()?,
        latest,
        confidence,
        decoder: first.decoder,
    })
}
