//! Many devices at once: the dead delay nobody.
//!
//! **Room:** tests.

use crate::rig::{Rig, agent, is_described, target, whole};
use std::collections::BTreeMap;
use tw_sim::fault::Fault;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_dead_of_two_hundred_delay_nobody() {
    let mut agents = Vec::new();
    let mut targets = Vec::new();
    for n in 0..200 {
        let (agent, _) = agent(4).await;
        if n % 20 == 7 {
            agent.set_faults(vec![Fault::Dead]);
        }
        let mut target = target(&format!("d{n}"), agent.address());
        target.poll_seconds = 3;
        targets.push(target);
        agents.push(agent);
    }
    let mut rig = Rig::start(targets, &["d0"]);
    let mut rounds: BTreeMap<String, u32> = BTreeMap::new();
    let mut dead: BTreeMap<String, u32> = BTreeMap::new();
    rig.until(|round| {
        let n: u32 = round.target.0[1..].parse().unwrap();
        if n % 20 == 7 {
            assert_eq!(round.up, Some(false), "{}", round.target);
            assert_eq!(whole(round, "", "tierwatch_device_up"), Some(0));
            *dead.entry(round.target.0.clone()).or_default() += 1;
        } else {
            assert_eq!(round.up, Some(true), "{}", round.target);
            if is_described(round) {
                assert!(whole(round, "if:Gi0-4", "ifHCInOctets").is_some());
                *rounds.entry(round.target.0.clone()).or_default() += 1;
            }
        }
        rounds.values().filter(|n| **n >= 2).count() == 190 && dead.len() == 10
    })
    .await;
    // A healthy device never waits for a dead one: while the dead had their first rounds, no
    // healthy one stood still.
    let most_dead = dead.values().max().copied().unwrap_or(0);
    assert!(
        rounds.values().all(|n| n + 1 >= most_dead),
        "{rounds:?} {dead:?}"
    );
    let stats = rig.engine.stats();
    assert_eq!(
        (stats.targets, stats.dropped_rounds, stats.malformed),
        (200, 0, 0)
    );
    rig.engine.stop();
}

#[tokio::test]
async fn a_device_that_stays_keeps_what_was_learned_when_the_list_changes() {
    let (a, _) = agent(3).await;
    let (b, _) = agent(3).await;
    let mut rig = Rig::start(vec![target("a", a.address())], &[]);
    rig.until(is_described).await;
    let asked = a.counts().answered;
    rig.engine
        .replace_targets(vec![target("a", a.address()), target("b", b.address())]);
    rig.until(|round| round.target.0 == "b" && is_described(round))
        .await;
    let round = rig.next("a").await;
    // A description takes more than ten exchanges, a steady round of three interfaces few.
    assert!(is_described(&round) && a.counts().answered - asked < 10);
    rig.engine.replace_targets(vec![target("b", b.address())]);
    rig.next("b").await;
    while let Ok(round) = rig.rounds.try_recv() {
        assert!(round.target.0 != "a" || round.at <= crate::rig::now());
    }
    assert_eq!(rig.engine.stats().targets, 1);
    rig.engine.stop();
}

#[tokio::test]
async fn v1_agents_are_polled_without_getbulk() {
    let (agent, _) = agent(5).await;
    let mut old = target("old", agent.address());
    old.access = Some(tw_collect::engine::Access::Community {
        version: tw_snmp::Version::V1,
        community: b"public".to_vec(),
    });
    let mut rig = Rig::start(vec![old], &[]);
    let round = rig
        .until(|round| whole(round, "if:Gi0-5", "ifOperStatus").is_some())
        .await;
    assert_eq!(round.up, Some(true));
    rig.engine.stop();
}
