//! Who made the machine (DMI), where the kernel lets us read it.
//!
//! **Room:** layer 1. **May use:** nothing of ours.

use serde_json::{Map, Value};
use std::fs;

/// The longest text that is taken.
const TEXT_LENGTH_MAX: usize = 256;

/// The files of `/sys/class/dmi/id` that identify; serials are readable for root only.
const FIELDS: &[&str] = &[
    "sys_vendor",
    "product_name",
    "product_version",
    "product_serial",
    "product_uuid",
    "board_vendor",
    "board_name",
    "board_serial",
    "chassis_vendor",
    "chassis_serial",
    "chassis_asset_tag",
    "bios_vendor",
    "bios_version",
    "bios_date",
];

/// What can be read, by the names of the files.
pub(super) fn read() -> Value {
    let mut found = Map::new();
    for field in FIELDS {
        let Ok(text) = fs::read_to_string(format!("/sys/class/dmi/id/{field}")) else {
            continue;
        };
        let text: String = text
            .trim()
            .chars()
            .filter(|c| !c.is_control())
            .take(TEXT_LENGTH_MAX)
            .collect();
        if !text.is_empty() {
            found.insert((*field).into(), text.into());
        }
    }
    Value::Object(found)
}
