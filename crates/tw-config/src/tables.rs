//! The columns of `people.csv`, `assets.csv`, `models.csv` and `services.csv`, read and written.
//!
//! **Room:** layer 1. **May use:** `tw-model`.

use crate::{
    parts,
    problem::Problem,
    shape::{Key, Shape},
    shapes,
    sheet::{self, Row},
    yaml::{self, Node, NodeValue},
};
use tw_model::{Asset, DateKind, Kind, Person, Service, Word};

/// A column and the path that it fills.
#[derive(Debug)]
struct Column {
    name: &'static str,
    path: &'static [&'static str],
    /// Written only where some row has it.
    rare: bool,
}

const fn column(name: &'static str, path: &'static [&'static str]) -> Column {
    Column {
        name,
        path,
        rare: false,
    }
}

const fn rare(name: &'static str, path: &'static [&'static str]) -> Column {
    Column {
        name,
        path,
        rare: true,
    }
}

const PEOPLE: &[Column] = &[
    column("id", &["id"]),
    column("name", &["name"]),
    column("unit", &["unit"]),
    column("title", &["title"]),
    column("email", &["email"]),
    column("active", &["active"]),
];

const ASSETS: &[Column] = &[
    column("tag", &["tag"]),
    column("class", &["class"]),
    column("status", &["status"]),
    column("manufacturer", &["manufacturer"]),
    column("model", &["model"]),
    column("serial", &["serial"]),
    column("unit", &["unit"]),
    column("custodian", &["custodian"]),
    column("primary", &["primary"]),
    column("site", &["place", "site"]),
    column("room", &["place", "room"]),
    column("place", &["place", "detail"]),
    column("price_vnd", &["price_vnd"]),
    column("device", &["device"]),
    column("manufactured", &["dates", "manufactured", "date"]),
    column("ordered", &["dates", "ordered", "date"]),
    column("purchased", &["dates", "purchased", "date"]),
    column("received", &["dates", "received", "date"]),
    column("accepted", &["dates", "accepted", "date"]),
    column("first_in_service", &["dates", "first_in_service", "date"]),
    column("installed", &["dates", "installed", "date"]),
    column("warranty_start", &["dates", "warranty_start", "date"]),
    column("warranty_end", &["dates", "warranty_end", "date"]),
    column(DATE_SOURCE, &[]),
    rare("no_serial", &["no_serial"]),
    rare("rack", &["rack", "id"]),
    rare("u", &["rack", "u"]),
    rare("height_u", &["rack", "height_u"]),
    rare("face", &["rack", "face"]),
    rare("accounting", &["accounting"]),
    rare("purchase", &["purchase"]),
    rare("note", &["note"]),
    rare(PARTS, &["components"]),
];

/// The parts, in one cell.
const PARTS: &str = "components";

/// One source for all dates of the row.
const DATE_SOURCE: &str = "date_source";

const MODELS: &[Column] = &[
    column("id", &["id"]),
    column("manufacturer", &["manufacturer"]),
    column("part_number", &["part_number"]),
    column("name", &["name"]),
    column("class", &["class"]),
    column("u_height", &["u_height"]),
    column("typical_watts", &["typical_watts"]),
    column("max_watts", &["max_watts"]),
    column("released", &["released"]),
    column("end_of_sale", &["end_of_sale"]),
    column("end_of_security", &["end_of_security"]),
    column("end_of_support", &["end_of_support"]),
    column("source_url", &["source_url"]),
    column("checked_on", &["checked_on"]),
    column("note", &["note"]),
];

const SERVICES: &[Column] = &[
    column("id", &["id"]),
    column("name_en", &["name", "en"]),
    column("name_vi", &["name", "vi"]),
    column("kind", &["kind"]),
    column("level", &["level"]),
    column("system", &["depends", "0"]),
    column("unit", &["unit"]),
    column("site", &["site"]),
    column("users", &["users"]),
];

/// A table by the name of its file.
#[derive(Debug)]
pub(crate) struct Table {
    /// What its rows are.
    pub(crate) kind: Kind,
    /// The shape of a row as an entity.
    pub(crate) keys: &'static [Key],
    /// The name of the list, for complaints.
    pub(crate) list: &'static str,
    columns: &'static [Column],
}

/// The table that a file of this name holds.
pub(crate) fn table(file_name: &str) -> Option<Table> {
    Some(match file_name {
        "people.csv" => Table {
            kind: Kind::Person,
            keys: shapes::PERSON,
            list: "people",
            columns: PEOPLE,
        },
        "assets.csv" => Table {
            kind: Kind::Asset,
            keys: shapes::ASSET,
            list: "assets",
            columns: ASSETS,
        },
        "models.csv" => Table {
            kind: Kind::Model,
            keys: shapes::MODEL,
            list: "models",
            columns: MODELS,
        },
        "services.csv" => Table {
            kind: Kind::Service,
            keys: shapes::SERVICE,
            list: "services",
            columns: SERVICES,
        },
        _ => return None,
    })
}

impl Table {
    /// The rows as nodes, ready for the reader.
    pub(crate) fn nodes(&self, file: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<Node> {
        let must = |column: &Column| {
            self.keys
                .iter()
                .any(|key| key.must && column.path.first() == Some(&key.name))
                && column.name != "name_vi"
        };
        let columns: Vec<_> = self
            .columns
            .iter()
            .map(|column| (column.name, must(column)))
            .collect();
        let rows = sheet::rows(file, text, &columns, problems);
        rows.iter().map(|row| self.node(row)).collect()
    }

    /// The names of its columns.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }

    /// The column that fills a path of the entity, as `place.site`.
    pub(crate) fn column_of(&self, path: &str) -> Option<&'static str> {
        let fills = |column: &&Column| {
            let whole = column.path.join(".");
            whole == path
                || whole
                    .strip_suffix(".date")
                    .is_some_and(|short| short == path)
        };
        self.columns.iter().find(fills).map(|column| column.name)
    }

    /// A cell as a node. Parts that cannot be read stay a text, which the reader refuses.
    fn cell(&self, column: &Column, cell: &str, line: u32) -> Node {
        if column.name == PARTS
            && let Ok(list) = parts::node(cell, line)
        {
            return list;
        }
        let value = cell_value(cell, shape_of(self.keys, column.path));
        Node { line, value }
    }

    /// A row as a node, ready for the reader.
    pub(crate) fn node(&self, row: &Row) -> Node {
        let mut root = Node {
            line: row.line,
            value: NodeValue::Map(Vec::new()),
        };
        for column in self.columns.iter().filter(|column| !column.path.is_empty()) {
            if let Some(cell) = row.cells.get(column.name) {
                put(&mut root, column.path, self.cell(column, cell, row.line));
            }
        }
        if let Some(source) = row.cells.get(DATE_SOURCE) {
            for kind in DateKind::ALL {
                let path = ["dates", kind.as_str()];
                if find(&root, &path).is_some() {
                    let value = NodeValue::Text(source.clone());
                    put(
                        &mut root,
                        &["dates", kind.as_str(), "source"],
                        Node {
                            line: row.line,
                            value,
                        },
                    );
                }
            }
        }
        root
    }
}

/// The shape at a path of an entity; texts for what lies in tables and lists.
fn shape_of(keys: &'static [Key], path: &[&str]) -> Shape {
    let Some((first, rest)) = path.split_first() else {
        return Shape::Text;
    };
    match keys
        .iter()
        .find(|key| key.name == *first)
        .map(|key| key.shape)
    {
        Some(Shape::Map(inner)) if !rest.is_empty() => shape_of(inner, rest),
        Some(shape) if rest.is_empty() => shape,
        _ => Shape::Text,
    }
}

/// A cell knows no types: numbers and flags are recognised where they are wanted.
fn cell_value(cell: &str, shape: Shape) -> NodeValue {
    match (shape, cell) {
        (Shape::Bool, "true" | "false") => NodeValue::Bool(cell == "true"),
        (Shape::Integer { .. }, _) => match cell.parse::<i64>() {
            Ok(number) => NodeValue::Number(number.into(), cell.to_owned()),
            Err(_) => NodeValue::Text(cell.to_owned()),
        },
        _ => NodeValue::Text(cell.to_owned()),
    }
}

fn find<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    let Some((first, rest)) = path.split_first() else {
        return Some(node);
    };
    let NodeValue::Map(entries) = &node.value else {
        return None;
    };
    let (_, inner) = entries.iter().find(|(key, _)| key.name == *first)?;
    find(inner, rest)
}

/// Puts a node at a path; a number in the path is an item of a list.
fn put(root: &mut Node, path: &[&str], leaf: Node) {
    let Some((first, rest)) = path.split_first() else {
        *root = leaf;
        return;
    };
    let line = leaf.line;
    if first.parse::<usize>().is_ok() {
        let mut item = Node {
            line,
            value: NodeValue::Map(Vec::new()),
        };
        put(&mut item, rest, leaf);
        root.value = NodeValue::List(vec![item]);
        return;
    }
    if !matches!(root.value, NodeValue::Map(_)) {
        root.value = NodeValue::Map(Vec::new());
    }
    let NodeValue::Map(entries) = &mut root.value else {
        return;
    };
    let index = entries
        .iter()
        .position(|(key, _)| key.name == *first)
        .unwrap_or_else(|| {
            let key = yaml::Key {
                line,
                name: (*first).to_owned(),
            };
            entries.push((
                key,
                Node {
                    line,
                    value: NodeValue::Map(Vec::new()),
                },
            ));
            entries.len() - 1
        });
    put(&mut entries[index].1, rest, leaf);
}

/// `people.csv` of these people.
pub fn write_people<'a>(people: impl IntoIterator<Item = &'a Person>) -> String {
    write(PEOPLE, people)
}

