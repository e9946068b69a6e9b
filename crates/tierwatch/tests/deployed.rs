//! A centre and three collectors, each a process of its own, started from the files of
//! `deploy/` by the command lines of their units. Only paths, ports and tokens are the test's.
//!
//! **Room:** layer 3; tests.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod support;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::{
    fs,
    net::UdpSocket,
    path::{Path, PathBuf},
};
use support::{Api, Process, ask, free_port, until};

const SITES: [&str; 3] = ["vnta", "mic", "rfd"];

/// Where the examples put things, and where the test does.
const ETC: &str = "/etc/tierwatch";

fn deploy(path: &str) -> String {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy")).join(path);
    fs::read_to_string(path).unwrap()
}

/// The text with each of the replacements made; one that has no place is a failure.
fn with(text: &str, replacements: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (old, new) in replacements {
        assert!(text.contains(old), "{old:?} is no longer in\n{text}");
        text = text.replace(old, new);
    }
    text
}

/// The arguments of a unit's `ExecStart`, with `/etc/tierwatch` moved to `etc`.
fn arguments(unit: &str, etc: &Path) -> Vec<String> {
    let unit = deploy(&format!("systemd/{unit}"));
    let starts: Vec<&str> = unit
        .lines()
        .filter_map(|line| line.strip_prefix("ExecStart="))
        .collect();
    assert_eq!(starts.len(), 1, "one command line");
    let moved = with(starts[0], &[(ETC, &etc.display().to_string())]);
    let mut words = moved.split_whitespace().map(str::to_owned);
    // `make install` puts it there.
    assert_eq!(words.next().as_deref(), Some("/usr/local/bin/tierwatch"));
    words.collect()
}

fn start(unit: &str, etc: &Path) -> Process {
    let arguments = arguments(unit, etc);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Process::start(&arguments, &etc.join("log"))
}

