//! What devices hold themselves, read around the gaps of their polls.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-store`. **Must not:** judge what
//! a counter proves.

use super::evidence::seen_of;
use crate::{app::App, http::refusal::Refusal, world::World};
use std::collections::BTreeMap;
use tw_api::State;
use tw_availability::{
    Counters, Engine, Gap, gaps, proven_by_counters,
    report::{
        BatterySeconds, Evidence, EvidenceRun, LineCount, MainsEvidence, Proof, polled_lines,
    },
};
use tw_ingest::round::Value;
use tw_model::{DeviceClass, Site};
use tw_store::Sample;
use tw_units::{Interval, Timestamp};

/// Gaps of a witness for which its own counters are asked, the longest first; the rest stays
/// unknown.
const GAPS_MAX: usize = 100;
/// How far from the ends of a gap a device's counters are looked for.
const COUNTER_WAIT_MS: i64 = 10 * 60_000;
const ENGINE_BOOTS: &str = "snmpEngineBoots";
const ENGINE_TIME: &str = "snmpEngineTime";
const SYS_UP_TIME: &str = "sysUpTime";
/// Changes of the mains at a UPS for which its own counts are read.
const STEPS_MAX: usize = 200;
const OUTPUT_SOURCE: &str = "upsOutputSource";
const SECONDS_ON_BATTERY: &str = "upsSecondsOnBattery";
const INPUT_LINE_BADS: &str = "upsInputLineBads";

/// The gaps of the witnesses that their own counters close.
pub(super) async fn proofs(app: &App, evidence: &Evidence) -> Result<Vec<Proof>, Refusal> {
    let mut proofs = Vec::new();
    for (witness, line) in polled_lines(evidence) {
        let mut open = gaps(&line, evidence.period());
        open.sort_by_key(|gap| std::cmp::Reverse(gap.within.millis()));
        if open.len() > GAPS_MAX {
            let left_out = open.len() - GAPS_MAX;
            tracing::warn!(witness, left_out, "gaps that no counter is asked for");
            open.truncate(GAPS_MAX);
        }
        for gap in open {
            proofs.extend(proof(app, &witness, gap).await?);
        }
    }
    proofs.sort_by(|a, b| (&a.subject, a.from).cmp(&(&b.subject, b.from)));
    Ok(proofs)
}

/// What the counters on both sides of a gap prove of it.
async fn proof(app: &App, witness: &str, gap: Gap) -> Result<Option<Proof>, Refusal> {
    let end = gap.answered.plus_millis(COUNTER_WAIT_MS);
    let looked = Interval::new(gap.answered, end);
    let Some(looked) = looked else {
        return Ok(None);
    };
    let after = counters(app, witness, looked).await?;
    // The engine's counters are asked for once the device has been described anew.
    let engine = after.iter().find(|read| read.engine.is_some());
    let Some(after) = engine.or(after.first()).copied() else {
        return Ok(None);
    };
    let looked = Interval {
        from: gap.whole.from.plus_millis(-COUNTER_WAIT_MS),
        to: gap.whole.from.plus_millis(1),
    };
    let before = counters(app, witness, looked).await?.pop();
    let proven = proven_by_counters(gap.within, before, after);
    Ok(proven.map(|proven| Proof {
        subject: witness.to_owned(),
        from: proven.span.from,
        to: proven.span.to,
        kind: proven.by.to_owned(),
    }))
}

/// What is known of the mains at each UPS of a site.
pub(super) async fn mains(
    app: &App,
    world: &World,
    site: &Site,
    period: Interval,
) -> Result<Vec<MainsEvidence>, Refusal> {
    let mut all = Vec::new();
    let devices = world.register.devices_of(&site.id);
    for ups in devices.filter(|device| device.class == DeviceClass::Ups) {
        let name = ups.id.as_str();
        let runs = seen_of(app, (name, OUTPUT_SOURCE), of_source, period).await?;
        if runs.is_empty() {
            continue;
        }
        let mut evidence = MainsEvidence {
            ups: name.to_owned(),
            ..MainsEvidence::default()
        };
        let steps = runs.len().saturating_sub(1);
        if steps > STEPS_MAX {
            let left_out = steps - STEPS_MAX;
            tracing::warn!(
                ups = name,
                left_out,
                "changes of the mains without its counts"
            );
        }
        for pair in runs.windows(2).take(STEPS_MAX) {
            if let [before, after] = pair {
                step(app, (*before, *after), &mut evidence).await?;
            }
        }
        evidence.runs = runs;
        all.push(evidence);
    }
    Ok(all)
}