/// `assets.csv` of these assets. Dates of one asset share the first source that is known.
pub fn write_assets<'a>(assets: impl IntoIterator<Item = &'a Asset>) -> String {
    write(ASSETS, assets)
}

/// The columns of `assets.csv`.
pub(crate) fn asset_columns() -> impl Iterator<Item = &'static str> {
    ASSETS.iter().map(|column| column.name)
}

/// The cell of an asset in a column of `assets.csv`; a source only where all dates share it.
pub(crate) fn asset_cell(asset: &serde_json::Value, name: &str) -> String {
    if name == DATE_SOURCE {
        let dates = asset.get("dates").and_then(serde_json::Value::as_object);
        let dates = dates.into_iter().flat_map(|dates| dates.values());
        let mut sources = dates.map(|date| date.get("source").and_then(|source| source.as_str()));
        let first = sources.next().flatten();
        let same = sources.all(|source| source == first);
        return first.filter(|_| same).unwrap_or_default().to_owned();
    }
    let column = ASSETS.iter().find(|column| column.name == name);
    column.map_or_else(String::new, |column| cell_of(asset, column))
}

/// The node of a row with a field of the organisation's own.
pub(crate) fn with_custom(root: &mut Node, name: &str, cell: String) {
    let line = root.line;
    let value = NodeValue::Text(cell);
    let key = |name: &str| yaml::Key {
        line,
        name: name.to_owned(),
    };
    let NodeValue::Map(entries) = &mut root.value else {
        return;
    };
    let own = (key(name), Node { line, value });
    let present = entries.iter_mut().find(|(key, _)| key.name == "custom");
    if let Some((
        _,
        Node {
            value: NodeValue::Map(fields),
            ..
        },
    )) = present
    {
        fields.push(own);
        return;
    }
    let value = NodeValue::Map(vec![own]);
    entries.push((key("custom"), Node { line, value }));
}

