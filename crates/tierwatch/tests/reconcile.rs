//! Discovery over the model case after a chassis was swapped and a switch was moved to another
//! site: two discrepancies with their evidence, and the register untouched.
//!
//! The simulated agents answer real SNMP, the engine polls them as a collector does, and its
//! rounds and observations go into the store by the collectors' way.
//!
//! **Room:** layer 3; tests.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::sync::mpsc::channel;
use tw_collect::engine::{Access, Engine, EngineSettings, EngineTarget};
use tw_ingest::{Batch, BatchHead, EpochId, Lane, Record};
use tw_model::{Absent, Register};
use tw_server::{App, Settings};
use tw_sim::{
    agent::{Agent, AgentSettings},
    mib::Mib,
    world::World,
};
use tw_store::{Author, StoredDiscrepancy};
use tw_units::{CollectorId, Timestamp, WallClock};

/// The longest that the test waits for all devices to be described.
const PATIENCE: Duration = Duration::from_secs(120);
const START: &str = "2026-11-22T03:00:00Z";

fn model_case() -> Register {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory"));
    tw_config::load(folder).unwrap().register
}

/// A clock that the test moves.
struct Clock(Arc<AtomicI64>);

impl Clock {
    fn new() -> Self {
        let start: Timestamp = START.parse().unwrap();
        Self(Arc::new(AtomicI64::new(start.as_millis())))
    }

    fn wall(&self) -> WallClock {
        let at = Arc::clone(&self.0);
        WallClock::new(move || Timestamp::from_millis(at.load(SeqCst)))
    }
}

/// Discovery over a world: every device's round and observations, as records of a batch.
async fn discover(world: &World, clock: &WallClock) -> Vec<Record> {
    let (out, mut rounds) = channel(10_000);
    let settings = EngineSettings {
        spread_seconds: 1,
        ..EngineSettings::default()
    };
    let engine = Engine::spawn(settings, clock.clone(), out).unwrap();
    let (mut agents, mut targets, mut wanted) = (Vec::new(), Vec::new(), BTreeSet::new());
    for device in world.devices() {
        let bind = "127.0.0.1:0".parse().unwrap();
        let mib: Arc<dyn Mib> = Arc::clone(device) as Arc<dyn Mib>;
        let agent = Agent::spawn(bind, AgentSettings::default(), mib, clock.clone()).await;
        let agent = agent.unwrap();
        targets.push(EngineTarget {
            device: device.id().clone(),
            address: agent.address(),
            access: Some(Access::Community {
                version: tw_snmp::Version::V2c,
                community: b"public".to_vec(),
            }),
            poll_seconds: 60,
            known_interfaces: Vec::new(),
        });
        wanted.insert(device.id().to_string());
        agents.push(agent);
    }
    engine.replace_targets(targets);
    let mut records = Vec::new();
    let all = async {
        while !wanted.is_empty() {
            let round = rounds.recv().await.expect("the engine runs");
            assert_eq!(round.up, Some(true), "{}", round.target);
            if round.observations.is_empty() || !wanted.remove(&round.target.0) {
                continue;
            }
            records.extend([round.layout_record(), round.round()]);
            records.extend(round.observations.into_iter().map(Record::Observation));
        }
    };
    let done = tokio::time::timeout(PATIENCE, all).await;
    assert!(done.is_ok(), "not described in time: {wanted:?}");
    engine.stop();
    records
}

/// Each collector delivers what it polls: the devices that the register has at its site.
async fn deliver(app: &App, (seq, register): (u64, &Register), records: Vec<Record>) {
    let collector_of = |record: &Record| {
        let target = match record {
            Record::Layout(layout) => &layout.target.0,
            Record::Round(round) => &round.target.0,
            Record::Observation(seen) => &seen.target.0,
            other => panic!("{other:?}"),
        };
        let site = &register.devices[target.as_str()].site;
        let collector = register.sites[site].collector.as_ref().unwrap();
        collector.id.clone()
    };
    let mut by_collector: BTreeMap<CollectorId, Vec<Record>> = BTreeMap::new();
    for record in records {
        let own = by_collector.entry(collector_of(&record)).or_default();
        own.push(record);
    }
    for (collector, records) in by_collector {
        deliver_of(app, (&collector, seq), records).await;
    }
}

