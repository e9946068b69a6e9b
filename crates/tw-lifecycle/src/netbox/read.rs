//! NetBox' answers, read with the tolerance that its releases ask for.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O, or fail a page
//! for one bad row.

use serde_json::Value;
use std::collections::BTreeMap;

/// The longest text that is taken over from an answer, in characters.
const TEXT_LENGTH_MAX: usize = 200;

/// Which release answers, from `/api/status/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetboxVersion {
    /// As the 4 of 4.7.3.
    pub major: u32,
    /// As the 7 of 4.7.3.
    pub minor: u32,
}

impl NetboxVersion {
    /// Since 4.6 lists can be read by a cursor, `?start=`, which no change in between disturbs.
    pub const CURSOR: Self = Self { major: 4, minor: 6 };
}

/// Why a row of an answer was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which row, where its id could be read.
    pub id: Option<u64>,
    /// What is wrong with it.
    pub why: String,
}

/// A device as NetBox tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RemoteDevice {
    /// Its id; never reused.
    pub id: u64,
    /// Its page for people.
    pub url: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The id of its type.
    pub type_id: u64,
    /// Who makes it, by its type.
    pub manufacturer: String,
    /// Its model, by its type.
    pub model: String,
    /// The slug of its role.
    pub role: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Its tag.
    pub asset_tag: Option<String>,
    /// The slug of its site.
    pub site: String,
    /// The name of its rack.
    pub rack: Option<String>,
    /// Its lowest place in the rack, in half units: NetBox knows 12.5.
    pub half_units: Option<u32>,
    /// `front` or `rear`.
    pub face: Option<String>,
    /// Its status' word.
    pub status: String,
    /// Its custom fields as text; a select's value, not its label.
    pub custom: BTreeMap<String, String>,
    /// When it was changed last, in NetBox' words.
    pub last_updated: Option<String>,
}

/// A device type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteType {
    /// Its id.
    pub id: u64,
    /// Its page for people.
    pub url: Option<String>,
    /// Who makes it.
    pub manufacturer: String,
    /// The slug of who makes it.
    pub manufacturer_slug: String,
    /// Its name.
    pub model: String,
    /// Its slug.
    pub slug: String,
    /// The maker's number for it.
    pub part_number: Option<String>,
    /// Its height in half units.
    pub half_units: Option<u32>,
    /// Whether it fills the rack's depth.
    pub full_depth: bool,
    /// When its maker ends it, as `2026-12-31`.
    pub end_of_life: Option<String>,
    /// When it was changed last; its devices' stamps do not move with it.
    pub last_updated: Option<String>,
}

/// A rack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteRack {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The slug of its site.
    pub site: String,
    /// Its height in rack units.
    pub u_height: Option<u32>,
}

/// A device that somebody deleted, from the change log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The id that it had.
    pub id: u64,
    /// When.
    pub time: String,
    /// By whom.
    pub user: String,
}

/// Reads `/api/status/`.
pub fn read_version(status: &Value) -> Result<NetboxVersion, Unreadable> {
    let text = status.get("netbox-version").and_then(Value::as_str);
    let parts = text.and_then(|text| {
        let mut parts = text.split(['.', '-']);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    });
    let (major, minor) = parts.ok_or_else(|| Unreadable {
        id: None,
        why: "the status has no netbox-version: this is no NetBox".to_owned(),
    })?;
    Ok(NetboxVersion { major, minor })
}

