//! When the batteries of the made-up UPS were last replaced. Some of it nobody wrote down.
//!
//! **Room:** layer 3. **May use:** every room.

use super::dice::Dice;
use jiff::{Span, civil::Date};
use serde_json::Value;
use std::collections::BTreeMap;
use tw_model::{Asset, AssetClass, Component, ComponentKind, DateKind, RecordedDate, Register};

/// The day from which the model case is told.
const TODAY: Date = jiff::civil::date(2026, 11, 22);
/// Of so many UPS in a hundred it is known.
const KNOWN_PERCENT: usize = 75;
/// Batteries are at most so old, in months.
const MONTHS_MAX: i64 = 70;

/// What `ups.yaml` begins with.
const HEAD: &str = "# yaml-language-server: $schema=schema/inventory.json\n\
# Simulated: the UPS whose batteries have dates of their own; tables have no room for parts.\n\
# Made by tierwatch inventory generate; the other assets are in assets.csv.\n\
assets:\n";

/// Gives UPS their batteries, each not older than its UPS.
pub(super) fn add(made: &mut Register, dice: &mut Dice) {
    let all = made.assets.values_mut();
    for asset in all.filter(|asset| asset.class == AssetClass::Ups) {
        let (known, months, day) = (
            dice.percent(KNOWN_PERCENT),
            dice.between(2, MONTHS_MAX),
            dice.between(1, 28),
        );
        let first = asset.dates.values().map(|known| known.date.latest()).max();
        let installed = TODAY.checked_sub(Span::new().months(months)).ok();
        let installed =
            installed.and_then(|date| date.with().day(i8::try_from(day).ok()?).build().ok());
        let installed = installed.max(first);
        let Some(date) = installed.filter(|_| known) else {
            continue;
        };
        // Every third record has the month only.
        let text = if day % 3 == 0 {
            format!("{:04}-{:02}", date.year(), date.month())
        } else {
            date.to_string()
        };
        let Ok(date) = text.parse() else {
            continue;
        };
        let recorded = RecordedDate {
            date,
            source: Some("maintenance log".to_owned()),
            document: None,
        };
        asset.components.push(Component {
            name: "battery".to_owned(),
            kind: ComponentKind::Battery,
            model: None,
            serial: None,
            dates: BTreeMap::from([(DateKind::Installed, recorded)]),
        });
    }
}

/// Assets with parts as YAML, one a line.
pub(super) fn yaml<'a>(
    assets: impl Iterator<Item = &'a Asset>,
) -> Result<String, serde_json::Error> {
    let mut text = HEAD.to_owned();
    for asset in assets.filter(|asset| !asset.components.is_empty()) {
        text.push_str("  - ");
        flow(&serde_json::to_value(asset)?, &mut text);
        text.push('\n');
    }
    Ok(text)
}

fn flow(value: &Value, text: &mut String) {
    match value {
        Value::Object(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                text.push_str(key);
                text.push_str(": ");
                flow(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                flow(item, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}
