//! Enumerated mutations of good messages, as PROTOS c06-snmpv1 did it: every field, every way
//! to be wrong. No decoder may panic, run on, or allocate more than its input explains.
//!
//! **Room:** tests.

#![expect(clippy::unwrap_used, reason = "a test ends there")]

use std::time::Duration;
use tw_snmp::{
    Message, Oid, Pdu, PduKind, RawMessage, TrapV1, Value, VarBind, Version, ber,
    v3::{Agent, AuthProtocol, LocalUser, Manager, PrivProtocol, RawScopedPdu, RawV3, User},
    version_of,
};

/// What the enumeration must at least come to.
const CASES_MIN: usize = 50_000;
/// What one datagram of usual size may allocate, all decoders together.
const ALLOCATED_MAX: u64 = 64 << 10;
/// A larger datagram may allocate this many times its size: owned rows are larger than the
/// six bytes that the smallest one has on the wire.
const ALLOCATED_PER_OCTET_MAX: u64 = 64;

#[test]
fn no_mutation_of_a_message_panics_or_allocates_without_bound() {
    let subjects = Subjects::new();
    let (mut cases, mut refused, mut largest) = (0_usize, 0_usize, 0_u64);
    for (kind, original) in originals() {
        let mut whole = Case::default();
        let ran = allocation_counter::measure(|| whole = subjects.read(&original));
        assert!(whole.good, "{kind}: the original is read");
        largest = largest.max(ran.bytes_total);
        mutate(&original, &mut |mutation, bytes| {
            let mut case = Case::default();
            let ran = allocation_counter::measure(|| case = subjects.read(bytes));
            let length = u64::try_from(bytes.len()).unwrap();
            let bound = ALLOCATED_MAX.max(length * ALLOCATED_PER_OCTET_MAX);
            let allocated = ran.bytes_total;
            assert!(allocated <= bound, "{kind}, {mutation}: {allocated} bytes");
            largest = largest.max(allocated);
            cases += 1;
            refused += usize::from(!case.good);
        });
    }
    assert!(cases >= CASES_MIN, "only {cases} cases");
    // Most mutations change the grammar; the others change a value only.
    assert!(refused * 2 > cases, "only {refused} of {cases} refused");
    assert!(refused < cases, "some mutations only change a value");
}

/// The decoders with what they need to go on to their ends.
struct Subjects {
    manager: Manager,
    agent: Agent,
    local: LocalUser,
}

#[derive(Default)]
struct Case {
    good: bool,
}

const ENGINE: &[u8] = &[0x80, 0, 0x1f, 0x88, 4, b'x'];

fn user() -> User {
    let auth = Some((AuthProtocol::Md5, "maplesyrup"));
    User::new("operator", auth, Some((PrivProtocol::Des, "maplesyrup"))).unwrap()
}

fn guest() -> User {
    User::new("guest", None, None).unwrap()
}

impl Subjects {
    fn new() -> Self {
        let mut agent = Agent::new(ENGINE, 1, &[user(), guest()], 1);
        let mut manager = Manager::new(guest(), vec![], 1);
        let report = match agent.receive(&manager.discovery(1), 10) {
            tw_snmp::v3::AgentVerdict::Report(_, report) => report,
            other => panic!("a discovery is answered by a report and not by {other:?}"),
        };
        let mut scratch = Vec::new();
        manager
            .receive(&report, &mut scratch, Duration::ZERO)
            .unwrap();
        Self {
            manager,
            agent,
            local: user().localize(ENGINE),
        }
    }

    /// Reads the bytes in every way there is; good when one way reads them to the end.
    fn read(&self, bytes: &[u8]) -> Case {
        version_of(bytes).ok();
        let owned = Message::decode(bytes);
        let raw = RawMessage::decode(bytes).and_then(|message| {
            message
                .pdu
                .varbinds
                .map(|row| row.map(|row| row.oid.arcs().count()))
                .sum::<Result<usize, _>>()
        });
        assert_eq!(owned.is_ok(), raw.is_ok(), "both ways of reading agree");
        let mut scratch = Vec::new();
        let mut v3 = false;
        if let Ok(frame) = RawV3::decode(bytes) {
            v3 = frame
                .open(&self.local, &mut scratch)
                .is_ok_and(|scoped| scoped.to_scoped_pdu().is_ok());
            self.manager
                .clone()
                .receive(bytes, &mut Vec::new(), Duration::ZERO)
                .ok();
            // The verdict may be anything; that there is one is the point.
            drop(self.agent.clone().receive(bytes, 10));
        }
        let scoped = RawScopedPdu::decode(bytes, true).and_then(RawScopedPdu::to_scoped_pdu);
        Case {
            good: owned.is_ok() || v3 || scoped.is_ok(),
        }
    }
}

