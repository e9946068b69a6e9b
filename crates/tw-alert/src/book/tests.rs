use super::*;
use proptest::prelude::*;

const MIC: &str = "mic";

fn device(n: usize) -> DeviceId {
    DeviceId::new(format!("mic-{n}")).unwrap()
}

fn site(name: &str) -> SiteId {
    SiteId::new(name).unwrap()
}

fn circuit() -> Subject {
    Subject::Circuit(CircuitId::new("c1").unwrap())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_000_000 + second)
}

/// Site `mic` with ten devices, the first its gateway, and a circuit to `vnta`.
fn topology(has_collector: bool, gateway: bool) -> Topology {
    let mic = SiteShape {
        has_collector,
        gateways: if gateway { vec![device(0)] } else { Vec::new() },
        devices: (0..10).map(device).collect(),
    };
    Topology {
        sites: BTreeMap::from([(site(MIC), mic), (site("vnta"), SiteShape::default())]),
        circuits: BTreeMap::from([(CircuitId::new("c1").unwrap(), [site("vnta"), site(MIC)])]),
        quiet: BTreeMap::new(),
    }
}

fn read(n: usize, second: i64, health: Health) -> Input {
    Input::Read(Subject::Device(device(n)), at(second), health)
}

fn all(second: i64, health: Health) -> Vec<Input> {
    (0..10).map(|n| read(n, second, health)).collect()
}

/// A short line for each effect: what the shell would do.
fn lines(effects: &[Effect]) -> Vec<String> {
    let line = |effect: &Effect| match effect {
        Effect::Recheck(subject) => format!("recheck {subject}"),
        Effect::Late { subject, .. } => format!("late {subject}"),
        Effect::Tell(m) => {
            let flaps = if m.flapping { " flapping" } else { "" };
            let quiet = m.quiet_by.as_ref().map(|work| format!(" quiet by {work}"));
            let quiet = quiet.unwrap_or_default();
            format!("{:?} {} {:?}{flaps}{quiet}", m.kind, m.subject, m.code)
        }
    };
    effects.iter().map(line).collect()
}

/// Plays ticks (second, inputs) and compares what was told; re-checks are left out.
#[track_caller]
fn check(topology: &Topology, ticks: Vec<(i64, Vec<Input>)>, expect: &[&str]) {
    let mut book = AlertBook::default();
    let mut told = Vec::new();
    for (second, inputs) in ticks {
        let effects = book.tick(at(second), inputs, topology, &Rules::default());
        let heard = lines(&effects)
            .into_iter()
            .filter(|l| !l.starts_with("recheck"));
        told.extend(heard.map(|line| format!("{second}: {line}")));
    }
    assert_eq!(told, expect);
}

use Health::{Bad, Good, Unknown};

#[test]
fn a_device_that_stays_down_is_told_once_and_its_return_once() {
    let ticks = vec![
        (0, all(0, Good)),
        (60, vec![read(0, 60, Good), read(3, 60, Bad)]),
        (63, vec![read(3, 63, Bad)]),
        (120, vec![read(3, 120, Bad)]),
        (180, vec![read(3, 180, Good)]),
        (240, vec![read(3, 240, Good)]),
    ];
    check(
        &topology(false, true),
        ticks,
        &[
            "63: Raise device:mic-3 DeviceDown",
            "180: Clear device:mic-3 DeviceDown",
        ],
    );
}

#[test]
fn one_bad_reading_is_checked_again_and_not_told() {
    let mut book = AlertBook::default();
    let topology = topology(false, true);
    book.tick(at(0), all(0, Good), &topology, &Rules::default());
    let effects = book.tick(at(60), vec![read(3, 60, Bad)], &topology, &Rules::default());
    // The gateway was not heard of since: it may be the cause.
    assert_eq!(
        lines(&effects),
        ["recheck device:mic-0", "recheck device:mic-3"]
    );
    let effects = book.tick(
        at(63),
        vec![read(3, 63, Good)],
        &topology,
        &Rules::default(),
    );
    assert!(effects.is_empty());
}

#[test]
fn a_silent_collector_is_one_message_and_circuits_to_it_are_its_consequence() {
    let circuit_bad = |second| Input::Read(circuit(), at(second), Bad);
    let mut ticks = vec![(0, vec![Input::Heard(site(MIC), at(0))])];
    ticks[0].1.extend(all(0, Good));
    ticks.extend((1..12).map(|i| (i * 10, vec![circuit_bad(i * 10)])));
    let back = vec![
        Input::Heard(site(MIC), at(1_200)),
        Input::Read(circuit(), at(1_200), Good),
        read(0, 1_200, Good),
        // The backfill shows that a device had been down meanwhile.
        read(4, 200, Bad),
        read(4, 260, Bad),
    ];
    ticks.push((1_200, back));
    check(
        &topology(true, true),
        ticks,
        &[
            "100: Raise site:mic SiteSilent",
            "1200: late device:mic-4",
            "1200: Clear site:mic SiteSilent",
        ],
    );
}

