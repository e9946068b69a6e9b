//! Debian's snmpd as a foreign agent, with an interface whose octets grow at a known rate.
//!
//! **Room:** layer 3; tests. Needs `snmpd`; without it the test says so, and with `CI=true` it
//! fails.

use std::{
    fs,
    net::{SocketAddr, UdpSocket},
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command, Stdio},
};

const SNMPD: &str = "/usr/sbin/snmpd";

/// What `lo` receives and sends by the agent's word, in bytes a second. Below `ifSpeed` of the
/// loopback (10 Mbit/s), or no poller would believe it.
pub const IN_BYTES: u64 = 100_000;
/// What it sends.
pub const OUT_BYTES: u64 = 40_000;

/// `ifHCInOctets` and `ifHCOutOctets`.
const COLUMNS: [(&str, u64); 2] = [
    (".1.3.6.1.2.1.31.1.1.1.6", IN_BYTES),
    (".1.3.6.1.2.1.31.1.1.1.10", OUT_BYTES),
];

/// Answers for one column with one row, as snmpd's `pass` wants it: the bytes that a steady
/// stream has brought since the beginning of 2024, by the clock at the moment of the question.
/// The browser tests run the same.
const COUNTER: &str = include_str!("../../../../tests/snmpd/counter.sh");

/// A running snmpd; it ends when dropped.
pub struct Snmpd {
    child: Child,
    folder: tempfile::TempDir,
    pub address: SocketAddr,
}

impl Snmpd {
    /// Starts one on a free port; none where there is no snmpd.
    #[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
    pub fn start() -> Option<Self> {
        if !fs::exists(SNMPD).unwrap() {
            assert!(
                std::env::var_os("CI").is_none(),
                "{SNMPD} is missing: apt-get install snmpd"
            );
            eprintln!("SKIPPED: {SNMPD} is missing: apt-get install snmpd");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("counter");
        fs::write(&script, COUNTER).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let row = fs::read_to_string("/sys/class/net/lo/ifindex").unwrap();
        let mut settings = "rocommunity public\nsysServices 72\nsysName foreign\n".to_owned();
        for (column, rate) in COLUMNS {
            let line = format!(
                "pass -p 1 {column} {} {column} {rate} {}\n",
                script.display(),
                row.trim()
            );
            settings.push_str(&line);
        }
        fs::write(folder.path().join("agent.conf"), settings).unwrap();
        let address = UdpSocket::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let child = run(&folder, address);
        Some(Self {
            child,
            folder,
            address,
        })
    }

    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn start_again(&mut self) {
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
    // One that was killed left its own, and snmpd does not overwrite it.
    fs::remove_file(path.join("pid")).ok();
    Command::new(SNMPD)
        .args(["-f", "-C", "-Ln", "-c"])
        .arg(path.join("agent.conf"))
        .arg("-p")
        .arg(path.join("pid"))
        .arg(format!("udp:{address}"))
        .env("SNMP_PERSISTENT_DIR", path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
