//! Compares a tree with a shape: gives the JSON that the model reads, the line of every key, and
//! every complaint at once.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** repeat a value in a complaint about a
//! secret.

use crate::{
    problem::Problem,
    shape::{Key, Shape, key_names},
    shapes,
    yaml::{Node, NodeValue},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tw_model::{Day, FacilityNeed, Months, PartialDate, nearest, socket_address};
use tw_units::DeviceId;

/// What is said of a key that must be there and is not.
pub(crate) const MISSING: &str = "the key is missing";

/// A text has at most so many characters.
const TEXT_LENGTH_MAX: usize = 2_000;
/// A structure nests at most so deep while it is read; the model allows less.
const STRUCTURE_DEPTH_MAX: usize = 16;

/// Keys under which people write secrets in the clear.
const SECRET_KEYS: &[&str] = &[
    "community",
    "auth_pass",
    "priv_pass",
    "auth_password",
    "priv_password",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "api_key",
    "private_key",
];

/// A closed list.
type Words = fn() -> Vec<&'static str>;

/// What was read of one entity.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The JSON, without what could not be read; what must be there has a stand-in.
    pub(crate) value: Map<String, Value>,
    /// The line of each path in it, as `rack.u` or `fed_by.0`.
    pub(crate) lines: BTreeMap<String, u32>,
}

/// Reads one map as an entity; `shown` names it in complaints.
pub(crate) fn entity(
    node: &Node,
    keys: &'static [Key],
    (file, shown): (&str, &str),
    problems: &mut Vec<Problem>,
) -> Read {
    let mut reader = Reader {
        file,
        problems,
        lines: BTreeMap::new(),
    };
    let at = Place {
        shown: shown.to_owned(),
        path: String::new(),
    };
    let value = if matches!(node.value, NodeValue::Map(_)) {
        reader.map(node, keys, &at).0
    } else {
        reader.wrong(node, &at, &Shape::Map(keys));
        stand_ins(keys)
    };
    Read {
        value,
        lines: reader.lines,
    }
}

/// Where the reader stands: as people read it, and as the model's findings name it.
struct Place {
    shown: String,
    path: String,
}

impl Place {
    fn key(&self, name: &str) -> Self {
        let join = |left: &str| {
            if left.is_empty() {
                name.to_owned()
            } else {
                format!("{left}.{name}")
            }
        };
        Self {
            shown: join(&self.shown),
            path: join(&self.path),
        }
    }

    fn item(&self, index: usize) -> Self {
        Self {
            shown: format!("{}[{index}]", self.shown),
            path: self.key(&index.to_string()).path,
        }
    }
}

struct Reader<'a> {
    file: &'a str,
    problems: &'a mut Vec<Problem>,
    lines: BTreeMap<String, u32>,
}

