//! The codec compared with another one, `async-snmp`: what both read must be the same.
//!
//! **Room:** tests.

#![expect(clippy::unwrap_used, reason = "a test ends there")]

use async_snmp::{
    compatibility::DecodeConfig,
    message::{CommunityMessage, CommunityPdu},
    pdu::{PduBody, ResponsePdu},
};
use proptest::prelude::*;
use std::{net::UdpSocket, thread, time::Duration};
use tw_snmp::{
    Message, Oid, Pdu, PduKind, Value, VarBind, Version,
    v3::{Agent, AgentVerdict, AuthProtocol, PrivProtocol, User},
};

/// Their reading in our words; `None` for what we have no word for.
fn theirs(bytes: &[u8]) -> Option<Message> {
    let message = CommunityMessage::decode(bytes.to_vec().into(), DecodeConfig::STRICT)
        .ok()?
        .value;
    let (version, community, pdu) = message.into_parts();
    let CommunityPdu::Standard(pdu) = pdu else {
        return None;
    };
    let kind = PduKind::from_tag(pdu.pdu_type().tag())?;
    let (request_id, body, varbinds) = pdu.into_raw_parts();
    let (error_status, error_index) = match body {
        PduBody::GetBulk {
            non_repeaters,
            max_repetitions,
        } => (
            i32::try_from(non_repeaters).ok()?,
            i32::try_from(max_repetitions).ok()?,
        ),
        PduBody::Standard {
            error_status,
            error_index,
            ..
        } => (error_status, error_index),
    };
    Some(Message {
        version: match version {
            async_snmp::Version::V1 => Version::V1,
            _ => Version::V2c,
        },
        community: community.as_bytes().to_vec(),
        pdu: Pdu {
            kind,
            request_id,
            error_status,
            error_index,
            varbinds: varbinds
                .into_iter()
                .map(|row| {
                    Some(VarBind {
                        oid: our_oid(&row.oid),
                        value: our_value(row.value)?,
                    })
                })
                .collect::<Option<_>>()?,
            trap_v1: None,
        },
    })
}

fn our_oid(oid: &async_snmp::Oid) -> Oid {
    Oid::from_arcs(oid.arcs()).unwrap()
}

fn our_value(value: async_snmp::Value) -> Option<Value> {
    use async_snmp::Value as Theirs;
    Some(match value {
        Theirs::Integer(number) => Value::Integer(number),
        Theirs::OctetString(bytes) => Value::OctetString(bytes.to_vec()),
        Theirs::Null => Value::Null,
        Theirs::ObjectIdentifier(oid) => Value::ObjectIdentifier(our_oid(&oid)),
        Theirs::IpAddress(address) => Value::IpAddress(address),
        Theirs::Counter32(number) => Value::Counter32(number),
        Theirs::Gauge32(number) | Theirs::UInteger32(number) => Value::Gauge32(number),
        Theirs::TimeTicks(number) => Value::TimeTicks(number),
        Theirs::Opaque(bytes) => Value::Opaque(bytes.to_vec()),
        Theirs::Counter64(number) => Value::Counter64(number),
        Theirs::NoSuchObject => Value::NoSuchObject,
        Theirs::NoSuchInstance => Value::NoSuchInstance,
        Theirs::EndOfMibView => Value::EndOfMibView,
        _ => return None,
    })
}

fn their_value(value: &Value) -> async_snmp::Value {
    use async_snmp::Value as Theirs;
    let oid = |oid: &Oid| async_snmp::Oid::from_slice(oid.as_slice());
    match value {
        Value::Integer(number) => Theirs::Integer(*number),
        Value::OctetString(bytes) => Theirs::OctetString(bytes.clone().into()),
        Value::Null => Theirs::Null,
        Value::ObjectIdentifier(name) => Theirs::ObjectIdentifier(oid(name)),
        Value::IpAddress(address) => Theirs::IpAddress(*address),
        Value::Counter32(number) => Theirs::Counter32(*number),
        Value::Gauge32(number) => Theirs::Gauge32(*number),
        Value::TimeTicks(number) => Theirs::TimeTicks(*number),
        Value::Opaque(bytes) => Theirs::Opaque(bytes.clone().into()),
        Value::Counter64(number) => Theirs::Counter64(*number),
        Value::NoSuchObject => Theirs::NoSuchObject,
        Value::NoSuchInstance => Theirs::NoSuchInstance,
        Value::EndOfMibView => Theirs::EndOfMibView,
    }
}

fn any_oid() -> impl Strategy<Value = Oid> {
    (
        0..3_u32,
        0..40_u32,
        prop::collection::vec(any::<u32>(), 1..20),
    )
        .prop_map(|(first, second, rest)| Oid::from_arcs(&[first, second]).unwrap().join(&rest))
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(Value::Integer),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::OctetString),
        any_oid().prop_map(Value::ObjectIdentifier),
        any::<[u8; 4]>().prop_map(Value::IpAddress),
        any::<u32>().prop_map(Value::Counter32),
        any::<u32>().prop_map(Value::Gauge32),
        any::<u32>().prop_map(Value::TimeTicks),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Opaque),
        any::<u64>().prop_map(Value::Counter64),
        Just(Value::NoSuchInstance),
        Just(Value::EndOfMibView),
    ]
}

fn any_response() -> impl Strategy<Value = Message> {
    let rows = prop::collection::vec((any_oid(), any_value()), 0..12);
    (
        any::<i32>(),
        rows,
        prop::collection::vec(any::<u8>(), 0..20),
    )
        .prop_map(|(request_id, rows, community)| Message {
            version: Version::V2c,
            community,
            pdu: Pdu {
                varbinds: rows
                    .into_iter()
                    .map(|(oid, value)| VarBind { oid, value })
                    .collect(),
                ..Pdu::request(PduKind::Response, request_id, [])
            },
        })
}

