//! How much room, power and cooling is left, and when each runs out at the present growth.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-model`, `tw-store`. **Must not:**
//! name a day where the history is too short.

use super::measures::watts_sensors;
use crate::{
    app::App,
    http::refusal::Refusal,
    world::{World, draw_of},
};
use tw_api::{ModelDraw, RackMeasure, RunwayMeasure, RunwayState};
use tw_availability::{RUNWAY_DAYS_MIN, Runway, runway};
use tw_lifecycle::{Draw, DrawSum};
use tw_model::{DateKind, DeviceClass, FacilityKind, FacilityNode, Site};
use tw_units::{DeviceId, Interval, Timestamp};

const DAY_MS: i64 = 86_400_000;
/// Points of the history are so far apart.
const STEP_DAYS: u32 = 10;
/// So many points back; half a year.
const POINTS: u32 = 18;
/// The use of room is looked at for longer: it changes by whole devices.
const ROOM_POINTS: u32 = 72;
/// So long before a point its readings may lie.
const SAMPLE_MS: i64 = 900_000;

/// One constraint in the making: what is used, of how much, and how it grew.
struct Use {
    constraint: &'static str,
    basis: &'static str,
    by_models: Option<ModelDraw>,
    used: Option<f64>,
    capacity: f64,
    /// Days before now, negative, and the use then; in order of time.
    points: Vec<(f64, f64)>,
}

/// Room, power and cooling of a site; what it does not have is left out.
pub(super) async fn runways(
    app: &App,
    world: &World,
    site: &Site,
    (declared, racks): (&[&FacilityNode], &[RackMeasure]),
) -> Result<Vec<RunwayMeasure>, Refusal> {
    let now = app.now();
    let mut uses = vec![room(world, site, now)];
    let both = |rack: &RackMeasure| Some(rack.a_watts? + rack.b_watts?);
    let drawn: Option<f64> = racks.iter().map(both).sum();
    let measured = drawn.filter(|_| !racks.is_empty());
    let mounted = Mounted::of(world, site);
    let by_models = mounted.at(now);
    let (basis, used, points) = if measured.is_some() {
        let points = power_points(app, declared, (measured, now)).await?;
        ("measured", measured, points)
    } else {
        // Of an unknown part nobody knows when it is full.
        let used = Some(by_models.watts).filter(|_| by_models.unknown == 0 && mounted.any());
        ("models", used, mounted.points(now))
    };
    let ups = [FacilityKind::Ups];
    let cooling = [FacilityKind::Crac, FacilityKind::Chiller];
    for (constraint, kinds) in [("power", &ups[..]), ("cooling", &cooling[..])] {
        uses.push(Use {
            constraint,
            basis,
            by_models: Some(by_models),
            used,
            capacity: without_largest(declared, kinds),
            points: points.clone(),
        });
    }
    uses.retain(|one| one.capacity > 0.0);
    Ok(uses.into_iter().map(|one| judged(&one, now)).collect())
}

/// Which constraint binds: the first to run out, or where no day is known the fullest.
pub(super) fn binding(runways: &[RunwayMeasure]) -> Option<String> {
    let dated = runways.iter().filter(|r| r.first_day.is_some());
    let first = dated.min_by(|a, b| a.first_day.cmp(&b.first_day));
    let share = |r: &&RunwayMeasure| r.used.map_or(0.0, |used| used / r.capacity);
    let fullest = || {
        let known = runways.iter().filter(|r| r.used.is_some());
        known.max_by(|a, b| share(a).total_cmp(&share(b)))
    };
    first
        .or_else(fullest)
        .map(|runway| runway.constraint.clone())
}

