//! What the fuzz targets do with their input; also run over the corpus by an ordinary test.
//!
//! **Room:** tests. **May use:** `tw-snmp`. **Must not:** print, or depend on anything but the
//! input.

use std::time::Duration;
use tw_snmp::{
    Message, Oid, Pdu, PduKind, RawMessage, Value, VarBind,
    v3::{Agent, AgentVerdict, Manager, RawScopedPdu, User},
    version_of,
    walk::{Walk, WalkSettings},
};

const ENGINE: &[u8] = &[0x80, 0, 0x1f, 0x88, 4, b'x'];
/// More questions than any walk of [`walk`] may need.
const QUESTIONS_MAX: usize = 2_000;

/// Reads a datagram in every way. What can be read can be written, and is then the same.
pub(crate) fn message(data: &[u8]) {
    version_of(data).ok();
    let raw = RawMessage::decode(data).and_then(|message| message.to_message());
    assert_eq!(raw, Message::decode(data));
    if let Ok(message) = raw {
        assert_eq!(Message::decode(&message.encode()), Ok(message));
    }
    let guest = User::new("guest", None, None).expect("a user without keys");
    let mut agent = Agent::new(ENGINE, 1, std::slice::from_ref(&guest), 1);
    if let AgentVerdict::Request(request) = agent.receive(data, 1) {
        let answer = request
            .scoped
            .pdu
            .response(request.scoped.pdu.varbinds.clone());
        agent.respond(&request, answer, 1);
    }
    // Once before the engine is known, and once after, if the input taught it.
    let mut manager = Manager::new(guest, Vec::new(), 1);
    for _ in 0..2 {
        let mut scratch = Vec::new();
        if let Ok(incoming) = manager.receive(data, &mut scratch, Duration::ZERO) {
            incoming.pdu.to_pdu().ok();
        }
    }
}

/// Reads what decryption gave, with and without filling behind it.
pub(crate) fn scoped_pdu(data: &[u8]) {
    let strict = RawScopedPdu::decode(data, false).and_then(RawScopedPdu::to_scoped_pdu);
    let loose = RawScopedPdu::decode(data, true).and_then(RawScopedPdu::to_scoped_pdu);
    if strict.is_ok() {
        assert_eq!(strict, loose);
    }
}

/// Leads a walk by the input, over and over: it ends, and its rows are in order.
pub(crate) fn walk(data: &[u8]) {
    if data.is_empty() {
        return;
    }
    let mut bytes = data.iter().copied().cycle();
    let mut next = || bytes.next().unwrap_or(0);
    let settings = WalkSettings {
        rows_max: 64,
        octets_max: 4_096,
        ..WalkSettings::default()
    };
    let root = Oid::from_static(&[1, 3, 6, 1]);
    let mut walk = Walk::new(root.clone(), settings);
    let mut questions = 0;
    while let Some(question) = walk.question() {
        questions += 1;
        assert!(questions < QUESTIONS_MAX, "the walk does not end");
        assert!(question.after.starts_with(&root) && question.repetitions > 0);
        let kind = next();
        if kind < 0x30 {
            walk.silence();
            continue;
        }
        let status = if kind < 0x60 {
            i32::from(next() % 20)
        } else {
            0
        };
        let count = next() % 8;
        let varbinds = (0..count).map(|_| row(&root, &mut next)).collect();
        walk.answer(&Pdu {
            error_status: status,
            varbinds,
            ..Pdu::request(PduKind::Response, 1, [])
        });
    }
    let (rows, _) = walk.finish();
    assert!(rows.is_sorted_by(|a, b| a.oid < b.oid) && rows.len() <= 64);
}

fn row(root: &Oid, next: &mut impl FnMut() -> u8) -> VarBind {
    let length = next() % 4;
    let mut arcs: Vec<u32> = Vec::new();
    for _ in 0..length {
        arcs.push(u32::from(next()));
    }
    let oid = match next() {
        0 => Oid::from_static(&[1, 3, 7]),
        _ => root.join(&arcs),
    };
    let value = match next() {
        0 => Value::EndOfMibView,
        1 => Value::NoSuchObject,
        2 => Value::OctetString(vec![0; 1_000]),
        _ => Value::Null,
    };
    VarBind { oid, value }
}
