//! The words of the return in both languages.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-model`. **Must not:** count.

use tw_api::{AgeVerdict, LocalText};
use tw_lifecycle::ipv6::Ipv6Readiness;
use tw_model::{AssetClass, ServiceKind, Word as _};

/// A text in both languages.
pub(super) fn text(en: impl Into<String>, vi: impl Into<String>) -> LocalText {
    LocalText {
        en: Some(en.into()),
        vi: Some(vi.into()),
    }
}

pub(super) const fn service_kind(kind: ServiceKind) -> (&'static str, &'static str) {
    match kind {
        ServiceKind::PublicServiceSystem => ("public-service systems", "hệ thống dịch vụ công"),
        ServiceKind::PublicService => ("public services", "dịch vụ công"),
        ServiceKind::Gateway => ("gateways of other agencies", "cổng của cơ quan khác"),
        ServiceKind::Documents => ("document systems", "hệ thống quản lý văn bản"),
        ServiceKind::Email => ("e-mail systems", "hệ thống thư điện tử"),
        ServiceKind::Other => ("others", "khác"),
    }
}

pub(super) const fn contract_state(state: &str) -> (&'static str, &'static str) {
    match state.as_bytes() {
        b"coming" => ("not begun", "chưa bắt đầu"),
        b"open_ended" => ("running without an end", "đang hiệu lực, không thời hạn"),
        b"ended" => ("ended", "đã hết hạn"),
        _ => ("running", "đang hiệu lực"),
    }
}

/// The word of the API, and the words for people.
pub(super) const fn ipv6(readiness: Ipv6Readiness) -> (&'static str, &'static str, &'static str) {
    match readiness {
        Ipv6Readiness::Ready => ("ready", "ready", "đã sẵn sàng"),
        Ipv6Readiness::Partly => ("partly", "partly ready", "sẵn sàng một phần"),
        Ipv6Readiness::Not => ("not", "not ready", "chưa sẵn sàng"),
        Ipv6Readiness::Unknown => ("unknown", "not known", "chưa rõ"),
    }
}

pub(super) const fn verdict(verdict: AgeVerdict) -> (&'static str, &'static str) {
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

pub(super) fn class(class: AssetClass) -> (String, String) {
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
