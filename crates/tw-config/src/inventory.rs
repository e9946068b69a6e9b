//! A folder of files becomes a register, or a list of everything that is wrong in it.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** write anything.

use crate::{
    folder::{FILE_NAMES, find_files},
    problem::{Problem, Problems},
    read::{self, Read},
    shape::{Key, key_names},
    shapes,
    source::{Source, place},
    tables,
    yaml::{self, Node, NodeValue},
};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};
use tw_model::{FindingCode, Item, ItemError, Kind, Register, validate};

/// A larger file is refused.
pub const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// More files are refused.
pub const FILES_MAX: usize = 2_000;

/// What the files hold.
#[derive(Debug)]
pub struct Inventory {
    /// The register; [`validate`] finds nothing in it.
    pub register: Register,
    /// The files it was read from.
    pub files: Vec<PathBuf>,
    /// What the files name, without what the model adds by itself.
    named: Vec<Item>,
    sources: BTreeMap<(Kind, String), Source>,
}

impl Inventory {
    /// The register of the files over a present one: files own the fields that they name, the
    /// other fields of an entity stay as they are. Entities that no file names are not in it.
    pub fn over(&self, present: &Register) -> Result<Register, ItemError> {
        let present: BTreeMap<(Kind, String), Value> = present
            .items()
            .into_iter()
            .map(|item| ((item.kind, item.id), item.value))
            .collect();
        let over = |item: &Item| {
            let value = match present.get(&(item.kind, item.id.clone())) {
                Some(present) => merged(present, &item.value),
                None => item.value.clone(),
            };
            Item {
                value,
                ..item.clone()
            }
        };
        Register::from_items(self.named.iter().map(over))
    }

    /// The fields that the files name, by entity, with the file and the line. Dates are fields of
    /// their own, since each is a column.
    pub fn owned(&self) -> BTreeMap<(Kind, String), (String, Vec<String>)> {
        let owned = |item: &Item| {
            let key = (item.kind, item.id.clone());
            let source = self.sources.get(&key)?;
            let mut fields = Vec::new();
            for (name, value) in item.value.as_object()? {
                match value.as_object().filter(|_| name == "dates") {
                    Some(dates) => fields.extend(dates.keys().map(|kind| format!("dates.{kind}"))),
                    None => fields.push(name.clone()),
                }
            }
            Some((key, (format!("{}:{}", source.file, source.line), fields)))
        };
        self.named.iter().filter_map(owned).collect()
    }

    /// What is wrong in a register into which these files went, with their lines; what is wrong
    /// in an entity that no file names is said of the register.
    pub fn problems_in(&self, register: &Register) -> Problems {
        let found = validate(register).into_iter().map(|finding| {
            let source = self.sources.get(&(finding.kind, finding.id.clone()));
            place(source, finding)
        });
        Problems::of(found.collect())
    }
}

/// The fields that are named replace the present ones, each as a whole; dates are fields of
/// their own, since each is a column.
fn merged(present: &Value, named: &Value) -> Value {
    let (Value::Object(present), Value::Object(named)) = (present, named) else {
        return named.clone();
    };
    let mut all = present.clone();
    for (key, value) in named {
        let value = match present.get(key) {
            Some(before) if key == "dates" => merged(before, value),
            _ => value.clone(),
        };
        all.insert(key.clone(), value);
    }
    Value::Object(all)
}

/// Why there is no inventory.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or a folder cannot be read at all.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The files are readable and wrong.
    #[error("{0}")]
    Wrong(Problems),
}

