//! Whose datagrams count, and what a hostile one costs.
//!
//! **Room:** tests of `tw-collect`.

use super::*;
use proptest::prelude::*;
use tw_snmp::{Pdu, TrapV1, VarBind};

const UPS: &str = "10.0.0.7:40000";

fn target(device: &str, address: &str, community: Option<&str>) -> EngineTarget {
    EngineTarget {
        device: device.parse().unwrap(),
        address: address.parse().unwrap(),
        access: community.map(|community| Access::Community {
            version: Version::V2c,
            community: community.as_bytes().to_vec(),
        }),
        poll_seconds: 10,
        known_interfaces: Vec::new(),
    }
}

fn gate() -> Gate {
    let mut gate = Gate::default();
    gate.replace(&[
        target("ups-a", "10.0.0.7:161", Some("secret")),
        target("pinged", "10.0.0.8:161", None),
        target("one", "10.0.0.9:161", Some("shared")),
        target("two", "10.0.0.9:1161", Some("shared")),
        target("six", "[2001:db8::1]:161", Some("secret")),
    ]);
    gate
}

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

fn on_battery(varbinds: usize) -> Notification {
    let varbind = |n| VarBind {
        oid: oid("1.3.6.1.2.1.33.1.2.3.0"),
        value: Value::Integer(n),
    };
    Notification {
        event: oid("1.3.6.1.2.1.33.2.1"),
        uptime: Some(500),
        varbinds: (0..i32::try_from(varbinds).unwrap()).map(varbind).collect(),
    }
}

fn message(community: &str, pdu: Pdu) -> Vec<u8> {
    Message {
        version: Version::V2c,
        community: community.as_bytes().to_vec(),
        pdu,
    }
    .encode()
}

fn trap(community: &str) -> Vec<u8> {
    message(community, on_battery(1).to_pdu(1, false))
}

#[track_caller]
fn refuses(gate: &mut Gate, from: &str, datagram: &[u8], reason: Refused) {
    let before = counted(gate, reason);
    let judged = gate.judge(from.parse().unwrap(), datagram, 0);
    assert_eq!(judged, Err(reason));
    assert_eq!(counted(gate, reason), before + 1, "it is counted");
}

fn counted(gate: &Gate, reason: Refused) -> u64 {
    let found = gate.refused().find(|(known, _)| *known == reason);
    found.map_or(0, |(_, count)| count)
}

#[test]
fn a_trap_counts_from_a_device_of_ours_with_its_community() {
    let mut gate = gate();
    let taken = gate
        .judge(UPS.parse().unwrap(), &trap("secret"), 0)
        .unwrap();
    assert_eq!(taken.device.as_str(), "ups-a");
    assert_eq!(taken.seen.name.as_deref(), Some("upsTrapOnBattery"));
    assert_eq!(taken.seen.event, "1.3.6.1.2.1.33.2.1");
    assert_eq!(taken.seen.uptime_ticks, Some(500));
    let expect = ("upsEstimatedMinutesRemaining.0".to_owned(), "0".to_owned());
    assert_eq!(taken.seen.varbinds, [expect]);
    assert_eq!((taken.answer, taken.repeated), (None, false));
    let six = gate.judge("[2001:db8::1]:9".parse().unwrap(), &trap("secret"), 0);
    assert_eq!(six.unwrap().device.as_str(), "six");
    let mapped = gate.judge("[::ffff:10.0.0.7]:9".parse().unwrap(), &trap("secret"), 0);
    assert_eq!(mapped.unwrap().device.as_str(), "ups-a");
    assert_eq!(gate.taken(), 3);
}

#[test]
fn everybody_else_is_refused_and_counted() {
    let mut gate = gate();
    let gate = &mut gate;
    refuses(
        gate,
        "10.0.0.66:40000",
        &trap("secret"),
        Refused::UnknownSource,
    );
    refuses(gate, UPS, &trap("public"), Refused::Community);
    refuses(gate, "10.0.0.8:1", &trap("secret"), Refused::Community);
    refuses(gate, UPS, &[0; TRAP_BYTES_MAX + 1], Refused::TooLong);
    refuses(gate, UPS, b"hello", Refused::Unreadable);
    let request = Pdu::request(PduKind::GetRequest, 1, [oid("1.3.6.1.2.1.1.3.0")]);
    refuses(gate, UPS, &message("secret", request), Refused::Unreadable);
    let nameless = Pdu::request(PduKind::TrapV2, 1, []);
    refuses(gate, UPS, &message("secret", nameless), Refused::Unreadable);
    // The head of a v3 message: a sequence that begins with the number 3.
    refuses(gate, UPS, &[0x30, 3, 2, 1, 3], Refused::Version3);
    assert_eq!(gate.taken(), 0);
}

#[test]
fn of_two_devices_at_one_address_the_port_tells_which() {
    let mut gate = gate();
    let datagram = trap("shared");
    refuses(&mut gate, "10.0.0.9:5000", &datagram, Refused::Ambiguous);
    let two = gate.judge("10.0.0.9:1161".parse().unwrap(), &datagram, 0);
    assert_eq!(two.unwrap().device.as_str(), "two");
}

