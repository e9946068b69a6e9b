//! `tierwatch snmp` against net-snmp's agent, compared with net-snmp's own walk.
//!
//! **Room:** tests. Needs `snmpd` and `snmpbulkwalk` (Debian: snmpd, snmp); without them it
//! says so, and with `CI=true` it fails.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test ends there, and says why"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::UdpSocket,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

const TREE: &str = "1.3.6.1.2.1";
/// The tables of a busy machine change between two walks; as many tries find them still.
const TRIES_MAX: u32 = 60;
/// What both of the peer's walks agree on, in thousandths of all rows.
const AGREED_PER_MILLE_MIN: usize = 990;

/// Rows by name: type and value, both in words that two programs can share.
type Rows = BTreeMap<String, (String, String)>;

#[test]
fn a_walk_with_a_community_equals_the_peers_walk() {
    compare(&["-v2c", "-c", "public"], &["--community", "public"]);
}

#[test]
fn a_walk_with_sha256_and_aes128_equals_the_peers_walk() {
    let v3 = ["-v3", "-l", "authPriv", "-u", "tester", "-a", "SHA-256"];
    let secrets = ["-A", "auth-password", "-x", "AES", "-X", "priv-password"];
    let ours = "--v3-user tester --v3-auth sha256 --v3-auth-pass auth-password \
                --v3-priv aes128 --v3-priv-pass priv-password";
    let ours: Vec<&str> = ours.split_whitespace().collect();
    compare(&[&v3[..], &secrets[..]].concat(), &ours);
}

#[test]
fn a_walk_with_sha512_and_aes256_equals_the_peers_walk() {
    let v3 = ["-v3", "-l", "authPriv", "-u", "tester5", "-a", "SHA-512"];
    let secrets = [
        "-A",
        "auth-password",
        "-x",
        "AES-256",
        "-X",
        "priv-password",
    ];
    let ours = "--v3-user tester5 --v3-auth sha512 --v3-auth-pass auth-password \
                --v3-priv aes256 --v3-priv-pass priv-password";
    let ours: Vec<&str> = ours.split_whitespace().collect();
    compare(&[&v3[..], &secrets[..]].concat(), &ours);
}

#[test]
fn every_pair_of_protocols_is_understood_by_the_peer() {
    let Some(agent) = Snmpd::start() else { return };
    let pairs = [
        ("md5des", "md5", "des"),
        ("sha1aes192", "sha1", "aes192"),
        ("sha224aes256", "sha224", "aes256"),
        ("sha384aes192c", "sha384", "aes192c"),
        ("sha1aes256c", "sha1", "aes256c"),
    ];
    for (user, auth, privacy) in pairs {
        let asked = format!(
            "snmp get {} sysName.0 --json --v3-user {user} --v3-auth {auth} \
             --v3-auth-pass auth-password --v3-priv {privacy} --v3-priv-pass priv-password",
            agent.address()
        );
        let output = tierwatch(&asked.split_whitespace().collect::<Vec<_>>());
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{user}: {text}");
        assert!(text.contains("\"sysName.0\""), "{user}: {text}");
    }
}

#[test]
fn a_wrong_password_and_a_dead_port_end_with_1_and_say_why() {
    let Some(agent) = Snmpd::start() else { return };
    let address = agent.address();
    let v3 = "--v3-user tester --v3-auth sha256 --v3-auth-pass wrong-password";
    let output = tierwatch(
        &[
            &["snmp", "walk", &address, "system"][..],
            &v3.split(' ').collect::<Vec<_>>(),
        ]
        .concat(),
    );
    assert_eq!(
        output.status.code(),
        Some(2),
        "`system` is a node and no object"
    );
    let output = tierwatch(
        &[
            &["snmp", "walk", &address, TREE][..],
            &v3.split(' ').collect::<Vec<_>>(),
        ]
        .concat(),
    );
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("usmStatsWrongDigests"), "{said}");
    drop(agent);
    let output = tierwatch(&[
        "snmp",
        "get",
        &address,
        "sysName.0",
        "--community",
        "public",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("cannot reach"), "{said}");
}

