//! From the register's words to the questions asked here.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** guess a structure
//! or a target that the register does not have.

use crate::{structure::Structure, target::Target};
use jiff::tz::TimeZone;
use tw_model::TierTarget;
use tw_units::Timestamp;

impl From<&tw_model::Structure> for Structure {
    fn from(structure: &tw_model::Structure) -> Self {
        let parts = || structure.parts().iter().map(Self::from).collect();
        match structure {
            tw_model::Structure::Device(id) => Self::Subject(id.as_str().to_owned()),
            tw_model::Structure::Any { .. } => Self::Any { any: parts() },
            tw_model::Structure::All { .. } => Self::All { all: parts() },
            tw_model::Structure::AtLeast { at_least, .. } => Self::AtLeast {
                at_least: usize::try_from(*at_least).unwrap_or(usize::MAX),
                of: parts(),
            },
        }
    }
}

/// A site's targets as instants: each holds from the first instant of its day in the site's
/// zone. A day that the zone does not have gives no target.
pub fn targets_of(tier_targets: &[TierTarget], zone: &TimeZone) -> Vec<Target> {
    tier_targets
        .iter()
        .filter_map(|target| {
            let start = target.valid_from.0.to_zoned(zone.clone()).ok()?;
            Some(Target {
                from: Timestamp::from_jiff(start.timestamp()),
                downtime_ppm: target.downtime_ppm,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::time_zone;

    #[test]
    fn a_target_holds_from_local_midnight() {
        let text = r#"[{"standard": "uptime", "level": "III", "downtime_ppm": 180,
            "valid_from": "2018-07-01"}]"#;
        let targets: Vec<TierTarget> = serde_json::from_str(text).unwrap();
        let zone = time_zone("Asia/Ho_Chi_Minh").unwrap();
        let got = targets_of(&targets, &zone);
        assert_eq!(got[0].from.to_string(), "2018-06-30T17:00:00Z");
    }

    #[test]
    fn the_registers_structure_is_ours() {
        let text = r#"{"all":["a",{"at_least":2,"of":["b","c",{"any":["d"]}]}]}"#;
        let theirs: tw_model::Structure = serde_json::from_str(text).unwrap();
        let ours = Structure::from(&theirs);
        assert_eq!(serde_json::to_string(&ours).unwrap(), text);
    }
}
