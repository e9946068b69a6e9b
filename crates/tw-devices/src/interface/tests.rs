//! Re-numberings, renames and duplicates.
//!
//! **Room:** tests.

use super::*;
use proptest::prelude::*;

fn row(if_index: u32, name: &str, alias: &str, mac: &str) -> InterfaceSeen {
    InterfaceSeen {
        if_index,
        name: name.into(),
        alias: alias.into(),
        mac: (!mac.is_empty()).then(|| mac.into()),
        ..InterfaceSeen::default()
    }
}

fn known(rows: &[InterfaceSeen], keys: &[String]) -> Vec<KnownInterface> {
    rows.iter()
        .zip(keys)
        .map(|(row, key)| KnownInterface {
            key: key.clone(),
            ..KnownInterface::from(row)
        })
        .collect()
}

#[track_caller]
fn check(before: &[InterfaceSeen], after: &[InterfaceSeen], expect: &[&str]) {
    let keys = match_interfaces(&[], before);
    assert_eq!(match_interfaces(&known(before, &keys), after), expect);
}

#[test]
fn a_name_becomes_a_key() {
    check(&[], &[row(1, "Gi0/0/1", "", "")], &["if:Gi0-0-1"]);
    check(&[], &[row(7, "", "", "00:01")], &["if:00-01"]);
}

#[test]
fn duplicates_are_numbered() {
    check(
        &[],
        &[row(3, "eth", "b", ""), row(9, "eth", "a", "")],
        &["if:eth~2", "if:eth"],
    );
    check(
        &[],
        &[row(1, "a/b", "", ""), row(2, "a-b", "", "")],
        &["if:a-b~2", "if:a-b"],
    );
}

#[test]
fn keys_survive_a_renumbering() {
    check(
        &[row(1, "a", "", "01"), row(2, "b", "", "02")],
        &[
            row(1, "b", "", "02"),
            row(2, "a", "", "01"),
            row(3, "c", "", "03"),
        ],
        &["if:b", "if:a", "if:c"],
    );
}

#[test]
fn a_renamed_interface_keeps_its_key_by_mac_and_alias() {
    check(
        &[row(1, "Gi1", "to mic", "01"), row(2, "Gi2", "to rfd", "02")],
        &[
            row(11, "Gi1/0/1", "to mic", "01"),
            row(12, "Gi1/0/2", "to rfd", "02"),
        ],
        &["if:Gi1", "if:Gi2"],
    );
}

#[test]
fn a_name_that_moved_to_another_port_does_not_take_the_history() {
    check(
        &[row(1, "Gi1", "to mic", "01"), row(2, "Gi2", "to rfd", "02")],
        &[row(1, "Gi1", "to rfd", "02"), row(2, "Gi2", "to mic", "01")],
        &["if:Gi2", "if:Gi1"],
    );
}

#[test]
fn a_shared_mac_alone_says_nothing() {
    check(
        &[row(1, "vlan1", "", "01"), row(2, "vlan2", "", "01")],
        &[row(1, "vlan3", "", "01"), row(2, "vlan2", "", "01")],
        // vlan2 is taken by its name, then 01 is unambiguous for the one that is left.
        &["if:vlan1", "if:vlan2"],
    );
    check(
        &[row(1, "vlan1", "", "01"), row(2, "vlan2", "", "01")],
        &[row(1, "vlan3", "", "01"), row(2, "vlan4", "", "01")],
        &["if:vlan3", "if:vlan4"],
    );
}

#[test]
fn an_interface_that_came_back_under_a_taken_name_is_new() {
    let old = [KnownInterface {
        key: "if:a".into(),
        name: "renamed".into(),
        alias: String::new(),
        mac: Some("01".into()),
    }];
    let seen = [row(1, "a", "", "09"), row(2, "renamed", "", "01")];
    assert_eq!(match_interfaces(&old, &seen), ["if:a~2", "if:a"]);
}

fn rows() -> impl Strategy<Value = Vec<InterfaceSeen>> {
    let one = ("[ab]{1,2}", "[xy]{0,1}", "[0-3]{0,1}");
    prop::collection::vec(one, 0..12).prop_map(|rows| {
        let mut at = 0;
        rows.iter()
            .map(|(name, alias, mac)| {
                at += 1;
                row(at, name, alias, mac)
            })
            .collect()
    })
}

fn by_looks(
    rows: &[InterfaceSeen],
    keys: &[String],
) -> Vec<(String, String, Option<String>, String)> {
    let mut all: Vec<_> = rows
        .iter()
        .zip(keys)
        .map(|(r, k)| (r.name.clone(), r.alias.clone(), r.mac.clone(), k.clone()))
        .collect();
    all.sort();
    all
}

proptest! {
    #[test]
    fn permuted_indexes_give_the_same_keys(rows in rows(), order in any::<prop::sample::Index>()) {
        let keys = match_interfaces(&[], &rows);
        let mut moved = rows.clone();
        let pivot = if rows.is_empty() { 0 } else { order.index(rows.len()) };
        moved.rotate_left(pivot);
        for (at, row) in (1..).zip(&mut moved) {
            row.if_index = at;
        }
        // With memory and without, the same looks have the same keys.
        let fresh = match_interfaces(&[], &moved);
        let remembered = match_interfaces(&known(&rows, &keys), &moved);
        prop_assert_eq!(by_looks(&moved, &fresh), by_looks(&rows, &keys));
        prop_assert_eq!(by_looks(&moved, &remembered), by_looks(&rows, &keys));
    }

    #[test]
    fn no_key_is_given_twice(before in rows(), after in rows()) {
        let keys = match_interfaces(&[], &before);
        let next = match_interfaces(&known(&before, &keys), &after);
        prop_assert_eq!(next.len(), after.len());
        let distinct: BTreeSet<_> = next.iter().collect();
        prop_assert_eq!(distinct.len(), next.len());
    }
}
