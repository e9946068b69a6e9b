//! Messy sheets: every fault is told with its row and its column, and nothing is half taken.
//!
//! **Room:** tests of layer 1.

use super::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use serde_json::json;
use tw_model::{Item, Kind, Register};

fn register() -> Register {
    let item = |kind, id: &str, value| Item {
        kind,
        id: id.to_owned(),
        value,
    };
    Register::from_items([
        item(
            Kind::Site,
            "mic",
            json!({"id": "mic", "name": {"en": "MIC"}, "timezone": "UTC"}),
        ),
        item(Kind::Unit, "it", json!({"id": "it", "name": {"en": "IT"}})),
        item(
            Kind::Asset,
            "T1",
            json!({"tag": "T1", "class": "desktop", "status": "deployed", "serial": "S1",
                "place": {"site": "mic", "detail": "desk 4"},
                "dates": {"purchased": {"date": "2020", "source": "invoice"}}}),
        ),
        item(
            Kind::Asset,
            "T2",
            json!({"tag": "T2", "class": "laptop", "status": "deployed"}),
        ),
    ])
    .unwrap()
}

fn faults(imported: &Imported) -> Vec<String> {
    let shown = |f: &ImportFault| format!("{} {}: {}; {}", f.row, f.column, f.message, f.allowed);
    imported.faults.iter().map(shown).collect()
}

fn nobody_minds(
    _: Option<&tw_model::Asset>,
    _: &tw_model::Asset,
    _: &Map<String, Value>,
) -> Option<(String, String)> {
    None
}

