//! A server in process, requests to it, and what they took.
//!
//! **Room:** beside the product.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{Method, Request},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tower::ServiceExt;
use tw_model::Register;
use tw_server::{App, Settings};
use tw_store::{Author, GrantScope, NewApiToken};
use tw_units::{Timestamp, WallClock};

/// The day on which everything happens.
pub(crate) const NOW: &str = "2026-11-22T03:00:00Z";
/// The largest answer.
const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A server with a caller.
pub(crate) struct Desk {
    pub(crate) app: Arc<App>,
    router: Router,
    pub(crate) token: String,
    taken: BTreeMap<String, Vec<Duration>>,
    _folder: TempDir,
}

impl Desk {
    /// A server with a register; says how long its parts took.
    pub(crate) async fn open(register: &Register) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: folder.path().to_owned(),
            ..Settings::default()
        };
        let now: Timestamp = NOW.parse().unwrap();
        let app = App::open(settings, WallClock::new(move || now))
            .await
            .unwrap();
        let plan = tw_model::plan(register, &Register::default(), tw_model::Absent::Keep);
        let by = Author::local("bench");
        let started = Instant::now();
        app.store().apply_plan(plan, None, &by).await.unwrap();
        println!("register written in {:.1?}", started.elapsed());
        let started = Instant::now();
        app.reload_register().await.unwrap();
        println!("register read whole in {:.1?}", started.elapsed());
        let mut desk = Self {
            router: app.router(),
            app,
            token: String::new(),
            taken: BTreeMap::new(),
            _folder: folder,
        };
        desk.token = desk.caller("asset_manager", GrantScope::All).await;
        desk
    }

    /// A program that may do what a role may.
    pub(crate) async fn caller(&self, role: &str, scope: GrantScope) -> String {
        let new = NewApiToken {
            name: "bench".to_owned(),
            role: role.to_owned(),
            scope,
            expires_at: None,
        };
        let by = Author::local("bench");
        let made = self.app.store().create_api_token(new, &by);
        made.await.unwrap().text
    }

    /// Sends a request, notes what it took, and gives the body.
    pub(crate) async fn send(
        &mut self,
        kind: &str,
        request: (Method, &str),
        (media, body): (&str, Bytes),
    ) -> Bytes {
        let (method, path) = request;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", media)
            .body(Body::from(body))
            .unwrap();
        let started = Instant::now();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), ANSWER_BYTES_MAX)
            .await
            .unwrap();
        let took = started.elapsed();
        assert!(
            status.is_success(),
            "{path}: {status} {}",
            String::from_utf8_lossy(&body)
        );
        self.taken.entry(kind.to_owned()).or_default().push(took);
        body
    }

    /// Asks for something.
    pub(crate) async fn get(&mut self, kind: &str, path: &str) -> Bytes {
        let nothing = ("application/json", Bytes::new());
        self.send(kind, (Method::GET, path), nothing).await
    }

    /// Asks for something and reads it.
    pub(crate) async fn json(&mut self, kind: &str, path: &str) -> Value {
        serde_json::from_slice(&self.get(kind, path).await).unwrap()
    }

    /// Prints what was noted, kind by kind; where a limit is given, whether its p99 holds.
    pub(crate) fn print(&self, limit: impl Fn(&str) -> Option<Duration>) {
        println!(
            "{:<36}{:>6}{:>10}{:>10}{:>10}{:>10}",
            "request", "n", "p50 ms", "p90 ms", "p99 ms", "max ms"
        );
        for (kind, taken) in &self.taken {
            let figures = [50, 90, 99, 100].map(|percent| ms(percentile(taken, percent)));
            let verdict = limit(kind).map(|limit| {
                let holds = percentile(taken, 99) < limit;
                let word = if holds { "holds" } else { "DOES NOT HOLD" };
                format!("  < {} ms {word}", limit.as_millis())
            });
            println!(
                "{kind:<36}{:>6}{:>10.1}{:>10.1}{:>10.1}{:>10.1}{}",
                taken.len(),
                figures[0],
                figures[1],
                figures[2],
                figures[3],
                verdict.unwrap_or_default()
            );
        }
        println!("largest memory (VmHWM) of this process: {} MB", peak_mb());
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The smallest of them that is not below so many percent of them.
fn percentile(taken: &[Duration], percent: usize) -> Duration {
    let mut sorted = taken.to_vec();
    sorted.sort();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1]
}

/// The most memory that this process ever had, as the kernel says.
pub(crate) fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
