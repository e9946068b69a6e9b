//! Assets as a sheet that people read and the import takes back.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** write anything that the import would
//! read as something else: each heading and each word is one that it knows.

use crate::{
    import::{custom_heading, heading_of, said_of},
    parts, tables,
};
use std::collections::{BTreeMap, BTreeSet};
use tw_model::Asset;

/// The column of the parts.
const PARTS: &str = "components";

/// The fields whose cells are numbers.
const NUMBERS: &[&str] = &["price_vnd", "u", "height_u"];

/// A table of assets, in the columns of `assets.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetSheet {
    /// The fields, in the order of the columns.
    pub fields: Vec<String>,
    /// What stands above the columns.
    pub headings: Vec<String>,
    /// A row for each asset; empty where nothing is known.
    pub rows: Vec<Vec<String>>,
}

impl AssetSheet {
    /// The sheet of these assets, headed and worded in Vietnamese or in English. Fields named in
    /// `without` are left out; so is a column in which nothing stands.
    ///
    /// The dates of one asset share one column for their source: it is written where all of them
    /// have the same, and left empty elsewhere, so that an import changes none of them. The parts
    /// of an asset share one column too; fields of the organisation's own have each their own, in
    /// the order of their names.
    pub fn of<'a>(
        assets: impl IntoIterator<Item = &'a Asset>,
        vietnamese: bool,
        without: &[&str],
    ) -> Self {
        let columns: Vec<&'static str> = tables::asset_columns()
            .filter(|name| !without.contains(name))
            .collect();
        let assets: Vec<&Asset> = assets.into_iter().collect();
        let custom: BTreeSet<&String> = assets.iter().flat_map(|a| a.custom.keys()).collect();
        let row = |asset: &&Asset| -> Vec<String> {
            let value = serde_json::to_value(asset).unwrap_or_default();
            let cell = |field: &&'static str| {
                let text = match *field {
                    PARTS => parts::written(&asset.components, vietnamese),
                    _ => tables::asset_cell(&value, field),
                };
                harmless(&said_of(field, text, vietnamese))
            };
            let own = custom.iter().map(|name| asset.custom.get(*name));
            let own = own.map(|text| text.map(|text| harmless(text)).unwrap_or_default());
            columns.iter().map(cell).chain(own).collect()
        };
        let mut rows: Vec<Vec<String>> = assets.iter().map(row).collect();
        let own = custom.iter().map(|name| format!("custom.{name}"));
        let mut fields: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        fields.extend(own);
        let heads = columns
            .iter()
            .map(|field| heading_of(field, vietnamese).to_owned());
        let own = custom.iter().map(|name| custom_heading(name, vietnamese));
        let mut headings: Vec<String> = heads.chain(own).collect();
        let used: Vec<bool> = (0..fields.len())
            .map(|index| fields[index] == "tag" || rows.iter().any(|row| !row[index].is_empty()))
            .collect();
        keep(&mut fields, &used);
        keep(&mut headings, &used);
        for row in &mut rows {
            keep(row, &used);
        }
        Self {
            fields,
            headings,
            rows,
        }
    }

    /// Whether the cells of a column are whole numbers.
    pub fn is_number(field: &str) -> bool {
        NUMBERS.contains(&field)
    }

    /// The sheet as CSV, with the byte order mark without which spreadsheets take UTF-8 for a
    /// local code page.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut failed = writer.write_record(&self.headings).is_err();
        for row in &self.rows {
            failed |= writer.write_record(row).is_err();
        }
        debug_assert!(!failed, "a vector takes every write");
        let text = String::from_utf8(writer.into_inner().unwrap_or_default());
        format!("\u{feff}{}", text.unwrap_or_default())
    }
}

