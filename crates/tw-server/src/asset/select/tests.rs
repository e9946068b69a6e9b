//! The quick way gives what the plain one does, on random registers.
//!
//! **Room:** tests of `tw-server`.

use super::*;
use crate::age::judged::AgeMemory;
use jiff::civil::date;
use proptest::{prelude::*, sample::select as one_of};
use tw_api::{Role, Scope};
use tw_model::{
    Asset, AssetClass, AssetPlace, AssetStatus, DateKind, Kind, RecordedDate, Register,
};

const SITES: [&str; 3] = ["mic", "rfd", "vnta"];
/// Each below the one before it.
const UNITS: [&str; 3] = ["top", "mid", "low"];
const TODAY: jiff::civil::Date = date(2026, 11, 22);

fn item(kind: Kind, id: &str, value: serde_json::Value) -> tw_model::Item {
    let id = id.to_owned();
    tw_model::Item { kind, id, value }
}

/// An organisation without assets.
pub(crate) fn ground() -> Register {
    use serde_json::json;
    let mut items = vec![item(
        Kind::AgePolicy,
        "age",
        json!({"timezone": "UTC", "default": {"max_age": "60mo", "per_person": true,
            "basis": ["first_in_service", "purchased"]}}),
    )];
    for site in SITES {
        let value = json!({"id": site, "name": {"en": site}, "timezone": "UTC"});
        items.push(item(Kind::Site, site, value));
    }
    for (n, unit) in UNITS.iter().enumerate() {
        let parent = n.checked_sub(1).map(|above| UNITS[above]);
        let value = json!({"id": unit, "name": {"en": unit}, "parent": parent});
        items.push(item(Kind::Unit, unit, value));
    }
    Register::from_items(items).unwrap()
}

fn words(of: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.8, one_of(of).prop_map(str::to_owned))
}

prop_compose! {
    /// An asset with few different texts, so that there are many equal ones.
    pub(crate) fn an_asset()(
        tag in "[ABab][0-9]{1,2}",
        class in one_of(AssetClass::ALL),
        status in one_of(AssetStatus::ALL),
        texts in (
            words(&["HPE", "Dell", "Đông Á", "dell"]),
            words(&["ProLiant DL360", "R740", "Máy Chủ", "ß-1"]),
            words(&["CZ1", "cz1", "7", "Ω7", "FOC2231X0AB"]),
        ),
        place in (words(&SITES), words(&UNITS)),
        dates in proptest::collection::btree_map(
            one_of(&[DateKind::Purchased, DateKind::FirstInService][..]),
            one_of(&["2019", "2020-Q2", "2021-11-22", "2021-11-21", "2024-01-10"][..]),
            0..3,
        ),
    ) -> Asset {
        let mut asset = Asset::new(tag.parse().unwrap(), class, status);
        (asset.manufacturer, asset.model, asset.serial) = texts;
        asset.place = place.0.map(|site| AssetPlace {
            site: site.parse().unwrap(),
            room: None,
            detail: None,
        });
        asset.unit = place.1.map(|unit| unit.parse().unwrap());
        asset.dates = dates
            .into_iter()
            .map(|(kind, text)| {
                let date = text.parse().unwrap();
                (kind, RecordedDate { date, source: None, document: None })
            })
            .collect();
        asset
    }
}

/// A register with these assets.
pub(crate) fn world_of(assets: &[Asset], revision: u64) -> World {
    let mut register = ground();
    for asset in assets {
        register.assets.insert(asset.tag.clone(), asset.clone());
    }
    World::new(register, tw_store::Versions::new(), revision)
}

prop_compose! {
    fn a_query()(
        filters in (words(&SITES), words(&UNITS), words(&["server", "laptop"]), words(&["deployed", "retired"])),
        kept in proptest::array::uniform4(proptest::bool::weighted(0.3)),
        age in proptest::option::weighted(0.2, one_of(&[AgeVerdict::Over, AgeVerdict::Unknown][..])),
        waived in proptest::option::weighted(0.1, any::<bool>()),
        q in proptest::option::of(one_of(&["", "hp", "DELL", "đ", "7", "ω", "ss", "máy", "cz1"][..])),
        sort in proptest::option::of((one_of(&SORTS[..]), any::<bool>())),
    ) -> AssetQuery {
        let (site, unit, class, state) = filters;
        AssetQuery {
            site: site.filter(|_| kept[0]),
            unit: unit.filter(|_| kept[1]),
            class: class.filter(|_| kept[2]),
            state: state.filter(|_| kept[3]),
            age,
            waived,
            q: q.map(str::to_owned),
            sort: sort.map(|(field, down)| format!("{}{field}", if down { "-" } else { "" })),
            ..AssetQuery::default()
        }
    }
}

