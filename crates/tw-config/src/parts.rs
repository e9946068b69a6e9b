//! The parts of an asset in one cell of a sheet, written and read.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** lose anything: what is written is read
//! back as it was.
//!
//! `name=battery-1; kind=battery; serial=000123; purchased=2019-06; purchased.source=HĐ 12 | …`:
//! parts are parted by `|`, their fields by `;`. A backslash takes the next of `\ | ; =` as it is.

use crate::{
    import::{field_of, heading_of, plain},
    yaml::{Key, Node, NodeValue},
};
use tw_model::{Component, ComponentKind, DateKind, RecordedDate, Word};

/// Names of fields that are no columns of the sheet: the field, English, Vietnamese.
const OWN: &[(&str, &str, &str)] = &[("name", "name", "tên"), ("kind", "kind", "loại")];
/// What stands after a date's name.
const OF_DATE: &[(&str, &str, &str)] = &[
    ("source", "source", "nguồn"),
    ("document", "document", "văn bản"),
];
/// Kinds in Vietnamese.
const KINDS: &[(ComponentKind, &str)] = &[
    (ComponentKind::Battery, "ắc quy"),
    (ComponentKind::Psu, "bộ nguồn"),
    (ComponentKind::Drive, "ổ đĩa"),
    (ComponentKind::Sfp, "mô-đun quang"),
    (ComponentKind::LineCard, "cạc giao tiếp"),
    (ComponentKind::Memory, "bộ nhớ"),
    (ComponentKind::Fan, "quạt"),
    (ComponentKind::Other, "khác"),
];

/// What is wrong with a cell of parts, and what would be right.
pub(crate) type Wrong = (String, String);

/// The cell of these parts; empty where there are none.
pub(crate) fn written(parts: &[Component], vietnamese: bool) -> String {
    let parts = parts.iter().map(|part| one(part, vietnamese));
    parts.collect::<Vec<_>>().join(" | ")
}

fn one(part: &Component, vietnamese: bool) -> String {
    let mut fields = Vec::new();
    let mut add = |key: String, text: &str| fields.push(format!("{key}={}", escaped(text)));
    let own = |key: &str| said(OWN, key, vietnamese).to_owned();
    add(own("name"), &part.name);
    add(own("kind"), kind(part.kind, vietnamese));
    let head = |field: &'static str| small(heading_of(field, vietnamese));
    if let Some(model) = &part.model {
        add(head("model"), model);
    }
    if let Some(serial) = &part.serial {
        add(head("serial"), serial);
    }
    for (of, date) in &part.dates {
        let key = head(of.as_str());
        add(key.clone(), &date.date.to_string());
        for (field, text) in notes(date) {
            let more = said(OF_DATE, field, vietnamese);
            add(format!("{key}.{more}"), text);
        }
    }
    fields.join("; ")
}

fn notes(date: &RecordedDate) -> impl Iterator<Item = (&'static str, &String)> {
    let source = date.source.iter().map(|text| ("source", text));
    source.chain(date.document.iter().map(|text| ("document", text)))
}

fn said(of: &[(&str, &'static str, &'static str)], key: &str, vietnamese: bool) -> &'static str {
    let found = of.iter().find(|(field, ..)| *field == key);
    found.map_or("", |(_, en, vi)| if vietnamese { vi } else { en })
}

fn kind(kind: ComponentKind, vietnamese: bool) -> &'static str {
    let own = KINDS.iter().find(|(of, _)| vietnamese && *of == kind);
    own.map_or(kind.as_str(), |(_, vi)| vi)
}

fn small(text: &str) -> String {
    let mut letters = text.chars();
    let head = letters.next().into_iter().flat_map(char::to_lowercase);
    head.chain(letters).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '|' | ';' | '=') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// Cuts at a mark that no backslash takes as it is; the backslashes stay.
fn cut(text: &str, mark: char) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut begin, mut taken) = (0, false);
    for (at, letter) in text.char_indices() {
        if !taken && letter == mark {
            pieces.push(&text[begin..at]);
            begin = at + letter.len_utf8();
        }
        taken = !taken && letter == '\\';
    }
    pieces.push(&text[begin..]);
    pieces
}

fn plain_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut taken = false;
    for letter in text.trim().chars() {
        if !taken && letter == '\\' {
            taken = true;
            continue;
        }
        taken = false;
        out.push(letter);
    }
    out
}