#[test]
fn a_gateway_that_is_down_with_all_behind_it_is_one_message() {
    let ticks = vec![
        (0, all(0, Good)),
        (60, all(60, Bad)),
        (63, all(63, Bad)),
        (120, all(120, Bad)),
        (180, all(180, Bad)),
        (240, all(240, Good)),
    ];
    check(
        &topology(false, true),
        ticks,
        &[
            "63: Raise site:mic SiteGatewayDown",
            "240: Clear site:mic SiteGatewayDown",
        ],
    );
}

#[test]
fn devices_that_are_seen_before_their_gateway_wait_for_it() {
    let some = |from: usize, to: usize, second| (from..to).map(move |n| read(n, second, Bad));
    let ticks = vec![
        (0, all(0, Good)),
        (50, some(5, 10, 50).collect()),
        (53, some(5, 10, 53).collect()),
        (60, some(0, 5, 60).collect()),
        (63, some(0, 10, 63).collect()),
    ];
    check(
        &topology(false, true),
        ticks,
        &["63: Raise site:mic SiteGatewayDown"],
    );
}

#[test]
fn a_gateway_that_is_down_alone_is_a_device() {
    let others = |second| (1..10).map(move |n| read(n, second, Good));
    let ticks = vec![
        (0, all(0, Good)),
        (60, others(60).chain([read(0, 60, Bad)]).collect()),
        (63, others(63).chain([read(0, 63, Bad)]).collect()),
    ];
    check(
        &topology(false, true),
        ticks,
        &["63: Raise device:mic-0 DeviceDown"],
    );
}

#[test]
fn a_site_without_gateways_is_cut_when_everything_is_down() {
    let ticks = vec![(0, all(0, Good)), (60, all(60, Bad)), (63, all(63, Bad))];
    check(
        &topology(false, false),
        ticks,
        &["63: Raise site:mic SiteAllDown"],
    );
}

#[test]
fn what_is_still_down_after_its_site_is_back_is_confirmed_again() {
    let some_good = |second| {
        (0..10)
            .map(move |n| read(n, second, if n == 7 { Bad } else { Good }))
            .collect()
    };
    let ticks = vec![
        (0, all(0, Good)),
        (60, all(60, Bad)),
        (63, all(63, Bad)),
        (120, some_good(120)),
        (123, some_good(123)),
    ];
    check(
        &topology(false, true),
        ticks,
        &[
            "63: Raise site:mic SiteGatewayDown",
            "120: Clear site:mic SiteGatewayDown",
            "123: Raise device:mic-7 DeviceDown",
        ],
    );
}

#[test]
fn flapping_is_told_and_then_damped_until_it_is_stable() {
    let flip = |i: i64| {
        let health = if i % 4 < 2 { Bad } else { Good };
        (i * 30, vec![read(0, i * 30, Good), read(3, i * 30, health)])
    };
    let mut ticks: Vec<_> = (0..32).map(flip).collect();
    ticks.extend((32..60).map(|i| (i * 30, vec![read(3, i * 30, Good)])));
    check(
        &topology(false, true),
        ticks,
        &[
            "30: Raise device:mic-3 DeviceDown",
            "60: Clear device:mic-3 DeviceDown",
            "150: Raise device:mic-3 DeviceDown",
            "180: Clear device:mic-3 DeviceDown",
            "270: Raise device:mic-3 DeviceDown flapping",
            "1500: Clear device:mic-3 DeviceDown flapping",
        ],
    );
}

#[test]
fn no_evidence_neither_raises_nor_clears() {
    let ticks = vec![
        (0, all(0, Good)),
        (60, vec![read(0, 60, Good), read(3, 60, Bad)]),
        (63, vec![read(3, 63, Bad)]),
        (120, vec![read(3, 120, Unknown)]),
        (180, vec![read(3, 180, Bad)]),
    ];
    check(
        &topology(false, true),
        ticks,
        &["63: Raise device:mic-3 DeviceDown"],
    );
}

