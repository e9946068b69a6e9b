//! What collectors see of devices besides numbers.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.
//!
//! Texts from devices are hostile: the collector has bounded them and removed control
//! characters before they come here; nobody renders them as anything but text.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use tw_units::Timestamp;

/// One observation. Later kinds are added at the end; a reader that does not know a kind has a
/// [`crate::Record::Unknown`] instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Seen {
    /// Who the device says it is.
    Identity(Identity),
    /// Its interfaces, all of them.
    Interfaces {
        /// In the order of the device's index.
        interfaces: Vec<InterfaceSeen>,
    },
    /// Its physical parts (ENTITY-MIB).
    Parts {
        /// In the order of the device's index.
        parts: Vec<PartSeen>,
    },
    /// Its sensors.
    Sensors {
        /// In the order of discovery.
        sensors: Vec<SensorSeen>,
    },
    /// What is wrong with its answers now; an empty list ends all earlier problems.
    Problems {
        /// At most 32.
        problems: Vec<Problem>,
    },
    /// How the collector itself fares.
    Collector(CollectorStatus),
    /// A machine that a collector runs on: addresses, routes, neighbours, DMI.
    Host {
        /// Names as in `ip -json`: `links`, `addresses`, `routes`, `neighbours`, `dmi`.
        facts: serde_json::Value,
    },
    /// Who is plugged in next to it (LLDP-MIB).
    Neighbours {
        /// In the order of the local ports.
        neighbours: Vec<NeighbourSeen>,
    },
    /// What it told by itself: a trap or an inform.
    Trap(TrapSeen),
    /// Its own addresses, all of them (ipAddressTable).
    Addresses {
        /// In the order of the addresses.
        addresses: Vec<AddressSeen>,
    },
    /// What a TLS endpoint of it shows; the target is the endpoint.
    Tls(Box<TlsSeen>),
}

impl Seen {
    /// The stable word for the kind, as in tables and the API.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Identity(_) => "identity",
            Self::Interfaces { .. } => "interfaces",
            Self::Parts { .. } => "parts",
            Self::Sensors { .. } => "sensors",
            Self::Problems { .. } => "problems",
            Self::Collector(_) => "collector",
            Self::Host { .. } => "host",
            Self::Neighbours { .. } => "neighbours",
            Self::Trap(_) => "trap",
            Self::Addresses { .. } => "addresses",
            Self::Tls(_) => "tls",
        }
    }
}

/// SNMPv2-MIB `system` and what the profiles make of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// `sysDescr`.
    pub sys_descr: String,
    /// `sysObjectID`, dotted, without a leading dot.
    pub sys_object_id: String,
    /// `sysName`.
    pub sys_name: String,
    /// `sysLocation`.
    pub sys_location: String,
    /// `sysContact`.
    pub sys_contact: String,
    /// The maker, from the enterprise number of `sysObjectID` or ENTITY-MIB.
    pub vendor: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The chassis' serial number; placeholders such as `<private>` are no serial.
    pub serial: Option<String>,
    /// The software's version.
    pub version: Option<String>,
    /// `lldpLocChassisId`, where it is a MAC address: `aa:bb:cc:dd:ee:ff`.
    pub base_mac: Option<String>,
    /// `snmpEngineID` as hex, where SNMPv3 is spoken.
    pub engine_id: Option<String>,
    /// When the device started, by `sysUpTime`.
    pub booted_at: Option<Timestamp>,
}

/// One row of ifTable and ifXTable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InterfaceSeen {
    /// The object key inside the target: `if:<name>`; the interface's id is
    /// `<device>:<name>` with the same name.
    pub key: String,
    /// `ifIndex` now.
    pub if_index: u32,
    /// `ifName`.
    pub name: String,
    /// `ifDescr`.
    pub descr: String,
    /// `ifAlias`.
    pub alias: String,
    /// `ifPhysAddress` as `aa:bb:cc:dd:ee:ff`.
    pub mac: Option<String>,
    /// `ifType` (IANAifType).
    pub if_type: i64,
    /// `ifHighSpeed` or `ifSpeed`, in bits a second; 0 is unknown.
    pub speed_bps: u64,
    /// `ifMtu`.
    pub mtu: Option<i64>,
    /// `ifAdminStatus`.
    pub admin_status: i64,
    /// `ifOperStatus`.
    pub oper_status: i64,
}

/// One row of entPhysicalTable (RFC 6933).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartSeen {
    /// `entPhysicalIndex`.
    pub index: u32,
    /// `entPhysicalContainedIn`.
    pub contained_in: u32,
    /// `entPhysicalClass`: 3 is a chassis, 9 a module.
    pub class: i64,
    /// `entPhysicalDescr`.
    pub descr: String,
    /// `entPhysicalName`.
    pub name: String,
    /// `entPhysicalSerialNum`, if it is one.
    pub serial: Option<String>,
    /// `entPhysicalModelName`.
    pub model: Option<String>,
    /// `entPhysicalMfgName`.
    pub maker: Option<String>,
    /// `entPhysicalHardwareRev`.
    pub hardware_revision: Option<String>,
    /// `entPhysicalSoftwareRev`.
    pub software_revision: Option<String>,
    /// `entPhysicalMfgDate` as `YYYY-MM-DD`, if it is a date.
    pub made_on: Option<String>,
    /// `entPhysicalAssetID`, if somebody wrote one.
    pub asset_tag: Option<String>,
}

