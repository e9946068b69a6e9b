//! kill −9 of the collector and the centre, again and again: what the spool accepted and the
//! centre acknowledged is in the store, once.
//!
//! **Room:** layer 3; tests.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "in a test a panic is the report; the distribution is for people"
)]

use std::{
    collections::BTreeSet,
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tw_collect::spool::{Spool, SpoolSettings};
use tw_ingest::{Lane, Record};
use tw_sim::{agent::AgentSettings, world::World};
use tw_store::{SeriesFilter, Store, StoreSettings};
use tw_units::{Interval, Timestamp, WallClock};

/// How often one of the two is killed.
const KILLS: u32 = 60;

/// How long anything may take that must happen at all.
const PATIENCE: Duration = Duration::from_secs(90);

/// After a kill the site is polled again within so long on a machine of its own.
const POLLING_AGAIN: Duration = Duration::from_secs(5);

/// How many times that a machine that is shared with other tests may take.
const SHARED_MACHINE: u32 = 6;

/// One kill in so many strikes while the program before is still starting.
const STRIKES_EARLY: u32 = 4;

/// A process that ends with the test.
struct Process(Child);

impl Process {
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    fn start(arguments: &[&str], log: &Path) -> Self {
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_tierwatch"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        Self(child.unwrap())
    }

    /// SIGKILL, at whatever it is doing.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

struct Rig {
    folder: tempfile::TempDir,
    centre: SocketAddr,
}

impl Rig {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn write_files(&self, agents: u16) {
        let inventory = self.path("inventory");
        fs::create_dir_all(&inventory).unwrap();
        fs::write(self.path("community"), "public").unwrap();
        let device = |n: u8| {
            format!(
                "  - {{id: sw-{n}, name: sw-{n}, class: switch, address: \"127.9.7.{n}:{agents}\", \
                 credential: c, poll_seconds: 1, witness: true}}"
            )
        };
        let devices = [1, 2, 3, 4].map(device).join("\n");
        let site = format!(
            "organisation: {{id: o, name: {{en: O, vi: O}}, timezone: Asia/Ho_Chi_Minh}}\n\
             site:\n  id: s\n  name: {{en: S, vi: S}}\n  timezone: Asia/Ho_Chi_Minh\n  \
             collector: {{id: col-s}}\n  tier_targets:\n    - {{standard: uptime, level: II, \
             downtime_ppm: 2590, valid_from: 2016-01-01}}\n\
             credentials:\n  - {{id: c, snmp: {{version: 2c, community_file: {}}}}}\n\
             devices:\n{devices}\n",
            self.text("community")
        );
        fs::write(inventory.join("site.yaml"), site).unwrap();
        let serve = format!(
            "listen: {}\ndata: centre\ninventory: inventory\n",
            self.centre
        );
        fs::write(self.path("serve.yaml"), serve).unwrap();
        let collect = format!(
            "site: s\ncentre: http://{}\ntoken_file: {}\ndata: {}\n",
            self.centre,
            self.text("token"),
            self.text("collector")
        );
        fs::write(self.path("collect.yaml"), collect).unwrap();
    }

    fn serve(&self) -> Process {
        Process::start(
            &["serve", "--config", &self.text("serve.yaml")],
            &self.path("serve.log"),
        )
    }

    fn collect(&self) -> Process {
        Process::start(
            &["collect", "--config", &self.text("collect.yaml")],
            &self.path("collect.log"),
        )
    }

    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    fn make_token(&self) {
        let made = Command::new(env!("CARGO_BIN_EXE_tierwatch"))
            .args([
                "token",
                "create",
                "--json",
                "--collector",
                "col-s",
                "--data",
            ])
            .arg(self.path("centre"))
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
        fs::write(self.path("token"), made["secret"].as_str().unwrap()).unwrap();
    }

    fn spool(&self) -> rusqlite::Connection {
        let spool = rusqlite::Connection::open(self.path("collector/spool.db")).unwrap();
        spool.busy_timeout(Duration::from_secs(10)).unwrap();
        spool
    }

    /// The newest position of the spool, and how many batches the centre does not have.
    fn spooled(&self) -> (u64, u64) {
        if !self.path("collector/spool.db").is_file() {
            return (0, 0);
        }
        let sums = self.spool().query_row(
            "SELECT coalesce(sum(next), 0), coalesce(sum(next - acked), 0) FROM segment",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        );
        // The table is made a moment after the file.
        sums.unwrap_or((0, 0))
    }

    /// Batches of poll rounds in the spool. The collector's own machine is read rarely and has
    /// a layout and a round; a second of the four devices has more.
    fn polls(&self) -> u64 {
        let count = self.spool().query_row(
            "SELECT count(*) FROM batch WHERE lane = 2 AND records > 2",
            [],
            |row| row.get(0),
        );
        // A spool that is being opened may be locked for a moment.
        count.unwrap_or(0)
    }

    fn wait(&self, what: &str, done: impl Fn(&Self) -> bool) {
        self.wait_within(PATIENCE, what, done);
    }

    /// Waits for a state; says how long it took.
    #[expect(clippy::disallowed_methods, reason = "the time is printed, not judged")]
    fn wait_within(
        &self,
        patience: Duration,
        what: &str,
        done: impl Fn(&Self) -> bool,
    ) -> Duration {
        let began = Instant::now();
        let mut waited = Duration::ZERO;
        while !done(self) {
            assert!(
                waited < patience,
                "{what}: {:?}\n{}",
                self.spooled(),
                self.logs()
            );
            let pause = Duration::from_millis(50);
            std::thread::sleep(pause);
            waited += pause;
        }
        began.elapsed()
    }

    fn logs(&self) -> String {
        let tail = |name: &str| {
            let text = fs::read_to_string(self.path(name)).unwrap_or_default();
            let lines: Vec<&str> = text.lines().rev().take(8).collect();
            format!("{name}: {lines:#?}")
        };
        format!("{}\n{}", tail("serve.log"), tail("collect.log"))
    }
}

/// Who is killed next and how long it lives: no order, but the same in every run.
fn throw(n: u32) -> u32 {
    (n.wrapping_mul(2_654_435_761) >> 7) % 1_000
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_kills_lose_nothing_and_double_nothing() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let agents = std::net::UdpSocket::bind("127.9.7.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let rig = Rig {
        folder: tempfile::tempdir().unwrap(),
        centre: free,
    };
    rig.write_files(agents);
    let register = tw_config::load(&rig.path("inventory")).unwrap().register;
    let wall = WallClock::new(real_time);
    let world = World::quiet(register, 1, wall.clone());
    let _agents = world
        .spawn(|_| Some(AgentSettings::default()))
        .await
        .unwrap();

    tokio::task::block_in_place(|| play(&rig));

    let (acknowledged, accepted) = tokio::task::block_in_place(|| rounds_of_spool(&rig, &wall));
    let stored = rounds_of_store(&rig, &wall).await;
    assert!(
        acknowledged.len() > 50,
        "{} rounds are too few to tell",
        acknowledged.len()
    );
    let lost: Vec<_> = acknowledged.difference(&stored).collect();
    assert!(
        lost.is_empty(),
        "{} of {} lost: {lost:?}",
        lost.len(),
        acknowledged.len()
    );
    let strange: Vec<_> = stored.difference(&accepted).collect();
    assert!(strange.is_empty(), "never accepted: {strange:?}");
}

fn real_time() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the programs under test run on it"
    )]
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp::EPOCH.plus(now)
}

