//! Our client against simulated agents: recorded walks of real devices, and every way to
//! misbehave.
//!
//! **Room:** layer 3; tests. The walks lie beside the project and are only read.

#![expect(clippy::print_stderr, reason = "a test that is skipped says so loudly")]
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tw_collect::client::{Client, Collected, Credential, Limits, ProblemCode};
use tw_sim::{
    agent::{Agent, AgentSettings},
    fault::Fault,
    mib::Mib,
    snmprec::Walk,
};
use tw_snmp::{Oid, Value};
use tw_units::{Timestamp, WallClock};

/// The walks, or none (said loudly) where the folder is absent; with `CI=true` that fails.
fn recorded() -> Vec<PathBuf> {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/walks"
    ));
    let Ok(entries) = std::fs::read_dir(folder) else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "no walks at {}",
            folder.display()
        );
        eprintln!("SKIPPED: no walks at {}", folder.display());
        return Vec::new();
    };
    let files = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|e| e == "snmprec"))
        .collect();
    files.sort();
    files
}

async fn serve(text: &str, faults: Vec<Fault>) -> (Agent, Walk) {
    let walk = Walk::parse(text, Timestamp::EPOCH);
    assert_eq!(walk.problems, []);
    let bind = SocketAddr::from(([127, 0, 0, 1], 0));
    let clock = WallClock::fixed(Timestamp::EPOCH);
    let settings = AgentSettings::default();
    let agent = Agent::spawn(bind, settings, Arc::new(walk.clone()), clock)
        .await
        .unwrap();
    agent.set_faults(faults);
    (agent, walk)
}

async fn walk_it(agent: &Agent, limits: Limits) -> Collected {
    let credential = Credential::v2c("public");
    let mut client = Client::connect(agent.address(), &credential, limits)
        .await
        .unwrap();
    client.walk(&"1".parse().unwrap()).await
}

/// All names and values of a walk, in order.
fn all(walk: &Walk) -> Vec<(Oid, Value)> {
    let view = walk.at(Timestamp::EPOCH).unwrap();
    walk.oids()
        .map(|oid| (oid.clone(), view.get(oid).unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_walk_of_each_recorded_device_returns_every_distinct_varbind_once_in_order() {
    for file in recorded() {
        let text = std::fs::read(&file).unwrap();
        let (agent, walk) = serve(&String::from_utf8_lossy(&text), vec![]).await;
        let collected = walk_it(&agent, Limits::default()).await;
        assert_eq!(collected.problems, [], "{}", file.display());
        let told: Vec<(Oid, Value)> = collected
            .varbinds
            .into_iter()
            .map(|row| (row.oid, row.value))
            .collect();
        assert!(
            told == all(&walk),
            "{}: {} of {}",
            file.display(),
            told.len(),
            walk.len()
        );
    }
}

/// A small switch: `system`, and three columns of forty interfaces.
fn small_switch() -> String {
    let mut text = String::from("1.3.6.1.2.1.1.1.0|4|simulated\n1.3.6.1.2.1.1.5.0|4|switch\n");
    for column in ["2.2.1.2", "2.2.1.10", "31.1.1.1.1"] {
        for index in 1..=40 {
            let tag = if column == "2.2.1.10" {
                "65|7"
            } else {
                "4|port"
            };
            text += &[
                "1.3.6.1.2.1.",
                column,
                ".",
                &index.to_string(),
                "|",
                tag,
                "\n",
            ]
            .concat();
        }
    }
    text
}

/// Walks a small switch with these faults: what came, and which problems were named.
async fn hostile(faults: Vec<Fault>) -> (Vec<ProblemCode>, usize, bool) {
    let (agent, walk) = serve(&small_switch(), faults).await;
    let limits = Limits {
        timeout: Duration::from_millis(100),
        retries: 1,
        ..Limits::default()
    };
    let collected = walk_it(&agent, limits).await;
    let codes = collected
        .problems
        .iter()
        .map(|problem| problem.code)
        .collect();
    let whole = collected
        .varbinds
        .iter()
        .map(|row| &row.oid)
        .eq(walk.oids());
    (codes, collected.varbinds.len(), whole)
}

#[tokio::test]
async fn an_agent_that_loops_or_repeats_itself_is_named_and_left() {
    let after: Oid = "1.3.6.1.2.1.2.2.1.10.5".parse().unwrap();
    let (codes, rows, _) = hostile(vec![Fault::Loop { after }]).await;
    assert_eq!(codes, [ProblemCode::NotIncreasing]);
    assert!((40..=47).contains(&rows), "{rows}");
    let (codes, rows, _) = hostile(vec![Fault::Stuck]).await;
    assert_eq!(codes, [ProblemCode::NotIncreasing]);
    assert!(rows <= 1, "{rows}");
}

#[tokio::test]
async fn answers_that_are_none_end_as_silence_and_say_what_came() {
    let (codes, rows, _) = hostile(vec![Fault::WrongRequestId]).await;
    assert!(
        codes.contains(&ProblemCode::StrayAnswer) && rows == 0,
        "{codes:?}"
    );
    let (codes, rows, _) = hostile(vec![Fault::Truncated { octets: 30 }]).await;
    assert!(
        codes.contains(&ProblemCode::Malformed) && rows == 0,
        "{codes:?}"
    );
    let (codes, rows, _) = hostile(vec![Fault::Dead]).await;
    assert!(
        codes.contains(&ProblemCode::Silent) && rows == 0,
        "{codes:?}"
    );
    let (codes, rows, _) = hostile(vec![Fault::TooBig]).await;
    assert!(
        codes.contains(&ProblemCode::AgentError) && rows == 0,
        "{codes:?}"
    );
}

#[tokio::test]
async fn an_agent_that_fears_large_bulks_loses_packets_or_is_slow_is_walked_whole() {
    let (codes, _, whole) = hostile(vec![Fault::SilentAbove { repetitions: 7 }]).await;
    assert!(whole, "{codes:?}");
    let slow = Fault::Slow {
        delay: Duration::from_millis(3),
        jitter: Duration::from_millis(2),
    };
    let (codes, _, whole) = hostile(vec![slow]).await;
    assert!(whole && codes.is_empty(), "{codes:?}");
}

#[tokio::test]
async fn hostile_texts_arrive_as_octets_and_huge_ones_are_bounded() {
    let (codes, _, whole) = hostile(vec![Fault::HostileText, Fault::InvalidUtf8]).await;
    assert!(whole && codes.is_empty(), "{codes:?}");
    let (codes, rows, _) = hostile(vec![Fault::HugeText { octets: 1_000_000 }]).await;
    assert!(!codes.is_empty() && rows < 200, "{codes:?} {rows}");
    let (codes, rows, _) = hostile(vec![Fault::Oversized { octets: 60_000 }]).await;
    assert!(rows < 200, "{codes:?} {rows}");
}
