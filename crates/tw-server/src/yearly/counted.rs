//! Counts the figures of the return, each as the length of a list.
//!
//! **Room:** layer 2, pure. **May use:** `tw-model`, `tw-lifecycle`, `tw-api`. **Must not:** do
//! I/O, or state a number that is not the length of its list.

use super::{past::Counted, security, staff};
use crate::{
    age::judged::Judge,
    wording::{self as words, text},
    world::World,
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use tw_api::{AgeVerdict, LocalText, YearlyItem};
use tw_lifecycle::PersonVerdict;
use tw_model::{Asset, AssetClass, AssetStatus, Contract, Service, ServiceKind};

/// Figures that belong together.
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: LocalText,
    /// The first figure is the sum of the others.
    pub(crate) sums: bool,
    pub(crate) figures: Vec<Figure>,
}

/// A figure: what was counted, one by one.
pub(crate) struct Figure {
    pub(crate) id: String,
    pub(crate) name: LocalText,
    /// The list of the API that has the same things today.
    pub(crate) list: String,
    pub(crate) items: Vec<YearlyItem>,
}

/// What is known of a part: the word that tells it, its name, its things.
pub(super) type Part = (String, LocalText, Vec<YearlyItem>);

/// A group whose first figure is made of the others: each thing is in exactly one of them.
pub(super) fn whole(
    (id, name): (&str, LocalText),
    (all, list): (LocalText, &str),
    parts: Vec<Part>,
    list_of: impl Fn(&str) -> String,
) -> Group {
    let mut everything: Vec<YearlyItem> = parts
        .iter()
        .flat_map(|part| part.2.iter().cloned())
        .collect();
    everything.sort_by(|a, b| a.id.cmp(&b.id));
    let first = Figure {
        id: id.to_owned(),
        name: all,
        list: list.to_owned(),
        items: everything,
    };
    let parts = parts.into_iter().map(|(word, name, items)| Figure {
        id: format!("{id}_{word}"),
        name,
        list: list_of(&word),
        items,
    });
    Group {
        id: id.to_owned(),
        name,
        sums: true,
        figures: std::iter::once(first).chain(parts).collect(),
    }
}

/// A list with one more condition.
fn narrowed(list: &str, condition: &str) -> String {
    let mark = if list.contains('?') { '&' } else { '?' };
    format!("{list}{mark}{condition}")
}

/// All groups of the return on a day.
pub(crate) fn groups(from: &Counted) -> Vec<Group> {
    let (world, as_of) = (&*from.world, from.as_of);
    vec![
        people(world, as_of),
        in_use(world),
        ages(world, as_of, None),
        ages(world, as_of, Some(AssetClass::Server)),
        network(world),
        services(world),
        public_services(world),
        security::systems(world),
        security::ipv6_devices(world, &from.seen),
        security::ipv6_services(world, &from.seen),
        contracts(world, as_of),
    ]
}

fn people(world: &World, as_of: Date) -> Group {
    let rows = staff::rows(world, as_of);
    let part = |verdict, en: &str, vi: &str| {
        let of = rows.iter().filter(|row| row.verdict == verdict);
        let items = of.map(|row| YearlyItem {
            kind: "person".to_owned(),
            id: row.person.id.to_string(),
            name: text(row.person.name.as_str(), row.person.name.as_str()),
            unit: Some(row.unit.to_string()),
            site: None,
        });
        (
            staff::word(verdict).to_owned(),
            text(en, vi),
            items.collect(),
        )
    };
    let parts = vec![
        part(
            PersonVerdict::Compliant,
            "with a computer within the age rule",
            "có máy tính đạt chuẩn niên hạn",
        ),
        part(
            PersonVerdict::Over,
            "only with computers that are too old",
            "chỉ có máy tính quá niên hạn",
        ),
        part(
            PersonVerdict::Unknown,
            "with computers of unknown age",
            "có máy tính chưa rõ niên hạn",
        ),
        part(
            PersonVerdict::WithoutComputer,
            "without a computer",
            "chưa có máy tính",
        ),
    ];
    let list = "/api/v1/reports/staff";
    let name = text("People and their computers", "Nhân sự và máy tính");
    let all = text("People on the roster", "Tổng số nhân sự");
    whole(("people", name), (all, list), parts, |word| {
        narrowed(list, &format!("verdict={word}"))
    })
}

