//! What polling costs: CPU seconds per million varbinds of our engine, of `snmpbulkwalk` and of
//! Debian's `prometheus-snmp-exporter`, on the same simulated agents in one run.
//!
//! **Room:** beside the product. The agents run in this process, whose CPU is not counted; each
//! poller is a process of its own, whose CPU (user and system) the kernel tells.
//!
//! `cargo run --release -p tw-collect --example bench_poller [-- AGENTS SECONDS]`
#![expect(clippy::print_stdout, reason = "it prints its figures")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has nothing to say"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tw_collect::engine::{Access, Engine, EngineSettings, EngineTarget};
use tw_sim::{
    agent::{Agent, AgentSettings},
    mib::{Mib, View},
};
use tw_snmp::{Oid, Value};
use tw_units::{DeviceId, Timestamp, WallClock};

const AGENTS: usize = 100;
const SECONDS: u64 = 20;
const INTERFACES: u32 = 48;
const EXPORTER: &str = "/usr/bin/prometheus-snmp-exporter";
const BULKWALK: &str = "/usr/bin/snmpbulkwalk";
/// Acceptance: the exporter must cost at least so many times more.
const WANTED: f64 = 15.0;

/// What one poller did.
struct Figure {
    name: &'static str,
    varbinds: f64,
    cpu_seconds: f64,
}

impl Figure {
    fn per_million(&self) -> f64 {
        self.cpu_seconds / self.varbinds * 1e6
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("poll") => poll(&arguments[1..]),
        Some("walk") => walk(&arguments[1..]),
        _ => bench(&arguments),
    }
}

fn bench(arguments: &[String]) {
    let number = |at: usize| {
        arguments
            .get(at)
            .and_then(|text| text.parse::<usize>().ok())
    };
    let agents = number(0).unwrap_or(AGENTS);
    let seconds = number(1).map_or(SECONDS, |n| n as u64);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let agents = runtime.block_on(spawn_agents(agents));
    let addresses: Vec<String> = agents.iter().map(|a| a.address().to_string()).collect();
    println!(
        "{} simulated agents of {INTERFACES} interfaces, {} objects each",
        agents.len(),
        objects().len()
    );
    let mut figures = vec![ours(&addresses, seconds)];
    figures.extend(bulkwalk(&addresses));
    figures.extend(exporter(&addresses, seconds));
    println!(
        "{:<28}{:>14}{:>12}{:>20}{:>10}",
        "poller", "varbinds", "CPU s", "CPU s/10^6 varbinds", "ratio"
    );
    let base = figures[0].per_million();
    for figure in &figures {
        println!(
            "{:<28}{:>14.0}{:>12.3}{:>20.3}{:>10.1}",
            figure.name,
            figure.varbinds,
            figure.cpu_seconds,
            figure.per_million(),
            figure.per_million() / base
        );
    }
    match figures.iter().find(|figure| figure.name == "snmp_exporter") {
        Some(exporter) => println!(
            "ours costs {:.1} times less than snmp_exporter; at least {WANTED} is wanted: {}",
            exporter.per_million() / base,
            if exporter.per_million() / base >= WANTED {
                "holds"
            } else {
                "DOES NOT HOLD"
            }
        ),
        None => println!("NOT COMPARED with snmp_exporter: it or its module file is missing"),
    }
}

/// Our engine in a process of its own.
fn ours(addresses: &[String], seconds: u64) -> Figure {
    let mut child = itself("poll", &[&[seconds.to_string()], addresses].concat());
    let (varbinds, cpu_seconds) = figures_of(&mut child);
    Figure {
        name: "tierwatch engine",
        varbinds,
        cpu_seconds,
    }
}

/// The child that polls: it waits until all devices are known, then counts.
fn poll(arguments: &[String]) {
    let seconds: u64 = arguments[0].parse().unwrap();
    let (out, mut rounds) = tokio::sync::mpsc::channel(10_000);
    let engine = Engine::spawn(EngineSettings::default(), wall(), out).unwrap();
    let devices = &arguments[1..];
    engine.replace_targets(
        devices
            .iter()
            .zip(0..)
            .map(|(address, n)| EngineTarget {
                device: DeviceId::new(format!("d{n}")).unwrap(),
                address: address.parse().unwrap(),
                access: Some(Access::Community {
                    version: tw_snmp::Version::V2c,
                    community: b"public".to_vec(),
                }),
                poll_seconds: 1,
                known_interfaces: Vec::new(),
            })
            .collect(),
    );
    // Three rounds each: described, measured, cut to size.
    let mut warm = 0;
    while warm < devices.len() * 3 {
        warm += usize::from(rounds.blocking_recv().unwrap().up == Some(true));
    }
    let (before, cpu) = (engine.stats(), cpu_seconds("self"));
    let mut left = seconds * devices.len() as u64;
    while left > 0 {
        let round = rounds.blocking_recv().unwrap();
        assert_eq!(round.up, Some(true), "a simulated device stayed silent");
        left -= 1;
    }
    let after = engine.stats();
    let used = cpu_seconds("self") - cpu;
    println!("{} {used}", after.varbinds - before.varbinds);
    engine.stop();
}

