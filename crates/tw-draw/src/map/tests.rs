//! Tests of the map.
//!
//! **Room:** tests of layer 0.

use super::*;
use crate::well_formed::assert_well_formed;
use proptest::prelude::*;

fn site(id: &str, tone: Tone) -> MapSite {
    MapSite {
        id: id.to_owned(),
        name: id.to_uppercase(),
        tone,
        state: format!("{tone:?}").to_lowercase(),
        page: Some(format!("/sites/{id}")),
    }
}

fn circuit(name: &str, a: &str, z: &str, tone: Tone) -> MapCircuit {
    MapCircuit {
        name: name.to_owned(),
        a: a.to_owned(),
        z: z.to_owned(),
        tone,
        state: format!("{tone:?}").to_lowercase(),
        page: None,
    }
}

fn model_case() -> WanMap {
    WanMap {
        title: "WAN".to_owned(),
        sites: vec![
            site("vnta", Tone::Good),
            site("mic", Tone::Good),
            site("rfd", Tone::Unknown),
        ],
        circuits: vec![
            circuit("vnta-mic-1", "vnta", "mic", Tone::Good),
            circuit("vnta-mic-2", "mic", "vnta", Tone::Bad),
            circuit("vnta-rfd-1", "vnta", "rfd", Tone::Warning),
            circuit("mic-rfd-1", "mic", "rfd", Tone::Unknown),
        ],
    }
}

#[test]
fn the_model_case_is_drawn_with_every_state_as_mark_word_and_line() {
    let svg = wan_map(&model_case());
    assert_well_formed(&svg);
    assert_eq!(svg.matches("class=\"wire ").count(), 4);
    assert_eq!(svg.matches("class=\"card ").count(), 3);
    for text in [
        ">● vnta-mic-1<",
        ">✕ vnta-mic-2<",
        ">▲ vnta-rfd-1<",
        ">? mic-rfd-1<",
        ">? unknown<",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    assert!(svg.contains("<a href=\"/sites/vnta\">"));
}

#[test]
fn circuits_between_the_same_sites_stand_apart_whichever_end_is_named_first() {
    let svg = wan_map(&model_case());
    let curves: Vec<&str> = svg
        .split(" d=\"")
        .skip(1)
        .filter_map(|d| d.split('"').next())
        .collect();
    assert_eq!(curves.len(), 4);
    let controls: std::collections::BTreeSet<&str> = curves.iter().copied().collect();
    assert_eq!(controls.len(), 4, "{curves:?}");
    let ends = |curve: &str| {
        let numbers: Vec<&str> = curve
            .split(['M', 'Q', ' '])
            .filter(|n| !n.is_empty())
            .collect();
        (
            numbers[0].to_owned(),
            numbers[1].to_owned(),
            numbers[4].to_owned(),
            numbers[5].to_owned(),
        )
    };
    assert_eq!(ends(curves[0]), ends(curves[1]));
}

#[test]
fn a_circuit_to_nowhere_or_to_itself_is_not_drawn_but_said() {
    let mut map = model_case();
    map.circuits = vec![
        circuit("to-nowhere", "vnta", "elsewhere", Tone::Bad),
        circuit("loop", "vnta", "vnta", Tone::Bad),
    ];
    let svg = wan_map(&map);
    assert_eq!(svg.matches("class=\"wire ").count(), 0);
    assert!(svg.contains("to-nowhere (vnta – elsewhere): bad"));
}

#[test]
fn a_link_leads_into_the_console_or_nowhere() {
    for page in [
        "javascript:alert(1)",
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
    ] {
        let mut map = model_case();
        map.sites[0].page = Some(page.to_owned());
        let svg = wan_map(&map);
        assert_eq!(svg.matches("<a ").count(), 2, "{page}");
        assert!(!svg.contains("evil") && !svg.contains("alert"), "{page}");
    }
}

#[test]
fn an_empty_map_and_a_crowded_one_are_drawn() {
    assert_well_formed(&wan_map(&WanMap::default()));
    let mut map = WanMap {
        title: "many".to_owned(),
        ..WanMap::default()
    };
    map.sites = (0..SITES_MAX + 2)
        .map(|n| site(&format!("s{n}"), Tone::Good))
        .collect();
    let svg = wan_map(&map);
    assert_well_formed(&svg);
    assert_eq!(svg.matches("class=\"card ").count(), SITES_MAX);
    assert!(svg.contains("and 2 more"));
}

proptest! {
    #[test]
    fn hostile_names_stay_texts(name in any::<String>(), state in any::<String>(), page in any::<String>()) {
        let mut map = model_case();
        map.title.clone_from(&name);
        map.sites[1].name.clone_from(&name);
        map.sites[1].state.clone_from(&state);
        map.sites[1].page = Some(format!("/{page}"));
        map.circuits[2].name = format!("</text><script>{name}\"'&");
        map.circuits[2].state.clone_from(&state);
        let svg = wan_map(&map);
        assert_well_formed(&svg);
        prop_assert!(!svg.contains("<script"));
        prop_assert!(!svg.chars().any(char::is_control));
    }
}