pub(super) fn asset_item(world: &World, asset: &Asset) -> YearlyItem {
    let model = asset.model.clone().unwrap_or_default();
    let maker = asset.manufacturer.clone().unwrap_or_default();
    let name = format!("{maker} {model}").trim().to_owned();
    YearlyItem {
        kind: "asset".to_owned(),
        id: asset.tag.to_string(),
        name: text(name.as_str(), name.as_str()),
        unit: asset.unit.as_ref().map(ToString::to_string),
        site: world.site_of_asset(asset).map(ToString::to_string),
    }
}

/// Equipment in use by class.
fn in_use(world: &World) -> Group {
    let mut classes: BTreeMap<AssetClass, Vec<YearlyItem>> = BTreeMap::new();
    for asset in world.register.assets.values() {
        if asset.status == AssetStatus::Deployed {
            let own = classes.entry(asset.class).or_default();
            own.push(asset_item(world, asset));
        }
    }
    let parts = classes.into_iter().map(|(class, items)| {
        let (en, vi) = words::class(class);
        (class.to_string(), text(en, vi), items)
    });
    let list = "/api/v1/assets?state=deployed";
    let name = text(
        "Equipment in use by class",
        "Thiết bị đang sử dụng theo loại",
    );
    let all = text("Equipment in use", "Thiết bị đang sử dụng");
    whole(("in_use", name), (all, list), parts.collect(), |class| {
        narrowed(list, &format!("class={class}"))
    })
}

/// Everything in the register by verdict, or one class of it.
fn ages(world: &World, as_of: Date, class: Option<AssetClass>) -> Group {
    let mut verdicts: BTreeMap<AgeVerdict, Vec<YearlyItem>> = BTreeMap::new();
    let judge = Judge::new(world, (as_of, as_of));
    let assets = world.register.assets.values();
    for asset in assets.filter(|asset| class.is_none_or(|class| asset.class == class)) {
        let judged = judge.judged(asset);
        let found = judged.map_or(AgeVerdict::OutOfScope, |judged| judged.verdict);
        let own = verdicts.entry(found).or_default();
        own.push(asset_item(world, asset));
    }
    let (id, list, name, all) = match class {
        None => (
            "age".to_owned(),
            "/api/v1/assets".to_owned(),
            text("All equipment by age", "Toàn bộ thiết bị theo niên hạn"),
            text("In the register", "Trong sổ đăng ký"),
        ),
        Some(class) => {
            let (en, vi) = words::class(class);
            (
                format!("age_{class}"),
                format!("/api/v1/assets?class={class}"),
                text(format!("{en} by age"), format!("{vi} theo niên hạn")),
                text(en, vi),
            )
        }
    };
    let parts = verdicts.into_iter().map(|(verdict, items)| {
        let (en, vi) = words::verdict(verdict);
        (verdict.as_str().to_owned(), text(en, vi), items)
    });
    whole((&id, name), (all, &list), parts.collect(), |verdict| {
        narrowed(&list, &format!("age={verdict}"))
    })
}

fn network(world: &World) -> Group {
    let register = &world.register;
    let one = |id: &str, (en, vi): (&str, &str), items: Vec<YearlyItem>| Figure {
        id: id.to_owned(),
        name: text(en, vi),
        list: format!("/api/v1/{id}"),
        items,
    };
    let item = |kind: &str, id: &str, name: LocalText, site: Option<String>| YearlyItem {
        kind: kind.to_owned(),
        id: id.to_owned(),
        name,
        unit: None,
        site,
    };
    let named = |name: &str| text(name, name);
    let sites = register.sites.values().map(|site| {
        item(
            "site",
            site.id.as_str(),
            crate::world::local(&site.name),
            None,
        )
    });
    let units = register.units.values().map(|unit| {
        item(
            "unit",
            unit.id.as_str(),
            crate::world::local(&unit.name),
            None,
        )
    });
    let racks = register.racks.values().map(|rack| {
        let site = register.site_of_rack(&rack.id).map(ToString::to_string);
        item("rack", rack.id.as_str(), named(&rack.name), site)
    });
    let devices = register.devices.values().map(|device| {
        let site = Some(device.site.to_string());
        item("device", device.id.as_str(), named(&device.name), site)
    });
    let circuits = register.circuits.values().map(|circuit| {
        let ends = format!("{} – {}", circuit.a.device, circuit.z.device);
        item("circuit", circuit.id.as_str(), named(&ends), None)
    });
    Group {
        id: "network".to_owned(),
        name: text("Sites and network", "Địa điểm và mạng"),
        sums: false,
        figures: vec![
            one("sites", ("Sites", "Địa điểm"), sites.collect()),
            one("units", ("Units", "Đơn vị"), units.collect()),
            one("racks", ("Racks", "Tủ rack"), racks.collect()),
            one(
                "devices",
                ("Devices watched", "Thiết bị được giám sát"),
                devices.collect(),
            ),
            one(
                "circuits",
                ("WAN links", "Đường truyền WAN"),
                circuits.collect(),
            ),
        ],
    }
}

