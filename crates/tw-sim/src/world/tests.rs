//! The world of a small register, asked in the past, now, and over real sockets.
//!
//! **Room:** layer 3, simulation; tests.

use super::*;
use crate::{agent::AgentSettings, fault::Fault, mib::View, running::Probes};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicI64, Ordering},
};
use tw_snmp::{Oid, Value};

const SYS_DESCR: &str = "1.3.6.1.2.1.1.1.0";
const SYS_UPTIME: &str = "1.3.6.1.2.1.1.3.0";
const IF_NAME: &str = "1.3.6.1.2.1.31.1.1.1.1";
const HC_IN: &str = "1.3.6.1.2.1.31.1.1.1.6";
const HC_OUT: &str = "1.3.6.1.2.1.31.1.1.1.10";
const OPER: &str = "1.3.6.1.2.1.2.2.1.8";
const CHARGE: &str = "1.3.6.1.2.1.33.1.2.4.0";
const SOURCE: &str = "1.3.6.1.2.1.33.1.4.1.0";

fn start() -> Timestamp {
    "2026-11-20T02:00:00Z".parse().unwrap()
}

fn id(text: &str) -> DeviceId {
    DeviceId::new(text).unwrap()
}

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

/// Two sites with one device of each class, and a circuit between their routers.
pub(crate) fn register() -> Register {
    let mut register = Register::default();
    for site in ["vnta", "rfd"] {
        let name = json!({"en": site});
        let value = json!({"id": site, "name": name, "timezone": "Asia/Ho_Chi_Minh"});
        let site: tw_model::Site = serde_json::from_value(value).unwrap();
        register.sites.insert(site.id.clone(), site);
    }
    let classes = [
        "router",
        "switch",
        "firewall",
        "ups",
        "pdu",
        "ats",
        "cooling",
        "environment",
        "server",
        "storage",
    ];
    let mut add = |name: String, site: &str, class: &str, role: &str| {
        let value = json!({
            "id": name, "name": name, "site": site, "class": class, "role": role,
            "address": "127.0.0.1:16100", "vendor": "Cisco", "model": "X-1"
        });
        let mut device: Device = serde_json::from_value(value).unwrap();
        device.address = Some("127.0.0.1:0".parse().unwrap());
        register.devices.insert(device.id.clone(), device);
    };
    for class in classes {
        add(format!("vnta-{class}"), "vnta", class, "core");
    }
    add("vnta-acc-1".into(), "vnta", "switch", "access");
    add("rfd-router".into(), "rfd", "router", "core");
    add("rfd-acc-1".into(), "rfd", "switch", "access");
    let circuit = json!({
        "id": "c1", "commit_bps": 100_000_000,
        "a": {"device": "vnta-router", "interface": "ge-0-0-0"},
        "z": {"device": "rfd-router", "interface": "ge-0-0-0"}
    });
    let circuit: Circuit = serde_json::from_value(circuit).unwrap();
    register.circuits.insert(circuit.id.clone(), circuit);
    register
}

fn quiet() -> World {
    World::quiet(register(), 1, WallClock::fixed(start()))
}

/// A world without a script whose clock the test moves.
fn with_clock() -> (World, Arc<AtomicI64>) {
    let millis = Arc::new(AtomicI64::new(start().as_millis()));
    let read = Arc::clone(&millis);
    let clock = WallClock::new(move || Timestamp::from_millis(read.load(Ordering::SeqCst)));
    (World::quiet(register(), 1, clock), millis)
}

fn later(seconds: i64) -> Timestamp {
    start().plus_millis(seconds * 1_000)
}

fn walk(world: &World, device: &str, t: Timestamp) -> BTreeMap<Oid, Value> {
    let look = world.device(&id(device)).unwrap().look(t).unwrap();
    let mut found = BTreeMap::new();
    let mut at = Oid::default();
    while let Some((next, value)) = look.next(&at) {
        assert!(next > at);
        assert_eq!(look.get(&next).as_ref(), Some(&value), "{next}");
        found.insert(next.clone(), value);
        at = next;
    }
    found
}

