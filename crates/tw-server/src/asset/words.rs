//! Words about assets on paper and in sheets, in both languages, as the console says them.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours.

use tw_api::AgeVerdict;
use tw_model::{AssetClass, DateKind};

/// A verdict on an age.
pub(super) fn verdict(verdict: AgeVerdict, vietnamese: bool) -> &'static str {
    let (en, vi) = match verdict {
        AgeVerdict::Over => ("Too old", "Quá hạn"),
        AgeVerdict::Within => ("Within the rule", "Trong hạn"),
        AgeVerdict::Uncertain => ("Uncertain", "Chưa chắc chắn"),
        AgeVerdict::Unknown => ("Unknown", "Không rõ"),
        AgeVerdict::Conflict => ("Contradictory", "Mâu thuẫn"),
        AgeVerdict::OutOfScope => ("Not counted", "Không tính"),
    };
    if vietnamese { vi } else { en }
}

/// An event of an asset's life.
pub(super) fn date_kind(kind: DateKind, vietnamese: bool) -> &'static str {
    let (en, vi) = match kind {
        DateKind::Ordered => ("Ordered", "Đặt mua"),
        DateKind::Purchased => ("Purchased", "Mua"),
        DateKind::Received => ("Received", "Nhận hàng"),
        DateKind::Accepted => ("Accepted", "Nghiệm thu"),
        DateKind::FirstInService => ("First in service", "Đưa vào sử dụng"),
        DateKind::Manufactured => ("Manufactured", "Sản xuất"),
        DateKind::WarrantyStart => ("Warranty starts", "Bắt đầu bảo hành"),
        DateKind::WarrantyEnd => ("Warranty ends", "Hết bảo hành"),
        DateKind::Installed => ("Installed", "Lắp đặt"),
    };
    if vietnamese { vi } else { en }
}

/// What kind of thing an asset is.
pub(super) fn class(class: AssetClass, vietnamese: bool) -> &'static str {
    let (en, vi) = match class {
        AssetClass::Router => ("Router", "Bộ định tuyến"),
        AssetClass::Switch => ("Switch", "Bộ chuyển mạch"),
        AssetClass::Firewall => ("Firewall", "Tường lửa"),
        AssetClass::Wireless => ("Wireless", "Thiết bị mạng không dây"),
        AssetClass::Ups => ("UPS", "Bộ lưu điện (UPS)"),
        AssetClass::Pdu => ("PDU", "Thanh phân phối điện (PDU)"),
        AssetClass::Ats => ("Transfer switch (ATS)", "Bộ chuyển nguồn (ATS)"),
        AssetClass::Generator => ("Generator", "Máy phát điện"),
        AssetClass::Cooling => ("Cooling", "Thiết bị làm mát"),
        AssetClass::Environment => ("Environment sensors", "Cảm biến môi trường"),
        AssetClass::Server => ("Server", "Máy chủ"),
        AssetClass::Storage => ("Storage", "Thiết bị lưu trữ"),
        AssetClass::Desktop => ("Desktop computer", "Máy tính để bàn"),
        AssetClass::Laptop => ("Laptop computer", "Máy tính xách tay"),
        AssetClass::Monitor => ("Screen", "Màn hình"),
        AssetClass::Printer => ("Printer", "Máy in"),
        AssetClass::Scanner => ("Scanner", "Máy quét"),
        AssetClass::Projector => ("Projector", "Máy chiếu"),
        AssetClass::Phone => ("Telephone", "Điện thoại"),
        AssetClass::Camera => ("Camera", "Máy ảnh, camera"),
        AssetClass::Other => ("Other equipment", "Thiết bị khác"),
    };
    if vietnamese { vi } else { en }
}