pub(super) fn service_item(service: &Service) -> YearlyItem {
    YearlyItem {
        kind: "service".to_owned(),
        id: service.id.to_string(),
        name: crate::world::local(&service.name),
        unit: service.unit.as_ref().map(ToString::to_string),
        site: service.site.as_ref().map(ToString::to_string),
    }
}

fn services(world: &World) -> Group {
    let mut kinds: BTreeMap<ServiceKind, Vec<YearlyItem>> = BTreeMap::new();
    for service in world.register.services.values() {
        let own = kinds.entry(service.kind).or_default();
        own.push(service_item(service));
    }
    let parts = kinds.into_iter().map(|(kind, items)| {
        let (en, vi) = words::service_kind(kind);
        (kind.to_string(), text(en, vi), items)
    });
    let list = "/api/v1/services";
    let name = text(
        "Services and systems by kind",
        "Dịch vụ và hệ thống theo loại",
    );
    let all = text("Services and systems", "Dịch vụ và hệ thống");
    whole(("services", name), (all, list), parts.collect(), |kind| {
        narrowed(list, &format!("kind={kind}"))
    })
}

fn public_services(world: &World) -> Group {
    let mut levels: BTreeMap<u8, Vec<YearlyItem>> = BTreeMap::new();
    let public = world.register.services.values();
    for service in public.filter(|service| service.kind == ServiceKind::PublicService) {
        let own = levels.entry(service.level.unwrap_or(0)).or_default();
        own.push(service_item(service));
    }
    let parts = levels.into_iter().map(|(level, items)| {
        let name = match level {
            0 => text("without a level", "chưa xác định mức độ"),
            level => text(format!("at level {level}"), format!("mức độ {level}")),
        };
        (level.to_string(), name, items)
    });
    let list = "/api/v1/services?kind=public_service";
    let name = text(
        "Online public services by level",
        "Dịch vụ công trực tuyến theo mức độ",
    );
    let all = text("Online public services", "Dịch vụ công trực tuyến");
    let parts = parts.collect();
    whole(("public_services", name), (all, list), parts, |level| {
        narrowed(list, &format!("level={level}"))
    })
}

fn contracts(world: &World, as_of: Date) -> Group {
    let item = |contract: &Contract| YearlyItem {
        kind: "contract".to_owned(),
        id: contract.id.to_string(),
        name: crate::world::local(&contract.name),
        unit: contract.unit.as_ref().map(ToString::to_string),
        site: None,
    };
    let mut states: BTreeMap<&str, Vec<YearlyItem>> = BTreeMap::new();
    for contract in world.register.contracts.values() {
        let state = crate::contract::state(contract, as_of);
        states.entry(state).or_default().push(item(contract));
    }
    let parts = states.into_iter().map(|(state, items)| {
        let (en, vi) = words::contract_state(state);
        (state.to_owned(), text(en, vi), items)
    });
    let list = "/api/v1/contracts";
    let name = text("Warranty, support and leases", "Bảo hành, hỗ trợ và thuê");
    let all = text("Contracts", "Hợp đồng");
    whole(("contracts", name), (all, list), parts.collect(), |state| {
        narrowed(list, &format!("state={state}"))
    })
}