#[test]
fn an_outage_that_arrives_together_with_its_end_is_not_told() {
    let ticks = vec![
        (0, all(0, Good)),
        (
            100,
            vec![
                read(0, 90, Good),
                read(3, 30, Bad),
                read(3, 60, Bad),
                read(3, 90, Good),
            ],
        ),
    ];
    check(&topology(false, true), ticks, &[]);
}

#[test]
fn an_old_reading_that_is_handed_in_again_is_noted_once() {
    let old = || vec![read(3, 0, Bad)];
    check(
        &topology(false, true),
        vec![(400, old()), (401, old()), (402, old())],
        &["400: late device:mic-3"],
    );
}

#[test]
fn a_ups_on_battery_is_told() {
    let subject = Subject::Ups(device(2), UpsCondition::OnBattery);
    let ups = |second, health| Input::Read(subject.clone(), at(second), health);
    let ticks = vec![
        (0, all(0, Good)),
        (60, vec![ups(60, Bad)]),
        (63, vec![ups(63, Bad)]),
        (120, vec![ups(120, Good)]),
    ];
    check(
        &topology(false, true),
        ticks,
        &[
            "63: Raise ups:mic-2:on_battery UpsOnBattery",
            "120: Clear ups:mic-2:on_battery UpsOnBattery",
        ],
    );
}

#[test]
fn a_restart_of_the_centre_repeats_nothing_and_blames_nobody() {
    let topology = topology(true, true);
    let mut book = AlertBook::default();
    let rules = Rules::default();
    let heard = |second| Input::Heard(site(MIC), at(second));
    book.tick(at(0), vec![heard(0)], &topology, &rules);
    let down = |second| vec![heard(second), read(0, second, Good), read(3, second, Bad)];
    book.tick(at(10), down(10), &topology, &rules);
    let effects = book.tick(at(13), down(13), &topology, &rules);
    assert_eq!(lines(&effects), ["Raise device:mic-3 DeviceDown"]);
    let kept = serde_json::to_string(&book).unwrap();
    let mut again: AlertBook = serde_json::from_str(&kept).unwrap();
    assert_eq!(again, book);
    again.resume(at(4_000));
    assert!(again.tick(at(4_010), vec![], &topology, &rules).is_empty());
    assert!(
        again
            .tick(at(4_013), down(4_013), &topology, &rules)
            .is_empty()
    );
    assert_eq!(again.open().len(), 1);
}

fn health() -> impl Strategy<Value = Health> {
    prop_oneof![5 => Just(Good), 4 => Just(Bad), 1 => Just(Unknown)]
}

/// Ticks ten seconds apart; in each, some subjects are read and the collector may be heard.
fn history() -> impl Strategy<Value = Vec<Vec<Input>>> {
    let tick = (
        proptest::collection::vec((0_usize..10, health(), 0_i64..400), 0..12),
        any::<bool>(),
    );
    proptest::collection::vec(tick, 1..60).prop_map(|ticks| {
        ticks
            .into_iter()
            .zip(1_i64..)
            .map(|((reads, heard), i)| {
                let read = |(n, health, late): (usize, Health, i64)| {
                    let late = if late > 350 { late } else { 0 };
                    read(n, i * 10 - late, health)
                };
                let heard = heard.then(|| Input::Heard(site(MIC), at(i * 10)));
                reads.into_iter().map(read).chain(heard).collect()
            })
            .collect()
    })
}

fn play(ticks: Vec<Vec<Input>>, topology: &Topology) -> (AlertBook, Vec<Effect>) {
    let mut book = AlertBook::default();
    let mut effects = Vec::new();
    for (inputs, i) in ticks.into_iter().zip(1_i64..) {
        effects.extend(book.tick(at(i * 10), inputs, topology, &Rules::default()));
    }
    (book, effects)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_order_within_a_tick_does_not_matter(ticks in history(), collector in any::<bool>(), gateway in any::<bool>()) {
        let topology = topology(collector, gateway);
        let turned = ticks.iter().map(|t| t.iter().rev().cloned().chain(t.iter().take(3).cloned()).collect()).collect();
        prop_assert_eq!(play(ticks, &topology), play(turned, &topology));
    }

    #[test]
    fn every_subject_is_raised_and_cleared_in_turn_and_no_message_is_repeated(ticks in history(), collector in any::<bool>(), gateway in any::<bool>()) {
        let (book, effects) = play(ticks, &topology(collector, gateway));
        let mut open: BTreeSet<String> = BTreeSet::new();
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for effect in effects {
            let Effect::Tell(message) = effect else { continue };
            let key = message.subject.to_string();
            match message.kind {
                MessageKind::Raise => prop_assert!(open.insert(key), "raised twice: {message:?}"),
                MessageKind::Clear => prop_assert!(open.remove(&key), "cleared unraised: {message:?}"),
            }
            prop_assert!(ids.insert(message.id()), "told twice: {message:?}");
        }
        let kept: BTreeSet<String> = book.open().iter().map(|o| o.subject.to_string()).collect();
        prop_assert_eq!(open, kept);
    }

    #[test]
    fn nothing_is_raised_behind_a_site_that_is_cut_off(ticks in history()) {
        let (_, effects) = play(ticks, &topology(true, true));
        let mut cut = false;
        for effect in effects {
            let Effect::Tell(message) = effect else { continue };
            match (&message.subject, message.kind) {
                (Subject::Site(_), kind) => cut = kind == MessageKind::Raise && !message.flapping,
                (_, MessageKind::Raise) => prop_assert!(!cut, "{message:?}"),
                (_, MessageKind::Clear) => {}
            }
        }
    }
}