#[test]
fn bad_input_ends_with_2_and_names_what_is_wrong() {
    for (asked, expect) in [
        ("snmp get 127.0.0.1 sysName.0", "--community"),
        (
            "snmp get 127.0.0.1:0 sysName.0 --community c",
            "is no target",
        ),
        (
            "snmp get 127.0.0.1 1.3..6 --community c",
            "is no object identifier",
        ),
        ("snmp walk 127.0.0.1 --version 3", "--v3-user"),
        (
            "snmp walk 127.0.0.1 --v3-user u --v3-auth sha256",
            "--v3-auth-pass",
        ),
        (
            "snmp walk 127.0.0.1 --v3-user u --v3-auth-pass long-enough",
            "no --v3-auth",
        ),
        (
            "snmp walk 127.0.0.1 --v3-user u --v3-auth crc32",
            "there are md5, sha1",
        ),
        (
            "snmp walk 127.0.0.1 --community c --timeout-seconds 0",
            "0.001 to 3600",
        ),
        (
            "snmp walk 127.0.0.1 --community c --max-repetitions 51",
            "1..=50",
        ),
    ] {
        let output = tierwatch(&asked.split(' ').collect::<Vec<_>>());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{asked}: {said}");
        assert!(said.contains(expect), "{asked}: {said}");
    }
}

fn compare(theirs: &[&str], ours: &[&str]) {
    let Some(agent) = Snmpd::start() else { return };
    let address = agent.address();
    let ours = [&["snmp", "walk", &address, TREE, "--json"][..], ours].concat();
    let mut last = String::new();
    for _ in 0..TRIES_MAX {
        let before = peer_walk(theirs, &address);
        let walked = our_walk(&tierwatch(&ours));
        let after = peer_walk(theirs, &address);
        let names: BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
        let agreed: Rows = before
            .into_iter()
            .filter(|(name, row)| after.get(name) == Some(row))
            .collect();
        assert!(
            agreed.len() > 100,
            "the peer gave only {} rows",
            agreed.len()
        );
        let different: Vec<String> = agreed
            .iter()
            .filter(|(name, row)| walked.get(*name) != Some(row))
            .map(|(name, row)| format!("{name}: {row:?} there, {:?} here", walked.get(name)))
            .collect();
        let still = agreed.len() * 1_000 >= names.len() * AGREED_PER_MILLE_MIN;
        if still && different.is_empty() {
            return;
        }
        last = format!(
            "the peer agrees with itself on {} of {} rows; {} of these differ here: {:#?}",
            agreed.len(),
            names.len(),
            different.len(),
            &different[..different.len().min(5)]
        );
    }
    panic!("{last}");
}

/// Debian's agent on a free port, with its files in a folder of its own.
struct Snmpd {
    child: Child,
    port: u16,
    folder: PathBuf,
}

const USERS: &str = "\
rocommunity public
createUser tester SHA-256 auth-password AES priv-password
createUser tester5 SHA-512 auth-password AES-256 priv-password
createUser md5des MD5 auth-password DES priv-password
createUser sha1aes192 SHA auth-password AES-192 priv-password
createUser sha224aes256 SHA-224 auth-password AES-256 priv-password
createUser sha384aes192c SHA-384 auth-password AES-192-C priv-password
createUser sha1aes256c SHA auth-password AES-256-C priv-password
rouser tester authpriv
rouser tester5 authpriv
rouser md5des authpriv
rouser sha1aes192 authpriv
rouser sha224aes256 authpriv
rouser sha384aes192c authpriv
rouser sha1aes256c authpriv
";

