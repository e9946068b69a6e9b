//! Debian's snmpd polled by the engine: counters rise; killed it is down, started again up.
//!
//! **Room:** tests.

use crate::rig::{Rig, is_described, target, whole};
use std::{
    fs,
    net::{SocketAddr, UdpSocket},
    process::{Child, Command, Stdio},
};
use tw_collect::engine::Access;
use tw_snmp::v3::{AuthProtocol, PrivProtocol, User};

const SNMPD: &str = "/usr/sbin/snmpd";

struct Snmpd {
    child: Child,
    folder: tempfile::TempDir,
    address: SocketAddr,
}

impl Snmpd {
    fn start() -> Option<Self> {
        Self::start_at("127.0.0.1:0")
    }

    #[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
    fn start_at(bind: &str) -> Option<Self> {
        if !fs::exists(SNMPD).unwrap() {
            assert!(
                std::env::var_os("CI").is_none(),
                "{SNMPD} is missing: apt-get install snmpd"
            );
            eprintln!("SKIPPED: {SNMPD} is missing: apt-get install snmpd");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let address = free_port(bind);
        fs::write(
            folder.path().join("agent.conf"),
            "rocommunity public\n\
             createUser watcher SHA-256 \"authentication\" AES \"encryption-pass\"\n\
             rocommunity6 public\nrouser watcher priv\nsysServices 72\n",
        )
        .unwrap();
        let child = run(&folder, address);
        Some(Self {
            child,
            folder,
            address,
        })
    }

    fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn start_again(&mut self) {
        self.child = run(&self.folder, self.address);
    }
}

impl Drop for Snmpd {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test's own peer, with fixed arguments"
)]
fn run(folder: &tempfile::TempDir, address: SocketAddr) -> Child {
    let path = folder.path();
    let transport = if address.is_ipv6() { "udp6" } else { "udp" };
    // One that was killed left its own, and snmpd does not overwrite it.
    fs::remove_file(path.join("pid")).ok();
    Command::new(SNMPD)
        .args(["-f", "-C", "-Ln", "-c"])
        .arg(path.join("agent.conf"))
        .arg("-p")
        .arg(path.join("pid"))
        .arg(format!("{transport}:{address}"))
        .env("SNMP_PERSISTENT_DIR", path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn free_port(bind: &str) -> SocketAddr {
    UdpSocket::bind(bind).unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn snmpd_rises_falls_and_rises_again() {
    let Some(mut snmpd) = Snmpd::start() else {
        return;
    };
    let mut rig = Rig::start(vec![target("snmpd", snmpd.address)], &[]);
    let first = rig
        .until(|round| whole(round, "if:lo", "ifHCInOctets").is_some())
        .await;
    // Our own questions pass over the loopback; snmpd reads its interfaces every few seconds.
    let second = rig
        .until(|round| {
            whole(round, "if:lo", "ifHCInOctets") > whole(&first, "if:lo", "ifHCInOctets")
        })
        .await;
    let up_time = |round| whole(round, "", "sysUpTime").unwrap();
    assert!(up_time(&second) > up_time(&first));
    assert!(whole(&second, "", "memTotalReal").is_some());
    assert!(whole(&second, "", "snmpEngineBoots").is_some());
    let ran = |round| whole(round, "", "snmpEngineTime").unwrap();
    assert!(ran(&second) >= ran(&first));
    assert!(
        second
            .layout
            .objects
            .iter()
            .any(|o| o.key.starts_with("storage:"))
    );
    snmpd.stop();
    // The round that was going on may have its answers already.
    let mut ends = 0;
    let down = rig
        .until(|_| {
            ends += 1;
            ends > 2
        })
        .await;
    assert_eq!(down.up, Some(false));
    assert_eq!(whole(&down, "", "tierwatch_device_up"), Some(0));
    snmpd.start_again();
    let back = rig
        .until(|round| round.up == Some(true) && whole(round, "if:lo", "ifHCInOctets").is_some())
        .await;
    assert!(up_time(&back) < up_time(&second));
    rig.engine.stop();
}

#[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
fn has_ipv6() -> bool {
    let Err(cause) = UdpSocket::bind("[::1]:0") else {
        return true;
    };
    assert!(
        std::env::var_os("CI").is_none(),
        "this machine has no IPv6 loopback: {cause}"
    );
    eprintln!("SKIPPED: this machine has no IPv6 loopback: {cause}");
    false
}

#[tokio::test]
async fn the_addresses_that_snmpd_says_are_its_own_are_told_with_their_interfaces() {
    if !has_ipv6() {
        return;
    }
    let Some(snmpd) = Snmpd::start_at("[::1]:0") else {
        return;
    };
    let mut rig = Rig::start(vec![target("six", snmpd.address)], &[]);
    let mut told = Vec::new();
    rig.until(|round| {
        for observation in &round.observations {
            if let tw_ingest::seen::Seen::Addresses { addresses } = &observation.seen {
                told.clone_from(addresses);
            }
        }
        !told.is_empty()
    })
    .await;
    rig.engine.stop();
    let lines: Vec<String> = told
        .iter()
        .map(|seen| format!("{} on {}", seen.address, seen.interface))
        .collect();
    for wanted in ["127.0.0.1 on lo", "::1 on lo"] {
        assert!(lines.iter().any(|line| line == wanted), "{lines:?}");
    }
}

#[tokio::test]
async fn devices_are_polled_over_ipv6_as_over_ipv4() {
    if !has_ipv6() {
        return;
    }
    let Some(mut six) = Snmpd::start_at("[::1]:0") else {
        return;
    };
    let Some(four) = Snmpd::start() else { return };
    let targets = vec![target("six", six.address), target("four", four.address)];
    let mut rig = Rig::start(targets, &[]);
    for name in ["six", "four"] {
        let described = |round: &tw_collect::engine::PolledRound| {
            round.target.0 == name && whole(round, "if:lo", "ifHCInOctets").is_some()
        };
        let round = rig.until(described).await;
        assert_eq!(round.up, Some(true));
        assert!(whole(&round, "", "sysUpTime").is_some());
    }
    six.stop();
    let down = rig
        .until(|round| round.target.0 == "six" && round.up == Some(false))
        .await;
    assert_eq!(whole(&down, "", "tierwatch_device_up"), Some(0));
    assert_eq!(rig.next("four").await.up, Some(true), "nobody else suffers");
    six.start_again();
    rig.until(|round| round.target.0 == "six" && round.up == Some(true))
        .await;
    rig.engine.stop();
}

#[tokio::test]
async fn snmpd_is_polled_with_v3_signed_and_encrypted() {
    let Some(snmpd) = Snmpd::start() else { return };
    let user = |pass: &str| Access::User {
        user: User::new(
            "watcher",
            Some((AuthProtocol::Sha256, "authentication")),
            Some((PrivProtocol::Aes128, pass)),
        )
        .unwrap(),
        context: Vec::new(),
    };
    let mut good = target("good", snmpd.address);
    good.access = Some(user("encryption-pass"));
    let mut rig = Rig::start(vec![good], &[]);
    let round = rig
        .until(|round| is_described(round) && whole(round, "if:lo", "ifHCInOctets").is_some())
        .await;
    let engine_id = round.observations.iter().find_map(|o| match &o.seen {
        tw_ingest::seen::Seen::Identity(identity) => identity.engine_id.clone(),
        _ => None,
    });
    assert!(engine_id.is_some_and(|id| id.starts_with("80001f88")));
    rig.engine.stop();
}

#[tokio::test]
async fn a_refused_v3_credential_is_named_and_is_not_down() {
    let Some(snmpd) = Snmpd::start() else { return };
    let mut stranger = target("stranger", snmpd.address);
    stranger.access = Some(Access::User {
        user: User::new(
            "nobody",
            Some((AuthProtocol::Sha256, "authentication")),
            None,
        )
        .unwrap(),
        context: Vec::new(),
    });
    let mut rig = Rig::start(vec![stranger], &[]);
    let (round, problem) = rig.problem("stranger", "auth_failed").await;
    assert_eq!(round.up, None);
    assert!(problem.detail.contains("credential"), "{}", problem.detail);
    rig.engine.stop();
}