/// Reads a row of `/api/dcim/devices/`.
pub fn read_device(row: &Value) -> Result<RemoteDevice, Unreadable> {
    let row = Row::of(row)?;
    let kind = row.inner("device_type")?;
    let position = row.value.get("position").unwrap_or(&Value::Null);
    Ok(RemoteDevice {
        id: row.id,
        url: row.page(),
        name: row.text("name"),
        type_id: kind.id,
        manufacturer: kind.inner("manufacturer")?.must("name")?,
        model: kind.must("model")?,
        role: row.slug("role").or_else(|| row.slug("device_role")),
        serial: row.text("serial"),
        asset_tag: row.text("asset_tag"),
        site: row.inner("site")?.must("slug")?,
        rack: row.value.get("rack").and_then(|rack| text(rack, "name")),
        half_units: half_units(position),
        face: row.choice("face"),
        status: row.choice("status").ok_or_else(|| row.lacks("status"))?,
        custom: custom_fields(row.value.get("custom_fields")),
        last_updated: row.text("last_updated"),
    })
}

/// Reads a row of `/api/dcim/device-types/`.
pub fn read_type(row: &Value) -> Result<RemoteType, Unreadable> {
    let row = Row::of(row)?;
    let maker = row.inner("manufacturer")?;
    let height = row.value.get("u_height").unwrap_or(&Value::Null);
    Ok(RemoteType {
        id: row.id,
        url: row.page(),
        manufacturer: maker.must("name")?,
        manufacturer_slug: maker.must("slug")?,
        model: row.must("model")?,
        slug: row.must("slug")?,
        part_number: row.text("part_number"),
        half_units: half_units(height),
        full_depth: row.value.get("is_full_depth").and_then(Value::as_bool) != Some(false),
        end_of_life: row.text("end_of_life"),
        last_updated: row.text("last_updated"),
    })
}

/// Reads a row of `/api/dcim/racks/`.
pub fn read_rack(row: &Value) -> Result<RemoteRack, Unreadable> {
    let row = Row::of(row)?;
    let height = row.value.get("u_height").and_then(Value::as_u64);
    Ok(RemoteRack {
        id: row.id,
        name: row.must("name")?,
        site: row.inner("site")?.must("slug")?,
        u_height: height.and_then(|height| u32::try_from(height).ok()),
    })
}

/// Reads a row of `/api/core/object-changes/`; `None` when it tells of something else. The
/// filters of that list are not trusted: NetBox ignores a filter whose name it does not know.
pub fn read_deletion(row: &Value) -> Option<Deletion> {
    let deleted = choice(row.get("action")?).as_deref() == Some("delete");
    let device = text(row, "changed_object_type").as_deref() == Some("dcim.device");
    let id = row.get("changed_object_id").and_then(Value::as_u64)?;
    (deleted && device).then(|| Deletion {
        id,
        time: text(row, "time").unwrap_or_default(),
        user: text(row, "user_name").unwrap_or_default(),
    })
}

/// A row with an id, or a group inside of one.
struct Row<'a> {
    id: u64,
    /// The id of the whole row, for complaints.
    whole: u64,
    value: &'a Value,
}

impl<'a> Row<'a> {
    fn of(value: &'a Value) -> Result<Self, Unreadable> {
        let id = value.get("id").and_then(Value::as_u64);
        let id = id.ok_or_else(|| Unreadable {
            id: None,
            why: "a row without an id".to_owned(),
        })?;
        Ok(Self {
            id,
            whole: id,
            value,
        })
    }

    fn lacks(&self, key: &str) -> Unreadable {
        Unreadable {
            id: Some(self.whole),
            why: format!("{key} is missing or no text"),
        }
    }

    /// What stands under a key, as a row of its own; complaints name this row.
    fn inner(&self, key: &str) -> Result<Row<'a>, Unreadable> {
        let value = self.value.get(key).filter(|value| value.is_object());
        let value = value.ok_or_else(|| self.lacks(key))?;
        let id = value.get("id").and_then(Value::as_u64).unwrap_or(self.id);
        Ok(Row {
            id,
            whole: self.whole,
            value,
        })
    }

    fn text(&self, key: &str) -> Option<String> {
        text(self.value, key)
    }

    fn must(&self, key: &str) -> Result<String, Unreadable> {
        self.text(key).ok_or_else(|| self.lacks(key))
    }

    fn slug(&self, key: &str) -> Option<String> {
        text(self.value.get(key)?, "slug")
    }

    fn choice(&self, key: &str) -> Option<String> {
        choice(self.value.get(key)?)
    }

    /// The page for people; only an address of the web is one.
    fn page(&self) -> Option<String> {
        let page = self.text("display_url").or_else(|| self.text("url"))?;
        let web = page.starts_with("https://") || page.starts_with("http://");
        web.then_some(page)
    }
}

