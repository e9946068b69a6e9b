//! An engine, the rounds that it made, and questions to them.
//!
//! **Room:** tests.

use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::mpsc::{Receiver, channel};
use tw_collect::engine::{Access, Engine, EngineHandle, EngineSettings, EngineTarget, PolledRound};
use tw_ingest::{
    round::Value,
    seen::{Problem, Seen},
};
use tw_sim::agent::{Agent, AgentSettings};
use tw_units::{DeviceId, Timestamp, WallClock};

use crate::mib::Switch;

/// The longest that a test waits for something.
const PATIENCE: Duration = Duration::from_secs(60);

/// The machine's clock.
pub(crate) fn wall() -> WallClock {
    WallClock::new(now)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tests' one reading of the wall clock"
)]
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp::EPOCH.plus(since.unwrap())
}

pub(crate) fn community(word: &str) -> Access {
    Access::Community {
        version: tw_snmp::Version::V2c,
        community: word.as_bytes().to_vec(),
    }
}

pub(crate) fn id(name: &str) -> DeviceId {
    DeviceId::new(name).unwrap()
}

pub(crate) fn target(name: &str, address: SocketAddr) -> EngineTarget {
    EngineTarget {
        device: id(name),
        address,
        access: Some(community("public")),
        poll_seconds: 1,
        known_interfaces: Vec::new(),
    }
}

/// A simulated switch that answers.
pub(crate) async fn agent(interfaces: u32) -> (Agent, Arc<Switch>) {
    let switch = Arc::new(Switch::new(interfaces, now()));
    let bind = "127.0.0.1:0".parse().unwrap();
    let agent = Agent::spawn(bind, AgentSettings::default(), switch.clone(), wall())
        .await
        .unwrap();
    (agent, switch)
}

/// A running engine.
pub(crate) struct Rig {
    pub(crate) engine: EngineHandle,
    pub(crate) rounds: Receiver<PolledRound>,
}

impl Rig {
    pub(crate) fn start(targets: Vec<EngineTarget>, canaries: &[&str]) -> Self {
        let (out, rounds) = channel(10_000);
        let settings = EngineSettings {
            canaries: canaries.iter().map(|name| id(name)).collect(),
            spread_seconds: 1,
            ..EngineSettings::default()
        };
        let engine = Engine::spawn(settings, wall(), out).unwrap();
        engine.replace_targets(targets);
        Self { engine, rounds }
    }

    /// The first round that `wanted` likes; all others on the way are shown to it, too.
    pub(crate) async fn until(
        &mut self,
        mut wanted: impl FnMut(&PolledRound) -> bool,
    ) -> PolledRound {
        let mut log = Vec::new();
        let find = async {
            loop {
                let round = self.rounds.recv().await.expect("the engine runs");
                let had = round.values.iter().flatten().count();
                let codes: Vec<_> = problems(&round).into_iter().map(|p| p.code).collect();
                log.push(format!(
                    "{} {} up {:?}, {had} of {} values, {codes:?}",
                    round.at,
                    round.target,
                    round.up,
                    round.values.len()
                ));
                if wanted(&round) {
                    return round;
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, find).await.ok();
        found.unwrap_or_else(|| {
            let stats = self.engine.stats();
            panic!(
                "the round did not come in time; {stats:?}, there were\n{}",
                log.join("\n")
            )
        })
    }

    /// The next round of a device.
    pub(crate) async fn next(&mut self, name: &str) -> PolledRound {
        self.until(|round| round.target.0 == name).await
    }

    /// Waits until a device has this problem.
    pub(crate) async fn problem(&mut self, name: &str, code: &str) -> (PolledRound, Problem) {
        let mut found = None;
        let round = self
            .until(|round| {
                found = (round.target.0 == name)
                    .then(|| problems(round).into_iter().find(|p| p.code == code))
                    .flatten();
                found.is_some()
            })
            .await;
        (round, found.unwrap())
    }
}

/// The value of a series.
pub(crate) fn value(round: &PolledRound, object: &str, metric: &str) -> Option<Value> {
    let layout = &round.layout;
    let at = layout.series.iter().position(|series| {
        series.metric == metric && layout.objects[series.object as usize].key == object
    })?;
    round.values[at]
}

/// The same as a whole number.
pub(crate) fn whole(round: &PolledRound, object: &str, metric: &str) -> Option<i128> {
    value(round, object, metric).and_then(Value::as_whole)
}

/// Whether the layout knows interfaces.
pub(crate) fn is_described(round: &PolledRound) -> bool {
    round.layout.objects.len() > 1
}

/// The problems that a round tells of.
pub(crate) fn problems(round: &PolledRound) -> Vec<Problem> {
    round
        .observations
        .iter()
        .find_map(|seen| match &seen.seen {
            Seen::Problems { problems } => Some(problems.clone()),
            _ => None,
        })
        .unwrap_or_default()
}