/// `services.csv` of these services.
pub fn write_services<'a>(services: impl IntoIterator<Item = &'a Service>) -> String {
    write(SERVICES, services)
}

fn write<'a, T: serde::Serialize + 'a>(
    columns: &[Column],
    entities: impl IntoIterator<Item = &'a T>,
) -> String {
    let values: Vec<serde_json::Value> = entities
        .into_iter()
        .map(|entity| serde_json::to_value(entity).unwrap_or_default())
        .collect();
    let used = |column: &&Column| {
        !column.rare
            || values
                .iter()
                .any(|value| !cell_of(value, column).is_empty())
    };
    let columns: Vec<&Column> = columns.iter().filter(used).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut failed = writer
        .write_record(columns.iter().map(|column| column.name))
        .is_err();
    for value in &values {
        let cells = columns.iter().map(|column| cell_of(value, column));
        failed |= writer.write_record(cells).is_err();
    }
    debug_assert!(!failed, "a vector takes every write");
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn cell_of(entity: &serde_json::Value, column: &Column) -> String {
    let found = if column.name == DATE_SOURCE {
        let dates = entity.get("dates").and_then(serde_json::Value::as_object);
        dates.and_then(|dates| dates.values().find_map(|date| date.get("source")))
    } else {
        entity.pointer(&format!("/{}", column.path.join("/")))
    };
    if column.name == PARTS {
        let read = |found: &serde_json::Value| serde_json::from_value(found.clone()).ok();
        let listed: Vec<tw_model::Component> = found.and_then(read).unwrap_or_default();
        return parts::written(&listed, false);
    }
    match found {
        None => String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