/// A text without spaces around it; an empty one is none. Control characters are removed.
fn text(value: &Value, key: &str) -> Option<String> {
    clean(value.get(key)?.as_str()?)
}

fn clean(text: &str) -> Option<String> {
    let text: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(TEXT_LENGTH_MAX)
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The word of a select: `{value, label}` since 4.7, a bare text before.
fn choice(value: &Value) -> Option<String> {
    match value {
        Value::String(word) => clean(word),
        Value::Object(parts) => match parts.get("value")? {
            Value::String(word) => clean(word),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// Half rack units of a float (`1.0`, `12.5`) or of a decimal as text (`"3.0"`).
fn half_units(value: &Value) -> Option<u32> {
    let units = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let halves = (units * 2.0).round();
    // Within these bounds the cast is exact.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 1000 by the comparison"
    )]
    (0.0..=1000.0).contains(&halves).then_some(halves as u32)
}

fn custom_fields(fields: Option<&Value>) -> BTreeMap<String, String> {
    let Some(Value::Object(fields)) = fields else {
        return BTreeMap::new();
    };
    let read = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Number(number) => Some(number.to_string()),
            other => choice(other),
        };
        Some((clean(name)?, value?))
    };
    fields.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_select_is_read_as_an_object_and_as_a_bare_word() {
        let new = json!({"value": "active", "label": "Active"});
        assert_eq!(choice(&new).as_deref(), Some("active"));
        assert_eq!(choice(&json!("active")).as_deref(), Some("active"));
        assert_eq!(
            choice(&json!({"value": 19, "label": "19 inches"})).as_deref(),
            Some("19")
        );
        assert_eq!(choice(&Value::Null), None);
    }

    #[test]
    fn a_position_is_a_float_or_a_decimal_text_and_knows_halves() {
        for (value, expect) in [
            (json!(1.0), Some(2)),
            (json!(12.5), Some(25)),
            (json!("3.0"), Some(6)),
            (json!(7), Some(14)),
            (Value::Null, None),
            (json!(-1.0), None),
            (json!(1e300), None),
            (json!("top"), None),
        ] {
            assert_eq!(half_units(&value), expect, "{value}");
        }
    }

    #[test]
    fn a_row_that_lacks_something_is_named_and_does_not_stop_the_others() {
        let why = read_device(&json!({"id": 7, "status": "active", "device_type": {"id": 1}}))
            .unwrap_err();
        assert_eq!(why.id, Some(7));
        assert!(read_device(&json!("nonsense")).unwrap_err().id.is_none());
    }

    #[test]
    fn releases_are_compared_by_their_numbers() {
        let version = |text: &str| read_version(&json!({ "netbox-version": text }));
        assert!(version("4.7.3").unwrap() >= NetboxVersion::CURSOR);
        assert!(version("4.10.0").unwrap() >= NetboxVersion::CURSOR);
        assert!(version("4.5.9-Docker-3.2").unwrap() < NetboxVersion::CURSOR);
        assert!(version("nginx").is_err());
    }

    #[test]
    fn hostile_text_is_bounded_and_only_web_addresses_become_links() {
        let row = json!({"id": 1, "display_url": "javascript:alert(1)", "name": "a\u{0}b\n"});
        let row = Row::of(&row).unwrap();
        assert_eq!(row.page(), None);
        assert_eq!(row.text("name").as_deref(), Some("ab"));
        assert_eq!(clean(&"x".repeat(9_999)).unwrap().len(), TEXT_LENGTH_MAX);
    }
}