fn play(rig: &Rig) {
    let mut centre = rig.serve();
    rig.wait("the centre makes its store", |rig| {
        rig.path("centre/main.db").is_file()
    });
    rig.wait("the centre listens", |rig| {
        std::net::TcpStream::connect(rig.centre).is_ok()
    });
    rig.make_token();
    let mut collector = rig.collect();
    rig.wait("the first readings", |rig| rig.spooled().0 > 3);
    let mut pauses = Vec::new();
    for n in 0..KILLS {
        std::thread::sleep(Duration::from_millis(200 + u64::from(throw(n)) / 2));
        let before = rig.polls();
        if throw(n + 1_000).is_multiple_of(2) {
            collector.kill();
            collector = rig.collect();
        } else {
            centre.kill();
            centre = rig.serve();
        }
        if n % STRIKES_EARLY != 0 {
            let patience = POLLING_AGAIN * SHARED_MACHINE;
            let again = |rig: &Rig| rig.polls() > before;
            pauses.push(rig.wait_within(patience, "polling again", again));
        }
    }
    tell(&mut pauses);
    rig.wait("the centre listens again", |rig| {
        std::net::TcpStream::connect(rig.centre).is_ok()
    });
    // Live readings go on, so "nothing waits" is a moment that comes and goes.
    rig.wait("the backlog is delivered", |rig| rig.spooled().1 == 0);
    collector.kill();
    centre.kill();
}

