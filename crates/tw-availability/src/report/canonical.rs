//! One way to write JSON, and its hash.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** depend on the order in
//! which keys were put in.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// JSON with its keys in the order of their bytes and no white space.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| key.as_bytes());
            out.push('{');
            for (index, (key, item)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// SHA-256 of the canonical form, in hexadecimal.
pub fn digest(value: &Value) -> String {
    tw_units::to_hex(&Sha256::digest(canonical(value).as_bytes()))
}
