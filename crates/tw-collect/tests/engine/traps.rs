//! Traps: net-snmp's own sender, and a simulated UPS whose word makes the engine look at once.
//!
//! **Room:** tests.

use crate::rig::{Rig, community, id, target, wall, whole};
use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, SocketAddr, UdpSocket},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_util::sync::CancellationToken;
use tw_collect::{
    collector::{self, CollectorSettings},
    delivery::{Centre, Delivered},
    engine::EngineTarget,
    seal::{SealKey, SnmpSecrets},
    traps::{Doors, Listener, Received, Refused},
};
use tw_ingest::{
    Ack, Batch, CollectorConfig, Lane, Layout, Record, SnmpAccess, SnmpTarget, SnmpVersion,
    round::{self, Value},
    seen::Seen,
};
use tw_model::Register;
use tw_sim::{agent::AgentSettings, world::World};

const SNMPTRAP: &str = "/usr/bin/snmptrap";
/// The longest that a test waits for something.
const PATIENCE: Duration = Duration::from_secs(60);

/// A listener for these devices; it ends with the token.
struct Ear {
    address: SocketAddr,
    heard: Receiver<Received>,
    doors: Doors,
    cancel: CancellationToken,
}

impl Ear {
    async fn open(targets: &[EngineTarget]) -> Self {
        let doors = Doors::default();
        doors.replace(targets);
        let any = "127.0.0.1:0".parse().unwrap();
        let (listener, heard) = Listener::bind(any, doors.clone(), wall()).await.unwrap();
        let cancel = CancellationToken::new();
        let address = listener.address().unwrap();
        tokio::spawn(listener.run(cancel.clone()));
        Self {
            address,
            heard,
            doors,
            cancel,
        }
    }

    async fn next(&mut self) -> Received {
        let next = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
        let dropped = self.doors.refused();
        next.unwrap_or_else(|_| panic!("no trap came; refused: {dropped:?}"))
            .unwrap()
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

#[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
fn has_snmptrap() -> bool {
    let there = fs::exists(SNMPTRAP).unwrap();
    if !there {
        assert!(
            std::env::var_os("CI").is_none(),
            "{SNMPTRAP} is missing: apt-get install snmp"
        );
        eprintln!("SKIPPED: {SNMPTRAP} is missing: apt-get install snmp");
    }
    there
}

/// Sends with net-snmp's program; says whether it ended well, which for an inform means that it
/// was answered.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's own peer, with fixed arguments"
)]
async fn send(version: &[&str], to: SocketAddr, what: &[&str]) -> bool {
    let mut program = Command::new(SNMPTRAP);
    program
        .args(version)
        .args(["-t", "10", "-r", "3"])
        .arg(to.to_string())
        .args(what)
        .env("MIBS", "")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let ended = tokio::task::spawn_blocking(move || program.status().unwrap());
    ended.await.unwrap().success()
}

#[tokio::test]
async fn the_traps_and_informs_of_net_snmp_are_understood_and_informs_are_answered() {
    if !has_snmptrap() {
        return;
    }
    let mut ups = target("ups", "127.0.0.1:161".parse().unwrap());
    ups.access = Some(community("trap-word"));
    let mut ear = Ear::open(&[ups]).await;
    let to = ear.address;
    let minutes = ["1.3.6.1.2.1.33.1.2.3.0", "i", "31"];
    let text = ["1.3.6.1.2.1.1.5.0", "s", "tầng hầm"];

    let v1 = ["-v1", "-c", "trap-word"];
    let event = ["1.3.6.1.2.1.33.2", "127.0.0.1", "6", "1", "4711"];
    assert!(send(&v1, to, &[&event[..], &minutes].concat()).await);
    let first = ear.next().await;
    assert_eq!(first.device, id("ups"));
    assert_eq!(first.seen.version, "1");
    assert_eq!(first.seen.event, "1.3.6.1.2.1.33.2.0.1");
    assert_eq!(first.seen.name.as_deref(), Some("upsTrapOnBattery"));
    assert_eq!(first.seen.uptime_ticks, Some(4_711));

    let v2c = ["-v2c", "-c", "trap-word"];
    let event = ["4712", "1.3.6.1.2.1.33.2.1"];
    assert!(send(&v2c, to, &[&event[..], &minutes, &text].concat()).await);
    let second = ear.next().await;
    assert_eq!(second.seen.version, "2c");
    assert_eq!(second.seen.name, first.seen.name);
    assert!(!second.seen.inform);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        second.seen.varbinds,
        [
            pair("upsEstimatedMinutesRemaining.0", "31"),
            pair("sysName.0", "tầng hầm")
        ]
    );

    let inform = ["-Ci", "-v2c", "-c", "trap-word"];
    assert!(
        send(&inform, to, &[&event[..], &minutes].concat()).await,
        "net-snmp has its answer"
    );
    assert!(ear.next().await.seen.inform);

    assert!(send(&["-v2c", "-c", "wrong"], to, &event).await);
    // What is sent after it is heard after it.
    assert!(send(&v2c, to, &event).await);
    assert!(!ear.next().await.seen.inform);
    assert_eq!(ear.doors.refused(), [(Refused::Community, 1)]);
}

