//! The demo's history: what the collectors would have delivered before the start, handed to the
//! store through the ingest path that the collectors use, newest first.
//!
//! **Room:** layer 3. **May use:** `tw-sim`, `tw-server`, `tw-ingest`. **Must not:** write to the
//! store by any other way.

use super::past::Past;
use std::{collections::BTreeMap, sync::Arc};
use tokio_util::sync::CancellationToken;
use tw_collect::probe;
use tw_ingest::{Batch, BatchHead, EpochId, Lane, Record, StateRun, TargetKey};
use tw_model::Register;
use tw_server::App;
use tw_sim::world::World;
use tw_units::{CircuitId, CollectorId, DeviceId, Interval, SiteId, Timestamp};

/// How far back samples go.
const SAMPLE_HOURS: i64 = 48;

/// How far back states go.
const STATE_MONTHS: i64 = 12;

const HOUR_MS: i64 = 3_600_000;
const MONTH_MS: i64 = 365 * 24 * HOUR_MS / STATE_MONTHS;

/// Into so many parts the half year around the change of a target is cut.
const PAST_PARTS: i64 = 6;

/// Records of one batch; a batch is one commit.
const BATCH_RECORDS_MAX: usize = 600;

/// Milliseconds between the summaries of a probe in the history.
const PROBE_STEP_MS: i64 = 60_000;

/// Delivers the history of a world.
pub(super) struct Feed {
    app: Arc<App>,
    world: World,
    register: Arc<Register>,
    /// One epoch for each collector: the history is a life of its own, beside the spool's.
    collectors: BTreeMap<SiteId, (CollectorId, EpochId)>,
    segment: i64,
    /// The plans of the devices, made once; a numbering that changes makes its own.
    pasts: Pasts,
}

type Pasts = BTreeMap<DeviceId, Past>;

impl Feed {
    /// A feed for every site that has a collector.
    pub(super) fn new(app: Arc<App>, world: World, register: Arc<Register>, seed: u64) -> Self {
        let collectors = register
            .sites
            .values()
            .zip(1_u128..)
            .filter_map(|(site, n)| {
                let collector = site.collector.as_ref()?.id.clone();
                let epoch = EpochId(u128::from(seed) << 64 | n << 32 | 0xdead);
                Some((site.id.clone(), (collector, epoch)))
            })
            .collect();
        Self {
            app,
            world,
            register,
            collectors,
            segment: 0,
            pasts: Pasts::new(),
        }
    }

    /// Delivers everything, newest first; ends early when cancelled.
    pub(super) async fn run(mut self, cancel: CancellationToken) -> anyhow::Result<()> {
        let start = self.world.start();
        for hour in 0..SAMPLE_HOURS {
            let to = start.plus_millis(-hour * HOUR_MS);
            self.deliver(
                Slice::Samples,
                Interval {
                    from: to.plus_millis(-HOUR_MS),
                    to,
                },
            )
            .await?;
            tracing::info!(
                done = hour + 1,
                of = SAMPLE_HOURS,
                "simulated history: hours of samples"
            );
            if cancel.is_cancelled() {
                return Ok(());
            }
        }
        let edge = start.plus_millis(-SAMPLE_HOURS * HOUR_MS);
        for month in 0..STATE_MONTHS {
            let to = edge.plus_millis(-month * MONTH_MS);
            self.deliver(
                Slice::States,
                Interval {
                    from: to.plus_millis(-MONTH_MS),
                    to,
                },
            )
            .await?;
            tracing::info!(
                done = month + 1,
                of = STATE_MONTHS,
                "simulated history: months of states"
            );
            if cancel.is_cancelled() {
                return Ok(());
            }
        }
        let past = tw_sim::incident::change_of_target();
        let part_ms = past.millis() / PAST_PARTS;
        for part in (0..PAST_PARTS).rev() {
            let from = past.from.plus_millis(part * part_ms);
            let to = from.plus_millis(part_ms);
            self.deliver(Slice::Change, Interval { from, to }).await?;
            if cancel.is_cancelled() {
                return Ok(());
            }
        }
        tracing::info!("simulated history: the change of target");
        Ok(())
    }

    async fn deliver(&mut self, slice: Slice, window: Interval) -> anyhow::Result<()> {
        let (world, register) = (self.world.clone(), Arc::clone(&self.register));
        let sites: Vec<SiteId> = self.collectors.keys().cloned().collect();
        let mut pasts = std::mem::take(&mut self.pasts);
        let made = tokio::task::spawn_blocking(move || {
            let mut of = |site| records(slice, (&world, &register), &mut pasts, (&site, window));
            let made: Vec<_> = sites
                .into_iter()
                .map(|site| (of(site.clone()), site))
                .collect();
            (made, pasts)
        });
        let (made, pasts) = made.await?;
        self.pasts = pasts;
        for (records, site) in made {
            self.hand_over(&site, records).await?;
        }
        self.segment += 1;
        Ok(())
    }

