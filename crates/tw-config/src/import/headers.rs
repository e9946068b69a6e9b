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
    ("status", "planned", &["dự kiến"]),
    ("status", "ordered", &["đã đặt hàng"]),
    ("status", "in_stock", &["trong kho", "in stock", "dự phòng"]),
    ("status", "deployed", &["đang sử dụng", "in use"]),
    ("status", "maintenance", &["đang sửa chữa", "bảo trì"]),
    ("status", "retired", &["ngừng sử dụng", "không sử dụng"]),
    ("status", "disposed", &["đã thanh lý", "thanh lý"]),
    ("status", "lost", &["mất", "thất lạc"]),
    ("primary", "true", &["có", "yes", "x"]),
    ("primary", "false", &["không", "no"]),
];

/// A heading or a word as it is compared: small letters, single spaces, no star at the end.
pub(super) fn plain(text: &str) -> String {
    let small = text.trim().trim_end_matches(['*', ':']).to_lowercase();
    small
        .split(['_', ' ', '\n', '\r', '\t', '\u{a0}'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The field that a heading names.
pub(super) fn field_of(heading: &str) -> Option<&'static str> {
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
