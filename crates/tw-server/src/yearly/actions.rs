//! Counts the figures of the return, each beside the list that it is the length of.
//!
//! **Room:** layer 2, pure. **May use:** `tw-model`, `tw-lifecycle`, `tw-api`. **Must not:** do
//! I/O; a figure without a list of exactly that length is not in the return.

use super::staff;
use crate::{age::judged::Judge, world::World};
use jiff::civil::Date;
use std::collections::BTreeMap;
use tw_api::{AgeVerdict, LocalText, YearlyFigure, YearlyGroup, YearlyReturn};
use tw_lifecycle::PersonVerdict;
use tw_model::{Asset, AssetClass, AssetStatus, ServiceKind, Word};

fn text(en: impl Into<String>, vi: impl Into<String>) -> LocalText {
    LocalText {
        en: Some(en.into()),
        vi: Some(vi.into()),
    }
}

fn figure(id: &str, name: LocalText, value: usize, list: impl Into<String>) -> YearlyFigure {
    let list = list.into();
    let page = list
        .strip_prefix("/api/v1/assets")
        .map(|query| format!("/assets{query}"));
    YearlyFigure {
        id: id.to_owned(),
        name,
        value: value as u64,
        list,
        page,
    }
}

fn group(id: &str, name: LocalText, sums: bool, figures: Vec<YearlyFigure>) -> YearlyGroup {
    YearlyGroup {
        id: id.to_owned(),
        name,
        sums,
        figures,
    }
}

/// The return of a year, counted on a day.
pub(crate) fn yearly(world: &World, as_of: Date) -> YearlyReturn {
    let organisation = world.register.organisation.as_ref();
    YearlyReturn {
        year: u16::try_from(as_of.year()).unwrap_or(0),
        as_of: as_of.to_string(),
        register_revision: world.revision,
        simulated: world.simulated(),
        organisation: organisation
            .map(|o| crate::world::local(&o.name))
            .unwrap_or_default(),
        groups: vec![
            people(world, as_of),
            in_use(world),
            ages(world, as_of, None),
            ages(world, as_of, Some(AssetClass::Server)),
            network(world),
            services(world),
            public_services(world),
            contracts(world, as_of),
        ],
        left_out: vec![text(
            "Information systems by security level: they are counted once they are in the register.",
            "Hệ thống thông tin theo cấp độ an toàn: sẽ được tính khi có trong sổ đăng ký.",
        )],
    }
}

fn people(world: &World, as_of: Date) -> YearlyGroup {
    let rows = staff::rows(world, as_of);
    let of = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let list = "/api/v1/reports/staff";
    let one = |verdict, en: &str, vi: &str| {
        let word = staff::word(verdict);
        figure(
            word,
            text(en, vi),
            of(verdict),
            format!("{list}?verdict={word}"),
        )
    };
    group(
        "people",
        text("People and their computers", "Nhân sự và máy tính"),
        true,
        vec![
            figure(
                "roster",
                text("People on the roster", "Tổng số nhân sự"),
                rows.len(),
                list,
            ),
            one(
                PersonVerdict::Compliant,
                "with a computer within the age rule",
                "có máy tính đạt chuẩn niên hạn",
            ),
            one(
                PersonVerdict::Over,
                "only with computers that are too old",
                "chỉ có máy tính quá niên hạn",
            ),
            one(
                PersonVerdict::Unknown,
                "with computers of unknown age",
                "có máy tính chưa rõ niên hạn",
            ),
            one(
                PersonVerdict::WithoutComputer,
                "without a computer",
                "chưa có máy tính",
            ),
        ],
    )
}

/// Equipment in use by class.
fn in_use(world: &World) -> YearlyGroup {
    let deployed = |asset: &&Asset| asset.status == AssetStatus::Deployed;
    let mut classes: BTreeMap<AssetClass, usize> = BTreeMap::new();
    for asset in world.register.assets.values().filter(deployed) {
        *classes.entry(asset.class).or_default() += 1;
    }
    let list = "/api/v1/assets?state=deployed";
    let all = figure(
        "in_use",
        text("Equipment in use", "Thiết bị đang sử dụng"),
        classes.values().sum(),
        list,
    );
    let by_class = classes.iter().map(|(class, count)| {
        let (en, vi) = class_name(*class);
        figure(
            &format!("in_use_{class}"),
            text(en, vi),
            *count,
            format!("{list}&class={class}"),
        )
    });
    group(
        "in_use",
        text(
            "Equipment in use by class",
            "Thiết bị đang sử dụng theo loại",
        ),
        true,
        std::iter::once(all).chain(by_class).collect(),
    )
}

