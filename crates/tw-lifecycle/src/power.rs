//! What equipment draws, by what is known of its model.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** take a nameplate for a
//! measurement, or what is not known for nothing.

use serde::Serialize;
use tw_model::{AssetClass, Model};

/// Where a maker gives only the most that a model draws, so much of it is taken for usual, in
/// percent, and marked as an estimate. An assumption: power supplies are sized for the fullest
/// configuration, and equipment in use draws half to two thirds of that.
pub const NAMEPLATE_USUAL_PERCENT: u32 = 60;

/// What one thing usually draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// In watts.
    pub watts: u32,
    /// It is [`NAMEPLATE_USUAL_PERCENT`] of the nameplate, no figure of the maker's.
    pub estimated: bool,
}

/// What a model usually draws: the maker's typical figure, else a share of its nameplate, else
/// nothing is known.
pub fn usual_draw(model: &Model) -> Option<Draw> {
    let typical = model.typical_watts.map(|watts| Draw {
        watts,
        estimated: false,
    });
    let of_nameplate = || {
        let most = u64::from(model.max_watts?);
        let watts = most * u64::from(NAMEPLATE_USUAL_PERCENT) / 100;
        Some(Draw {
            watts: u32::try_from(watts).unwrap_or(u32::MAX),
            estimated: true,
        })
    };
    typical.or_else(of_nameplate)
}

/// What many things draw together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DrawSum {
    /// Together, in watts, of those whose draw is known or estimated.
    pub watts: u64,
    /// Of that, estimated from nameplates.
    pub estimated_watts: u64,
    /// How many have no known draw.
    pub unknown: u64,
}

impl DrawSum {
    /// Adds one.
    pub fn add(&mut self, draw: Option<Draw>) {
        match draw {
            Some(draw) => {
                self.watts += u64::from(draw.watts);
                self.estimated_watts += if draw.estimated { draw.watts.into() } else { 0 };
            }
            None => self.unknown += 1,
        }
    }
}

/// Whether things of a class use power; the others make it, pass it on or keep the rooms cool.
pub const fn uses_power(class: AssetClass) -> bool {
    !matches!(
        class,
        AssetClass::Ups
            | AssetClass::Pdu
            | AssetClass::Ats
            | AssetClass::Generator
            | AssetClass::Cooling
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn model(typical: Option<u32>, most: Option<u32>) -> Model {
        let text = r#"{"id": "m", "manufacturer": "x", "part_number": "M", "class": "server"}"#;
        Model {
            typical_watts: typical,
            max_watts: most,
            ..serde_json::from_str(text).unwrap()
        }
    }

    #[test]
    fn the_makers_figure_goes_before_a_share_of_the_nameplate() {
        let of = |typical, most| {
            usual_draw(&model(typical, most)).map(|draw| (draw.watts, draw.estimated))
        };
        assert_eq!(of(Some(350), Some(750)), Some((350, false)));
        assert_eq!(of(None, Some(750)), Some((450, true)));
        assert_eq!(of(Some(350), None), Some((350, false)));
        assert_eq!(of(None, None), None);
        assert_eq!(of(None, Some(u32::MAX)), Some((2_576_980_377, true)));
    }

    proptest! {
        #[test]
        fn a_sum_counts_each_thing_once(
            all in proptest::collection::vec((proptest::option::of(0_u32..5_000), proptest::option::of(0_u32..5_000)), 0..40)
        ) {
            let draws: Vec<_> = all.iter().map(|(t, m)| usual_draw(&model(*t, *m))).collect();
            let mut sum = DrawSum::default();
            for draw in &draws {
                sum.add(*draw);
            }
            let known = draws.iter().flatten();
            prop_assert_eq!(sum.watts, known.clone().map(|d| u64::from(d.watts)).sum::<u64>());
            prop_assert_eq!(sum.unknown, draws.iter().filter(|d| d.is_none()).count() as u64);
            prop_assert!(sum.estimated_watts <= sum.watts);
        }
    }
}
