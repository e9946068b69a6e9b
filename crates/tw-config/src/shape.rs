//! The words of which tables of shapes are made: what may stand at one place of a file.
//!
//! **Room:** layer 1. **May use:** `tw-model`.

/// What may stand at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Any text. A number is taken as it was written.
    Text,
    /// A word of a closed list.
    Word(fn() -> Vec<&'static str>),
    /// An identifier.
    Id,
    /// The name of an environment variable.
    Environment,
    /// An IP address with or without a port.
    Address,
    /// An IP address.
    Ip,
    /// A day.
    Day,
    /// A date of any precision.
    Date,
    /// A date of any precision, alone or as `{date, source}`.
    RecordedDate,
    /// A span of months.
    Months,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A list of equals.
    List(&'static Shape),
    /// A fixed set of keys.
    Map(&'static [Key]),
    /// Free keys, or keys of a closed list, with values of one shape.
    Table {
        /// The closed list.
        names: Option<fn() -> Vec<&'static str>>,
        /// The values.
        value: &'static Shape,
    },
    /// An availability structure.
    Structure,
    /// How many inputs are needed: `any`, `all` or a number.
    Need,
}

/// One key of a map.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// The key.
    pub(crate) name: &'static str,
    /// What stands there.
    pub(crate) shape: Shape,
    /// Whether it must be there.
    pub(crate) must: bool,
    /// One sentence for the editor.
    pub(crate) about: &'static str,
}

/// A key that must be there.
pub(crate) const fn must(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        shape,
        must: true,
        about,
    }
}

/// A key that may be there.
pub(crate) const fn may(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        shape,
        must: false,
        about,
    }
}

/// A whole number that is not negative.
pub(crate) const fn up_to(max: i64) -> Shape {
    Shape::Integer { min: 0, max }
}

impl Shape {
    /// What is allowed, for a message.
    pub(crate) fn allowed(&self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Word(words) => words().join(", "),
            Self::Id => {
                "1 to 128 letters (a-z, A-Z), digits and - . _ : ~, beginning with a letter or digit"
                    .to_owned()
            }
            Self::Environment => {
                "the name of an environment variable: A-Z, 0-9 and _, beginning with a letter or _"
                    .to_owned()
            }
            Self::Address => "an IP address and port, as 10.0.0.1:161 or [2001:db8::1]:161".to_owned(),
            Self::Ip => "an IP address, as 10.0.0.1 or 2001:db8::1".to_owned(),
            Self::Day => "a day, as 2018-07-01".to_owned(),
            Self::Date => "2019, 2019-Q2, 2019-06, 2019-W23 or 2019-06-03".to_owned(),
            Self::RecordedDate => {
                "2019, 2019-Q2, 2019-06, 2019-W23 or 2019-06-03, or {date, source}".to_owned()
            }
            Self::Months => "a span of months, as 60mo or 5y".to_owned(),
            Self::Bool => "true, false".to_owned(),
            Self::Need => "any, all or a number from 1".to_owned(),
            Self::Integer { min, max: i64::MAX } => format!("a whole number from {min}"),
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::List(_) => "a list".to_owned(),
            Self::Map(keys) => format!("a group of the keys {}", key_names(keys)),
            Self::Table { names: Some(names), .. } => names().join(", "),
            Self::Table { names: None, .. } => "a group of keys".to_owned(),
            Self::Structure => {
                "a device, {any: […]}, {all: […]} or {at_least: N, of: […]}".to_owned()
            }
        }
    }
}

/// The keys of a map, for a message.
pub(crate) fn key_names(keys: &[Key]) -> String {
    keys.iter()
        .map(|key| key.name)
        .collect::<Vec<_>>()
        .join(", ")
}
