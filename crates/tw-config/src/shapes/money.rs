//! The tables of money: the policy of plans, prices, contracts.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** read anything; a test compares the
//! tables with the fields of the model.

use super::{LARGE, NAME, U16, U32};
use crate::shape::{Key, Shape, may, must, up_to};
use tw_model::{AssetClass, ContractKind, Remedy, Word};

use Shape::{Bool, Day, Id, List, Map, Table, Text};

const WEIGHTS: &[Key] = &[
    must(
        "person",
        U32,
        "Points for a member of staff whose primary computer is older than the rule allows.",
    ),
    must("equipment", U32, "Points for any other asset that is."),
    must(
        "outage_per_million_vnd",
        U32,
        "Points for each million VND of expected outage cost a year that goes away.",
    ),
    must(
        "security_per_level",
        U32,
        "Points for the end of security updates, times the security level.",
    ),
    must("support", U32, "Points for the end of the maker's support."),
    must(
        "energy_per_million_vnd",
        U32,
        "Points for each million VND of electricity saved in five years.",
    ),
];

const ENVELOPE: &[Key] = &[
    must("year", U16, "The budget year, which is the calendar year."),
    must("investment_vnd", LARGE, "For what is bought once, in VND."),
    must(
        "recurrent_vnd",
        LARGE,
        "For what is paid every year, in VND.",
    ),
];

const FAILURE_PRIOR: &[Key] = &[
    must(
        "within_per_1000_years",
        U32,
        "Failures in a thousand device years, within the age rule.",
    ),
    must("over_per_1000_years", U32, "The same when it is older."),
    must(
        "outage_vnd",
        LARGE,
        "What one failure costs when nothing backs the asset up, in VND.",
    ),
    must("source", Text, "Where the numbers are from."),
];

const PLAN_SET: &[Key] = &[
    must("id", Id, "Its name, once in the file."),
    may("name", Map(NAME), "What it is."),
    must("assets", List(&Id), "Which assets."),
    may("together", Bool, "All are replaced or none (false)."),
    may(
        "one_a_quarter",
        Bool,
        "They back each other up: at most one is worked on in a quarter (false).",
    ),
    may(
        "impact_percent",
        up_to(100),
        "How much of the outage cost remains when one of them fails (100).",
    ),
];

/// `policies/plan.yaml`.
pub(crate) const PLAN_POLICY: &[Key] = &[
    must("weights", Map(WEIGHTS), "How much each reason counts."),
    must(
        "uncertain_percent",
        up_to(100),
        "How much of a reason counts when the age is uncertain or contradictory.",
    ),
    must(
        "unknown_percent",
        up_to(100),
        "How much of it counts when the age is not known.",
    ),
    must(
        "electricity_vnd_per_kwh",
        U32,
        "What a kilowatt-hour costs, in VND.",
    ),
    must(
        "envelopes",
        List(&Map(ENVELOPE)),
        "What may be spent, by year.",
    ),
    may(
        "capacity_per_quarter",
        U32,
        "How many assets can be installed in a quarter.",
    ),
    may(
        "failures",
        Table {
            names: Some(AssetClass::words),
            value: &Map(FAILURE_PRIOR),
        },
        "Failures by class.",
    ),
    may(
        "security_levels",
        Table {
            names: Some(AssetClass::words),
            value: &Shape::Integer { min: 1, max: 5 },
        },
        "The security level of what assets of a class serve, where nothing better is known.",
    ),
    may("sets", List(&Map(PLAN_SET)), "Assets that belong together."),
];

pub(crate) const PRICE: &[Key] = &[
    must("id", Id, "A slug."),
    must("remedy", Shape::Word(Remedy::words), "What is done."),
    must(
        "class",
        Shape::Word(AssetClass::words),
        "For assets of this class.",
    ),
    may("manufacturer", Text, "Only for this maker's."),
    may("model", Text, "Only for this model."),
    may("name", Map(NAME), "What is bought."),
    must(
        "cost_vnd",
        LARGE,
        "What it costs, all in all; for support and leases a year; in VND.",
    ),
    must("source", Text, "Where the price is from."),
    must(
        "valid_from",
        Day,
        "The first day it holds; the next price of the same thing ends it.",
    ),
    may(
        "saves_w",
        U32,
        "How much less power it draws than what it replaces, in watts.",
    ),
];

/// A contract about equipment; what a circuit's provider promises is `CONTRACT`.
pub(crate) const EQUIPMENT_CONTRACT: &[Key] = &[
    must("id", Id, "Its number as an identifier."),
    must(
        "kind",
        Shape::Word(ContractKind::words),
        "What it promises.",
    ),
    must("name", Map(NAME), "What it is about."),
    must("supplier", Text, "With whom."),
    must("start", Day, "The first day."),
    may("end", Day, "The last day; without it there is no end."),
    may("sla", Text, "What is promised, in words."),
    may(
        "yearly_vnd",
        LARGE,
        "What it costs a year, in VND; left out where it was paid with the purchase.",
    ),
    may("unit", Id, "The unit that answers for it."),
    may("assets", List(&Id), "The assets it covers."),
];
