//! The power, cooling and network chain of a site: what feeds what, with valid time.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** judge a chain; that is
//! `tw-availability`.

use crate::{
    Day, Name,
    organisation::{is_false, is_true, yes},
    word::words,
};
use serde::{Deserialize, Serialize};
use std::{fmt, num::NonZeroU32, str::FromStr};
use tw_units::{AssetTag, DeviceId, FacilityId, ProviderId, RackId, SiteId};

words! {
    /// What kind of equipment a node of the chain is.
    pub enum FacilityKind {
        /// The utility's feed up to our terminals.
        UtilityFeed = "utility_feed",
        /// A generating set.
        Generator = "generator",
        /// Automatic transfer switch, with a break.
        Ats = "ats",
        /// Static transfer switch.
        Sts = "sts",
        /// Switchboard, distribution board or bus.
        Switchboard = "switchboard",
        /// UPS or one module of it.
        Ups = "ups",
        /// Battery string.
        Battery = "battery",
        /// Rack power distribution unit.
        Pdu = "pdu",
        /// The cable and breaker that feed a rack.
        RackFeed = "rack_feed",
        /// Transfer switch in the rack, before equipment with one cord.
        RackSwitch = "rack_switch",
        /// Room cooling unit (CRAC, CRAH, in-row).
        Crac = "crac",
        /// Chiller.
        Chiller = "chiller",
        /// Pump.
        Pump = "pump",
        /// Core switch or router of the datacentre.
        CoreSwitch = "core_switch",
        /// Where a carrier's line enters the building.
        WanEntrance = "wan_entrance",
        /// A carrier's circuit.
        WanCircuit = "wan_circuit",
        /// A place where alternatives meet; no thing that can fail.
        Gate = "gate",
        /// What must be kept alive.
        Load = "load",
    }

    /// What a node is for the Tier rules.
    pub enum FacilityRole {
        /// An active component.
        Capacity = "capacity",
        /// A passive one: a path.
        Distribution = "distribution",
        /// No thing at all.
        Gate = "gate",
        /// What must be kept alive.
        Load = "load",
    }

    /// The subsystem; a site's Tier is that of its lowest one.
    pub enum FacilitySystem {
        /// Electricity.
        Power = "power",
        /// Cooling.
        Cooling = "cooling",
        /// Core network and WAN; not a Tier criterion of Uptime, but of TIA-942 and EN 50600.
        Network = "network",
    }

    /// What feeds without being fed.
    pub enum FacilitySource {
        /// Generators: the primary source for Tier III and IV.
        Generator = "gen",
        /// The utility: an economic alternative whose loss is expected.
        Utility = "utility",
        /// Battery or cold store: minutes.
        Stored = "stored",
        /// A carrier's network.
        Carrier = "carrier",
    }

    /// How a node is from a trap on.
    pub enum TrapMeaning {
        /// It feeds nothing.
        Out = "out",
        /// It works and protects less.
        Degraded = "degraded",
        /// It feeds from its own store.
        OnBattery = "on_battery",
    }

    /// Who switches an input over.
    pub enum Transfer {
        /// It happens by itself.
        Auto = "auto",
        /// Somebody must do it; no help when something fails.
        Manual = "manual",
    }
}

impl FacilityKind {
    /// What it is for the Tier rules.
    pub const fn role(self) -> FacilityRole {
        match self {
            Self::UtilityFeed
            | Self::Generator
            | Self::Ups
            | Self::Battery
            | Self::Crac
            | Self::Chiller
            | Self::Pump
            | Self::CoreSwitch => FacilityRole::Capacity,
            Self::Gate => FacilityRole::Gate,
            Self::Load => FacilityRole::Load,
            _ => FacilityRole::Distribution,
        }
    }

    /// The subsystem it belongs to unless the node says otherwise.
    pub const fn system(self) -> FacilitySystem {
        match self {
            Self::Crac | Self::Chiller | Self::Pump => FacilitySystem::Cooling,
            Self::CoreSwitch | Self::WanEntrance | Self::WanCircuit => FacilitySystem::Network,
            _ => FacilitySystem::Power,
        }
    }

    /// What it feeds without being fed, unless the node says otherwise.
    pub const fn source(self) -> Option<FacilitySource> {
        match self {
            Self::UtilityFeed => Some(FacilitySource::Utility),
            Self::Generator => Some(FacilitySource::Generator),
            Self::Battery => Some(FacilitySource::Stored),
            Self::WanEntrance => Some(FacilitySource::Carrier),
            _ => None,
        }
    }
}

