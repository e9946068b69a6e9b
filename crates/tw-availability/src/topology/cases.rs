//! What contradicts the Tier criteria, case by case under the names of the rules.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** leave out a case that the
//! assessment found.

use super::{NetworkAssessment, OverRating, System, TierAssessment};

/// A counterexample to a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierCase {
    /// The rule, as `T3_planned_removal`.
    pub rule: &'static str,
    /// What is taken away, where the rule is about one thing.
    pub element: Option<String>,
    /// The loads that it drops, or that lack something.
    pub loads: Vec<String>,
    /// The nodes that would carry too much.
    pub over_rating: Vec<OverRating>,
}

impl TierCase {
    fn of(rule: &'static str, element: Option<&String>, loads: &[String]) -> Self {
        Self {
            rule,
            element: element.cloned(),
            loads: loads.to_vec(),
            over_rating: Vec::new(),
        }
    }

    fn overloads(rule: &'static str, element: Option<&String>, over: &[OverRating]) -> Self {
        Self {
            over_rating: over.to_vec(),
            ..Self::of(rule, element, &[])
        }
    }
}

impl System {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Cooling => "cooling",
            Self::Network => "network",
        }
    }
}

impl TierAssessment {
    /// Every case of power and cooling, in the order of the rules' names.
    pub fn cases(&self) -> Vec<TierCase> {
        let evidence = &self.evidence;
        let whole = [
            (
                "T1_all_loads_fed_on_generators",
                &self.not_fed_on_generators,
            ),
            ("T1_load_behind_ups", &evidence.without_ups),
            ("T3_cord", &evidence.single_corded),
            ("T4_continuous_cooling_gap", &self.continuous_cooling_gap),
        ];
        let some = whole.into_iter().filter(|(_, loads)| !loads.is_empty());
        let mut cases: Vec<TierCase> = some
            .map(|(rule, loads)| TierCase::of(rule, None, loads))
            .collect();
        let generators = [
            ("T1_fuel", &evidence.fuel_short),
            ("T3_generator_hours", &evidence.hours_limited),
        ];
        for (rule, names) in generators {
            cases.extend(names.iter().map(|n| TierCase::of(rule, Some(n), &[])));
        }
        for over in self.over_rating.chunks(1) {
            cases.push(TierCase::overloads("T1_over_rating", None, over));
        }
        let by_element = [
            (
                "T2_single_capacity_component",
                &self.single_capacity_component,
            ),
            ("T3_planned_removal", &self.planned_removal),
            (
                "T4_single_failure_auto_only",
                &self.single_failure_automatic_only,
            ),
            ("T4_compartment", &self.compartment),
        ];
        for (rule, list) in by_element {
            cases.extend(list.iter().map(|(e, l)| TierCase::of(rule, Some(e), l)));
        }
        let overloads = [
            ("T3_over_rating", &self.planned_over_rating),
            ("T4_over_rating", &self.failure_over_rating),
        ];
        for (rule, list) in overloads {
            let case =
                |(e, over): &(String, Vec<OverRating>)| TierCase::overloads(rule, Some(e), over);
            cases.extend(list.iter().map(case));
        }
        cases.sort_by_key(|case| case.rule);
        cases
    }
}

impl NetworkAssessment {
    /// Every case of the network: by element, by carrier, by shared risk.
    pub fn cases(&self) -> Vec<TierCase> {
        let lists = [
            ("NET_single_element", &self.single_element),
            ("NET_single_carrier", &self.single_carrier),
            ("NET_shared_risk", &self.shared_risk),
        ];
        let cases = lists.into_iter().flat_map(|(rule, list)| {
            let of_rule =
                move |(e, loads): &(String, Vec<String>)| TierCase::of(rule, Some(e), loads);
            list.iter().map(of_rule)
        });
        cases.collect()
    }
}
