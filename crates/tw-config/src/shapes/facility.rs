//! The tables of the power, cooling and network chain.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** read anything.

use super::{NAME, U32};
use crate::shape::{
    Key,
    Shape::{self, Bool, Day, Id, List, Map, Need, Text},
    may, must,
};
use tw_model::{FacilityKind, FacilitySource, FacilitySystem, Transfer, TrapMeaning, Word};

const FACILITY_INPUT: &[Key] = &[
    must("from", Id, "From which node of the chain."),
    may(
        "transfer",
        Shape::Word(Transfer::words),
        "Who switches over to it (auto).",
    ),
];

const FACILITY_SIGNAL: &[Key] = &[
    may("device", Id, "The device that is asked; the node's own."),
    must("sensor", Text, "The sensor's or the metric's name."),
    may(
        "out_when",
        List(&Text),
        "The node feeds nothing when one holds: a word, < NUMBER or > NUMBER.",
    ),
    may(
        "degraded_when",
        List(&Text),
        "The node works and protects less when one holds.",
    ),
];

const FACILITY_TRAP: &[Key] = &[
    may("device", Id, "The device that sends them; the node's own."),
    must(
        "begins",
        List(&Text),
        "Events (snmpTrapOID, as 1.3.6.1.2.1.33.2.1) after which it is as `means` says.",
    ),
    may("ends", List(&Text), "Events that end it."),
    must(
        "means",
        Shape::Word(TrapMeaning::words),
        "How the node is meanwhile.",
    ),
    may(
        "holds_seconds",
        Shape::Integer {
            min: 1,
            max: 604_800,
        },
        "So long an event holds when it is not told again; then nothing is known.",
    ),
];

const FUEL: &[Key] = &[
    must(
        "hours_at_n",
        U32,
        "Hours that the fuel on site lasts at the design load.",
    ),
    may(
        "consecutive_hours_max",
        U32,
        "The most hours in a row that the maker allows; without it no limit.",
    ),
    must("source", Text, "The document that says so."),
];

pub(crate) const FACILITY: &[Key] = &[
    must("id", Id, "A slug, used once."),
    may(
        "node",
        Id,
        "Its name in the chain, shared by entries that hold one after another (the id).",
    ),
    may("site", Id, "Where it stands; in a site's file that site."),
    must("name", Map(NAME), "What people call it."),
    must("kind", Shape::Word(FacilityKind::words), "What it is."),
    may(
        "system",
        Shape::Word(FacilitySystem::words),
        "Its subsystem, where that is not the kind's.",
    ),
    may(
        "source",
        Shape::Word(FacilitySource::words),
        "What it feeds without being fed, where that is not the kind's.",
    ),
    may("need", Need, "How many of its inputs it needs (any)."),
    may(
        "inputs",
        List(&Map(FACILITY_INPUT)),
        "By what it is fed, the preferred one first.",
    ),
    may("zone", Text, "The fire compartment it stands in."),
    may(
        "srlg",
        List(&Text),
        "Shared-risk groups: a duct, a pole, a riser shared with others.",
    ),
    may("provider", Id, "Whose circuit or entrance it is."),
    may(
        "rating_watts",
        U32,
        "What it can carry, in watts; of cooling the heat it takes away.",
    ),
    may(
        "derate_percent",
        Shape::Integer { min: 1, max: 100 },
        "The share of the rating that may be used (100).",
    ),
    may("demand_watts", U32, "What it draws itself, in watts."),
    may("fuel", Map(FUEL), "Fuel and endurance of a generator."),
    may(
        "fault_takes",
        List(&Id),
        "Nodes that a fault of this one takes with it.",
    ),
    may("device", Id, "The polled device that it is."),
    may("asset", Id, "The asset that it is, where it is no device."),
    may("rack", Id, "The rack that a load stands for."),
    may(
        "trap",
        Map(FACILITY_TRAP),
        "Which traps say how it is, where it has nothing else.",
    ),
    may(
        "signal",
        Map(FACILITY_SIGNAL),
        "Which reading says how it is, where the default does not fit.",
    ),
    may(
        "critical",
        Bool,
        "Whether a load counts for the Tier criteria (true).",
    ),
    may(
        "point_of_use",
        Bool,
        "Whether it belongs to the equipment behind it (false).",
    ),
    must("valid_from", Day, "The first day it is so."),
    may("valid_to", Day, "The last day it is so."),
];