impl Snmpd {
    fn start() -> Option<Self> {
        let missing = ["/usr/sbin/snmpd", "/usr/bin/snmpbulkwalk"]
            .into_iter()
            .find(|tool| !Path::new(tool).exists());
        if let Some(tool) = missing {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "{tool} is missing (Debian: snmpd, snmp)");
            eprintln!("NOT TESTED: {tool} is missing (Debian: snmpd, snmp)");
            return None;
        }
        let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
        let port = socket.local_addr().unwrap().port();
        drop(socket);
        let folder =
            std::env::temp_dir().join(format!("tierwatch-snmpd-{port}-{}", std::process::id()));
        fs::create_dir_all(folder.join("state")).unwrap();
        let config = folder.join("snmpd.conf");
        fs::write(&config, USERS).unwrap();
        #[expect(clippy::disallowed_methods, reason = "the real peer of this test")]
        let child = Command::new("/usr/sbin/snmpd")
            .args(["-f", "-C", "-I", "-smux", "-Lf"])
            .arg(folder.join("log"))
            .arg("-c")
            .arg(&config)
            .arg(format!("udp:127.0.0.1:{port}"))
            .env("SNMP_PERSISTENT_DIR", folder.join("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let agent = Self {
            child,
            port,
            folder,
        };
        agent.wait();
        Some(agent)
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Waits until the agent answers.
    #[expect(
        clippy::disallowed_methods,
        reason = "the deadline of a state that is waited for"
    )]
    fn wait(&self) {
        let end = Instant::now() + Duration::from_secs(30);
        let address = self.address();
        let asked = [
            "snmp",
            "get",
            &address,
            "sysUpTime.0",
            "--community",
            "public",
        ];
        while !tierwatch(&asked).status.success() {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < end, "snmpd does not answer: {log}");
            thread::yield_now();
        }
    }
}

impl Drop for Snmpd {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

#[expect(clippy::disallowed_methods, reason = "the program under test")]
fn tierwatch(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tierwatch"))
        .args(arguments)
        .env_remove("TW_SNMP_COMMUNITY")
        .env_remove("TW_SNMP_AUTH_PASS")
        .env_remove("TW_SNMP_PRIV_PASS")
        .output()
        .unwrap()
}

fn our_walk(output: &Output) -> Rows {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["problems"], serde_json::json!([]));
    let rows = json["varbinds"].as_array().unwrap();
    let walked: Rows = rows.iter().map(our_row).collect();
    assert_eq!(walked.len(), rows.len(), "a row stands twice");
    walked
}

fn our_row(row: &serde_json::Value) -> (String, (String, String)) {
    let text = |key: &str| row[key].as_str().unwrap().to_owned();
    let kind = text("type");
    let value = match (&row["value"], kind.as_str()) {
        (serde_json::Value::String(text), "OctetString") => hex(text.as_bytes()),
        (serde_json::Value::String(text), _) => text.clone(),
        (serde_json::Value::Object(hex), _) => hex["hex"].as_str().unwrap().to_owned(),
        (number, _) => number.to_string(),
    };
    (text("oid"), (kind, value))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// The peer's walk: numbers everywhere, texts as hexadecimal, no MIB files.
fn peer_walk(credential: &[&str], address: &str) -> Rows {
    #[expect(clippy::disallowed_methods, reason = "the real peer of this test")]
    let output = Command::new("/usr/bin/snmpbulkwalk")
        .args(["-m", "", "-On", "-Oe", "-Ox", "-OU", "-t", "5"])
        .args(credential)
        .args([address, TREE])
        .env(
            "SNMP_PERSISTENT_DIR",
            std::env::temp_dir().join("tierwatch-snmpbulkwalk"),
        )
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    // A row may go on over further lines of hexadecimal.
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match lines.last_mut() {
            Some(last) if !line.starts_with(".1") => last.push_str(line),
            _ => lines.push(line.to_owned()),
        }
    }
    lines.iter().map(|line| peer_row(line)).collect()
}

fn peer_row(line: &str) -> (String, (String, String)) {
    let (name, shown) = line.split_once(" = ").unwrap();
    let name = name.trim_start_matches('.').to_owned();
    if shown == "\"\"" {
        return (name, ("OctetString".to_owned(), String::new()));
    }
    let (kind, value) = shown.split_once(": ").unwrap_or_else(|| panic!("{line}"));
    let value = value.trim();
    let row = match kind {
        "Hex-STRING" => (
            "OctetString",
            value.split_whitespace().collect::<String>().to_lowercase(),
        ),
        "INTEGER" => ("Integer32", value.to_owned()),
        "OID" => ("ObjectIdentifier", value.trim_start_matches('.').to_owned()),
        "Timeticks" => {
            let ticks = value.split_once(')').unwrap().0;
            ("TimeTicks", ticks.trim_start_matches('(').to_owned())
        }
        "Counter32" | "Gauge32" | "Counter64" | "IpAddress" => (kind, value.to_owned()),
        other => panic!("a type that the test does not know: {other} in {line}"),
    };
    (name, (row.0.to_owned(), row.1))
}
