//! The words of the minutes in both languages, as state forms use them.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours.

use crate::document::Lang;

/// A word of the minutes.
pub(super) fn word(lang: Lang, key: &str) -> &'static str {
    let found = WORDS.iter().find(|(name, _, _)| *name == key);
    match (found, lang) {
        (Some((_, en, _)), Lang::En) => en,
        (Some((_, _, vi)), Lang::Vi) => vi,
        (None, _) => "?",
    }
}

const WORDS: &[(&str, &str, &str)] = &[
    (
        "title",
        "Minutes of stock-taking",
        "Biên bản kiểm kê tài sản",
    ),
    ("name", "Stock-take", "Đợt kiểm kê"),
    ("scope", "Scope", "Phạm vi"),
    ("site", "site", "địa điểm"),
    ("room", "room", "phòng"),
    ("rack", "rack", "tủ rack"),
    ("unit", "unit", "đơn vị"),
    ("opened", "Opened", "Bắt đầu"),
    ("closed", "Closed", "Kết thúc"),
    (
        "not_closed",
        "not closed: preliminary",
        "chưa kết thúc: bản tạm",
    ),
    ("by", "by", "bởi"),
    (
        "revision",
        "Register at revision",
        "Sổ tài sản tại phiên bản",
    ),
    ("expected", "Expected", "Theo sổ sách"),
    ("found", "Found in place", "Có mặt đúng vị trí"),
    (
        "misplaced",
        "Found elsewhere than recorded",
        "Sai vị trí so với sổ sách",
    ),
    ("missing", "Missing", "Thiếu so với sổ sách"),
    ("unknown", "Not in the register", "Thừa, chưa ghi sổ"),
    ("duplicates", "Scanned more than once", "Quét nhiều lần"),
    ("tag", "Asset tag", "Mã tài sản"),
    ("serial", "Serial number", "Số sê-ri"),
    ("model", "Maker and model", "Hãng và kiểu"),
    ("class", "Class", "Loại"),
    ("place", "Recorded place", "Vị trí ghi sổ"),
    ("scanned", "Scanned at", "Vị trí kiểm kê"),
    ("result", "Result", "Kết quả"),
    ("accepted", "Register corrected", "Đã sửa sổ"),
    ("yes", "yes", "có"),
    ("no", "no", "chưa"),
    ("code", "Code", "Mã quét"),
    ("times", "Times", "Số lần"),
    ("none", "None.", "Không có."),
    ("count", "Number", "Số lượng"),
    ("scans", "Scans", "Lượt quét"),
    ("simulated", "Simulated data", "Dữ liệu mô phỏng"),
    (
        "sign_head",
        "Head of the stock-taking board",
        "Trưởng ban kiểm kê",
    ),
    (
        "sign_keeper",
        "Keeper of the assets",
        "Người quản lý tài sản",
    ),
    ("sign_accounts", "Accounts", "Kế toán"),
    (
        "certifies",
        "Scanning a rack or a room certifies nothing that stands in it.",
        "Việc quét nhãn tủ rack hoặc phòng không xác nhận thiết bị bên trong.",
    ),
];
