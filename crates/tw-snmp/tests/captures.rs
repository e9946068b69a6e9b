//! Real bytes of real agents and tools: what they mean, and that no part of them is taken for
//! the whole. Each file in `captures/` says which command made it on which system.
//!
//! **Room:** tests.

#![expect(clippy::unwrap_used, reason = "a test ends there")]

use std::{fmt::Write as _, fs, path::Path};
use tw_snmp::{
    Message, Pdu, Value, VarBind, names,
    v3::{AuthProtocol, PrivProtocol, RawV3, User},
    version_of,
};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures"))
}

fn capture(name: &str) -> Vec<u8> {
    let text = fs::read_to_string(folder().join(name).with_extension("hex")).unwrap();
    let digits: String = text.lines().filter(|line| !line.starts_with('#')).collect();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn tester() -> User {
    let auth = Some((AuthProtocol::Sha256, "auth-password"));
    User::new(
        "tester",
        auth,
        Some((PrivProtocol::Aes128, "priv-password")),
    )
    .unwrap()
}

/// What a datagram says, in one line; or why it says nothing.
fn meaning(bytes: &[u8]) -> Result<String, String> {
    if version_of(bytes).map_err(|why| why.to_string())? != 3 {
        let message = Message::decode(bytes).map_err(|why| why.to_string())?;
        let community = String::from_utf8(message.community).unwrap();
        return Ok(format!(
            "{:?} {community} {}",
            message.version,
            pdu(&message.pdu)
        ));
    }
    let raw = RawV3::decode(bytes).map_err(|why| why.to_string())?;
    let local = tester().localize(raw.engine_id);
    let signed = raw.is_signed_by(&local);
    let mut scratch = Vec::new();
    let scoped = raw
        .open(&local, &mut scratch)
        .map_err(|why| why.to_string())?;
    let scoped = scoped.to_scoped_pdu().map_err(|why| why.to_string())?;
    let user = String::from_utf8_lossy(raw.user);
    let level = raw.flags.level();
    Ok(format!(
        "v3 {user:?} {level:?} signed: {signed} {}",
        pdu(&scoped.pdu)
    ))
}

fn pdu(pdu: &Pdu) -> String {
    let mut text = format!("{:?} {}/{}", pdu.kind, pdu.error_status, pdu.error_index);
    if let Some(trap) = &pdu.trap_v1 {
        let (generic, specific) = (trap.generic, trap.specific);
        write!(
            text,
            " {} {:?} {generic} {specific} {}",
            trap.enterprise, trap.agent_address, trap.uptime
        )
        .unwrap();
    }
    for VarBind { oid, value } in &pdu.varbinds {
        let value = match value {
            Value::OctetString(bytes) => format!("{:?}", String::from_utf8_lossy(bytes)),
            other => format!("{other:?}"),
        };
        write!(text, "; {} {value}", names::name_of(oid)).unwrap();
    }
    text
}

#[track_caller]
fn check(name: &str, expect: &str) {
    let bytes = capture(name);
    assert_eq!(meaning(&bytes).as_deref(), Ok(expect), "{name}");
    for end in 0..bytes.len() {
        assert!(meaning(&bytes[..end]).is_err(), "{name} cut at {end}");
    }
}

#[test]
fn requests_and_answers_of_net_snmp_are_read() {
    check(
        "v2c-get-request",
        "V2c public GetRequest 0/0; sysName.0 Null; sysUpTime.0 Null; 1.3.6.1.2.1.1.99.0 Null",
    );
    check(
        "v2c-get-response",
        "V2c public Response 0/0; sysName.0 \"lab-switch\"; sysUpTime.0 TimeTicks(200); 1.3.6.1.2.1.1.99.0 NoSuchObject",
    );
    check(
        "v2c-getbulk-request",
        "V2c public GetBulkRequest 0/12; 1.3.6.1.2.1.2.2.1 Null",
    );
    check(
        "v2c-getbulk-response",
        "V2c public Response 0/0; ifIndex.1 Integer(1); ifIndex.2 Integer(2); ifIndex.3 Integer(3); ifIndex.4 Integer(4); ifDescr.1 \"lo\"; ifDescr.2 \"ifb0\"; ifDescr.3 \"ifb1\"; ifDescr.4 \"eth0\"; ifType.1 Integer(24); ifType.2 Integer(6); ifType.3 Integer(6); ifType.4 Integer(6)",
    );
    check(
        "v2c-getnext-response",
        "V2c public Response 0/0; vacmViewTreeFamilyStatus.5.95.97.108.108.95.1.0 Integer(1)",
    );
    check(
        "v1-no-such-name",
        "V1 public Response 2/1; 1.3.6.1.2.1.1.99.0 Null",
    );
}

#[test]
fn traps_and_informs_of_net_snmp_are_read() {
    check(
        "v1-trap",
        "V1 public TrapV1 0/0 1.3.6.1.4.1.8072.3.2.10 [192, 0, 2, 1] 6 17 500; sysName.0 \"lab-switch\"",
    );
    check(
        "v2c-trap",
        "V2c public TrapV2 0/0; sysUpTime.0 TimeTicks(4242); snmpTrapOID.0 ObjectIdentifier(Oid([1, 3, 6, 1, 6, 3, 1, 1, 5, 3])); ifIndex.7 Integer(7)",
    );
    check(
        "v2c-inform",
        "V2c public InformRequest 0/0; sysUpTime.0 TimeTicks(4242); snmpTrapOID.0 ObjectIdentifier(Oid([1, 3, 6, 1, 6, 3, 1, 1, 5, 4])); ifIndex.7 Integer(7)",
    );
}

#[test]
fn messages_of_v3_are_verified_and_decrypted() {
    check(
        "v3-discovery",
        "v3 \"\" NoAuthNoPriv signed: false GetRequest 0/0",
    );
    check(
        "v3-discovery-report",
        "v3 \"\" NoAuthNoPriv signed: false Report 0/0; usmStatsUnknownEngineIDs.0 Counter32(1)",
    );
    check(
        "v3-authpriv-request",
        "v3 \"tester\" AuthPriv signed: true GetRequest 0/0; sysName.0 Null",
    );
    check(
        "v3-authpriv-response",
        "v3 \"tester\" AuthPriv signed: true Response 0/0; sysName.0 \"lab-switch\"",
    );
    check(
        "v3-wrong-digest-report",
        "v3 \"tester\" NoAuthNoPriv signed: false Report 0/0; usmStatsWrongDigests.0 Counter32(1)",
    );
}

#[test]
fn what_we_write_again_is_what_net_snmp_wrote() {
    for name in [
        "v2c-get-request",
        "v2c-get-response",
        "v2c-getbulk-response",
        "v1-trap",
        "v2c-trap",
    ] {
        let bytes = capture(name);
        assert_eq!(Message::decode(&bytes).unwrap().encode(), bytes, "{name}");
    }
}

#[test]
fn every_capture_says_where_it_comes_from_and_is_tested() {
    let tested: String = include_str!("captures.rs").split_whitespace().collect();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# "), "{path:?} says where it comes from");
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            tested.contains(&format!("check(\"{name}\"")),
            "{name} is tested"
        );
    }
}
