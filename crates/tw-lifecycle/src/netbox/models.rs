//! Device types, of NetBox or of the device-type library, become makers and models.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** erase what the other side does
//! not say.

use super::{read::RemoteType, sync::SyncOutcome, types::LibraryType};
use serde::Serialize;
use tw_model::{AssetClass, Catalogue, Manufacturer, Model, Name, PartialDate, Register};
use tw_units::{ManufacturerId, ModelId};

/// What becomes of one type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelLine {
    /// NetBox' id of the type; none for a file of the library.
    pub remote_id: Option<u64>,
    /// Maker and model in words.
    pub name: String,
    /// Create, update, unchanged or refused.
    pub outcome: SyncOutcome,
    /// What differs, as `end_of_support: 2026-12-31`; why, where it is refused.
    pub changes: Vec<String>,
    /// The model as it will be.
    #[serde(skip)]
    pub after: Option<Model>,
    /// Its maker, where it is new.
    #[serde(skip)]
    pub maker: Option<Manufacturer>,
}

/// A type from either side.
struct Kind<'a> {
    manufacturer: &'a str,
    model: &'a str,
    part_number: Option<&'a str>,
    slug: String,
    half_units: Option<u32>,
    typical_watts: Option<u32>,
    max_watts: Option<u32>,
    end: Option<&'a str>,
}

/// What a type of NetBox would change among the models; `class` is what its devices are.
pub fn plan_type(register: &Register, kind: &RemoteType, class: AssetClass) -> ModelLine {
    let of = Kind {
        manufacturer: &kind.manufacturer,
        model: &kind.model,
        part_number: kind.part_number.as_deref(),
        slug: format!("{}-{}", kind.manufacturer_slug, kind.slug),
        half_units: kind.half_units,
        typical_watts: None,
        max_watts: None,
        end: kind.end_of_life.as_deref(),
    };
    let line = plan_kind(register, &of, class);
    ModelLine {
        remote_id: Some(kind.id),
        ..line
    }
}

/// What a file of the library would change among the models.
pub fn plan_library_type(register: &Register, kind: &LibraryType, class: AssetClass) -> ModelLine {
    let of = Kind {
        manufacturer: &kind.manufacturer,
        model: &kind.model,
        part_number: kind.part_number.as_deref(),
        slug: kind.slug.clone(),
        half_units: Some(kind.half_units),
        typical_watts: kind.typical_watts,
        max_watts: kind.max_watts,
        end: None,
    };
    plan_kind(register, &of, class)
}

fn plan_kind(register: &Register, kind: &Kind<'_>, class: AssetClass) -> ModelLine {
    let mut line = ModelLine {
        remote_id: None,
        name: format!("{} {}", kind.manufacturer, kind.model),
        outcome: SyncOutcome::Refused,
        changes: Vec::new(),
        after: None,
        maker: None,
    };
    let catalogue = Catalogue::of(register);
    let known = catalogue
        .model(kind.manufacturer, kind.model)
        .or_else(|| catalogue.model(kind.manufacturer, kind.part_number?))
        .and_then(|id| register.models.get(id));
    let present = match known {
        Some(model) => Ok(model.clone()),
        None => fresh(&catalogue, register, (kind, class), &mut line.maker),
    };
    let mut model = match present {
        Ok(model) => model,
        Err(why) => {
            line.changes.push(why);
            return line;
        }
    };
    let part_number = kind.part_number.unwrap_or(kind.model).to_owned();
    if known.is_none() || kind.part_number.is_some() {
        set(
            &mut model.part_number,
            part_number,
            "part_number",
            &mut line.changes,
        );
    }
    let units = kind
        .half_units
        .and_then(|halves| u16::try_from(halves.div_ceil(2)).ok());
    // A type of no height lies beside the rack units: that is no height of a model.
    say(
        &mut model.u_height,
        units.filter(|units| *units > 0),
        "u_height",
        &mut line.changes,
    );
    say(
        &mut model.typical_watts,
        kind.typical_watts,
        "typical_watts",
        &mut line.changes,
    );
    say(
        &mut model.max_watts,
        kind.max_watts,
        "max_watts",
        &mut line.changes,
    );
    let end: Option<PartialDate> = kind.end.and_then(|end| end.parse().ok());
    say(
        &mut model.end_of_support,
        end,
        "end_of_support",
        &mut line.changes,
    );
    line.outcome = match (known.is_some(), line.changes.is_empty()) {
        (false, _) => SyncOutcome::Create,
        (true, true) => SyncOutcome::Unchanged,
        (true, false) => SyncOutcome::Update,
    };
    line.after = Some(model);
    line
}