fn number(world: &World, device: &str, t: Timestamp, name: &str) -> u64 {
    let look = world.device(&id(device)).unwrap().look(t).unwrap();
    look.get(&oid(name)).unwrap().as_u64().unwrap()
}

/// `ifName` → `ifIndex`.
fn indexes(world: &World, device: &str, t: Timestamp) -> BTreeMap<String, u32> {
    let names = walk(world, device, t)
        .into_iter()
        .filter(|(name, _)| name.starts_with(&oid(IF_NAME)));
    let pairs = names.map(|(name, value)| {
        let text = String::from_utf8(value.as_bytes().unwrap().to_vec()).unwrap();
        (text, *name.as_slice().last().unwrap())
    });
    pairs.collect()
}

#[test]
fn every_class_walks_in_order_and_says_that_it_is_simulated() {
    let world = quiet();
    assert_eq!(world.devices().count(), 13);
    for device in world.devices() {
        let told = walk(&world, device.id().as_str(), start());
        let descr = told[&oid(SYS_DESCR)].as_bytes().unwrap();
        assert!(
            descr.starts_with(b"Tierwatch simulator: Cisco X-1, "),
            "{}",
            device.id()
        );
        assert!(told.len() > 60, "{} has only {}", device.id(), told.len());
    }
    let has = |device: &str, prefix: &str| {
        walk(&world, device, start())
            .keys()
            .any(|name| name.starts_with(&oid(prefix)))
    };
    assert!(has("vnta-ups", "1.3.6.1.2.1.33.1.2") && has("vnta-server", "1.3.6.1.2.1.25.3.3"));
    assert!(has("vnta-server", "1.3.6.1.4.1.2021.10") && has("vnta-storage", "1.3.6.1.2.1.25.2"));
    for class in ["pdu", "ats", "cooling", "environment", "router"] {
        assert!(
            has(&format!("vnta-{class}"), "1.3.6.1.2.1.99.1.1.1.4"),
            "{class}"
        );
    }
}

#[test]
fn both_ends_of_a_circuit_count_the_same_octets() {
    let world = quiet();
    let (a, z) = (
        indexes(&world, "vnta-router", start()),
        indexes(&world, "rfd-router", start()),
    );
    let (a, z) = (a["ge-0/0/0"], z["ge-0/0/0"]);
    let gained = |device: &str, column: &str, index: u32| {
        let name = format!("{column}.{index}");
        number(&world, device, later(60), &name) - number(&world, device, start(), &name)
    };
    let sent = gained("vnta-router", HC_OUT, a);
    assert!(sent > 1_000_000, "{sent}");
    assert_eq!(sent, gained("rfd-router", HC_IN, z));
    assert_eq!(
        gained("rfd-router", HC_OUT, z),
        gained("vnta-router", HC_IN, a)
    );
}

#[test]
fn what_was_told_of_an_instant_stays_true_and_another_seed_tells_another_story() {
    let (one, again) = (quiet(), quiet());
    let other = World::quiet(register(), 2, WallClock::fixed(start()));
    let t = start().plus_millis(-86_400_000);
    for device in one.devices() {
        let name = device.id().as_str();
        assert_eq!(walk(&one, name, t), walk(&again, name, t));
        assert_ne!(walk(&one, name, t), walk(&other, name, t));
    }
}

#[test]
fn counters_only_grow_until_a_restart_and_then_begin_at_zero_with_other_numbers() {
    let (world, clock) = with_clock();
    let router = id("vnta-router");
    let before = indexes(&world, "vnta-router", start());
    let counter = |t, index: u32| number(&world, "vnta-router", t, &format!("{HC_IN}.{index}"));
    let index = before["ge-0/0/0"];
    let known = counter(later(10), index);
    assert!(counter(later(20), index) > known);
    clock.store(later(30).as_millis(), Ordering::SeqCst);
    assert!(world.renumber(&router));
    assert_eq!(world.answers(&router, later(29)), Some(true));
    assert_eq!(world.answers(&router, later(31)), Some(false));
    assert_eq!(world.answers(&router, later(32)), Some(true));
    let after = indexes(&world, "vnta-router", later(40));
    assert!(before.keys().eq(after.keys()) && before.values().ne(after.values()));
    assert_ne!(before["ge-0/0/0"], after["ge-0/0/0"]);
    assert!(counter(later(40), after["ge-0/0/0"]) < known / 1_000);
    assert_eq!(number(&world, "vnta-router", later(40), SYS_UPTIME), 800);
    // What was before the restart is as it was.
    assert_eq!(counter(later(10), index), known);
}

