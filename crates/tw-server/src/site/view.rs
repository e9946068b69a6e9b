//! Sites as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-availability`. **Must not:** do I/O, or
//! round a percentage up.

use super::actions::{Account, LoadNow};
use crate::{
    readings::live::Live,
    world::{World, local},
};
use tw_api::{
    Availability, AvailabilitySegment, Bounds, MainsAvailability, MonthSoFar, PercentBounds, Site,
    SiteSpec, SiteStatus, StateCounts, TierTarget, Verdict,
};
use tw_availability::{Assessment, Downtime, Seconds, percent_floor};
use tw_ingest::round::Value;
use tw_model::{DeviceClass, Kind};
use tw_units::{Interval, Timestamp};

/// The code of `upsOutputSource` (RFC 1628) for "battery".
const UPS_SOURCE_BATTERY: i128 = 5;

/// What else a site's page needs.
pub(crate) struct Parts {
    pub(crate) load: LoadNow,
    pub(crate) month: MonthSoFar,
    pub(crate) alerts_open: u64,
    pub(crate) assets_over_age: u64,
}

/// A site.
pub(crate) fn site(
    world: &World,
    live: &Live,
    site: &tw_model::Site,
    (parts, now): (Parts, Timestamp),
) -> Site {
    let mut devices = StateCounts::default();
    let mut last_reading_at = None;
    let mut battery_minutes: Option<f64> = None;
    let mut ups_on_battery = Vec::new();
    for device in world
        .register
        .devices_of(&site.id)
        .filter(|d| d.address.is_some())
    {
        let target = live.device(device.id.as_str());
        devices.add(target.state(now).0);
        last_reading_at = last_reading_at.max(target.last_poll());
        if device.class == DeviceClass::Ups {
            let minutes = target
                .value(now, "", "upsEstimatedMinutesRemaining")
                .map(Value::as_f64);
            battery_minutes = battery_minutes.into_iter().chain(minutes).reduce(f64::min);
            let source = target
                .value(now, "", "upsOutputSource")
                .and_then(Value::as_whole);
            if source == Some(UPS_SOURCE_BATTERY) {
                ups_on_battery.push(device.id.to_string());
            }
        }
    }
    Site {
        id: site.id.to_string(),
        metadata: tw_api::Metadata::default(),
        spec: SiteSpec {
            name: local(&site.name),
            timezone: site.timezone.clone(),
            address: site.street.clone(),
            latitude: None,
            longitude: None,
            tier_targets: targets(site),
        },
        status: SiteStatus {
            state: parts.load.state,
            since: parts.load.since,
            margin: parts.load.margin,
            next_failures: parts.load.next_failures,
            devices,
            alerts_open: parts.alerts_open,
            collector: Some(world.collector_of(&site.id).to_owned()),
            last_reading_at,
            target: target_at(site, now),
            month: parts.month,
            battery_minutes,
            ups_on_battery,
            assets_over_age: parts.assets_over_age,
        },
        version: world.version(Kind::Site, site.id.as_str()),
    }
}

/// The targets of a site.
pub(crate) fn targets(site: &tw_model::Site) -> Vec<TierTarget> {
    site.tier_targets.iter().map(target).collect()
}

fn target(target: &tw_model::TierTarget) -> TierTarget {
    TierTarget {
        standard: target.standard.to_string(),
        level: target.level.to_string(),
        downtime_ppm: target.downtime_ppm.0,
        valid_from: target.valid_from.0.to_string(),
    }
}

/// The target that holds at an instant.
fn target_at(site: &tw_model::Site, at: Timestamp) -> Option<TierTarget> {
    let day = at.to_jiff().to_zoned(super::actions::zone(site)).date();
    let in_force = site
        .tier_targets
        .iter()
        .filter(|target| target.valid_from.0 <= day);
    in_force
        .max_by_key(|target| target.valid_from.0)
        .map(self::target)
}

