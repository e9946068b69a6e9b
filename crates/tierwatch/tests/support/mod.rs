//! What the tests of whole processes share: our program, its API, a receiver of notices,
//! Debian's snmpd.
//!
//! **Room:** layer 3; tests.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test file takes what it needs"
)]

pub mod agent;
pub mod notices;
pub mod wan;

use serde_json::Value as Json;
use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// How long anything may take that must happen at all.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks at what is waited for.
const PAUSE: Duration = Duration::from_millis(100);

/// Our program as it was built for this test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_tierwatch");

/// A process that ends with the test.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts our program; what it says goes into a file.
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    pub fn start(arguments: &[&str], log: &Path) -> Self {
        let file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        let child = Command::new(PROGRAM)
            .args(arguments)
            .env("RUST_BACKTRACE", "1")
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn();
        Self {
            child: child.unwrap(),
            log: log.to_owned(),
        }
    }

    /// What it said so far, the last lines.
    pub fn said(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for Process {
    #[expect(
        clippy::print_stderr,
        reason = "what a failed test needs to be understood"
    )]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}:\n{}", self.log.display(), self.said());
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Runs our program to its end and gives what it printed as JSON.
#[expect(clippy::disallowed_methods, reason = "the program under test")]
pub fn ask(arguments: &[&str]) -> Json {
    let output = Command::new(PROGRAM).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A port of the loopback that is free now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Waits for a state, with a deadline.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let mut waited = Duration::ZERO;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(waited < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
}

/// The API of a running centre.
pub struct Api {
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Api {
    /// Waits until the centre answers at `base`, then makes a token of a role in its data.
    pub async fn open(base: &str, authority: Option<&[u8]>, data: &Path, role: &str) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let mut builder = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        if let Some(pem) = authority {
            builder = builder.add_root_certificate(reqwest::Certificate::from_pem(pem).unwrap());
        }
        let client = builder.build().unwrap();
        until(&format!("{base} answers"), async || {
            client.get(format!("{base}/healthz")).send().await.ok()
        })
        .await;
        let data = data.display().to_string();
        let made = ask(&["token", "create", "--json", "--role", role, "--data", &data]);
        Self {
            client,
            base: base.to_owned(),
            token: made["secret"].as_str().unwrap().to_owned(),
        }
    }

    /// The answer to a GET, if it is a good one.
    pub async fn try_get(&self, path: &str) -> Option<Json> {
        let request = self.client.get(format!("{}{path}", self.base));
        let answer = request.bearer_auth(&self.token).send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        answer.json().await.ok()
    }

    /// The answer to a GET.
    pub async fn get(&self, path: &str) -> Json {
        let answer = self.try_get(path).await;
        answer.unwrap_or_else(|| panic!("no good answer to {path}"))
    }
}
