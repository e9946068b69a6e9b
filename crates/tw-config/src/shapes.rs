//! The tables: what may stand in the files of an inventory.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** read anything; a test compares the
//! tables with the fields of the model.

mod equipment;
mod facility;
mod money;

use crate::shape::{Key, Shape, may, must, up_to};
use tw_model::{
    AuthProtocol, CircuitStage, DeviceClass, Face, Kind, POLL_SECONDS_MAX, PrivProtocol, ProbeKind,
    ServiceKind, SnmpVersion, TierLevel, TierStandard, Word,
};

mod security;
pub(crate) use security::{FIRMWARE, INFORMATION_SYSTEM, SECURITY_LEVEL};

pub(crate) use equipment::{
    AGE_POLICY, ASSET, MANUFACTURER, MODEL, PURCHASE, RECORDED_DATE, WAIVER,
};
pub(crate) use facility::FACILITY;
pub(crate) use money::{EQUIPMENT_CONTRACT, PLAN_POLICY, PRICE};

use Shape::{Address, Bool, Day, Environment, Id, Ip, List, Map, Structure, Text};

const U32: Shape = up_to(u32::MAX as i64);
const U16: Shape = up_to(u16::MAX as i64);
const LARGE: Shape = up_to(i64::MAX);
const PPM: Shape = up_to(1_000_000);

pub(crate) const NAME: &[Key] = &[
    must("en", Text, "In English."),
    may("vi", Text, "In Vietnamese."),
];

pub(crate) const ORGANISATION: &[Key] = &[
    must("id", Id, "A slug."),
    must("name", Map(NAME), "Its name."),
    must(
        "timezone",
        Text,
        "The IANA time zone in which \"today\" is decided, as Asia/Ho_Chi_Minh.",
    ),
    may(
        "simulated",
        Bool,
        "Whether this register is made up for a demonstration.",
    ),
    may(
        "equipment_budget_vnd",
        LARGE,
        "What is spent on equipment in a year, in VND.",
    ),
    may(
        "note",
        Map(NAME),
        "What a reader must know about these data.",
    ),
];

pub(crate) const UNIT: &[Key] = &[
    must("id", Id, "A slug."),
    must("name", Map(NAME), "Its name."),
    may("parent", Id, "The unit above; none for a top unit."),
    may("site", Id, "Where it sits."),
];

pub(crate) const PERSON: &[Key] = &[
    must("id", Id, "The staff code."),
    must("name", Text, "Full name."),
    must("unit", Id, "The unit they work in."),
    may("title", Text, "Their position."),
    may("email", Text, "Where to write to them."),
    may("active", Bool, "Whether they work here now (true)."),
];

const TIER_TARGET: &[Key] = &[
    must("standard", Shape::Word(TierStandard::words), "Whose level."),
    must("level", Shape::Word(TierLevel::words), "Which level."),
    must(
        "downtime_ppm",
        PPM,
        "How long the load may be down, in parts per million of the time.",
    ),
    must(
        "valid_from",
        Day,
        "The first day it holds; it ends where the next begins.",
    ),
];

const COLLECTOR: &[Key] = &[
    must("id", Id, "The collector's id."),
    may(
        "canaries",
        List(&Id),
        "Devices whose answers prove that the collector's network is well.",
    ),
    may(
        "observers",
        List(&Id),
        "Further collectors at the site that watch its load witnesses.",
    ),
];

pub(crate) const SITE: &[Key] = &[
    must("id", Id, "A slug."),
    must("name", Map(NAME), "Its name."),
    must(
        "timezone",
        Text,
        "The IANA time zone of its months and maintenance windows.",
    ),
    may(
        "tier_targets",
        List(&Map(TIER_TARGET)),
        "What it must reach, oldest first.",
    ),
    may(
        "availability",
        Structure,
        "When its service is up, in terms of load witnesses.",
    ),
    may(
        "collector",
        Map(COLLECTOR),
        "Its collector; without it the centre polls the site.",
    ),
    may("street", Text, "Street address."),
];