/// One UPS that is polled once an hour, by the register of the simulator.
fn one_ups(address: &str) -> Register {
    let item = |kind, id: &str, value| tw_model::Item {
        kind,
        id: id.to_owned(),
        value,
    };
    let items = [
        item(
            tw_model::Kind::Site,
            "s",
            serde_json::json!({"id": "s", "name": {"en": "S"}, "timezone": "UTC"}),
        ),
        item(
            tw_model::Kind::Device,
            "ups",
            serde_json::json!({"id": "ups", "name": "ups", "class": "ups", "site": "s",
                "address": address, "poll_seconds": 3_600}),
        ),
    ];
    Register::from_items(items).unwrap()
}

#[tokio::test]
async fn the_word_of_a_ups_makes_the_engine_look_at_once() {
    let world = World::quiet(one_ups("127.77.0.9:16109"), 1, wall());
    let settings = |_: &tw_model::Device| Some(AgentSettings::default());
    let running = world.spawn(settings).await.unwrap();
    let ups = id("ups");
    let address = running.agent(&ups).unwrap().address();
    let mut wanted = target("ups", address);
    wanted.poll_seconds = 3_600;
    let mut ear = Ear::open(std::slice::from_ref(&wanted)).await;
    let listeners = [("s".parse().unwrap(), ear.address)].into();
    let _senders = world.spawn_traps(&listeners, "public").await.unwrap();
    assert_eq!(address.ip(), "127.77.0.9".parse::<IpAddr>().unwrap());

    let mut rig = Rig::start(vec![wanted], &[]);
    let source = |round: &tw_collect::engine::PolledRound| whole(round, "", "upsOutputSource");
    let first = rig.until(|round| source(round).is_some()).await;
    assert_eq!(source(&first), Some(3), "from the mains");
    for (on_battery, event, expect) in [
        (true, "upsTrapOnBattery", 5),
        (false, "upsTrapAlarmEntryRemoved", 3),
    ] {
        assert!(world.ups_on_battery(&ups, on_battery));
        let told = ear.next().await;
        assert_eq!(told.seen.name.as_deref(), Some(event));
        assert_eq!(told.device, ups);
        rig.engine.poll_now(told.device);
        let round = rig.next("ups").await;
        assert_eq!(source(&round), Some(expect), "an hour before its time");
    }
    rig.engine.stop();
}

/// A centre that takes everything and shows it.
struct Desk {
    config: CollectorConfig,
    taken: Sender<(Lane, Record)>,
}

impl Centre for Desk {
    async fn deliver(&self, batches: Vec<Batch>) -> Delivered {
        let next_seq = batches.last().map_or(0, |batch| batch.head.seq + 1);
        for batch in batches {
            for record in batch.records {
                self.taken.send((batch.head.lane, record)).await.unwrap();
            }
        }
        Delivered::Taken(Ack {
            next_seq,
            repeated: false,
            refused: Vec::new(),
            config_version: self.config.version,
        })
    }

    async fn config(&self, known: u64) -> Result<Option<CollectorConfig>, String> {
        Ok((known != self.config.version).then(|| self.config.clone()))
    }
}

/// What arrived at the desk.
struct Arrived {
    records: Receiver<(Lane, Record)>,
    layouts: BTreeMap<u64, Layout>,
    traps: Vec<(Lane, tw_ingest::seen::TrapSeen)>,
}

