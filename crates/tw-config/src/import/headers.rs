//! Headings and words of people's sheets, in English and Vietnamese.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** guess: a heading that is not in
//! the list is a fault.

/// The name of the field, and what people write over its column.
const HEADINGS: &[(&str, &[&str])] = &[
    (
        "tag",
        &["asset tag", "mã tài sản", "thẻ tài sản", "số thẻ", "mã ts"],
    ),
    (
        "class",
        &[
            "type",
            "loại",
            "loại thiết bị",
            "loại tài sản",
            "chủng loại",
        ],
    ),
    ("status", &["state", "trạng thái", "tình trạng"]),
    (
        "manufacturer",
        &["maker", "vendor", "hãng", "hãng sản xuất", "nhà sản xuất"],
    ),
    (
        "model",
        &["kiểu", "kiểu máy", "mẫu", "mã hiệu", "dòng máy", "ký hiệu"],
    ),
    (
        "serial",
        &[
            "serial number",
            "s/n",
            "sn",
            "số sê-ri",
            "số seri",
            "số serial",
            "sê-ri",
        ],
    ),
    (
        "unit",
        &[
            "department",
            "đơn vị",
            "đơn vị sử dụng",
            "phòng ban",
            "bộ phận",
        ],
    ),
    (
        "custodian",
        &[
            "staff code",
            "người sử dụng",
            "mã nhân viên",
            "mã cán bộ",
            "người quản lý",
        ],
    ),
    ("primary", &["primary computer", "máy chính"]),
    ("site", &["trụ sở", "địa điểm", "cơ sở"]),
    ("room", &["phòng", "phòng máy"]),
    ("place", &["location", "vị trí", "nơi đặt"]),
    (
        "price_vnd",
        &[
            "price",
            "cost",
            "price (vnd)",
            "nguyên giá",
            "đơn giá",
            "giá",
            "nguyên giá (đồng)",
        ],
    ),
    ("device", &["thiết bị", "mã thiết bị"]),
    (
        "manufactured",
        &["manufacture date", "ngày sản xuất", "năm sản xuất"],
    ),
    ("ordered", &["order date", "ngày đặt hàng"]),
    (
        "purchased",
        &["purchase date", "ngày mua", "năm mua", "ngày hóa đơn"],
    ),
    (
        "received",
        &["delivery date", "ngày nhận", "ngày giao hàng"],
    ),
    ("accepted", &["acceptance date", "ngày nghiệm thu"]),
    (
        "first_in_service",
        &[
            "in service",
            "in-service date",
            "ngày đưa vào sử dụng",
            "năm đưa vào sử dụng",
            "ngày sử dụng",
            "năm sử dụng",
        ],
    ),
    ("installed", &["install date", "ngày lắp đặt"]),
    (
        "warranty_start",
        &["ngày bắt đầu bảo hành", "bắt đầu bảo hành"],
    ),
    (
        "warranty_end",
        &[
            "warranty",
            "warranty until",
            "hết hạn bảo hành",
            "ngày hết bảo hành",
            "hạn bảo hành",
        ],
    ),
    (
        "date_source",
        &["source", "chứng từ", "nguồn", "nguồn ngày"],
    ),
    ("no_serial", &["no serial because", "lý do không có sê-ri"]),
    ("rack", &["tủ", "tủ rack", "tủ mạng"]),
    ("u", &["u position", "vị trí u"]),
    ("height_u", &["height", "chiều cao u", "số u"]),
    ("face", &["mặt"]),
    ("accounting", &["accounting class", "loại hạch toán"]),
    ("purchase", &["purchase id", "lần mua"]),
    ("note", &["notes", "remark", "ghi chú"]),
    (
        "components",
        &["parts", "component", "linh kiện", "thành phần"],
    ),
];

