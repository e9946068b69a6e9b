//! Reads and writes contracts of the register.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-model`. **Must not:** show assets that lie
//! outside of the caller's scope.

use crate::{
    access::caller::Caller,
    app::App,
    device::actions::{no_new_findings, register as refuse},
    http::refusal::Refusal,
    world::World,
};
use jiff::civil::Date;
use tw_api::{
    EquipmentContract, EquipmentContractEdit, EquipmentContractSpec, EquipmentContractStatus,
    LocalText,
};
use tw_model::{Contract, ContractKind, Day, Item, Kind, Name, Word};
use tw_store::Author;
use tw_units::{AssetTag, ContractId, UnitId, Vnd};

/// Whether the caller sees a contract: its unit, or any asset that it covers.
pub(crate) fn sees(world: &World, caller: &Caller, contract: &Contract) -> bool {
    let unit = contract.unit.as_ref();
    caller.sees_all()
        || unit.is_some_and(|unit| caller.sees_unit(&world.register, unit))
        || contract
            .assets
            .iter()
            .any(|tag| sees_asset(world, caller, tag))
}

fn sees_asset(world: &World, caller: &Caller, tag: &AssetTag) -> bool {
    world.register.assets.get(tag).is_some_and(|asset| {
        caller.sees(
            &world.register,
            world.site_of_asset(asset),
            asset.unit.as_ref(),
        )
    })
}

/// Days from one day to another.
fn days_between(from: Date, to: Date) -> Option<i64> {
    Some(i64::from(to.since(from).ok()?.get_days()))
}

/// Whether a contract holds on a day.
pub(crate) fn state(contract: &Contract, as_of: Date) -> &'static str {
    match contract.end {
        _ if contract.start.0 > as_of => "coming",
        None => "open_ended",
        Some(end) if end.0 < as_of => "ended",
        Some(_) => "running",
    }
}

/// A contract as the API shows it; of its assets those that the caller sees.
pub(crate) fn view(
    world: &World,
    caller: &Caller,
    contract: &Contract,
    as_of: Date,
) -> EquipmentContract {
    let state = state(contract, as_of);
    let unit = contract.unit.as_ref();
    let unit = unit.filter(|unit| caller.sees_all() || caller.sees_unit(&world.register, unit));
    let assets = contract.assets.iter();
    EquipmentContract {
        id: contract.id.to_string(),
        spec: EquipmentContractSpec {
            kind: contract.kind.to_string(),
            name: LocalText {
                en: Some(contract.name.en.clone()),
                vi: contract.name.vi.clone(),
            },
            supplier: contract.supplier.clone(),
            start: contract.start.to_string(),
            end: contract.end.map(|end| end.to_string()),
            sla: contract.sla.clone(),
            yearly_vnd: contract.yearly_vnd.map(|vnd| vnd.0),
            unit: unit.map(ToString::to_string),
            assets: assets
                .filter(|tag| sees_asset(world, caller, tag))
                .map(ToString::to_string)
                .collect(),
        },
        status: EquipmentContractStatus {
            state: state.to_owned(),
            days_left: contract.end.and_then(|end| days_between(as_of, end.0)),
            assets: contract.assets.len() as u64,
        },
        version: world.version(Kind::Contract, contract.id.as_str()),
    }
}

fn contract(id: &str, spec: EquipmentContractSpec) -> Result<Contract, Refusal> {
    let bad = |field: &str, cause: String| Refusal::field(field, cause);
    let day = |field: &str, text: &str| -> Result<Day, Refusal> {
        text.parse()
            .map_err(|e: tw_model::DateError| bad(field, e.to_string()))
    };
    let en = spec.name.en.or_else(|| spec.name.vi.clone());
    let unit = spec.unit.map(UnitId::new).transpose();
    let assets: Result<Vec<AssetTag>, _> = spec.assets.into_iter().map(AssetTag::new).collect();
    let kinds = || format!("one of {}", ContractKind::words().join(", "));
    Ok(Contract {
        id: ContractId::new(id).map_err(|e| bad("id", e.to_string()))?,
        kind: ContractKind::from_word(&spec.kind).ok_or_else(|| bad("kind", kinds()))?,
        name: Name {
            en: en.ok_or_else(|| bad("name", "a contract has a name".to_owned()))?,
            vi: spec.name.vi,
        },
        supplier: spec.supplier,
        start: day("start", &spec.start)?,
        end: spec
            .end
            .as_deref()
            .map(|text| day("end", text))
            .transpose()?,
        sla: spec.sla,
        yearly_vnd: spec.yearly_vnd.map(Vnd),
        unit: unit.map_err(|e| bad("unit", e.to_string()))?,
        assets: assets.map_err(|e| bad("assets", e.to_string()))?,
    })
}

/// Puts a contract, if the register has nothing against it.
pub(crate) async fn put(
    app: &App,
    (id, edit): (&str, EquipmentContractEdit),
    author: &Author,
) -> Result<(), Refusal> {
    let world = app.world();
    let contract = contract(id, edit.spec)?;
    let mut wanted = world.register.clone();
    wanted
        .contracts
        .insert(contract.id.clone(), contract.clone());
    no_new_findings(&world.register, &wanted)?;
    let item = Item {
        kind: Kind::Contract,
        id: contract.id.to_string(),
        value: serde_json::to_value(&contract).map_err(|e| Refusal::internal(&e))?,
    };
    let put = app.store.put_item(item, Some(edit.version), author).await;
    put.map_err(|e| refuse(&e))?;
    app.reload_register().await.map_err(|e| refuse(&e))
}

/// Removes a contract; its history stays.
pub(crate) async fn remove(
    app: &App,
    (id, version): (&str, u64),
    author: &Author,
) -> Result<(), Refusal> {
    if !app.world().register.contracts.contains_key(id) {
        return Err(Refusal::not_found("contract", id));
    }
    let removed = app
        .store
        .remove_item(Kind::Contract, id.to_owned(), Some(version), author)
        .await;
    removed.map_err(|e| refuse(&e))?;
    app.reload_register().await.map_err(|e| refuse(&e))
}
