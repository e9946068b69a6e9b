//! Our readings of the machine beside those of Debian's `prometheus-node-exporter`, in one run.

#![expect(clippy::unwrap_used, reason = "a test says what it needs by failing")]

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tw_collect::host::{self, HostSettings};
use tw_ingest::{Layout, Record, Round, ValueKind};
use tw_units::{CollectorId, Timestamp, WallClock};

/// Stops the exporter however the test ends.
struct Exporter {
    child: Child,
    address: String,
}

impl Drop for Exporter {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A free port of loopback; another program could take it, then the exporter ends and the test
/// says so.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[expect(clippy::disallowed_methods, reason = "a real peer of the test")]
fn start() -> Option<Exporter> {
    let address = format!("127.0.0.1:{}", free_port());
    let child = Command::new("prometheus-node-exporter")
        .arg(format!("--web.listen-address={address}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match child {
        Ok(child) => Some(Exporter { child, address }),
        Err(cause) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "prometheus-node-exporter: {cause}"
            );
            None
        }
    }
}

/// One scrape: series (name and labels as text) to value.
fn scrape(exporter: &Exporter) -> Option<BTreeMap<String, f64>> {
    let mut stream = TcpStream::connect(&exporter.address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
        .write_all(b"GET /metrics HTTP/1.0\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let found = text
        .lines()
        .filter(|line| line.starts_with("node_"))
        .filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            Some((series.to_owned(), value.parse().ok()?))
        })
        .collect();
    Some(found)
}

async fn reading() -> (Layout, Round) {
    let (out, mut records) = mpsc::channel(64);
    let cancel = CancellationToken::new();
    let settings = HostSettings {
        collector: CollectorId::new("col-test").unwrap(),
        period: Duration::from_secs(60),
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "compared with a program on the real clock"
    )]
    let now = || {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        Timestamp::EPOCH.plus(since)
    };
    tokio::spawn(host::run(
        settings,
        out,
        WallClock::new(now),
        cancel.clone(),
    ));
    let mut layout = None;
    let round = loop {
        match records.recv().await.expect("the reader goes on") {
            Record::Layout(found) => layout = Some(found),
            Record::Round(round) => break round,
            _ => {}
        }
    };
    cancel.cancel();
    (layout.expect("the layout comes first"), round)
}

/// A series as the exporter writes it: labels in the order of their names.
fn series_text(metric: &str, labels: &[(String, String)]) -> String {
    if labels.is_empty() {
        return metric.to_owned();
    }
    let mut labels: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{value}\""))
        .collect();
    labels.sort();
    format!("{metric}{{{}}}", labels.join(","))
}

fn name_of(series: &str) -> &str {
    series.split('{').next().unwrap_or(series)
}

/// How far a value may lie outside of what the exporter said before and after: what moves on a
/// busy machine between two readings, never another unit.
fn slack(metric: &str, value: f64) -> f64 {
    match metric {
        // Whole kilobytes and files come and go while tests run.
        m if m.starts_with("node_memory") || m.starts_with("node_filesystem") => {
            value.abs().mul_add(0.25, 64.0 * 1024.0 * 1024.0)
        }
        m if m.starts_with("node_load") || m.starts_with("node_procs") => 64.0,
        m if m.ends_with("_seconds_total") => 1.0,
        "node_time_seconds" | "node_boot_time_seconds" => 2.0,
        _ => value.abs() * 0.01,
    }
}

#[tokio::test]
async fn names_are_the_same_and_values_lie_between_two_scrapes() {
    let Some(exporter) = start() else {
        writeln!(
            std::io::stderr(),
            "SKIPPED: prometheus-node-exporter is missing (apt-get install it)"
        )
        .unwrap();
        return;
    };
    let mut before = None;
    for _ in 0..200 {
        before = scrape(&exporter);
        if before.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let before = before.expect("the exporter answers within ten seconds");
    let (layout, round) = reading().await;
    let after = scrape(&exporter).expect("the exporter still answers");

    let values = tw_ingest::round::decode(&round.values).unwrap();
    let (mut compared, mut complaints) = (0, Vec::new());
    for (series, value) in layout.series.iter().zip(values) {
        let labels = &layout.objects[series.object as usize].labels;
        let text = series_text(&series.metric, labels);
        let ours = value.expect("the machine is always there").as_f64();
        let (Some(low), Some(high)) = (before.get(&text), after.get(&text)) else {
            // The exporter leaves out single objects (the loopback link's counters, the carrier
            // of a link that is down); a name that it does not know at all is our mistake.
            if !before.keys().any(|known| name_of(known) == series.metric) {
                complaints.push(format!("{text}: the exporter has no such metric"));
            }
            continue;
        };
        compared += 1;
        let slack = slack(&series.metric, ours);
        if ours < low.min(*high) - slack || ours > low.max(*high) + slack {
            complaints.push(format!("{text}: {ours} is not between {low} and {high}"));
        }
        if series.kind == ValueKind::Counter {
            assert!(series.metric.ends_with("_total"), "{text}");
        }
    }
    assert!(compared > 60, "only {compared} series compared");
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
