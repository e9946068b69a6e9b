//! Made-up assets: the devices of the inventory, a computer for nearly everybody, and the rest of
//! an office. A believable part is too old, and some dates are imprecise or not known.
//!
//! **Room:** layer 3. **May use:** every room.

use super::dice::Dice;
use std::collections::BTreeMap;
use tw_model::{
    Asset, AssetClass, AssetPlace, AssetStatus, DateKind, Device, DeviceClass, Person,
    RecordedDate, Register,
};
use tw_units::{AssetTag, SiteId, UnitId, Vnd};

/// How many assets the model case has.
const ASSETS: usize = 1_600;
/// The last year of a purchase.
const YEAR_LAST: i64 = 2026;

/// A kind of equipment: class, maker, model, first and last year it was bought, price in VND.
type Product = (AssetClass, &'static str, &'static str, i64, i64, i64);

const COMPUTERS: &[(usize, Product)] = &[
    (
        14,
        (
            AssetClass::Desktop,
            "Dell",
            "OptiPlex 3050",
            2017,
            2018,
            13_500_000,
        ),
    ),
    (
        13,
        (
            AssetClass::Desktop,
            "HP",
            "ProDesk 400 G6",
            2019,
            2020,
            14_200_000,
        ),
    ),
    (
        20,
        (
            AssetClass::Desktop,
            "Dell",
            "OptiPlex 3080",
            2021,
            2022,
            15_100_000,
        ),
    ),
    (
        17,
        (
            AssetClass::Desktop,
            "Lenovo",
            "ThinkCentre M70s",
            2022,
            2024,
            15_900_000,
        ),
    ),
    (
        10,
        (
            AssetClass::Desktop,
            "Dell",
            "OptiPlex 7020",
            2024,
            YEAR_LAST,
            18_400_000,
        ),
    ),
    (
        5,
        (
            AssetClass::Laptop,
            "Dell",
            "Latitude 5490",
            2018,
            2019,
            21_000_000,
        ),
    ),
    (
        11,
        (
            AssetClass::Laptop,
            "Lenovo",
            "ThinkPad E14 Gen 3",
            2021,
            2023,
            19_800_000,
        ),
    ),
    (
        10,
        (
            AssetClass::Laptop,
            "HP",
            "ProBook 440 G10",
            2023,
            YEAR_LAST,
            22_500_000,
        ),
    ),
];

const OFFICE: &[(usize, Product)] = &[
    (
        28,
        (
            AssetClass::Printer,
            "HP",
            "LaserJet Pro M404dn",
            2016,
            2025,
            8_900_000,
        ),
    ),
    (
        12,
        (
            AssetClass::Printer,
            "Canon",
            "imageRUNNER 2630i",
            2017,
            2024,
            62_000_000,
        ),
    ),
    (
        10,
        (
            AssetClass::Scanner,
            "Fujitsu",
            "fi-7160",
            2017,
            2024,
            23_000_000,
        ),
    ),
    (
        14,
        (AssetClass::Monitor, "Dell", "P2422H", 2020, 2025, 5_200_000),
    ),
    (
        6,
        (
            AssetClass::Projector,
            "Epson",
            "EB-2247U",
            2016,
            2023,
            28_000_000,
        ),
    ),
    (
        9,
        (
            AssetClass::Phone,
            "Yealink",
            "SIP-T46U",
            2019,
            2025,
            4_300_000,
        ),
    ),
    (
        8,
        (
            AssetClass::Wireless,
            "Aruba",
            "AP-515",
            2019,
            2024,
            17_500_000,
        ),
    ),
    (
        9,
        (
            AssetClass::Camera,
            "Hikvision",
            "DS-2CD2143G2",
            2018,
            2024,
            3_600_000,
        ),
    ),
    (
        4,
        (
            AssetClass::Server,
            "IBM",
            "System x3650 M4",
            2013,
            2015,
            145_000_000,
        ),
    ),
];

/// It counted what was there by then.
const STOCK_TAKE: &str = "stock-take 2021";
const SOURCES: &[&str] = &["invoice", "acceptance record", "asset book", STOCK_TAKE];

