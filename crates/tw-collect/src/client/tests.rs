//! The client against agents that play on loopback, honest and hostile.
//!
//! **Room:** tests.

use super::*;
use std::net::Ipv6Addr;
use tokio::{net::UdpSocket, task::JoinHandle, time::timeout};
use tw_snmp::{
    Message, Value,
    v3::{Agent, AgentVerdict, AuthProtocol, PrivProtocol, User},
};

/// No test may last longer, whatever its agent does.
const PATIENCE: Duration = Duration::from_secs(60);

/// An agent on loopback: each datagram gets what `play` says, in any number of datagrams.
struct Stage {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn stage(play: impl FnMut(&[u8]) -> Vec<Vec<u8>> + Send + 'static) -> Stage {
    stage_at("127.0.0.1:0".parse().unwrap(), play).await
}

async fn stage_at(
    at: SocketAddr,
    mut play: impl FnMut(&[u8]) -> Vec<Vec<u8>> + Send + 'static,
) -> Stage {
    let socket = UdpSocket::bind(at).await.unwrap();
    let address = socket.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let mut buffer = vec![0; 65_535];
        loop {
            let (length, peer) = socket.recv_from(&mut buffer).await.unwrap();
            for datagram in play(&buffer[..length]) {
                socket.send_to(&datagram, peer).await.unwrap();
            }
        }
    });
    Stage { address, task }
}

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

/// The rows of an honest agent: 60 integers below 1.3.6.1.2 and one row behind them.
fn honest_answer(request: &Pdu) -> Pdu {
    let mut rows: Vec<Oid> = (1..=60).map(|n| oid("1.3.6.1.2").join(&[n, 0])).collect();
    rows.push(oid("1.3.6.2.1.0"));
    let from = &request.varbinds[0].oid;
    let wanted = match request.kind {
        PduKind::GetBulkRequest => request.max_repetitions(),
        _ => 1,
    };
    let found = rows.into_iter().filter(|name| name > from).take(wanted);
    let varbinds = found.map(|oid| VarBind {
        oid,
        value: Value::Integer(1),
    });
    request.response(varbinds.collect())
}

/// An agent of v2c whose answer `play` makes of the request.
fn v2c(
    mut play: impl FnMut(&Pdu) -> Option<Pdu> + Send + 'static,
) -> impl FnMut(&[u8]) -> Vec<Vec<u8>> + Send + 'static {
    move |datagram| {
        let request = Message::decode(datagram).unwrap();
        play(&request.pdu)
            .map(|pdu| Message { pdu, ..request }.encode())
            .into_iter()
            .collect()
    }
}

fn quick() -> Limits {
    Limits {
        timeout: Duration::from_millis(150),
        ..Limits::default()
    }
}

async fn client(address: SocketAddr, credential: &Credential, limits: Limits) -> Client {
    Client::connect(address, credential, limits).await.unwrap()
}

fn codes(collected: &Collected) -> Vec<ProblemCode> {
    collected
        .problems
        .iter()
        .map(|problem| problem.code)
        .collect()
}

/// Walks 1.3.6.1 with v2c and compares the number of rows and the problems.
#[track_caller]
fn check(stage: &Stage, rows: usize, problems: &[ProblemCode]) -> impl Future<Output = Collected> {
    let address = stage.address;
    let problems = problems.to_vec();
    async move {
        let mut client = client(address, &Credential::v2c("public"), quick()).await;
        let walked = timeout(PATIENCE, client.walk(&oid("1.3.6.1")))
            .await
            .unwrap();
        assert_eq!(
            (walked.varbinds.len(), codes(&walked)),
            (rows, problems),
            "{:?}",
            walked.problems
        );
        walked
    }
}

#[tokio::test]
async fn an_honest_agent_is_walked_whole_in_every_version() {
    let stage = stage(v2c(|request| Some(honest_answer(request)))).await;
    check(&stage, 60, &[]).await;
    let mut v1 = client(stage.address, &Credential::v1("public"), quick()).await;
    let walked = v1.walk(&oid("1.3.6.1")).await;
    assert_eq!((walked.varbinds.len(), codes(&walked)), (60, vec![]));
}

#[tokio::test]
async fn an_agent_on_ipv6_is_walked() {
    let at = (Ipv6Addr::LOCALHOST, 0).into();
    let stage = stage_at(at, v2c(|request| Some(honest_answer(request)))).await;
    check(&stage, 60, &[]).await;
}

