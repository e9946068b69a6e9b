//! Which line is installed in which quarter.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** put two of a redundancy
//! group into one quarter, or more into a quarter than can be installed.

use super::PlanLine;
use std::collections::{BTreeMap, BTreeSet};

/// Quarters from 1: mandatory lines and those with most benefit early, if that leaves room for
/// all; else dealt out in turn, redundancy group by redundancy group, which always does.
pub(crate) fn schedule(
    lines: &[&PlanLine],
    quarters: u32,
    capacity: Option<u32>,
) -> BTreeMap<String, u32> {
    early(lines, quarters, capacity).unwrap_or_else(|| in_turn(lines, quarters))
}

fn early(
    lines: &[&PlanLine],
    quarters: u32,
    capacity: Option<u32>,
) -> Option<BTreeMap<String, u32>> {
    let mut order = lines.to_vec();
    order.sort_by(|a, b| {
        let rank = |line: &PlanLine| (line.mandatory, line.benefit_millionths);
        rank(b).cmp(&rank(a)).then_with(|| a.id.cmp(&b.id))
    });
    let mut filled: BTreeMap<u32, u32> = BTreeMap::new();
    let mut taken: BTreeSet<(u32, &str)> = BTreeSet::new();
    let mut out = BTreeMap::new();
    for line in order {
        let group = line.redundancy_group.as_deref();
        let quarter = (1..=quarters).find(|quarter| {
            let count = filled.get(quarter).copied().unwrap_or(0);
            let room = capacity.is_none_or(|capacity| count < capacity);
            room && group.is_none_or(|group| !taken.contains(&(*quarter, group)))
        })?;
        *filled.entry(quarter).or_default() += 1;
        taken.extend(group.map(|group| (quarter, group)));
        out.insert(line.id.clone(), quarter);
    }
    Some(out)
}

fn in_turn(lines: &[&PlanLine], quarters: u32) -> BTreeMap<String, u32> {
    let mut order = lines.to_vec();
    order.sort_by(|a, b| (&a.redundancy_group, &a.id).cmp(&(&b.redundancy_group, &b.id)));
    let turn = (1..=quarters.max(1)).cycle();
    order
        .into_iter()
        .zip(turn)
        .map(|(line, quarter)| (line.id.clone(), quarter))
        .collect()
}