/// Words of closed lists as people write them in Vietnamese.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("class", "desktop", &["máy tính để bàn", "máy bàn", "pc"]),
    (
        "class",
        "laptop",
        &["máy tính xách tay", "máy xách tay", "notebook"],
    ),
    ("class", "monitor", &["màn hình"]),
    ("class", "printer", &["máy in"]),
    ("class", "scanner", &["máy quét"]),
    ("class", "projector", &["máy chiếu"]),
    ("class", "phone", &["điện thoại"]),
    ("class", "camera", &["máy ảnh", "camera giám sát"]),
    ("class", "server", &["máy chủ"]),
    (
        "class",
        "storage",
        &["thiết bị lưu trữ", "tủ đĩa", "lưu trữ"],
    ),
    ("class", "router", &["bộ định tuyến"]),
    (
        "class",
        "switch",
        &["bộ chuyển mạch", "thiết bị chuyển mạch"],
    ),
    ("class", "firewall", &["tường lửa", "thiết bị tường lửa"]),
    ("class", "wireless", &["thiết bị wifi", "bộ phát wifi"]),
    ("class", "ups", &["bộ lưu điện"]),
    ("class", "generator", &["máy phát điện", "máy phát"]),
    ("class", "cooling", &["điều hòa", "điều hòa chính xác"]),
    ("class", "pdu", &["thanh phân phối điện", "thanh nguồn"]),
    ("class", "ats", &["bộ chuyển nguồn"]),
    ("class", "environment", &["cảm biến môi trường"]),
    ("class", "other", &["khác", "thiết bị khác"]),
    ("status", "planned", &["dự kiến"]),
    ("status", "ordered", &["đã đặt hàng"]),
    ("status", "in_stock", &["trong kho", "in stock", "dự phòng"]),
    ("status", "deployed", &["đang sử dụng", "in use"]),
    ("status", "maintenance", &["đang sửa chữa", "bảo trì"]),
    ("status", "retired", &["ngừng sử dụng", "không sử dụng"]),
    ("status", "disposed", &["đã thanh lý", "thanh lý"]),
    ("status", "lost", &["thất lạc", "mất"]),
    ("accounting", "fixed_asset", &["tài sản cố định"]),
    (
        "accounting",
        "tool",
        &["công cụ, dụng cụ", "công cụ dụng cụ"],
    ),
    ("accounting", "leased", &["đi thuê", "thuê"]),
    ("face", "front", &["trước", "mặt trước"]),
    ("face", "rear", &["sau", "mặt sau"]),
    ("primary", "true", &["có", "yes", "x"]),
    ("primary", "false", &["không", "no"]),
];

/// What stands over a field's column in our own sheets, in English and Vietnamese; each is a
/// heading that the import knows.
const OWN: &[(&str, &str, &str)] = &[
    ("tag", "Asset tag", "Mã tài sản"),
    ("class", "Class", "Loại thiết bị"),
    ("status", "State", "Trạng thái"),
    ("manufacturer", "Manufacturer", "Hãng sản xuất"),
    ("model", "Model", "Kiểu máy"),
    ("serial", "Serial number", "Số sê-ri"),
    ("unit", "Unit", "Đơn vị"),
    ("custodian", "Custodian", "Mã cán bộ"),
    ("primary", "Primary computer", "Máy chính"),
    ("site", "Site", "Trụ sở"),
    ("room", "Room", "Phòng máy"),
    ("place", "Place", "Vị trí"),
    ("price_vnd", "Price (VND)", "Nguyên giá (đồng)"),
    ("device", "Device", "Mã thiết bị"),
    ("manufactured", "Manufactured", "Ngày sản xuất"),
    ("ordered", "Ordered", "Ngày đặt hàng"),
    ("purchased", "Purchased", "Ngày mua"),
    ("received", "Received", "Ngày nhận"),
    ("accepted", "Accepted", "Ngày nghiệm thu"),
    (
        "first_in_service",
        "First in service",
        "Ngày đưa vào sử dụng",
    ),
    ("installed", "Installed", "Ngày lắp đặt"),
    ("warranty_start", "Warranty start", "Bắt đầu bảo hành"),
    ("warranty_end", "Warranty end", "Hết hạn bảo hành"),
    ("date_source", "Date source", "Nguồn ngày"),
    ("no_serial", "No serial because", "Lý do không có sê-ri"),
    ("rack", "Rack", "Tủ rack"),
    ("u", "U position", "Vị trí U"),
    ("height_u", "Height U", "Chiều cao U"),
    ("face", "Face", "Mặt"),
    ("accounting", "Accounting class", "Loại hạch toán"),
    ("purchase", "Purchase ID", "Lần mua"),
    ("note", "Note", "Ghi chú"),
    ("components", "Components", "Linh kiện"),
];