impl Reader<'_> {
    fn complain(
        &mut self,
        line: u32,
        at: &Place,
        message: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        self.problems.push(Problem {
            file: self.file.to_owned(),
            line,
            key: if at.shown.is_empty() {
                "-".to_owned()
            } else {
                at.shown.clone()
            },
            message: message.into(),
            allowed: allowed.into(),
        });
    }

    fn wrong(&mut self, node: &Node, at: &Place, shape: &Shape) {
        let message = match &node.value {
            NodeValue::Null => "nothing stands here".to_owned(),
            NodeValue::Text(text) => no(&shorten(text)),
            other => format!("{} cannot stand here", other.what()),
        };
        self.complain(node.line, at, message, shape.allowed());
    }

    /// The value, or `None` after a complaint.
    fn read(&mut self, node: &Node, shape: &Shape, at: &Place) -> Option<Value> {
        self.lines.insert(at.path.clone(), node.line);
        match (shape, &node.value) {
            (Shape::List(item), NodeValue::List(nodes)) => self.list(nodes, item, at),
            (Shape::Map(keys), NodeValue::Map(_)) => {
                let (map, good) = self.map(node, keys, at);
                good.then_some(Value::Object(map))
            }
            (Shape::Table { names, value }, NodeValue::Map(entries)) => {
                self.table(entries, (*names, value), at)
            }
            (Shape::Structure, _) => self.structure(node, at, 0),
            (Shape::RecordedDate, NodeValue::Map(_)) => {
                self.read(node, &Shape::Map(shapes::RECORDED_DATE), at)
            }
            (Shape::RecordedDate, _) => self
                .scalar(node, &Shape::RecordedDate, at)
                .map(|date| json!({ "date": date })),
            _ => self.scalar(node, shape, at),
        }
    }

    fn list(&mut self, nodes: &[Node], item: &Shape, at: &Place) -> Option<Value> {
        let named = |index: usize, node: &Node| match identifier(node) {
            Some(id) => Place {
                shown: format!("{}[{id}]", at.shown),
                path: at.item(index).path,
            },
            None => at.item(index),
        };
        let before = self.problems.len();
        let values: Vec<Value> = nodes
            .iter()
            .enumerate()
            .filter_map(|(index, node)| {
                let place = named(index, node);
                match item {
                    // What is listed inside of an entity may be an entity itself.
                    Shape::Map(keys) if matches!(node.value, NodeValue::Map(_)) => {
                        self.lines.insert(place.path.clone(), node.line);
                        Some(Value::Object(self.map(node, keys, &place).0))
                    }
                    _ => self.read(node, item, &place),
                }
            })
            .collect();
        let whole = values.len() == nodes.len();
        (whole || self.problems.len() == before).then_some(Value::Array(values))
    }

    /// The map with stand-ins for what must be there and is not, and whether all was good.
    fn map(&mut self, node: &Node, keys: &'static [Key], at: &Place) -> (Map<String, Value>, bool) {
        let NodeValue::Map(entries) = &node.value else {
            return (stand_ins(keys), false);
        };
        let before = self.problems.len();
        let mut map = Map::new();
        let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
        for (key, value) in entries {
            let place = at.key(&key.name);
            let Some(known) = keys.iter().find(|known| known.name == key.name) else {
                self.unknown_key(key.line, (&key.name, keys), &place);
                continue;
            };
            if let Some(first) = lines.insert(known.name, key.line) {
                let message = format!("the key stands twice, first in line {first}");
                self.complain(key.line, &place, message, "each key once");
                continue;
            }
            if let Some(value) = self.read(value, &known.shape, &place) {
                map.insert(known.name.to_owned(), value);
            }
        }
        for key in keys.iter().filter(|key| key.must) {
            if !lines.contains_key(key.name) {
                let place = at.key(key.name);
                self.complain(node.line, &place, MISSING, key.shape.allowed());
            }
            if !map.contains_key(key.name) {
                map.insert(key.name.to_owned(), stand_in(&key.shape));
            }
        }
        (map, self.problems.len() == before)
    }

    fn unknown_key(&mut self, line: u32, (name, keys): (&str, &[Key]), at: &Place) {
        if SECRET_KEYS.contains(&name.to_lowercase().as_str()) {
            let references: Vec<&str> = keys
                .iter()
                .map(|key| key.name)
                .filter(|known| known.starts_with(name) && known.len() > name.len())
                .collect();
            let allowed = if references.is_empty() {
                "no secret; name an environment variable, a file or a systemd credential".to_owned()
            } else {
                format!("{}, which say where the secret lies", references.join(", "))
            };
            self.complain(line, at, "a secret is written in the file", allowed);
            return;
        }
        let meant = nearest(name, keys.iter().map(|key| key.name));
        let hint = meant
            .map(|meant| format!(" (did you mean {meant}?)"))
            .unwrap_or_default();
        self.complain(
            line,
            at,
            "the key is unknown",
            format!("{}{hint}", key_names(keys)),
        );
    }

    fn table(
        &mut self,
        entries: &[(crate::yaml::Key, Node)],
        (names, value): (Option<Words>, &Shape),
        at: &Place,
    ) -> Option<Value> {
        let before = self.problems.len();
        let mut map = Map::new();
        for (key, node) in entries {
            let place = at.key(&key.name);
            if let Some(names) = names
                .map(|names| names())
                .filter(|n| !n.contains(&key.name.as_str()))
            {
                let meant = nearest(&key.name, names.iter().copied());
                let hint = meant
                    .map(|meant| format!(" (did you mean {meant}?)"))
                    .unwrap_or_default();
                let allowed = format!("{}{hint}", names.join(", "));
                self.complain(key.line, &place, "the key is unknown", allowed);
            } else if map.contains_key(&key.name) {
                self.complain(key.line, &place, "the key stands twice", "each key once");
            } else if let Some(value) = self.read(node, value, &place) {
                map.insert(key.name.clone(), value);
            }
        }
        (self.problems.len() == before).then_some(Value::Object(map))
    }

    fn structure(&mut self, node: &Node, at: &Place, depth: usize) -> Option<Value> {
        if depth > STRUCTURE_DEPTH_MAX {
            self.complain(
                node.line,
                at,
                "the structure is too deep",
                Shape::Structure.allowed(),
            );
            return None;
        }
        let NodeValue::Map(entries) = &node.value else {
            return self.scalar(node, &Shape::Id, at);
        };
        let names: Vec<&str> = entries.iter().map(|(key, _)| key.name.as_str()).collect();
        let good = matches!(
            names[..],
            ["any" | "all"] | ["at_least", "of"] | ["of", "at_least"]
        );
        if !good {
            let message = format!("the keys {} make no structure", names.join(", "));
            self.complain(node.line, at, message, Shape::Structure.allowed());
            return None;
        }
        let mut map = Map::new();
        for (key, value) in entries {
            let place = at.key(&key.name);
            self.lines.insert(place.path.clone(), value.line);
            let read = match (&value.value, key.name.as_str()) {
                (_, "at_least") => {
                    self.scalar(value, &Shape::Integer { min: 1, max: 1_000 }, &place)?
                }
                (NodeValue::List(parts), _) => {
                    let parts = parts.iter().enumerate();
                    let read =
                        parts.map(|(n, part)| self.structure(part, &place.item(n), depth + 1));
                    Value::Array(read.collect::<Option<Vec<Value>>>()?)
                }
                _ => {
                    self.wrong(value, &place, &Shape::List(&Shape::Id));
                    return None;
                }
            };
            map.insert(key.name.clone(), read);
        }
        Some(Value::Object(map))
    }

    fn scalar(&mut self, node: &Node, shape: &Shape, at: &Place) -> Option<Value> {
        let read = match (&node.value, shape) {
            (NodeValue::Bool(flag), Shape::Bool) => Ok(Value::Bool(*flag)),
            (NodeValue::Number(number, written), Shape::Integer { min, max }) => {
                match number.as_i64().filter(|n| (min..=max).contains(&n)) {
                    Some(number) => Ok(number.into()),
                    None => Err(format!("{written} is out of range or no whole number")),
                }
            }
            (
                _,
                Shape::Bool
                | Shape::Integer { .. }
                | Shape::List(_)
                | Shape::Map(_)
                | Shape::Table { .. },
            ) => {
                self.wrong(node, at, shape);
                return None;
            }
            (NodeValue::Text(text) | NodeValue::Number(_, text), _) => word(text, shape),
            _ => {
                self.wrong(node, at, shape);
                return None;
            }
        };
        match read {
            Ok(value) => Some(value),
            Err(message) => {
                let hint = match (shape, &node.value) {
                    (Shape::Word(words), NodeValue::Text(text)) => {
                        nearest(text, words()).map(|meant| format!(" (did you mean {meant}?)"))
                    }
                    _ => None,
                };
                let allowed = format!("{}{}", shape.allowed(), hint.unwrap_or_default());
                self.complain(node.line, at, message, allowed);
                None
            }
        }
    }
}

