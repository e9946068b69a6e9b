//! Device types as the community's device-type library writes them.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O; a file comes as
//! a value.

use super::read::Unreadable;
use serde::Deserialize;
use serde_json::Value;

/// A model of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryType {
    /// Who makes it.
    pub manufacturer: String,
    /// Its name.
    pub model: String,
    /// The library's slug.
    pub slug: String,
    /// The maker's number for it.
    pub part_number: Option<String>,
    /// Its height in half units.
    pub half_units: u32,
    /// What its power ports usually draw together, in watts; none where no port says it.
    pub typical_watts: Option<u32>,
    /// What its power ports draw at most, together, in watts; redundant ports count each, so it
    /// is an upper bound.
    pub max_watts: Option<u32>,
}

#[derive(Deserialize)]
struct Written {
    manufacturer: String,
    model: String,
    slug: String,
    #[serde(default)]
    part_number: Option<Value>,
    #[serde(default = "one")]
    u_height: f64,
    #[serde(default, rename = "power-ports")]
    power_ports: Vec<PowerPort>,
}

#[derive(Deserialize)]
struct PowerPort {
    #[serde(default)]
    maximum_draw: Option<u32>,
    #[serde(default)]
    allocated_draw: Option<u32>,
}

fn one() -> f64 {
    1.0
}

/// Reads a file of the library; keys that we have no place for are passed over.
pub fn read_library_type(file: &Value) -> Result<LibraryType, Unreadable> {
    let wrong = |why: String| Unreadable { id: None, why };
    let written: Written =
        serde_json::from_value(file.clone()).map_err(|cause| wrong(cause.to_string()))?;
    let halves = (written.u_height * 2.0).round();
    if !(0.0..=200.0).contains(&halves) {
        return Err(wrong(format!("u_height {} is no height", written.u_height)));
    }
    let sum = |of: fn(&PowerPort) -> Option<u32>| {
        let watts = written.power_ports.iter().filter_map(of);
        watts.reduce(u32::saturating_add)
    };
    let part_number = match &written.part_number {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    // Within these bounds the cast is exact.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 200 by the comparison"
    )]
    let half_units = halves as u32;
    Ok(LibraryType {
        typical_watts: sum(|port| port.allocated_draw),
        max_watts: sum(|port| port.maximum_draw),
        manufacturer: written.manufacturer,
        model: written.model,
        slug: written.slug,
        part_number,
        half_units,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_of_the_library_gives_height_part_number_and_power() {
        let file = json!({
            "manufacturer": "APC", "model": "AP8959", "slug": "apc-ap8959", "u_height": 0,
            "part_number": 8959, "is_full_depth": false,
            "power-ports": [
                {"name": "A", "type": "iec-60320-c14", "maximum_draw": 750, "allocated_draw": 300},
                {"name": "B", "type": "iec-60320-c14", "maximum_draw": 750},
            ],
        });
        let read = read_library_type(&file).unwrap();
        assert_eq!(read.part_number.as_deref(), Some("8959"));
        assert_eq!(
            (read.half_units, read.typical_watts, read.max_watts),
            (0, Some(300), Some(1_500))
        );
    }

    #[test]
    fn power_that_nobody_wrote_is_not_zero() {
        let file = json!({"manufacturer": "X", "model": "Y", "slug": "x-y", "u_height": 1.5});
        let read = read_library_type(&file).unwrap();
        assert_eq!(
            (read.half_units, read.typical_watts, read.max_watts),
            (3, None, None)
        );
        let bad = json!({"manufacturer": "X", "model": "Y", "slug": "x-y", "u_height": -3});
        assert!(read_library_type(&bad).is_err());
        assert!(
            read_library_type(&json!({"model": "Y"}))
                .unwrap_err()
                .why
                .contains("manufacturer")
        );
    }
}