/// Reads the folder `path`, or the one file `path`. Of one file only the shape is checked: what it
/// refers to may stand in others.
pub fn load(path: &Path) -> Result<Inventory, LoadError> {
    let whole = path.is_dir();
    let mut loading = Loading::default();
    let mut files = Vec::new();
    if whole {
        find_files(path, 0, &mut files, &mut loading.problems)?;
    } else {
        files.push(path.to_owned());
    }
    for file in &files {
        loading.read_file(file)?;
    }
    if whole && files.is_empty() {
        let what = (
            "there is no file of an inventory here".to_owned(),
            FILE_NAMES.to_owned(),
        );
        loading.complain(&path.display().to_string(), 1, "-", what);
    }
    if whole {
        loading.validate();
    }
    if loading.problems.is_empty() {
        let Loading {
            register,
            sources,
            named,
            ..
        } = loading;
        return Ok(Inventory {
            register,
            files,
            named,
            sources,
        });
    }
    Err(LoadError::Wrong(Problems::of(loading.problems)))
}

/// An entity that was read, with the site of its file, if any.
struct Entity {
    kind: Kind,
    value: Map<String, Value>,
    source: Source,
}

#[derive(Default)]
struct Loading {
    register: Register,
    sources: BTreeMap<(Kind, String), Source>,
    problems: Vec<Problem>,
    named: Vec<Item>,
}

impl Loading {
    fn complain(&mut self, file: &str, line: u32, key: &str, (message, allowed): (String, String)) {
        let (file, key) = (file.to_owned(), key.to_owned());
        self.problems.push(Problem {
            file,
            line,
            key,
            message,
            allowed,
        });
    }

