//! Messages of v1 and v2c, there and back.
//!
//! **Room:** tests.

use super::*;
use crate::{ErrorStatus, Oid, TrapV1, Value, VarBind};
use proptest::prelude::*;

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

#[track_caller]
fn check(message: &Message, expect: &str) {
    let bytes = message.encode();
    assert_eq!(bytes, hex(expect), "encoded");
    assert_eq!(Message::decode(&bytes).as_ref(), Ok(message), "decoded");
    for cut in 0..bytes.len() {
        assert!(Message::decode(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn a_get_request_is_the_bytes_that_the_rfc_says() {
    let message = Message {
        version: Version::V2c,
        community: b"public".to_vec(),
        pdu: Pdu::request(PduKind::GetRequest, 1, [oid("1.3.6.1.2.1.1.3.0")]),
    };
    check(
        &message,
        "30 26 02 01 01 04 06 70 75 62 6c 69 63 a0 19 02 01 01 02 01 00 02 01 00
         30 0e 30 0c 06 08 2b 06 01 02 01 01 03 00 05 00",
    );
}

#[test]
fn every_type_of_value_comes_back_in_its_shortest_form() {
    let values = [
        (Value::Integer(-129), "02 02 ff 7f"),
        (Value::Integer(128), "02 02 00 80"),
        (Value::OctetString(vec![0, 255]), "04 02 00 ff"),
        (Value::Null, "05 00"),
        (
            Value::ObjectIdentifier(oid("2.999.4294967295")),
            "06 07 88 37 8f ff ff ff 7f",
        ),
        (Value::IpAddress([127, 0, 0, 1]), "40 04 7f 00 00 01"),
        (Value::Counter32(u32::MAX), "41 05 00 ff ff ff ff"),
        (Value::Gauge32(0), "42 01 00"),
        (Value::TimeTicks(127), "43 01 7f"),
        (Value::Opaque(vec![0x9f, 0x78]), "44 02 9f 78"),
        (
            Value::Counter64(u64::MAX),
            "46 09 00 ff ff ff ff ff ff ff ff",
        ),
        (Value::NoSuchObject, "80 00"),
        (Value::NoSuchInstance, "81 00"),
        (Value::EndOfMibView, "82 00"),
    ];
    for (value, bytes) in values {
        let body = hex(bytes);
        let message = Message {
            version: Version::V2c,
            community: vec![],
            pdu: Pdu::request(PduKind::GetRequest, 0, []).response(vec![VarBind {
                oid: oid("1.3"),
                value,
            }]),
        };
        let n = body.len();
        let head = format!(
            "30 {:02x} 02 01 01 04 00 a2 {:02x} 02 01 00 02 01 00 02 01 00 30 {:02x} 30 {:02x} 06 01 2b {bytes}",
            n + 23,
            n + 16,
            n + 5,
            n + 3
        );
        check(&message, &head);
    }
}

#[test]
fn a_v1_trap_keeps_its_own_fields() {
    let message = Message {
        version: Version::V1,
        community: b"c".to_vec(),
        pdu: Pdu {
            kind: PduKind::TrapV1,
            trap_v1: Some(TrapV1 {
                enterprise: oid("1.3.6.1.4.1.8072"),
                agent_address: [10, 0, 0, 1],
                generic: 6,
                specific: 17,
                uptime: 500,
            }),
            ..Pdu::request(PduKind::GetRequest, 0, [oid("1.3.6")])
        },
    };
    assert_eq!(Message::decode(&message.encode()), Ok(message));
}

#[track_caller]
fn check_refused(bytes: &str, expect: &str) {
    assert_eq!(
        Message::decode(&hex(bytes)).unwrap_err().to_string(),
        expect
    );
}

#[test]
fn a_refusal_says_which_field_where_and_why() {
    check_refused("", "cannot read the message at byte 0: the bytes end here");
    check_refused(
        "30 80 02 01 01 00 00",
        "cannot read the message at byte 1: a length of indefinite form",
    );
    check_refused(
        "30 84 ff ff ff ff",
        "cannot read the message at byte 1: length 4294967295 is more than the 0 bytes that remain",
    );
    check_refused(
        "30 85 00 00 00 00 01",
        "cannot read the message at byte 1: a length of 5 bytes",
    );
    check_refused(
        "30 03 02 01 03",
        "cannot read the version at byte 2: version number 3 is not the one expected here",
    );
    check_refused(
        "30 05 02 01 01 05 00",
        "cannot read the community at byte 5: tag 0x05 where 0x04 must be",
    );
    check_refused(
        "30 00 00",
        "cannot read the message at byte 2: 1 bytes too many",
    );
    check_refused(
        "30 07 02 01 01 04 00 a9 00",
        "cannot read the PDU at byte 7: unknown tag 0xa9",
    );
}

#[track_caller]
fn check_value(value: &str, expect: &str) {
    let n = u8::try_from(hex(value).len()).unwrap();
    let bytes = format!(
        "30 {:02x} 02 01 01 04 00 a2 {:02x} 02 01 00 02 01 00 02 01 00 30 {:02x} 30 {:02x} 06 01 2b {value}",
        n + 23,
        n + 16,
        n + 5,
        n + 3
    );
    let shown = match Message::decode(&hex(&bytes)) {
        Ok(message) => format!("{:?}", message.pdu.varbinds[0].value),
        Err(error) => error.problem.to_string(),
    };
    assert_eq!(shown, expect, "{value}");
}

#[test]
fn odd_values_are_taken_or_refused_on_purpose() {
    check_value("41 04 ff ff ff ff", "Counter32(4294967295)");
    check_value(
        "46 08 ff ff ff ff ff ff ff ff",
        "Counter64(18446744073709551615)",
    );
    check_value("47 01 05", "Gauge32(5)");
    check_value("06 00", "ObjectIdentifier(Oid([0, 0]))");
    check_value("04 82 00 01 41", "OctetString([65])");
    check_value("02 00", "an integer of 0 bytes");
    check_value("02 05 01 00 00 00 00", "the integer is out of range");
    check_value("02 09 00 00 00 00 00 00 00 00 01", "an integer of 9 bytes");
    check_value("41 05 01 00 00 00 00", "an integer of 5 bytes");
    check_value(
        "06 02 2b 81",
        "an arc that is not in its shortest form or does not end",
    );
    check_value(
        "06 03 2b 80 01",
        "an arc that is not in its shortest form or does not end",
    );
    check_value("06 06 2b 90 80 80 80 00", "an arc above 4294967295");
    check_value("40 03 01 02 03", "an IPv4 address of 3 bytes");
    check_value("05 01 00", "content where none may be");
    check_value("45 00", "unknown tag 0x45");
}

#[test]
fn an_identifier_of_129_arcs_is_refused_and_one_of_128_is_read() {
    for (arcs, good) in [(128, true), (129, false)] {
        let long = Oid::from_static(&[1, 3]).join(&vec![1; arcs - 2]);
        let message = Message {
            version: Version::V2c,
            community: vec![],
            pdu: Pdu::request(PduKind::GetRequest, 1, [long]),
        };
        assert_eq!(Message::decode(&message.encode()).is_ok(), good, "{arcs}");
    }
}

#[test]
fn a_patched_request_is_the_request_with_that_id() {
    let mut message = Message {
        version: Version::V2c,
        community: b"public".to_vec(),
        pdu: Pdu::get_bulk(REQUEST_ID_MIN, 1, 20, [oid("1.3.6.1"), oid("1.3.6.2")]),
    };
    let mut encoded = EncodedRequest::new(&message);
    for id in [REQUEST_ID_MIN, 0x0123_4567, i32::MAX] {
        message.pdu.request_id = id;
        encoded.set_request_id(id);
        assert_eq!(encoded.as_bytes(), message.encode());
    }
    encoded.set_request_id(5);
    message.pdu.request_id = 5;
    assert_eq!(Message::decode(encoded.as_bytes()), Ok(message));
}

#[test]
fn error_numbers_and_names_agree() {
    for number in -1..25 {
        assert_eq!(ErrorStatus::from(number).number(), number);
    }
    assert_eq!(ErrorStatus::from(1).name(), "tooBig");
    assert_eq!(ErrorStatus::from(18).name(), "inconsistentName");
    assert_eq!(ErrorStatus::from(99).name(), "other");
}

fn any_oid() -> impl Strategy<Value = Oid> {
    (
        0..3_u32,
        0..40_u32,
        prop::collection::vec(any::<u32>(), 0..126),
    )
        .prop_map(|(first, second, rest)| Oid::from_arcs(&[first, second]).unwrap().join(&rest))
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(Value::Integer),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::OctetString),
        Just(Value::Null),
        any_oid().prop_map(Value::ObjectIdentifier),
        any::<[u8; 4]>().prop_map(Value::IpAddress),
        any::<u32>().prop_map(Value::Counter32),
        any::<u32>().prop_map(Value::Gauge32),
        any::<u32>().prop_map(Value::TimeTicks),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Opaque),
        any::<u64>().prop_map(Value::Counter64),
        Just(Value::NoSuchObject),
        Just(Value::NoSuchInstance),
        Just(Value::EndOfMibView),
    ]
}

fn any_message() -> impl Strategy<Value = Message> {
    (
        prop_oneof![Just(Version::V1), Just(Version::V2c)],
        prop::collection::vec(any::<u8>(), 0..40),
        prop::sample::select(vec![0xa0_u8, 0xa1, 0xa2, 0xa3, 0xa5, 0xa6, 0xa7, 0xa8]),
        any::<[i32; 3]>(),
        prop::collection::vec((any_oid(), any_value()), 0..20),
    )
        .prop_map(
            |(version, community, tag, [request_id, status, index], list)| Message {
                version,
                community,
                pdu: Pdu {
                    kind: PduKind::from_tag(tag).unwrap(),
                    request_id,
                    error_status: status,
                    error_index: index,
                    varbinds: list
                        .into_iter()
                        .map(|(oid, value)| VarBind { oid, value })
                        .collect(),
                    trap_v1: None,
                },
            },
        )
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(message in any_message()) {
        prop_assert_eq!(Message::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn raw_identifiers_are_ordered_as_owned_ones(a in any_oid(), b in any_oid()) {
        let message = Message {
            version: Version::V1,
            community: vec![],
            pdu: Pdu::request(PduKind::GetRequest, 1, [a.clone(), b.clone()]),
        };
        let bytes = message.encode();
        let raw: Vec<_> = RawMessage::decode(&bytes).unwrap().pdu.varbinds
            .map(|varbind| varbind.unwrap().oid).collect();
        prop_assert_eq!(raw[0].cmp(&raw[1]), a.cmp(&b));
        prop_assert_eq!(raw[0].to_string(), a.to_string());
        prop_assert!(raw[0] == a);
    }

    #[test]
    fn any_bytes_are_a_message_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        Message::decode(&bytes).ok();
    }
}
