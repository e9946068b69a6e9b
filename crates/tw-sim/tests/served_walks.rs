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
async fn bulkwalk(address: SocketAddr) -> Option<Vec<String>> {
    let output = tokio::process::Command::new("snmpbulkwalk")
        .args(["-v2c", "-c", "public", "-Cc", "-Cr50", "-t5", "-Onq", "-OU"])
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
        let Some(told) = bulkwalk(agent.address()).await else {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "no snmpbulkwalk: install snmp"
            );
            eprintln!("SKIPPED: no snmpbulkwalk, install the package snmp");
            return;
        };
        let different = told
            .iter()
            .zip(&expect)
            .find(|(told, expect)| told != expect);
        assert_eq!(different, None, "{}", file.display());
        assert_eq!(told.len(), expect.len(), "{}", file.display());
    }
}
