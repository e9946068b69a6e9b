//! JSON Schemas of the files, for editors: printed from the same tables that the reader checks.
//!
//! **Room:** layer 1. **May use:** `tw-model`.

use crate::{
    shape::{Key, Shape},
    shapes,
};
use serde_json::{Map, Value, json};

/// A schema and the file that keeps it, relative to the inventory.
pub struct SchemaFile {
    /// As `schema/inventory.json`.
    pub path: &'static str,
    /// Its text, ending with a line break.
    pub text: String,
}

/// All schemas.
pub fn schemas() -> Vec<SchemaFile> {
    vec![
        SchemaFile {
            path: "schema/inventory.json",
            text: text("Tierwatch inventory", shapes::FILE),
        },
        SchemaFile {
            path: "schema/age.json",
            text: text(
                "Tierwatch age policy (policies/age.yaml)",
                shapes::AGE_POLICY,
            ),
        },
        SchemaFile {
            path: "schema/plan.json",
            text: text(
                "Tierwatch policy of replacement plans (policies/plan.yaml)",
                shapes::PLAN_POLICY,
            ),
        },
    ]
}

fn text(title: &str, keys: &[Key]) -> String {
    let mut schema = Map::new();
    schema.insert(
        "$schema".to_owned(),
        "https://json-schema.org/draft/2020-12/schema".into(),
    );
    schema.insert("title".to_owned(), title.into());
    if let Value::Object(body) = map(keys) {
        schema.extend(body);
    }
    let part = json!({ "$ref": "#/$defs/structure" });
    let parts = json!({ "type": "array", "minItems": 1, "items": part });
    let group = |properties: Value, required: Value| {
        json!({
            "type": "object", "properties": properties, "required": required,
            "additionalProperties": false,
        })
    };
    schema.insert(
        "$defs".to_owned(),
        json!({ "structure": { "anyOf": [
            scalar(&Shape::Id),
            group(json!({ "any": parts }), json!(["any"])),
            group(json!({ "all": parts }), json!(["all"])),
            group(
                json!({ "at_least": { "type": "integer", "minimum": 1 }, "of": parts }),
                json!(["at_least", "of"]),
            ),
        ] } }),
    );
    let pretty = serde_json::to_string_pretty(&Value::Object(schema)).unwrap_or_default();
    format!("{pretty}\n")
}

fn map(keys: &[Key]) -> Value {
    let mut properties = Map::new();
    for key in keys {
        let mut schema = of(&key.shape);
        schema["description"] = key.about.into();
        properties.insert(key.name.to_owned(), schema);
    }
    let required: Vec<&str> = keys
        .iter()
        .filter(|key| key.must)
        .map(|key| key.name)
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn of(shape: &Shape) -> Value {
    match shape {
        Shape::List(item) => json!({ "type": "array", "items": of(item) }),
        Shape::Map(keys) => map(keys),
        Shape::Table { names, value } => {
            let mut schema = json!({ "type": "object", "additionalProperties": of(value) });
            if let Some(names) = names {
                schema["propertyNames"] = json!({ "enum": names() });
            }
            schema
        }
        Shape::Structure => json!({ "$ref": "#/$defs/structure" }),
        Shape::RecordedDate => {
            json!({ "anyOf": [scalar(&Shape::Date), map(shapes::RECORDED_DATE)] })
        }
        _ => scalar(shape),
    }
}

/// Texts may be written as numbers: YAML reads `2019` and `3` as such.
fn scalar(shape: &Shape) -> Value {
    let pattern = |pattern: &str| json!({ "type": ["string", "integer"], "pattern": pattern });
    match shape {
        Shape::Word(words) => {
            let words = words();
            let numbers = words.iter().filter_map(|word| word.parse::<i64>().ok());
            let all: Vec<Value> = words
                .iter()
                .map(|word| json!(word))
                .chain(numbers.map(|n| json!(n)))
                .collect();
            json!({ "enum": all })
        }
        Shape::Id => pattern("^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$"),
        Shape::Environment => json!({ "type": "string", "pattern": "^[A-Z_][A-Z0-9_]{0,127}$" }),
        Shape::Address => {
            json!({ "type": "string", "examples": ["10.0.0.1:161", "[2001:db8::1]:161"] })
        }
        Shape::Ip => json!({ "type": "string", "examples": ["10.0.0.1", "2001:db8::1"] }),
        Shape::Day => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Shape::Date | Shape::RecordedDate => {
            pattern("^[0-9]{4}(-Q[1-4]|-W[0-9]{2}|-[0-9]{2}(-[0-9]{2})?)?$")
        }
        Shape::Months => json!({ "type": "string", "pattern": "^[0-9]+(mo|y)$" }),
        Shape::Need => pattern("^(any|all|[1-9][0-9]*)$"),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Integer { min, max: i64::MAX } => json!({ "type": "integer", "minimum": min }),
        Shape::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        _ => json!({ "type": ["string", "number"] }),
    }
}
