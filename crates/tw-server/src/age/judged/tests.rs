//! Verdicts that were taken over from an earlier register are those of judging anew.
//!
//! **Room:** tests of `tw-server`.

use super::*;
use crate::asset::select::tests::{an_asset, world_of};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;
use tw_model::{Item, Kind};

const TODAY: Date = date(2026, 11, 22);

fn fresh(world: &World, as_of: Date) -> Vec<Option<Judged>> {
    AgeMemory::default()
        .ages(world, (as_of, TODAY))
        .rows
        .clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn after_each_change_the_verdicts_are_those_of_judging_all_anew(
        first in proptest::collection::vec(an_asset(), 0..40),
        changes in proptest::collection::vec((an_asset(), any::<bool>()), 1..12),
    ) {
        let memory = AgeMemory::default();
        let mut world = world_of(&first, 1);
        memory.ages(&world, (TODAY, TODAY));
        for (asset, goes) in changes {
            let mut register = world.register.clone();
            if goes {
                let some = register.assets.keys().nth(asset.tag.as_str().len()).cloned();
                some.map(|tag| register.assets.remove(&tag));
            } else {
                register.assets.insert(asset.tag.clone(), asset);
            }
            world = World::new(register, tw_store::Versions::new(), world.revision + 1);
            for as_of in [TODAY, date(2025, 1, 1)] {
                let kept = memory.ages(&world, (as_of, TODAY));
                prop_assert_eq!(&kept.rows, &fresh(&world, as_of));
            }
        }
    }
}

#[test]
fn another_rule_waiver_or_model_judges_all_anew() {
    let memory = AgeMemory::default();
    let asset = json!({"tag": "A1", "class": "server", "status": "deployed",
        "manufacturer": "Maker", "model": "M1", "dates": {"purchased": {"date": "2020-01-01"}}});
    let policy = |months: &str| {
        json!({"timezone": "UTC", "default": {"max_age": months, "basis": ["purchased"],
            "also": ["vendor_end_of_support"], "binds": "either"}})
    };
    let waiver = json!({"id": "w", "assets": ["A1"], "granted_on": "2026-01-01",
        "expires_on": "2026-12-31", "requester": "p"});
    let maker = json!({"id": "maker", "name": {"en": "Maker"}});
    let model = json!({"id": "m1", "manufacturer": "maker", "part_number": "M1",
        "class": "server", "end_of_support": "2021-01-01"});
    let steps = [
        (Kind::AgePolicy, "age", policy("60mo")),
        (Kind::Asset, "A1", asset),
        (Kind::Waiver, "w", waiver),
        (Kind::AgePolicy, "age", policy("120mo")),
        (Kind::Manufacturer, "maker", maker),
        (Kind::Model, "m1", model),
    ];
    let mut world = world_of(&[], 1);
    let mut told = Vec::new();
    for (kind, id, value) in steps {
        let mut register = world.register.clone();
        let id = id.to_owned();
        register.insert(Item { kind, id, value }).unwrap();
        world = World::new(register, tw_store::Versions::new(), world.revision + 1);
        let kept = memory.ages(&world, (TODAY, TODAY));
        assert_eq!(kept.rows, fresh(&world, TODAY));
        told.extend(kept.rows.iter().flatten().map(|j| (j.verdict, j.waived)));
    }
    assert_eq!(
        told,
        [
            (AgeVerdict::Over, false),
            (AgeVerdict::Over, true),
            (AgeVerdict::Unknown, false),
            (AgeVerdict::Unknown, false),
            (AgeVerdict::Over, true),
        ]
    );
}