#[tokio::test]
async fn circles_steps_back_and_empty_answers_are_named() {
    let circle = stage(v2c(|request| {
        let names = ["1.3.6.1.1", "1.3.6.1.2", "1.3.6.1.1"].map(oid);
        let rows = names.map(|oid| VarBind {
            oid,
            value: Value::Null,
        });
        Some(request.response(rows.to_vec()))
    }))
    .await;
    check(&circle, 2, &[ProblemCode::NotIncreasing]).await;
    let stuck = stage(v2c(|request| {
        Some(request.response(request.varbinds.clone()))
    }))
    .await;
    check(&stuck, 0, &[ProblemCode::NotIncreasing]).await;
    let empty = stage(v2c(|request| Some(request.response(vec![])))).await;
    check(&empty, 0, &[ProblemCode::EmptyAnswer]).await;
}

#[tokio::test]
async fn answers_with_another_request_id_community_or_version_are_not_taken() {
    let other_id = stage(v2c(|request| {
        let mut answer = honest_answer(request);
        answer.request_id ^= 1;
        Some(answer)
    }))
    .await;
    check(
        &other_id,
        0,
        &[ProblemCode::Silent, ProblemCode::StrayAnswer],
    )
    .await;
    let other_community = stage(|datagram: &[u8]| {
        let mut message = Message::decode(datagram).unwrap();
        message.community = b"intruder".to_vec();
        message.pdu = honest_answer(&message.pdu);
        vec![message.encode()]
    })
    .await;
    check(
        &other_community,
        0,
        &[ProblemCode::Silent, ProblemCode::StrayAnswer],
    )
    .await;
    let other_version = stage(|datagram: &[u8]| {
        let mut message = Message::decode(datagram).unwrap();
        message.version = Version::V1;
        message.pdu = honest_answer(&message.pdu);
        vec![message.encode()]
    })
    .await;
    check(
        &other_version,
        0,
        &[ProblemCode::Silent, ProblemCode::StrayAnswer],
    )
    .await;
    let echo = stage(|datagram: &[u8]| vec![datagram.to_vec()]).await;
    check(&echo, 0, &[ProblemCode::Silent, ProblemCode::StrayAnswer]).await;
}

#[tokio::test]
async fn the_true_answer_is_found_among_strays() {
    let stage = stage(|datagram: &[u8]| {
        let message = Message::decode(datagram).unwrap();
        let good = Message {
            pdu: honest_answer(&message.pdu),
            ..message
        };
        let mut late = good.clone();
        late.pdu.request_id -= 1;
        let cut = good.encode()[..20].to_vec();
        vec![late.encode(), cut, good.encode()]
    })
    .await;
    check(
        &stage,
        60,
        &[ProblemCode::StrayAnswer, ProblemCode::Malformed],
    )
    .await;
}

#[tokio::test]
async fn another_address_cannot_answer() {
    let intruder = UdpSocket::bind("127.0.0.2:0").await.unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let mut buffer = vec![0; 65_535];
        loop {
            let (length, peer) = socket.recv_from(&mut buffer).await.unwrap();
            let message = Message::decode(&buffer[..length]).unwrap();
            let answer = Message {
                pdu: honest_answer(&message.pdu),
                ..message
            };
            intruder.send_to(&answer.encode(), peer).await.unwrap();
        }
    });
    let stage = Stage { address, task };
    check(&stage, 0, &[ProblemCode::Silent]).await;
}

#[tokio::test]
async fn truncated_and_meaningless_answers_are_named() {
    let truncated = stage(|datagram: &[u8]| {
        let message = Message::decode(datagram).unwrap();
        let mut bytes = Message {
            pdu: honest_answer(&message.pdu),
            ..message
        }
        .encode();
        bytes.truncate(bytes.len() / 2);
        vec![bytes]
    })
    .await;
    check(
        &truncated,
        0,
        &[ProblemCode::Silent, ProblemCode::Malformed],
    )
    .await;
    let noise =
        stage(|_: &[u8]| vec![vec![], vec![0xff; 60_000], b"GET / HTTP/1.0".to_vec()]).await;
    check(&noise, 0, &[ProblemCode::Silent, ProblemCode::Malformed]).await;
}

#[tokio::test]
async fn a_flood_of_strays_ends_the_question_and_not_the_program() {
    let stage = stage(|_: &[u8]| vec![vec![0x30]; 3_000]).await;
    check(&stage, 0, &[ProblemCode::Silent, ProblemCode::Malformed]).await;
}

#[tokio::test]
async fn agents_that_cannot_do_large_answers_are_walked_whole() {
    let too_big = stage(v2c(|request| {
        let large = request.max_repetitions() > 10;
        Some(if large {
            request.error_response(ErrorStatus::TooBig, 0)
        } else {
            honest_answer(request)
        })
    }))
    .await;
    check(&too_big, 60, &[]).await;
    let silent_on_large = stage(v2c(|request| {
        (request.max_repetitions() <= 10).then(|| honest_answer(request))
    }))
    .await;
    check(&silent_on_large, 60, &[]).await;
}