pub(crate) const RACK: &[Key] = &[
    must("id", Id, "A slug."),
    must("name", Text, "Its label."),
    must("u_height", U16, "Its height in rack units."),
    may("power_watts", U32, "What its feeds may carry, in watts."),
];

pub(crate) const ROOM: &[Key] = &[
    must("id", Id, "A slug."),
    must("name", Map(NAME), "Its name."),
    may(
        "floor",
        Shape::Integer { min: -20, max: 200 },
        "The floor; 0 is the ground floor.",
    ),
    may("racks", List(&Map(RACK)), "The racks that stand in it."),
];

pub(crate) const BUILDING: &[Key] = &[
    must("id", Id, "A slug."),
    must("name", Map(NAME), "Its name."),
    may("site", Id, "Where it stands; in a site's file that site."),
    may("rooms", List(&Map(ROOM)), "Its rooms."),
];

pub(crate) const PROVIDER: &[Key] = &[
    must("id", Id, "A slug."),
    must("name", Map(NAME), "Its name."),
    may("contact", Text, "Where faults are reported."),
];

const SNMP: &[Key] = &[
    must(
        "version",
        Shape::Word(SnmpVersion::words),
        "Protocol version.",
    ),
    may(
        "community_env",
        Environment,
        "The environment variable that holds the community.",
    ),
    may("community_file", Text, "The file that holds the community."),
    may(
        "community_credential",
        Text,
        "The systemd credential that holds the community.",
    ),
    may("user", Text, "User name (v3)."),
    may(
        "auth",
        Shape::Word(AuthProtocol::words),
        "Authentication (v3).",
    ),
    may(
        "auth_pass_env",
        Environment,
        "The environment variable that holds its password.",
    ),
    may("auth_pass_file", Text, "The file that holds its password."),
    may(
        "auth_pass_credential",
        Text,
        "The systemd credential that holds its password.",
    ),
    may("priv", Shape::Word(PrivProtocol::words), "Encryption (v3)."),
    may(
        "priv_pass_env",
        Environment,
        "The environment variable that holds its password.",
    ),
    may("priv_pass_file", Text, "The file that holds its password."),
    may(
        "priv_pass_credential",
        Text,
        "The systemd credential that holds its password.",
    ),
    may("context", Text, "Context name (v3)."),
    may(
        "stored",
        Bool,
        "Whether the secrets lie sealed in the centre's store.",
    ),
];

pub(crate) const CREDENTIAL: &[Key] = &[
    must("id", Id, "A slug."),
    may("name", Text, "What people call it."),
    must(
        "snmp",
        Map(SNMP),
        "For SNMP; secrets are named, never written.",
    ),
];

pub(crate) const RACK_POSITION: &[Key] = &[
    must("id", Id, "The rack."),
    must("u", U16, "The lowest unit it takes, from 1 at the bottom."),
    may("height_u", U16, "How many units it takes (1)."),
    may(
        "face",
        Shape::Word(Face::words),
        "The face it is mounted on (front).",
    ),
    may("full_depth", Bool, "Whether it takes both faces (true)."),
];

const INTERFACE: &[Key] = &[
    must(
        "name",
        Text,
        "ifName with every character outside of A-Za-z0-9._~- replaced by -.",
    ),
    may("description", Text, "What it is for."),
    may(
        "speed_bps",
        LARGE,
        "What it should run at, in bits a second.",
    ),
];

const TLS_ENDPOINT: &[Key] = &[
    must("address", Address, "Where it listens."),
    may(
        "name",
        Text,
        "The name that users call it by; its certificate must be for it.",
    ),
    may("service", Id, "The service that answers there."),
];

