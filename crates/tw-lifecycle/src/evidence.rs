//! When something was made, from its serial number or from the dates it carries.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** believe a placeholder, a date
//! in the future or one before the model existed; run on a serial of another maker.

mod carried;
mod observed;
mod serials;

use crate::range::DateRange;
use jiff::{Span, civil::Date};
pub use observed::{Evidence, EvidenceKind, ManufactureSeen, manufacture_evidence};
use serde::Serialize;
use tw_model::{Day, Precision};

/// How far a decoded date can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// One of several readings, or from a source that is often wrong.
    Low,
    /// The format is known; practice varies.
    Medium,
    /// Checked against devices that report their own date.
    High,
}

/// One possible stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The first day it can have been made.
    pub earliest: Day,
    /// The last day.
    pub latest: Day,
    /// How precise the source is.
    pub precision: Precision,
    /// How far to rely on it.
    pub confidence: Confidence,
    /// Which rule read it, with its version.
    pub decoder: &'static str,
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Decoded {
    /// All readings that the guards allow, earliest first.
    pub candidates: Vec<Candidate>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// What a reading must agree with.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// Nothing is made later than today.
    pub today: Date,
    /// When the model was released; nothing is made more than six months earlier.
    pub released: Option<Date>,
    /// When its sale ended; decides between several readings.
    pub end_of_sale: Option<Date>,
}

/// Whose rule reads the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Rule {
    Cisco,
    Apc,
    Huawei,
    Hpe,
    EntityMib,
    CompaqMib,
    IpmiFru,
    Redfish,
    Transceiver,
    PowerNet,
    UsbHid,
    /// A maker whose serials carry no date, and why nothing can be read.
    NoDate(&'static str),
}

const RULES: &[(&str, Rule)] = &[
    ("cisco", Rule::Cisco),
    ("apc", Rule::Apc),
    ("schneider", Rule::Apc),
    ("schneider-electric", Rule::Apc),
    ("huawei", Rule::Huawei),
    ("xfusion", Rule::Huawei),
    ("hp", Rule::Hpe),
    ("hpe", Rule::Hpe),
    ("entity-mib", Rule::EntityMib),
    ("compaq-mib", Rule::CompaqMib),
    ("ipmi-fru", Rule::IpmiFru),
    ("redfish", Rule::Redfish),
    ("sfp", Rule::Transceiver),
    ("qsfp", Rule::Transceiver),
    ("powernet-mib", Rule::PowerNet),
    ("usb-hid", Rule::UsbHid),
    ("nut", Rule::UsbHid),
    (
        "smbios",
        Rule::NoDate("SMBIOS carries no day of manufacture; the BIOS date is not an age"),
    ),
    ("meraki", Rule::NoDate("Meraki serials carry no date")),
    (
        "juniper",
        Rule::NoDate(
            "Juniper serials carry no date; a chassis serial is a system id that outlives repairs",
        ),
    ),
    (
        "dell",
        Rule::NoDate(
            "a Dell service tag carries no date; import the ship date from the warranty export",
        ),
    ),
    (
        "fortinet",
        Rule::NoDate("Fortinet serials carry no known date code; import a file"),
    ),
    (
        "palo-alto",
        Rule::NoDate("Palo Alto serials carry no known date code; import a file"),
    ),
    (
        "mikrotik",
        Rule::NoDate("MikroTik serials carry no known date code; import a file"),
    ),
    (
        "lenovo",
        Rule::NoDate("Lenovo serials carry no known date code; import a file"),
    ),
];

/// The vendors and sources for which there is a rule, or a known absence of one.
pub fn evidence_vendors() -> Vec<&'static str> {
    RULES.iter().map(|(name, _)| *name).collect()
}