#[test]
fn a_link_that_is_down_counts_nothing_at_either_end() {
    let (world, clock) = with_clock();
    let circuit = CircuitId::new("c1").unwrap();
    assert!(world.circuit_down(&circuit, true));
    clock.store(later(60).as_millis(), Ordering::SeqCst);
    assert!(world.circuit_down(&circuit, false));
    for device in ["vnta-router", "rfd-router"] {
        let index = indexes(&world, device, start())["ge-0/0/0"];
        let at = |t, column: &str| number(&world, device, t, &format!("{column}.{index}"));
        assert_eq!((at(later(30), OPER), at(later(60), OPER)), (2, 1));
        assert_eq!(at(later(1), HC_IN), at(later(59), HC_IN));
        assert!(at(later(61), HC_IN) > at(later(60), HC_IN));
    }
    assert!(world.link_at(&circuit, later(30)).cut && !world.link_at(&circuit, later(60)).cut);
}

#[test]
fn a_ups_without_mains_discharges_and_then_charges() {
    let (world, clock) = with_clock();
    let ups = id("vnta-ups");
    let told = |seconds: i64, name: &str| number(&world, "vnta-ups", later(seconds), name);
    assert_eq!((told(0, CHARGE), told(0, SOURCE)), (100, 3));
    assert!(world.ups_on_battery(&ups, true));
    let alarm = "1.3.6.1.2.1.33.1.6.2.1.2.1";
    assert!(walk(&world, "vnta-ups", later(60)).contains_key(&oid(alarm)));
    assert_eq!(
        (told(600, SOURCE), told(600, "1.3.6.1.2.1.33.1.2.2.0")),
        (5, 600)
    );
    let low = told(600, CHARGE);
    assert!((40..85).contains(&low), "{low}");
    assert_eq!(
        world.answers(&ups, later(7_200)),
        Some(false),
        "it is empty"
    );
    clock.store(later(600).as_millis(), Ordering::SeqCst);
    assert!(world.ups_on_battery(&ups, false));
    assert_eq!(told(601, SOURCE), 3);
    assert!(told(3_600, CHARGE) > low && told(20_000, CHARGE) == 100);
    assert!(!walk(&world, "vnta-ups", later(601)).contains_key(&oid(alarm)));
}

#[test]
fn runs_of_the_year_cover_all_that_was_observed_once() {
    let world = World::new(register(), 1, WallClock::fixed(start()));
    let window = Interval::new(start().plus_millis(-360 * 86_400_000), start()).unwrap();
    let mut silent = 0;
    for device in world.devices() {
        let runs = world.device_runs(device.id(), window);
        let up: Vec<_> = runs
            .iter()
            .filter(|run| run.metric == "tierwatch_device_up")
            .collect();
        assert!(up.iter().all(|run| run.polls > 0 && run.object.is_empty()));
        assert!(
            up.windows(2)
                .all(|pair| pair[0].when.to <= pair[1].when.from)
        );
        silent += up.iter().filter(|run| run.state == 0).count();
        for run in &up {
            let middle = run.when.from.plus_millis(run.when.millis() / 2);
            assert_eq!(world.answers(device.id(), middle), Some(run.state == 1));
        }
        assert!(
            runs.iter()
                .any(|run| run.metric == "ifOperStatus" && run.state == 1)
        );
    }
    assert!((10..80).contains(&silent), "{silent} silences in a year");
    let site = SiteId::new("vnta").unwrap();
    let probes = world.probe_runs(&CircuitId::new("c1").unwrap(), &site, window);
    assert!(probes.iter().any(|run| run.state == 0) && probes.iter().any(|run| run.state == 1));
    assert!(probes.iter().all(|run| run.target == "probe:c1:vnta"));
}