/// Prints how long it took until the site was polled again.
fn tell(pauses: &mut [Duration]) {
    pauses.sort_unstable();
    let at = |percent: usize| pauses[(pauses.len() - 1) * percent / 100];
    let within = pauses.iter().filter(|p| **p <= POLLING_AGAIN).count();
    eprintln!(
        "polling again after a kill: median {:?}, p90 {:?}, longest {:?}; {within} of {} within \
         {POLLING_AGAIN:?}",
        at(50),
        at(90),
        at(100),
        pauses.len()
    );
}

type Rounds = BTreeSet<(String, Timestamp)>;

/// The rounds that the centre acknowledged, and all that the spool accepted.
fn rounds_of_spool(rig: &Rig, wall: &WallClock) -> (Rounds, Rounds) {
    let database = rig.spool();
    let check: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
    let mut query = database
        .prepare("SELECT segment, acked FROM segment WHERE lane = 2")
        .unwrap();
    let acked: std::collections::BTreeMap<i64, u64> = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    drop(query);
    database
        .execute("UPDATE segment SET acked = 0", [])
        .unwrap();
    drop(database);
    let settings = SpoolSettings::at(rig.path("collector/spool.db"));
    let mut spool = Spool::open(settings, wall.now()).unwrap();
    let (mut acknowledged, mut accepted) = (Rounds::new(), Rounds::new());
    for segment in spool
        .backlog()
        .unwrap()
        .into_iter()
        .filter(|b| b.lane == Lane::Metric)
    {
        for seq in segment.next..segment.end {
            let mut at = segment;
            at.next = seq;
            for record in spool.read(at).unwrap().unwrap().records {
                // The collector's own machine has no sysUpTime to be found by.
                if let Record::Round(round) = record
                    && !round.target.0.starts_with("host:")
                {
                    let round = (round.target.0, round.at);
                    if seq < acked[&segment.segment] {
                        acknowledged.insert(round.clone());
                    }
                    accepted.insert(round);
                }
            }
        }
    }
    (acknowledged, accepted)
}

/// Every round of the store; one that stands there twice is a failure.
async fn rounds_of_store(rig: &Rig, wall: &WallClock) -> Rounds {
    let main = rusqlite::Connection::open(rig.path("centre/main.db")).unwrap();
    let check: String = main
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
    drop(main);
    let store = Store::open(&StoreSettings::tool(rig.path("centre")), wall.clone()).unwrap();
    let filter = SeriesFilter {
        metrics: vec!["sysUpTime".into()],
        ..SeriesFilter::default()
    };
    let series = store.series(&filter).await.unwrap();
    let ids: Vec<_> = series.iter().map(|series| series.id).collect();
    let whole = Interval {
        from: Timestamp::EPOCH,
        to: wall.now().plus_millis(86_400_000),
    };
    let mut rounds = Rounds::new();
    for of in store.samples(&ids, whole).await.unwrap() {
        let target = &series
            .iter()
            .find(|series| series.id == of.series)
            .unwrap()
            .target;
        for sample in &of.samples {
            assert!(
                rounds.insert((target.0.clone(), sample.at)),
                "{target} {} twice",
                sample.at
            );
        }
    }
    rounds
}