fn free_udp_port() -> u16 {
    let socket = UdpSocket::bind("127.9.10.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

struct Rig {
    folder: tempfile::TempDir,
    port: u16,
}

impl Rig {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The `/etc/tierwatch` of one of the machines.
    fn etc(&self, machine: &str) -> PathBuf {
        let etc = self.path(machine);
        fs::create_dir_all(&etc).unwrap();
        etc
    }

    fn write_inventory(&self, agents: u16) {
        let etc = self.etc("centre");
        let folder = etc.join("inventory/sites");
        fs::create_dir_all(&folder).unwrap();
        fs::write(self.path("community"), "public").unwrap();
        let organisation = format!(
            "organisation: {{id: o, name: {{en: O, vi: O}}, timezone: Asia/Ho_Chi_Minh}}\n\
             credentials:\n  - {{id: c, snmp: {{version: 2c, community_file: {}}}}}\n",
            self.path("community").display()
        );
        fs::write(etc.join("inventory/organisation.yaml"), organisation).unwrap();
        for (number, site) in SITES.into_iter().enumerate() {
            let device = |n: u8, class: &str| {
                format!(
                    "  - {{id: {site}-{class}, name: {site}-{class}, class: {class}, \
                     address: \"127.9.1{number}.{n}:{agents}\", credential: c, \
                     poll_seconds: 1, witness: true}}\n"
                )
            };
            let text = format!(
                "site:\n  id: {site}\n  name: {{en: {site}, vi: {site}}}\n  \
                 timezone: Asia/Ho_Chi_Minh\n  collector: {{id: col-{site}}}\ndevices:\n{}{}",
                device(1, "router"),
                device(2, "switch")
            );
            fs::write(folder.join(format!("{site}.yaml")), text).unwrap();
        }
    }

    /// A certificate authority of one's own and the centre's certificate; gives the authority.
    fn write_certificates(&self) -> String {
        let mut authority = CertificateParams::new([]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = authority.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(authority, key);
        let own = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["127.0.0.1".to_owned()])
            .unwrap()
            .signed_by(&own, &issuer)
            .unwrap();
        let tls = self.etc("centre").join("tls");
        fs::create_dir_all(&tls).unwrap();
        fs::write(tls.join("cert.pem"), certificate.pem()).unwrap();
        fs::write(tls.join("key.pem"), own.serialize_pem()).unwrap();
        for site in SITES {
            let tls = self.etc(site).join("tls");
            fs::create_dir_all(&tls).unwrap();
            fs::write(tls.join("ca.pem"), &pem).unwrap();
        }
        pem
    }

    fn write_centre(&self) {
        let etc = self.etc("centre");
        let text = with(
            &deploy("examples/serve.yaml"),
            &[
                ("127.0.0.1:8420", &format!("127.0.0.1:{}", self.port)),
                ("# tls: {cert", "tls: {cert"),
                (ETC, &etc.display().to_string()),
                ("/var/lib/tierwatch", &self.data().display().to_string()),
            ],
        );
        fs::write(etc.join("serve.yaml"), text).unwrap();
    }

    fn data(&self) -> PathBuf {
        self.path("centre-data")
    }

    fn write_collector(&self, site: &str) {
        let etc = self.etc(site);
        let data = self.path(&format!("{site}-data"));
        let text = with(
            &deploy("examples/collect.yaml"),
            &[
                ("site: vnta", &format!("site: {site}")),
                (
                    "tierwatch.example.org:8420",
                    &format!("127.0.0.1:{}", self.port),
                ),
                ("# authority: ", "authority: "),
                (ETC, &etc.display().to_string()),
                ("/var/lib/tierwatch-collector", &data.display().to_string()),
            ],
        );
        fs::write(etc.join("collect.yaml"), text).unwrap();
        let made = ask(&[
            "token",
            "create",
            "--json",
            "--collector",
            &format!("col-{site}"),
            "--data",
            &self.data().display().to_string(),
        ]);
        let token = made["secret"].as_str().unwrap();
        fs::write(etc.join("collector-token"), token).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_centre_and_three_collectors_run_from_the_files_of_deploy() {
    let rig = Rig {
        folder: tempfile::tempdir().unwrap(),
        port: free_port(),
    };
    rig.write_inventory(free_udp_port());
    let authority = rig.write_certificates();
    rig.write_centre();

    let inventory = rig.etc("centre").join("inventory");
    let inventory = inventory.display().to_string();
    let world = Process::start(&["sim", "world", &inventory], &rig.path("sim.log"));
    let centre = start("tierwatch.service", &rig.etc("centre"));
    let base = format!("https://127.0.0.1:{}", rig.port);
    let api = Api::open(&base, Some(authority.as_bytes()), &rig.data(), "viewer").await;
    let collectors = SITES.map(|site| {
        rig.write_collector(site);
        start("tierwatch-collector.service", &rig.etc(site))
    });

    for (site, collector) in SITES.into_iter().zip(&collectors) {
        let what = format!("live readings of {site}");
        until(&what, async || {
            let status = api.get(&format!("/api/v1/sites/{site}")).await["status"].clone();
            (status["devices"]["up"] == 2).then_some(())
        })
        .await;
        let seen = api.get(&format!("/api/v1/collectors/col-{site}")).await;
        assert_eq!(seen["status"]["state"], "live", "{}", collector.said());
        let router = api.get(&format!("/api/v1/devices/{site}-router")).await;
        assert_eq!(router["status"]["state"], "up", "{}", world.said());
        let interfaces = format!("/api/v1/devices/{site}-router/interfaces");
        until(&format!("rates of {site}'s router"), async || {
            let page = api.get(&interfaces).await;
            let rates = |interface: &serde_json::Value| interface["status"]["in_bps"].is_f64();
            page["items"].as_array()?.iter().any(rates).then_some(())
        })
        .await;
    }
    drop(centre);
}