/// The availability of a site over a window.
pub(crate) fn availability(
    site: &tw_model::Site,
    account: &Account,
    (window, as_of): (Interval, Timestamp),
) -> Availability {
    let mut witnesses: Vec<String> = account
        .structure
        .devices()
        .iter()
        .map(ToString::to_string)
        .collect();
    witnesses.sort();
    witnesses.dedup();
    let structure = structure_text(&account.structure);
    let Some(found) = account.judged.as_ref().map(|j| &j.assessment) else {
        return nothing_known(site, (window, as_of), (witnesses, structure));
    };
    Availability {
        site: site.id.to_string(),
        from: window.from,
        to: window.to,
        as_of,
        period_seconds: seconds(window.millis()),
        downtime_seconds: bounds(found.downtime),
        unknown_seconds: seconds(found.tally.unknown_ms),
        redundancy_lost_seconds: seconds(found.tally.redundancy_lost_ms),
        availability_percent: PercentBounds {
            lower: found.availability.lower.clone(),
            point: found.availability.point.clone(),
            upper: found.availability.upper.clone(),
        },
        coverage_percent: found
            .coverage_percent
            .clone()
            .unwrap_or_else(|| "0.000000".to_owned()),
        planned_seconds: seconds(found.planned.planned_ms),
        unplanned_seconds: seconds(found.planned.unplanned_ms),
        declared_late_seconds: seconds(found.planned.declared_late_ms),
        maintainability_breaches: found.planned.maintainability_breaches as u64,
        availability_excluding_planned_percent: found
            .availability_excluding_planned_percent
            .clone(),
        outages: found.outages.len() as u64,
        segments: found
            .segments
            .iter()
            .map(|part| segment(site, part))
            .collect(),
        verdict: found.verdict.map_or(Verdict::NoTarget, verdict),
        mains: account.judged.iter().flat_map(mains).collect(),
        witnesses,
        structure,
    }
}

fn mains(judged: &tw_availability::report::Judged) -> Vec<MainsAvailability> {
    let of = |found: &tw_availability::report::MainsFinding| {
        let [lower, point, upper] = found.on_battery_ms.map(seconds);
        MainsAvailability {
            ups: found.ups.clone(),
            on_battery_seconds: Bounds {
                lower,
                point,
                upper,
            },
            unknown_seconds: seconds(found.unknown_ms),
            losses: found.losses,
            missed: found.missed,
        }
    };
    judged.mains.iter().map(of).collect()
}

fn nothing_known(
    site: &tw_model::Site,
    (window, as_of): (Interval, Timestamp),
    (witnesses, structure): (Vec<String>, String),
) -> Availability {
    Availability {
        site: site.id.to_string(),
        from: window.from,
        to: window.to,
        as_of,
        period_seconds: seconds(window.millis()),
        downtime_seconds: Bounds {
            lower: 0.0,
            point: 0.0,
            upper: 0.0,
        },
        unknown_seconds: seconds(window.millis()),
        redundancy_lost_seconds: 0.0,
        availability_percent: PercentBounds::default(),
        coverage_percent: "0.000000".to_owned(),
        planned_seconds: 0.0,
        unplanned_seconds: 0.0,
        declared_late_seconds: 0.0,
        maintainability_breaches: 0,
        availability_excluding_planned_percent: None,
        outages: 0,
        segments: Vec::new(),
        verdict: if site.tier_targets.is_empty() {
            Verdict::NoTarget
        } else {
            Verdict::Indeterminate
        },
        mains: Vec::new(),
        witnesses,
        structure,
    }
}