/// Every version with every kind of message that a manager or a trap receiver may get.
fn originals() -> Vec<(&'static str, Vec<u8>)> {
    let community = |version, pdu| {
        Message {
            version,
            community: b"public".to_vec(),
            pdu,
        }
        .encode()
    };
    let kinds = [
        ("response", PduKind::Response),
        ("report", PduKind::Report),
        ("trap", PduKind::TrapV2),
        ("inform", PduKind::InformRequest),
    ];
    let mut all = vec![("v1 trap", community(Version::V1, trap_v1()))];
    for (name, kind) in kinds {
        all.push((name, community(Version::V1, pdu(kind))));
        all.push((name, community(Version::V2c, pdu(kind))));
        all.push((name, v3(pdu(kind), false)));
        all.push((name, scoped(pdu(kind))));
    }
    all.push(("encrypted", v3(pdu(PduKind::GetRequest), true)));
    all
}

fn pdu(kind: PduKind) -> Pdu {
    let name: Oid = "1.3.6.1.2.1.2.2.1.10.1000".parse().unwrap();
    let values = [
        Value::Integer(-5),
        Value::OctetString(b"eth0".to_vec()),
        Value::ObjectIdentifier(name.clone()),
        Value::IpAddress([10, 0, 0, 1]),
        Value::Counter64(1 << 40),
        Value::TimeTicks(77),
        Value::NoSuchInstance,
    ];
    let rows = values.into_iter().zip(1..);
    Pdu {
        varbinds: rows
            .map(|(value, n)| VarBind {
                oid: name.child(n),
                value,
            })
            .collect(),
        ..Pdu::request(kind, 0x1234_5678, [])
    }
}

fn trap_v1() -> Pdu {
    Pdu {
        trap_v1: Some(TrapV1 {
            enterprise: "1.3.6.1.4.1.8072".parse().unwrap(),
            agent_address: [10, 0, 0, 1],
            generic: 6,
            specific: 1,
            uptime: 9,
        }),
        ..pdu(PduKind::TrapV1)
    }
}

/// A message of v3, as a manager writes it after discovery.
fn v3(pdu: Pdu, encrypted: bool) -> Vec<u8> {
    let mut agent = Agent::new(ENGINE, 1, &[user(), guest()], 1);
    let who = if encrypted { user() } else { guest() };
    let mut manager = Manager::new(who, b"context".to_vec(), 1);
    let tw_snmp::v3::AgentVerdict::Report(_, report) = agent.receive(&manager.discovery(1), 10)
    else {
        panic!("a discovery is answered by a report");
    };
    manager
        .receive(&report, &mut Vec::new(), Duration::ZERO)
        .unwrap();
    manager.request(2, pdu, Duration::ZERO).unwrap()
}

/// A scoped PDU alone, as it is after decryption.
fn scoped(pdu: Pdu) -> Vec<u8> {
    let bytes = v3(pdu, false);
    let mut whole = ber::Reader::new(&bytes);
    let mut message = whole.expect(ber::tag::SEQUENCE, "message").unwrap();
    for _ in 0..3 {
        message.field("field").unwrap();
    }
    message.rest().to_vec()
}

/// One field of the original, as a tree.
struct Field {
    tag: u8,
    content: Content,
}

enum Content {
    Bytes(Vec<u8>),
    Fields(Vec<Field>),
}

impl Field {
    /// Reads a field and, where it holds fields, these too. The depth is that of the grammar.
    fn read(reader: &mut ber::Reader<'_>) -> Self {
        let (tag, mut content) = reader.field("field").unwrap();
        let sealed =
            tag == ber::tag::OCTET_STRING && content.peek_tag() == Some(ber::tag::SEQUENCE);
        let holds_fields = tag & 0x20 != 0 || sealed;
        let content = if holds_fields {
            let mut fields = Vec::new();
            while !content.is_empty() {
                fields.push(Self::read(&mut content));
            }
            Content::Fields(fields)
        } else {
            Content::Bytes(content.rest().to_vec())
        };
        Self { tag, content }
    }

    fn count(&self) -> usize {
        match &self.content {
            Content::Bytes(_) => 1,
            Content::Fields(fields) => 1 + fields.iter().map(Self::count).sum::<usize>(),
        }
    }

    /// Writes the tree; the field with the number `target` is written by `write`. The lengths
    /// of the fields around it are right.
    fn write(
        &self,
        target: usize,
        number: &mut usize,
        write: &dyn Fn(u8, &[u8]) -> Vec<u8>,
    ) -> Vec<u8> {
        let mine = *number;
        *number += 1;
        let content = match &self.content {
            Content::Bytes(bytes) => bytes.clone(),
            Content::Fields(fields) => {
                let mut all = Vec::new();
                for field in fields {
                    all.extend_from_slice(&field.write(target, number, write));
                }
                all
            }
        };
        if mine == target {
            write(self.tag, &content)
        } else {
            field(self.tag, &content)
        }
    }
}

fn field(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut writer = ber::Writer::default();
    writer.primitive(tag, content);
    writer.into_bytes()
}

/// A field with any length bytes.
fn with_length(tag: u8, length: &[u8], content: &[u8]) -> Vec<u8> {
    [&[tag], length, content].concat()
}

