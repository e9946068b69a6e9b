//! Made-up people in the units of the model case.
//!
//! **Room:** layer 3. **May use:** every room.

use super::dice::Dice;
use tw_model::{Person, Register};
use tw_units::{PersonId, UnitId};

/// How many people work in the model case.
pub(super) const PEOPLE: usize = 1_100;

const SURNAMES: &[(usize, &str)] = &[
    (38, "Nguyễn"),
    (12, "Trần"),
    (10, "Lê"),
    (8, "Phạm"),
    (6, "Hoàng"),
    (5, "Vũ"),
    (4, "Phan"),
    (4, "Đặng"),
    (3, "Bùi"),
    (3, "Đỗ"),
    (2, "Hồ"),
    (2, "Ngô"),
    (2, "Dương"),
    (1, "Đinh"),
];
const MIDDLE: &[&str] = &[
    "Văn", "Thị", "Minh", "Thanh", "Quang", "Hồng", "Thu", "Đức", "Ngọc", "Hữu", "Xuân", "Khánh",
];
const GIVEN: &[&str] = &[
    "An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Hải", "Hạnh", "Hiếu", "Hoa", "Hùng", "Hương",
    "Khoa", "Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Phong", "Phương", "Quân", "Quỳnh", "Sơn",
    "Tâm", "Thảo", "Thắng", "Trang", "Tuấn", "Tùng", "Việt", "Yến",
];
const TITLES: &[(usize, &str)] = &[
    (58, "Specialist"),
    (20, "Principal specialist"),
    (10, "Clerk"),
    (8, "Engineer"),
    (3, "Senior engineer"),
    (1, "Adviser"),
];

pub(super) fn add(made: &mut Register, register: &Register, dice: &mut Dice) {
    let weights: Vec<(usize, UnitId)> = register
        .units
        .keys()
        .map(|unit| (weight(unit.as_str()), unit.clone()))
        .collect();
    if weights.is_empty() {
        return;
    }
    for number in 1..=PEOPLE {
        // Everybody has a unit, and every unit has somebody.
        let unit = match weights.get(number - 1) {
            Some((_, unit)) => unit.clone(),
            None => dice.weighted(&weights).clone(),
        };
        let title = if number <= weights.len() {
            "Head"
        } else {
            dice.weighted(TITLES)
        };
        let (surname, middle, given) =
            (dice.weighted(SURNAMES), dice.pick(MIDDLE), dice.pick(GIVEN));
        let code = format!("VT{number:04}");
        let Ok(id) = PersonId::new(code.clone()) else {
            continue;
        };
        let person = Person {
            id: id.clone(),
            name: format!("{surname} {middle} {given}"),
            unit,
            title: Some(title.to_owned()),
            email: Some(format!(
                "{}.{}@vnta.example",
                ascii(given),
                code.to_lowercase()
            )),
            active: true,
        };
        made.people.insert(id, person);
    }
}

/// Centres are large, leadership is small.
fn weight(unit: &str) -> usize {
    match unit {
        "leadership" | "rfd" => 1,
        "rfd-monitoring" | "rfd-licensing" | "measurement" | "one-stop" => 7,
        "network-operations" | "applications" | "licensing" | "rfd-technical" => 5,
        _ => 3,
    }
}

/// The letters of a Vietnamese name without their marks, in lower case.
fn ascii(name: &str) -> String {
    name.to_lowercase().chars().filter_map(plain).collect()
}

fn plain(letter: char) -> Option<char> {
    const MARKED: &[(&str, char)] = &[
        ("àáảãạăằắẳẵặâầấẩẫậ", 'a'),
        ("èéẻẽẹêềếểễệ", 'e'),
        ("ìíỉĩị", 'i'),
        ("òóỏõọôồốổỗộơờớởỡợ", 'o'),
        ("ùúủũụưừứửữự", 'u'),
        ("ỳýỷỹỵ", 'y'),
        ("đ", 'd'),
    ];
    if letter.is_ascii_alphanumeric() {
        return Some(letter);
    }
    MARKED
        .iter()
        .find(|(marked, _)| marked.contains(letter))
        .map(|(_, plain)| *plain)
}
