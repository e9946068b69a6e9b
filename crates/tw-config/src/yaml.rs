//! The one wrapper around the YAML library: a text becomes a tree whose nodes know their line.
//!
//! **Room:** layer 1. **May use:** nothing of ours.
//!
//! Scalars keep the text that was written beside their YAML 1.2 type, so `0123`, `1.10` and `no`
//! can be read as texts where a text is wanted. Anchors, aliases and merge keys are not accepted:
//! a line must mean what stands in it. Repeated keys are kept for the reader to complain about.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Budget, DuplicateKeyPolicy, MergeKeyPolicy, Options, Spanned};
use std::fmt;

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// The line, from 1.
    pub(crate) line: u32,
    /// The value.
    pub(crate) value: NodeValue,
}

/// A value of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NodeValue {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, and how it was written.
    Number(serde_json::Number, String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order of the file, repeats included.
    Map(Vec<(Key, Node)>),
}

/// A key and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// The line, from 1.
    pub(crate) line: u32,
    /// The key.
    pub(crate) name: String,
}

impl NodeValue {
    /// What it is, for a sentence.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(..) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a group of keys",
        }
    }
}

/// A text that is no YAML of the accepted kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// The line, from 1.
    pub(crate) line: u32,
    /// What is wrong.
    pub(crate) message: String,
    /// What would be right.
    pub(crate) allowed: &'static str,
}

/// Nothing nests deeper.
const DEPTH_MAX: usize = 32;
/// Nothing has more nodes.
const NODES_MAX: usize = 1_000_000;

/// Reads one document.
pub(crate) fn parse(text: &str) -> Result<Node, SyntaxError> {
    if let Some(error) = tab_in_indentation(text) {
        return Err(error);
    }
    let raw: Spanned<Raw> = serde_saphyr::from_str_with_options(text, options())
        .map_err(|cause| syntax_error(text, &cause))?;
    Ok(node(text, raw))
}

/// The options that all files are read with.
pub(crate) fn options() -> Options {
    let mut options = Options::default();
    options.strict_booleans = true;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.merge_keys = MergeKeyPolicy::Error;
    options.with_snippet = false;
    let mut budget = Budget::default();
    budget.max_depth = DEPTH_MAX;
    budget.max_nodes = NODES_MAX;
    budget.max_events = NODES_MAX * 3;
    budget.max_anchors = 0;
    budget.max_aliases = 0;
    options.budget = Some(budget);
    options
}

/// The first sentence of the library's message, and its line.
pub(crate) fn syntax_error(text: &str, cause: &serde_saphyr::Error) -> SyntaxError {
    let last = u32::try_from(text.lines().count().max(1)).unwrap_or(u32::MAX);
    let line = cause
        .location()
        .and_then(|at| u32::try_from(at.line()).ok())
        .unwrap_or(last);
    let rendered = cause.without_snippet().to_string();
    let first = rendered.lines().next().unwrap_or("cannot be read").trim();
    let first = first
        .split(" at line ")
        .next()
        .unwrap_or(first)
        .trim_end_matches('.');
    let message = if first.starts_with("budget breached") {
        "an anchor or an alias, or a text too large or too deep".to_owned()
    } else {
        format!("no good YAML: {first}")
    };
    SyntaxError {
        line: line.clamp(1, last),
        message,
        allowed: "YAML 1.2 without anchors, aliases, merge keys and tags",
    }
}

fn tab_in_indentation(text: &str) -> Option<SyntaxError> {
    let indented = |line: &str| {
        let indent: &str = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        indent.contains('\t') && indent.len() < line.trim_end().len()
    };
    let index = text.lines().position(indented)?;
    Some(SyntaxError {
        line: u32::try_from(index + 1).unwrap_or(u32::MAX),
        message: "a tab in the indentation".to_owned(),
        allowed: "spaces",
    })
}