/// Reads the date in `text`, a serial number of `vendor` or a date as its source writes it.
/// `None` when no rule of that name exists.
pub fn decode_evidence(vendor: &str, text: &str, guard: &Guard) -> Option<Decoded> {
    let rule = rule_of(vendor)?;
    let text = text.trim();
    Some(match read(rule, text, guard) {
        Ok(readings) => guarded(readings, guard),
        Err(why) => refused(why),
    })
}

/// Words of makers' full names, and whose rule they mean; the first that fits counts.
const MAKERS: &[(&str, &str)] = &[
    ("meraki", "meraki"),
    ("hewlett", "hpe"),
    ("american-power", "apc"),
    ("palo-alto", "palo-alto"),
];

/// The rule of a name of the list, or of a maker's full name: `Cisco Systems, Inc.`.
fn rule_of(vendor: &str) -> Option<Rule> {
    let wanted = vendor.trim().to_lowercase().replace([' ', '_'], "-");
    let named = |wanted: &str| {
        let found = RULES.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, rule)| *rule)
    };
    let maker = MAKERS.iter().find(|(word, _)| wanted.contains(word));
    let first = wanted.split(['-', ',']).next().unwrap_or_default();
    named(&wanted)
        .or_else(|| named(maker?.1))
        .or_else(|| named(first))
}

fn read(rule: Rule, text: &str, guard: &Guard) -> Result<Vec<Candidate>, String> {
    if text.is_empty() {
        return Err("there is no text to read".to_owned());
    }
    if let Some(why) = placeholder(text) {
        return Err(why);
    }
    match rule {
        Rule::Cisco => serials::cisco(text),
        Rule::Apc => serials::apc(text),
        Rule::Huawei => serials::huawei(text),
        Rule::Hpe => serials::hpe(text, guard),
        Rule::EntityMib => carried::entity_mib(text),
        Rule::CompaqMib => carried::compaq_mib(text),
        Rule::IpmiFru => carried::ipmi_fru(text),
        Rule::Redfish => carried::redfish(text),
        Rule::Transceiver => carried::transceiver(text),
        Rule::PowerNet => carried::powernet(text),
        Rule::UsbHid => carried::usb_hid(text),
        Rule::NoDate(why) => Err(why.to_owned()),
    }
}

fn placeholder(text: &str) -> Option<String> {
    tw_model::is_placeholder_serial(text)
        .then(|| format!("{text:?} is a placeholder, not a serial or a date"))
}

fn guarded(mut readings: Vec<Candidate>, guard: &Guard) -> Decoded {
    let too_late = |c: &Candidate| c.earliest.0 > guard.today;
    let floor = guard
        .released
        .and_then(|day| day.checked_sub(Span::new().months(6)).ok());
    let too_early = |c: &Candidate| floor.is_some_and(|floor| c.latest.0 < floor);
    let why = match readings.first() {
        Some(one) if readings.iter().all(too_late) => {
            format!(
                "it would have been made on {}, in the future",
                one.earliest.0
            )
        }
        Some(one) if readings.iter().all(|c| too_early(c) || too_late(c)) => {
            format!(
                "it would have been made by {}, before its model was released",
                one.latest.0
            )
        }
        Some(_) => String::new(),
        None => "no reading agrees with the model's release and end of sale".to_owned(),
    };
    readings.retain(|c| !too_late(c) && !too_early(c));
    readings.sort_unstable_by_key(|c| (c.earliest, c.latest));
    readings.dedup();
    if readings.is_empty() {
        return refused(why);
    }
    Decoded {
        candidates: readings,
        refused: None,
    }
}

fn refused(why: String) -> Decoded {
    Decoded {
        candidates: Vec::new(),
        refused: Some(why),
    }
}

/// A candidate from a stretch of days.
fn candidate(
    when: DateRange,
    precision: Precision,
    confidence: Confidence,
    decoder: &'static str,
) -> Option<Candidate> {
    Some(Candidate {
        earliest: when.earliest?,
        latest: when.latest?,
        precision,
        confidence,
        decoder,
    })
}

#[cfg(test)]
mod tests;
