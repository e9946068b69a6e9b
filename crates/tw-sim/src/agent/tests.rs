//! Agents asked over real sockets.
//!
//! **Room:** layer 3, simulation; tests.

use super::*;
use crate::snmprec::Walk;
use proptest::prelude::*;
use std::time::Duration;
use tokio::time::timeout;
use tw_snmp::{ErrorStatus, PduKind};

const WALK: &str = "1.3.6.1.2.1.1.1.0|4|Tierwatch simulator: test\n\
    1.3.6.1.2.1.1.3.0|67|100\n\
    1.3.6.1.2.1.1.5.0|4|name\n\
    1.3.6.1.2.1.2.2.1.10.1|65|1\n";

async fn agent(bind: &str, faults: Vec<Fault>) -> (Agent, UdpSocket) {
    let walk = Walk::parse(WALK, Timestamp::EPOCH);
    let clock = WallClock::fixed(Timestamp::EPOCH);
    let bind: SocketAddr = bind.parse().unwrap();
    let agent = Agent::spawn(bind, AgentSettings::default(), Arc::new(walk), clock)
        .await
        .unwrap();
    agent.set_faults(faults);
    let socket = UdpSocket::bind(SocketAddr::new(bind.ip(), 0))
        .await
        .unwrap();
    socket.connect(agent.address()).await.unwrap();
    (agent, socket)
}

fn next(oid: &str) -> Message {
    Message {
        version: Version::V2c,
        community: b"public".to_vec(),
        pdu: Pdu::request(PduKind::GetNextRequest, 77, [oid.parse().unwrap()]),
    }
}

async fn answer_octets(socket: &UdpSocket, request: &Message) -> Vec<u8> {
    socket.send(&request.encode()).await.unwrap();
    let mut datagram = vec![0; 70_000];
    let got = timeout(Duration::from_secs(5), socket.recv(&mut datagram)).await;
    datagram.truncate(got.expect("an answer in time").unwrap());
    datagram
}

async fn answer(socket: &UdpSocket, request: &Message) -> Pdu {
    Message::decode(&answer_octets(socket, request).await)
        .unwrap()
        .pdu
}