/// How many of its inputs a node needs: `any`, `all` or a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum FacilityNeed {
    /// One is enough.
    #[default]
    Any,
    /// Every one.
    All,
    /// So many.
    AtLeast(NonZeroU32),
}

impl FromStr for FacilityNeed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "any" => Ok(Self::Any),
            "all" => Ok(Self::All),
            _ => text
                .parse()
                .map(Self::AtLeast)
                .map_err(|_| format!("{text:?} is neither any nor all nor a number from 1")),
        }
    }
}

impl TryFrom<String> for FacilityNeed {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for FacilityNeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::All => f.write_str("all"),
            Self::AtLeast(count) => write!(f, "{count}"),
        }
    }
}

impl From<FacilityNeed> for String {
    fn from(need: FacilityNeed) -> Self {
        need.to_string()
    }
}

/// One way a node is fed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityInput {
    /// From which node of the chain.
    pub from: FacilityId,
    /// Who switches over to it.
    #[serde(default = "auto", skip_serializing_if = "is_auto")]
    pub transfer: Transfer,
}

/// Which readings say how a node is, where the defaults of its kind do not fit.
///
/// A test is a word that the sensor may show (`bypass`) or a comparison (`< 100`, `> 0.5`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilitySignal {
    /// The device that is asked; the node's own when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// The sensor's or the metric's name.
    pub sensor: String,
    /// The node feeds nothing when one of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_when: Vec<String>,
    /// The node works and protects less when one of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub degraded_when: Vec<String>,
}

/// Which traps say how a node is, for equipment that has nothing else to say it.
///
/// An event is an `snmpTrapOID`, dotted; the 0 that a v1 trap has before its last number (RFC 3584)
/// makes no difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityTrap {
    /// The device that sends them; the node's own when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// Events after which the node is as `means` says.
    pub begins: Vec<String>,
    /// Events that end it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends: Vec<String>,
    /// How it is meanwhile.
    pub means: TrapMeaning,
    /// For so long an event that begins holds when it is not told again; then nothing is known.
    /// Without it, until an event ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds_seconds: Option<u32>,
}

/// What two identifiers of one event have in common: a 0 before the last number is left out.
pub fn trap_event_key(event: &str) -> String {
    match event.rsplit_once('.') {
        Some((head, last)) => {
            let head = head.strip_suffix(".0").unwrap_or(head);
            format!("{head}.{last}")
        }
        None => event.to_owned(),
    }
}

/// A test of a [`FacilitySignal`].
#[derive(Clone, Debug, PartialEq)]
pub enum SignalTest {
    /// The reading is below.
    Below(f64),
    /// The reading is above.
    Above(f64),
    /// The reading's word, or its number as written.
    Is(String),
}

impl SignalTest {
    /// Reads `< 100`, `> 0.5` or a word.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |rest: &str| rest.trim().parse::<f64>().ok().filter(|n| n.is_finite());
        if let Some(rest) = text.strip_prefix('<') {
            return number(rest).map(Self::Below);
        }
        if let Some(rest) = text.strip_prefix('>') {
            return number(rest).map(Self::Above);
        }
        let word = text.trim();
        (!word.is_empty()).then(|| Self::Is(word.to_owned()))
    }

    /// Whether a reading with its word passes.
    pub fn holds(&self, reading: f64, word: Option<&str>) -> bool {
        match self {
            Self::Below(limit) => reading < *limit,
            Self::Above(limit) => reading > *limit,
            Self::Is(wanted) => {
                word == Some(wanted.as_str())
                    || wanted
                        .parse::<f64>()
                        .is_ok_and(|n| (n - reading).abs() < 1e-9)
            }
        }
    }
}

/// What is known of a generator's fuel and endurance, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FuelAttestation {
    /// Hours that the fuel on site lasts at the design load N.
    pub hours_at_n: u32,
    /// The most hours in a row that the maker allows at N; without it there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consecutive_hours_max: Option<u32>,
    /// The document that says so.
    pub source: String,
}

