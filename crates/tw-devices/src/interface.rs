//! Which interface is which: a stable key from name, alias and MAC, never from `ifIndex`.
//!
//! **Room:** layer 0, pure. **May use:** `tw-ingest`. **Must not:** do I/O, or let an index into
//! a key.

use crate::text;
use std::collections::{BTreeMap, BTreeSet};
use tw_ingest::seen::InterfaceSeen;

/// An interface that was seen before and the key that its history has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownInterface {
    /// `if:<name>`.
    pub key: String,
    /// `ifName`, or what stood in for it.
    pub name: String,
    /// `ifAlias`.
    pub alias: String,
    /// `ifPhysAddress`.
    pub mac: Option<String>,
}

impl From<&InterfaceSeen> for KnownInterface {
    fn from(seen: &InterfaceSeen) -> Self {
        Self {
            key: seen.key.clone(),
            name: name_of(seen).to_owned(),
            alias: seen.alias.clone(),
            mac: seen.mac.clone(),
        }
    }
}

/// The name that an interface goes by: `ifName`, else `ifDescr`, else its MAC.
pub fn name_of(seen: &InterfaceSeen) -> &str {
    [seen.name.as_str(), seen.descr.as_str()]
        .into_iter()
        .find(|text| !text.is_empty())
        .or(seen.mac.as_deref())
        .unwrap_or("unnamed")
}

/// Gives each seen interface its key, in the order of `seen`. Those that were known keep theirs,
/// whatever their index is now: first by name, alias and MAC together, then by MAC and a
/// non-empty alias (renamed), then by name and MAC, by name and alias, by name, by MAC alone;
/// each step only where it is unambiguous on both sides. The others get `if:<name>`, with `~2`,
/// `~3` where that is taken.
pub fn match_interfaces(known: &[KnownInterface], seen: &[InterfaceSeen]) -> Vec<String> {
    let mut keys: Vec<Option<String>> = vec![None; seen.len()];
    let mut free: Vec<&KnownInterface> = known.iter().collect();
    for step in STEPS {
        match_step(step, &mut free, seen, &mut keys);
    }
    match_in_order(&mut free, seen, &mut keys);
    name_the_rest(known, seen, &mut keys);
    keys.into_iter().flatten().collect()
}

/// What two rows must share in one step; `None` when the row cannot take part in it.
type Step = fn(&str, &str, Option<&str>) -> Option<String>;

const STEPS: [Step; 6] = [
    |name, alias, mac| Some(format!("{name}\n{alias}\n{}", mac.unwrap_or_default())),
    |_, alias, mac| {
        mac.filter(|_| !alias.is_empty())
            .map(|mac| format!("{alias}\n{mac}"))
    },
    |name, _, mac| mac.map(|mac| format!("{name}\n{mac}")),
    |name, alias, _| (!alias.is_empty()).then(|| format!("{name}\n{alias}")),
    |name, _, _| Some(name.to_owned()),
    |_, _, mac| mac.map(str::to_owned),
];

fn match_step(
    step: Step,
    free: &mut Vec<&KnownInterface>,
    seen: &[InterfaceSeen],
    keys: &mut [Option<String>],
) {
    let mut olds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, old) in free.iter().enumerate() {
        if let Some(mark) = step(&old.name, &old.alias, old.mac.as_deref()) {
            olds.entry(mark).or_default().push(at);
        }
    }
    let mut news: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, new) in seen.iter().enumerate() {
        if keys[at].is_none()
            && let Some(mark) = step(name_of(new), &new.alias, new.mac.as_deref())
        {
            news.entry(mark).or_default().push(at);
        }
    }
    let mut taken = BTreeSet::new();
    for (mark, new) in news {
        if let ([new], Some([old])) = (new.as_slice(), olds.get(&mark).map(Vec::as_slice)) {
            keys[*new] = Some(free[*old].key.clone());
            taken.insert(*old);
        }
    }
    let mut at = 0;
    free.retain(|_| {
        at += 1;
        !taken.contains(&(at - 1))
    });
}

/// Interfaces that nothing tells apart but their order keep it.
fn match_in_order(
    free: &mut Vec<&KnownInterface>,
    seen: &[InterfaceSeen],
    keys: &mut [Option<String>],
) {
    free.sort_by(|a, b| natural(&a.key).cmp(&natural(&b.key)));
    for at in in_stable_order(seen) {
        if keys[at].is_none()
            && let Some(old) = free.iter().position(|old| old.name == name_of(&seen[at]))
        {
            keys[at] = Some(free.remove(old).key.clone());
        }
    }
}

fn name_the_rest(known: &[KnownInterface], seen: &[InterfaceSeen], keys: &mut [Option<String>]) {
    let mut used: BTreeSet<String> = known.iter().map(|old| old.key.clone()).collect();
    for at in in_stable_order(seen) {
        if keys[at].is_none() {
            let key = unused(&used, &format!("if:{}", text::key_part(name_of(&seen[at]))));
            used.insert(key.clone());
            keys[at] = Some(key);
        }
    }
}

/// `wanted`, or the first of `wanted~2`, `wanted~3`… that is not used.
pub(crate) fn unused(used: &BTreeSet<String>, wanted: &str) -> String {
    if !used.contains(wanted) {
        return wanted.to_owned();
    }
    (2..=u32::MAX)
        .map(|n| format!("{wanted}~{n}"))
        .find(|key| !used.contains(key))
        .expect("fewer than 2^32 keys are used")
}

/// Positions in an order that a re-numbering does not change, except among rows that are alike
/// in everything.
fn in_stable_order(seen: &[InterfaceSeen]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..seen.len()).collect();
    order.sort_by_key(|at| {
        let s = &seen[*at];
        (
            name_of(s),
            &s.alias,
            &s.mac,
            &s.descr,
            s.if_type,
            s.if_index,
        )
    });
    order
}

/// `if:a` before `if:a~2` before `if:a~10`.
fn natural(key: &str) -> (&str, u32) {
    match key.rsplit_once('~') {
        Some((base, n)) => n.parse().map_or((key, 0), |n| (base, n)),
        None => (key, 1),
    }
}

#[cfg(test)]
#[path = "interface/tests.rs"]
mod tests;
