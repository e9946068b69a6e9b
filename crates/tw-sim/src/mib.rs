//! What an agent has to tell at an instant, and a sorted table of it.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`, `tw-snmp`.
//! **Must not:** read a clock; the instant is an argument.

use std::{ops::Bound, time::Duration};
use tw_snmp::{Oid, Value};
use tw_units::Timestamp;

/// Everything that an agent can tell, over time. Two kinds exist: a recorded walk and a model.
pub trait Mib: Send + Sync {
    /// What it tells at `t`, or `None` while it is silent.
    fn at(&self, t: Timestamp) -> Option<Box<dyn View>>;

    /// Starts afresh at `t`: counters from zero, and interfaces re-numbered when asked.
    fn restart(&self, t: Timestamp, renumber: bool);
}

/// What an agent tells at one instant.
pub trait View: Send {
    /// The value of exactly this instance.
    fn get(&self, oid: &Oid) -> Option<Value>;

    /// The first instance behind this name, and its value.
    fn next(&self, oid: &Oid) -> Option<(Oid, Value)>;

    /// How often it has started, and how long ago the last time was (`snmpEngineBoots`,
    /// `snmpEngineTime`).
    fn engine(&self) -> (u32, Duration);
}

/// A table sorted by object identifier; the entries are values or recipes for them.
#[derive(Clone, Debug)]
pub struct Tree<S> {
    entries: Vec<(Oid, S)>,
}

impl<S> Tree<S> {
    /// Sorts `entries`; of several with one name the first stays. Also says how many went.
    pub fn new(mut entries: Vec<(Oid, S)>) -> (Self, usize) {
        let given = entries.len();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.dedup_by(|later, earlier| later.0 == earlier.0);
        let dropped = given - entries.len();
        (Self { entries }, dropped)
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of exactly this name.
    pub fn get(&self, oid: &Oid) -> Option<&S> {
        let place = self.entries.binary_search_by(|entry| entry.0.cmp(oid));
        place.ok().map(|place| &self.entries[place].1)
    }

    /// The entries behind this name, in order.
    pub fn after(&self, oid: &Oid) -> impl Iterator<Item = (&Oid, &S)> {
        self.range(Bound::Excluded(oid))
    }

    /// All entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Oid, &S)> {
        self.range(Bound::Unbounded)
    }

    fn range(&self, from: Bound<&Oid>) -> impl Iterator<Item = (&Oid, &S)> {
        let start = match from {
            Bound::Excluded(oid) => self.entries.partition_point(|entry| entry.0 <= *oid),
            Bound::Included(oid) => self.entries.partition_point(|entry| entry.0 < *oid),
            Bound::Unbounded => 0,
        };
        self.entries[start..]
            .iter()
            .map(|(oid, source)| (oid, source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(oids: &[&str]) -> (Tree<usize>, usize) {
        let parsed = oids.iter().enumerate();
        Tree::new(parsed.map(|(n, oid)| (oid.parse().unwrap(), n)).collect())
    }

    #[test]
    fn names_are_sorted_by_number_and_doubles_are_dropped_and_counted() {
        let (tree, dropped) = tree(&["1.3.10", "1.3.9", "1.3.10", "1.3.9.1"]);
        let shown: Vec<String> = tree.iter().map(|(oid, n)| format!("{oid}={n}")).collect();
        assert_eq!(shown, ["1.3.9=1", "1.3.9.1=3", "1.3.10=0"]);
        assert_eq!(dropped, 1);
    }

    #[test]
    fn what_is_behind_a_name_does_not_include_it() {
        let (tree, _) = tree(&["1.3.1", "1.3.2", "1.3.2.1"]);
        let behind = |oid: &str| {
            let oid: Oid = oid.parse().unwrap();
            tree.after(&oid).next().map(|(next, _)| next.to_string())
        };
        assert_eq!(behind("1.3"), Some("1.3.1".into()));
        assert_eq!(behind("1.3.1"), Some("1.3.2".into()));
        assert_eq!(behind("1.3.1.9"), Some("1.3.2".into()));
        assert_eq!(behind("1.3.2.1"), None);
        assert_eq!(tree.get(&"1.3.2".parse().unwrap()), Some(&1));
        assert_eq!(tree.get(&"1.3".parse().unwrap()), None);
    }
}
