//! The words of files that people open, in both languages.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-model`. **Must not:** count.

use crate::document::Lang;
use tw_api::{AgeVerdict, LocalText};
use tw_lifecycle::ipv6::Ipv6Readiness;
use tw_model::{AssetClass, ServiceKind, Word as _};

/// The word in the language of a file.
pub(crate) const fn say(lang: Lang, en: &'static str, vi: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Vi => vi,
    }
}

/// The text in the language of a file, or in the other one.
pub(crate) fn pick(text: &LocalText, lang: Lang) -> String {
    let (first, second) = match lang {
        Lang::En => (&text.en, &text.vi),
        Lang::Vi => (&text.vi, &text.en),
    };
    first.clone().or_else(|| second.clone()).unwrap_or_default()
}

/// One of two words in the language of a file.
pub(crate) fn of<T: Into<String>>((en, vi): (T, T), lang: Lang) -> String {
    match lang {
        Lang::En => en.into(),
        Lang::Vi => vi.into(),
    }
}

pub(crate) fn contract_kind(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "warranty" => ("Warranty", "Bảo hành"),
        "lease" => ("Lease", "Thuê"),
        _ => ("Support", "Hỗ trợ"),
    }
}

/// A text in both languages.
pub(crate) fn text(en: impl Into<String>, vi: impl Into<String>) -> LocalText {
    LocalText {
        en: Some(en.into()),
        vi: Some(vi.into()),
    }
}

pub(crate) const fn service_kind(kind: ServiceKind) -> (&'static str, &'static str) {
    match kind {
        ServiceKind::PublicServiceSystem => ("public-service systems", "hệ thống dịch vụ công"),
        ServiceKind::PublicService => ("public services", "dịch vụ công"),
        ServiceKind::Gateway => ("gateways of other agencies", "cổng của cơ quan khác"),
        ServiceKind::Documents => ("document systems", "hệ thống quản lý văn bản"),
        ServiceKind::Email => ("e-mail systems", "hệ thống thư điện tử"),
        ServiceKind::Other => ("others", "khác"),
    }
}

pub(crate) const fn contract_state(state: &str) -> (&'static str, &'static str) {
    match state.as_bytes() {
        b"coming" => ("not begun", "chưa bắt đầu"),
        b"open_ended" => ("running without an end", "đang hiệu lực, không thời hạn"),
        b"ended" => ("ended", "đã hết hạn"),
        _ => ("running", "đang hiệu lực"),
    }
}

/// The word of the API, and the words for people.
pub(crate) const fn ipv6(readiness: Ipv6Readiness) -> (&'static str, &'static str, &'static str) {
    match readiness {
        Ipv6Readiness::Ready => ("ready", "ready", "đã sẵn sàng"),
        Ipv6Readiness::Partly => ("partly", "partly ready", "sẵn sàng một phần"),
        Ipv6Readiness::Not => ("not", "not ready", "chưa sẵn sàng"),
        Ipv6Readiness::Unknown => ("unknown", "not known", "chưa rõ"),
    }
}

pub(crate) const fn verdict(verdict: AgeVerdict) -> (&'static str, &'static str) {
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

pub(crate) fn class(class: AssetClass) -> (String, String) {
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
