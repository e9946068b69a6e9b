//! The tables of equipment: assets, models, purchases, waivers, and the age policy.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** read anything; a test compares the
//! tables with the fields of the model.

use super::{LARGE, NAME, RACK_POSITION, U16, U32};
use crate::shape::{Key, Shape, may, must};
use tw_model::{
    AccountingClass, AssetClass, AssetStatus, Binding, ComponentKind, DateKind, EndDate,
    WaiverProof, Word,
};

use Shape::{Bool, Date, Day, Id, List, Map, Months, RecordedDate, Table, Text};

pub(crate) const MANUFACTURER: &[Key] = &[
    must("id", Id, "A slug."),
    must("name", Map(NAME), "Its name."),
    may(
        "aliases",
        List(&Text),
        "Other names under which it stands in registers.",
    ),
];

pub(crate) const MODEL: &[Key] = &[
    must("id", Id, "A slug."),
    must("manufacturer", Id, "Who makes it."),
    must("part_number", Text, "The maker's number for it."),
    may("name", Text, "What people call it."),
    must("class", Shape::Word(AssetClass::words), "What it is."),
    may(
        "u_height",
        U16,
        "Its height in rack units, halves rounded up.",
    ),
    may("typical_watts", U32, "What it usually draws, in watts."),
    may("max_watts", U32, "What it draws at most, in watts."),
    may("released", Date, "When it came to market."),
    may("end_of_sale", Date, "When it could be bought last."),
    may(
        "end_of_security",
        Date,
        "When its maker stops to close security holes.",
    ),
    may(
        "end_of_support",
        Date,
        "When its maker stops to repair and to answer.",
    ),
    may("source_url", Text, "Where the maker says so."),
    may(
        "checked_on",
        Day,
        "When somebody last compared this with what the maker says.",
    ),
    may("note", Text, "Anything else."),
];

pub(crate) const PURCHASE: &[Key] = &[
    must("id", Id, "A slug."),
    may("order_number", Text, "The number of the order."),
    may(
        "decision",
        Text,
        "The number of the decision that allowed it.",
    ),
    may("supplier", Text, "Who sold it."),
    may("invoice", Text, "The number of the invoice."),
    may("date", Date, "The date of the invoice."),
    may("amount_vnd", LARGE, "What was paid in all, in whole VND."),
    may("note", Text, "Anything else."),
];

pub(crate) const WAIVER: &[Key] = &[
    must("id", Id, "A slug."),
    must("assets", List(&Id), "For which assets, by tag."),
    must("granted_on", Day, "The first day."),
    must("expires_on", Day, "The last day."),
    must("requester", Id, "Who asked for it."),
    may("approver", Id, "Who allowed it; another person."),
    may("reason", Text, "Why."),
    may("document", Text, "The decision's number."),
    may("compensating_control", Text, "What is done instead."),
];

const DATES: Shape = Table {
    names: Some(DateKind::words),
    value: &RecordedDate,
};

const COMPONENT: &[Key] = &[
    must("name", Text, "Its place in the whole, as battery-1."),
    must(
        "kind",
        Shape::Word(ComponentKind::words),
        "What it is; the age policy has rules by it.",
    ),
    may("model", Text, "Its model."),
    may("serial", Text, "Its serial number."),
    may("dates", DATES, "The dates known of it."),
];

const PLACE: &[Key] = &[
    must("site", Id, "The site."),
    may("room", Id, "The room, where rooms are in the register."),
    may("detail", Text, "The desk, shelf or office in words."),
];

pub(crate) const ASSET: &[Key] = &[
    must("tag", Id, "The tag glued to it."),
    must("class", Shape::Word(AssetClass::words), "What it is."),
    must(
        "status",
        Shape::Word(AssetStatus::words),
        "Where it is in its life.",
    ),
    may("manufacturer", Text, "Who made it."),
    may("model", Text, "Its model."),
    may("serial", Text, "Its serial number."),
    may("dates", DATES, "The dates known of it."),
    may("unit", Id, "The unit that keeps it."),
    may("custodian", Id, "The person who keeps it."),
    may(
        "primary",
        Bool,
        "Whether it is its custodian's primary computer.",
    ),
    may("place", Map(PLACE), "Where it is."),
    may("price_vnd", LARGE, "What was paid for it, in VND."),
    may("device", Id, "The device of the inventory that it is."),
    may("no_serial", Text, "Why it has no serial number."),
    may(
        "rack",
        Map(RACK_POSITION),
        "Where it is mounted, if no device of the inventory says so.",
    ),
    may(
        "accounting",
        Shape::Word(AccountingClass::words),
        "How it stands in the books.",
    ),
    may("purchase", Id, "With which purchase it came."),
    may(
        "components",
        List(&Map(COMPONENT)),
        "Its parts that age or move apart.",
    ),
    may(
        "custom",
        Table {
            names: None,
            value: &Text,
        },
        "Fields of the organisation's own.",
    ),
    may("note", Text, "Anything else."),
];

pub(crate) const RECORDED_DATE: &[Key] = &[
    must("date", Date, "The date, as precisely as it is known."),
    may("source", Text, "The document or the count that says so."),
    may("document", Text, "The document's number or address."),
];

const BASIS: Shape = List(&Shape::Word(DateKind::words));

const COMPONENT_RULE: &[Key] = &[
    must("max_age", Months, "Over from the day after this span."),
    may(
        "basis",
        BASIS,
        "Which date counts: the first of these that is known.",
    ),
];

const AGE_RULE: &[Key] = &[
    must("max_age", Months, "Over from the day after this span."),
    may(
        "basis",
        BASIS,
        "Which date counts: the first of these that is known.",
    ),
    may(
        "per_person",
        Bool,
        "Whether compliance is also counted by person.",
    ),
    may(
        "also",
        List(&Shape::Word(EndDate::words)),
        "Other ends that count.",
    ),
    may(
        "max_technology_age",
        Months,
        "The longest age of its technology, from manufacture or the model's release.",
    ),
    may(
        "binds",
        Shape::Word(Binding::words),
        "Which clock decides (age).",
    ),
    may(
        "components",
        Table {
            names: None,
            value: &Map(COMPONENT_RULE),
        },
        "Parts that age apart.",
    ),
];

const WAIVERS: &[Key] = &[
    must("max_length", Months, "The longest span."),
    may(
        "need",
        List(&Shape::Word(WaiverProof::words)),
        "What a waiver must bring.",
    ),
];

const GROUP: &[Key] = &[
    must("name", Map(NAME), "What it is called."),
    must("titles", List(&Text), "Whose position is one of these."),
];

/// `policies/age.yaml`.
pub(crate) const AGE_POLICY: &[Key] = &[
    must(
        "timezone",
        Text,
        "The IANA time zone in which \"today\" is decided.",
    ),
    must(
        "default",
        Map(AGE_RULE),
        "The rule of classes that are not listed.",
    ),
    may(
        "classes",
        Table {
            names: Some(AssetClass::words),
            value: &Map(AGE_RULE),
        },
        "Rules by class.",
    ),
    may("waivers", Map(WAIVERS), "What a waiver may be."),
    may(
        "groups",
        Table {
            names: None,
            value: &Map(GROUP),
        },
        "Groups of staff that are counted apart.",
    ),
];
