//! Hostile and broken agents: bounded, named, and nobody else suffers.
//!
//! **Room:** tests.

use crate::{
    mib::octets_per_second,
    rig::{Rig, agent, id, is_described, now, problems, target, value, whole},
};
use std::collections::BTreeMap;
use tw_collect::engine::PolledRound;
use tw_devices::counter::{Gap, Rate, Reading, Width, rate};
use tw_ingest::seen::Seen;
use tw_sim::fault::Fault;
use tw_snmp::Oid;

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

/// A device with this fault from the start, beside a healthy one; the problem must be named, and
/// the healthy one must have every round whole.
async fn check(fault: Fault, code: &str) -> PolledRound {
    let (bad, _) = agent(48).await;
    let (good, _) = agent(8).await;
    bad.set_faults(vec![fault]);
    let mut rig = Rig::start(
        vec![target("bad", bad.address()), target("good", good.address())],
        &[],
    );
    let mut good_rounds = 0;
    let mut named = None;
    rig.until(|round| {
        if round.target.0 == "good" && is_described(round) {
            assert_eq!(round.up, Some(true));
            assert!(
                whole(round, "if:Gi0-8", "ifHCInOctets").is_some(),
                "{:?}",
                problems(round)
            );
            good_rounds += 1;
        }
        if round.target.0 == "bad" && problems(round).iter().any(|p| p.code == code) {
            named = Some(round.clone());
        }
        named.is_some() && good_rounds >= 2
    })
    .await;
    rig.engine.stop();
    named.unwrap()
}

#[tokio::test]
async fn an_agent_that_goes_round_in_circles_is_named() {
    let after = oid("1.3.6.1.2.1.2.2.1.5");
    check(Fault::Loop { after }, "oid_not_increasing").await;
}

#[tokio::test]
async fn an_agent_that_stands_still_is_named() {
    check(Fault::Stuck, "oid_not_increasing").await;
}

#[tokio::test]
async fn answers_with_another_request_id_are_not_taken() {
    let round = check(Fault::WrongRequestId, "wrong_request_id").await;
    assert_eq!(round.up, Some(false));
}

#[tokio::test]
async fn answers_that_are_cut_off_are_not_taken() {
    let round = check(Fault::Truncated { octets: 60 }, "truncated").await;
    // The smallest answers are whole: it is there.
    assert_eq!(round.up, Some(true));
}

#[tokio::test]
async fn an_agent_that_always_says_too_big_is_named() {
    check(Fault::TooBig, "too_big").await;
}

#[tokio::test]
async fn texts_that_are_no_text_are_named_and_harmless() {
    let round = check(Fault::InvalidUtf8, "bad_text").await;
    let round = seen_texts(&round);
    assert!(
        round.iter().all(|text| !text.contains(char::is_control)),
        "{round:?}"
    );
    let round = check(Fault::HostileText, "bad_text").await;
    let texts = seen_texts(&round);
    assert!(
        texts
            .iter()
            .all(|text| !text.contains(char::is_control) && !text.contains('\u{202e}'))
    );
}

#[tokio::test]
async fn huge_texts_are_cut() {
    let round = check(Fault::HugeText { octets: 60_000 }, "bad_text").await;
    assert!(seen_texts(&round).iter().all(|text| text.len() <= 4_096));
    assert!(
        round
            .layout
            .objects
            .iter()
            .flat_map(|o| &o.labels)
            .all(|(_, text)| text.len() <= 256)
    );
}

#[tokio::test]
async fn an_oversized_answer_costs_nothing_but_itself() {
    let (bad, _) = agent(8).await;
    bad.set_faults(vec![Fault::Oversized { octets: 65_000 }]);
    let mut rig = Rig::start(vec![target("bad", bad.address())], &[]);
    // The datagram is cut or does not leave at all: no value may be made of it.
    let round = rig.next("bad").await;
    assert!(round.values.len() < 1_000);
    bad.set_faults(Vec::new());
    let round = rig
        .until(|round| whole(round, "if:Gi0-8", "ifHCInOctets").is_some())
        .await;
    assert_eq!(round.up, Some(true));
    rig.engine.stop();
}

fn seen_texts(round: &PolledRound) -> Vec<String> {
    let mut texts = Vec::new();
    for observation in &round.observations {
        match &observation.seen {
            Seen::Identity(identity) => texts.push(identity.sys_descr.clone()),
            Seen::Interfaces { interfaces } => {
                texts.extend(
                    interfaces
                        .iter()
                        .flat_map(|i| [i.name.clone(), i.alias.clone()]),
                );
            }
            _ => {}
        }
    }
    assert!(!texts.is_empty(), "the first description is told");
    texts
}

