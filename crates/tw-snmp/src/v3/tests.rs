//! A manager and an agent of v3 speak to each other, and strangers get nowhere.
//!
//! **Room:** tests.

use super::*;
use crate::{Oid, Pdu, PduKind, Value, VarBind};
use std::time::Duration;

const ENGINE: &[u8] = &[0x80, 0, 0, 9, 1, 2, 3, 4];
const SECOND: Duration = Duration::from_secs(1);

fn user(auth: AuthProtocol, privacy: Option<PrivProtocol>) -> User {
    let privacy = privacy.map(|protocol| (protocol, "privacy-password"));
    User::new("operator", Some((auth, "maplesyrup")), privacy).unwrap()
}

fn question() -> Pdu {
    let name: Oid = "1.3.6.1.2.1.1.5.0".parse().unwrap();
    Pdu::request(PduKind::GetRequest, 77, [name])
}

/// One datagram to the agent and back; the agent answers every request with `Integer(42)`.
fn exchange(
    manager: &mut Manager,
    agent: &mut Agent,
    datagram: &[u8],
    (time, now): (u32, Duration),
) -> String {
    let answer = match agent.receive(datagram, time) {
        AgentVerdict::Drop(problem) => return format!("dropped: {problem}"),
        AgentVerdict::Report(_, report) => report,
        AgentVerdict::Request(request) => {
            let name = request.scoped.pdu.varbinds[0].oid.clone();
            let varbind = VarBind {
                oid: name,
                value: Value::Integer(42),
            };
            let pdu = request.scoped.pdu.response(vec![varbind]);
            agent.respond(&request, pdu, time)
        }
    };
    let mut scratch = Vec::new();
    match manager.receive(&answer, &mut scratch, now) {
        Err(problem) => format!("refused: {problem}"),
        Ok(Incoming {
            report: Some(kind), ..
        }) => kind.name().to_owned(),
        Ok(incoming) => format!("{:?}", incoming.pdu.to_pdu().unwrap().varbinds[0].value),
    }
}

fn ask(manager: &mut Manager, agent: &mut Agent, time: u32, now: Duration) -> String {
    let datagram = manager.request(9, question(), now).unwrap();
    exchange(manager, agent, &datagram, (time, now))
}

fn discovered(user: &User, agent: &mut Agent, time: u32) -> Manager {
    let mut manager = Manager::new(user.clone(), vec![], 1);
    let discovery = manager.discovery(1);
    let said = exchange(&mut manager, agent, &discovery, (time, Duration::ZERO));
    assert_eq!(said, "usmStatsUnknownEngineIDs");
    assert_eq!(manager.engine_id(), Some(ENGINE));
    manager
}

#[test]
fn every_pair_of_protocols_asks_and_answers() {
    use AuthProtocol::{Md5, Sha1, Sha224, Sha256, Sha384, Sha512};
    use PrivProtocol::{Aes128, Aes192, Aes192c, Aes256, Aes256c, Des};
    let pairs = [
        (Md5, Some(Des)),
        (Md5, Some(Aes256c)),
        (Sha1, Some(Aes192)),
        (Sha1, Some(Aes256)),
        (Sha224, Some(Aes192c)),
        (Sha256, Some(Aes128)),
        (Sha384, None),
        (Sha512, Some(Aes256)),
    ];
    for (auth, privacy) in pairs {
        let user = user(auth, privacy);
        let mut agent = Agent::new(ENGINE, 3, std::slice::from_ref(&user), 5);
        let mut manager = discovered(&user, &mut agent, 100);
        for second in 0..3 {
            let said = ask(&mut manager, &mut agent, 100 + second, SECOND * second);
            assert_eq!(said, "Integer(42)", "{auth} {privacy:?}");
        }
        assert_eq!(manager.engine_boots(), Some(3));
    }
}

#[test]
fn a_user_without_keys_asks_in_clear() {
    let user = User::new("guest", None, None).unwrap();
    let mut agent = Agent::new(ENGINE, 3, std::slice::from_ref(&user), 5);
    let mut manager = discovered(&user, &mut agent, 100);
    assert_eq!(ask(&mut manager, &mut agent, 100, SECOND), "Integer(42)");
}

#[test]
fn wrong_passwords_and_unknown_users_are_told_apart() {
    let good = user(AuthProtocol::Sha256, Some(PrivProtocol::Aes128));
    let mut agent = Agent::new(ENGINE, 1, std::slice::from_ref(&good), 5);
    let auth = |password| Some((AuthProtocol::Sha256, password));
    let privacy = |password| Some((PrivProtocol::Aes128, password));
    let cases = [
        (
            User::new("stranger", auth("maplesyrup"), None),
            "usmStatsUnknownUserNames",
        ),
        (
            User::new("operator", auth("wrong-password"), None),
            "usmStatsWrongDigests",
        ),
        (
            User::new("operator", auth("maplesyrup"), privacy("wrong-password")),
            "usmStatsDecryptionErrors",
        ),
    ];
    for (user, expect) in cases {
        let user = user.unwrap();
        let mut manager = discovered(&user, &mut agent, 100);
        assert_eq!(ask(&mut manager, &mut agent, 100, SECOND), expect);
    }
    let poor = User::new("operator", auth("maplesyrup"), None).unwrap();
    let mut plain = Agent::new(ENGINE, 1, &[poor], 5);
    let mut manager = discovered(&good, &mut plain, 100);
    let said = ask(&mut manager, &mut plain, 100, SECOND);
    assert_eq!(said, "usmStatsUnsupportedSecLevels");
}