    fn read_file(&mut self, path: &Path) -> Result<(), LoadError> {
        let file = path.display().to_string();
        let failed = |cause| LoadError::Read {
            path: path.to_owned(),
            cause,
        };
        if fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
            let what = (
                "the file is too large".to_owned(),
                format!("{FILE_BYTES_MAX} bytes"),
            );
            self.complain(&file, 1, "-", what);
            return Ok(());
        }
        let bytes = fs::read(path).map_err(failed)?;
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(cause) => {
                let before = &cause.as_bytes()[..cause.utf8_error().valid_up_to()];
                let line = String::from_utf8_lossy(before).matches('\n').count() + 1;
                let what = ("a byte that is no UTF-8".to_owned(), "UTF-8".to_owned());
                self.complain(&file, u32::try_from(line).unwrap_or(u32::MAX), "-", what);
                return Ok(());
            }
        };
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        if tables::table(&name).is_some() {
            self.read_table(&file, &name, &text);
            return Ok(());
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        match yaml::parse(text) {
            Err(error) => {
                self.complain(
                    &file,
                    error.line,
                    "-",
                    (error.message, error.allowed.to_owned()),
                );
            }
            Ok(node) if path.ends_with("policies/age.yaml") => {
                let policy = (Kind::AgePolicy, shapes::AGE_POLICY, "age policy");
                self.read_policy(&file, &node, policy);
            }
            Ok(node) if path.ends_with("policies/plan.yaml") => {
                let policy = (Kind::PlanPolicy, shapes::PLAN_POLICY, "plan policy");
                self.read_policy(&file, &node, policy);
            }
            Ok(node) => self.read_yaml(&file, &node),
        }
        Ok(())
    }

    fn read_table(&mut self, file: &str, name: &str, text: &str) {
        let Some(table) = tables::table(name) else {
            return;
        };
        for node in table.nodes(file, text, &mut self.problems) {
            let shown = shown(table.list, &node, "line", node.line as usize);
            let before = self.problems.len();
            let read = read::entity(&node, table.keys, (file, &shown), &mut self.problems);
            for problem in &mut self.problems[before..] {
                let path = problem
                    .key
                    .strip_prefix(&format!("{shown}."))
                    .unwrap_or_default();
                if let Some(column) = table.column_of(path) {
                    problem.key = format!("{shown}.{column}");
                }
            }
            let source = Source {
                file: file.to_owned(),
                line: node.line,
                shown,
                lines: BTreeMap::new(),
                table: tables::table(name),
                broken: self.problems.len() > before,
            };
            self.insert(Entity {
                kind: table.kind,
                value: read.value,
                source,
            });
        }
    }

    /// The one entity of a file below `policies/`.
    fn read_policy(
        &mut self,
        file: &str,
        node: &Node,
        (kind, keys, shown): (Kind, &'static [Key], &str),
    ) {
        let before = self.problems.len();
        let read = read::entity(node, keys, (file, ""), &mut self.problems);
        let source = Source {
            file: file.to_owned(),
            line: node.line,
            shown: shown.to_owned(),
            lines: read.lines,
            table: None,
            broken: self.problems.len() > before,
        };
        self.insert(Entity {
            kind,
            value: read.value,
            source,
        });
    }

    fn read_yaml(&mut self, file: &str, node: &Node) {
        let NodeValue::Map(entries) = &node.value else {
            let message = format!("{} is no inventory", node.value.what());
            self.complain(file, node.line, "-", (message, key_names(shapes::FILE)));
            return;
        };
        let site = site_of(entries);
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        for (key, value) in entries {
            let name = key.name.as_str();
            let Some((kind, keys)) = shapes::entities(name) else {
                let names = shapes::FILE.iter().map(|key| key.name);
                let hint = tw_model::nearest(name, names)
                    .map(|meant| format!(" (did you mean {meant}?)"))
                    .unwrap_or_default();
                let allowed = format!("{}{hint}", key_names(shapes::FILE));
                self.complain(
                    file,
                    key.line,
                    name,
                    ("the key is unknown".to_owned(), allowed),
                );
                continue;
            };
            if let Some(first) = seen.insert(name, key.line) {
                let message = format!("the key stands twice, first in line {first}");
                self.complain(file, key.line, name, (message, "each key once".to_owned()));
                continue;
            }
            let single = matches!(kind, Kind::Organisation | Kind::Site);
            match &value.value {
                NodeValue::List(nodes) if !single => {
                    for (index, node) in nodes.iter().enumerate() {
                        let shown = shown(name, node, "", index);
                        self.read_entity((kind, keys), node, (file, shown), site.as_deref());
                    }
                }
                NodeValue::Map(_) if single => {
                    self.read_entity((kind, keys), value, (file, name.to_owned()), None);
                }
                other => {
                    let allowed = if single {
                        key_names(keys)
                    } else {
                        "a list".to_owned()
                    };
                    let message = format!("{} cannot stand here", other.what());
                    self.complain(file, value.line, name, (message, allowed));
                }
            }
        }
    }

    fn read_entity(
        &mut self,
        (kind, keys): (Kind, &'static [Key]),
        node: &Node,
        (file, shown): (&str, String),
        site: Option<&str>,
    ) {
        let before = self.problems.len();
        let Read { mut value, lines } =
            read::entity(node, keys, (file, &shown), &mut self.problems);
        if matches!(kind, Kind::Device | Kind::Building | Kind::FacilityNode)
            && !value.contains_key("site")
        {
            if site.is_none() {
                let message = "the key is missing in a file without a site".to_owned();
                let what = (message, "the id of a site".to_owned());
                self.complain(file, node.line, &format!("{shown}.site"), what);
            }
            value.insert("site".to_owned(), site.unwrap_or("unknown").into());
        }
        let source = Source {
            file: file.to_owned(),
            line: node.line,
            shown,
            lines,
            table: None,
            broken: self.problems.len() > before,
        };
        let entity = Entity {
            kind,
            value,
            source,
        };
        for part in unfold(entity) {
            self.insert(part);
        }
    }

    fn insert(&mut self, entity: Entity) {
        let Entity {
            kind,
            value,
            source,
        } = entity;
        let id = match kind {
            Kind::AgePolicy => "age",
            Kind::PlanPolicy => "plan",
            Kind::Asset => value.get("tag").and_then(Value::as_str).unwrap_or_default(),
            _ => value.get("id").and_then(Value::as_str).unwrap_or_default(),
        };
        let id = id.to_owned();
        let key = if kind == Kind::Asset { "tag" } else { "id" };
        let single = kind == Kind::Organisation && self.register.organisation.is_some();
        let first = self
            .sources
            .get(&(kind, id.clone()))
            .map(|f| format!("{}:{}", f.file, f.line));
        if let Some(first) = first {
            let message = format!("{kind} {id} is already defined in {first}");
            let what = (message, "an identifier that is used once".to_owned());
            self.complain(&source.file, source.line_of(key), &source.key_of(key), what);
            return;
        }
        if single {
            let what = (
                "a second organisation".to_owned(),
                "one organisation".to_owned(),
            );
            self.complain(&source.file, source.line, &source.shown, what);
            return;
        }
        let item = Item {
            kind,
            id: id.clone(),
            value: Value::Object(value),
        };
        self.named.push(item.clone());
        if let Err(cause) = self.register.insert(item) {
            let message = std::error::Error::source(&cause)
                .map_or_else(|| cause.to_string(), ToString::to_string);
            let what = (message, "what the schema says".to_owned());
            self.complain(&source.file, source.line, &source.shown, what);
            return;
        }
        self.sources.insert((kind, id), source);
    }

    fn validate(&mut self) {
        for finding in validate(&self.register) {
            let source = self.sources.get(&(finding.kind, finding.id.clone()));
            // What could not be read is left out and then missed: no second complaint for that.
            let follows = [FindingCode::Contradiction, FindingCode::BadCredential];
            if source.is_some_and(|source| source.broken) && follows.contains(&finding.code) {
                continue;
            }
            let problem = place(source, finding);
            self.problems.push(problem);
        }
    }
}

/// How an element of a list is named in complaints.
fn shown(list: &str, node: &Node, word: &str, index: usize) -> String {
    match read::identifier(node) {
        Some(id) => format!("{list}[{id}]"),
        None if word.is_empty() => format!("{list}[{index}]"),
        None => format!("{list}[{word} {index}]"),
    }
}

/// The site that a file is about.
fn site_of(entries: &[(yaml::Key, Node)]) -> Option<String> {
    let (_, site) = entries.iter().find(|(key, _)| key.name == "site")?;
    read::identifier(site).map(str::to_owned)
}

/// An entity, and what is written inside of it but stands for itself: rooms and racks.
fn unfold(mut entity: Entity) -> Vec<Entity> {
    let (list, kind, link) = match entity.kind {
        Kind::Building => ("rooms", Kind::Room, "building"),
        Kind::Room => ("racks", Kind::Rack, "room"),
        _ => return vec![entity],
    };
    let inner = entity.value.remove(list);
    let id = entity.value.get("id").cloned().unwrap_or_default();
    let items = inner.and_then(|inner| match inner {
        Value::Array(items) => Some(items),
        _ => None,
    });
    let mut all = Vec::new();
    for (index, item) in items.unwrap_or_default().into_iter().enumerate() {
        let Value::Object(mut value) = item else {
            continue;
        };
        value.insert(link.to_owned(), id.clone());
        let path = format!("{list}.{index}");
        let lines: BTreeMap<String, u32> = entity
            .source
            .lines
            .iter()
            .filter_map(|(key, line)| {
                Some((
                    key.strip_prefix(&path)?.strip_prefix('.')?.to_owned(),
                    *line,
                ))
            })
            .collect();
        let name = value.get("id").and_then(Value::as_str).unwrap_or_default();
        let source = Source {
            file: entity.source.file.clone(),
            line: entity
                .source
                .lines
                .get(&path)
                .copied()
                .unwrap_or(entity.source.line),
            shown: format!("{}.{list}[{name}]", entity.source.shown),
            lines,
            table: None,
            broken: entity.source.broken,
        };
        all.extend(unfold(Entity {
            kind,
            value,
            source,
        }));
    }
    all.insert(0, entity);
    all
}

/// Every kind that files can hold has a top key or a table.
#[cfg(test)]
mod tests;
