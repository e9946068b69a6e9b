//! Collectors as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-store`. **Must not:** do I/O.

use std::collections::BTreeMap;
use tw_api::{Collector, CollectorSpec, CollectorState, CollectorStatus, ForeignTargets};
use tw_store::{CollectorSeen, FOREIGN_TARGET, RefusalSeen};
use tw_units::Timestamp;

/// Readings older than this, from a collector that is heard of, are a backlog.
const LAG_SECONDS_MAX: f64 = 300.0;

/// A collector. `silent_after_seconds` is when its silence counts.
pub(crate) fn collector(
    (id, sites): (&str, &[&tw_units::SiteId]),
    (seen, refusals): (Option<&CollectorSeen>, &[&RefusalSeen]),
    (now, silent_after_seconds): (Timestamp, u32),
    wanted: u64,
) -> Collector {
    let status = seen.and_then(|seen| seen.status.as_ref());
    let lag = seen
        .and_then(|seen| seen.last_round)
        .map(|last| seconds(now.millis_since(last)));
    let silence = seen.map(|seen| seconds(now.millis_since(seen.last_contact)));
    let state = match (silence, lag) {
        (None, _) => CollectorState::NeverSeen,
        (Some(silence), _) if silence > f64::from(silent_after_seconds) => CollectorState::Silent,
        (Some(_), Some(lag)) if lag > LAG_SECONDS_MAX => CollectorState::CatchingUp,
        (Some(_), _) => CollectorState::Live,
    };
    let dropped = status
        .map(|s| s.dropped.iter().cloned().collect())
        .unwrap_or_default();
    let named = refusals.iter().map(|of| (of.reason.clone(), of.records));
    let mut refused: BTreeMap<String, u64> = named.collect();
    // Records that were refused before reasons were counted.
    let older = seen.map_or(0, |seen| {
        seen.refused
            .saturating_sub(refusals.iter().map(|of| of.records).sum())
    });
    if older > 0 {
        refused.insert("all".to_owned(), older);
    }
    let foreign = refusals.iter().find(|of| of.reason == FOREIGN_TARGET);
    Collector {
        id: id.to_owned(),
        spec: CollectorSpec {
            site: sites.first().map(ToString::to_string).unwrap_or_default(),
        },
        status: CollectorStatus {
            state,
            last_contact_at: seen.map(|seen| seen.last_contact),
            last_reading_at: seen.and_then(|seen| seen.last_round),
            lag_seconds: lag,
            skew_seconds: seen.map(|seen| seconds(seen.skew_ms)),
            clock_synchronised: status.and_then(|s| s.clock_synchronised),
            software: status.map(|s| s.version.clone()),
            config_version: status.map(|s| s.config_version),
            config_version_wanted: wanted,
            targets: status.map(|s| s.targets),
            spool_bytes: status.map(|s| s.spool_bytes),
            spool_bytes_max: status.map(|s| s.spool_bytes_max),
            spool_batches: status.map(|s| s.spool_batches),
            oldest_unsent_at: status.and_then(|s| s.oldest_unsent),
            rounds: status.map(|s| s.rounds),
            late_rounds: status.map(|s| s.late_rounds),
            resident_bytes: status.map(|s| s.resident_bytes),
            dropped,
            refused,
            foreign: foreign.map(|of| ForeignTargets {
                records: of.records,
                last_at: of.last_at,
                example: of.example.clone().unwrap_or_default(),
            }),
        },
        version: wanted,
    }
}

#[expect(clippy::cast_precision_loss, reason = "spans are far below 2^53 ms")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1_000.0
}