fn segment(site: &tw_model::Site, part: &tw_availability::Segment) -> AvailabilitySegment {
    let named = target_at(site, part.from);
    let budget = part.budget_seconds;
    let period = Interval {
        from: part.from,
        to: part.to,
    }
    .millis();
    let millis = |seconds: Seconds| i64::try_from(seconds.as_nanos() / 1_000_000).unwrap_or(0);
    let unknown = millis(part.unknown_seconds);
    let down = part.downtime_seconds;
    AvailabilitySegment {
        from: part.from,
        to: part.to,
        standard: named.as_ref().map(|target| target.standard.clone()),
        level: named.map(|target| target.level),
        target_ppm: Some(part.downtime_ppm.0),
        budget_seconds: Some(budget.as_f64()),
        budget_left_seconds: Some(Bounds {
            lower: budget
                .minus(down.upper)
                .minus(part.unknown_seconds)
                .as_f64(),
            point: budget.minus(down.point).as_f64(),
            upper: budget.minus(down.lower).as_f64(),
        }),
        downtime_seconds: bounds(down),
        unknown_seconds: part.unknown_seconds.as_f64(),
        availability_percent: percents(
            (period, unknown),
            [down.lower, down.point, down.upper].map(millis),
        ),
        verdict: verdict(part.verdict),
    }
}

/// Availability with its bounds, from the milliseconds of a period, of its unknown time, and of
/// downtime at least, in the middle and at most: what is unknown may all have been down, and may
/// all have been up; the point is of known time only.
pub(crate) fn percents(
    (period, unknown): (i64, i64),
    [lower, point, upper]: [i64; 3],
) -> PercentBounds {
    let known = period - unknown;
    PercentBounds {
        lower: percent_floor(known - upper, period),
        point: percent_floor(known - point, known),
        upper: percent_floor(period - lower, period),
    }
}

/// The month so far, against the whole month's budget.
pub(crate) fn month(
    site: &tw_model::Site,
    (month, now): (Interval, Timestamp),
    found: Option<&Assessment>,
) -> MonthSoFar {
    let ppm = target_at(site, now).map(|target| target.downtime_ppm);
    let budget = ppm.map(|ppm| seconds(month.millis()) * f64::from(ppm) / 1e6);
    let so_far = seconds(now.millis_since(month.from));
    let down = found.map(|found| bounds(found.downtime));
    let unknown = found.map_or(so_far, |found| seconds(found.tally.unknown_ms));
    let down = down.unwrap_or(Bounds {
        lower: 0.0,
        point: 0.0,
        upper: 0.0,
    });
    let verdict = match budget {
        None => Verdict::NoTarget,
        Some(budget) if down.upper + unknown <= budget => Verdict::Met,
        Some(budget) if down.lower > budget => Verdict::Missed,
        Some(_) => Verdict::Indeterminate,
    };
    MonthSoFar {
        from: month.from,
        downtime_seconds: down,
        unknown_seconds: unknown,
        budget_seconds: budget,
        availability_percent: found.map_or_else(PercentBounds::default, |found| PercentBounds {
            lower: found.availability.lower.clone(),
            point: found.availability.point.clone(),
            upper: found.availability.upper.clone(),
        }),
        coverage_percent: found
            .and_then(|found| found.coverage_percent.clone())
            .unwrap_or_else(|| "0.000000".to_owned()),
        verdict,
    }
}

fn bounds(down: Downtime) -> Bounds {
    Bounds {
        lower: down.lower.as_f64(),
        point: down.point.as_f64(),
        upper: down.upper.as_f64(),
    }
}

fn verdict(verdict: tw_availability::Verdict) -> Verdict {
    match verdict {
        tw_availability::Verdict::Met => Verdict::Met,
        tw_availability::Verdict::Indeterminate => Verdict::Indeterminate,
        tw_availability::Verdict::Missed => Verdict::Missed,
    }
}

fn seconds(millis: i64) -> f64 {
    Seconds::from_millis(millis).as_f64()
}

/// A structure as people read it: `all(any(a, b), 2 of (x, y, z))`.
fn structure_text(structure: &tw_model::Structure) -> String {
    let parts = || {
        structure
            .parts()
            .iter()
            .map(structure_text)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match structure {
        tw_model::Structure::Device(device) => device.to_string(),
        tw_model::Structure::Any { .. } => format!("any({})", parts()),
        tw_model::Structure::All { .. } => format!("all({})", parts()),
        tw_model::Structure::AtLeast { at_least, .. } => format!("{at_least} of ({})", parts()),
    }
}
