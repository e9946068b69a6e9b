//! Answers that are as expected, and answers that are not.
//!
//! **Room:** tests.

use super::*;
use tw_devices::plan::{SteadyScalar, SteadyTable};
use tw_snmp::{Message, RawMessage, Value as Raw, Version};

const COLUMNS: [&[u32]; 2] = [&[1, 3, 6, 1, 9, 1], &[1, 3, 6, 1, 9, 2]];

fn cell(slot: u32) -> SteadyCell {
    SteadyCell {
        slot,
        factor: 1.0,
        absent: None,
    }
}

/// Three rows of two columns and one scalar; slots 0 to 6.
fn compiled() -> Compiled {
    let steady = Steady {
        width: 7,
        scalars: vec![SteadyScalar {
            oid: vec![1, 3, 6, 1, 8, 0],
            cell: cell(6),
        }],
        tables: vec![SteadyTable {
            columns: COLUMNS.iter().map(|c| c.to_vec()).collect(),
            rows: vec![vec![1], vec![5], vec![7]],
            cells: (0..6).map(cell).collect(),
        }],
        ..Steady::default()
    };
    Compiled::new(steady, true)
}

const ALL: Part = Part::Rows {
    table: 0,
    from: 0,
    to: 3,
};

/// The names and values as an agent would send them, behind `sysUpTime` and the last change.
fn answer(first: bool, rest: &[(&[u32], u32)]) -> Vec<u8> {
    let mut varbinds = vec![(SYS_UP_TIME.to_vec(), 4_711)];
    if first {
        varbinds.push((IF_TABLE_LAST_CHANGE.to_vec(), 12));
    }
    for head in &mut varbinds {
        head.0.push(0);
    }
    varbinds.extend(rest.iter().map(|(oid, n)| (oid.to_vec(), *n)));
    let pdu = Pdu {
        kind: PduKind::Response,
        request_id: 1,
        error_status: 0,
        error_index: 0,
        varbinds: varbinds
            .into_iter()
            .map(|(name, n)| VarBind {
                oid: oid(&name),
                value: Raw::Counter32(n),
            })
            .collect(),
        trap_v1: None,
    };
    Message {
        version: Version::V2c,
        community: b"public".to_vec(),
        pdu,
    }
    .encode()
}

fn take(part: Part, first: bool, datagram: &[u8]) -> (Taken, Vec<Option<i128>>) {
    let compiled = compiled();
    let mut values = vec![None; 7];
    let message = RawMessage::decode(datagram).unwrap();
    let taken = compiled.take((part, first), message.pdu.varbinds, &mut values);
    let numbers = values
        .into_iter()
        .map(|v| v.and_then(Value::as_whole))
        .collect();
    (taken, numbers)
}

fn row(index: u32) -> [Vec<u32>; 2] {
    COLUMNS.map(|column| [column, &[index]].concat())
}

#[test]
fn an_expected_answer_is_stored_whole() {
    let rows = [row(1), row(5), row(7)].concat();
    let list: Vec<(&[u32], u32)> = rows.iter().map(Vec::as_slice).zip(10..).collect();
    let (taken, values) = take(ALL, true, &answer(true, &list));
    assert_eq!(taken.up_time, Some(4_711));
    assert_eq!(taken.last_change, Some(12));
    assert_eq!((taken.rows, taken.other_shape), (3, false));
    let expect: Vec<_> = (10..16).map(Some).chain([None]).collect();
    assert_eq!(values, expect);
}

#[test]
fn a_short_answer_says_how_far_it_came() {
    let rows = [row(1), row(5)].concat();
    let list: Vec<(&[u32], u32)> = rows.iter().map(Vec::as_slice).zip(10..).collect();
    let (taken, values) = take(ALL, false, &answer(false, &list));
    assert_eq!((taken.rows, taken.other_shape), (2, false));
    assert_eq!(values[4], None);
}

#[test]
fn a_row_that_went_shifts_nothing() {
    // Row 5 is gone: the agent sends rows 1, 7, 9.
    let rows = [row(1), row(7), row(9)].concat();
    let list: Vec<(&[u32], u32)> = rows.iter().map(Vec::as_slice).zip(10..).collect();
    let (taken, values) = take(ALL, true, &answer(true, &list));
    assert!(taken.other_shape && !taken.not_increasing);
    let expect = [Some(10), Some(11), None, None, Some(12), Some(13), None];
    assert_eq!(values, expect);
}

#[test]
fn a_name_that_is_not_behind_the_asked_one_is_named() {
    let part = Part::Rows {
        table: 0,
        from: 2,
        to: 3,
    };
    let rows = row(5);
    let list: Vec<(&[u32], u32)> = rows.iter().map(Vec::as_slice).zip(10..).collect();
    let (taken, values) = take(part, false, &answer(false, &list));
    assert!(taken.not_increasing);
    assert_eq!(values, [None; 7]);
}

#[test]
fn the_round_is_cut_by_the_learned_size() {
    let mut compiled = compiled();
    let mut size = BulkSize::default();
    size.halve(8);
    compiled.cut(&size);
    let rows = |from, to| Part::Rows { table: 0, from, to };
    assert_eq!(
        compiled.parts,
        [rows(0, 2), rows(2, 3), Part::Scalars { from: 0, to: 1 }]
    );
    let pdu = compiled.request(rows(2, 3), false, false);
    assert_eq!((pdu.error_status, pdu.error_index), (1, 1));
    assert_eq!(pdu.varbinds[1].oid.to_string(), "1.3.6.1.9.1.5");
    let pdu = compiled.request(rows(0, 2), false, true);
    assert_eq!((pdu.error_status, pdu.error_index), (2, 2));
    assert_eq!(pdu.varbinds[2].oid.to_string(), "1.3.6.1.9.1");
    let pdu = compiled.request(rows(0, 2), true, true);
    assert_eq!(pdu.kind, PduKind::GetRequest);
    assert_eq!(pdu.varbinds.len(), 6);
}