/// What stands before the name of a field of the organisation's own, in English and Vietnamese:
/// no other heading has a colon inside.
const CUSTOM: [&str; 2] = ["Custom:", "Trường riêng:"];

/// The heading of a field of the organisation's own.
pub(crate) fn custom_heading(name: &str, vietnamese: bool) -> String {
    format!("{} {name}", CUSTOM[usize::from(vietnamese)])
}

/// The field of the organisation's own that a heading names.
pub(super) fn custom_of(heading: &str) -> Option<&str> {
    let heading = heading.trim();
    let (before, name) = heading.split_at(heading.find(':')? + 1);
    let before = before.to_lowercase();
    let is = CUSTOM.iter().any(|own| own.to_lowercase() == before);
    Some(name.trim()).filter(|name| is && !name.is_empty())
}

/// The heading of a field in our own sheets.
pub(crate) fn heading_of(field: &'static str, vietnamese: bool) -> &'static str {
    let own = OWN.iter().find(|(of, ..)| *of == field);
    match own {
        Some((_, _, vi)) if vietnamese => vi,
        Some((_, en, _)) => en,
        None => field,
    }
}

/// A word of a closed list as our own sheets say it; the cell itself elsewhere.
pub(crate) fn said_of(field: &str, cell: String, vietnamese: bool) -> String {
    let own = WORDS
        .iter()
        .find(|(of, word, _)| vietnamese && *of == field && *word == cell);
    let Some(first) = own.and_then(|(.., others)| others.first()) else {
        return cell;
    };
    let mut letters = first.chars();
    let head = letters.next().into_iter().flat_map(char::to_uppercase);
    head.chain(letters).collect()
}

/// A heading or a word as it is compared: small letters, single spaces, no star at the end.
pub(crate) fn plain(text: &str) -> String {
    let small = text.trim().trim_end_matches(['*', ':']).to_lowercase();
    small
        .split(['_', ' ', '\n', '\r', '\t', '\u{a0}'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The field that a heading names.
pub(crate) fn field_of(heading: &str) -> Option<&'static str> {
    let heading = plain(heading);
    let is = |(field, others): &&(&'static str, &[&str])| {
        plain(field) == heading || others.contains(&heading.as_str())
    };
    HEADINGS.iter().find(is).map(|(field, _)| *field)
}

/// What a field may be headed with, for a message.
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    HEADINGS
        .iter()
        .flat_map(|(field, others)| std::iter::once(*field).chain(others.iter().copied()))
}

/// The word of a closed list that a cell means; the cell itself where it is no such word.
pub(super) fn word_of(field: &str, cell: &str) -> String {
    let wanted = plain(cell);
    let is = |(of, word, others): &&(&str, &str, &[&str])| {
        *of == field && (others.contains(&wanted.as_str()) || plain(word) == wanted)
    };
    WORDS
        .iter()
        .find(is)
        .map_or_else(|| cell.to_owned(), |(_, word, _)| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_headings_are_headings_that_the_import_knows() {
        for column in crate::tables::asset_columns() {
            for vietnamese in [false, true] {
                let heading = heading_of(column, vietnamese);
                assert_eq!(field_of(heading), Some(column), "{heading}");
            }
            assert!(OWN.iter().any(|(of, ..)| *of == column), "{column}");
        }
    }
}