    async fn hand_over(&self, site: &SiteId, mut records: Vec<Record>) -> anyhow::Result<()> {
        let Some((collector, epoch)) = self.collectors.get(site) else {
            return Ok(());
        };
        let mut seq = 0;
        while !records.is_empty() {
            let rest = records.split_off(records.len().min(BATCH_RECORDS_MAX));
            let batch = Batch {
                head: BatchHead {
                    epoch: *epoch,
                    lane: Lane::Metric,
                    segment: self.segment,
                    seq,
                    sent_at: self.world.now(),
                    monotonic_ms: 0,
                    boot_id: "simulated-history".into(),
                },
                records: std::mem::replace(&mut records, rest),
            };
            self.app.apply_batch(collector, batch).await?;
            seq += 1;
        }
        Ok(())
    }
}

/// What a slice of the history carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slice {
    Samples,
    States,
    /// Whether devices answered and what UPS fed from, at sites whose target changed.
    Change,
}

fn records(
    slice: Slice,
    (world, register): (&World, &Register),
    pasts: &mut Pasts,
    (site, window): (&SiteId, Interval),
) -> Vec<Record> {
    let devices = register
        .devices
        .values()
        .filter(|device| device.site == *site);
    let declared = register.sites.get(site);
    let changed = declared.is_some_and(|site| site.tier_targets.len() > 1);
    let mut records = Vec::new();
    for device in devices {
        match slice {
            Slice::Samples => {
                if let Some(simulated) = world.device(&device.id) {
                    let past = pasts
                        .entry(device.id.clone())
                        .or_insert_with(|| Past::of(Arc::clone(simulated), device.poll_seconds));
                    records.extend(past.rounds(window));
                }
            }
            Slice::States => records.extend(device_runs(world, &device.id, window)),
            Slice::Change if changed => {
                let mut runs = world.device_runs(&device.id, window);
                runs.retain(|run| run.object.is_empty());
                records.extend(runs.into_iter().map(run));
            }
            Slice::Change => {}
        }
    }
    for (circuit, sites) in world.circuits().filter(|(_, sites)| sites.contains(site)) {
        debug_assert!(sites.len() == 2, "a circuit has two ends");
        match slice {
            Slice::Samples => {
                records.extend(probe_rounds(world, register, (circuit, site), window));
            }
            Slice::States => {
                records.extend(world.probe_runs(circuit, site, window).into_iter().map(run));
            }
            Slice::Change => {}
        }
    }
    records
}

fn device_runs(world: &World, device: &DeviceId, window: Interval) -> Vec<Record> {
    world
        .device_runs(device, window)
        .into_iter()
        .map(run)
        .collect()
}

/// A simulated run as polls would have seen it: from the first poll inside to the last.
fn run(run: tw_sim::history::SimRun) -> Record {
    let period = i64::from(run.period_ms.max(1));
    let polls = i64::try_from(run.polls.max(1)).unwrap_or(i64::MAX);
    let last = run
        .when
        .from
        .plus_millis((polls - 1).saturating_mul(period))
        .min(run.when.to);
    Record::Run(StateRun {
        target: TargetKey(run.target),
        object: run.object,
        metric: run.metric.into(),
        state: run.state,
        from: run.when.from,
        to: last,
        polls: run.polls.max(1),
        max_gap_ms: if run.polls > 1 {
            run.period_ms.into()
        } else {
            0
        },
        period_ms: run.period_ms.into(),
    })
}

/// The summaries of a circuit's probe, one a minute.
fn probe_rounds(
    world: &World,
    register: &Register,
    (circuit, site): (&CircuitId, &SiteId),
    window: Interval,
) -> Vec<Record> {
    let Some(probe) = register
        .circuits
        .get(circuit)
        .and_then(|circuit| circuit.probe.as_ref())
    else {
        return Vec::new();
    };
    let target = TargetKey(format!("probe:{circuit}:{site}"));
    let step = u32::try_from(PROBE_STEP_MS).unwrap_or(u32::MAX);
    let sent = (step / probe.interval_ms.max(1)).max(1);
    let mut records = Vec::new();
    let mut at = Timestamp::from_millis(
        (window.from.as_millis().div_euclid(PROBE_STEP_MS) + 1) * PROBE_STEP_MS,
    );
    while at < window.to {
        let seen = world.probe(circuit, site, tw_sim::running::Probes { at, sent });
        let answered = seen.sent - seen.lost;
        let summary = probe::Summary {
            answered,
            lost: seen.lost,
            total: seen
                .rtt_mean
                .map_or(std::time::Duration::ZERO, |mean| mean * answered),
            min: seen.rtt_min,
            max: seen.rtt_max,
        };
        let period = std::time::Duration::from_millis(step.into());
        let (layout, round) = summary.to_round(&target, (at, period));
        if records.is_empty() {
            records.push(Record::Layout(layout));
        }
        records.push(Record::Round(round));
        at = at.plus_millis(PROBE_STEP_MS);
    }
    records
}

#[cfg(test)]
mod tests;