#[tokio::test]
async fn lost_packets_cost_time_and_no_rows() {
    let mut number = 0_u32;
    let stage = stage(v2c(move |request| {
        number += 1;
        (!number.is_multiple_of(3)).then(|| honest_answer(request))
    }))
    .await;
    check(&stage, 60, &[]).await;
}

#[tokio::test]
async fn huge_and_endless_answers_stop_at_the_limit_of_bytes() {
    let mut next = 0;
    let stage = stage(v2c(move |request| {
        next += 1;
        let row = VarBind {
            oid: oid("1.3.6.1").child(next),
            value: Value::OctetString(vec![b'x'; 60_000]),
        };
        Some(request.response(vec![row]))
    }))
    .await;
    let limits = Limits {
        octets_max: 1_000_000,
        ..quick()
    };
    let mut client = client(stage.address, &Credential::v2c("public"), limits).await;
    let walked = client.walk(&oid("1.3.6.1")).await;
    assert_eq!(
        (walked.varbinds.len(), codes(&walked)),
        (16, vec![ProblemCode::TooMuch])
    );
}

#[tokio::test]
async fn an_endless_agent_stops_at_the_limit_of_time() {
    let mut next = 0;
    let stage = stage(v2c(move |request| {
        next += 1;
        let row = VarBind {
            oid: oid("1.3.6.1").child(next),
            value: Value::Null,
        };
        Some(request.response(vec![row]))
    }))
    .await;
    let limits = Limits {
        walk_time_max: Duration::from_millis(200),
        ..quick()
    };
    let mut client = client(stage.address, &Credential::v2c("public"), limits).await;
    let walked = timeout(PATIENCE, client.walk(&oid("1.3.6.1")))
        .await
        .unwrap();
    assert_eq!(codes(&walked), [ProblemCode::TooSlow]);
    assert!(!walked.varbinds.is_empty());
}

#[tokio::test]
async fn hostile_texts_arrive_as_the_bytes_they_are() {
    let texts: [&[u8]; 4] = [
        b"<script>alert(1)</script>",
        b"\x1b]0;pwned\x07",
        b"\xff\xfe\xc0\xaf",
        b"a\0b",
    ];
    let stage = stage(v2c(move |request| {
        let rows = texts.iter().zip(1..).map(|(text, n)| VarBind {
            oid: oid("1.3.6.1").child(n),
            value: Value::OctetString(text.to_vec()),
        });
        let from = request.varbinds[0].oid.clone();
        let mut rows: Vec<VarBind> = rows.filter(|row| row.oid > from).collect();
        rows.push(VarBind {
            oid: oid("1.3.7"),
            value: Value::EndOfMibView,
        });
        Some(request.response(rows))
    }))
    .await;
    let walked = check(&stage, 4, &[]).await;
    let heard: Vec<&[u8]> = walked
        .varbinds
        .iter()
        .filter_map(|row| row.value.as_bytes())
        .collect();
    assert_eq!(heard, texts);
}

#[tokio::test]
async fn a_get_is_split_where_it_is_too_big_and_only_what_was_asked_is_taken() {
    let honest = stage(v2c(|request| {
        if request.varbinds.len() > 3 {
            return Some(request.error_response(ErrorStatus::TooBig, 0));
        }
        let mut rows = request.varbinds.clone();
        for row in &mut rows {
            row.value = Value::Gauge32(7);
        }
        Some(request.response(rows))
    }))
    .await;
    let names: Vec<Oid> = (1..=50).map(|n| oid("1.3.6.1").child(n)).collect();
    let mut asker = client(honest.address, &Credential::v2c("public"), quick()).await;
    let heard = asker.get(&names).await;
    assert_eq!(codes(&heard), []);
    assert!(heard.varbinds.iter().map(|row| &row.oid).eq(&names));
    let liar = stage(v2c(|request| {
        let row = VarBind {
            oid: oid("1.3.9"),
            value: Value::Integer(1),
        };
        Some(request.response(vec![row]))
    }))
    .await;
    let mut asker = client(liar.address, &Credential::v2c("public"), quick()).await;
    let heard = asker.get(&names[..1]).await;
    assert_eq!(
        (heard.varbinds, heard.problems[0].code),
        (vec![], ProblemCode::OtherNames)
    );
}

#[tokio::test]
async fn in_v1_a_missing_name_does_not_spoil_the_others() {
    let stage = stage(v2c(|request| {
        let missing = request
            .varbinds
            .iter()
            .position(|row| row.oid == oid("1.3.2"));
        Some(match missing {
            Some(at) => {
                request.error_response(ErrorStatus::NoSuchName, i32::try_from(at).unwrap() + 1)
            }
            None => request.response(request.varbinds.clone()),
        })
    }))
    .await;
    let mut asker = client(stage.address, &Credential::v1("public"), quick()).await;
    let heard = asker.get(&["1.3.1", "1.3.2", "1.3.3"].map(oid)).await;
    assert_eq!(
        (heard.varbinds.len(), codes(&heard)),
        (2, vec![ProblemCode::NoSuchName])
    );
    assert_eq!(heard.problems[0].oid, Some(oid("1.3.2")));
}

