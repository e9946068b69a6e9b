//! Whether anybody has promised to repair an asset.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** take a coarse warranty date for
//! cover.

use jiff::civil::Date;
use std::collections::BTreeMap;
use tw_model::{Asset, AssetClass, Contract, DateKind, Day};
use tw_units::AssetTag;

/// Classes whose failure takes services away.
pub const CRITICAL_CLASSES: &[AssetClass] = &[
    AssetClass::Server,
    AssetClass::Storage,
    AssetClass::Router,
    AssetClass::Switch,
    AssetClass::Firewall,
    AssetClass::Ups,
    AssetClass::Ats,
    AssetClass::Generator,
    AssetClass::Cooling,
];

/// What covers an asset on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// A contract in force.
    Contract,
    /// Its own warranty, certainly.
    Warranty,
    /// Its own warranty ends somewhere around the day.
    Uncertain,
    /// Nothing any more; the day the last cover ended.
    Ended(Day),
    /// Nothing that is known.
    Never,
}

/// Contracts by the assets that they cover.
#[derive(Debug, Default)]
pub struct Covers<'a>(BTreeMap<&'a AssetTag, Vec<&'a Contract>>);

impl<'a> Covers<'a> {
    /// Of these contracts.
    pub fn of(contracts: impl IntoIterator<Item = &'a Contract>) -> Self {
        let mut by_asset: BTreeMap<&AssetTag, Vec<&Contract>> = BTreeMap::new();
        for contract in contracts {
            for tag in &contract.assets {
                by_asset.entry(tag).or_default().push(contract);
            }
        }
        Self(by_asset)
    }

    /// What covers an asset on a day. A contract with an open end covers; one that has not
    /// begun does not.
    pub fn cover(&self, asset: &Asset, day: Date) -> Cover {
        let contracts = self.0.get(&asset.tag).map(Vec::as_slice);
        let contracts = contracts.unwrap_or_default();
        if contracts.iter().any(|contract| contract.is_in_force(day)) {
            return Cover::Contract;
        }
        let warranty = asset.dates.get(&DateKind::WarrantyEnd).map(|d| d.date);
        match warranty {
            Some(end) if end.earliest() >= day => return Cover::Warranty,
            Some(end) if end.latest() >= day => return Cover::Uncertain,
            _ => {}
        }
        let ended = contracts.iter().filter_map(|contract| contract.end);
        let ended = ended.filter(|end| end.0 < day);
        let last = ended.chain(warranty.map(|end| Day(end.latest()))).max();
        last.map_or(Cover::Never, Cover::Ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::json;

    fn asset(dates: &serde_json::Value) -> Asset {
        let value = json!({"tag": "U1", "class": "ups", "status": "deployed", "dates": dates});
        serde_json::from_value(value).unwrap()
    }

    fn contract(start: &str, end: Option<&str>) -> Contract {
        let mut value = json!({"id": "C", "kind": "support", "name": {"en": "C"}, "supplier": "S",
            "start": start, "assets": ["U1"]});
        if let Some(end) = end {
            value["end"] = json!(end);
        }
        serde_json::from_value(value).unwrap()
    }

    #[track_caller]
    fn check(contracts: &[Contract], warranty_end: Option<&str>, expect: Cover) {
        let dates = warranty_end.map_or(json!({}), |end| json!({"warranty_end": {"date": end}}));
        let covers = Covers::of(contracts);
        assert_eq!(covers.cover(&asset(&dates), date(2026, 11, 22)), expect);
    }

    #[test]
    fn both_ends_of_a_contract_belong_to_it_and_an_open_end_covers() {
        check(
            &[contract("2026-11-22", Some("2026-11-22"))],
            None,
            Cover::Contract,
        );
        check(&[contract("2019-01-01", None)], None, Cover::Contract);
        check(&[contract("2026-11-23", None)], None, Cover::Never);
        let ended = Cover::Ended(Day(date(2026, 11, 21)));
        check(&[contract("2026-01-01", Some("2026-11-21"))], None, ended);
    }

    #[test]
    fn a_coarse_warranty_covers_only_when_every_day_of_it_does() {
        check(&[], Some("2026-11-22"), Cover::Warranty);
        check(&[], Some("2027"), Cover::Warranty);
        check(&[], Some("2026-11"), Cover::Uncertain);
        check(&[], Some("2026"), Cover::Uncertain);
        check(&[], Some("2026-10"), Cover::Ended(Day(date(2026, 10, 31))));
        check(&[], None, Cover::Never);
    }
}