/// One row of lldpRemTable (IEEE 802.1AB): what the far end of a cable says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct NeighbourSeen {
    /// The own port: its name where the device tells it, else its number.
    pub local_port: String,
    /// `lldpRemChassisId`: a MAC address as `aa:bb:cc:dd:ee:ff`, or the text as it came.
    pub chassis: String,
    /// `lldpRemPortId`.
    pub port: String,
    /// `lldpRemSysName`.
    pub name: String,
}

/// A trap or an inform of v1 or v2c (RFC 1157, RFC 3416). Anybody can write such a datagram: it is
/// a hint to look, and a state only where the register says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrapSeen {
    /// `snmpTrapOID`, dotted; of a v1 trap as RFC 3584 makes it.
    pub event: String,
    /// Its name in a standard MIB, where it has one.
    pub name: Option<String>,
    /// `1` or `2c`.
    pub version: String,
    /// Whether it wanted an answer.
    pub inform: bool,
    /// `sysUpTime` of the device, in hundredths of a second.
    pub uptime_ticks: Option<u64>,
    /// What it says besides, bounded: name or dotted identifier, and value as text.
    pub varbinds: Vec<(String, String)>,
    /// How many more bindings it had.
    pub left_out: u64,
}

/// One row of ipAddressTable (RFC 4293): an address of the device itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AddressSeen {
    /// The address, without its zone.
    pub address: IpAddr,
    /// The interface that has it: its name where the device tells it, else its index.
    pub interface: String,
}

/// What a TLS endpoint showed when it was looked at. Without a certificate and without a reason
/// for the refusal nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsSeen {
    /// The name that was asked for.
    pub name: Option<String>,
    /// Why there was no handshake, in English.
    pub refused: Option<String>,
    /// `TLS 1.2` or `TLS 1.3`: what was agreed on.
    pub protocol: Option<String>,
    /// As IANA names it: `TLS13_AES_256_GCM_SHA384`.
    pub cipher_suite: Option<String>,
    /// The endpoint's own certificate, if it can be read.
    pub certificate: Option<CertificateSeen>,
    /// Why the chain leads to no authority that the collector knows; none: it does.
    pub chain_fault: Option<String>,
    /// Whether the certificate is for the name; none when no name was asked for.
    pub name_matches: Option<bool>,
}

/// What a certificate (RFC 5280) says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSeen {
    /// Whose it is: `CN=portal.example.vn, O=Example`.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Whether subject and issuer are the same: it vouches for itself.
    pub self_issued: bool,
    /// The DNS names and addresses that it is for.
    pub names: Vec<String>,
    /// Names beyond the limit that were left out.
    pub names_left_out: u64,
    /// The first instant at which it holds.
    pub not_before: Timestamp,
    /// The last instant at which it holds.
    pub not_after: Timestamp,
    /// Its serial number as hex.
    pub serial: String,
    /// `rsa`, `ec p-256`, `ed25519`…
    pub key_type: String,
    /// The size of the key in bits, where it is known.
    pub key_bits: Option<u32>,
    /// How it was signed: `rsa-sha256`, `rsa-sha1`…
    pub signature: String,
}

/// A sensor: a metric of an object with a class and a unit for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SensorSeen {
    /// The object key inside the target: `sensor:<name>`.
    pub key: String,
    /// The metric whose value this is, in base units.
    pub metric: String,
    /// A class of the list in `tw-devices`: `temperature`, `voltage`, `charge`, `state`…
    pub class: String,
    /// The unit of the value: `celsius`, `volts`, `ratio`, `seconds`, `state`.
    pub unit: String,
    /// What the device calls it.
    pub name: String,
    /// For states: the words for the codes, in order.
    pub states: Vec<(i64, String)>,
}

/// Something wrong with a device's answers, named so that a person can act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable word: `oid_not_increasing`, `wrong_request_id`, `truncated`, `too_big`,
    /// `silent_on_bulk`, `too_many_rows`, `bad_text`, `reindexed`, `rebooted`, `auth_failed`…
    pub code: String,
    /// Where and what, in English, for the log and the tooltip.
    pub detail: String,
    /// When it was first seen in this stretch.
    pub since: Timestamp,
    /// How often since then.
    pub count: u64,
}

/// How a collector fares; shown on the Collectors page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CollectorStatus {
    /// The program's version.
    pub version: String,
    /// The configuration's version that it runs.
    pub config_version: u64,
    /// Targets it polls.
    pub targets: u64,
    /// Bytes of the spool on disk.
    pub spool_bytes: u64,
    /// The most that the spool may take.
    pub spool_bytes_max: u64,
    /// Batches that the centre has not acknowledged.
    pub spool_batches: u64,
    /// The oldest of them.
    pub oldest_unsent: Option<Timestamp>,
    /// Records dropped since the start, by reason.
    pub dropped: Vec<(String, u64)>,
    /// Poll rounds since the start.
    pub rounds: u64,
    /// Rounds that began later than their interval allows.
    pub late_rounds: u64,
    /// Resident memory in bytes.
    pub resident_bytes: u64,
    /// Whether the time service says that the clock is set; `None` when none says anything.
    pub clock_synchronised: Option<bool>,
}