/// Everything in the register by verdict, or one class of it.
fn ages(world: &World, as_of: Date, class: Option<AssetClass>) -> YearlyGroup {
    let mut verdicts: BTreeMap<AgeVerdict, usize> = BTreeMap::new();
    let judge = Judge::new(world, (as_of, as_of));
    let assets = world.register.assets.values();
    for asset in assets.filter(|asset| class.is_none_or(|class| asset.class == class)) {
        let judged = judge.judged(asset);
        let found = judged.map_or(AgeVerdict::OutOfScope, |judged| judged.verdict);
        *verdicts.entry(found).or_default() += 1;
    }
    let (id, query, name, all) = match class {
        None => (
            "age".to_owned(),
            String::new(),
            text("All equipment by age", "Toàn bộ thiết bị theo niên hạn"),
            text("In the register", "Trong sổ đăng ký"),
        ),
        Some(class) => {
            let (en, vi) = class_name(class);
            (
                format!("age_{class}"),
                format!("class={class}"),
                text(format!("{en} by age"), format!("{vi} theo niên hạn")),
                text(en, vi),
            )
        }
    };
    let list = |more: String| {
        let parts = [query.clone(), more];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => "/api/v1/assets".to_owned(),
            parts => format!("/api/v1/assets?{}", parts.join("&")),
        }
    };
    let total = figure(&id, all, verdicts.values().sum(), list(String::new()));
    let by_verdict = verdicts.iter().map(|(verdict, count)| {
        let word = verdict.as_str();
        let (en, vi) = verdict_name(*verdict);
        figure(
            &format!("{id}_{word}"),
            text(en, vi),
            *count,
            list(format!("age={word}")),
        )
    });
    let figures = std::iter::once(total).chain(by_verdict).collect();
    group(&id, name, true, figures)
}

fn network(world: &World) -> YearlyGroup {
    let register = &world.register;
    let one = |id: &str, en: &str, vi: &str, count: usize| {
        figure(id, text(en, vi), count, format!("/api/v1/{id}"))
    };
    group(
        "network",
        text("Sites and network", "Địa điểm và mạng"),
        false,
        vec![
            one("sites", "Sites", "Địa điểm", register.sites.len()),
            one("units", "Units", "Đơn vị", register.units.len()),
            one("racks", "Racks", "Tủ rack", register.racks.len()),
            one(
                "devices",
                "Devices watched",
                "Thiết bị được giám sát",
                register.devices.len(),
            ),
            one(
                "circuits",
                "WAN links",
                "Đường truyền WAN",
                register.circuits.len(),
            ),
        ],
    )
}

fn services(world: &World) -> YearlyGroup {
    let mut kinds: BTreeMap<ServiceKind, usize> = BTreeMap::new();
    for service in world.register.services.values() {
        *kinds.entry(service.kind).or_default() += 1;
    }
    let all = figure(
        "services",
        text("Services and systems", "Dịch vụ và hệ thống"),
        world.register.services.len(),
        "/api/v1/services",
    );
    let by_kind = kinds.iter().map(|(kind, count)| {
        let (en, vi) = match kind {
            ServiceKind::PublicServiceSystem => ("public-service systems", "hệ thống dịch vụ công"),
            ServiceKind::PublicService => ("public services", "dịch vụ công"),
            ServiceKind::Gateway => ("gateways of other agencies", "cổng của cơ quan khác"),
            ServiceKind::Documents => ("document systems", "hệ thống quản lý văn bản"),
            ServiceKind::Email => ("e-mail systems", "hệ thống thư điện tử"),
            ServiceKind::Other => ("others", "khác"),
        };
        let list = format!("/api/v1/services?kind={kind}");
        figure(&format!("services_{kind}"), text(en, vi), *count, list)
    });
    group(
        "services",
        text(
            "Services and systems by kind",
            "Dịch vụ và hệ thống theo loại",
        ),
        true,
        std::iter::once(all).chain(by_kind).collect(),
    )
}

