//! The tables of the security register: levels, information systems, firmware.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** read anything.

use super::NAME;
use crate::shape::{
    Key,
    Shape::{self, Date, Day, Id, Ip, List, Map, Text},
    may, must,
};

const LEVEL: Shape = Shape::Integer { min: 1, max: 5 };

pub(crate) const SECURITY_LEVEL: &[Key] = &[
    must("id", Id, "A slug."),
    must("level", LEVEL, "Its number; a higher one asks for more."),
    must("name", Map(NAME), "Its name."),
    may("meaning", Map(NAME), "What belongs there, in short."),
    must("source", Text, "The text and the article that say so."),
    may("source_url", Text, "Where it can be read."),
    may(
        "checked_on",
        Day,
        "When somebody last compared this with the text in force.",
    ),
];

const APPROVAL: &[Key] = &[
    must("decision", Text, "The decision's number."),
    must("date", Day, "Its day."),
];

pub(crate) const INFORMATION_SYSTEM: &[Key] = &[
    must("id", Id, "A slug."),
    must("name", Map(NAME), "Its name."),
    may("owner", Map(NAME), "Who answers for it by law."),
    may("unit", Id, "The unit that runs it."),
    may("level", LEVEL, "Its security level; none: not classified."),
    may(
        "approval",
        Map(APPROVAL),
        "The decision on the level; none: proposed, not approved.",
    ),
    may("services", List(&Id), "The services it gives."),
    may(
        "devices",
        List(&Id),
        "The devices it stands on, besides those of its services.",
    ),
    may(
        "assets",
        List(&Id),
        "The assets that belong to it and are no devices.",
    ),
    may("addresses", List(&Ip), "Where its users reach it."),
    may("note", Map(NAME), "Anything else."),
];

pub(crate) const FIRMWARE: &[Key] = &[
    must("id", Id, "A slug."),
    must("vendor", Text, "The maker; capitals do not matter."),
    may("model", Text, "How the model's name begins; none: all."),
    may("train", Text, "How the version begins; none: all."),
    may(
        "minimum",
        Text,
        "The least version that has the known holes closed.",
    ),
    may("released", Date, "When that version came out."),
    may(
        "end_of_security",
        Date,
        "When the maker stops to close holes in these versions.",
    ),
    must("source", Text, "The maker's notice that says so."),
    may("source_url", Text, "Where it can be read."),
    may(
        "checked_on",
        Day,
        "When somebody last compared this with what the maker says.",
    ),
];