fn judged(one: &Use, now: Timestamp) -> RunwayMeasure {
    let day = |days: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "at most 20 years of days")]
        let at = now.plus_millis((days as i64).saturating_mul(DAY_MS));
        at.to_string().chars().take(10).collect::<String>()
    };
    let found = if one.used.is_some() {
        runway(&one.points, one.capacity)
    } else {
        Runway::TooShort
    };
    let (state, first_day, last_day) = match found {
        Runway::Full => (RunwayState::Full, Some(day(0.0)), Some(day(0.0))),
        Runway::TooShort => (RunwayState::TooShort, None, None),
        Runway::Lasts => (RunwayState::Lasts, None, None),
        Runway::Within {
            earliest_days,
            latest_days,
        } => (
            RunwayState::Within,
            Some(day(earliest_days)),
            latest_days.map(day),
        ),
    };
    RunwayMeasure {
        constraint: one.constraint.to_owned(),
        used: one.used,
        basis: one.basis.to_owned(),
        by_models: one.by_models,
        capacity: one.capacity,
        history_days: one
            .points
            .first()
            .map_or(0.0, |(days, _)| 0.0_f64.max(-days)),
        history_days_min: RUNWAY_DAYS_MIN,
        state,
        first_day,
        last_day,
    }
}

/// The instant from which a device is known to have been in service.
fn began(world: &World, site: &Site, device: &tw_model::Device) -> Option<Timestamp> {
    let asset = world.asset_of_device(device.id.as_str())?;
    let kinds = [
        DateKind::FirstInService,
        DateKind::Accepted,
        DateKind::Received,
        DateKind::Purchased,
    ];
    let known = kinds.iter().find_map(|kind| asset.dates.get(kind))?;
    let zone = crate::site::actions::zone(site);
    let start = known.date.earliest().to_zoned(zone).ok()?;
    Some(Timestamp::from_jiff(start.timestamp()))
}

/// What is mounted now, each with the day from which it is there and what it usually draws.
struct Mounted(Vec<(Option<Timestamp>, Option<Draw>)>);

impl Mounted {
    fn of(world: &World, site: &Site) -> Self {
        let devices = world.register.devices_of(&site.id);
        let passive = |class: DeviceClass| {
            use DeviceClass as C;
            matches!(class, C::Ups | C::Pdu | C::Ats | C::Generator | C::Cooling)
        };
        let used = devices.filter(|d| d.rack.is_some() && !passive(d.class));
        let draw = |device: &tw_model::Device| {
            let asset = world.asset_of_device(device.id.as_str())?;
            draw_of(world.model_of(asset), asset.class)
        };
        Self(used.map(|d| (began(world, site, d), draw(d))).collect())
    }

    fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// What those that were there at an instant usually draw. What was taken out since is not
    /// known any more.
    fn at(&self, at: Timestamp) -> ModelDraw {
        let mut sum = DrawSum::default();
        let there = self
            .0
            .iter()
            .filter(|(from, _)| from.is_none_or(|from| from <= at));
        for (_, draw) in there {
            sum.add(*draw);
        }
        let watts = |watts: u64| u32::try_from(watts).map_or(f64::MAX, f64::from);
        ModelDraw {
            watts: watts(sum.watts),
            estimated_watts: watts(sum.estimated_watts),
            unknown: sum.unknown,
        }
    }

    fn points(&self, now: Timestamp) -> Vec<(f64, f64)> {
        let points = (0..=ROOM_POINTS).rev().map(|n| {
            let days = n * STEP_DAYS;
            let at = now.plus_millis(-i64::from(days) * DAY_MS);
            (-f64::from(days), self.at(at).watts)
        });
        points.collect()
    }
}

/// What the UPS of a chain carry together, in watts; of several, with the largest one out.
pub(crate) fn ups_watts<'a>(declared: impl Iterator<Item = &'a FacilityNode>) -> u64 {
    let ups: Vec<&FacilityNode> = declared.filter(|n| n.kind == FacilityKind::Ups).collect();
    match ups[..] {
        [one] => u64::from(one.rating_watts.unwrap_or(0)) * u64::from(one.derate_percent) / 100,
        _ => left_without_largest(&ups, &[FacilityKind::Ups]),
    }
}

