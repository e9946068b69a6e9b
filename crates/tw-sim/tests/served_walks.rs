//! Recorded walks of real devices, served by our agents and walked by net-snmp's tool.
//!
//! **Room:** layer 3, simulation; tests. The walks lie beside the project and are only read.

#![expect(clippy::print_stderr, reason = "a test that is skipped says so loudly")]

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};
use tw_sim::{
    agent::{Agent, AgentSettings},
    snmprec::Walk,
};
use tw_snmp::v3::{AuthProtocol, PrivProtocol, User};
use tw_units::{Timestamp, WallClock};

/// The walks, or `None` (said loudly) where the folder is absent; with `CI=true` that fails.
fn walks() -> Option<Vec<PathBuf>> {
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
        return None;
    };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "snmprec")
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    Some(files)
}

/// Names in the order in which `snmpbulkwalk` printed them, or `None` without the tool.
#[expect(
    clippy::disallowed_methods,
    reason = "the peer under test, with fixed arguments"
)]
async fn bulkwalk(access: &[&str], address: SocketAddr) -> Option<Vec<String>> {
    let output = tokio::process::Command::new("snmpbulkwalk")
        .args(access)
        .args(["-Cc", "-Cr50", "-t5", "-Onq", "-OU"])
        .args([address.to_string(), ".1".to_owned()])
        .output()
        .await
        .ok()?;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // The tool prints the last name once more to say that nothing is behind it.
    let lines = text
        .lines()
        .filter(|line| !line.contains("No more variables left"));
    let oids = lines.filter_map(|line| {
        let name = line.split(' ').next()?.strip_prefix(".1.")?;
        name.bytes()
            .all(|byte| byte == b'.' || byte.is_ascii_digit())
            .then(|| format!("1.{name}"))
    });
    Some(oids.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_by_net_snmp_returns_every_distinct_varbind_once_in_order() {
    for file in walks().into_iter().flatten() {
        let text = std::fs::read(&file).expect("a walk can be read");
        let walk = Walk::parse(&String::from_utf8_lossy(&text), Timestamp::EPOCH);
        assert_eq!(walk.problems, [], "{}", file.display());
        let expect: Vec<String> = walk.oids().map(ToString::to_string).collect();
        let clock = WallClock::fixed(Timestamp::EPOCH);
        let bind = "127.0.0.1:0".parse().unwrap();
        let agent = Agent::spawn(bind, AgentSettings::default(), Arc::new(walk), clock)
            .await
            .unwrap();
        let Some(told) = bulkwalk(&["-v2c", "-c", "public"], agent.address()).await else {
            return no_tool();
        };
        let different = told
            .iter()
            .zip(&expect)
            .find(|(told, expect)| told != expect);
        assert_eq!(different, None, "{}", file.display());
        assert_eq!(told.len(), expect.len(), "{}", file.display());
    }
}

/// A level of protection: what net-snmp calls it, and we.
struct Level(
    &'static [&'static str],
    Option<AuthProtocol>,
    Option<PrivProtocol>,
);

#[rustfmt::skip]
const LEVELS: [Level; 6] = [
    Level(&["-l", "noAuthNoPriv"], None, None),
    Level(&["-l", "authNoPriv", "-a", "MD5"], Some(AuthProtocol::Md5), None),
    Level(&["-l", "authPriv", "-a", "SHA", "-x", "DES"], Some(AuthProtocol::Sha1), Some(PrivProtocol::Des)),
    Level(&["-l", "authPriv", "-a", "SHA-256", "-x", "AES"], Some(AuthProtocol::Sha256), Some(PrivProtocol::Aes128)),
    Level(&["-l", "authPriv", "-a", "SHA-384", "-x", "AES-192"], Some(AuthProtocol::Sha384), Some(PrivProtocol::Aes192)),
    Level(&["-l", "authPriv", "-a", "SHA-512", "-x", "AES-256"], Some(AuthProtocol::Sha512), Some(PrivProtocol::Aes256)),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_of_v3_walks_with_every_protection_and_a_stranger_does_not() {
    let rows: Vec<String> = (1..=200)
        .map(|n| format!("1.3.6.1.2.1.99.{n}|4|row {n}"))
        .collect();
    let walk = Walk::parse(&rows.join("\n"), Timestamp::EPOCH);
    for Level(level, auth, privacy) in LEVELS {
        let user = User::new(
            "watcher",
            auth.map(|auth| (auth, "authpassword")),
            privacy.map(|privacy| (privacy, "privpassword")),
        );
        let settings = AgentSettings {
            users: vec![user.expect("good passwords")],
            ..AgentSettings::default()
        };
        let clock = WallClock::fixed(Timestamp::from_seconds(5_000));
        let bind = SocketAddr::from(([127, 0, 0, 1], 0));
        let agent = Agent::spawn(bind, settings, Arc::new(walk.clone()), clock).await;
        let agent = agent.expect("a free port");
        let user = [
            "-v3",
            "-u",
            "watcher",
            "-A",
            "authpassword",
            "-X",
            "privpassword",
        ];
        let Some(told) = bulkwalk(&[&user, level].concat(), agent.address()).await else {
            return no_tool();
        };
        assert_eq!(told.len(), 200, "{level:?}");
        let stranger = ["-v3", "-u", "stranger", "-l", "noAuthNoPriv"];
        let complaint = walk_fails(&stranger, agent.address()).await;
        assert!(
            complaint.contains("Unknown user name"),
            "{level:?}: {complaint}"
        );
    }
}

fn no_tool() {
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "no snmpbulkwalk: install snmp"
    );
    eprintln!("SKIPPED: no snmpbulkwalk, install the package snmp");
}

/// What `snmpbulkwalk` complains about.
#[expect(
    clippy::disallowed_methods,
    reason = "the peer under test, with fixed arguments"
)]
async fn walk_fails(access: &[&str], address: SocketAddr) -> String {
    let output = tokio::process::Command::new("snmpbulkwalk")
        .args(access)
        .args(["-t1", "-r0", &address.to_string()])
        .output()
        .await
        .expect("the tool ran a moment ago");
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}