proptest! {
    #[test]
    fn what_we_write_they_read_alike(message in any_response()) {
        prop_assert_eq!(theirs(&message.encode()), Some(message));
    }

    #[test]
    fn what_they_write_we_read_alike(message in any_response()) {
        let rows = message.pdu.varbinds.iter().map(|row| async_snmp::VarBind {
            oid: async_snmp::Oid::from_slice(row.oid.as_slice()),
            value: their_value(&row.value),
        });
        let version = async_snmp::Version::V2c;
        let pdu = ResponsePdu::success(version, message.pdu.request_id, rows.collect()).unwrap();
        let bytes = CommunityMessage::v2c(message.community.clone(), pdu.into_raw()).unwrap();
        prop_assert_eq!(Message::decode(&bytes.encode().unwrap()), Ok(message));
    }
}

#[test]
fn changed_messages_that_both_take_mean_the_same_to_both() {
    let name: Oid = "1.3.6.1.2.1.2.2.1.10.1000".parse().unwrap();
    let values = [
        Value::Integer(-5),
        Value::OctetString(b"eth0".to_vec()),
        Value::ObjectIdentifier(name.clone()),
        Value::IpAddress([10, 0, 0, 1]),
        Value::Counter64(1 << 40),
        Value::Counter32(1 << 31),
    ];
    let message = Message {
        version: Version::V2c,
        community: b"public".to_vec(),
        pdu: Pdu {
            varbinds: values
                .into_iter()
                .zip(1..)
                .map(|(value, n)| VarBind {
                    oid: name.child(n),
                    value,
                })
                .collect(),
            ..Pdu::request(PduKind::Response, 77, [])
        },
    };
    let original = message.encode();
    let (mut both, mut cases) = (0, 0);
    for position in 0..original.len() {
        for byte in 0..=u8::MAX {
            let mut bytes = original.clone();
            bytes[position] = byte;
            cases += 1;
            if let (Ok(ours), Some(theirs)) = (Message::decode(&bytes), theirs(&bytes)) {
                assert_eq!(ours, theirs, "byte {position} is {byte:#04x}");
                both += 1;
            }
        }
    }
    assert!(
        both > 1_000 && both < cases,
        "{both} of {cases} taken by both"
    );
}

#[test]
fn another_manager_speaks_v3_with_our_agent() {
    use async_snmp::{AuthProtocol as TheirAuth, PrivProtocol as TheirPriv};
    let pairs = [
        (
            AuthProtocol::Md5,
            TheirAuth::Md5,
            PrivProtocol::Aes128,
            TheirPriv::Aes128,
        ),
        (
            AuthProtocol::Sha1,
            TheirAuth::Sha1,
            PrivProtocol::Aes128,
            TheirPriv::Aes128,
        ),
        (
            AuthProtocol::Sha224,
            TheirAuth::Sha224,
            PrivProtocol::Aes192,
            TheirPriv::Aes192Blumenthal,
        ),
        (
            AuthProtocol::Sha256,
            TheirAuth::Sha256,
            PrivProtocol::Aes256,
            TheirPriv::Aes256Blumenthal,
        ),
        (
            AuthProtocol::Sha1,
            TheirAuth::Sha1,
            PrivProtocol::Aes192c,
            TheirPriv::Aes192Reeder,
        ),
        (
            AuthProtocol::Sha384,
            TheirAuth::Sha384,
            PrivProtocol::Aes256c,
            TheirPriv::Aes256Reeder,
        ),
        (
            AuthProtocol::Sha512,
            TheirAuth::Sha512,
            PrivProtocol::Aes256,
            TheirPriv::Aes256Blumenthal,
        ),
    ];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for (auth, their_auth, privacy, their_privacy) in pairs {
        let user = User::new(
            "operator",
            Some((auth, "maplesyrup")),
            Some((privacy, "privacy-pass")),
        );
        let port = agent_on_a_thread(&user.unwrap());
        let config = async_snmp::UsmConfig::new("operator")
            .auth_priv(their_auth, "maplesyrup", their_privacy, "privacy-pass")
            .unwrap();
        let heard = runtime.block_on(async {
            let client = async_snmp::Client::builder(("127.0.0.1", port), config);
            let client = client.connect().await.unwrap();
            let name = async_snmp::Oid::from_slice(&[1, 3, 6, 1, 2, 1, 1, 5, 0]);
            client.get(&name).await.unwrap().varbinds
        });
        let values: Vec<Option<Value>> =
            heard.into_iter().map(|row| our_value(row.value)).collect();
        assert_eq!(values, [Some(Value::Integer(42))], "{auth} {privacy}");
    }
}

/// Our agent, answering `Integer(42)` to everything until it has heard nothing for a while.
fn agent_on_a_thread(user: &User) -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let port = socket.local_addr().unwrap().port();
    let mut agent = Agent::new(
        &[0x80, 0, 0x1f, 0x88, 4, 1, 2, 3],
        7,
        std::slice::from_ref(user),
        1,
    );
    thread::spawn(move || {
        let mut buffer = [0; 4_096];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer) {
            let answer = match agent.receive(&buffer[..length], 100) {
                AgentVerdict::Drop(_) => continue,
                AgentVerdict::Report(_, report) => report,
                AgentVerdict::Request(request) => {
                    let mut rows = request.scoped.pdu.varbinds.clone();
                    for row in &mut rows {
                        row.value = Value::Integer(42);
                    }
                    agent.respond(&request, request.scoped.pdu.response(rows), 100)
                }
            };
            socket.send_to(&answer, peer).unwrap();
        }
    });
    port
}