/// What the library gives; numbers have lost how they were written.
enum Raw {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

fn node(text: &str, raw: Spanned<Raw>) -> Node {
    let span = raw.referenced.span();
    let written = || -> Option<String> {
        let from = usize::try_from(span.byte_offset()?).ok()?;
        let length = usize::try_from(span.byte_len()?).ok()?;
        text.get(from..from.checked_add(length)?)
            .map(|written| written.trim().to_owned())
    };
    let value = match raw.value {
        Raw::Null => NodeValue::Null,
        Raw::Bool(flag) => NodeValue::Bool(flag),
        Raw::Number(number) => {
            let written = written()
                .filter(|w| !w.is_empty())
                .unwrap_or_else(|| number.to_string());
            NodeValue::Number(number, written)
        }
        Raw::Text(text) => NodeValue::Text(text),
        Raw::List(items) => NodeValue::List(items.into_iter().map(|raw| node(text, raw)).collect()),
        Raw::Map(entries) => {
            let entry = |(name, value)| (key(text, name), node(text, value));
            NodeValue::Map(entries.into_iter().map(entry).collect())
        }
    };
    Node {
        line: line_of(raw.referenced),
        value,
    }
}

fn key(text: &str, raw: Spanned<Raw>) -> Key {
    let node = node(text, raw);
    let name = match node.value {
        NodeValue::Text(name) | NodeValue::Number(_, name) => name,
        NodeValue::Bool(flag) => flag.to_string(),
        other => other.what().to_owned(),
    };
    Key {
        line: node.line,
        name,
    }
}

fn line_of(at: serde_saphyr::Location) -> u32 {
    u32::try_from(at.line()).unwrap_or(u32::MAX).max(1)
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw, E> {
        Ok(Raw::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Raw, E> {
        Ok(Raw::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Raw, E> {
        let number = serde_json::Number::from_f64(number);
        Ok(number.map_or_else(|| Raw::Text("not a finite number".to_owned()), Raw::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(node: &Node) -> String {
        let value = match &node.value {
            NodeValue::Null => "null".to_owned(),
            NodeValue::Bool(flag) => format!("bool {flag}"),
            NodeValue::Number(number, written) => format!("{number} as {written}"),
            NodeValue::Text(text) => format!("{text:?}"),
            NodeValue::List(items) => {
                format!(
                    "[{}]",
                    items.iter().map(shown).collect::<Vec<_>>().join(", ")
                )
            }
            NodeValue::Map(entries) => {
                let entry = |(key, node): &(Key, Node)| {
                    format!("{}@{}={}", key.name, key.line, shown(node))
                };
                format!(
                    "{{{}}}",
                    entries.iter().map(entry).collect::<Vec<_>>().join(", ")
                )
            }
        };
        format!("{}:{value}", node.line)
    }

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let found = match parse(text) {
            Ok(node) => shown(&node),
            Err(error) => format!("{}: {}", error.line, error.message),
        };
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn every_node_knows_its_line() {
        check(
            "a: 1\nb:\n  - x\n  - {c: d}\n",
            "1:{a@1=1:1 as 1, b@2=3:[3:\"x\", 4:{c@4=4:\"d\"}]}",
        );
    }

    #[test]
    fn numbers_keep_how_they_were_written_and_words_stay_words() {
        check("a: 1.10", "1:{a@1=1:1.1 as 1.10}");
        check("a: 0x1F", "1:{a@1=1:31 as 0x1F}");
        check("a: 0123", "1:{a@1=1:\"0123\"}");
        check("a: 1_000", "1:{a@1=1:\"1_000\"}");
        check("a: no", "1:{a@1=1:\"no\"}");
        check("a: true", "1:{a@1=1:bool true}");
        check("a: \"12\"", "1:{a@1=1:\"12\"}");
        check("a:", "1:{a@1=1:null}");
        check("ü: 7 # note", "1:{ü@1=1:7 as 7}");
    }

    #[test]
    fn repeated_keys_are_left_to_the_reader() {
        check("a: 1\na: 2\n", "1:{a@1=1:1 as 1, a@2=2:2 as 2}");
    }

    #[test]
    fn tabs_and_broken_texts_are_refused_with_their_line() {
        check("a:\n\tb: 1\n", "2: a tab in the indentation");
        for text in [
            "a: [1, 2\nb: 3\n",
            "a: \"x\nb",
            "a: b: c",
            "*x",
            "a: &x 1\nb: *x\n",
        ] {
            assert!(parse(text).is_err(), "{text:?}: {:?}", parse(text));
        }
    }

    #[test]
    fn a_deep_text_is_refused_and_does_not_overflow_the_stack() {
        let deep = "[".repeat(100_000);
        assert!(parse(&deep).is_err());
        assert!(parse(&"- ".repeat(100_000)).is_err());
    }
}
