//! How long the chain had which margin: its conditions over a period.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** count time in which a node is
//! unknown as safe: where the answer hangs on it, nothing is proven.

use super::{Condition, Graph, UnknownNode};
use std::collections::{BTreeMap, BTreeSet};
use tw_units::{Interval, Timestamp};

/// From an instant on, the chain is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainStep {
    /// The first instant.
    pub at: Timestamp,
    /// What is out, unprotected, on battery.
    pub condition: Condition,
    /// Nodes of which nothing is known.
    pub unknown: BTreeSet<String>,
}

/// How long the chain had which margin, in milliseconds; the sum is the length of the period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MarginSums {
    /// Any single failure would have been survived.
    pub survives_ms: i64,
    /// The next failure would have dropped a load.
    pub next_drops_ms: i64,
    /// The chain left a load dark.
    pub dark_ms: i64,
    /// What is unknown decides.
    pub not_proven_ms: i64,
    /// Of all that, known to have had less margin than the shape has by design.
    pub weakened_ms: i64,
}

impl MarginSums {
    /// The two together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            survives_ms: self.survives_ms + other.survives_ms,
            next_drops_ms: self.next_drops_ms + other.next_drops_ms,
            dark_ms: self.dark_ms + other.dark_ms,
            not_proven_ms: self.not_proven_ms + other.not_proven_ms,
            weakened_ms: self.weakened_ms + other.weakened_ms,
        }
    }

    fn add(&mut self, margin: Option<i8>, design: i8, ms: i64) {
        match margin {
            None => self.not_proven_ms += ms,
            Some(..0) => self.dark_ms += ms,
            Some(0) => self.next_drops_ms += ms,
            Some(_) => self.survives_ms += ms,
        }
        if margin.is_some_and(|margin| margin < design) {
            self.weakened_ms += ms;
        }
    }
}

impl Graph {
    /// Sums the margin over `period`. Steps are in order of time; before the first one nothing is
    /// proven. A margin is proven when it is the same whether what is unknown works or is out.
    pub fn margins_over(
        &self,
        steps: &[ChainStep],
        period: Interval,
    ) -> Result<MarginSums, UnknownNode> {
        let design = self.outlook(&Condition::default())?.margin();
        let mut known: BTreeMap<Vec<&String>, Option<i8>> = BTreeMap::new();
        let mut sums = MarginSums::default();
        let (mut at, mut margin) = (period.from, None);
        for step in steps {
            let until = step.at.clamp(period.from, period.to);
            sums.add(margin, design, until.millis_since(at));
            at = until;
            if step.at >= period.to {
                break;
            }
            let key = key_of(step);
            margin = match known.get(&key) {
                Some(margin) => *margin,
                None => *known.entry(key).or_insert(self.proven_margin(step)?),
            };
        }
        sums.add(margin, design, period.to.millis_since(at));
        Ok(sums)
    }

    fn proven_margin(&self, step: &ChainStep) -> Result<Option<i8>, UnknownNode> {
        let mut well = step.condition.clone();
        well.unprotected.retain(|node| !step.unknown.contains(node));
        let out = well.with_out(step.unknown.iter().map(String::as_str));
        let best = self.outlook(&well)?.margin();
        let worst = self.outlook(&out)?.margin();
        Ok((best == worst).then_some(best))
    }
}

/// A condition as something to look up: lists with a mark between them.
fn key_of(step: &ChainStep) -> Vec<&String> {
    static MARK: String = String::new();
    let lists = [
        &step.condition.out,
        &step.condition.unprotected,
        &step.condition.on_battery,
        &step.unknown,
    ];
    lists
        .into_iter()
        .flat_map(|list| list.iter().chain([&MARK]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::{Input, Node, NodeKind, Source};

    /// Two sides with a generator and a board each, and one load on both.
    fn two_sides() -> Graph {
        let node = |id: &str, kind, inputs: &[&str]| Node {
            source: id.starts_with("gen").then_some(Source::Generator),
            inputs: inputs
                .iter()
                .map(|from| Input {
                    from: (*from).to_owned(),
                    manual: false,
                })
                .collect(),
            ..Node::new(id, kind)
        };
        Graph::new(vec![
            node("gen_a", NodeKind::Capacity, &[]),
            node("gen_b", NodeKind::Capacity, &[]),
            node("bus_a", NodeKind::Distribution, &["gen_a"]),
            node("bus_b", NodeKind::Distribution, &["gen_b"]),
            node("load", NodeKind::Load, &["bus_a", "bus_b"]),
        ])
        .unwrap()
    }

    fn step(at: i64, out: &[&str], unknown: &[&str]) -> ChainStep {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        ChainStep {
            at: Timestamp::from_millis(at),
            condition: Condition {
                out: names(out),
                unprotected: names(unknown),
                ..Condition::default()
            },
            unknown: names(unknown),
        }
    }

    #[track_caller]
    fn check(steps: &[ChainStep], expect: [i64; 5]) {
        let period = Interval::new(Timestamp::from_millis(100), Timestamp::from_millis(200));
        let sums = two_sides().margins_over(steps, period.unwrap()).unwrap();
        let got = [
            sums.survives_ms,
            sums.next_drops_ms,
            sums.dark_ms,
            sums.not_proven_ms,
            sums.weakened_ms,
        ];
        assert_eq!(got, expect);
        assert_eq!(got[..4].iter().sum::<i64>(), 100, "no millisecond is lost");
    }

    #[test]
    fn each_stretch_has_the_margin_of_its_condition() {
        check(&[step(0, &[], &[])], [100, 0, 0, 0, 0]);
        let steps = [
            step(50, &[], &[]),
            step(120, &["bus_a"], &[]),
            step(150, &["bus_a", "gen_b"], &[]),
            step(160, &[], &[]),
            step(300, &["bus_a", "bus_b"], &[]),
        ];
        check(&steps, [60, 30, 10, 0, 40]);
    }

    #[test]
    fn before_the_first_step_and_where_the_unknown_decides_nothing_is_proven() {
        check(&[], [0, 0, 0, 100, 0]);
        // Side B unknown: the margin is 1 or 0. With side A out it is 0 or the load is dark.
        let steps = [
            step(110, &[], &["bus_b"]),
            step(150, &["bus_a"], &["bus_b"]),
        ];
        check(&steps, [0, 0, 0, 100, 0]);
        // The load is dark whatever the unknown generator does.
        check(
            &[step(0, &["bus_a", "bus_b"], &["gen_a"])],
            [0, 0, 100, 0, 100],
        );
    }

    #[test]
    fn a_name_that_the_chain_does_not_have_is_told() {
        let period = Interval::new(Timestamp::from_millis(0), Timestamp::from_millis(1)).unwrap();
        let steps = [step(0, &["nobody"], &[])];
        assert!(two_sides().margins_over(&steps, period).is_err());
    }
}
