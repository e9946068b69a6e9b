//! A large organisation, made up from a number: the same number, the same organisation.
//!
//! **Room:** beside the product.

use serde_json::{Value, json};
use tw_model::{
    Asset, AssetClass, AssetPlace, AssetStatus, DateKind, Item, Kind, RackPosition, RecordedDate,
    Register,
};

pub(crate) const SITES: usize = 12;
pub(crate) const UNITS: usize = 400;
const ASSETS_PER_PERSON: usize = 3;
const RACKS_PER_SITE: usize = 10;
const RACK_PLACES: usize = 20;

const MAKERS: [&str; 8] = [
    "Cisco", "HPE", "Dell", "Lenovo", "Juniper", "Samsung", "Canon", "APC",
];
pub(crate) const CLASSES: [AssetClass; 10] = [
    AssetClass::Desktop,
    AssetClass::Laptop,
    AssetClass::Monitor,
    AssetClass::Desktop,
    AssetClass::Printer,
    AssetClass::Phone,
    AssetClass::Server,
    AssetClass::Switch,
    AssetClass::Router,
    AssetClass::Ups,
];

/// Numbers that look random and are the same each time (splitmix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of the numbers below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.draw() % end as u64).unwrap()
    }
}

fn item(kind: Kind, id: &str, value: Value) -> Item {
    let id = id.to_owned();
    Item { kind, id, value }
}

pub(crate) fn site(n: usize) -> String {
    format!("site-{:02}", n % SITES)
}

pub(crate) fn unit(n: usize) -> String {
    format!("unit-{:03}", n % UNITS)
}

pub(crate) fn tag(n: usize) -> String {
    format!("TS-{n:06}")
}

pub(crate) fn model(n: usize) -> (usize, String) {
    (n % MAKERS.len(), format!("Model {}", n % 80))
}

/// An organisation with so many assets, a third as many people, and none of it wrong.
pub(crate) fn register(assets: usize) -> Register {
    let mut items = vec![item(
        Kind::Organisation,
        "org",
        json!({"id": "org", "name": {"en": "Bench"}, "timezone": "Asia/Ho_Chi_Minh"}),
    )];
    items.push(item(Kind::AgePolicy, "age", policy()));
    for n in 0..SITES {
        place(n, &mut items);
    }
    for n in 0..UNITS {
        let parent = (n > 0).then(|| unit((n - 1) / 4));
        let value = json!({"id": unit(n), "name": {"en": unit(n)}, "site": site(n),
            "parent": parent});
        items.push(item(Kind::Unit, &unit(n), value));
    }
    let people = assets.div_ceil(ASSETS_PER_PERSON);
    for n in 0..people {
        let id = format!("nv-{n:05}");
        let title = ["Head", "Specialist", "Officer"][n % 3];
        let value = json!({"id": id, "name": format!("Nhân viên {n}"), "unit": unit(n),
            "title": title});
        items.push(item(Kind::Person, &id, value));
    }
    for (n, maker) in MAKERS.iter().enumerate() {
        let id = format!("maker-{n}");
        let value = json!({"id": id, "name": {"en": maker}});
        items.push(item(Kind::Manufacturer, &id, value));
    }
    for n in 0..80 {
        let id = format!("model-{n}");
        let (maker, number) = model(n);
        let value = json!({"id": id, "manufacturer": format!("maker-{maker}"),
            "part_number": number, "class": CLASSES[n % CLASSES.len()],
            "released": format!("{}", 2008 + n % 12),
            "end_of_support": format!("{}-06-30", 2020 + n % 10)});
        items.push(item(Kind::Model, &id, value));
    }
    for n in 0..40 {
        let id = format!("waiver-{n}");
        let tags: Vec<String> = (0..50).map(|m| tag((n * 50 + m) % assets)).collect();
        let value = json!({"id": id, "assets": tags, "granted_on": "2026-02-01",
            "expires_on": "2027-01-31", "requester": "nv-00000", "reason": "spare parts"});
        items.push(item(Kind::Waiver, &id, value));
    }
    let mut register = Register::from_items(items).unwrap();
    let mut numbers = Numbers(4);
    for n in 0..assets {
        let asset = asset(n, people, &mut numbers);
        register.assets.insert(asset.tag.clone(), asset);
    }
    register
}

