//! Names of standard objects, without MIB files.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.
//!
//! The table holds facts of the published MIB modules (which number is which object), written
//! down for this program. What it does not know is shown as numbers.

mod table;

use crate::Oid;
use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

/// The name of an object with its index behind it, as `ifHCInOctets.3`; the dotted identifier
/// when the object is not known.
pub fn name_of(oid: &Oid) -> String {
    match object_of(oid) {
        Some((name, [])) => name.to_owned(),
        Some((name, index)) => {
            let index: Vec<String> = index.iter().map(u32::to_string).collect();
            format!("{name}.{}", index.join("."))
        }
        None => oid.to_string(),
    }
}

/// The object that an instance belongs to, and the index behind it.
pub fn object_of(oid: &Oid) -> Option<(&'static str, &[u32])> {
    let arcs = oid.as_slice();
    (1..=arcs.len()).rev().find_map(|length| {
        let (object, index) = arcs.split_at(length);
        TABLES.by_oid.get(object).map(|name| (*name, index))
    })
}

/// The identifier that a name stands for, with or without an index: `sysUpTime.0`, `ifDescr`.
pub fn oid_of(name: &str) -> Option<Oid> {
    let (object, index) = match name.split_once('.') {
        Some((object, index)) => (object, Some(index)),
        None => (name, None),
    };
    let object = TABLES.by_name.get(object)?;
    let Some(index) = index else {
        return Some(object.clone());
    };
    let arcs = index
        .split('.')
        .map(|arc| {
            let digits = !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
            arc.parse().ok().filter(|_| digits)
        })
        .collect::<Option<Vec<u32>>>()?;
    let oid = object.join(&arcs);
    (oid.len() <= crate::OID_ARCS_MAX).then_some(oid)
}

struct Tables {
    by_oid: BTreeMap<Vec<u32>, &'static str>,
    by_name: HashMap<&'static str, Oid>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let objects: Vec<(Oid, &'static str)> = table::OBJECTS.iter().flat_map(read_group).collect();
    Tables {
        by_oid: objects
            .iter()
            .map(|(oid, name)| (oid.as_slice().to_vec(), *name))
            .collect(),
        by_name: objects.into_iter().map(|(oid, name)| (name, oid)).collect(),
    }
});

/// Reads a group: names count up from 1, and `N:name` goes on from N.
fn read_group(
    (parent, names): &(&'static str, &'static str),
) -> impl Iterator<Item = (Oid, &'static str)> {
    let parent: Oid = parent.parse().expect("the table holds identifiers");
    let mut next = 1;
    names.split_whitespace().map(move |word| {
        let name = match word.split_once(':') {
            Some((number, name)) => {
                next = number.parse().expect("the table holds numbers");
                name
            }
            None => word,
        };
        let oid = parent.child(next);
        next += 1;
        (oid, name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[track_caller]
    fn check(oid: &str, name: &str) {
        let oid: Oid = oid.parse().unwrap();
        assert_eq!(name_of(&oid), name);
        assert_eq!(oid_of(name), Some(oid), "{name}");
    }

    #[test]
    fn objects_of_the_standard_modules_are_named_and_found() {
        check("1.3.6.1.2.1.1.3.0", "sysUpTime.0");
        check("1.3.6.1.2.1.2.2.1.2", "ifDescr");
        check("1.3.6.1.2.1.31.1.1.1.6.3", "ifHCInOctets.3");
        check("1.3.6.1.2.1.31.1.5.0", "ifTableLastChange.0");
        check("1.3.6.1.2.1.10.7.2.1.3.7", "dot3StatsFCSErrors.7");
        check("1.3.6.1.2.1.25.3.3.1.2.196608", "hrProcessorLoad.196608");
        check("1.3.6.1.2.1.25.2.3.1.6.1", "hrStorageUsed.1");
        check("1.3.6.1.4.1.2021.10.1.6.1", "laLoadFloat.1");
        check("1.3.6.1.4.1.2021.11.67.0", "ssCpuNumCpus.0");
        check("1.3.6.1.4.1.2021.4.20.0", "memTotalRealX.0");
        check("1.3.6.1.2.1.33.1.2.4.0", "upsEstimatedChargeRemaining.0");
        check("1.3.6.1.2.1.33.1.4.4.1.5.1", "upsOutputPercentLoad.1");
        check(
            "1.3.6.1.2.1.47.1.1.1.1.11.1001",
            "entPhysicalSerialNum.1001",
        );
        check("1.3.6.1.2.1.99.1.1.1.4.12", "entPhySensorValue.12");
        check("1.3.6.1.6.3.10.2.1.3.0", "snmpEngineTime.0");
        check("1.3.6.1.6.3.15.1.1.5.0", "usmStatsWrongDigests.0");
        check("1.3.6.1.2.1.4.20.1.1.127.0.0.1", "ipAdEntAddr.127.0.0.1");
        check("1.3.6.1.2.1.4.31.1.1.47.2", "ipSystemStatsRefreshRate.2");
        check("1.3.6.1.2.1.17.1.4.1.2.7", "dot1dBasePortIfIndex.7");
        check("1.0.8802.1.1.2.1.4.1.1.9.0.3.1", "lldpRemSysName.0.3.1");
        check(
            "1.3.6.1.2.1.15.3.1.24.10.0.0.1",
            "bgpPeerInUpdateElapsedTime.10.0.0.1",
        );
    }

    #[test]
    fn an_unknown_object_is_shown_as_numbers() {
        let oid: Oid = "1.3.6.1.4.1.99999.1".parse().unwrap();
        assert_eq!(name_of(&oid), "1.3.6.1.4.1.99999.1");
        for name in [
            "",
            "noSuchThing.0",
            "sysUpTime.",
            "sysUpTime.x",
            "sysUpTime.+1",
        ] {
            assert_eq!(oid_of(name), None, "{name}");
        }
    }

    #[test]
    fn no_name_and_no_number_stands_twice_in_the_table() {
        let mut seen = (HashSet::new(), HashSet::new());
        for (oid, name) in table::OBJECTS.iter().flat_map(read_group) {
            assert!(seen.0.insert(oid.clone()), "{oid} {name}");
            assert!(seen.1.insert(name), "{name}");
        }
    }
}