pub(crate) const DEVICE: &[Key] = &[
    must("id", Id, "The slug that names it everywhere."),
    must("name", Text, "What people call it."),
    must("class", Shape::Word(DeviceClass::words), "What it is."),
    may("site", Id, "Where it stands; in a site's file that site."),
    may("role", Text, "Its part in the network, as core or access."),
    may(
        "address",
        Address,
        "Where its agent listens; without it the device is not polled.",
    ),
    may(
        "credential",
        Id,
        "How it is spoken to; without it, it is only pinged.",
    ),
    may(
        "poll_seconds",
        Shape::Integer {
            min: 1,
            max: POLL_SECONDS_MAX as i64,
        },
        "Seconds between polls (60).",
    ),
    may("rack", Map(RACK_POSITION), "Where it is mounted."),
    may(
        "witness",
        Bool,
        "Whether its being up proves that the datacentre feeds its load.",
    ),
    may("vendor", Text, "Who made it."),
    may("model", Text, "Its model."),
    may("serial", Text, "Its serial number."),
    may("asset", Id, "The tag of the asset that it is."),
    may("ip", List(&Ip), "Its other addresses."),
    may(
        "interfaces",
        List(&Map(INTERFACE)),
        "Interfaces that are declared.",
    ),
    may("fed_by", List(&Id), "The devices that feed it with power."),
    may(
        "reached_via",
        List(&Id),
        "The devices through which its site's collector reaches it, each a way of its own.",
    ),
    may(
        "tls",
        List(&Map(TLS_ENDPOINT)),
        "Where it answers with TLS, to be looked at.",
    ),
];

const CIRCUIT_END: &[Key] = &[
    must("device", Id, "The device it is plugged into."),
    must("interface", Text, "The interface's name."),
];

const CONTRACT: &[Key] = &[
    must(
        "downtime_ppm",
        PPM,
        "How long it may be down, in parts per million of a month.",
    ),
    may(
        "rtt_ms",
        U32,
        "The round-trip time not to be exceeded, in milliseconds.",
    ),
    may(
        "loss_ppm",
        PPM,
        "The loss not to be exceeded, in parts per million of packets.",
    ),
    may(
        "jitter_ms",
        U32,
        "The jitter not to be exceeded, in milliseconds.",
    ),
];

const PROBE: &[Key] = &[
    must("kind", Shape::Word(ProbeKind::words), "The protocol."),
    must("interval_ms", U32, "Milliseconds between probes."),
    must(
        "a",
        Address,
        "What answers at the A end; probes from there come from this IP address.",
    ),
    must(
        "z",
        Address,
        "What answers at the Z end; probes from there come from this IP address.",
    ),
];

pub(crate) const CIRCUIT: &[Key] = &[
    must("id", Id, "A slug."),
    may("name", Map(NAME), "Its name."),
    must("a", Map(CIRCUIT_END), "One end."),
    must("z", Map(CIRCUIT_END), "The other end."),
    must(
        "commit_bps",
        LARGE,
        "The rate that is paid for, in bits a second and each direction.",
    ),
    may("provider", Id, "Who provides it."),
    may("provider_number", Text, "The provider's own number for it."),
    may(
        "stage",
        Shape::Word(CircuitStage::words),
        "How far it is (operation).",
    ),
    may(
        "redundancy",
        Text,
        "Circuits with the same word back each other up.",
    ),
    may("contract", Map(CONTRACT), "What is promised."),
    may("probe", Map(PROBE), "How it is measured."),
    may("monthly_vnd", LARGE, "What it costs a month, in VND."),
];

pub(crate) const SERVICE: &[Key] = &[
    must("id", Id, "A slug."),
    must("name", Map(NAME), "Its name."),
    must("kind", Shape::Word(ServiceKind::words), "What it is."),
    may("unit", Id, "The unit that answers for it."),
    may("site", Id, "Where it runs; none for another agency's."),
    may(
        "level",
        Shape::Integer { min: 1, max: 4 },
        "The level of an online public service.",
    ),
    may("users", U32, "How many people use it."),
    may(
        "security_level",
        Shape::Integer { min: 1, max: 5 },
        "The information system's security level.",
    ),
    may("runs_on", List(&Id), "The devices it runs on."),
    may(
        "depends",
        List(&Id),
        "The services it needs; for a public service its system.",
    ),
];