#[tokio::test]
async fn an_agent_that_is_silent_on_large_questions_is_asked_small_ones() {
    let (bad, _) = agent(48).await;
    bad.set_faults(vec![Fault::SilentAbove { repetitions: 3 }]);
    let mut rig = Rig::start(vec![target("bad", bad.address())], &[]);
    let (_, problem) = rig.problem("bad", "silent_on_bulk").await;
    assert!(problem.detail.contains("varbinds"), "{}", problem.detail);
    // Once learned, rounds are whole.
    let round = rig
        .until(|round| whole(round, "if:Gi0-48", "ifHCInOctets").is_some())
        .await;
    assert_eq!(round.up, Some(true));
    rig.engine.stop();
}

/// Rates of all interfaces between two rounds that follow each other.
fn rates(a: &PolledRound, b: &PolledRound) -> BTreeMap<String, Rate> {
    let reading = |round: &PolledRound, key: &str| {
        let number = |object: &str, metric| u64::try_from(whole(round, object, metric)?).ok();
        Some(Reading {
            at_ms: round.at.as_millis(),
            value: number(key, "ifHCInOctets")?,
            sys_up_time: number("", "sysUpTime"),
            discontinuity: None,
        })
    };
    let keys = b.layout.objects.iter().map(|object| object.key.clone());
    keys.filter_map(|key| {
        let rate = rate(reading(a, &key)?, reading(b, &key)?, Width::Bits64, None);
        Some((key, rate))
    })
    .collect()
}

/// Polls over an event and looks at every rate: right, or a gap; and no history swapped.
async fn no_spike(
    interfaces: u32,
    event: impl FnOnce(&tw_sim::agent::Agent, &crate::mib::Switch),
    code: &str,
) {
    let (agent, switch) = agent(interfaces).await;
    let mut rig = Rig::start(vec![target("sw", agent.address())], &[]);
    let mut before = rig
        .until(|round| whole(round, "if:Gi0-1", "ifHCInOctets").is_some())
        .await;
    event(&agent, &switch);
    let (mut named, mut right, mut gaps) = (false, 0, 0);
    while !named || right < 3 {
        let round = rig.next("sw").await;
        named |= problems(&round).iter().any(|p| p.code == code);
        for (key, rate) in rates(&before, &round) {
            let n: u64 = key.trim_start_matches("if:Gi0-").parse().unwrap();
            match rate {
                Rate::PerSecond(got) => {
                    #[expect(clippy::cast_precision_loss, reason = "small")]
                    let expect = octets_per_second(n) as f64;
                    // A counter from zero, or that of another interface, is off by thousands; our own
                    // instants on a busy machine are not.
                    assert!(
                        got > expect / 4.0 && got < expect * 4.0,
                        "{key}: {got} is not about {expect}"
                    );
                    right += u32::from(named);
                }
                Rate::Gap(Gap::Rebooted | Gap::Reset) => gaps += 1,
                Rate::Gap(other) => panic!("{other:?}"),
            }
        }
        before = round;
    }
    // A restart leaves a gap in some rate or in the values themselves.
    assert!(gaps > 0 || code == "reindexed" || named);
    rig.engine.stop();
}

#[tokio::test]
async fn a_restart_in_the_middle_of_a_round_is_a_gap_and_no_spike() {
    no_spike(
        200,
        |agent, _| {
            agent.set_faults(vec![Fault::RestartAfter {
                requests: 5,
                renumber: false,
            }]);
        },
        "rebooted",
    )
    .await;
}

#[tokio::test]
async fn a_restart_with_other_numbers_swaps_no_history() {
    no_spike(
        50,
        |agent, _| {
            agent.set_faults(vec![Fault::RestartAfter {
                requests: 2,
                renumber: true,
            }]);
        },
        "reindexed",
    )
    .await;
}

#[tokio::test]
async fn other_numbers_without_a_restart_swap_no_history() {
    no_spike(50, |_, switch| switch.renumber(now()), "reindexed").await;
}

#[tokio::test]
async fn a_device_with_a_wrong_community_is_silent_and_the_canary_decides() {
    let (locked, _) = agent(2).await;
    let (canary, _) = agent(2).await;
    let mut wrong = target("locked", locked.address());
    wrong.access = Some(crate::rig::community("guess"));
    let mut rig = Rig::start(vec![wrong, target("canary", canary.address())], &["canary"]);
    let round = rig.until(|round| round.target.0 == "locked").await;
    assert_eq!(round.up, Some(false));
    assert_eq!(whole(&round, "", "tierwatch_device_up"), Some(0));
    assert_eq!(value(&round, "", "sysUpTime"), None);
    // While the canary is silent too, nobody can say.
    canary.set_faults(vec![Fault::Dead]);
    rig.until(|round| round.target.0 == "canary" && round.up == Some(false))
        .await;
    let round = rig
        .until(|round| round.target.0 == "locked" && round.up != Some(false))
        .await;
    assert_eq!(round.up, None);
    assert_eq!(value(&round, "", "tierwatch_device_up"), None);
    rig.engine.poll_now(id("locked"));
    rig.engine.stop();
}