/// The JSON of a text of a shape, or what is wrong with it.
fn word(text: &str, shape: &Shape) -> Result<Value, String> {
    let shown = shorten(text);
    let good = match shape {
        Shape::Text => {
            if text.chars().any(char::is_control) {
                return Err("the text has control characters".to_owned());
            }
            if text.chars().count() > TEXT_LENGTH_MAX {
                return Err(format!(
                    "the text has more than {TEXT_LENGTH_MAX} characters"
                ));
            }
            true
        }
        Shape::Word(words) => words().contains(&text),
        Shape::Id => DeviceId::new(text).is_ok(),
        Shape::Environment => is_environment_name(text),
        Shape::Address => socket_address(text).is_some(),
        Shape::Ip => text.parse::<std::net::IpAddr>().is_ok(),
        Shape::Day => {
            return text
                .parse::<Day>()
                .map(|d| d.to_string().into())
                .map_err(|_| no(&shown));
        }
        Shape::Date | Shape::RecordedDate => text.parse::<PartialDate>().is_ok(),
        Shape::Months => text.parse::<Months>().is_ok(),
        Shape::Need => text.parse::<FacilityNeed>().is_ok(),
        _ => false,
    };
    match shape {
        // What is no name of a variable may be the secret itself: it is not repeated.
        Shape::Environment if !good => Err("this is no name of an environment variable".to_owned()),
        _ if !good => Err(no(&shown)),
        Shape::Address => Ok(socket_address(text).map(|a| a.to_string()).into()),
        _ => Ok(text.into()),
    }
}