impl Arrived {
    /// Waits for a round with this `upsOutputSource`.
    async fn source(&mut self, wanted: i128) {
        self.until(|_, source| source == Some(wanted)).await;
    }

    /// Takes records until what is known, and the `upsOutputSource` of a round, is as wanted.
    async fn until(&mut self, wanted: impl Fn(&Self, Option<i128>) -> bool) {
        let find = async {
            let mut source = None;
            while !wanted(self, source) {
                let (lane, record) = self.records.recv().await.expect("the collector runs");
                source = self.take(lane, record);
            }
        };
        let found = tokio::time::timeout(PATIENCE, find).await;
        assert!(found.is_ok(), "what was waited for did not come");
    }

    /// Keeps what a record says; the `upsOutputSource` of a round.
    fn take(&mut self, lane: Lane, record: Record) -> Option<i128> {
        match record {
            Record::Layout(layout) => {
                self.layouts.insert(layout.key().0, layout);
                None
            }
            Record::Observation(seen) => {
                if let Seen::Trap(trap) = seen.seen {
                    self.traps.push((lane, trap));
                }
                None
            }
            Record::Round(round) => {
                let layout = self.layouts.get(&round.layout.0)?;
                let mut series = layout.series.iter();
                let at = series.position(|series| series.metric == "upsOutputSource")?;
                let values = round::decode(&round.values).unwrap();
                values.get(at)?.and_then(Value::as_whole)
            }
            _ => None,
        }
    }
}

/// What the centre tells a collector with the one UPS, polled once an hour.
fn config_of_one(address: SocketAddr, token: &str) -> CollectorConfig {
    let credential = "v2c".parse().unwrap();
    let secrets = SnmpSecrets {
        community: Some("public".to_owned()),
        ..SnmpSecrets::default()
    };
    let access = SnmpAccess {
        sealed: SealKey::of_token(token).seal(&credential, &secrets),
        credential,
        version: SnmpVersion::V2c,
    };
    CollectorConfig {
        version: 1,
        collector: "col-s".parse().unwrap(),
        site: "s".parse().unwrap(),
        targets: vec![SnmpTarget {
            device: id("ups"),
            class: "ups".to_owned(),
            address,
            access: Some(access),
            poll_seconds: 3_600,
        }],
        probes: Vec::new(),
        canaries: Vec::new(),
        tls: Vec::new(),
    }
}

#[tokio::test]
async fn a_collector_delivers_the_trap_and_what_it_then_read() {
    let world = World::quiet(one_ups("127.77.0.10:16109"), 2, wall());
    let agent = |_: &tw_model::Device| {
        Some(AgentSettings {
            communities: vec![b"public".to_vec()],
            ..AgentSettings::default()
        })
    };
    let running = world.spawn(agent).await.unwrap();
    let address = running.agent(&id("ups")).unwrap().address();
    let folder = tempfile::tempdir().unwrap();
    let ear = UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut settings = CollectorSettings::new(folder.path(), "token", "test");
    settings.traps = Some(ear);
    let (taken, records) = channel(10_000);
    let desk = Desk {
        config: config_of_one(address, "token"),
        taken,
    };
    let cancel = CancellationToken::new();
    let collector = collector::run(settings, Arc::new(desk), wall(), cancel.clone());
    let collector = tokio::spawn(collector);
    let mut arrived = Arrived {
        records,
        layouts: BTreeMap::new(),
        traps: Vec::new(),
    };
    arrived.source(3).await;
    let listeners = [("s".parse().unwrap(), ear)].into();
    let _senders = world.spawn_traps(&listeners, "public").await.unwrap();
    assert!(world.ups_on_battery(&id("ups"), true));
    arrived.source(5).await;
    assert!(world.ups_on_battery(&id("ups"), false));
    arrived.source(3).await;
    arrived.until(|arrived, _| arrived.traps.len() == 2).await;
    let told = arrived.traps.iter();
    let told: Vec<_> = told
        .map(|(lane, trap)| (*lane, trap.name.as_deref()))
        .collect();
    let expect = [
        (Lane::Event, Some("upsTrapOnBattery")),
        (Lane::Event, Some("upsTrapAlarmEntryRemoved")),
    ];
    assert_eq!(told, expect);
    cancel.cancel();
    collector.await.unwrap().unwrap();
}
