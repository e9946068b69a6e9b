//! Tests of the script.
//!
//! **Room:** layer 3, simulation; tests.

use super::*;

fn id<T: TryFrom<String>>(text: &str) -> T
where
    T::Error: std::fmt::Debug,
{
    T::try_from(text.to_owned()).unwrap()
}

/// Two sites, two circuits, a UPS and two switches.
pub(crate) fn cast() -> Cast {
    let player = |name: &str, site: &str, part| Player {
        id: id(name),
        site: id(site),
        part,
        load: name == "vnta-core-1",
        supply: Supply::default(),
    };
    Cast {
        sites: vec![id("vnta"), id("rfd")],
        devices: vec![
            player("rfd-acc-1", "rfd", Part::Expendable),
            player("vnta-acc-1", "vnta", Part::Expendable),
            player("vnta-core-1", "vnta", Part::Other),
            player("vnta-ups-a", "vnta", Part::Ups),
        ],
        circuits: vec![
            Line {
                id: id("c1"),
                sites: [id("vnta"), id("rfd")],
            },
            Line {
                id: id("c2"),
                sites: [id("vnta"), id("rfd")],
            },
        ],
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

fn script(seed: u64) -> Script {
    Script::new(Seed::new(seed), start(), cast())
}

#[test]
fn the_first_round_is_the_documented_one() {
    let minutes = |n: i64| start().plus_millis(n * MINUTE);
    let found = script(1).incidents(start(), minutes(30));
    let told: Vec<(i64, i64, String)> = found
        .iter()
        .map(|incident| {
            let seconds = |t: Timestamp| t.millis_since(start()) / 1_000;
            let name = format!("{:?}", incident.what);
            let name = name.split(' ').next().unwrap().to_owned();
            (seconds(incident.from), seconds(incident.to), name)
        })
        .collect();
    let expect = [
        (90, 270, "Flap"),
        (360, 600, "OnBattery"),
        (720, 760, "Restart"),
        (900, 1_080, "SiteCut"),
        (1_260, 1_500, "CircuitBad"),
        (1_560, 1_770, "OnBypass"),
    ];
    let expect: Vec<_> = expect.map(|(a, b, c)| (a, b, c.to_owned())).into();
    assert_eq!(told, expect);
    assert_eq!(
        found[2].what,
        What::Restart {
            device: id("vnta-acc-1"),
            renumber: true
        }
    );
    assert_eq!(found[3].what, What::SiteCut { site: id("rfd") });
}

#[test]
fn the_history_has_a_few_incidents_in_each_of_twelve_months() {
    for seed in 1..20 {
        let script = script(seed);
        for month in 1..=i64::from(HISTORY_MONTHS) {
            let from = start().plus_millis(-month * MONTH);
            let count = script.incidents(from, from.plus_millis(MONTH)).len();
            assert!(
                (3..=16).contains(&count),
                "{count} in month {month} of seed {seed}"
            );
        }
    }
}

#[test]
fn asking_in_pieces_gives_the_same_as_asking_at_once() {
    let script = script(3);
    let end = start().plus_millis(5 * CYCLE_MINUTES * MINUTE);
    let mut pieces = script.incidents(script.begin(), start());
    pieces.extend(script.incidents(start(), end));
    assert_eq!(pieces, script.incidents(script.begin(), end));
    assert_eq!(pieces, self::script(3).incidents(script.begin(), end));
    assert_ne!(pieces, self::script(4).incidents(script.begin(), end));
}

#[test]
fn a_world_without_circuits_or_sites_has_no_incidents_of_them() {
    let script = Script::new(Seed::new(1), start(), Cast::default());
    assert_eq!(
        script.incidents(script.begin(), start().plus_millis(MONTH)),
        []
    );
}

#[test]
fn a_flap_is_down_for_its_part_of_each_period() {
    let flap = Incident {
        from: start(),
        to: start().plus_millis(180_000),
        what: flap(&cast().circuits[0]),
    };
    let downs = flap.downs();
    assert_eq!(downs.len(), 3);
    assert!(downs.iter().all(|down| down.millis() == 20_000));
    assert_eq!(downs[2].from, start().plus_millis(120_000));
}

#[test]
fn the_half_year_of_the_change_is_a_story_of_its_own() {
    let past = change_of_target();
    assert_eq!(past.from, "2018-04-01T00:00:00+07:00".parse().unwrap());
    assert_eq!(past.to, "2018-10-01T00:00:00+07:00".parse().unwrap());
    let story = script(1).of_the_change();
    let told: Vec<String> = story
        .iter()
        .map(|incident| {
            let name = format!("{:?}", incident.what);
            let minutes = incident.to.millis_since(incident.from) / MINUTE;
            let name = name.split(' ').next().unwrap();
            format!("{} {name} {minutes}", &incident.from.to_string()[..10])
        })
        .collect();
    assert_eq!(
        told,
        [
            "2018-05-16 LoadPower 95",
            "2018-06-12 OnBattery 6",
            "2018-06-30 OnBypass 240",
            "2018-08-22 LoadPower 13",
            "2018-09-05 CollectorOff 25",
        ]
    );
    assert!(story.iter().all(|i| past.from < i.from && i.to < past.to));
    // Today's devices do not remember it.
    let script = script(1);
    assert!(past.to < script.begin());
    let none = Script::new(Seed::new(1), start(), Cast::default());
    assert_eq!(none.of_the_change(), []);
}
