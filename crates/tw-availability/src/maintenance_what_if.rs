//! What would happen if components were taken out: asked before work is approved.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** take what is not known for
//! working: a question that hangs on it is answered "not proven".

use crate::topology::{Graph, NodeKind, Scenario, Source};
use std::collections::BTreeSet;

/// What is taken out, and what is out anyway; by place in the graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForecastQuestion {
    /// Out now: failed, dark, or in bypass and so protecting nothing.
    pub out_now: BTreeSet<usize>,
    /// Taken out by other windows at the same time.
    pub overlapping: BTreeSet<usize>,
    /// The components in question.
    pub candidate: BTreeSet<usize>,
    /// Nothing is known of these now.
    pub unknown: BTreeSet<usize>,
}

/// The verdict on taking components out, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ForecastVerdict {
    /// Every load stays fed and survives any single failure meanwhile.
    Safe,
    /// Every load stays fed; the next failure drops one.
    MarginLost,
    /// A load would drop if what is unknown were out.
    NotProven,
    /// A load would drop.
    DropsLoad,
}

/// What would happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The verdict.
    pub verdict: ForecastVerdict,
    /// Loads that would drop, in order of their names; not those that are taken out themselves.
    pub dropped: Vec<String>,
    /// Loads that are dark already without the candidate.
    pub dark_already: Vec<String>,
    /// Loads that stay fed only after somebody has switched over by hand.
    pub by_hand: Vec<String>,
    /// Loads that would drop as well if what is unknown were out.
    pub dropped_if_unknown_is_out: Vec<String>,
    /// −1: a load is lost; 0: the next failure drops one; 1: any single failure is survived.
    pub margin: i8,
    /// Elements whose failure meanwhile would drop a further load.
    pub next_failures: Vec<String>,
}

/// Asks the graph. Work is planned, so transfers by hand may be made before it; a failure
/// meanwhile leaves no time for them. As in every rule the utility is off: what lives on the
/// mains alone has no protection.
pub fn forecast(graph: &Graph, question: &ForecastQuestion) -> Forecast {
    let before = join(&question.out_now, &question.overlapping);
    let with = join(&before, &question.candidate);
    let dark_already = dark(graph, &before, false);
    let dark_with = dark(graph, &with, false);
    let itself = names(graph, &question.candidate);
    let dropped = minus(&minus(&dark_with, &dark_already), &itself);
    let by_hand = minus(&dark(graph, &with, true), &dark_with);
    let all_doubt = dark(graph, &join(&with, &question.unknown), false);
    let in_doubt = minus(&minus(&all_doubt, &dark_already), &dropped);
    let unknown_itself = names(graph, &question.unknown);
    let dropped_if_unknown_is_out = minus(&minus(&in_doubt, &itself), &unknown_itself);
    let next_failures = next_failures(graph, &with, (&dark_with, &by_hand));
    let verdict = if !dropped.is_empty() {
        ForecastVerdict::DropsLoad
    } else if !dropped_if_unknown_is_out.is_empty() {
        ForecastVerdict::NotProven
    } else if !next_failures.is_empty() || !dark_already.is_empty() {
        ForecastVerdict::MarginLost
    } else {
        ForecastVerdict::Safe
    };
    let margin = match (
        minus(&dark_with, &itself).is_empty(),
        next_failures.is_empty(),
    ) {
        (false, _) => -1,
        (true, false) => 0,
        (true, true) => 1,
    };
    Forecast {
        verdict,
        dropped,
        dark_already,
        by_hand,
        dropped_if_unknown_is_out,
        margin,
        next_failures,
    }
}

/// The places that lose their feed when `out` is taken out, `out` itself with them: what is
/// expected to fall silent.
pub fn affected(graph: &Graph, out: &BTreeSet<usize>) -> BTreeSet<usize> {
    let live = |removed: &BTreeSet<usize>| {
        graph.live(&Scenario {
            removed: removed.clone(),
            automatic_only: true,
            sources: vec![Source::Generator, Source::Utility, Source::Carrier],
            ..Scenario::default()
        })
    };
    let (before, after) = (live(&BTreeSet::new()), live(out));
    let lost = before.iter().zip(&after).enumerate();
    lost.filter(|(place, (before, after))| out.contains(place) || (**before && !**after))
        .map(|(place, _)| place)
        .collect()
}

fn next_failures(
    graph: &Graph,
    with: &BTreeSet<usize>,
    (dark_with, by_hand): (&[String], &[String]),
) -> Vec<String> {
    let drops = |place: usize| {
        let mut out = with.clone();
        out.insert(place);
        let automatic = dark(graph, &out, true);
        // What was switched over by hand before is fed by hand as long as that way lives.
        let hands = minus(by_hand, &dark(graph, &out, false));
        let further = minus(&minus(&automatic, dark_with), &hands);
        !further.is_empty()
    };
    let elements = graph.nodes().iter().enumerate().filter(|(place, node)| {
        matches!(node.kind, NodeKind::Capacity | NodeKind::Distribution) && !with.contains(place)
    });
    elements
        .filter(|(place, _)| drops(*place))
        .map(|(_, node)| node.id.clone())
        .collect()
}

fn dark(graph: &Graph, removed: &BTreeSet<usize>, automatic_only: bool) -> Vec<String> {
    graph.dark_loads(&Scenario {
        removed: removed.clone(),
        automatic_only,
        sources: vec![Source::Generator],
        ..Scenario::default()
    })
}

fn join(a: &BTreeSet<usize>, b: &BTreeSet<usize>) -> BTreeSet<usize> {
    a.union(b).copied().collect()
}

fn names(graph: &Graph, places: &BTreeSet<usize>) -> Vec<String> {
    let of = |place: &usize| graph.nodes().get(*place).map(|node| node.id.clone());
    places.iter().filter_map(of).collect()
}