/// A record that could not be written as YAML.
#[derive(Debug, thiserror::Error)]
#[error("the assets could not be written as YAML: {0}")]
pub struct NotWritten(#[from] serde_saphyr::ser::Error);

/// Whole records as YAML, as the files of an inventory have them.
pub fn yaml_of_assets(assets: &[&Asset]) -> Result<String, NotWritten> {
    let whole = BTreeMap::from([("assets", assets)]);
    Ok(serde_saphyr::to_string(&whole)?)
}

fn keep<T>(items: &mut Vec<T>, used: &[bool]) {
    let mut wanted = used.iter();
    items.retain(|_| wanted.next().copied().unwrap_or(false));
}

/// A text that a spreadsheet would take for a formula gets an apostrophe, which the import takes
/// away again.
fn harmless(text: &str) -> String {
    // The import takes no control characters; a text that came another way may have some.
    let text = text.replace(char::is_control, " ");
    if text
        .trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@'])
    {
        return format!("'{text}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DayFormat, ImportFormat, known_fields_only, read_assets, stage};
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use tw_model::{Item, Kind, Register, Word};

    fn register(assets: &[Value]) -> Register {
        let item = |kind, id: &str, value: Value| Item {
            kind,
            id: id.to_owned(),
            value,
        };
        let mut items = vec![
            item(
                Kind::Site,
                "mic",
                json!({"id": "mic", "name": {"en": "MIC"}, "timezone": "UTC"}),
            ),
            item(Kind::Unit, "it", json!({"id": "it", "name": {"en": "IT"}})),
            item(
                Kind::Person,
                "nv-1",
                json!({"id": "nv-1", "name": "An", "unit": "it"}),
            ),
        ];
        items.extend(assets.iter().map(|asset| {
            let tag = asset["tag"].as_str().unwrap();
            item(Kind::Asset, tag, asset.clone())
        }));
        Register::from_items(items).unwrap()
    }

    fn full(tag: &str) -> Value {
        json!({"tag": tag, "class": "server", "status": "in_stock", "manufacturer": "=HPE+1",
            "model": "'-DL380", "serial": "000123", "unit": "it", "custodian": "nv-1",
            "primary": true, "place": {"site": "mic", "detail": "Kho \"A\"; kệ 3"},
            "price_vnd": 185_000_000, "accounting": "fixed_asset", "note": "@see, a; b",
            "components": [{"name": "psu-1", "kind": "psu", "serial": "=7|8", "dates":
                {"installed": {"date": "2020-01-05", "source": "BB 9; trang 2", "document": "9/BB"}}},
                {"name": "ắc quy 2", "kind": "battery", "model": "A\\B"}],
            "custom": {"colour": "black", "Mã kho": "007", "tag": "@x", "12": "=1+1"},
            "dates": {"purchased": {"date": "2019-Q2", "source": "HĐ 12", "document": "12/HĐ"},
                "received": {"date": "2019-06-03", "source": "BB 7"},
                "first_in_service": {"date": "2019"}}})
    }

    /// What the import of the sheet would do: created, updated, unchanged, faults.
    fn again(register: &Register, vietnamese: bool, without: &[&str]) -> [usize; 4] {
        let sheet = AssetSheet::of(register.assets.values(), vietnamese, without);
        let csv = sheet.csv();
        let mut imported = read_assets(csv.as_bytes(), ImportFormat::Csv, DayFormat::Iso);
        known_fields_only(&mut imported, register);
        let staged = stage(&mut imported, register, |_, _, _| None);
        assert_eq!(imported.faults, [], "{csv}");
        [
            staged.create,
            staged.update,
            staged.unchanged,
            imported.faults_total,
        ]
    }

    #[test]
    fn what_is_exported_changes_nothing_when_it_is_imported() {
        let mut assets = vec![
            full("T-1"),
            json!({"tag": "T-2", "class": "pdu", "status": "lost"}),
        ];
        for (n, class) in tw_model::AssetClass::ALL.iter().enumerate() {
            let status = tw_model::AssetStatus::ALL[n % tw_model::AssetStatus::ALL.len()];
            assets.push(json!({"tag": format!("C-{n}"), "class": class.as_str(),
                "status": status.as_str()}));
        }
        let register = register(&assets);
        for vietnamese in [false, true] {
            assert_eq!(again(&register, vietnamese, &[]), [0, 0, assets.len(), 0]);
            let hidden = again(&register, vietnamese, &["custodian"]);
            assert_eq!(hidden, [0, 0, assets.len(), 0]);
        }
    }

    #[test]
    fn headings_are_of_the_language_and_empty_columns_are_left_out() {
        let register = register(&[full("T-1")]);
        let sheet = |vietnamese| AssetSheet::of(register.assets.values(), vietnamese, &[]);
        let (en, vi) = (sheet(false), sheet(true));
        assert_eq!(
            en.headings[..4],
            ["Asset tag", "Class", "State", "Manufacturer"]
        );
        assert_eq!(
            vi.headings[..4],
            ["Mã tài sản", "Loại thiết bị", "Trạng thái", "Hãng sản xuất"]
        );
        assert_eq!(en.rows[0][1..4], ["server", "in_stock", "'=HPE+1"]);
        assert_eq!(vi.rows[0][1..3], ["Máy chủ", "Trong kho"]);
        assert!(
            !en.fields.iter().any(|field| field == "warranty_end"),
            "nobody knows it"
        );
    }

    #[test]
    fn own_fields_and_parts_have_columns_of_their_own_in_both_languages() {
        let register = register(&[full("T-1")]);
        let sheet = |vietnamese| AssetSheet::of(register.assets.values(), vietnamese, &[]);
        let (en, vi) = (sheet(false), sheet(true));
        let last = |sheet: &AssetSheet| sheet.headings[sheet.headings.len() - 5..].join(" / ");
        assert_eq!(
            last(&en),
            "Components / Custom: 12 / Custom: Mã kho / Custom: colour / Custom: tag"
        );
        assert!(
            last(&vi).starts_with("Linh kiện / Trường riêng: 12"),
            "{}",
            last(&vi)
        );
        let escaped = en.headings.iter().position(|name| name == "Custom: tag");
        assert_eq!(
            en.rows[0][escaped.unwrap()],
            "'@x",
            "no spreadsheet runs it"
        );
    }

    #[test]
    fn an_own_field_that_no_asset_has_is_a_fault_with_row_and_column() {
        let register = register(&[full("T-1")]);
        let faults = |text: &str, format| {
            let mut imported = read_assets(text.as_bytes(), format, DayFormat::Iso);
            known_fields_only(&mut imported, &register);
            let staged = stage(&mut imported, &register, |_, _, _| None);
            assert!(staged.plan.changes.is_empty(), "nothing is half imported");
            let one = imported.faults.first().cloned().unwrap();
            (one.row, one.column, one.message, one.allowed)
        };
        let (row, column, message, allowed) =
            faults("Asset tag;Custom: color\nT-1;red\n", ImportFormat::Csv);
        assert_eq!((row, column.as_str()), (2, "Custom: color"));
        assert_eq!(message, "no asset has the custom field color");
        assert!(allowed.contains("did you mean colour?"), "{allowed}");
        let yaml = "- tag: T-1\n  custom: {color: red}\n";
        let (row, column, ..) = faults(yaml, ImportFormat::Yaml);
        assert_eq!((row, column.as_str()), (1, "custom.color"));
        let twice = "tag,Custom: colour,trường riêng: colour\nT-1,a,b\n";
        assert_eq!(
            faults(twice, ImportFormat::Csv).2,
            "the column stands twice"
        );
        let (row, column, message, _) =
            faults("tag,Linh kiện\nT-1,name=a; colour=b\n", ImportFormat::Csv);
        assert_eq!((row, column.as_str()), (2, "Linh kiện"));
        assert!(message.starts_with("part 1: the field"), "{message}");
        let (row, column, ..) = faults("tag,parts\nT-1,name=a; kind=wheel\n", ImportFormat::Csv);
        assert_eq!((row, column.as_str()), (2, "parts"));
    }

    #[test]
    fn whole_records_imported_again_change_nothing() {
        let assets = [
            full("T-1"),
            json!({"tag": "T-2", "class": "pdu", "status": "lost"}),
        ];
        let register = register(&assets);
        let records: Vec<&Asset> = register.assets.values().collect();
        let text = serde_json::to_string_pretty(&json!({ "assets": records })).unwrap();
        let yaml = yaml_of_assets(&records).unwrap();
        for (text, format) in [
            (&text, ImportFormat::Json),
            (&text, ImportFormat::Yaml),
            (&yaml, ImportFormat::Yaml),
        ] {
            let mut imported = read_assets(text.as_bytes(), format, DayFormat::Iso);
            known_fields_only(&mut imported, &register);
            let staged = stage(&mut imported, &register, |_, _, _| None);
            assert_eq!(imported.faults, []);
            assert_eq!((staged.create, staged.update, staged.unchanged), (0, 0, 2));
        }
    }

    proptest! {
        #[test]
        fn any_text_survives_the_way_out_and_in(text in "['=+@\\-a-zà-ỹ0-9;,\" ]{0,12}") {
            let text = text.trim();
            prop_assume!(!text.is_empty());
            let asset = json!({"tag": "T-1", "class": "other", "status": "lost", "note": text,
                "custom": {"colour": text, text: "a"}});
            let register = register(&[asset]);
            prop_assert_eq!(again(&register, true, &[]), [0, 0, 1, 0]);
        }

        #[test]
        fn any_text_survives_yaml(text in "(yes|no|null|~|0x1f|1e3|2019-06|[ !#&*:{}\\[\\]|>%@`'\",?=+a-zà-ỹ0-9-]{1,12})") {
            let text = text.trim();
            prop_assume!(!text.is_empty());
            let asset = json!({"tag": "T-1", "class": "other", "status": "lost", "note": text,
                "serial": text, "custom": {"colour": text}});
            let register = register(&[asset]);
            let records: Vec<&Asset> = register.assets.values().collect();
            let yaml = yaml_of_assets(&records).unwrap();
            let mut imported = read_assets(yaml.as_bytes(), ImportFormat::Yaml, DayFormat::Iso);
            let staged = stage(&mut imported, &register, |_, _, _| None);
            prop_assert_eq!(&imported.faults, &[], "{}", yaml);
            prop_assert_eq!(staged.unchanged, 1, "{}", yaml);
        }
    }
}
