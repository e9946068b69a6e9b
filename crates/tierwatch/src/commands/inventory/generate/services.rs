//! Made-up online public services, carried by the six systems of the model case.
//!
//! **Room:** layer 3. **May use:** every room.

use tw_model::{Name, Register, Service, ServiceKind};
use tw_units::ServiceId;

/// How many services there are.
const SERVICES: usize = 212;
/// How many of them are at level 3 or 4: the first of each system.
const ADVANCED: usize = 38;

/// A system and what its services are about, in English and Vietnamese.
type System = (&'static str, [(&'static str, &'static str); 6]);

const SYSTEMS: [System; 6] = [
    (
        "telecom-licensing",
        [
            ("a network licence", "giấy phép thiết lập mạng"),
            ("a service licence", "giấy phép cung cấp dịch vụ"),
            ("a private network licence", "giấy phép mạng dùng riêng"),
            ("a network trial", "giấy phép thử nghiệm mạng"),
            ("a submarine cable landing", "giấy phép lắp đặt cáp biển"),
            ("a virtual operator registration", "đăng ký mạng di động ảo"),
        ],
    ),
    (
        "numbering-resources",
        [
            ("a block of subscriber numbers", "khối số thuê bao"),
            ("a short code", "số dịch vụ ngắn"),
            ("a carrier code", "mã nhà khai thác"),
            ("a signalling point code", "mã điểm báo hiệu"),
            ("a sender name", "tên định danh"),
            ("an IPv6 prefix", "vùng địa chỉ IPv6"),
        ],
    ),
    (
        "quality-conformity",
        [
            (
                "a declaration of service quality",
                "công bố chất lượng dịch vụ",
            ),
            ("a declaration of conformity", "công bố hợp quy"),
            ("a certificate of conformity", "chứng nhận hợp quy"),
            ("an inspection of a base station", "kiểm định trạm gốc"),
            ("a designation of a laboratory", "chỉ định phòng thử nghiệm"),
            ("a mutual recognition", "thừa nhận lẫn nhau"),
        ],
    ),
    (
        "spectrum-licensing",
        [
            (
                "a frequency licence for a fixed link",
                "giấy phép tần số tuyến cố định",
            ),
            (
                "a frequency licence for a ship",
                "giấy phép tần số tàu biển",
            ),
            (
                "a frequency licence for an aircraft",
                "giấy phép tần số tàu bay",
            ),
            (
                "an amateur station licence",
                "giấy phép đài vô tuyến nghiệp dư",
            ),
            (
                "a broadcasting frequency licence",
                "giấy phép tần số phát thanh truyền hình",
            ),
            ("an earth station licence", "giấy phép đài trái đất"),
        ],
    ),
    (
        "equipment-import",
        [
            (
                "an import licence for transmitters",
                "giấy phép nhập khẩu thiết bị phát",
            ),
            (
                "an import notice for receivers",
                "thông báo nhập khẩu thiết bị thu",
            ),
            ("a temporary import", "tạm nhập tái xuất thiết bị"),
            ("an exhibition permit", "giấy phép trưng bày thiết bị"),
            (
                "a conformity check at the border",
                "kiểm tra hợp quy tại cửa khẩu",
            ),
            ("an exemption from inspection", "miễn kiểm tra chất lượng"),
        ],
    ),
    (
        "complaints-reports",
        [
            ("a subscriber's complaint", "khiếu nại của thuê bao"),
            (
                "a dispute between operators",
                "tranh chấp giữa doanh nghiệp",
            ),
            ("a market report", "báo cáo thị trường"),
            ("a tariff notification", "thông báo giá cước"),
            ("a promotion notification", "thông báo khuyến mại"),
            ("an interconnection agreement", "thoả thuận kết nối"),
        ],
    ),
];

const ACTIONS: [(&str, &str); 6] = [
    ("Apply for", "Đề nghị cấp"),
    ("Amend", "Sửa đổi, bổ sung"),
    ("Extend", "Gia hạn"),
    ("Have reissued", "Cấp lại"),
    ("Hand back", "Thu hồi, trả lại"),
    ("Report on", "Báo cáo về"),
];

pub(super) fn add(made: &mut Register) {
    let all = ACTIONS.iter().enumerate().flat_map(|(a, action)| {
        (0..6).flat_map(move |object| {
            SYSTEMS
                .iter()
                .map(move |(system, objects)| (a, action, *system, objects[object]))
        })
    });
    for (number, (action_number, action, system, object)) in all.take(SERVICES).enumerate() {
        let (Ok(id), Ok(carrier)) = (
            ServiceId::new(format!("ps-{:03}", number + 1)),
            ServiceId::new(system),
        ) else {
            continue;
        };
        let level = match (number < ADVANCED, action_number) {
            (true, _) if number % 3 == 0 => 4,
            (true, _) => 3,
            (false, 5) => 1,
            (false, _) => 2,
        };
        let service = Service {
            id: id.clone(),
            name: Name {
                en: format!("{} {}", action.0, object.0),
                vi: Some(format!("{} {}", action.1, object.1)),
            },
            kind: ServiceKind::PublicService,
            unit: None,
            site: None,
            level: Some(level),
            users: None,
            security_level: None,
            runs_on: Vec::new(),
            depends: vec![carrier],
        };
        made.services.insert(id, service);
    }
}