/// `snmpbulkwalk` over the tables that our engine reads; one process a table, as scripts do.
fn bulkwalk(addresses: &[String]) -> Option<Figure> {
    if !Path::new(BULKWALK).exists() {
        println!("NOT RUN: {BULKWALK} is missing (apt-get install snmp)");
        return None;
    }
    let mut child = itself("walk", addresses);
    let (varbinds, cpu_seconds) = figures_of(&mut child);
    Some(Figure {
        name: "snmpbulkwalk",
        varbinds,
        cpu_seconds,
    })
}

/// The child that walks: the CPU of its own children is what counts.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark's peer, with fixed arguments"
)]
fn walk(addresses: &[String]) {
    let mut varbinds = 0;
    for address in addresses {
        for table in ["1.3.6.1.2.1.2.2", "1.3.6.1.2.1.31.1.1"] {
            let output = Command::new(BULKWALK)
                .args(["-v2c", "-cpublic", "-Cr25", "-m", "", "-On", address, table])
                .output()
                .unwrap();
            varbinds += output
                .stdout
                .split(|b| *b == b'\n')
                .filter(|l| !l.is_empty())
                .count();
        }
    }
    println!("{varbinds} {}", children_cpu_seconds());
}

/// The exporter, asked by HTTP for each agent in turn over one connection each.
fn exporter(addresses: &[String], seconds: u64) -> Option<Figure> {
    let modules = module_file()?;
    if !Path::new(EXPORTER).exists() {
        println!("NOT RUN: {EXPORTER} is missing (apt-get install prometheus-snmp-exporter)");
        return None;
    }
    let listen = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut child = Running(start_exporter(&modules, listen));
    wait_for(listen, &mut child.0);
    let process = child.0.id().to_string();
    // Once round to warm it.
    scrape_all(listen, addresses);
    let before = cpu_seconds(&process);
    let mut varbinds = 0.0;
    for _ in 0..seconds.div_ceil(10) {
        varbinds += scrape_all(listen, addresses);
    }
    let cpu_seconds = cpu_seconds(&process) - before;
    Some(Figure {
        name: "snmp_exporter",
        varbinds,
        cpu_seconds,
    })
}

fn scrape_all(listen: SocketAddr, addresses: &[String]) -> f64 {
    addresses.iter().map(|target| scrape(listen, target)).sum()
}

/// One scrape; the exporter itself says how many varbinds it got.
fn scrape(listen: SocketAddr, target: &str) -> f64 {
    let mut stream = TcpStream::connect(listen).unwrap();
    write!(
        stream,
        "GET /snmp?target={target}&module=if_mib HTTP/1.0\r\nHost: localhost\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.lines()
        .find_map(|line| line.strip_prefix("snmp_scrape_pdus_returned "))
        .unwrap_or_else(|| panic!("the exporter did not scrape {target}: {text:.300}"))
        .parse()
        .unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark's peer, with fixed arguments"
)]
fn start_exporter(modules: &Path, listen: SocketAddr) -> Child {
    Command::new(EXPORTER)
        .arg(format!("--config.file={}", modules.display()))
        .arg(format!("--web.listen-address={listen}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn wait_for(listen: SocketAddr, child: &mut Child) {
    for _ in 0..600 {
        if TcpStream::connect(listen).is_ok() {
            return;
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "the exporter ended at once"
        );
        std::thread::park_timeout(Duration::from_millis(100));
    }
    panic!("the exporter does not listen on {listen}");
}

fn module_file() -> Option<PathBuf> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/snmp_exporter/snmp-0.21.yml");
    if path.exists() {
        return Some(path);
    }
    println!(
        "NOT RUN: the exporter's module file {} is missing",
        path.display()
    );
    None
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this program once more, as a child"
)]
fn itself(mode: &str, arguments: &[String]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .arg(mode)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The varbinds and CPU seconds that a child of ours printed.
fn figures_of(child: &mut Child) -> (f64, f64) {
    let mut line = String::new();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut line).unwrap();
    assert!(child.wait().unwrap().success());
    let (varbinds, cpu) = line.trim().split_once(' ').unwrap();
    (varbinds.parse().unwrap(), cpu.parse().unwrap())
}