/// Waits until the agent has counted what the request does.
async fn unanswered(agent: &Agent, socket: &UdpSocket, request: &Message) -> AgentCounts {
    socket.send(&request.encode()).await.unwrap();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
    loop {
        let counts = agent.counts();
        if counts.silent + counts.refused > 0 {
            return counts;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "nothing was counted"
        );
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn it_answers_over_ipv4_and_ipv6() {
    for bind in ["127.0.0.1:0", "127.1.2.3:0", "[::1]:0"] {
        let (agent, socket) = agent(bind, vec![]).await;
        let answer = answer(&socket, &next("1.3.6.1.2.1.1.3.0")).await;
        assert_eq!((answer.request_id, answer.kind), (77, PduKind::Response));
        assert_eq!(
            answer.varbinds[0].value,
            Value::OctetString(b"name".to_vec())
        );
        assert_eq!(agent.counts().answered, 1);
    }
}

#[tokio::test]
async fn a_wrong_community_and_garbage_are_refused_in_silence() {
    let (agent, socket) = agent("127.0.0.1:0", vec![]).await;
    let request = Message {
        community: b"private".to_vec(),
        ..next("1.3")
    };
    let counts = unanswered(&agent, &socket, &request).await;
    assert_eq!((counts.refused, counts.answered), (1, 0));
    socket.send(b"\x30\x84\xff\xff\xff\xff").await.unwrap();
    answer(&socket, &next("1.3")).await;
    assert_eq!((agent.counts().refused, agent.counts().answered), (2, 1));
}

#[tokio::test]
async fn each_fault_of_the_message_shows_on_the_wire() {
    let (agent, socket) = agent("127.0.0.1:0", vec![Fault::WrongRequestId]).await;
    let request = next("1.3");
    assert_eq!(answer(&socket, &request).await.request_id, 78);

    agent.set_faults(vec![Fault::TooBig]);
    let too_big = answer(&socket, &request).await;
    assert_eq!(
        (too_big.status(), too_big.varbinds),
        (ErrorStatus::TooBig, vec![])
    );

    agent.set_faults(vec![Fault::Truncated { octets: 20 }]);
    let truncated = answer_octets(&socket, &request).await;
    assert!(truncated.len() == 20 && Message::decode(&truncated).is_err());

    agent.set_faults(vec![Fault::Oversized { octets: 60_000 }]);
    assert!(answer_octets(&socket, &request).await.len() > 60_000);

    agent.set_faults(vec![Fault::HugeText { octets: 1_000_000 }]);
    assert_eq!(
        answer_octets(&socket, &request).await.len(),
        DATAGRAM_OCTETS_MAX
    );

    agent.set_faults(vec![Fault::HostileText]);
    let hostile = answer(&socket, &request).await;
    let text = hostile.varbinds[0].value.as_bytes().unwrap().to_vec();
    assert!(String::from_utf8(text).unwrap().starts_with("<script>"));

    agent.set_faults(vec![Fault::InvalidUtf8]);
    let invalid = answer(&socket, &request).await;
    assert!(str::from_utf8(invalid.varbinds[0].value.as_bytes().unwrap()).is_err());
}

#[tokio::test]
async fn a_dead_agent_is_silent_and_a_slow_one_late() {
    let (agent, socket) = agent("127.0.0.1:0", vec![Fault::Dead]).await;
    assert_eq!(unanswered(&agent, &socket, &next("1.3")).await.silent, 1);
    let delay = Duration::from_millis(20);
    agent.set_faults(vec![Fault::Slow {
        delay,
        jitter: Duration::ZERO,
    }]);
    let asked = tokio::time::Instant::now();
    answer(&socket, &next("1.3")).await;
    assert!(asked.elapsed() >= delay);
}

#[tokio::test]
async fn an_agent_that_fears_large_bulks_answers_small_ones() {
    let faults = vec![Fault::SilentAbove { repetitions: 10 }];
    let (agent, socket) = agent("127.0.0.1:0", faults).await;
    let bulk = |repetitions| Message {
        pdu: Pdu::get_bulk(1, 0, repetitions, ["1.3".parse().unwrap()]),
        ..next("1.3")
    };
    assert_eq!(unanswered(&agent, &socket, &bulk(11)).await.silent, 1);
    assert_eq!(answer(&socket, &bulk(10)).await.varbinds.len(), 5);
}

#[tokio::test]
async fn a_lossy_agent_answers_its_share() {
    let (agent, socket) = agent("127.0.0.1:0", vec![Fault::Lossy { loss: 0.5 }]).await;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    for sent in 1..=200 {
        socket.send(&next("1.3").encode()).await.unwrap();
        while agent.counts().received < sent {
            assert!(tokio::time::Instant::now() < deadline);
            tokio::task::yield_now().await;
        }
    }
    while agent.counts().answered + agent.counts().silent < 200 {
        assert!(tokio::time::Instant::now() < deadline);
        tokio::task::yield_now().await;
    }
    assert!(
        (60..140).contains(&agent.counts().answered),
        "{:?}",
        agent.counts()
    );
}

fn responder() -> Responder {
    let settings = AgentSettings::default();
    Responder {
        engine: v3::Agent::new(&engine_id(settings.seed), 1, &[], 0),
        boots: 1,
        settings,
        mib: Arc::new(Walk::parse(WALK, Timestamp::EPOCH)),
    }
}

#[test]
fn a_bulk_of_any_size_is_bounded_with_every_fault() {
    let faults = [
        Fault::HugeText { octets: 1_000_000 },
        Fault::Stuck,
        Fault::Loop {
            after: "1.3.6.1.2.1.1.3".parse().unwrap(),
        },
    ];
    let names = vec!["1.3".parse().unwrap(); 50];
    for fault in faults {
        let request = Message {
            pdu: Pdu::get_bulk(1, 0, i32::MAX, names.clone()),
            ..next("1.3")
        };
        let answer = responder().answer(&request.encode(), &[fault], Timestamp::EPOCH);
        let Reply::Answer(answer) = answer else {
            panic!("no answer")
        };
        assert!(answer.len() <= DATAGRAM_OCTETS_MAX);
    }
}

proptest! {
    #[test]
    fn no_datagram_harms_an_agent(
        bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..60, byte: u8,
    ) {
        responder().answer(&bytes, &[], Timestamp::EPOCH);
        let mut request = next("1.3.6.1.2.1.1.3.0").encode();
        let at = at % request.len();
        request[at] = byte;
        if let Reply::Answer(answer) = responder().answer(&request, &[], Timestamp::EPOCH) {
            prop_assert!(Message::decode(&answer).is_ok());
        }
    }
}
