//! A register that took over one change after another is the register that is read whole.
//!
//! **Room:** tests of `tw-server`.

use super::*;
use crate::{App, Settings, asset::select::tests::an_asset};
use proptest::{prelude::*, sample::select as one_of};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use tw_model::Absent;
use tw_store::{Author, Store, StoreSettings};
use tw_units::{Timestamp, WallClock};

/// What is done to the store between two looks.
#[derive(Clone, Debug)]
enum Step {
    Put(Kind, String, Value),
    Remove(Kind, String),
    /// Several at once; without `keep`, everything else of the register goes.
    Plan(Vec<(Kind, String, Value)>, bool),
    Look,
}

/// Few, so that they meet.
const NAMES: [&str; 3] = ["a1", "b2", "c3"];

fn an_item() -> impl Strategy<Value = (Kind, String, Value)> {
    let asset = an_asset().prop_map(|asset| {
        let value = serde_json::to_value(&asset).unwrap();
        (Kind::Asset, asset.tag.to_string(), value)
    });
    let device = (one_of(&NAMES[..]), "[AB][0-9]").prop_map(|(id, tag)| {
        let value = json!({"id": id, "name": id, "class": "router", "site": "mic", "asset": tag});
        (Kind::Device, id.to_owned(), value)
    });
    let maker = (one_of(&NAMES[..]), "[A-C]{1,2}").prop_map(|(id, name)| {
        let value = json!({"id": id, "name": {"en": name}});
        (Kind::Manufacturer, id.to_owned(), value)
    });
    let circuit = (one_of(&NAMES[..]), one_of(&NAMES[..])).prop_map(|(id, a)| {
        let value = json!({"id": id, "commit_bps": 1_000_000,
            "a": {"device": a, "interface": "1"}, "z": {"device": "z", "interface": "2"}});
        (Kind::Circuit, id.to_owned(), value)
    });
    prop_oneof![4 => asset, 2 => device, 1 => maker, 1 => circuit]
}

fn a_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => an_item().prop_map(|(kind, id, value)| Step::Put(kind, id, value)),
        2 => an_item().prop_map(|(kind, id, _)| Step::Remove(kind, id)),
        1 => (proptest::collection::vec(an_item(), 0..8), proptest::bool::weighted(0.7))
            .prop_map(|(items, keep)| Step::Plan(items, keep)),
        3 => Just(Step::Look),
    ]
}

async fn take(store: &Store, step: Step) {
    let by = Author::local("test");
    match step {
        Step::Put(kind, id, value) => {
            store
                .put_item(Item { kind, id, value }, None, &by)
                .await
                .unwrap();
        }
        Step::Remove(kind, id) => store.remove_item(kind, id, None, &by).await.unwrap(),
        Step::Plan(items, keep) => {
            let items = items
                .into_iter()
                .map(|(kind, id, value)| Item { kind, id, value });
            let wanted = Register::from_items(items).unwrap();
            let present = store.load_register().await.unwrap().register;
            let absent = if keep { Absent::Keep } else { Absent::Delete };
            let plan = tw_model::plan(&wanted, &present, absent);
            store.apply_plan(plan, None, &by).await.unwrap();
        }
        Step::Look => {}
    }
}

async fn read_whole(store: &Store) -> World {
    let stored = store.load_register().await.unwrap();
    World::new(stored.register, stored.versions, stored.revision)
}

fn assert_same(stepped: &World, whole: &World) {
    assert_eq!(stepped.register, whole.register);
    assert_eq!(stepped.versions, whole.versions);
    assert_eq!(stepped.revision, whole.revision);
    assert_eq!(stepped.circuits_by_interface, whole.circuits_by_interface);
    assert_eq!(stepped.assets_by_device, whole.assets_by_device);
    assert_eq!(stepped.catalogue, whole.catalogue);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_register_that_took_over_each_change_is_the_one_that_is_read_whole(
        steps in proptest::collection::vec(a_step(), 1..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let settings = StoreSettings::server(folder.path());
            let clock = WallClock::new(|| Timestamp::EPOCH);
            let store = Store::open(&settings, clock).unwrap();
            let mut world = read_whole(&store).await;
            for step in steps.into_iter().chain([Step::Look]) {
                let look = matches!(step, Step::Look);
                take(&store, step).await;
                if look {
                    let changes = store.register_since(world.revision).await.unwrap();
                    world = world.after(changes.unwrap()).unwrap();
                    assert_same(&world, &read_whole(&store).await);
                }
            }
        });
    }
}

/// Two assets that always change together, to the same note.
fn pair(note: usize) -> Register {
    let item = |tag: &str| Item {
        kind: Kind::Asset,
        id: tag.to_owned(),
        value: json!({"tag": tag, "class": "server", "status": "deployed",
            "note": note.to_string()}),
    };
    Register::from_items([item("A"), item("B")]).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_sees_whole_revisions_and_never_an_older_one_after_a_newer() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        data: folder.path().to_owned(),
        ..Settings::default()
    };
    let app = App::open(settings, WallClock::new(|| Timestamp::EPOCH))
        .await
        .unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let reader = std::thread::spawn({
        let (app, done) = (Arc::clone(&app), Arc::clone(&done));
        move || {
            let mut newest = 0;
            while !done.load(SeqCst) {
                let world = app.world();
                assert!(world.revision >= newest);
                newest = world.revision;
                let mut notes = world.register.assets.values().map(|asset| &asset.note);
                assert_eq!(notes.next(), notes.next(), "both change in one transaction");
                std::thread::yield_now();
            }
        }
    });
    for note in 0..40 {
        let plan = tw_model::plan(&pair(note), &app.world().register, Absent::Keep);
        app.store()
            .apply_plan(plan, None, &Author::local("test"))
            .await
            .unwrap();
        let all = tokio::join!(
            app.reload_register(),
            app.reload_register(),
            app.reload_register()
        );
        all.0.and(all.1).and(all.2).unwrap();
        // Who wrote reads what they wrote.
        assert_eq!(app.world().register, pair(note));
    }
    done.store(true, SeqCst);
    reader.join().unwrap();
}