#[test]
fn a_restart_and_a_jump_of_the_agents_clock_are_followed() {
    let user = user(AuthProtocol::Sha1, Some(PrivProtocol::Aes128));
    let mut agent = Agent::new(ENGINE, 1, std::slice::from_ref(&user), 5);
    let mut manager = discovered(&user, &mut agent, 1_000);
    assert_eq!(ask(&mut manager, &mut agent, 1_000, SECOND), "Integer(42)");
    agent.reboot();
    assert_eq!(
        ask(&mut manager, &mut agent, 2, SECOND),
        "usmStatsNotInTimeWindows"
    );
    assert_eq!(manager.engine_boots(), Some(2));
    assert_eq!(ask(&mut manager, &mut agent, 2, SECOND), "Integer(42)");
    assert_eq!(
        ask(&mut manager, &mut agent, 500, SECOND),
        "usmStatsNotInTimeWindows"
    );
    assert_eq!(ask(&mut manager, &mut agent, 500, SECOND), "Integer(42)");
}

#[test]
fn a_replayed_answer_is_refused() {
    let user = user(AuthProtocol::Sha1, None);
    let mut agent = Agent::new(ENGINE, 1, std::slice::from_ref(&user), 5);
    let mut manager = discovered(&user, &mut agent, 10);
    let AgentVerdict::Request(request) =
        agent.receive(&manager.request(9, question(), SECOND).unwrap(), 10)
    else {
        panic!("the request is good");
    };
    let old = agent.respond(&request, request.scoped.pdu.response(vec![]), 10);
    let mut scratch = Vec::new();
    assert!(manager.receive(&old, &mut scratch, SECOND).is_ok());
    let later = SECOND * 152;
    let refused = manager.receive(&old, &mut scratch, later).unwrap_err();
    assert_eq!(refused, V3Error::NotInTimeWindow { boots: 1, time: 10 });
}

#[test]
fn one_changed_bit_anywhere_is_never_taken_as_an_answer() {
    let user = user(AuthProtocol::Sha256, Some(PrivProtocol::Aes128));
    let mut agent = Agent::new(ENGINE, 1, std::slice::from_ref(&user), 5);
    let mut manager = discovered(&user, &mut agent, 10);
    let request = manager.request(9, question(), SECOND).unwrap();
    let AgentVerdict::Request(asked) = agent.receive(&request, 10) else {
        panic!("the request is good");
    };
    let answer = agent.respond(&asked, asked.scoped.pdu.response(vec![]), 10);
    for bit in 0..answer.len() * 8 {
        let mut changed = answer.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let mut scratch = Vec::new();
        let taken = manager
            .clone()
            .receive(&changed, &mut scratch, SECOND)
            .is_ok();
        assert!(!taken, "bit {bit}");
    }
    for cut in 0..answer.len() {
        let mut scratch = Vec::new();
        assert!(
            manager
                .receive(&answer[..cut], &mut scratch, SECOND)
                .is_err()
        );
    }
}

#[test]
fn an_unsigned_answer_to_a_signed_question_is_refused() {
    let signed = user(AuthProtocol::Sha256, None);
    let mut agent = Agent::new(ENGINE, 1, std::slice::from_ref(&signed), 5);
    let mut manager = discovered(&signed, &mut agent, 10);
    let open = User::new("operator", None, None).unwrap();
    let mut fake = Agent::new(ENGINE, 1, std::slice::from_ref(&open), 5);
    let mut accomplice = discovered(&open, &mut fake, 10);
    let question = accomplice.request(9, question(), SECOND).unwrap();
    let said = exchange(&mut manager, &mut fake, &question, (10, SECOND));
    assert_eq!(
        said,
        "refused: the answer is less protected than the question"
    );
}

#[test]
fn protocols_are_named_as_people_write_them() {
    assert_eq!("SHA-256".parse(), Ok(AuthProtocol::Sha256));
    assert_eq!("sha".parse(), Ok(AuthProtocol::Sha1));
    assert_eq!("AES".parse(), Ok(PrivProtocol::Aes128));
    assert_eq!("aes256c".parse(), Ok(PrivProtocol::Aes256c));
    let refused = "rot13".parse::<PrivProtocol>().unwrap_err().to_string();
    assert_eq!(
        refused,
        "\"rot13\" is no privacy protocol; there are des, aes128, aes192, aes256, aes192c, aes256c"
    );
}
