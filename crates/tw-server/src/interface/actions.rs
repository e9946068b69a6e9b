//! Loads an interface's samples and asks the rate rules.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-devices`. **Must not:** draw a line over
//! a gap.

use crate::{
    app::App,
    http::refusal::Refusal,
    interface::view::{name, speed},
    readings::{
        live::{TargetNow, oper_state},
        rates::{self, Continuity, Piece},
        spans,
        steps::Steps,
    },
};
use tw_api::{CounterReset, SamplesQuery, State, Traffic, TrafficPoint};
use tw_ingest::seen::InterfaceSeen;
use tw_units::Interval;

/// The interface that was seen under a name.
pub(crate) fn find<'a>(target: &'a TargetNow, wanted: &str) -> Option<&'a InterfaceSeen> {
    target.interfaces().iter().find(|seen| name(seen) == wanted)
}

/// How far back the beginning of a state is looked for.
const SINCE_DAYS_MAX: i64 = 35;

/// Since when each interface of a device has its state.
pub(crate) async fn since(
    app: &App,
    device: &str,
    interfaces: &mut [tw_api::Interface],
) -> Result<(), Refusal> {
    let now = app.now();
    let window = Interval::new(now.plus_millis(-SINCE_DAYS_MAX * 86_400_000), now);
    let Some(window) = window else { return Ok(()) };
    let runs = app.runs_of_target(device, "ifOperStatus", window).await?;
    for interface in interfaces {
        let name = interface.id.split_once(':').map_or("", |(_, name)| name);
        let Some(runs) = runs.get(&format!("if:{name}")) else {
            continue;
        };
        let spans = spans::of_runs(runs, window, now, oper_state);
        // Up to the present the last poll stands; the strip ends where knowledge ends.
        let last = spans.iter().rev().find(|span| span.state != State::Unknown);
        interface.status.since = last
            .filter(|span| span.state == interface.status.state)
            .map(|span| span.from);
    }
    Ok(())
}

/// The metrics of a chart, widest counters first.
const METRICS: [(&str, &str); 6] = [
    ("ifHCInOctets", "ifInOctets"),
    ("ifHCOutOctets", "ifOutOctets"),
    ("ifInErrors", "ifInErrors"),
    ("ifOutErrors", "ifOutErrors"),
    ("ifInDiscards", "ifInDiscards"),
    ("ifOutDiscards", "ifOutDiscards"),
];

/// An interface's traffic over a window.
pub(crate) async fn traffic(
    app: &App,
    (device, name): (&str, &str),
    query: &SamplesQuery,
) -> Result<Traffic, Refusal> {
    let now = app.now();
    let target = app.live.device(device);
    let seen = find(&target, name);
    let period = target.latest.as_ref().map(|latest| latest.period_ms);
    let steps = Steps::of(query, now, period)?;
    let object = format!("if:{name}");
    // One reading before the window gives the first step its rate.
    let margin = i64::try_from(period.unwrap_or(60_000).saturating_mul(3)).unwrap_or(180_000);
    let wide = Interval {
        from: steps.window.from.plus_millis(-margin),
        to: steps.window.to,
    };
    let mut metrics: Vec<&str> = METRICS
        .iter()
        .flat_map(|(wide, narrow)| [*wide, *narrow])
        .collect();
    metrics.push("ifCounterDiscontinuityTime");
    metrics.dedup();
    let mut samples = app
        .samples_of_object(device, &object, &metrics, wide)
        .await?;
    let uptime = app
        .samples_of_object(device, "", &["sysUpTime"], wide)
        .await?;
    let own = |name: &str| samples.get(name).map_or(&[][..], Vec::as_slice);
    let empty = Vec::new();
    let continuity = Continuity::new(
        uptime.get("sysUpTime").unwrap_or(&empty),
        own("ifCounterDiscontinuityTime"),
    );
    let speed_bps = seen.map(|seen| seen.speed_bps).filter(|bps| *bps > 0);
    let octets_max = speed_bps.map(|bps| speed(bps) / 8.0);
    let mut resets = Vec::new();
    let mut columns = Vec::new();
    for (index, (wide, narrow)) in METRICS.into_iter().enumerate() {
        let metric = if samples.contains_key(wide) {
            wide
        } else {
            narrow
        };
        let read = samples.remove(metric).unwrap_or_default();
        let most = octets_max.filter(|_| index < 2);
        let pieces = rates::pieces(&read, &continuity, metric, most);
        note_resets(&pieces, steps.window, &mut resets);
        columns.push(steps.mean_rates(&pieces));
    }
    resets.sort_by(|a: &CounterReset, b| (a.at, &a.reason).cmp(&(b.at, &b.reason)));
    resets.dedup();
    let runs = app
        .runs(device, &object, "ifOperStatus", steps.window)
        .await?;
    Ok(Traffic {
        interface: format!("{device}:{name}"),
        from: steps.window.from,
        to: steps.window.to,
        step_seconds: steps.seconds,
        speed_bps,
        points: points(steps, &columns),
        states: spans::of_runs(&runs, steps.window, now, oper_state),
        resets,
    })
}

fn points(steps: Steps, columns: &[Vec<Option<f64>>]) -> Vec<TrafficPoint> {
    let cell = |column: usize, row: usize| *columns.get(column)?.get(row)?;
    let bits = |octets: Option<f64>| octets.map(|octets| octets * 8.0);
    steps
        .iter()
        .enumerate()
        .map(|(row, step)| TrafficPoint {
            t: step.to,
            in_bps: bits(cell(0, row)),
            out_bps: bits(cell(1, row)),
            in_errors: cell(2, row),
            out_errors: cell(3, row),
            in_discards: cell(4, row),
            out_discards: cell(5, row),
        })
        .collect()
}

fn note_resets(pieces: &[Piece], window: Interval, resets: &mut Vec<CounterReset>) {
    for piece in pieces {
        let Err(gap) = piece.rate else { continue };
        if window.contains(piece.to) {
            resets.push(CounterReset {
                at: piece.to,
                reason: gap.as_str().to_owned(),
            });
        }
    }
}