fn mutate(original: &[u8], run: &mut dyn FnMut(&str, &[u8])) {
    mutate_bytes(original, run);
    let tree = Field::read(&mut ber::Reader::new(original));
    for target in 0..tree.count() {
        let mut with = |name: &str, write: &dyn Fn(u8, &[u8]) -> Vec<u8>| {
            run(name, &tree.write(target, &mut 0, write));
        };
        for other in 0..=u8::MAX {
            with("another tag", &|_, content| field(other, content));
        }
        mutate_length(&mut with);
        mutate_content(&mut with);
        mutate_place(&mut with);
    }
}

type With<'a> = &'a mut dyn FnMut(&str, &dyn Fn(u8, &[u8]) -> Vec<u8>);

fn mutate_length(with: With<'_>) {
    for form in [
        &[0x00][..],
        &[0x01],
        &[0x7f],
        &[0x80],
        &[0x81, 0x00],
        &[0x81, 0xff],
        &[0x82, 0xff, 0xff],
        &[0x83, 0xff, 0xff, 0xff],
        &[0x84, 0x7f, 0xff, 0xff, 0xff],
        &[0x84, 0x80, 0x00, 0x00, 0x00],
        &[0x84, 0xff, 0xff, 0xff, 0xff],
        &[0x85, 0x00, 0x00, 0x00, 0x00, 0x01],
        &[0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0xfe],
        &[0xff],
    ] {
        with("another length", &|tag, content| {
            with_length(tag, form, content)
        });
    }
    for off_by in [1_usize, 2, 10] {
        with("a length too large", &|tag, content| {
            with_length(tag, &long_form(content.len() + off_by), content)
        });
        with("a length too small", &|tag, content| {
            with_length(
                tag,
                &long_form(content.len().saturating_sub(off_by)),
                content,
            )
        });
    }
    for zeros in 0..3 {
        with("a padded length", &|tag, content| {
            let mut length = vec![0; zeros];
            length.extend_from_slice(&u16::try_from(content.len()).unwrap().to_be_bytes());
            length.insert(0, 0x80 | u8::try_from(length.len()).unwrap());
            with_length(tag, &length, content)
        });
    }
    with("an end of contents", &|tag, content| {
        with_length(tag, &[0x80], &[content, &[0, 0]].concat())
    });
}

fn long_form(length: usize) -> Vec<u8> {
    let length = u32::try_from(length).unwrap().to_be_bytes();
    [&[0x84], &length[..]].concat()
}

fn mutate_content(with: With<'_>) {
    for byte in [0x00, 0x01, 0x7f, 0x80, 0xff] {
        for length in [0, 1, 2, 4, 5, 8, 9, 16, 128, 129, 4_000] {
            with("other content", &|tag, _| field(tag, &vec![byte; length]));
            with("longer content", &|tag, content| {
                field(tag, &[content, &vec![byte; length]].concat())
            });
        }
    }
    for text in [
        "%s%n%x%s%n",
        "../../etc/passwd",
        "'; DROP TABLE x; --",
        "\u{1b}[2J",
    ] {
        with("a hostile text", &|tag, _| {
            field(tag, text.repeat(20).as_bytes())
        });
    }
    for cut in 0..24 {
        with("cut content", &|tag, content| {
            field(tag, &content[..content.len().saturating_sub(cut)])
        });
    }
    with("arcs that do not end", &|tag, _| {
        field(tag, &[0x2b, 0xff, 0xff, 0xff, 0xff, 0xff])
    });
    with("an arc above 32 bits", &|tag, _| {
        field(tag, &[0x2b, 0x90, 0x80, 0x80, 0x80, 0x00])
    });
}

fn mutate_place(with: With<'_>) {
    with("left out", &|_, _| vec![]);
    for times in [2, 3, 100] {
        with("said again", &|tag, content| {
            field(tag, content).repeat(times)
        });
    }
    for depth in [1, 2, 8, 9, 64, 500] {
        for wrapper in [ber::tag::SEQUENCE, ber::tag::OCTET_STRING, 0xa2, 0x24] {
            with("nested", &|tag, content| {
                (0..depth).fold(field(tag, content), |inner, _| field(wrapper, &inner))
            });
        }
    }
}

/// Mutations that know nothing of fields.
fn mutate_bytes(original: &[u8], run: &mut dyn FnMut(&str, &[u8])) {
    for end in 0..original.len() {
        run("cut short", &original[..end]);
        run("cut in front", &original[end + 1..]);
    }
    for length in [1, 2, 100, 1_000] {
        run("longer", &[original, &vec![0; length]].concat());
    }
    for position in 0..original.len() {
        let mut changed = original.to_vec();
        for bit in 0..8 {
            changed[position] = original[position] ^ (1 << bit);
            run("one bit", &changed);
        }
        for byte in [0x00, 0x7f, 0x80, 0xff, 0x30] {
            changed[position] = byte;
            run("one byte", &changed);
        }
        let mut less = original.to_vec();
        less.remove(position);
        run("one byte less", &less);
        less.insert(position, 0x41);
        less.insert(position, 0x41);
        run("one byte more", &less);
    }
}
