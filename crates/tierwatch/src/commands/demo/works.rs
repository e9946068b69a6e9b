//! The demo's maintenance: work that explains the simulated bypasses, and windows to come.
//!
//! **Room:** layer 3; this file is pure. **May use:** `tw-sim`, `tw-server`. **Must not:** read a
//! clock: the same seed and start give the same work.

use tw_api::{MaintenanceCreate, MaintenanceKind, MaintenanceRepeat, MaintenanceSpec, RepeatEvery};
use tw_model::Register;
use tw_server::PastWork;
use tw_sim::{
    incident::{Incident, What},
    world::World,
};
use tw_store::Author;
use tw_units::{DeviceId, SiteId, Timestamp};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How far back maintenance goes.
const DAYS_BACK: i64 = 365;
/// Each so many works were approved after they had begun, or ran over.
const LATE_EVERY: usize = 5;
const OVERRUN_EVERY: usize = 3;

/// All work that the demo knows, in the order in which it was asked for.
pub(super) fn all(world: &World, register: &Register) -> Vec<PastWork> {
    let start = world.start();
    let begin = start.plus_millis(-DAYS_BACK * DAY_MS);
    let bypasses = world
        .incidents(begin, start)
        .into_iter()
        .filter_map(|incident| match &incident.what {
            What::OnBypass { device } => Some((incident.clone(), device.clone())),
            _ => None,
        });
    let mut works: Vec<PastWork> = bypasses
        .enumerate()
        .filter_map(|(nth, (incident, device))| done(register, (nth, &incident), &device))
        .collect();
    works.extend(to_come(world, register));
    works.sort_by_key(|work| work.requested.1);
    works
}

/// Work on a UPS in bypass: asked for days before, approved, begun, closed.
fn done(
    register: &Register,
    (nth, incident): (usize, &Incident),
    device: &DeviceId,
) -> Option<PastWork> {
    let site = &register.devices.get(device)?.site;
    let from = whole_minute(incident.from.plus_millis(-10 * MINUTE_MS));
    let over = nth % OVERRUN_EVERY == OVERRUN_EVERY - 1;
    let late = nth % LATE_EVERY == LATE_EVERY - 1;
    // A window that was too short, or one with room to spare.
    let room = if over { -12 } else { 20 };
    let to = whole_minute(incident.to.plus_millis(room * MINUTE_MS));
    let asked = if late { -HOUR_MS } else { -6 * DAY_MS };
    let approved = if late { 4 * MINUTE_MS } else { -2 * DAY_MS };
    let began = if late { 5 } else { 2 };
    let spec = spec(
        site,
        "Bảo dưỡng UPS, thay ắc quy / UPS service, batteries",
        (from, to),
    );
    Some(PastWork {
        approved_at: Some(from.plus_millis(approved)),
        began_at: Some(from.plus_millis(began * MINUTE_MS)),
        closed_at: Some(incident.to.plus_millis(6 * MINUTE_MS)),
        ..asked_for(spec, &[device.as_str()], from.plus_millis(asked))
    })
}

