//! How many more failures of witnesses a load survives, and whose failure would drop it.
//!
//! **Room:** layer 2, pure. **May use:** `tw-model`. **Must not:** count on what is not known.

use tw_model::Structure;
use tw_units::DeviceId;

/// Whether a device counts as working.
pub(crate) type Works<'a> = &'a dyn Fn(&DeviceId) -> bool;

/// The least number of working devices that must fail for the structure to fail; 0 when it has
/// failed. Exact for structures that name each device once.
fn cost(structure: &Structure, works: Works<'_>) -> u32 {
    let sum = |costs: &[u32], needed: usize| -> u32 {
        costs
            .iter()
            .take(needed)
            .fold(0, |sum: u32, cost| sum.saturating_add(*cost))
    };
    let sorted = |parts: &[Structure]| {
        let mut costs: Vec<u32> = parts.iter().map(|part| cost(part, works)).collect();
        costs.sort_unstable();
        costs
    };
    match structure {
        Structure::Device(device) => u32::from(works(device)),
        Structure::All { all } => sum(&sorted(all), 1),
        Structure::Any { any } => sum(&sorted(any), any.len()),
        Structure::AtLeast { at_least, of } => {
            let needed = usize::try_from(*at_least).unwrap_or(usize::MAX);
            let failures = of.len().saturating_add(1).saturating_sub(needed);
            sum(&sorted(of), failures)
        }
    }
}

/// The margin and, where it is 0, the devices whose failure alone drops the load. `None` when the
/// load has no service as far as is known.
pub(crate) fn margin(structure: &Structure, works: Works<'_>) -> Option<(u32, Vec<DeviceId>)> {
    let margin = cost(structure, works).checked_sub(1)?;
    let mut next: Vec<DeviceId> = Vec::new();
    if margin == 0 {
        let fails_with = |lost: &DeviceId| cost(structure, &|d| d != lost && works(d)) == 0;
        let working = structure
            .devices()
            .into_iter()
            .filter(|device| works(device));
        next = working
            .filter(|device| fails_with(device))
            .cloned()
            .collect();
        next.sort();
        next.dedup();
    }
    Some((margin, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(structure: &str, working: &[&str], expect: Option<(u32, &[&str])>) {
        let structure: Structure = serde_json::from_str(structure).unwrap();
        let found = margin(&structure, &|device| working.contains(&device.as_str()));
        let expect = expect.map(|(margin, next)| {
            (
                margin,
                next.iter()
                    .map(|id| id.parse().unwrap())
                    .collect::<Vec<DeviceId>>(),
            )
        });
        assert_eq!(found, expect, "{working:?}");
    }

    #[test]
    fn a_pair_survives_one_failure() {
        let pair = r#"{"any":["a","b"]}"#;
        check(pair, &["a", "b"], Some((1, &[])));
        check(pair, &["b"], Some((0, &["b"])));
        check(pair, &[], None);
    }

    #[test]
    fn the_weakest_part_decides() {
        let site = r#"{"all":[{"any":["a","b"]},{"at_least":2,"of":["x","y","z"]},"c"]}"#;
        check(site, &["a", "b", "x", "y", "z", "c"], Some((0, &["c"])));
        check(
            site,
            &["a", "x", "y", "c"],
            Some((0, &["a", "c", "x", "y"])),
        );
        check(site, &["a", "x", "c"], None);
    }
}