/// User and system time of a process' threads, to the nanosecond.
fn cpu_seconds(process: &str) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let nanos: f64 = tasks
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("schedstat")).ok())
        .filter_map(|text| text.split_whitespace().next()?.parse::<f64>().ok())
        .sum();
    nanos / 1e9
}

/// User and system time of the children that have ended, in ticks of 10 ms.
fn children_cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let behind_name = stat.rsplit_once(')').unwrap().1;
    let ticks: f64 = behind_name
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(|field| field.parse::<f64>().unwrap())
        .sum();
    ticks / 100.0
}

/// The machine's clock.
fn wall() -> WallClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the benchmark's one reading of the wall clock"
    )]
    WallClock::new(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp::EPOCH.plus(since.unwrap_or_default())
    })
}

async fn spawn_agents(count: usize) -> Vec<Agent> {
    let mib: Arc<dyn Mib> = Arc::new(Picture(Arc::new(objects())));
    let mut agents = Vec::new();
    for _ in 0..count {
        let bind = "127.0.0.1:0".parse().unwrap();
        let settings = AgentSettings::default();
        agents.push(
            Agent::spawn(bind, settings, Arc::clone(&mib), wall())
                .await
                .unwrap(),
        );
    }
    agents
}

/// ifTable and ifXTable of one device, sorted.
fn objects() -> Vec<(Oid, Value)> {
    let mut all: Vec<(Oid, Value)> = Vec::new();
    let mut put = |oid: String, value: Value| all.push((oid.parse().unwrap(), value));
    let text = |text: String| Value::OctetString(text.into_bytes());
    put("1.3.6.1.2.1.1.1.0".into(), text("Simulated switch".into()));
    put("1.3.6.1.2.1.1.3.0".into(), Value::TimeTicks(8_640_000));
    put("1.3.6.1.2.1.31.1.5.0".into(), Value::TimeTicks(4_711));
    for n in 1..=INTERFACES {
        for column in [10, 11, 13, 14, 16, 17, 19, 20] {
            put(
                format!("1.3.6.1.2.1.2.2.1.{column}.{n}"),
                Value::Counter32(1_234_567 + n),
            );
        }
        put(format!("1.3.6.1.2.1.2.2.1.1.{n}"), Value::Integer(1));
        put(
            format!("1.3.6.1.2.1.2.2.1.2.{n}"),
            text(format!("GigabitEthernet0/{n}")),
        );
        put(format!("1.3.6.1.2.1.2.2.1.3.{n}"), Value::Integer(6));
        put(
            format!("1.3.6.1.2.1.2.2.1.5.{n}"),
            Value::Gauge32(1_000_000_000),
        );
        put(format!("1.3.6.1.2.1.2.2.1.7.{n}"), Value::Integer(1));
        put(format!("1.3.6.1.2.1.2.2.1.8.{n}"), Value::Integer(1));
        put(
            format!("1.3.6.1.2.1.31.1.1.1.1.{n}"),
            text(format!("Gi0/{n}")),
        );
        for column in [6, 7, 10, 11] {
            put(
                format!("1.3.6.1.2.1.31.1.1.1.{column}.{n}"),
                Value::Counter64(1_234_567_890_123 + u64::from(n)),
            );
        }
        put(
            format!("1.3.6.1.2.1.31.1.1.1.15.{n}"),
            Value::Gauge32(1_000),
        );
        put(
            format!("1.3.6.1.2.1.31.1.1.1.18.{n}"),
            text(format!("port {n}")),
        );
        put(format!("1.3.6.1.2.1.31.1.1.1.19.{n}"), Value::TimeTicks(0));
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Objects that stand still: an answer costs a search and no computing.
#[derive(Clone)]
struct Picture(Arc<Vec<(Oid, Value)>>);

impl Mib for Picture {
    fn at(&self, _: Timestamp) -> Option<Box<dyn View>> {
        Some(Box::new(self.clone()))
    }

    fn restart(&self, _: Timestamp, _: bool) {}
}

impl View for Picture {
    fn get(&self, oid: &Oid) -> Option<Value> {
        let at = self.0.binary_search_by(|entry| entry.0.cmp(oid)).ok()?;
        Some(self.0[at].1.clone())
    }

    fn next(&self, oid: &Oid) -> Option<(Oid, Value)> {
        let at = self.0.partition_point(|entry| entry.0 <= *oid);
        self.0.get(at).cloned()
    }

    fn engine(&self) -> (u32, Duration) {
        (1, Duration::from_hours(24))
    }
}