/// Plays ticks of which each says whether maintenance silences device 3.
#[track_caller]
fn check_quiet(ticks: Vec<(i64, bool, Vec<Input>)>, expect: &[&str]) {
    let mut book = AlertBook::default();
    let mut told = Vec::new();
    for (second, quiet, inputs) in ticks {
        let mut topology = topology(false, true);
        if quiet {
            let work = "M-2026-0001".to_owned();
            topology.quiet.insert(device(3).to_string(), work);
        }
        let effects = book.tick(at(second), inputs, &topology, &Rules::default());
        let heard = lines(&effects)
            .into_iter()
            .filter(|l| !l.starts_with("recheck"));
        told.extend(heard.map(|line| format!("{second}: {line}")));
        // The book goes through the disk between ticks, as after a restart.
        let kept = serde_json::to_string(&book).unwrap();
        book = serde_json::from_str(&kept).unwrap();
    }
    assert_eq!(told, expect);
}

#[test]
fn what_maintenance_silences_is_kept_and_not_told() {
    let both = |second, health| vec![read(0, second, Good), read(3, second, health)];
    check_quiet(
        vec![
            (0, true, all(0, Good)),
            (60, true, both(60, Bad)),
            (63, true, both(63, Bad)),
            (120, true, both(120, Good)),
            (180, false, both(180, Good)),
        ],
        &[
            "63: Raise device:mic-3 DeviceDown quiet by M-2026-0001",
            "120: Clear device:mic-3 DeviceDown quiet by M-2026-0001",
        ],
    );
}

#[test]
fn what_is_still_open_when_the_window_ends_is_told_then_and_its_end_too() {
    let both = |second, health| vec![read(0, second, Good), read(3, second, health)];
    check_quiet(
        vec![
            (0, true, all(0, Good)),
            (60, true, both(60, Bad)),
            (63, true, both(63, Bad)),
            (120, true, both(120, Bad)),
            (180, false, both(180, Bad)),
            (240, false, both(240, Bad)),
            (300, false, both(300, Good)),
        ],
        &[
            "63: Raise device:mic-3 DeviceDown quiet by M-2026-0001",
            "180: Raise device:mic-3 DeviceDown",
            "300: Clear device:mic-3 DeviceDown",
        ],
    );
}

#[test]
fn what_was_open_before_the_window_stays_told_and_others_stay_loud() {
    let both = |second, health| vec![read(0, second, Good), read(3, second, health)];
    check_quiet(
        vec![
            (0, false, all(0, Good)),
            (60, false, both(60, Bad)),
            (63, false, both(63, Bad)),
            (120, true, vec![read(0, 120, Good), read(4, 120, Bad)]),
            (123, true, vec![read(0, 123, Good), read(4, 123, Bad)]),
            (180, true, both(180, Good)),
        ],
        &[
            "63: Raise device:mic-3 DeviceDown",
            "123: Raise device:mic-4 DeviceDown",
            "180: Clear device:mic-3 DeviceDown",
        ],
    );
}

#[test]
fn work_beyond_its_end_is_told_once_and_its_close_too() {
    let work = || Subject::Work(site(MIC), "M-2026-0001".to_owned());
    let tick = |second, health| (second, vec![Input::Read(work(), at(second), health)]);
    check(
        &topology(false, true),
        vec![
            tick(0, Good),
            tick(2, Bad),
            tick(4, Bad),
            tick(6, Bad),
            tick(60, Good),
        ],
        &[
            "4: Raise maintenance:M-2026-0001 MaintenanceOverrun",
            "60: Clear maintenance:M-2026-0001 MaintenanceOverrun",
        ],
    );
}