/// What of `a` is not in `b`, in the order of `a`.
fn minus(a: &[String], b: &[String]) -> Vec<String> {
    a.iter().filter(|one| !b.contains(one)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::{Input, Node};
    use proptest::prelude::*;

    fn node(id: &str, kind: NodeKind, inputs: &[&str]) -> Node {
        Node {
            source: id.starts_with("gen").then_some(Source::Generator),
            inputs: inputs
                .iter()
                .map(|from| Input {
                    from: from.trim_start_matches('~').to_owned(),
                    manual: from.starts_with('~'),
                })
                .collect(),
            ..Node::new(id, kind)
        }
    }

    /// Two sides with a generator, a UPS and a PDU each; `both` hangs on both, `right` on b
    /// alone, `hand` on a and, by hand, on b.
    fn two_sides() -> Graph {
        use NodeKind::{Capacity, Distribution, Load};
        Graph::new(vec![
            node("gen_a", Capacity, &[]),
            node("gen_b", Capacity, &[]),
            node("ups_a", Capacity, &["gen_a", "gen_b"]),
            node("ups_b", Capacity, &["gen_a", "gen_b"]),
            node("pdu_a", Distribution, &["ups_a"]),
            node("pdu_b", Distribution, &["ups_b"]),
            node("both", Load, &["pdu_a", "pdu_b"]),
            node("hand", Load, &["pdu_a", "~pdu_b"]),
        ])
        .unwrap()
    }

    fn ask(graph: &Graph, sets: [&[&str]; 4]) -> Forecast {
        let places = |names: &[&str]| names.iter().map(|id| graph.place(id).unwrap()).collect();
        let [out_now, overlapping, candidate, unknown] = sets.map(places);
        forecast(
            graph,
            &ForecastQuestion {
                out_now,
                overlapping,
                candidate,
                unknown,
            },
        )
    }

    #[track_caller]
    fn check(
        sets: [&[&str]; 4],
        verdict: ForecastVerdict,
        dropped: &[&str],
        margin: i8,
    ) -> Forecast {
        let found = ask(&two_sides(), sets);
        assert_eq!(
            (found.verdict, found.margin),
            (verdict, margin),
            "{found:?}"
        );
        assert_eq!(found.dropped, dropped);
        found
    }

    #[test]
    fn one_side_may_go_when_the_other_stands_and_the_margin_is_lost_meanwhile() {
        let found = check(
            [&[], &[], &["ups_b"], &[]],
            ForecastVerdict::MarginLost,
            &[],
            0,
        );
        assert_eq!(found.next_failures, ["ups_a", "pdu_a"]);
    }

    #[test]
    fn the_second_side_may_not_go_while_the_first_is_out_now_or_by_another_window() {
        let both = ["both", "hand"];
        check(
            [&["ups_b"], &[], &["ups_a"], &[]],
            ForecastVerdict::DropsLoad,
            &both,
            -1,
        );
        check(
            [&[], &["pdu_b"], &["ups_a"], &[]],
            ForecastVerdict::DropsLoad,
            &both,
            -1,
        );
    }

    #[test]
    fn what_somebody_can_switch_over_by_hand_before_is_not_dropped() {
        let found = check(
            [&[], &[], &["ups_a"], &[]],
            ForecastVerdict::MarginLost,
            &[],
            0,
        );
        assert_eq!(found.by_hand, ["hand"]);
        assert_eq!(found.next_failures, ["ups_b", "pdu_b"]);
    }

    #[test]
    fn an_unknown_other_side_is_no_proof() {
        let found = check(
            [&[], &[], &["ups_b"], &["ups_a"]],
            ForecastVerdict::NotProven,
            &[],
            0,
        );
        assert_eq!(found.dropped_if_unknown_is_out, ["both", "hand"]);
    }

    #[test]
    fn a_generator_of_two_may_go() {
        let found = check(
            [&[], &[], &["gen_a"], &[]],
            ForecastVerdict::MarginLost,
            &[],
            0,
        );
        assert!(found.next_failures.contains(&"gen_b".to_owned()));
    }

    #[test]
    fn what_is_dark_already_is_not_dropped_by_the_candidate() {
        let found = ask(&two_sides(), [&["gen_a", "gen_b"], &[], &["pdu_a"], &[]]);
        assert_eq!(found.dark_already, ["both", "hand"]);
        assert_eq!(found.dropped, Vec::<String>::new());
        assert_eq!(found.verdict, ForecastVerdict::MarginLost);
    }

    #[test]
    fn what_hangs_on_a_component_is_expected_to_fall_silent_with_it() {
        let graph = two_sides();
        let out = BTreeSet::from([graph.place("ups_a").unwrap()]);
        let names: Vec<&str> = affected(&graph, &out)
            .iter()
            .map(|place| graph.nodes()[*place].id.as_str())
            .collect();
        assert_eq!(names, ["ups_a", "pdu_a", "hand"]);
    }

    proptest! {
        #[test]
        fn taking_out_more_never_drops_less(
            now in prop::collection::btree_set(0_usize..6, 0..4),
            first in prop::collection::btree_set(0_usize..6, 0..3),
            more in prop::collection::btree_set(0_usize..6, 0..3),
        ) {
            let graph = two_sides();
            let ask = |candidate: BTreeSet<usize>| forecast(&graph, &ForecastQuestion {
                out_now: now.clone(), candidate, ..ForecastQuestion::default()
            });
            let (less, both) = (ask(first.clone()), ask(join(&first, &more)));
            prop_assert!(less.dropped.iter().all(|load| both.dropped.contains(load)));
            prop_assert!(less.margin >= both.margin);
        }
    }
}