async fn deliver_of(app: &App, (collector, seq): (&CollectorId, u64), records: Vec<Record>) {
    let head = BatchHead {
        epoch: EpochId(7),
        lane: Lane::Metric,
        segment: 0,
        seq,
        sent_at: app.now(),
        monotonic_ms: 1,
        boot_id: "boot".to_owned(),
    };
    let ack = app
        .apply_batch(collector, Batch { head, records })
        .await
        .unwrap();
    assert_eq!(ack.refused, []);
}

async fn open(app: &App) -> Vec<StoredDiscrepancy> {
    app.reconcile_once().await.unwrap();
    let mut all = app.store().discrepancies().await.unwrap();
    all.retain(|one| one.status == "open");
    all
}

/// Evidence as `what: text` lines.
fn evidence(one: &StoredDiscrepancy) -> Vec<String> {
    let clues = one.found.body["evidence"].as_array().unwrap();
    let line = |clue: &serde_json::Value| {
        format!(
            "{}: {}",
            clue["what"].as_str().unwrap(),
            clue["text"].as_str().unwrap()
        )
    };
    clues.iter().map(line).collect()
}

#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swapped_chassis_and_a_moved_switch_are_two_discrepancies_and_the_register_is_untouched()
{
    let clock = Clock::new();
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        data: folder.path().to_owned(),
        ..Settings::default()
    };
    let app = App::open(settings, clock.wall()).await.unwrap();
    let register = model_case();
    let plan = tw_model::plan(&register, &Register::default(), Absent::Keep);
    app.store()
        .apply_plan(plan, None, &Author::local("test"))
        .await
        .unwrap();
    app.reload_register().await.unwrap();

    // As the register says.
    let world = World::quiet(register.clone(), 1, clock.wall());
    deliver(&app, (0, &register), discover(&world, &clock.wall()).await).await;
    let before: BTreeSet<u64> = open(&app).await.iter().map(|one| one.id).collect();
    let revision = app.store().register_revision().await.unwrap();

    // In the world, not in the register: vnta-acc-3 has another chassis, vnta-acc-6 stands at mic.
    let mut changed = register.clone();
    let swapped = changed
        .assets
        .values_mut()
        .find(|a| a.tag.as_str() == "TW-000009");
    let old_serial = swapped
        .unwrap()
        .serial
        .replace("FOC2633SWAP".to_owned())
        .unwrap();
    let moved = changed
        .devices
        .values_mut()
        .find(|d| d.id.as_str() == "vnta-acc-6")
        .unwrap();
    moved.site = "mic".parse().unwrap();
    let rack = moved.rack.as_mut().unwrap();
    rack.id = "mic-idf1".parse().unwrap();
    rack.u = 2;
    clock.0.fetch_add(3_600_000, SeqCst);
    let world = World::quiet(changed, 1, clock.wall());
    deliver(&app, (1, &register), discover(&world, &clock.wall()).await).await;
    let now = open(&app).await;
    let kept = now.iter().filter(|one| before.contains(&one.id)).count();
    assert_eq!(kept, before.len(), "what was open before stays open");
    let mut new: Vec<&StoredDiscrepancy> =
        now.iter().filter(|one| !before.contains(&one.id)).collect();
    new.sort_by(|a, b| a.found.asset.cmp(&b.found.asset));
    let told: Vec<String> = new
        .iter()
        .map(|one| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let found = &one.found;
            let (asset, recorded) = (text(&found.asset), text(&found.recorded));
            format!(
                "{} {asset} {recorded} → {}",
                found.kind,
                text(&found.observed)
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            format!("serial_changed TW-000009 {old_serial} → FOC2633SWAP"),
            "location_differs TW-000012 vnta → mic".to_owned(),
        ]
    );
    let swap = evidence(new[0]).join("\n");
    assert_eq!(new[0].found.body["proposal"], "hardware_swapped", "{swap}");
    assert!(
        swap.contains(&format!("seen_before: {old_serial} until {START}")),
        "{swap}"
    );
    assert!(swap.contains("same_macs: 26 of 26"), "{swap}");
    let moved = evidence(new[1]).join("\n");
    assert!(
        moved.contains("plugged in next to mic-sw-core-1, which is at mic"),
        "{moved}"
    );
    for one in new {
        assert_eq!(
            one.found.collected,
            Some(app.now()),
            "collected in the second discovery"
        );
    }

    assert_eq!(app.store().register_revision().await.unwrap(), revision);
    assert_eq!(
        app.store().load_register().await.unwrap().register,
        register
    );
    let again = app.reconcile_once().await.unwrap();
    assert_eq!(
        (again.opened, again.changed, again.fixed),
        (0, 0, 0),
        "the same again"
    );
}