#[tokio::test]
async fn a_port_where_nothing_listens_is_told_from_silence() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    drop(socket);
    let mut asker = client(address, &Credential::v2c("public"), quick()).await;
    let heard = asker.walk(&oid("1.3.6.1")).await;
    assert_eq!(codes(&heard), [ProblemCode::Unreachable]);
    assert!(!asker.has_answered());
    let heard = asker.get(&[oid("1.3.6.1")]).await;
    assert_eq!(codes(&heard), [ProblemCode::Unreachable]);
}

const ENGINE: &[u8] = &[0x80, 0, 0x1f, 0x88, 4, b'e'];

fn user(password: &str) -> User {
    let auth = Some((AuthProtocol::Sha256, password));
    User::new(
        "operator",
        auth,
        Some((PrivProtocol::Aes128, "privacy-password")),
    )
    .unwrap()
}

/// An agent of v3; before each datagram `fate` may change it and tells its clock.
async fn v3_stage(mut fate: impl FnMut(u32, &mut Agent) -> u32 + Send + 'static) -> Stage {
    let mut agent = Agent::new(ENGINE, 5, &[user("maplesyrup")], 77);
    let mut number = 0;
    stage(move |datagram| {
        number += 1;
        let time = fate(number, &mut agent);
        match agent.receive(datagram, time) {
            AgentVerdict::Drop(_) => vec![],
            AgentVerdict::Report(_, report) => vec![report],
            AgentVerdict::Request(request) => {
                let answer = honest_answer(&request.scoped.pdu);
                vec![agent.respond(&request, answer, time)]
            }
        }
    })
    .await
}

async fn v3_walk(stage: &Stage, password: &str) -> Collected {
    let credential = Credential::v3(user(password));
    let mut client = client(stage.address, &credential, quick()).await;
    timeout(PATIENCE, client.walk(&oid("1.3.6.1")))
        .await
        .unwrap()
}

#[tokio::test]
async fn v3_discovers_and_follows_restarts_and_clock_jumps() {
    let steady = v3_stage(|_, _| 1_000).await;
    let walked = v3_walk(&steady, "maplesyrup").await;
    assert_eq!((walked.varbinds.len(), codes(&walked)), (60, vec![]));
    let restarting = v3_stage(|number, agent| {
        if number == 3 {
            agent.reboot();
        }
        if number < 3 { 1_000 } else { 3 }
    })
    .await;
    let walked = v3_walk(&restarting, "maplesyrup").await;
    assert_eq!((walked.varbinds.len(), codes(&walked)), (60, vec![]));
    let jumping = v3_stage(|number, _| number * 1_000).await;
    let walked = v3_walk(&jumping, "maplesyrup").await;
    assert_eq!(codes(&walked), [ProblemCode::NotInTimeWindow]);
}

#[tokio::test]
async fn v3_names_a_wrong_password_and_a_replaced_engine_is_found_again() {
    let steady = v3_stage(|_, _| 1_000).await;
    let walked = v3_walk(&steady, "wrong-password").await;
    assert_eq!(
        (walked.varbinds.len(), codes(&walked)),
        (0, vec![ProblemCode::Unauthorized])
    );
    let replaced = v3_stage(|number, agent| {
        if number == 3 {
            *agent = Agent::new(
                &[0x80, 0, 0x1f, 0x88, 4, b'f'],
                1,
                &[user("maplesyrup")],
                78,
            );
        }
        1_000
    })
    .await;
    let walked = v3_walk(&replaced, "maplesyrup").await;
    assert_eq!((walked.varbinds.len(), codes(&walked)), (60, vec![]));
}

#[tokio::test]
async fn v3_answers_that_were_changed_on_the_way_are_not_taken() {
    let mut agent = Agent::new(ENGINE, 5, &[user("maplesyrup")], 77);
    let stage = stage(move |datagram| match agent.receive(datagram, 9) {
        AgentVerdict::Request(request) => {
            let answer = honest_answer(&request.scoped.pdu);
            let mut bytes = agent.respond(&request, answer, 9);
            *bytes.last_mut().unwrap() ^= 1;
            vec![bytes]
        }
        AgentVerdict::Report(_, report) => vec![report],
        AgentVerdict::Drop(_) => vec![],
    })
    .await;
    let walked = v3_walk(&stage, "maplesyrup").await;
    assert_eq!(
        codes(&walked),
        [ProblemCode::Silent, ProblemCode::StrayAnswer]
    );
}