/// A cell as the list of parts that the reader of assets takes.
pub(crate) fn node(cell: &str, line: u32) -> Result<Node, Wrong> {
    let parts = cut(cell, '|').into_iter().enumerate();
    let parts = parts.map(|(n, text)| part(text, n + 1, line));
    let parts = parts.collect::<Result<Vec<Node>, Wrong>>()?;
    let value = NodeValue::List(parts);
    Ok(Node { line, value })
}

fn part(text: &str, number: usize, line: u32) -> Result<Node, Wrong> {
    let text_node = |text: String| Node {
        line,
        value: NodeValue::Text(text),
    };
    let key = |name: &str| Key {
        line,
        name: name.to_owned(),
    };
    let mut own: Vec<(Key, Node)> = Vec::new();
    let mut dates: Vec<(Key, Vec<(Key, Node)>)> = Vec::new();
    for field in cut(text, ';') {
        if field.trim().is_empty() {
            continue;
        }
        let [name, value] = cut(field, '=')[..] else {
            let message = format!("part {number}: {:?} is no field", field.trim());
            return Err((message, "field=value; \\ before ; | = in a text".to_owned()));
        };
        let value = plain_text(value);
        let (name, more) = name
            .split_once('.')
            .map_or((name, None), |(date, more)| (date, Some(more)));
        let Some(field) = own_field(name) else {
            let message = format!("part {number}: the field {:?} is unknown", name.trim());
            return Err((message, known()));
        };
        let date = DateKind::ALL.iter().find(|kind| kind.as_str() == field);
        match (date, more) {
            (None, None) if field == "kind" => {
                own.push((key(field), text_node(kind_word(&value))));
            }
            (None, None) => own.push((key(field), text_node(value))),
            (Some(date), more) => {
                let Some(more) = more.map_or(Some("date"), of_date) else {
                    let message = format!("part {number}: a date has no {:?}", more.unwrap_or(""));
                    return Err((message, "source, document".to_owned()));
                };
                let found = dates.iter().position(|(key, _)| key.name == date.as_str());
                let at = found.unwrap_or_else(|| {
                    dates.push((key(date.as_str()), Vec::new()));
                    dates.len() - 1
                });
                dates[at].1.push((key(more), text_node(value)));
            }
            (None, Some(more)) => {
                let message = format!("part {number}: {field} has no {:?}", more.trim());
                return Err((message, known()));
            }
        }
    }
    if !dates.is_empty() {
        let date = |(key, fields)| {
            let value = NodeValue::Map(fields);
            (key, Node { line, value })
        };
        let value = NodeValue::Map(dates.into_iter().map(date).collect());
        own.push((key("dates"), Node { line, value }));
    }
    let value = NodeValue::Map(own);
    Ok(Node { line, value })
}

fn own_field(name: &str) -> Option<&'static str> {
    let name = plain(name);
    let own = OWN
        .iter()
        .find(|(field, en, vi)| [*field, *en, *vi].contains(&name.as_str()));
    let column = || {
        let dates = DateKind::ALL.iter().map(|kind| kind.as_str());
        let allowed = |field: &&'static str| {
            ["model", "serial"].contains(field) || dates.clone().any(|date| date == *field)
        };
        field_of(&name).filter(allowed)
    };
    own.map(|(field, ..)| *field).or_else(column)
}

fn of_date(more: &str) -> Option<&'static str> {
    let more = plain(more);
    let is = |(field, en, vi): &&(&str, &str, &str)| [*field, *en, *vi].contains(&more.as_str());
    OF_DATE.iter().find(is).map(|(field, ..)| *field)
}

fn kind_word(text: &str) -> String {
    let wanted = plain(text);
    let own = KINDS.iter().find(|(_, vi)| *vi == wanted);
    own.map_or_else(
        || wanted.replace(' ', "_"),
        |(kind, _)| kind.as_str().to_owned(),
    )
}

fn known() -> String {
    let dates = DateKind::ALL.iter().map(|kind| kind.as_str());
    let own = ["name", "kind", "model", "serial"].into_iter();
    let with = own.chain(dates).collect::<Vec<_>>().join(", ");
    format!("{with}; of a date also .source and .document")
}

#[cfg(test)]
mod tests;