/// Every other YAML file of an inventory.
pub(crate) const FILE: &[Key] = &[
    may("organisation", Map(ORGANISATION), "Who owns all this."),
    may("site", Map(SITE), "The site that this file is about."),
    may("units", List(&Map(UNIT)), "Departments, offices, centres."),
    may("people", List(&Map(PERSON)), "Staff; usually people.csv."),
    may(
        "credentials",
        List(&Map(CREDENTIAL)),
        "How devices are spoken to.",
    ),
    may("providers", List(&Map(PROVIDER)), "Who sells circuits."),
    may(
        "buildings",
        List(&Map(BUILDING)),
        "Buildings with their rooms and racks.",
    ),
    may(
        "devices",
        List(&Map(DEVICE)),
        "What is polled, or at least mounted.",
    ),
    may(
        "circuits",
        List(&Map(CIRCUIT)),
        "WAN circuits between sites.",
    ),
    may("services", List(&Map(SERVICE)), "What people use."),
    may(
        "facility",
        List(&Map(FACILITY)),
        "The power, cooling and network chain, with valid time.",
    ),
    may(
        "manufacturers",
        List(&Map(MANUFACTURER)),
        "Who makes equipment.",
    ),
    may(
        "models",
        List(&Map(MODEL)),
        "Models with what their makers say of them; also models.csv.",
    ),
    may("purchases", List(&Map(PURCHASE)), "Orders and invoices."),
    may(
        "assets",
        List(&Map(ASSET)),
        "What is owned; usually assets.csv.",
    ),
    may("prices", List(&Map(PRICE)), "What things cost now."),
    may(
        "contracts",
        List(&Map(EQUIPMENT_CONTRACT)),
        "Warranties, support and leases.",
    ),
    may(
        "security_levels",
        List(&Map(SECURITY_LEVEL)),
        "The scheme by which information systems are protected.",
    ),
    may(
        "systems",
        List(&Map(INFORMATION_SYSTEM)),
        "Information systems with their security levels.",
    ),
    may(
        "firmware",
        List(&Map(FIRMWARE)),
        "What firmware counts as good.",
    ),
    may(
        "waivers",
        List(&Map(WAIVER)),
        "Permissions to keep what is too old.",
    ),
];

/// The kind and the keys of the entities under a top key of [`FILE`].
pub(crate) fn entities(top: &str) -> Option<(Kind, &'static [Key])> {
    Some(match top {
        "organisation" => (Kind::Organisation, ORGANISATION),
        "site" => (Kind::Site, SITE),
        "units" => (Kind::Unit, UNIT),
        "people" => (Kind::Person, PERSON),
        "credentials" => (Kind::Credential, CREDENTIAL),
        "providers" => (Kind::Provider, PROVIDER),
        "buildings" => (Kind::Building, BUILDING),
        "devices" => (Kind::Device, DEVICE),
        "circuits" => (Kind::Circuit, CIRCUIT),
        "services" => (Kind::Service, SERVICE),
        "manufacturers" => (Kind::Manufacturer, MANUFACTURER),
        "models" => (Kind::Model, MODEL),
        "purchases" => (Kind::Purchase, PURCHASE),
        "assets" => (Kind::Asset, ASSET),
        "facility" => (Kind::FacilityNode, FACILITY),
        "prices" => (Kind::Price, PRICE),
        "contracts" => (Kind::Contract, EQUIPMENT_CONTRACT),
        "security_levels" => (Kind::SecurityLevel, SECURITY_LEVEL),
        "systems" => (Kind::InformationSystem, INFORMATION_SYSTEM),
        "firmware" => (Kind::Firmware, FIRMWARE),
        "waivers" => (Kind::Waiver, WAIVER),
        _ => return None,
    })
}