/// Rack units: what is mounted now, by the days on which it went into service. What was taken out
/// since is not known any more.
fn room(world: &World, site: &Site, now: Timestamp) -> Use {
    let own = |rack: &&tw_model::Rack| world.register.site_of_rack(&rack.id) == Some(&site.id);
    let racks = world.register.racks.values().filter(own);
    let capacity: u32 = racks.map(|rack| u32::from(rack.u_height)).sum();
    let began = |device: &tw_model::Device| began(world, site, device);
    let mounted: Vec<(Option<Timestamp>, u32)> = world
        .register
        .devices_of(&site.id)
        .filter_map(|device| {
            let at = device.rack.as_ref()?;
            Some((began(device), u32::from(at.height_u)))
        })
        .collect();
    let used_at = |at: Timestamp| -> f64 {
        let there = mounted
            .iter()
            .filter(|(from, _)| from.is_none_or(|from| from <= at));
        f64::from(there.map(|(_, units)| *units).sum::<u32>())
    };
    let points = (0..=ROOM_POINTS).rev().map(|n| {
        let days = n * STEP_DAYS;
        let at = now.plus_millis(-i64::from(days) * DAY_MS);
        (-f64::from(days), used_at(at))
    });
    Use {
        constraint: "space",
        basis: "register",
        by_models: None,
        used: Some(used_at(now)),
        capacity: f64::from(capacity),
        points: points.collect(),
    }
}

/// What units of these kinds carry together when the largest of them is out.
fn without_largest(declared: &[&FacilityNode], kinds: &[FacilityKind]) -> f64 {
    u32::try_from(left_without_largest(declared, kinds)).map_or(0.0, f64::from)
}

fn left_without_largest(declared: &[&FacilityNode], kinds: &[FacilityKind]) -> u64 {
    let ratings: Vec<u64> = declared
        .iter()
        .filter(|node| kinds.contains(&node.kind))
        .filter_map(|node| {
            let rating = u64::from(node.rating_watts?);
            Some(rating * u64::from(node.derate_percent) / 100)
        })
        .collect();
    ratings.iter().sum::<u64>() - ratings.iter().max().copied().unwrap_or(0)
}

/// What the PDUs of all racks gave, back to where a reading lacks.
async fn power_points(
    app: &App,
    declared: &[&FacilityNode],
    (used, now): (Option<f64>, Timestamp),
) -> Result<Vec<(f64, f64)>, Refusal> {
    let Some(used) = used else {
        return Ok(Vec::new());
    };
    let mut points = vec![(0.0, used)];
    let pdus: Vec<&DeviceId> = declared
        .iter()
        .filter(|node| node.kind == FacilityKind::Pdu && node.rack.is_some())
        .filter_map(|node| node.device.as_ref())
        .collect();
    for n in 1..=POINTS {
        let days = n * STEP_DAYS;
        let at = now.plus_millis(-i64::from(days) * DAY_MS);
        let mut sum = 0.0;
        for pdu in &pdus {
            // An unknown part makes the whole unknown.
            let Some(watts) = watts_at(app, pdu, at).await? else {
                points.reverse();
                return Ok(points);
            };
            sum += watts;
        }
        points.push((-f64::from(days), sum));
    }
    points.reverse();
    Ok(points)
}

/// What a PDU gave just before an instant.
async fn watts_at(app: &App, pdu: &DeviceId, at: Timestamp) -> Result<Option<f64>, Refusal> {
    let target = app.live.device(pdu.as_str());
    let window = Interval {
        from: at.plus_millis(-SAMPLE_MS),
        to: at,
    };
    let mut sum = None;
    for seen in watts_sensors(&target) {
        let metrics = [seen.metric.as_str()];
        let mut read = app
            .samples_of_object(pdu.as_str(), &seen.key, &metrics, window)
            .await?;
        let samples = read.remove(&seen.metric).unwrap_or_default();
        let Some(last) = samples.iter().rev().find_map(|sample| sample.value) else {
            return Ok(None);
        };
        sum = Some(sum.unwrap_or(0.0) + last.as_f64());
    }
    Ok(sum)
}