#[test]
fn one_address_may_send_so_many_and_then_one_in_three_seconds() {
    let mut gate = gate();
    let from: SocketAddr = UPS.parse().unwrap();
    let mut send = |now| gate.judge(from, &trap("secret"), now).is_ok();
    for n in 0..TRAPS_AT_ONCE_MAX {
        assert!(send(1_000_000), "trap {n}");
    }
    assert!(!send(1_000_000));
    assert!(!send(1_000_000 + TRAP_EVERY_MS - 1));
    assert!(send(1_000_000 + TRAP_EVERY_MS));
    assert!(!send(1_000_000 + TRAP_EVERY_MS));
    // A new list of devices forgives nothing.
    gate.replace(&[target("ups-a", "10.0.0.7:161", Some("secret"))]);
    let again = gate.judge(from, &trap("secret"), 1_000_000 + TRAP_EVERY_MS);
    assert_eq!(again, Err(Refused::TooMany));
    assert_eq!(counted(&gate, Refused::TooMany), 4);
}

#[test]
fn bindings_beyond_the_limit_are_counted_in_the_trap() {
    let mut gate = gate();
    let datagram = message("secret", on_battery(40).to_pdu(1, false));
    let taken = gate.judge(UPS.parse().unwrap(), &datagram, 0).unwrap();
    assert_eq!(taken.seen.varbinds.len(), TRAP_VARBINDS_MAX);
    assert_eq!(taken.seen.left_out, 8);
}

#[test]
fn texts_of_a_trap_are_bounded_and_harmless() {
    let mut told = on_battery(0);
    let mut text = b"\x1b[31mred\x07".to_vec();
    text.extend([b'x'; 2_000]);
    told.varbinds.push(VarBind {
        oid: oid("1.3.6.1.4.1.1.1"),
        value: Value::OctetString(text),
    });
    let datagram = message("secret", told.to_pdu(1, false));
    let taken = gate().judge(UPS.parse().unwrap(), &datagram, 0).unwrap();
    let (name, value) = &taken.seen.varbinds[0];
    assert_eq!(name, "1.3.6.1.4.1.1.1");
    assert!(
        value.len() <= 256 && !value.contains(char::is_control),
        "{value:?}"
    );
}

#[test]
fn an_inform_is_answered_and_its_repetition_is_no_second_event() {
    let mut gate = gate();
    let from: SocketAddr = UPS.parse().unwrap();
    let datagram = message("secret", on_battery(1).to_pdu(77, true));
    let first = gate.judge(from, &datagram, 0).unwrap();
    let answer = first.answer.unwrap();
    assert!(
        answer.len() <= datagram.len(),
        "nobody's traffic is made larger"
    );
    let answer = Message::decode(&answer).unwrap();
    let sent = Message::decode(&datagram).unwrap();
    assert_eq!(answer.pdu.kind, PduKind::Response);
    assert_eq!((answer.pdu.request_id, answer.pdu.error_status), (77, 0));
    assert_eq!(answer.pdu.varbinds, sent.pdu.varbinds);
    let second = gate.judge(from, &datagram, 0).unwrap();
    assert!(!first.repeated && second.repeated && second.answer.is_some());
    // The first one found no room: then the second one is the event.
    gate.had_no_room(from);
    assert!(!gate.judge(from, &datagram, 0).unwrap().repeated);
}

#[test]
fn a_trap_of_v1_is_the_same_event() {
    let mut pdu = Pdu::request(PduKind::TrapV1, 0, []);
    pdu.trap_v1 = Some(TrapV1 {
        enterprise: oid("1.3.6.1.2.1.33.2"),
        agent_address: [10, 0, 0, 99],
        generic: 6,
        specific: 1,
        uptime: 5,
    });
    let datagram = Message {
        version: Version::V1,
        community: b"secret".to_vec(),
        pdu,
    };
    let taken = gate().judge(UPS.parse().unwrap(), &datagram.encode(), 0);
    let taken = taken.unwrap();
    assert_eq!(
        taken.device.as_str(),
        "ups-a",
        "not the address that it claims"
    );
    assert_eq!(taken.seen.name.as_deref(), Some("upsTrapOnBattery"));
    assert_eq!(taken.seen.version, "1");
}

proptest! {
    #[test]
    fn no_datagram_breaks_the_gate(
        bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0_usize..80,
        at in 0_usize..80, flip in any::<u8>(),
    ) {
        let from: SocketAddr = UPS.parse().unwrap();
        prop_assert!(gate().judge(from, &bytes, 0).is_err());
        let whole = trap("secret");
        // A message that ends early is refused; a changed one may still be a trap, or not.
        let short = &whole[..cut.min(whole.len() - 1)];
        prop_assert!(gate().judge(from, short, 0).is_err());
        let mut changed = whole;
        let place = at % changed.len();
        changed[place] ^= flip;
        gate().judge(from, &changed, 0).ok();
    }
}