/// Windows after the start at the centre's site: a series of tests, a request that waits, one that
/// was refused and one that was taken back.
fn to_come(world: &World, register: &Register) -> Vec<PastWork> {
    let start = world.start();
    let Some(site) = world.centre() else {
        return Vec::new();
    };
    let of_class = |class: tw_model::DeviceClass| {
        let devices = register.devices_of(site).filter(move |d| d.class == class);
        devices
            .map(|device| device.id.to_string())
            .collect::<Vec<_>>()
    };
    let ups = of_class(tw_model::DeviceClass::Ups);
    let generators = of_class(tw_model::DeviceClass::Generator);
    let at = |hours: i64| whole_minute(start.plus_millis(hours * HOUR_MS));
    let mut works = Vec::new();
    if let Some(generator) = generators.first() {
        let window = (at(3 * 24), at(3 * 24 + 1));
        let mut test = spec(
            site,
            "Chạy thử máy phát có tải / Loaded generator test",
            window,
        );
        test.kind = MaintenanceKind::Test;
        let mut work = asked_for(test, &[generator.as_str()], at(-30));
        work.requested.0.repeat = Some(MaintenanceRepeat {
            every: RepeatEvery::Week,
            step: 1,
            count: 4,
        });
        work.approved_at = Some(at(-26));
        works.push(work);
    }
    if let Some(first) = ups.first() {
        let window = (at(5 * 24 + 12), at(5 * 24 + 15));
        let waits = spec(site, "Nâng cấp phần mềm UPS / UPS firmware", window);
        works.push(asked_for(waits, &[first.as_str()], at(-5)));
    }
    if let [first, second, ..] = ups.as_slice() {
        let both = spec(
            site,
            "Vệ sinh cả hai UPS / Cleaning of both UPS",
            (at(9 * 24), at(9 * 24 + 2)),
        );
        works.push(PastWork {
            refused: Some((
                at(-20),
                "Hai UPS cùng lúc làm mất bảo vệ toàn bộ tải / Both at once leave every load unprotected".to_owned(),
            )),
            ..asked_for(both, &[first.as_str(), second.as_str()], at(-22))
        });
        let moved = spec(site, "Đo nhiệt tủ điện / Thermal survey", (at(24), at(26)));
        works.push(PastWork {
            cancelled_at: Some(at(-3)),
            ..asked_for(moved, &[second.as_str()], at(-12))
        });
    }
    works
}

fn spec(site: &SiteId, title: &str, (from, to): (Timestamp, Timestamp)) -> MaintenanceSpec {
    MaintenanceSpec {
        site: site.to_string(),
        title: title.to_owned(),
        note: Some("Simulated.".to_owned()),
        from,
        to,
        components: Vec::new(),
        kind: MaintenanceKind::default(),
    }
}

fn asked_for(mut spec: MaintenanceSpec, components: &[&str], at: Timestamp) -> PastWork {
    spec.components = components.iter().map(|one| (*one).to_owned()).collect();
    PastWork {
        requested: (MaintenanceCreate { spec, repeat: None }, at),
        approved_at: None,
        refused: None,
        began_at: None,
        closed_at: None,
        cancelled_at: None,
        people: ["demo:engineer", "demo:operator"].map(Author::local),
    }
}

fn whole_minute(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().div_euclid(MINUTE_MS) * MINUTE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tw_server::{App, Settings};
    use tw_units::WallClock;

    fn world(seed: u64) -> (World, Register) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory");
        let register = tw_config::load(std::path::Path::new(folder))
            .unwrap()
            .register;
        let now = WallClock::fixed("2026-11-22T03:00:00Z".parse().unwrap());
        (World::new(register.clone(), seed, now), register)
    }

    #[test]
    fn the_same_seed_and_start_give_the_same_work() {
        let told = |seed| {
            let (world, register) = world(seed);
            format!("{:?}", all(&world, &register))
        };
        assert_eq!(told(1), told(1));
        assert_ne!(told(1), told(2));
    }

    #[tokio::test]
    async fn every_piece_of_work_passes_the_rules_that_hold_for_people() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: folder.path().to_owned(),
            ..Settings::default()
        };
        let (world, register) = world(1);
        let now = WallClock::fixed(world.start());
        let app = App::open(settings, now).await.unwrap();
        let plan = tw_model::plan(&register, &Register::default(), tw_model::Absent::Keep);
        let author = Author::local("test");
        app.store().apply_plan(plan, None, &author).await.unwrap();
        app.reload_register().await.unwrap();
        for work in all(&world, &register) {
            app.play_maintenance(&work).await.unwrap();
        }
        let kept = app.store().maintenance().await.unwrap();
        let count = |state: &str| kept.iter().filter(|work| work.state == state).count();
        assert!(count("closed") >= 6, "{}", count("closed"));
        assert_eq!(count("approved"), 4, "the series of tests to come");
        assert_eq!(
            [count("requested"), count("refused"), count("cancelled")],
            [1, 1, 1]
        );
    }
}