/// What a UPS counted itself between two polls that saw different things, or far apart.
async fn step(
    app: &App,
    (before, after): (EvidenceRun, EvidenceRun),
    evidence: &mut MainsEvidence,
) -> Result<(), Refusal> {
    let ups = evidence.ups.clone();
    let instant = Timestamp::from_millis;
    let at_poll = Interval {
        from: instant(after.0),
        to: instant(after.0 + 1),
    };
    if after.2 == tw_availability::State::Down {
        let while_so = Interval {
            to: instant(after.1.min(after.0 + COUNTER_WAIT_MS) + 1),
            ..at_poll
        };
        let metrics = [SECONDS_ON_BATTERY];
        let read = app.samples_of_object(&ups, "", &metrics, while_so).await?;
        let seconds = read.get(SECONDS_ON_BATTERY).into_iter().flatten();
        let mut seconds = seconds.filter_map(whole);
        let counted = seconds.find(|(_, seconds)| *seconds > 0);
        evidence
            .began
            .extend(counted.map(|(at, s)| BatterySeconds(at.as_millis(), s)));
    }
    let until = Interval {
        from: instant(before.1 - COUNTER_WAIT_MS),
        to: instant(before.1 + 1),
    };
    let since = Interval {
        to: instant(after.0 + COUNTER_WAIT_MS),
        ..at_poll
    };
    let earlier = line_bads(app, &ups, until).await?.pop();
    let later = line_bads(app, &ups, since).await?.into_iter().next();
    if let (Some(earlier), Some(later)) = (earlier, later) {
        evidence.counted.extend(LineCount::of(earlier, later));
    }
    Ok(())
}

/// How often its input had failed, with what says whether it ran on, in order of time.
async fn line_bads(
    app: &App,
    ups: &str,
    window: Interval,
) -> Result<Vec<(Counters, u64)>, Refusal> {
    let read = app
        .samples_of_object(ups, "", &[INPUT_LINE_BADS], window)
        .await?;
    let counts = read.get(INPUT_LINE_BADS).into_iter().flatten();
    let counts: BTreeMap<Timestamp, u64> = counts.filter_map(whole).collect();
    let all = counters(app, ups, window).await?.into_iter();
    Ok(all
        .filter_map(|read| Some((read, *counts.get(&read.at)?)))
        .collect())
}

/// Whether a code of `upsOutputSource` (RFC 1628) means that the mains feed the UPS: up, or its
/// battery: down.
fn of_source(code: i64) -> State {
    match code {
        3 | 4 | 6 | 7 => State::Up,
        5 => State::Down,
        _ => State::Unknown,
    }
}

/// What a device's counters said in a window, in order of time.
async fn counters(app: &App, device: &str, window: Interval) -> Result<Vec<Counters>, Refusal> {
    let metrics = [ENGINE_BOOTS, ENGINE_TIME, SYS_UP_TIME];
    let read = app.samples_of_object(device, "", &metrics, window).await?;
    let of = |metric: &str| -> BTreeMap<Timestamp, u64> {
        let samples = read.get(metric).into_iter().flatten();
        samples.filter_map(whole).collect()
    };
    let (boots, seconds, ticks) = (of(ENGINE_BOOTS), of(ENGINE_TIME), of(SYS_UP_TIME));
    let mut instants: Vec<Timestamp> = seconds.keys().chain(ticks.keys()).copied().collect();
    instants.sort_unstable();
    instants.dedup();
    let at = |at: Timestamp| Counters {
        at,
        engine: seconds.get(&at).map(|seconds| Engine {
            boots: boots.get(&at).copied(),
            seconds: *seconds,
        }),
        sys_up_time: ticks.get(&at).copied(),
    };
    Ok(instants.into_iter().map(at).collect())
}

fn whole(sample: &Sample) -> Option<(Timestamp, u64)> {
    let number = sample.value.and_then(Value::as_whole)?;
    Some((sample.at, u64::try_from(number).ok()?))
}