fn policy() -> Value {
    let ends = json!(["vendor_end_of_support", "end_of_security"]);
    json!({
        "timezone": "Asia/Ho_Chi_Minh",
        "default": {"max_age": "60mo", "basis": ["first_in_service", "accepted", "purchased",
            "received", "warranty_start", "manufactured"]},
        "classes": {
            "desktop": {"max_age": "60mo", "per_person": true},
            "laptop": {"max_age": "60mo", "per_person": true},
            "server": {"max_age": "60mo", "also": ends},
            "router": {"max_age": "84mo", "also": ends},
            "switch": {"max_age": "84mo", "also": ends, "binds": "either"},
            "ups": {"max_age": "120mo"},
        },
        "groups": {"leaders": {"name": {"en": "Leaders"}, "titles": ["Head"]}},
    })
}

fn place(n: usize, items: &mut Vec<Item>) {
    let id = site(n);
    let (building, room) = (format!("{id}-b"), format!("{id}-dc"));
    items.push(item(
        Kind::Site,
        &id,
        json!({"id": id, "name": {"en": id}, "timezone": "Asia/Ho_Chi_Minh"}),
    ));
    items.push(item(
        Kind::Building,
        &building,
        json!({"id": building, "name": {"en": "B"}, "site": id}),
    ));
    items.push(item(
        Kind::Room,
        &room,
        json!({"id": room, "name": {"en": "DC"}, "building": building}),
    ));
    for rack in 0..RACKS_PER_SITE {
        let rack_id = format!("{id}-rack-{rack}");
        let value = json!({"id": rack_id, "name": format!("R{rack}"), "room": room,
            "u_height": 42});
        items.push(item(Kind::Rack, &rack_id, value));
    }
}

fn asset(n: usize, people: usize, numbers: &mut Numbers) -> Asset {
    let class = CLASSES[numbers.below(CLASSES.len())];
    let status = match numbers.below(20) {
        0 => AssetStatus::InStock,
        1 => AssetStatus::Retired,
        2 => AssetStatus::Disposed,
        3 => AssetStatus::Ordered,
        _ => AssetStatus::Deployed,
    };
    let mut asset = Asset::new(tag(n).parse().unwrap(), class, status);
    let (maker, model) = model(numbers.below(80));
    asset.manufacturer = Some(MAKERS[maker].to_owned());
    asset.model = Some(model);
    // As makers write them: the factory, the year and the week, then what is their own.
    let (year, week) = (numbers.below(24) + 10, numbers.below(52) + 1);
    asset.serial = Some(format!("FOC{year:02}{week:02}{n:06X}"));
    asset.unit = Some(unit(numbers.below(UNITS)).parse().unwrap());
    let person = n / ASSETS_PER_PERSON % people;
    asset.custodian = Some(format!("nv-{person:05}").parse().unwrap());
    asset.primary = matches!(class, AssetClass::Desktop | AssetClass::Laptop);
    let here = site(numbers.below(SITES));
    asset.place = Some(AssetPlace {
        site: here.parse().unwrap(),
        room: Some(format!("{here}-dc").parse().unwrap()),
        detail: Some(format!("desk {}", numbers.below(900))),
    });
    let millions = i64::try_from(numbers.below(90)).unwrap();
    asset.price_vnd = Some(tw_units::Vnd(millions * 1_000_000));
    for (kind, one_in) in [
        (DateKind::Purchased, 10),
        (DateKind::FirstInService, 3),
        (DateKind::WarrantyEnd, 2),
    ] {
        if numbers.below(one_in) > 0 {
            let year = if kind == DateKind::WarrantyEnd {
                2027
            } else {
                2016 + numbers.below(10)
            };
            asset.dates.insert(kind, date(year, numbers));
        }
    }
    if n < SITES * RACKS_PER_SITE * RACK_PLACES {
        asset.rack = Some(mounted(n));
    }
    asset
}

/// A date as people know it: to the day, the month, the quarter or the year.
fn date(year: usize, numbers: &mut Numbers) -> RecordedDate {
    let (month, day) = (numbers.below(12) + 1, numbers.below(28) + 1);
    let text = match numbers.below(10) {
        0 => format!("{year}"),
        1 => format!("{year}-Q{}", numbers.below(4) + 1),
        2 => format!("{year}-{month:02}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    };
    RecordedDate {
        date: text.parse().unwrap(),
        source: Some("invoice".to_owned()),
        document: None,
    }
}

/// Each in two units of its own.
fn mounted(n: usize) -> RackPosition {
    let (rack, place) = (n / RACK_PLACES, n % RACK_PLACES);
    let (here, rack) = (site(rack / RACKS_PER_SITE), rack % RACKS_PER_SITE);
    let value = json!({"id": format!("{here}-rack-{rack}"), "u": 2 * place + 1, "height_u": 2});
    serde_json::from_value(value).unwrap()
}