pub(super) fn add(made: &mut Register, register: &Register, dice: &mut Dice) {
    for device in register.devices.values() {
        let Some(tag) = device.asset.clone() else {
            continue;
        };
        let asset = of_device(tag.clone(), device, dice);
        made.assets.insert(tag, asset);
    }
    let people: Vec<Person> = made.people.values().cloned().collect();
    let mut number = 1_000;
    let mut put = |made: &mut Register, asset: Asset| {
        number += 1;
        if let Ok(tag) = AssetTag::new(format!("TW-{number:06}")) {
            made.assets.insert(tag.clone(), Asset { tag, ..asset });
        }
    };
    // About one in twenty-five has no computer of their own.
    for person in people
        .iter()
        .filter(|person| !person.id.as_str().ends_with("25"))
    {
        if dice.percent(97) {
            let asset = computer(person, register, dice);
            put(made, asset);
        }
    }
    while made.assets.len() < ASSETS && !people.is_empty() {
        let asset = of_office(dice.pick(&people).clone(), register, dice);
        put(made, asset);
    }
}

fn of_device(tag: AssetTag, device: &Device, dice: &mut Dice) -> Asset {
    let model = device.model.clone().unwrap_or_default();
    let (first, last, price) = years_and_price(&model);
    let vendor = device.vendor.clone().unwrap_or_default();
    let year = dice.between(first, last);
    let mut dates = dates(year, dice);
    // What is in the datacentre came with papers.
    if dates.is_empty() {
        dates.insert(
            DateKind::Accepted,
            recorded(&format!("{year}-Q3"), "acceptance record"),
        );
    }
    Asset {
        serial: Some(serial(&vendor, year, dice)),
        price_vnd: Some(Vnd(price)),
        device: Some(device.id.clone()),
        unit: UnitId::new("dc-operations").ok(),
        place: Some(AssetPlace {
            site: device.site.clone(),
            room: None,
            detail: None,
        }),
        dates,
        ..asset(tag, class_of(device.class), &vendor, &model)
    }
}

fn computer(person: &Person, register: &Register, dice: &mut Dice) -> Asset {
    let product = *dice.weighted(COMPUTERS);
    let mut asset = bought(product, dice);
    asset.unit = Some(person.unit.clone());
    asset.custodian = Some(person.id.clone());
    asset.primary = true;
    asset.place = site_of(person, register).map(|site| AssetPlace {
        site,
        room: None,
        detail: None,
    });
    if dice.percent(2) {
        asset.status = AssetStatus::Maintenance;
    }
    asset
}

fn of_office(person: Person, register: &Register, dice: &mut Dice) -> Asset {
    let spare = dice.percent(12);
    let product = *dice.weighted(if spare { COMPUTERS } else { OFFICE });
    let mut asset = bought(product, dice);
    let site = site_of(&person, register);
    let detail = if spare { "store" } else { "office" };
    asset.place = site.map(|site| AssetPlace {
        site,
        room: None,
        detail: Some(detail.to_owned()),
    });
    asset.unit = Some(person.unit);
    asset.status = match (spare, product.0) {
        (true, _) => AssetStatus::InStock,
        (false, AssetClass::Server) => AssetStatus::Retired,
        (false, _) => *dice.weighted(&[
            (90, AssetStatus::Deployed),
            (4, AssetStatus::Maintenance),
            (4, AssetStatus::Retired),
            (2, AssetStatus::Lost),
        ]),
    };
    asset
}

fn bought((class, maker, model, first, last, price): Product, dice: &mut Dice) -> Asset {
    let year = dice.between(first, last);
    let Ok(tag) = AssetTag::new("TW-0") else {
        unreachable!("the tag is plain")
    };
    Asset {
        serial: dice.percent(97).then(|| serial(maker, year, dice)),
        price_vnd: dice
            .percent(95)
            .then_some(Vnd(price + dice.between(-8, 8) * 100_000)),
        dates: dates(year, dice),
        ..asset(tag, class, maker, model)
    }
}

fn asset(tag: AssetTag, class: AssetClass, maker: &str, model: &str) -> Asset {
    Asset {
        manufacturer: Some(maker.to_owned()),
        model: Some(model.to_owned()),
        ..Asset::new(tag, class, AssetStatus::Deployed)
    }
}