fn no(shown: &str) -> String {
    format!("{shown:?} cannot stand here")
}

fn shorten(text: &str) -> String {
    const SHOWN_MAX: usize = 60;
    if text.chars().count() <= SHOWN_MAX {
        return text.to_owned();
    }
    text.chars().take(SHOWN_MAX).chain(['…']).collect()
}

fn is_environment_name(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars
        .next()
        .is_some_and(|c| c.is_ascii_uppercase() || c == '_');
    first
        && chars.all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        && text.len() <= 128
}

/// The `id`, `tag` or `name` of a map in a list, where it is plain enough to be shown.
pub(crate) fn identifier(node: &Node) -> Option<&str> {
    let NodeValue::Map(entries) = &node.value else {
        return None;
    };
    let text = |wanted: &str| {
        let (_, node) = entries.iter().find(|(key, _)| key.name == wanted)?;
        match &node.value {
            NodeValue::Text(text) | NodeValue::Number(_, text) => Some(text.as_str()),
            _ => None,
        }
    };
    let found = text("id")
        .or_else(|| text("tag"))
        .or_else(|| text("name"))?;
    DeviceId::new(found).is_ok().then_some(found)
}

/// A value that keeps the rest of an entity readable after a complaint; it is never applied.
fn stand_in(shape: &Shape) -> Value {
    match shape {
        Shape::Text => "?".into(),
        Shape::Word(words) => words().first().copied().unwrap_or("?").into(),
        Shape::Id | Shape::Structure => "unknown".into(),
        Shape::Environment => "UNKNOWN".into(),
        Shape::Address => "192.0.2.1:161".into(),
        Shape::Ip => "192.0.2.1".into(),
        Shape::Day | Shape::Date => "2000-01-01".into(),
        Shape::RecordedDate => json!({ "date": "2000-01-01" }),
        Shape::Months => "60mo".into(),
        Shape::Need => "any".into(),
        Shape::Bool => false.into(),
        Shape::Integer { max, .. } => (*max).into(),
        Shape::List(_) => Value::Array(Vec::new()),
        Shape::Map(keys) => Value::Object(stand_ins(keys)),
        Shape::Table { .. } => Value::Object(Map::new()),
    }
}

fn stand_ins(keys: &[Key]) -> Map<String, Value> {
    let must = keys.iter().filter(|key| key.must);
    must.map(|key| (key.name.to_owned(), stand_in(&key.shape)))
        .collect()
}