/// A model that the register does not have, and its maker where that is new, too.
fn fresh(
    catalogue: &Catalogue,
    register: &Register,
    (kind, class): (&Kind<'_>, AssetClass),
    maker: &mut Option<Manufacturer>,
) -> Result<Model, String> {
    let manufacturer = if let Some(id) = catalogue.manufacturer(kind.manufacturer) {
        id.clone()
    } else {
        let id = ManufacturerId::new(slug(kind.manufacturer)).map_err(|why| why.to_string())?;
        if register.manufacturers.contains_key(&id) {
            return Err(format!("another maker has the id {id}"));
        }
        *maker = Some(Manufacturer {
            id: id.clone(),
            name: Name::plain(kind.manufacturer),
            aliases: Vec::new(),
        });
        id
    };
    let id = ModelId::new(slug(&kind.slug)).map_err(|why| why.to_string())?;
    if register.models.contains_key(&id) {
        return Err(format!("another model has the id {id}"));
    }
    Ok(Model {
        id,
        manufacturer,
        part_number: kind.part_number.unwrap_or(kind.model).to_owned(),
        name: Some(kind.model.to_owned()),
        class,
        u_height: None,
        typical_watts: None,
        max_watts: None,
        released: None,
        end_of_sale: None,
        end_of_security: None,
        end_of_support: None,
        source_url: None,
        checked_on: None,
        note: None,
    })
}

fn say<T: PartialEq + std::fmt::Display>(
    field: &mut Option<T>,
    value: Option<T>,
    name: &str,
    changes: &mut Vec<String>,
) {
    if value.is_some() && *field != value {
        changes.extend(value.as_ref().map(|value| format!("{name}: {value}")));
        *field = value;
    }
}

fn set(field: &mut String, value: String, name: &str, changes: &mut Vec<String>) {
    if *field != value {
        changes.push(format!("{name}: {value}"));
        *field = value;
    }
}

/// A name as an identifier.
fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let text: String = name.to_lowercase().chars().map(plain).collect();
    let words: Vec<&str> = text.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind() -> RemoteType {
        RemoteType {
            id: 1,
            manufacturer: "Cisco".to_owned(),
            manufacturer_slug: "cisco".to_owned(),
            model: "WS-C2960X-48TS-L".to_owned(),
            slug: "c2960x".to_owned(),
            half_units: Some(3),
            ..RemoteType::default()
        }
    }

    #[test]
    fn an_edited_type_is_an_update_of_its_model_and_silence_erases_nothing() {
        let mut register = Register::default();
        let line = plan_type(&register, &kind(), AssetClass::Switch);
        assert_eq!(line.outcome, SyncOutcome::Create);
        let (maker, mut model) = (line.maker.unwrap(), line.after.unwrap());
        assert_eq!((maker.id.as_str(), model.u_height), ("cisco", Some(2)));
        model.max_watts = Some(400);
        register.manufacturers.insert(maker.id.clone(), maker);
        register.models.insert(model.id.clone(), model);
        let again = plan_type(&register, &kind(), AssetClass::Other);
        assert_eq!(again.outcome, SyncOutcome::Unchanged);
        let ended = RemoteType {
            end_of_life: Some("2026-12-31".to_owned()),
            ..kind()
        };
        let line = plan_type(&register, &ended, AssetClass::Other);
        assert_eq!(line.outcome, SyncOutcome::Update);
        assert_eq!(line.changes, ["end_of_support: 2026-12-31"]);
        let model = line.after.unwrap();
        assert_eq!(
            (model.max_watts, model.class),
            (Some(400), AssetClass::Switch)
        );
    }

    #[test]
    fn an_id_that_another_has_is_refused_not_overwritten() {
        let mut register = Register::default();
        let first = plan_type(&register, &kind(), AssetClass::Switch);
        let (maker, model) = (first.maker.unwrap(), first.after.unwrap());
        register.manufacturers.insert(maker.id.clone(), maker);
        register.models.insert(model.id.clone(), model);
        let other = RemoteType {
            model: "Another".to_owned(),
            ..kind()
        };
        let line = plan_type(&register, &other, AssetClass::Switch);
        assert_eq!(line.outcome, SyncOutcome::Refused);
    }
}