#[test]
fn a_vietnamese_sheet_with_bom_semicolons_and_a_title_is_read() {
    let text = "\u{feff}DANH SÁCH TÀI SẢN;;;;;;\n\nMã tài sản;Loại thiết bị;Trạng thái;Số sê-ri;\
                Ngày mua;Nguyên giá (đồng);Địa điểm\nT9;Máy tính để bàn;Đang sử dụng;000123;\
                03/06/2019;18.500.000;mic\nT1;;;;2019-Q2;;\n";
    let mut imported = read_assets(text.as_bytes(), ImportFormat::Csv, DayFormat::DayFirst);
    assert_eq!(faults(&imported), [""; 0]);
    let staged = stage(&mut imported, &register(), nobody_minds);
    assert_eq!(
        (
            staged.create,
            staged.update,
            staged.unchanged,
            staged.rejected
        ),
        (1, 1, 0, 0)
    );
    let new = staged
        .plan
        .changes
        .iter()
        .find(|change| change.id == "T9")
        .unwrap();
    assert_eq!(
        new.after.as_ref().unwrap(),
        &json!({"tag": "T9", "class": "desktop", "status": "deployed", "serial": "000123",
            "price_vnd": 18_500_000, "place": {"site": "mic"},
            "dates": {"purchased": {"date": "2019-06-03"}}})
    );
    // An empty cell says nothing: what is known stays.
    let fields: Vec<String> = staged
        .shown
        .iter()
        .find(|row| row.tag == "T1")
        .unwrap()
        .fields
        .iter()
        .map(|f| format!("{} {:?} {:?}", f.path, f.from, f.to))
        .collect();
    assert_eq!(
        fields,
        [r#"dates.purchased.date Some(String("2020")) Some(String("2019-Q2"))"#]
    );
}

#[test]
fn every_fault_of_a_messy_csv_has_its_row_and_its_column() {
    let text = "tag,class,status,serial,purchased,colour,unit\n\
                T5,desktop,deployed,A,03/06/2019,red,it\n\
                T6,dektop,deployed,B,2019-13,,\n\
                T7,desktop,deployed,=1+1,2019,,nowhere\n\
                T8,desktop,deployed,C,2019,,\n\
                T8,desktop,deployed,D,2019,,\n\
                T9,desktop,deployed,To be filled by O.E.M.,2019,,\n\
                T10,,,E,2019,,\n\
                T11,desktop,deployed,s1,2019,,\n\
                T12,desktop,deployed,F,2019,,nowhere\n";
    let mut imported = read_assets(text.as_bytes(), ImportFormat::Csv, DayFormat::Iso);
    let staged = stage(&mut imported, &register(), nobody_minds);
    let got = faults(&imported);
    let begins = |n: usize, with: &str| assert!(got[n].starts_with(with), "{n}: {got:#?}");
    begins(0, "1 colour: the column is unknown; tag, class, status");
    begins(
        1,
        "2 purchased: \"03/06/2019\": whether the day or the month comes first is not declared",
    );
    begins(2, "3 class: ");
    begins(3, "3 purchased: ");
    begins(4, "4 serial: a formula; a value");
    begins(5, "6 tag: T8 stands in row 5 already; each tag once");
    begins(6, "8 class: T10 is new and has no class");
    begins(7, "9 serial: asset T1 has the same maker and serial number");
    begins(8, "10 unit: there is no unit \"nowhere\"");
    begins(9, "7 serial: \"To be filled by O.E.M.\" is a placeholder");
    assert_eq!(got.len(), 10, "{got:#?}");
    assert!(staged.plan.is_empty(), "nothing is half imported");
    assert!(staged.rejected > 0);
}

fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

#[test]
fn every_fault_of_a_messy_workbook_has_its_row_and_its_column() {
    let bytes = workbook(|sheet| {
        let plain = Format::new();
        sheet
            .merge_range(0, 0, 0, 5, "Asset list 2026", &plain)
            .unwrap();
        for (column, heading) in ["Tag", "Class", "Status", "Serial"].iter().enumerate() {
            sheet
                .write(1, u16::try_from(column).unwrap(), *heading)
                .unwrap();
        }
        sheet.merge_range(1, 4, 1, 5, "Purchased", &plain).unwrap();
        let rows = [
            ("T5", "desktop"),
            ("T6", "desktop"),
            ("T7", "desktop"),
            ("T8", "desktop"),
        ];
        for (index, (tag, class)) in rows.iter().enumerate() {
            let row = u32::try_from(index).unwrap() + 2;
            sheet.write(row, 0, *tag).unwrap();
            sheet.write(row, 1, *class).unwrap();
            sheet.write(row, 2, "deployed").unwrap();
        }
        // A serial number that became a number, a formula, a number for a date, a second cell
        // under the merged heading, and a tag that is a number.
        sheet.write_number(2, 3, 123_456_789_012.0).unwrap();
        sheet.write_formula(3, 3, Formula::new("=\"A\"&1")).unwrap();
        sheet.write_number(4, 4, 43_619.0).unwrap();
        sheet.write(5, 5, "x").unwrap();
        sheet.write_number(6, 0, 7.0).unwrap();
    });
    let mut imported = read_assets(&bytes, ImportFormat::Xlsx, DayFormat::Iso);
    let staged = stage(&mut imported, &register(), nobody_minds);
    let got = faults(&imported);
    for expect in [
        "3 Serial: the number 123456789012, which may have lost leading zeros or digits",
        "4 Serial: a formula",
        "5 Purchased: the number 43619",
        "2 F: the column has no name of its own: the heading is merged over several columns",
        "7 Tag: the number 7, which may have lost leading zeros or digits",
    ] {
        assert!(
            got.iter().any(|fault| fault.starts_with(expect)),
            "{expect}\n{got:#?}"
        );
    }
    assert_eq!(got.len(), 5, "{got:#?}");
    assert!(staged.plan.is_empty(), "nothing is half imported");
}

#[test]
fn a_clean_workbook_gives_the_assets_it_holds() {
    let bytes = workbook(|sheet| {
        for (column, heading) in ["tag", "class", "status", "serial", "purchased", "price_vnd"]
            .iter()
            .enumerate()
        {
            sheet
                .write(0, u16::try_from(column).unwrap(), *heading)
                .unwrap();
        }
        for (column, text) in ["T5", "server", "in_stock", "0012"].iter().enumerate() {
            sheet
                .write(1, u16::try_from(column).unwrap(), *text)
                .unwrap();
        }
        let day = Format::new().set_num_format("dd/mm/yyyy");
        let date = ExcelDateTime::from_ymd(2021, 3, 9).unwrap();
        sheet.write_datetime_with_format(1, 4, &date, &day).unwrap();
        sheet.write_number(1, 5, 185_000_000.0).unwrap();
    });
    let mut imported = read_assets(&bytes, ImportFormat::Xlsx, DayFormat::Iso);
    let staged = stage(&mut imported, &register(), nobody_minds);
    assert_eq!(faults(&imported), [""; 0]);
    assert_eq!(
        staged.plan.changes[0].after.as_ref().unwrap(),
        &json!({"tag": "T5", "class": "server", "status": "in_stock", "serial": "0012",
            "dates": {"purchased": {"date": "2021-03-09"}}, "price_vnd": 185_000_000})
    );
}

#[test]
fn yaml_and_json_name_the_line() {
    let yaml = "assets:\n  - tag: T5\n    class: server\n    status: in_stock\n    components:\n      - {name: psu-1, kind: psu}\n  - tag: T6\n    class: servr\n    status: in_stock\n";
    let mut imported = read_assets(yaml.as_bytes(), ImportFormat::Yaml, DayFormat::Iso);
    assert_eq!(imported.rows.len(), 1);
    let staged = stage(&mut imported, &register(), nobody_minds);
    assert!(
        faults(&imported)[0].starts_with("8 class: "),
        "{:?}",
        faults(&imported)
    );
    assert!(staged.plan.is_empty());
    let json = r#"[{"tag": "T1", "note": "checked"}]"#;
    let mut imported = read_assets(json.as_bytes(), ImportFormat::Json, DayFormat::Iso);
    let staged = stage(&mut imported, &register(), nobody_minds);
    assert_eq!(
        (staged.update, imported.faults_total),
        (1, 0),
        "{:?}",
        faults(&imported)
    );
}

#[test]
fn what_the_caller_may_not_touch_is_a_fault() {
    let text = "tag,note\nT1,x\nT2,y\n";
    let mut imported = read_assets(text.as_bytes(), ImportFormat::Csv, DayFormat::Iso);
    let staged = stage(&mut imported, &register(), |_, asset, _| {
        (asset.tag.as_str() == "T2").then(|| {
            (
                "note".to_owned(),
                "owned by inventory/assets.csv".to_owned(),
            )
        })
    });
    assert_eq!(
        faults(&imported),
        ["3 note: owned by inventory/assets.csv; another asset, or another field"]
    );
    assert!(staged.plan.is_empty());
}

#[test]
fn importing_an_export_again_changes_nothing() {
    let register = register();
    let text = crate::write_assets(register.assets.values());
    let mut imported = read_assets(text.as_bytes(), ImportFormat::Csv, DayFormat::Iso);
    let staged = stage(&mut imported, &register, nobody_minds);
    assert_eq!(
        (staged.unchanged, staged.plan.changes.len()),
        (2, 0),
        "{:?}",
        faults(&imported)
    );
}

#[test]
fn what_is_no_sheet_has_one_fault() {
    for format in [
        ImportFormat::Csv,
        ImportFormat::Xlsx,
        ImportFormat::Yaml,
        ImportFormat::Json,
    ] {
        for bytes in [&b""[..], b"\xff\xfe\x00", b"hello"] {
            let imported = read_assets(bytes, format, DayFormat::Iso);
            assert_eq!(
                (imported.faults_total, imported.rows.len()),
                (1, 0),
                "{format:?} {bytes:?}"
            );
        }
    }
}

#[test]
fn a_fault_is_on_the_line_that_people_see_whatever_ends_the_lines() {
    for end in ["\n", "\r\n"] {
        let lines = [
            "\u{feff}List",
            "",
            "tag,class,note",
            "T5,dektop,",
            "",
            "",
            "T6,srver,\"a",
            "b\"",
            "T7,x,",
        ];
        let imported = read_assets(
            lines.join(end).as_bytes(),
            ImportFormat::Csv,
            DayFormat::Iso,
        );
        let mut rows: Vec<u32> = imported.faults.iter().map(|fault| fault.row).collect();
        rows.dedup();
        assert_eq!(rows, [4, 7, 9], "{end:?}");
    }
}