fn a_scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::All),
        one_of(&SITES[..]).prop_map(|site| Scope::Site {
            site: site.to_owned()
        }),
        one_of(&UNITS[..]).prop_map(|unit| Scope::Unit {
            unit: unit.to_owned()
        }),
    ]
}

/// What a list is, said as plainly as can be: filter one after the other, copy the texts, sort.
fn plainly(world: &World, caller: &Caller, query: &AssetQuery) -> Vec<String> {
    let judge = crate::age::judged::Judge::new(world, (TODAY, TODAY));
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let mut rows: Vec<(String, String)> = Vec::new();
    for asset in world.register.assets.values() {
        let judged = judge.judged(asset).unwrap();
        let site = asset.place.as_ref().map(|place| place.site.as_str());
        let unit = asset.unit.as_ref().map(tw_units::UnitId::as_str);
        let all = [
            text(Some(asset.tag.as_str())),
            text(asset.serial.as_deref()),
            text(asset.manufacturer.as_deref()),
            text(asset.model.as_deref()),
        ];
        let needle = query.q.clone().unwrap_or_default().to_lowercase();
        let within = match &caller.scope {
            Scope::All => true,
            Scope::Site { site: own } => site == Some(own),
            Scope::Unit { unit: own } => {
                let place = |id: &str| UNITS.iter().position(|unit| *unit == id);
                unit.is_some_and(|unit| place(unit) >= place(own))
            }
        };
        let fits = within
            && query
                .site
                .as_deref()
                .is_none_or(|wanted| site == Some(wanted))
            && query
                .unit
                .as_deref()
                .is_none_or(|wanted| unit == Some(wanted))
            && query
                .class
                .as_ref()
                .is_none_or(|wanted| *wanted == asset.class.to_string())
            && query
                .state
                .as_ref()
                .is_none_or(|wanted| *wanted == asset.status.to_string())
            && query.age.is_none_or(|wanted| wanted == judged.verdict)
            && query.waived.is_none_or(|wanted| wanted == judged.waived)
            && all.iter().any(|text| text.to_lowercase().contains(&needle));
        if fits {
            rows.push((plain_key(asset, &judged, query), asset.tag.to_string()));
        }
    }
    rows.sort();
    if query
        .sort
        .as_deref()
        .is_some_and(|sort| sort.starts_with('-'))
    {
        rows.reverse();
    }
    rows.into_iter().map(|(_, tag)| tag).collect()
}

/// The text that a row is sorted by.
fn plain_key(asset: &Asset, judged: &Judged, query: &AssetQuery) -> String {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let field = query.sort.as_deref().unwrap_or("id");
    match field.trim_start_matches('-') {
        "class" => asset.class.to_string(),
        "site" => text(asset.place.as_ref().map(|place| place.site.as_str())),
        "unit" => text(asset.unit.as_ref().map(tw_units::UnitId::as_str)),
        "model" => text(asset.model.as_deref()),
        "serial" => text(asset.serial.as_deref()),
        "state" => asset.status.to_string(),
        "due" => text(judged.due.latest.map(|day| day.to_string()).as_deref()),
        "age" => judged.verdict.as_str().to_owned(),
        _ => String::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_list_is_what_plain_filtering_and_sorting_give(
        assets in proptest::collection::vec(an_asset(), 0..40),
        query in a_query(),
        scope in a_scope(),
    ) {
        let caller = Caller {
            role: Some(Role::Viewer),
            scope,
            ..Caller::nobody()
        };
        let world = world_of(&assets, 1);
        let ages = AgeMemory::default().ages(&world, (TODAY, TODAY));
        let order = match query.sort.as_deref() {
            None => ("id", false),
            Some(sort) => (sort.trim_start_matches('-'), sort.starts_with('-')),
        };
        let found = found((&world, &ages), &caller, &Filter::from(&query), order);
        let tags: Vec<String> = found.iter().map(|hit| hit.asset.tag.to_string()).collect();
        prop_assert_eq!(tags, plainly(&world, &caller, &query));
    }

    #[test]
    fn a_text_is_found_as_after_writing_it_small(text in "[a-cA-CéÉİß]{0,6}", needle in "[a-cA-CéÉßi]{0,3}") {
        let needle = needle.to_lowercase();
        prop_assert_eq!(has(&text, &needle), text.to_lowercase().contains(&needle));
    }
}