/// A node of a site's chain, as it is from `valid_from` to `valid_to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityNode {
    /// A slug, used once in the register.
    pub id: FacilityId,
    /// Its name in the chain, where that is not the id: several entries with one name describe
    /// the same node at different times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<FacilityId>,
    /// The site.
    pub site: SiteId,
    /// What people call it.
    pub name: Name,
    /// What it is.
    pub kind: FacilityKind,
    /// Its subsystem, where that is not the kind's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<FacilitySystem>,
    /// What it feeds without being fed, where that is not the kind's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<FacilitySource>,
    /// How many of `inputs` it needs.
    #[serde(default)]
    pub need: FacilityNeed,
    /// By what it is fed, the preferred one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<FacilityInput>,
    /// The fire compartment it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Shared-risk groups: a duct, a pole, a riser that it shares with others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub srlg: Vec<String>,
    /// Whose circuit or entrance it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    /// What it can carry, in watts; of a cooling unit the heat it takes away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating_watts: Option<u32>,
    /// The share of the rating that may be used, in percent.
    #[serde(default = "hundred", skip_serializing_if = "is_hundred")]
    pub derate_percent: u8,
    /// What it draws itself, in watts: the design load of a load, a cooling unit's motor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand_watts: Option<u32>,
    /// Fuel and endurance of a generator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<FuelAttestation>,
    /// Nodes that a fault of this one takes with it, as both buses of a tie breaker.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fault_takes: Vec<FacilityId>,
    /// The polled device that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// The asset that it is, where it is no device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetTag>,
    /// The rack that a load stands for: the witnesses in it prove that it is fed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rack: Option<RackId>,
    /// Which reading says how it is, where the default does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<FacilitySignal>,
    /// Which traps say how it is, where it has nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trap: Option<FacilityTrap>,
    /// Whether a load counts for the Tier criteria.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub critical: bool,
    /// Whether a distribution node belongs to the equipment behind it: a point-of-use switch.
    #[serde(default, skip_serializing_if = "is_false")]
    pub point_of_use: bool,
    /// The first day it is so, in the site's time zone.
    pub valid_from: Day,
    /// The last day it is so; without it, until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
}

impl FacilityNode {
    /// Its name in the chain.
    pub fn node(&self) -> &FacilityId {
        self.node.as_ref().unwrap_or(&self.id)
    }

    /// What it is for the Tier rules.
    pub const fn role(&self) -> FacilityRole {
        self.kind.role()
    }

    /// Its subsystem.
    pub fn system(&self) -> FacilitySystem {
        self.system.unwrap_or(self.kind.system())
    }

    /// What it feeds without being fed.
    pub fn source(&self) -> Option<FacilitySource> {
        self.source.or(self.kind.source())
    }

    /// Whether it is so on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether it is in the rack, before equipment with one cord, and so part of that equipment.
    pub fn is_point_of_use(&self) -> bool {
        self.point_of_use || self.kind == FacilityKind::RackSwitch
    }
}

fn auto() -> Transfer {
    Transfer::Auto
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_auto(transfer: &Transfer) -> bool {
    *transfer == Transfer::Auto
}

fn hundred() -> u8 {
    100
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_hundred(percent: &u8) -> bool {
    *percent == 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_of_a_signal_is_a_word_or_a_comparison() {
        assert_eq!(SignalTest::parse("< 100"), Some(SignalTest::Below(100.0)));
        assert_eq!(SignalTest::parse(">0.5"), Some(SignalTest::Above(0.5)));
        assert_eq!(
            SignalTest::parse("bypass"),
            Some(SignalTest::Is("bypass".into()))
        );
        assert_eq!(SignalTest::parse("< x"), None);
        assert_eq!(SignalTest::parse(" "), None);
        assert!(SignalTest::Below(100.0).holds(99.0, None));
        assert!(SignalTest::Is("4".into()).holds(4.0, Some("bypass")));
        assert!(SignalTest::Is("bypass".into()).holds(4.0, Some("bypass")));
        assert!(!SignalTest::Is("bypass".into()).holds(3.0, Some("normal")));
    }

    #[test]
    fn an_event_of_v1_and_of_v2_have_one_key() {
        let key = "1.3.6.1.2.1.33.2.1";
        assert_eq!(trap_event_key("1.3.6.1.2.1.33.2.0.1"), key);
        assert_eq!(trap_event_key(key), key);
        assert_ne!(trap_event_key("1.3.6.1.2.1.33.2.10"), key);
        assert_eq!(trap_event_key("1.3.6.1.4.1.10.1"), "1.3.6.1.4.1.10.1");
        assert_eq!(trap_event_key("7"), "7");
    }

    #[test]
    fn a_need_is_any_all_or_a_number_from_one() {
        for text in ["any", "all", "2"] {
            assert_eq!(text.parse::<FacilityNeed>().unwrap().to_string(), text);
        }
        assert!("0".parse::<FacilityNeed>().is_err());
        assert!("some".parse::<FacilityNeed>().is_err());
    }
}