fn public_services(world: &World) -> YearlyGroup {
    let mut levels: BTreeMap<u8, usize> = BTreeMap::new();
    let public = world.register.services.values();
    for service in public.filter(|service| service.kind == ServiceKind::PublicService) {
        *levels.entry(service.level.unwrap_or(0)).or_default() += 1;
    }
    let list = "/api/v1/services?kind=public_service";
    let all = figure(
        "public_services",
        text("Online public services", "Dịch vụ công trực tuyến"),
        levels.values().sum(),
        list,
    );
    let by_level = levels.iter().map(|(level, count)| {
        let name = match level {
            0 => text("without a level", "chưa xác định mức độ"),
            level => text(format!("at level {level}"), format!("mức độ {level}")),
        };
        let id = format!("public_services_{level}");
        figure(&id, name, *count, format!("{list}&level={level}"))
    });
    group(
        "public_services",
        text(
            "Online public services by level",
            "Dịch vụ công trực tuyến theo mức độ",
        ),
        true,
        std::iter::once(all).chain(by_level).collect(),
    )
}

fn contracts(world: &World, as_of: Date) -> YearlyGroup {
    let all = world.register.contracts.len();
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for contract in world.register.contracts.values() {
        *states
            .entry(crate::contract::state(contract, as_of))
            .or_default() += 1;
    }
    let list = "/api/v1/contracts";
    let by_state = states.iter().map(|(state, count)| {
        let (en, vi) = match *state {
            "coming" => ("not begun", "chưa bắt đầu"),
            "open_ended" => ("running without an end", "đang hiệu lực, không thời hạn"),
            "ended" => ("ended", "đã hết hạn"),
            _ => ("running", "đang hiệu lực"),
        };
        let id = format!("contracts_{state}");
        figure(&id, text(en, vi), *count, format!("{list}?state={state}"))
    });
    let total = figure("contracts", text("Contracts", "Hợp đồng"), all, list);
    group(
        "contracts",
        text("Warranty, support and leases", "Bảo hành, hỗ trợ và thuê"),
        true,
        std::iter::once(total).chain(by_state).collect(),
    )
}

const fn verdict_name(verdict: AgeVerdict) -> (&'static str, &'static str) {
    match verdict {
        AgeVerdict::Over => ("too old", "quá niên hạn"),
        AgeVerdict::Within => ("within the rule", "trong niên hạn"),
        AgeVerdict::Uncertain => ("not certain", "chưa chắc chắn"),
        AgeVerdict::Unknown => ("of unknown age", "chưa rõ niên hạn"),
        AgeVerdict::Conflict => ("with contradicting dates", "ngày tháng mâu thuẫn"),
        AgeVerdict::OutOfScope => (
            "not counted (planned, gone)",
            "không tính (dự kiến, đã thanh lý)",
        ),
    }
}

fn class_name(class: AssetClass) -> (String, String) {
    use AssetClass as C;
    let (en, vi) = match class {
        C::Desktop => ("Desktop computers", "Máy tính để bàn"),
        C::Laptop => ("Laptop computers", "Máy tính xách tay"),
        C::Monitor => ("Screens", "Màn hình"),
        C::Printer => ("Printers", "Máy in"),
        C::Scanner => ("Scanners", "Máy quét"),
        C::Projector => ("Projectors", "Máy chiếu"),
        C::Phone => ("Telephones", "Điện thoại"),
        C::Camera => ("Cameras", "Camera"),
        C::Server => ("Servers", "Máy chủ"),
        C::Storage => ("Storage", "Thiết bị lưu trữ"),
        C::Router => ("Routers", "Bộ định tuyến"),
        C::Switch => ("Switches", "Chuyển mạch"),
        C::Firewall => ("Firewalls", "Tường lửa"),
        C::Wireless => ("Wireless", "Thiết bị không dây"),
        C::Ups => ("UPS", "Bộ lưu điện UPS"),
        C::Pdu => ("PDUs", "Thanh phân phối nguồn"),
        C::Ats => ("Transfer switches", "Bộ chuyển nguồn"),
        C::Generator => ("Generators", "Máy phát điện"),
        C::Cooling => ("Cooling", "Điều hoà"),
        C::Environment => ("Environment sensors", "Cảm biến môi trường"),
        C::Other => return (class.as_str().to_owned(), "Khác".to_owned()),
    };
    (en.to_owned(), vi.to_owned())
}
