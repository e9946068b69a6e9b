//! The OpenAPI 3.1 document, made from the table of endpoints.
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** do I/O.

use crate::endpoint::{Info, Schemas, reference};
use crate::{Permission, Problem, Reach, endpoints};
use serde_json::{Map, Value, json};

/// The document.
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let problem = reference::<Problem>(&mut schemas);
    let mut paths = Map::new();
    for info in endpoints::all() {
        let operation = operation(&info, &problem, &mut schemas);
        let path = paths.entry(info.path).or_insert_with(|| json!({}));
        path[info.method.as_str()] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tierwatch",
            "version": "1",
            "description": "Every operation says in `x-permission` what the caller must be \
                allowed to do, and in `x-reach` how far it reaches. Unknown parameters are \
                refused with 400. Errors are application/problem+json (RFC 9457).",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas.into_iter().collect::<Map<_, _>>(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-tierwatch"},
            },
        },
    })
}

fn operation(info: &Info, problem: &Value, schemas: &mut Schemas) -> Value {
    let mut parameters: Vec<Value> = path_parameters(info.path);
    parameters.extend(
        (info.params)()
            .into_iter()
            .map(|p| serde_json::to_value(p).unwrap_or_default()),
    );
    let security = match info.permission {
        Permission::Public => json!([]),
        Permission::Ingest => json!([{"token": []}]),
        _ => json!([{"token": []}, {"session": []}]),
    };
    let mut operation = json!({
        "operationId": info.id,
        "summary": info.summary.trim(),
        "tags": [tag(info.path)],
        "x-permission": info.permission.as_str(),
        "x-reach": reach(info.reach),
        "security": security,
        "parameters": parameters,
        "responses": responses(info, problem, schemas),
    });
    if let Some((media, schema)) = (info.body)(schemas) {
        operation["requestBody"] =
            json!({"required": true, "content": {media: {"schema": schema}}});
    }
    operation
}

fn responses(info: &Info, problem: &Value, schemas: &mut Schemas) -> Value {
    let mut content = Map::new();
    for (media, schema) in (info.replies)(schemas) {
        content.insert(media.to_owned(), json!({"schema": schema}));
    }
    let mut good = json!({"description": info.summary.trim()});
    if !content.is_empty() {
        good["content"] = Value::Object(content);
    }
    json!({
        info.status.to_string(): good,
        "default": {
            "description": "What went wrong.",
            "content": {"application/problem+json": {"schema": problem}},
        },
    })
}

fn path_parameters(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
        })
        .collect()
}

fn tag(path: &str) -> &str {
    let rest = path
        .strip_prefix("/api/v1/")
        .unwrap_or(path.trim_start_matches('/'));
    rest.split(['/', '.']).next().unwrap_or(rest)
}

fn reach(reach: Reach) -> String {
    match reach {
        Reach::Nothing => "nothing".to_owned(),
        Reach::Own => "own".to_owned(),
        Reach::Filtered => "filtered".to_owned(),
        Reach::Whole => "whole".to_owned(),
        Reach::One(thing) => format!("one {}", format!("{thing:?}").to_lowercase()),
    }
}