#[test]
fn silence_without_an_answering_canary_is_not_told_as_down() {
    let mut register = register();
    let canaries = vec![id("rfd-router"), id("rfd-acc-1")];
    let collector = tw_model::SiteCollector {
        id: "rfd-c".parse().unwrap(),
        canaries,
        observers: Vec::new(),
    };
    register.sites.get_mut("rfd").unwrap().collector = Some(collector);
    let millis = Arc::new(AtomicI64::new(start().as_millis()));
    let read = Arc::clone(&millis);
    let clock = WallClock::new(move || Timestamp::from_millis(read.load(Ordering::SeqCst)));
    let world = World::quiet(register, 1, clock);
    assert!(world.reboot(&id("rfd-router")));
    millis.fetch_add(1_000, Ordering::SeqCst);
    assert!(world.reboot(&id("rfd-acc-1")));
    let runs = world.device_runs(
        &id("rfd-router"),
        Interval::new(start(), later(60)).unwrap(),
    );
    let up = runs
        .iter()
        .filter(|run| run.metric == "tierwatch_device_up");
    let told: Vec<(i64, i64, i64)> = up
        .map(|run| {
            let since = |t: Timestamp| t.millis_since(start()) / 1_000;
            (since(run.when.from), since(run.when.to), run.state)
        })
        .collect();
    // Both were silent from second 1 to 2: for that second nothing is known.
    assert_eq!(told, [(0, 1, 0), (2, 60, 1)]);
}

#[test]
fn probes_show_the_link() {
    let world = quiet();
    let (circuit, site) = (CircuitId::new("c1").unwrap(), SiteId::new("vnta").unwrap());
    let good = world.probe(
        &circuit,
        &site,
        Probes {
            at: start(),
            sent: 600,
        },
    );
    assert!(good.lost < 12 && good.rtt_min.unwrap() >= 2 * world.link_at(&circuit, start()).delay);
    assert!(good.rtt_min <= good.rtt_mean && good.rtt_mean <= good.rtt_max);
    assert!(world.circuit_bad(&circuit, 50, 50_000, true));
    let bad = world.probe(
        &circuit,
        &site,
        Probes {
            at: start(),
            sent: 600,
        },
    );
    assert!(
        bad.lost > 30 && bad.rtt_min.unwrap() > good.rtt_min.unwrap() + Duration::from_millis(90)
    );
    assert!(world.cut_site(&SiteId::new("rfd").unwrap(), true));
    let cut = world.probe(
        &circuit,
        &site,
        Probes {
            at: start(),
            sent: 10,
        },
    );
    assert_eq!((cut.lost, cut.rtt_mean), (10, None));
}

#[tokio::test]
async fn the_world_answers_over_sockets_as_it_does_in_memory() {
    let world = quiet();
    let running = world
        .spawn(|_| Some(AgentSettings::default()))
        .await
        .unwrap();
    assert_eq!(running.agents().count(), 13);
    let server = id("vnta-server");
    let agent = running.agent(&server).unwrap();
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let request = tw_snmp::Message {
        version: tw_snmp::Version::V2c,
        community: b"public".to_vec(),
        pdu: tw_snmp::Pdu::request(
            tw_snmp::PduKind::GetRequest,
            1,
            [oid(SYS_DESCR), oid(SYS_UPTIME)],
        ),
    };
    socket
        .send_to(&request.encode(), agent.address())
        .await
        .unwrap();
    let mut datagram = [0; 2_000];
    let got = tokio::time::timeout(Duration::from_secs(5), socket.recv(&mut datagram)).await;
    let answer = tw_snmp::Message::decode(&datagram[..got.unwrap().unwrap()]).unwrap();
    let look = world.device(&server).unwrap().look(start()).unwrap();
    let expect = look.values([&oid(SYS_DESCR), &oid(SYS_UPTIME)]);
    let told: Vec<_> = answer
        .pdu
        .varbinds
        .into_iter()
        .map(|varbind| Some(varbind.value))
        .collect();
    assert_eq!(told, expect);
    assert!(running.set_faults(&server, vec![Fault::Dead]));
    assert_eq!(agent.faults(), [Fault::Dead]);
}