/// What is known of when it was bought: mostly a day, sometimes less, sometimes nothing.
fn dates(year: i64, dice: &mut Dice) -> BTreeMap<DateKind, RecordedDate> {
    // Nothing is bought in the future of the model case.
    let (months, days) = if year == YEAR_LAST { (9, 28) } else { (12, 28) };
    let (month, day) = (dice.between(1, months), dice.between(1, days));
    let source = match *dice.pick(SOURCES) {
        STOCK_TAKE if year > 2021 => "invoice",
        source => source,
    };
    let mut dates = BTreeMap::new();
    let mut put = |kind, text: &str| {
        dates.insert(kind, recorded(text, source));
    };
    match dice.below(100) {
        0..=54 => {
            put(DateKind::Purchased, &format!("{year}-{month:02}-{day:02}"));
            if dice.percent(60) && month < 12 {
                put(
                    DateKind::FirstInService,
                    &format!("{year}-{:02}-{day:02}", month + 1),
                );
            }
            if dice.percent(40) {
                put(DateKind::WarrantyEnd, &format!("{}-{month:02}", year + 3));
            }
        }
        55..=69 => put(DateKind::Purchased, &format!("{year}-{month:02}")),
        70..=79 => put(DateKind::Accepted, &format!("{year}-Q{}", (month + 2) / 3)),
        80..=88 => put(DateKind::Purchased, &format!("{year}")),
        89..=92 => put(DateKind::Manufactured, &format!("{year}-{month:02}")),
        _ => {}
    }
    dates
}

fn recorded(text: &str, source: &str) -> RecordedDate {
    let date = text
        .parse()
        .unwrap_or_else(|_| unreachable!("{text} is made to be a date"));
    RecordedDate {
        date,
        source: Some(source.to_owned()),
        document: None,
    }
}

/// Serial numbers in the form of the maker, where the form tells the week of manufacture.
fn serial(maker: &str, year: i64, dice: &mut Dice) -> String {
    let week = dice.between(1, 50);
    match maker {
        "Cisco" => format!("FOC{:02}{week:02}{}", year - 1996, dice.letters(4)),
        "HP" | "HPE" => format!("SGH{}{week:02}{}", year % 10, dice.letters(4)),
        "Dell" => dice.letters(7),
        _ => format!("SIM{}", dice.letters(9)),
    }
}

fn site_of(person: &Person, register: &Register) -> Option<SiteId> {
    register.units.get(&person.unit)?.site.clone()
}

fn class_of(class: DeviceClass) -> AssetClass {
    match class {
        DeviceClass::Router => AssetClass::Router,
        DeviceClass::Switch => AssetClass::Switch,
        DeviceClass::Firewall => AssetClass::Firewall,
        DeviceClass::Wireless => AssetClass::Wireless,
        DeviceClass::Ups => AssetClass::Ups,
        DeviceClass::Pdu => AssetClass::Pdu,
        DeviceClass::Ats => AssetClass::Ats,
        DeviceClass::Generator => AssetClass::Generator,
        DeviceClass::Cooling => AssetClass::Cooling,
        DeviceClass::Environment => AssetClass::Environment,
        DeviceClass::Server => AssetClass::Server,
        DeviceClass::Storage => AssetClass::Storage,
        DeviceClass::Other => AssetClass::Other,
    }
}

/// When such a model was bought, and for how much.
fn years_and_price(model: &str) -> (i64, i64, i64) {
    const MODELS: &[(&str, i64, i64, i64)] = &[
        ("MX204", 2020, 2021, 640_000_000),
        ("SRX345", 2018, 2019, 120_000_000),
        ("FortiGate 600F", 2023, 2023, 710_000_000),
        ("FortiGate 200F", 2021, 2021, 260_000_000),
        ("FortiGate 100E", 2017, 2018, 95_000_000),
        ("Catalyst 9500", 2020, 2021, 480_000_000),
        ("Catalyst 9300", 2020, 2022, 165_000_000),
        ("Catalyst 3850", 2017, 2017, 310_000_000),
        ("Catalyst 2960X", 2015, 2017, 48_000_000),
        ("Catalyst 3560X", 2012, 2013, 72_000_000),
        ("Galaxy VS", 2018, 2018, 1_450_000_000),
        ("9PX", 2019, 2019, 130_000_000),
        ("Smart-UPS", 2017, 2017, 118_000_000),
        ("Liebert", 2018, 2018, 690_000_000),
        ("MiniSpace", 2016, 2018, 340_000_000),
        ("C275D5", 2018, 2018, 1_900_000_000),
        ("PowerEdge R750", 2022, 2023, 310_000_000),
        ("PowerEdge R740", 2019, 2020, 265_000_000),
        ("PowerEdge R540", 2019, 2019, 150_000_000),
        ("ProLiant DL380 Gen9", 2015, 2017, 190_000_000),
        ("FAS2720", 2019, 2019, 1_150_000_000),
        ("RS", 2019, 2022, 92_000_000),
        ("Geist", 2019, 2021, 14_000_000),
    ];
    MODELS
        .iter()
        .find(|(prefix, ..)| model.starts_with(prefix))
        .map_or((2018, 2020, 42_000_000), |(_, first, last, price)| {
            (*first, *last, *price)
        })
}