#[tokio::test]
async fn an_address_that_is_not_loopback_is_never_bound() {
    let mut register = register();
    let device = register.devices.get_mut(&id("vnta-ups")).unwrap();
    device.address = Some("192.0.2.1:161".parse().unwrap());
    let world = World::quiet(register, 1, WallClock::fixed(start()));
    let refused = world
        .spawn(|_| Some(AgentSettings::default()))
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "device vnta-ups has the address 192.0.2.1:161; simulated ones are in 127.0.0.0/8 or [::1]"
    );
}

#[tokio::test]
async fn a_cut_site_reaches_no_centre() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = quiet();
    let centre = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = SiteId::new("rfd").unwrap();
    let target = centre.local_addr().unwrap();
    let relay = world
        .spawn_relay(&site, "127.0.0.1:0".parse().unwrap(), target)
        .await
        .unwrap();
    let mut collector = tokio::net::TcpStream::connect(relay.address())
        .await
        .unwrap();
    let (mut accepted, _) = centre.accept().await.unwrap();
    let mut got = [0; 2];
    assert!(world.cut_site(&site, true));
    assert!(world.is_cut(&site, world.now()));
    // The relay looks a few times a second; what it lets through before is not yet cut.
    let passes = async |collector: &mut tokio::net::TcpStream,
                        accepted: &mut tokio::net::TcpStream| {
        collector.write_all(b"hi").await.unwrap();
        let read = accepted.read_exact(&mut [0; 2]).await;
        read.is_ok()
    };
    let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
    loop {
        assert!(
            tokio::time::Instant::now() < deadline,
            "the site is never cut"
        );
        let passing = passes(&mut collector, &mut accepted);
        if tokio::time::timeout(Duration::from_millis(300), passing)
            .await
            .is_err()
        {
            break;
        }
    }
    assert!(world.cut_site(&site, false));
    let read = tokio::time::timeout(Duration::from_secs(5), accepted.read_exact(&mut got));
    read.await.expect("the site is joined again").unwrap();
    assert_eq!(&got, b"hi");
}

/// Asks an agent and gives the values it tells.
async fn ask(
    socket: &tokio::net::UdpSocket,
    to: std::net::SocketAddr,
    oids: &[&str],
) -> Vec<Value> {
    let request = tw_snmp::Message {
        version: tw_snmp::Version::V2c,
        community: b"public".to_vec(),
        pdu: tw_snmp::Pdu::request(tw_snmp::PduKind::GetRequest, 1, oids.iter().map(|o| oid(o))),
    };
    socket.send_to(&request.encode(), to).await.unwrap();
    let mut datagram = [0; 2_000];
    let got = tokio::time::timeout(Duration::from_secs(5), socket.recv(&mut datagram)).await;
    let answer = tw_snmp::Message::decode(&datagram[..got.unwrap().unwrap()]).unwrap();
    answer
        .pdu
        .varbinds
        .into_iter()
        .map(|varbind| varbind.value)
        .collect()
}

#[tokio::test]
async fn a_device_restarts_and_renumbers_between_two_requests_of_a_round() {
    let (world, clock) = with_clock();
    let running = world
        .spawn(|_| Some(AgentSettings::default()))
        .await
        .unwrap();
    let router = id("vnta-router");
    let to = running.agent(&router).unwrap().address();
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let first = format!("{IF_NAME}.1");
    let asked = [SYS_UPTIME, first.as_str()];
    let before = ask(&socket, to, &asked).await;
    running.set_faults(
        &router,
        vec![Fault::RestartAfter {
            requests: 1,
            renumber: true,
        }],
    );
    // Two more answers are of the old life; behind the second the device has restarted.
    assert_eq!(ask(&socket, to, &asked).await, before);
    assert_eq!(ask(&socket, to, &asked).await, before);
    clock.fetch_add(500, Ordering::SeqCst);
    let after = ask(&socket, to, &asked).await;
    assert_eq!(after[0], Value::TimeTicks(50));
    assert_ne!(after[1], before[1], "ifIndex 1 is another interface");
    assert_eq!(running.agent(&router).unwrap().faults(), []);
}
